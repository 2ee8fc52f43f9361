"""A response that is written as it comes into being, and ends when its client goes away."""

from collections.abc import AsyncGenerator, Callable

import anyio
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

__all__ = ["Stream"]


class Stream(Response):
    """Sends the parts of `content` as they come; `content` is closed however the response ends.

    `at_end` is called then too, even if the client was gone before `content` began. `reads_body` says
    that `content` itself reads the request's body, so nobody else may listen to the client. The content
    type is exactly `media_type`, none if that is None.
    """

    def __init__(
        self,
        content: AsyncGenerator[bytes],
        *,
        media_type: str | None,
        reads_body: bool = False,
        at_end: Callable[[], object] = lambda: None,
    ) -> None:
        self.status_code = 200
        self.background = None
        self.body = b""
        self.init_headers({} if media_type is None else {"content-type": media_type})
        del self.headers["content-length"]
        self._content = content
        self._reads_body = reads_body
        self._at_end = at_end

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send head, parts and end; stop early if the client disconnects."""
        async with anyio.create_task_group() as tasks:
            if not self._reads_body:
                tasks.start_soon(self._cancel_on_disconnect, receive, tasks.cancel_scope)
            try:
                await self._send_all(send)
            finally:
                self._at_end()
                with anyio.CancelScope(shield=True):
                    await self._content.aclose()
                tasks.cancel_scope.cancel()

    async def _send_all(self, send: Send) -> None:
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        async for part in self._content:
            await send({"type": "http.response.body", "body": part, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    @staticmethod
    async def _cancel_on_disconnect(receive: Receive, scope: anyio.CancelScope) -> None:
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                scope.cancel()
                return
