"""Types of expressions, with ksqlDB's wording where an expression has none.

The caller gives the columns that are visible; names are looked up bare (the planner has resolved
sources by then). Literals and casts are settled in `coercion.py`.
Source: ksqldb-execution …/execution/util/ExpressionTypeManager.java, ComparisonUtil.java.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from clickstream.core.errors import SqlError, TypeMismatch, UnknownName
from clickstream.sql import nodes as n
from clickstream.sql.coercion import Typed, common_type
from clickstream.sql.format import format_expression
from clickstream.sql.functions.lookup import INTERVAL_UNIT, FunctionLookup
from clickstream.sql.functions.resolved import ResolvedAggregate
from clickstream.sql.lambda_types import lambda_inputs
from clickstream.sql.nearest import nearest
from clickstream.sql.number_types import arithmetic_type, is_number
from clickstream.sql.types import (
    BOOLEAN,
    STRING,
    ArrayType,
    LambdaType,
    MapType,
    SqlType,
    StructType,
)

__all__ = [
    "ExpressionTyper",
    "can_compare",
    "cannot_compare",
    "expression_type",
    "resolve_aggregate",
    "searched_case",
]

_EQUALITY = frozenset({"=", "<>", "IS DISTINCT FROM", "IS NOT DISTINCT FROM"})
_OPERATOR_NAMES = {
    "=": "EQUAL",
    "<>": "NOT_EQUAL",
    "<": "LESS_THAN",
    "<=": "LESS_THAN_OR_EQUAL",
    ">": "GREATER_THAN",
    ">=": "GREATER_THAN_OR_EQUAL",
    "IS DISTINCT FROM": "IS_DISTINCT_FROM",
    "IS NOT DISTINCT FROM": "IS_NOT_DISTINCT_FROM",
}
_TIMES = frozenset({"DATE", "TIME", "TIMESTAMP"})
_DAYS = frozenset({"DATE", "TIMESTAMP"})


def expression_type(
    expression: n.Expression, columns: Mapping[str, SqlType], functions: FunctionLookup
) -> SqlType | None:
    """Return the type of `expression`, None for an untyped NULL.

    Raises: UnknownName for a column or function, TypeMismatch where types do not fit.
    """
    return ExpressionTyper(columns, functions).type_of(expression)


class ExpressionTyper:
    """Types of expressions over one set of columns."""

    def __init__(
        self,
        columns: Mapping[str, SqlType],
        functions: FunctionLookup,
        variables: Mapping[str, SqlType | None] | None = None,
    ) -> None:
        self._columns = columns
        self._functions = functions
        self._variables = variables or {}

    def type_of(self, expression: n.Expression) -> SqlType | None:
        """Return the type of `expression`, None for an untyped NULL."""
        return _RULES[type(expression)](self, expression)

    def typed(self, expressions: Sequence[n.Expression]) -> list[Typed]:
        """Return the expressions with their types."""
        return [Typed(e, self.type_of(e)) for e in expressions]

    def with_variables(self, variables: Mapping[str, SqlType | None]) -> "ExpressionTyper":
        """Return a typer that knows a lambda's parameters too."""
        return ExpressionTyper(self._columns, self._functions, {**self._variables, **variables})

    # ----------------------------------------------------------------------- rules, one a node

    def _literal(self, node: n.Literal) -> SqlType | None:
        return node.type

    def _column(self, node: n.ColumnRef) -> SqlType:
        type_ = self._columns.get(node.name)
        if type_ is None:
            near = nearest(node.name, self._columns)
            raise UnknownName(f"Unknown column {node.name}.", name=node.name, suggestions=near)
        return type_

    def _dereference(self, node: n.Dereference) -> SqlType:
        base = self.type_of(node.base)
        if not isinstance(base, StructType):
            raise TypeMismatch(f"Expected STRUCT type, got: {base}")
        field = base.field(node.field)
        if field is None:
            shown = format_expression(node.base)
            raise UnknownName(
                f"Could not find field '{node.field}' in '{shown}'.",
                name=node.field,
                suggestions=nearest(node.field, [name for name, _ in base.fields]),
            )
        return field

    def _subscript(self, node: n.Subscript) -> SqlType:
        base = self.type_of(node.base)
        self.type_of(node.index)
        match base:
            case MapType(value=value):
                return value
            case ArrayType(item=item):
                return item
        hint = ""
        if isinstance(base, StructType):
            pointed = f"{format_expression(node.base)}->{format_expression(node.index)}"
            hint = f" Use the dereference operator for STRUCTS: {pointed}"
        raise TypeMismatch(f"Subscript expression ({format_expression(node)}) do not apply to {base}.{hint}")

    def _arithmetic(self, node: n.Arithmetic) -> SqlType | None:
        left, right = self.type_of(node.left), self.type_of(node.right)
        shown = format_expression(node)
        if left is None or right is None:
            types = " and ".join("null" if t is None else str(t) for t in (left, right))
            raise TypeMismatch(
                f"Error processing expression: {shown}. Arithmetic on types {types} are not supported.\n"
                f"Statement: {shown}"
            )
        try:
            return arithmetic_type(node.op, left, right)
        except TypeMismatch as error:
            raise TypeMismatch(
                f"Error processing expression: {shown}. {error.message}\nStatement: {shown}"
            ) from None

    def _signed(self, node: n.Signed) -> SqlType | None:
        type_ = self.type_of(node.operand)
        if type_ is not None and not is_number(type_):
            raise TypeMismatch(
                f"Negation on non-numeric type: {type_}"
                if node.sign == "-"
                else f"Unary plus on non-numeric type: {type_}"
            )
        return type_

    def _concat(self, node: n.Concat) -> SqlType:
        types = [self.type_of(node.left), self.type_of(node.right)]
        return self._functions.scalar("CONCAT", types).returns

    def _comparison(self, node: n.Comparison) -> SqlType:
        left, right = self.type_of(node.left), self.type_of(node.right)
        if left is None or right is None:
            shown = (t.base if t else "NULL" for t in (left, right))
            raise TypeMismatch(
                f"Comparison with NULL not supported: {f' {node.op} '.join(shown)}\n"
                f"Use 'IS NULL' or 'IS NOT NULL' instead.\nStatement: {format_expression(node)}"
            )
        if not can_compare(left, node.op, right):
            raise TypeMismatch(
                f"{cannot_compare(node.left, left, node.op, node.right, right)}\n"
                f"Statement: {format_expression(node)}"
            )
        return BOOLEAN

    def _logical(self, node: n.Logical) -> SqlType:
        self.type_of(node.left)
        self.type_of(node.right)
        return BOOLEAN

    def _not(self, node: n.Not) -> SqlType:
        self.type_of(node.operand)
        return BOOLEAN

    def _is_null(self, node: n.IsNull) -> SqlType:
        self.type_of(node.operand)
        return BOOLEAN

    def _between(self, node: n.Between) -> SqlType:
        for part in (node.value, node.low, node.high):
            self.type_of(part)
        return BOOLEAN

    def _in_list(self, node: n.InList) -> SqlType:
        for item in (node.value, *node.items):
            self.type_of(item)
        return BOOLEAN

    def _like(self, node: n.Like) -> SqlType:
        self.type_of(node.value)
        self.type_of(node.pattern)
        return BOOLEAN

    def _searched_case(self, node: n.SearchedCase) -> SqlType:
        found: SqlType | None = None
        for when in node.whens:
            condition = self.type_of(when.condition)
            if condition != BOOLEAN:
                raise TypeMismatch(
                    "WHEN operand type should be boolean.\n"
                    f"Type for '{format_expression(when.condition)}' is {condition}"
                )
            found = self._case_result(when, found)
        default = self.type_of(node.default) if node.default is not None else None
        if found is not None and default is not None and found != default:
            raise TypeMismatch(
                "Invalid Case expression. Type for the default clause should be the same as for "
                f"'THEN' clauses.\nTHEN type: {found}.\nDEFAULT type: {default}."
            )
        result = found or default
        if result is None:
            raise TypeMismatch("Invalid Case expression. All case branches have NULL type")
        return result

    def _case_result(self, when: n.When, previous: SqlType | None) -> SqlType | None:
        result = self.type_of(when.result)
        if result is None or previous is None or result == previous:
            return previous or result
        shown = f"WHEN {format_expression(when.condition)} THEN {format_expression(when.result)}"
        raise TypeMismatch(
            "Invalid Case expression. Type for all 'THEN' clauses should be the same.\n"
            f"THEN expression '{shown}' has type: {result}.\n"
            f"Previous THEN expression(s) type: {previous}."
        )

    def _simple_case(self, node: n.SimpleCase) -> SqlType:
        return self._searched_case(searched_case(node))

    def _cast(self, node: n.Cast) -> SqlType:
        self.type_of(node.operand)
        if isinstance(node.type, n.TypeName):
            raise UnknownName(f"Cannot resolve unknown type: {node.type.name}", name=node.type.name)
        return node.type

    def _array(self, node: n.ArrayConstructor) -> SqlType:
        if not node.items:
            raise SqlError(
                "Array constructor cannot be empty. Please supply at least one element "
                "(see https://github.com/confluentinc/ksql/issues/4239)."
            )
        item = common_type(self.typed(node.items), self.typed)
        return ArrayType(_not_null(item, "an array", "elements", "NULL value"))

    def _map(self, node: n.MapConstructor) -> SqlType:
        if not node.entries:
            raise SqlError(
                "Map constructor cannot be empty. Please supply at least one key value pair "
                "(see https://github.com/confluentinc/ksql/issues/4239)."
            )
        key = common_type(self.typed([k for k, _ in node.entries]), self.typed)
        value = common_type(self.typed([v for _, v in node.entries]), self.typed)
        return MapType(
            _not_null(key, "a map", "keys", "NULL key"),
            _not_null(value, "a map", "values", "NULL value"),
        )

    def _struct(self, node: n.StructConstructor) -> SqlType:
        fields: list[tuple[str, SqlType]] = []
        for name, value in node.fields:
            type_ = self.type_of(value)
            if type_ is None:
                raise TypeMismatch(f"Cannot construct a struct with a NULL field: {name}")
            if any(name == seen for seen, _ in fields):
                raise SqlError(f"Duplicate field names found in STRUCT: '`{name}` {type_}'")
            fields.append((name, type_))
        return StructType(tuple(fields))

    def _call(self, node: n.FunctionCall) -> SqlType:
        kind = self._functions.kind(node.name)
        arguments = self.argument_types(node)
        if kind == "aggregate":
            return resolve_aggregate(self._functions, node, arguments).returns
        if kind == "table":
            return self._functions.table(node.name, arguments).returns
        return self._functions.scalar(node.name, arguments).returns

    def argument_types(self, node: n.FunctionCall) -> list[SqlType | None]:
        """Return the types of a call's arguments, lambdas settled."""
        plain = [None if isinstance(a, n.LambdaFunction) else self.type_of(a) for a in node.args]
        inputs = lambda_inputs(node.name, plain)
        return [
            self._lambda(a, inputs) if isinstance(a, n.LambdaFunction) else t
            for a, t in zip(node.args, plain, strict=True)
        ]

    def _lambda(self, node: n.LambdaFunction, inputs: Sequence[SqlType | None]) -> SqlType:
        if len(inputs) != len(node.params):
            known: tuple[SqlType, ...] = (STRING,) * len(node.params)
            return LambdaType(known, None)
        body = self.with_variables(dict(zip(node.params, inputs, strict=True)))
        return LambdaType(tuple(i or STRING for i in inputs), body.type_of(node.body))

    def _variable(self, node: n.LambdaVariable) -> SqlType | None:
        return self._variables.get(node.name)

    def _stray_lambda(self, node: n.LambdaFunction) -> SqlType:
        """Refuse a lambda that is no argument of a function that takes one; those are typed by the call."""
        raise SqlError(f"A lambda can only be given to a function that takes one: {format_expression(node)}")

    def _interval(self, _: n.IntervalUnit) -> SqlType:
        return INTERVAL_UNIT


def can_compare(left: SqlType, op: str, right: SqlType) -> bool:
    """Return whether `left op right` is allowed."""
    if is_number(left):
        return is_number(right)
    pair = {left.base, right.base}
    if pair <= _TIMES | {"STRING"}:
        return len(pair) == 1 or "STRING" in pair or pair == _DAYS
    if left.base != right.base:
        return False
    return left.base == "BYTES" or op in _EQUALITY


def cannot_compare(
    left: n.Expression, left_type: SqlType, op: str, right: n.Expression, right_type: SqlType
) -> str:
    """Return the message for two sides that cannot be compared."""
    return (
        f"Cannot compare {format_expression(left)} ({left_type}) to "
        f"{format_expression(right)} ({right_type}) with {_OPERATOR_NAMES[op]}."
    )


def searched_case(node: n.SimpleCase) -> n.SearchedCase:
    """Return `CASE x WHEN v …` as `CASE WHEN x = v …`, which is how ksqlDB runs it."""
    whens = tuple(
        n.When(condition=n.Comparison("=", node.operand, w.condition), result=w.result) for w in node.whens
    )
    return n.SearchedCase(whens, node.default)


def resolve_aggregate(
    functions: FunctionLookup, node: n.FunctionCall, arguments: Sequence[SqlType | None]
) -> ResolvedAggregate:
    """Return the aggregate a call means; literals that end its arguments may be its constants.

    Shape:  `arguments` — types of all of the call's arguments.
    Raises: SqlError if no variant fits, with or without constants.
    """
    literals: list[object] = []
    for argument in reversed(node.args[1:]):
        if not isinstance(argument, n.Literal):
            break
        literals.insert(0, argument.value)
    refusal: SqlError | None = None
    for count in range(len(literals), -1, -1):
        split = len(arguments) - count
        try:
            return functions.aggregate(node.name, arguments[:split], literals[len(literals) - count :])
        except SqlError as error:
            refusal = error
    _refuse_computed_constants(functions, node, arguments)
    raise refusal or UnknownName(f"Can't find any functions with the name '{node.name}'", name=node.name)


def _refuse_computed_constants(
    functions: FunctionLookup, node: n.FunctionCall, arguments: Sequence[SqlType | None]
) -> None:
    """Refuse a column or computation where the aggregate takes a literal, if that is all that is wrong."""
    for split in range(len(arguments) - 1, 0, -1):
        wrong = [i for i in range(split, len(arguments)) if not isinstance(node.args[i], n.Literal)]
        if not wrong or not _accepts(functions, node.name, arguments[:split], len(arguments) - split):
            continue
        shown = format_expression(node.args[wrong[0]])
        raise TypeMismatch(
            f"Parameter {wrong[0] + 1} passed to function {node.name} must be a literal constant, "
            f"but was expression: '{shown}'"
        )


def _accepts(
    functions: FunctionLookup, name: str, arguments: Sequence[SqlType | None], constants: int
) -> bool:
    try:
        functions.aggregate(name, arguments, [1] * constants)
    except SqlError:
        return False
    return True


def _not_null(type_: SqlType | None, what: str, parts: str, one: str) -> SqlType:
    if type_ is None:
        raise TypeMismatch(
            f"Cannot construct {what} with all NULL {parts} "
            "(see https://github.com/confluentinc/ksql/issues/4239). As a workaround, you may "
            f"cast a {one} to the desired type."
        )
    return type_


_RULES: dict[type[n.Expression], Callable[[ExpressionTyper, Any], SqlType | None]] = {
    n.Literal: ExpressionTyper._literal,
    n.ColumnRef: ExpressionTyper._column,
    n.Dereference: ExpressionTyper._dereference,
    n.Subscript: ExpressionTyper._subscript,
    n.FunctionCall: ExpressionTyper._call,
    n.LambdaVariable: ExpressionTyper._variable,
    n.LambdaFunction: ExpressionTyper._stray_lambda,
    n.IntervalUnit: ExpressionTyper._interval,
    n.Arithmetic: ExpressionTyper._arithmetic,
    n.Signed: ExpressionTyper._signed,
    n.Concat: ExpressionTyper._concat,
    n.Comparison: ExpressionTyper._comparison,
    n.Logical: ExpressionTyper._logical,
    n.Not: ExpressionTyper._not,
    n.IsNull: ExpressionTyper._is_null,
    n.Between: ExpressionTyper._between,
    n.InList: ExpressionTyper._in_list,
    n.Like: ExpressionTyper._like,
    n.SearchedCase: ExpressionTyper._searched_case,
    n.SimpleCase: ExpressionTyper._simple_case,
    n.Cast: ExpressionTyper._cast,
    n.ArrayConstructor: ExpressionTyper._array,
    n.MapConstructor: ExpressionTyper._map,
    n.StructConstructor: ExpressionTyper._struct,
}
