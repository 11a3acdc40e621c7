"""The keys of what the page shows of the solution."""

from __future__ import annotations

from tracer.schema.kinds import Choice, Key

VIEWS = ("auto", "paths", "deltas")

PAGE = (
    Key(
        "view",
        Choice(VIEWS),
        "Gradients as sums over paths, or by deltas; auto takes deltas above four paths.",
        'view = "deltas"',
        "auto",
    ),
)
