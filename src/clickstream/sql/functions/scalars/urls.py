"""URL_…: parts of URLs, and text that is safe in their parameters.

Source: ksqldb-engine …/function/udf/url/*.java.
"""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import quote_plus

from clickstream.sql.functions.java_uri import Uri, parse_uri, percent_decoded
from clickstream.sql.functions.registration import scalar

__all__ = ["PARTS", "decode_parameter", "encode_parameter", "parameter"]

_CATEGORY = "URL"


def _part(name: str, type_: str, part: Callable[[Uri], Any], description: str) -> Any:
    @scalar(f"url_extract_{name}", f"STRING input -> {type_}", category=_CATEGORY, description=description)
    def function(url: str) -> Any:
        return part(parse_uri(url))

    return function


PARTS = (
    _part("fragment", "STRING", lambda uri: uri.fragment, "What follows # in a URL, decoded."),
    _part("host", "STRING", lambda uri: uri.host, "The host in a URL."),
    _part("path", "STRING", lambda uri: uri.path, "The path in a URL, decoded."),
    _part("port", "INTEGER", lambda uri: uri.port, "The port in a URL, NULL if it has none."),
    _part("protocol", "STRING", lambda uri: uri.scheme, "The protocol of a URL, such as http."),
    _part("query", "STRING", lambda uri: uri.query, "What follows ? in a URL, decoded."),
)


@scalar(
    "url_extract_parameter",
    "STRING input, STRING paramToFind -> STRING",
    category=_CATEGORY,
    description="The value of a parameter in a URL, decoded; NULL if it is not there.",
)
def parameter(url: str, name: str) -> str | None:
    """Return the value; a parameter without `=` is empty."""
    query = parse_uri(url).query
    for pair in (query or "").split("&") if query is not None else ():
        key, _, value = pair.partition("=")
        if key == name:
            return value
    return None


@scalar(
    "url_encode_param",
    "STRING input -> STRING",
    category=_CATEGORY,
    description="A text encoded so that it can stand as a parameter in a URL.",
)
def encode_parameter(text: str) -> str:
    """Return `text` in the form application/x-www-form-urlencoded."""
    return quote_plus(text, safe="*").replace("~", "%7E")


@scalar(
    "url_decode_param",
    "STRING input -> STRING",
    category=_CATEGORY,
    description="The text that a URL's parameter encodes.",
)
def decode_parameter(text: str) -> str:
    """Return the decoded text.

    Raises: ValueError for a % that two hexadecimal digits do not follow.
    """
    if re.search(r"%(?![0-9A-Fa-f]{2})", text):
        raise ValueError(f"Illegal hex characters in escape (%) pattern: {text}")
    return percent_decoded(text.replace("+", " "))
