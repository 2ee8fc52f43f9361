from clickstream.core.errors import NotFound, SqlError, SqlSyntaxError
from clickstream.server.errors import lookup


def test_the_nearest_class_counts() -> None:
    table: dict[type[BaseException], str] = {SqlError: "sql", Exception: "any"}
    assert lookup(table, SqlSyntaxError("x", line=1, column=1), "none") == "sql"
    assert lookup(table, NotFound("x"), "none") == "any"
    assert lookup({SqlError: "sql"}, NotFound("x"), "none") == "none"
