from clickstream.sql.functions.utf16 import is_narrow, length, on_units

CLEF = "\U0001d11e"


def test_characters_beyond_the_basic_plane_count_twice() -> None:
    assert length("äb") == 2
    assert length(f"a{CLEF}") == 3
    assert is_narrow("äb€")
    assert not is_narrow(CLEF)


def test_cuts_count_units() -> None:
    cut = on_units(lambda text, start, end: text[start:end])
    assert cut("abc", 1, 2) == "b"
    assert cut(f"{CLEF}bc", 2, 3) == "b"
    assert cut(f"a{CLEF}c", 1, 3) == CLEF


def test_half_a_character_is_replaced() -> None:
    assert on_units(lambda text: text[:1])(CLEF) == "\ufffd"
