"""The loss over the steps, and where there is one step, the loss along its way."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

from tracer import ids
from tracer.blocks import Inline, Text
from tracer.drawing import Circle, Curve, Group, Label
from tracer.errors import count
from tracer.formula import Num, Var
from tracer.plots import running
from tracer.plots.axes import BELOW, LINE, Axes, beside, drawing
from tracer.plots.contours import straightened
from tracer.plots.plot import Numbers, Plot
from tracer.plots.scale import Scale, linear, logarithmic
from tracer.plots.words import changed, steps_in_words
from tracer.solved import Worked
from tracer.solved_graph import SolvedGraph

WIDTH, HEIGHT = 270.0, 130.0
# a loss that falls by more than this is drawn on a logarithmic scale
_MANY_TIMES = 50
# up to so many steps each has a dot
_MOST_DOTS = 30
# the way of a step goes on so far beyond it, in steps, and is drawn through so many points
_BEYOND, _POINTS = 2.5, 100
# and of a problem in which a pass takes more than this, through fewer
_MUCH_WORK, _FEW_POINTS = 10_000, 30


def over_steps(s: Worked, numbers: Numbers) -> Plot | None:
    """The loss after every step; None where a step has no value."""
    found = running.losses(s)
    if not all(map(math.isfinite, found.values())):
        return None
    points = running.thinned(found)
    values = points.values()
    scale = logarithmic if min(values) * _MANY_TIMES < max(values) and min(values) > 0 else linear
    top = LINE + 4
    y = scale([*values, *([0.0] if scale is linear and min(values) > 0 else [])], top + HEIGHT, top)
    left = beside(y.ticks)
    last = max(found)
    x = linear((0.0, float(last)), left, left + WIDTH, most=6)
    x = Scale(
        0.0,
        float(last),
        x.start,
        x.end,
        tuple(t for t in x.ticks if t <= last and t.denominator == 1),
    )
    axes = Axes(x, y, "step", Var(s.trace.graph.output))
    line = tuple(axes.at(float(n), value) for n, value in points.items())
    groups = [axes.frame(), Group("curve", (Curve(straightened(line, 0.05)),))]
    if last <= _MOST_DOTS:
        groups.append(Group("curve", tuple(Circle(px, py, 2.0) for px, py in line)))
    if numbers.last in points:
        after = axes.at(float(numbers.last), points[numbers.last])
        first = found[min(n for n in found if n)]
        rises = first > found[0], found[numbers.last] > found[0]
        groups += _dots(numbers, axes.at(0.0, found[0]), after, rises)
    name = loss_word(s)
    title = f"{name} over {count(last, 'step')}"
    words = f"{falls(s, numbers)}."
    least = min(found, key=lambda n: found[n])
    if least not in (0, last) and found[least] < 0.99 * min(found[0], found[last]):
        words += f" It is smallest after step {least}."
    return Plot(
        drawing(left + WIDTH + 56, top + HEIGHT + BELOW, groups, title, words),
        _words_over_steps(s, scale is logarithmic, last),
    )


def along_step(s: Worked, numbers: Numbers) -> Plot | None:
    """The loss on the straight line that the only step takes, and beyond it."""
    loss = running.along_step(s, 0)
    points = _POINTS if s.problem.work <= _MUCH_WORK else _FEW_POINTS
    parts = [_BEYOND * n / points for n in range(points + 1)]
    found = {part: loss(part) for part in (*parts, 1.0)}
    known = {part: value for part, value in sorted(found.items()) if math.isfinite(value)}
    if 0.0 not in known or 1.0 not in known:
        return None
    # what lies beyond the step may grow out of all proportion: the picture ends there
    most = max(known[0.0], known[1.0])
    room = most + 1.5 * (abs(known[0.0] - known[1.0]) or abs(most) or 1.0)
    shown: dict[float, float] = {}
    for part, value in known.items():
        if part > 1 and value > room:
            break
        shown[part] = value
    rate = _rate(s)
    top = LINE + 4
    y = linear(shown.values(), top + HEIGHT, top)
    left = beside(y.ticks)
    unit = rate or 1.0
    axes = Axes(
        linear((0.0, max(shown) * unit), left, left + WIDTH, most=6, margin=1e-6),
        y,
        Var(ids.LEARNING_RATE) if rate else "part of the step",
        Var(s.trace.graph.output),
    )
    line = straightened([axes.at(part * unit, value) for part, value in shown.items()], 0.1)
    start, end = axes.at(0.0, known[0.0]), axes.at(unit, known[1.0])
    groups = [
        axes.frame(),
        Group("curve", (Curve(line),)),
        *_dots(numbers, start, end, _rises(shown)),
    ]
    title = f"{loss_word(s)} along the step"
    words = f"{falls(s, numbers)}; the curve goes on beyond the step."
    return Plot(
        drawing(left + WIDTH + 56, top + HEIGHT + BELOW, groups, title, words),
        _words_along_step(s, rate is not None),
    )


def loss_word(s: Worked) -> str:
    """The loss in words; a graph's output by its name."""
    return s.problem.output if isinstance(s, SolvedGraph) else s.symbols.loss_word


def falls(s: Worked, numbers: Numbers) -> str:
    """``MSE falls from 1.65 to 0.85 in one step``."""
    output = s.trace.graph.output
    change = changed(s, numbers.before(output), numbers.after(output))
    return f"{loss_word(s)} {change} in {steps_in_words(numbers.last)}"


def _dots(
    numbers: Numbers,
    before: tuple[float, float],
    after: tuple[float, float],
    rises: tuple[bool, bool],
) -> Iterator[Group]:
    """The two values that the page prints, as dots with their numbers.

    A number stands to the right, above the curve where it falls from there and below where it
    ``rises``.
    """
    trace = numbers.solved.trace
    names = (trace.graph.output, trace.at_step(trace.graph.output, numbers.last))
    for name, (x, y), is_below in zip(names, (before, after), rises, strict=True):
        number = numbers.values[name].number
        label = Label(x + 4, y + (9 if is_below else -8), Num(number), "start", 0.8)
        yield Group("note", (label,))
        yield Group("sample", (Circle(x, y, 2.6),), name, f"{number.text}")


def _rises(way: Mapping[float, float]) -> tuple[bool, bool]:
    """Whether the loss rises where a step begins, and where it ends."""
    parts = sorted(way)
    (first, second), end = parts[:2], parts.index(1.0)
    return way[second] > way[first], end + 1 < len(parts) and way[parts[end + 1]] > way[1.0]


def _rate(s: Worked) -> float | None:
    """The learning rate of the only step, where the way is that of plain gradient descent."""
    if s.problem.optimizer.kind != "gradient_descent":
        return None
    return float(s.problem.learning_rates[0]) or None


def _words_over_steps(s: Worked, is_logarithmic: bool, last: int) -> Text:
    over = " over all samples, of which each step takes a batch," if s.is_batched else ""
    words: list[Inline] = [Var(s.trace.graph.output), f"{over} after each of {count(last, 'step')}"]
    if is_logarithmic:
        words.append(", on a logarithmic scale")
    return (*words, ".")


def _words_along_step(s: Worked, is_plain: bool) -> Text:
    output, rate = Var(s.trace.graph.output), Var(ids.LEARNING_RATE)
    if is_plain:
        return (
            output,
            " after a step with a smaller or larger learning rate ",
            rate,
            "; the dots are before the step and after it.",
        )
    return (output, " on the way of the step and beyond it; the dots are before and after it.")
