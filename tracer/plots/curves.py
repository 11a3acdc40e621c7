"""The network's output over one input: a curve before the steps and one after them."""

from __future__ import annotations

import math
from collections.abc import Iterator

from tracer import ids
from tracer.blocks import Text
from tracer.drawing import Circle, Curve, Drawing, Group, Label, Line
from tracer.formula import Var
from tracer.plots.axes import BELOW, LINE, Axes, beside
from tracer.plots.contours import straightened
from tracer.plots.plot import Numbers, Plot
from tracer.plots.samples import (
    MARGIN,
    MOST_OUTPUTS,
    MOST_SAMPLES,
    States,
    at_samples,
    output,
    samples,
    state_words,
)
from tracer.plots.scale import Scale, linear, round_numbers
from tracer.solved import Solved

_WIDTH, _HEIGHT, _POINTS = 270.0, 140.0, 240


def curves(s: Solved, numbers: Numbers, states: States) -> Iterator[Plot]:
    """A picture for each output, of the first few."""
    inputs = [float(sample.inputs[0]) for sample in s.problem.data]
    low, high = min(inputs), max(inputs)
    room = MARGIN * (high - low) or abs(high) / 2 or 1.0
    low, high = low - room, high + room
    across = [low + (high - low) * n / _POINTS for n in range(_POINTS + 1)]
    found = [[network((x,)) for x in across] for _, network in states]
    if not all(math.isfinite(value) for rows in found for row in rows for value in row):
        return
    for k in range(1, min(s.problem.sizes[-1], MOST_OUTPUTS) + 1):
        targets = [float(sample.targets[k - 1]) for sample in s.problem.data]
        values = [*targets, *(row[k - 1] for rows in found for row in rows)]
        top = 2 * LINE + 2
        y = linear(values, top + _HEIGHT, top)
        left = beside(y.ticks)
        x = Scale(low, high, left, left + _WIDTH, round_numbers(low, high, 7))
        axes = Axes(x, y, Var(ids.output(0, 1)), output(s, k))
        groups = [axes.frame()]
        legend: list[Group] = []
        at = left + 24
        for number, ((state, _), rows) in enumerate(zip(states, found, strict=True)):
            line = [axes.at(px, row[k - 1]) for px, row in zip(across, rows, strict=True)]
            style = 2 if number == 0 and len(states) > 1 else 1
            groups.append(Group("curve", (Curve(straightened(line, 0.05)),), mark=style))
            words = Label(at + 22, LINE / 2, state_words(s, state), "start", 0.85)
            legend.append(
                Group("curve", (Line(at, LINE / 2, at + 18, LINE / 2), words), mark=style)
            )
            at += 100
        legend.append(
            Group(
                "sample",
                (Circle(at, LINE / 2, 2.8), Label(at + 8, LINE / 2, "target", "start", 0.85)),
            )
        )
        pairs = list(zip(inputs, targets, strict=True))[:MOST_SAMPLES]
        for n, (px, target) in enumerate(pairs, start=1):
            groups.append(
                Group("sample", (Circle(*axes.at(px, target), 2.8),), title=f"sample {n}")
            )
        words_: Text = (
            output(s, k),
            " over the input ",
            Var(ids.output(0, 1)),
            f"; dots are the targets of {samples(s)}.",
        )
        alt = at_samples(s, numbers, k, [state for state, _ in states])
        yield Plot(
            Drawing(
                left + _WIDTH + 20,
                top + _HEIGHT + BELOW,
                (*groups, *legend),
                "The output over the input",
                alt,
            ),
            words_,
        )
