from collections.abc import AsyncGenerator
from typing import Any

import anyio
import pytest
from starlette.types import Message, Scope

from clickstream.server.streaming import Stream

SCOPE: Scope = {"type": "http", "http_version": "1.1", "method": "POST", "path": "/", "headers": []}


class Client:
    """Keeps what is sent; disconnects when it is told to."""

    def __init__(self) -> None:
        self.sent: list[Message] = []
        self.gone = anyio.Event()

    async def receive(self) -> Message:
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        self.sent.append(message)

    @property
    def body(self) -> bytes:
        return b"".join(message.get("body", b"") for message in self.sent)


async def parts(closed: list[str], *given: bytes, endless: bool = False) -> AsyncGenerator[bytes]:
    try:
        for part in given:
            yield part
        if endless:
            await anyio.sleep_forever()
    finally:
        closed.append("content")


@pytest.mark.parametrize(("media_type", "headers"), [(None, []), ("text/x", [(b"content-type", b"text/x")])])
def test_parts_are_sent_with_exactly_the_content_type_given(
    media_type: str | None, headers: list[tuple[bytes, bytes]]
) -> None:
    async def scenario() -> None:
        client = Client()
        closed: list[str] = []
        content = parts(closed, b"a", b"b")
        response = Stream(content, media_type=media_type, at_end=lambda: closed.append("end"))
        await response(SCOPE, client.receive, client.send)
        assert client.sent[0]["headers"] == headers
        assert client.body == b"ab"
        assert client.sent[-1]["more_body"] is False
        assert sorted(closed) == ["content", "end"]

    with_timeout(scenario)


def test_a_client_that_goes_ends_the_content() -> None:
    async def scenario() -> None:
        client = Client()
        closed: list[str] = []
        response = Stream(
            parts(closed, b"a", endless=True), media_type=None, at_end=lambda: closed.append("end")
        )
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(response, SCOPE, client.receive, client.send)
            await anyio.wait_all_tasks_blocked()
            client.gone.set()
        assert sorted(closed) == ["content", "end"]

    with_timeout(scenario)


def test_a_client_that_is_gone_before_the_first_part_still_ends_the_query() -> None:
    async def scenario() -> None:
        ended: list[str] = []

        async def refuse(message: Message) -> None:
            raise OSError("closed")

        client = Client()
        response = Stream(parts([], b"a"), media_type=None, at_end=lambda: ended.append("end"))
        with pytest.raises(ExceptionGroup):
            await response(SCOPE, client.receive, refuse)
        assert ended == ["end"]

    with_timeout(scenario)


def with_timeout(scenario: Any) -> None:
    async def run() -> None:
        with anyio.fail_after(5):
            await scenario()

    anyio.run(run)
