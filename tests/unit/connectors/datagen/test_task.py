"""The datagen task, also against dumps of the real connector's topics."""

import gzip
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from clickstream.connectors.base import SourceContext
from clickstream.connectors.datagen.connector import CONFIG, make_task, warnings
from clickstream.connectors.status import trace_text
from clickstream.core.errors import InvalidConnectorConfig, TaskFailed
from clickstream.core.records import Record

INTEGER = "org.apache.kafka.connect.converters.IntegerConverter"


def make(offsets: dict[str, bytes] | None = None, task_id: int = 0, **config: str) -> Any:
    given = {"kafka.topic": "t", "max.interval": "0", **{k.replace("_", "."): v for k, v in config.items()}}
    context = SourceContext("c", task_id, "mine", (offsets or {}).get, 0)
    return make_task(given, CONFIG.parse(given), context)


def draw(task: Any, count: int) -> list[Record]:
    records: list[Record] = []
    while len(records) < count:
        for _, batch in task.poll(1000).batches:
            records.extend(batch)
    return records[:count]


def dumped(shared: Path, topic: str) -> list[dict[str, Any]]:
    path = shared / "golden" / "clickstream" / "topics" / f"{topic}.jsonl.gz"
    with gzip.open(path, "rt") as lines:
        return [json.loads(line) for line in lines]


@pytest.mark.parametrize("quickstart", ["clickstream", "clickstream_codes", "clickstream_users"])
def test_records_have_the_form_of_the_real_ones(shared: Path, quickstart: str) -> None:
    real = dumped(shared, quickstart)
    key = {} if quickstart == "clickstream" else {"key_converter": INTEGER}
    ours = draw(make(quickstart=quickstart, **key), len(real))
    real_values = [json.loads(row["value"]) for row in real]
    our_values = [json.loads(record.value or b"") for record in ours]
    assert [list(value) for value in our_values] == [list(value) for value in real_values]
    for field in real_values[0]:
        assert {type(value[field]) for value in our_values} == {type(value[field]) for value in real_values}
        seen, made = (Counter(value[field] for value in values) for values in (real_values, our_values))
        if len(seen) < len(real) / 2:
            assert set(made) == set(seen), field
            assert max(abs(made[word] - count) for word, count in seen.items()) < 10 * len(real) ** 0.5
    assert [len(name) for name, _ in ours[7].headers] == [15, 7, 17]
    assert [list(pair) for pair in real[7]["headers"]] == [
        [name, (value or b"").decode()] for name, value in ours[7].headers
    ]


def test_counters_follow_the_iteration_as_in_the_dump(shared: Path) -> None:
    for row, record in zip(
        dumped(shared, "clickstream")[:50], draw(make(quickstart="clickstream"), 50), strict=True
    ):
        theirs, ours = json.loads(row["value"]), json.loads(record.value or b"")
        assert (ours["time"], ours["_time"]) == (theirs["time"], theirs["_time"])
    for row, record in zip(
        dumped(shared, "clickstream_users")[:50],
        draw(make(quickstart="clickstream_users", key_converter=INTEGER), 50),
        strict=True,
    ):
        assert json.loads(record.value or b"")["user_id"] == json.loads(row["value"])["user_id"]
        assert (record.key or b"").hex() == row["key"]["hex"]


def test_keys_are_text_without_a_converter() -> None:
    assert draw(make(quickstart="clickstream_users"), 2)[1].key == b"2"


def test_the_same_seed_gives_the_same_records_and_tasks_differ() -> None:
    first, again, other = (
        draw(make(task_id=task, quickstart="clickstream", random_seed="5"), 20) for task in (0, 0, 1)
    )
    assert [r.value for r in first] == [r.value for r in again]
    assert [r.value for r in first] != [r.value for r in other]


def test_a_restart_goes_on_as_if_there_had_been_none() -> None:
    whole = draw(make(quickstart="clickstream", random_seed="9"), 1500)
    task = make(quickstart="clickstream", random_seed="9")
    polled = task.poll(0)
    done = len(polled.batches[0][1])
    rest = draw(make(dict(polled.offsets), quickstart="clickstream", random_seed="1"), 1500 - done)
    assert [r.value for r in (*polled.batches[0][1], *rest)] == [r.value for r in whole]
    assert rest[0].headers == (
        ("task.generation", b"1"),
        ("task.id", b"0"),
        ("current.iteration", str(done).encode()),
    )


def test_the_offset_has_the_recorded_shape(shared: Path) -> None:
    recording = json.loads((shared / "golden/rest/connect/058_offsets_get.json").read_text())
    (theirs,) = recording["response"]["body_json"]["offsets"]
    ours = json.loads(make(quickstart="clickstream").poll(0).offsets["mine"])
    assert {part: set(ours[part]) for part in ours} == {part: set(theirs[part]) for part in theirs}


def test_after_its_iterations_the_task_ends_as_the_real_one() -> None:
    task = make(quickstart="clickstream", iterations="3")
    polled = task.poll(0)
    assert len(polled.batches[0][1]) == 3
    with pytest.raises(TaskFailed, match="generated the configured 3 number of messages"):
        task.poll(1)
    with pytest.raises(TaskFailed):
        make(dict(polled.offsets), quickstart="clickstream", iterations="3").poll(2)


def test_a_key_that_cannot_be_converted_ends_the_task_with_the_recorded_trace(shared: Path) -> None:
    recording = json.loads((shared / "golden/rest/connect/024_connectors_expand_status.json").read_text())
    (theirs,) = recording["response"]["body_json"]["bad4"]["status"]["tasks"]
    with pytest.raises(TaskFailed) as failure:
        make(quickstart="clickstream", key_converter=INTEGER).poll(0)
    ours = trace_text(failure.value).splitlines()
    assert ours[0] == theirs["trace"].splitlines()[0]
    causes = [line for line in theirs["trace"].splitlines() if line.startswith("Caused by")]
    assert causes[0] in ours


def test_a_key_that_cannot_be_converted_is_skipped_if_errors_are_tolerated() -> None:
    polled = make(quickstart="clickstream", key_converter=INTEGER, errors_tolerance="all").poll(0)
    assert polled.batches == []
    assert json.loads(polled.offsets["mine"])["offset"]["current.iteration"] == 500


def test_values_carry_their_schema_if_the_converter_is_told_so() -> None:
    converter = {"value_converter": "org.apache.kafka.connect.json.JsonConverter"}
    (record,) = draw(make(quickstart="clickstream_codes", **converter), 1)
    value = json.loads(record.value or b"")
    assert set(value) == {"schema", "payload"}
    assert [field["field"] for field in value["schema"]["fields"]] == ["code", "definition"]


def test_max_interval_misspelt_as_in_the_seed_is_warned_about() -> None:
    (warning,) = warnings({"maxInterval": "30"})
    assert "max.interval=30" in warning
    assert warnings({"max.interval": "30"}) == []


@pytest.mark.parametrize(
    ("config", "reason"),
    [
        ({"quickstart": "nonsense"}, "quickstart must be one out of clickstream_users,pageviews"),
        ({"quickstart": "pageviews"}, "supported here are clickstream, clickstream_codes, clickstream_users"),
        ({}, "a quickstart is needed"),
        ({"quickstart": "clickstream", "schema.string": "{}"}, "not supported, use quickstart"),
        ({"quickstart": "clickstream", "max.interval": "abc"}, "Not a number of type LONG"),
    ],
)
def test_settings_that_cannot_be_met_are_refused(config: dict[str, str], reason: str) -> None:
    with pytest.raises(InvalidConnectorConfig, match=reason):
        CONFIG.parse({"kafka.topic": "t", **config})
