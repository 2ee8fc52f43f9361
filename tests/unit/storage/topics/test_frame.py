import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clickstream.core.records import Record
from clickstream.storage.topics.frame import decode_records, join, pack

maybe_bytes = st.none() | st.binary(max_size=20)
headers = st.lists(st.tuples(st.text(max_size=5), maybe_bytes), max_size=3).map(tuple)
times = st.integers(-(1 << 63), (1 << 63) - 1)
some_records = st.lists(st.builds(Record, maybe_bytes, maybe_bytes, times, headers), max_size=40)


@given(some_records)
def test_records_survive(records: list[Record]) -> None:
    assert decode_records(pack(records).frame) == records


@given(st.lists(some_records, min_size=1, max_size=5))
def test_joining_frames_is_packing_all(runs: list[list[Record]]) -> None:
    everything = [record for run in runs for record in run]
    joined, packed = join([pack(run) for run in runs]), pack(everything)
    assert (list(joined.records), joined.frame, joined.newest_ms) == (
        everything,
        packed.frame,
        packed.newest_ms,
    )


@pytest.mark.parametrize("sizes", [(15, 1), (10, 6), (65_530, 5), (65_530, 6), (70_000, 1), (3, 70_000)])
def test_joining_crosses_the_header_sizes(sizes: tuple[int, ...]) -> None:
    runs = [[Record(None, None, n) for n in range(size)] for size in sizes]
    joined = join([pack(run) for run in runs])
    assert joined == pack([record for run in runs for record in run])
    assert len(decode_records(joined.frame)) == sum(sizes)


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(TypeError):
        pack([Record(object(), None, 1)])  # type: ignore[arg-type]
    with pytest.raises(OverflowError):
        pack([Record(b"", None, 1 << 70)])
    with pytest.raises(msgspec.DecodeError):
        decode_records(b"\x91\x01")
