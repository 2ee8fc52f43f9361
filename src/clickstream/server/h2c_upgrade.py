"""What ksqlDB's clients need of HTTP that Hypercorn leaves out.

A request with a body may ask to go on in HTTP/2 (`Upgrade: h2c`); Hypercorn answers it in HTTP/1.1, over
which no rows can be inserted. And a status line has its reason, without which some clients cannot read it.
Both are subclasses of Hypercorn's protocols, put in their place for the whole process.
Source: RFC 7540 section 3.2; the `ksql` package of PyPI, which sends its queries so.
"""

from http import HTTPStatus
from typing import Any

import h11
import hypercorn.protocol
from hypercorn.protocol.events import Body, EndBody, Event
from hypercorn.protocol.h2 import H2Protocol
from hypercorn.protocol.h11 import H2CProtocolRequiredError, H11Protocol

__all__ = ["install"]

Headers = list[tuple[bytes, bytes]]


def install() -> None:
    """Let every connection that Hypercorn takes from now on behave so."""
    vars(hypercorn.protocol).update(H11Protocol=Http1, H2Protocol=Http2)


class Http1(H11Protocol):
    """HTTP/1.1 with reasons, and with upgrades of requests that have a body."""

    async def _check_protocol(self, event: h11.Request) -> None:
        self._upgrading = _Upgrade(self, event) if _wants_upgrade(event) else None
        if self._upgrading is None:
            await super()._check_protocol(event)

    async def _create_stream(self, request: h11.Request) -> None:
        if self._upgrading is None:
            await super()._create_stream(request)
        else:
            self.stream = self._upgrading  # type: ignore[assignment]

    async def _send_h11_event(self, event: Any) -> None:
        if isinstance(event, h11.Response | h11.InformationalResponse) and not event.reason:
            event = type(event)(
                status_code=event.status_code,
                headers=event.headers.raw_items(),
                reason=_reason(event.status_code),
            )
        await super()._send_h11_event(event)

    async def switch(self, request: h11.Request, body: bytes) -> None:
        """Agree to go on in HTTP/2, with this as its first request.

        Raises: H2CProtocolRequiredError, always: the connection's owner puts HTTP/2 in this one's place.
        """
        headers = [(b"connection", b"upgrade"), (b"upgrade", b"h2c")]
        await self._send_h11_event(h11.InformationalResponse(status_code=101, headers=headers))
        self.stream = None
        switch = H2CProtocolRequiredError(self.connection.trailing_data[0], request)
        switch.headers = _WithBody(switch.headers, body)
        raise switch


class _Upgrade:
    """Stands for the stream of a request that is to be upgraded, until its body is there."""

    def __init__(self, protocol: Http1, request: h11.Request) -> None:
        self._protocol = protocol
        self._request = request
        self._body = bytearray()

    async def handle(self, event: Event) -> None:
        """Take a part of the body, or its end."""
        if isinstance(event, Body):
            self._body += event.data
        elif isinstance(event, EndBody):
            await self._protocol.switch(self._request, bytes(self._body))


class _WithBody(Headers):
    """Headers of a first request, and its body."""

    def __init__(self, headers: Headers, body: bytes) -> None:
        super().__init__(headers)
        self.body = body


class Http2(H2Protocol):
    """HTTP/2 whose first request may have come, with its body, as HTTP/1.1."""

    _first_body = b""

    async def initiate(self, headers: Headers | None = None, settings: bytes | None = None) -> None:
        """Begin, with a first request if there is one already."""
        if isinstance(headers, _WithBody):
            self._first_body = headers.body
        await super().initiate(headers, settings)

    async def _create_stream(self, request: Any) -> None:
        await super()._create_stream(request)
        if self._first_body:
            data, self._first_body = self._first_body, b""
            await self.streams[request.stream_id].handle(Body(stream_id=request.stream_id, data=data))


def _wants_upgrade(request: h11.Request) -> bool:
    """Return whether a request has a body and asks for HTTP/2; those without are Hypercorn's own."""
    headers = {name.lower(): value for name, value in request.headers}
    has_body = b"content-length" in headers or b"transfer-encoding" in headers
    return has_body and headers.get(b"upgrade", b"").strip().lower() == b"h2c"


def _reason(status: int) -> bytes:
    try:
        return HTTPStatus(status).phrase.encode()
    except ValueError:
        return b"Unknown"
