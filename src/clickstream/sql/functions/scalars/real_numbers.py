"""Logarithms, powers, roots and trigonometry: functions of doubles, also called with integers.

What has no value is NaN or infinite, as in Java's Math; nothing here raises.
Source: ksqldb-engine …/function/udf/math/*.java.
"""

import math
from collections.abc import Callable
from typing import Any

from clickstream.sql.functions.registration import scalar

__all__ = ["ONE_ARGUMENT", "angle", "degrees", "log_to_base", "pi", "power", "radians"]

_CATEGORY = "MATHEMATICAL"
_NUMBERS = ("INTEGER", "BIGINT", "DOUBLE")


def _exponential(value: float) -> float:
    try:
        return math.exp(value)
    except OverflowError:
        return math.inf


def _hyperbolic_cosine(value: float) -> float:
    try:
        return math.cosh(value)
    except OverflowError:
        return math.inf


def _hyperbolic_sine(value: float) -> float:
    try:
        return math.sinh(value)
    except OverflowError:
        return math.copysign(math.inf, value)


def _logarithm(value: float) -> float:
    if value == 0:
        return -math.inf
    return math.log(value) if value > 0 else math.nan


def _cube_root(value: float) -> float:
    """Return the root, with one step of Newton's: the platform's is off by more than Java's."""
    root = math.cbrt(value)
    return root - (root**3 - value) / (3 * root**2) if root and math.isfinite(root) else root


def _cotangent(value: float) -> float:
    sine = math.sin(value)
    return math.cos(value) / sine if sine else math.copysign(math.inf, value)


def radians(degrees: float) -> float:
    """Return an angle in radians, rounded as Java 8 does, on which the real service's results rest."""
    return degrees / 180.0 * math.pi


def degrees(radians: float) -> float:
    """Return an angle in degrees, rounded as Java 8 does."""
    return radians * 180.0 / math.pi


def _or_nan(calculate: Callable[[float], float]) -> Callable[[float], float]:
    """Return `calculate`, NaN where it has no value."""

    def call(value: float) -> float:
        try:
            return calculate(value)
        except ValueError:
            return math.nan

    return call


def _registered(name: str, parameter: str, calculate: Callable[[float], float], description: str) -> Any:
    """Register `calculate` for every type of number; doubles only reach it."""

    @scalar(
        name,
        *(f"{type_} {parameter} -> DOUBLE" for type_ in _NUMBERS),
        category=_CATEGORY,
        description=description,
    )
    def function(value: float) -> float:
        return calculate(float(value))

    return function


ONE_ARGUMENT = (
    _registered("acos", "value", _or_nan(math.acos), "The inverse cosine, in radians."),
    _registered("asin", "value", _or_nan(math.asin), "The inverse sine, in radians."),
    _registered("atan", "value", math.atan, "The inverse tangent, in radians."),
    _registered("cbrt", "value", _cube_root, "The cube root."),
    _registered("cos", "value", _or_nan(math.cos), "The cosine of an angle in radians."),
    _registered("cosh", "value", _hyperbolic_cosine, "The hyperbolic cosine of an angle in radians."),
    _registered("cot", "value", _or_nan(_cotangent), "The cotangent of an angle in radians."),
    _registered("degrees", "value", degrees, "An angle in radians as degrees."),
    _registered("exp", "exponent", _exponential, "Euler's number to a power."),
    _registered("ln", "value", _logarithm, "The natural logarithm."),
    _registered("log", "value", _logarithm, "The natural logarithm."),
    _registered("radians", "value", radians, "An angle in degrees as radians."),
    _registered("sin", "value", _or_nan(math.sin), "The sine of an angle in radians."),
    _registered("sinh", "value", _hyperbolic_sine, "The hyperbolic sine of an angle in radians."),
    _registered("sqrt", "value", _or_nan(math.sqrt), "The square root."),
    _registered("tan", "value", _or_nan(math.tan), "The tangent of an angle in radians."),
    _registered("tanh", "value", math.tanh, "The hyperbolic tangent of an angle in radians."),
)


@scalar("pi", "-> DOUBLE", category=_CATEGORY, description="The ratio of a circle's girth to its width.")
def pi() -> float:
    """Return π."""
    return math.pi


@scalar(
    "log",
    *(f"{type_} base, {type_} value -> DOUBLE" for type_ in _NUMBERS),
    category=_CATEGORY,
    description="The logarithm of value to a base.",
)
def log_to_base(base: float, value: float) -> float:
    """Return the logarithm; NaN for a base that is not positive, or 1."""
    if base <= 0 or base == 1:
        return math.nan
    return _logarithm(float(value)) / math.log(base)


@scalar(
    "power",
    *(f"{type_} base, {type_} exponent -> DOUBLE" for type_ in _NUMBERS),
    category=_CATEGORY,
    description="A base to a power.",
)
def power(base: float, exponent: float) -> float:
    """Return the power; a base of ±1 to an infinite power is NaN in Java, 1 in C."""
    left, right = float(base), float(exponent)
    if (abs(left) == 1 and not math.isfinite(right)) or (left == 1 and right != right):
        return math.nan
    try:
        return math.pow(left, right)
    except OverflowError:
        return -math.inf if left < 0 and right % 2 == 1 else math.inf
    except ValueError:
        if left:
            return math.nan
        is_odd = right % 2 == 1
        return math.copysign(math.inf, left) if is_odd else math.inf


@scalar(
    "atan2",
    *(f"{y} y, {x} x -> DOUBLE" for y in _NUMBERS for x in _NUMBERS),
    category=_CATEGORY,
    description="The angle of the point x, y, in radians.",
)
def angle(y: float, x: float) -> float:
    """Return the angle."""
    return math.atan2(y, x)
