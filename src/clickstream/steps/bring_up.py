"""The whole job: from services that start to dashboards that draw, step by step."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from clickstream.steps.context import StepContext
from clickstream.steps.create_connectors import create_connectors
from clickstream.steps.create_sinks import create_sinks
from clickstream.steps.load_dashboard import load_dashboard
from clickstream.steps.put_index_template import put_index_template
from clickstream.steps.run_statements import read_statements, run_statements
from clickstream.steps.wait_topics import wait_topics

__all__ = ["STEPS", "StepDone", "load_pipeline"]

UNCHANGED = {"exists", "unchanged"}


@dataclass(frozen=True)
class StepDone:
    """What a step did, in few words; `changed` if it was not all there before."""

    name: str
    summary: str
    changed: bool


def connectors(context: StepContext) -> StepDone:
    """Create the source connectors."""
    return counted("source connectors", [ran.outcome for ran in create_connectors(context)])


def topics(context: StepContext) -> StepDone:
    """Wait until their topics have data."""
    found = wait_topics(context)
    return StepDone("topics", f"{', '.join(found)} have data", False)


def statements(context: StepContext) -> StepDone:
    """Run the statements."""
    return counted("statements", [ran.outcome for ran in run_statements(context, read_statements(context))])


def templates(context: StepContext) -> StepDone:
    """Put the index templates."""
    return counted("index templates", [put.outcome for put in put_index_template(context)])


def sinks(context: StepContext) -> StepDone:
    """Create the sinks."""
    return counted("sinks", [change.outcome for change in create_sinks(context)])


def dashboards(context: StepContext) -> StepDone:
    """Load datasources and dashboards."""
    return counted("datasources and dashboards", [loaded.outcome for loaded in load_dashboard(context)])


STEPS: tuple[Callable[[StepContext], StepDone], ...] = (
    connectors,
    topics,
    statements,
    templates,
    sinks,
    dashboards,
)
"""In the order that each needs the ones before it: a sink must find its template, a statement its topic."""


def load_pipeline(context: StepContext) -> list[StepDone]:
    """Run all steps, telling each as it is done. Raises: what a step raises."""
    done: list[StepDone] = []
    for step in STEPS:
        result = step(context)
        context.progress.note(f"{result.name}: {result.summary}")
        done.append(result)
    return done


def counted(name: str, outcomes: Iterable[str]) -> StepDone:
    """Return the step's result from the outcomes of its parts."""
    counts = Counter("created" if outcome == "done" else outcome for outcome in outcomes)
    words = ", ".join(f"{count} {outcome}" for outcome, count in counts.items())
    return StepDone(name, words.replace("exists", "there already"), bool(set(counts) - UNCHANGED))
