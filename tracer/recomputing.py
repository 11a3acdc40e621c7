"""Formulas in numbers, worked out as a reader with a calculator would, from the printed digits.

That decides which `=` may be printed and where it must be `≈`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import pairwise

from flint import fmpq

from tracer.formula import (
    Apply,
    Args,
    Coef,
    Formula,
    Group,
    Hadamard,
    Matrix,
    Neg,
    Num,
    Part,
    Power,
    Prod,
    Quotient,
    Sum,
    Transpose,
)
from tracer.rounding import Number

# bits; beyond, a power is not worked out
_LARGEST_POWER = 1_000_000
# a function's name, whether its derivative is meant, and its parameter where the name alone is not
# enough
FunctionKey = tuple[str, bool, fmpq | None]
# activations, their derivatives and exp as a calculator has them; None where a value is irrational
Functions = Mapping[FunctionKey, Callable[..., fmpq | None]]


def key_of(function: Apply) -> FunctionKey:
    """Which function of `Functions` is applied."""
    index = function.index
    return function.function, function.prime, None if index is None else index.value


def recomputed(formula: Formula, functions: Functions) -> fmpq | None:
    """What the printed digits give, exactly; None where the result is irrational."""
    match formula:
        case Num(number):
            return number.value
        case Neg(body):
            value = recomputed(body, functions)
            return None if value is None else -value
        case Group(body):
            return recomputed(body, functions)
        case Coef(number, body):
            return recomputed(Prod((Num(number), body)), functions)
        case Sum(terms):
            total = fmpq(0)
            for term in terms:
                value = recomputed(term, functions)
                if value is None:
                    return None
                total += value
            return total
        case Prod(factors):
            values = [recomputed(factor, functions) for factor in factors]
            if any(value is not None and value == 0 for value in values):
                return fmpq(0)  # also where another factor is irrational
            total = fmpq(1)
            for value in values:
                if value is None:
                    return None
                total *= value
            return total
        case Power(base, exponent):
            value = recomputed(base, functions)
            return None if value is None or _is_huge(value, exponent) else value**exponent
        case Quotient(top, bottom):
            above, below = recomputed(top, functions), recomputed(bottom, functions)
            return None if above is None or below is None or below == 0 else above / below
        case Apply(_, Args(items)):
            values = [recomputed(item, functions) for item in items]
            return None if None in values else functions[key_of(formula)](*values)
        case Apply(_, arg):
            value = recomputed(arg, functions)
            return None if value is None else functions[key_of(formula)](value)
        case _:
            return None


def _is_huge(value: fmpq, exponent: int) -> bool:
    """Whether a power has more digits than any printed number could equal."""
    return exponent * int(max(value.p.bit_length(), value.q.bit_length())) > _LARGEST_POWER


def all_exact(formula: Formula) -> bool:
    """Whether every number in ``formula`` is printed in full, none rounded."""
    match formula:
        case Num(number):
            return number.is_exact
        case Neg(body) | Group(body) | Power(body, _) | Apply(_, body):
            return all_exact(body)
        case Coef(number, body):
            return number.is_exact and all_exact(body)
        case Sum(parts) | Prod(parts) | Args(parts):
            return all(all_exact(part) for part in parts)
        case Quotient(top, bottom):
            return all_exact(top) and all_exact(bottom)
        case Matrix(rows):
            return all(all_exact(entry) for row in rows for entry in row)
        case Transpose(body):
            return all_exact(body)
        case Hadamard(factors):
            return all(all_exact(factor) for factor in factors)
        case _:
            return True


def _equal(one: Formula, other: Formula, functions: Functions) -> bool:
    """Whether the printed digits of two numeric formulas give the same."""
    match one, other:
        case Apply(_, x), Apply(_, y) if key_of(one) == key_of(other) and _equal(x, y, functions):
            return True  # also where the function's value is irrational
    value = recomputed(one, functions)
    return value is not None and value == recomputed(other, functions)


def numeric(
    formulas: tuple[Formula, ...],
    value: Number,
    functions: Functions,
    *,
    after_symbols: bool = True,
) -> tuple[Part, ...]:
    """``= numbers = value`` with ``≈`` wherever the printed digits do not give equality.

    Between two numeric sides a reader's calculator decides. The first numeric side equals the
    symbols before it only if no number in it was rounded; where there are none
    (``after_symbols`` is false) it has no relation sign. A side that is the value already is not
    printed twice.
    """
    last = Num(value)
    sides = (*(f for f in formulas if not (isinstance(f, Num) and f.number == value)), last)
    start = "=" if all_exact(sides[0]) else "≈"
    found = [Part(start if after_symbols else "", sides[0])]
    for before, now in pairwise(sides):
        found.append(Part("=" if _equal(before, now, functions) else "≈", now))
    return tuple(found)
