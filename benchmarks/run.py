"""All measurements in one run, as a table, and whether each figure reaches its target.

    scripts/bench [--quick] [--only NAME] [--offset N] [--json FILE]

Each measurement is a process of its own, and what it is compared with runs in the same process right after.
Figures in CPU time hold on a busy machine too. Times on the clock do not: they are judged only if the load
when the measurement began left a core free, and are marked `busy` otherwise.
"""

import argparse
import importlib.util
import json
import os
import platform
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.processes import part

TARGETS = Path(__file__).with_name("targets.json")
DEFAULT_OFFSET = 11_000
CLOCK = ("ms", "s", "/s")
"""Last words of the names of figures that the clock gives."""


@dataclass(frozen=True)
class Measurement:
    """A part to run, with its arguments in a quick and in a whole run; None leaves it out of a quick one."""

    name: str
    part: str
    quick: tuple[object, ...] | None
    whole: tuple[object, ...]


def measurements(offset: int) -> list[Measurement]:
    """Return what is measured, in order."""
    return [
        Measurement("end to end, batches of 100", "throughput", (100, 3_000, 4), (100, 50_000, 20)),
        Measurement("end to end, batches of 1 000", "throughput", (1_000, 20_000, 4), (1_000, 200_000, 20)),
        Measurement(
            "end to end, batches of 10 000", "throughput", (10_000, 50_000, 5), (10_000, 500_000, 20)
        ),
        Measurement(
            "end to end, batches of 50 000", "throughput", (50_000, 50_000, 5), (50_000, 500_000, 20)
        ),
        Measurement("1 000 clicks a second", "paced", (1_000, 2), (1_000, 10)),
        Measurement("10 000 clicks a second", "paced", (10_000, 2), (10_000, 10)),
        Measurement("ten times the state", "growth", None, (20,)),
        Measurement("start", "start-up", (offset,), (offset,)),
        Measurement("restart with 520 000 rows", "restart", None, (offset + 100,)),
        Measurement("/info during a back-fill", "back-fill", (offset + 200, 2), (offset + 200, 10)),
        Measurement("log", "ingest", (offset + 300, 1), (offset + 300, 100)),
    ]


def main() -> int:
    """Measure, print, judge; return 1 if a target is missed or a measurement failed."""
    parser = argparse.ArgumentParser(prog="scripts/bench", description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="under a minute on a quiet machine")
    parser.add_argument("--only", metavar="NAME", help="measurements whose name contains this")
    parser.add_argument("--offset", type=int, default=DEFAULT_OFFSET, help="added to the ports of servers")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there too")
    options = parser.parse_args()
    targets: dict[str, dict[str, dict[str, float]]] = json.loads(TARGETS.read_text())
    began = time.monotonic()
    print(
        f"{machine()}\n\n| what | figure | found | floor | goal | |\n| --- | --- | ---: | ---: | ---: | --- |"
    )
    found: dict[str, Any] = {}
    misses: list[str] = []
    judged = 0
    for one in measurements(options.offset):
        arguments = one.quick if options.quick else one.whole
        if arguments is None or (options.only and options.only not in one.name):
            continue
        is_busy = os.getloadavg()[0] > (os.cpu_count() or 1) - 1
        try:
            figures = json.loads(part([one.part, *map(str, arguments)]))
        except (RuntimeError, ValueError) as error:
            print(f"| {one.name} | failed | | | | {str(error).splitlines()[-1]} |", flush=True)
            misses.append(one.name)
            continue
        found[one.name] = figures
        for name, value in figures.items():
            verdict = judge(name, value, targets.get(one.name, {}).get(name, {}), is_busy=is_busy)
            judged += verdict in ("ok", "missed")
            if verdict == "missed":
                misses.append(f"{one.name}: {name}")
            print(row(one.name, name, value, targets.get(one.name, {}).get(name, {}), verdict), flush=True)
    if importlib.util.find_spec("benchmarks.engine") and not options.only:
        misses += engine_only(quick=options.quick)
    if options.json:
        options.json.write_text(json.dumps({"machine": machine(), "figures": found}, indent=2) + "\n")
    took_s = time.monotonic() - began
    outcome = "missed: " + "; ".join(misses) if misses else "all reached"
    print(f"\nbench: {judged} figures judged in {took_s:.0f} s, {outcome}")
    return 1 if misses else 0


def engine_only(*, quick: bool) -> list[str]:
    """Run the engine's own benchmark; return its name if it ends with an error."""
    command = [
        sys.executable,
        "-m",
        "benchmarks.engine",
        *(["--clicks", "20000", "--sizes", "100,10000"] if quick else []),
    ]
    print("\nEngine only:\n", flush=True)
    return ["engine only"] if subprocess.run(command, check=False).returncode else []


def judge(name: str, value: float, target: dict[str, float], *, is_busy: bool) -> str:
    """Return ok, missed, busy where the clock cannot be trusted, or nothing where there is no target."""
    if not target:
        return ""
    if "least" in target and value >= target["least"]:
        return "ok"
    if "most" in target and value <= target["most"]:
        return "ok"
    by_clock = name.endswith(CLOCK) and "cpu" not in name
    return "busy" if is_busy and by_clock else "missed"


def row(what: str, name: str, value: float, target: dict[str, float], verdict: str) -> str:
    """Return a line of the table."""
    floor = (
        f"≥ {shown(target['least'])}" if "least" in target else f"≤ {shown(target['most'])}" if target else ""
    )
    goal = shown(target["goal"]) if "goal" in target else ""
    return f"| {what} | {name} | {shown(value)} | {floor} | {goal} | {verdict} |"


def shown(value: float) -> str:
    """Return a figure with as many digits as matter."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def machine() -> str:
    """Return what the figures were found on."""
    load = ", ".join(f"{one:.1f}" for one in os.getloadavg())
    system = f"{platform.system()} {platform.release().split('-')[0]}"
    python = f"Python {platform.python_version()}"
    return f"{os.cpu_count()} cores, {platform.machine()}, {system}, {python}; load {load}"


if __name__ == "__main__":
    sys.exit(main())
