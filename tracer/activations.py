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

    A function of one number, the pre-activation ``x``, applied to each neuron of a layer; softmax
    alone takes a whole layer. ``latex`` and ``text`` name it; ``remark`` says what readers ask
    about it; ``reference`` is where it was proposed, or where its formula stands.
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
    reference: str = ""
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
            reference="V. Nair and G. E. Hinton, Rectified linear units improve restricted "
            "Boltzmann machines, ICML 2010",
        ),
        Activation(
            "leaky_relu",
            r"\mathrm{LeakyReLU}",
            "LeakyReLU",
            lambda x, a: Piecewise((x, x > 0), (a * x, True)),
            None,
            "is 1 where the pre-activation is positive and the slope where it is negative; at 0, "
            "where there is none, the slope is used",
            reference="A. L. Maas, A. Y. Hannun and A. Y. Ng, Rectifier nonlinearities improve "
            "neural network acoustic models, ICML 2013",
        ),
        Activation(
            "prelu",
            r"\mathrm{PReLU}",
            "PReLU",
            lambda x, a: Piecewise((x, x > 0), (a * x, True)),
            None,
            "is 1 where the pre-activation is positive and the neuron's slope where it is "
            "negative; at 0, where there is none, the slope is used",
            reference="K. He, X. Zhang, S. Ren and J. Sun, Delving deep into rectifiers, ICCV 2015",
        ),
        Activation(
            "elu",
            r"\mathrm{ELU}",
            "ELU",
            lambda x, a: Piecewise((x, x > 0), (a * (exp(x) - 1), True)),
            None,
            "is 1 where the pre-activation p is positive and alpha · exp(p) elsewhere",
            reference="D.-A. Clevert, T. Unterthiner and S. Hochreiter, Fast and accurate deep "
            "network learning by exponential linear units, ICLR 2016",
        ),
        Activation(
            "gelu",
            r"\mathrm{GELU}",
            "GELU",
            # the exact form, not the approximation by tanh
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
            reference="D. Hendrycks and K. Gimpel, Gaussian error linear units, arXiv:1606.08415",
        ),
        Activation(
            "silu",
            r"\mathrm{SiLU}",
            "SiLU",
            lambda x, a: x / (1 + exp(-x)),
            # y + σ(x) (1 - y)
            lambda x, y: Add(y, Mul(_sigmoid(x), _one_minus(y), evaluate=False), evaluate=False),
            definition=lambda x: _over(x, Add(Integer(1), exp(-x), evaluate=False)),
            reference="S. Elfwing, E. Uchibe and K. Doya, Sigmoid-weighted linear units for "
            "neural network function approximation in reinforcement learning, Neural "
            "Networks 107, 2018",
        ),
        Activation(
            "sigmoid",
            r"\sigma",
            "σ",
            lambda x, a: 1 / (1 + exp(-x)),
            lambda x, y: Mul(y, _one_minus(y), evaluate=False),
            definition=lambda x: _sigmoid(x),
            saturates=True,
            reference="D. E. Rumelhart, G. E. Hinton and R. J. Williams, Learning "
            "representations by back-propagating errors, Nature 323, 1986, eq. 2; its "
            "derivative: C. M. Bishop, Pattern Recognition and Machine Learning, "
            "2006, eq. 4.88",
        ),
        Activation(
            "tanh",
            r"\tanh",
            "tanh",
            lambda x, a: tanh(x),
            lambda x, y: _one_minus(Pow(y, 2)),
            saturates=True,
            reference="I. Goodfellow, Y. Bengio and A. Courville, Deep Learning, 2016, section "
            "6.3.2",
        ),
        Activation(
            "softplus",
            r"\mathrm{softplus}",
            "softplus",
            lambda x, a: log(1 + exp(x)),
            lambda x, y: _sigmoid(x),
            definition=lambda x: log(Add(Integer(1), exp(x), evaluate=False)),
            reference="C. Dugas, Y. Bengio, F. Bélisle, C. Nadeau and R. Garcia, Incorporating "
            "second-order functional knowledge for better option pricing, NIPS 2000",
        ),
        Activation(
            "softmax",
            r"\mathrm{softmax}",
            "softmax",
            lambda x, a: exp(x) / (exp(x) + a),
            lambda x, y: Mul(y, _one_minus(y), evaluate=False),
            cross=lambda y, z: Mul(-1, y, z, evaluate=False),
            saturates=True,
            reference="C. M. Bishop, Pattern Recognition and Machine Learning, 2006, eq. 4.104; "
            "its derivatives: eq. 4.106",
        ),
        Activation(
            "step",
            r"\mathrm{step}",
            "step",
            # 1 at 0, as in the perceptron
            lambda x, a: Piecewise((Integer(1), x >= 0), (Integer(0), True)),
            None,
            "is 0 wherever there is one: it says nothing of where the loss falls",
            reference="F. Rosenblatt, The perceptron, Psychological Review 65, 1958",
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
