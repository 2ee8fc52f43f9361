"""`docs/ksql.md`: the language as `language.py` has it, and the functions as the registry has them."""

from clickstream.sql.functions.registration import Variant
from clickstream.sql.functions.registry import REGISTRY, FunctionDescription
from tests.helpers.language import SECTIONS, Feature, Section

__all__ = ["ksql_page"]

INTRO = """# The language

The statements of the embedded backend are those of ksqlDB 7.5: what works, what differs, what is refused.
A test runs an example of every row; [conformance](conformance.md) measures the records that come out.

- **yes** — as ksqlDB does it
- **differs** — it works, and what is not the same is said
- **refused** — with a message that says so; ksqlDB refuses most of these too
"""

FUNCTIONS = """
## Functions

All {count} functions that a ksqlDB 7.5 server lists, by kind. `DESCRIBE FUNCTION name` shows the same.
User-defined functions are not there: no Java runs that could load them.
"""

_KINDS = {"scalar": "Scalar functions", "aggregate": "Aggregates", "table": "Table functions"}


def ksql_page() -> str:
    """Return the page."""
    parts = [INTRO, *(_section(section) for section in SECTIONS)]
    described = [REGISTRY.describe(name) for name in REGISTRY.names()]
    parts.append(FUNCTIONS.format(count=len(described)))
    for kind, title in _KINDS.items():
        parts.append(f"\n### {title}\n\n| function | category | what it gives |\n| --- | --- | --- |\n")
        parts += sorted(_function_row(one) for one in described if one.kind == kind)
    return "".join(parts)


def _section(section: Section) -> str:
    lines = [f"\n## {section.title}\n"]
    if section.intro:
        lines.append(section.intro)
    lines += ["| what | here | notes |", "| --- | --- | --- |"]
    lines += [f"| {one.what} | {_state(one)} | {_note(one)} |" for one in section.features]
    return "\n".join(lines) + "\n"


def _state(feature: Feature) -> str:
    if feature.refused:
        return "refused"
    return "differs" if feature.differs else "yes"


def _note(feature: Feature) -> str:
    if feature.refused:
        return f"“… {feature.refused.strip('.')} …”"
    return feature.differs


def _function_row(described: FunctionDescription) -> str:
    calls = "<br>".join(_call(described.name, variant) for variant in described.variants)
    text = described.description.replace("|", "\\|")
    return f"| {calls} | {described.category.lower()} | {text} |\n"


def _call(name: str, variant: Variant) -> str:
    parameters = ", ".join(map(str, variant.signature.parameters))
    return f"`{name}({parameters})`".replace("|", "\\|")
