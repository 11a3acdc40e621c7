r"""Chains of matrices: ``P^1 = W^1 L^0 + b^1 1^T = (…) (…) + … = (…)``, entry by entry."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import pairwise
from typing import Any

from tracer import ids
from tracer.answers.submission import Link
from tracer.answers.trees import (
    Matrix,
    Minus,
    Number,
    Partial,
    Side,
    Symbol,
    Tree,
)
from tracer.documents.chains import is_plain
from tracer.documents.evaluating import Unknown
from tracer.documents.facts import meets
from tracer.documents.matrices import grid
from tracer.documents.names import Ref
from tracer.documents.placing import Placing
from tracer.documents.walks import is_numeric
from tracer.documents.wording import shown_value
from tracer.matrix_symbols import matrix_glyph
from tracer.reading import canonical

Grid = list[list[Any]]
_KINDS = ("w", "b", "p", "l", "t", "delta")


class Grids:
    """The matrices of a network by their symbols, and the chains that state them."""

    def __init__(self, placing: Placing) -> None:
        self.placing = placing
        self.names = placing.names
        self.facts = placing.facts
        self.chains: list[tuple[tuple[Side, ...], list[list[Ref]], int]] = []

    @cached_property
    def known(self) -> Mapping[str, tuple[str, int]]:
        """The kind and the layer of each matrix, by its symbol."""
        if self.names.is_graph:
            return {}
        symbols, found = self.names.symbols, {}
        for several in (False, True):
            for layer in range(len(symbols.sizes)):
                for kind in _KINDS:
                    is_end = layer == len(symbols.sizes) - 1
                    if (layer == 0 and kind != "l") or (kind == "t" and not is_end):
                        continue
                    glyph = matrix_glyph(symbols, kind, layer, several)
                    if glyph is not None:
                        found[canonical(str(glyph))] = kind, layer
        return found

    def place(self, sides: tuple[Side, ...]) -> bool:
        """A chain whose last side is a matrix of numbers: what its left side is, if it has one."""
        rows = _numbers(sides[-1].tree)
        if rows is None or len(sides) < 2:
            return self._single(sides)
        section, last = self.placing.section, sides[-1]
        found = self._refs(sides[0].tree, len(rows), len(rows[0]))
        if found is None:
            return True
        first = found[0][0]
        is_given = self.placing.stating.is_given(first)
        is_update = is_given and len(sides) > 2 and not section.is_after
        is_update = is_update and self.names.trace.is_update(first.base)
        if is_update:
            section.made = max(section.made, section.step + 1)
        step = section.step + is_update
        self.chains.append((sides, found, step))
        for refs, entries in zip(found, rows, strict=True):
            for ref, entry in zip(refs, entries, strict=True):
                self._state(ref, entry, last, step, is_given=is_given and step == 0)
        return True

    def _single(self, sides: tuple[Side, ...]) -> bool:
        """A matrix of one entry, which may be written as a number."""
        left, last = sides[0].tree, sides[-1]
        if not isinstance(left, Symbol | Partial) or self.names.ref(left) is not None:
            return False
        found = self._refs(left, 1, 1) if is_plain(last.tree) else None
        if found is None:
            return False
        self.placing.named(found[0][0], sides, last)
        return True

    def _state(self, ref: Ref, entry: Tree, last: Side, step: int, *, is_given: bool) -> None:
        stating = self.placing.stating
        side = self.placing.rows.entry(entry, last)
        target = self.placing.target(ref)
        if is_given:
            stating.given(ref, target, side, side)
            return
        name = ref.at(ref.sample)
        stating.state(name, step, side, stating.span(side.start, side.stop))

    def _refs(self, tree: Tree | None, rows: int, columns: int) -> list[list[Ref]] | None:
        """The quantities of a matrix of this size, None where it is no matrix of the problem."""
        is_slope = isinstance(tree, Partial)
        if isinstance(tree, Partial):
            loss = self.names.ref(tree.of)
            if loss is None or loss.base not in (ids.LOSS, ids.BATCH_LOSS):
                return None
            tree = tree.wrt
        own = self.known.get(canonical(tree.text)) if isinstance(tree, Symbol) else None
        if own is None:
            return None
        kind, layer = own
        sizes = self.names.symbols.sizes
        if kind == "w":
            return self._parameters(layer, rows, columns, is_slope=is_slope)
        if rows != sizes[layer]:
            return None
        samples = self._samples(columns)
        name: Callable[[int], str] = {
            "b": lambda j: ids.bias(layer, j),
            "p": lambda j: ids.pre(layer, j),
            "l": lambda j: ids.output(layer, j),
            "t": ids.target,
            "delta": lambda j: ids.partial(ids.LOSS, ids.pre(layer, j)),
        }[kind]
        if is_slope:
            plain = name
            name = lambda j: ids.partial(ids.LOSS, plain(j))  # noqa: E731
        if kind == "b":
            return [[Ref(name(j))] for j in range(1, rows + 1)] if columns == 1 else None
        if samples is None:
            return None
        return [[Ref(name(j), n) for n in samples] for j in range(1, rows + 1)]

    def _parameters(
        self, layer: int, rows: int, columns: int, *, is_slope: bool
    ) -> list[list[Ref]] | None:
        sizes = self.names.symbols.sizes
        if (rows, columns) != (sizes[layer], sizes[layer - 1]):
            return None
        found = []
        for j in range(1, rows + 1):
            own = [ids.weight(layer, j, k) for k in range(1, columns + 1)]
            found.append([Ref(ids.partial(ids.LOSS, n) if is_slope else n) for n in own])
        return found

    def _samples(self, columns: int) -> Sequence[int] | None:
        """The samples of the columns: all, or those of the batch."""
        batch = self.names.trace.batch(self.placing.section.step)
        return next((own for own in (self.facts.every, batch) if len(own) == columns), None)

    def links(self) -> Iterator[Link]:
        """What does not hold: each side in numbers is the one before, and what is stated."""
        for sides, refs, step in self.chains:
            grids = [(side, self._grid(side.tree)) for side in sides[1:]]
            for (before, one), (side, other) in pairwise(grids):
                if one is None or other is None:
                    continue
                place = _unequal(one, other)
                if place is not None:
                    row, column = place
                    text = f"{_place(place)} comes to {shown_value(one[row][column])}"
                    ref = refs[row][column]
                    yield self._link(ref, step, before, side, f"{text} here")
            own = [(side, grid) for side, grid in grids if grid is not None]
            if own:
                yield from self._right(own[0][0], own[0][1], refs, step)

    def _right(self, side: Side, grid: Grid, refs: list[list[Ref]], step: int) -> Iterator[Link]:
        if (len(grid), len(grid[0])) != (len(refs), len(refs[0])):
            return
        for row, (values, names) in enumerate(zip(grid, refs, strict=True)):
            for column, (value, ref) in enumerate(zip(values, names, strict=True)):
                name = ref.at(ref.sample)
                if not self.placing.stating.exists(name, step):
                    continue
                right = self.facts.follows(self.names.trace.at_step(name, step))
                if right and not any(meets(value, each) for each in right):
                    symbol = self.names.spoken(ref.base)
                    text = (
                        f"{_place((row, column))} comes to {shown_value(value)}; "
                        f"{symbol} is {shown_value(right[-1])}"
                    )
                    yield self._link(ref, step, side, side, text)

    def _link(self, ref: Ref, step: int, before: Side, side: Side, text: str) -> Link:
        stating, name = self.placing.stating, ref.at(ref.sample)
        return Link(
            "wrong",
            self.names.trace.at_step(name, step),
            before.source,
            side.source,
            text,
            stating.where(side.start),
            stating.span(side.start, side.stop),
        )

    def _grid(self, tree: Tree | None) -> Grid | None:
        if tree is None or not is_numeric(tree):
            return None
        try:
            found = grid(tree, self.facts.in_numbers())
        except Unknown:
            return None
        return found if isinstance(found, list) else None


def _numbers(tree: Tree | None) -> tuple[tuple[Tree, ...], ...] | None:
    """The entries of a matrix that has numbers alone."""
    if not isinstance(tree, Matrix) or len({len(row) for row in tree.rows}) != 1:
        return None
    entries = [entry.body if isinstance(entry, Minus) else entry for r in tree.rows for entry in r]
    return tree.rows if all(isinstance(entry, Number) for entry in entries) else None


def _unequal(a: Grid, b: Grid) -> tuple[int, int] | None:
    """The first place at which two matrices differ."""
    if (len(a), len(a[0])) != (len(b), len(b[0])):
        return None
    for row, (ones, others) in enumerate(zip(a, b, strict=True)):
        for column, (one, other) in enumerate(zip(ones, others, strict=True)):
            if not meets(one, other):
                return row, column
    return None


def _place(place: tuple[int, int]) -> str:
    return f"row {place[0] + 1}, column {place[1] + 1}"
