"""Text to tokens. The parser reads only what this makes; nothing here knows any grammar.

`words[i]` is what the parser compares: a bare word in upper case, a symbol as it stands, or one of the
marks below for a token whose text does not matter to the grammar.

Source: confluentinc/ksql ksqldb-parser SqlBase.g4 — the lexical rules.
"""

import re
from bisect import bisect_right
from dataclasses import dataclass

from clickstream.sql.nodes import Location

__all__ = ["BAD", "DIGIT_NAME", "EOF", "NUMBER", "QUOTED", "STRING", "VARIABLE", "WORD", "Tokens", "tokenize"]

EOF = "<EOF>"
STRING = "<string>"
NUMBER = "<number>"
QUOTED = "<quoted>"
DIGIT_NAME = "<digit name>"
VARIABLE = "<variable>"
BAD = "<bad>"
WORD = "<word>"
SYMBOL = "<symbol>"

# Every repetition is possessive or bounded by its next character, so no input makes it backtrack.
_TOKEN = re.compile(
    r"""
    (?P<skip>   [ \t\r\n]++ | --[^\r\n]*+ | /\*.*?\*/ )
  | (?P<word>   [A-Za-z_][A-Za-z0-9_@]*+ )
  | (?P<symbol> <> | != | <= | >= | => | := | -> | \|\| | (?!/\*)[-+*/%=<>(),;\[\]] | \.(?![0-9]) )
  | (?P<string> '(?:[^']++|'')*+' )
  | (?P<number> (?:[0-9]++(?:\.[0-9]*+)?|\.[0-9]++)[Ee][+-]?[0-9]++(?![A-Za-z_@])
              | [0-9]++\.[0-9]*+ | \.[0-9]++ | [0-9]++(?![A-Za-z_@]) )
  | (?P<quoted> "(?:[^"]++|"")*+" | `(?:[^`]++|``)*+` )
  | (?P<variable> \$\{[A-Za-z_][A-Za-z0-9_@]*+\} )
  | (?P<digit>  [0-9][A-Za-z0-9_@]++ )
  | (?P<open>   ['"`] | /\* )
  | (?P<bad>    . )
    """,
    re.VERBOSE | re.DOTALL,
)
_MARKS = {"string": STRING, "number": NUMBER, "quoted": QUOTED, "variable": VARIABLE, "digit": DIGIT_NAME}


@dataclass(slots=True)
class Tokens:
    """The tokens of `text`, as parallel lists, ended by one EOF token."""

    text: str
    kinds: list[str]
    words: list[str]
    starts: list[int]
    ends: list[int]
    lines: list[int]

    def location(self, offset: int) -> Location:
        """Return the line and column of the character at `offset`."""
        line = bisect_right(self.lines, offset)
        return Location(line, offset - self.lines[line - 1] + 1)


def tokenize(text: str) -> Tokens:
    """Return the tokens of `text`; what is no token becomes one BAD token, never an exception."""
    kinds: list[str] = []
    words: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for match in _TOKEN.finditer(text):
        group = match.lastgroup
        if group == "skip":
            continue
        value = match.group()
        if group == "word":
            kinds.append(WORD)
            words.append(value.upper())
        elif group == "symbol":
            kinds.append(SYMBOL)
            words.append("<>" if value == "!=" else value)
        else:
            mark = _MARKS.get(group or "", BAD)
            kinds.append(mark)
            words.append(mark)
        starts.append(match.start())
        ends.append(match.end())
        if group == "open":  # An unclosed quote or comment swallows the rest.
            ends[-1] = len(text)
            break
    kinds.append(EOF)
    words.append(EOF)
    starts.append(len(text))
    ends.append(len(text))
    return Tokens(text, kinds, words, starts, ends, _line_starts(text))


def _line_starts(text: str) -> list[int]:
    starts = [0]
    at = text.find("\n")
    while at >= 0:
        starts.append(at + 1)
        at = text.find("\n", at + 1)
    return starts
