import threading

import pytest

from clickstream.core.errors import StateError
from clickstream.core.records import Record
from clickstream.node.intake import CHUNK_RECORDS, Batch, Intake


def batch(count: int, *, waited_for: bool = True) -> Batch:
    return Batch([("t", [Record(b"k", b"v", n) for n in range(count)])], {}, waited_for=waited_for)


@pytest.fixture
def woken() -> list[int]:
    return []


@pytest.fixture
def intake(woken: list[int]) -> Intake:
    return Intake(lambda: woken.append(1), capacity=10)


def test_batches_come_out_whole_and_in_order(intake: Intake, woken: list[int]) -> None:
    batches = [batch(3), batch(4), batch(2)]
    for one in batches:
        intake.put(one)
    assert len(woken) == 3
    assert intake.take(4) == batches[:2]
    assert intake.pending_records == 2
    assert intake.take(100) == batches[2:]


def test_a_producer_waits_for_room(intake: Intake) -> None:
    intake.put(batch(8))
    done: list[int] = []
    thread = threading.Thread(target=lambda: (intake.put(batch(5)), done.append(1)))
    thread.start()
    thread.join(0.05)
    assert not done
    intake.take(1)
    thread.join(10)
    assert done


def test_a_batch_larger_than_the_room_fits_when_nothing_waits(intake: Intake) -> None:
    intake.put(batch(50))
    assert intake.pending_records == 50


def test_what_is_put_back_comes_first(intake: Intake) -> None:
    first, second, third = batch(1), batch(1), batch(1)
    for one in (first, second, third):
        intake.put(one)
    intake.put_back(intake.take(2))
    assert intake.take(10) == [first, second, third]


def test_closing_refuses_new_batches_and_frees_those_that_wait(intake: Intake) -> None:
    intake.put(batch(9))
    errors: list[BaseException] = []

    def put() -> None:
        try:
            intake.put(batch(9))
        except StateError as error:
            errors.append(error)

    thread = threading.Thread(target=put)
    thread.start()
    intake.close()
    thread.join(10)
    assert len(errors) == 1
    assert len(intake.take(100)) == 1


def test_waiting_for_a_batch_raises_what_went_wrong() -> None:
    good, bad = batch(1), batch(1)
    good.finish()
    good.wait()
    bad.finish(StateError("disk full"))
    with pytest.raises(StateError, match="disk full"):
        bad.wait()


def test_long_runs_are_cut_into_chunks() -> None:
    one = batch(2 * CHUNK_RECORDS + 5)
    assert [len(packed.records) for _, packed in one.parts] == [CHUNK_RECORDS, CHUNK_RECORDS, 5]
    assert len(one) == 2 * CHUNK_RECORDS + 5
