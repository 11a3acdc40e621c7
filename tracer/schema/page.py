"""The keys of what the page shows of the solution."""

from __future__ import annotations

from tracer.schema.kinds import Choice, Key

VIEWS = ("auto", "paths", "deltas", "matrix")

PAGE = (
    Key(
        "view",
        Choice(VIEWS),
        "How gradients are written: as sums over paths, by deltas, or all in matrix form; auto "
        "takes deltas above four paths.",
        'view = "deltas"',
        "auto",
    ),
)
