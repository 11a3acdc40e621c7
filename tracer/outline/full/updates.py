"""The update as a table, for networks and graphs."""

from __future__ import annotations

from tracer import ids
from tracer.blocks import Cell, Table
from tracer.formula import Equation, Updated, Var
from tracer.outline.words import backwards
from tracer.solved import Solved, Worked
from tracer.solved_graph import SolvedGraph
from tracer.workings import change


def parameters(s: Worked) -> list[str]:
    """What an update changes, in the order of its gradients."""
    if isinstance(s, Solved):
        return backwards(s)
    assert isinstance(s, SolvedGraph)
    return list(s.problem.wrt)


def last_to_change(s: Worked, plain: bool) -> str:
    """That nothing has changed before, after the learning rate."""
    right = "each from its old value" if plain else "each by the lines below"
    return f". Only now do values change, {right}:"


def update_table(s: Worked, number: int) -> Table:
    """Old value, gradient, rate times gradient and new value in step ``number``."""
    output = s.trace.graph.output
    step = number - 1
    rate = Var(ids.LEARNING_RATE)
    head: tuple[Cell, ...] = ("", ("old",), ("gradient",), (rate, " · gradient"), ("new",))
    rows = []
    for name in parameters(s):
        gradient = ids.partial(output, name)
        rows.append(
            (
                Var(name),
                s.num(name, step),
                s.num(gradient, step),
                s.working(change(gradient), step),
                _new(s, name, number),
            )
        )
    return Table(head, tuple(rows), 1)


def _new(s: Worked, name: str, number: int) -> Cell:
    """The new value by its symbol where it has one of its own."""
    if isinstance(s, Solved) and s.symbols.notation.updated is not None:
        return Equation(Updated(name), s.parts((), name, number, newline=False))
    return s.num(name, number)
