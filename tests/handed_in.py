"""A submission as diagnosis sees it, without files and without marking: answers by id."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from flint import arb, fmpq

from tracer import ids
from tracer.answers.submission import Reading
from tracer.diagnosis.floats import Functions, worked_out
from tracer.given import due_at, given_values, schedule_of
from tracer.problem import AnyProblem
from tracer.trace import Trace, build


def reading(text: str) -> Reading:
    """A plain decimal number, or a fraction, as it was printed."""
    if "/" in text:
        top, bottom = text.split("/")
        return Reading(fmpq(int(top), int(bottom)), fmpq(0))
    _, point, after = text.partition(".")
    whole = int(text.replace(".", ""))
    decimals = len(after) if point else 0
    figures = len(text.replace(".", "").lstrip("-0"))
    return Reading(fmpq(whole, 10**decimals), fmpq(1, 2 * 10**decimals), decimals, figures)


class HandedIn:
    """Answers to a problem; those in ``wrong`` are what the student went on with."""

    def __init__(
        self, problem: AnyProblem, answers: Mapping[str, str], wrong: tuple[str, ...] = ()
    ) -> None:
        self._problem, self._trace = problem, build(problem)
        self._answers = {name: reading(text) for name, text in answers.items()}
        self._wrong = wrong
        self._functions = Functions()
        self._true: dict[str, float] = {}
        self._used: dict[str, float] = {}
        self._given = dict.fromkeys(self._trace.carried, Fraction(0)) | given_values(problem)

    @property
    def trace(self) -> Trace:
        return self._trace

    @property
    def problem(self) -> AnyProblem:
        return self._problem

    def _value(self, name: str, known: dict[str, float], laid: bool) -> float:
        if name not in known:
            if laid and name in self._wrong:
                value = self._answers[name].value
                known[name] = int(value.p) / int(value.q)
                return known[name]
            rule = self._trace.rule(name)
            if not rule.terms:
                step, base = ids.split_step(name)
                due = schedule_of(self._problem).get(base)
                known[name] = float(due_at(due, step) if due else self._given[name])
            else:
                uses = {arg for term in rule.evaluated for arg in term.args}
                args = {arg: self._value(arg, known, laid) for arg in uses}
                known[name] = worked_out(self._functions.rule(rule.evaluated), args)
        return known[name]

    def true(self, name: str) -> fmpq | arb:
        return arb(self._value(name, self._true, False))

    def used(self, name: str) -> fmpq | arb:
        return arb(self._value(name, self._used, True))

    @property
    def answered(self) -> frozenset[str]:
        return frozenset(self._answers)

    def is_clean(self, name: str) -> bool:
        return all(self.used(arg) == self.true(arg) for arg in self._trace.rule(name).uses)

    def reading(self, name: str) -> Reading:
        return self._answers[name]

    def spread(self, name: str) -> float:
        return 0.0
