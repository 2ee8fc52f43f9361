"""What a long piece of work tells whoever watches it.

Steps and backends are given a Progress and never print. The command line shows it on a terminal line that is
rewritten, or as plain lines where there is no terminal; tests keep what was told.
"""

from typing import Protocol

__all__ = ["Progress", "Silent"]


class Progress(Protocol):
    """Receives notes as work goes on."""

    def waiting(self, text: str) -> None:
        """Show what is being done or waited for now; the next call replaces it."""
        ...

    def note(self, text: str) -> None:
        """Tell something that stays to be read: a step that is done, or was not needed."""
        ...

    def warn(self, text: str) -> None:
        """Tell something that is probably not as the user wants it."""
        ...


class Silent:
    """Nobody watches."""

    def waiting(self, text: str) -> None:
        """Drop the text."""

    def note(self, text: str) -> None:
        """Drop the text."""

    def warn(self, text: str) -> None:
        """Drop the text."""
