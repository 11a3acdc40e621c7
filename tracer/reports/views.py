"""Findings as a template reads them: strings, in the marks of a format."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from tracer.formula import Equation
from tracer.reports import Marked
from tracer.reports.content import COUNTED, MARKS, Given, Group, Item, Said, Section
from tracer.reports.headline import counts, headline, points, title
from tracer.reports.sections import sections
from tracer.typeset import Printer


@dataclass(frozen=True, slots=True)
class Voice:
    """How a format writes: words, a formula among them, and what somebody else wrote.

    ``begin`` mends what would be markup where a paragraph begins; ``given_in_cell`` is for what
    somebody wrote in a cell of a table, where that differs.
    """

    printer: Printer
    words: Callable[[str], str]
    formula: Callable[[str], str]
    given: Callable[[str], str]
    begin: Callable[[str], str] = str
    given_in_cell: Callable[[str], str] | None = None

    def say(self, said: Said) -> str:
        """Words and formulas as one line."""
        return "".join(map(self._piece, said))

    def _piece(self, piece: Any) -> str:
        if isinstance(piece, Given):
            return self.given(piece.text)
        if isinstance(piece, str):
            return self.words(piece)
        is_equation = isinstance(piece, Equation)
        printed = self.printer.one_line(piece) if is_equation else self.printer.line(piece)
        return self.formula(printed)


def report_view(report: Marked, voice: Voice) -> dict[str, Any]:
    """A whole report."""
    return {
        "title": voice.words(title(report)),
        "headline": voice.begin(voice.words(headline(report))),
        "counts": [
            {"code": code, "mark": MARKS[code], "text": text} for code, text in counts(report)
        ],
        "points": points(report),
        "sections": sections_view(sections(report), voice),
    }


def sections_view(found: Sequence[Section], voice: Voice) -> list[dict[str, Any]]:
    """Sections, those of a report or of an overview."""
    return [
        {
            "kind": section.kind,
            "title": voice.words(section.title),
            "lead": [voice.begin(voice.say(text)) for text in section.lead],
            "items": [_item(item, voice) for item in section.items],
            "groups": [_group(group, voice) for group in section.groups],
        }
        for section in found
    ]


def _item(item: Item, voice: Voice) -> dict[str, Any]:
    return {
        "code": item.code,
        "mark": MARKS[item.code],
        "word": COUNTED.get(item.code, "remark"),
        "head": voice.say(item.head),
        "facts": [{"label": label, "text": voice.say(text)} for label, text in item.facts],
        "notes": [voice.say(text) for text in item.notes],
        "where": voice.given(item.where) if item.where else "",
        "id": voice.words(item.id),
    }


def _group(group: Group, voice: Voice) -> dict[str, Any]:
    in_cell = replace(voice, given=voice.given_in_cell or voice.given)
    return {
        "code": group.code,
        "mark": MARKS.get(group.code, ""),
        "intro": voice.begin(voice.say(group.intro)),
        "head": group.head,
        "rows": [[in_cell.say(cell) for cell in row] for row in group.rows],
    }
