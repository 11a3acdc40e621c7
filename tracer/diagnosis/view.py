"""What diagnosis sees of a submission that has been marked."""

from __future__ import annotations

from typing import Protocol

from flint import arb, fmpq

from tracer.answers.submission import Reading
from tracer.problem import AnyProblem
from tracer.trace import Trace


class View(Protocol):
    """A problem's true values, and those that were in force when a student computed."""

    @property
    def trace(self) -> Trace:
        """The trace whose rules were to be followed."""

    @property
    def problem(self) -> AnyProblem:
        """The problem that was set."""

    def true(self, name: str) -> fmpq | arb:
        """The exact value of any quantity of a printed step. Raises KeyError for any other id."""

    def used(self, name: str) -> fmpq | arb:
        """The value in force: the student's own, or what its rule gives from those."""

    @property
    def answered(self) -> frozenset[str]:
        """The ids of what was handed in and could be read."""

    def is_clean(self, name: str) -> bool:
        """Whether everything that the quantity's rule goes back to has its true value."""

    def reading(self, name: str) -> Reading:
        """The student's value of an answered quantity."""

    def spread(self, name: str) -> float:
        """How far the rounding of the student's own printed values may have moved the value."""
