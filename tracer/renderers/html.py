"""HTML: one file with nothing to load; formulas are MathML of our own, pictures SVG.

It is a plain document. The script that comes with it adds what a lecturer does at the board: what
a symbol means, which path belongs to a weight, one line after the other.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256
from html import escape, unescape
from typing import Any

from tracer import ids
from tracer.blocks import Block, Display, Figure, Flow, Steps, Table
from tracer.drawing import MARKS, Drawing, Mark
from tracer.outline.compare import Side, sides
from tracer.outline.glossary import Entry, Values, glossary, label
from tracer.outline.marks import marks, ways, with_marks
from tracer.renderers import Job
from tracer.renderers.document import Target, fill, sentence, source, view
from tracer.renderers.paper import WIDTH
from tracer.solved import Solved
from tracer.typeset import MathmlPrinter
from tracer.typeset.picture import PALETTE
from tracer.typeset.svg import style, svg

_GROUP = re.compile(r'<g class="[^"]*"(?: data-id="(?P<id>[^"]*)")?>')
# how much larger pictures are than on paper, and the height in points up to which they are
_LARGER, _TALL = 1.25, 200.0
# how wide tables, their cells and the gaps between these are: letters of the page are a little
# narrower than was reckoned
TABLE, CELL, COLUMN_GAP = 520.0, 140.0, 9.0


# brackets and marks that belong to a formula in a sentence
_TIED = re.compile(r"\(?<math>(?:(?!</math>).)*</math>[),.;:]+|\(<math>(?:(?!</math>).)*</math>")


def words(text: str) -> str:
    """Text in which nothing is markup, and no sign turns round or hides what stands beside it."""
    return escape("".join(c if c.isprintable() else " " for c in text))


def tied(sentence: str) -> str:
    """A sentence in which no line begins with a mark that belongs to the formula before it."""
    return _TIED.sub(r'<span class="tied">\g<0></span>', sentence)


def render(job: Job) -> str:
    """The page as HTML."""
    page = replace(job.page, blocks=with_marks(job.solved, job.page.blocks))
    place = next((n for n, block in enumerate(page.blocks) if _is_overview(block)), None)
    first = None if place is None else page.blocks[place]
    overview = first.drawing if isinstance(first, Figure) else None
    printer, pictures = MathmlPrinter(job.solved.symbols, WIDTH), _Pictures(job, overview)
    # lines as on paper: page.html has room for them
    target = Target(
        printer,
        words,
        lambda formula: f"<math>{formula}</math>",
        begin=tied,
        cell_width=CELL,
        table_width=TABLE,
        column_gap=COLUMN_GAP,
        letter=4.8,
        draw=pictures.draw,
    )
    script = source("page.js", job.templates)
    # beside derivations; plots alone have none
    has_sides = not job.ids and any(isinstance(block, Display) for block in page.blocks)
    return fill(
        "page.html",
        replace(job, page=page),
        target,
        script=script,
        script_hash=b64encode(sha256(f"\n{script}".encode()).digest()).decode(),
        drawing_style=style(),
        marks=[mark_view(number, mark) for number, mark in enumerate(MARKS, start=1)],
        labels={
            block.id: words(label(job.solved, block.id)) or "Formula"
            for block in page.blocks
            if isinstance(block, Display)
        },
        overview_at=place,
        size=(overview.width, overview.height) if overview else None,
        palette=PALETTE,
        has_lines=any(isinstance(block, Display | Flow | Steps | Table) for block in page.blocks),
        choice="a weight, a bias or a neuron" if isinstance(job.solved, Solved) else "a quantity",
        output=escape(job.solved.trace.graph.output),
        # asked for by the template after the page: by then it is known what is shown
        shapes=pictures.shapes,
        entries=lambda: list(_entries(job, target, printer)),
        sides=lambda: [_side(side, target) for side in sides(job.solved)] if has_sides else [],
    )


def _is_overview(block: Block) -> bool:
    """Whether this is the picture of the whole; plots have no parts with derivations."""
    return (
        isinstance(block, Figure)
        and not block.id
        and any(group.role == "neuron" and group.id for group in block.drawing.groups)
    )


class _Pictures:
    """The pictures of a page: their ids differ, and what several show is written once.

    ``overview`` is that of the whole network, in which the script lights paths: it is written in
    full, with the ways from each of its parts. Others use what an earlier one has.
    """

    def __init__(self, job: Job, overview: Drawing | None) -> None:
        self.solved, self.symbols = job.solved, job.solved.symbols
        self.overview = overview
        self.share = not job.fragment
        self.marks = marks(job.solved)
        # where the ways to the loss start: at a quantity, or behind an edge
        output = job.solved.trace.graph.output
        self.starts = {output: output} | {wrt: wrt for _, wrt in self.marks}
        self.starts |= {ids.partial(of, wrt): of for of, wrt in self.marks}
        self.drawn = 0
        self.known: dict[str, str] = {}
        self.shared: dict[str, str] = {}

    def draw(self, drawing: Drawing) -> str:
        """One picture; `svg` writes each group on a line of its own."""
        self.drawn += 1
        # text on the page is larger than on paper; a tall picture would take the window
        scale = _LARGER if self.share and drawing.height <= _TALL else 1.0
        text = svg(drawing, self.symbols, f"picture-{self.drawn}", alone=False, scale=scale)
        if not self.share:
            return text
        change = self._part if drawing is self.overview else self._line
        return "\n".join(map(change, text.split("\n")))

    def _part(self, line: str) -> str:
        """A part of the overview: what is on its ways to the loss, with marks, as ``id:mark``."""
        own = _GROUP.match(line)
        if own is None:
            return line
        self.known.setdefault(line, f"shape-{len(self.known) + 1}")
        name = unescape(own["id"] or "")
        start = self.starts.get(name)
        if start is None:
            return line
        way = ways(self.solved, start, self.marks)
        if start != name:  # an edge, and from its end on
            way = {name: self.marks[start, name.removeprefix(f"d{start}/d")], **way}
        found = " ".join(f"{part}:{mark}" for part, mark in way.items())
        return f'{own[0][:-1]} data-path="{escape(found)}">{line[own.end() :]}'

    def _line(self, line: str) -> str:
        """A part of another picture, or the use of one that is the same."""
        if not _GROUP.match(line):
            return line
        name = self.known.get(line)
        if name is None:
            self.known[line] = f"shape-{len(self.known) + 1}"
            return line
        self.shared[line] = name
        return f'<use href="#{name}"/>'

    def shapes(self) -> list[str]:
        """What several pictures show; where it is used, its style is that of its own parents."""
        found = self.shared.items()
        return [f'<g id="{name}" class="drawing">{line}</g>' for line, name in found]


def mark_view(number: int, mark: Mark) -> dict[str, Any]:
    """A mark as a template reads it: its colours, and its line as stops of a gradient."""
    stops, at = [], 0.0
    for position, length in enumerate(mark.dash or (1.0,)):
        colour = "transparent" if position % 2 else "currentcolor"
        stops.append(f"{colour} {at:g}pt {at + length:g}pt")
        at += length
    return {
        "number": number,
        "light": mark.light,
        "dark": mark.dark,
        "line": ", ".join(stops),
        "dash": " ".join(f"{length:g}" for length in mark.dash),
    }


def _entries(job: Job, target: Target, printer: MathmlPrinter) -> Iterator[dict[str, Any]]:
    """What the page says of each symbol that is cited on it, and in what it says."""
    told: set[str] = set()
    while new := [name for name in printer.cited if name not in told]:
        told.update(new)
        for entry in glossary(job.solved, new):
            yield _entry(entry, target)


def _entry(entry: Entry, target: Target) -> dict[str, Any]:
    return {
        "id": entry.id,
        "symbol": sentence((entry.symbol,), target),
        "words": sentence(entry.words, target),
        "rule": sentence((entry.rule,), target) if entry.rule else "",
        "values": [_values(values, target) for values in entry.values],
    }


def _values(values: Values, target: Target) -> dict[str, Any]:
    samples = [(words(name), sentence((number,), target)) for name, number in values.samples]
    return {"when": words(values.when), "samples": samples, "more": values.more}


def _side(side: Side, target: Target) -> dict[str, Any]:
    return {
        "title": words(side.title),
        "result": sentence(side.result, target),
        "tables": [table for block in side.tables for table in view(block, target)["tables"]],
    }
