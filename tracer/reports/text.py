"""Plain text in Unicode, as a terminal shows it."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import Any

from tracer.renderers.document import filled
from tracer.renderers.text import escape, grid
from tracer.reports import Job
from tracer.reports.class_view import overview_sections
from tracer.reports.class_view import title as class_title
from tracer.reports.views import Voice, report_view, sections_view
from tracer.typeset import TextPrinter

_GAP = 3


def render(job: Job) -> str:
    """The report as plain text; of several one after the other, and the overview."""
    voice = _voice(job)
    pages = [_page(job, report_view(report, voice)) for report in job.reports]
    if job.is_class:
        pages.append(overview(job))
    return "\n\n".join(pages)


def overview(job: Job) -> str:
    """What a class did."""
    found = sections_view(overview_sections(job), _voice(job))
    page = {"title": escape(class_title(job)), "headline": "", "counts": [], "points": ""}
    return _page(job, page | {"sections": found})


def _voice(job: Job) -> Voice:
    def same(text: str) -> str:
        return text

    symbols = job.reports[0].worked.symbols
    return Voice(TextPrinter(symbols, job.width), escape, same, escape)


def _page(job: Job, view: dict[str, Any]) -> str:
    def wrap(text: str, first: str = "", rest: str = "") -> str:
        return textwrap.fill(
            text,
            job.width,
            initial_indent=first,
            subsequent_indent=rest,
            break_on_hyphens=False,
        )

    def table(group: dict[str, Any]) -> list[str]:
        return _table(group, job.width - 2)

    def tally(counts: Sequence[dict[str, str]], points: str) -> list[str]:
        """The counts, as many on a line as fit; colours have no width."""
        parts = [(count["code"], f"{count['mark']} {count['text']}") for count in counts]
        lines: list[str] = []
        used = job.width
        for code, text in [*parts, *[("", points)] * bool(points)]:
            shown = job.paint(code, text)
            if used + _GAP + len(text) <= job.width:
                lines[-1] += " " * _GAP + shown
                used += _GAP + len(text)
            else:
                lines.append(shown)
                used = len(text)
        return lines

    values = {
        **view,
        "tally": tally,
        "wrap": wrap,
        "table": table,
        "paint": job.paint,
        "width": job.width,
    }
    return filled("report.txt", values, job.templates).rstrip("\n") + "\n"


def _table(group: dict[str, Any], width: int) -> list[str]:
    """A table whose widest columns are wrapped until it fits."""
    rows = [list(group["head"]), *group["rows"]]
    widths = [max(len(row[c]) for row in rows) for c in range(len(rows[0]))]
    room = width - _GAP * (len(widths) - 1)
    while sum(widths) > room and max(widths) > 8:
        widest = widths.index(max(widths))
        others = sorted(widths)[-2] if len(widths) > 1 else 0
        widths[widest] = max(
            8, min(widths[widest] - 1, max(others, room - sum(widths) + max(widths)))
        )
    cells = [
        [
            textwrap.wrap(cell, widths[c], break_on_hyphens=False) or [""]
            for c, cell in enumerate(row)
        ]
        for row in rows
    ]
    return grid({"head": cells[0], "rows": cells[1:], "total": False})
