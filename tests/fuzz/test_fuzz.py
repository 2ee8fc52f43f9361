"""A short run of what `scripts/fuzz` does at length, with a seed that stays."""

import random
from collections.abc import Callable

import pytest

from tests.fuzz.corpus import corpus
from tests.fuzz.faults import Faults, TooSlow, limited
from tests.fuzz.generate import NAMES, Generator
from tests.fuzz.mutate import mutated
from tests.fuzz.records import RecordFuzz
from tests.fuzz.requests import RequestFuzz
from tests.fuzz.statements import StatementFuzz

SEED = 20240501
TEXTS = [
    "CREATE STREAM c AS SELECT k, UCASE(t) AS t FROM s WHERE i > 1 EMIT CHANGES;",
    "SELECT * FROM tc WHERE k = 1;",
    "INSERT INTO s (k, t) VALUES (1, 'a');",
]


def found(faults: Faults) -> dict[str, int]:
    return dict(faults.kinds)


def test_statements() -> None:
    faults = Faults("statement")
    fuzz = StatementFuzz(SEED, TEXTS, faults)
    for _ in range(10):
        fuzz.round(60)
    assert found(faults) == {}
    assert fuzz.accepted > 60


def test_requests() -> None:
    faults = Faults("request")
    RequestFuzz(SEED, TEXTS, faults).round()
    assert found(faults) == {}


def test_records() -> None:
    faults = Faults("record")
    RecordFuzz(SEED, faults).round(10_000)
    assert found(faults) == {}


def test_the_same_seed_gives_the_same_statements() -> None:
    def some() -> list[str]:
        source = random.Random(SEED)
        generator = Generator(source)
        return [mutated(generator.statement(), source, TEXTS, NAMES) for _ in range(50)]

    assert some() == some()


def test_the_corpus_has_statements_of_its_own_and_random_ones() -> None:
    texts = corpus(SEED)
    assert any(text.startswith("CREATE TABLE events_per_min") for text in texts)
    assert len(texts) > 300


def test_a_fault_is_counted_by_where_it_was_raised(capsys: pytest.CaptureFixture[str]) -> None:
    faults = Faults("statement")
    for text in ("a", "b"):
        try:
            raise KeyError(text)
        except KeyError as error:
            faults.add(error, text)
    assert list(faults.kinds.values()) == [2]
    assert capsys.readouterr().out.count("--- statement: KeyError at test_fuzz.py:") == 1


def test_an_item_that_takes_too_long_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.fuzz.faults.CPU_LIMIT_S", 0.05)
    with pytest.raises(TooSlow), limited():
        spin(lambda: True)


def spin(forever: Callable[[], bool]) -> None:
    while forever():
        pass
