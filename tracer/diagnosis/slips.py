"""Slips of the pen: the right number, written down wrongly."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from tracer.answers.submission import Reading

# a float has no more digits than these
_MOST_DECIMALS, _LARGEST = 14, 1e15


@dataclass(frozen=True, slots=True)
class Written:
    """A number as it was handed in, and the right one, as digits without their signs.

    ``right`` is rounded as the given one is, ``longer`` to a decimal more.
    """

    given: float
    half: float
    decimals: int
    digits: str
    true: float
    right: str
    longer: str


@dataclass(frozen=True, slots=True)
class Slip:
    """One slip: ``found`` tells how likely such a one is where it explains the number, else 0.

    ``meaning`` says in one sentence what was done, ``text`` says it to the student.
    """

    code: str
    meaning: str
    weight: float
    found: Callable[[Written], bool]
    text: str


def sides(values: Iterable[float], decimals: int | None) -> Iterator[float]:
    """The values, and of one that lies on a tie what lies just beyond it: by hand it goes up."""
    for value in values:
        yield value
        if decimals is None or not 0 <= decimals <= _MOST_DECIMALS or not abs(value) < _LARGEST:
            continue
        for places in (decimals, decimals + 1):
            units = abs(value) * 10.0**places
            if abs(units % 1 - 0.5) < 1e-6:
                yield value + math.copysign(1e-6 * 10.0**-places, value)


def written(reading: Reading, given: float, true: float) -> Written | None:
    """What slips are looked for in; None where no digits were printed."""
    decimals = reading.decimals
    if decimals is None or not 0 <= decimals <= _MOST_DECIMALS or not abs(given) < _LARGEST:
        return None
    return Written(
        given,
        0.5 * 10.0**-decimals,
        decimals,
        f"{abs(given):.{decimals}f}",
        true,
        f"{abs(true):.{decimals}f}",
        f"{abs(true):.{decimals + 1}f}",
    )


def _sign_lost(own: Written) -> bool:
    return own.given * own.true < 0 and abs(own.given + own.true) <= own.half * 1.0000001


def _moved(places: int) -> Callable[[Written], bool]:
    factor = 10.0**places

    def found(own: Written) -> bool:
        moved = own.given * factor
        near = max(own.half * factor, abs(own.true) * 1e-9)
        return own.given * own.true > 0 and abs(moved - own.true) <= near * 1.0000001

    return found


def _is_same_sign(own: Written) -> bool:
    return own.given * own.true >= 0


def _swapped(own: Written) -> bool:
    right = own.right
    if len(right) != len(own.digits) or not _is_same_sign(own):
        return False
    places = [n for n, (a, b) in enumerate(zip(right, own.digits, strict=True)) if a != b]
    if len(places) != 2 or "." in right[places[0] : places[1] + 1].replace(".", "", 1):
        return False
    one, other = places
    neighbours = right[one + 1 : other] in ("", ".")
    return neighbours and right[one] == own.digits[other] and right[other] == own.digits[one]


def _extra(longer: str, shorter: str) -> int | None:
    """The place of the one digit that ``longer`` has more, or None."""
    if len(longer) != len(shorter) + 1:
        return None
    pairs = enumerate(zip(longer, shorter, strict=False))
    place = next((n for n, (one, other) in pairs if one != other), len(shorter))
    is_one = longer[place] != "." and longer[place + 1 :] == shorter[place:]
    return place if is_one else None


def _dropped(own: Written) -> bool:
    rights = (own.right, own.longer)
    return _is_same_sign(own) and any(_extra(right, own.digits) is not None for right in rights)


def _doubled(own: Written) -> bool:
    for decimals in (own.decimals, own.decimals - 1) if _is_same_sign(own) else ():
        place = _extra(own.digits, f"{abs(own.true):.{max(decimals, 0)}f}")
        if place and own.digits[place - 1] == own.digits[place]:
            return True
    return False


def _truncated(own: Written) -> bool:
    unit = 2 * own.half
    if not own.half < abs(own.true) - abs(own.given) < unit or not _is_same_sign(own):
        return False
    return own.right != own.digits


def _last_digit(own: Written) -> bool:
    return abs(own.given - own.true) <= 3 * own.half and len(own.digits.strip("0.")) > 1


def _one_digit(own: Written) -> bool:
    right = own.right
    if len(right) != len(own.digits) or not _is_same_sign(own) or len(right.strip("0.")) < 3:
        return False
    return sum(a != b for a, b in zip(right, own.digits, strict=True)) == 1


def _carried(own: Written) -> bool:
    """Off by one at a place before the last, as when a one is carried that is none, or lost."""
    units = abs(own.given - own.true) / (2 * own.half) if own.half else 0.0
    return any(abs(units - 10**place) <= 0.5 for place in range(1, 8))


SLIPS = (
    Slip(
        "sign_lost",
        "The sign is lost, or a wrong one is written.",
        0.06,
        _sign_lost,
        "the number is right but for its sign",
    ),
    Slip(
        "truncated",
        "The number is cut off where it has to be rounded.",
        0.04,
        _truncated,
        "the number is cut off; rounded it is {right}",
    ),
    Slip(
        "point_moved",
        "The decimal point has moved by one place.",
        0.02,
        lambda own: _moved(1)(own) or _moved(-1)(own),
        "the digits are right, but the decimal point has moved: it is {right}",
    ),
    Slip(
        "point_moved_far",
        "The decimal point has moved by two or three places.",
        0.004,
        lambda own: any(_moved(places)(own) for places in (2, -2, 3, -3)),
        "the digits are right, but the decimal point has moved: it is {right}",
    ),
    Slip(
        "digits_swapped",
        "Two digits next to each other are exchanged.",
        0.01,
        _swapped,
        "two digits are exchanged: it is {right}",
    ),
    Slip(
        "digit_dropped",
        "A digit is left out.",
        0.008,
        _dropped,
        "a digit is missing: it is {right}",
    ),
    Slip(
        "digit_doubled",
        "A digit is written twice.",
        0.006,
        _doubled,
        "a digit stands there twice: it is {right}",
    ),
    Slip(
        "last_digit",
        "The last digit is off by one, as when it is rounded the wrong way.",
        0.006,
        _last_digit,
        "the last digit is off: it is {right}",
    ),
    Slip(
        "carry",
        "A one is carried wrongly, so that the sum is off by one at some place.",
        0.003,
        _carried,
        "the number is off by one at one of its places: it is {right}",
    ),
    Slip(
        "digit_wrong",
        "A single digit is wrong.",
        0.0004,
        _one_digit,
        "a single digit is wrong: it is {right}",
    ),
)
SLIP_BY_CODE = {slip.code: slip for slip in SLIPS}
