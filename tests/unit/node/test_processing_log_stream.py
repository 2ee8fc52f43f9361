import json

from clickstream.core.processing_log import LogEntry
from clickstream.node.processing_log_stream import log_records, processing_log_source


def document(entry: LogEntry) -> dict[str, object]:
    (record,) = log_records([entry], 42)
    assert (record.key, record.timestamp_ms) == (None, 42)
    assert record.value is not None
    return json.loads(record.value)  # type: ignore[no-any-return]


def test_a_record_that_cannot_be_read_is_kept_as_base64() -> None:
    entry = LogEntry(
        "CSAS_X_1.KsqlTopic.Source.deserializer", "DESERIALIZATION_ERROR", "bad", ("a", "b"), "t", 3, "value",
        b"\xff\x00",
    )  # fmt: skip
    assert document(entry) == {
        "level": "ERROR",
        "logger": "processing.CSAS_X_1.KsqlTopic.Source.deserializer",
        "time": 42,
        "message": {
            "type": 0,
            "deserializationError": {
                "target": "value", "errorMessage": "bad", "recordB64": "/wA=", "cause": ["a", "b"],
                "topic": "t",
            },
            "recordProcessingError": None,
            "productionError": None,
            "serializationError": None,
            "kafkaStreamsThreadError": None,
        },
    }  # fmt: skip


def test_each_kind_has_its_type_and_its_part() -> None:
    for code, (kind, part) in enumerate(
        [
            ("DESERIALIZATION_ERROR", "deserializationError"),
            ("RECORD_PROCESSING_ERROR", "recordProcessingError"),
            ("PRODUCTION_ERROR", "productionError"),
            ("SERIALIZATION_ERROR", "serializationError"),
        ]
    ):
        message = document(LogEntry("L", kind, "why", record="text"))["message"]  # type: ignore[arg-type]
        assert isinstance(message, dict)
        assert message["type"] == code
        assert [name for name, value in message.items() if value is not None and name != "type"] == [part]


def test_the_stream_has_the_columns_of_the_real_one() -> None:
    source = processing_log_source()
    assert source.schema.names == ("LOGGER", "LEVEL", "TIME", "MESSAGE")
    message = source.schema.column("MESSAGE")
    assert message is not None
    assert str(message.type).startswith(
        "STRUCT<`TYPE` INTEGER, `DESERIALIZATIONERROR` STRUCT<`TARGET` STRING, `ERRORMESSAGE` STRING, "
        "`RECORDB64` STRING, `CAUSE` ARRAY<STRING>, `topic` STRING>"
    )
