"""A small process that resumes a connector if the one that paused it is killed before it could.

It reads its standard input, which the parent holds open. When the parent says that all is done, it leaves;
when the input ends without that, the parent is gone, and it resumes the connector.
"""

import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from clickstream.clients.connect import ConnectClient
from clickstream.core.waiting import Waiter

__all__ = ["resume_guard"]

DONE = b"done"
RESUME_DEADLINE_S = 30.0
LEAVE_DEADLINE_S = 5.0


@contextmanager
def resume_guard(connect_url: str, connector: str) -> Iterator[None]:
    """Watch over the block: whatever happens to this process in it, the connector is resumed."""
    argv = [sys.executable, "-m", "clickstream.steps.resume_guard", connect_url, connector]
    # A session of its own, so that Ctrl-C in the terminal does not end it.
    with subprocess.Popen(
        argv,
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as process:
        try:
            yield
        finally:
            process.communicate(DONE, timeout=LEAVE_DEADLINE_S)


def main(arguments: Sequence[str]) -> int:
    """Wait for the parent's word or end; return the exit code."""
    url, connector = arguments
    if sys.stdin.buffer.read() == DONE:
        return 0
    client = ConnectClient(url)
    Waiter(RESUME_DEADLINE_S).until(lambda: client.resume(connector), f"{connector} is resumed")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
