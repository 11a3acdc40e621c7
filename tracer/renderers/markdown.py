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
# what is markup in one of the flavours, anywhere: @ begins a citation of pandoc's, and it draws
# hyphens or dots in a row as one sign
_SPECIAL = re.compile(r"[\\`*_\[\]<>&$|~^#{}@]|-(?=-)|(?<=-)-|\.(?=\.)|(?<=\.)\.")
# and what is only where a line begins: a list, a rule, the underline of a heading; MyST's comment,
# break, directive and field; pandoc's definition and its lists of letters; MyST's "(target)="
_LINE_START = (
    re.compile(r"^(\s*)([-+=%:])"),
    re.compile(r"^(\s*\(?(?:\d+|[A-Za-z]|[ivxlcdmIVXLCDM]+))([.)](?:\s|$))"),
    re.compile(r"^(\s*\([^()`$]*\))(=\s*$)"),
)
FENCES = {
    "github": ("```math", "```", "$`", "`$"),
    "pandoc": ("$$", "$$", "$", "$"),
    "myst": ("$$", "$$", "$", "$"),
}


def escape(text: str) -> str:
    """Plain text for Markdown: nothing in it is markup or HTML, wherever it stands in a line."""
    flat = "".join(c if c.isprintable() else " " for c in text)
    return _SPECIAL.sub(r"\\\g<0>", flat)


def escape_start(line: str) -> str:
    """A line, escaped but for what is markup only at its beginning."""
    for start in _LINE_START:
        line = start.sub(r"\1\\\2", line)
    return line


def escape_in_formula(text: str) -> str:
    """A name inside a formula: as in LaTeX, but all beyond ASCII stands for itself; no backtick.

    Browsers have every character; a backtick would end GitHub's inline formula.
    """
    characters = ("'" if c == "`" else c for c in text)
    return "".join(
        c if c.isprintable() and not c.isascii() else latex.escape(c) for c in characters
    )


def render(job: Job) -> str:
    """The page as Markdown."""
    opening, closing, before, after = FENCES[job.flavour]
    target = Target(
        LatexPrinter(job.solved.symbols, _WIDTH, escape_in_formula),
        escape,
        lambda formula: f"{before}{formula}{after}",
        begin=escape_start,
    )
    return fill("markdown.md", job, target, opening=opening, closing=closing)
