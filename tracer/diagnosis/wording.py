"""Explanations in words, to the student: which line, what was done, what would be right."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from fractions import Fraction
from functools import partial

from flint import fmpq

from tracer import ids
from tracer.blocks import Inline, Text
from tracer.diagnosis.slips import SLIP_BY_CODE
from tracer.diagnosis.table import BY_CODE
from tracer.formula import Equation, Formula, Num, Sum
from tracer.marking.verdicts import Diagnosis
from tracer.outline.spoken import spoken
from tracer.rounding import Number
from tracer.solved import Worked
from tracer.typeset import TextPrinter

_PLACEHOLDER = re.compile(r"\{(\w+)\}")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:e-?\d+)?(?:/\d+)?", re.ASCII)
_WIDTH = 100

SPANS = {
    "samples": " in every sample",
    "layer": " and the others like it",
    "all": " and wherever it happens",
}
"""How far a slip reaches that is made everywhere, by the word in a diagnosis's details."""


def explanation(worked: Worked, name: str, diagnosis: Diagnosis) -> Text:
    """``∂MSE/∂w: you multiplied by …``: what went wrong at the quantity ``name``."""
    details = diagnosis.details or {}
    return (
        *spoken(worked, name),
        ": ",
        *_where(worked, name, diagnosis),
        *_said(worked, diagnosis.code, details, diagnosis.everywhere),
    )


def explain_plain(worked: Worked, name: str, diagnosis: Diagnosis) -> str:
    """The same as plain text."""
    printer = TextPrinter(worked.symbols, _WIDTH)
    return "".join(map(partial(_plain, printer), explanation(worked, name, diagnosis)))


def _plain(printer: TextPrinter, piece: Inline) -> str:
    if isinstance(piece, str):
        return piece
    return printer.one_line(piece) if isinstance(piece, Equation) else printer.line(piece)


def _where(worked: Worked, name: str, diagnosis: Diagnosis) -> Iterator[Inline]:
    if diagnosis.place == name:
        return
    details = diagnosis.details or {}
    place = ids.base(diagnosis.place) if diagnosis.everywhere else diagnosis.place
    yield "on the way, at "
    yield from spoken(worked, place)
    yield SPANS.get(details.get("span", ""), "") + ", "


def _said(
    worked: Worked, code: str, details: Mapping[str, str], everywhere: bool
) -> Iterator[Inline]:
    row = BY_CODE.get(code)
    text = SLIP_BY_CODE[code].text if row is None else row.text
    at = 0
    for found in _PLACEHOLDER.finditer(text):
        if text[at : found.start()]:
            yield text[at : found.start()]
        yield from _shown(worked, details[found[1]], everywhere)
        at = found.end()
    if text[at:]:
        yield text[at:]


def _shown(worked: Worked, detail: str, everywhere: bool) -> Text:
    """A detail as it stands on the page: a number, a sum of numbers, or a quantity."""
    numbers = detail.split(" ")
    if all(map(_NUMBER.fullmatch, numbers)):
        terms = tuple(map(_number, numbers))
        return terms if len(terms) == 1 else (Sum(terms),)
    return spoken(worked, ids.base(detail) if everywhere else detail)


def _number(text: str) -> Formula:
    value = Fraction(text)
    return Num(Number(fmpq(value.numerator, value.denominator), text))
