"""The grammar of what operators join: literals, columns, calls, lambdas, CASE, CAST, constructors."""

from abc import abstractmethod
from collections.abc import Callable

from clickstream.core.errors import SqlSyntaxError
from clickstream.sql import literals, syntax_errors
from clickstream.sql import nodes as n
from clickstream.sql.names import TIME_UNITS
from clickstream.sql.parse_types import TypeGrammar
from clickstream.sql.tokens import BAD, NUMBER, QUOTED, STRING, VARIABLE, WORD
from clickstream.sql.types import STRING as STRING_TYPE

__all__ = ["PrimaryGrammar"]


class PrimaryGrammar(TypeGrammar):
    """Steps over primary expressions."""

    _lambda_scopes: tuple[frozenset[str], ...] = ()

    @abstractmethod
    def expression(self) -> n.Expression:
        """Step over any expression."""

    @abstractmethod
    def value(self) -> n.Expression:
        """Step over an expression without a predicate outside parentheses."""

    def primary(self) -> n.Expression:
        """Step over one operand, without what follows it."""
        kind = self.kinds[self.index]
        word = self.word
        if kind == STRING:
            return n.Literal(at=self.here(), value=self.string(), type=STRING_TYPE)
        if kind == NUMBER or word == "-":
            return self.number_literal()
        if kind == WORD:
            special = _SPECIAL.get(word)
            if special is not None and (parsed := special(self)) is not None:
                return parsed
        if word == "(":
            self.advance()
            inner = self.expression()
            self.expect(")")
            return inner
        if self.at_name():
            return self._named()
        raise self.expected_expression()

    def expected_expression(self) -> SqlSyntaxError:
        """Return the error for a token no expression begins with: too much may stand here to list it."""
        if self.kinds[self.index] == BAD:
            return self.no_viable()
        return syntax_errors.expecting(self.tokens, self.index, ())

    def literal(self) -> n.Literal:
        """Step over a literal: a number, a string, TRUE, FALSE or NULL."""
        kind = self.kinds[self.index]
        if kind == STRING:
            return n.Literal(at=self.here(), value=self.string(), type=STRING_TYPE)
        if kind == NUMBER or self.word == "-":
            return self.number_literal()
        if kind == VARIABLE:
            return n.Literal(at=self.here(), value=self.name(), type=STRING_TYPE)
        if self.word in literals.CONSTANTS:
            return self._constant()
        raise self.no_viable()

    def number_literal(self) -> n.Literal:
        """Step over a number with its sign."""
        at = self.here()
        first = self.index
        negative = self.accept("-")
        if self.kinds[self.index] != NUMBER:
            raise self.expected("INTEGER_VALUE")
        text = self.text()
        self.advance()
        try:
            value, type_ = literals.number(text, negative=negative)
        except literals.BadNumber as error:
            # In this message the real server counts columns from 2.
            where = f"line {at.line}:{at.column + 1}"
            raise self.unprepared(f"{where}: {error}", first) from None
        return n.Literal(value, type_, at=at)

    # ----------------------------------------------------------------------------- names and calls

    def _named(self) -> n.Expression:
        at = self.here()
        bare = self.kinds[self.index] == WORD
        name = self.name()
        word = self.word
        if word == "(":
            return self._call(name, at)
        if word == "." and self.next_word() != "*":
            self.advance()
            return n.ColumnRef(self.name(), name, at=at)
        if bare and name in literals.TYPED and self.kinds[self.index] == STRING:
            return self._typed_literal(name, at)
        if any(name in scope for scope in self._lambda_scopes):
            return n.LambdaVariable(name, at=at)
        return n.ColumnRef(name, at=at)

    def _typed_literal(self, name: str, at: n.Location) -> n.Expression:
        text = self.string()
        try:
            value, type_ = literals.TYPED[name](text)
        except (ValueError, ArithmeticError):
            raise self.unprepared(f"Invalid {name} literal: '{text[:60]}'", self.index - 1) from None
        return n.Literal(value, type_, at=at)

    def _call(self, name: str, at: n.Location) -> n.Expression:
        self.advance()
        if self.word == "*" and self.next_word() == ")":
            self.index += 2
            return n.FunctionCall(name, star=True, at=at)
        args: list[n.Expression] = []
        if not self.accept(")"):
            args.append(self._argument())
            while self.accept(","):
                args.append(self._argument())
            self.expect(")")
        star = name == "COUNT" and not args  # COUNT() is another spelling of COUNT(*).
        return n.FunctionCall(name, tuple(args), star, at=at)

    def _argument(self) -> n.Expression:
        word = self.word
        if word in TIME_UNITS and not self.at_name():  # DAY, HOUR … may be columns; DAYS may not.
            at = self.here()
            self.advance()
            return n.IntervalUnit(TIME_UNITS[word], at=at)
        if self.next_word() == "=>" or (word == "(" and self._closes_with_arrow()):
            return self._lambda()
        return self.expression()

    def _closes_with_arrow(self) -> bool:
        at = self.index + 1
        while self.kinds[at] in (WORD, QUOTED) and self.words[at + 1] == ",":
            at += 2
        return self.words[at + 1 : at + 3] == [")", "=>"]

    def _lambda(self) -> n.Expression:
        at = self.here()
        if self.accept("("):
            params = [self.name()]
            while self.accept(","):
                params.append(self.name())
            self.expect(")")
        else:
            params = [self.name()]
        self.expect("=>")
        outer = self._lambda_scopes
        self._lambda_scopes = (*outer, frozenset(params))
        body = self.expression()
        self._lambda_scopes = outer
        return n.LambdaFunction(tuple(params), body, at=at)

    # ----------------------------------------------------------------------------- keyword forms

    def _constant(self) -> n.Literal:
        at = self.here()
        value, type_ = literals.CONSTANTS[self.word]
        self.advance()
        return n.Literal(value, type_, at=at)

    def _case(self) -> n.Expression:
        at = self.here()
        self.advance()
        operand = None if self.word == "WHEN" else self.value()
        whens = [self._when()]
        while self.word == "WHEN":
            whens.append(self._when())
        default = self.expression() if self.accept("ELSE") else None
        self.expect("END")
        if operand is None:
            return n.SearchedCase(tuple(whens), default, at=at)
        return n.SimpleCase(operand, tuple(whens), default, at=at)

    def _when(self) -> n.When:
        at = self.here()
        self.expect("WHEN")
        condition = self.expression()
        self.expect("THEN")
        return n.When(condition, self.expression(), at=at)

    def _cast(self) -> n.Expression:
        at = self.here()
        self.advance()
        self.expect("(")
        operand = self.expression()
        self.expect("AS")
        type_ = self.type_()
        self.expect(")")
        return n.Cast(operand, type_, at=at)

    def _array(self) -> n.Expression | None:
        if self.next_word() != "[":
            return None
        at = self.here()
        self.index += 2
        items: list[n.Expression] = []
        if not self.accept("]"):
            items.append(self.expression())
            while self.accept(","):
                items.append(self.expression())
            self.expect("]")
        return n.ArrayConstructor(tuple(items), at=at)

    def _map(self) -> n.Expression | None:
        if self.next_word() != "(":
            return None
        at = self.here()
        self.index += 2
        entries: list[tuple[n.Expression, n.Expression]] = []
        if not self.accept(")"):
            entries.append(self._entry())
            while self.accept(","):
                entries.append(self._entry())
            self.expect(")")
        return n.MapConstructor(tuple(entries), at=at)

    def _entry(self) -> tuple[n.Expression, n.Expression]:
        key = self.expression()
        self.expect(":=")
        return key, self.expression()

    def _struct(self) -> n.Expression | None:
        if self.next_word() != "(":
            return None
        at = self.here()
        self.index += 2
        fields: list[tuple[str, n.Expression]] = []
        if not self.accept(")"):
            fields.append(self._field())
            while self.accept(","):
                fields.append(self._field())
            self.expect(")")
        return n.StructConstructor(tuple(fields), at=at)

    def _field(self) -> tuple[str, n.Expression]:
        name = self.name()
        self.expect(":=")
        return name, self.expression()

    def _decimal(self) -> n.Expression | None:
        if self.kinds[self.index + 1] != STRING:
            raise syntax_errors.reserved_word(self.tokens, self.index)
        at = self.here()
        self.advance()
        return self._typed_literal("DECIMAL", at)


_SPECIAL: dict[str, Callable[[PrimaryGrammar], n.Expression | None]] = {
    "TRUE": PrimaryGrammar._constant,
    "FALSE": PrimaryGrammar._constant,
    "NULL": PrimaryGrammar._constant,
    "CASE": PrimaryGrammar._case,
    "CAST": PrimaryGrammar._cast,
    "ARRAY": PrimaryGrammar._array,
    "MAP": PrimaryGrammar._map,
    "STRUCT": PrimaryGrammar._struct,
    "DECIMAL": PrimaryGrammar._decimal,
}
"""Words an operand may begin with; None comes back where the word turns out to be a plain name."""
