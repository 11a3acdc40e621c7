"""The keys of a problem's ``[page]``: what must agree in them, and what they come to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tracer import ids
from tracer.errors import did_you_mean, printable
from tracer.schema import PAGE
from tracer.validation import Findings, defaults


@dataclass(frozen=True, slots=True)
class Page:
    """What the page shows of the solution; ``view`` is one of ``schema.VIEWS``.

    ``views`` has those of single gradients, by their ids, where they have one of their own.
    """

    view: str = "auto"
    views: Mapping[str, str] = field(default_factory=dict)


AUTO = Page()
"""What the page shows where nothing else is asked for."""


def page(given: Mapping[str, Any] | None) -> Page:
    """The options of a checked table, or of none."""
    return Page(**(defaults(PAGE) | dict(given or {})))


def check_views(given: Page, parameters: Iterable[str], found: Findings) -> None:
    """Add to ``found`` the views of what is not the gradient of one of the ``parameters``."""
    known = [ids.partial(ids.LOSS, name) for name in parameters]
    gradients = set(known)
    for name in given.views:
        if name not in gradients:
            guess = did_you_mean(name, known) or f"; there are {known[0]} and so on"
            message = f'no gradient "{printable(name, 40)}"{guess}'
            found.append((("page", "views", name), True, message))
    if given.view == "matrix" and given.views:
        found.append((("page", "views"), True, MATRIX_FAULT))


MATRIX_FAULT = "matrix is the view of the whole page; single gradients have none beside it"


def check_graph_page(given: Mapping[str, Any] | None, found: Findings) -> None:
    """Add to ``found`` what a table ``[page]`` asks for that a graph does not have."""
    view = (given or {}).get("view") or "auto"
    if view != "auto":
        found.append((("page", "view"), False, graph_view_fault(view)))
    if (given or {}).get("views"):
        found.append((("page", "views"), True, NO_VIEWS))


NO_VIEWS = "views are of the gradients of networks; a graph has only one"


def graph_view_fault(view: str) -> str:
    """What is wrong with a network's view of a graph."""
    return f"{view} is a view of networks; a graph has only one"
