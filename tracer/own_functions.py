"""Functions of formulas that SymPy differentiates by name, so that the derivative can be printed.

|x| has sign(x), ReLU(x) has ReLU'(x). What is printed is also what is computed, with the cases in
the place of the names.
"""

from __future__ import annotations

import sympy
from sympy import Expr, Function, Integer, Piecewise

from tracer import circuit
from tracer.activations import ACTIVATIONS
from tracer.losses import meaning


def by_name(name: str, *slopes: str) -> type[Function]:
    """A function that SymPy keeps as it is: by argument its derivative is called ``slopes``."""

    def fdiff(self: Expr, argindex: int = 1) -> Expr:
        own = self.args[0]
        if len(self.args) == 2:  # which of the two it is, by the sign of their difference
            own = self.args[0] - self.args[1]
            is_max = name == "max"
            own = own if (argindex == 1) == is_max else -own
        return Function(slopes[argindex - 1], real=True)(own)

    return type(name, (Function,), {"fdiff": fdiff, "is_real": True})


def _textbook(name: str) -> type[Function]:
    """An activation that SymPy keeps as it is, with the derivative that books print."""
    textbook = ACTIVATIONS[name].textbook
    assert textbook is not None

    def fdiff(self: Expr, argindex: int = 1) -> Expr:
        return textbook(self.args[0], self).doit()

    return type(name, (Function,), {"fdiff": fdiff, "is_real": True})


OF_ONE: dict[str, type[Function]] = {
    "abs": by_name("abs", "sign"),
    "relu": by_name("relu", "relu'"),
    "sigmoid": _textbook("sigmoid"),
    "softplus": _textbook("softplus"),
}
OF_TWO: dict[str, type[Function]] = {
    "max": by_name("max", "relu'", "step"),
    "min": by_name("min", "relu'", "step"),
}


def with_cases(expr: Expr) -> Expr:
    """A printed derivative with the cases of its functions in the place of their names."""
    if not expr.args:
        return expr
    args = tuple(map(with_cases, expr.args))
    name = expr.func.__name__
    if name == "relu'":
        return Piecewise((Integer(1), args[0] > 0), (Integer(0), sympy.true))
    if name in ("sign", "step"):
        return meaning(Function(name)(args[0]), Integer(0))
    return circuit.function_of(name, args) if name in OF_ONE | OF_TWO else expr.func(*args)
