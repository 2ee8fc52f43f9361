import json

import pytest

from clickstream.node.select import OutputColumn
from clickstream.server.ksqldb.row_formats import FORMATS
from clickstream.sql.types import BIGINT, STRING

COLUMNS = [OutputColumn("ID", BIGINT, is_key=True), OutputColumn("a", STRING)]
DELIMITED, JSON, OLD = FORMATS
ERROR = {"@type": "generic_error", "error_code": 50000, "message": "no"}


def whole(
    media_type: str, *, is_push: bool, message: str | None = "Limit Reached", deleted: bool = False
) -> str:
    form = FORMATS[media_type]()
    parts = [form.head("q", COLUMNS, is_push=is_push), form.row([1, "x"])]
    if deleted:
        parts.append(form.row([2, None], tombstone=True))
    return b"".join([*parts, form.end(message)]).decode()


def test_delimited() -> None:
    assert whole(DELIMITED, is_push=True, deleted=True) == (
        '{"queryId":"q","columnNames":["ID","a"],"columnTypes":["BIGINT","STRING"]}\n[1,"x"]\n'
    )


def test_json_array() -> None:
    assert json.loads(whole(JSON, is_push=True, deleted=True)) == [
        {"queryId": "q", "columnNames": ["ID", "a"], "columnTypes": ["BIGINT", "STRING"]},
        [1, "x"],
    ]


def test_the_old_form_of_a_push_query() -> None:
    assert whole(OLD, is_push=True, deleted=True) == (
        '[{"header":{"queryId":"q","schema":"`ID` BIGINT, `a` STRING"}},\n'
        '{"row":{"columns":[1,"x"]}},\n'
        '{"row":{"columns":[2,null],"tombstone":true}},\n'
        '{"finalMessage":"Limit Reached"}]'
    )


def test_the_old_form_of_a_pull_query() -> None:
    assert whole(OLD, is_push=False) == (
        '[{"header":{"queryId":"q","schema":"`ID` BIGINT KEY, `a` STRING"}},\n{"row":{"columns":[1,"x"]}}]'
    )


@pytest.mark.parametrize("media_type", [JSON, OLD])
@pytest.mark.parametrize("is_push", [True, False])
def test_a_failure_leaves_valid_json(media_type: str, is_push: bool) -> None:
    form = FORMATS[media_type]()
    text = form.head("q", COLUMNS, is_push=is_push) + form.row([1, "x"]) + form.failure(ERROR)
    last = json.loads(text)[-1]
    assert ERROR in (last, last.get("errorMessage"))


def test_a_failure_is_a_line_of_its_own() -> None:
    assert json.loads(FORMATS[DELIMITED]().failure(ERROR)) == ERROR
