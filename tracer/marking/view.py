"""A submission as diagnosis sees it, once it has been judged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flint import arb, fmpq

from tracer.answers.submission import Answer, Reading
from tracer.marking.prepared import Prepared
from tracer.problem import AnyProblem
from tracer.trace import Trace


@dataclass(frozen=True, slots=True)
class View:
    """A submission as diagnosis sees it: true values, and those in force when each was worked out.

    ``answered`` are the ids of what the student gave that could be read. ``follows`` has what each
    rule gives from the values in force, as a ball; ``origins`` for each quantity the wrong answers
    that its rule goes back to.
    """

    prepared: Prepared
    answers: Mapping[str, Answer]
    answered: frozenset[str]
    right: frozenset[str]
    follows: Mapping[str, Any]
    origins: Mapping[str, tuple[str, ...]]

    @property
    def trace(self) -> Trace:
        """The trace of the problem."""
        return self.prepared.trace

    @property
    def problem(self) -> AnyProblem:
        """The problem."""
        return self.prepared.problem

    def true(self, name: str) -> fmpq | arb:
        """The exact or proven value of a quantity."""
        return self.prepared.true[name]

    def used(self, name: str) -> fmpq | arb:
        """The value in force: the student's own where it is not right, else what is true.

        Of what was not handed in it is what its rule gives from the values in force.
        """
        answer = self.answers.get(name)
        if answer is not None and answer.reading is not None:
            return self.prepared.true[name] if name in self.right else answer.reading.value
        if self.is_clean(name):
            return self.prepared.true[name]
        found = self.follows[name]
        return found.mid() if isinstance(found, arb) else found

    def is_clean(self, name: str) -> bool:
        """Whether nothing that the rule of a quantity goes back to is wrong."""
        return not self.origins.get(name)

    def reading(self, name: str) -> Reading:
        """The student's number. Raises KeyError where there is none."""
        answer = self.answers.get(name)
        if answer is None or answer.reading is None:
            raise KeyError(name)
        return answer.reading

    def spread(self, name: str) -> float:
        """How far the rounding of the student's own values may move what follows."""
        found = self.follows.get(name)
        return float(found.rad()) if isinstance(found, arb) else 0.0
