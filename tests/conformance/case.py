"""One conformance case as it stands in the files: statements, records in, records out."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

TIERS = ("tier1", "tier2", "tier3")


@dataclass(frozen=True, slots=True)
class Case:
    """Fields as the format's description names them; data is verbatim, numbers exact."""

    id: str
    name: str
    group: str
    properties: dict[str, Any]
    statements: list[str]
    inputs: list[dict[str, Any]]
    outputs: list[dict[str, Any]]
    expected_exception: dict[str, Any] | None
    post: dict[str, Any]

    @property
    def negative(self) -> bool:
        return self.expected_exception is not None


def read_cases(folder: Path, tier: str) -> Iterator[Case]:
    for line in (folder / f"{tier}.jsonl").read_text().splitlines():
        data = json.loads(line, parse_float=Decimal)
        yield Case(
            id=data["id"],
            name=data["name"],
            group=tier,
            properties=data["properties"] or {},
            statements=data["statements"],
            inputs=data["inputs"] or [],
            outputs=data["outputs"] or [],
            expected_exception=data["expected_exception"],
            post=data["post"] or {},
        )
