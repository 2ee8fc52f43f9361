"""One case from statements to verdict."""

import re
import traceback
from dataclasses import dataclass
from typing import Any

from clickstream.core.errors import SqlError, SqlSyntaxError
from clickstream.engine.workbench import Workbench
from clickstream.node.sqltest.encode import encode_record
from clickstream.node.sqltest.match import difference
from clickstream.sql.parser import parse, parse_schema
from tests.conformance.case import Case

NOW_MS = 0
"""The cases' clock stands at the epoch."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """`cause` groups failures; it is empty for a pass. `wording` is whether a refusal's text fits too."""

    case: Case
    cause: str = ""
    detail: str = ""
    wording: bool = True

    @property
    def passed(self) -> bool:
        return not self.cause


def run_case(case: Case) -> Verdict:
    bench = Workbench(settings=case.properties, now_ms=NOW_MS)
    return run_negative(case, bench) if case.negative else run_positive(case, bench)


# --------------------------------------------------------------------------------- positive


def run_positive(case: Case, bench: Workbench) -> Verdict:
    try:
        bench.execute("\n".join(case.statements))
        bench.run_staged(encoded_inputs(case, bench))
    except Exception as error:
        return Verdict(case, cause_of(error), f"{error}\n{traceback.format_exc(limit=-6)}")
    return check_outputs(case, bench) or check_post(case, bench) or Verdict(case)


def encoded_inputs(case: Case, bench: Workbench) -> list[tuple[str, Any]]:
    return [(data["topic"], encode_record(data, bench.source_of(data["topic"]))) for data in case.inputs]


def cause_of(error: Exception) -> str:
    """Return a short group name for an error: its class and its text without names and numbers."""
    text = re.sub(r"['\"`].*?['\"`]|\d+", "…", str(error).split("\n")[0])
    return f"{type(error).__name__}: {text[:90]}"


def check_outputs(case: Case, bench: Workbench) -> Verdict | None:
    for topic in dict.fromkeys(o["topic"] for o in case.outputs):
        expected = [o for o in case.outputs if o["topic"] == topic]
        actual = bench.records(topic)
        source = bench.source_of(topic)
        for at, (record, want) in enumerate(zip(actual, expected, strict=False)):
            part = difference(record, want, source, any_time=not case.inputs)
            if part:
                detail = f"record {at} of {topic}: have {record}, want {want}"
                return Verdict(case, f"output: {part} differs", detail)
        if len(actual) != len(expected):
            detail = f"{topic}: have {len(actual)}, want {len(expected)}\nhave {actual}\nwant {expected}"
            more = "too many" if len(actual) > len(expected) else "too few"
            return Verdict(case, f"output: {more} records", detail)
    return None


# --------------------------------------------------------------------------------- afterwards


def check_post(case: Case, bench: Workbench) -> Verdict | None:
    for wanted in case.post.get("sources") or ():
        reason = source_difference(wanted, bench)
        if reason:
            return Verdict(case, f"post: source {reason.split(':')[0]}", f"{reason}\nwant {wanted}")
    topics = case.post.get("topics") or {}
    pattern = topics.get("blacklist")
    bad = [t for t in bench.topics if pattern and re.search(pattern, t)]
    if bad:
        return Verdict(case, "post: forbidden topic", str(bad))
    for topic in topics.get("topics") or ():
        if topic["name"].startswith("_confluent"):
            continue
        if topic["name"] not in bench.topics:
            return Verdict(case, "post: missing topic", topic["name"])
    return None


def source_difference(wanted: dict[str, Any], bench: Workbench) -> str | None:
    source = bench.catalog.get(wanted["name"])
    if source is None:
        return "missing"
    if wanted.get("type") and wanted["type"].upper() != source.kind:
        return f"type: have {source.kind}"
    if wanted.get("schema"):
        declared = parse_schema(wanted["schema"])
        want = [(e.name, str(e.type), bool(e.constraint.endswith("KEY"))) for e in declared]
        have = [(c.name, str(c.type), source.schema.is_key(c.name)) for c in source.schema.key]
        have += [(c.name, str(c.type), False) for c in source.schema.value]
        if want != have:
            return f"schema: have {have}"
    key_format = wanted.get("keyFormat")
    if isinstance(key_format, dict):
        window = source.window.kind if source.window else None
        if key_format["format"].upper() != source.formats.key:
            return f"key format: have {source.formats.key}"
        if (key_format.get("windowType") or None) != window:
            return f"window: have {window}"
    if isinstance(wanted.get("valueFormat"), str) and wanted["valueFormat"] != source.formats.value:
        return f"value format: have {source.formats.value}"
    for side, have_features in (("key", source.key_features), ("value", source.value_features)):
        features = wanted.get(f"{side}Features")
        if features is not None and set(features) != set(have_features):
            return f"{side} features: have {sorted(have_features)}"
    if wanted.get("isSource") is not None and wanted["isSource"] != source.is_source:
        return f"is source: have {source.is_source}"
    return None


# --------------------------------------------------------------------------------- negative


def run_negative(case: Case, bench: Workbench) -> Verdict:
    expected = case.expected_exception or {}
    try:
        statements = parse("\n".join(case.statements))
    except SqlSyntaxError as error:
        wanted = expected.get("message") or ""
        return graded(case, error, "ParseFailed" in (expected.get("type") or "") or wanted in str(error))
    except SqlError as error:
        return graded(case, error, True)
    except Exception as error:
        return Verdict(case, cause_of(error), traceback.format_exc(limit=-6))
    for at, parsed in enumerate(statements):
        try:
            bench.run_statement(parsed.statement)
        except SqlError as error:
            return graded(case, error, at == len(statements) - 1)
        except Exception as error:
            return Verdict(case, cause_of(error), traceback.format_exc(limit=-6))
    if not case.inputs:
        return Verdict(case, "accepted what is to be refused", str(expected))
    try:
        bench.run_staged(encoded_inputs(case, bench))
    except Exception as error:
        return graded(case, error, True)
    return Verdict(case, "accepted what is to be refused", str(expected))


def graded(case: Case, error: Exception, in_place: bool) -> Verdict:
    wanted = (case.expected_exception or {}).get("message") or ""
    if not in_place:
        return Verdict(case, f"refused too early: {cause_of(error)}", f"{error}\nwant {wanted}")
    return Verdict(case, detail=f"have {error}\nwant {wanted}", wording=wanted in str(error))
