"""Batches and the rows they stand for."""

import numpy as np

from clickstream.engine.columns.batch import Batch
from clickstream.engine.columns.column import Encoder
from clickstream.engine.rows import NullKey, null_key
from clickstream.sql.types import INTEGER, STRING

ROWS = [((1,), ("x",), 10, ()), (null_key(1), (None,), 20, ()), ((1,), ("y",), 15, ())]


def made(encoders: list[Encoder]) -> Batch:
    batch = Batch.of_rows(ROWS, [INTEGER], [STRING], encoders)
    assert batch is not None
    return batch


def test_taken_rows_keep_missing_keys_apart_from_null() -> None:
    taken = made([Encoder(), Encoder()]).take(np.array([1, 2])).rows()
    assert taken == ROWS[1:]
    assert taken[0][0].__class__ is NullKey


def test_rows_without_value_or_with_headers_make_no_batch() -> None:
    for odd in [((1,), None, 10, ()), ((1,), ("x",), 10, (("h", b""),)), ((None,), ("x",), 10, ())]:
        assert Batch.of_rows([odd], [INTEGER], [STRING], [Encoder(), Encoder()]) is None


def test_batches_join_whether_or_not_they_share_dictionaries() -> None:
    shared = [Encoder(), Encoder()]
    for encoders in (shared, [Encoder(), Encoder()]):
        assert Batch.joined([made(shared), made(encoders)]).rows() == ROWS * 2
