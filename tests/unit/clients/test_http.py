import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import requests
import responses

from clickstream.clients.http import HttpClient, error_text
from clickstream.core.errors import ClickstreamError, Conflict, NotFound, ServiceRejected, ServiceUnavailable

URL = "http://127.0.0.1:1234"


@responses.activate
@pytest.mark.parametrize(
    ("status", "error"),
    [
        (400, ServiceRejected),
        (401, ServiceRejected),
        (404, NotFound),
        (409, Conflict),
        (429, ServiceUnavailable),
        (500, ServiceRejected),
        (503, ServiceUnavailable),
    ],
)
def test_a_status_means_one_kind_of_error(status: int, error: type[ClickstreamError]) -> None:
    responses.get(f"{URL}/x", json={"message": "the reason"}, status=status)
    with pytest.raises(error, match="A service: the reason"):
        HttpClient("A service", URL).get("/x")


@responses.activate
def test_no_answer_names_service_and_address_and_what_to_do() -> None:
    responses.get(f"{URL}/x", body=requests.ConnectionError("[Errno 111] Connection refused"))
    with pytest.raises(
        ServiceUnavailable, match=f"A service at {URL} does not answer: connection refused"
    ) as caught:
        HttpClient("A service", URL).get("/x")
    assert "clickstream up" in str(caught.value.hint)


@responses.activate
def test_a_silent_service_is_named_with_the_time_waited() -> None:
    responses.get(f"{URL}/x", body=requests.ReadTimeout())
    with pytest.raises(ServiceUnavailable, match=r"did not answer GET /x within 7 s"):
        HttpClient("A service", URL, timeout_s=7).get("/x")


@responses.activate
def test_answers_are_decoded_by_what_they_are() -> None:
    responses.get(f"{URL}/json", json={"a": 1})
    responses.get(f"{URL}/text", body="words")
    responses.put(f"{URL}/empty", body="", status=202)
    client = HttpClient("A service", URL)
    assert client.get("/json") == {"a": 1}
    assert client.get("/text") == "words"
    assert client.put("/empty") is None


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ({"@type": "generic_error", "error_code": 40000, "message": "ksql"}, "ksql"),
        ({"error_code": 404, "message": "connect"}, "connect"),
        ({"error": {"type": "index_not_found_exception", "reason": "elastic"}, "status": 404}, "elastic"),
        ({"message": "grafana", "traceID": ""}, "grafana"),
        ("<html>words</html>", "<html>words</html>"),
        (None, ""),
    ],
)
def test_each_service_puts_its_reason_elsewhere(body: object, text: str) -> None:
    assert error_text(body) == text


def test_a_loopback_service_is_never_asked_through_a_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://proxy.invalid:3128")
    with pytest.raises(ServiceUnavailable, match="connection refused"):
        HttpClient("A service", "http://127.0.0.1:9").get("/")


class Answers(BaseHTTPRequestHandler):
    """Sends one line and then, as the path says, nothing for long or half a chunk and the end."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        self.wfile.write(b"4\r\none\n\r\n")
        self.wfile.flush()
        if self.path == "/breaks":
            self.wfile.write(b"ff\r\nhalf")
            self.close_connection = True
        else:
            self.server.silence.wait(30)  # type: ignore[attr-defined]

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def streaming() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    server.silence = threading.Event()  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.silence.set()  # type: ignore[attr-defined]
    server.shutdown()
    thread.join()
    server.server_close()


def test_lines_come_as_they_are_sent_and_end_quietly_when_none_comes_for_long(streaming: str) -> None:
    with HttpClient("A service", streaming).lines("/idle", {}, idle_timeout_s=0.2) as lines:
        assert list(lines) == ["one"]


def test_a_stream_that_breaks_is_an_error_not_an_end(streaming: str) -> None:
    with HttpClient("A service", streaming).lines("/breaks", {}) as lines:
        assert next(lines) == "one"
        with pytest.raises(ServiceUnavailable, match="connection lost"):
            list(lines)
