"""What a notebook shows of a solution when it stands on the last line of a cell.

It is Markdown with ``$$``, which JupyterLab, VS Code, Colab, marimo and nbconvert read. HTML there
is none: all of them would take it first, and nbconvert would leave it as it is in Markdown. VS Code
and nbconvert's LaTeX take LaTeX first, so that is only there where it is all: of formulas alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from tracer.blocks import Block, Display, Figure, Page, Table
from tracer.drawing import Drawing
from tracer.excerpts import Part
from tracer.renderers import Job, render
from tracer.solved import Worked
from tracer.symbols import Symbols

FLAVOUR = "pandoc"
"""The Markdown that notebooks read."""
# a browser sets formulas slowly, and nobody reads more below a cell
_MOST = 100_000
_MOST_ROWS = 200
# formulas below a cell are larger than on paper
_LARGER = 1.4
_ODD = re.compile(r"[^A-Za-z0-9]+")
_ALL = '`print(….render("markdown"))` writes all of it.'


def named(part: Part, title: str) -> str:
    """What a part of a solution is called as plain text."""
    what = f"{', '.join(part.sections) or 'parts'}"
    if part.derived or part.before:
        what = f"before {part.before}" if part.before else part.derived
    return f"<Solution of {title!r}: {what}>"


@dataclass(frozen=True, slots=True, repr=False)
class Picture:
    """A drawing, which a notebook shows; ``name`` is the id of what it is of, "" of the whole."""

    drawing: Drawing
    symbols: Symbols
    name: str = ""

    def __repr__(self) -> str:
        return f"<Picture: {self.drawing.title}>"

    def __str__(self) -> str:
        return self.drawing.description

    @property
    def svg(self) -> str:
        """The picture as SVG, a file of its own."""
        from tracer.typeset.svg import svg  # only now: most runs have no picture

        name = _ODD.sub("-", f"drawing {self.name}").strip("-")
        return svg(self.drawing, self.symbols, name, scale=_LARGER).strip("\n")

    def _repr_svg_(self) -> str:
        return self.svg

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        """How a notebook shows it: as SVG, and in words."""
        return {"text/plain": self.drawing.description, "image/svg+xml": self.svg}


def bundle(solved: Worked, page: Page, name: str) -> dict[str, str]:
    """What a notebook shows of a page, by MIME type; ``name`` is what stands there as plain text.

    Of a long page that is the head, with a line that says what is left out.
    """
    # a picture cannot stand in Markdown everywhere, and is shown by a cell of its own
    page = replace(page, blocks=tuple(b for b in page.blocks if not isinstance(b, Figure)))
    text = "".join(_head(solved, page)).strip("\n")
    shown = {"text/plain": name, "text/markdown": text}
    if page.blocks and not page.title and all(isinstance(b, Display) for b in page.blocks):
        shown["text/latex"] = text
    return shown


def _head(solved: Worked, page: Page) -> Iterator[str]:
    if page.title:
        yield _markdown(solved, Page(page.title, ()))
    used = 0
    for place, block in enumerate(page.blocks):
        text = _markdown(solved, Page("", (_cut(block),)))
        used += len(text)
        if used > _MOST:
            left = len(page.blocks) - place
            yield f"*{left:,} of {len(page.blocks):,} parts are left out here: {_ALL}*\n"
            return
        yield text
        if isinstance(block, Table) and len(block.rows) > _MOST_ROWS:
            left = len(block.rows) - _MOST_ROWS
            yield f"*{left:,} of {len(block.rows):,} rows are left out here: {_ALL}*\n\n"


def _cut(block: Block) -> Block:
    if isinstance(block, Table) and len(block.rows) > _MOST_ROWS:
        return replace(block, rows=block.rows[:_MOST_ROWS], total=False)
    return block


def _markdown(solved: Worked, page: Page) -> str:
    return render("markdown", Job(solved, page, fragment=not page.title, flavour=FLAVOUR))
