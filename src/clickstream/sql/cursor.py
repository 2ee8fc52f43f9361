"""Where the parser stands in the tokens, and the few moves it can make.

The grammar is in `parse_types.py`, `parse_expressions.py`, `parse_queries.py` and
`parse_statements.py`, each a class built on the one before; this is their base.
"""

from clickstream.core.errors import SqlSyntaxError
from clickstream.sql import syntax_errors
from clickstream.sql.mask import mask_text
from clickstream.sql.names import RESERVED, TIME_UNITS
from clickstream.sql.nodes import Duration, Location
from clickstream.sql.tokens import BAD, DIGIT_NAME, EOF, NUMBER, QUOTED, STRING, VARIABLE, WORD, Tokens

__all__ = ["MAX_DEPTH", "MAX_HEIGHT", "Cursor"]

MAX_DEPTH = 100
"""How deep parentheses, calls and types may nest.

A level costs up to six frames here; Python allows 1 000, and callers need some of them.
"""

MAX_HEIGHT = 200
"""How tall an expression's tree may be; a chain `a OR b OR c …` is as tall as it has operators.

Everything that walks the tree takes two or three frames a level.
"""

_CLOSERS = {",", ")", ";", "]", ">", EOF}


class Cursor:
    """A position in `tokens`. `word` is what stands there."""

    def __init__(self, tokens: Tokens, *, tracing: bool = False) -> None:
        self.tokens = tokens
        self.words = tokens.words
        self.kinds = tokens.kinds
        self.index = 0
        self.first = 0  # Where the current statement begins.
        self.depth = 0
        self._tracing = tracing
        self._tried: list[str] = []
        self._tried_at = 0

    # ----------------------------------------------------------------------------- looking

    @property
    def word(self) -> str:
        """The current token, as `tokens.words` has it."""
        return self.words[self.index]

    def next_word(self, ahead: int = 1) -> str:
        """Return the token `ahead` of the current one."""
        at = self.index + ahead
        return self.words[at] if at < len(self.words) else EOF

    def here(self) -> Location:
        """Return where the current token begins."""
        return self.tokens.location(self.tokens.starts[self.index])

    def text(self) -> str:
        """Return the current token as written."""
        return self.tokens.text[self.tokens.starts[self.index] : self.tokens.ends[self.index]]

    def at_name(self) -> bool:
        """Return whether the current token may be a name."""
        kind = self.kinds[self.index]
        if kind == WORD:
            word = self.words[self.index]
            return word not in RESERVED
        return kind in (QUOTED, VARIABLE, DIGIT_NAME)

    # ----------------------------------------------------------------------------- moving

    def advance(self) -> None:
        """Step over the current token."""
        self.index += 1

    def accept(self, word: str) -> bool:
        """Step over `word` if it stands here."""
        if self.words[self.index] == word:
            self.index += 1
            return True
        if self._tracing:
            self._note(word)
        return False

    def accept_all(self, *words: str) -> bool:
        """Step over `words` if all of them stand here, in this order."""
        if self.words[self.index : self.index + len(words)] == list(words):
            self.index += len(words)
            return True
        if self._tracing:
            self._note(words[0])
        return False

    def expect(self, word: str) -> None:
        """Step over `word`.

        Raises: SqlSyntaxError if something else stands here.
        """
        if self.words[self.index] == word:
            self.index += 1
            return
        self._note(word)
        unfinished = word == ";" and self.word == EOF
        alone = len(self._tried) == 1 and self.word in _CLOSERS and self.next_word() != word
        if unfinished or alone:
            detail = f"missing '{word}' at '{syntax_errors.token_text(self.tokens, self.index)}'"
            raise syntax_errors.syntax_error(self.tokens, self.index, detail)
        raise self.fail()

    def expect_all(self, *words: str) -> None:
        """Step over `words`, in this order."""
        for word in words:
            self.expect(word)

    def expect_one_of(self, *words: str) -> str:
        """Step over and return the one of `words` that stands here."""
        for word in words:
            if self.accept(word):
                return word
        raise self.expected(*words)

    def name(self) -> str:
        """Step over a name; return it upper case, or as written if it is quoted.

        Raises: SqlSyntaxError if no name stands here, or a reserved word.
        """
        index = self.index
        kind = self.kinds[index]
        if kind == WORD:
            word = self.words[index]
            if word in RESERVED:
                raise syntax_errors.reserved_word(self.tokens, index)
            self.index = index + 1
            return word
        if kind == QUOTED:
            text = self.text()
            self.index = index + 1
            return text[1:-1].replace(text[0] * 2, text[0])
        if kind in (VARIABLE, DIGIT_NAME):
            text = self.text().upper()
            self.index = index + 1
            return text
        raise self.expected("IDENTIFIER")

    def string(self) -> str:
        """Step over a string literal and return its text."""
        if self.kinds[self.index] != STRING:
            raise self.expected("STRING")
        text = self.text()
        self.index += 1
        return text[1:-1].replace("''", "'")

    def unsigned(self) -> int:
        """Step over a whole number and return it."""
        text = self.text()
        if self.kinds[self.index] != NUMBER or not text.isdecimal():
            raise self.expected("INTEGER_VALUE")
        if len(text) > _LONGEST_INTEGER or int(text) > 2**63 - 1:
            raise self.unprepared(f"Invalid numeric literal: {text[:_LONGEST_SHOWN]}")
        self.index += 1
        return int(text)

    def duration(self) -> Duration:
        """Step over `30 SECONDS`."""
        at = self.here()
        value = self.unsigned()
        unit = TIME_UNITS.get(self.word)
        if unit is None:
            raise self.expected(*TIME_UNITS)
        self.index += 1
        return Duration(value, unit, at=at)

    # ----------------------------------------------------------------------------- failing

    def expected(self, *words: str) -> SqlSyntaxError:
        """Return the error for a current token in whose place one of `words` should stand."""
        for word in words:
            self._note(word)
        return self.fail()

    def fail(self) -> SqlSyntaxError:
        """Return the error for the current token, with what was tried in its place."""
        if self.kinds[self.index] == BAD:
            return self.no_viable()
        tried = self._tried if self._tried_at == self.index else []
        return syntax_errors.expecting(self.tokens, self.index, tried)

    def no_viable(self) -> SqlSyntaxError:
        """Return the error for a current token that fits nothing."""
        at = self.here()
        text = syntax_errors.token_text(self.tokens, self.index)[:_LONGEST_SHOWN]
        detail = f"Syntax error at or near '{text}' at line {at.line}:{at.column}"
        return syntax_errors.syntax_error(self.tokens, self.index, detail)

    def illegal(self, detail: str, index: int | None = None) -> SqlSyntaxError:
        """Return the error for a rule broken at token `index` (the current one)."""
        error = syntax_errors.illegal(self.tokens, self.index if index is None else index, detail)
        error.statement = self._statement_text()
        return error

    def unprepared(self, detail: str, index: int | None = None) -> SqlSyntaxError:
        """Return the error for a statement that reads well and cannot be made into a tree."""
        return self.illegal(f"Failed to prepare statement: {detail}", index)

    def _statement_text(self) -> str:
        end = self.index
        while self.words[end] not in (";", EOF):
            end += 1
        return mask_text(self.tokens.text[self.tokens.starts[self.first] : self.tokens.ends[end]])

    def too_deep(self) -> SqlSyntaxError:
        """Return the error for text that nests too deep."""
        return syntax_errors.syntax_error(self.tokens, self.index, "The statement nests too deep")

    # ----------------------------------------------------------------------------- nesting

    def enter(self) -> None:
        """Go one level down.

        Raises: SqlSyntaxError if that is too deep.
        """
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise self.too_deep()

    def leave(self) -> None:
        """Come one level up."""
        self.depth -= 1

    def _note(self, word: str) -> None:
        if self._tried_at != self.index:
            self._tried = []
            self._tried_at = self.index
        if word not in self._tried:
            self._tried.append(word)


_LONGEST_INTEGER = 30
_LONGEST_SHOWN = 60
