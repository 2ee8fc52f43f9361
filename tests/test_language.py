"""Every example behind `docs/ksql.md` does what the page says of it."""

from collections.abc import Iterator

import pytest

from clickstream.core.errors import ClickstreamError
from tests.helpers.executor import Bench, bench
from tests.helpers.language import PRELUDE, SECTIONS, Feature

FEATURES = [feature for section in SECTIONS for feature in section.features]
EXAMPLES = [feature for feature in FEATURES if feature.example]


@pytest.fixture
def on() -> Iterator[Bench]:
    with bench() as opened:
        opened.run(PRELUDE)
        yield opened


def ask(on: Bench, text: str) -> None:
    if text.startswith(("SELECT", "PRINT")):
        on.open(text).close()
    else:
        on.run(text)


@pytest.mark.parametrize("feature", EXAMPLES, ids=lambda feature: feature.what)
def test_an_example_does_as_the_page_says(on: Bench, feature: Feature) -> None:
    if not feature.refused:
        ask(on, feature.example)
        return
    with pytest.raises(ClickstreamError) as refusal:
        ask(on, feature.example)
    assert feature.refused in refusal.value.message


def test_what_has_no_example_says_why_it_is_not_the_same() -> None:
    assert [feature.what for feature in FEATURES if not feature.example and not feature.differs] == []


def test_nothing_is_said_twice() -> None:
    names = [feature.what for feature in FEATURES]
    assert len(names) == len(set(names))
