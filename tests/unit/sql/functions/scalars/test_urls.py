import pytest

from tests.helpers.functions import Failed, call

URL = "https://me@test.com:8080/a%20path/to?one=c%20d&two&three=x=y#frag%20ment"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (f"URL_EXTRACT_PROTOCOL('{URL}')", "https"),
        (f"URL_EXTRACT_HOST('{URL}')", "test.com"),
        (f"URL_EXTRACT_PORT('{URL}')", 8080),
        (f"URL_EXTRACT_PATH('{URL}')", "/a path/to"),
        (f"URL_EXTRACT_QUERY('{URL}')", "one=c d&two&three=x=y"),
        (f"URL_EXTRACT_FRAGMENT('{URL}')", "frag ment"),
        (f"URL_EXTRACT_PARAMETER('{URL}', 'one')", "c d"),
        (f"URL_EXTRACT_PARAMETER('{URL}', 'two')", ""),
        (f"URL_EXTRACT_PARAMETER('{URL}', 'three')", "x=y"),
        (f"URL_EXTRACT_PARAMETER('{URL}', 'four')", None),
        ("URL_EXTRACT_PARAMETER('http://test.com', 'a')", None),
        ("URL_EXTRACT_PORT('http://test.com')", None),
        ("URL_EXTRACT_PATH('http://test.com')", ""),
        ("URL_EXTRACT_QUERY('http://test.com')", None),
        ("URL_EXTRACT_PROTOCOL('www.test.com')", None),
        ("URL_EXTRACT_HOST(CAST(NULL AS STRING))", None),
        ("URL_ENCODE_PARAM('?foo $bar*~ü')", "%3Ffoo+%24bar*%7E%C3%BC"),
        ("URL_DECODE_PARAM('%3Ffoo+%24bar%20x')", "?foo $bar x"),
    ],
)
def test_values(text: str, value: str | int | None) -> None:
    assert call(text) == value


@pytest.mark.parametrize("text", ["URL_EXTRACT_HOST('http://a b')", "URL_DECODE_PARAM('100%')"])
def test_what_is_no_url_fails(text: str) -> None:
    with pytest.raises(Failed):
        call(text)
