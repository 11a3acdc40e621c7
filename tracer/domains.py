"""Kinds of numbers in which a compiled trace runs: exact fractions, balls, float64.

In `EXACT` rational values are fractions and an irrational function makes a ball, a midpoint with a
radius inside which the true value certainly lies. A sign that a ball leaves open is undecided.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from flint import arb, fmpq, fmpz

from tracer.graph import Quantity, Template, Term
from tracer.program import compile_rules
from tracer.rounding import Undecided


@dataclass(frozen=True, slots=True)
class Domain:
    """A kind of number: how constants are made, and the functions that programs call."""

    number: Callable[[Fraction], Any]
    functions: Mapping[str, Callable[..., Any]]


def to_fmpq(value: Fraction) -> fmpq:
    """An exact fraction as the arithmetic has it."""
    return fmpq(value.numerator, value.denominator)


def _ball(value: Any) -> arb:
    return value if isinstance(value, arb) else arb(value)


def _exp(x: Any) -> Any:
    return fmpq(1) if x == 0 else _ball(x).exp()


def _log(x: Any) -> Any:
    return fmpq(0) if x == 1 else _ball(x).log()


def _tanh(x: Any) -> Any:
    return fmpq(0) if x == 0 else _ball(x).tanh()


def settled(x: Any) -> Any:
    """``x``, or the fraction that it is: a ball without radius, such as 0 times another ball."""
    if type(x) is arb and x.is_exact():
        mantissa, exponent = x.man_exp()
        power = fmpz(2) ** abs(int(exponent))
        return fmpq(mantissa * power) if exponent >= 0 else fmpq(mantissa, power)
    return x


def times(x: Any, y: Any) -> Any:
    """``x y``, and exactly 0 where one of them is."""
    return fmpq(0) if x == 0 or y == 0 else x * y


def _positive(x: Any) -> bool:
    if x > 0:
        return True
    if x <= 0:
        return False
    raise Undecided


EXACT = Domain(
    to_fmpq,
    {
        "exp": _exp,
        "log": _log,
        "tanh": _tanh,
        "positive": _positive,
        "settled": settled,
        "times": times,
    },
)
# once everything is a ball there is no rational special case left to look for
BALLS = Domain(
    lambda value: arb(to_fmpq(value)),
    {"exp": arb.exp, "log": arb.log, "tanh": arb.tanh, "positive": _positive},
)
FLOAT = Domain(
    float,
    {"exp": math.exp, "log": math.log, "tanh": math.tanh, "positive": lambda x: x > 0},
)


def call_exactly(template: Template) -> Callable[[fmpq], fmpq | None]:
    """A template of one argument as a function of exact fractions; None where it is irrational."""
    rule = Quantity("y", (Term(template, ("x",)),))
    program = compile_rules({"x": Quantity("x"), "y": rule}, ("x", "y"), ("x",), ("y",))
    run = program.bind(EXACT.functions, EXACT.number)

    def call(value: fmpq) -> fmpq | None:
        (result,) = run((value,))
        if isinstance(result, int):
            return fmpq(result)
        return result if isinstance(result, fmpq) else None

    return call
