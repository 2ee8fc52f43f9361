"""The one place that runs external programs; it shows each command, so that a user can repeat it."""

import shlex
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from clickstream.core.errors import DockerMissing
from clickstream.core.progress import Progress, Silent

__all__ = ["Finished", "Runner", "SystemRunner"]


@dataclass(frozen=True)
class Finished:
    """A program that has ended."""

    returncode: int
    output: str


class Runner(Protocol):
    """Runs programs; tests give one that only remembers."""

    def capture(self, argv: Sequence[str], environment: Mapping[str, str]) -> Finished:
        """Run to the end and return code and output, quietly."""
        ...

    def show(self, argv: Sequence[str], environment: Mapping[str, str]) -> int:
        """Tell the command, run it with its output on the terminal, and return its code."""
        ...

    def lines(self, argv: Sequence[str], environment: Mapping[str, str]) -> Iterator[str]:
        """Run and yield its lines as they come; ending the iteration ends the program."""
        ...


@dataclass
class SystemRunner:
    """Runs programs on this machine."""

    progress: Progress = field(default_factory=Silent)

    def capture(self, argv: Sequence[str], environment: Mapping[str, str]) -> Finished:
        """Run to the end and return code and output, quietly."""
        try:
            done = subprocess.run(
                argv,
                env=dict(environment),
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                text=True,
                check=False,
            )
        except FileNotFoundError as error:
            raise missing(argv[0]) from error
        return Finished(done.returncode, done.stdout)

    def show(self, argv: Sequence[str], environment: Mapping[str, str]) -> int:
        """Tell the command, run it with its output on the terminal, and return its code."""
        self.progress.note(f"$ {shlex.join(argv)}")
        try:
            return subprocess.run(argv, env=dict(environment), check=False).returncode
        except FileNotFoundError as error:
            raise missing(argv[0]) from error

    def lines(self, argv: Sequence[str], environment: Mapping[str, str]) -> Iterator[str]:
        """Run and yield its lines as they come; ending the iteration ends the program."""
        try:
            process = subprocess.Popen(
                argv, env=dict(environment), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
            )
        except FileNotFoundError as error:
            raise missing(argv[0]) from error
        with process:
            try:
                for line in process.stdout or ():
                    yield line.rstrip("\n")
            finally:
                process.terminate()


def missing(program: str) -> DockerMissing:
    """Return the error for a program that is not installed."""
    return DockerMissing(f"`{program}` is not installed", hint=NO_DOCKER_HINT)


NO_DOCKER_HINT = (
    "install Docker Engine with Compose v2 (docs.docker.com/engine/install), "
    "or run without it: `--backend embedded`"
)
