"""Requests spoilt at random: members renamed or taken away, values replaced by what nobody expects."""

import json
import random
from collections.abc import Iterator
from typing import Any

__all__ = ["mutated"]

WEIRD: list[Any] = [
    None, True, False, 0, -1, 2**63, 2**64, -(2**63), 10**40, 1e308, -1e308, "", "x", "*", "\u0000", "😀",
    "9" * 5000, "-1", "1e999", "NaN", "now", "now-1d/d", "now+99999999999y", "2026-01-01||/y", "0001-01-01",
    "9999-12-31T23:59:59.999Z", "99999999999999999d", "-99999d", "1ms", "0d", [], {}, [[]], [{}], {"a": {}},
    ["x", 1, None], {"x": [1]}, "(((", '"', "[1 TO", "a^", "a~2", "/(/", "/(a*)*b/", "*a*a*a*a*b", "\\",
    "USERNAME", "EVENT_TS", "NOTE", "_id", "_score", "_doc", "asc", "desc", "+99:99", "QQ", "||", "'",
]  # fmt: skip
NAMES = ("zzz", "field", "size", "aggs", "terms", "query", "must", "format", "_key")


def mutated(rng: random.Random, request: Any) -> Any:
    """Return a copy of a request's body with one to three places changed."""
    copy = json.loads(json.dumps(request))
    for _ in range(rng.randrange(1, 4)):
        path = rng.choice(list(_paths(copy)))
        if not path:
            copy = json.loads(json.dumps(rng.choice(WEIRD)))
            continue
        holder = copy
        for step in path[:-1]:
            holder = holder[step]
        _spoil(rng, holder, path[-1])
    return copy


def _spoil(rng: random.Random, holder: Any, key: Any) -> None:
    dice = rng.random()
    if dice < 0.6:
        holder[key] = json.loads(json.dumps(rng.choice(WEIRD)))
    elif dice < 0.8 and isinstance(holder, dict):
        holder[rng.choice(NAMES)] = holder.pop(key)
    else:
        del holder[key]


def _paths(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _paths(item, (*path, key))
    elif isinstance(value, list):
        for at, item in enumerate(value):
            yield from _paths(item, (*path, at))
