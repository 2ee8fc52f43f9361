import gzip
import os
from pathlib import Path

import pytest

from clickstream.connectors import log_reader
from clickstream.connectors.log_reader import LogPosition, LogReader
from clickstream.core.errors import TaskFailed


def texts(reader: LogReader, most: int = 1000) -> list[str]:
    return [line.data.decode() for line in reader.read(most)]


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "access.log"
    path.write_text("one\ntwo\r\n\nfour")
    return path


def append(path: Path, text: str) -> None:
    with path.open("a") as file:
        file.write(text)


def test_lines_are_numbered_and_placed(log: Path) -> None:
    lines = LogReader(log, follow=False).read(10)
    assert [(line.data, line.number, line.position) for line in lines] == [
        (b"one", 1, 0),
        (b"two", 2, 4),
        (b"", 3, 9),
    ]


def test_a_last_line_without_an_end_is_a_line_unless_the_file_still_grows(log: Path) -> None:
    reader = LogReader(log, follow=False)
    assert [texts(reader), texts(reader), texts(reader)] == [["one", "two", ""], ["four"], []]
    assert (reader.at.done, reader.at.position, reader.at.line) == (True, 14, 4)
    follower = LogReader(log, follow=True)
    assert [texts(follower), texts(follower)] == [["one", "two", ""], []]
    append(log, "teen\n")
    assert texts(follower) == ["fourteen"]
    assert not follower.at.done


def test_no_more_lines_are_read_than_asked_for(log: Path) -> None:
    reader = LogReader(log, follow=False)
    assert [texts(reader, 2), texts(reader, 2), texts(reader, 2)] == [["one", "two"], [""], ["four"]]


def test_a_position_is_enough_to_go_on(log: Path) -> None:
    reader = LogReader(log, follow=False)
    reader.read(2)
    later = LogReader(log, follow=False, at=reader.at)
    (line,) = later.read(1)
    assert (line.number, line.position) == (3, 9)


def test_small_blocks_give_the_same_lines(log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = [line for reader in [LogReader(log, follow=False)] for _ in range(3) for line in reader.read(99)]
    monkeypatch.setattr(log_reader, "BLOCK_BYTES", 3)
    reader = LogReader(log, follow=False)
    pieces = []
    while not reader.at.done:
        pieces.extend(reader.read(99))
    assert pieces == whole


def test_a_line_without_end_is_cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_reader, "LONGEST_LINE_BYTES", 4)
    path = tmp_path / "x"
    path.write_text("abcdefghij\nk\n")
    monkeypatch.setattr(log_reader, "BLOCK_BYTES", 4)
    reader = LogReader(path, follow=False)
    assert [texts(reader) for _ in range(4)] == [["abcd"], ["efgh"], ["ij"], ["k"]]
    assert reader.at.position == 13


def test_rotation_is_followed_to_the_last_line_of_the_old_file(log: Path) -> None:
    reader = LogReader(log, follow=True)
    texts(reader)
    log.rename(log.with_name("access.log.1"))
    append(log.with_name("access.log.1"), "!\nfive")
    assert texts(reader) == ["four!"]
    log.write_text("")
    assert texts(reader) == []
    append(log.with_name("access.log.1"), "th\n")
    append(log, "new\n")
    assert [texts(reader), texts(reader), texts(reader)] == [["fiveth"], [], ["new"]]
    assert reader.at.line == 1


def test_an_unfinished_last_line_of_a_rotated_file_is_kept(log: Path) -> None:
    reader = LogReader(log, follow=True)
    texts(reader)
    log.rename(log.with_name("access.log.1"))
    log.write_text("new\n")
    assert [texts(reader), texts(reader), texts(reader)] == [["four"], [], ["new"]]


def test_rotation_while_we_were_away_loses_no_line(log: Path) -> None:
    reader = LogReader(log, follow=True)
    texts(reader, 1)
    append(log, "th\n")
    log.rename(log.with_name("access.log.1"))
    log.write_text("new\n")
    later = LogReader(log, follow=True, at=reader.at)
    assert [texts(later), texts(later), texts(later)] == [["two", "", "fourth"], [], ["new"]]


def test_another_file_of_the_same_name_is_read_from_its_beginning(log: Path) -> None:
    reader = LogReader(log, follow=False)
    texts(reader)
    log.write_text("entirely new\n")
    assert texts(LogReader(log, follow=False, at=reader.at)) == ["entirely new"]


def test_a_truncated_file_is_read_from_its_beginning(log: Path) -> None:
    reader = LogReader(log, follow=True)
    texts(reader)
    os.truncate(log, 0)
    append(log, "x\n")
    assert [texts(reader), texts(reader)] == [[], ["x"]]


def test_a_followed_file_may_come_later(tmp_path: Path) -> None:
    reader = LogReader(tmp_path / "later.log", follow=True)
    assert texts(reader) == []
    append(tmp_path / "later.log", "here\n")
    assert texts(reader) == ["here"]


def test_files_that_cannot_be_read_end_the_task(tmp_path: Path) -> None:
    with pytest.raises(TaskFailed, match="No such file"):
        LogReader(tmp_path / "missing", follow=False)
    with pytest.raises(TaskFailed, match="directory"):
        LogReader(tmp_path, follow=False)
    (tmp_path / "x.gz").write_bytes(gzip.compress(b"line\n"))
    with pytest.raises(TaskFailed, match="is compressed"):
        LogReader(tmp_path / "x.gz", follow=False)


def test_the_size_tells_how_far_it_is(log: Path) -> None:
    reader = LogReader(log, follow=False)
    reader.read(1)
    assert (reader.at.position, reader.at.size) == (4, 14)
    assert LogPosition() == LogPosition(position=0, line=0, size=0, done=False)
