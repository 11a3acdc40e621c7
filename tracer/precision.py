"""To how many digits each quantity of a problem is rounded, by what kind of quantity it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from tracer import ids, schema
from tracer.graph_problem import GraphProblem
from tracer.policy import Precision
from tracer.problem import AnyProblem

LEAST_FIGURES = 3
"""How many figures what an optimiser keeps has at least, if the problem does not say otherwise."""

_PLAIN = {
    "p": "pre_activations",
    "l": "outputs",
    "w": "weights",
    "b": "weights",
    "a": "weights",
    ids.LOSS: "loss",
    ids.BATCH_LOSS: "loss",
    ids.PENALTY: "loss",
}


def precisions(problem: AnyProblem) -> Callable[[str], Precision]:
    """The precision of each quantity by its id, whatever the step."""
    overall, own = problem.numbers.precision, dict(problem.numbers.own)
    if schema.OPTIMIZERS[problem.optimizer.kind].states and not overall.significant:
        # means of squares are small, and divided by: as 0.00001 they would be all but lost
        own.setdefault("state", replace(overall, at_least=LEAST_FIGURES))
    if not own:
        return lambda name: overall
    kind = kind_of(problem)
    return lambda name: own.get(kind(name), overall)


def kind_of(problem: AnyProblem) -> Callable[[str], str]:
    """Of which of ``schema.QUANTITIES`` each quantity of a problem is, by its id; "" for none."""
    return _kinds_of_graph(problem) if isinstance(problem, GraphProblem) else _kind


def _kind(name: str) -> str:
    """The kind of a network's quantity; "" where it has none, as constants."""
    found = ids.parse(name)
    if found is None:
        return ""
    if found.wrt is None:
        is_kept = "." in found.of.kind or found.of.kind.endswith(ids.POWER)
        return "state" if is_kept else _PLAIN.get(found.of.kind, "")
    if found.of.kind not in (ids.LOSS, ids.PENALTY):
        return "local_derivatives"
    return "gradients" if found.wrt.kind in "wba" else "deltas"


def _kinds_of_graph(problem: GraphProblem) -> Callable[[str], str]:
    kinds = {own.id: "outputs" for own in problem.definitions}
    kinds |= dict.fromkeys(problem.given, "weights")
    known = list(kinds)
    kinds |= {ids.partial(problem.output, name): "deltas" for name in known}
    kinds |= {ids.partial(problem.output, name): "gradients" for name in problem.wrt}
    kinds[ids.LEARNING_RATE] = ""

    def kind(name: str) -> str:
        base = ids.split_step(name)[1]
        if base.endswith(ids.POWER) or base.partition(".")[2] in kinds:
            return "state"
        return kinds.get(base, "local_derivatives")

    return kind
