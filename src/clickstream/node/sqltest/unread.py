"""Records that queries passed over, told to the person whose test fails."""

from clickstream.core.processing_log import ProcessingLog

__all__ = ["unread_notes"]

_SHOWN = 3


def unread_notes(log: ProcessingLog) -> list[str]:
    """Return a line for each of the first records that could not be processed."""
    entries = log.take()
    notes = [f"a record was passed over: {entry.logger}: {entry.message}" for entry in entries[:_SHOWN]]
    more = log.total() - len(notes)
    return [*notes, f"{more} more were passed over"] if more > 0 else notes
