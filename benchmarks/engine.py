"""The engine alone on the click pipeline's eleven statements: decoded chunks in, changed rows out.

By batch size: reading every chunk as columns, reading every chunk as rows, and what the engine itself
chooses; against DuckDB computing the same nine tables in one go, on two threads. All in one run; results are
compared with DuckDB's before a figure is printed. Decoding is timed apart, dictionaries included; records
for topics are not encoded, state is not stored.

    python -m benchmarks.engine [--clicks N] [--sizes 100,1000,…]
"""

import argparse
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks import one_shot
from benchmarks.inputs import STATEMENTS, Clicks, clicks, tables
from clickstream.core.records import Chunk, Record
from clickstream.engine.query import COLUMNS_FROM
from clickstream.engine.workbench import Workbench

SIZES = (100, 200, 400, 1_000, 10_000, 50_000)
CLICKS = 200_000
SMALL_CLICKS = 40_000
"""Clicks for batches below a thousand, and for rows: they need no more, and take longer."""

NEVER = 1 << 60
TARGETS = {100: 250_000.0}
SHARE_OF_ONE_SHOT = {10_000: 0.6}


class Unwritten(Sequence[Record]):
    """Records that nobody encodes: only how many there are."""

    def __init__(self, count: int) -> None:
        self._count = count

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, place: Any) -> Any:
        raise AssertionError("the engine read back what it had handed on")


@dataclass(frozen=True)
class Run:
    """Clicks a second of the engine and of decoding, and the tables at the end."""

    engine: float
    decoding: float
    bench: Workbench


def run(given: Clicks, size: int, columns_from: int) -> Run:
    """Process the clicks, `size` a batch."""
    bench = Workbench(columns_from=columns_from)
    bench.execute(STATEMENTS.read_text())
    bench.produce(tables())
    engine = decoding = 0.0
    count = len(given.lines)
    for at in range(0, count, size):
        chunk = Chunk("clickstream", at, at, given.records(at, at + size))
        began = time.perf_counter()
        _decode(bench, chunk, as_columns=len(chunk) >= columns_from)
        decoded = time.perf_counter()
        _process(bench, chunk)
        engine += time.perf_counter() - decoded
        decoding += decoded - began
        for query in bench.queries:
            query.take_changes()
    return Run(count / engine, count / decoding, bench)


def _decode(bench: Workbench, chunk: Chunk, *, as_columns: bool) -> None:
    """Decode `chunk` as its first reader does, dictionaries included."""
    reader = next(p.reader for p in bench.queries[0]._pipelines if p.topic == chunk.topic)
    batch = reader.read_columns(chunk) if as_columns else None
    if batch is None:
        reader.read(chunk)
        return
    for column in batch.value:
        if column.is_coded and column.type.base != "BIGINT":
            column.codes()


def _process(bench: Workbench, chunk: Chunk) -> None:
    """Run all queries over `chunk` and what they hand on."""
    waiting = [chunk]
    for query in bench.queries:
        chunks = [c for c in waiting if c.topic in query.topics]
        if not chunks:
            continue
        output = query.process(chunks)
        if len(output) and query.plan.root.kind == "STREAM":
            made = Chunk(query.sink_topic or "", 0, chunk.sequence, Unwritten(len(output)))
            output.attach(made)
            waiting.append(made)


def rows(bench: Workbench, table: str) -> set[tuple[object, ...]]:
    """Return a table as DuckDB's one-shot has it: key, start, end, value."""
    query = next(q for q in bench.queries if q.sink_topic == table)
    return {(*key, value[-1]) for key, value, _ in query.lookup(None)}


def compare(runs: Sequence[Run], batch: one_shot.Batch) -> None:
    """Fail where a table differs from DuckDB's."""
    for one in runs:
        for table, wanted in batch.tables.items():
            assert rows(one.bench, table) == wanted, table


def one_shot_of(given: Clicks, repeats: int = 3) -> one_shot.Batch:
    """Return DuckDB's tables of the clicks, with the best of its times."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "clicks.jsonl"
        path.write_bytes(b"\n".join(given.lines))
        return min((one_shot.run(path) for _ in range(repeats)), key=lambda b: b.compute_s)


def measure(sizes: Sequence[int], count: int) -> Iterator[tuple[int, Run, Run, Run, float]]:
    """Yield for each size: columns, rows, the engine's choice, and DuckDB's clicks a second."""
    many, few = clicks(count), clicks(min(count, SMALL_CLICKS))
    batches = {len(given.lines): one_shot_of(given) for given in (many, few)}
    fastest = max(clicks_ / batch.compute_s for clicks_, batch in batches.items())
    for size in sizes:
        given = few if size < 1_000 else many
        by_column = run(given, size, 1)
        chosen = run(given, size, COLUMNS_FROM)
        by_row = run(few, size, NEVER)
        compare([by_column, chosen], batches[len(given.lines)])
        compare([by_row], batches[len(few.lines)])
        yield size, by_column, by_row, chosen, fastest


def main(argv: Sequence[str] | None = None) -> int:
    """Print the table; return 1 if a figure is below its target."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.engine")
    parser.add_argument("--clicks", type=int, default=CLICKS)
    parser.add_argument("--sizes", default=",".join(map(str, SIZES)))
    options = parser.parse_args(argv)
    sizes = [int(size) for size in options.sizes.split(",")]
    print("  batch    columns       rows   ratio     engine  of DuckDB's one-shot   decoding")
    below = 0
    for size, by_column, by_row, chosen, fastest in measure(sizes, options.clicks):
        share, ratio = chosen.engine / fastest, by_column.engine / by_row.engine
        print(
            f"{size:7,} {by_column.engine:10,.0f} {by_row.engine:10,.0f} {ratio:7.2f}"
            f" {chosen.engine:10,.0f} {share:22.2f} {chosen.decoding:10,.0f}"
        )
        below += chosen.engine < TARGETS.get(size, 0) or share < SHARE_OF_ONE_SHOT.get(size, 0)
    print(f"engine: DuckDB {fastest:,.0f} clicks/s, {below} figures below their target")
    return 1 if below else 0


if __name__ == "__main__":
    raise SystemExit(main())
