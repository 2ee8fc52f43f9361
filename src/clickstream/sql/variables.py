"""`${name}` in a script, replaced by the variable's value before the script is parsed.

A reference is replaced where it stands alone (as a name or a literal) and inside string literals;
not in comments and not inside quoted names. `$${name}` in a string is `${name}` itself. Names are
case-insensitive. A value can never break out of its place: alone it must be one name or one literal,
and inside a string its quotes are doubled.

Source: docs.ksqldb.io how-to-guides/substitute-variables; confluentinc/ksql VariableSubstitutor for
what may stand alone and the wording of its refusal.
"""

import re
from collections.abc import Mapping

from clickstream.core.errors import SqlSyntaxError
from clickstream.sql import syntax_errors
from clickstream.sql.nearest import nearest
from clickstream.sql.tokens import EOF, STRING, VARIABLE, WORD, Tokens, tokenize

__all__ = ["substitute"]

_REFERENCE = re.compile(r"(\$?)\$\{([A-Za-z_][A-Za-z0-9_@]*)\}")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_@]*|\"[^\"]*\"|`[^`]*`")
_CONSTANT = re.compile(r"true|false|[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?", re.IGNORECASE)


def substitute(script: str, variables: Mapping[str, str]) -> str:
    """Return `script` with its references replaced, each by the value it has at that statement.

    DEFINE and UNDEFINE in the script count for the statements after them; `variables` is what is
    defined before, and stays as it is.

    Raises: SqlSyntaxError if a reference that stands alone has no value, or one that may not stand there.
    """
    if "${" not in script:
        return script
    tokens = tokenize(script)
    values = {name.upper(): value for name, value in variables.items()}
    parts: list[str] = []
    copied = 0
    first = 0
    for index, kind in enumerate(tokens.kinds):
        if kind in (VARIABLE, STRING):
            parts.append(script[copied : tokens.starts[index]])
            parts.append(
                _alone(tokens, index, values) if kind == VARIABLE else _inside(tokens, index, values)
            )
            copied = tokens.ends[index]
        elif tokens.words[index] in (";", EOF):
            _define(tokens, first, values)
            first = index + 1
    return "".join(parts) + script[copied:]


# --------------------------------------------------------------------------------- private


def _alone(tokens: Tokens, index: int, values: Mapping[str, str]) -> str:
    """Return what takes the place of a reference outside a string."""
    reference = _text(tokens, index)
    value = values.get(reference[2:-1].upper())
    if value is None:
        raise _illegal(tokens, index, reference, values)
    if len(value) > 1 and value[0] == value[-1] == "'":
        return f"'{_doubled(value[1:-1])}'"
    if not _NAME.fullmatch(value) and not _CONSTANT.fullmatch(value):
        raise _illegal(tokens, index, value, values)
    return value


def _inside(tokens: Tokens, index: int, values: Mapping[str, str]) -> str:
    """Return a string literal with its references replaced; unknown ones stay."""

    def replace(match: re.Match[str]) -> str:
        if match.group(1):
            return match.group()[1:]
        value = values.get(match.group(2).upper())
        return match.group() if value is None else _doubled(value)

    return _REFERENCE.sub(replace, _text(tokens, index))


def _define(tokens: Tokens, first: int, values: dict[str, str]) -> None:
    """Note what the statement that begins at `first` defines or undefines."""
    words = tokens.words[first : first + 4]
    if len(words) < 2 or tokens.kinds[first + 1] != WORD:
        return
    if words[0] == "UNDEFINE":
        values.pop(words[1], None)
    elif words[0] == "DEFINE" and words[2:] == ["=", STRING]:
        values[words[1]] = _inside(tokens, first + 3, values)[1:-1].replace("''", "'")


def _illegal(tokens: Tokens, index: int, got: str, values: Mapping[str, str]) -> SqlSyntaxError:
    at = tokens.location(tokens.starts[index])
    rule = " Identifier names cannot start with '@' and may only contain alphanumeric values and '_'."
    if index and tokens.words[index - 1] == "=":
        rule = ""
    detail = f"Illegal argument at Line: {at.line}, Col: {at.column}.{rule} Got: '{got}'"
    error = syntax_errors.illegal(tokens, index, detail)
    name = _text(tokens, index)[2:-1]
    if name.upper() not in values:
        near = nearest(name, values, limit=1)
        error.hint = f"Did you mean '${{{near[0]}}}'?" if near else f"define it first: DEFINE {name} = '…';"
    return error


def _doubled(text: str) -> str:
    return text.replace("'", "''")


def _text(tokens: Tokens, index: int) -> str:
    return tokens.text[tokens.starts[index] : tokens.ends[index]]
