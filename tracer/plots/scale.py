"""Scales: where a value stands on an axis, and the round numbers that stand beside it."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from flint import fmpq

from tracer.formula import Num
from tracer.rounding import exact

# ranges narrower than this part of their own size are widened: floats could not tell ticks apart
_NARROWEST = 1e-9
# factors of a power of ten that ticks may be apart
_STEPS = (1, 2, 5, 10)
# a logarithmic scale with fewer powers of ten on it has 2 and 5 times these besides
_FEW_DECADES = 2.5


@dataclass(frozen=True, slots=True)
class Scale:
    """The values from ``low`` to ``high`` on the way from ``start`` to ``end``, in points."""

    low: float
    high: float
    start: float
    end: float
    ticks: tuple[Fraction, ...]
    logarithmic: bool = False

    def at(self, value: float) -> float:
        """Where a value stands; what is outside stands at the nearer end."""
        low, high, value = self.low, self.high, min(max(value, self.low), self.high)
        if self.logarithmic:
            low, high, value = map(math.log, (low, high, value))
        return self.start + (value - low) / (high - low) * (self.end - self.start)

    def back(self, place: float) -> float:
        """The value that stands at a place of a scale that is not logarithmic."""
        part = (place - self.start) / (self.end - self.start)
        return self.low + part * (self.high - self.low)


def linear(
    values: Iterable[float], start: float, end: float, most: int = 6, *, margin: float = 0.0
) -> Scale:
    """A scale of all ``values`` with about ``most`` ticks, one more at most.

    ``margin`` is a part of the range that is added at both sides; 0 goes on to the next ticks.
    """
    low, high = widened(values)
    if margin:
        low, high = low - margin * (high - low), high + margin * (high - low)
        return Scale(low, high, start, end, round_numbers(low, high, most))
    step = _step(low, high, most)
    first, last = _floor(low, step), _ceil(high, step)
    ticks = tuple(n * step for n in range(first, last + 1))
    return Scale(float(ticks[0]), float(ticks[-1]), start, end, ticks)


def logarithmic(values: Iterable[float], start: float, end: float, most: int = 6) -> Scale:
    """A logarithmic scale of positive values, from a power of ten to another."""
    found = tuple(values)
    low, high = math.floor(math.log10(min(found))), math.ceil(math.log10(max(found)))
    high = max(high, low + 1)
    every = max(1, math.ceil((high - low) / (most - 1)))
    ticks = [Fraction(10) ** n for n in range(low, high + 1, every)]
    if high - low < _FEW_DECADES:
        ticks = sorted({x * n for x in ticks for n in (1, 2, 5) if x * n <= Fraction(10) ** high})
    return Scale(10.0**low, 10.0**high, start, end, tuple(ticks), logarithmic=True)


def widened(values: Iterable[float]) -> tuple[float, float]:
    """The least and the largest of some values; where they are one, some room around it."""
    found = tuple(values)
    low, high = min(found), max(found)
    if high - low <= _NARROWEST * max(abs(low), abs(high)):
        room = abs(low) / 2 or 1.0
        return low - room, high + room
    return low, high


def round_numbers(low: float, high: float, most: int) -> tuple[Fraction, ...]:
    """At most ``most`` round numbers from ``low`` to ``high``, equally far apart."""
    step = _step(low, high, most)
    slack = (high - low) * _NARROWEST
    first, last = _ceil(low - slack, step), _floor(high + slack, step)
    return tuple(n * step for n in range(first, last + 1))


def tick_label(tick: Fraction) -> Num:
    """A tick's number, as printers write it."""
    return Num(exact(fmpq(tick.numerator, tick.denominator)))


def _step(low: float, high: float, most: int) -> Fraction:
    """The least of 1, 2, 5, 10, 20 and so on with at most ``most`` multiples in a range."""
    rough = (high - low) / max(most - 1, 1)
    power = Fraction(10) ** math.floor(math.log10(rough))
    return next(n * power for n in _STEPS if n * power >= rough * (1 - _NARROWEST))


def _floor(value: float, step: Fraction) -> int:
    return math.floor(Fraction(value) / step + Fraction(_NARROWEST))


def _ceil(value: float, step: Fraction) -> int:
    return math.ceil(Fraction(value) / step - Fraction(_NARROWEST))
