"""A formula of the user's own: a loss ``(t - y)^4``, an activation ``x / (1 + abs(x))``.

Read by the grammar of :mod:`tracer.expressions` and held to a size that SymPy differentiates at
once. Knows no SymPy.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
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
from tracer.indices import IndexFault
from tracer.trees import check_constants, children, constant, functions_in, names_in, walk

OWN = "own"
"""The kind of what is a formula."""
LOSS_VARIABLES: Mapping[str, int] = {"t": 0, "y": 1}
"""The target and the output, which a loss is a formula in."""
ACTIVATION_VARIABLES: Mapping[str, int] = {"x": 0, "p": 0}
"""Two names of the pre-activation, which an activation is a formula in."""

# what a formula comes to when it is multiplied out and its cases are written side by side
_MOST_WEIGHT = 400
_MOST_POWER = 64
# how often a function's cases repeat its argument
_CASES = {"abs": 4, "relu": 2, "max": 3, "min": 3}


def read_loss(text: str) -> Tree:
    """A loss with ``0`` for the target and ``1`` for the output. Raises FormulaError."""
    found = _read(text, LOSS_VARIABLES)
    if "1" not in names_in(found):
        raise FormulaError(-1, '"y" does not stand in it')
    return found


def read_activation(text: str) -> Tree:
    """An activation with ``0`` for the pre-activation. Raises FormulaError."""
    found = _read(text, ACTIVATION_VARIABLES)
    names = set(names_in(formula(text)))
    if not names:
        raise FormulaError(-1, 'no variable stands in it; write it in "x", the pre-activation')
    if len(names) > 1:
        position = max(text.find(name) for name in names)
        raise FormulaError(position, 'two variables, "x" and "p"; write one of them')
    return found


def _read(text: str, variables: Mapping[str, int]) -> Tree:
    """The formula, its variables named by their numbers.

    Raises FormulaError, with position -1 where a fault is in no single place.
    """
    numbered = _numbered(formula(text), text, variables)
    try:
        check_constants(numbered)
        _check_divisors(numbered)
    except IndexFault as fault:
        raise FormulaError(-1, str(fault)) from None
    if _weight(numbered) > _MOST_WEIGHT:
        message = "it is too long to be differentiated on a page; write a shorter formula"
        raise FormulaError(-1, message)
    return numbered


def fault_of(text: str, read: Callable[[str], Tree]) -> str:
    """What is wrong with a formula and where in it, or "" where nothing is."""
    try:
        read(text)
    except FormulaError as error:
        return error.located(text, "formula")
    return ""


def activation_of(layer: Mapping[str, Any]) -> Any:
    """The name of a layer's activation, as far as it was readable."""
    return OWN if layer.get("formula") is not None else layer.get("activation")


def irrational(tree: Tree) -> str | None:
    """The first function of a formula whose values are no fractions, or None."""
    return next((name for name in functions_in(tree) if name not in RATIONAL), None)


def _numbered(tree: Tree, text: str, variables: Mapping[str, int]) -> Tree:
    def part(tree: Tree) -> Tree:
        return _numbered(tree, text, variables)

    match tree:
        case Name(name, indices):
            position = max(text.find(name), 0)
            if name not in variables:
                is_one = len(set(variables.values())) == 1
                known = (" or " if is_one else " and ").join(f'"{own}"' for own in variables)
                known = f"variable is {known}" if is_one else f"variables are {known}"
                hint = did_you_mean(name, tuple(variables))
                message = f'"{printable(name, 40)}" is unknown; the {known}'
                raise FormulaError(position, message, hint)
            if indices:
                raise FormulaError(position, f'"{name}" can have no index here')
            return Name(str(variables[name]))
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


def _check_divisors(tree: Tree) -> None:
    """Raise IndexFault where something is divided by a number that is 0."""
    for own in walk(tree):
        if isinstance(own, Quotient):
            constant(Quotient(Number(Fraction(1)), own.bottom))


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
    below = max(map(_power, children(tree)), default=1)
    return below * tree.exponent if isinstance(tree, Power) else below
