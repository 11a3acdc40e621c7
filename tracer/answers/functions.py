"""Functions that a student may write, over exact fractions and over balls with proven bounds.

A row takes and gives balls, or power series of them (which is how a derivative comes about). What
is rational everywhere is worked out in fractions instead.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flint import arb, arb_series, ctx, fmpq

from tracer.answers.characters import Unread
from tracer.rounding import rational_root

PRECISION = 256
"""In bits: what irrational values are worked out to."""
_LARGEST_ARGUMENT = 4_000

Ball = Any
"""An arb, or an arb_series."""


def _sigmoid(x: Ball) -> Ball:
    return 1 / (1 + (-x).exp())


def _tanh(x: Ball) -> Ball:
    return 1 - 2 / ((2 * x).exp() + 1)


def _softplus(x: Ball) -> Ball:
    return (1 + x.exp()).log()


IRRATIONAL: Mapping[str, Callable[[Ball], Ball]] = {
    "exp": lambda x: x.exp(),
    "log": lambda x: x.log(),
    "sqrt": lambda x: x.sqrt(),
    "tanh": _tanh,
    "sigmoid": _sigmoid,
    "softplus": _softplus,
    "silu": lambda x: x * _sigmoid(x),
    "erf": lambda x: x.erf(),
    "gelu": lambda x: x * (1 + (x / arb(2).sqrt()).erf()) / 2,
    "sin": lambda x: x.sin(),
    "cos": lambda x: x.cos(),
    "sinh": lambda x: (x.exp() - (-x).exp()) / 2,
    "cosh": lambda x: (x.exp() + (-x).exp()) / 2,
}
"""Functions of one argument."""


def _step(x: fmpq) -> fmpq:
    return fmpq(1) if x > 0 else fmpq(0)


RATIONAL: Mapping[tuple[str, bool], Callable[[fmpq], fmpq]] = {
    ("relu", False): lambda x: x if x > 0 else fmpq(0),
    ("relu", True): _step,
    ("step", False): _step,
    ("abs", False): lambda x: -x if x < 0 else x,
    ("abs", True): lambda x: fmpq((x > 0) - (x < 0)),
    ("sign", False): lambda x: fmpq((x > 0) - (x < 0)),
}
"""Those that are rational, and their derivatives; the derivative at a kink is 0."""


def of_ball(name: str, prime: bool, middle: fmpq, half: fmpq) -> tuple[fmpq, fmpq]:
    """The value at ``middle``, and how far it may lie from that within ``half``. Raises Unread."""
    function = IRRATIONAL.get(name)
    if function is None:
        raise Unread(f"the value of {name}{'′' if prime else ''} is not known here")
    if abs(middle) + half > _LARGEST_ARGUMENT and name != "sqrt" and name != "log":
        raise Unread(f"{name} of a number so large is not worked out")
    if name == "sqrt" and not half and not prime:
        root = rational_root(middle)
        if root is not None:
            return root, fmpq(0)
    before, ctx.prec = ctx.prec, PRECISION
    try:
        exact = _applied(function, arb(middle), prime)
        value = _fraction(exact.mid())
        if not half and exact.is_exact():
            return value, fmpq(0)
        around = _applied(function, arb(middle, _above(half)), prime) if half else exact
        reach = abs(around - arb(value)).upper()
        return value, _fraction(reach)
    except (ValueError, ZeroDivisionError, OverflowError, ArithmeticError) as error:
        if isinstance(error, Unread):
            raise
        raise Unread(f"{name} has no value there") from None
    finally:
        ctx.prec = before


def _applied(function: Callable[[Ball], Ball], x: arb, prime: bool) -> arb:
    found: arb = function(arb_series([x, 1], 2))[1] if prime else function(x)
    if not found.is_finite():
        raise ArithmeticError
    return found


def _above(half: fmpq) -> arb:
    return arb(half).upper()


def _fraction(exact: arb) -> fmpq:
    mantissa, exponent = exact.man_exp()
    if abs(exponent) > 8_192:
        raise Unread("this number is too large or too small")
    power = fmpq(2) ** abs(int(exponent))
    return fmpq(mantissa) * power if exponent >= 0 else fmpq(mantissa) / power
