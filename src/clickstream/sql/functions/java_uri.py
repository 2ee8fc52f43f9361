"""java.net.URI: how it reads a text, and what it refuses.

Source: the documentation of java.net.URI (RFC 2396 with its deviations).
"""

import re
from dataclasses import dataclass

__all__ = ["Uri", "parse_uri", "percent_decoded"]

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
_AUTHORITY = re.compile(r"//([^/?#]*)")
_SERVER = re.compile(
    r"(?:(?P<user>[^@\[\]]*)@)?"
    r"(?P<host>\[[0-9A-Fa-f:.%A-Za-z]+\]"
    r"|(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?\.)*[A-Za-z](?:[A-Za-z0-9-]*[A-Za-z0-9])?\.?"
    r"|\d{1,3}(?:\.\d{1,3}){3})"
    r"(?::(?P<port>\d*))?"
)
_ILLEGAL = re.compile(r"[\x00-\x20\x7f-\xa0\"<>\\^`{|}\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]")
_BAD_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")
_ESCAPES = re.compile(r"(?:%[0-9A-Fa-f]{2})+")


@dataclass(frozen=True, slots=True)
class Uri:
    """The parts of a URI, decoded; None where it has no such part."""

    scheme: str | None
    host: str | None
    port: int | None
    path: str | None
    query: str | None
    fragment: str | None


def parse_uri(text: str) -> Uri:
    """Return the parts of `text`.

    Raises: ValueError where Java throws URISyntaxException.
    """
    if not text or _ILLEGAL.search(text) or _BAD_ESCAPE.search(text):
        raise ValueError(f"URL input has invalid syntax: {text}")
    before, has_fragment, fragment = text.partition("#")
    if "#" in fragment or re.search(r"[\[\]]", _AUTHORITY.sub("", before.partition("?")[0], count=1)):
        raise ValueError(f"URL input has invalid syntax: {text}")
    found = _SCHEME.match(before)
    rest = before[found.end() :] if found else before
    if (found and not rest) or (not found and re.match(r"[^/?]*:", before)):
        raise ValueError(f"URL input has invalid syntax: {text}")
    scheme = found[1] if found else None
    shown_fragment = percent_decoded(fragment) if has_fragment else None
    if scheme is not None and not rest.startswith("/"):
        return Uri(scheme, None, None, None, None, shown_fragment)
    host, port, rest = _authority(rest, text)
    path, has_query, query = rest.partition("?")
    return Uri(
        scheme,
        host,
        port,
        percent_decoded(path),
        percent_decoded(query) if has_query else None,
        shown_fragment,
    )


def _authority(rest: str, text: str) -> tuple[str | None, int | None, str]:
    """Return host, port and what follows; a host that is no server's name is None."""
    found = _AUTHORITY.match(rest)
    if found is None:
        return None, None, rest
    behind = rest[found.end() :]
    if not found[1]:
        if not behind:
            raise ValueError(f"URL input has invalid syntax: {text}")
        return None, None, behind
    server = _SERVER.fullmatch(found[1])
    if server is None:
        return None, None, behind
    return server["host"], int(server["port"]) if server["port"] else None, behind


def percent_decoded(text: str) -> str:
    """Return `text` with `%41` and the like decoded as UTF-8; what is not UTF-8 becomes U+FFFD."""
    return _ESCAPES.sub(
        lambda found: bytes.fromhex(found[0].replace("%", "")).decode("utf-8", "replace"), text
    )
