"""A verdict in lines of plain text, for systems that show a list of tests."""

from __future__ import annotations

from collections.abc import Iterator

from tracer.marking.verdicts import Verdict
from tracer.outline.spoken import spoken
from tracer.reports import Marked
from tracer.reports.content import Said, explanations, given, literal
from tracer.reports.views import Voice
from tracer.typeset import TextPrinter

_WIDTH = 100
_LONGEST = 300


def _plain(report: Marked, said: Said) -> str:
    return Voice(TextPrinter(report.worked.symbols, _WIDTH), str, str, str).say(said)


def test_name(report: Marked, verdict: Verdict) -> str:
    """``∂MSE/∂w₁,₂¹ (dloss/dw1[1,2])``: as on the page, and its id."""
    return f"{_plain(report, spoken(report.worked, verdict.id))} ({verdict.id})"


def test_lines(report: Marked, verdict: Verdict) -> Iterator[str]:
    """What is said of a value; the solution's is told only where something was handed in."""
    if verdict.code == "missing":
        yield "Not handed in yet."
        return
    yield f"You wrote {_plain(report, given(verdict.given))}."
    if verdict.code == "unreadable":
        yield f"It could not be read: {literal(verdict.reason, _LONGEST)}."
        return
    if verdict.code == "correct":
        yield "Right, but more digits are asked for." if verdict.coarse else "Right."
        return
    yield f"The solution has {verdict.expected}."
    if verdict.code == "carried":
        yield _plain(report, ("It goes back to ", *_names(report, verdict.roots), "."))
        yield "It is worked out rightly from your own numbers."
        if verdict.reason:
            yield f"{verdict.reason[0].upper()}{verdict.reason[1:]}."
        return
    if verdict.follows is not None:
        yield f"Your own values give {verdict.follows}."
    for text in explanations(report.worked, verdict):
        yield _plain(report, text)


def document_lines(report: Marked) -> Iterator[str]:
    """What a document has beside values: equations that do not come out, symbols, odd names."""
    for link in report.equations:
        yield f"{literal(link.where)}: {literal(link.text, _LONGEST)}"
    for link in report.remarks:
        yield f"{literal(link.where)}: {literal(link.text, _LONGEST)}"
    for fault in report.submission.unknown:
        yield literal(str(fault), _LONGEST)


def _names(report: Marked, names: tuple[str, ...]) -> Iterator[str]:
    for position, name in enumerate(names):
        yield (", " if position else "") + _plain(report, spoken(report.worked, name))
