"""Sends recorded requests to a fresh embedded server and says what it answers differently.

    scripts/replay [DIR] [--only FOLDER] [--verbose]

DIR holds one folder a service (`ksql`, `query`, `http2`, `connect`); state carries over from one recording
of a folder to the next, so each folder gets a server of its own, prepared as the real one was.
"""

import argparse
import json
import re
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import httpx

from clickstream.core.records import Record
from tests.helpers import recordings
from tests.helpers.embedded import EmbeddedServer
from tests.helpers.recordings import Answer, Recording, Rules

DEFAULT_FOLDER = Path(__file__).resolve().parents[3] / "shared" / "golden" / "rest"
PASS_RATE = 0.95
IDLE_S = 5.0
"""How long an answer is read that the recording's client cut off, if it does not get as long as recorded."""

STRING_KEYS = "org.apache.kafka.connect.storage.StringConverter"
INTEGER_KEYS = "org.apache.kafka.connect.converters.IntegerConverter"

SETTLE_S = 0.5
"""How long a push query runs before it is closed; enough for all that stands in its topic."""

NOT_ENDED = "\n(the answer does not end)\n"

LONGEST_S = 10.0
"""How long any other answer is read."""


@dataclass
class Outcome:
    """What came of a folder."""

    folder: str
    total: int = 0
    failed: list[tuple[str, list[str]]] = field(default_factory=list)

    @property
    def rate(self) -> float:
        """Share of recordings answered alike."""
        return 1 - len(self.failed) / self.total if self.total else 1.0


@dataclass(frozen=True)
class Folder:
    """How to replay one folder: which service, what stands there before, which rules."""

    service: str
    prepare: Callable[[EmbeddedServer, Path], Callable[[Recording], None]]
    rules: Rules = field(default_factory=Rules)
    http2: bool = False


# --------------------------------------------------------------------------------- preparing

FOREVER = {"retention.ms": "-1"}
"""The recorded broker's own setting, which sinks inherit from their sources."""


def create_topics(server: EmbeddedServer) -> None:
    """Make the topics of the generators."""
    for topic in ("clickstream", "clickstream_codes", "clickstream_users"):
        server.create_topic(topic, FOREVER)


def prepare_ksql(server: EmbeddedServer, root: Path) -> Callable[[Recording], None]:
    """Make the three generated topics and the four connectors that the recordings found."""
    create_topics(server)
    feed = list(_clicks(root))
    server.produce("clickstream", feed[:90])
    server.produce("clickstream_codes", [_code(405, "Method not allowed"), _code(302, "Redirect")])
    server.produce("clickstream_users", [_user(1, "bobk_43"), _user(16, "Ferd88")])
    for name, quickstart, key_converter in (
        ("datagen_clickstream", "clickstream", STRING_KEYS),
        ("datagen_codes", "clickstream_codes", INTEGER_KEYS),
        ("datagen_users", "clickstream_users", INTEGER_KEYS),
        ("bad4", "clickstream", INTEGER_KEYS),  # its task fails on the first address
    ):
        server.create_connector(
            name,
            {
                "connector.class": "io.confluent.kafka.connect.datagen.DatagenConnector",
                "kafka.topic": quickstart,
                "quickstart": quickstart,
                "format": "json",
                "max.interval": "100",
                "key.converter": key_converter,
            },
        )
    time.sleep(SETTLE_S)
    return lambda recording: None


def prepare_query(server: EmbeddedServer, root: Path) -> Callable[[Recording], None]:
    """Bring the server to where the `ksql` folder had it at 126, with the clicks of that minute.

    The recordings were made while a generator ran. A pull query's id holds its time, so before each
    recording the clicks that stood in the topic by then are produced.
    """
    create_topics(server)
    clicks = list(_clicks(root))
    codes = [
        _code(405, "Method not allowed"),
        _code(302, "Redirect"),
        _code(407, "Proxy authentication required"),
    ]
    server.produce(
        "clickstream_codes",
        [
            Record(c.key, c.value, at)
            for c, at in zip(codes, (1795505218935, 1795505218991, 1795505219382), strict=True)
        ],
    )
    server.produce("clickstream_users", [_user(n, name) for n, name in enumerate(_USER_NAMES)])
    sent = 0
    # A timer feeds too, and on a busy machine it may be late: no click goes in twice.
    feeding = threading.Lock()

    def feed(until_ms: int) -> None:
        nonlocal sent
        with feeding:
            due = sent
            while due < len(clicks) and clicks[due].timestamp_ms <= until_ms:
                due += 1
            # One by one, so that tables emit each change, as they did in front of a slow generator.
            for click in clicks[sent:due]:
                server.produce("clickstream", [click])
            sent = due

    for recording in recordings.load(root / "ksql"):
        if 33 <= int(recording.name[:3]) <= 116:
            send(server, recording)
    feed(1795505245000)

    def before(recording: Recording) -> None:
        if at := re.search(r"query_(\d{13})", recording.answer.text):
            feed(int(at[1]) - 60)
        elif recording.name.startswith("044"):
            (printed,) = re.findall(r"rowtime: (\S+ \S+) Z", recording.answer.text)
            feed(_epoch_ms(printed) - 1)
            threading.Timer(0.5, feed, [_epoch_ms(printed)]).start()
        elif re.search(r"(SELECT|PRINT).* clickstream( EMIT CHANGES)?;", recording.statement):
            rows = len(recordings.parse_stream(recording.answer.text)) - 1
            if rows:
                feed(clicks[min(rows, len(clicks)) - 1].timestamp_ms)
        elif recording.name.startswith("079"):
            server.ksql("TERMINATE CTAS_CLICK_USER_SESSIONS_15;")

    return before


def prepare_http2(server: EmbeddedServer, root: Path) -> Callable[[Recording], None]:
    """Make the stream and the two tables that the recordings use."""
    clicks = [_click("a", 33, 14096), _click("b", -1, 4196)]
    server.produce("clickstream", clicks)
    server.ksql(
        "CREATE STREAM clickstream (userid INT, bytes BIGINT)"
        " WITH (kafka_topic='clickstream', value_format='json');"
        "CREATE TABLE tbl (id INT PRIMARY KEY, v VARCHAR)"
        " WITH (kafka_topic='tbl', partitions=1, value_format='json');"
        "CREATE TABLE tblq AS SELECT * FROM tbl;"
    )
    return lambda recording: None


def prepare_connect(server: EmbeddedServer, root: Path) -> Callable[[Recording], None]:
    """Leave the server as it starts, and wait where the recording client did: a worker acts in between."""

    def before(recording: Recording) -> None:
        if recording.name[:3] in recordings.CONNECT_WAITS:
            time.sleep(recordings.CONNECT_WAIT_S)

    server.create_topic("clickstream")
    return before


_USER_NAMES = [
    "bobk_43",
    "Nathan_126",
    "GlenAlan_23344",
    "Ferd88",
    "Reeva43",
    "k_robertz_88",
    "ArlyneW8ter",
    "AbdelKable_86",
    "DimitriSchenz88",
    "Oriana_987",
    "LukeWaters_23",
    "GlenAlan_23344",
]


def _clicks(root: Path) -> Iterator[Record]:
    """Yield the clicks that one recording printed whole; their key is the address."""
    (path,) = (root / "query").glob("068_*.json")
    for line in json.loads(path.read_text())["response"]["body_raw"].splitlines():
        if match := re.match(r"rowtime: (\S+ \S+) Z, key: .*?, value: (.*), partition: 0$", line):
            key = json.loads(match[2])["ip"].encode()
            yield Record(key, match[2].encode(), _epoch_ms(match[1]))


def _epoch_ms(text: str) -> int:
    moment = datetime.strptime(text, "%Y/%m/%d %H:%M:%S.%f").replace(tzinfo=UTC)
    return round(moment.timestamp() * 1000)


def _click(ip: str, userid: int, size: int) -> Record:
    value = {"ip": ip, "userid": userid, "bytes": str(size)}
    return Record(ip.encode(), json.dumps(value).encode(), 1795507300000)


def _code(code: int, definition: str) -> Record:
    value = json.dumps({"code": code, "definition": definition}, separators=(",", ":"))
    return Record(code.to_bytes(4, "big"), value.encode(), 1795505218000)


def _user(number: int, name: str) -> Record:
    value = json.dumps({"user_id": number, "username": name, "city": "London"})
    return Record(number.to_bytes(4, "big"), value.encode(), 1795505218000)


FOLDERS = {
    "ksql": Folder("ksqldb", prepare_ksql),
    "query": Folder(
        "ksqldb",
        prepare_query,
        Rules(
            live=frozenset(
                [
                    "016_qs_push_session_table",
                    "025_qs_pull_window_bounds",
                    "026_qs_pull_session",
                    "027_qs_pull_session_all",
                    "044_qs_print",
                    "066_query_print_session",
                ]
            ),
            unsorted=frozenset(
                [
                    "019_qs_pull_all",
                    "021_qs_pull_in",
                    "024_qs_pull_nonkey",
                ]
            ),
            any_rowtime=frozenset(["071_query_print_ins"]),
        ),
    ),
    "http2": Folder("ksqldb", prepare_http2, http2=True),
    "connect": Folder("connect", prepare_connect, Rules(installed=recordings.CONNECT_INSTALLED)),
}


# --------------------------------------------------------------------------------- sending


def send(server: EmbeddedServer, recording: Recording, *, folder: Folder = FOLDERS["ksql"]) -> Answer:
    """Send one recorded request and return our answer; reads a cut-off stream only as far as recorded."""
    with httpx.Client(
        base_url=server.url(folder.service), http1=not folder.http2, http2=folder.http2, timeout=30
    ) as client:
        request = client.build_request(
            recording.method, recording.path, headers=dict(recording.headers), content=recording.body.encode()
        )
        for name in ("accept", "content-type", "accept-encoding", "user-agent"):
            if name not in {header.lower() for header in recording.headers} and name in request.headers:
                del request.headers[name]
        response = client.send(request, stream=True)
        try:
            content_type = recordings.media_type(response.headers.get("content-type"))
            return Answer(response.status_code, content_type, _read(response, recording))
        finally:
            response.close()


def _read(response: httpx.Response, recording: Recording) -> str:
    """Return the answer; of one that the recording's client cut off, as many lines as it had by then."""
    patience_s = LONGEST_S if recording.closed_after_s is None else IDLE_S
    wanted = None if recording.closed_after_s is None else recording.answer.text.count("\n")
    deadline = time.monotonic() + patience_s
    text = ""
    response.request.extensions["timeout"]["read"] = patience_s
    try:
        for part in response.iter_text():
            text += part
            if time.monotonic() > deadline or (wanted is not None and text.count("\n") >= wanted):
                break
    except httpx.ReadTimeout:
        if recording.closed_after_s is None:
            text += NOT_ENDED
    return text


def replay(root: Path, name: str) -> Outcome:
    """Replay one folder and return what came of it."""
    folder = FOLDERS[name]
    outcome = Outcome(name)
    with EmbeddedServer() as server:
        before = folder.prepare(server, root)
        opened: _Opened | None = None
        for recording in recordings.load(root / name):
            before(recording)
            outcome.total += 1
            if recording.method == "POST" and "_closed_by_close_query" in recording.name and not folder.http2:
                opened = _Opened(server, recording, folder)
                continue
            if opened is not None and recording.path == "/close-query":
                answer = send(server, opened.renamed(recording), folder=folder)
                _note(outcome, folder, opened.recording, opened.answer())
                opened = None
            else:
                answer = send(server, recording, folder=folder)
            _note(outcome, folder, recording, answer)
    return outcome


def _note(outcome: Outcome, folder: Folder, recording: Recording, answer: Answer) -> None:
    found = recordings.differences(recording, answer, folder.rules)
    if found:
        outcome.failed.append((recording.name, found))


def _wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + LONGEST_S
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError
        time.sleep(0.01)


class _Opened:
    """A push query that is read in the background until the recording after it closes it."""

    def __init__(self, server: EmbeddedServer, recording: Recording, folder: Folder) -> None:
        self.recording = recording
        self._answers: list[Answer] = []
        self._thread = threading.Thread(
            target=lambda: self._answers.append(send(server, recording, folder=folder))
        )
        _wait_for(lambda: not server.open_queries())
        self._thread.start()
        _wait_for(lambda: bool(server.open_queries()))
        (self._query_id,) = server.open_queries()
        time.sleep(SETTLE_S)

    def renamed(self, closing: Recording) -> Recording:
        """Return the recorded request to close it, with our query's id."""
        body = json.loads(closing.body) | {"queryId": self._query_id}
        return replace(closing, body=json.dumps(body))

    def answer(self) -> Answer:
        """Return what was answered in all."""
        self._thread.join(LONGEST_S)
        return self._answers[0]


def main() -> int:
    """Replay folders, print what differs, and return 1 if a folder is below the rate to reach."""
    parser = argparse.ArgumentParser(prog="scripts/replay", description=__doc__.split("\n", 1)[0])
    parser.add_argument("folder", nargs="?", type=Path, default=DEFAULT_FOLDER)
    parser.add_argument("--only", choices=FOLDERS, action="append", help="replay only this folder")
    parser.add_argument("--verbose", action="store_true", help="show every difference")
    options = parser.parse_args()
    outcomes = [replay(options.folder, name) for name in options.only or FOLDERS]
    for outcome in outcomes:
        for name, found in outcome.failed:
            print(f"{outcome.folder}/{name}")
            for line in found if options.verbose else found[:3]:
                print(f"    {line}")
    for outcome in outcomes:
        print(
            f"{outcome.folder}: {outcome.total - len(outcome.failed)} of {outcome.total} ({outcome.rate:.1%})"
        )
    return int(any(outcome.rate < PASS_RATE for outcome in outcomes))


if __name__ == "__main__":
    sys.exit(main())
