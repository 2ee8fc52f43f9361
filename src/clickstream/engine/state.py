"""State of operators: plain dicts that know which entries changed since the last commit.

`StateChange`s are (store, key, value) in MessagePack; a value of None deletes. The bytes depend on the
content alone, so the same input gives the same state file.
"""

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any, Protocol

import msgspec

from clickstream.core.records import StateChange
from clickstream.engine.rows import Key
from clickstream.engine.serde.hashable import hashable

__all__ = ["Clock", "KeyedStore", "Store", "pack", "unpack", "unpack_key"]

_DECIMAL = 1
"""MessagePack extension type of a DECIMAL, written as its text."""

_PLAIN = frozenset({int, str, float, bool, bytes, type(None)})
"""Types that MessagePack writes as they are; a list of only these needs no second look."""

_encode = msgspec.msgpack.Encoder().encode


def _extension(code: int, data: memoryview) -> Any:
    if code != _DECIMAL:
        raise ValueError(f"unknown extension {code} in stored state")
    return Decimal(bytes(data).decode())


_decode = msgspec.msgpack.Decoder(ext_hook=_extension).decode


def pack(value: Any) -> bytes:
    """Return `value` (plain data, tuples allowed) as bytes."""
    for part in value if value.__class__ in (list, tuple) else (value,):
        if part.__class__ not in _PLAIN:
            return _encode(_storable(value))
    return _encode(value)


def _storable(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [_storable(item) for item in value]
    if isinstance(value, dict):
        return {_storable(key): _storable(item) for key, item in value.items()}
    if isinstance(value, Decimal):
        return msgspec.msgpack.Ext(_DECIMAL, str(value).encode())
    return value


def unpack(data: bytes) -> Any:
    """Return the value of `pack`; tuples come back as lists."""
    return _decode(data)


def unpack_key(data: bytes) -> Key:
    """Return a packed key as a tuple that can stand in a dict."""
    return tuple(hashable(part) for part in _decode(data))


class Store(Protocol):
    """What a query needs of every piece of state."""

    name: str

    def changes(self) -> Iterator[StateChange]:
        """Return what changed since the last call."""
        ...

    def restore(self, key: bytes, value: bytes) -> None:
        """Put back one stored entry."""
        ...


class KeyedStore:
    """Entries by key. Writers change `data` and add the key to `dirty`."""

    def __init__(self, name: str, load: Callable[[Any], Any] = lambda value: value) -> None:
        self.name = name
        self.data: dict[Key, Any] = {}
        self.dirty: dict[Key, None] = {}
        self._load = load

    def put(self, key: Key, value: Any) -> None:
        """Set the entry of `key`; None removes it."""
        self.dirty[key] = None
        if value is None:
            self.data.pop(key, None)
        else:
            self.data[key] = value

    def changes(self) -> Iterator[StateChange]:
        """Return what changed since the last call."""
        dirty, self.dirty = self.dirty, {}
        for key in dirty:
            value = self.data.get(key)
            yield self.name, pack(key), None if value is None else pack(value)

    def restore(self, key: bytes, value: bytes) -> None:
        """Put back one stored entry."""
        self.data[unpack_key(key)] = self._load(unpack(value))


class Clock:
    """Stream time of one stage of a query: the latest event time it has seen. Never goes back."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.now_ms = -1
        self._stored = -1

    def changes(self) -> Iterator[StateChange]:
        """Return the time if it moved since the last call."""
        if self.now_ms != self._stored:
            self._stored = self.now_ms
            yield self.name, b"", pack(self.now_ms)

    def restore(self, _key: bytes, value: bytes) -> None:
        """Put back the stored time."""
        self.now_ms = self._stored = unpack(value)
