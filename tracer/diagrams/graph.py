"""A computational graph in columns, from what is given to the output."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from tracer import ids
from tracer.chain import Factor
from tracer.derivation.steps import written
from tracer.diagrams import words
from tracer.diagrams.canvas import Canvas, along, beside, on_line
from tracer.diagrams.layers import bends, columns, places, rows
from tracer.diagrams.ways import upward
from tracer.drawing import Circle, Curve, Drawing, Group, Label, Line
from tracer.formula import Var
from tracer.outline.marks import marks
from tracer.solved_graph import SolvedGraph

# a graph that takes more columns, or rows, has no picture
MOST_COLUMNS, MOST_ROWS = 9, 8
_WIDEST, _NARROWEST = 452.0, 56.0
_SYMBOL, _RULE, _NUMBER, _FACTOR = 1.1, 0.9, 0.9, 1.15
_LARGEST = 22.0
_MIDDLE = (0.5, 0.4, 0.6, 0.3, 0.7, 0.2, 0.8)


@dataclass(frozen=True)
class Layout:
    """The circles by their names, and the lines of each edge, the last of which ends at a node."""

    circles: dict[str, Circle]
    lines: dict[tuple[str, str], tuple[Line, ...]]
    across: float


def layout(s: SolvedGraph, canvas: Canvas, down: float) -> Layout | None:
    """Where everything is, or None where it would be too large."""
    given = [name for name in s.problem.given if s.readers(name)]
    steps = [own.id for own in s.problem.definitions]
    names = [name for name in (*given, *steps) if s.readers(name) or name == s.problem.output]
    if len(names) < 2:
        return None
    above = {name: s.readers(name) for name in names}
    column = columns(above, names)
    edges = [(name, reader) for name in names for reader in above[name]]
    last = max(column.values())
    # before anything is placed: to place what is too large takes long
    if last >= MOST_COLUMNS or max(rows(column, edges).values()) > MOST_ROWS:
        return None
    place = places(column, edges, 1.0)
    radius = max(12.0, *(canvas.width(Label(0, 0, Var(n), size=_SYMBOL)) / 2 + 2 for n in names))
    across = (_WIDEST - 2 * radius) / last
    if across < _NARROWEST + 2 * (radius - 12) or radius > _LARGEST:
        return None
    across = min(across, 100.0)
    down += 2 * radius
    at = {name: (number * across, down * height) for name, (number, height) in place.items()}
    circles = {name: Circle(*at[name], radius) for name in names}
    lines: dict[tuple[str, str], tuple[Line, ...]] = {}
    for edge in edges:
        start, *middle, end = (
            circles.get(name) or Circle(*at[name], 0.0)
            for name in (edge[0], *bends(edge, column), edge[1])
        )
        chain = [start, *middle, end]
        lines[edge] = tuple(along(a, b) for a, b in pairwise(chain))
    return Layout(circles, lines, across)


def overview(s: SolvedGraph) -> Drawing | None:
    """The graph, with the rule of each step, or with values and gradients at its nodes."""
    canvas = Canvas(s.symbols)
    has_values = s.shows("values")
    place = layout(s, canvas, 30.0 if has_values else 22.0)
    if place is None:
        return None
    _nodes(s, canvas, place, frozenset())
    for (start, end), lines in place.lines.items():
        canvas.lines.append(_edge(s, start, end, lines, on=False, mark=None))
    for name, circle in place.circles.items():
        if has_values:
            _values(s, canvas, name, circle)
        elif name in s.formulas:
            label = Label(0, 0, written(s.formulas[name], Var), size=_RULE, plate=True)
            if canvas.width(label) <= place.across:
                spots = beside(circle, label, canvas.bounds(label))
                canvas.label(Group("note", (), name), spots[:2])
    return canvas.drawing("The graph", words.graph(s, tuple(place.circles)))


def _values(s: SolvedGraph, canvas: Canvas, name: str, circle: Circle) -> None:
    """The value above a node, the gradient of the output by it below."""
    slope = ids.partial(s.problem.output, name)
    value = Label(0, 0, s.num(name, 0), size=_NUMBER, plate=True)
    _, above, *_ = beside(circle, value, canvas.bounds(value))
    canvas.label(Group("value", (), name), [above])
    if slope in s.values:
        label = Label(0, 0, s.num(slope, 0), size=_NUMBER, plate=True)
        below, *_ = beside(circle, label, canvas.bounds(label))
        canvas.label(Group("slope", (), slope), [below])


def path(s: SolvedGraph, name: str) -> Drawing | None:
    """The ways from a quantity to the output, with the local derivative on each edge."""
    canvas = Canvas(s.symbols)
    place = layout(s, canvas, 22.0)
    if place is None or name not in place.circles or name == s.problem.output:
        return None
    factors = upward({n: s.readers(n) for n in place.circles}, name)
    of_all = marks(s)
    on = {side for factor in factors for side in (factor.of, factor.wrt)}
    _nodes(s, canvas, place, frozenset(on))
    wanted: list[tuple[Group, list[Label]]] = []
    quiet: list[Group] = []
    loud: list[Group] = []
    for (start, end), lines in place.lines.items():
        is_on = Factor(end, start) in factors
        mark = of_all.get((end, start)) if is_on else None
        (loud if is_on else quiet).append(_edge(s, start, end, lines, on=is_on, mark=mark))
        if is_on:
            label = Label(0, 0, s.local_name(end, start), size=_FACTOR)
            group = Group("factor", (), s.local_id(end, start), on=True, mark=mark)
            wanted.append((group, [p for line in lines for p in on_line(line, label, _MIDDLE)]))
    canvas.lines += [*quiet, *loud]
    for group, spots in wanted:
        canvas.label(group, spots)
    title = f"From {words.symbol(s, name)} to {words.symbol(s, s.problem.output)}"
    return canvas.drawing(title, words.path(s, name, factors, s.problem.output))


def _edge(
    s: SolvedGraph, start: str, end: str, lines: tuple[Line, ...], *, on: bool, mark: int | None
) -> Group:
    """The line from an operand to what is made of it, bent or straight, with an arrow head."""
    *first, last = lines
    shapes: list[Line | Curve] = [Line(last.x1, last.y1, last.x2, last.y2, arrow=True)]
    if first:
        points = [(line.x1, line.y1) for line in lines]
        shapes.insert(0, Curve(tuple(points)))
    title = f"{words.symbol(s, end)} reads {words.symbol(s, start)}"
    return Group("edge", tuple(shapes), s.local_id(end, start), title, on, mark)


def _nodes(s: SolvedGraph, canvas: Canvas, place: Layout, on: frozenset[str]) -> None:
    for name, circle in place.circles.items():
        symbol = Label(circle.x, circle.y, Var(name), size=_SYMBOL)
        is_given = name in s.problem.given
        title = words.node(s, name)
        role = "input" if is_given else "neuron"
        canvas.node(Group(role, (circle, symbol), name, title, name in on))  # type: ignore[arg-type]
