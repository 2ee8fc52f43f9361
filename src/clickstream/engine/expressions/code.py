"""A Python function under construction: lines, indentation, temporaries and constants."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

__all__ = ["Code"]


class Code:
    """Collects the lines of one function and the objects they name."""

    def __init__(self) -> None:
        self.namespace: dict[str, Any] = {}
        self._lines: list[str] = []
        self._depth = 0
        self._names = 0

    def line(self, text: str) -> None:
        """Add one line at the current depth."""
        self._lines.append("    " * self._depth + text)

    @contextmanager
    def block(self, header: str) -> Iterator[None]:
        """Add `header:` and indent what follows inside the `with`."""
        self.line(f"{header}:")
        before = len(self._lines)
        self._depth += 1
        try:
            yield
            if len(self._lines) == before:
                self.line("pass")
        finally:
            self._depth -= 1

    def name(self, prefix: str = "x") -> str:
        """Return a name that was not used before."""
        self._names += 1
        return f"{prefix}{self._names}"

    def assign(self, expression: str) -> str:
        """Add an assignment to a new temporary and return its name."""
        name = self.name()
        self.line(f"{name} = {expression}")
        return name

    def constant(self, value: Any, prefix: str = "c") -> str:
        """Return a name that stands for `value` inside the function."""
        name = self.name(prefix)
        self.namespace[name] = value
        return name

    def compile(self, function: str) -> Callable[..., Any]:
        """Return the function called `function` that the lines define."""
        source = "\n".join(self._lines) + "\n"
        exec(compile(source, f"<compiled {function}>", "exec"), self.namespace)
        compiled: Callable[..., Any] = self.namespace[function]
        return compiled
