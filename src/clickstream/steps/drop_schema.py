"""Drops the pipeline's streams and tables, in the order that its drop file gives."""

from clickstream.steps.context import StepContext
from clickstream.steps.run_statements import Ran, read_statements, run_statements

__all__ = ["drop_schema"]


def drop_schema(context: StepContext, *, dry_run: bool = False) -> list[Ran]:
    """Run the drop file and return what came of each statement. Raises: as `run_statements`."""
    return run_statements(context, read_statements(context, [context.pipeline.drop]), dry_run=dry_run)
