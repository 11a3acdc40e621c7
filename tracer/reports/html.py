"""One HTML file without scripts, links or anything to load; formulas as Unicode text."""

from __future__ import annotations

from html import escape as escape_html
from typing import Any

from tracer.renderers.document import filled
from tracer.reports import Job
from tracer.reports.class_view import overview_sections
from tracer.reports.class_view import title as class_title
from tracer.reports.views import Voice, report_view, sections_view
from tracer.typeset import TextPrinter

_WIDTH = 100
_UNBROKEN = 40


def render(job: Job) -> str:
    """The report as a page."""
    return _page(job, report_view(job.report, _voice(job)))


def overview(job: Job) -> str:
    """What a class did."""
    found = sections_view(overview_sections(job), _voice(job))
    page = {"title": words(class_title(job)), "headline": "", "counts": [], "points": ""}
    return _page(job, page | {"sections": found})


def words(text: str) -> str:
    """Text in which nothing is markup, and no sign turns round or hides what stands beside it."""
    return escape_html("".join(c if c.isprintable() else " " for c in text))


def _formula(formula: str) -> str:
    kind = "formula" if len(formula) <= _UNBROKEN else "formula long"
    return f'<span class="{kind}">{words(formula)}</span>'


def _voice(job: Job) -> Voice:
    symbols = job.reports[0].worked.symbols
    return Voice(
        TextPrinter(symbols, _WIDTH),
        words,
        _formula,
        lambda text: f'<code dir="auto">{words(text)}</code>' if text else "<em>nothing</em>",
    )


def _page(job: Job, view: dict[str, Any]) -> str:
    return filled("report.html", view, job.templates)
