"""Reads a log file in whole lines, from a stored position, across rotation and truncation.

Knows bytes and lines, not what is in them. The position it gives is enough to go on after a restart: the
file is recognised by its first bytes, not by its name.
"""

import hashlib
import logging
import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

from clickstream.core.errors import TaskFailed

__all__ = ["LogPosition", "LogReader", "RawLine"]

LOG = logging.getLogger(__name__)

BLOCK_BYTES = 4 << 20
LONGEST_LINE_BYTES = 1 << 20
"""A longer line is cut into bad lines of this length: it is no log line, and must not fill the memory."""

HEAD_BYTES = 256
"""So many first bytes tell one log from another: they hold the time of its first request."""

_GZIP = b"\x1f\x8b"


@dataclass(frozen=True, slots=True)
class LogPosition:
    """How far a file was read. `head` is a digest of its first `head_bytes` bytes; `done` needs no more
    reading.

    Units:  `position` and `size` — bytes.
    """

    position: int = 0
    line: int = 0
    size: int = 0
    done: bool = False
    head: str = ""
    head_bytes: int = 0


@dataclass(frozen=True, slots=True)
class RawLine:
    """One line without its end. `number` counts from 1, `position` is where it begins."""

    data: bytes
    number: int
    position: int


class LogReader:
    """An open log. `read` never waits; at the end it gives no lines until there are some."""

    def __init__(self, path: Path, *, follow: bool, at: LogPosition | None = None) -> None:
        self._path = path
        self._follow = follow
        self._file: BinaryIO | None = None
        self._carry = b""
        self.at = at or LogPosition()
        self._open(self._find(self.at))

    def _find(self, at: LogPosition) -> Path:
        """Return the file that the position belongs to: the log, or what it was renamed to meanwhile."""
        if at.head_bytes:
            for candidate in (self._path, self._path.with_name(f"{self._path.name}.1")):
                if _matches(candidate, at):
                    return candidate
            LOG.warning("%s is another file than before; reading it from its beginning", self._path)
            self.at = LogPosition()
        return self._path

    def _open(self, path: Path) -> None:
        """Open a file at the present position.

        Raises: TaskFailed if it cannot be read, unless it may still come to exist.
        """
        try:
            self._file = path.open("rb")
        except FileNotFoundError as error:
            if not self._follow:
                raise TaskFailed(f"cannot read {path}: {error.strerror}") from error
            return
        except OSError as error:
            raise TaskFailed(f"cannot read {path}: {error.strerror}") from error
        if self._file.read(2) == _GZIP:
            self.close()
            raise TaskFailed(f"{path} is compressed; unpack it first (gunzip -k)")
        self._file.seek(self.at.position)
        self._carry = b""
        self._mark()

    def _mark(self) -> None:
        """Note size and first bytes; the longer the file grows, the surer its digest, up to a limit."""
        assert self._file is not None
        size = os.fstat(self._file.fileno()).st_size
        wanted = min(size, HEAD_BYTES)
        head, head_bytes = self.at.head, self.at.head_bytes
        if wanted > head_bytes:
            head, head_bytes = _digest(os.pread(self._file.fileno(), wanted, 0)), wanted
        self.at = replace(self.at, size=size, head=head, head_bytes=head_bytes)

    def read(self, most_lines: int) -> list[RawLine]:
        """Return up to `most_lines` next lines and move `at` behind them.

        Raises: TaskFailed if the file can no longer be read.
        """
        if self._file is None:
            self._open(self._path)
            if self._file is None:
                return []
        try:
            lines = self._next_lines(most_lines)
            self._mark()
            if not lines:
                return self._at_end()
        except OSError as error:
            raise TaskFailed(f"cannot read {self._path}: {error.strerror}") from error
        return lines

    def _next_lines(self, most: int) -> list[RawLine]:
        at_end = self._fill()
        pieces = self._carry.split(b"\n", most)
        if len(pieces) > 1:
            self._carry = pieces.pop()
            return self._number(pieces, ended=True)
        if len(self._carry) >= LONGEST_LINE_BYTES:
            cut, self._carry = self._carry[:LONGEST_LINE_BYTES], self._carry[LONGEST_LINE_BYTES:]
            return self._number([cut], ended=False)
        if self._carry and at_end and not self._follow:
            cut, self._carry = self._carry, b""
            return self._number([cut], ended=False)
        return []

    def _fill(self) -> bool:
        """Read on until there is a whole line; return whether the file's end came before one."""
        assert self._file is not None
        if len(self._carry) < BLOCK_BYTES:
            self._carry += self._file.read(BLOCK_BYTES)
        while b"\n" not in self._carry and len(self._carry) < LONGEST_LINE_BYTES:
            block = self._file.read(BLOCK_BYTES)
            if not block:
                return True
            self._carry += block
        return False

    def _number(self, pieces: list[bytes], *, ended: bool) -> list[RawLine]:
        position, number = self.at.position, self.at.line
        lines: list[RawLine] = []
        for piece in pieces:
            number += 1
            lines.append(RawLine(piece.removesuffix(b"\r"), number, position))
            position += len(piece) + ended
        self.at = replace(self.at, position=position, line=number)
        return lines

    def _at_end(self) -> list[RawLine]:
        """Rest, or go over to a new file; return a last line that was never ended."""
        if not self._follow:
            self.at = replace(self.at, done=True)
        elif self.at.size < self.at.position:
            LOG.warning("%s was truncated; reading it from its beginning", self._path)
            self._begin_anew()
        elif self._was_replaced() and self.at.size == self.at.position + len(self._carry):
            if self._carry:
                cut, self._carry = self._carry, b""
                return self._number([cut], ended=False)
            self._begin_anew()
        return []

    def _was_replaced(self) -> bool:
        """Whether the name is another file's by now, and that one has lines: the server has gone over."""
        assert self._file is not None
        try:
            now = self._path.stat()
        except FileNotFoundError:
            return False
        ours = os.fstat(self._file.fileno())
        return now.st_size > 0 and (now.st_ino, now.st_dev) != (ours.st_ino, ours.st_dev)

    def _begin_anew(self) -> None:
        self.close()
        self.at = LogPosition()
        self._open(self._path)

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            self._file.close()
            self._file = None


def _digest(data: bytes) -> str:
    return hashlib.blake2b(data, digest_size=12).hexdigest()


def _matches(path: Path, at: LogPosition) -> bool:
    try:
        with path.open("rb") as file:
            head = file.read(at.head_bytes)
            size = os.fstat(file.fileno()).st_size
    except OSError:
        return False
    return len(head) == at.head_bytes and _digest(head) == at.head and size >= at.position
