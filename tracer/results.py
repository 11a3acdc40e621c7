"""Which quantities are lines of the solution, and which of them the loss takes logarithms of."""

from __future__ import annotations

from tracer import ids
from tracer.activations import row_of
from tracer.graph_problem import GraphProblem
from tracer.own_formula import OWN
from tracer.problem import AnyProblem, Problem
from tracer.schema import IRRATIONAL, IRRATIONAL_LOSSES, SHORTCUTS
from tracer.trace import Trace


def results_of(problem: AnyProblem, trace: Trace) -> frozenset[str]:
    """The quantities that are lines of the solution."""
    if isinstance(problem, GraphProblem):
        forward = [q.id for q in trace.graph.quantities if q.terms]
        gradients = [ids.partial(problem.output, q.id) for q in trace.graph.quantities]
        updates = (q.id for q in trace.updates if not q.id.endswith(ids.POWER))
        return frozenset((*forward, *gradients, *updates))
    return frozenset(name for name in trace.index if _is_result(problem, name))


def _is_result(problem: Problem, name: str) -> bool:
    """Whether a network's solution states a quantity.

    That is every pre-activation, output, delta, gradient and update, the loss, and what is printed
    as a rounded value: a local derivative that is too long to be written out, and the derivatives
    by the outputs of a hidden softmax layer. What is only a factor on the way (any other local
    derivative, a sample's own loss without parts, a power of a constant) is no line of its own.
    """
    found = ids.parse(name)
    if found is None or found.wrt is None:
        own_loss = name.startswith((f"{ids.LOSS}(", f"{ids.LOSS}["))
        return (problem.has_parts or not own_loss) and not name.endswith(ids.POWER)
    if found.of.kind == "l":
        activation = problem.layers[found.of.layer - 1].activation
        is_long = activation in IRRATIONAL or activation == OWN
        return is_long and row_of(activation).textbook is None
    if found.of.kind != ids.LOSS:
        return False
    if found.wrt.kind == "l":
        return found.wrt.layer < len(problem.layers) and problem.is_coupled(found.wrt.layer)
    return True


def logarithms(problem: AnyProblem) -> tuple[str, ...]:
    """What the ids of quantities begin with whose logarithm the loss takes."""
    if isinstance(problem, GraphProblem) or problem.loss.kind not in IRRATIONAL_LOSSES:
        return ()
    return (f"l{len(problem.layers)}[",)


def log_of_0(problem: AnyProblem) -> str:
    """Why a loss has no logarithm although its activation never gives 0 or 1: it was rounded."""
    if isinstance(problem, GraphProblem):
        return ""
    if (problem.loss.kind, problem.layers[-1].activation) not in SHORTCUTS:
        return ""
    way = "with shortcut = true the loss comes from the pre-activation"
    if problem.numbers.policy == "step":
        way = 'more digits, or the policy "display", keep it apart'
    return f"an output is rounded to 0 or 1, and its logarithm is wanted; {way}"
