"""Activation functions, a row each.

``formula`` is the function as SymPy sees it; every derivative that the tool uses is taken from it
by SymPy. ``textbook`` is only how books print that derivative, in the pre-activation ``x`` and the
output ``y``; a test compares each row's with ``sympy.diff``. Where it is None the derivative is a
matter of cases and is printed as f'(x).

To add an activation, add a row.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sympy import Add, Expr, Integer, Mul, Piecewise, Pow, Symbol, exp, log, tanh


@dataclass(frozen=True, slots=True)
class Activation:
    """One row: ``formula(x, slope)`` in SymPy, and what a page prints.

    ``latex`` and ``text`` name the function; ``remark`` says what readers ask about it.
    ``slope`` is the parameter of leaky ReLU; the other rows ignore it. ``words`` stand for the
    name in a sentence.
    """

    name: str
    latex: str
    text: str
    formula: Callable[[Symbol, Expr], Expr]
    textbook: Callable[[Symbol, Symbol], Expr] | None
    remark: str = ""
    words: str = ""


def _one_minus(value: Expr) -> Expr:
    # SymPy would sort 1 - y into -y + 1; the order of a book is part of the data
    return Add(Integer(1), Mul(Integer(-1), value), evaluate=False)


ACTIVATIONS: dict[str, Activation] = {
    row.name: row
    for row in (
        Activation(
            "identity",
            "",
            "",
            lambda x, a: x,
            lambda x, y: Integer(1),
            words="the identity, l = p",
        ),
        Activation(
            "relu",
            r"\mathrm{ReLU}",
            "ReLU",
            # Piecewise, not Max: SymPy gives Max'(0) = 1/2, and the convention here is 0
            lambda x, a: Piecewise((x, x > 0), (Integer(0), True)),
            None,
            "is 1 for p > 0 and 0 for p < 0; at p = 0, where it has no derivative, 0 is used",
        ),
        Activation(
            "leaky_relu",
            r"\mathrm{LeakyReLU}",
            "LeakyReLU",
            lambda x, a: Piecewise((x, x > 0), (a * x, True)),
            None,
            "is 1 for p > 0 and the slope for p < 0; at p = 0, where it has no derivative, "
            "the slope is used",
        ),
        Activation(
            "sigmoid",
            r"\sigma",
            "σ",
            lambda x, a: 1 / (1 + exp(-x)),
            lambda x, y: Mul(y, _one_minus(y), evaluate=False),
            words="the sigmoid, σ(p) = 1/(1 + exp(-p))",
        ),
        Activation(
            "tanh", r"\tanh", "tanh", lambda x, a: tanh(x), lambda x, y: _one_minus(Pow(y, 2))
        ),
        Activation(
            "softplus",
            r"\mathrm{softplus}",
            "softplus",
            lambda x, a: log(1 + exp(x)),
            lambda x, y: Pow(Add(Integer(1), exp(-x), evaluate=False), -1),
            words="softplus, log(1 + exp(p))",
        ),
    )
}
