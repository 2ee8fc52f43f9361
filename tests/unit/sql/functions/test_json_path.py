import pytest

from clickstream.sql.functions.json_path import parse_path


@pytest.mark.parametrize(
    ("path", "steps"),
    [
        ("$", ()),
        ("$.log.cloud", ("log", "cloud")),
        ("$[0].a[12]", ("0", "a", "12")),
        ('$["a key"].b', ("a key", "b")),
        (r'$["quo\"te\\"]', ('quo"te\\',)),
        ("$.@type.x-y", ("@type", "x-y")),
    ],
)
def test_steps(path: str, steps: tuple[str, ...]) -> None:
    assert parse_path(path) == steps


@pytest.mark.parametrize("path", ["", "a.b", ".a", "$.", "$a", "$[", "$.a b", "$..a", '$["a]'])
def test_what_is_no_path(path: str) -> None:
    with pytest.raises(ValueError, match="Invalid JSON path"):
        parse_path(path)
