"""The keys of what the page shows of the solution."""

from __future__ import annotations

from tracer.schema.kinds import Choice, Key, NamedChoices

VIEWS = ("auto", "paths", "deltas", "matrix", "function")
# what a single gradient can have, whatever the others do
OWN_VIEWS = ("auto", "paths", "deltas")

PAGE = (
    Key(
        "view",
        Choice(VIEWS),
        "How gradients are written: as sums over paths, by deltas, all in matrix form, or as "
        "functions in symbols without numbers; auto takes deltas above four paths.",
        'view = "deltas"',
        "auto",
    ),
    Key(
        "views",
        NamedChoices(OWN_VIEWS),
        "The view of single gradients, where it is not that of all.",
        'views = { "dloss/dw1[1,2]" = "paths" }',
        {},
    ),
)
