"""`python -m tests.conformance [DIR]`: run the cases, print the report, fail below the targets."""

import argparse
import json
import sys
from pathlib import Path

from tests.conformance.case import TIERS, read_cases
from tests.conformance.report import MEASURES, page, print_report, rate, shown
from tests.conformance.rest_case import read_rest_cases, run_rest_case
from tests.conformance.run_case import Verdict, run_case

ROOT = Path(__file__).resolve().parents[2]
CASES = ROOT.parent / "shared" / "qtt"
TARGETS = Path(__file__).with_name("targets.json")


def main(argv: list[str] | None = None) -> int:
    options = parse_options(argv)
    tiers = [f"tier{options.tier}"] if options.tier else [] if options.rest else TIERS
    verdicts = [run_case(c) for tier in tiers for c in read_cases(options.folder, tier) if options.wants(c)]
    if not options.tier:
        verdicts += [run_rest_case(c) for c in read_rest_cases(options.folder) if options.wants(c)]
    print_report(verdicts, verbose=options.verbose)
    if options.write:
        options.write.write_text(page(verdicts, json.loads(TARGETS.read_text())))
    return 0 if options.case else below_targets(verdicts)


def parse_options(argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/conformance", description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?", default=CASES, help="where the cases are")
    parser.add_argument("--tier", type=int, choices=(1, 2, 3), help="only this tier")
    parser.add_argument("--rest", action="store_true", help="only the cases of the REST API")
    parser.add_argument("--case", help="only cases whose id or name has this text")
    parser.add_argument("--verbose", action="store_true", help="every failure with its detail")
    parser.add_argument(
        "--write", type=Path, metavar="FILE", help="write the results as a page (docs/conformance.md)"
    )
    options = parser.parse_args(argv)
    options.wants = lambda case: not options.case or options.case in case.id or options.case in case.name
    return options


def below_targets(verdicts: list[Verdict]) -> int:
    """Print where a rate is below its target; return the exit code."""
    code = 0
    for tier, targets in json.loads(TARGETS.read_text()).items():
        for measure in MEASURES:
            passed, total = rate(verdicts, tier, measure)
            if total and passed / total < targets[measure]:
                print(f"{tier} {measure}: {shown(passed, total)} is below {targets[measure]:.1%}")
                code = 1
    return code


if __name__ == "__main__":
    sys.exit(main())
