"""The grammar of statements, one method for each first word."""

from collections.abc import Callable
from decimal import Decimal
from typing import Literal as OneOf
from typing import cast

from clickstream.sql import nodes as n
from clickstream.sql import syntax_errors
from clickstream.sql.parse_queries import QueryGrammar
from clickstream.sql.tokens import EOF, STRING, WORD

__all__ = ["StatementGrammar"]

_Kind = OneOf["STREAM", "TABLE"]
_LISTS = ("TOPICS", "STREAMS", "TABLES", "QUERIES")
_PLAIN_LISTS = ("PROPERTIES", "FUNCTIONS", "TYPES", "VARIABLES", "CONNECTORS")


class StatementGrammar(QueryGrammar):
    """Steps over statements."""

    def script(self) -> list[n.ParsedStatement]:
        """Step over every statement up to the end of the text, each ended by `;`."""
        statements = []
        while self.word != EOF:
            statements.append(self.one())
        return statements

    def one(self, *, last_may_be_open: bool = False) -> n.ParsedStatement:
        """Step over one statement and its `;`, which the last one may lack if so allowed."""
        self.first = first = self.index
        statement = self.statement()
        last = self.index
        if not (last_may_be_open and self.word == EOF):
            self.expect(";")
        text = self.tokens.text[self.tokens.starts[first] : self.tokens.ends[last - 1]]
        return n.ParsedStatement(statement, text, self.tokens.location(self.tokens.starts[first]))

    def statement(self) -> n.Statement:
        """Step over one statement, without its `;`."""
        parse = _STATEMENTS.get(self.word)
        if parse is None:
            raise syntax_errors.unknown_statement(self.tokens, self.index)
        self.enter()
        statement = parse(self)
        self.leave()
        return statement

    # ----------------------------------------------------------------------------- create

    def _create(self) -> n.Statement:
        at = self.here()
        self.advance()
        or_replace = self.accept_all("OR", "REPLACE")
        if not or_replace:
            if self.accept("TYPE"):
                return self._create_type(at)
            if self.word in ("SOURCE", "SINK") and self.next_word() == "CONNECTOR":
                return self._create_connector(at)
        is_source = self.accept("SOURCE")
        kind = cast(_Kind, self.expect_one_of("STREAM", "TABLE"))
        if_not_exists = self.accept_all("IF", "NOT", "EXISTS")
        name = self.source_name()
        elements = self.table_elements(kind) if self.word == "(" else ()
        properties = self.properties() if self.accept("WITH") else {}
        if not elements and not is_source and self.accept("AS"):
            query = self.query()
            return n.CreateAsSelect(kind, name, query, properties, or_replace, if_not_exists, at=at)
        return n.CreateSource(
            kind, name, elements, properties, or_replace, if_not_exists, is_source=is_source, at=at
        )

    def table_elements(self, kind: str | None = None) -> tuple[n.TableElement, ...]:
        """Step over `(name type [constraint], …)`, checked for what `kind` of source allows."""
        self.expect("(")
        elements = [self._table_element(kind)]
        while self.accept(","):
            elements.append(self._table_element(kind))
        self.expect(")")
        return tuple(elements)

    def _table_element(self, kind: str | None) -> n.TableElement:
        index = self.index
        at = self.here()
        name = self.name()
        type_ = self.type_()
        constraint, header = self._constraint()
        wrong = {"TABLE": "KEY", "STREAM": "PRIMARY KEY"}.get(kind or "")
        if constraint and constraint == wrong:
            right = "PRIMARY KEY" if wrong == "KEY" else "KEY"
            raise self.illegal(
                f"Line: {at.line}, Col: {at.column}: Column `{name}` is a '{wrong}' column:"
                f" please use '{right}' for {str(kind).lower()}s.",
                index,
            )
        return n.TableElement(name, type_, constraint, header, at=at)

    def _constraint(self) -> tuple[OneOf["", "KEY", "PRIMARY KEY", "HEADERS", "HEADER"], str | None]:
        if self.accept("PRIMARY"):
            self.expect("KEY")
            return "PRIMARY KEY", None
        if self.accept("KEY"):
            return "KEY", None
        if self.accept("HEADERS"):
            return "HEADERS", None
        if self.accept("HEADER"):
            self.expect("(")
            header = self.string()
            self.expect(")")
            return "HEADER", header
        return "", None

    def properties(self, *, keep_case: bool = False) -> dict[str, object]:
        """Step over `(NAME = literal, …)`; quoted names of connectors keep their case."""
        self.expect("(")
        properties: dict[str, object] = {}
        while True:
            index = self.index
            name = self.string() if self.kinds[self.index] == STRING else self.name()
            name = name if keep_case else name.upper()
            self.expect("=")
            value = self.literal()
            if name in properties:
                raise self.unprepared(f"Duplicate property in the WITH clause: {name}", index)
            exact = isinstance(value.value, Decimal)
            properties[name] = float(cast(Decimal, value.value)) if exact else value.value
            if not self.accept(","):
                break
        self.expect(")")
        return properties

    def _create_type(self, at: n.Location) -> n.Statement:
        if_not_exists = self.accept_all("IF", "NOT", "EXISTS")
        name = self.name()
        self.expect("AS")
        return n.CreateType(name, self.type_(), if_not_exists, at=at)

    def _create_connector(self, at: n.Location) -> n.Statement:
        kind = cast(OneOf["SOURCE", "SINK"], self.word)
        self.index += 2
        if_not_exists = self.accept_all("IF", "NOT", "EXISTS")
        name = self.name()
        self.expect("WITH")
        return n.CreateConnector(kind, name, self.properties(keep_case=True), if_not_exists, at=at)

    # ----------------------------------------------------------------------------- insert, query

    def _insert(self) -> n.Statement:
        at = self.here()
        self.advance()
        self.expect("INTO")
        target = self.source_name()
        properties = self.properties() if self.accept("WITH") else {}
        if self.word == "SELECT":
            return n.InsertInto(target, self.query(), properties, at=at)
        columns = self.column_names() if not properties and self.word == "(" else ()
        if not properties and self.accept("VALUES"):
            return n.InsertValues(target, columns, self.column_values(columns), at=at)
        raise self.expected("SELECT", "VALUES")

    def column_names(self) -> tuple[str, ...]:
        """Step over `(name, …)`."""
        self.expect("(")
        columns = [self.name()]
        while self.accept(","):
            columns.append(self.name())
        self.expect(")")
        return tuple(columns)

    def column_values(self, columns: tuple[str, ...]) -> tuple[n.Expression, ...]:
        """Step over `(value, …)`: as many as there are columns, if any are named."""
        values = self.parenthesised_values()
        if columns and len(columns) != len(values):
            raise self.unprepared(
                f"Expected number columns and values to match: {len(columns)}, {len(values)}"
            )
        return values

    def _select(self) -> n.Statement:
        at = self.here()
        return n.QueryStatement(self.query(), at=at)

    # ----------------------------------------------------------------------------- drop, alter

    def _drop(self) -> n.Statement:
        at = self.here()
        self.advance()
        what = self.expect_one_of("STREAM", "TABLE", "CONNECTOR", "TYPE")
        if_exists = self.accept_all("IF", "EXISTS")
        if what == "CONNECTOR":
            return n.DropConnector(self.name(), if_exists, at=at)
        if what == "TYPE":
            return n.DropType(self.name(), if_exists, at=at)
        name = self.source_name()
        delete_topic = self.accept_all("DELETE", "TOPIC")
        return n.DropSource(cast(_Kind, what), name, if_exists, delete_topic, at=at)

    def _alter(self) -> n.Statement:
        at = self.here()
        self.advance()
        what = self.expect_one_of("STREAM", "TABLE", "SYSTEM")
        if what == "SYSTEM":
            name = self.string()
            self.expect("=")
            return n.AlterSystem(name, self.string(), at=at)
        name = self.source_name()
        columns = [self._added_column()]
        while self.accept(","):
            columns.append(self._added_column())
        return n.AlterSource(cast(_Kind, what), name, tuple(columns), at=at)

    def _added_column(self) -> n.TableElement:
        at = self.here()
        self.expect("ADD")
        # COLUMN is no reserved word: `ADD column INT` adds a column of that name.
        if self.word == "COLUMN" and self.next_word(2) not in (",", ";", EOF, "(", "<"):
            self.advance()
        return n.TableElement(self.name(), self.type_(), at=at)

    # ----------------------------------------------------------------------------- show, describe

    def _show(self) -> n.Statement:
        at = self.here()
        self.advance()
        if self.accept("ALL"):
            self.expect("TOPICS")
            return n.Show("TOPICS", self.accept("EXTENDED"), all=True, at=at)
        if self.accept_all("CONNECTOR", "PLUGINS"):
            return n.Show("PLUGINS", at=at)
        for scope in ("SOURCE", "SINK"):
            if self.accept(scope):
                self.expect("CONNECTORS")
                return n.Show("CONNECTORS", scope=scope, at=at)
        what = self.expect_one_of(*_LISTS, *_PLAIN_LISTS)
        extended = what in _LISTS and self.accept("EXTENDED")
        return n.Show(what, extended, at=at)

    def _describe(self) -> n.Statement:
        at = self.here()
        self.advance()
        before = self.accept("EXTENDED")  # The older spelling: DESCRIBE EXTENDED x.
        if self.word in ("STREAMS", "TABLES") and self.next_word() in ("EXTENDED", ";", EOF):
            what = cast(OneOf["STREAMS", "TABLES"], self.word)
            self.advance()
            return n.Describe(what, extended=self.accept("EXTENDED") or before, at=at)
        if self.word in ("FUNCTION", "CONNECTOR") and self.next_word() not in ("EXTENDED", ";", EOF):
            kind = cast(OneOf["FUNCTION", "CONNECTOR"], self.word)
            self.advance()
            return n.Describe(kind, self.name(), at=at)
        name = self.source_name()
        return n.Describe("SOURCE", name, self.accept("EXTENDED") or before, at=at)

    def _explain(self) -> n.Statement:
        at = self.here()
        self.advance()
        first = self.index
        if self.word not in _STATEMENTS or (self.at_name() and self.next_word() in (";", EOF)):
            return n.Explain(query_id=self.name(), at=at)
        statement = self.statement()
        text = self.tokens.text[self.tokens.starts[first] : self.tokens.ends[self.index - 1]]
        return n.Explain(statement=statement, text=text, at=at)

    # ----------------------------------------------------------------------------- queries' control

    def _control(self) -> n.Statement:
        at = self.here()
        action = cast(OneOf["TERMINATE", "PAUSE", "RESUME"], self.word)
        self.advance()
        if self.accept("ALL"):
            return n.QueryControl(action, at=at)
        if action == "TERMINATE" and self.accept("CLUSTER"):
            return n.QueryControl("TERMINATE CLUSTER", at=at)
        return n.QueryControl(action, self.name(), at=at)

    def _print(self) -> n.Statement:
        at = self.here()
        self.advance()
        topic = self._resource()
        from_beginning = self.accept_all("FROM", "BEGINNING")
        interval = self.unsigned() if self.accept("INTERVAL") or self.accept("SAMPLE") else None
        limit = self.unsigned() if self.accept("LIMIT") else None
        return n.PrintTopic(topic, from_beginning, interval, limit, at=at)

    def _resource(self) -> str:
        """Step over the name of something outside: its case is kept even without quotes."""
        kind = self.kinds[self.index]
        if kind == STRING:
            return self.string()
        text = self.text()
        name = self.name()
        return text if kind == WORD else name

    # ----------------------------------------------------------------------------- settings

    def _set(self) -> n.Statement:
        at = self.here()
        self.advance()
        name = self.string()
        self.expect("=")
        return n.SetProperty(name, self.string(), at=at)

    def _unset(self) -> n.Statement:
        at = self.here()
        self.advance()
        return n.UnsetProperty(self.string(), at=at)

    def _define(self) -> n.Statement:
        at = self.here()
        self.advance()
        name = self._variable_name()
        self.expect("=")
        return n.Define(name, self.string(), at=at)

    def _undefine(self) -> n.Statement:
        at = self.here()
        self.advance()
        return n.Undefine(self._variable_name(), at=at)

    def _variable_name(self) -> str:
        """Step over a variable's name: any word, kept as written."""
        if self.kinds[self.index] != WORD:
            raise self.expected("IDENTIFIER")
        text = self.text()
        self.advance()
        return text

    # ----------------------------------------------------------------------------- assert

    def _assert(self) -> n.Statement:
        at = self.here()
        self.advance()
        exists = not self.accept_all("NOT", "EXISTS")
        if self.accept("TOPIC"):
            topic = self._resource()
            properties = self.properties() if self.accept("WITH") else {}
            return n.AssertTopic(topic, properties, exists, self._timeout(), at=at)
        if not self.accept("SCHEMA"):
            raise self.no_viable()
        subject = self._resource() if self.accept("SUBJECT") else None
        id_ = self.unsigned() if self.accept("ID") else None
        return n.AssertSchema(subject, id_, exists, self._timeout(), at=at)

    def _timeout(self) -> n.Duration | None:
        return self.duration() if self.accept("TIMEOUT") else None


_STATEMENTS: dict[str, Callable[[StatementGrammar], n.Statement]] = {
    "SELECT": StatementGrammar._select,
    "CREATE": StatementGrammar._create,
    "INSERT": StatementGrammar._insert,
    "DROP": StatementGrammar._drop,
    "ALTER": StatementGrammar._alter,
    "SHOW": StatementGrammar._show,
    "LIST": StatementGrammar._show,
    "DESCRIBE": StatementGrammar._describe,
    "EXPLAIN": StatementGrammar._explain,
    "TERMINATE": StatementGrammar._control,
    "PAUSE": StatementGrammar._control,
    "RESUME": StatementGrammar._control,
    "PRINT": StatementGrammar._print,
    "SET": StatementGrammar._set,
    "UNSET": StatementGrammar._unset,
    "DEFINE": StatementGrammar._define,
    "UNDEFINE": StatementGrammar._undefine,
    "ASSERT": StatementGrammar._assert,
}
