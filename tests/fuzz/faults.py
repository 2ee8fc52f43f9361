"""What a fuzzed item did that it must not, each kind once; and the time that an item may take."""

import signal
import traceback
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType, TracebackType
from typing import TextIO

CPU_LIMIT_S = 5.0
"""CPU time of one item; a machine that is busy with something else does not count."""

WALL_LIMIT_S = 120.0
"""Ends an item that waits for something that never comes."""


class TooSlow(BaseException):
    """An item took too long; no `except Exception` may swallow it."""


@contextmanager
def limited() -> Iterator[None]:
    """Let the block run for as long as one item may. Raises: TooSlow."""
    previous = [signal.signal(number, _too_slow) for number in (signal.SIGPROF, signal.SIGALRM)]
    signal.setitimer(signal.ITIMER_PROF, CPU_LIMIT_S)
    others = signal.setitimer(signal.ITIMER_REAL, WALL_LIMIT_S)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.setitimer(signal.ITIMER_REAL, 0)
        for number, handler in zip((signal.SIGPROF, signal.SIGALRM), previous, strict=True):
            signal.signal(number, handler)
        signal.setitimer(signal.ITIMER_REAL, *others)


def _too_slow(number: int, frame: FrameType | None) -> None:
    kind = "CPU" if number == signal.SIGPROF else "waiting"
    raise TooSlow(f"took too long ({kind})")


@dataclass
class Faults:
    """Faults by kind: the class of the error and the place it was raised at."""

    target: str
    log: TextIO | None = None
    kinds: Counter[str] = field(default_factory=Counter)

    def add(self, error: BaseException, item: str) -> None:
        """Count a fault; the first of its kind is printed, with the item that showed it."""
        place = _place(error.__traceback__) if error.__traceback__ else str(error)[:60]
        kind = f"{type(error).__name__} at {place}"
        self.kinds[kind] += 1
        if self.kinds[kind] == 1:
            self._tell(kind, error, item)

    @property
    def total(self) -> int:
        """How many items showed a fault."""
        return self.kinds.total()

    def _tell(self, kind: str, error: BaseException, item: str) -> None:
        trace = "".join(traceback.format_exception(error, limit=-8))
        text = f"--- {self.target}: {kind}\n{item}\n{trace}"
        print(text, flush=True)
        if self.log is not None:
            print(text, file=self.log, flush=True)


def _place(trace: TracebackType | None) -> str:
    frames = traceback.extract_tb(trace)
    own = [frame for frame in frames if "clickstream" in frame.filename] or frames
    return f"{Path(own[-1].filename).name}:{own[-1].lineno} {own[-1].name}" if own else "?"
