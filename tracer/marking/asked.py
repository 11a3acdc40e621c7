"""What a problem asks for, when nothing else is said: the lines that a solution is made of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction

from tracer import ids
from tracer.graph_problem import GraphProblem
from tracer.precision import kind_of
from tracer.problem import AnyProblem
from tracer.trace import Trace

# a sample's own loss, that of one output, a penalty: on the way to the loss
_PARTS = (f"{ids.LOSS}(", f"{ids.LOSS}[", ids.PENALTY, f"d{ids.PENALTY}/")


def asked(problem: AnyProblem, trace: Trace) -> tuple[str, ...]:
    """The ids of the quantities that a submission is to give, in the order of the solution.

    Outputs, the loss, gradients and new parameters, and the outputs and the loss after the last
    printed step; or those that have points in the problem's ``[check.points]``.
    """
    return tuple(points_of(problem, answerable(problem, trace)))


def points_of(problem: AnyProblem, names: Iterable[str]) -> dict[str, Fraction]:
    """The points of those of ``names`` that are asked for.

    Those of a kind are for what a page asks by name: of losses the one over all samples.
    """
    points, kind = problem.check.points, kind_of(problem)
    is_graph = isinstance(problem, GraphProblem)
    shown = {0, *problem.printed_steps}
    found = {}
    for name in names:
        step, base = ids.split_step(name)
        own_kind = kind(name)
        is_part = not is_graph and base.startswith(_PARTS)
        # before a step of a long run that is printed on its own no page has the forward pass
        is_hidden = own_kind in ("outputs", "loss") and step not in shown
        own = points.of(name, "" if is_part or is_hidden else own_kind)
        if own:
            found[name] = own
    return found


def answerable(problem: AnyProblem, trace: Trace) -> tuple[str, ...]:
    """The ids of all that a printed step works out: what a submission can hold."""
    return tuple(dict.fromkeys(_worked_out(problem, trace)))


def _worked_out(problem: AnyProblem, trace: Trace) -> Iterator[str]:
    made = [q.id for q in trace.quantities if q.terms]
    forward = [q.id for q in trace.graph.quantities if q.terms]
    batch = list(trace.of_batch[0])
    if not problem.steps:
        yield from made
        return
    for step in problem.printed_steps:
        yield from (trace.at_step(name, step - 1) for name in (*made, *batch))
        yield from (ids.later(q.id, step - 1) for q in trace.updates)
        is_last = step == problem.steps or step + 1 not in problem.printed_steps
        if is_last:
            yield from (trace.at_step(name, step) for name in forward)


def parameters_of(problem: AnyProblem, trace: Trace) -> frozenset[str]:
    """What updates change, without step."""
    if isinstance(problem, GraphProblem):
        return frozenset(problem.wrt if problem.steps else ())
    return frozenset(trace.graph.parameters if problem.steps else ())
