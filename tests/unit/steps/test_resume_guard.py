"""A real guard process against a small HTTP server that notes what it is asked."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from clickstream.steps.resume_guard import resume_guard

StandIn = tuple[str, list[str], threading.Event]


@pytest.fixture
def connect() -> Iterator[StandIn]:
    """Return the URL of a stand-in for Connect, the requests it got, and an event for the first."""
    asked: list[str] = []
    first = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_PUT(self) -> None:
            asked.append(self.path)
            self.send_response(202)
            self.send_header("Content-Length", "0")
            self.end_headers()
            first.set()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", asked, first
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_block_that_ends_needs_no_guard(connect: StandIn) -> None:
    url, asked, _ = connect
    with resume_guard(url, "C"):
        pass
    assert asked == []


def test_a_parent_that_is_killed_has_its_connector_resumed(connect: StandIn) -> None:
    url, asked, first = connect
    program = (
        "import sys, time\n"
        "from clickstream.steps.resume_guard import resume_guard\n"
        f"with resume_guard({url!r}, 'MY CONNECTOR'):\n"
        "    print('guarded', flush=True)\n"
        "    time.sleep(60)\n"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        assert parent.stdout.readline() == b"guarded\n"
        parent.kill()
    assert first.wait(30)
    assert asked == ["/connectors/MY%20CONNECTOR/resume"]
