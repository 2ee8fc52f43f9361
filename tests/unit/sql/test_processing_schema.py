import pytest

from clickstream.sql.plan import Filter, Source, Step
from clickstream.sql.processing_schema import column_types, processing_schema
from tests.helpers.planning import PlanningDesk

SOURCE = (
    "CREATE STREAM s (k INT KEY, v INT) WITH (kafka_topic='s', value_format='json', window_type='session');"
)


def steps(script: str) -> dict[str, Step]:
    desk = PlanningDesk()
    desk.run(script)
    step: Step = desk.plans["Q_0"].root
    found = {}
    while True:
        found[type(step).__name__] = step
        below = getattr(step, "input", None)
        if below is None:
            return found
        step = below


@pytest.mark.parametrize("kind", ["Source", "Filter"])
def test_a_source_shows_more_than_it_declares(kind: str) -> None:
    step = steps(SOURCE + "CREATE STREAM out AS SELECT * FROM s WHERE v > 1;")[kind]
    assert isinstance(step, Source | Filter)
    assert [c.name for c in processing_schema(step).value] == [
        "V",
        "ROWTIME",
        "ROWPARTITION",
        "ROWOFFSET",
        "K",
        "WINDOWSTART",
        "WINDOWEND",
    ]


def test_a_projection_shows_what_it_makes() -> None:
    step = steps(SOURCE + "CREATE STREAM out AS SELECT k, v + 1 AS w FROM s;")["Project"]
    assert [str(t) for t in column_types(processing_schema(step)).values()] == ["INTEGER", "INTEGER"]
    assert [c.name for c in processing_schema(step).value] == ["W"]
