"""Which topics a plan reads, and from where a push query begins in them."""

from collections.abc import Iterator
from dataclasses import fields

from clickstream.sql.plan import Source, Step
from clickstream.storage.topics.log import TopicLog

__all__ = ["sources_of", "start_offsets"]


def sources_of(step: Step) -> Iterator[Source]:
    """Yield the sources at the leaves of a plan, left to right."""
    if isinstance(step, Source):
        yield step
    for field in fields(step):
        child = getattr(step, field.name)
        if isinstance(child, Step):
            yield from sources_of(child)


def start_offsets(root: Step, topics: TopicLog, *, from_beginning: bool) -> dict[str, int]:
    """Return where a push query begins to read each of its topics.

    One that asks for the latest still reads the tables it joins from their beginning: an event must
    find the rows that stand there already.
    Source: ksqlDB always reads the tables of a join from the earliest record.
    """
    sources = list(sources_of(root))
    joined_tables = {s.topic for s in sources if s.kind == "TABLE"} if len(sources) > 1 else set()
    return {
        source.topic: topics.begin_offset(source.topic)
        if from_beginning or source.topic in joined_tables
        else topics.end_offset(source.topic)
        for source in sources
    }
