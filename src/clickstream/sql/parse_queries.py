"""The grammar of SELECT: items, sources and joins, windows, and the clauses after them."""

from typing import Literal as OneOf
from typing import cast

from clickstream.sql import nodes as n
from clickstream.sql.names import RESERVED
from clickstream.sql.parse_expressions import ExpressionGrammar
from clickstream.sql.tokens import QUOTED, WORD

__all__ = ["MAX_JOINS", "QueryGrammar"]

MAX_JOINS = 60
"""How many joins one query may chain; the tree nests to the left, a level each."""

_JOIN_KINDS = {"INNER": "INNER", "LEFT": "LEFT", "RIGHT": "RIGHT", "FULL": "OUTER", "JOIN": "INNER"}
_SOURCE_NAME = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-")
_AFTER_GROUPING = {"HAVING", "EMIT", "LIMIT", "PARTITION", ";", "<EOF>"}


class QueryGrammar(ExpressionGrammar):
    """Steps over queries."""

    def query(self) -> n.Query:
        """Step over `SELECT … FROM …` and every clause that follows."""
        at = self.here()
        self.expect("SELECT")
        select = [self._select_item()]
        while self.accept(","):
            select.append(self._select_item())
        self.expect("FROM")
        from_ = self._relation()
        window = self._window() if self.accept("WINDOW") else None
        where = self.expression() if self.accept("WHERE") else None
        group_by = self._grouping("GROUP")
        partition_by = self._grouping("PARTITION")
        having = self.expression() if self.accept("HAVING") else None
        emit = self.expect_one_of("CHANGES", "FINAL") if self.accept("EMIT") else None
        limit = self.unsigned() if self.accept("LIMIT") else None
        return n.Query(
            select=tuple(select),
            from_=from_,
            window=window,
            where=where,
            group_by=group_by,
            partition_by=partition_by,
            having=having,
            emit=cast(OneOf["CHANGES", "FINAL"] | None, emit),
            limit=limit,
            at=at,
        )

    def source_name(self) -> str:
        """Step over a stream's or table's name.

        Raises: SqlSyntaxError if it has a character a source's name may not have.
        """
        index = self.index
        at = self.here()
        name = self.name()
        if not _SOURCE_NAME.issuperset(name):
            raise self.illegal(
                f"Illegal argument at Line: {at.line}, Col: {at.column}. Source names may only contain"
                f" alphanumeric values, '_' or '-'. Got: '{name}'",
                index,
            )
        return name

    # ----------------------------------------------------------------------------- select items

    def _select_item(self) -> n.SelectItem:
        at = self.here()
        if self.accept("*"):
            return n.AllColumns(at=at)
        if self.next_word() == "." and self.next_word(2) == "*":
            source = self.name()
            self.index += 2
            return n.AllColumns(source, at=at)
        expression = self.expression()
        if self.word == "->" and self.next_word() == "*":
            self.index += 2
            return n.StructAll(expression, at=at)
        return n.SingleColumn(expression, self._select_alias(), at=at)

    def _select_alias(self) -> str | None:
        if self.accept("AS"):
            return self.name()
        return self.name() if self.at_name() else None

    # ----------------------------------------------------------------------------- sources

    def _relation(self) -> n.Relation:
        relation: n.Relation = self._source()
        for _ in range(MAX_JOINS):
            at = self.here()
            kind = self._join_kind()
            if kind is None:
                return relation
            right = self._source()
            within = self._within() if self.accept("WITHIN") else None
            self.expect("ON")
            relation = n.Join(relation, right, kind, self.expression(), within, at=at)
        if self._join_kind() is not None:
            raise self.too_deep()
        return relation

    def _source(self) -> n.TableRef:
        at = self.here()
        name = self.source_name()
        if self.accept("AS") or self._alias_follows():
            return n.TableRef(name, self.source_name(), at=at)
        return n.TableRef(name, name, at=at)

    def _alias_follows(self) -> bool:
        """Return whether a bare name here is an alias and not the first word of a clause."""
        if not self.at_name():
            return False
        following = self.next_word()
        if self.word == "EMIT":  # CHANGES, FINAL, or one of them misspelt.
            return following in ("EMIT", "PARTITION") or not following.isidentifier() or following in RESERVED
        return not (self.word == "PARTITION" and following == "BY")

    def _join_kind(self) -> OneOf["INNER", "LEFT", "RIGHT", "OUTER"] | None:
        kind = _JOIN_KINDS.get(self.word)
        if kind is None:
            return None
        word = self.word
        if word != "JOIN":
            self.advance()
            if word != "INNER":
                self.accept("OUTER")
        self.expect("JOIN")
        return cast(OneOf["INNER", "LEFT", "RIGHT", "OUTER"], kind)

    def _within(self) -> n.Within:
        at = self.here()
        if self.accept("("):
            before = self.duration()
            self.expect(",")
            after = self.duration()
            self.expect(")")
        else:
            before = after = self.duration()
        grace = self.duration() if self.accept_all("GRACE", "PERIOD") else None
        return n.Within(before, after, grace, at=at)

    # ----------------------------------------------------------------------------- windows

    def _window(self) -> n.Window:
        at = self.here()
        if self.kinds[self.index] in (WORD, QUOTED) and self.next_word() in (
            "TUMBLING",
            "HOPPING",
            "SESSION",
        ):
            self.advance()  # A window may carry a name, which nothing reads.
        kind = self.expect_one_of("TUMBLING", "HOPPING", "SESSION")
        self.expect("(")
        if kind != "SESSION":
            self.expect("SIZE")
        size = self.duration()
        parts: dict[str, n.Duration] = {}
        while self.accept(","):
            self._window_part(kind, parts)
        if kind == "HOPPING" and "ADVANCE" not in parts:
            self.expect_all(",", "ADVANCE")
        self.expect(")")
        return n.Window(
            cast(OneOf["TUMBLING", "HOPPING", "SESSION"], kind),
            size,
            advance=parts.get("ADVANCE"),
            grace=parts.get("GRACE"),
            retention=parts.get("RETENTION"),
            at=at,
        )

    def _window_part(self, kind: str, parts: dict[str, n.Duration]) -> None:
        """Step over one of ADVANCE BY, RETENTION and GRACE PERIOD, each at most once, in any order."""
        allowed = ["ADVANCE"] if kind == "HOPPING" else []
        left = [word for word in (*allowed, "RETENTION", "GRACE") if word not in parts]
        word = self.expect_one_of(*left)
        if word == "ADVANCE":
            self.expect("BY")
        elif word == "GRACE":
            self.expect("PERIOD")
        parts[word] = self.duration()

    # ----------------------------------------------------------------------------- grouping

    def _grouping(self, word: str) -> tuple[n.Expression, ...]:
        """Step over `GROUP BY …` or `PARTITION BY …`, with or without parentheses round the list."""
        if not self.accept_all(word, "BY"):
            return ()
        if self.word == "(" and self._parentheses_hold_list():
            return self._grouping_list(word)
        return self.values()

    def _grouping_list(self, clause: str) -> tuple[n.Expression, ...]:
        self.expect("(")
        if self.word == ")":
            raise self.illegal(f"{clause} BY requires at least one expression")
        items = [self.expression()]  # Alone in its parentheses it may be a predicate.
        while self.accept(","):
            items.append(self.value())
        self.expect(")")
        return tuple(items)

    def _parentheses_hold_list(self) -> bool:
        """Return whether the parenthesis here closes right before the next clause."""
        depth = 0
        at = self.index
        while True:
            word = self.words[at]
            if word in ("(", ")"):
                depth += 1 if word == "(" else -1
                if depth == 0:
                    return self.words[at + 1] in _AFTER_GROUPING
            elif word in (";", "<EOF>"):
                return False
            at += 1
