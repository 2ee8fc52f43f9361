"""REGEXP_EXTRACT, REGEXP_EXTRACT_ALL, REGEXP_REPLACE, REGEXP_SPLIT_TO_ARRAY.

Source: ksqldb-engine …/function/udf/string/Regexp*.java.
"""

from clickstream.sql.functions.java_regex import compile_java, replacement
from clickstream.sql.functions.registration import scalar

__all__ = ["extract", "extract_all", "replace", "split_to_array"]

_CATEGORY = "REGULAR EXPRESSION"
_EXTRACT = "STRING pattern, STRING input"


@scalar(
    "regexp_extract",
    f"{_EXTRACT} -> STRING",
    f"{_EXTRACT}, INTEGER group -> STRING",
    category=_CATEGORY,
    description="The first part of a text that matches a pattern, or a group of it.",
)
def extract(pattern: str, text: str, group: int = 0) -> str | None:
    """Return the part, NULL where nothing matches or there is no such group."""
    compiled = compile_java(pattern)
    if group > compiled.groups:
        return None
    found = compiled.search(text)
    return found[group] if found else None


@scalar(
    "regexp_extract_all",
    f"{_EXTRACT} -> ARRAY<STRING>",
    f"{_EXTRACT}, INTEGER group -> ARRAY<STRING>",
    category=_CATEGORY,
    description="All parts of a text that match a pattern, or a group of each.",
)
def extract_all(pattern: str, text: str, group: int = 0) -> list[str | None] | None:
    """Return the parts, NULL if there is no such group."""
    compiled = compile_java(pattern)
    return None if group > compiled.groups else [found[group] for found in compiled.finditer(text)]


@scalar(
    "regexp_replace",
    "STRING str, STRING regexp, STRING newStr -> STRING",
    category=_CATEGORY,
    description="A text in which every part that matches a pattern is replaced; $1 stands for a group.",
)
def replace(text: str, pattern: str, new: str) -> str:
    """Return `text` with `new` for every match."""
    return compile_java(pattern).sub(replacement(new), text)


@scalar(
    "regexp_split_to_array",
    "STRING string, STRING regexp -> ARRAY<STRING>",
    category=_CATEGORY,
    description="The parts of a text between matches of a pattern.",
)
def split_to_array(text: str, pattern: str) -> list[str]:
    """Return the parts; a pattern that matches nothing at all splits between all characters."""
    compiled = compile_java(pattern)
    parts: list[str] = []
    at = 0
    can_be_empty = compiled.fullmatch("") is not None
    for found in compiled.finditer(text):
        if can_be_empty and found.end() == 0:
            continue
        parts.append(text[at : found.start()])
        at = found.end()
    parts.append(text[at:])
    if can_be_empty:
        while len(parts) > 1 and not parts[-1]:
            parts.pop()
    return parts
