"""Where in a trace a rule may have been taken wrongly: kinds of quantities, and neighbours."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from tracer import ids
from tracer.graph import Quantity
from tracer.graph_problem import GraphProblem
from tracer.problem import AnyProblem, Problem
from tracer.trace import Trace

GIVEN = "given"
PRE, OUTPUT = "pre-activation", "output"
PART, SAMPLE_LOSS, LOSS, PENALTY = "part", "sample loss", "loss", "penalty"
LOSS_SLOPE, DELTA, BACK = "loss slope", "delta", "back"
SLOPE, THROUGH, LOCAL = "slope", "through", "local"
GRADIENT, PENALTY_SLOPE = "gradient", "penalty slope"
UPDATE, STATE = "update", "state"
# of graphs
STEP, ADJOINT = "step", "adjoint"

_INDICES = re.compile(r"\[[^\]]*\]")


def family(base: str) -> str:
    """An id without its indices and its sample: what is alike has the same."""
    return _INDICES.sub("[]", ids.base(base))


@dataclass(frozen=True, slots=True)
class Place:
    """A quantity: its id, the step it belongs to, its id without step, and what it is.

    ``of`` and ``wrt`` are what it is the derivative of and by, without sample; ``of`` alone is the
    quantity itself.
    """

    id: str
    step: int
    base: str
    kind: str
    of: str = ""
    wrt: str = ""
    sample: int | None = None
    layer: int = 0
    j: int = 0
    k: int = 0

    def likeness(self, level: int) -> str:
        """What it has in common with others: 0 all but the sample, 1 its layer, 2 its kind."""
        if level == 0:
            return f"{self.step}/{ids.base(self.base)}"
        if level == 1 or self.kind in (STEP, ADJOINT):
            return f"{self.step}/{family(self.base)}"
        return f"{self.kind} {self.wrt[:1]}" if self.kind == GRADIENT else self.kind


class Places:
    """The quantities of one problem as places, each looked at once."""

    def __init__(self, trace: Trace, problem: AnyProblem) -> None:
        self.trace = trace
        self.problem = problem
        self.is_graph = isinstance(problem, GraphProblem)
        self._rules: dict[str, Quantity] = {}
        self._places: dict[str, Place] = {}
        self._alike: dict[tuple[str, int], list[str]] = {}
        self._derivatives = self._of_graph() if self.is_graph else {}

    @property
    def network(self) -> Problem:
        """The problem, where it is a network."""
        assert isinstance(self.problem, Problem)
        return self.problem

    def rule(self, name: str) -> Quantity:
        """The rule of a quantity. Raises KeyError where there is none."""
        found = self._rules.get(name)
        if found is None:
            found = self._rules[name] = self.trace.rule(name)
        return found

    def known(self, base: str, step: int) -> str | None:
        """The id of ``base`` at a step, or None where the trace has no such quantity."""
        name = self.trace.at_step(base, step)
        try:
            self.rule(name)
        except KeyError:
            return None
        return name

    def alike(self, name: str, most: int = 12) -> list[str]:
        """The quantities of the same name with other indices, the nearest first."""
        found = self._alike.get((name, most))
        if found is None:
            found = self._alike[name, most] = self._found_alike(name, most)
        return found

    def _found_alike(self, name: str, most: int) -> list[str]:
        step, base = ids.split_step(name)
        members = self._families.get(family(base), [])
        at = members.index(base) if base in members else 0
        order = sorted((n for n in range(len(members)) if n != at), key=lambda n: abs(n - at))
        names = (self.known(members[n], step) for n in order[:most])
        return [other for other in names if other is not None and other != name]

    @cached_property
    def _families(self) -> Mapping[str, list[str]]:
        found: dict[str, list[str]] = {}
        for name in self.trace.index:
            base = ids.split_step(name)[1]
            members = found.setdefault(family(base), [])
            if not members or base not in (members[-1], members[0]):
                members.append(base)
        return {key: list(dict.fromkeys(names)) for key, names in found.items()}

    def place(self, name: str) -> Place:
        """A quantity as a place."""
        found = self._places.get(name)
        if found is None:
            found = self._places[name] = self._place(name)
        return found

    def _place(self, name: str) -> Place:
        step, base = ids.split_step(name)
        if not self.rule(name).terms:
            return Place(name, step, base, GIVEN, of=base)
        if step and self._is_made(base):
            return self._updated(name, step, base)
        if self.is_graph:
            of, wrt, kind = self._derivatives.get(base, (base, "", STEP))
            return Place(name, step, base, kind, of, wrt)
        found = ids.parse(base)
        assert found is not None, name
        kind = self._kind(found)
        own = found.of if found.wrt is None else found.wrt
        of, wrt = str(found.of), "" if found.wrt is None else str(found.wrt)
        return Place(name, step, base, kind, of, wrt, found.sample, own.layer, own.j, own.k)

    def _is_made(self, base: str) -> bool:
        own = self.trace.index.get(base)
        return self.trace.is_update(base) and (own is None or not own.terms)

    def _updated(self, name: str, step: int, base: str) -> Place:
        kept = "." in base or base.endswith(ids.POWER)
        kind = STATE if kept else UPDATE
        parameter = base.rpartition(".")[2]
        found = None if self.is_graph else ids.parse(parameter)
        if found is None:
            return Place(name, step, base, kind, of=parameter)
        return Place(
            name, step, base, kind, parameter, "", None, found.of.layer, found.of.j, found.of.k
        )

    def _kind(self, found: ids.Id) -> str:
        last = len(self.network.layers)
        if found.wrt is None:
            kinds = {"p": PRE, "l": OUTPUT, ids.PENALTY: PENALTY, ids.BATCH_LOSS: LOSS}
            if found.of.kind == ids.LOSS:
                return PART if found.of.j else SAMPLE_LOSS if found.sample else LOSS
            return kinds[found.of.kind]
        if found.of.kind == ids.PENALTY:
            return PENALTY_SLOPE
        if found.of.kind == ids.LOSS and found.sample is None:
            return GRADIENT
        if found.of.kind == ids.LOSS:
            if found.wrt.kind == "p":
                return DELTA
            return LOSS_SLOPE if found.wrt.layer == last else BACK
        if found.wrt.kind == "p":
            return SLOPE
        return THROUGH if found.wrt.kind == "l" else LOCAL

    def _of_graph(self) -> Mapping[str, tuple[str, str, str]]:
        graph = self.trace.graph
        found: dict[str, tuple[str, str, str]] = {}
        for quantity in graph.quantities:
            for used in quantity.uses:
                local = ids.partial(quantity.id, used)
                found[local] = found[f"{local}|direct"] = (quantity.id, used, LOCAL)
        for quantity in graph.quantities:
            name = ids.partial(graph.output, quantity.id)
            kind = GRADIENT if quantity.id in graph.parameters else ADJOINT
            found[name] = (graph.output, quantity.id, kind)
        return found
