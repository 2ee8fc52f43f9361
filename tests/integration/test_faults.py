"""What may happen to a data folder: a full or damaged disk, a second process, a clock set back, an early end.

Each ends in an error that names the file and says what to do, or in nothing at all; never in other rows.
"""

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from clickstream.core.clock import FakeClock
from clickstream.core.errors import CorruptState, FolderInUse, StateError
from clickstream.core.records import Record
from clickstream.node.node import Node
from clickstream.node.statements import StatementExecutor
from clickstream.storage.database import DATABASE_FILE
from tests.helpers.crash_child import INPUTS
from tests.helpers.node_driver import settle
from tests.integration.conftest import CommandLine

RECORDS = 1_500
FLIPS = 30
SEED = 20260105
TMPFS_BYTES = 24 << 20
BALLAST_BYTES = 8 << 20

Content = tuple[dict[str, list[Record]], dict[str, list[tuple[str, bytes, bytes | None]]]]


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of the click pipeline with some clicks, closed in order."""
    folder = tmp_path_factory.mktemp("filled")
    source = INPUTS["pipeline"]
    with closing(source.open(folder)) as node:
        for at in range(0, RECORDS, 50):
            node.produce([(topic, [record]) for topic, record in map(source.record, range(at, at + 50))])
        settle(node)
    return folder


def content(folder: Path) -> Content:
    """Return all records and states. Raises: StateError if anything is damaged."""
    with closing(INPUTS["pipeline"].open(folder)) as node:
        node.database.check()
        topics = {
            name: [r for chunk in node.topics.read(name, 0, 1 << 40) for r in chunk.records]
            for name in node.topics.names()
        }
        return topics, {q.query_id: sorted(node.state.load(q.query_id)) for q in node.queries()}


def copy(filled: Path, to: Path) -> Path:
    """Return the database file of a copy of the folder."""
    shutil.copytree(filled, to)
    return to / DATABASE_FILE


@pytest.mark.slow
def test_a_flipped_bit_is_found_or_does_no_harm(filled: Path, tmp_path: Path) -> None:
    whole = content(filled)
    moments = random.Random(SEED)
    found = 0
    for number in range(FLIPS):
        file = copy(filled, tmp_path / str(number))
        data = bytearray(file.read_bytes())
        data[moments.randrange(len(data))] ^= 1 << moments.randrange(8)
        file.write_bytes(data)
        try:
            same = content(file.parent) == whole
        except (StateError, AssertionError, ValueError):
            found += 1
        else:
            assert same, f"flip {number} changed what is read"
    assert found > FLIPS / 3


@pytest.mark.parametrize("damage", ["truncated", "no database"])
def test_a_damaged_file_is_named_with_what_to_do(filled: Path, cli: CommandLine, damage: str) -> None:
    file = copy(filled, cli.folder / ".clickstream")
    data = file.read_bytes()
    file.write_bytes(data[: len(data) // 2] if damage == "truncated" else b"x" * 100 + data[100:])
    ended = cli("up", "--no-load")
    assert ended.code == 7
    assert str(file) in ended.err.replace("\n", "")
    assert "damaged" in ended.err
    assert "restore" in ended.err


def test_a_damaged_write_ahead_log_ends_at_the_last_sound_commit(filled: Path, tmp_path: Path) -> None:
    code = (
        "import os, sys; from pathlib import Path; from tests.helpers.crash_child import INPUTS\n"
        "source = INPUTS['pipeline']; node = source.open(Path(sys.argv[1]))\n"
        "for n in range(5000, 5040):\n"
        "    topic, record = source.record(n)\n"
        "    node.produce([(topic, [record])], source_offsets={'input': b'%d' % n})\n"
        "os._exit(0)"
    )
    file = copy(filled, tmp_path / "wal")
    subprocess.run([sys.executable, "-c", code, file.parent], check=True, cwd=Path(__file__).parents[2])
    wal = file.with_name(file.name + "-wal")
    size = wal.stat().st_size
    with wal.open("r+b") as log:
        log.truncate(size * 2 // 3 + 1)
    topics, _ = content(file.parent)
    with closing(Node(file.parent)) as node:
        last = int(node.source_offset("input") or b"0")
    assert 5000 <= last < 5039
    for topic, record in map(INPUTS["pipeline"].record, range(5000, last + 1)):
        assert record in topics[topic]


def test_a_folder_has_one_process(tmp_path: Path) -> None:
    with closing(Node(tmp_path)), pytest.raises(FolderInUse, match=str(os.getpid())):
        Node(tmp_path)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 24 MiB."""
    if os.geteuid() != 0:
        pytest.skip("only root can mount a small disk")
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={TMPFS_BYTES}", "tmpfs", str(disk)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("this machine does not let a small disk be mounted")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


def test_a_full_disk_refuses_records_until_there_is_room(small_disk: Path) -> None:
    ballast = small_disk / "ballast"
    ballast.write_bytes(bytes(BALLAST_BYTES))
    folder = small_disk / "data"
    batch = [Record(b"k%d" % n, bytes(1000), n) for n in range(500)]
    taken = 0
    with closing(Node(folder)) as node:
        node.create_topic("t")
        with pytest.raises(StateError) as full:  # noqa: PT012
            while taken < 100:
                node.produce([("t", batch)])
                taken += 1
        assert DATABASE_FILE in str(full.value)
        assert "full" in str(full.value)
        assert "free disk space" in (full.value.hint or "")
        assert 0 < taken < 100
        assert node.topics.end_offset("t") == 500 * taken
        ballast.unlink()
        node.produce([("t", batch)])
        assert node.failure is None
    with closing(Node(folder)) as node:
        node.database.check()
        assert sum(len(chunk) for chunk in node.topics.read("t", 0, 1 << 40)) == 500 * (taken + 1)


def test_a_clock_set_back_changes_no_row(tmp_path: Path) -> None:
    def run(folder: Path, *, back: bool) -> Content:
        clock = FakeClock(1_700_000_000_000)
        source = INPUTS["pipeline"]
        with closing(source.open(folder)):
            pass
        with closing(Node(folder, clock=clock)) as node:
            assert node.recover(StatementExecutor(node)) == []
            for at in range(0, RECORDS, 50):
                node.produce([(topic, [record]) for topic, record in map(source.record, range(at, at + 50))])
                clock.advance(-86_400_000 if back and at == RECORDS // 2 else 60_000)
            settle(node)
            assert [query.failures for query in node.queries()] == [()] * 11
        topics, states = content(folder)
        return {name: topics[name] for name in topics if "processing_log" not in name}, states

    assert run(tmp_path / "back", back=True) == run(tmp_path / "on", back=False)


@pytest.mark.slow
def test_an_order_to_end_during_load_loses_nothing_that_was_taken(tmp_path: Path) -> None:
    code = (
        "import signal, sys, threading; from pathlib import Path; from contextlib import closing;"
        "from tests.helpers.crash_child import INPUTS;"
        "stop = threading.Event(); signal.signal(signal.SIGTERM, lambda *_: stop.set());"
        "source = INPUTS['pipeline']; node = source.open(Path(sys.argv[1])); node.start(); n = 0\n"
        "print('ready', flush=True)\n"
        "while not stop.is_set():\n"
        "    topic, record = source.record(n); n += 1\n"
        "    node.produce([(topic, [record])], source_offsets={'input': b'%d' % n}, wait=False)\n"
        "node.close(); print(n)"
    )
    root = Path(__file__).parents[2]
    command = [sys.executable, "-c", code, str(tmp_path)]
    child = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=root)
    assert child.stdout is not None
    assert child.stdout.readline() == "ready\n"
    time.sleep(1)
    child.send_signal(signal.SIGTERM)
    out, _ = child.communicate(timeout=60)
    assert child.returncode == 0
    topics, _ = content(tmp_path)
    with closing(Node(tmp_path)) as node:
        assert node.source_offset("input") == out.strip().encode()
    inputs = sum(len(topics[t]) for t in ("clickstream", "clickstream_codes", "clickstream_users"))
    assert inputs == int(out)


def test_another_formats_folder_is_refused(filled: Path, tmp_path: Path) -> None:
    file = copy(filled, tmp_path / "old")
    with file.open("r+b") as database:
        database.seek(60)  # `user_version` in SQLite's header
        database.write((99).to_bytes(4, "big"))
    with pytest.raises(StateError, match="format 99") as refused:
        Node(file.parent)
    assert not isinstance(refused.value, CorruptState)
