"""An activation that the user writes as a formula in one variable: ``x / (1 + abs(x))``.

Read by the grammar of :mod:`tracer.expressions` and held to a size that SymPy differentiates at
once. Knows no SymPy.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tracer.errors import did_you_mean, printable
from tracer.expressions import (
    RATIONAL,
    Call,
    FormulaError,
    Minus,
    Name,
    Number,
    Over,
    Power,
    Product,
    Quotient,
    Sum,
    Tree,
    formula,
)
from tracer.graph_problem import functions_in
from tracer.validation import Findings

OWN = "own"
"""The name of an activation that is a formula."""
VARIABLES = ("x", "p")
# what a formula comes to when it is multiplied out and its cases are written side by side
_MOST_WEIGHT = 400
_MOST_POWER = 64
# how often a function's cases repeat its argument
_CASES = {"abs": 4, "relu": 2, "max": 3, "min": 3}


def activation_of(layer: Mapping[str, Any]) -> Any:
    """The name of a layer's activation, as far as it was readable."""
    return OWN if layer.get("formula") is not None else layer.get("activation")


def irrational(text: str) -> str | None:
    """The first function of a formula whose values are no fractions, or None."""
    try:
        tree = read(text)
    except FormulaError:
        return None
    return next((name for name in functions_in(tree) if name not in RATIONAL), None)


def read(text: str) -> Tree:
    """The formula with its variable named ``0``. Raises FormulaError."""
    tree = formula(text)
    found: dict[str, None] = {}
    renamed = _renamed(tree, text, found)
    if not found:
        raise FormulaError(-1, 'no variable stands in it; write it in "x", the pre-activation')
    if _weight(renamed) > _MOST_WEIGHT:
        message = "it is too long to be differentiated on a page; write a shorter formula"
        raise FormulaError(-1, message)
    return renamed


def check_formulas(layers: Sequence[Mapping[str, Any]], found: Findings) -> None:
    """Add to ``found`` what is wrong with the formulas of layers."""
    for index, layer in enumerate(layers):
        text = layer.get("formula")
        if text is None:
            continue
        try:
            read(text)
        except FormulaError as error:
            message = str(error)
            if error.position >= 0:  # else it is said of the whole
                near = printable(text[max(0, error.position - 12) : error.position + 12], 40)
                message += f', at character {error.position + 1} of the formula, near "{near}"'
            found.append((("layers", index, "formula"), False, message))


def _renamed(tree: Tree, text: str, found: dict[str, None]) -> Tree:
    """The same with ``0`` for the variable, which is put into ``found``."""

    def part(tree: Tree) -> Tree:
        return _renamed(tree, text, found)

    match tree:
        case Name(name, indices):
            position = max(text.find(name), 0)
            if indices:
                raise FormulaError(position, f'"{name}" can have no index here')
            if name not in VARIABLES:
                hint = did_you_mean(name, VARIABLES)
                message = f'"{printable(name, 40)}" is unknown; the variable is "x" or "p"{hint}'
                raise FormulaError(position, message)
            found[name] = None
            if len(found) > 1:
                raise FormulaError(position, 'two variables, "x" and "p"; write one of them')
            return Name("0")
        case Over():
            raise FormulaError(max(text.find("sum"), 0), "a sum over a range has no use here")
        case Minus(body):
            return Minus(part(body))
        case Power(base, exponent):
            return Power(part(base), exponent)
        case Quotient(top, bottom):
            return Quotient(part(top), part(bottom))
        case Sum(parts):
            return Sum(tuple(part(one) for one in parts))
        case Product(parts):
            return Product(tuple(part(one) for one in parts))
        case Call(function, parts):
            return Call(function, tuple(part(one) for one in parts))
    return tree


def _weight(tree: Tree) -> int:
    """How large a formula gets in the worst case; above the limit it need not be right."""
    match tree:
        case Minus(body):
            return _weight(body)
        case Power(base, exponent):
            if _power(tree) > _MOST_POWER:
                return _MOST_WEIGHT + 1
            return _weight(base) + min(exponent, 8)
        case Quotient(top, bottom):
            return 1 + _weight(top) + 2 * _weight(bottom)
        case Sum(parts) | Product(parts):
            return sum(map(_weight, parts)) + len(parts)
        case Call(function, parts):
            return 2 + _CASES.get(function, 2) * sum(map(_weight, parts))
        case Number(value):
            long = max(value.numerator.bit_length(), value.denominator.bit_length())
            return 1 + long // 64
    return 1


def _power(tree: Tree) -> int:
    """The largest product of exponents that stand above each other."""
    match tree:
        case Power(base, exponent):
            return exponent * _power(base)
        case Minus(body):
            return _power(body)
        case Quotient(top, bottom):
            return max(_power(top), _power(bottom))
        case Sum(parts) | Product(parts) | Call(_, parts):
            return max(map(_power, parts), default=1)
    return 1
