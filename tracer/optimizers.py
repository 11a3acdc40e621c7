"""Optimisers, a row each: how a gradient changes its parameter.

A row's ``rules`` are assignments in the order in which they are worked and printed. On the right,
a name that an earlier rule of the row has made is its new value; any other is what was kept from
the step before. So ``v = beta v + g`` reads the old v, and ``w - rate v`` after it the new one.

What an optimiser needs stands in ``OPTIMIZERS`` of :mod:`tracer.schema`, which knows no SymPy. To
add one, add a row there and here; letters for new names go into :mod:`tracer.symbols`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sympy import Add, Expr, Integer, Mul, Pow, Rational, Symbol

from tracer import ids
from tracer.optimizer_keys import Optimizer

WEIGHT, GRADIENT = Symbol("weight", real=True), Symbol("gradient", real=True)
RATE = Symbol(ids.LEARNING_RATE, positive=True)


@dataclass(frozen=True, slots=True)
class Rule:
    """``target`` becomes ``expr``; the target "" is the parameter itself."""

    target: str
    expr: Expr


@dataclass(frozen=True, slots=True)
class OptimizerRow:
    """One row: ``rules(epsilon_in_root, bias_correction)``, and what a page says of it.

    It is worked for each parameter on its own: all that it reads and makes is a number.
    ``title`` names it in a sentence, ``source`` says there who proposed it, ``reference`` where.
    """

    name: str
    title: str
    source: str
    rules: Callable[[bool, bool], tuple[Rule, ...]]
    remark: str = ""
    reference: str = ""


# SymPy would sort and fold all of these; the order of a book is part of the data
def _sum(*terms: Expr) -> Expr:
    return Add(*terms, evaluate=False)


def _product(*factors: Expr) -> Expr:
    return Mul(*factors, evaluate=False)


def _minus(value: Expr, other: Expr) -> Expr:
    return _sum(value, _product(Integer(-1), *other.args))


def _one_minus(value: Expr) -> Expr:
    return _sum(Integer(1), _product(Integer(-1), value))


def _over(top: Expr, bottom: Expr) -> Expr:
    return _product(top, Pow(bottom, -1, evaluate=False))


def _kept(name: str) -> Symbol:
    return Symbol(name, real=True)


def _mean_square(name: str) -> Symbol:
    """What is made of squares alone: its root exists, however little of it is certain."""
    return Symbol(name, nonnegative=True)


_SQUARE = Pow(GRADIENT, 2, evaluate=False)


def _average(kept: Expr, beta: Expr, new: Expr) -> Expr:
    return _sum(_product(beta, kept), _product(_one_minus(beta), new))


def _scaled(top: Expr, squares: Symbol, in_root: bool) -> Expr:
    """``w - rate top / (sqrt(squares) + epsilon)``, or with epsilon under the root."""
    epsilon = Symbol("epsilon", nonnegative=True)
    half = Rational(1, 2)
    if in_root:
        bottom = Pow(_sum(squares, epsilon), half, evaluate=False)
    else:
        bottom = _sum(Pow(squares, half, evaluate=False), epsilon)
    return _minus(WEIGHT, _product(RATE, _over(top, bottom)))


_BETA, _BETA1, _BETA2 = (Symbol(name, nonnegative=True) for name in ("beta", "beta1", "beta2"))
_M, _V, _CHANGE = (_kept(name) for name in ("m", "v", "change"))
_S, _SQUARES = _mean_square("s"), _mean_square("v")


def _adam(in_root: bool, correction: bool) -> tuple[Rule, ...]:
    means = (
        Rule("m", _average(_M, _BETA1, GRADIENT)),
        Rule("v", _average(_SQUARES, _BETA2, _SQUARE)),
    )
    if not correction:
        return (*means, Rule("", _scaled(_M, _SQUARES, in_root)))
    powers = (Symbol(ids.power(name), nonnegative=True) for name in ("beta1", "beta2"))
    first, second = (_one_minus(power) for power in powers)
    return (
        *means,
        Rule("mhat", _over(_M, first)),
        Rule("vhat", _over(_SQUARES, second)),
        Rule("", _scaled(_kept("mhat"), _mean_square("vhat"), in_root)),
    )


OPTIMIZERS: dict[str, OptimizerRow] = {
    row.name: row
    for row in (
        OptimizerRow(
            "gradient_descent",
            "gradient descent",
            "Cauchy 1847",
            lambda in_root, correction: (Rule("", _minus(WEIGHT, _product(RATE, GRADIENT))),),
            reference="A. Cauchy, Méthode générale pour la résolution des systèmes d'équations "
            "simultanées, Comptes rendus 25, 1847",
        ),
        OptimizerRow(
            "momentum",
            "gradient descent with momentum",
            "Polyak 1964",
            lambda in_root, correction: (
                Rule("v", _sum(_product(_BETA, _V), GRADIENT)),
                Rule("", _minus(WEIGHT, _product(RATE, _V))),
            ),
            reference="B. T. Polyak, Some methods of speeding up the convergence of iteration "
            "methods, USSR Computational Mathematics and Mathematical Physics 4(5), "
            "1964",
        ),
        OptimizerRow(
            "classical_momentum",
            "gradient descent with momentum",
            "Rumelhart, Hinton & Williams 1986",
            lambda in_root, correction: (
                Rule("change", _minus(_product(_BETA, _CHANGE), _product(RATE, GRADIENT))),
                Rule("", _sum(WEIGHT, _CHANGE)),
            ),
            reference="D. E. Rumelhart, G. E. Hinton and R. J. Williams, Learning "
            "representations by back-propagating errors, Nature 323, 1986, eq. 9",
        ),
        OptimizerRow(
            "average_momentum",
            "gradient descent with the running average of the gradients",
            "as in the courses of deeplearning.ai",
            lambda in_root, correction: (
                Rule("v", _average(_V, _BETA, GRADIENT)),
                Rule("", _minus(WEIGHT, _product(RATE, _V))),
            ),
            reference="A. Ng, Gradient descent with momentum, in the course Improving Deep "
            "Neural Networks, deeplearning.ai",
        ),
        OptimizerRow(
            "nesterov",
            "Nesterov's accelerated gradient",
            "Nesterov 1983, in the form of Bengio, Boulanger-Lewandowski & Pascanu 2013",
            lambda in_root, correction: (
                Rule("v", _sum(_product(_BETA, _V), GRADIENT)),
                Rule(
                    "",
                    _minus(WEIGHT, _product(RATE, _sum(GRADIENT, _product(_BETA, _V)))),
                ),
            ),
            "In this form the parameters are those of the point looked ahead to, so that the "
            "gradient is taken where they are",
            reference="Y. Bengio, N. Boulanger-Lewandowski and R. Pascanu, Advances in "
            "optimizing recurrent networks, ICASSP 2013; proposed by Y. Nesterov in "
            "1983",
        ),
        OptimizerRow(
            "adagrad",
            "AdaGrad",
            "Duchi, Hazan & Singer 2011",
            lambda in_root, correction: (
                Rule("s", _sum(_S, _SQUARE)),
                Rule("", _scaled(GRADIENT, _S, in_root)),
            ),
            reference="J. Duchi, E. Hazan and Y. Singer, Adaptive subgradient methods for "
            "online learning and stochastic optimization, Journal of Machine Learning "
            "Research 12, 2011",
        ),
        OptimizerRow(
            "rmsprop",
            "RMSProp",
            "Tieleman & Hinton 2012",
            lambda in_root, correction: (
                Rule("s", _average(_S, _BETA, _SQUARE)),
                Rule("", _scaled(GRADIENT, _S, in_root)),
            ),
            reference="T. Tieleman and G. Hinton, Lecture 6.5: rmsprop, Neural Networks for "
            "Machine Learning, Coursera 2012",
        ),
        OptimizerRow(
            "adam",
            "Adam",
            "Kingma & Ba 2015",
            _adam,
            reference="D. P. Kingma and J. Ba, Adam: a method for stochastic optimization, "
            "ICLR 2015, algorithm 1",
        ),
    )
}


def rules_of(optimizer: Optimizer) -> tuple[Rule, ...]:
    """The rules of a problem's optimiser."""
    row = OPTIMIZERS[optimizer.kind]
    return row.rules(optimizer.epsilon_in_root, optimizer.bias_correction)
