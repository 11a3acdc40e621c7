"""What is asked of a solution: views, and parts of its page, checked against the problem."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from tracer import ids
from tracer.errors import Fault, InputError, did_you_mean
from tracer.graph_problem import GraphProblem
from tracer.page_options import MATRIX_FAULT, graph_part_fault
from tracer.page_symbols import with_symbols
from tracer.problem import AnyProblem, Problem
from tracer.reading import resolve
from tracer.schema import VIEWS
from tracer.trace import Trace


def is_in_symbols(name: str, own: Mapping[str, str]) -> bool:
    """Whether a derivation on a page of functions has no numbers: that of a gradient."""
    found = ids.parse(name)
    is_gradient = found and found.wrt and found.sample is None and found.of.kind == ids.LOSS
    return bool(is_gradient) and own.get(name, "function") == "function"


def with_layers(
    trace: Trace, asked: Sequence[str], view: str, own: Mapping[str, str]
) -> tuple[str, ...]:
    """What is asked for, and beside a gradient in matrix form those of its whole layer."""
    found = list(asked)
    for name in asked:
        parsed = ids.parse(name)
        if parsed is None or parsed.wrt is None or own.get(name, view) != "matrix":
            continue
        layer, kind = parsed.wrt.layer, parsed.wrt.kind
        found += [
            ids.later(ids.partial(ids.LOSS, parameter), parsed.step)
            for parameter in trace.graph.parameters
            if parameter[0] == kind and ids.layer_of(parameter) == layer
        ]
    return tuple(dict.fromkeys(found))


def check_view(view: str, known: Sequence[str], argument: str = "view") -> None:
    """Raises InputError where a view is none of the ``known``."""
    if view not in known:
        choices = ", ".join(known)
        raise InputError(
            Fault(
                argument,
                f"no view {view!r}; use one of {choices}{did_you_mean(view, known)}",
                argument=True,
            )
        )


def own_views(
    problem: Problem, trace: Trace, view: str, asked: Mapping[str, str]
) -> Mapping[str, str]:
    """The views of single gradients by their ids: the problem's, and over them those asked for."""
    for word in asked.values():
        check_view(word, VIEWS, "views")
    names = resolve(tuple(asked), trace.index, problem)
    gradients = {ids.partial(ids.LOSS, name) for name in trace.graph.parameters}
    for name in names:
        if name not in gradients:
            message = f"{name} is no gradient; those have views, such as {min(gradients)}"
            raise InputError(Fault("views", message, argument=True))
    if asked and view == "matrix":
        raise InputError(Fault("views", MATRIX_FAULT, argument=True))
    own = {} if view == "matrix" else problem.page.views
    return {**own, **dict(zip(names, asked.values(), strict=True))}


def with_page(
    problem: AnyProblem,
    only: str | Sequence[str],
    detail: str | None,
    show: str | Sequence[str],
    hide: str | Sequence[str],
) -> AnyProblem:
    """The problem with what its page is to show, and the symbols that this needs."""
    show, hide = ([names] if isinstance(names, str) else names for names in (show, hide))
    if only and (detail or show or hide):
        option = "detail" if detail else "show" if show else "hide"
        raise InputError(
            Fault(
                option,
                "is for the whole page; here only derivations are asked for",
                argument=True,
            )
        )
    if only:  # a derivation reads as on the slides, whatever the page around it
        return replace(problem, page=replace(problem.page, detail="slides", show=(), hide=()))
    chosen = problem.page.changed(detail, show, hide)
    if isinstance(problem, GraphProblem):
        for option, names in (("show", show), ("hide", hide)):
            for name in names:
                if fault := graph_part_fault(name, is_worked=not problem.slopes):
                    raise InputError(Fault(option, fault, argument=True))
        return replace(problem, page=chosen)
    return with_symbols(replace(problem, page=chosen))
