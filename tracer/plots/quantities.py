"""The values of a graph's quantities, before and after the steps, and its gradients."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tracer import ids
from tracer.blocks import Inline
from tracer.drawing import Circle, Curve, Drawing, Group, Label, Line, Shape
from tracer.formula import Num, Var
from tracer.plots.axes import BELOW, LINE, Axes
from tracer.plots.plot import Numbers, Plot
from tracer.plots.scale import linear
from tracer.plots.words import text
from tracer.solved_graph import SolvedGraph

MOST = 20
_WIDTH, _ROW = 190.0, 15.0
_LETTER = 6.0


def plot(s: SolvedGraph, numbers: Numbers) -> Plot:
    """Each quantity's value as a dot, and beside it its gradient."""
    names = shown(s)
    slopes = [ids.partial(s.problem.output, name) for name in names]
    slopes = [name if name in numbers.values else "" for name in slopes]
    left = 8 + _LETTER * max(len(name) for name in names)
    panels = [("value", names, left)]
    if any(slopes):
        panels.append(
            ("gradient before" if numbers.last else "gradient", slopes, left + _WIDTH + 30)
        )
    top = 2 * LINE
    height = _ROW * len(names)
    groups: list[Group] = []
    right = 0.0
    for title, own, start in panels:
        groups += _panel(s, numbers, own, start, top, height)
        groups.append(Group("note", (Label(start + _WIDTH / 2 - 24, top - 9, title, size=0.9),)))
        right = start + _WIDTH
    rows = (
        Label(left - 8, top + _ROW * (n + 0.5), Var(name), "end", 0.9)
        for n, name in enumerate(names)
    )
    groups.append(Group("frame", tuple(rows)))
    alt = "; ".join(_said(s, numbers, name) for name in names)
    all_names = _all(s)
    left_out = len(all_names) - len(names)
    words_: list[Inline] = ["The value of each quantity"]
    words_ += (
        [
            " and the gradient of ",
            Var(s.problem.output),
            " by it" + " before the steps" * (numbers.last > 0),
        ]
        if any(slopes)
        else []
    )
    words_ += (
        ["; circles are the values before the steps, filled marks and numbers those after"]
        if numbers.last
        else []
    )
    words_ += [f"; {left_out} others are left out"] if left_out else []
    return Plot(
        Drawing(right, top + height + BELOW - 10, tuple(groups), "Values", f"{alt}."),
        (*words_, "."),
    )


def shown(s: SolvedGraph) -> list[str]:
    """The quantities that have a row: all, or of many the steps, or of these the last."""
    everything = _all(s)
    if len(everything) <= MOST:
        return everything
    steps = [own.id for own in s.problem.definitions]
    return steps[-MOST:] or everything[:MOST]


def _all(s: SolvedGraph) -> list[str]:
    return [*s.problem.given, *(own.id for own in s.problem.definitions)]


def _said(s: SolvedGraph, numbers: Numbers, name: str) -> str:
    before = numbers.before(name)
    after = numbers.after(name) if numbers.last else before
    if before.text == after.text:
        return f"{name} is {text(s, before)}"
    return f"{name} goes from {text(s, before)} to {text(s, after)}"


def _panel(
    s: SolvedGraph, numbers: Numbers, names: Sequence[str], left: float, top: float, height: float
) -> Iterator[Group]:
    """One row for each quantity; a row whose name is "" is empty."""
    room = 48.0
    before = {name: numbers.before(name) for name in names if name}
    has_after = numbers.last > 0 and not any("/d" in name for name in before)
    after = {name: numbers.after(name) for name in before} if has_after else before
    values = [float(own.value) for some in (before, after) for own in some.values()]
    x = linear((*values, 0.0), left, left + _WIDTH - room, 5)
    y = linear((0.0, 1.0), top + height, top)
    axes = Axes(x, y, "")
    zero = x.at(0.0)
    frame: list[Shape] = [*axes.frame_below(), Line(zero, top, zero, top + height)]
    yield Group("frame", tuple(frame))
    ways: list[Shape] = []
    circles: list[Shape] = []
    dots: list[Shape] = []
    labels: list[Shape] = []
    for n, name in enumerate(names):
        if not name:
            continue
        at = top + _ROW * (n + 0.5)
        start, end = (axes.x.at(float(own[name].value)) for own in (before, after))
        if not has_after:
            ways.append(Line(zero, at, end, at))
        else:
            circles.append(Circle(start, at, 2.6))
            ways += [Line(start, at, end, at)] if abs(end - start) > 6 else []
        dots.append(_dot(end, at))
        labels.append(Label(left + _WIDTH - room + 10, at, Num(after[name]), "start", 0.8))
    yield Group("curve", tuple(ways))
    yield Group("sample", tuple(circles))
    yield Group("curve", tuple(dots))
    yield Group("frame", tuple(labels))


def _dot(x: float, y: float) -> Curve:
    """A filled mark."""
    return Curve(((x - 3, y), (x, y - 3), (x + 3, y), (x, y + 3)), closed=True, shade=-1.0)
