"""How many distinct values there were, estimated by HyperLogLog with 2^14 registers.

A sketch is a dict of register to rank; registers that are zero are left out. Hash and estimate are
those of the real service, so that the same values give the same number.
Source: com.clearspring.analytics stream-lib, HyperLogLog.java and MurmurHash.java.
"""

import math
import struct
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from clickstream.core.java_numbers import decimal_text, wrap_long

__all__ = ["estimate", "hash_of", "register"]

BITS = 14
"""Leading bits of the hash that choose the register."""

_REGISTERS = 1 << BITS
_ALPHA = 0.7213 / (1 + 1.079 / _REGISTERS) * _REGISTERS * _REGISTERS
_MASK = 0xFFFFFFFF
_MULTIPLIER = 0x5BD1E995
_SMALL = 2.5 * _REGISTERS
"""Below this estimate counting the empty registers is more exact."""


def register(value: Any) -> tuple[int, int]:
    """Return the register that `value` falls into and its rank there."""
    hashed = hash_of(value)
    rest = ((hashed << BITS) & _MASK) | (1 << (BITS - 1)) + 1
    return hashed >> (32 - BITS), 32 - rest.bit_length() + 1


def estimate(sketch: Mapping[int, int]) -> int:
    """Return the estimated number of distinct values."""
    empty = _REGISTERS - len(sketch)
    total = empty + sum(1.0 / (1 << rank) for rank in sketch.values())
    guess = _ALPHA / total
    if guess <= _SMALL:
        guess = _REGISTERS * math.log(_REGISTERS / empty)
    return math.floor(guess + 0.5)


def hash_of(value: Any) -> int:
    """Return the 32-bit hash of a value, unsigned."""
    if isinstance(value, bool):
        return _hash_bytes(b"true" if value else b"false")
    if isinstance(value, int):
        return _hash_long(wrap_long(value))
    if isinstance(value, float):
        return _hash_long(struct.unpack(">q", struct.pack(">d", value))[0])
    if isinstance(value, bytes):
        return _hash_bytes(value)
    if isinstance(value, Decimal):
        return _hash_bytes(decimal_text(value).encode())
    return _hash_bytes(str(value).encode())


def _hash_long(value: int) -> int:
    low = value * _MULTIPLIER & _MASK
    low ^= low >> 24
    hashed = low * _MULTIPLIER & _MASK
    high = (value >> 32) * _MULTIPLIER & _MASK
    high ^= high >> 24
    hashed = (hashed * _MULTIPLIER ^ high * _MULTIPLIER) & _MASK
    return _finish(hashed)


def _hash_bytes(data: bytes) -> int:
    hashed = _MASK ^ len(data)
    whole = len(data) & ~3
    for (word,) in struct.iter_unpack("<I", data[:whole]):
        word = word * _MULTIPLIER & _MASK
        word ^= word >> 24
        hashed = (hashed * _MULTIPLIER ^ word * _MULTIPLIER) & _MASK
    left = len(data) - whole
    if left:
        # The real code takes the last bytes counted from the end, as signed numbers.
        for back in range(min(left, 3), 0, -1):
            byte = data[-back]
            hashed ^= ((byte - 256 if byte > 127 else byte) << 8 * (back - 1)) & _MASK
        hashed = hashed * _MULTIPLIER & _MASK
    return _finish(hashed)


def _finish(hashed: int) -> int:
    hashed ^= hashed >> 13
    hashed = hashed * _MULTIPLIER & _MASK
    return hashed ^ hashed >> 15
