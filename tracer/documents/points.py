"""The values of all quantities at one point, worked out by the trace's rules when asked for.

A point is what is given, in a domain of numbers, and what is laid over the rules: a student's own
values. In balls it tells what follows from these; at a few places near the problem's own, in
floats, whether two formulas are the same or only happen to be equal.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from functools import lru_cache
from typing import Any

from flint import arb

from tracer import ids
from tracer.domains import EXACT, FLOAT, Domain
from tracer.given import due_at, given_values, schedule_of
from tracer.graph import IDENTITY, PRODUCT, Quantity, Template, Term
from tracer.problem import AnyProblem
from tracer.program import compile_rules
from tracer.rounding import Undecided
from tracer.trace import Trace

MOST_BITS = 8_192
"""How long a value may be, written out: beyond it nothing is said of a number."""
_SPREAD = 0.02
"""How far, relatively, points near the problem's own lie: near, so that no ReLU changes sides."""


def is_told(value: Any) -> bool:
    """Whether a value is a number that can be written out; of floats and fractions any is.

    A ball such as ``exp(exp(30))`` takes no memory, but the fraction in its middle takes all of it.
    """
    if not isinstance(value, arb):
        return True
    if not value.is_finite():
        return False
    return all(abs(part.man_exp()[1]) <= MOST_BITS for part in (value.mid(), value.rad()))


@lru_cache(maxsize=4096)
def function_of(template: Template, is_proven: bool) -> Callable[[Sequence[Any]], Any]:
    """A template as a function of fractions and balls, or of floats."""
    if template is IDENTITY:
        return lambda args: args[0]
    if template is PRODUCT:
        return lambda args: args[0] * args[1]
    domain = EXACT if is_proven else FLOAT
    names = tuple(f"x{n}" for n in range(len(template.symbols)))
    rules = {name: Quantity(name) for name in names}
    rules["y"] = Quantity("y", (Term(template, names),))
    program = compile_rules(rules, (*names, "y"), names, ("y",), rewritten=domain.rewritten)
    run = program.bind(domain.functions, domain.number)
    return lambda args: run(args)[0]


class Point:
    """Values of quantities by id; None where there is none, or none that can be told."""

    def __init__(
        self,
        trace: Trace,
        given: Mapping[str, Any],
        schedule: Mapping[str, Sequence[Any]],
        domain: Domain,
        stated: Mapping[str, Any] | None = None,
    ) -> None:
        self.trace = trace
        self.given = given
        self.schedule = schedule
        self.is_proven = domain is EXACT
        self.zero = domain.number(Fraction(0))
        self.stated = dict(stated or {})
        self._known: dict[str, Any] = dict(self.stated)

    def __getitem__(self, name: str) -> Any:
        """The value of a quantity: what was stated, else by its rule from what it reads."""
        waiting = [name]
        while waiting:
            top = waiting[-1]
            if top in self._known:
                waiting.pop()
                continue
            terms = self._terms(top)
            if isinstance(terms, tuple):
                missing = [a for term in terms for a in term.args if a not in self._known]
                if missing:
                    waiting += missing
                    continue
                self._known[top] = self._summed(terms)
            else:
                self._known[top] = terms[0]
            waiting.pop()
        return self._known[name]

    def rule(self, name: str) -> Any:
        """What a quantity's own rule gives, whatever was stated of it."""
        terms = self._terms(name)
        if not isinstance(terms, tuple):
            return terms[0]
        return self._summed(terms, self.__getitem__)

    def terms(self, name: str) -> list[tuple[Term, Any]]:
        """Each term of a quantity's rule with its value."""
        terms = self._terms(name)
        if not isinstance(terms, tuple):
            return []
        return [(term, self._summed((term,), self.__getitem__)) for term in terms]

    def _terms(self, name: str) -> tuple[Term, ...] | list[Any]:
        """The terms of a rule, or in a list the value of what has none."""
        step, base = ids.split_step(name)
        if base in self.schedule:
            return [due_at(self.schedule[base], step)]
        try:
            rule = self.trace.rule(name)
        except KeyError:
            return [None]
        if not rule.terms:
            return [self.given.get(base)]
        return rule.evaluated if step == 0 else rule.terms

    def _summed(self, terms: Iterable[Term], of: Callable[[str], Any] | None = None) -> Any:
        look = self._known.__getitem__ if of is None else of
        total = self.zero
        try:
            for term in terms:
                args = [look(arg) for arg in term.args]
                if any(arg is None for arg in args):
                    return None
                total = total + function_of(term.template, self.is_proven)(args)
        except (ArithmeticError, ValueError, Undecided):
            return None
        return total if is_told(total) else None


def overlaid(trace: Trace, problem: AnyProblem, stated: Mapping[str, Any]) -> Point:
    """The problem's own point with what is stated laid over it: fractions, and balls."""
    given = {name: EXACT.number(value) for name, value in _given(trace, problem).items()}
    due = {name: [EXACT.number(v) for v in own] for name, own in schedule_of(problem).items()}
    return Point(trace, given, due, EXACT, stated)


def nearby(
    trace: Trace, problem: AnyProblem, stated: Mapping[str, float], seed: int | None
) -> Point:
    """A point near the problem's own, in floats; without seed the point itself.

    ``stated`` are what steps on the way have carried on, where they are too many to be run.
    Targets and optimisers' constants stay: formulas may rest on their sum being 1.
    """
    draw = random.Random(seed)  # noqa: S311 - no secret: to tell formulas apart

    def moved(name: str, value: float) -> float:
        if seed is None or not _moves(ids.split_step(name)[1]):
            return value
        return value * (1 + draw.uniform(-_SPREAD, _SPREAD)) + draw.uniform(-1e-3, 1e-3)

    own = _given(trace, problem)
    given = {name: moved(name, float(value)) for name, value in own.items()}
    due = {name: [float(v) for v in own] for name, own in schedule_of(problem).items()}
    kept = {name: moved(name, value) for name, value in stated.items()}
    return Point(trace, given, due, FLOAT, kept)


def _given(trace: Trace, problem: AnyProblem) -> dict[str, Fraction]:
    return dict.fromkeys(trace.carried, Fraction(0)) | given_values(problem)


def _moves(name: str) -> bool:
    return not name.startswith("t[") and name not in ids.CONSTANTS and "^" not in name
