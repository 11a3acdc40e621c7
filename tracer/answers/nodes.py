"""What a structured file holds, in one form: tables, lists and leaves, each with its place.

TOML, JSON and mappings from Python all become these, so that what their keys mean is said once.
"""

from __future__ import annotations

import datetime
import numbers
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

from tracer.errors import Fault, InputError, printable
from tracer.literals import Literal, plain, shown
from tracer.source import Source, start_of
from tracer.toml_scan import DEEPEST

# digits of a float that computing does not spoil: of 64 bits, and of 32
_DIGITS = 12
_DIGITS_OF_SHORT = 6


class Node(NamedTuple):
    """A dict of nodes, a list of nodes, or a leaf, and its offset in the text (-1: nowhere).

    Leaves are str, :class:`Literal` (a number as written), None and :class:`Odd`.
    """

    value: Any
    at: int = -1


@dataclass(frozen=True, slots=True)
class Odd:
    """A leaf that can be no value, such as a date: how it was written, and what is wrong."""

    text: str
    reason: str


Leaf = str | Literal | Odd | None


def of_toml(source: Source) -> Node:
    """The tables of a TOML file; numbers keep the digits that they were written with."""
    assert source.tree is not None
    return _of_spanned(source.tree, 0, source.text)


def _of_spanned(part: Any, before: int, text: str) -> Node:
    span, inner = part.span(), part.inner()
    # the parser gives no span to a table with a header, nor to one made by dotted keys
    at = before if span.stop == 0 else start_of(text, part)
    if isinstance(inner, dict):
        rows = {k.inner(): _of_spanned(v, start_of(text, k), text) for k, v in inner.items()}
        return Node(rows, at)
    if isinstance(inner, list):
        return Node([_of_spanned(item, at, text) for item in inner], at)
    if isinstance(inner, str):
        return Node(inner, at)
    written = text[span.start : span.stop]
    if isinstance(inner, (int, Literal)) and not isinstance(inner, bool):
        return Node(number(written.replace("_", "")), at)
    return Node(_odd(written, inner), at)


def number(written: str) -> Literal | Odd:
    """A number of TOML or JSON as written; ``nan`` and ``inf`` are none."""
    if written.lstrip("+-").lower() in ("nan", "inf", "infinity"):
        return Odd(written, f"{written} is not a number")
    return Literal(written)


def _odd(written: str, value: object) -> Odd:
    kind = "a date or time" if isinstance(value, (datetime.date, datetime.time)) else written
    return Odd(written, f"{kind} is not a number; text needs quotes")


def of_python(value: object, depth: int = 0) -> Node:
    """A value from Python: mappings, lists, arrays, text and numbers of any kind.

    A float is taken at 12 significant digits (6 where it is one of 32 bits): what is beyond them is
    how it was computed, not what was meant.
    """
    if depth > DEEPEST:
        raise InputError(Fault("the answers", f"are nested more than {DEEPEST} deep"))
    if value is None or isinstance(value, str):
        return Node(value)
    if isinstance(value, Mapping):
        return Node({_key(k): of_python(v, depth + 1) for k, v in value.items()})
    value = plain(value)
    if isinstance(value, list):
        return Node([of_python(item, depth + 1) for item in value])
    return Node(_python_number(value))


def _key(key: object) -> str:
    return key if isinstance(key, str) else printable(str(key))


def _python_number(value: object) -> Literal | Odd:
    if isinstance(value, Literal):
        return number(value.text)
    is_number = isinstance(value, (numbers.Real, Decimal)) and not isinstance(value, bool)
    if not is_number:
        return Odd(shown(value), f"{shown(value)} is not a number")
    try:
        if isinstance(value, Fraction):
            return Literal(str(value))
        if isinstance(value, (numbers.Integral, Decimal)):
            return number(str(value))
        digits = _DIGITS_OF_SHORT if getattr(value, "itemsize", 8) < 8 else _DIGITS
        return number(format(float(value), f".{digits}g"))  # type: ignore[arg-type]
    except (ValueError, OverflowError):  # an integer of more than 4,300 digits
        return Odd(shown(value), "the number is too long")
