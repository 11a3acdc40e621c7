"""What checking says of each quantity."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

CODES = ("correct", "carried", "wrong", "unreadable", "missing")


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What most likely went wrong at a quantity.

    ``code`` is a row's name in :mod:`tracer.diagnosis`. ``place`` is the quantity whose rule was
    taken wrongly: the one judged, or one on the way to it that was not handed in. ``everywhere``:
    the same slip in all places of its kind (every sample), not in one. ``details`` are ids or
    numbers that the wording names, such as ``{"used": "l0[1]", "meant": "l0[2]"}``.
    """

    code: str
    place: str
    everywhere: bool = False
    details: Mapping[str, str] | None = None


class Verdict(NamedTuple):
    """What is said of one quantity; as a tuple it is made in a fifth of the time.

    ``code`` is one of `CODES`.

    ``given`` is the text as handed in, None where nothing was; ``expected`` as the solution prints
    it; ``follows`` what the rule gives from the student's own values, None where that is the
    same as expected. ``coarse``: right, but with fewer digits than are asked. ``roots``: the wrong
    quantities that a carried one goes back to. ``diagnoses``: best first, several where they
    explain the number equally. ``reason``: why it was unreadable.
    """

    id: str
    code: str
    given: str | None
    expected: str
    follows: str | None = None
    coarse: bool = False
    roots: tuple[str, ...] = ()
    diagnoses: tuple[Diagnosis, ...] = ()
    reason: str = ""
    where: str = ""
    points: Fraction = Fraction(0)
    of: Fraction = Fraction(0)
