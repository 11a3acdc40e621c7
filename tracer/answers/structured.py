"""Tables of answers taken apart: what is written of which quantity, and where."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from tracer import ids
from tracer.answers.keys import (
    LAYERS,
    OF_LAYER,
    OF_SAMPLE,
    QUANTITIES,
    SAMPLES,
    SCHEMA,
    SECTIONS,
    Section,
)
from tracer.answers.names import Family, Names
from tracer.answers.nodes import Node
from tracer.errors import InputError, did_you_mean
from tracer.literals import Literal
from tracer.problem import Problem


class Entry(NamedTuple):
    """A quantity's id, the leaf that is written of it, and its offset in the text."""

    id: str
    value: object
    at: int


class Complaint(NamedTuple):
    """What names no quantity, or not as many as it has values."""

    name: str
    message: str
    at: int


def entries(document: Node, names: Names) -> Iterator[Entry | Complaint]:
    """Everything that a document states, in its order."""
    return _Walk(names).table(document, Section())


class _Walk:
    def __init__(self, names: Names) -> None:
        self.names = names

    def table(self, node: Node, section: Section) -> Iterator[Entry | Complaint]:
        """What a table states, whose keys are names, lists of names and further tables."""
        for key, part in node.value.items():
            value = part.value
            if isinstance(value, dict):
                yield from self._section(key, part, section)
            elif key in (LAYERS, SAMPLES) and _is_tables(value):
                yield from self._tables(key, value, section)
            elif key == QUANTITIES and _is_tables(value):
                for item in value:
                    yield from self._quantity(item, section)
            elif key == SCHEMA:
                if not (isinstance(value, Literal) and value.text == "1"):
                    yield Complaint(key, "must be 1, the only one there is", part.at)
            else:
                yield from self._named(key, part, section)

    def _section(self, key: str, node: Node, section: Section) -> Iterator[Entry | Complaint]:
        own = SECTIONS.get(key)
        if own is None and key.isascii() and key.isdigit() and len(key) < 10:
            own = Section(steps=int(key))
        if own is None:
            message = (
                f"no such table; there are {', '.join(SECTIONS)}, and numbers of steps"
                f"{did_you_mean(key, SECTIONS)}"
            )
            yield Complaint(key, message, node.at)
            return
        inner = Section(section.gradient or own.gradient, section.steps + own.steps)
        yield from self.table(node, inner)

    def _tables(
        self, key: str, rows: Sequence[Node], section: Section
    ) -> Iterator[Entry | Complaint]:
        known = OF_LAYER if key == LAYERS else OF_SAMPLE
        problem = self.names.problem
        if not isinstance(problem, Problem):
            yield Complaint(key, "is for networks; this problem is a graph", rows[0].at)
            return
        last = len(problem.layers)
        for number, row in enumerate(rows, start=1):
            for word, part in row.value.items():
                pattern = known.get(word)
                if pattern is None:
                    message = f"no such key of [[{key}]]{did_you_mean(word, known)}"
                    yield Complaint(word, message, part.at)
                elif key == SAMPLES and "{i}" in pattern:
                    yield from self._by_layer(word, pattern, part, number, section)
                else:
                    name = pattern.format(loss=ids.LOSS, i=number, n=number, last=last)
                    yield from self._named(name, part, section, word)

    def _by_layer(
        self, word: str, pattern: str, node: Node, sample: int, section: Section
    ) -> Iterator[Entry | Complaint]:
        """A list with a list for each layer."""
        last = len(self.names.problem.layers)  # type: ignore[union-attr]
        is_rows = isinstance(node.value, list) and all(
            isinstance(n.value, list) for n in node.value
        )
        if not is_rows or len(node.value) != last:
            yield Complaint(word, f"must be a list with a list for each of {last} layers", node.at)
            return
        for layer, part in enumerate(node.value, start=1):
            name = pattern.format(loss=ids.LOSS, i=layer, n=sample)
            yield from self._named(name, part, section, word)

    def _quantity(self, item: Node, section: Section) -> Iterator[Entry | Complaint]:
        name, value = item.value.get("id"), item.value.get("value")
        if name is None or not isinstance(name.value, str) or value is None:
            message = 'each must have an "id" and a "value"'
            yield Complaint(QUANTITIES, message, item.at)
        else:
            yield from self._named(name.value, value, section)

    def _named(
        self, name: str, node: Node, section: Section, written: str = ""
    ) -> Iterator[Entry | Complaint]:
        """``name = value``; ``written`` is what stands in the file for ``name``."""
        if section.steps:
            step, base = ids.split_step(name)
            name = ids.later(base, step + section.steps)
        if isinstance(node.value, list):
            yield from self._list(name, node, section, written or name)
            return
        if isinstance(node.value, dict):
            yield Complaint(written or name, "must be a value or a list of values", node.at)
            return
        try:
            own = self.names.gradient_of(name) if section.gradient else self.names.id_of(name)
        except InputError as error:
            yield Complaint(written or name, error.faults[0].message, node.at)
            return
        yield Entry(own, node.value, node.at)

    def _list(
        self, name: str, node: Node, section: Section, written: str
    ) -> Iterator[Entry | Complaint]:
        family = self.names.family(name, section.gradient)
        if family is None:
            try:
                self.names.id_of(name)
                message = "is one quantity, and must have one value"
            except InputError as error:
                message = error.faults[0].message
            yield Complaint(written, message, node.at)
            return
        axes = family.axes
        if family.has_samples and len(axes[0]) == 1 and _depth(node) == len(axes) - 1:
            node = Node([node], node.at)
        if fault := _misshapen(node, family):
            yield Complaint(written, fault, node.at)
            return
        step = ids.split_step(name)[0]
        for places, leaf in _leaves(node, axes):
            own = ids.later(family.id_at(places), step)
            try:
                yield Entry(self.names.id_of(own), leaf.value, leaf.at)
            except InputError as error:
                if leaf.value not in (None, ""):
                    yield Complaint(own, error.faults[0].message, leaf.at)


def _is_tables(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(n.value, dict) for n in value)


def _depth(node: Node) -> int:
    depth = 0
    while isinstance(node.value, list):
        depth += 1
        if not node.value:
            break
        node = node.value[0]
    return depth


def _misshapen(node: Node, family: Family) -> str:
    """What is wrong with the shape of a list, or ""."""
    sizes = [len(axis) for axis in family.axes]
    level = [node]
    for size in sizes:
        if not all(isinstance(n.value, list) and len(n.value) == size for n in level):
            words = " lists of ".join(map(str, sizes[:-1]))
            shape = f"{words} lists of {sizes[-1]} values" if words else f"{sizes[-1]} values"
            rows = ", a row for each sample" if family.has_samples else ""
            return f'must be a list of {shape}{rows}; write "?" for what is not answered'
        level = [inner for n in level for inner in n.value]
    if any(isinstance(n.value, (list, dict)) for n in level):
        return "has lists where values belong"
    return ""


def _leaves(
    node: Node, axes: Sequence[tuple[int, ...]], places: tuple[int, ...] = ()
) -> Iterator[tuple[tuple[int, ...], Node]]:
    if not axes:
        yield places, node
        return
    for place, part in zip(axes[0], node.value, strict=True):
        yield from _leaves(part, axes[1:], (*places, place))
