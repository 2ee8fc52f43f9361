"""Which documents belong to sessions that were swallowed by others.

A session that grows is, on its topic, a tombstone for the old window and a row for the new one. If the
start is the same, the old document stays (a table keyed by window end draws growing sessions by them, one
keyed by window start has overwritten it). If the start differs, a late event has merged or moved the
session, and the document of the session that is no more must go: a real sink, which drops tombstones,
leaves it behind.
"""

from collections import OrderedDict
from dataclasses import dataclass

__all__ = ["SessionDocuments", "SessionRow"]

MOST_SESSIONS = 100_000
"""Sessions remembered; the least recently changed are forgotten first, and then keep their documents."""

_WINDOW_BYTES = 16


@dataclass(slots=True)
class SessionRow:
    """A row of a session table. `document_id` is None until it was written.

    Units:  `start_ms`, `end_ms` — epoch milliseconds, the window of the key.
    """

    start_ms: int
    end_ms: int
    document_id: str | None = None

    def covers(self, other: "SessionRow") -> bool:
        """Whether the other session lies within this one."""
        return self.start_ms <= other.start_ms and other.end_ms <= self.end_ms


@dataclass(slots=True)
class _Sessions:
    live: dict[int, SessionRow]
    ended: list[SessionRow]


class SessionDocuments:
    """The sessions of one topic, by key.

    Shape:  a key is the row's key, then 8 bytes window end, then 8 bytes window start (recorded).
    """

    def __init__(self) -> None:
        self._keys: OrderedDict[bytes, _Sessions] = OrderedDict()
        self._count = 0

    def tombstone(self, key: bytes) -> list[SessionRow]:
        """Note that a session's window is no more; return rows whose documents must go."""
        sessions, window = self._find(key)
        row = sessions.live.get(window.start_ms)
        if row is None or row.end_ms != window.end_ms:
            return []
        del sessions.live[window.start_ms]
        if any(other.covers(row) and other.start_ms != row.start_ms for other in sessions.live.values()):
            self._count -= 1
            return [row]
        sessions.ended.append(row)
        return []

    def has_document(self, key: bytes, document_id: str | None) -> bool:
        """Whether a session of the same key lives that has this very document."""
        sessions, _ = self._find(key)
        return any(row.document_id == document_id for row in sessions.live.values())

    def row(self, key: bytes) -> tuple[SessionRow, list[SessionRow]]:
        """Note a session's new row; return it, and the rows whose documents must go before it is written."""
        sessions, row = self._find(key)
        within = [ended for ended in sessions.ended if row.covers(ended)]
        sessions.ended = [ended for ended in sessions.ended if not row.covers(ended)]
        known = sessions.live.get(row.start_ms)
        sessions.live[row.start_ms] = row
        self._count += (known is None) - len(within)
        self._forget_oldest()
        return row, [ended for ended in within if ended.start_ms != row.start_ms]

    def _find(self, key: bytes) -> tuple[_Sessions, SessionRow]:
        name, window = key[:-_WINDOW_BYTES], key[-_WINDOW_BYTES:]
        row = SessionRow(int.from_bytes(window[8:], "big"), int.from_bytes(window[:8], "big"))
        sessions = self._keys.get(name)
        if sessions is None:
            sessions = self._keys[name] = _Sessions({}, [])
        else:
            self._keys.move_to_end(name)
        return sessions, row

    def _forget_oldest(self) -> None:
        while self._count > MOST_SESSIONS:
            name, sessions = next(iter(self._keys.items()))
            if len(self._keys) == 1:
                # one key with all the sessions: keep its newest half
                for start_ms in sorted(sessions.live)[: len(sessions.live) // 2]:
                    del sessions.live[start_ms]
                sessions.ended.clear()
                self._count = len(sessions.live)
                return
            del self._keys[name]
            self._count -= len(sessions.live) + len(sessions.ended)
