"""Java's names for errors, which tests of SQL files expect.

The engine has one class for most refusals, ksqlDB many: a name of ksqlDB's fits every refusal, except that
the parser's own stands for what cannot be read, and Java's AssertionError for rows that are not as asserted.
"""

from clickstream.core.errors import SqlSyntaxError
from clickstream.node.sqltest.results import Mismatch

__all__ = ["class_of", "is_of_class"]

_ANY = {"Throwable", "Exception", "RuntimeException"}
_BROAD = {"KsqlException", "StatementException", "KsqlStatementException"}


def class_of(error: BaseException) -> str:
    """Return the Java class an error is shown as."""
    if isinstance(error, Mismatch):
        return "java.lang.AssertionError"
    if isinstance(error, SqlSyntaxError) or _is_preparation(error):
        return "io.confluent.ksql.parser.exception.ParseFailedException"
    return "io.confluent.ksql.util.KsqlException"


def is_of_class(error: BaseException, name: str) -> bool:
    """Return whether an error counts as one of the Java class `name`, with or without its package."""
    package, _, short = name.rpartition(".")
    if isinstance(error, Mismatch):
        return short in ("AssertionError", "Error", "Throwable")
    if short in _ANY:
        return True
    if short == "ParseFailedException":
        return isinstance(error, SqlSyntaxError) or _is_preparation(error)
    return short in _BROAD or package.startswith("io.confluent.ksql")


def _is_preparation(error: BaseException) -> bool:
    return "Failed to prepare statement: " in str(error)
