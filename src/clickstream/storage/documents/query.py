"""Query DSL: a JSON query becomes a tree of `matching.py`.

Source: Elasticsearch reference, "Query DSL"; refusals compared with 7.10.2.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from clickstream.storage.documents.automaton import regular_expression, wildcard
from clickstream.storage.documents.dates import date_format, parse_zone
from clickstream.storage.documents.errors import (
    DocumentError,
    illegal_argument,
    parsing,
    unknown_field,
    unparsable,
)
from clickstream.storage.documents.field_match import Bounds
from clickstream.storage.documents.matching import (
    AnyOf,
    Bool,
    ConstantScore,
    Exists,
    Ids,
    MatchAll,
    MatchNone,
    Pattern,
    Query,
    Range,
    Term,
    Terms,
)
from clickstream.storage.documents.query_string import parse_query_string
from clickstream.storage.documents.word_match import Match, MatchPhrase

__all__ = ["parse_query"]

Body = Mapping[str, Any]

UNSUPPORTED = {
    "boosting",
    "distance_feature",
    "function_score",
    "fuzzy",
    "geo_bounding_box",
    "geo_distance",
    "geo_polygon",
    "geo_shape",
    "has_child",
    "has_parent",
    "intervals",
    "more_like_this",
    "nested",
    "parent_id",
    "percolate",
    "rank_feature",
    "script",
    "script_score",
    "simple_query_string",
    "terms_set",
    "wrapper",
}
"""Queries of Elasticsearch that are refused by name here."""


def parse_query(body: Any) -> Query:
    """Return the tree of a query. Raises: DocumentError."""
    if not isinstance(body, Mapping):
        raise parsing("[_na] query malformed, must start with start_object")
    if not body:
        raise illegal_argument("query malformed, empty clause found")
    name, inner = next(iter(body.items()))
    parser = _PARSERS.get(name)
    if parser is None:
        if name in UNSUPPORTED:
            raise parsing(f"query [{name}] is not supported")
        raise parsing(
            f"unknown query [{name}]",
            cause=DocumentError("named_object_not_found_exception", f"unknown field [{name}]"),
        )
    if not isinstance(inner, Mapping):
        raise parsing(f"[{name}] query malformed, no start_object after query name")
    query = parser(inner)
    if len(body) > 1:
        raise parsing(f"[{name}] malformed query, expected [END_OBJECT] but found [FIELD_NAME]")
    return query


def _one_field(kind: str, body: Body) -> tuple[str, Any]:
    """Return the field and what is said of it. Raises: DocumentError if there is not exactly one."""
    entries = [(name, value) for name, value in body.items() if name not in ("boost", "_name")]
    if len(entries) > 1:
        raise parsing(
            f"[{kind}] query doesn't support multiple fields, found [{entries[0][0]}] and [{entries[1][0]}]"
        )
    if not entries:
        raise illegal_argument("fieldName must not be null or empty")
    return entries[0]


def _settings(kind: str, given: Any, value_key: str, known: set[str]) -> dict[str, Any]:
    """Return the settings of a field's short (`value`) or long (`{"value": …}`) form."""
    if not isinstance(given, Mapping):
        if isinstance(given, list):
            raise parsing(f"[{kind}] query does not support array of values")
        return {value_key: given}
    for key in given:
        if key not in known | {value_key, "boost", "_name"}:
            raise parsing(f"[{kind}] query does not support [{key}]")
    if given.get(value_key) is None:
        raise illegal_argument("value cannot be null")
    return dict(given)


def _refuse_unknown(kind: str, body: Body, known: set[str]) -> None:
    for key, value in body.items():
        if key not in known | {"boost", "_name"}:
            token = (
                "START_OBJECT"
                if isinstance(value, Mapping)
                else "START_ARRAY"
                if isinstance(value, list)
                else ""
            )
            raise parsing(
                f"[{kind}] query does not support [{key}]" if token else f"[{kind}] unknown field [{key}]"
            )


def _boost(settings: Body) -> float:
    return float(settings.get("boost", 1.0))


# ---------------------------------------------------------------------------------------------- leaves


def _match_all(body: Body) -> Query:
    _refuse_unknown("match_all", body, set())
    return MatchAll(_boost(body))


def _match_none(body: Body) -> Query:
    return MatchNone()


def _term(body: Body) -> Query:
    field, given = _one_field("term", body)
    settings = _settings("term", given, "value", {"case_insensitive"})
    if settings.get("case_insensitive"):
        wanted = str(settings["value"]).lower()
        return Pattern(field, lambda text: text.lower() == wanted, "term", _boost(settings))
    return Term(field, settings["value"], _boost(settings))


def _terms(body: Body) -> Query:
    field, values = _one_field("terms", body)
    if isinstance(values, Mapping):
        raise parsing("[terms] query with a lookup is not supported")
    if not isinstance(values, list):
        raise parsing(f"[terms] query does not support [{field}]")
    return Terms(field, tuple(values), _boost(body))


_RANGE_KEYS = {
    "gt",
    "gte",
    "lt",
    "lte",
    "from",
    "to",
    "include_lower",
    "include_upper",
    "format",
    "time_zone",
    "relation",
    "boost",
    "_name",
}


def _range(body: Body) -> Query:
    field, given = _one_field("range", body)
    if not isinstance(given, Mapping):
        raise parsing(f"[range] query does not support [{field}]")
    for key in given:
        if key not in _RANGE_KEYS:
            raise parsing(f"[range] query does not support [{key}]")
    lower = given.get("gte", given.get("gt", given.get("from")))
    upper = given.get("lte", given.get("lt", given.get("to")))
    bounds = Bounds(
        lower,
        upper,
        with_lower=given.get("gt") is None and given.get("include_lower") is not False,
        with_upper=given.get("lt") is None and given.get("include_upper") is not False,
        format=date_format(str(given["format"])) if given.get("format") else None,
        zone=parse_zone(str(given.get("time_zone") or "UTC")),
    )
    return Range(field, bounds, _boost(given))


def _exists(body: Body) -> Query:
    _refuse_unknown("exists", body, {"field"})
    if not body.get("field"):
        raise parsing("[exists] must be provided with a [field]")
    return Exists(str(body["field"]), _boost(body))


def _ids(body: Body) -> Query:
    _refuse_unknown("ids", body, {"values", "type"})
    values = body.get("values", ())
    return Ids(tuple(str(value) for value in values) if isinstance(values, list) else (str(values),))


def _wildcard(body: Body) -> Query:
    field, given = _one_field("wildcard", body)
    key = "wildcard" if isinstance(given, Mapping) and "wildcard" in given else "value"
    settings = _settings("wildcard", given, key, {"rewrite", "case_insensitive"})
    pattern = wildcard(str(settings[key]), ignore_case=bool(settings.get("case_insensitive")))
    return Pattern(field, pattern.matches, "wildcard", _boost(settings))


def _prefix(body: Body) -> Query:
    field, given = _one_field("prefix", body)
    settings = _settings("prefix", given, "value", {"rewrite", "case_insensitive"})
    start = str(settings["value"])
    if settings.get("case_insensitive"):
        small = start.lower()
        return Pattern(field, lambda text: text.lower().startswith(small), "prefix", _boost(settings))
    return Pattern(field, lambda text: text.startswith(start), "prefix", _boost(settings))


def _regexp(body: Body) -> Query:
    field, given = _one_field("regexp", body)
    settings = _settings(
        "regexp", given, "value", {"rewrite", "flags", "max_determinized_states", "case_insensitive"}
    )
    ignore_case = bool(settings.get("case_insensitive"))
    try:
        expression = regular_expression(str(settings["value"]), ignore_case=ignore_case)
    except DocumentError as error:
        reason = f"failed to create query: {error.message}"
        raise DocumentError("query_shard_exception", reason, cause=error) from error
    return Pattern(field, expression.matches, "regexp", _boost(settings))


_MATCH_KEYS = {
    "operator",
    "minimum_should_match",
    "analyzer",
    "lenient",
    "zero_terms_query",
    "fuzzy_transpositions",
    "auto_generate_synonyms_phrase_query",
    "max_expansions",
    "prefix_length",
    "slop",
}


def _match(body: Body) -> Query:
    field, given = _one_field("match", body)
    settings = _settings("match", given, "query", _MATCH_KEYS)
    return Match(
        field,
        settings["query"],
        every=str(settings.get("operator", "or")).lower() == "and",
        boost=_boost(settings),
        lenient=bool(settings.get("lenient")),
    )


def _match_phrase(body: Body) -> Query:
    field, given = _one_field("match_phrase", body)
    settings = _settings("match_phrase", given, "query", _MATCH_KEYS)
    if settings.get("slop"):
        raise parsing("[match_phrase] with [slop] is not supported")
    return MatchPhrase(field, str(settings["query"]), _boost(settings))


def _multi_match(body: Body) -> Query:
    _refuse_unknown("multi_match", body, _MATCH_KEYS | {"query", "fields", "type", "tie_breaker"})
    kind = str(body.get("type", "best_fields"))
    if kind not in ("best_fields", "phrase", "most_fields"):
        raise parsing(f"[multi_match] of type [{kind}] is not supported")
    if body.get("query") is None:
        raise parsing("No text specified for multi_match query")
    every = str(body.get("operator", "or")).lower() == "and"
    queries: list[Query] = []
    given = body.get("fields") or ["*"]
    for name in given if isinstance(given, list) else [given]:
        field, _, boost = str(name).partition("^")
        weight = float(boost or 1)
        if kind == "phrase":
            queries.append(MatchPhrase(field, str(body["query"]), weight))
        else:
            queries.append(Match(field, body["query"], every=every, boost=weight, lenient="*" in field))
    return AnyOf(tuple(queries), _boost(body))


_QUERY_STRING_KEYS = {
    "query",
    "default_field",
    "fields",
    "default_operator",
    "analyze_wildcard",
    "allow_leading_wildcard",
    "lenient",
    "analyzer",
    "type",
    "tie_breaker",
    "minimum_should_match",
    "time_zone",
    "quote_field_suffix",
    "enable_position_increments",
    "escape",
    "phrase_slop",
    "auto_generate_synonyms_phrase_query",
    "max_determinized_states",
    "rewrite",
    "fuzziness",
    "fuzzy_max_expansions",
    "fuzzy_prefix_length",
    "fuzzy_transpositions",
}


def _query_string(body: Body) -> Query:
    for key in body:
        if key not in _QUERY_STRING_KEYS | {"boost", "_name"}:
            raise parsing(f"[query_string] query does not support [{key}]")
    if body.get("query") is None:
        raise parsing("[query_string] must be provided with a [query]")
    given = body.get("fields") or body.get("default_field") or []
    fields = given if isinstance(given, list) else [given]
    return parse_query_string(
        str(body["query"]),
        [str(field) for field in fields],
        every=str(body.get("default_operator", "or")).lower() == "and",
        lenient=None if body.get("lenient") is None else bool(body["lenient"]),
        zone=parse_zone(str(body.get("time_zone") or "UTC")),
        boost=_boost(body),
    )


# ---------------------------------------------------------------------------------------------- compounds


def _clauses(kind: str, given: Any) -> Sequence[Query]:
    clauses = given if isinstance(given, list) else [given]
    for clause in clauses:
        if not isinstance(clause, Mapping):
            raise DocumentError(
                "x_content_parse_exception", f"[bool] {kind} doesn't support values of type: VALUE_STRING"
            )
    try:
        return [parse_query(clause) for clause in clauses]
    except DocumentError as error:
        if error.kind == "query_shard_exception":
            raise
        raise unparsable("bool", kind, error) from error


def _bool(body: Body) -> Query:
    occurs = {
        "must": "must",
        "filter": "filter",
        "should": "should",
        "must_not": "must_not",
        "mustNot": "must_not",
    }
    clauses: dict[str, Sequence[Query]] = {}
    for key, given in body.items():
        if key in occurs:
            clauses[occurs[key]] = _clauses(key, given)
        elif key not in ("minimum_should_match", "adjust_pure_negative", "boost", "_name"):
            raise unknown_field("bool", key)
    return Bool(**clauses, minimum_should_match=body.get("minimum_should_match"), boost=_boost(body))


def _constant_score(body: Body) -> Query:
    _refuse_unknown("constant_score", body, {"filter"})
    if "filter" not in body:
        raise parsing("[constant_score] requires a 'filter' element")
    return ConstantScore(parse_query(body["filter"]), _boost(body))


def _dis_max(body: Body) -> Query:
    _refuse_unknown("dis_max", body, {"queries", "tie_breaker"})
    if not body.get("queries"):
        raise parsing("[dis_max] requires 'queries' field with at least one clause")
    return AnyOf(tuple(_clauses("queries", body["queries"])), _boost(body))


_PARSERS: dict[str, Callable[[Body], Query]] = {
    "bool": _bool,
    "constant_score": _constant_score,
    "dis_max": _dis_max,
    "exists": _exists,
    "ids": _ids,
    "match": _match,
    "match_all": _match_all,
    "match_none": _match_none,
    "match_phrase": _match_phrase,
    "multi_match": _multi_match,
    "prefix": _prefix,
    "query_string": _query_string,
    "range": _range,
    "regexp": _regexp,
    "term": _term,
    "terms": _terms,
    "wildcard": _wildcard,
}
