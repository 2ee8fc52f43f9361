"""Index names: what is a valid one, and which indices an expression such as `a,b*,-bc` means.

Source: Elasticsearch reference, "Multi-target syntax"; refusals compared with 7.10.2.
"""

from collections.abc import Iterable
from functools import lru_cache

from clickstream.storage.documents.errors import DocumentError, IndexMissing

__all__ = ["check_index_name", "matches", "overlap", "resolve"]

_BAD = set('\\/*?"<>| ,#:')
MAX_NAME_BYTES = 255


def check_index_name(name: str) -> None:
    """Refuse what cannot be an index's name. Raises: DocumentError (invalid_index_name_exception)."""
    problem = None
    if any(character in _BAD for character in name):
        problem = 'must not contain the following characters [ , ", *, \\, <, |, ,, >, /, ?]'
        if "#" in name or ":" in name:
            problem = f"must not contain '{'#' if '#' in name else ':'}'"
    elif name.startswith(("_", "-", "+")):
        problem = "must not start with '_', '-', or '+'"
    elif name != name.lower():
        problem = "must be lowercase"
    elif name in ("", ".", ".."):
        problem = "must not be '.' or '..'"
    elif len(name.encode()) > MAX_NAME_BYTES:
        problem = f"index name is too long, ({len(name.encode())} > {MAX_NAME_BYTES})"
    if problem is not None:
        raise DocumentError(
            "invalid_index_name_exception",
            f"Invalid index name [{name}], {problem}",
            index_uuid="_na_",
            index=name,
        )


def matches(pattern: str, name: str) -> bool:
    """Return whether `name` fits a pattern in which `*` stands for anything."""
    first, *inner = pattern.split("*")
    if not inner:
        return pattern == name
    last = inner.pop()
    if not name.startswith(first) or not name.endswith(last) or len(name) < len(first) + len(last):
        return False
    # The earliest place of each part leaves most room for the next.
    at, end = len(first), len(name) - len(last)
    for part in inner:
        at = name.find(part, at, end)
        if at < 0:
            return False
        at += len(part)
    return True


@lru_cache(maxsize=4096)
def overlap(one: str, other: str) -> bool:
    """Return whether some name fits both patterns."""
    if not one or not other:
        return not (one + other).replace("*", "")
    if one[0] == "*":
        return overlap(one[1:], other) or overlap(one, other[1:])
    if other[0] == "*":
        return overlap(one, other[1:]) or overlap(one[1:], other)
    return one[0] == other[0] and overlap(one[1:], other[1:])


def resolve(
    expression: str,
    names: Iterable[str],
    *,
    ignore_unavailable: bool = False,
    allow_no_indices: bool = True,
    resource: str = "index_or_alias",
) -> list[str]:
    """Return the names that a comma-separated expression means, each once.

    Raises: IndexMissing if a name without `*` does not exist, or nothing fits and that is not allowed;
        DocumentError for a name that cannot be one.
    """
    existing = sorted(names)
    if expression in ("", "_all", "*"):
        chosen = existing
    else:
        chosen = _chosen(expression, existing, ignore_unavailable, resource)
    if not chosen and not allow_no_indices:
        raise IndexMissing(expression or "_all", resource=resource)
    return chosen


def _chosen(expression: str, existing: list[str], ignore_unavailable: bool, resource: str) -> list[str]:
    chosen: dict[str, None] = {}
    wildcard_seen = False
    for part in expression.split(","):
        if part.startswith("-") and wildcard_seen:
            for name in [name for name in chosen if matches(part[1:], name)]:
                del chosen[name]
        elif "*" in part:
            wildcard_seen = True
            chosen.update((name, None) for name in existing if matches(part, name))
        elif part in existing:
            chosen[part] = None
        elif part.startswith("_"):
            raise DocumentError(
                "invalid_index_name_exception",
                f"Invalid index name [{part}], must not start with '_'.",
                index_uuid="_na_",
                index=part,
            )
        elif not ignore_unavailable:
            raise IndexMissing(part, resource=resource)
    return list(chosen)
