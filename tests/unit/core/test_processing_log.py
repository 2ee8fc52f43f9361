from clickstream.core.processing_log import LogEntry, ProcessingLog


def entry(logger: str = "q") -> LogEntry:
    return LogEntry(logger, "DESERIALIZATION_ERROR", "bad")


def test_entries_are_counted_by_logger_and_kind() -> None:
    log = ProcessingLog()
    log.add(entry("a"))
    log.add(entry("a"))
    log.add(LogEntry("b", "SERIALIZATION_ERROR", "bad"))
    assert log.counts["a", "DESERIALIZATION_ERROR"] == 2
    assert log.total() == 3
    assert log.total("SERIALIZATION_ERROR") == 1


def test_a_flood_costs_counting_and_not_memory() -> None:
    log = ProcessingLog(capacity=2)
    for _ in range(5):
        log.add(entry())
    assert len(log.take()) == 2
    assert log.dropped == 3
    assert log.total() == 5


def test_entries_are_taken_once() -> None:
    log = ProcessingLog()
    log.add(entry())
    assert log.take() == [entry()]
    assert log.take() == []
