import pytest

from tests.helpers.functions import Failed, call


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("MASK('My Test $123')", "Xx-Xxxx--nnn"),
        ("MASK('My Test $123', '*', NULL, '1', NULL)", "*y *est $111"),
        ("MASK('Ünö', 'U', 'l', 'd', 'o')", "Ull"),
        ("MASK_KEEP_LEFT('My Test $123', 4)", "My Txxx--nnn"),
        ("MASK_KEEP_RIGHT('My Test $123', 4)", "Xx-Xxxx-$123"),
        ("MASK_LEFT('My Test $123', 4)", "Xx-Xest $123"),
        ("MASK_RIGHT('My Test $123', 4)", "My Test -nnn"),
        ("MASK_LEFT('ab', 9)", "xx"),
        ("MASK_RIGHT('ab', 9)", "xx"),
        ("MASK_KEEP_RIGHT('ab', 9)", "ab"),
        ("MASK_RIGHT('ab', 0)", "ab"),
        ("MASK_LEFT('Ab1', 2, 'u', 'l', 'd', 'o')", "ul1"),
        ("MASK(CAST(NULL AS STRING))", None),
        ("MASK_LEFT('ab', NULL)", None),
    ],
)
def test_values(text: str, value: str | None) -> None:
    assert call(text) == value


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("MASK('a', 'XX', 'x', 'n', '-')", "Must be only single character, but was 'XX'"),
        ("MASK_LEFT('a', -1)", "function mask_left requires a non-negative number"),
    ],
)
def test_wrong_arguments(text: str, why: str) -> None:
    with pytest.raises(Failed, match=why):
        call(text)
