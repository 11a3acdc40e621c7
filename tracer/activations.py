"""Activation functions, a row each.

``formula`` is the function as SymPy sees it; every derivative that the tool uses is taken from it
by SymPy. ``textbook`` is only how books print that derivative, in the pre-activation ``x`` and the
output ``y``; a test compares each row's with ``sympy.diff``. Where it is None the derivative is a
matter of cases and is printed as f'(x).

To add an activation, add a row, and its name to ``ACTIVATIONS`` in :mod:`tracer.schema`, which
knows no SymPy; a function that no row used before also needs its arithmetic in
:mod:`tracer.program` and :mod:`tracer.domains`. Tests say which of these is missing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sympy import Add, Expr, Integer, Mul, Piecewise, Pow, Symbol, exp, log, tanh


@dataclass(frozen=True, slots=True)
class Activation:
    """One row: ``formula(x, slope)`` in SymPy, and what a page prints.

    ``latex`` and ``text`` name the function; ``remark`` says what readers ask about it.
    ``slope`` is the parameter of leaky ReLU; the other rows ignore it. ``definition`` is the
    formula in the order in which it is printed, where the name alone does not say enough.
    """

    name: str
    latex: str
    text: str
    formula: Callable[[Symbol, Expr], Expr]
    textbook: Callable[[Symbol, Symbol], Expr] | None
    remark: str = ""
    definition: Callable[[Symbol], Expr] | None = None


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
            "sigmoid",
            r"\sigma",
            "σ",
            lambda x, a: 1 / (1 + exp(-x)),
            lambda x, y: Mul(y, _one_minus(y), evaluate=False),
            definition=lambda x: Pow(Add(Integer(1), exp(-x), evaluate=False), -1),
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
            definition=lambda x: log(Add(Integer(1), exp(x), evaluate=False)),
        ),
    )
}
