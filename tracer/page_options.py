"""The keys of a problem's ``[page]``: what must agree in them, and what they come to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tracer.schema import PAGE
from tracer.validation import Findings, defaults


@dataclass(frozen=True, slots=True)
class Page:
    """What the page shows of the solution; ``view`` is one of ``schema.VIEWS``."""

    view: str = "auto"


AUTO = Page()
"""What the page shows where nothing else is asked for."""


def page(given: Mapping[str, Any] | None) -> Page:
    """The options of a checked table, or of none."""
    return Page(**(defaults(PAGE) | dict(given or {})))


def check_graph_page(given: Mapping[str, Any] | None, found: Findings) -> None:
    """Add to ``found`` what a table ``[page]`` asks for that a graph does not have."""
    view = (given or {}).get("view") or "auto"
    if view != "auto":
        found.append((("page", "view"), False, graph_view_fault(view)))


def graph_view_fault(view: str) -> str:
    """What is wrong with a network's view of a graph."""
    return f"{view} is a view of networks; a graph has only one"
