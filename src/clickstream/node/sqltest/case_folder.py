"""Runs one folder with `statements.sql`, `input.json` and `output.json`.

All statements come first; then each query reads the input records of its topics in the order of the file,
and after them what other queries wrote. `output.json` says for each topic that it names all records, in
order; topics it does not name are not looked at.
Source: the documentation of ksqlDB's `ksql-test-runner`.
"""

from pathlib import Path
from typing import Any

from clickstream.core.errors import ClickstreamError
from clickstream.core.records import Record
from clickstream.engine.workbench import Workbench
from clickstream.node.sqltest.encode import encode_record
from clickstream.node.sqltest.json_file import BadFile, TestRecord, read_records
from clickstream.node.sqltest.record_parts import compared, record_line
from clickstream.node.sqltest.results import Failure, Place
from clickstream.node.sqltest.script import Script, read_text
from clickstream.node.sqltest.sql_file import refusal
from clickstream.node.sqltest.unread import unread_notes

__all__ = ["INPUT", "OUTPUT", "STATEMENTS", "run_case_folder"]

STATEMENTS, INPUT, OUTPUT = "statements.sql", "input.json", "output.json"

_SHOWN_RECORDS = 10


def run_case_folder(folder: Path, shown: str) -> Failure | None:
    """Run a folder's test and return why it does not pass, None if it does."""
    bench = Workbench()
    script = Script(bench.run_statement)
    try:
        outputs = read_records(folder / OUTPUT, f"{shown}/{OUTPUT}", "outputs")
        text = read_text(folder / STATEMENTS, f"{shown}/{STATEMENTS}")
        script.run(text, folder / STATEMENTS, f"{shown}/{STATEMENTS}")
        bench.run_staged(_inputs(folder, shown, bench))
    except BadFile as error:
        return Failure(error.place, error.message)
    except ClickstreamError as error:
        return refusal(script.place if script.place.path else Place(f"{shown}/{OUTPUT}", 1), error)
    timed = (folder / INPUT).exists()
    for topic in dict.fromkeys(record["topic"] for _, record in outputs):
        wanted = [one for one in outputs if one[1]["topic"] == topic]
        failure = _check_topic(topic, wanted, bench, timed=timed)
        if failure:
            return failure
    return None


# --------------------------------------------------------------------------------- private


def _inputs(folder: Path, shown: str, bench: Workbench) -> list[tuple[str, Record]]:
    """Return the input records, in the formats of the sources that the statements made."""
    if not (folder / INPUT).exists():
        return []
    records = []
    for place, data in read_records(folder / INPUT, f"{shown}/{INPUT}", "inputs"):
        try:
            records.append((data["topic"], encode_record(data, bench.source_of(data["topic"]))))
        except (KeyError, TypeError, ValueError, ArithmeticError) as error:
            raise BadFile(f"This record cannot be written: {error!r}", place) from error
    return records


def _check_topic(topic: str, wanted: list[TestRecord], bench: Workbench, *, timed: bool) -> Failure | None:
    records = bench.records(topic)
    source = bench.source_of(topic)
    for at, (place, expected) in enumerate(wanted):
        if at >= len(records):
            return Failure(
                place,
                f"Topic '{topic}', message {at}: Expected another record, but there are only {len(records)}",
                compared(expected, None, source),
                [*_lines(records, bench, topic), *unread_notes(bench.log)],
            )
        differences = compared(expected, records[at], source, timed=timed)
        if not all(one.fits for one in differences):
            message = f"Topic '{topic}', message {at}: Expected record does not match actual"
            return Failure(place, message, differences, unread_notes(bench.log))
    if len(records) > len(wanted):
        message = f"Topic '{topic}': Expected {len(wanted)} records, but there are {len(records)}"
        return Failure(
            wanted[-1][0], message, notes=_lines(records[len(wanted) :], bench, topic, len(wanted))
        )
    return None


def _lines(records: list[Record], bench: Workbench, topic: str, first: int = 0) -> list[str]:
    shown: Any = enumerate(records[:_SHOWN_RECORDS], start=first)
    source = bench.source_of(topic)
    return [f"{topic}[{at}] {record_line(record, source)}" for at, record in shown]
