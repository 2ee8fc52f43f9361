from collections.abc import Iterator
from typing import Any

import pytest

from clickstream.connectors.log_reader import LogReader


@pytest.fixture(autouse=True)
def closed_logs(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Close every log that a test opened."""
    opened: list[LogReader] = []
    real = LogReader.__init__

    def remember(self: LogReader, *args: Any, **options: Any) -> None:
        opened.append(self)
        real(self, *args, **options)

    monkeypatch.setattr(LogReader, "__init__", remember)
    yield
    for reader in opened:
        reader.close()
