import pytest

from clickstream.node.rejections import RequestRejected
from clickstream.server.ksqldb.requests import (
    KsqlRequest,
    parse_object,
    parse_query,
    parse_statements,
    parse_topics,
    required,
)


def test_fields_that_are_absent_are_empty_and_unknown_ones_pass() -> None:
    assert parse_statements(b'{"streamsProperties": {}, "foo": 1}') == KsqlRequest()


def test_all_fields() -> None:
    body = b'{"ksql":"A;","streamsProperties":{"a":1},"sessionVariables":{"v":2},"commandSequenceNumber":4}'
    assert parse_statements(body) == KsqlRequest("A;", {"a": 1}, {"v": "2"}, 4)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b'{"ksql":',
        b"[1]",
        b'"text"',
        b'{"ksql": 1}',
        b'{"streamsProperties": 1}',
        b'{"sessionVariables": []}',
        b'{"commandSequenceNumber": "x"}',
    ],
)
def test_what_is_no_request(body: bytes) -> None:
    with pytest.raises(RequestRejected, match=r"^Invalid JSON in request: "):
        parse_statements(body)


def test_a_query_with_all_fields() -> None:
    body = b'{"sql":"A;","properties":{"a":1},"sessionVariables":{"v":2}}'
    assert parse_query(body) == KsqlRequest("A;", {"a": 1}, {"v": "2"})


@pytest.mark.parametrize(
    "body",
    [b"", b"{}", b'{"sql": 1}', b'{"sql":"A;","properties":[]}', b'{"sql":"A;","sessionVariables":"x"}'],
)
def test_what_is_no_query(body: bytes) -> None:
    with pytest.raises(RequestRejected, match=r"^Invalid JSON in request: "):
        parse_query(body)


def test_topics_to_delete() -> None:
    assert parse_topics(b'{"deleteTopicList": ["a", "b"]}') == ["a", "b"]
    assert parse_topics(b"{}") == []
    with pytest.raises(RequestRejected, match="not an array"):
        parse_topics(b'{"deleteTopicList": 5}')


def test_a_field_that_must_be_there() -> None:
    assert required(parse_object(b'{"sql":"x"}'), "sql") == "x"
    with pytest.raises(RequestRejected, match="Missing required creator property 'sql'"):
        required({"foo": 1}, "sql")
