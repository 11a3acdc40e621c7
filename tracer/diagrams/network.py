"""A network in columns: inputs, layers, the loss; the highest neuron first."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from tracer import ids
from tracer.chain import Factor
from tracer.diagrams import words
from tracer.diagrams.canvas import Canvas, along, beside, on_line
from tracer.diagrams.ways import upward
from tracer.drawing import Box, Circle, Drawing, Group, Label, Line
from tracer.formula import Args, Formula, Letter, Partial, Var
from tracer.outline.marks import marks
from tracer.solved import Solved

# a layer with more neurons is shortened; a network with more columns has no picture
MOST_ROWS, MOST_COLUMNS = 6, 9
_WIDEST, _NARROWEST = 452.0, 52.0
# sizes of labels, in parts of running text: on paper the smallest letters have 6 points
_SYMBOL, _WEIGHT, _FACTOR, _NUMBER = 1.1, 0.95, 1.15, 0.9
# of more lines between two columns it could not be seen which a label belongs to
_MOST_LABELS = 12
# how far rows are apart: a local derivative, a fraction, stands between two circles
_ROWS, _PATH_ROWS = 28.0, 36.0
# where on an edge its label may stand, the best first
_ON_EDGE = (0.33, 0.28, 0.4, 0.22, 0.47, 0.54, 0.17, 0.62, 0.7, 0.78, 0.84)
_MIDDLE = (0.5, 0.42, 0.58, 0.34, 0.66, 0.26, 0.74)


@dataclass(frozen=True)
class Layout:
    """Where the circles are; ``columns`` lists the (layer, kind) of each, inputs first.

    A layer whose outputs depend on all pre-activations has a column for these too.
    """

    columns: tuple[tuple[int, str], ...]
    circles: dict[str, Circle]
    dots: tuple[Circle, ...]
    loss: Circle


def columns_of(s: Solved) -> list[tuple[int, str]]:
    """The columns of circles: pre-activations have their own where outputs depend on them all."""
    found = [(0, "l")]
    for layer in range(1, s.last + 1):
        found += [(layer, "p")] if s.problem.is_coupled(layer) else []
        found.append((layer, "l"))
    return found


def is_drawn(s: Solved) -> bool:
    """Whether there is a picture that can be read."""
    return len(columns_of(s)) + 1 <= MOST_COLUMNS


def _name(kind: str, layer: int, j: int) -> str:
    return ids.pre(layer, j) if kind == "p" else ids.output(layer, j)


def _shown(count: int, needed: Collection[int]) -> list[int]:
    """The neurons of a layer that are drawn: of many the first, the last and those needed."""
    if count <= MOST_ROWS:
        return list(range(1, count + 1))
    found = {1, count, *sorted(needed)[: MOST_ROWS - 2]}
    for j in range(1, count + 1):
        if len(found) >= MOST_ROWS - 1:
            break
        found.add(j)
    return sorted(found)


def layout(s: Solved, canvas: Canvas, needed: Collection[str], *, is_small: bool) -> Layout:
    """Circles for all neurons, or of a large layer for some, the ``needed`` among them."""
    columns = columns_of(s)
    rows: dict[tuple[int, str], list[int]] = {}
    for layer, kind in columns:
        own = {j for j in range(1, s.problem.sizes[layer] + 1) if _name(kind, layer, j) in needed}
        rows[layer, kind] = _shown(s.problem.sizes[layer], own)
    names = [_name(kind, layer, j) for (layer, kind), row in rows.items() for j in row]
    radius = max(12.0, *(canvas.width(Label(0, 0, Var(n), size=_SYMBOL)) / 2 + 2 for n in names))
    width = canvas.width(Label(0, 0, Var(ids.LOSS), size=_SYMBOL)) / 2 + 4
    wider = max(0.0, width - radius)  # a long name of the loss takes room from the rest
    across = max((_WIDEST - 2 * radius - 2 * wider) / len(columns), _NARROWEST + 2 * (radius - 12))
    across = min(across, (94.0 if is_small else 98.0) + 2 * (radius - 12))
    down = 2 * radius + (_PATH_ROWS if is_small else _ROWS)
    circles: dict[str, Circle] = {}
    dots: list[Circle] = []
    for number, (layer, kind) in enumerate(columns):
        shown = rows[layer, kind]
        places = _rows(shown)
        heights = [(place - places[-1] / 2) * down for place in places]
        for j, y in zip(shown, heights, strict=True):
            circles[_name(kind, layer, j)] = Circle(number * across, y, radius)
        for (one, above), (other, below) in pairwise(zip(shown, heights, strict=True)):
            if other > one + 1:
                y = (above + below) / 2
                dots += [Circle(number * across, y + dy, 1.0) for dy in (-5.0, 0.0, 5.0)]
    loss = Circle(len(columns) * across + wider, 0.0, max(width, 12.0))
    return Layout(tuple(columns), circles, tuple(dots), loss)


def _rows(own: Sequence[int]) -> list[float]:
    """The rows of neurons, with room for dots where some are left out."""
    found = [0.0]
    for before, after in pairwise(own):
        found.append(found[-1] + (1.0 if after == before + 1 else 1.35))
    return found


def overview(s: Solved) -> Drawing | None:
    """The network with its parameters; None where it would be too wide to be read."""
    if not is_drawn(s):
        return None
    canvas = Canvas(s.symbols)
    place = layout(s, canvas, (), is_small=False)
    _nodes(s, canvas, place, frozenset())
    gaps: dict[int, list[tuple[Group, list[Label]]]] = {}
    for name, line in edges(s, place):
        canvas.lines.append(Group("edge", (line,), name, words.parameter(s, name)))
        label = Label(0, 0, Var(name), size=_WEIGHT)
        gaps.setdefault(ids.layer_of(name), []).append(
            (Group("edge", (), name), on_line(line, label, _ON_EDGE))
        )
    for name, line in _coupled(s, place):
        canvas.lines.append(Group("edge", (line,), name))
    _to_loss(s, canvas, place, {})
    for name, circle in _offsets(s, place):
        spots = _offset(s, canvas, name, circle, Label(0, 0, Var(name), size=_WEIGHT, plate=True))
        canvas.label(Group("bias", (), name), spots)
    if s.shows("values"):
        _values(s, canvas, place)
    for labels in gaps.values():
        if len(labels) <= _MOST_LABELS:
            canvas.tried(labels)
    return canvas.drawing("The network", words.network(s))


def path(s: Solved, name: str) -> Drawing | None:
    """The ways from a parameter to the loss, with a local derivative on each edge."""
    factors = upward(s.trace.readers, name)
    if not is_drawn(s) or not factors:
        return None
    of_all = marks(s)
    own = {factor: of_all.get((factor.of, factor.wrt)) for factor in factors}
    nodes = {side for factor in factors for side in (factor.of, factor.wrt)}
    # on the edges of what is shared: the neurons at both of its ends
    for place in s.problem.places(name):
        found = ids.parse(place)
        assert found is not None
        if found.of.k:
            nodes.add(ids.output(found.of.layer - 1, found.of.k))
    canvas = Canvas(s.symbols)
    layer_out = layout(s, canvas, _of_neurons(s, nodes), is_small=True)
    on = {n for factor in factors for n in (factor.of, factor.wrt)}
    _nodes(s, canvas, layer_out, frozenset(on))
    _Path(s, canvas, layer_out, name, own).draw()
    title = f"From {words.symbol(s, name)} to {words.symbol(s, ids.LOSS)}"
    return canvas.drawing(title, words.path(s, name, factors))


def _of_neurons(s: Solved, nodes: Collection[str]) -> frozenset[str]:
    """The neurons of some quantities, by the names of their circles."""
    found = set(nodes)
    for name in nodes:
        own = ids.parse(name)
        if own is not None and own.of.kind in ("p", "l"):
            found |= {ids.pre(own.of.layer, own.of.j), ids.output(own.of.layer, own.of.j)}
    return frozenset(found)


@dataclass(frozen=True)
class _Path:
    """The edges and labels of a path picture."""

    s: Solved
    canvas: Canvas
    place: Layout
    name: str
    marks: dict[Factor, int | None]

    def draw(self) -> None:
        """All edges, those on the path wide, then their labels from the loss back."""
        s, place = self.s, self.place
        by_id = {factor.id: (factor, mark) for factor, mark in self.marks.items()}
        wanted: list[tuple[Factor, int | None, list[Label]]] = []
        quiet, loud = [], []
        for name, line in edges(s, place):
            own = ids.parse(name)
            assert own is not None
            into = ids.pre(own.of.layer, own.of.j)
            held = s.problem.shared.get(name, name)
            below = ids.output(own.of.layer - 1, own.of.k)
            found = by_id.get(ids.partial(into, self.name if held == self.name else below))
            if found is None:
                quiet.append(Group("edge", (line,), name))
                continue
            loud.append(Group("edge", (line,), name, words.parameter(s, name), True, found[1]))
            wanted.append((*found, on_line(line, self._label(found[0]), _MIDDLE)))
        for name, line in _coupled(s, place):
            found = by_id.get(name)
            mark = found[1] if found else None
            group = Group("edge", (line,), name, "", found is not None, mark)
            (loud if found else quiet).append(group)
            if found:
                wanted.append((*found, on_line(line, self._label(found[0]), _MIDDLE)))
        self.canvas.lines += [*quiet, *loud]
        read = {f.wrt: mark for f, mark in self.marks.items() if f.of == ids.LOSS}
        own_penalty = ids.partial(ids.PENALTY, self.name)
        if own_penalty in s.trace.index:
            read[ids.PENALTY] = None
        lines = _to_loss(s, self.canvas, place, read)
        if own_penalty in s.trace.index:
            label = Label(0, 0, Partial(ids.PENALTY, self.name), size=_FACTOR)
            spots = [replace(label, x=place.loss.x + dx, y=54.0) for dx in (0.0, 20.0, -20.0)]
            self.canvas.label(Group("factor", (), own_penalty, on=True), spots)
        for factor, mark in self.marks.items():
            if factor.of == ids.LOSS and factor.wrt in lines:
                spots = on_line(lines[factor.wrt], self._label(factor), _MIDDLE)
                wanted.append((factor, mark, spots))
        for name, circle in _offsets(s, place):
            if s.problem.shared.get(name, name) == self.name:
                own = ids.parse(name)
                assert own is not None
                of = (ids.output if own.of.kind == "a" else ids.pre)(own.of.layer, own.of.j)
                factor, mark = by_id[ids.partial(of, self.name)]
                label = self._label(factor)
                spots = _offset(s, self.canvas, name, circle, label, mark)
                wanted.append((factor, mark, spots))
        for factor, mark in self.marks.items():
            if _is_inside(s, factor):
                inside = place.circles.get(factor.of)
                if inside is not None:
                    label = self._label(factor)
                    spots = beside(inside, label, self.canvas.bounds(label))
                    wanted.append((factor, mark, spots))
        self._labels(wanted)

    def _label(self, factor: Factor) -> Label:
        return Label(0, 0, Partial(factor.of, factor.wrt), size=_FACTOR, plate=True)

    def _labels(self, wanted: Sequence[tuple[Factor, int | None, list[Label]]]) -> None:
        """All factors of a column, or where they do not fit the first of them alone."""
        columns: dict[tuple[str, str, int], list[tuple[Group, list[Label]]]] = {}
        for factor, mark, spots in wanted:
            group = Group("factor", (), factor.id, on=True, mark=mark)
            own, below = ids.parse(factor.of), ids.parse(factor.wrt)
            assert own is not None
            assert below is not None
            key = (own.of.kind, below.of.kind, own.of.layer)
            columns.setdefault(key, []).append((group, spots))
        for labels in columns.values():
            self.canvas.tried(labels[:1])
        for labels in columns.values():
            self.canvas.tried(labels[1:])


def _is_inside(s: Solved, factor: Factor) -> bool:
    """Whether a factor is an activation's derivative, within one circle."""
    own, below = ids.parse(factor.of), ids.parse(factor.wrt)
    assert own is not None
    assert below is not None
    kinds = own.of.kind, below.of.kind
    return kinds == ("l", "p") and not s.problem.is_coupled(own.of.layer)


def _nodes(s: Solved, canvas: Canvas, place: Layout, on: Collection[str]) -> None:
    for name, circle in place.circles.items():
        own = ids.parse(name)
        assert own is not None
        role = "neuron" if own.of.layer else "input"
        inside = name if own.of.kind == "l" or name in place.circles else ids.output(*_unit(own))
        symbol = Label(circle.x, circle.y, Var(inside), size=_SYMBOL)
        canvas.node(
            Group(role, (circle, symbol), name, words.neuron(s, own.of), name in on)  # type: ignore[arg-type]
        )
    if place.dots:
        canvas.nodes.append(Group("ellipsis", place.dots, title="more neurons, left out"))
        canvas.taken += [(d.x - 3, d.y - 3, d.x + 3, d.y + 3) for d in place.dots]
    loss = place.loss
    box = Box(loss.x - loss.radius, -11.0, 2 * loss.radius, 22.0)
    label = Label(loss.x, 0.0, Var(ids.LOSS), size=_SYMBOL)
    canvas.node(Group("neuron", (box, label), ids.LOSS, "the loss", bool(on)))


def _values(s: Solved, canvas: Canvas, place: Layout) -> None:
    """At the first sample: what each neuron gives above it, the loss's derivative by it below.

    Derivatives that the page does without are left out.
    """
    for name, circle in place.circles.items():
        value = Label(0, 0, s.num(ids.at(name, 1), 0), size=_NUMBER, plate=True)
        _, above, _, _, right, left = beside(circle, value, canvas.bounds(value))
        canvas.label(Group("value", (), ids.at(name, 1)), [left, above, right])
        own = ids.parse(name)
        assert own is not None
        of_loss = (ids.partial(ids.LOSS, n, 1) for n in (name, ids.pre(*_unit(own))))
        slope = next((n for n in of_loss if n in s.values), None)
        if slope is not None:
            label = Label(0, 0, s.num(slope, 0), size=_NUMBER, plate=True)
            below, _, right, left, *_ = beside(circle, label, canvas.bounds(label))
            canvas.label(Group("slope", (), slope), [below, right, left])
    lowest = max(circle.y + circle.radius for circle in place.circles.values())
    note = Label(
        place.loss.x + place.loss.radius, lowest + 26.0, words.VALUES.capitalize(), "end", _WEIGHT
    )
    canvas.label(Group("note", ()), [note, replace(note, y=note.y + 12.0)])


def _unit(own: ids.Id) -> tuple[int, int]:
    return own.of.layer, own.of.j


def edges(s: Solved, place: Layout) -> Iterator[tuple[str, Line]]:
    """Every weight whose two ends are drawn, with its line."""
    for layer in range(1, s.last + 1):
        kind = "p" if s.problem.is_coupled(layer) else "l"
        for j in range(1, s.problem.sizes[layer] + 1):
            end = place.circles.get(_name(kind, layer, j))
            for k in range(1, s.problem.sizes[layer - 1] + 1):
                start = place.circles.get(ids.output(layer - 1, k))
                if start is not None and end is not None:
                    yield ids.weight(layer, j, k), along(start, end)


def _coupled(s: Solved, place: Layout) -> Iterator[tuple[str, Line]]:
    """From each pre-activation to each output that depends on it beside its own."""
    for layer in range(1, s.last + 1):
        for j in range(1, s.problem.sizes[layer] + 1) if s.problem.is_coupled(layer) else ():
            for k in range(1, s.problem.sizes[layer] + 1):
                start = place.circles.get(ids.pre(layer, k))
                end = place.circles.get(ids.output(layer, j))
                if start is not None and end is not None:
                    yield ids.partial(ids.output(layer, j), ids.pre(layer, k)), along(start, end)


def _to_loss(
    s: Solved, canvas: Canvas, place: Layout, on: Mapping[str, int | None]
) -> dict[str, Line]:
    """The lines from the outputs to the loss, and what else it reads: the targets, a penalty."""
    left = place.loss.x - place.loss.radius
    found = {}
    for j in range(1, s.problem.sizes[-1] + 1):
        name = ids.output(s.last, j)
        circle = place.circles.get(name)
        if circle is None:
            continue
        height = max(-8.0, min(8.0, circle.y * 0.12))
        line = along(circle, Circle(left, height, 0.0))
        found[name] = line
        mark = on.get(name)
        factor = ids.partial(ids.LOSS, name)
        canvas.lines.append(Group("edge", (line,), factor, "", mark is not None, mark))
    x = place.loss.x
    targets = [_target(s, k) for k in range(1, min(s.problem.sizes[-1], 3) + 1)]
    symbol = targets[0] if len(targets) == 1 else Args(tuple(targets))
    label = Label(x, -35.0, symbol, size=_WEIGHT)
    arrow = Line(x, -28.0, x, -11.0, arrow=True)
    canvas.lines.append(Group("bias", (arrow,), ids.target(1), "the target"))
    canvas.label(Group("bias", (), ids.target(1)), [label])
    if s.problem.loss.penalty is not None:
        arrow = Line(x, 28.0, x, 11.0, arrow=True)
        canvas.lines.append(Group("bias", (arrow,), ids.PENALTY, "the penalty", ids.PENALTY in on))
        spot = Label(x, 35.0, Var(ids.PENALTY), size=_WEIGHT)
        canvas.label(Group("bias", (), ids.PENALTY), [spot])
    return found


def _target(s: Solved, k: int) -> Formula:
    return Letter(s.symbols.glyph(ids.target(k)))


def _offsets(s: Solved, place: Layout) -> Iterator[tuple[str, Circle]]:
    """Biases and learned slopes, each with the circle that it belongs to."""
    for layer in range(1, s.last + 1):
        kind = "p" if s.problem.is_coupled(layer) else "l"
        for j in range(1, s.problem.sizes[layer] + 1):
            circle = place.circles.get(_name(kind, layer, j))
            if circle is not None and s.has_bias(layer):
                yield ids.bias(layer, j), circle
            if circle is not None and s.problem.is_sloped(layer):
                yield ids.slope(layer, j), circle


def _offset(
    s: Solved, canvas: Canvas, name: str, circle: Circle, label: Label, mark: int | None = None
) -> list[Label]:
    """A short arrow from above, of a slope from below; and where its label may stand."""
    side = 1 if name[0] == "a" else -1
    edge = circle.y + side * circle.radius
    _, top, _, bottom = canvas.bounds(label)
    away = max(12.0, (bottom - top) / 2 + 2.0)  # a fraction would reach into the circle
    y = edge + side * away
    arrow = Line(circle.x, edge + side * (away + 5.0), circle.x, edge, arrow=True)
    title = words.parameter(s, name)
    canvas.lines.append(Group("bias", (arrow,), name, title, mark is not None, mark))
    return [
        replace(label, x=circle.x + 5.0, y=y, anchor="start"),
        replace(label, x=circle.x - 5.0, y=y, anchor="end"),
    ]
