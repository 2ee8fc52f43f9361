"""The grammar of types: `DECIMAL(4, 2)`, `MAP<STRING, ARRAY<INT>>`, `STRUCT<a INT>`, custom names."""

from clickstream.sql import types as t
from clickstream.sql.cursor import Cursor
from clickstream.sql.nodes import TypeName
from clickstream.sql.tokens import NUMBER, WORD

__all__ = ["TypeGrammar"]

_PRIMITIVES: dict[str, t.SqlType] = {
    "BOOLEAN": t.BOOLEAN,
    "INT": t.INTEGER,
    "INTEGER": t.INTEGER,
    "BIGINT": t.BIGINT,
    "DOUBLE": t.DOUBLE,
    "VARCHAR": t.STRING,
    "STRING": t.STRING,
    "BYTES": t.BYTES,
    "DATE": t.DATE,
    "TIME": t.TIME,
    "TIMESTAMP": t.TIMESTAMP,
}


class TypeGrammar(Cursor):
    """Steps over types."""

    def type_(self) -> t.SqlType | TypeName:
        """Step over a type; a name that is no built-in type becomes a `TypeName`."""
        self.enter()
        result = self._prefix_type()
        while self.accept("ARRAY"):  # The other spelling: `INT ARRAY`.
            result = t.ArrayType(result)
        self.leave()
        return result

    def _prefix_type(self) -> t.SqlType | TypeName:
        following = self.next_word()
        if following == "<":
            if self.accept("ARRAY"):
                return self._array_type()
            if self.accept("MAP"):
                return self._map_type()
            if self.accept("STRUCT"):
                return self._struct_type()
        if following == "<>" and self.accept("STRUCT"):
            self.advance()
            return t.StructType(())
        if self.accept("DECIMAL"):
            return self._decimal_type()
        return self._named_type()

    def _array_type(self) -> t.SqlType:
        self.expect("<")
        item = self.type_()
        self.expect(">")
        return t.ArrayType(item)

    def _map_type(self) -> t.SqlType:
        self.expect("<")
        key = self.type_()
        self.expect(",")
        value = self.type_()
        self.expect(">")
        return t.MapType(key, value)

    def _struct_type(self) -> t.SqlType:
        self.expect("<")
        fields: list[tuple[str, t.SqlType]] = []
        if not self.accept(">"):
            fields.append((self.name(), self.type_()))
            while self.accept(","):
                fields.append((self.name(), self.type_()))
            self.expect(">")
        return t.StructType(tuple(fields))

    def _decimal_type(self) -> t.SqlType:
        at = self.index - 1
        self.expect("(")
        precision = self.unsigned()
        self.expect(",")
        scale = self.unsigned()
        self.expect(")")
        if precision < 1:
            raise self.unprepared(f"DECIMAL precision must be >= 1: DECIMAL({precision},{scale})", at)
        if scale > precision:
            raise self.unprepared(f"DECIMAL precision must be >= scale: DECIMAL({precision},{scale})", at)
        return t.DecimalType(precision, scale)

    def _named_type(self) -> t.SqlType | TypeName:
        if not self.at_name():
            raise self.no_viable()
        at = self.here()
        bare = self.kinds[self.index] == WORD
        name = self.name()
        if self.accept("("):
            self._ignored_parameters()
        known = _PRIMITIVES.get(name) if bare else None
        return known or TypeName(name, at=at)

    def _ignored_parameters(self) -> None:
        """Step over `VARCHAR(20)`'s parameters: they are allowed and mean nothing."""
        self._ignored_parameter()
        while self.accept(","):
            self._ignored_parameter()
        self.expect(")")

    def _ignored_parameter(self) -> None:
        if self.word == "STRING":
            self.advance()
            return
        if self.kinds[self.index] != NUMBER:
            raise self.expected("'STRING'", "INTEGER_VALUE")
        self.advance()
