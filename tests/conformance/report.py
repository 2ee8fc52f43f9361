"""Pass rates by tier and kind, and failures by cause."""

from collections import Counter
from collections.abc import Sequence

from tests.conformance import case
from tests.conformance.run_case import Verdict

GROUPS = (*case.TIERS, "rest")

MEASURES = ("positive", "refused", "wording")
"""Positive cases that pass; negative ones that are refused in the right place; and in the right words."""


PAGE_HEAD = """<!-- Written by `scripts/conformance --write docs/conformance.md`; do not edit. -->

# Conformance

Cases that peers of ksqlDB's engine are held to: statements, input records, and the records that must come
out, in order, with keys, windows, timestamps and headers. They are run with batches of one. A negative case
counts as refused if every statement but the last is accepted and the last one is not; its wording, if the
message has the expected fragment. Tier 1 is the core, tier 2 functions, types and joins, tier 3 rare
features; `rest` runs against the HTTP API.
"""


def rate(verdicts: Sequence[Verdict], tier: str, measure: str) -> tuple[int, int]:
    """Return how many cases of `tier` pass by `measure`, and how many there are."""
    of_tier = [v for v in verdicts if v.case.group == tier]
    if measure == "positive":
        cases = [v for v in of_tier if not v.case.negative]
        return sum(v.passed for v in cases), len(cases)
    cases = [v for v in of_tier if v.case.negative]
    if measure == "refused":
        return sum(v.passed for v in cases), len(cases)
    return sum(v.passed and v.wording for v in cases), len(cases)


def print_report(verdicts: Sequence[Verdict], *, verbose: bool) -> None:
    print_causes(verdicts, verbose=verbose)
    print(f"{'':8}{'positive':>18}{'refused':>18}{'with wording':>18}")
    for tier in GROUPS:
        cells = [rate(verdicts, tier, measure) for measure in MEASURES]
        if any(total for _, total in cells):
            print(f"{tier:8}" + "".join(f"{shown(passed, total):>18}" for passed, total in cells))
    print(summary(verdicts))


def shown(passed: int, total: int) -> str:
    return f"{passed}/{total} {passed / total:.1%}" if total else "-"


def page(verdicts: Sequence[Verdict], targets: dict[str, dict[str, float]]) -> str:
    """Return the results as the page `docs/conformance.md`."""
    lines = [
        PAGE_HEAD,
        "| group | positive | refused | with wording | floor in CI |",
        "| --- | --- | --- | --- | --- |",
    ]
    for group in GROUPS:
        cells = [rate(verdicts, group, measure) for measure in MEASURES]
        floors = (
            " / ".join(f"{targets[group][measure]:.1%}" for measure in MEASURES) if group in targets else "-"
        )
        lines.append(f"| {group} | " + " | ".join(shown(p, t) for p, t in cells) + f" | {floors} |")
    lines += ["", "## Cases that fail", ""]
    failed = [v for v in verdicts if not v.passed]
    lines += [f"- {v.case.name}: {v.cause}" for v in failed] or ["None."]
    lines += ["", "## Refused, but in other words", ""]
    reworded = [v for v in verdicts if v.passed and not v.wording]
    lines += [f"- {v.case.name}" for v in reworded] or ["None."]
    return "\n".join(lines) + "\n"


def summary(verdicts: Sequence[Verdict]) -> str:
    parts = []
    for measure in MEASURES:
        cells = [rate(verdicts, tier, measure) for tier in GROUPS]
        parts.append(f"{measure} {shown(sum(p for p, _ in cells), sum(t for _, t in cells))}")
    return "conformance: " + ", ".join(parts)


def print_causes(verdicts: Sequence[Verdict], *, verbose: bool) -> None:
    failed = [v for v in verdicts if not v.passed]
    for cause, count in Counter(v.cause for v in failed).most_common():
        print(f"{count:4}  {cause}")
        for verdict in [v for v in failed if v.cause == cause][: None if verbose else 3]:
            print(f"        {verdict.case.id}  {verdict.case.name}")
            if verbose:
                print("            " + verdict.detail.replace("\n", "\n            "))
    if verbose:
        for verdict in verdicts:
            if verdict.passed and not verdict.wording:
                print(f"wording {verdict.case.id}  {verdict.case.name}\n    {verdict.detail}")
