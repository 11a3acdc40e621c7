"""Formulas of the user's own, and their derivatives, in symbols or in numbers."""

from __future__ import annotations

from collections.abc import Mapping

import sympy
from flint import fmpq
from sympy import Expr

from tracer.derivation.steps import written
from tracer.expressions import Call, Sum, Tree
from tracer.formula import Apply, Args, Formula, Neg, Prod, from_sympy, whole
from tracer.formula import Power as Raised
from tracer.formula import Quotient as Fraction
from tracer.formula import Sum as Total
from tracer.own_functions import PRE, TARGET_AND_OUTPUT, Variables, canonical, printed_slope
from tracer.trees import walk

Names = Mapping[Expr, Formula]


def own_loss_term(tree: Tree, target: Formula, output: Formula) -> Formula:
    """``(t - y)^4`` in the order of its author."""
    return written(tree, {"0": target, "1": output}.__getitem__)


def own_activation(tree: Tree, pre: Formula) -> Formula:
    """``p / (1 + |p|)`` in the order of its author."""
    return written(tree, {"0": pre}.__getitem__)


def own_activation_slope(tree: Tree, pre: Formula) -> Formula:
    """``1 / (1 + |p|)^2``: the derivative of an activation."""
    return _book(printed_slope(tree, PRE), _names(tree, PRE, (pre,)))


def own_loss_slope(
    tree: Tree, target: Formula, output: Formula
) -> tuple[tuple[fmpq, ...], tuple[Formula, ...]]:
    """``-4`` and ``(t - y)^3``: its derivative by the output as a constant and factors.

    A fraction has the constant inside, but for its sign; of a constant there are no factors.
    """
    names = _names(tree, TARGET_AND_OUTPUT, (target, output))
    slope = printed_slope(tree, TARGET_AND_OUTPUT)
    constant, rest = slope.as_coeff_Mul()
    if rest == 1 or slope == 0:
        return (fmpq(int(slope.p), int(slope.q)),), ()
    if rest not in names and sympy.fraction(rest, exact=True)[1] != 1:
        sign = -1 if constant < 0 else 1
        return (fmpq(sign),), (_book(sign * slope, names),)
    factors = (rest,) if rest in names else rest.as_ordered_factors()
    return (fmpq(int(constant.p), int(constant.q)),), tuple(_book(one, names) for one in factors)


def _names(tree: Tree, variables: Variables, formulas: tuple[Formula, ...]) -> Names:
    """What stands in a derivative as its author wrote it: the variables, sums, calls."""
    found: dict[Expr, Formula] = dict(zip(variables, formulas, strict=True))
    lookup = {str(number): formula for number, formula in enumerate(formulas)}
    for part in walk(tree):
        if isinstance(part, Sum | Call):
            found.setdefault(canonical(part, variables), written(part, lookup.__getitem__))
    return found


def _place(term: Expr) -> tuple[bool, bool]:
    """Numbers come first, and what has a minus sign last."""
    return bool(term.could_extract_minus_sign()), not term.is_number


def _book(expr: Expr, names: Names) -> Formula:
    """A SymPy expression as a book has it: fractions as such, what is subtracted last."""
    if expr in names:
        return names[expr]
    if expr.is_Add:
        parts = sorted(expr.as_ordered_terms(), key=_place)
        return Total(tuple(_book(part, names) for part in parts))
    if expr.is_Mul and expr.could_extract_minus_sign():
        return Neg(_book(-expr, names))
    if expr.is_Mul:
        top, bottom = sympy.fraction(expr, exact=True)
        if bottom != 1:
            return Fraction(_book(top, names), _book(bottom, names))
        return Prod(tuple(_book(part, names) for part in expr.as_ordered_factors()))
    if expr.is_Pow and expr.exp.is_Integer and expr.exp != -1:
        base = _book(expr.base, names)
        power = Raised(base, abs(int(expr.exp)))
        return power if expr.exp > 0 else Fraction(whole(1), power)
    if expr.is_Pow and expr.exp == -1:
        return Fraction(whole(1), _book(expr.base, names))
    if expr.is_Function:
        name, args = expr.func.__name__, tuple(_book(arg, names) for arg in expr.args)
        return Apply(name.rstrip("'"), args[0] if len(args) == 1 else Args(args), name[-1] == "'")
    return from_sympy(expr, {})
