"""One HTTP connection to one service: JSON in, JSON out, refusals as our errors.

The services' own clients are built on it and know their paths; nothing here knows a service. A request is
sent once: who may repeat it is for the caller to say, with a `Waiter` around a ServiceUnavailable.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import requests
from urllib3.exceptions import HTTPError, ReadTimeoutError

from clickstream.core.errors import (
    ClickstreamError,
    Conflict,
    NotFound,
    ServiceRejected,
    ServiceUnavailable,
)

__all__ = ["HttpClient", "error_text"]

LOOPBACK = ("127.0.0.1", "localhost", "::1")
CONNECT_TIMEOUT_S = 5.0
PROBE_TIMEOUT_S = 3.0
SHOWN_BODY_CHARS = 300

Refusal = Callable[[requests.Response, Any], ClickstreamError | None]
"""Turns a service's own error answer (response, decoded body) into an error; None: the general rule holds."""


class HttpClient:
    """Sends requests to the service at `base_url`.

    Units: `timeout_s` — seconds without a byte from the service.
    """

    def __init__(
        self,
        service: str,
        base_url: str,
        *,
        auth: tuple[str, str] | None = None,
        timeout_s: float = 30.0,
        refusal: Refusal | None = None,
    ) -> None:
        self.service = service
        self.base_url = base_url.rstrip("/")
        self._timeout_s = timeout_s
        self._refusal = refusal
        self._session = requests.Session()
        self._session.auth = auth
        # A proxy for the outside world must not be asked for this machine's own ports.
        self._session.trust_env = urlsplit(base_url).hostname not in LOOPBACK

    def close(self) -> None:
        """Close idle connections."""
        self._session.close()

    def probe(self, path: str) -> Any:
        """Return the decoded answer to a GET that is quick where the service is well."""
        return self.request("GET", path, timeout_s=PROBE_TIMEOUT_S)

    def get(self, path: str, **parameters: str) -> Any:
        """Return the decoded answer to GET."""
        return self.request("GET", path, parameters=parameters)

    def post(self, path: str, body: object = None, **parameters: str) -> Any:
        """Return the decoded answer to POST."""
        return self.request("POST", path, body, parameters=parameters)

    def post_lines(self, path: str, *objects: object) -> Any:
        """Return the decoded answer to a POST of one JSON object a line."""
        return self.request("POST", path, "".join(json.dumps(item) + "\n" for item in objects))

    def put(self, path: str, body: object = None) -> Any:
        """Return the decoded answer to PUT."""
        return self.request("PUT", path, body)

    def delete(self, path: str) -> Any:
        """Return the decoded answer to DELETE."""
        return self.request("DELETE", path)

    def request(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        parameters: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        timeout_s: float | None = None,
    ) -> Any:
        """Return the decoded answer: JSON as Python values, None if empty, else text.

        A `body` that is a string is sent as lines of JSON, anything else as one JSON value.

        Raises: ServiceUnavailable if there is no answer, or one that says later; NotFound, Conflict and
            ServiceRejected as the service answers.
        """
        wait_s = timeout_s or self._timeout_s
        with self._send(method, path, body, parameters, headers, wait_s) as response:
            decoded = decode(response)
            self._check(response, decoded)
            return decoded

    @contextmanager
    def lines(
        self,
        path: str,
        body: object,
        *,
        headers: Mapping[str, str] | None = None,
        idle_timeout_s: float | None = None,
    ) -> Iterator[Iterator[str]]:
        """Yield the lines of an answer that may never end; leaving the block closes the connection.

        Units:  `idle_timeout_s` — the lines end quietly when none came for so long; None waits for ever.
        Raises: as `request`, before the first line.
        """
        with self._send("POST", path, body, None, headers, idle_timeout_s, stream=True) as response:
            if response.status_code >= 400:
                self._check(response, decode(response))
            yield self._lines(response, quiet=idle_timeout_s is not None)

    def _lines(self, response: requests.Response, *, quiet: bool) -> Iterator[str]:
        pending = b""
        try:
            # Chunks as they arrive: a larger size would hold back rows of a slow stream.
            for chunk in response.raw.stream(8192, decode_content=True):
                *whole, pending = (pending + chunk).split(b"\n")
                yield from (line.decode("utf-8", "replace") for line in whole)
            if pending:
                yield pending.decode("utf-8", "replace")
        except ReadTimeoutError as error:
            if not quiet:
                raise self._unavailable(error) from error
        except (HTTPError, OSError) as error:
            raise self._unavailable(error) from error

    def _send(
        self,
        method: str,
        path: str,
        body: object,
        parameters: Mapping[str, str] | None,
        headers: Mapping[str, str] | None,
        timeout_s: float | None,
        *,
        stream: bool = False,
    ) -> requests.Response:
        as_lines = isinstance(body, str)
        extra = {"Content-Type": "application/x-ndjson"} if as_lines else {}
        try:
            return self._session.request(
                method,
                self.base_url + path,
                json=None if as_lines else body,
                data=body.encode() if isinstance(body, str) else None,
                params=dict(parameters or {}),
                headers=dict(headers or {}) | extra,
                timeout=(CONNECT_TIMEOUT_S, timeout_s),
                stream=stream,
                allow_redirects=False,
            )
        except requests.Timeout as error:
            waited = f"{timeout_s or CONNECT_TIMEOUT_S:.0f} s"
            raise ServiceUnavailable(
                f"{self.service} at {self.base_url} did not answer {method} {path} within {waited}"
            ) from error
        except requests.ConnectionError as error:
            raise self._unavailable(error) from error
        except (requests.exceptions.InvalidURL, requests.exceptions.InvalidSchema) as error:
            raise ServiceUnavailable(f"{self.base_url} is not the URL of {self.service}") from error

    def _unavailable(self, error: Exception) -> ServiceUnavailable:
        why = "connection refused" if "refused" in str(error) else "connection lost"
        return ServiceUnavailable(
            f"{self.service} at {self.base_url} does not answer: {why}",
            hint="`clickstream up` starts the services, `clickstream status` shows them",
        )

    def _check(self, response: requests.Response, decoded: Any) -> None:
        """Raise what an answer of 400 and above means."""
        if response.status_code < 400:
            return
        special = self._refusal(response, decoded) if self._refusal else None
        raise special or self._general(response.status_code, decoded)

    def _general(self, status: int, decoded: Any) -> ClickstreamError:
        text = f"{self.service}: {error_text(decoded) or f'HTTP {status}'}"
        if status in (429, 502, 503, 504):
            return ServiceUnavailable(text)
        if status == 404:
            return NotFound(text)
        if status == 409:
            return Conflict(text)
        if status in (401, 403):
            return ServiceRejected(text, status=status, body=decoded, hint="check the login in the settings")
        return ServiceRejected(text, status=status, code=error_code(decoded), body=decoded)


def decode(response: requests.Response) -> Any:
    """Return the body as Python values if it is JSON, as text if it is not, None if it is empty."""
    if not response.content:
        return None
    try:
        return response.json()
    except ValueError:
        return response.text


def error_text(body: Any) -> str:
    """Return the words of an error answer, wherever the service puts them.

    Source: ksqlDB and Connect `message`; Elasticsearch `error.reason`; Grafana `message`.
    """
    if isinstance(body, dict):
        error = body.get("error")
        if isinstance(error, dict):
            return str(error.get("reason") or error.get("type") or error)
        return str(body.get("message") or error or body)
    return str(body or "")[:SHOWN_BODY_CHARS].strip()


def error_code(body: Any) -> int | None:
    """Return the service's own number for the error, if it gives one."""
    code = body.get("error_code") if isinstance(body, dict) else None
    return code if isinstance(code, int) else None
