"""What a notebook shows of a solution when it stands on the last line of a cell.

It is Markdown with ``$$``, which JupyterLab, VS Code, Colab, marimo and nbconvert read. HTML there
is none: all of them would take it first, and nbconvert would leave it as it is in Markdown. VS Code
and nbconvert's LaTeX take LaTeX first, so that is only there where it is all: of formulas alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from tracer.blocks import Block, Display, Page, Table
from tracer.renderers import Job, render
from tracer.solved import Worked

FLAVOUR = "pandoc"
"""The Markdown that notebooks read."""
# a browser sets formulas slowly, and nobody reads more below a cell
_MOST = 100_000
_MOST_ROWS = 200
_ALL = '`print(….render("markdown"))` writes all of it.'


@dataclass(frozen=True, repr=False)
class Excerpt:
    """A part of a page, which a notebook shows; ``name`` says of what, in plain words."""

    solved: Worked
    page: Page
    name: str

    def __repr__(self) -> str:
        return f"<{self.name}>"

    def __str__(self) -> str:
        return self.render()

    def render(self, to: str = "text", *, flavour: str = "github", width: int = 80) -> str:
        """The part as text in a format, one of `renderers.FORMATS`, to be included."""
        fragment = not self.page.title
        job = Job(self.solved, self.page, fragment=fragment, flavour=flavour, width=width)
        return render(to, job)

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        return bundle(self.solved, self.page, repr(self))


def bundle(solved: Worked, page: Page, name: str) -> dict[str, str]:
    """What a notebook shows of a page, by MIME type; ``name`` is what stands there as plain text.

    Of a long page that is the head, with a line that says what is left out.
    """
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
