"""Window arithmetic, all in epoch milliseconds of event time.

Source: org.apache.kafka.streams.kstream.TimeWindows, SessionWindows and the processors that use them.
"""

from dataclasses import replace

from clickstream.sql.plan import WindowSpec

__all__ = ["DAY_MS", "final_window", "grace_ms", "retention_ms"]

DAY_MS = 86_400_000


def grace_ms(spec: WindowSpec) -> int:
    """Return how long a window stays open after its end: by default 24 h less its size (or gap)."""
    return max(DAY_MS - spec.size_ms, 0) if spec.grace_ms is None else spec.grace_ms


def retention_ms(spec: WindowSpec) -> int:
    """Return how long after its start a window's row is kept."""
    return max(spec.retention_ms or 0, spec.size_ms + grace_ms(spec))


def final_window(spec: WindowSpec) -> WindowSpec:
    """Return `spec` as EMIT FINAL has it: without GRACE PERIOD a window closes at its end."""
    if spec.grace_ms is not None:
        return spec
    return replace(spec, grace_ms=0)
