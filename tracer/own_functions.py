"""A formula of the user's own as rules: what it is, and its derivative as a page prints it.

SymPy differentiates it with functions of cases kept by name, so that the derivative can be
printed: |u| has sign(u), ReLU(u) has ReLU'(u), and max(u, v) goes with u where ReLU'(u - v) is 1
and with v where step(v - u) is. What is printed is also what is computed, with the cases in the
place of the names.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import sympy
from sympy import Expr, Function, Integer, Pow, Symbol

from tracer import circuit
from tracer.activations import ACTIVATIONS
from tracer.errors import Fault, InputError
from tracer.expressions import Tree
from tracer.losses import meaning

Variables = tuple[Symbol, ...]
"""What a formula is in; it is differentiated by the last."""
PRE: Variables = (Symbol("x", real=True),)
"""The pre-activation, which an activation is a formula in."""
TARGET_AND_OUTPUT: Variables = (Symbol("t", real=True), Symbol("y", real=True))
"""The target and the output, which a loss is a formula in."""

# up to here a derivative is also tried as one fraction
_MOST_OPERATIONS = 60
_MOST_EXPONENT = 16


def by_name(name: str, *slopes: str) -> type[Function]:
    """A function that SymPy keeps as it is: by argument its derivative is called ``slopes``."""

    def fdiff(self: Expr, argindex: int = 1) -> Expr:
        own = self.args[0]
        if len(self.args) == 2:  # which of the two it is, by the sign of their difference
            own = self.args[0] - self.args[1]
            is_max = name == "max"
            own = own if (argindex == 1) == is_max else -own
        factor, rest = own.as_coeff_Mul()  # all slopes depend on the sign alone
        own = -rest if factor < 0 else rest
        return Function(slopes[argindex - 1], real=True)(own)

    return type(name, (Function,), {"fdiff": fdiff, "is_real": True})


def _textbook(name: str) -> type[Function]:
    """An activation that SymPy keeps as it is, with the derivative that books print."""
    textbook = ACTIVATIONS[name].textbook
    assert textbook is not None

    def fdiff(self: Expr, argindex: int = 1) -> Expr:
        return textbook(self.args[0], self).doit()

    return type(name, (Function,), {"fdiff": fdiff, "is_real": True})


_NAMED: dict[str, type[Function]] = {
    "abs": by_name("abs", "sign"),
    "relu": by_name("relu", "relu'"),
    "sigmoid": _textbook("sigmoid"),
    "softplus": _textbook("softplus"),
    "max": by_name("max", "relu'", "step"),
    "min": by_name("min", "relu'", "step"),
}


def _named(name: str, args: tuple[Expr, ...]) -> Expr:
    if name == "max" and args[1] == 0:  # the same, also at 0
        name, args = "relu", args[:1]
    return _NAMED[name](*args) if name in _NAMED else circuit.function_of(name, args)


def with_cases(expr: Expr) -> Expr:
    """A printed derivative with the cases of its functions in the place of their names."""
    if not expr.args:
        return expr
    args = tuple(map(with_cases, expr.args))
    name = expr.func.__name__
    if name == "relu'":
        return _relu_slope().xreplace({PRE[0]: args[0]})
    if name in ("sign", "step"):
        return meaning(Function(name)(args[0]), Integer(0))
    return circuit.function_of(name, args) if name in _NAMED else expr.func(*args)


@cache
def _relu_slope() -> Expr:
    # what it is at 0 follows from the row's formula
    return sympy.diff(circuit.function_of("relu", PRE), PRE[0])


def checked(tree: Tree, variables: Variables, place: str) -> Expr:
    """The formula as its values come from it.

    Raises InputError at ``place`` where a part without a variable has no value.
    """
    try:
        found = circuit.expression(tree, variables, circuit.function_of)
    except ZeroDivisionError:
        raise InputError(Fault(place, "division by zero")) from None
    if found.has(sympy.zoo, sympy.nan, sympy.I):
        raise InputError(Fault(place, "a function of a number in it has no value"))
    return found


def canonical(tree: Tree, variables: Variables) -> Expr:
    """A part of a formula as it stands in what SymPy makes of the formula."""
    return circuit.expression(tree, variables, _named).doit()


@cache
def printed_slope(tree: Tree, variables: Variables) -> Expr:
    """The derivative by the last variable as it is printed, functions of cases by name."""
    raw = sympy.diff(canonical(tree, variables), variables[-1])
    # the first of equally short ones, whatever their sign
    return min(_forms(raw), key=lambda form: min(map(sympy.count_ops, (form, -form))))


def _forms(raw: Expr) -> Iterator[Expr]:
    """Equal forms of a derivative, the same at every kink too."""
    yield sympy.factor_terms(raw)
    for call in raw.atoms(Function):
        # u sign(u) is |u|, u ReLU'(u) and u step(u) are ReLU(u), also at 0
        name = {"sign": "abs", "relu'": "relu", "step": "relu"}.get(call.func.__name__)
        if name is not None:
            (u,) = call.args
            whole = _NAMED[name](u)
            raw = raw.subs(u * call, whole).subs(-u * call, -whole)
    raw = raw.replace(_is_square_of_root, lambda power: power.base.args[0] ** (power.exp / 2))
    yield raw
    exponents = (abs(p.exp) for p in raw.atoms(Pow) if p.exp.is_Integer)
    if sympy.count_ops(raw) <= _MOST_OPERATIONS and max(exponents, default=0) <= _MOST_EXPONENT:
        whole = sympy.together(raw)
        yield whole
        # into factors of rational coefficients; nothing is cancelled that may be 0
        top, bottom = sympy.fraction(whole)
        yield sympy.factor(top) / bottom
        yield sympy.factor(top) / sympy.factor(bottom)


def _is_square_of_root(expr: Expr) -> bool:
    is_power = expr.is_Pow and isinstance(expr.base, circuit.sqrt)
    return bool(is_power and expr.exp.is_Integer and expr.exp % 2 == 0)


def names_of(expr: Expr) -> set[str]:
    """The names of the functions in a derivative."""
    return {call.func.__name__ for call in expr.atoms(Function)}
