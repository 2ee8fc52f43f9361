"""Connections to the server, byte by byte: upgrades to HTTP/2, status lines, targets."""

import json
import socket
from collections.abc import Iterator

import h2.config
import h2.connection
import h2.events
import pytest

from tests.helpers.embedded import EmbeddedServer

TARGET = b'{"target":"clicks"}\n'
ROW = b'{"ID":1,"PAGE":"a"}\n'
UPGRADE = (("Connection", "Upgrade, HTTP2-Settings"), ("Upgrade", "h2c"), ("HTTP2-Settings", "AAQAAP__"))


@pytest.fixture(scope="module")
def server() -> Iterator[EmbeddedServer]:
    with EmbeddedServer() as serving:
        serving.services.executor.execute(
            "CREATE STREAM clicks (id INT KEY, page STRING)"
            " WITH (kafka_topic='clicks', value_format='JSON', partitions=1);"
        )
        yield serving


@pytest.fixture
def connection(server: EmbeddedServer) -> Iterator["Connection"]:
    made = Connection(server)
    with made.socket:
        yield made


class Connection:
    """A socket, and what came over it."""

    def __init__(self, server: EmbeddedServer) -> None:
        self.socket = socket.create_connection(("127.0.0.1", server.ports["ksqldb"]), timeout=10)
        self.rest = b""

    def send(self, method: str, target: str, *headers: tuple[str, str], body: bytes = b"") -> None:
        lines = [f"{method} {target} HTTP/1.1", "Host: x", *(f"{name}: {value}" for name, value in headers)]
        self.socket.sendall("\r\n".join([*lines, "", ""]).encode() + body)

    def head(self) -> list[str]:
        while b"\r\n\r\n" not in self.rest:
            self.rest += self.socket.recv(65536)
        head, _, self.rest = self.rest.partition(b"\r\n\r\n")
        return head.decode().split("\r\n")

    def over_http2(self) -> "Upgraded":
        return Upgraded(self)


class Upgraded:
    """The client's side of HTTP/2 after an upgrade; the request that asked for it is stream 1."""

    def __init__(self, connection: Connection) -> None:
        self._socket = connection.socket
        self._http2 = h2.connection.H2Connection(h2.config.H2Configuration(client_side=True))
        self._http2.initiate_upgrade_connection()
        self._socket.sendall(self._http2.data_to_send())
        self._early = connection.rest

    def post(self, path: str, body: bytes) -> int:
        stream = self._http2.get_next_available_stream_id()
        headers = [(":method", "POST"), (":path", path), (":scheme", "http"), (":authority", "x")]
        self._http2.send_headers(stream, headers)
        self._http2.send_data(stream, body, end_stream=True)
        self._socket.sendall(self._http2.data_to_send())
        return stream

    def answer(self, stream: int) -> tuple[str, bytes]:
        status, body = "", b""
        while True:
            data, self._early = self._early or self._socket.recv(65536), b""
            for event in self._http2.receive_data(data):
                if isinstance(event, h2.events.ResponseReceived) and event.stream_id == stream:
                    status = dict(event.headers)[b":status"].decode()
                elif isinstance(event, h2.events.DataReceived) and event.stream_id == stream:
                    body += event.data
                elif isinstance(event, h2.events.StreamEnded) and event.stream_id == stream:
                    return status, body
            self._socket.sendall(self._http2.data_to_send())


def test_a_request_with_a_body_goes_over_to_http2_and_so_do_those_after_it(connection: Connection) -> None:
    body = TARGET + ROW
    connection.send("POST", "/inserts-stream", *UPGRADE, ("Content-Length", str(len(body))), body=body)
    assert connection.head()[0] == "HTTP/1.1 101 Switching Protocols"
    http2 = connection.over_http2()
    assert http2.answer(1) == ("200", b'{"seq":0,"status":"ok"}\n')
    second = http2.post("/inserts-stream", TARGET + ROW + ROW)
    status, lines = http2.answer(second)
    assert (status, lines.count(b'"ok"')) == ("200", 2)


def test_the_body_may_come_in_chunks_and_late(connection: Connection) -> None:
    connection.send("POST", "/inserts-stream", *UPGRADE, ("Transfer-Encoding", "chunked"))
    for part in (TARGET, ROW, b""):
        connection.socket.sendall(b"%x\r\n%s\r\n" % (len(part), part))
    assert connection.head()[0] == "HTTP/1.1 101 Switching Protocols"
    assert connection.over_http2().answer(1) == ("200", b'{"seq":0,"status":"ok"}\n')


def test_a_request_without_a_body_goes_over_too(connection: Connection) -> None:
    connection.send("GET", "/info", *UPGRADE)
    assert connection.head()[0] == "HTTP/1.1 101 Switching Protocols"
    status, body = connection.over_http2().answer(1)
    assert (status, "KsqlServerInfo" in json.loads(body)) == ("200", True)


@pytest.mark.parametrize(
    ("method", "target", "line"),
    [
        ("GET", "/info", "HTTP/1.1 200 OK"),
        ("GET", "http://anywhere/info", "HTTP/1.1 200 OK"),
        ("GET", "/nothing", "HTTP/1.1 404 Not Found"),
        ("POST", "/inserts-stream", "HTTP/1.1 400 Bad Request"),
    ],
)
def test_status_lines_have_their_reason(connection: Connection, method: str, target: str, line: str) -> None:
    connection.send(method, target, ("Content-Length", "0"))
    assert connection.head()[0] == line


def test_an_upgrade_to_something_else_is_passed_over(connection: Connection) -> None:
    connection.send("GET", "/info", ("Connection", "Upgrade"), ("Upgrade", "spdy"))
    assert connection.head()[0] == "HTTP/1.1 200 OK"
