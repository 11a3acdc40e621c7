"""Loss functions of one output, a row each.

``formula`` is the loss of one output with target ``t`` and output ``y``, before the factor and the
sum or mean over outputs and samples, in the order in which it is printed. ``textbook`` gives the
factors in which books print its derivative with respect to ``y``; a test compares their product
with ``sympy.diff``. Functions that are a matter of cases are printed by name, and `meaning` puts
their cases in their place.

To add a loss, add a row, and its name to ``LOSSES`` in :mod:`tracer.schema`, which knows no SymPy.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sympy import Add, Expr, Function, Integer, Mul, Piecewise, Pow, Symbol, exp, log
from sympy.core.function import AppliedUndef

Factors = tuple[tuple[int, ...], tuple[Expr, ...]]


@dataclass(frozen=True, slots=True)
class LossRow:
    """One row: ``formula(t, y)`` in SymPy and the printed factors of its derivative.

    Both are numbers, of one output of one sample; the sum or mean over them is the problem's.

    ``textbook(t, y)`` is (constants, expressions): the constants are pulled out in front of a sum
    over samples; each expression stays inside. With the activation ``shortcut`` in the output layer
    the derivative by the pre-activation is y - t, and ``stable(t, x, others)`` is the loss in that
    pre-activation and those of the other neurons, without the logarithm of what rounds to 0.
    ``remark`` explains the functions that are printed by name; ``reference`` is where the formula
    stands.
    """

    name: str
    formula: Callable[[Symbol, Symbol], Expr]
    textbook: Callable[[Symbol, Symbol], Factors]
    shortcut: str = ""
    remark: str = ""
    reference: str = ""
    stable: Callable[[Symbol, Symbol, Sequence[Symbol]], Expr] | None = None


def _minus(value: Expr, other: Expr) -> Expr:
    # SymPy would sort t - y by name; the order of a book is part of the data
    return Add(value, _times(Integer(-1), other), evaluate=False)


def _times(*factors: Expr) -> Expr:
    return Mul(*factors, evaluate=False)


def _over(value: Expr, other: Expr) -> Expr:
    return _times(value, Pow(other, -1, evaluate=False))


def shortcut(t: Symbol, y: Symbol) -> Expr:
    """The derivative by the pre-activation where loss and activation match: ``y - t``."""
    return _minus(y, t)


def _sign(u: Expr) -> Expr:
    return Piecewise((1, u > 0), (-1, u < 0), (0, True))


# what is printed by name: at its kink each takes the value that its derivative is printed with
_CASES: dict[str, Callable[[Expr, Expr], Expr]] = {
    "abs": lambda u, d: Piecewise((u, u > 0), (-u, u < 0), (0, True)),
    "sign": lambda u, d: _sign(u),
    "huber": lambda u, d: Piecewise(
        (d * (u - d / 2), u > d), (-d * (u + d / 2), u < -d), (u**2 / 2, True)
    ),
    "huber'": lambda u, d: Piecewise((d, u > d), (-d, u < -d), (u, True)),
    "max0": lambda u, d: Piecewise((u, u >= 0), (0, True)),
    "step": lambda u, d: Piecewise((1, u >= 0), (0, True)),
}


def meaning(expr: Expr, delta: Expr) -> Expr:
    """``expr`` with the cases of its functions in place of their names; ``delta`` is Huber's."""
    for call in expr.atoms(AppliedUndef):
        expr = expr.xreplace({call: _CASES[call.func.__name__](call.args[0].doit(), delta)})
    return expr.doit()


def _named(name: str, argument: Expr) -> Expr:
    return Function(name)(argument)


def _margin(t: Symbol, y: Symbol) -> Expr:
    return _minus(Integer(1), _times(t, y))


def _likelihood(t: Symbol, y: Symbol) -> Expr:
    """``t log y + (1 - t) log(1 - y)``."""
    one = Integer(1)
    return Add(
        _times(t, log(y)),
        _times(_minus(one, t), log(_minus(one, y))),
        evaluate=False,
    )


def _softplus(*exponents: Expr) -> Expr:
    """``log(1 + e^x + …)``: what -log of sigmoid or softmax is."""
    return log(Add(Integer(1), *map(exp, exponents), evaluate=False))


LOSSES: dict[str, LossRow] = {
    row.name: row
    for row in (
        LossRow(
            "squared_error",
            lambda t, y: Pow(_minus(t, y), 2, evaluate=False),
            # 2 (t - y) (-1): the outer derivative, then the inner one
            lambda t, y: ((2, -1), (_minus(t, y),)),
            reference="D. E. Rumelhart, G. E. Hinton and R. J. Williams, Learning "
            "representations by back-propagating errors, Nature 323, 1986, eq. 3, "
            "with the factor 1/2",
        ),
        LossRow(
            "absolute_error",
            lambda t, y: _named("abs", _minus(t, y)),
            lambda t, y: ((1, -1), (_named("sign", _minus(t, y)),)),
            remark="sign is 1 for positive and -1 for negative numbers, and 0 is used at 0, where "
            "the absolute value has no derivative",
            reference="T. Hastie, R. Tibshirani and J. Friedman, The Elements of Statistical "
            "Learning, 2nd ed. 2009, section 10.6",
        ),
        LossRow(
            "huber",
            lambda t, y: _named("huber", _minus(t, y)),
            lambda t, y: ((1, -1), (_named("huber'", _minus(t, y)),)),
            remark="Huber(e) is half the square of e where e lies between -delta and delta, and "
            "delta · (|e| - delta/2) beyond; its derivative is e between -delta and delta, and "
            "delta with the sign of e beyond",
            reference="P. J. Huber, Robust estimation of a location parameter, Annals of "
            "Mathematical Statistics 35, 1964",
        ),
        LossRow(
            "hinge",
            lambda t, y: _named("max0", _margin(t, y)),
            lambda t, y: ((-1,), (t, _named("step", _margin(t, y)))),
            remark="step is 1 from 0 on, and 0 for negative numbers; at 0, where the hinge loss "
            "has no derivative, the value from inside the margin is used",
            reference="T. Hastie, R. Tibshirani and J. Friedman, The Elements of Statistical "
            "Learning, 2nd ed. 2009, section 12.3.2",
        ),
        LossRow(
            "binary_cross_entropy",
            lambda t, y: _times(Integer(-1), _likelihood(t, y)),
            lambda t, y: ((), (_over(_minus(y, t), _times(y, _minus(Integer(1), y))),)),
            shortcut="sigmoid",
            stable=lambda t, x, others: Add(
                _times(t, _softplus(_times(Integer(-1), x))),
                _times(_minus(Integer(1), t), _softplus(x)),
                evaluate=False,
            ),
            reference="C. M. Bishop, Pattern Recognition and Machine Learning, 2006, eq. 4.90; "
            "its short derivative: eq. 4.91",
        ),
        LossRow(
            "cross_entropy",
            lambda t, y: _times(Integer(-1), t, log(y)),
            lambda t, y: ((-1,), (_over(t, y),)),
            shortcut="softmax",
            stable=lambda t, x, others: _times(t, _softplus(*(_minus(o, x) for o in others))),
            reference="C. M. Bishop, Pattern Recognition and Machine Learning, 2006, eq. 4.108; "
            "its short derivative: eq. 4.109",
        ),
    )
}
