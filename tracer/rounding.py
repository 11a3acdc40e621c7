"""Numbers as they are printed: proven rounding, and the text of a number.

Ties go away from zero, as by hand (0.125 to two decimals is 0.13). A ball is an `arb`, a midpoint
with a radius inside which the true value certainly lies (Johansson, Arb: efficient
arbitrary-precision midpoint-radius interval arithmetic, IEEE Trans. Computers 66, 2017); it is
rounded only if every number in it rounds to the same.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from math import isqrt

from flint import arb, ctx, fmpq, fmpz

from tracer.policy import Precision

_HALF = fmpq(1, 2)
# nonzero values that would print as 0, and very large ones, are written as 3.14e-9
_SCIENTIFIC_DIGITS = 3
_LARGEST_PLAIN = fmpz(10) ** 15
# significant figures stand without a power of ten from 10^-4 on to below this one, or as many
# figures as are asked for
_SMALLEST_PLAIN_EXPONENT = -4
_LARGEST_PLAIN_EXPONENT = 5
# beyond any use, a saturated neuron's derivative may have an exponent of millions of digits: these
# print as the 0 that they round to
_SMALLEST = -1000
# of what is printed in full so many zeros, at the end or after the point, are a power of ten
_MOST_ZEROS = 6
_SMALL_WRITTEN_OUT = re.compile(rf"0\.0{{{_MOST_ZEROS - 1}}}")
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
    units = _units(-value if value < 0 else value, digits)
    if units == 0:
        return fmpq(0)
    size = units / _power_of_ten(digits)
    return size if value > 0 else -size


def rounded_to(value: fmpq | arb, precision: Precision) -> fmpq:
    """``value`` to its decimals or significant figures, proven."""
    precision = _effective(value, precision)
    if not precision.significant:
        return rounded(value, precision.count)
    if _is_zero(value):
        return fmpq(0)
    return rounded(value, precision.count - 1 - _leading(value, precision.count)[1])


def decimal(value: fmpq, digits: int, is_exact: bool = False) -> Number:
    """A value that has at most ``digits`` decimals, trailing zeros dropped."""
    return Number(value, _plain(value, digits), is_exact)


def stated(value: fmpq, precision: Precision) -> Number:
    """What `rounded_to` has made, which is then all of the value: decimals are never left out."""
    precision = _effective(value, precision)
    if precision.significant:
        return shown(value, precision)
    return decimal(value, precision.count, is_exact=True)


def exact(value: fmpq) -> Number:
    """All of ``value``: its decimals if they end, else the fraction.

    Zeros that nobody would count are a power of ten.

    >>> from flint import fmpq
    >>> [exact(value).text for value in (fmpq(301, 250), fmpq(1, 3), fmpq(-3, 10**9))]
    ['1.204', '1/3', '-3e-9']
    """
    places = _decimal_places(value)
    if places is None:
        return fraction(value)
    text = _plain(value, places)
    size = text.removeprefix("-")
    zeros = len(size) - len(size.rstrip("0")) if places == 0 else 0
    if not _SMALL_WRITTEN_OUT.match(size) and zeros < _MOST_ZEROS:
        return Number(value, text, True)
    figures = len(size.replace(".", "").strip("0"))
    return _scientific(value, figures)


def fraction(value: fmpq) -> Number:
    """``value`` as a fraction in lowest terms."""
    return Number(value, str(value), True)


def shown(value: fmpq | arb, precision: Precision) -> Number:
    """``value`` rounded to decimals or significant figures, trailing zeros dropped.

    To decimals a value that is not 0 does not print as 0 (down to 10^-1000), nor a huge one as a
    row of digits without meaning: they keep three significant figures, ``3.14e-9``.
    """
    precision = _effective(value, precision)
    if precision.significant:
        return _significant(value, precision.count)
    plain = rounded(value, precision.count)
    if plain == 0 and not _is_zero(value):
        return _scientific(value, _SCIENTIFIC_DIGITS)
    if abs(plain) >= _LARGEST_PLAIN:
        return _scientific(value, _SCIENTIFIC_DIGITS)
    return decimal(plain, precision.count, isinstance(value, fmpq) and plain == value)


def shown_apart_from_one(
    value: fmpq | arb, precision: Precision, most: int = -_SMALLEST - 1
) -> Number:
    """As `shown`, but a value that is not 1 does not print as 1: its logarithm's argument counts.

    What it lacks to 1 keeps three significant digits: ``0.9999999546``. Raises Saturated where it
    is closer to 0 than any page could show, or takes more than ``most`` decimals.
    """
    number = shown(value, precision)
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


def half_unit(value: fmpq, precision: Precision) -> fmpq:
    """Half a unit of the last place of a rounded value: as far may lie what was rounded."""
    precision = _effective(value, precision)
    if not precision.significant:
        return _HALF * _power_of_ten(-precision.count)
    if value == 0:
        return fmpq(0)
    return _HALF * _power_of_ten(_leading(value, precision.count)[1] + 1 - precision.count)


def _effective(value: fmpq | arb, precision: Precision) -> Precision:
    """Significant figures where a value has too few of them within its decimals."""
    least = precision.at_least
    if precision.significant or not least or _is_zero(value):
        return precision
    figures = _leading(value, least)[1] + precision.count + 1
    return Precision(least, significant=True) if figures < least else precision


def _is_zero(value: fmpq | arb) -> bool:
    """Whether a value is 0, or so small that it is taken for 0. Raises Undecided where it is open.

    A ball around 0 is taken for 0 at the highest precision.
    """
    if bool(value != 0) if isinstance(value, fmpq) else bool(value > 0 or value < 0):
        return _magnitude(value) < _SMALLEST
    if isinstance(value, arb) and not value.is_zero() and ctx.prec < _PRECISION_FOR_ZERO:
        raise Undecided
    return True


def _significant(value: fmpq | arb, figures: int) -> Number:
    """``value`` to significant figures, with a power of ten where zeros would fill up places."""
    if _is_zero(value):
        return decimal(fmpq(0), 0, bool(value == 0))
    exponent = _leading(value, figures)[1]
    if not _SMALLEST_PLAIN_EXPONENT <= exponent < max(_LARGEST_PLAIN_EXPONENT + 1, figures):
        return _scientific(value, figures)
    places = figures - 1 - exponent
    found = rounded(value, places)
    return decimal(found, max(places, 0), isinstance(value, fmpq) and found == value)


def _leading(value: fmpq | arb, figures: int) -> tuple[fmpz, int]:
    """The first ``figures`` digits of a value that is not 0, rounded, and the first one's power.

    Of 9.996 the first three are 100, and the power is 1.
    """
    size = -value if value < 0 else value
    low, high = 10 ** (figures - 1), 10**figures
    exponent = _magnitude(value)
    units = _units(size, figures - 1 - exponent)
    while not low <= units < high:  # the estimate was one off, or 9.996 rounded up to 10.0
        exponent += 1 if units >= high else -1
        units = _units(size, figures - 1 - exponent)
    return units, exponent


def _scientific(value: fmpq | arb, figures: int) -> Number:
    units, exponent = _leading(value, figures)
    mantissa = _plain(fmpq(units, fmpz(10) ** (figures - 1)), figures - 1)
    sign = "-" if value < 0 else ""
    result = fmpq(units) * _power_of_ten(exponent + 1 - figures)
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
