"""The random numbers of `java.util.Random`, so that `random.seed` and stored seeds mean what they mean to
the real connector.

Source: the published contract of `java.util.Random`: a 48-bit linear congruential generator.
"""

__all__ = ["JavaRandom"]

_MULTIPLIER = 0x5DEECE66D
_MASK = (1 << 48) - 1


class JavaRandom:
    """A generator whose whole state is its seed."""

    __slots__ = ("_state",)

    def __init__(self, seed: int) -> None:
        self.set_seed(seed)

    def set_seed(self, seed: int) -> None:
        """Begin again from `seed`, a signed 64-bit integer."""
        self._state = (seed ^ _MULTIPLIER) & _MASK

    def _next(self, bits: int) -> int:
        self._state = (self._state * _MULTIPLIER + 0xB) & _MASK
        return self._state >> (48 - bits)

    def next_int(self, bound: int) -> int:
        """Return an integer from 0 to below `bound`."""
        if bound & (bound - 1) == 0:
            return (bound * self._next(31)) >> 31
        while True:
            bits = self._next(31)
            value = bits % bound
            # the last, incomplete run of `bound` numbers would favour small values
            if bits - value + bound - 1 < 2**31:
                return value

    def next_long(self) -> int:
        """Return a signed 64-bit integer."""
        high, low = _signed(self._next(32), 32), _signed(self._next(32), 32)
        return _signed(((high << 32) + low) & (2**64 - 1), 64)

    def next_double(self) -> float:
        """Return a number from 0 to below 1."""
        high, low = self._next(26), self._next(27)
        return float((high << 27) + low) / float(1 << 53)


def _signed(value: int, bits: int) -> int:
    return value - (1 << bits) if value >> (bits - 1) else value
