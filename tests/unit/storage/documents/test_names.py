import pytest

from clickstream.storage.documents.errors import DocumentError, IndexMissing
from clickstream.storage.documents.names import check_index_name, matches, overlap, resolve

NAMES = ["clicks", "clicks-old", "users"]


@pytest.mark.parametrize(
    ("expression", "chosen"),
    [
        ("_all", NAMES),
        ("*", NAMES),
        ("", NAMES),
        ("users,clicks", ["users", "clicks"]),
        ("clicks*", ["clicks", "clicks-old"]),
        ("clicks*,-clicks-old", ["clicks"]),
        ("*s,clicks", ["clicks", "users"]),
        ("none*", []),
    ],
)
def test_expressions(expression: str, chosen: list[str]) -> None:
    assert resolve(expression, NAMES) == chosen


def test_missing_names_are_refused_unless_ignored() -> None:
    with pytest.raises(IndexMissing):
        resolve("users,none", NAMES)
    assert resolve("users,none", NAMES, ignore_unavailable=True) == ["users"]
    with pytest.raises(IndexMissing):
        resolve("none*", NAMES, allow_no_indices=False)
    with pytest.raises(DocumentError, match="must not start with '_'"):
        resolve("_none", NAMES)


@pytest.mark.parametrize("name", ["clicks", "a-b_c.d", "ü", "1"])
def test_good_names(name: str) -> None:
    check_index_name(name)


@pytest.mark.parametrize(
    "name", ["Bad", "_a", "-a", "+a", "a b", "a*", "a#b", "a:b", "a/b", "", "..", "x" * 256]
)
def test_bad_names(name: str) -> None:
    with pytest.raises(DocumentError, match="Invalid index name"):
        check_index_name(name)


def test_patterns() -> None:
    assert matches("a*c", "abc")
    assert not matches("a*c", "abcd")
    assert matches("a.c", "a.c")
    assert not matches("a.c*", "abc")


@pytest.mark.parametrize(
    ("one", "other", "wanted"),
    [
        ("a*", "*b", True),
        ("a*", "b*", False),
        ("abc", "a*c", True),
        ("", "*", True),
        ("a", "", False),
        ("*x*", "ayb", False),
    ],
)
def test_overlap(one: str, other: str, wanted: bool) -> None:
    assert overlap(one, other) is wanted
    assert overlap(other, one) is wanted
