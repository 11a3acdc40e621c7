"""The keys of a problem's ``[page]``: what must agree in them, and what they come to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from tracer import ids
from tracer.errors import Fault, InputError, did_you_mean, printable
from tracer.schema import DETAILS, ON_SLIDES, PAGE, PARTS
from tracer.validation import Findings, defaults


@dataclass(frozen=True, slots=True)
class Page:
    """What the page shows of the solution; ``view`` is one of ``schema.VIEWS``.

    ``views`` has those of single gradients, by their ids, where they have one of their own.
    ``detail`` is one of ``schema.DETAILS``; of ``schema.PARTS``, those in ``show`` are shown
    besides, those in ``hide`` are not.
    """

    view: str = "auto"
    views: Mapping[str, str] = field(default_factory=dict)
    detail: str = "slides"
    show: tuple[str, ...] = ()
    hide: tuple[str, ...] = ()

    @property
    def parts(self) -> frozenset[str]:
        """The parts that are shown."""
        own = {"brief": (), "slides": ON_SLIDES, "full": tuple(PARTS)}[self.detail]
        return frozenset((*own, *self.show)) - frozenset(self.hide)

    def changed(self, detail: str | None, show: Sequence[str], hide: Sequence[str]) -> Page:
        """The page with what an option sets, which counts more than the file.

        Raises InputError, located at the option's name.
        """
        faults = []
        if detail is not None and detail not in DETAILS:
            choices = ", ".join(DETAILS)
            message = f"no detail {detail!r}; use one of {choices}{did_you_mean(detail, DETAILS)}"
            faults.append(Fault("detail", message, argument=True))
        for option, names in (("show", show), ("hide", hide)):
            for name in (name for name in names if name not in PARTS):
                hint = did_you_mean(name, PARTS) or f"; there are {', '.join(PARTS)}"
                faults.append(Fault(option, f"no part {name!r}{hint}", argument=True))
        faults += [Fault("hide", _both(name), argument=True) for name in hide if name in show]
        if faults:
            raise InputError(*faults)
        there = replace(self, detail=detail or self.detail, show=(*self.show, *show), hide=()).parts
        faults = [
            Fault("hide", _not_there(name), argument=True) for name in hide if name not in there
        ]
        if faults:
            raise InputError(*faults)
        kept = tuple(name for name in self.show if name not in hide)
        hidden = tuple(name for name in self.hide if name not in show)
        return replace(
            self, detail=detail or self.detail, show=(*kept, *show), hide=(*hidden, *hide)
        )


AUTO = Page()
"""What the page shows where nothing else is asked for."""


def page(given: Mapping[str, Any] | None) -> Page:
    """The options of a checked table, or of none."""
    own = defaults(PAGE) | dict(given or {})
    own |= {name: tuple(own[name] or ()) for name in ("show", "hide")}
    return Page(**own)


def check_page(given: Mapping[str, Any] | None, found: Findings) -> None:
    """Add to ``found`` the parts that a table ``[page]`` both shows and hides."""
    own = given or {}
    mixed = mixed_fault(
        own.get("view") or "auto", own.get("detail") or "slides", own.get("show") or ()
    )
    if mixed:
        found.append((("page", "view"), False, mixed))
    for index, name in enumerate(own.get("hide") or ()):
        if name in (own.get("show") or ()):
            found.append((("page", "hide", index), False, _both(name)))


def mixed_fault(view: str, detail: str, show: Sequence[str]) -> str:
    """Why a view without single numbers can have no other detail, or "" where nothing is wrong."""
    if view not in ("matrix", "function") or (detail == "slides" and not show):
        return ""
    asked = f"detail {detail}" if detail != "slides" else f"the part {show[0]}"
    return f"{view} has a page of its own; {asked} goes with the views auto, paths and deltas"


def _both(name: str) -> str:
    return f"{name} is to be shown and hidden; it can be only one of them"


def _not_there(name: str) -> str:
    return (
        f"{name} is not on this page, so it can't be left out; detail full has every part, and "
        "show adds single ones"
    )


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


def check_graph_page(
    given: Mapping[str, Any] | None, found: Findings, *, is_worked: bool = True
) -> None:
    """Add to ``found`` what a table ``[page]`` asks for that a graph does not have.

    ``is_worked``: its gradients are worked out, not given.
    """
    own = given or {}
    view = own.get("view") or "auto"
    if view != "auto":
        found.append((("page", "view"), False, graph_view_fault(view)))
    if own.get("views"):
        found.append((("page", "views"), True, NO_VIEWS))
    for index, name in enumerate(own.get("show") or ()):
        if fault := graph_part_fault(name, is_worked=is_worked):
            found.append((("page", "show", index), False, fault))
    check_page(given, found)


NO_VIEWS = "views are of the gradients of networks; a graph has only one"


def graph_view_fault(view: str) -> str:
    """What is wrong with a network's view of a graph."""
    return f"{view} is a view of networks; a graph has only one"


def graph_part_fault(name: str, *, is_worked: bool) -> str:
    """What is wrong with a part that is asked for of a graph, or "" where nothing is.

    Where the gradients are not worked out but given there are few parts.
    """
    if not PARTS.get(name, ("", name))[1]:
        return f"{name} is a part of networks; each derivative of a graph is named as it is"
    if is_worked or name in _OF_GIVEN_GRADIENTS or name not in PARTS:
        return ""
    *first, last = _OF_GIVEN_GRADIENTS
    parts = f"{', '.join(first)} and {last}"
    return f"{name} is of gradients that are worked out; with given ones there are {parts}"


_OF_GIVEN_GRADIENTS = ("givens", "updates", "plots")
