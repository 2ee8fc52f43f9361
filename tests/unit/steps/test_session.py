import pytest

from clickstream.steps.session import Session


def test_properties_and_variables_are_set_and_taken_back() -> None:
    session = Session()
    assert session.take("SET 'auto.offset.reset' = 'earliest';") is not None
    assert session.take("define size='it''s 30';") is not None
    assert session.properties == {"auto.offset.reset": "earliest"}
    assert session.variables == {"size": "it's 30"}
    assert session.take("UNSET 'auto.offset.reset';") == "auto.offset.reset is no longer set"
    assert session.take("UNDEFINE size;") == "${size} is undefined"
    assert (session.properties, session.variables) == ({}, {})
    assert "was not" in str(session.take("UNSET 'x';"))
    assert "was not" in str(session.take("UNDEFINE x;"))


@pytest.mark.parametrize("text", ["SHOW TABLES;", "SELECT 'SET';", "SET;", "CREATE STREAM set (a INT);"])
def test_other_statements_are_left_to_the_server(text: str) -> None:
    assert Session().take(text) is None
