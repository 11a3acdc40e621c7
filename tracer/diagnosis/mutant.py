"""One way to go wrong, and the table of them that numbers are looked up in."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from tracer.diagnosis.floats import Compiled
from tracer.diagnosis.rows import Row
from tracer.marking.verdicts import Diagnosis


@dataclass(frozen=True, slots=True)
class Mutant:
    """One way to go wrong: rules in the place of the right ones, and what to call it.

    ``chance`` is how likely it is a priori, ``depth`` how many rules lie between its place and the
    quantity judged, ``likeness`` what joins it to the same mistake at other quantities. ``after``
    are the quantities whose values change with it, in order; the last is the one judged.
    """

    row: Row
    place: str
    everywhere: bool
    details: Mapping[str, str]
    rules: Mapping[str, Compiled]
    after: tuple[str, ...]
    chance: float
    likeness: str

    @property
    def diagnosis(self) -> Diagnosis:
        """As a verdict says it."""
        return Diagnosis(self.row.code, self.place, self.everywhere, self.details or None)


@dataclass(frozen=True, slots=True)
class Way:
    """How a quantity comes from what was handed in, or is given: by which rules, in which order.

    ``order`` ends with the quantity itself; ``reads`` has for each what reads it among them,
    ``depth`` how far away it is.
    """

    order: tuple[str, ...]
    depth: Mapping[str, int]
    reads: Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Table:
    """The mutants of a quantity by their values where all that it goes back to is right.

    ``true`` is the right value, ``chances`` the sum of all the mutants' chances.
    """

    values: tuple[float, ...]
    mutants: tuple[Mutant, ...]
    true: float
    chances: float


class Values(dict[str, float]):
    """Values by id, each looked up when it is first asked for."""

    def __init__(self, value: Callable[[str], float]) -> None:
        super().__init__()
        self._value = value

    def __missing__(self, name: str) -> float:
        try:
            found = self._value(name)
        except KeyError:
            found = math.nan
        self[name] = found
        return found


def near(table: Table, low: float, high: float) -> Iterator[tuple[float, Mutant]]:
    """The mutants whose values lie from ``low`` to ``high``, with those."""
    for place in range(bisect_left(table.values, low), len(table.values)):
        if table.values[place] > high:
            return
        yield table.values[place], table.mutants[place]
