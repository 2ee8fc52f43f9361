"""Expressions to Python source: one rule per kind of node.

A rule adds lines that compute the node and returns the *atom* (a name or a constant) that holds its
value. NULL is None. Comparisons with NULL are false. Arithmetic on NULL, or a NULL where a truth value is
needed, makes the whole expression NULL (of ARRAY, MAP and STRUCT only that part): ksqlDB compiles to
Java, which fails when it unboxes it.
Source: ksqldb-execution …/execution/codegen/SqlToJavaVisitor.java (the behaviour we match).
"""

from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import partial
from typing import Any

from clickstream.core.errors import Unsupported
from clickstream.core.java_time import DAY_MS
from clickstream.engine.expressions import operations as ops
from clickstream.engine.expressions.code import Code
from clickstream.engine.scope import Scope
from clickstream.sql import nodes as n
from clickstream.sql.coercion import Typed, coerce, common_type
from clickstream.sql.expression_types import ExpressionTyper, searched_case
from clickstream.sql.functions.casts import cast
from clickstream.sql.functions.lookup import FunctionLookup
from clickstream.sql.types import DOUBLE, STRING, DecimalType, LambdaType, MapType, SqlType

__all__ = ["ExpressionCompiler", "Report", "children", "columns_of"]

Report = Callable[[str, Exception], None]
"""Takes what was computed, in words, and why it failed."""


class ExpressionCompiler:
    """Compiles expressions over one scope into `code`."""

    def __init__(self, code: Code, scope: Scope, functions: FunctionLookup, report: Report) -> None:
        self.code = code
        self._scope = scope
        self._functions = functions
        self._typer = ExpressionTyper(scope.types, functions)
        self._loaded: dict[str, str] = {}
        self._variables: Mapping[str, str] = {}
        self._not_null: set[str] = set()
        self._report = report
        self._is_root = True

    def load(self, expressions: list[n.Expression]) -> None:
        """Add the loading of every column that `expressions` use."""
        for expression in expressions:
            for name in columns_of(expression):
                slot = self._scope.slots.get(name)
                if slot is not None and name not in self._loaded:
                    self._loaded[name] = self.code.assign(slot.place)

    def emit(self, expression: n.Expression) -> str:
        """Add the lines that compute `expression`; return the atom with its value."""
        outer = self._is_root
        self._is_root = outer and isinstance(expression, n.Arithmetic | n.Signed)
        try:
            return _RULES[type(expression)](self, expression)
        finally:
            self._is_root = outer

    def emit_as(self, expression: n.Expression, type_: SqlType | None) -> str:
        """As `emit`, converted to `type_` unless that is None."""
        return self._convert(self.emit(expression), self.type_of(expression), type_)

    def type_of(self, expression: n.Expression) -> SqlType | None:
        """Return the expression's type, None for an untyped NULL."""
        return self._typer.type_of(expression)

    # ----------------------------------------------------------------------- leaves

    def _literal(self, node: n.Literal) -> str:
        value = node.value
        if value is None:
            return "None"
        atom = repr(value) if isinstance(value, bool | int | str) else self.code.constant(value)
        self._not_null.add(atom)
        return atom

    def _column(self, node: n.ColumnRef) -> str:
        self._typer.type_of(node)
        return self._loaded[node.name]

    def _variable(self, node: n.LambdaVariable) -> str:
        return self._variables[node.name]

    def _interval(self, node: n.IntervalUnit) -> str:
        return repr(node.unit)

    # ----------------------------------------------------------------------- null handling

    def _strict(self, atoms: tuple[str, ...], result: str, otherwise: str = "None") -> str:
        """Assign `result`, or `otherwise` if one of `atoms` is NULL."""
        tests = [f"{a} is None" for a in dict.fromkeys(atoms) if a not in self._not_null]
        if not tests:
            return self.code.assign(result)
        if any(a == "None" for a in atoms):
            return self.code.assign(otherwise)
        return self.code.assign(f"{otherwise} if {' or '.join(tests)} else {result}")

    def _arithmetic_on(self, atoms: tuple[str, ...], result: str) -> str:
        """Assign `result`; NULL among `atoms` is the result at an expression's root, else it fails."""
        if self._is_root:
            return self._strict(atoms, result)
        tests = [f"{a} is None" for a in dict.fromkeys(atoms) if a not in self._not_null]
        if tests:
            with self.code.block(f"if {' or '.join(tests)}"):
                self._fail("arithmetic on NULL")
        return self.code.assign(result)

    def _fail(self, reason: str) -> None:
        error = self.code.constant(ops.NullOperandError)
        self.code.line(f"raise {error}({reason!r})")

    def _part(self, emit: Callable[[], str], what: str) -> str:
        """Return the atom of a structure's part, which is NULL if it fails."""
        name = self.code.name("part")
        report = self.code.constant(self._report, "report")
        with self.code.block("try"):
            self.code.line(f"{name} = {emit()}")
        with self.code.block("except Exception as error"):
            self.code.line(f"{name} = None")
            self.code.line(f"{report}({what!r}, error)")
        return name

    def _convert(self, atom: str, source: SqlType | None, target: SqlType | None) -> str:
        """Return an atom with `atom`'s value as a `target`."""
        if source is None or target is None or source == target or isinstance(target, LambdaType):
            return atom
        convert = cast(source, target)
        if convert is None:
            return atom
        return self._strict((atom,), f"{self.code.constant(convert)}({atom})")

    # ----------------------------------------------------------------------- numbers

    def _arithmetic(self, node: n.Arithmetic) -> str:
        type_ = self.type_of(node)
        left_type, right_type = self.type_of(node.left), self.type_of(node.right)
        left, right = self.emit(node.left), self.emit(node.right)
        if type_ is None or left_type is None or right_type is None:
            return "None"
        if type_ == STRING:
            return self._arithmetic_on((left, right), f"{left} + {right}")
        if isinstance(type_, DecimalType):
            operate = self.code.constant(ops.decimal_operation(node.op, type_.precision, type_.scale))
            a, b = self._as_decimal(left, left_type), self._as_decimal(right, right_type)
            return self._arithmetic_on((left, right), f"{operate}({a}, {b})")
        if type_ == DOUBLE:
            left, right = self._convert(left, left_type, DOUBLE), self._convert(right, right_type, DOUBLE)
        return self._arithmetic_on((left, right), self._number_operation(node.op, type_, left, right))

    def _as_decimal(self, atom: str, type_: SqlType) -> str:
        return atom if isinstance(type_, DecimalType) else f"{self.code.constant(Decimal)}({atom})"

    def _number_operation(self, op: str, type_: SqlType, a: str, b: str) -> str:
        if op == "%":
            return f"{self.code.constant(ops.remainder)}({a}, {b})"
        if type_ == DOUBLE:
            divide = f"{self.code.constant(ops.divide_double)}({a}, {b})"
            return divide if op == "/" else f"{a} {op} {b}"
        wrap = self.code.constant(ops.wrap_int if type_.base == "INTEGER" else ops.wrap_long)
        if op == "/":
            return f"{wrap}({self.code.constant(ops.divide_integer)}({a}, {b}))"
        return f"{wrap}({a} {op} {b})"

    def _signed(self, node: n.Signed) -> str:
        atom = self.emit(node.operand)
        type_ = self.type_of(node.operand)
        if node.sign == "+" or type_ is None:
            return atom
        negated = f"-{atom}"
        if type_.base in ("INTEGER", "BIGINT"):
            wrap = ops.wrap_int if type_.base == "INTEGER" else ops.wrap_long
            negated = f"{self.code.constant(wrap)}(-{atom})"
        return self._arithmetic_on((atom,), negated)

    def _concat(self, node: n.Concat) -> str:
        return self._call(n.FunctionCall("CONCAT", (node.left, node.right)))

    # ----------------------------------------------------------------------- truth values

    def _comparison(self, node: n.Comparison) -> str:
        left, right = self._comparable(node.left, node.right)
        if node.op == "IS DISTINCT FROM":
            return self.code.assign(f"{left} != {right}")
        if node.op == "IS NOT DISTINCT FROM":
            return self.code.assign(f"{left} == {right}")
        op = {"=": "==", "<>": "!="}.get(node.op, node.op)
        return self._strict((left, right), f"{left} {op} {right}", "False")

    def _comparable(self, a: n.Expression, b: n.Expression) -> tuple[str, str]:
        """Return atoms of both sides with types that Python compares as ksqlDB does."""
        left, right = self.emit(a), self.emit(b)
        left_type, right_type = self.type_of(a), self.type_of(b)
        if left_type is None or right_type is None or left_type == right_type:
            return left, right
        return self._aligned(left, left_type, right_type), self._aligned(right, right_type, left_type)

    def _aligned(self, atom: str, type_: SqlType, other: SqlType) -> str:
        if type_ == DOUBLE and other.base == "DECIMAL":
            return self._strict((atom,), f"{self.code.constant(_exact)}({atom})")
        if type_ == STRING and other.base in ("DATE", "TIME", "TIMESTAMP"):
            return self._convert(atom, type_, other)
        if type_.base == "DATE" and other.base == "TIMESTAMP":
            return self._strict((atom,), f"{atom} * {DAY_MS}")
        return atom

    def _logical(self, node: n.Logical) -> str:
        result = self.code.name()
        left = self._truth(node.left)
        with self.code.block(f"if {left}" if node.op == "AND" else f"if not {left}"):
            self.code.line(f"{result} = {self._truth(node.right)}")
        with self.code.block("else"):
            self.code.line(f"{result} = {'False' if node.op == 'AND' else 'True'}")
        self._not_null.add(result)
        return result

    def _truth(self, node: n.Expression) -> str:
        """Return an atom that is true or false; NULL raises NullOperandError."""
        atom = self.emit(node)
        if atom not in self._not_null and not isinstance(node, n.Comparison | n.IsNull | n.Between):
            with self.code.block(f"if {atom} is None"):
                self._fail("a truth value is NULL")
        return atom

    def _not(self, node: n.Not) -> str:
        return self.code.assign(f"not {self._truth(node.operand)}")

    def _is_null(self, node: n.IsNull) -> str:
        atom = self.emit(node.operand)
        if atom in self._not_null:
            return self.code.assign(str(node.negated))
        return self.code.assign(f"{atom} is {'not ' if node.negated else ''}None")

    def _between(self, node: n.Between) -> str:
        low = n.Comparison(">=", node.value, node.low)
        return self._logical(n.Logical("AND", low, n.Comparison("<=", node.value, node.high)))

    def _in_list(self, node: n.InList) -> str:
        typed = self._typer.typed((node.value, *node.items))
        common = common_type(typed, self._typer.typed)
        if common is None:
            return self.code.assign("False")
        value, *items = [self._coerced(item, common) for item in typed]
        known = [i for i in items if i != "None"]
        return self._strict((value,), f"{value} in ({', '.join(known)},)" if known else "False", "False")

    def _coerced(self, item: Typed, target: SqlType) -> str:
        expression = coerce(item, target)
        atom = self.emit(expression)
        return self._convert(atom, self.type_of(expression), target)

    def _like(self, node: n.Like) -> str:
        value = self.emit(node.value)
        if isinstance(node.pattern, n.Literal) and isinstance(node.pattern.value, str):
            matches = self.code.constant(ops.like_matcher(node.pattern.value, node.escape))
            return self._strict((value,), f"{matches}({value})", "False")
        pattern = self.emit(node.pattern)
        matcher = self.code.constant(ops.like_matcher)
        return self._strict((value, pattern), f"{matcher}({pattern}, {node.escape!r})({value})", "False")

    def _searched_case(self, node: n.SearchedCase) -> str:
        result = self.code.name()
        self._branch(list(node.whens), node.default, result)
        return result

    def _branch(self, whens: list[n.When], default: n.Expression | None, result: str) -> None:
        if not whens:
            self.code.line(f"{result} = {'None' if default is None else self.emit(default)}")
            return
        first, *rest = whens
        with self.code.block(f"if {self._truth(first.condition)}"):
            self.code.line(f"{result} = {self.emit(first.result)}")
        with self.code.block("else"):
            self._branch(rest, default, result)

    def _simple_case(self, node: n.SimpleCase) -> str:
        return self._searched_case(searched_case(node))

    # ----------------------------------------------------------------------- structures

    def _dereference(self, node: n.Dereference) -> str:
        base = self.emit(node.base)
        return self._strict((base,), f"{base}[{node.field!r}]")

    def _subscript(self, node: n.Subscript) -> str:
        base, index = self.emit(node.base), self.emit(node.index)
        if isinstance(self.type_of(node.base), MapType):
            return self._strict((base,), f"{base}.get({index})")
        return self._strict((base, index), f"{self.code.constant(ops.array_item)}({base}, {index})")

    def _array(self, node: n.ArrayConstructor) -> str:
        items = self._uniform(list(node.items))
        return self.code.assign(f"[{', '.join(items)}]")

    def _map(self, node: n.MapConstructor) -> str:
        keys = self._uniform([key for key, _ in node.entries])
        values = self._uniform([value for _, value in node.entries])
        pairs = ", ".join(f"{key}: {value}" for key, value in zip(keys, values, strict=True))
        return self.code.assign("{" + pairs + "}")

    def _uniform(self, nodes: list[n.Expression]) -> list[str]:
        """Return atoms of `nodes`, all of their common type."""
        typed = self._typer.typed(nodes)
        common = common_type(typed, self._typer.typed)
        return [self._part(partial(self._item, item, common), "array or map item") for item in typed]

    def _item(self, item: Typed, common: SqlType | None) -> str:
        return self.emit(item.expression) if common is None else self._coerced(item, common)

    def _struct(self, node: n.StructConstructor) -> str:
        parts = [(name, self._part(partial(self.emit, value), "struct field")) for name, value in node.fields]
        fields = ", ".join(f"{name!r}: {atom}" for name, atom in parts)
        return self.code.assign("{" + fields + "}")

    def _cast(self, node: n.Cast) -> str:
        if isinstance(node.type, n.TypeName):
            raise Unsupported("CAST", reason=f"type {node.type.name} is not resolved")
        return self._convert(self.emit(node.operand), self.type_of(node.operand), node.type)

    # ----------------------------------------------------------------------- calls

    def _call(self, node: n.FunctionCall) -> str:
        types = self._typer.argument_types(node)
        function = self._functions.scalar(node.name, types)
        atoms = []
        for argument, type_, parameter in zip(node.args, types, function.parameters, strict=True):
            if isinstance(argument, n.LambdaFunction) and isinstance(type_, LambdaType):
                atoms.append(self._lambda(argument, type_))
            else:
                atoms.append(self._convert(self.emit(argument), type_, parameter))
        if node.name == "AS_VALUE":
            return atoms[0]
        return self.code.assign(f"{self.code.constant(function.call, 'f')}({', '.join(atoms)})")

    def _lambda(self, node: n.LambdaFunction, type_: LambdaType) -> str:
        """Define a local function for the lambda and return its name."""
        name = self.code.name("lambda_")
        parameters = {param: self.code.name("p") for param in node.params}
        outer_variables, outer_typer = self._variables, self._typer
        self._variables = {**outer_variables, **parameters}
        self._typer = outer_typer.with_variables(dict(zip(node.params, type_.inputs, strict=True)))
        with self.code.block(f"def {name}({', '.join(parameters.values())})"):
            self.code.line(f"return {self.emit(node.body)}")
        self._variables, self._typer = outer_variables, outer_typer
        return name


def _exact(value: float) -> Decimal:
    return Decimal(repr(value))


def columns_of(node: n.Node) -> list[str]:
    """Return the names of all columns that `node` refers to, in order of appearance."""
    if isinstance(node, n.ColumnRef):
        return [node.name]
    found: list[str] = []
    for child in children(node):
        found.extend(columns_of(child))
    return found


def children(node: n.Node) -> list[n.Node]:
    """Return the nodes directly inside `node`."""
    children: list[n.Node] = []
    for name in node.__dataclass_fields__:
        _gather(getattr(node, name), children)
    return children


def _gather(value: object, into: list[n.Node]) -> None:
    if isinstance(value, n.Node):
        into.append(value)
    elif isinstance(value, tuple):
        for item in value:
            _gather(item, into)


_RULES: dict[type[n.Expression], Callable[[ExpressionCompiler, Any], str]] = {
    n.Literal: ExpressionCompiler._literal,
    n.ColumnRef: ExpressionCompiler._column,
    n.LambdaVariable: ExpressionCompiler._variable,
    n.IntervalUnit: ExpressionCompiler._interval,
    n.Arithmetic: ExpressionCompiler._arithmetic,
    n.Signed: ExpressionCompiler._signed,
    n.Concat: ExpressionCompiler._concat,
    n.Comparison: ExpressionCompiler._comparison,
    n.Logical: ExpressionCompiler._logical,
    n.Not: ExpressionCompiler._not,
    n.IsNull: ExpressionCompiler._is_null,
    n.Between: ExpressionCompiler._between,
    n.InList: ExpressionCompiler._in_list,
    n.Like: ExpressionCompiler._like,
    n.SearchedCase: ExpressionCompiler._searched_case,
    n.SimpleCase: ExpressionCompiler._simple_case,
    n.Cast: ExpressionCompiler._cast,
    n.Dereference: ExpressionCompiler._dereference,
    n.Subscript: ExpressionCompiler._subscript,
    n.ArrayConstructor: ExpressionCompiler._array,
    n.MapConstructor: ExpressionCompiler._map,
    n.StructConstructor: ExpressionCompiler._struct,
    n.FunctionCall: ExpressionCompiler._call,
}
