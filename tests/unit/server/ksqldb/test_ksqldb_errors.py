import json
import logging

import pytest

from clickstream.core.errors import Conflict, NotFound, SqlError, SqlSyntaxError, StateError
from clickstream.node import rejections
from clickstream.server.ksqldb.errors import error_response


@pytest.mark.parametrize(
    ("error", "status", "code", "kind"),
    [
        (SqlError("m", statement="s"), 400, 40001, "statement_error"),
        (SqlSyntaxError("m", line=1, column=1, statement="s"), 400, 40001, "statement_error"),
        (rejections.WrongEndpoint("m", statement="s"), 400, 40002, "statement_error"),
        (rejections.CommandFailed("m", statement="s"), 500, 50000, "statement_error"),
        (rejections.RequestRejected("m"), 400, 40000, "generic_error"),
        (rejections.BadTarget("m"), 400, 40001, "generic_error"),
        (rejections.SchemaRegistryMissing("m"), 428, 42801, "generic_error"),
        (rejections.AssertionFailed("m"), 417, 41700, "generic_error"),
        (NotFound("m"), 404, 40400, "generic_error"),
        (Conflict("m"), 409, 40900, "generic_error"),
        (rejections.CommandNotReached("m"), 503, 50301, "generic_error"),
        (StateError("m"), 500, 50000, "generic_error"),
    ],
)
def test_codes_and_shapes(error: Exception, status: int, code: int, kind: str) -> None:
    response = error_response(error)
    body = json.loads(bytes(response.body))
    assert (response.status_code, body["error_code"], body["@type"], body["message"]) == (
        status,
        code,
        kind,
        "m",
    )
    shape = {"@type", "error_code", "message"}
    assert set(body) == (shape | {"statementText", "entities"} if kind == "statement_error" else shape)
    assert "content-type" not in response.headers


def test_an_error_nobody_expected_is_logged_with_its_trace(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[logging.LogRecord] = []
    logger = logging.Logger("of this test")  # the module's own is set up by whoever serves
    logger.addFilter(lambda record: told.append(record) or False)
    monkeypatch.setattr("clickstream.server.ksqldb.errors.log", logger)
    response = error_response(ZeroDivisionError("what"), media_type="application/json")
    assert (response.status_code, response.headers["content-type"]) == (500, "application/json")
    assert told[0].exc_info
