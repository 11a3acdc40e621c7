"""Plain text in Unicode, as a terminal shows it."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import Any

from tracer.renderers import Job
from tracer.renderers.document import Target, fill
from tracer.typeset import Line, TextPrinter, spread


def escape(text: str) -> str:
    """Text without control characters, which could move a terminal's cursor or hide words."""
    return "".join(c if c.isprintable() else " " for c in text)


def aligned(lines: Sequence[Line]) -> list[str]:
    """Equations with their relation signs below each other."""
    margin = max((len(line.left) for line in lines), default=0)
    gap = " " if margin else ""
    texts = (
        f"{line.left:>{margin}}{gap}{'    ' if line.indent else ''}{line.right}" for line in lines
    )
    return [row for text in texts for row in spread(text)]


def grid(table: dict[str, Any]) -> list[str]:
    """A table in columns, with a rule under the head; cells may have several lines."""
    rows = [table["head"], *table["rows"]]
    widths = [max(len(line) for row in rows for line in row[c]) for c in range(len(rows[0]))]
    found: list[str] = []
    for position, row in enumerate(rows):
        for height in range(max(len(cell) for cell in row)):
            cells = [cell[height] if height < len(cell) else "" for cell in row]
            padded = (f"{cell:<{width}}" for cell, width in zip(cells, widths, strict=True))
            found.append("   ".join(padded).rstrip())
        if position == 0 or (table["total"] and position == len(rows) - 2):
            found.append("   ".join("─" * width for width in widths))
    return found


def render(job: Job) -> str:
    """The page as plain text."""
    target = Target(
        TextPrinter(job.solved.symbols, job.width - 2),
        escape,
        lambda formula: formula,
        cell_width=20,
        table_width=job.width - 2 + 3,  # behind the last column no gap is needed
        column_gap=3,
        wrap=textwrap.wrap,
    )
    return fill(
        "text.txt",
        job,
        target,
        aligned=aligned,
        grid=grid,
        wrap=lambda text, indent: textwrap.fill(
            text, job.width, initial_indent=indent[0], subsequent_indent=indent[1]
        ),
    )
