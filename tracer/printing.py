"""A value as the problem's policy and style print it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flint import arb, fmpq

from tracer.policy import Numbers, Precision
from tracer.rounding import Number, exact, fraction, shown, shown_apart_from_one

How = Callable[[fmpq | arb, Precision], Number]

# a longer fraction tells a reader nothing: its decimals are printed instead
_LONGEST_READ = 24
MOST_NINES = 15
"""Decimals up to which an output is printed apart from 1: calculators have no more."""


@dataclass(frozen=True, slots=True)
class Value:
    """A quantity's value: as printed, and exactly where it is rational (else None)."""

    number: Number
    exact: fmpq | None

    def decimal(self, precision: Precision) -> str:
        """The value in decimals: as printed, or rounded to them where that is a fraction."""
        if "/" not in self.number.text:
            return self.number.text
        return shown(self.number.value, precision).text


def printed(value: fmpq | arb, numbers: Numbers, precision: Precision, how: How = shown) -> Number:
    """``value`` as the problem's policy and style print it to its digits; ``how`` as a decimal."""
    if isinstance(value, fmpq):
        if numbers.style == "fraction" and numbers.policy in ("display", "exact"):
            found = fraction(value)
            if numbers.policy == "exact" or len(found.text) <= _LONGEST_READ:
                return found
        elif numbers.policy == "exact":
            return exact(value)
    return how(value, precision)


def shown_if_short(value: fmpq | arb, precision: Precision) -> Number:
    """As `shown_apart_from_one`; raises Saturated above `MOST_NINES` decimals."""
    return shown_apart_from_one(value, precision, MOST_NINES)
