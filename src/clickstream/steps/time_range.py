"""Over what time there is data, for links that open a dashboard where it shows some."""

from clickstream.core.errors import ClickstreamError
from clickstream.steps.context import StepContext
from clickstream.steps.load_dashboard import dashboard_paths
from clickstream.steps.pipeline import index_name

__all__ = ["data_range"]

MARGIN_MS = 60_000
"""Left free on both sides, so that the outermost points are not on the edge."""


def data_range(context: StepContext) -> list[tuple[str, int, int]]:
    """Return for each dashboard its path, and the first and last event's time over all tables.

    Units: epoch milliseconds.
    """
    times: list[int] = []
    for table, sink in context.pipeline.sinks.items():
        try:
            state = context.elasticsearch.index_state(index_name(table), sink.time_field)
        except ClickstreamError:
            continue
        times += [ms for ms in (state.oldest_ms, state.newest_ms) if ms is not None]
    if not times:
        return []
    since, until = min(times) - MARGIN_MS, max(times) + MARGIN_MS
    return [(path, since, until) for path in dashboard_paths(context).values()]
