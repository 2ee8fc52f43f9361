from clickstream.sql.column_aliases import AliasGenerator, join_alias
from clickstream.sql.parser import parse_expression


def test_names_skip_those_that_are_taken() -> None:
    names = AliasGenerator({"KSQL_COL_1", "X"})
    one = parse_expression("a + 1")
    assert [names.name_for(one), names.name_for(one)] == ["KSQL_COL_0", "KSQL_COL_2"]


def test_fields_keep_their_own_name_if_they_can() -> None:
    names = AliasGenerator({"X"})
    assert names.name_for(parse_expression("p->x")) == "X_1"
    assert names.name_for(parse_expression("p->y")) == "Y"
    assert names.name_for(parse_expression("p->y")) == "Y_1"


def test_join_names() -> None:
    assert join_alias("C", "USERID") == "C_USERID"
