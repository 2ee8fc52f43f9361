"""Which records are old or many enough to go, so that the disk is bounded."""

from collections.abc import Mapping

from clickstream.storage.topics.log import TopicLog
from clickstream.storage.topics.topic import Topic

__all__ = ["enforce_retention"]

CHUNKS_A_RUN = 2_000
"""Most chunks weighed per topic and run, so that a run stays short; the next run goes on."""


def enforce_retention(log: TopicLog, now_ms: int, needed: Mapping[str, int]) -> int:
    """Delete what each topic's `retention.ms` and `retention.bytes` allow; return how many records went.

    Age counts from the topic's newest record, or from now if that is earlier: a log of past years that is
    read in today is kept like today's, and one record from the future does not empty a topic.

    `needed` gives per topic the offset from which a running query still has to read.
    Source: Kafka topic configs `retention.ms`, `retention.bytes`, `cleanup.policy`.
    """
    deleted = 0
    for topic in log.topics():
        if topic.deletes and (offset := _cut_at(log, topic, now_ms)):
            deleted += log.delete_before(topic.name, min(offset, needed.get(topic.name, offset)))
    return deleted


def _cut_at(log: TopicLog, topic: Topic, now_ms: int) -> int:
    """Return the offset below which all may go, 0 if nothing."""
    age, size = topic.limit("retention.ms"), topic.limit("retention.bytes")
    at = topic.committed
    oldest_ms = -1 if age is None else min(now_ms, at.newest_ms) - age
    surplus = 0 if size is None else at.bytes - size
    if oldest_ms < 0 and surplus <= 0:
        return 0
    cut = 0
    for row in log.oldest(topic.name, CHUNKS_A_RUN):
        if row.newest_ms >= oldest_ms and surplus < row.bytes:
            break
        cut = row.end_offset
        surplus -= row.bytes
    return cut
