"""Before and after the steps, in tables of the same shape: for formats that have room for both."""

from __future__ import annotations

from dataclasses import dataclass

from tracer.blocks import Table, Text
from tracer.formula import Equation, Part, Var
from tracer.outline.full.updates import parameters
from tracer.outline.model import outputs_table
from tracer.solved import Solved, Worked
from tracer.solved_graph import SolvedGraph

# longer tables stand on the page already, and side by side nobody compares them
_MOST_ROWS = 40


@dataclass(frozen=True, slots=True)
class Side:
    """The values at one time: a title, the loss or output as text, and tables."""

    title: str
    result: Text
    tables: tuple[Table, ...]


def sides(s: Worked) -> tuple[Side, ...]:
    """Before and after; nothing where no step is taken, or its values are not on the page."""
    last = s.trace.steps
    names = parameters(s) if last and isinstance(s, Solved | SolvedGraph) else []
    output = s.trace.graph.output
    shown = frozenset(s.stated)
    if not names or any(
        s.trace.at_step(n, step) not in shown for n in (*names, output) for step in (0, last)
    ):
        return ()
    after = "After the Step" if last == 1 else f"After {last:,} Steps"
    titles = (0, "Before"), (last, after)
    return tuple(Side(title, _result(s, step), _tables(s, names, step)) for step, title in titles)


def _result(s: Worked, step: int) -> Text:
    value = s.num(s.trace.graph.output, step)
    relation = "=" if value.number.is_exact else "≈"
    return (Equation(Var(s.trace.graph.output), (Part(relation, value),)),)


def _tables(s: Worked, names: list[str], step: int) -> tuple[Table, ...]:
    found = [Table((("parameter",), ("value",)), tuple((Var(n), s.num(n, step)) for n in names), 1)]
    if isinstance(s, Solved) and len(s.problem.data) <= _MOST_ROWS:
        found.append(outputs_table(s, step))
    return tuple(found)
