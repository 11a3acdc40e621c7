"""What the formats for paper share: how much room there is on A4 with 2 cm on either side."""

from __future__ import annotations

from collections.abc import Callable
from math import floor

from tracer.drawing import Drawing
from tracer.errors import Fault, InputError
from tracer.renderers import Job
from tracer.renderers.document import Target
from tracer.typeset import Printer

# the text width in points, and a little to spare
WIDTH = 468.0
# a number is not broken, and has to fit beside what it is multiplied by
_LONGEST_NUMBER = 60
# between two columns of equations
_BETWEEN = 24.0


def paper(
    job: Job,
    printer: Printer,
    words: Callable[[str], str],
    inline: Callable[[str], str],
    *,
    lines: int | None = None,
    tall: str = "",
    width: float = WIDTH,
    cell: float = 112.0,
) -> Target:
    """A target of this width. Raises InputError where a number is too long for a line."""
    for name, value in job.solved.values.items():
        if len(value.number.text) > _LONGEST_NUMBER:
            is_exact = job.solved.problem.numbers.policy == "exact"
            advice = "; the policy display rounds it" if is_exact else ""
            length = f"written in full it has {len(value.number.text):,} characters"
            raise InputError(Fault(name, f"{length}, more than a line has room for{advice}"))
    return Target(
        printer,
        words,
        inline,
        cell_width=cell,
        table_width=width,
        column_gap=12.0,
        lines=lines,
        letter=4.8,
        tall=tall,
        half=(width - _BETWEEN) / 2,
    )


def scale(drawing: Drawing) -> float:
    """How much smaller a picture has to be for a line to have room for it: 1.0, or less."""
    return min(1.0, floor(1000 * WIDTH / drawing.width) / 1000)
