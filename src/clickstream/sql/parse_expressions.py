"""The grammar of operators, by how tight they bind.

From loose to tight: OR; AND; NOT; one predicate (comparison, BETWEEN, IN, LIKE, IS); `||`; `+ -`;
`* / %`; sign; `->` and `[ ]`. A *value* expression holds no predicate outside parentheses.

Source: confluentinc/ksql ksqldb-parser SqlBase.g4 — which forms exist and how tight they bind.
"""

from collections.abc import Callable
from typing import Literal as OneOf
from typing import cast

from clickstream.sql import nodes as n
from clickstream.sql.cursor import MAX_HEIGHT
from clickstream.sql.parse_primaries import PrimaryGrammar
from clickstream.sql.tokens import NUMBER, STRING

__all__ = ["ExpressionGrammar"]

_OR, _AND, _NOT, _PREDICATE, _CONCAT, _SUM, _PRODUCT, _SIGN = range(1, 9)
_TIGHTNESS = {
    "OR": _OR,
    "AND": _AND,
    **dict.fromkeys(("=", "<>", "<", "<=", ">", ">="), _PREDICATE),
    **dict.fromkeys(("BETWEEN", "IN", "LIKE", "IS", "NOT"), _PREDICATE),
    "||": _CONCAT,
    **dict.fromkeys("+-", _SUM),
    **dict.fromkeys("*/%", _PRODUCT),
}

_ComparisonOp = OneOf["=", "<>", "<", "<=", ">", ">=", "IS DISTINCT FROM", "IS NOT DISTINCT FROM"]
_ArithmeticOp = OneOf["+", "-", "*", "/", "%"]


class ExpressionGrammar(PrimaryGrammar):
    """Steps over expressions."""

    _height = 0
    """The tallest expression parsed so far inside the enclosing one."""

    def expression(self, loosest: int = _OR) -> n.Expression:
        """Step over an expression whose operators bind at least as tight as `loosest`."""
        self.enter()
        outer, self._height = self._height, 0
        left = self._operand(loosest)
        height = self._height + 1
        tightest = _SIGN
        while loosest <= (binds := _TIGHTNESS.get(self.word, 0)) <= tightest:
            if self.word == "NOT" and self.next_word() not in ("BETWEEN", "IN", "LIKE"):
                break
            self._height = 0
            left = self._join(left, binds)
            height = max(height, self._height) + 1
            if height > MAX_HEIGHT:
                raise self.too_deep()
            # A predicate takes no second one, and nothing tighter, without parentheses.
            tightest = binds - 1 if binds == _PREDICATE else binds
        self._height = max(outer, height)
        self.depth -= 1
        return left

    def value(self) -> n.Expression:
        """Step over an expression without a predicate outside parentheses."""
        return self.expression(_CONCAT)

    def values(self) -> tuple[n.Expression, ...]:
        """Step over one value expression or more, separated by commas."""
        items = [self.value()]
        while self.accept(","):
            items.append(self.value())
        return tuple(items)

    def parenthesised_values(self) -> tuple[n.Expression, ...]:
        """Step over `(a, b)`, which may be empty."""
        self.expect("(")
        if self.accept(")"):
            return ()
        items = self.values()
        self.expect(")")
        return items

    # ----------------------------------------------------------------------------- operands

    def _operand(self, loosest: int) -> n.Expression:
        """Step over an operand with the signs, NOT, `->` and `[ ]` that belong to it."""
        word = self.word
        if word == "NOT" and loosest <= _NOT:
            at = self.here()
            self.advance()
            return n.Not(self.expression(_NOT), at=at)
        if word == "+" or (word == "-" and self.kinds[self.index + 1] != NUMBER):
            at = self.here()
            self.advance()
            return n.Signed(cast(OneOf["+", "-"], word), self.expression(_SIGN), at=at)
        base = self.primary()
        while (word := self.word) == "[" or (word == "->" and self.next_word() != "*"):
            base = self._element(base)
            self._height += 1
            if self._height > MAX_HEIGHT:
                raise self.too_deep()
        return base

    def _element(self, base: n.Expression) -> n.Expression:
        at = self.here()
        if self.accept("->"):
            return n.Dereference(base, self.name(), at=at)
        self.expect("[")
        index = self.value()
        self.expect("]")
        return n.Subscript(base, index, at=at)

    # ----------------------------------------------------------------------------- operators

    def _join(self, left: n.Expression, binds: int) -> n.Expression:
        """Step over the operator that stands here and what is right of it."""
        at = self.here()
        word = self.word
        self.advance()
        if binds == _PREDICATE:
            return self._predicate(word, left, at)
        right = self.expression(binds + 1)
        if binds <= _AND:
            return n.Logical(cast(OneOf["AND", "OR"], word), left, right, at=at)
        if binds == _CONCAT:
            return n.Concat(left, right, at=at)
        return n.Arithmetic(cast(_ArithmeticOp, word), left, right, at=at)

    def _predicate(self, word: str, left: n.Expression, at: n.Location) -> n.Expression:
        negated = word == "NOT"
        if negated:
            word = self.word
            self.advance()
        parse = _PREDICATES.get(word)
        if parse is None:
            return n.Comparison(cast(_ComparisonOp, word), left, self.value(), at=at)
        predicate = parse(self, left, at)
        return n.Not(predicate, at=at) if negated else predicate

    def _between(self, left: n.Expression, at: n.Location) -> n.Expression:
        low = self.value()
        self.expect("AND")
        return n.Between(left, low, self.value(), at=at)

    def _in(self, left: n.Expression, at: n.Location) -> n.Expression:
        self.expect("(")
        items = [self.expression()]
        while self.accept(","):
            items.append(self.expression())
        self.expect(")")
        return n.InList(left, tuple(items), at=at)

    def _like(self, left: n.Expression, at: n.Location) -> n.Expression:
        pattern = self.value()
        escape = None
        if self.word == "ESCAPE" and self.kinds[self.index + 1] == STRING:
            self.advance()
            escape = self.string()
            if len(escape) != 1:
                raise self.unprepared(f"ESCAPE takes one character, not '{escape[:20]}'", self.index - 1)
        return n.Like(left, pattern, escape, at=at)

    def _is(self, left: n.Expression, at: n.Location) -> n.Expression:
        negated = self.accept("NOT")
        if self.accept("NULL"):
            return n.IsNull(left, negated, at=at)
        self.expect("DISTINCT")
        self.expect("FROM")
        op: _ComparisonOp = "IS NOT DISTINCT FROM" if negated else "IS DISTINCT FROM"
        return n.Comparison(op, left, self.value(), at=at)


_PREDICATES: dict[str, Callable[[ExpressionGrammar, n.Expression, n.Location], n.Expression]] = {
    "BETWEEN": ExpressionGrammar._between,
    "IN": ExpressionGrammar._in,
    "LIKE": ExpressionGrammar._like,
    "IS": ExpressionGrammar._is,
}
