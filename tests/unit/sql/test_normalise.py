import pytest

from clickstream.sql.format import format_statement
from clickstream.sql.parser import parse
from tests.helpers.planning import PlanningDesk

SOURCES = (
    "CREATE STREAM clicks (id INT KEY, ip STRING) WITH (kafka_topic='c', value_format='json');"
    "CREATE TABLE users (id INT PRIMARY KEY, name STRING) WITH (kafka_topic='u', value_format='json');"
)


def normalised(statement: str) -> str:
    desk = PlanningDesk()
    desk.run(SOURCES)
    (parsed,) = parse(statement)
    return format_statement(desk.planner().normalise(parsed.statement))


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        (
            "SELECT ip, ROWTIME FROM clicks c EMIT CHANGES;",
            "SELECT\n  C.IP IP,\n  C.ROWTIME ROWTIME\nFROM CLICKS C\nEMIT CHANGES;",
        ),
        (
            "SELECT c.id, ip FROM clicks c JOIN users u ON c.id = u.id EMIT CHANGES;",
            "SELECT\n  C.ID C_ID,\n  C.IP IP\nFROM CLICKS C\n"
            "INNER JOIN USERS U ON ((C.ID = U.ID))\nEMIT CHANGES;",
        ),
        (
            "INSERT INTO clicks SELECT * FROM clicks;",
            "INSERT INTO CLICKS SELECT *\nFROM CLICKS CLICKS\nEMIT CHANGES;",
        ),
        (
            "CREATE STREAM s (a INT) WITH (value_format='json', kafka_topic='t', partitions=2);",
            "CREATE STREAM S (A INTEGER) WITH (CLEANUP_POLICY='delete', KAFKA_TOPIC='t', "
            "KEY_FORMAT='KAFKA', PARTITIONS=2, VALUE_FORMAT='JSON');",
        ),
        ("SHOW STREAMS;", "SHOW STREAMS;"),
    ],
)
def test_texts(statement: str, expected: str) -> None:
    assert normalised(statement) == expected
