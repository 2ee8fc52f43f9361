"""Paths into JSON documents, such as `$.log.cloud[0]["a key"]`.

Source: ksqldb-engine …/util/json/JsonPathTokenizer.java.
"""

import re
from functools import lru_cache

__all__ = ["parse_path"]

_STEP = re.compile(
    r"\.(?P<name>[\w:@$\-/|#]+)"
    r"|\[(?P<index>\w+)\]"
    r'|\["(?P<quoted>(?:[^"\\]|\\["\\])*)"\]'
)


@lru_cache(maxsize=1000)
def parse_path(path: str) -> tuple[str, ...]:
    """Return the names and indexes that lead to the value.

    Raises: ValueError if `path` is not such a path.
    """
    if not path.startswith("$"):
        raise ValueError(f"Invalid JSON path: '{path}'")
    steps: list[str] = []
    at = 1
    while at < len(path):
        found = _STEP.match(path, at)
        if found is None:
            raise ValueError(f"Invalid JSON path: '{path}'")
        at = found.end()
        quoted = found["quoted"]
        steps.append(found["name"] or found["index"] or re.sub(r"\\(.)", r"\1", quoted))
    return tuple(steps)
