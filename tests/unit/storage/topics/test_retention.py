from collections.abc import Mapping

import pytest

from clickstream.core.records import Record
from clickstream.storage.database import Database
from clickstream.storage.topics.log import TopicLog
from clickstream.storage.topics.retention import enforce_retention

HOUR = 3_600_000
NOW = 1_000 * HOUR


def log_with(config: Mapping[str, str], *hours: int) -> TopicLog:
    """Return a log whose topic `t` has one 100-byte record at each of the hours."""
    database = Database.in_memory()
    log = TopicLog(database)
    log.create("t", config=config)
    for hour in hours:
        with database.transaction():
            log.append("t", [Record(b"", b"x" * 100, hour * HOUR)])
    return log


def test_records_older_than_the_age_go() -> None:
    log = log_with({"retention.ms": str(2 * HOUR)}, 990, 997, 998, 999, 1000)
    assert enforce_retention(log, NOW, {}) == 2
    assert log.begin_offset("t") == 2
    assert enforce_retention(log, NOW, {}) == 0


def test_age_counts_from_the_newest_record_of_an_old_log() -> None:
    log = log_with({"retention.ms": str(2 * HOUR)}, 10, 12, 13)
    assert enforce_retention(log, NOW, {}) == 1


def test_a_record_from_the_future_does_not_empty_the_topic() -> None:
    log = log_with({"retention.ms": str(2 * HOUR)}, 999, 5000, 999)
    assert enforce_retention(log, NOW, {}) == 0


def test_an_old_record_behind_a_newer_one_waits_for_it() -> None:
    log = log_with({"retention.ms": str(2 * HOUR)}, 999, 10, 1000)
    assert enforce_retention(log, NOW, {}) == 0


def test_the_oldest_go_while_the_rest_still_fills_the_size() -> None:
    log = log_with({"retention.ms": "-1", "retention.bytes": "250"}, 10, 20, 30, 40, 50)
    assert enforce_retention(log, NOW, {}) == 2
    assert 250 <= log.describe("t").bytes < 250 + 120


def test_what_a_query_still_has_to_read_stays() -> None:
    log = log_with({"retention.ms": str(2 * HOUR)}, 900, 901, 902, 1000)
    assert enforce_retention(log, NOW, {"t": 2}) == 2


@pytest.mark.parametrize(
    ("config", "deleted"),
    [
        ({"cleanup.policy": "compact", "retention.ms": "1"}, 0),
        ({"cleanup.policy": "compact,delete", "retention.ms": "1"}, 2),
        ({"retention.ms": "-1", "retention.bytes": "-1"}, 0),
        ({}, 2),
    ],
)
def test_the_policy_decides(config: Mapping[str, str], deleted: int) -> None:
    assert enforce_retention(log_with(config, 1, 2, 1000), NOW, {}) == deleted
