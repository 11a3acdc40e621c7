"""What a row of the table of misconceptions consists of.

A misconception is a mutation of a rule: at a quantity of the trace (a `Site`) it makes another
rule in its place (a `Variant`). It is data but for that one function, so adding one is one row.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache

import sympy
from sympy import Expr

from tracer import ids
from tracer.diagnosis.places import Place, Places
from tracer.graph import IDENTITY, Quantity, Template, Term

Rule = tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class Variant:
    """A rule in the place of the right one.

    ``key`` tells the variants of one row apart, alike at like places: a neuron's number, say.
    ``details`` are ids or numbers that the wording names.
    """

    rule: Rule
    key: str = ""
    details: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Site:
    """A quantity whose rule may have been taken wrongly, and all that a row asks about it."""

    place: Place
    places: Places

    @property
    def kind(self) -> str:
        """What kind of quantity it is, one of those of :mod:`tracer.diagnosis.places`."""
        return self.place.kind

    @property
    def id(self) -> str:
        """The quantity's id."""
        return self.place.id

    @property
    def rule(self) -> Quantity:
        """The right rule."""
        return self.places.rule(self.place.id)

    @property
    def terms(self) -> Rule:
        """The terms of the right rule."""
        return self.rule.terms

    def name(self, base: str, *, sample: int | None = None) -> str | None:
        """The id of ``base`` at this step, at ``sample`` if given; None where there is none."""
        full = base if sample is None else ids.at(base, sample)
        return self.places.known(full, self.place.step)


@dataclass(frozen=True, slots=True)
class Row:
    """One misconception.

    ``meaning`` says in one sentence what was done. ``weight`` is how often it is met, of all
    mistakes at such a place. ``variants`` are the mutated rules at a site; ``text`` is said to the
    student, with ``{details}`` in braces. ``near``: only at the quantity that is judged, where it
    would be a coincidence farther away.
    """

    code: str
    meaning: str
    weight: float
    variants: Callable[[Site], Iterator[Variant]]
    text: str
    near: bool = False


@cache
def _scaled(template: Template, factor: Expr) -> Template:
    return Template(template.symbols, factor * template.expr)


@cache
def _without(template: Template, position: int, value: int) -> Template:
    own = template.symbols[position]
    left = tuple(symbol for symbol in template.symbols if symbol != own)
    return Template(left, template.expr.subs(own, value))


@cache
def _at(template: Template, position: int, factor: Expr) -> Template:
    own = template.symbols[position]
    return Template(template.symbols, template.expr.subs(own, factor * own))


def scaled(terms: Rule, factor: int | sympy.Rational) -> Rule:
    """``factor`` times the sum of the terms."""
    own = sympy.Rational(factor)
    return tuple(Term(_scaled(term.template, own), term.args) for term in terms)


def replaced(terms: Rule, others: Mapping[str, str]) -> Rule:
    """The terms with other arguments in the place of some."""
    return tuple(
        Term(term.template, tuple(others.get(arg, arg) for arg in term.args)) for term in terms
    )


def without(term: Term, position: int, value: int = 1) -> Term:
    """A term with the plain number 1 (or 0) in the place of one argument."""
    args = term.args[:position] + term.args[position + 1 :]
    return Term(_without(term.template, position, value), args)


def multiplied(term: Term, position: int, factor: sympy.Rational) -> Term:
    """A term with ``factor`` times one of its arguments."""
    return Term(_at(term.template, position, factor), term.args)


@cache
def _addends(template: Template) -> tuple[tuple[Template, tuple[int, ...]], ...]:
    parts = sympy.Add.make_args(sympy.expand(template.expr))
    if not all(len(part.free_symbols) == 1 for part in parts):
        return ()
    found = []
    for position, symbol in enumerate(template.symbols):
        own = sympy.Add(*(part for part in parts if symbol in part.free_symbols))
        found.append((Template((symbol,), own), (position,)))
    return tuple(found)


def addends(terms: Rule) -> Rule:
    """The terms, each sum of multiples of its arguments taken apart: ``2 y - 2 t`` is two."""
    found: list[Term] = []
    for term in terms:
        parts = _addends(term.template) if len(term.args) > 1 else ()
        found += [Term(t, tuple(term.args[n] for n in at)) for t, at in parts] or [term]
    return tuple(found)


def same(name: str) -> Rule:
    """The rule that a quantity is another one."""
    return (Term(IDENTITY, (name,)),)
