"""Errors of planning as the real server reports them.

Most are errors of the statement. A few it finds outside the statement's own checks, and reports without the
statement's text; and INSERT VALUES never shows its values.
"""

from clickstream.core.errors import ClickstreamError, SqlError
from clickstream.node.rejections import RequestRejected, SchemaRegistryMissing
from clickstream.sql.format import mask_statement
from clickstream.sql.nodes import InsertValues, Statement

__all__ = ["as_recorded"]

_WITHOUT_STATEMENT: tuple[tuple[str, str, type[RequestRejected]], ...] = (
    ("Topic '", "does not exist. If you want to create", RequestRejected),
    ("Cannot create topic '", "without configuring 'ksql.schema.registry.url'", SchemaRegistryMissing),
    ("Query is not upgradeable", "", RequestRejected),
    ("Cannot insert values into windowed", "", RequestRejected),
)
"""Beginnings of messages, what else they contain, and the error they are reported as.

Source: golden/rest/ksql 041, 045, 061, 113.
"""


def as_recorded(error: SqlError, statement: Statement, text: str) -> ClickstreamError:
    """Return the error to report for one that a statement's planning raised."""
    for beginning, part, class_ in _WITHOUT_STATEMENT:
        if error.message.startswith(beginning) and part in error.message:
            return class_(error.message, hint=error.hint)
    if isinstance(statement, InsertValues):
        error.statement = mask_statement(statement)
    if not error.statement:
        error.statement = text
    return error
