import pytest

from clickstream.sql.functions.java_uri import Uri, parse_uri, percent_decoded


@pytest.mark.parametrize(
    ("text", "uri"),
    [
        (
            "https://user@docs.example.com:8080/a%20b/c?x=1&y=%C3%A4#top",
            Uri("https", "docs.example.com", 8080, "/a b/c", "x=1&y=ä", "top"),
        ),
        ("http://10.0.0.1", Uri("http", "10.0.0.1", None, "", None, None)),
        ("http://[::1]:80/", Uri("http", "[::1]", 80, "/", None, None)),
        ("file:///etc/hosts", Uri("file", None, None, "/etc/hosts", None, None)),
        ("mailto:a@b.org", Uri("mailto", None, None, None, None, None)),
        ("relative/path?q#f", Uri(None, None, None, "relative/path", "q", "f")),
        ("//host/path", Uri(None, "host", None, "/path", None, None)),
        ("http://under_score/x", Uri("http", None, None, "/x", None, None)),
        ("http://host:/x?", Uri("http", "host", None, "/x", "", None)),
    ],
)
def test_parts(text: str, uri: Uri) -> None:
    assert parse_uri(text) == uri


@pytest.mark.parametrize(
    "text",
    ["", "a b", "http://", "http:", "%zz", "x#y#z", "http://h/[", "1a:b", "http://h/|", "a\u00a0b", '"q"'],
)
def test_what_is_no_uri(text: str) -> None:
    with pytest.raises(ValueError, match="URL input has invalid syntax"):
        parse_uri(text)


def test_escapes_that_are_not_utf_8_become_replacement_characters() -> None:
    assert percent_decoded("%E2%82%AC%FF") == "€\ufffd"
