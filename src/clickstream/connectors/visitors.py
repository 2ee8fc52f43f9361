"""Who the visitors of a web site are: small, stable user ids for the lines of its access logs.

A visitor is the authenticated user, else address and user agent together. Ids count from 1 in order of first
sight. One table belongs to one topic of user records, whatever number of logs feeds it, so ids never
clash. It is durable through the offsets committed with the records: a chunk of visitors under each name,
none written twice except the last.
"""

from collections.abc import Callable
from dataclasses import dataclass

import msgspec

__all__ = ["Visitor", "VisitorTable"]

CHUNK_VISITORS = 256
"""Visitors kept under one name: a commit writes at most this many that it has written before."""

_ANONYMOUS = "-"


@dataclass(frozen=True, slots=True)
class Visitor:
    """One visitor. `username` is unique; an anonymous one is called by the address, with a number from the
    second on.

    Units:  `seen_ms` — event time of the first line, epoch milliseconds.
    """

    user_id: int
    username: str
    seen_ms: int


class VisitorTable:
    """The visitors of one topic. Not thread-safe: the thread of the source tasks uses it."""

    def __init__(self, topic: str, read_offset: Callable[[str], bytes | None]) -> None:
        self._prefix = f"visitors/{topic}/"
        self._ids: dict[str, int] = {}
        self._keys: list[str] = []
        self._visitors: list[Visitor] = []
        self._names: set[str] = set()
        self._agents: dict[str, int] = {}
        self._taken = self._committed = 0
        self._load(read_offset)

    def __len__(self) -> int:
        return len(self._visitors)

    def _load(self, read_offset: Callable[[str], bytes | None]) -> None:
        number = 0
        while chunk := read_offset(self._prefix + str(number)):
            for key, username, seen_ms in msgspec.json.decode(chunk, type=list[tuple[str, str, int]]):
                self._append(key, username, seen_ms)
            number += 1
        self._taken = self._committed = len(self._visitors)

    def identify(self, user: str, ip: str, agent: str, seen_ms: int) -> int:
        """Return the visitor's user id, a new one at first sight."""
        key = f"{ip} {agent}" if user == _ANONYMOUS else f"@{user}"
        user_id = self._ids.get(key)
        if user_id is not None:
            return user_id
        return self._append(key, self._new_name(user, ip), seen_ms)

    def _new_name(self, user: str, ip: str) -> str:
        wanted = user
        if user == _ANONYMOUS:
            count = self._agents.get(ip, 0) + 1
            wanted = ip if count == 1 else f"{ip}#{count}"
        name, tries = wanted, 1
        while name in self._names:
            # an authenticated user may be called like an address
            tries += 1
            name = f"{wanted}~{tries}"
        return name

    def _append(self, key: str, username: str, seen_ms: int) -> int:
        visitor = Visitor(len(self._visitors) + 1, username, seen_ms)
        self._ids[key] = visitor.user_id
        self._keys.append(key)
        self._visitors.append(visitor)
        self._names.add(username)
        self._count_agent(key, 1)
        return visitor.user_id

    def _count_agent(self, key: str, by: int) -> None:
        if not key.startswith("@"):
            ip = key.partition(" ")[0]
            self._agents[ip] = self._agents.get(ip, 0) + by

    def take_new(self) -> list[Visitor]:
        """Return the visitors since the last take, to be committed with the lines that brought them."""
        new = self._visitors[self._taken :]
        self._taken = len(self._visitors)
        return new

    def offsets(self) -> dict[str, bytes]:
        """Return the chunks that hold visitors not committed yet, by name."""
        if self._taken == self._committed:
            return {}
        chunks = range(self._committed // CHUNK_VISITORS, (self._taken - 1) // CHUNK_VISITORS + 1)
        return {self._prefix + str(number): self._encode(number) for number in chunks}

    def _encode(self, number: int) -> bytes:
        first, end = number * CHUNK_VISITORS, min((number + 1) * CHUNK_VISITORS, self._taken)
        return msgspec.json.encode(
            [
                (self._keys[index], self._visitors[index].username, self._visitors[index].seen_ms)
                for index in range(first, end)
            ]
        )

    def committed(self) -> None:
        """What was taken is durable."""
        self._committed = self._taken

    def roll_back(self) -> None:
        """Forget the visitors that were not committed."""
        while len(self._visitors) > self._committed:
            key = self._keys.pop()
            self._names.discard(self._visitors.pop().username)
            del self._ids[key]
            self._count_agent(key, -1)
        self._taken = self._committed
