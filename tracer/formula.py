"""Formulas as a careful author writes them: a small tree whose order is part of the data.

SymPy sorts sums and products and folds numbers, so it cannot hold "0.1 · 1 + 0.3 · 3 + 0.5". These
nodes say what stands on the page; :mod:`tracer.recomputing` works it out as a reader with a
calculator would. How a node looks is the business of `typeset`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import sympy
from flint import fmpq
from sympy.core.function import AppliedUndef

from tracer.glyph import Glyph
from tracer.rounding import Number


@dataclass(frozen=True, slots=True)
class Num:
    """A printed number."""

    number: Number


@dataclass(frozen=True, slots=True)
class Var:
    """A quantity by its name, without sample or step: ``w1[1,2]``, ``l1[2]``, ``loss``."""

    id: str


@dataclass(frozen=True, slots=True)
class Letter:
    """A symbol that is no quantity of the trace, such as ``a_{n+1}``."""

    glyph: Glyph


@dataclass(frozen=True, slots=True)
class OfInputs:
    """A function of the inputs: ``f(l_1^0, l_2^0)``."""

    glyph: Glyph


@dataclass(frozen=True, slots=True)
class Nabla:
    """The gradient of the quantity ``of`` at ``point``."""

    of: str
    point: Formula


@dataclass(frozen=True, slots=True)
class Point:
    """Numbers in parentheses, or a single one without."""

    numbers: tuple[Number, ...]


@dataclass(frozen=True, slots=True)
class DataSet:
    """The set of samples, each ``inputs → targets``."""

    samples: tuple[tuple[Point, Point], ...]


@dataclass(frozen=True, slots=True)
class At:
    """A quantity at one sample and step, as an address: ``Var`` or ``Partial`` and where."""

    body: Formula
    sample: int | None
    step: int


@dataclass(frozen=True, slots=True)
class Updated:
    """A parameter's new value, by its id; marked where the notation has a mark for that."""

    id: str


@dataclass(frozen=True, slots=True)
class Partial:
    """The partial derivative of one quantity with respect to another.

    ``direct``: only by what ``of`` itself reads, where it also depends on ``wrt`` through others;
    written ∂⁺ (Pascanu, Mikolov & Bengio, On the difficulty of training recurrent neural networks,
    ICML 2013).
    """

    of: str
    wrt: str
    direct: bool = False


@dataclass(frozen=True, slots=True)
class Neg:
    """Minus ``body``; inside a `Sum` it is subtracted."""

    body: Formula


@dataclass(frozen=True, slots=True)
class Sum:
    """Terms in order."""

    terms: tuple[Formula, ...]


@dataclass(frozen=True, slots=True)
class Prod:
    """Factors in order, with a dot between."""

    factors: tuple[Formula, ...]


@dataclass(frozen=True, slots=True)
class Coef:
    """A number directly before a bracket, ``2(a - b)``; 1 is left out and -1 is a sign."""

    number: Number
    body: Formula


@dataclass(frozen=True, slots=True)
class Power:
    """``base`` to a whole number."""

    base: Formula
    exponent: int


@dataclass(frozen=True, slots=True)
class Quotient:
    """``top`` over ``bottom``."""

    top: Formula
    bottom: Formula


@dataclass(frozen=True, slots=True)
class Args:
    """Several arguments of one function: ``z, w`` in ``max(z, w)``."""

    items: tuple[Formula, ...]


@dataclass(frozen=True, slots=True)
class Apply:
    """A function of one argument or of `Args`, such as an activation; ``prime``: its derivative.

    ``index`` is its parameter, printed where the same name stands for several functions.
    """

    function: str
    arg: Formula
    prime: bool = False
    index: Number | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """Square brackets around a sum that a factor multiplies."""

    body: Formula


@dataclass(frozen=True, slots=True)
class Arrow:
    """``start → end`` with ``label`` on the arrow."""

    start: Formula
    label: Formula
    end: Formula


@dataclass(frozen=True, slots=True)
class OverData:
    """The sum of ``body`` over the samples, or those of a ``batch``."""

    body: Formula
    batch: bool = False


@dataclass(frozen=True, slots=True)
class OverRange:
    """The sum of ``body`` over whole numbers: ``variable`` from ``low`` to ``high``, as texts."""

    variable: str
    low: str
    high: str
    body: Formula


@dataclass(frozen=True, slots=True)
class Matrix:
    """Rows of formulas; ``ids`` are the quantities that the entries are, row by row."""

    rows: tuple[tuple[Formula, ...], ...]
    ids: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class MatrixName:
    """The symbol of a matrix or vector, such as ``W^1``; products of them have no dot."""

    glyph: Glyph


@dataclass(frozen=True, slots=True)
class Ones:
    """A column of ones."""


@dataclass(frozen=True, slots=True)
class MatrixPartial:
    """The derivatives of the loss by every entry of a matrix, in the places of the entries."""

    wrt: MatrixName


@dataclass(frozen=True, slots=True)
class Transpose:
    """``body`` with rows and columns exchanged."""

    body: Formula


@dataclass(frozen=True, slots=True)
class Hadamard:
    """The product entry by entry, ``A ⊙ B``."""

    factors: tuple[Formula, ...]


@dataclass(frozen=True, slots=True)
class Marked:
    """A factor of a chain with its ``mark``, counted from the loss, for formats that show it.

    It stands for ``body`` in every other way; derivations never hold one.
    """

    body: Formula
    mark: int


Formula = (
    Num
    | Var
    | Letter
    | OfInputs
    | Nabla
    | Point
    | DataSet
    | At
    | Updated
    | Partial
    | Neg
    | Sum
    | Prod
    | Coef
    | Power
    | Quotient
    | Args
    | Apply
    | Group
    | Arrow
    | OverData
    | OverRange
    | Matrix
    | MatrixName
    | Ones
    | MatrixPartial
    | Transpose
    | Hadamard
    | Marked
)


@dataclass(frozen=True, slots=True)
class Part:
    """One link of an equation: ``=`` or ``≈``, and what follows; ``newline`` starts a line."""

    relation: str
    formula: Formula
    newline: bool = False


@dataclass(frozen=True, slots=True)
class Equation:
    """``left = … = …``."""

    left: Formula | None
    parts: tuple[Part, ...] = ()


def cited(formula: Formula) -> Iterator[str]:
    """The ids of the quantities that a formula cites by their symbols, in order."""
    match formula:
        case Var(name):
            yield name
        case Sum(parts) | Prod(parts) | Args(parts):
            for part in parts:
                yield from cited(part)
        case Quotient(top, bottom):
            yield from cited(top)
            yield from cited(bottom)
        case Neg(body) | Group(body) | OverData(body) | Coef(_, body) | At(body):
            yield from cited(body)
        case Power(body, _) | Apply(_, body):
            yield from cited(body)


def whole(value: int) -> Num:
    """A whole number."""
    return Num(Number(fmpq(value), str(value), True))


def summed(terms: tuple[Formula, ...]) -> Formula:
    """A sum, or its only term."""
    return terms[0] if len(terms) == 1 else Sum(terms)


def product(factors: tuple[Formula, ...]) -> Formula:
    """A product, its only factor, or 1."""
    if not factors:
        return whole(1)
    return factors[0] if len(factors) == 1 else Prod(factors)


def minus(value: Formula, other: Formula) -> Sum:
    """``value - other``."""
    return Sum((value, Neg(other)))


_FUNCTIONS = ("exp", "log", "sqrt", "tanh", "erf")


def from_sympy(expr: sympy.Expr, names: Mapping[sympy.Symbol, Formula]) -> Formula:
    """A SymPy expression in the order of its arguments, with formulas for its symbols."""
    if isinstance(expr, sympy.Symbol):
        return names[expr]
    if isinstance(expr, sympy.Rational):
        top = whole(int(expr.p))
        return top if expr.q == 1 else Quotient(top, whole(int(expr.q)))
    if expr is sympy.E:
        return Apply("exp", whole(1))
    if type(expr).__name__ in _FUNCTIONS:
        return Apply(type(expr).__name__, from_sympy(expr.args[0], names))
    if isinstance(expr, AppliedUndef):
        name, arg = expr.func.__name__, from_sympy(expr.args[0], names)
        if name == "max0":
            return Apply("max", Args((whole(0), arg)))
        return Apply(name.rstrip("'"), arg, name.endswith("'"))
    if isinstance(expr, sympy.Pow) and expr.exp == sympy.Rational(1, 2):
        return Apply("sqrt", from_sympy(expr.base, names))
    if isinstance(expr, sympy.Pow) and isinstance(expr.exp, sympy.Integer):
        base = from_sympy(expr.base, names)
        if expr.exp > 0:
            return Power(base, int(expr.exp))
        below = base if expr.exp == -1 else Power(base, -int(expr.exp))
        return Quotient(whole(1), below)
    if isinstance(expr, sympy.Mul) and expr.args[0] == -1:
        return Neg(product(tuple(from_sympy(arg, names) for arg in expr.args[1:])))
    if isinstance(expr, sympy.Mul) and isinstance(expr.args[-1], sympy.Pow):
        *above, below = expr.args
        if below.exp == -1:
            bottom = from_sympy(below.base, names)
            if isinstance(above[0], sympy.Rational) and above[0].q != 1:  # 1/(2x), not (1/2)/x
                bottom = Prod((whole(int(above[0].q)), bottom))
                above[0] = sympy.Integer(above[0].p)
            return Quotient(product(tuple(from_sympy(arg, names) for arg in above)), bottom)
    parts = tuple(from_sympy(arg, names) for arg in expr.args)
    if isinstance(expr, sympy.Mul):
        return Prod(parts)
    if isinstance(expr, sympy.Add):
        return Sum(parts)
    raise TypeError(f"no formula for {type(expr).__name__}")
