"""Numbers as they are printed: proven rounding, and the text of a number.

Ties go away from zero, as by hand (0.125 to two decimals is 0.13). A ball is an `arb`, a midpoint
with a radius inside which the true value certainly lies (Johansson, Arb: efficient
arbitrary-precision midpoint-radius interval arithmetic, IEEE Trans. Computers 66, 2017); it is
rounded only if every number in it rounds to the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import isqrt

from flint import arb, ctx, fmpq, fmpz

_HALF = fmpq(1, 2)
# nonzero values that would print as 0, and very large ones, are written as 3.14e-9
_SCIENTIFIC_DIGITS = 3
_LARGEST_PLAIN = fmpz(10) ** 15
# beyond any use, a saturated neuron's derivative may have an exponent of millions of digits: these
# print as the 0 that they round to
_SMALLEST = -1000
# a ball around 0 at this precision is taken for 0, which its rounding proves to the asked digits;
# before that it may be a small number, as behind a saturated sigmoid
_PRECISION_FOR_ZERO = 4096


class Undecided(Exception):  # noqa: N818 - not an error: a reason to try again
    """More working precision is needed for a sign or a digit; ``where`` it is, as far as known.

    Never leaves the package.
    """

    def __init__(self, where: str = "") -> None:
        super().__init__(where)
        self.where = where


class Saturated(Exception):  # noqa: N818 - as above
    """A number whose logarithm is printed would print as 0 or 1. Never leaves the package."""


@dataclass(frozen=True, slots=True)
class Number:
    """A printed number: the value that its digits have, and the digits.

    ``text`` is canonical whatever the output format: ``-0.12``, ``3.1e-8`` or ``1/3``.
    ``is_exact``: nothing was rounded away.
    """

    value: fmpq
    text: str
    is_exact: bool = False


def rounded(value: fmpq | arb, digits: int) -> fmpq:
    """``value`` to ``digits`` decimals, proven. Raises Undecided where a ball is too wide."""
    scale = fmpz(10) ** digits
    if isinstance(value, fmpq):
        units = (abs(value) * scale + _HALF).floor()
        return fmpq(units, scale) if value >= 0 else fmpq(-units, scale)
    found = (abs(value) * scale + _HALF).floor().unique_fmpz()
    if found is None:
        raise Undecided
    if found == 0:
        return fmpq(0)
    return fmpq(found, scale) if value > 0 else fmpq(-found, scale)


def decimal(value: fmpq, digits: int, is_exact: bool = False) -> Number:
    """A value that has at most ``digits`` decimals, trailing zeros dropped."""
    return Number(value, _plain(value, digits), is_exact)


def exact(value: fmpq) -> Number:
    """All of ``value``: its decimals if they end, else the fraction.

    >>> from flint import fmpq
    >>> exact(fmpq(301, 250)).text, exact(fmpq(1, 3)).text
    ('1.204', '1/3')
    """
    places = _decimal_places(value)
    return fraction(value) if places is None else Number(value, _plain(value, places), True)


def fraction(value: fmpq) -> Number:
    """``value`` as a fraction in lowest terms."""
    return Number(value, str(value), True)


def shown(value: fmpq | arb, digits: int) -> Number:
    """``value`` rounded to ``digits`` decimals, trailing zeros dropped.

    A value that is not 0 does not print as 0 (down to 10^-1000), nor a huge one as a row of digits
    without meaning: they keep three significant digits, ``3.14e-9``.
    """
    plain = rounded(value, digits)
    if plain == 0:
        if _is_nonzero(value) and _magnitude(value) >= _SMALLEST:
            return _scientific(value)
        if isinstance(value, arb) and not value.is_zero() and ctx.prec < _PRECISION_FOR_ZERO:
            raise Undecided
    if abs(plain) >= _LARGEST_PLAIN:
        return _scientific(value)
    return decimal(plain, digits, isinstance(value, fmpq) and plain == value)


def shown_apart_from_one(value: fmpq | arb, digits: int, most: int = -_SMALLEST - 1) -> Number:
    """As `shown`, but a value that is not 1 does not print as 1: its logarithm's argument counts.

    What it lacks to 1 keeps three significant digits: ``0.9999999546``. Raises Saturated where it
    is closer to 0 than any page could show, or takes more than ``most`` decimals.
    """
    number = shown(value, digits)
    if number.value == 0 and not number.is_exact:
        raise Saturated
    if number.value != 1 or number.is_exact:
        return number
    rest = 1 - value
    if isinstance(rest, arb) and rest.contains(0):
        raise Undecided
    places = _SCIENTIFIC_DIGITS - 1 - _magnitude(rest)
    if places > most:
        raise Saturated
    found = rounded(value, places)
    return decimal(found, places, isinstance(value, fmpq) and found == value)


def _is_nonzero(value: fmpq | arb) -> bool:
    return bool(value != 0) if isinstance(value, fmpq) else bool(value > 0 or value < 0)


def _scientific(value: fmpq | arb) -> Number:
    size = -value if value < 0 else value
    low, high = 10 ** (_SCIENTIFIC_DIGITS - 1), 10**_SCIENTIFIC_DIGITS
    exponent = _magnitude(value)
    units = _units(size, _SCIENTIFIC_DIGITS - 1 - exponent)
    while not low <= units < high:  # the estimate was one off, or 9.996 rounded up to 10.0
        exponent += 1 if units >= high else -1
        units = _units(size, _SCIENTIFIC_DIGITS - 1 - exponent)
    mantissa = _plain(fmpq(units, fmpz(low)), _SCIENTIFIC_DIGITS - 1)
    sign = "-" if value < 0 else ""
    result = fmpq(units) * _power_of_ten(exponent + 1 - _SCIENTIFIC_DIGITS)
    shown_value = -result if sign else result
    is_exact = isinstance(value, fmpq) and shown_value == value
    return Number(shown_value, f"{sign}{mantissa}e{exponent}", is_exact)


def _units(size: fmpq | arb, digits: int) -> fmpz:
    scaled = size * _power_of_ten(digits) + _HALF
    if isinstance(scaled, fmpq):
        return scaled.floor()
    units = scaled.floor().unique_fmpz()
    if units is None:
        raise Undecided
    return units


def _power_of_ten(exponent: int) -> fmpq:
    power = fmpz(10) ** abs(exponent)
    return fmpq(power) if exponent >= 0 else fmpq(1, power)


def _magnitude(value: fmpq | arb) -> int:
    """The power of ten of the leading digit of a number that is not 0, or one off."""
    ball = abs(value if isinstance(value, arb) else arb(value))
    found = (ball.log() / arb(10).log()).mid().floor().unique_fmpz()
    assert found is not None, "an exact number has a floor"
    return int(found)


def rational_root(value: fmpq) -> fmpq | None:
    """The square root where it is rational, else None."""
    if value < 0:
        return None
    top, bottom = isqrt(int(value.p)), isqrt(int(value.q))
    is_root = top * top == value.p and bottom * bottom == value.q
    return fmpq(top, bottom) if is_root else None


def _decimal_places(value: fmpq) -> int | None:
    """The number of decimals of a value whose decimals end, else None."""
    rest, twos, fives = int(value.q), 0, 0
    while rest % 2 == 0:
        rest, twos = rest // 2, twos + 1
    while rest % 5 == 0:
        rest, fives = rest // 5, fives + 1
    return max(twos, fives) if rest == 1 else None


def _plain(value: fmpq, places: int) -> str:
    units, rest = divmod(int(value.p) * 10**places, int(value.q))
    assert rest == 0, "a value that was not rounded is about to be cut off"
    digits = str(abs(units)).rjust(places + 1, "0")
    whole, decimals = digits[: len(digits) - places], digits[len(digits) - places :].rstrip("0")
    text = f"{whole}.{decimals}" if decimals else whole
    return f"-{text}" if units < 0 else text
