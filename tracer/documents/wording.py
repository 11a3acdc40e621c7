"""Numbers and formulas of findings, in words for who wrote the document."""

from __future__ import annotations

from typing import Any

from tracer.documents.facts import fmpq_of
from tracer.policy import Precision
from tracer.rounding import Saturated, Undecided, shown
from tracer.typeset.text import scripted

_FIGURES = Precision(6, significant=True)
_WRITTEN = Precision(15, significant=True)
_LONGEST = 60


def shown_value(value: Any) -> str:
    """A value to six figures; the middle of a ball."""
    try:
        return shown(fmpq_of(value), _FIGURES).text
    except (Undecided, Saturated):
        return str(value)


def as_written(value: Any) -> str:
    """A number of the problem: with its decimals where these end, else as a fraction."""
    try:
        decimal = shown(fmpq_of(value), _WRITTEN)
    except (Undecided, Saturated):
        return str(value)
    return decimal.text if decimal.is_exact else str(value)


def one_line(text: str) -> str:
    """A formula without the marks of its rows."""
    return " ".join(text.replace("\\\\", " ").replace("&", " ").split())


def shortened(text: str) -> str:
    """The same in plain text, its end left out where it is long."""
    text = scripted(one_line(text))
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
