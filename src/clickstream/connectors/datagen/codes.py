"""The quickstart `clickstream_codes`: an HTTP status code and what it means.

Source: the dump of the real connector's topic.
"""

from typing import Any

from clickstream.connectors.datagen.java_random import JavaRandom

__all__ = ["KEY", "make_code"]

KEY = "code"

_CODES = (
    (200, "Successful"),
    (302, "Redirect"),
    (404, "Page not found"),
    (405, "Method not allowed"),
    (406, "Not acceptable"),
    (407, "Proxy authentication required"),
)


def make_code(random: JavaRandom, iteration: int) -> dict[str, Any]:
    """Return the fields of one code; the same six come again and again."""
    code, definition = _CODES[random.next_int(len(_CODES))]
    return {"code": code, "definition": definition}
