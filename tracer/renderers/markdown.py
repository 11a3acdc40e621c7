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

_SIGN = re.compile(f"[{''.join(latex.SIGNS)}]")
# no text has this: a sign after it becomes a formula, unless what is beside would spoil its dollars
_MARK = "\x1f"
_ALONE = re.compile(rf"(?<!\$)(?<!{_MARK}.){_MARK}(.)(?![$0-9{_MARK}])")
# pandoc 2 reads \Big, but not that it opens or closes
_SIDED = re.compile(r"(?<!\\)\\([bB]igg?)[lr](?![a-z])")


def escape(text: str) -> str:
    """Plain text for Markdown: nothing in it is markup or HTML, wherever it stands in a line."""
    flat = "".join(c if c.isprintable() else " " for c in text)
    return _SPECIAL.sub(r"\\\g<0>", flat)


def _mark_signs(text: str) -> str:
    """The same; signs that LaTeX's fonts of text do not have are marked."""
    return _SIGN.sub(rf"{_MARK}\g<0>", escape(text))


def _for_pandoc(text: str) -> str:
    """The page with what pandoc and the LaTeX that it writes can read."""
    text = _ALONE.sub(lambda match: f"${latex.SIGNS[match[1]]}$", text).replace(_MARK, "")
    return _SIDED.sub(r"\\\1", text)


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
        _mark_signs if job.flavour == "pandoc" else escape,
        lambda formula: f"{before}{formula}{after}",
        begin=escape_start,
    )
    text = fill("markdown.md", job, target, opening=opening, closing=closing)
    return _for_pandoc(text) if job.flavour == "pandoc" else text
