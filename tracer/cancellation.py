"""Signs that no precision decides: a difference of irrational terms that is exactly 0.

A ball around 0 stays one however small it gets, so ``relu(σ(1) - σ(1))`` has no sign in ball
arithmetic. SymPy sees that equal terms cancel; what it shows to be 0, within a budget, takes the
case of 0 in a rule, and everything else stays undecided.
The conditions that decide are those of `Piecewise`, as of ReLU, max and Huber's loss.
"""

from __future__ import annotations

from collections.abc import Mapping

import sympy
from flint import fmpq
from sympy import Expr, Piecewise
from sympy.core.relational import Relational

from tracer.circuit import sqrt
from tracer.graph import NOTHING, Quantity, Template, Term

# quantities that an expression is put together from, and operations that SymPy may simplify
_MOST_QUANTITIES = 400
_MOST_OPERATIONS = 80
_LARGEST_FACTORED = 10**9


def decided(name: str, index: Mapping[str, Quantity], given: Mapping[str, fmpq]) -> Quantity | None:
    """The rule of ``name`` with the conditions decided that hold 0, or 0 if that is its value.

    None where nothing can be shown.
    """
    rule = index[name]
    known = _expressions(rule, index, given)
    if known is None:
        return None
    terms = tuple(_decided(term, known) for term in rule.evaluated)
    if terms != rule.evaluated:
        return Quantity(name, terms)
    values = (term.template.filled(tuple(known[arg] for arg in term.args)) for term in terms)
    return Quantity(name, (Term(NOTHING, ()),)) if _is_zero(sympy.Add(*values)) else None


def _expressions(
    rule: Quantity, index: Mapping[str, Quantity], given: Mapping[str, fmpq]
) -> Mapping[str, Expr] | None:
    """All that a rule rests on in SymPy, the given numbers put in; None if that is too much."""
    known: dict[str, Expr] = {}
    waiting = [arg for term in rule.evaluated for arg in term.args]
    while waiting:
        top = waiting[-1]
        if top in known:
            waiting.pop()
            continue
        if top in given:
            known[top] = sympy.Rational(int(given[top].p), int(given[top].q))
            continue
        terms = index[top].evaluated
        if not terms:  # an update has made it irrational
            return None
        missing = [arg for term in terms for arg in term.args if arg not in known]
        if missing:
            waiting += missing
            continue
        if len(known) > _MOST_QUANTITIES:
            return None
        filled = (t.template.filled(tuple(known[arg] for arg in t.args)) for t in terms)
        known[top] = sympy.Add(*filled)
        if known[top].count_ops() > _MOST_OPERATIONS:
            return None
    return known


def _decided(term: Term, known: Mapping[str, Expr]) -> Term:
    """The term with every condition ``0 > 0`` as false and every ``0 >= 0`` as true."""
    expr = term.template.expr
    values = dict(zip(term.template.symbols, (known[arg] for arg in term.args), strict=True))
    found = {
        condition: sympy.true if isinstance(condition, sympy.Ge | sympy.Le) else sympy.false
        for cases in expr.atoms(Piecewise)
        for _, condition in cases.args
        if isinstance(condition, Relational)
        and _is_zero((condition.lhs - condition.rhs).xreplace(values))
    }
    return Term(Template(term.template.symbols, expr.xreplace(found)), term.args) if found else term


def _is_zero(expr: Expr) -> bool:
    """Whether SymPy shows an expression without symbols to be 0."""
    if expr == 0:
        return True
    if expr.count_ops() > _MOST_OPERATIONS:
        return False
    expr = expr.replace(sqrt, sympy.sqrt).rewrite(sympy.exp)
    # log 6 is log 2 + log 3; no simplify, which tries numbers of any size and takes its time
    if all(max(abs(x.p), x.q) < _LARGEST_FACTORED for x in expr.atoms(sympy.Rational)):
        expr = sympy.expand_log(expr, factor=True)
    numerator, _ = sympy.fraction(sympy.together(expr))
    return bool(sympy.expand(numerator) == 0)
