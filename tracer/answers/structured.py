"""Tables of answers taken apart: what is written of which quantity, and where."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from tracer import ids
from tracer.answers.keys import (
    BESIDE_QUANTITIES,
    LAYERS,
    OF_LAYER,
    OF_SAMPLE,
    QUANTITIES,
    SAMPLES,
    SCHEMA,
    SECTIONS,
    Section,
    is_answered,
)
from tracer.answers.lookup import Family, Names
from tracer.answers.nodes import Leaf, Node
from tracer.errors import count, did_you_mean
from tracer.literals import Literal
from tracer.problem import Problem

# each costs a comparison with every id
_MOST_HINTS = 20


class Entry(NamedTuple):
    """A quantity's id, the leaf that is written of it, and its offset in the text."""

    id: str
    value: Leaf
    at: int


class Complaint(NamedTuple):
    """What names no quantity, or not as many as it has values."""

    name: str
    message: str
    at: int


def entries(tables: Iterable[Node], names: Names) -> Iterator[Entry | Complaint]:
    """Everything that tables state, in their order."""
    walk = _Walk(names)
    for table in tables:
        yield from walk.table(table, Section())


class _Walk:
    def __init__(self, names: Names) -> None:
        self.names = names
        self.hints = 0

    def table(self, node: Node, section: Section) -> Iterator[Entry | Complaint]:
        """What a table states, whose keys are names, lists of names and further tables."""
        for key, part in node.value.items():
            value = part.value
            if key in BESIDE_QUANTITIES and QUANTITIES in node.value:
                continue
            if isinstance(value, dict):
                yield from self._section(key, part, section)
            elif key in (LAYERS, SAMPLES) and _is_tables(value):
                yield from self._tables(key, value, section)
            elif key == QUANTITIES and _is_tables(value):
                for item in value:
                    yield from self._quantity(item, section, SCHEMA in node.value)
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
                own = ids.at(word, number)
                if pattern is None and key == SAMPLES and self._is_name(own, section):
                    yield from self._named(own, part, section, word)
                elif pattern is None:
                    meant = did_you_mean(word, known) or f"; there are {', '.join(known)}"
                    message = f"no such key of [[{key}]]{meant}"
                    yield Complaint(word, message, part.at)
                elif key == SAMPLES and "{i}" in pattern:
                    yield from self._by_layer(word, pattern, part, number, section)
                else:
                    name = pattern.format(loss=ids.LOSS, i=number, n=number, last=last)
                    if section.steps or section.gradient:
                        # the section says already of which step they are, or what is by them
                        name = ids.split_step(name)[1]
                    yield from self._named(name, part, section, word)

    def _is_name(self, name: str, section: Section) -> bool:
        found = self.names.families(name, section.gradient)
        return bool(found) or self.names.id_of(name, section.gradient) is not None

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

    def _quantity(self, item: Node, section: Section, is_ours: bool) -> Iterator[Entry | Complaint]:
        name, value = item.value.get("id"), item.value.get("value")
        if name is None or not isinstance(name.value, str) or value is None:
            message = 'each must have an "id" and a "value"'
            yield Complaint(QUANTITIES, message, item.at)
            return
        if is_ours and isinstance(value.value, str) and "," not in value.value:
            # numbers for programs have a point, whatever the page has
            value = Node(Literal(value.value), value.at)
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
        own = self.names.id_of(name, section.gradient)
        if own is None:
            families = self.names.families(name, section.gradient)
            is_meant = families and ids.split_step(name)[1] not in self.names.index
            message = f"must be {_shape(families[0])}" if is_meant else self._why_not(name)
            yield Complaint(written or name, message, node.at)
        else:
            yield Entry(own, node.value, node.at)

    def _list(
        self, name: str, node: Node, section: Section, written: str
    ) -> Iterator[Entry | Complaint]:
        families = self.names.families(name, section.gradient)
        if not families:
            is_one = self.names.id_of(name, section.gradient) is not None
            message = "is one quantity, and must have one value" if is_one else self._why_not(name)
            yield Complaint(written, message, node.at)
            return
        fitting = ((family, found) for family in families if (found := _fitted(node, family)))
        family, found = next(fitting, (families[0], None))
        if found is None:
            message = f'must be {_shape(family)}; write "?" for what is not answered'
            yield Complaint(written, message, node.at)
            return
        step = ids.split_step(name)[0]
        for places, leaf in _leaves(found, family.axes):
            name = ids.later(family.id_at(places), step)
            own = self.names.id_of(name)
            if own is not None:
                yield Entry(own, leaf.value, leaf.at)
            elif is_answered(leaf.value):
                yield Complaint(name, self._why_not(name), leaf.at)

    def _why_not(self, name: str) -> str:
        self.hints += 1
        return self.names.why_not(name) if self.hints <= _MOST_HINTS else "no such quantity"


def _is_tables(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(n.value, dict) for n in value)


def _shape(family: Family) -> str:
    """``a list of 5 lists of 2 values, one for each sample``."""
    words = "".join(f"{count(len(axis), 'list')} of " for axis in family.axes[:-1])
    rows = ", one for each sample" if family.has_samples else ""
    return f"a list of {words}{count(len(family.axes[-1]), 'value')}{rows}"


def _fitted(node: Node, family: Family) -> Node | None:
    """A list that has the shape of a family; of a single sample it need not say so. Else None."""
    if _fits(node, family.axes):
        return node
    alone = family.has_samples and len(family.axes[0]) == 1 and len(family.axes) > 1
    return Node([node], node.at) if alone and _fits(node, family.axes[1:]) else None


def _fits(node: Node, axes: Sequence[tuple[int, ...]]) -> bool:
    if not axes:
        return not isinstance(node.value, (list, dict))
    is_row = isinstance(node.value, list) and len(node.value) == len(axes[0])
    return is_row and all(_fits(inner, axes[1:]) for inner in node.value)


def _leaves(
    node: Node, axes: Sequence[tuple[int, ...]], places: tuple[int, ...] = ()
) -> Iterator[tuple[tuple[int, ...], Node]]:
    if not axes:
        yield places, node
        return
    for place, part in zip(axes[0], node.value, strict=True):
        yield from _leaves(part, axes[1:], (*places, place))
