"""Whether a printed number stands for a value: judged at the precision it is printed with.

A number with k decimals stands for everything that rounds to it, ties on both sides: it is right
where ``|a - x| <= half`` a unit of its last place. Never right are the opposite sign, 0 for what
is not 0, and the old weight for a new one, unless the value rounds to just that at the asked
digits.
"""

from __future__ import annotations

from typing import Any

from flint import arb, fmpq

from tracer.answers.submission import Reading
from tracer.policy import Precision
from tracer.rounding import Undecided, half_unit, rounded_to

# a number with a single figure says too little of what was gone on with: at most so much
_LOOSEST = fmpq(1, 20)


def stands_for(reading: Reading, value: fmpq | arb | int) -> bool:
    """Whether ``value`` rounds to the number that is written; of a ball, whether any part does."""
    distance = reading.value - value
    if isinstance(distance, fmpq):
        return bool(abs(distance) <= reading.half)
    # certainly farther away, or no number at all: of what is not known nothing follows
    return bool(distance.is_finite()) and not abs(distance) > reading.half


def is_excluded(
    reading: Reading, value: fmpq | arb | int, asked: Precision, old: fmpq | None
) -> bool:
    """Whether a number that lies near enough still can't be meant.

    It is 0 or has the wrong sign, or is the ``old`` weight that an update was to change, and the
    value is not that even at the ``asked`` digits.
    """
    given = reading.value
    middle = value.mid() if isinstance(value, arb) else value
    meant: fmpq | None = given
    if given != 0 and (given > 0) == (middle > 0):
        if given != old:
            return False
        # with more digits than are asked nothing more need have changed
        meant = _rounded(given, asked)
    return bool(given != value) and _rounded(middle, asked) != meant


def is_coarse(reading: Reading, value: fmpq | arb | int, asked: Precision) -> bool:
    """Whether a number that is right has fewer digits than are asked, and lacks some."""
    shown = reading.figures if asked.significant else reading.decimals
    if shown is None or shown >= asked.count or reading.value == value:
        return False
    if not asked.significant and not asked.at_least:
        # the digits that are missing would not all be 0
        distance: Any = abs(reading.value - value)
        return not distance <= half_unit(reading.value, asked)
    middle = value.mid() if isinstance(value, arb) else value
    return _rounded(middle, asked) != reading.value


def in_force(reading: Reading, true: fmpq | arb | None) -> fmpq | arb:
    """What a student may have gone on with: the printed number or the unrounded one behind it.

    ``true``: the true value where the number is right. A number with a single figure stands for
    too much, and reaches no farther than the true value, or than a twentieth of its size.
    """
    value, half = reading.value, reading.half
    if half == 0 or (true is not None and true == value):
        return value
    if reading.figures is not None and reading.figures < 2:
        half = min(half, _LOOSEST * abs(value))
        if true is not None:
            distance: Any = abs(true - value)
            return arb(value, arb(distance))
    return arb(value, half)


def _rounded(value: Any, precision: Precision) -> fmpq | None:
    """``value`` at its digits, or None where a ball leaves that open."""
    try:
        return rounded_to(fmpq(value) if isinstance(value, int) else value, precision)
    except Undecided:
        return None
