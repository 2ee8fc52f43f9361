import pytest
from starlette.requests import Request

from clickstream.server.ksqldb.negotiation import DELIMITED, JSON, V1_JSON, choose

OFFERS = (DELIMITED, JSON, V1_JSON)


@pytest.mark.parametrize(
    ("accept", "chosen"),
    [
        (None, DELIMITED),
        ("", DELIMITED),
        ("*/*", DELIMITED),
        ("application/*", DELIMITED),
        ("application/json", JSON),
        ("Application/VND.ksql.v1+json", V1_JSON),
        ("application/json; charset=utf-8", JSON),
        ("application/json;q=0.5, application/vnd.ksql.v1+json", V1_JSON),
        ("text/html, application/json", JSON),
        ("text/plain", None),
        ("application/xml", None),
        ("application/json;q=0", None),
        ("application/json;q=x", None),
    ],
)
def test_the_accept_header_alone_decides(accept: str | None, chosen: str | None) -> None:
    headers = [] if accept is None else [(b"accept", accept.encode())]
    request = Request({"type": "http", "method": "GET", "path": "/", "headers": headers})
    assert choose(request, OFFERS) == chosen
