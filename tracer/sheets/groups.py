"""What is asked, parted as a sheet parts it: by kind of quantity and step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tracer import ids
from tracer.graph_problem import GraphProblem
from tracer.precision import kind_of
from tracer.solved import Worked

# of the kinds of quantities, as ``schema.QUANTITIES`` has them
_TITLES = {
    "pre_activations": "Pre-Activations",
    "outputs": "Outputs",
    "loss": "Loss",
    ids.BATCH_LOSS: "Batch",
    "local_derivatives": "Local Derivatives",
    "deltas": "Derivatives on the Way",
    "gradients": "Gradients",
    "weights": "Updated Parameters",
    "state": "Optimiser",
}
_TITLES_OF_GRAPH = {"outputs": "Steps", "weights": "Updated Values"}


@dataclass(frozen=True, slots=True)
class Group:
    """Quantities of a kind after so many updates, under a title."""

    title: str
    kind: str
    step: int
    names: tuple[str, ...]

    @property
    def has_samples(self) -> bool:
        """Whether they make a table with a row for each sample."""
        return all(ids.sample(name) is not None for name in self.names) and self.kind != "loss"


def groups(s: Worked, names: Sequence[str]) -> tuple[Group, ...]:
    """The groups of what is asked, in the order of the solution."""
    kind = kind_of(s.problem)
    found: dict[tuple[int, str], list[str]] = {}
    for name in names:
        step, base = ids.split_step(name)
        # written as the loss is, and must not stand beside it
        own = ids.BATCH_LOSS if base == ids.BATCH_LOSS else kind(name)
        found.setdefault((step, own), []).append(name)
    return tuple(
        Group(_title(s, own, step), own, step, tuple(members))
        for (step, own), members in found.items()
    )


def _title(s: Worked, kind: str, step: int) -> str:
    own = _TITLES_OF_GRAPH if isinstance(s.problem, GraphProblem) else {}
    title = own.get(kind) or _TITLES.get(kind, "Others")
    if kind in ("gradients", "deltas", "local_derivatives", ids.BATCH_LOSS):
        return f"{title} of Step {step + 1}" if s.problem.steps > 1 else title
    if not step or (s.problem.steps == 1 and kind in ("weights", "state")):
        return title
    after = "the Update" if s.problem.steps == 1 else f"Step {step}"
    return f"{title} after {after}"
