"""A derivative as the author of the step would write it: ``2(h - 1)``, not ``2 · (-1 + h)``.

SymPy sorts the terms of a sum, numbers first. A sum that stands in the step keeps the author's
order; another one begins with what has no minus.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from flint import fmpq

from tracer.derivation.trees import children, rebuilt
from tracer.formula import Coef, Formula, Neg, Num, Prod, Sum, whole


def in_order_of(author: Formula, derivative: Formula) -> Formula:
    """``derivative`` with its sums in the order that they have in ``author``."""
    return _ordered(derivative, {_key(own): own for own in _sums(author)})


_Key = frozenset[tuple[Formula, int]]


def _key(own: Sum) -> _Key:
    return frozenset(Counter(map(_signed, own.terms)).items())


def _signed(term: Formula) -> Formula:
    """A whole negative number as what is subtracted, which is how authors write it."""
    if isinstance(term, Num) and term.number.value < 0 and term.number.value.q == 1:
        return Neg(whole(-int(term.number.value.p)))
    return term


def _sums(formula: Formula) -> Iterator[Sum]:
    if isinstance(formula, Sum):
        yield formula
    for part in children(formula):
        yield from _sums(part)


def _ordered(formula: Formula, known: Mapping[_Key, Sum]) -> Formula:
    own = rebuilt(formula, lambda part: _ordered(part, known))
    if isinstance(own, Sum):
        return known.get(_key(own)) or Sum(tuple(sorted(map(_signed, own.terms), key=_is_less)))
    match own:
        case Prod((Num(number), Sum() as body)) if number.value not in (fmpq(1), fmpq(-1)):
            return Coef(number, body)
    return own


def _is_less(term: Formula) -> bool:
    return isinstance(term, Neg)
