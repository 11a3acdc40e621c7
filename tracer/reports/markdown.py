"""Markdown with LaTeX formulas. What students wrote stands in code spans: nothing is markup."""

from __future__ import annotations

import re
from typing import Any

from tracer.renderers.document import filled
from tracer.renderers.markdown import FENCES, escape, escape_in_formula, escape_start
from tracer.reports import Job
from tracer.reports.class_view import overview_sections
from tracer.reports.class_view import title as class_title
from tracer.reports.views import Voice, report_view, sections_view
from tracer.typeset import LatexPrinter

_ADDRESS = re.compile(r"(?i)(?<=www)\.|:(?=//)")
_TICKS = re.compile("`+")


def render(job: Job) -> str:
    """The report as Markdown; of several one after the other, and the overview."""
    voice = _voice(job)
    pages = [_page(job, report_view(report, voice)) for report in job.reports]
    if job.is_class:
        pages.append(overview(job))
    return "\n".join(pages)


def overview(job: Job) -> str:
    """What a class did."""
    found = sections_view(overview_sections(job), _voice(job))
    page = {"title": words(class_title(job)), "headline": "", "counts": [], "points": ""}
    return _page(job, page | {"sections": found})


def words(text: str) -> str:
    """Words, of which nothing is markup, and no address becomes a link."""
    return _ADDRESS.sub(r"\\\g<0>", escape(text))


def code(text: str) -> str:
    """A code span, fenced by more backticks than it has."""
    if not text:
        return "*nothing*"
    fence = "`" * (1 + max(map(len, _TICKS.findall(text)), default=0))
    # one space on either side is taken off again; without backticks or spaces there is no need
    is_plain = "`" not in text and text == text.strip(" ")
    return f"{fence}{text}{fence}" if is_plain else f"{fence} {text} {fence}"


def _in_cell(text: str) -> str:
    """A row is parted at its bars before code is read, where a backslash would then be shown."""
    return words(text) if "|" in text else code(text)


def _voice(job: Job) -> Voice:
    _, _, before, after = FENCES[job.flavour]
    symbols = job.reports[0].worked.symbols
    return Voice(
        LatexPrinter(symbols, 0, escape_in_formula),
        words,
        lambda formula: f"{before}{formula}{after}",
        code,
        begin=escape_start,
        given_in_cell=_in_cell,
    )


def _page(job: Job, view: dict[str, Any]) -> str:
    return filled("report.md", view, job.templates).rstrip("\n") + "\n"
