from pathlib import Path
from typing import Any

import pytest

from clickstream.core.errors import Conflict, ServiceRejected, ServiceUnavailable, SettingsError
from clickstream.steps.create_connectors import create_connectors
from clickstream.steps.ingest_log import connector_name, ingest_log, printed_value
from tests.helpers.fake_stack import FakeStack

LINE = '1.2.3.4 - - [{day:02}/May/2015:10:05:03 +0000] "GET / HTTP/1.1" 200 5 "-" "x"\n'


def offset(line: int, done: bool, bad: int = 0) -> dict[str, Any]:
    counts = {"records": line - bad, "bad_lines": bad, "visitors": 1}
    return {"line": line, "position": line, "size": 10, "done": done} | counts


def write_log(folder: Path, name: str = "access.log", day: int = 17) -> Path:
    path = folder / name
    path.write_text(LINE.format(day=day))
    return path


@pytest.fixture
def ready(stack: FakeStack) -> FakeStack:
    stack.ksqldb.topics.add("clickstream")
    return stack


def test_a_file_is_read_to_its_end_and_counted(ready: FakeStack) -> None:
    path = write_log(ready.project)
    name = connector_name(path)
    ready.connect.progress[name] = [offset(3, False), offset(10, True)]
    (done,) = ingest_log(ready.context(), [path])
    assert (done.lines, done.records, done.bad_lines, done.visitors) == (10, 10, 0, 1)
    config = ready.connect.configs[name]
    assert (config["file"], config["follow"], config["format"]) == (str(path), "false", "auto")
    assert "CLICKSTREAM_CODES" in ready.ksqldb.sources
    assert "EVENTS_PER_MIN" in ready.ksqldb.sources
    assert "es_sink_EVENTS_PER_MIN" in ready.connect.configs


def test_files_are_read_oldest_first_and_only_the_newest_is_followed(ready: FakeStack) -> None:
    paths = [write_log(ready.project, f"{day}.log", day) for day in (19, 17, 18)]
    for path in paths:
        ready.connect.progress[connector_name(path)] = [offset(10, True)]
    done = list(ingest_log(ready.context(), paths, follow=True))
    assert [Path(one.path).name for one in done] == ["17.log", "18.log", "19.log"]
    follows = [ready.connect.configs[connector_name(path)]["follow"] for path in paths]
    assert follows == ["true", "false", "false"]


def test_bad_lines_are_told_with_numbers_and_where_they_are_kept(ready: FakeStack) -> None:
    path = write_log(ready.project)
    ready.connect.progress[connector_name(path)] = [offset(10, True, bad=2)]
    value = '{"filename":"%s","line":%d,"reason":"no time","text":"x, y"}'
    record = f"rowtime: 2026/01/01 00:00:00.000 Z, key: 7, value: {value}"
    ready.ksqldb.printed = ["Key format: KAFKA_STRING"] + [
        record % (where, number) + ", partition: 0" for where, number in ((path, 7), ("/other", 1), (path, 4))
    ]
    (done,) = ingest_log(ready.context(), [path])
    assert [(line.number, line.reason, line.text) for line in done.bad] == [
        (4, "no time", "x, y"),
        (7, "no time", "x, y"),
    ]
    assert done.kept_in == "topic clickstream_bad_lines"


def test_a_file_that_was_read_before_is_woken_to_look_again(ready: FakeStack) -> None:
    path = write_log(ready.project)
    ready.connect.progress[connector_name(path)] = [offset(10, True)]
    list(ingest_log(ready.context(), [path]))
    list(ingest_log(ready.context(), [path]))
    assert ("restart", connector_name(path)) in ready.connect.calls


def test_generated_clicks_in_the_topic_are_refused_unless_they_may_mix(ready: FakeStack) -> None:
    create_connectors(ready.context())
    path = write_log(ready.project)
    ready.connect.progress[connector_name(path)] = [offset(10, True)]
    with pytest.raises(Conflict, match="DATAGEN_CLICKSTREAM") as caught:
        list(ingest_log(ready.context(), [path]))
    assert "--no-load" in str(caught.value.hint)
    assert len(list(ingest_log(ready.context(), [path], mixed=True))) == 1


def test_what_cannot_be_read_is_refused_before_anything_is_done(ready: FakeStack) -> None:
    good = write_log(ready.project)
    with pytest.raises(SettingsError, match=r"nope\.log cannot be read: No such file"):
        list(ingest_log(ready.context(), [good, ready.project / "nope.log"]))
    with pytest.raises(SettingsError, match="is a folder"):
        list(ingest_log(ready.context(), [ready.project]))
    assert ready.connect.configs == {}


def test_a_connector_that_fails_says_why(ready: FakeStack) -> None:
    path = write_log(ready.project)
    ready.connect.traces[connector_name(path)] = "TaskFailed: the disk is gone\n\tat x"
    with pytest.raises(ServiceRejected, match="the disk is gone"):
        list(ingest_log(ready.context(), [path]))


def test_a_log_without_any_request_is_told(stack: FakeStack) -> None:
    path = write_log(stack.project)
    stack.connect.progress[connector_name(path)] = [offset(10, True, bad=10)]
    with pytest.raises(SettingsError, match="no line of the log is a request"):
        list(ingest_log(stack.context(), [path]))


def test_a_file_read_whole_between_two_looks_is_not_taken_for_one_without_requests(
    stack: FakeStack, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks = iter([False])
    monkeypatch.setattr(stack.ksqldb, "has_records", lambda topic, **_: next(looks, True))
    stack.ksqldb.topics.add("clickstream")
    path = write_log(stack.project)
    stack.connect.progress[connector_name(path)] = [offset(10, True)]
    (done,) = ingest_log(stack.context(), [path])
    assert done.records == 10


def test_reading_that_stands_still_ends_with_an_error(ready: FakeStack) -> None:
    path = write_log(ready.project)
    path.write_text(LINE.format(day=1) * 10)
    ready.connect.progress[connector_name(path)] = [offset(3, False)]
    with pytest.raises(ServiceUnavailable, match="has stood still for 10 s"):
        list(ingest_log(ready.context(), [path]))


def test_files_of_one_name_have_connectors_of_their_own(tmp_path: Path) -> None:
    assert connector_name(tmp_path / "a/access.log") != connector_name(tmp_path / "b/access.log")
    assert connector_name(Path("/x/access.log")).startswith("access_log_access.log_")
    assert " " not in connector_name(Path("/x/my log.txt"))


@pytest.mark.parametrize(
    "line", ["", "Key format: x", "rowtime: x, key: y", "rowtime: x, value: [1], partition: 0"]
)
def test_lines_of_print_that_hold_no_object_are_passed_over(line: str) -> None:
    assert printed_value(line) is None
