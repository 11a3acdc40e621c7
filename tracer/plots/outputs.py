"""The network's output over two inputs, as a plane; `curves` has that over one."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from tracer import ids
from tracer.drawing import Box, Curve, Drawing, Group, Label, Shape
from tracer.formula import Equation, Formula, Letter, Part, Var
from tracer.plots import running
from tracer.plots.axes import BELOW, LINE, SMALL, Axes, beside
from tracer.plots.contours import Area, Grid, bands, lines, regions
from tracer.plots.curves import curves
from tracer.plots.marks import MOST_SHAPES, mark, shades
from tracer.plots.plot import Numbers, Plot
from tracer.plots.samples import (
    MARGIN,
    MOST_OUTPUTS,
    MOST_SAMPLES,
    Network,
    States,
    at_samples,
    output,
    samples,
    state_words,
)
from tracer.plots.scale import Scale, linear, round_numbers, tick_label
from tracer.solved import Solved

SIDE = 132.0
# cells on a side, and of a network with more parameters than this
_CELLS, _FEW_CELLS, _MANY = 40, 16, 1_000
_BANDS = 10
# regions are paler than the marks in them
_PALE = 0.6
_BAR, _APART = 9.0, 26.0


@dataclass(frozen=True)
class _Kinds:
    """What targets there are, and how each is marked."""

    names: tuple[Formula | Equation | str, ...]
    shades: tuple[float, ...]
    of_sample: tuple[int, ...]

    @property
    def have_shapes(self) -> bool:
        """Whether there are few enough for each to have a shape of its own."""
        return len(self.names) <= MOST_SHAPES


def plots(s: Solved, numbers: Numbers) -> Iterator[Plot]:
    """A picture for each output, or one of the classes; none where there are no or more inputs."""
    before = running.network_at(s, 0)
    states = [(0, before)]
    if numbers.last:
        states.append((numbers.last, running.network_at(s, numbers.last)))
    if s.problem.sizes[0] == 2:
        yield from _planes(s, numbers, states)
    elif s.problem.sizes[0] == 1:
        yield from curves(s, numbers, states)


def is_of_classes(s: Solved) -> bool:
    """Whether the outputs are those of softmax and each target is 1 at one of them, 0 elsewhere."""
    rows = [sample.targets for sample in s.problem.data]
    is_coupled = s.problem.is_coupled(len(s.problem.layers))
    return is_coupled and all(sorted(row) == [*[0] * (len(row) - 1), 1] for row in rows)


def plane_range(s: Solved) -> tuple[tuple[float, float], tuple[float, float]]:
    """The part of the plane that is shown: all samples and some room, alike on both axes."""
    columns = [[float(sample.inputs[k]) for sample in s.problem.data] for k in (0, 1)]
    ranges = [(min(own), max(own)) for own in columns]
    widest = max(high - low for low, high in ranges)
    room = MARGIN * widest or max(abs(high) for _, high in ranges) / 2 or 1.0
    # an axis on which the samples hardly differ still has a width
    least = 0.5 * widest
    found = []
    for low, high in ranges:
        more = max(0.0, least - (high - low)) / 2
        found.append((low - room - more, high + room + more))
    return found[0], found[1]


def _planes(s: Solved, numbers: Numbers, states: States) -> Iterator[Plot]:
    (x_low, x_high), (y_low, y_high) = plane_range(s)
    cells = _CELLS if s.problem.parameters <= _MANY else _FEW_CELLS
    across = [x_low + (x_high - x_low) * n / cells for n in range(cells + 1)]
    up = [y_low + (y_high - y_low) * n / cells for n in range(cells + 1)]
    found = [[[network((x, y)) for y in up] for x in across] for _, network in states]
    if not all(math.isfinite(v) for grid in found for row in grid for at in row for v in at):
        return

    def grids(k: int) -> list[Grid]:
        return [[[at[k] for at in row] for row in grid] for grid in found]

    plane = _Plane(
        s, numbers, [state for state, _ in states], across, up, [own for _, own in states]
    )
    if is_of_classes(s):
        each = [grids(k) for k in range(s.problem.sizes[-1])]
        yield plane.classes([[own[n] for own in each] for n in range(len(states))])
        return
    for k in range(1, min(s.problem.sizes[-1], MOST_OUTPUTS) + 1):
        yield plane.output(k, grids(k - 1))


@dataclass(frozen=True)
class _Plane:
    """Pictures of the plane side by side, one for each of the ``states``."""

    s: Solved
    numbers: Numbers
    states: Sequence[int]
    across: Sequence[float]
    up: Sequence[float]
    networks: Sequence[Network]

    def output(self, k: int, grids: Sequence[Grid]) -> Plot:
        """One output in bands between round numbers."""
        s = self.s
        targets = [float(sample.targets[k - 1]) for sample in s.problem.data]
        values = [*targets, *(value for grid in grids for row in grid for value in row)]
        scale = linear(values, 0.0, 1.0, _BANDS + 1)
        levels = [float(tick) for tick in scale.ticks[1:-1]]
        kinds = _kinds_of_targets(s, k, scale)
        edge = sum(set(targets)) / 2 if len(set(targets)) == 2 else None

        def inside(picture: tuple[Grid, Network], axes: Axes) -> Iterator[Group]:
            grid, network = picture
            xs, ys = _places(axes, self.across, self.up)
            known = None
            if s.problem.forward_only:  # it jumps

                def known(px: float, py: float) -> float:
                    return network((axes.x.back(px), axes.y.back(py)))[k - 1]

            base = sum(level <= min(map(min, grid)) for level in levels)
            yield from _painted(axes, base, bands(grid, xs, ys, levels, known), _band_shades(scale))
            if edge is not None:
                found = lines(grid, xs, ys, edge, known)
                yield Group("curve", tuple(Curve(line) for line in found))

        name = output(s, k)
        words: list[Formula | Equation | str] = [name, " over the plane of the inputs"]
        words.append(f"; marks are {samples(s)} in the colours of their targets")
        if edge is not None and any(
            min(map(min, grid)) < edge < max(map(max, grid)) for grid in grids
        ):
            middle = sum({sample.targets[k - 1] for sample in s.problem.data}, Fraction(0)) / 2
            words += ["; on the line it is ", tick_label(middle)]
        title = f"Output {k}" if s.problem.sizes[-1] > 1 else "The output"
        return Plot(
            self._picture(
                list(zip(grids, self.networks, strict=True)),
                inside,
                kinds,
                scale,
                f"{title} over the plane",
                self._alt(k),
            ),
            (*words, "."),
        )

    def classes(self, grids: Sequence[Sequence[Grid]]) -> Plot:
        """Where each of the classes has the largest output."""
        s, count = self.s, self.s.problem.sizes[-1]
        colours = tuple(shades(count))
        of_sample = tuple(sample.targets.index(Fraction(1)) for sample in s.problem.data)
        names = tuple(f"class {k}" for k in range(1, count + 1))
        kinds = _Kinds(names, colours, of_sample)

        def inside(own: Sequence[Grid], axes: Axes) -> Iterator[Group]:
            xs, ys = _places(axes, self.across, self.up)
            first = [grid[0][0] for grid in own]
            base = first.index(max(first))
            pale = [_PALE * shade for shade in colours]
            yield from _painted(axes, base, regions(own, xs, ys), pale)

        right = [self._right(of_sample, state) for state in self.states]
        total = len(of_sample)
        words = f"{right[0]} of {total} samples lie in the region of their class"
        words += f" before, {right[-1]} after." if len(right) > 1 else "."
        return Plot(
            self._picture(grids, inside, kinds, None, "The largest output over the plane", words),
            (
                "The class with the largest output over the plane of the inputs; marks are "
                f"{samples(s)} in the shapes and colours of their classes.",
            ),
        )

    def _right(self, of_sample: Sequence[int], state: int) -> int:
        """How many samples' own class has the largest output, as printed."""
        s, count = self.s, 0
        last = len(s.problem.sizes) - 1
        for n, kind in enumerate(of_sample, start=1):
            names = [ids.at(ids.output(last, k), n) for k in range(1, s.problem.sizes[-1] + 1)]
            at = [self.numbers.values[s.trace.at_step(name, state)].number.value for name in names]
            count += at[kind] == max(at) and at.count(max(at)) == 1
        return count

    def _alt(self, k: int) -> str:
        """The printed outputs at the samples in words."""
        return at_samples(self.s, self.numbers, k, self.states)

    def _picture(
        self,
        pictures: Sequence[Any],
        inside: Callable[..., Iterator[Group]],
        kinds: _Kinds,
        scale: Scale | None,
        title: str,
        words: str,
    ) -> Drawing:
        s = self.s
        x_label, y_label = (Var(ids.output(0, k)) for k in (1, 2))
        top = 2 * LINE + 13
        start = beside(round_numbers(self.up[0], self.up[-1], 6))
        groups: list[Group] = []
        for state, picture in zip(self.states, pictures, strict=True):
            x = Scale(
                self.across[0],
                self.across[-1],
                start,
                start + SIDE,
                round_numbers(self.across[0], self.across[-1], 6),
            )
            y = Scale(
                self.up[0], self.up[-1], top + SIDE, top, round_numbers(self.up[0], self.up[-1], 6)
            )
            axes = Axes(x, y, x_label, y_label)
            groups += inside(picture, axes)
            groups.append(axes.frame(closed=True))
            middle = start + SIDE / 2
            groups.append(Group("note", (Label(middle, top - 9, state_words(s, state), size=0.9),)))
            groups += _marks(s, axes, kinds)
            start += SIDE + _APART + beside(y.ticks) - 12
        start -= beside(round_numbers(self.up[0], self.up[-1], 6)) - 2
        if scale is not None:
            groups += _bar(scale, start, top)
            start += _BAR + beside(scale.ticks)
        groups.append(_legend(kinds, 8.0, LINE / 2))
        return Drawing(start, top + SIDE + BELOW, tuple(groups), title, words)


def _places(
    axes: Axes, across: Sequence[float], up: Sequence[float]
) -> tuple[list[float], list[float]]:
    return [axes.x.at(x) for x in across], [axes.y.at(y) for y in up]


def _band_shades(scale: Scale) -> list[float]:
    """The shades of the bands between a scale's ticks, from the lowest to the highest."""
    count = len(scale.ticks) - 1
    return [_PALE * (2 * (n + 0.5) / count - 1) for n in range(count)]


def _painted(
    axes: Axes, base: int, areas: Sequence[Area], shade: Sequence[float]
) -> Iterator[Group]:
    size = axes.right - axes.left, axes.bottom - axes.top
    shapes: list[Shape] = [Box(axes.left, axes.top, *size, shade[base])]
    shapes += (Curve(area.points, True, shade[area.band]) for area in areas)
    yield Group("area", tuple(shapes))


def _bar(scale: Scale, x: float, top: float) -> Iterator[Group]:
    """The colours of the bands and the numbers between them."""
    own = Scale(scale.low, scale.high, top + SIDE, top, scale.ticks)
    colours = _band_shades(scale)
    places = [own.at(float(tick)) for tick in scale.ticks]
    boxes = (
        Box(x, high, _BAR, low - high, shade)
        for low, high, shade in zip(places, places[1:], colours, strict=False)
    )
    yield Group("area", tuple(boxes))
    shapes: list[Shape] = [Box(x, top, _BAR, SIDE)]
    for tick, at in zip(scale.ticks, places, strict=True):
        shapes.append(Label(x + _BAR + 4, at, tick_label(tick), "start", SMALL))
    yield Group("frame", tuple(shapes))


# Samples


def _kinds_of_targets(s: Solved, k: int, scale: Scale) -> _Kinds:
    """The targets of an output, each in its colour on the scale, those of few kinds in shapes."""
    targets = [sample.targets[k - 1] for sample in s.problem.data]
    known = sorted(set(targets))
    symbol = Letter(s.symbols.glyph(ids.target(k)))
    names = tuple(Equation(symbol, (Part("=", tick_label(target)),)) for target in known)
    low, size = scale.low, scale.high - scale.low
    colours = tuple(2 * (float(target) - low) / size - 1 for target in known)
    return _Kinds(names, colours, tuple(known.index(target) for target in targets))


def _marks(s: Solved, axes: Axes, kinds: _Kinds) -> Iterator[Group]:
    marked = zip(s.problem.data[:MOST_SAMPLES], kinds.of_sample, strict=False)
    for n, (sample, kind) in enumerate(marked, start=1):
        at = axes.at(*map(float, sample.inputs))
        shape = mark(at, kind if kinds.have_shapes else 0, kinds.shades[kind])
        yield Group("sample", (shape,), title=f"sample {n}")


def _legend(kinds: _Kinds, x: float, y: float) -> Group:
    """What the marks stand for, in a row; nothing where there are too many to tell apart."""
    shapes: list[Shape] = []
    for kind in sorted(set(kinds.of_sample)) if kinds.have_shapes else ():
        shapes.append(mark((x, y), kind, kinds.shades[kind]))
        shapes.append(Label(x + 7, y, kinds.names[kind], "start", 0.85))
        x += 62.0
    return Group("sample", tuple(shapes))
