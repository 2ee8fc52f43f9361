r"""Java's regular expressions, translated to Python's.

`\w`, `\d` and the like mean ASCII, as Java has it without flags. Understood beyond what both languages
share: classes within classes and `&&`, `\p{…}`, `\h`, `\R`, `\Q…\E`, `\z`, `\x{…}`, `\0…`, `\e`, `\cX`,
named groups, flags in the middle, and Java's line ends for `.` and `$`.
Source: the documentation of java.util.regex.Pattern and Matcher.appendReplacement.
"""

import re
import sys
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache

__all__ = ["compile_java", "replacement"]

_LINE_ENDS = "\\n\\r\\u0085\\u2028\\u2029"
_DOLLAR = "(?=(?:\\r\\n|[" + _LINE_ENDS + "])?\\Z)"
_HORIZONTAL = " \\t\\xa0\\u1680\\u180e\\u2000-\\u200a\\u202f\\u205f\\u3000"
_VERTICAL = "\\n\\x0b\\f\\r\\u0085\\u2028\\u2029"
_POSIX = {
    "Lower": "a-z",
    "Upper": "A-Z",
    "ASCII": "\\x00-\\x7f",
    "Alpha": "a-zA-Z",
    "Digit": "0-9",
    "Alnum": "a-zA-Z0-9",
    "Punct": "!-/:-@\\[-`{-~",
    "Graph": "!-~",
    "Print": " -~",
    "Blank": " \\t",
    "Cntrl": "\\x00-\\x1f\\x7f",
    "XDigit": "0-9a-fA-F",
    "Space": " \\t\\n\\x0b\\f\\r",
}
_METHODS: dict[str, Callable[[str], bool]] = {
    "javaLowerCase": str.islower,
    "javaUpperCase": str.isupper,
    "javaWhitespace": str.isspace,
    "javaLetter": str.isalpha,
    "javaDigit": str.isdigit,
    "javaLetterOrDigit": str.isalnum,
    "IsAlphabetic": str.isalpha,
    "IsLetter": str.isalpha,
    "IsDigit": str.isdigit,
    "IsUppercase": str.isupper,
    "IsLowercase": str.islower,
    "IsWhite_Space": str.isspace,
    "IsPunctuation": lambda c: unicodedata.category(c).startswith("P"),
}
_SCRIPTS = ("Latin", "Greek", "Cyrillic", "Hebrew", "Arabic", "Hiragana", "Katakana", "Hangul", "Thai")
_SAME_ESCAPES = frozenset("dDwWsSbBntrfaAuU")


@lru_cache(maxsize=1000)
def compile_java(pattern: str) -> re.Pattern[str]:
    """Return the pattern, compiled.

    Raises: ValueError if it is not one, or has a construct that is not understood.
    """
    try:
        return re.compile(_Translator(pattern).translate(), re.ASCII)
    except (re.error, RecursionError, OverflowError) as error:
        raise ValueError(f"Invalid regular expression pattern: {pattern}") from error


@lru_cache(maxsize=1000)
def replacement(text: str) -> Callable[[re.Match[str]], str]:
    r"""Return what a match is replaced by: `text` with `$1` and `${name}` for groups, `\` quoting.

    Raises: ValueError (also when called) for a group that is not there or a text that ends in `\` or `$`.
    """
    parts: list[str | int] = []
    at = 0
    while at < len(text):
        if text[at] == "\\":
            parts.append(_quoted(text, at + 1))
            at += 2
        elif text[at] == "$":
            at = _group_reference(text, at + 1, parts)
        else:
            parts.append(text[at])
            at += 1

    def expand(match: re.Match[str]) -> str:
        return "".join(_expanded(part, match) for part in parts)

    return expand


class _Name(str):
    """The name of a group, among parts that are literal text."""


def _quoted(text: str, at: int) -> str:
    if at == len(text):
        raise ValueError("character to be escaped is missing")
    return text[at]


def _group_reference(text: str, at: int, parts: list[str | int]) -> int:
    named = re.compile(r"\{([A-Za-z][A-Za-z0-9]*)\}").match(text, at)
    if named:
        parts.append(_Name(named[1]))
        return named.end()
    number = re.compile(r"[0-9]+").match(text, at)
    if number is None:
        raise ValueError("Illegal group reference")
    # Java takes a further digit only as long as there is such a group: settled for each match.
    parts.append(int(number[0]))
    return number.end()


def _expanded(part: str | int, match: re.Match[str]) -> str:
    if isinstance(part, _Name):
        return match[str(part)] or ""
    if isinstance(part, str):
        return part
    rest = ""
    while part > (match.re.groups or 0) and part > 9:
        part, digit = divmod(part, 10)
        rest = f"{digit}{rest}"
    if part > match.re.groups:
        raise ValueError(f"No group {part}")
    return (match[part] or "") + rest


# --------------------------------------------------------------------------------- translation


@dataclass(slots=True)
class _Level:
    """A group that is open: the flags that count in it, and the flagged groups opened inside it."""

    flags: frozenset[str] = frozenset()
    opened: list[str] = field(default_factory=list)


_GROUP = re.compile(
    r"\((?:\?(?:(?:<?[=!]|[:>])|<(?P<name>[A-Za-z][A-Za-z0-9]*)>"
    r"|(?P<on>[a-zA-Z]*)(?:-(?P<off>[a-zA-Z]*))?(?P<end>[:)])))?"
)
_FLAGS = "imsx"
"""Flags that Python has too; of the others only `d` changes anything that is translated."""


class _Translator:
    """Rewrites one pattern, left to right."""

    def __init__(self, pattern: str) -> None:
        self._pattern = pattern
        self._at = 0
        self._levels = [_Level()]

    def translate(self) -> str:
        out: list[str] = []
        while self._at < len(self._pattern):
            out.append(self._piece(self._pattern[self._at]))
        return "".join(out) + ")" * len(self._levels[0].opened)

    def _piece(self, char: str) -> str:
        if char == "\\":
            return self._escape(in_class=False)
        if char == "[":
            return self._class()
        if char == "(":
            return self._open()
        self._at += 1
        level = self._levels[-1]
        match char:
            case ")":
                if len(self._levels) == 1:
                    raise ValueError(f"Unmatched closing ')' in {self._pattern}")
                return ")" * (len(self._levels.pop().opened) + 1)
            case "|":
                return ")" * len(level.opened) + "|" + "".join(level.opened)
            case "." if not level.flags & {"s", "d"}:
                return f"[^{_LINE_ENDS}]"
            case "$" if "m" not in level.flags:
                return _DOLLAR
        return char

    def _open(self) -> str:
        """Return what a `(` becomes. Flags up to the end of a group become a group of their own."""
        found = _GROUP.match(self._pattern, self._at)
        if found is None or (found.end() == self._at + 1 and self._pattern.startswith("(?", self._at)):
            raise ValueError(f"Unknown group type in {self._pattern}")
        self._at = found.end()
        level = self._levels[-1]
        if found["end"] is None:
            self._levels.append(_Level(level.flags))
            return f"(?P<{found['name']}>" if found["name"] else found[0]
        on, off = found["on"] or "", found["off"] or ""
        flags = (level.flags | set(on)) - set(off)
        less = "".join(c for c in off if c in _FLAGS)
        shown = "(?" + "".join(c for c in on if c in _FLAGS) + (f"-{less}" if less else "") + ":"
        if found["end"] == ":":
            self._levels.append(_Level(flags))
        else:
            level.flags = flags
            level.opened.append(shown)
        return shown

    # ----------------------------------------------------------------------- escapes

    def _escape(self, *, in_class: bool) -> str:
        """Return the translation of the escape that begins here."""
        rest = self._pattern[self._at + 1 :]
        if not rest:
            raise ValueError(f"Pattern ends with a backslash: {self._pattern}")
        for pattern, translate in _ESCAPES:
            found = pattern.match(rest)
            if found:
                self._at += 1 + found.end()
                return translate(found, in_class)
        char = rest[0]
        self._at += 2
        if char in _SAME_ESCAPES:
            return f"\\{char}"
        if char.isalpha():
            raise ValueError(f"Illegal or unsupported escape \\{char} in {self._pattern}")
        return re.escape(char)

    # ----------------------------------------------------------------------- classes

    def _class(self) -> str:
        """Return the class that begins here: a set, or sets joined by look-aheads."""
        self._at += 1
        negated = self._pattern.startswith("^", self._at)
        self._at += negated
        parts = [self._members()]
        while self._pattern.startswith("&&", self._at):
            self._at += 2
            parts.append(self._members())
        if not self._pattern.startswith("]", self._at):
            raise ValueError(f"Unclosed character class in {self._pattern}")
        self._at += 1
        if len(parts) == 1 and parts[0].startswith("[") and not parts[0].startswith("[^"):
            return f"[{'^' if negated else ''}{parts[0][1:]}"
        joined = "".join(f"(?={part})" for part in parts)
        return f"(?:(?!{joined})[\\s\\S])" if negated else f"(?:{joined}[\\s\\S])"

    def _members(self) -> str:
        """Return the union of members up to `&&` or `]`, as a set or alternatives."""
        plain: list[str] = []
        nested: list[str] = []
        first = True
        while self._at < len(self._pattern):
            char = self._pattern[self._at]
            if (char == "]" and not first) or self._pattern.startswith("&&", self._at):
                break
            first = False
            if char == "[":
                nested.append(self._class())
            elif char == "\\":
                plain.append(self._escape(in_class=True))
            else:
                self._at += 1
                plain.append("\\" + char if char in "[&~|" else char)
        text = "".join(plain)
        if not nested:
            return f"[{text}]" if text else "(?!)"
        return "(?:" + "|".join([*([f"[{text}]"] if text else []), *nested]) + ")"


def _characters(test: Callable[[str], bool]) -> str:
    """Return the ranges of a set with every character that passes `test`."""
    ranges: list[str] = []
    start: int | None = None
    for code in range(sys.maxunicode + 2):
        inside = code <= sys.maxunicode and test(chr(code))
        if inside and start is None:
            start = code
        elif not inside and start is not None:
            ranges.append(f"\\U{start:08x}" + (f"-\\U{code - 1:08x}" if code - 1 > start else ""))
            start = None
    return "".join(ranges)


@lru_cache(maxsize=64)
def _property(name: str) -> str:
    r"""Return the members of `\p{name}`.

    Raises: ValueError for a property that is not known.
    """
    if name in _POSIX:
        return _POSIX[name]
    if name in _METHODS:
        return _characters(_METHODS[name])
    bare = re.sub(r"^(?:Is|general_category=|gc=|script=|sc=|In|block=|blk=)", "", name)
    if bare in _SCRIPTS:
        return _characters(lambda c: unicodedata.name(c, "").startswith(f"{bare.upper()} "))
    categories = {unicodedata.category(chr(code)) for code in range(0x3000)} | {"Cs", "Co", "Cn"}
    if bare == "L1":
        return "\\x00-\\xff"
    if any(category.startswith(bare) for category in categories):
        return _characters(lambda c: unicodedata.category(c).startswith(bare))
    raise ValueError(f"Unknown character property name {{{name}}}")


def _set(members: str, negated: bool, in_class: bool) -> str:
    if not in_class:
        return f"[{'^' if negated else ''}{members}]"
    return _complement(members) if negated else members


@lru_cache(maxsize=64)
def _complement(members: str) -> str:
    inside = re.compile(f"[{members}]")
    return _characters(lambda c: inside.match(c) is None)


def _code(text: str, base: int = 16) -> str:
    return f"\\U{int(text, base):08x}"


Escape = Callable[[re.Match[str], bool], str]

_ESCAPES: tuple[tuple[re.Pattern[str], Escape], ...] = tuple(
    (re.compile(pattern, re.DOTALL), translate)
    for pattern, translate in (
        (r"Q(.*?)(?:\\E|\Z)", lambda m, _: re.escape(m[1])),
        (
            r"([pP])(?:\{\^?(\w+(?:=\w+)?)\}|([A-Z]))",
            lambda m, c: _set(_property(m[2] or m[3]), m[1] == "P", c),
        ),
        (r"([hH])", lambda m, c: _set(_HORIZONTAL, m[1] == "H", c)),
        (r"([vV])", lambda m, c: _set(_VERTICAL, m[1] == "V", c)),
        (r"R", lambda _m, _c: f"(?:\\r\\n|[{_VERTICAL}])"),
        (r"x\{([0-9a-fA-F]+)\}", lambda m, _: _code(m[1])),
        (r"x([0-9a-fA-F]{2})", lambda m, _: _code(m[1])),
        (r"u([0-9a-fA-F]{4})", lambda m, _: _code(m[1])),
        (r"0([0-3]?[0-7]{1,2})", lambda m, _: _code(m[1], 8)),
        (r"c(.)", lambda m, _: _code(f"{ord(m[1]) ^ 64:x}")),
        (r"e", lambda _m, _c: "\\x1b"),
        (r"Z", lambda _m, _c: _DOLLAR),
        (r"z", lambda _m, _c: "\\Z"),
        (r"k<([A-Za-z][A-Za-z0-9]*)>", lambda m, _: f"(?P={m[1]})"),
        (r"([1-9][0-9]*)", lambda m, _: f"(?:\\{m[1]})"),
    )
)
