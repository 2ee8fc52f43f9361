"""The `.sql` files under `cases/`: statements, and what planning makes of the last one.

A file holds cases, each begun by a line `-- title: …`. In `plans/` the statements are followed by `---`
and the plan's tree; in `refused/` by `---` and the beginning of the message. `-- set: name=value` gives
the session a property. Line breaks in a message are written as they are.
"""

import re
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from clickstream.sql.plan import PersistentPlan, TransientPlan
from clickstream.sql.plan_text import plan_text
from tests.helpers.planning import PlanningDesk

CASES = Path(__file__).parent / "cases"
_SET = re.compile(r"-- set: (\S+?)=(.*)")
PREFIX = "Could not determine output schema for query due to error: "


@dataclass(frozen=True)
class Case:
    title: str
    script: str
    expected: str
    settings: dict[str, object] = field(default_factory=dict)


def cases_of(folder: str) -> list[Case]:
    found = []
    for path in sorted((CASES / folder).glob("*.sql")):
        for part in re.split(r"^-- title: ", path.read_text(), flags=re.M)[1:]:
            title, _, body = part.partition("\n")
            script, mark, expected = body.partition("\n---\n")
            assert mark, f"{path.name}: {title}: no expectation"
            settings: dict[str, object] = {m[1]: m[2] for m in _SET.finditer(script)}
            found.append(Case(f"{path.stem}: {title}", script, expected.rstrip("\n"), settings))
    assert found, folder
    return found


@pytest.mark.parametrize("case", cases_of("plans"), ids=lambda case: case.title)
def test_plan(case: Case) -> None:
    plan = PlanningDesk(case.settings).run(case.script)
    assert isinstance(plan, PersistentPlan | TransientPlan)
    assert drawn(plan_text(plan)) == case.expected


@pytest.mark.parametrize("case", cases_of("refused"), ids=lambda case: case.title)
def test_refused(case: Case) -> None:
    message = PlanningDesk(case.settings).refusal(case.script).message
    assert message.removeprefix(PREFIX).startswith(case.expected)


def drawn(text: str) -> str:
    """Return a plan's tree in the form the files use: two blanks a level, no query id."""
    lines = []
    for line in text.splitlines():
        depth = line.count("\t") // 2
        title, schema, logger = line.strip("\t").removeprefix(" > ").split(" | ")
        name = logger.removeprefix("Logger: ").partition(".")[2]
        lines.append(f"{'  ' * depth}{title} {name}: {schema.removeprefix('Schema: ')}")
    return "\n".join(lines)
