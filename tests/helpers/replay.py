"""Sends recorded requests to a fresh embedded server and says what it answers differently.

    scripts/replay [DIR] [--only FOLDER] [--verbose]

DIR holds one folder a service (`ksql`, `query`, `http2`, `connect`); state carries over from one recording
of a folder to the next, so each folder gets a server of its own, prepared as the real one was.
"""

import argparse
import json
import re
import sys
import time
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import httpx

from clickstream.core.records import Record
from tests.helpers import recordings
from tests.helpers.embedded import EmbeddedServer
from tests.helpers.recordings import Answer, Recording, Rules

DEFAULT_FOLDER = Path(__file__).resolve().parents[3] / "shared" / "golden" / "rest"
PASS_RATE = 0.95
IDLE_S = 1.5
"""How long an answer is read that the recording's client cut off, if it does not get as long as recorded."""

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


def _create_topics(server: EmbeddedServer) -> None:
    for topic in ("clickstream", "clickstream_codes", "clickstream_users"):
        server.create_topic(topic, FOREVER)


def prepare_nothing(server: EmbeddedServer, root: Path) -> Callable[[Recording], None]:
    """Leave the server as it starts."""
    return lambda recording: None


def prepare_ksql(server: EmbeddedServer, root: Path) -> Callable[[Recording], None]:
    """Make the three generated topics and the four connectors that the recordings found."""
    _create_topics(server)
    feed = list(_clicks(root))
    server.produce("clickstream", feed[:90])
    server.produce("clickstream_codes", [_code(405, "Method not allowed"), _code(302, "Redirect")])
    server.produce("clickstream_users", [_user(1, "bobk_43"), _user(16, "Ferd88")])
    for name, quickstart in (
        ("datagen_clickstream", "clickstream"),
        ("datagen_codes", "clickstream_codes"),
        ("datagen_users", "clickstream_users"),
        ("bad4", "nope"),
    ):
        server.create_connector(
            name,
            {
                "connector.class": "io.confluent.kafka.connect.datagen.DatagenConnector",
                "kafka.topic": quickstart if quickstart != "nope" else "clickstream_nope",
                "quickstart": quickstart,
                "format": "json",
                "max.interval": "100",
                "key.converter": "org.apache.kafka.connect.converters.IntegerConverter"
                if quickstart in ("clickstream_codes", "clickstream_users")
                else "org.apache.kafka.connect.storage.StringConverter",
            },
        )
    return lambda recording: None


def prepare_query(server: EmbeddedServer, root: Path) -> Callable[[Recording], None]:
    """Bring the server to where the `ksql` folder had it at 126, with the clicks of that minute.

    The recordings were made while a generator ran. A pull query's id holds its time, so before each
    recording the clicks that stood in the topic by then are produced.
    """
    _create_topics(server)
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

    def feed(until_ms: int) -> None:
        nonlocal sent
        due = sent
        while due < len(clicks) and clicks[due].timestamp_ms <= until_ms:
            due += 1
        if due > sent:
            server.produce("clickstream", clicks[sent:due])
            sent = due

    feed(1795505245000)
    for recording in recordings.load(root / "ksql"):
        if 33 <= int(recording.name[:3]) <= 116:
            send(server, recording)
    terminated = False

    def before(recording: Recording) -> None:
        nonlocal terminated
        if at := re.search(r"query_(\d{13})", recording.answer.text):
            feed(int(at[1]) - 60)
        else:
            rowtimes = re.findall(r"rowtime: (\S+ \S+) Z", recording.answer.text)
            if rowtimes and "PRINT clickstream" in recording.statement:
                feed(_epoch_ms(rowtimes[-1]))
        if recording.name.startswith("079") and not terminated:
            terminated = True
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
            if time.monotonic() > deadline or (wanted is not None and text.count("\n") > wanted):
                break
    except httpx.ReadTimeout:
        pass
    return text


def replay(root: Path, name: str) -> Outcome:
    """Replay one folder and return what came of it."""
    folder = FOLDERS[name]
    outcome = Outcome(name)
    with EmbeddedServer() as server:
        before = folder.prepare(server, root)
        for recording in recordings.load(root / name):
            before(recording)
            outcome.total += 1
            found = recordings.differences(recording, send(server, recording, folder=folder), folder.rules)
            if found:
                outcome.failed.append((recording.name, found))
    return outcome


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
