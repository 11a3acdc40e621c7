"""A loss of the user's own and its derivative as formulas, in symbols or in numbers."""

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
from tracer.own_loss import VARIABLES, canonical, printed_slope
from tracer.trees import walk


def own_loss_term(tree: Tree, target: Formula, output: Formula) -> Formula:
    """``(t - y)^4`` in the order of its author."""
    return written(tree, _lookup(target, output).__getitem__)


def _lookup(target: Formula, output: Formula) -> Mapping[str, Formula]:
    return {"0": target, "1": output}


def own_loss_slope(
    tree: Tree, target: Formula, output: Formula
) -> tuple[tuple[fmpq, ...], tuple[Formula, ...]]:
    """``-4`` and ``(t - y)^3``: its derivative by the output as a constant and factors."""
    names: dict[Expr, Formula] = dict(zip(VARIABLES, (target, output), strict=True))
    lookup = _lookup(target, output)
    for part in walk(tree):
        if isinstance(part, Sum | Call):
            # these stand in the derivative as their author wrote them
            names.setdefault(canonical(part), written(part, lookup.__getitem__))
    constant, rest = printed_slope(tree).as_coeff_Mul()
    bottom = sympy.fraction(rest, exact=True)[1]
    factors = rest.as_ordered_factors() if bottom == 1 and rest not in names else (rest,)
    return (fmpq(int(constant.p), int(constant.q)),), tuple(_book(one, names) for one in factors)


def _book(expr: Expr, names: Mapping[Expr, Formula]) -> Formula:
    """A SymPy expression as a book has it: fractions as such, what is subtracted last."""
    if expr in names:
        return names[expr]
    if expr.is_Add:
        parts = sorted(expr.as_ordered_terms(), key=lambda part: part.could_extract_minus_sign())
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
