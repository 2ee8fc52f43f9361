"""One measurement a process, so that memory and caches are its own.

python -m benchmarks.parts NAME [ARGUMENTS]
"""

import json
import sys
from collections.abc import Callable
from pathlib import Path

from benchmarks import durable, processes
from benchmarks.durable import Figures

PARTS: dict[str, Callable[..., Figures | None]] = {
    "throughput": lambda size, count, seconds: durable.throughput(
        int(size), int(count), float(seconds), check=True
    ),
    "paced": lambda rate, seconds: durable.paced(int(rate), float(seconds)),
    "growth": lambda batches: durable.growth(int(batches)),
    "fill": lambda folder: durable.fill(Path(folder)),
    "fill-topic": lambda folder, count: durable.fill_topic(Path(folder), int(count)),
    "start-up": lambda offset: processes.start_up(int(offset)),
    "restart": lambda offset: processes.restart(int(offset)),
    "back-fill": lambda offset, seconds: processes.answers_during_back_fill(int(offset), float(seconds)),
    "ingest": lambda offset, repeats: processes.ingest(int(offset), int(repeats)),
}

if __name__ == "__main__":
    figures = PARTS[sys.argv[1]](*sys.argv[2:])
    if figures is not None:
        print(json.dumps(figures))
