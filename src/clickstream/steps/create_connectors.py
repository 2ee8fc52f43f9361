"""Creates the pipeline's source connectors, through ksqlDB, from its connector file."""

import re
from collections.abc import Iterable, Sequence

from clickstream.steps.context import StepContext
from clickstream.steps.run_statements import Ran, read_statements, run_statements
from clickstream.steps.script import Statement

__all__ = ["connector_names", "create_connectors"]

IGNORED_INTERVAL = re.compile(r"'maxInterval'", re.IGNORECASE)
IGNORED_INTERVAL_WARNING = (
    "'maxInterval' is not a setting of the data generator, which ignores it "
    "and makes about 4 records a second; its name is 'max.interval'"
)
"""Source: golden/rest/connect 013 and 063: the real connector accepts `maxInterval` with any value."""


def create_connectors(context: StepContext, files: Iterable[str] = (), *, dry_run: bool = False) -> list[Ran]:
    """Create the connectors of the files (the pipeline's own if none are named) that do not exist.

    Raises: as `run_statements`.
    """
    statements = read_statements(context, list(files) or [context.pipeline.connectors])
    for statement in statements:
        if IGNORED_INTERVAL.search(statement.bare):
            context.progress.warn(f"{statement.where}: {IGNORED_INTERVAL_WARNING}")
    return run_statements(context, statements, dry_run=dry_run)


def connector_names(statements: Sequence[Statement]) -> list[str]:
    """Return the names of the connectors that the statements create."""
    targets = (statement.makes() for statement in statements)
    return [target.name for target in targets if target is not None and target.kind == "CONNECTOR"]
