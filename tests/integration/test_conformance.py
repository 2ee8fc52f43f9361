"""The conformance cases, tier by tier, against the targets that `scripts/conformance` holds too."""

import json
from pathlib import Path

import pytest

from tests.conformance.__main__ import TARGETS
from tests.conformance.case import TIERS, read_cases
from tests.conformance.report import MEASURES, rate, shown
from tests.conformance.run_case import run_case

pytestmark = [pytest.mark.shared, pytest.mark.slow]


@pytest.mark.parametrize("tier", TIERS)
def test_a_tier_reaches_its_targets(shared: Path, tier: str) -> None:
    verdicts = [run_case(case) for case in read_cases(shared / "qtt", tier)]
    assert verdicts
    targets = json.loads(TARGETS.read_text())[tier]
    for measure in MEASURES:
        passed, total = rate(verdicts, tier, measure)
        failed = [v.case.id for v in verdicts if not v.passed]
        assert passed >= targets[measure] * total, f"{measure} {shown(passed, total)}, failed: {failed}"
