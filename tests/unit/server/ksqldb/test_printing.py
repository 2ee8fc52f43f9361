import struct

import pytest

from clickstream.core.records import Record
from clickstream.server.ksqldb.printing import NO_DATA, TopicPrinter


def printed(*records: Record, with_formats: bool = True) -> list[str]:
    return TopicPrinter(with_formats=with_formats).write(records, records).decode().splitlines()


def test_a_line_has_time_key_value_and_partition() -> None:
    (line,) = printed(Record(struct.pack(">i", 405), b'{"a":1.50}', 1_795_505_218_935), with_formats=False)
    assert line == 'rowtime: 2026/11/24 07:26:58.935 Z, key: 405, value: {"a":1.50}, partition: 0'


def test_formats_are_guessed_from_all_records() -> None:
    lines = printed(Record(struct.pack(">i", 1), b"1", 0), Record(struct.pack(">i", 405), b"x", 0))
    assert lines[:2] == ["Key format: KAFKA_INT", "Value format: KAFKA_STRING"]


def test_a_long_text_key_may_be_a_windowed_one() -> None:
    lines = printed(Record(b"111.145.8.144", b"{}", 0))
    assert lines[0] == (
        "Key format: HOPPING(JSON) or TUMBLING(JSON) or HOPPING(KAFKA_STRING) or TUMBLING(KAFKA_STRING)"
        " or KAFKA_STRING"
    )
    assert "key: [111.1@3761963882565940276/-]" in lines[2]


def test_windowed_keys() -> None:
    tumbling = printed(Record(struct.pack(">iq", -1, 60_000), b"{}", 0))
    assert tumbling[0] == "Key format: HOPPING(KAFKA_INT) or TUMBLING(KAFKA_INT)"
    assert "key: [-1@60000/-]" in tumbling[2]
    session = printed(Record(b"bobk_43" + struct.pack(">qq", 1_795_505_236_744, 1_795_505_226_182), b"{}", 0))
    assert session[0] == "Key format: SESSION(KAFKA_STRING)"
    assert "key: [bobk_43@1795505226182/1795505236744]" in session[2]


def test_eight_bytes_are_numbers() -> None:
    assert printed(Record(struct.pack(">q", -2), b"1", 0))[0] == "Key format: KAFKA_BIGINT or KAFKA_DOUBLE"


def test_no_data_and_unknown_data() -> None:
    lines = printed(Record(None, b"\xff\xfe", 0))
    assert lines[0] == f"Key format: {NO_DATA}"
    assert lines[1] == "Value format: UNRECOGNISED_BYTES"
    assert lines[2].endswith("key: <null>, value: fffe, partition: 0")


def test_the_guess_is_repeated_only_when_it_changes() -> None:
    printer = TopicPrinter(with_formats=True)
    first = [Record(b"a", b"1", 0)]
    assert printer.write(first, first).decode().count("format:") == 2
    assert printer.write(first, first).decode().count("format:") == 0
    second = [Record(b"a", b"x", 0)]
    assert printer.write(second, second).decode().splitlines()[0] == "Value format: KAFKA_STRING"


@pytest.mark.parametrize(
    ("ms", "text"),
    [
        (1_590_537_598_007, "2020/05/26 23:59:58.007"),
        (-1, "1969/12/31 23:59:59.999"),
        (2**63 - 1, "+292278994/08/17 07:12:55.807"),
    ],
)
def test_times_are_written_whatever_they_are(ms: int, text: str) -> None:
    assert printed(Record(None, b"1", ms))[2].startswith(f"rowtime: {text} Z, ")
