"""Wildcards and Lucene's regular expressions, matched in one pass over the text.

Python's own expressions may take for ever on some patterns, while a search holds the store. Here a pattern
becomes a nondeterministic automaton, and what of it a text needs is made deterministic on the way.
Supported: `.` `?` `*` `+` `{n,m}` `|` `()` `[]` `"literal"` `@` `#` and escapes; there are no classes such as
digits, as Lucene has none. Complement `~`, intersection `&` and numeric intervals `<1-9>` are refused.
Source: Elasticsearch reference, "Regular expression syntax"; compared with 7.10.2.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import lru_cache

from clickstream.storage.documents.errors import illegal_argument

__all__ = ["Automaton", "regular_expression", "wildcard"]

MAX_STATES = 10_000
"""States of one pattern, and of its deterministic part that is kept; Elasticsearch's own limit."""

MAX_BOUNDS = 12
"""Characters of `n,m`; more could only ask for more states than there may be."""

MAX_DEPTH = 100
"""Nesting of groups."""

Test = Callable[[str], bool]


@dataclass(slots=True)
class _State:
    """A state: on a character that passes the test go to `target`; go to `free` on none."""

    test: Test | None = None
    target: int = -1
    free: list[int] = field(default_factory=list)


@dataclass(slots=True)
class _Step:
    """A set of states as one. `next` is filled as characters come."""

    states: frozenset[int]
    accepts: bool
    next: dict[str, "_Step"] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Part:
    """A piece of the automaton with one way in and one way out."""

    start: int
    end: int


class Automaton:
    """A compiled pattern."""

    def __init__(self, states: list[_State], whole: _Part) -> None:
        self._states = states
        self._end = whole.end
        self._steps: dict[frozenset[int], _Step] = {}
        self._start = self._step([whole.start])

    def matches(self, text: str) -> bool:
        """Return whether the pattern fits the whole text."""
        step = self._start
        for character in text:
            following = step.next.get(character)
            if following is None:
                following = step.next[character] = self._follow(step, character)
            if not following.states:
                return False
            step = following
        return step.accepts

    def _follow(self, step: _Step, character: str) -> _Step:
        reached = [
            state.target
            for state in map(self._states.__getitem__, step.states)
            if state.test is not None and state.test(character)
        ]
        return self._step(reached)

    def _step(self, reached: Iterable[int]) -> _Step:
        states, todo = set(reached), list(reached)
        while todo:
            for free in self._states[todo.pop()].free:
                if free not in states:
                    states.add(free)
                    todo.append(free)
        key = frozenset(states)
        if len(self._steps) > MAX_STATES:
            self._steps.clear()
        return self._steps.setdefault(key, _Step(key, self._end in key))


class _Builder:
    """Puts pieces together."""

    def __init__(self, *, ignore_case: bool) -> None:
        self.states: list[_State] = []
        self._ignore_case = ignore_case

    def _new(self) -> int:
        if len(self.states) >= MAX_STATES:
            raise illegal_argument(f"the pattern needs more than {MAX_STATES} states")
        self.states.append(_State())
        return len(self.states) - 1

    def empty(self) -> _Part:
        """The empty text."""
        only = self._new()
        return _Part(only, only)

    def one(self, test: Test) -> _Part:
        """One character that passes a test."""
        start, end = self._new(), self._new()
        self.states[start].test, self.states[start].target = test, end
        return _Part(start, end)

    def literal(self, character: str) -> _Part:
        """One given character."""
        if not self._ignore_case:
            return self.one(character.__eq__)
        either = {character, character.lower(), character.upper()}
        return self.one(either.__contains__)

    def joined(self, parts: Iterable[_Part]) -> _Part:
        """One piece after the other."""
        start = end = self._new()
        for part in parts:
            self.states[end].free.append(part.start)
            end = part.end
        return _Part(start, end)

    def either(self, parts: Iterable[_Part]) -> _Part:
        """Any of the pieces."""
        start, end = self._new(), self._new()
        for part in parts:
            self.states[start].free.append(part.start)
            self.states[part.end].free.append(end)
        return _Part(start, end)

    def repeated(self, part: _Part) -> _Part:
        """A piece any number of times, also none."""
        around = self._new()
        self.states[around].free.append(part.start)
        self.states[part.end].free.append(around)
        return _Part(around, around)

    def build(self, whole: _Part) -> Automaton:
        """Return the automaton of everything."""
        return Automaton(self.states, whole)


def _any(character: str) -> bool:
    return True


@lru_cache(maxsize=256)
def wildcard(pattern: str, *, ignore_case: bool = False) -> Automaton:
    """Return the automaton of a pattern with `*`, `?` and backslash escapes. Raises: DocumentError."""
    builder = _Builder(ignore_case=ignore_case)
    parts: list[_Part] = []
    characters = iter(pattern)
    for character in characters:
        if character == "*":
            parts.append(builder.repeated(builder.one(_any)))
        elif character == "?":
            parts.append(builder.one(_any))
        else:
            literal = next(characters, "\\") if character == "\\" else character
            parts.append(builder.literal(literal))
    return builder.build(builder.joined(parts))


@lru_cache(maxsize=256)
def regular_expression(pattern: str, *, ignore_case: bool = False) -> Automaton:
    """Return the automaton of an expression of Lucene's syntax. Raises: DocumentError."""
    return _Reader(pattern, _Builder(ignore_case=ignore_case)).read()


class _Reader:
    """Reads an expression by recursive descent."""

    def __init__(self, pattern: str, builder: _Builder) -> None:
        self._pattern = pattern
        self._builder = builder
        self._at = 0

    def read(self) -> Automaton:
        """Return the automaton. Raises: DocumentError."""
        whole = self._alternatives(0)
        if self._at < len(self._pattern):
            raise self._wrong("unexpected")
        return self._builder.build(whole)

    def _wrong(self, what: str) -> Exception:
        return illegal_argument(f"{what} at position {self._at} of regular expression [{self._pattern}]")

    def _peek(self) -> str:
        return self._pattern[self._at : self._at + 1]

    def _take(self) -> str:
        character = self._peek()
        if not character:
            raise self._wrong("end-of-string")
        self._at += 1
        return character

    def _alternatives(self, depth: int) -> _Part:
        if depth > MAX_DEPTH:
            raise self._wrong("too deeply nested")
        parts = [self._sequence(depth)]
        while self._peek() == "|":
            self._at += 1
            parts.append(self._sequence(depth))
        return parts[0] if len(parts) == 1 else self._builder.either(parts)

    def _sequence(self, depth: int) -> _Part:
        parts = []
        while self._peek() not in ("", "|", ")"):
            parts.append(self._repetition(depth))
        return self._builder.joined(parts)

    def _repetition(self, depth: int) -> _Part:
        began = self._at
        part = self._atom(depth)
        atom = self._pattern[began : self._at]
        while self._peek() in ("?", "*", "+", "{"):
            least, most = self._bounds()
            part = self._times(part, atom, least, most, depth)
            atom = self._pattern[began : self._at]
        return part

    def _bounds(self) -> tuple[int, int | None]:
        sign = self._take()
        if sign != "{":
            return {"?": (0, 1), "*": (0, None), "+": (1, None)}[sign]
        closing = self._pattern.find("}", self._at)
        text = self._pattern[self._at : closing] if closing >= 0 else ""
        least, comma, most = text.partition(",")
        if not least.isdigit() or not (most.isdigit() or not most) or len(text) > MAX_BOUNDS:
            raise self._wrong("integer expected")
        self._at = closing + 1
        return int(least), int(least) if not comma else int(most) if most else None

    def _times(self, part: _Part, atom: str, least: int, most: int | None, depth: int) -> _Part:
        """Return a piece so many times; each time is a piece of its own, read again from its text."""
        copies = [part]

        def another() -> _Part:
            return copies.pop() if copies else self._again(atom, depth)

        parts = [another() for _ in range(least)]
        if most is None:
            parts.append(self._builder.repeated(another()))
        else:
            optional = (self._builder.either([another(), self._builder.empty()]) for _ in range(most - least))
            parts.extend(optional)
        return self._builder.joined(parts)

    def _again(self, atom: str, depth: int) -> _Part:
        inner = _Reader(atom, self._builder)
        return inner._sequence(depth)

    def _atom(self, depth: int) -> _Part:
        character = self._take()
        if character == "(":
            inner = self._alternatives(depth + 1)
            if self._take() != ")":
                raise self._wrong("expected ')'")
            return inner
        if character == "[":
            return self._builder.one(self._class())
        if character == ".":
            return self._builder.one(_any)
        if character == "@":
            return self._builder.repeated(self._builder.one(_any))
        if character == "#":
            return self._builder.one(lambda _: False)
        if character == '"':
            return self._quoted()
        if character in "~&<":
            raise self._wrong(f"[{character}] is not supported")
        if character == "\\":
            character = self._take()
        # A quantifier with nothing before it stands for itself.
        return self._builder.literal(character)

    def _quoted(self) -> _Part:
        closing = self._pattern.find('"', self._at)
        if closing < 0:
            raise self._wrong("expected '\"'")
        text = self._pattern[self._at : closing]
        self._at = closing + 1
        return self._builder.joined([self._builder.literal(character) for character in text])

    def _class(self) -> Test:
        negated = self._peek() == "^"
        self._at += negated
        tests: list[Test] = []
        while self._peek() != "]" or not tests:
            tests.append(self._member())
        self._at += 1
        return lambda character: any(test(character) for test in tests) != negated

    def _member(self) -> Test:
        first = self._take()
        if first == "\\":
            first = self._take()
        if self._peek() != "-" or self._pattern[self._at + 1 : self._at + 2] in ("]", ""):
            return first.__eq__
        self._at += 1
        last = self._take()
        last = self._take() if last == "\\" else last
        return lambda character: first <= character <= last
