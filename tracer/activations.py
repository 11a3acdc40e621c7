"""Activation functions, a row each.

``formula`` is the function as SymPy sees it; every derivative that the tool uses is taken from it
by SymPy. ``textbook`` is only how books print that derivative, in the pre-activation ``x`` and the
output ``y``; a test compares each row's with ``sympy.diff``. Where it is None the derivative is a
matter of cases, or too long to be written each time, and is printed as f'(x).

To add an activation, add a row, and its name to ``ACTIVATIONS`` in :mod:`tracer.schema`, which
knows no SymPy; a function that no row used before also needs its arithmetic in
:mod:`tracer.program` and :mod:`tracer.domains`. Tests say which of these is missing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sympy import (
    Add,
    Expr,
    Integer,
    Mul,
    Piecewise,
    Pow,
    Rational,
    Symbol,
    erf,
    exp,
    log,
    sqrt,
    tanh,
)

from tracer.own_formula import OWN


@dataclass(frozen=True, slots=True)
class Activation:
    """One row: ``formula(x, a)`` in SymPy, and what a page prints.

    ``latex`` and ``text`` name the function; ``remark`` says what readers ask about it.
    ``a`` is the slope of leaky and parametric ReLU and the alpha of ELU; the other rows ignore it.
    ``definition`` is the formula in the order in which it is printed, where the name alone does not
    say enough. ``saturates``: where its derivative gets small the output stays near a bound.
    ``cross(y, z)`` is the derivative of output y by the pre-activation of another neuron, with
    output z; only softmax has it, whose ``a`` is the sum of the other neurons' exponentials.
    """

    name: str
    latex: str
    text: str
    formula: Callable[[Symbol, Expr], Expr]
    textbook: Callable[[Symbol, Symbol], Expr] | None
    remark: str = ""
    definition: Callable[[Symbol], Expr] | None = None
    cross: Callable[[Symbol, Symbol], Expr] | None = None
    saturates: bool = False


def _one_minus(value: Expr) -> Expr:
    # SymPy would sort 1 - y into -y + 1; the order of a book is part of the data
    return Add(Integer(1), Mul(Integer(-1), value), evaluate=False)


def _sigmoid(x: Expr) -> Expr:
    return Pow(Add(Integer(1), exp(-x), evaluate=False), -1)


def _over(value: Expr, other: Expr) -> Expr:
    return Mul(value, Pow(other, -1, evaluate=False), evaluate=False)


ACTIVATIONS: dict[str, Activation] = {
    row.name: row
    for row in (
        Activation(
            "identity",
            "",
            "",
            lambda x, a: x,
            lambda x, y: Integer(1),
        ),
        Activation(
            "relu",
            r"\mathrm{ReLU}",
            "ReLU",
            # Piecewise, not Max: SymPy gives Max'(0) = 1/2, and the convention here is 0
            lambda x, a: Piecewise((x, x > 0), (Integer(0), True)),
            None,
            "is 1 where the pre-activation is positive and 0 where it is negative; at 0, where "
            "there is none, 0 is used",
        ),
        Activation(
            "leaky_relu",
            r"\mathrm{LeakyReLU}",
            "LeakyReLU",
            lambda x, a: Piecewise((x, x > 0), (a * x, True)),
            None,
            "is 1 where the pre-activation is positive and the slope where it is negative; at 0, "
            "where there is none, the slope is used",
        ),
        Activation(
            "prelu",
            r"\mathrm{PReLU}",
            "PReLU",
            lambda x, a: Piecewise((x, x > 0), (a * x, True)),
            None,
            "is 1 where the pre-activation is positive and the neuron's slope where it is "
            "negative; at 0, where there is none, the slope is used",
        ),
        Activation(
            "elu",
            r"\mathrm{ELU}",
            "ELU",
            # Clevert, Unterthiner & Hochreiter, Fast and accurate deep network learning by
            # exponential linear units, ICLR 2016
            lambda x, a: Piecewise((x, x > 0), (a * (exp(x) - 1), True)),
            None,
            "is 1 where the pre-activation p is positive and alpha · exp(p) elsewhere",
        ),
        Activation(
            "gelu",
            r"\mathrm{GELU}",
            "GELU",
            # Hendrycks & Gimpel, Gaussian error linear units, arXiv:1606.08415: the exact form,
            # not the approximation by tanh
            lambda x, a: x * (1 + erf(x / sqrt(2))) / 2,
            None,
            "at p is Φ(p) + p · φ(p), with the standard normal distribution's function Φ and "
            "density φ; this is GELU in its exact form, with erf, not its approximation by tanh",
            definition=lambda x: Mul(
                Rational(1, 2),
                x,
                Add(Integer(1), erf(_over(x, sqrt(2))), evaluate=False),
                evaluate=False,
            ),
        ),
        Activation(
            "silu",
            r"\mathrm{SiLU}",
            "SiLU",
            lambda x, a: x / (1 + exp(-x)),
            # y + σ(x) (1 - y)
            lambda x, y: Add(y, Mul(_sigmoid(x), _one_minus(y), evaluate=False), evaluate=False),
            definition=lambda x: _over(x, Add(Integer(1), exp(-x), evaluate=False)),
        ),
        Activation(
            "sigmoid",
            r"\sigma",
            "σ",
            lambda x, a: 1 / (1 + exp(-x)),
            lambda x, y: Mul(y, _one_minus(y), evaluate=False),
            definition=lambda x: _sigmoid(x),
            saturates=True,
        ),
        Activation(
            "tanh",
            r"\tanh",
            "tanh",
            lambda x, a: tanh(x),
            lambda x, y: _one_minus(Pow(y, 2)),
            saturates=True,
        ),
        Activation(
            "softplus",
            r"\mathrm{softplus}",
            "softplus",
            lambda x, a: log(1 + exp(x)),
            lambda x, y: _sigmoid(x),
            definition=lambda x: log(Add(Integer(1), exp(x), evaluate=False)),
        ),
        Activation(
            "softmax",
            r"\mathrm{softmax}",
            "softmax",
            lambda x, a: exp(x) / (exp(x) + a),
            lambda x, y: Mul(y, _one_minus(y), evaluate=False),
            cross=lambda y, z: Mul(-1, y, z, evaluate=False),
            saturates=True,
        ),
        Activation(
            "step",
            r"\mathrm{step}",
            "step",
            # 1 at 0, as in the perceptron
            lambda x, a: Piecewise((Integer(1), x >= 0), (Integer(0), True)),
            None,
            "is 0 wherever there is one: it says nothing of where the loss falls",
        ),
    )
}
# a formula of the user's own in the place of a row; what it is stands in the layer
_OWN = Activation(OWN, r"\varphi", "φ", lambda x, a: x, None)


def row_of(name: str) -> Activation:
    """The row of a layer's activation, also where that is a formula of the user's own."""
    return _OWN if name == OWN else ACTIVATIONS[name]


def is_activation(name: str) -> bool:
    """Whether a function has a row, or is a formula of the user's own."""
    return name == OWN or name in ACTIVATIONS
