"""One numeral as people write it: what it is worth, and how far its last place reaches."""

from __future__ import annotations

import re
from functools import cache

from flint import fmpq, fmpz

from tracer.answers.characters import Unread
from tracer.answers.trees import Number
from tracer.literals import LARGEST_EXPONENT, MOST_DIGITS

_SHAPE = re.compile(r"([0-9]*)(?:\.([0-9]*))?(?:[eE]([+\-−]?[0-9]+))?")
_THOUSANDS = re.compile(r"[1-9][0-9]{0,2}\.[0-9]{3}")


@cache
def ten_to(power: int) -> fmpq:
    """Ten to a power of at most a few hundred."""
    return fmpq(fmpz(10) ** power) if power >= 0 else fmpq(1, fmpz(10) ** -power)


@cache
def half_unit(decimals: int) -> fmpq:
    """Half a unit of the last of so many decimals."""
    return ten_to(-decimals) / 2


def numeral(written: str, decimal_comma: bool, start: int = 0) -> Number:
    """The number that digits, points, commas and an exponent stand for. Raises Unread."""
    stop = start + len(written)
    text = _pointed(written.replace("{,}", ","), decimal_comma, start, stop)
    match = _SHAPE.fullmatch(text)
    if match is None or not (match[1] or match[2]):
        raise Unread(f"'{_cut(written)}' is not one number; write one point at most", start, stop)
    whole, after, exponent = match.groups(default="")
    digits = whole + after
    if len(digits) > MOST_DIGITS:
        reason = f"this number has {len(digits)} digits; at most {MOST_DIGITS} are read"
        raise Unread(reason, start, stop)
    size = exponent.lstrip("+-−").lstrip("0") or "0"
    if len(size) > 3 or int(size) > LARGEST_EXPONENT:
        reason = f"an exponent of ten beyond {LARGEST_EXPONENT} is not read"
        raise Unread(reason, start, stop)
    decimals = len(after) - (-int(size) if exponent[:1] in ("-", "−") else int(size))
    figures = len(digits.lstrip("0")) or 1
    value = int(digits) * ten_to(-decimals)
    return Number(value, half_unit(decimals), decimals, figures, written, start, stop)


def _pointed(text: str, decimal_comma: bool, start: int, stop: int) -> str:
    """``text`` with a decimal point; raises Unread where it may mean two numbers."""
    if "," not in text:
        if decimal_comma and _THOUSANDS.fullmatch(text):
            whole = text.replace(".", "")
            comma = text.replace(".", ",")
            raise Unread(f"'{text}' may mean {whole} or {comma}; write the one", start, stop)
        return text
    if text.count(",") > 1 or "." in text:
        reason = f"'{_cut(text)}' has signs for thousands or several numbers; write one number"
        raise Unread(f"{reason} without them", start, stop)
    point = text.replace(",", ".")
    if decimal_comma:
        return point
    whole, _, after = text.partition(",")
    if len(after) == 3 and whole.lstrip("0"):
        joined = whole + after
        raise Unread(f"'{text}' may mean {joined} or {point}; write the one", start, stop)
    reason = f"'{_cut(text)}' has a comma, which may part two numbers; write {_cut(point)}"
    raise Unread(reason, start, stop)


def _cut(text: str) -> str:
    return text if len(text) <= 30 else text[:20] + "…"
