"""Numbers as people write them, read exactly: 0.1 is one tenth.

One small grammar under a budget of digits, and nothing else: no ``eval``, and no ``Fraction`` of
text that was not checked (``Fraction("1e9999999")`` takes for ever).
"""

from __future__ import annotations

import numbers
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from tracer.errors import printable

MOST_DIGITS = 120
LARGEST_EXPONENT = 400

_NUMBER = re.compile(
    r"([+-]?)([0-9]+)(?:/([0-9]+)|(?:\.([0-9]+))?(?:[eE]([+-]?[0-9]+))?)", re.ASCII
)
_NOT_FINITE = re.compile(r"[+-]?(?:inf|infinity|nan)", re.IGNORECASE)
_WRITE_NUMBERS = 'write it like 0.5, 2e-3 or "1/3"'


@dataclass(frozen=True, slots=True)
class Literal:
    """A number with a point or an exponent, as it stands in the file, so that it stays exact."""

    text: str


def plain(value: object) -> object:
    """Return lists, tuples and arrays (known by their ``tolist``) as a list, all else as it is.

    The entries of an array stay what they are: float32 knows that its 0.1 is one tenth, while
    ``tolist`` makes it the float64 0.10000000149.
    """
    if isinstance(value, (list, tuple)):
        return list(value)
    if hasattr(value, "tolist") and not isinstance(value, (str, numbers.Real)):
        try:
            return list(value)  # type: ignore[call-overload]
        except TypeError:  # an array without dimensions, or a bool of NumPy
            return value.tolist()
    return value


def exact(value: object) -> Fraction:
    """Return the number that ``value`` stands for, exactly; a float is its shortest decimal.

    Text is read by a grammar of our own: ``Fraction("1e9999999")`` would never return. Raises
    ValueError with what would be right.
    """
    value = plain(value)
    if isinstance(value, Literal):
        return _from_text(value.text.replace("_", ""), value)
    if isinstance(value, str):
        return _from_text(value, value)
    if isinstance(value, numbers.Rational) and not isinstance(value, bool):
        parts = int(value.numerator), int(value.denominator)
        # a fraction may be as long as what text with an exponent comes to
        whole = isinstance(value, numbers.Integral)
        most = MOST_DIGITS if whole else MOST_DIGITS + LARGEST_EXPONENT
        if max(abs(parts[0]), parts[1]) >= 10**most:
            raise ValueError(f"this number has more than {most} digits")
        return Fraction(*parts)
    if isinstance(value, float):
        return _from_text(float.__repr__(value), value)  # the repr of NumPy's says more
    if isinstance(value, (numbers.Real, Decimal)) and not isinstance(value, bool):
        return _from_text(str(value), value)
    raise ValueError(f"{shown(value)} is not a number; {_WRITE_NUMBERS}")


def shown(value: object) -> str:
    """Return how a message shows a value: as in TOML, in a few characters."""
    if isinstance(value, str):
        return f'"{printable(value, 40)}"'
    if value is None:
        return "None"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Literal):
        return printable(value.text, 40)
    if isinstance(value, (int, float, Decimal, Fraction)):
        try:
            return printable(str(value), 40)
        except ValueError:  # more than 4,300 digits
            return "a very long number"
    if isinstance(value, list):
        return "a list" if value else "an empty list"
    return "a table" if isinstance(value, Mapping) else f"a {type(value).__name__}"


def _from_text(text: str, value: object) -> Fraction:
    number = _NUMBER.fullmatch(text)
    if number is None:
        finite = " finite" if _NOT_FINITE.fullmatch(text) else ""
        raise ValueError(f"{shown(value)} is not a{finite} number; {_WRITE_NUMBERS}")
    sign, whole, below, decimals, exponent = number.groups(default="")
    # before int() and ** see anything
    digits = len(whole + below + decimals)
    if digits > MOST_DIGITS:
        raise ValueError(f"this number has {digits:,} digits; at most {MOST_DIGITS} are read")
    size = exponent.lstrip("+-0") or "0"
    if len(size) > 3 or int(size) > LARGEST_EXPONENT:
        raise ValueError(f"the exponent of {shown(value)} is beyond {LARGEST_EXPONENT}")
    if below:
        if int(below) == 0:
            raise ValueError(f"{shown(value)} divides by zero; {_WRITE_NUMBERS}")
        return Fraction(int(sign + whole), int(below))
    power = (-int(size) if exponent.startswith("-") else int(size)) - len(decimals)
    scaled = int(sign + whole + decimals)
    return Fraction(scaled * 10**power) if power >= 0 else Fraction(scaled, 10**-power)
