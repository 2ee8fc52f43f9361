"""Statements with what may be secret taken out: connector settings, and values of INSERT.

Works on tokens, so that a statement keeps its own spelling of names, and on a broken one too.

Source: recorded answers of ksqlDB 7.5: `'[string]'` for every setting but `connector.class`, in the
statement's own order; `'[value]'` and back-ticks for INSERT … VALUES.
"""

import re
from collections.abc import Iterable

from clickstream.sql import nodes as n
from clickstream.sql.names import quote, quote_always
from clickstream.sql.tokens import EOF, QUOTED, STRING, Tokens, tokenize

__all__ = ["mask_node", "mask_text"]

_SHOWN = "connector.class"
_STRING = "'[string]'"
_VALUE = "'[value]'"
_SETTING = re.compile(r"('[^']+'|\"[^\"]+\")\s*=\s*'[^']*(?:'|\Z)")


def mask_text(text: str) -> str:
    """Return the script `text`; statements with secrets are rewritten, the others are as they were."""
    tokens = tokenize(text)
    if not {"CONNECTOR", "VALUES"} & set(tokens.words):
        return text
    parts: list[str] = []
    first = 0
    for index, word in enumerate(tokens.words):
        if word == ";" or (word == EOF and first < index):
            parts.append(_mask(tokens, first, index))
            first = index + 1
    return "\n".join(parts)


def mask_node(statement: n.Statement) -> str | None:
    """Return the masked text of a statement that has secrets, None for any other."""
    if isinstance(statement, n.CreateConnector):
        settings = (
            f"'{key}'='{value}'" if key.lower() == _SHOWN else f"'{key}'={_STRING}"
            for key, value in statement.config.items()
        )
        exists = "IF NOT EXISTS " if statement.if_not_exists else ""
        head = f"CREATE {statement.kind} CONNECTOR {exists}{quote(statement.name)}"
        return f"{head} WITH ({', '.join(settings)});"
    if isinstance(statement, n.InsertValues):
        return _masked_insert(statement.target, statement.columns, len(statement.values))
    return None


# --------------------------------------------------------------------------------- private


def _mask(tokens: Tokens, first: int, end: int) -> str:
    """Return the statement of the tokens from `first` up to `end`, where its `;` is or should be."""
    words = tokens.words
    original = tokens.text[tokens.starts[first] : tokens.ends[end]]
    if words[first] == "CREATE" and words[first + 2] == "CONNECTOR":
        return _mask_connector(tokens, first, end) or _SETTING.sub(_masked_setting, original)
    if words[first : first + 2] == ["INSERT", "INTO"] and "VALUES" in words[first:end]:
        return _mask_insert(tokens, first, end) or original
    return original


def _masked_setting(match: re.Match[str]) -> str:
    key = match.group(1)
    return match.group() if key[1:-1].lower() == _SHOWN else f"{key}={_STRING}"


def _mask_connector(tokens: Tokens, first: int, end: int) -> str | None:
    words = tokens.words
    name = first + 3
    exists = words[name : name + 3] == ["IF", "NOT", "EXISTS"]
    name += 3 if exists else 0
    if words[name + 1 : name + 3] != ["WITH", "("] or words[end - 1] != ")":
        return None
    settings: list[str] = []
    at = name + 3
    while at < end - 1:
        if words[at + 1] != "=":
            return None
        key = _text(tokens, at)
        following = at + 2
        while following < end - 1 and words[following] != ",":
            following += 1
        shown = _unquoted(tokens, at).lower() == _SHOWN
        value = tokens.text[tokens.starts[at + 2] : tokens.ends[following - 1]] if shown else _STRING
        settings.append(f"{key}={value}")
        at = following + 1
    head = f"CREATE {words[first + 1]} CONNECTOR {'IF NOT EXISTS ' if exists else ''}{_text(tokens, name)}"
    return f"{head} WITH ({', '.join(settings)});"


def _mask_insert(tokens: Tokens, first: int, end: int) -> str | None:
    words = tokens.words
    at = words.index("VALUES", first, end)
    if words[at + 1] != "(":
        return None
    columns = [_name(tokens, i) for i in range(first + 4, at - 1, 2)]
    return _masked_insert(_name(tokens, first + 2), columns, _count_values(words[at + 2 : end - 1]))


def _count_values(words: list[str]) -> int:
    depth = 0
    commas = 0
    for word in words:
        depth += (word in ("(", "[")) - (word in (")", "]"))
        commas += word == "," and depth == 0
    return commas + 1 if words else 0


def _masked_insert(target: str, columns: Iterable[str], values: int) -> str:
    listed = ", ".join(map(quote_always, columns))
    shown = f"({listed}) " if listed else ""
    return f"INSERT INTO {quote_always(target)} {shown}VALUES ({', '.join([_VALUE] * values)});"


def _name(tokens: Tokens, index: int) -> str:
    text = _unquoted(tokens, index)
    return text if tokens.kinds[index] == QUOTED else text.upper()


def _unquoted(tokens: Tokens, index: int) -> str:
    text = _text(tokens, index)
    return text[1:-1] if tokens.kinds[index] in (QUOTED, STRING) else text


def _text(tokens: Tokens, index: int) -> str:
    return tokens.text[tokens.starts[index] : tokens.ends[index]]
