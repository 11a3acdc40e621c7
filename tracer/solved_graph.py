"""A computational graph with its trace and the values of all that is to be printed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

from flint import fmpq
from sympy import Symbol

from tracer import ids
from tracer.chain import direct
from tracer.circuit import function_of
from tracer.domains import call_exactly
from tracer.expressions import FUNCTIONS, Tree
from tracer.formula import Partial
from tracer.graph import Template, derivative
from tracer.graph_problem import GraphProblem
from tracer.graph_symbols import GraphSymbols, symbols_of
from tracer.recomputing import FunctionKey, Functions
from tracer.solved import Worked


@dataclass(frozen=True)
class SolvedGraph(Worked):
    """A computational graph, solved."""

    problem: GraphProblem

    @cached_property
    def symbols(self) -> GraphSymbols:
        """What printers must know to write the names of the graph."""
        return symbols_of(self.problem)

    @cached_property
    def functions(self) -> Functions:
        """The functions of formulas and their derivatives as a reader's calculator has them."""
        found: dict[FunctionKey, Callable[..., fmpq | None]] = {
            ("max", False, None): max,
            ("min", False, None): min,
        }
        x = Symbol("x", real=True)
        for name, count in FUNCTIONS.items():
            if count == 1:
                template = Template((x,), function_of(name, (x,)))
                found[name, False, None] = call_exactly(template)
                found[name, True, None] = call_exactly(derivative(template, 0))
        return found

    @cached_property
    def formulas(self) -> Mapping[str, Tree]:
        """The formula of every step, by its id."""
        return {own.id: own.formula for own in self.problem.definitions}

    def readers(self, name: str) -> tuple[str, ...]:
        """The steps that read ``name`` and that the output depends on, in order."""
        return self._readers.get(name, ())

    @cached_property
    def _readers(self) -> Mapping[str, tuple[str, ...]]:
        found: dict[str, list[str]] = {}
        reached = {self.problem.output}
        for own in reversed(self.problem.definitions):
            if own.id in reached:
                reached.update(self.trace.index[own.id].uses)
        for own in self.problem.definitions:
            # a step has a derivative too where it is asked for and the output does without it
            derived = ids.partial(self.problem.output, own.id) in self.trace.index
            for used in self.trace.index[own.id].uses if derived and own.id in reached else ():
                found.setdefault(used, []).append(own.id)
        return {name: tuple(readers) for name, readers in found.items()}

    @cached_property
    def path_counts(self) -> Mapping[str, int]:
        """For every quantity the number of paths that lead from it to the output."""
        found = {self.problem.output: 1}
        steps = [own.id for own in reversed(self.problem.definitions)]
        for name in (*steps, *self.problem.given):
            found.setdefault(name, sum(found[reader] for reader in self.readers(name)))
        return found

    def local_id(self, reader: str, name: str) -> str:
        """The id of the local derivative of ``reader`` by ``name``."""
        if reader != self.problem.output:
            return ids.partial(reader, name)
        own = direct(reader, name)
        return own if own in self.trace.index else ids.partial(reader, name)

    def local_name(self, reader: str, name: str) -> Partial:
        """``∂q/∂x``, the local derivative; ``∂⁺f/∂x`` where it is only a part of ``∂f/∂x``."""
        several = len(self.readers(name)) > 1
        return Partial(reader, name, several and reader == self.problem.output)

    @cached_property
    def locals(self) -> Mapping[str, tuple[str, str]]:
        """Every local derivative by its id: the step and what it is derived by."""
        return {
            self.local_id(reader, name): (reader, name)
            for name, readers in self._readers.items()
            for reader in readers
        }

    def derived(self, quantity: str) -> str | None:
        """What the output is derived by in a gradient's id; None for the id of anything else."""
        return self._derived.get(quantity)

    @cached_property
    def _derived(self) -> Mapping[str, str]:
        output = self.problem.output
        names = (q.id for q in self.trace.graph.quantities if q.id != output)
        pairs = ((ids.partial(output, name), name) for name in names)
        return {own: name for own, name in pairs if own in self.trace.index}
