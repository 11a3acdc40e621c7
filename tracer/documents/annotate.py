"""A document with a mark and a note at each finding, in the format's own means.

Notes are only inserted: all else stays byte for byte, and `notes.cleared` takes them out again.
`read_document` reads past the notes of an earlier run, so a document that is annotated twice has
each note once.

Markdown: a mark behind the formula or in the cell, a quotation below the paragraph, the display or
the table. LaTeX: the same with a raised number and a paragraph, in commands that every class has.
Notebooks: a cell below. Text: a line below.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from tracer.documents import markdown
from tracer.documents.latex_words import in_latex
from tracer.documents.notebook import cells, extents, load
from tracer.documents.notes import cleared, notebook_cell
from tracer.documents.pieces import Document, Heading, Prose, Table
from tracer.documents.regions import Region
from tracer.renderers.markdown import escape as escape_markdown

_SIGNS = {"wrong": "✗", "carried": "→", "link": "≠", "unreadable": "?", "label": "✎"}
_WORDS = {
    "wrong": "wrong",
    "carried": "follows from an earlier mistake",
    "link": "does not come out",
    "unreadable": "could not be read",
    "label": "another symbol is meant",
}
_UNDERLINE = re.compile(r"\n[ \t]{0,3}(?:=+|-+)[ \t\r]*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Mark:
    """A finding at ``start`` to ``stop`` of a document's text; ``note`` is plain text.

    ``code``: ``wrong``, ``carried``, ``link`` (an equation that does not come out), ``unreadable``
    or ``label`` (a symbol that stands for another one).
    """

    start: int
    stop: int
    code: str
    note: str


def annotate(document: Document, original: str, marks: Sequence[Mark]) -> str:
    """``original``, the file that ``document`` was read from, with ``marks`` written into it."""
    original = cleared(document.name, document.kind, original)
    marks = sorted(marks, key=lambda mark: (mark.start, mark.stop))
    if document.kind == "notebook":
        return _notebook(document, original, marks)
    assert original == document.text, "a document is annotated in the text that it was read from"
    if document.kind == "text":
        return _text(document, marks)
    return _page(document, marks)


def _page(document: Document, marks: Sequence[Mark]) -> str:
    """Markdown or LaTeX."""
    text = document.text
    latex = document.kind == "latex"
    regions = _maths(document)
    blocks = _blocks(document, regions)
    places = _Places(document, regions)
    starts = [start for start, _ in blocks]
    inserted: list[tuple[int, int, str]] = []
    below: dict[int, list[tuple[int, Mark]]] = {}
    for number, mark in enumerate(marks, 1):
        at = bisect_right(starts, mark.start) - 1
        block = max(blocks[at][1] if at >= 0 else mark.stop, mark.stop)
        below.setdefault(block, []).append((number, mark))
        behind = places.behind(mark)
        if behind is not None and behind <= block:
            inserted.append((behind, number, (_latex_mark if latex else _mark)(number, mark)))
    for place, noted in below.items():
        rest = text[place : _line_end(text, place)].strip()
        write = _latex_notes if latex else _notes
        inserted.append((place, len(marks) + 1, write(noted, alone=not rest)))
    return _insert(text, inserted)


def _maths(document: Document) -> list[Region]:
    if document.kind == "latex":
        from tracer.documents import latex

        return latex.regions(document.text)
    return list(markdown.regions(document.text))


def _blocks(document: Document, regions: Sequence[Region]) -> list[tuple[int, int]]:
    """What a note stands below: displays, tables, titles and paragraphs, in order."""
    shown = [(one.start, one.stop) for one in regions if one.kind in ("display", "heading")]
    for piece in document.pieces:
        if isinstance(piece, Heading) and document.kind == "markdown":
            line = _line_end(document.text, piece.stop)
            under = _UNDERLINE.match(document.text, line)
            shown.append((piece.start, under.end() if under else line))
        elif isinstance(piece, Table | Prose):
            shown.append((piece.start, piece.stop))
    return sorted(shown)


class _Places:
    """Where a mark's number can stand: behind inline maths, or in a cell; not in a display."""

    def __init__(self, document: Document, regions: Sequence[Region]) -> None:
        self.text = document.text
        self.maths = [one for one in regions if one.kind in ("inline", "display")]
        self.tables = [piece for piece in document.pieces if isinstance(piece, Table)]
        self.starts = [one.start for one in self.maths]
        self.begins = [one.start for one in self.tables]

    def behind(self, mark: Mark) -> int | None:
        """The place behind ``mark``, None where a number can't stand."""
        region = _last(self.maths, self.starts, mark.start)
        if region is not None and mark.start < region.stop:
            if region.kind == "display":
                return None
            return max(region.stop, mark.stop)
        table = _last(self.tables, self.begins, mark.start)
        if table is None or mark.start >= table.stop:
            return None
        return None if self.text.startswith("\\begin{array}", table.start) else mark.stop


_Placed = TypeVar("_Placed")


def _last(placed: Sequence[_Placed], starts: Sequence[int], at: int) -> _Placed | None:
    """The last that begins at or before ``at``."""
    found = bisect_right(starts, at) - 1
    return placed[found] if found >= 0 else None


def _insert(text: str, inserted: list[tuple[int, int, str]]) -> str:
    parts = []
    last = 0
    for place, _, said in sorted(inserted):
        parts += [text[last:place], said]
        last = place
    return "".join([*parts, text[last:]])


def _line_end(text: str, at: int) -> int:
    end = text.find("\n", at)
    return len(text) if end < 0 else end


def _flat(note: str) -> str:
    return " ".join(note.split())


def _sign(code: str) -> str:
    return _SIGNS.get(code, "!")


def _mark(number: int, mark: Mark) -> str:
    return f"<!--tracer--> **{_sign(mark.code)} {number}**<!--/tracer-->"


def _markdown_note(number: int, mark: Mark) -> str:
    word = _WORDS.get(mark.code, mark.code)
    return f"**{_sign(mark.code)} {number} {word}**: {escape_markdown(_flat(mark.note))}"


def _notes(noted: Sequence[tuple[int, Mark]], alone: bool) -> str:
    lines = ">\n".join(f"> {_markdown_note(number, mark)}\n" for number, mark in noted)
    end = "<!--/tracer-->" if alone else "<!--/tracer/-->\n\n"
    return f"\n\n<!--tracer-->\n{lines}{end}"


def _latex_mark(number: int, mark: Mark) -> str:
    return rf"{{\textsuperscript{{\textbf{{[{number}]}}}}\relax\relax}}"


def _latex_notes(noted: Sequence[tuple[int, Mark]], alone: bool) -> str:
    lines = []
    for number, mark in noted:
        note = in_latex(_flat(mark.note))
        word = _WORDS.get(mark.code, mark.code)
        lines.append(rf"\par\noindent\textbf{{[{number}] {word}:}} {note}\par" + "\n")
    end = "%</tracer>" if alone else "%</tracer/>\n"
    return f"\n%<tracer>\n{''.join(lines)}{end}"


def _text(document: Document, marks: Sequence[Mark]) -> str:
    text = document.text
    tables = [piece for piece in document.pieces if isinstance(piece, Table)]
    inserted = []
    for number, mark in enumerate(marks, 1):
        within = [one.stop for one in tables if one.start <= mark.start < one.stop]
        place = _line_end(text, max([mark.stop, *within]))
        line = text.rfind("\n", 0, mark.start) + 1
        indent = " " * min(8, len(text[line:]) - len(text[line:].lstrip(" ")))
        word = _WORDS.get(mark.code, mark.code)
        said = f"\n{indent}[tracer {number}: {word}] {_printable(_flat(mark.note))}"
        inserted.append((place, number, said))
    return _insert(text, inserted)


def _printable(text: str) -> str:
    return "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in text)


def _notebook(document: Document, original: str, marks: Sequence[Mark]) -> str:
    """Each cell's notes in a cell below it."""
    found = cells(document.name, original)
    places = extents(original)
    minor = str(load(document.name, original).get("nbformat_minor", ""))
    ids = minor.isdecimal() and int(minor[:6]) >= 5
    taken: set[object] = {str(cell.get("id")) for cell in found}
    below: dict[int, list[tuple[int, Mark]]] = {}
    for number, mark in enumerate(marks, 1):
        below.setdefault(bisect_right(document.cells, mark.start) - 1, []).append((number, mark))
    inserted = []
    for at, noted in below.items():
        source = "\n\n".join(_markdown_note(number, mark) for number, mark in noted)
        cell = notebook_cell(source, noted[0][0], taken, ids)
        inserted.append((places[at][1], at, f",\n  {cell}"))
    return _insert(original, inserted)
