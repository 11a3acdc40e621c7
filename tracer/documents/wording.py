"""Numbers and formulas of findings, in words for who wrote the document."""

from __future__ import annotations

import re
from typing import Any

from tracer.answers.characters import HIGH, LOW
from tracer.documents.facts import fmpq_of
from tracer.policy import Precision
from tracer.rounding import Saturated, Undecided, shown

_FIGURES = Precision(6, significant=True)
_LONGEST = 60
_SCRIPT = re.compile(r"([_^])(?=\{[0-9,]+\}|[0-9])\{?((?<=\{)[0-9,]+(?=\})|[0-9])\}?")
_LOW = str.maketrans("0123456789", LOW[:10])
_HIGH = str.maketrans("0123456789", HIGH[:10])


def shown_value(value: Any) -> str:
    """A value to six figures; the middle of a ball."""
    try:
        return shown(fmpq_of(value), _FIGURES).text
    except (Undecided, Saturated):
        return str(value)


def one_line(text: str) -> str:
    """A formula without the marks of its rows."""
    return " ".join(text.replace("\\\\", " ").replace("&", " ").split())


def plain(symbol: str) -> str:
    """A symbol's numbers above and below the line as characters: ``l_2^{1}`` as ``l₂¹``.

    >>> plain("w_{1,2}^1"), plain("x_n")
    ('w₁,₂¹', 'x_n')
    """
    return _SCRIPT.sub(_raised, symbol)


def _raised(match: re.Match[str]) -> str:
    return match[2].translate(_LOW if match[1] == "_" else _HIGH)


def shortened(text: str) -> str:
    """The same in plain text, its end left out where it is long."""
    text = plain(one_line(text).replace(r"\cdot", "·").replace(r"\times", "×"))
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
