import pytest

from clickstream.core.errors import SqlError
from tests.helpers.planning import PlanningDesk

SOURCE = "CREATE STREAM s (k INT KEY, a STRING, v INT) WITH (kafka_topic='s', value_format='json');"


def replace(first: str, then: str) -> None:
    desk = PlanningDesk()
    desk.run(SOURCE + first)
    desk.run(then)


def test_a_source_may_gain_columns() -> None:
    replace("", SOURCE.replace("CREATE", "CREATE OR REPLACE").replace("v INT", "v INT, w INT"))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("kafka_topic='s'", "kafka_topic='other'"), "has topic = s which is not upgradeable to other"),
        (("value_format='json'", "value_format='delimited'"), "has value format = JSON"),
        (("STREAM s (k INT KEY", "TABLE s (k INT PRIMARY KEY"), "has type = KSTREAM"),
    ],
)
def test_a_source_has_to_stay_what_it_is(change: tuple[str, str], message: str) -> None:
    with pytest.raises(SqlError, match=message):
        replace("", SOURCE.replace("CREATE", "CREATE OR REPLACE").replace(*change))


def test_filters_and_projections_may_change() -> None:
    replace(
        "CREATE STREAM out AS SELECT k, v FROM s WHERE v > 1;",
        "CREATE OR REPLACE STREAM out AS SELECT k, v, a FROM s WHERE v > 2;",
    )


@pytest.mark.parametrize(
    ("first", "then", "message"),
    [
        (
            "CREATE TABLE out AS SELECT k, COUNT(*) AS n FROM s GROUP BY k;",
            "CREATE OR REPLACE TABLE out AS SELECT k, COUNT(*) AS n FROM s WHERE v > 0 GROUP BY k;",
            r"StreamAggregate must have matching columns not part of aggregate. "
            r"Values differ: \[`K`, `ROWTIME`\] vs. \[`K`, `ROWTIME`, `V`\]",
        ),
        (
            "CREATE TABLE out AS SELECT k, COUNT(*) AS n FROM s GROUP BY k;",
            "CREATE OR REPLACE TABLE out AS SELECT k, COUNT(k) AS n FROM s GROUP BY k;",
            "StreamAggregate must have matching",
        ),
        (
            "CREATE STREAM out AS SELECT k, a, v FROM s;",
            "CREATE OR REPLACE STREAM out AS SELECT k, a, v FROM s PARTITION BY k + 0;",
            "Cannot upgrade data source|Key missing",
        ),
    ],
)
def test_state_has_to_stay(first: str, then: str, message: str) -> None:
    with pytest.raises(SqlError, match=message):
        replace(first, then)
