"""Kinds of numbers in which a compiled trace runs: exact fractions, balls, float64.

In `EXACT` rational values are fractions and an irrational function makes a ball, a midpoint with a
radius inside which the true value certainly lies. A sign that a ball leaves open is undecided. A
fraction that gets too long becomes a ball too; in `FRACTIONS`, which has no balls, it is refused.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import sympy
from flint import arb, fmpq, fmpz
from sympy import Expr

from tracer.graph import Quantity, Template, Term
from tracer.program import compile_rules
from tracer.rounding import Undecided, rational_root

# in bits; an exact fraction doubles its length or worse with every layer, and again at every step
LONGEST_FRACTION = 4_096


class TooLong(Exception):  # noqa: N818 - said of a quantity by who knows which it is
    """An exact fraction has more ``bits`` than are gone on with. Never leaves the package."""

    def __init__(self, bits: int) -> None:
        super().__init__(bits)
        self.bits = bits


class TooSmall(ArithmeticError):  # noqa: N818 - as above
    """A number that is not 0 would be 0 as a float. Never leaves the package."""


@dataclass(frozen=True, slots=True)
class Domain:
    """A kind of number: how constants are made, and the functions that programs call.

    ``rewritten`` turns a rule into an equal one that loses less in this arithmetic.
    """

    number: Callable[[Fraction], Any]
    functions: Mapping[str, Callable[..., Any]]
    rewritten: Callable[[Expr], Expr] = lambda expr: expr


def to_fmpq(value: Fraction) -> fmpq:
    """An exact fraction as the arithmetic has it."""
    return fmpq(value.numerator, value.denominator)


def _ball(value: Any) -> arb:
    return value if isinstance(value, arb) else arb(value)


def _exp(x: Any) -> Any:
    return fmpq(1) if x == 0 else _ball(x).exp()


def _log(x: Any) -> Any:
    if x <= 0:  # a ball would only say that there is no number
        raise ValueError
    return fmpq(0) if x == 1 else _ball(x).log()


def _tanh(x: Any) -> Any:
    return fmpq(0) if x == 0 else _ball(x).tanh()


def _erf(x: Any) -> Any:
    return fmpq(0) if x == 0 else _ball(x).erf()


def _sqrt(x: Any) -> Any:
    """The square root of what is not negative, exact where it is rational."""
    if x < 0:
        raise ValueError
    if not isinstance(x, arb):
        found = rational_root(fmpq(x))
        return _ball(x).sqrt() if found is None else found
    if x > 0:
        return x.sqrt()
    # the ball reaches below 0, the value does not
    half = abs(x).upper().sqrt().upper() / 2
    return arb(half, half)


def settled(x: Any) -> Any:
    """``x``, or the fraction that it is: a ball without radius, such as 0 times another ball.

    A fraction that is too long to go on with becomes a ball.
    """
    if type(x) is arb:
        return _fraction(x) if x.is_exact() else x
    return arb(x) if is_long(x) else x


def _fraction(x: arb) -> Any:
    mantissa, exponent = x.man_exp()
    # e^(-10^12), once cut off, is no fraction to write out
    if mantissa.bit_length() + abs(exponent) > LONGEST_FRACTION:
        return x
    power = fmpz(2) ** abs(int(exponent))
    return fmpq(mantissa * power) if exponent >= 0 else fmpq(mantissa, power)


def is_long(x: Any) -> bool:
    """Whether ``x`` is a fraction that is too long to go on with."""
    return type(x) is fmpq and bool(x.height_bits() > LONGEST_FRACTION)


def short(x: Any) -> Any:
    """``x``; raises TooLong where it is a fraction that is too long to go on with."""
    if is_long(x):
        raise TooLong(int(x.height_bits()))
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
        "erf": _erf,
        "sqrt": _sqrt,
        "pi": arb.pi,
        "positive": _positive,
        "settled": settled,
        "times": times,
    },
)
# once everything is a ball there is no rational special case left to look for; but whole numbers of
# a rule come as they are, and arb's own functions take them for balls and read what is no memory
BALLS = Domain(
    lambda value: arb(to_fmpq(value)),
    {
        "exp": lambda x: _ball(x).exp(),
        "log": lambda x: _ball(x).log(),
        "tanh": lambda x: _ball(x).tanh(),
        "erf": lambda x: _ball(x).erf(),
        "sqrt": _sqrt,
        "pi": arb.pi,
        "positive": _positive,
    },
)
FRACTIONS = Domain(to_fmpq, {**EXACT.functions, "settled": short})


class logistic(sympy.Function):  # type: ignore[misc]  # noqa: N801 - named as programs call it
    """1 / (1 + e^-x)."""


class softmax(sympy.Function):  # type: ignore[misc]  # noqa: N801 - named as programs call it
    """1 / (1 + e^x + e^y + ...): of outputs that lie x, y, ... above the first."""


class softplus(sympy.Function):  # type: ignore[misc]  # noqa: N801 - named as programs call it
    """log(1 + e^x + e^y + ...)."""


def stable(expr: Expr) -> Expr:
    """An equal expression without an e^x beyond all floats where its result is one.

    >>> from sympy import Symbol, diff, exp, log
    >>> x = Symbol("x")
    >>> stable(diff(1 / (1 + exp(-x)), x)), stable(log(1 + exp(x)))
    (logistic(-x)*logistic(x), softplus(x))
    """
    if not expr.args:
        return expr
    expr = expr.func(*map(stable, expr.args))
    if isinstance(expr, sympy.log):
        exponents = _exponents(expr.args[0])
        return softplus(*exponents) if exponents else _log_of_sum(expr)
    if isinstance(expr, sympy.Pow) and expr.exp.is_Integer and expr.exp < 0:
        exponents = _exponents(expr.base)
        if not exponents:
            return expr
        inverse = logistic(-exponents[0]) if len(exponents) == 1 else softmax(*exponents)
        return inverse**-expr.exp
    if isinstance(expr, sympy.Add):
        return _without_difference(expr)
    return _without_exp(expr) if isinstance(expr, sympy.Mul) else expr


def _exponents(expr: Expr) -> list[Expr]:
    """x, y, … where ``expr`` is 1 + e^x + e^y + …, else nothing."""
    terms = sympy.Add.make_args(expr - 1)
    return [e.args[0] for e in terms] if all(isinstance(e, sympy.exp) for e in terms) else []


def _log_of_sum(expr: Expr) -> Expr:
    """log(e^x + e^y + …) as x + log(1 + e^(y-x) + …), anything else as it is."""
    terms = sympy.Add.make_args(expr.args[0])
    if len(terms) < 2 or not all(isinstance(term, sympy.exp) for term in terms):
        return expr
    first, *others = (term.args[0] for term in terms)
    return first + softplus(*(other - first for other in others))


def _without_exp(product: Expr) -> Expr:
    """The product with e^x times logistic(-x), which may be infinity times 0, as logistic(x).

    And so with e^x / (e^x + e^y + …), as softmax.
    """
    for factor in product.args:
        if isinstance(factor, sympy.exp):
            x = factor.args[0]
            if product.has(logistic(-x)):
                return product / factor / logistic(-x) * logistic(x)
            for other in product.args:
                exponents = _summed_exponents(other)
                if x in exponents:
                    exponents.remove(x)
                    return product / factor / other * softmax(*(y - x for y in exponents))
    return product


def _summed_exponents(factor: Expr) -> list[Expr]:
    """x, y, … where ``factor`` is 1 / (e^x + e^y + …), else nothing."""
    if isinstance(factor, softmax):
        return [sympy.Integer(0), *factor.args]
    if not isinstance(factor, sympy.Pow) or factor.exp != -1:
        return []
    terms = sympy.Add.make_args(factor.base)
    if len(terms) < 2 or not all(isinstance(term, sympy.exp) for term in terms):
        return []
    return [term.args[0] for term in terms]


def _without_difference(total: Expr) -> Expr:
    """1 - tanh(x)^2, which floats make 0 from x = 20 on, without the difference."""
    square = 1 - total
    if square.func is not sympy.Pow or square.exp != 2 or square.base.func is not sympy.tanh:
        return total
    x = 2 * square.base.args[0]
    return 4 * logistic(x) * logistic(-x)


def _float(value: Fraction) -> float:
    """The nearest float. Raises OverflowError, or TooSmall where it would be 0 and is not."""
    nearest = float(value)
    if value and not nearest:
        raise TooSmall
    return nearest


def _float_logistic(x: float) -> float:
    if x >= 0:
        return 1 / (1 + math.exp(-x))
    power = math.exp(x)
    return power / (1 + power)


def _float_softmax(*others: float) -> float:
    most = max(0.0, *others)
    own = math.exp(-most)
    return own / (own + sum(math.exp(x - most) for x in others))


def _float_softplus(*exponents: float) -> float:
    if len(exponents) == 1:
        (x,) = exponents
        return max(x, 0.0) + math.log1p(math.exp(-abs(x)))
    most = max(exponents)
    if most <= 0:
        return math.log1p(sum(map(math.exp, exponents)))
    return most + math.log(math.exp(-most) + sum(math.exp(x - most) for x in exponents))


def _float_positive(x: float) -> bool:
    if x != x:  # infinity less infinity, which must not end as the 0 of a ReLU
        raise OverflowError
    return x > 0


FLOAT = Domain(
    _float,
    {
        "exp": math.exp,
        "log": math.log,
        "tanh": math.tanh,
        "logistic": _float_logistic,
        "softplus": _float_softplus,
        "softmax": _float_softmax,
        "erf": math.erf,
        "sqrt": math.sqrt,
        "pi": lambda: math.pi,
        "positive": _float_positive,
    },
    stable,
)


def call_exactly(template: Template) -> Callable[[fmpq], fmpq | None]:
    """A template of one argument as a function of exact fractions; None where it is irrational."""
    rule = Quantity("y", (Term(template, ("x",)),))
    program = compile_rules({"x": Quantity("x"), "y": rule}, ("x", "y"), ("x",), ("y",))
    run = program.bind(EXACT.functions, EXACT.number)

    def call(value: fmpq) -> fmpq | None:
        try:
            result = settled(run((value,))[0])
        except (ArithmeticError, ValueError, Undecided):
            return None  # rounded, a number may lie where there is no value
        if isinstance(result, int):
            return fmpq(result)
        return result if isinstance(result, fmpq) else None

    return call
