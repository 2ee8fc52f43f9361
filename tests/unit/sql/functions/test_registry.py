import json
from pathlib import Path
from typing import Any

import pytest

from clickstream.core.errors import SqlError, UnknownName
from clickstream.sql.functions.registration import scalar, variants_of
from clickstream.sql.functions.registry import MODULES, REGISTRY, FunctionRegistry
from clickstream.sql.functions.scalars import strings
from clickstream.sql.types import BIGINT, INTEGER, STRING
from tests.helpers.functions import aggregated, refusal, resolve


def recorded(shared: Path, name: str) -> Any:
    (found,) = (shared / "golden" / "rest" / "ksql").glob(f"*_{name}.json")
    return json.loads(found.read_text())["response"]["body_json"][0]


@pytest.mark.shared
def test_every_function_of_a_real_server_is_there(shared: Path) -> None:
    listed = {f["name"]: f for f in recorded(shared, "list_functions")["functions"]}
    assert set(REGISTRY.names()) == set(listed)
    for name, entry in listed.items():
        about = REGISTRY.describe(name)
        assert (about.kind.upper(), about.category) == (entry["type"], entry["category"]), name


def test_every_function_is_described() -> None:
    for module in MODULES:
        for variant in variants_of(module):
            assert variant.description.endswith("."), variant.title
            assert all(p.name for p in variant.signature.parameters), variant.title


@pytest.mark.parametrize(
    ("text", "begins"),
    [
        ("SUBSTRING('a', 'b')", "Function 'substring' does not accept parameters (STRING, STRING).\n"),
        ("LEAST()", "Function 'least' does not accept parameters ().\nValid alternatives are:\n"),
        ("COALESCE(1, 'a')", "Function 'COALESCE' does not accept parameters (INTEGER, STRING)."),
        ("ABS(STRUCT(a := 1))", "Function 'Abs' does not accept parameters (STRUCT<A INTEGER>)."),
        ("DATEADD(1, 2, 3)", "Function 'dateadd' does not accept parameters (INTEGER, INTEGER, INTEGER)."),
        ("LEAST(1, 2147483648)", "Function 'least' cannot be resolved due to ambiguous method parameters"),
        ("ABS(NULL)", "Function 'Abs' cannot be resolved due to ambiguous method parameters (null)."),
        ("NO_SUCH(1)", "Can't find any functions with the name 'NO_SUCH'"),
    ],
)
def test_refusals_are_worded_as_the_service_does(text: str, begins: str) -> None:
    assert refusal(text).startswith(begins)


def test_a_refusal_lists_what_is_accepted() -> None:
    assert refusal("REPLACE('a')") == (
        "Function 'replace' does not accept parameters (STRING).\n"
        "Valid alternatives are:\n"
        "replace(VARCHAR str, VARCHAR oldStr, VARCHAR newStr)\n"
        "For detailed information on a function run: DESCRIBE FUNCTION <Function-Name>;"
    )


def test_names_are_found_in_any_case() -> None:
    assert REGISTRY.kind("lcase") == "scalar"
    assert REGISTRY.kind("Count") == "aggregate"
    assert REGISTRY.kind("EXPLODE") == "table"
    assert REGISTRY.kind("nothing") is None


def test_an_aggregate_is_no_scalar() -> None:
    with pytest.raises(UnknownName):
        REGISTRY.scalar("COUNT", [INTEGER])


def test_exact_types_go_before_casts() -> None:
    assert REGISTRY.scalar("ABS", [INTEGER]).returns == INTEGER
    assert REGISTRY.scalar("ABS", [BIGINT]).returns == BIGINT
    assert REGISTRY.scalar("FROM_UNIXTIME", [INTEGER]).parameters == (BIGINT,)


def test_a_name_is_of_one_kind() -> None:
    registry = FunctionRegistry(variants_of(strings))
    (count, *_) = [v for module in MODULES for v in variants_of(module) if v.name == "COUNT"]
    registry.add(count)

    @scalar("count", "STRING a -> STRING", description="Wrong.")
    def wrong(text: str) -> str:
        return text

    with pytest.raises(ValueError, match="already a aggregate function"):
        registry.add(wrong.__variants__[0])  # type: ignore[attr-defined]


def test_constants_choose_the_variant() -> None:
    assert str(resolve("LATEST_BY_OFFSET", ["INT"]).returns) == "INTEGER"
    assert str(resolve("LATEST_BY_OFFSET", ["INT"], 2).returns) == "ARRAY<INTEGER>"
    assert str(resolve("LATEST_BY_OFFSET", ["INT"], False).returns) == "INTEGER"
    with pytest.raises(SqlError, match=r"does not accept parameters \(INTEGER, STRING\)"):
        resolve("LATEST_BY_OFFSET", ["INT"], "x")


@pytest.mark.parametrize(("value", "expected"), [("2", [1, 2]), (1, [1]), (-1, [1, 2, 3]), (0, [])])
def test_limits_are_properties(value: object, expected: list[int]) -> None:
    registry = REGISTRY.configured({"ksql.functions.collect_list.limit": value, "auto.offset.reset": "x"})
    assert aggregated(resolve("COLLECT_LIST", ["INT"], registry=registry), [1, 2, 3]) == expected


def test_other_properties_change_nothing() -> None:
    assert REGISTRY.configured({"auto.offset.reset": "earliest"}) is REGISTRY
    assert REGISTRY.scalar("LCASE", [STRING]).deterministic
    assert not REGISTRY.scalar("RANDOM", []).deterministic


@pytest.mark.parametrize(("name", "constants"), [("TOPK", [None]), ("EARLIEST_BY_OFFSET", [None, True])])
def test_constants_of_aggregates_are_not_null(name: str, constants: list[object]) -> None:
    with pytest.raises(SqlError, match=f"Parameter 2 of {name} must not be NULL"):
        REGISTRY.aggregate(name, [INTEGER], constants)
