"""Markdown with LaTeX formulas, in the flavours of GitHub, pandoc and MyST.

GitHub reads ``math`` fences and ``$`…`$``; between plain dollars it would take backslashes and
underscores for Markdown's own. pandoc and MyST read dollars.
"""

from __future__ import annotations

import re

from tracer.renderers import Job
from tracer.renderers.document import Target, fill
from tracer.typeset import LatexPrinter, latex

_WIDTH = 468.0
_SPECIAL = re.compile(r"([\\`*_\[\]<>&$|~^#{}])")
_LINE_START = re.compile(r"^(\s*)([-+=]|\d+(?=[.)]))")
_FENCES = {
    "github": ("```math", "```", "$`", "`$"),
    "pandoc": ("$$", "$$", "$", "$"),
    "myst": ("$$", "$$", "$", "$"),
}


def escape(text: str) -> str:
    """Plain text for Markdown: nothing in it is markup or HTML."""
    flat = " ".join("".join(c if c.isprintable() else " " for c in text).split(" "))
    return _LINE_START.sub(_escape_start, _SPECIAL.sub(r"\\\1", flat))


def _escape_start(match: re.Match[str]) -> str:
    mark = match[2]
    # "1." at the start would be a list: the dot after a number is what is escaped
    return f"{match[1]}{mark}\\" if mark.isdigit() else f"{match[1]}\\{mark}"


def escape_in_formula(text: str) -> str:
    """A name inside a formula: as in LaTeX, but letters stand for themselves, and no backtick.

    Browsers have every letter; a backtick would end GitHub's inline formula.
    """
    characters = ("'" if c == "`" else c for c in text)
    return "".join(c if c.isalnum() else latex.escape(c) for c in characters)


def render(job: Job) -> str:
    """The page as Markdown."""
    opening, closing, before, after = _FENCES[job.flavour]
    target = Target(
        LatexPrinter(job.solved.symbols, _WIDTH, escape_in_formula),
        escape,
        lambda formula: f"{before}{formula}{after}",
    )
    return fill("markdown.md", job, target, opening=opening, closing=closing)
