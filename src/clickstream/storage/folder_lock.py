"""The exclusive lock on a data folder: one server a folder."""

import fcntl
import os
from pathlib import Path
from typing import IO

from clickstream.core.errors import FolderInUse

__all__ = ["FolderLock"]

LOCK_FILE = "lock"


class FolderLock:
    """A lock that the operating system drops when the process ends, however it ends.

    The file holds the owner's pid, for the message only: a pid that is left over blocks nobody.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file: IO[str] | None = None

    def acquire(self) -> None:
        """Take the lock, creating the folder if need be.

        Raises: FolderInUse if another process, or another part of this one, has it.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        # "a+" neither truncates the owner's pid nor fails when the file is missing.
        file = (self._folder / LOCK_FILE).open("a+")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            owner = _pid_in(file)
            file.close()
            raise FolderInUse(
                str(self._folder), owner, hint="stop the other server, or choose another --data-dir"
            ) from error
        file.seek(0)
        file.truncate()
        file.write(f"{os.getpid()}\n")
        file.flush()
        self._file = file

    def release(self) -> None:
        """Give the lock back; harmless if it is not held."""
        if self._file is not None:
            self._file.close()
            self._file = None


def _pid_in(file: IO[str]) -> int | None:
    file.seek(0)
    text = file.read().strip()
    return int(text) if text.isdigit() else None
