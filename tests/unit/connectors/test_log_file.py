"""The access-log source: what lines become, and that nothing is lost or doubled."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from clickstream.connectors.base import Polled, SourceContext
from clickstream.connectors.log_file import CONFIG, AccessLogs, AccessLogTask, with_present_size
from clickstream.core.errors import InvalidConnectorConfig

LINE = '1.1.1.{} - {} [17/May/2015:10:05:{:02} +0000] "GET /{} HTTP/1.1" 200 {} "-" "agent {}"\n'


def make(
    path: Path, offsets: dict[str, bytes], *, logs: AccessLogs | None = None, **config: str
) -> AccessLogTask:
    given = {"file": str(path), **{name.replace("_", "."): value for name, value in config.items()}}
    context = SourceContext("log", 0, "mine", offsets.get, 0)
    task = (logs or AccessLogs()).make_task(given, CONFIG.parse(given), context)
    assert isinstance(task, AccessLogTask)
    return task


def values(polled: Polled, topic: str) -> list[dict[str, Any]]:
    return [json.loads(r.value or b"") for t, records in polled.batches if t == topic for r in records]


def commit(task: AccessLogTask, polled: Polled, offsets: dict[str, bytes]) -> None:
    offsets.update(polled.offsets)
    task.committed()


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "access.log"
    path.write_text(
        LINE.format(1, "-", 1, "a", 5, 1)
        + "not a line\n\n"
        + LINE.format(1, "-", 2, "b", "-", 2)
        + LINE.format(2, "ann", 3, "c", 7, 1)
    )
    return path


def test_a_line_is_a_click_as_datagen_makes_it_and_a_visitor_before_it(log: Path) -> None:
    polled = make(log, {}).poll(99)
    assert [topic for topic, _ in polled.batches] == [
        "clickstream_users",
        "clickstream",
        "clickstream_bad_lines",
    ]
    assert values(polled, "clickstream")[0] == {
        "ip": "1.1.1.1",
        "userid": 1,
        "remote_user": "-",
        "time": "17/May/2015:10:05:01 +0000",
        "_time": 1431857101000,
        "request": "GET /a HTTP/1.1",
        "status": "200",
        "bytes": "5",
        "referrer": "-",
        "agent": "agent 1",
    }
    click = polled.batches[1][1][0]
    assert (click.key, click.timestamp_ms) == (b"1.1.1.1", 1431857101000)
    user = polled.batches[0][1][0]
    assert (user.key, user.timestamp_ms) == (b"\0\0\0\x01", 1431857101000)
    assert values(polled, "clickstream_users")[0] == {
        "user_id": 1,
        "username": "1.1.1.1",
        "registered_at": 1431857101000,
        "first_name": "",
        "last_name": "",
        "city": "",
        "level": "",
    }


def test_absent_numbers_are_zero_so_that_the_click_is_not_lost(log: Path) -> None:
    assert [v["bytes"] for v in values(make(log, {}).poll(0), "clickstream")] == ["5", "0", "7"]


def test_bad_lines_are_counted_and_kept_with_their_place(log: Path) -> None:
    polled = make(log, {}).poll(42)
    (bad,) = values(polled, "clickstream_bad_lines")
    assert bad == {
        "filename": str(log),
        "line": 2,
        "position": len(LINE.format(1, "-", 1, "a", 5, 1)),
        "reason": "no time in brackets",
        "text": "not a line",
    }
    offset = json.loads(polled.offsets["mine"])["offset"]
    assert (offset["line"], offset["records"], offset["bad_lines"], offset["visitors"]) == (5, 3, 1, 3)


def test_bytes_that_are_no_text_are_shown(tmp_path: Path) -> None:
    path = tmp_path / "l"
    path.write_bytes(LINE.format(1, "-", 1, "z\xfcrich", 5, 1).encode("latin-1"))
    assert values(make(path, {}).poll(0), "clickstream")[0]["request"] == "GET /z\\xfcrich HTTP/1.1"


def test_a_file_that_is_not_followed_is_done_at_its_end(log: Path) -> None:
    offsets: dict[str, bytes] = {}
    task = make(log, offsets)
    first = task.poll(7)
    assert first.due_ms == 7
    last = task.poll(8)
    assert (last.batches, last.due_ms) == ([], None)
    known = json.loads(last.offsets["mine"])
    assert known["partition"] == {"filename": str(log)}
    assert known["offset"]["done"]
    assert known["offset"]["position"] == known["offset"]["size"] == log.stat().st_size


def test_a_followed_file_is_looked_at_again_and_nothing_is_committed_meanwhile(log: Path) -> None:
    task = make(log, {}, follow="true")
    task.poll(0)
    quiet = task.poll(1000)
    assert (quiet.batches, quiet.offsets) == ([], {})
    assert quiet.due_ms is not None
    assert quiet.due_ms > 1000


@pytest.mark.parametrize("size", ["1", "2", "10000"])
def test_restarting_anywhere_gives_every_line_once(log: Path, size: str) -> None:
    whole = make(log, {}).poll(0)
    offsets: dict[str, bytes] = {}
    clicks, users = [], []
    for _ in range(12):
        task = make(log, offsets, batch_lines=size)
        polled = task.poll(0)
        clicks += values(polled, "clickstream")
        users += values(polled, "clickstream_users")
        commit(task, polled, offsets)
        task.close()
    assert clicks == values(whole, "clickstream")
    assert users == values(whole, "clickstream_users")


def test_what_was_not_committed_is_made_again(log: Path) -> None:
    logs, offsets = AccessLogs(), dict[str, bytes]()
    lost = make(log, offsets, logs=logs)
    first = lost.poll(0)
    lost.close()
    again = make(log, offsets, logs=logs).poll(0)
    assert [values(again, t) for t, _ in again.batches] == [values(first, t) for t, _ in first.batches]


def test_logs_of_one_site_share_their_visitors(log: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.log"
    other.write_text(LINE.format(9, "-", 1, "x", 1, 1) + LINE.format(1, "-", 2, "y", 1, 1))
    logs = AccessLogs()
    make(log, {}, logs=logs).poll(0)
    polled = make(other, {}, logs=logs).poll(0)
    assert [v["userid"] for v in values(polled, "clickstream")] == [4, 1]
    assert [v["user_id"] for v in values(polled, "clickstream_users")] == [4]


def test_the_real_log_comes_in_whole(shared: Path) -> None:
    task = make(shared / "data" / "access.log", {})
    clicks: list[dict[str, Any]] = []
    users: set[int] = set()
    bad = 0
    while (polled := task.poll(0)).due_ms is not None:
        users |= {value["user_id"] for value in values(polled, "clickstream_users")}
        new = values(polled, "clickstream")
        assert {value["userid"] for value in new} <= users
        clicks += new
        bad += len(values(polled, "clickstream_bad_lines"))
    assert len(clicks) + bad == 10_000
    by_hand = Counter(
        (line.split(" ")[0], line.rsplit('"', 2)[1])
        for line in (shared / "data" / "access.log").read_text().splitlines()
        if line.endswith('"')
    )
    assert sorted(by_hand.values()) == sorted(Counter(click["userid"] for click in clicks).values())


def test_a_file_that_has_grown_since_is_not_done(log: Path) -> None:
    task = make(log, {})
    task.poll(0)
    entry = json.loads(task.poll(0).offsets["mine"])
    assert with_present_size(entry) == entry
    assert entry["offset"]["done"]
    with log.open("a") as file:
        file.write("more\n")
    grown = with_present_size(entry)["offset"]
    assert (grown["done"], grown["size"]) == (False, log.stat().st_size)
    log.unlink()
    assert with_present_size(entry) == entry


@pytest.mark.parametrize(
    ("file", "reason"),
    [("relative.log", "must be an absolute path"), ("/", "is a folder"), ("/none/such", "No such file")],
)
def test_files_that_cannot_be_read_are_refused_at_once(file: str, reason: str) -> None:
    with pytest.raises(InvalidConnectorConfig, match=reason):
        CONFIG.parse({"file": file})
