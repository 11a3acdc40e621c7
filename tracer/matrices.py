"""Formulas of matrices, worked out as a reader with a calculator would."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from itertools import pairwise

from flint import fmpq

from tracer.formula import (
    Apply,
    Coef,
    Formula,
    Hadamard,
    Matrix,
    Neg,
    Num,
    Part,
    Prod,
    Sum,
    Transpose,
)
from tracer.recomputing import Functions, all_exact, key_of, recomputed

Entry = fmpq | None
Grid = tuple[tuple[Entry, ...], ...]
Operation = Callable[[Entry, Entry], Entry]


def is_matrix(formula: Formula) -> bool:
    """Whether a formula in numbers is one of matrices, and not a single number."""
    match formula:
        case Matrix() | Transpose() | Hadamard():
            return True
        case Neg(body) | Coef(_, body) | Apply(_, body):
            return is_matrix(body)
        case Sum(parts) | Prod(parts):
            return any(is_matrix(part) for part in parts)
    return False


def grid(formula: Formula, functions: Functions) -> Grid:
    """What the printed digits give for each entry, exactly; None where that is irrational."""
    match formula:
        case Matrix(rows):
            return tuple(tuple(recomputed(entry, functions) for entry in row) for row in rows)
        case Transpose(body):
            return tuple(zip(*grid(body, functions), strict=True))
        case Hadamard(factors):
            first, *others = (grid(factor, functions) for factor in factors)
            return reduce(lambda a, b: _entrywise(_times, a, b), others, first)
        case Sum(terms):
            first, *others = (grid(term, functions) for term in terms)
            return reduce(lambda a, b: _entrywise(_plus, a, b), others, first)
        case Neg(body):
            return _scaled(fmpq(-1), grid(body, functions))
        case Coef(number, body):
            return _scaled(number.value, grid(body, functions))
        case Prod(factors):
            return _product(factors, functions)
        case Apply(_, arg):
            function = functions[key_of(formula)]
            inner = grid(arg, functions)
            return tuple(tuple(None if x is None else function(x) for x in row) for row in inner)
    raise TypeError(type(formula).__name__)


def _product(factors: tuple[Formula, ...], functions: Functions) -> Grid:
    scale: Entry = fmpq(1)
    for factor in factors:
        if not is_matrix(factor):
            scale = _times(scale, recomputed(factor, functions))
    first, *others = (grid(factor, functions) for factor in factors if is_matrix(factor))
    return _scaled(scale, reduce(_matrix_product, others, first))


def _matrix_product(one: Grid, other: Grid) -> Grid:
    columns = tuple(zip(*other, strict=True))
    return tuple(
        tuple(reduce(_plus, map(_times, row, column)) for column in columns) for row in one
    )


def _entrywise(operation: Operation, one: Grid, other: Grid) -> Grid:
    return tuple(
        tuple(operation(a, b) for a, b in zip(row, row_, strict=True))
        for row, row_ in zip(one, other, strict=True)
    )


def _scaled(scale: Entry, one: Grid) -> Grid:
    return tuple(tuple(_times(scale, entry) for entry in row) for row in one)


def _plus(a: Entry, b: Entry) -> Entry:
    return None if a is None or b is None else a + b


def _times(a: Entry, b: Entry) -> Entry:
    if a == 0 or b == 0:
        return fmpq(0)  # also where the other is irrational
    return None if a is None or b is None else a * b


def numeric(links: tuple[Formula, ...], value: Matrix, functions: Functions) -> tuple[Part, ...]:
    """``= matrices in numbers = matrix of values``, with ``≈`` where any entry does not come out.

    As :func:`tracer.recomputing.numeric` is for single numbers.
    """
    sides = (*(link for link in links if _digits(link) != _digits(value)), value)
    found = [Part("=" if all_exact(sides[0]) else "≈", sides[0], newline=True)]
    for before, now in pairwise(sides):
        one, other = grid(before, functions), grid(now, functions)
        known = all(entry is not None for row in one for entry in row)
        found.append(Part("=" if known and one == other else "≈", now))
    return tuple(found)


def _digits(formula: Formula) -> object:
    """The numbers of a matrix as printed; of any other formula nothing that is equal."""
    if isinstance(formula, Matrix) and all(isinstance(e, Num) for row in formula.rows for e in row):
        return formula.rows
    return formula
