"""The forms of a column."""

import numpy as np

from clickstream.engine.columns.column import Column, Dictionary, Encoder
from clickstream.sql.types import BIGINT, DOUBLE, STRING


def test_a_dictionary_numbers_values_as_they_come() -> None:
    dictionary = Dictionary()
    assert dictionary.encode(["b", "a", None, "b"]).tolist() == [0, 1, 2, 0]
    assert dictionary.entries == ["b", "a", None]


def test_an_encoder_keeps_its_dictionary_until_it_is_large() -> None:
    encoder = Encoder()
    small = encoder.dictionary()
    assert encoder.dictionary() is small
    small.encode(range(70_000))
    assert encoder.dictionary() is not small


def test_numbers_say_where_the_column_is_null() -> None:
    numbers, nulls = Column.of_list(BIGINT, [1, None, -3]).numbers()
    assert numbers.tolist() == [1, 0, -3]
    assert nulls is not None
    assert nulls.tolist() == [False, True, False]
    assert Column.of_list(BIGINT, [1, 2]).numbers()[1] is None


def test_taken_rows_have_every_form() -> None:
    whole = Column.of_list(BIGINT, [5, None, 7, 5])
    part = whole.take(np.array([3, 1])).take(np.array([1, 0]))
    assert part.values() == [None, 5]
    codes, dictionary = part.codes()
    assert [dictionary.entries[code] for code in codes] == [None, 5]
    assert part.numbers()[0].tolist() == [0, 5]


def test_nulls_are_found_by_code() -> None:
    assert Column.of_list(STRING, ["x", "y"]).nulls() is None
    nulls = Column.of_list(STRING, ["x", None]).nulls()
    assert nulls is not None
    assert nulls.tolist() == [False, True]


def test_doubles_have_no_codes_because_zeros_differ() -> None:
    assert not Column.of_list(DOUBLE, [0.0, -0.0]).is_coded
