"""Tables: which quantity a column states, and of which sample a row is."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tracer import ids
from tracer.answers.keys import is_answered
from tracer.answers.trees import Side
from tracer.documents.chains import Chain, Target, is_worked, last_number
from tracer.documents.names import Ref
from tracer.documents.pieces import Cell, Table
from tracer.documents.placing import Placing

_VALUE = re.compile(r"(?:value|result|is|number)s?", re.I)
_OLD = re.compile(r"(?:old|before|initial)(?: value)?", re.I)
_NEW = re.compile(r"(?:new|updated|after)(?: value)?", re.I)
_GRADIENT = re.compile(r"(?:gradient|derivative|slope)", re.I)
_NUMBER_OF_SAMPLE = re.compile(r"(?:sample|row|no\.?|nr\.?|#|n|i|\(n\))", re.I)
_MOST_CELLS = 20_000


def read_table(placing: Placing, table: Table) -> None:
    """What the cells of a table state."""
    placing.section.sample = None
    if sum(map(len, table.rows)) > _MOST_CELLS:
        return
    heads = [_head(placing, cell) for cell in table.head]
    names = [cell.source.strip() for cell in table.head]
    _step(placing, heads)
    if not any(ref is not None for ref in heads[1:]) and _is_by_row(placing, table):
        for row in table.rows:
            _by_row(placing, row, names)
        return
    taken: set[int] = set()
    for number, row in enumerate(table.rows, start=1):
        sample = _sample(placing, row, heads, names, number, len(table.rows), taken)
        if sample is not None:
            taken.add(sample)
        for ref, cell in zip(heads, row, strict=False):
            if ref is not None:
                _cell(placing, ref, cell, sample)


def _step(placing: Placing, heads: Sequence[Ref | None]) -> None:
    """A table that is there once more after an update is of the updated model."""
    own = [ref.base for ref in heads if ref is not None and ref.base in placing.names.by_sample]
    forward = [base for base in own if "/d" not in base and not base.startswith(("l0[", "t["))]
    section, answers = placing.section, placing.stating.answers
    if section.made <= section.step or not forward:
        return
    for base in forward:
        names = (ids.at_step(ids.at(base, n), section.step) for n in placing.facts.every)
        if not any(name in answers for name in names):
            return
    section.updated()


def _head(placing: Placing, cell: Cell) -> Ref | None:
    """What a column states: of several names the one that the problem has."""
    sides = placing.rows.read(cell.source, cell.start)
    refs = [placing.ref(side.tree) for side in sides]
    named = [(side, ref) for side, ref in zip(sides, refs, strict=True) if ref is not None]
    if not named:
        return None
    if refs[0] is None and len(sides) > 1 and sides[0].tree is not None:
        placing.stating.mislabelled(sides[0], named[0][1])
    return named[0][1]


def _sample(
    placing: Placing,
    row: Sequence[Cell],
    heads: Sequence[Ref | None],
    names: Sequence[str],
    number: int,
    count: int,
    taken: set[int],
) -> int | None:
    """The sample of a row: by its inputs, by its number, or by the order of the rows."""
    every = placing.facts.every
    if not every:
        return None
    fitting: list[int] | None = None
    for ref, name, cell in zip(heads, names, row, strict=False):
        reading = _number(placing, cell)
        if reading is None:
            continue
        if ref is not None and ref.base.startswith("l0["):
            true = {n: placing.facts.true[ids.at(ref.base, n)] for n in every}
            near = [n for n in every if abs(true[n] - reading.value) <= reading.half]
            fitting = near if fitting is None else [n for n in fitting if n in near]
        elif ref is None and _NUMBER_OF_SAMPLE.fullmatch(name) and reading.value in every:
            return int(reading.value.p)
    if fitting is None:
        if len(every) == 1:
            return 1
        return number if count == len(every) else None
    if count == len(every) and (number in fitting or not fitting):
        return number  # an input that is no sample's is a fault of its own
    left = [n for n in fitting if n not in taken]
    if left:
        return left[0]
    return number if count == len(every) else None


def _number(placing: Placing, cell: Cell):  # type: ignore[no-untyped-def]
    sides = placing.rows.read(cell.source, cell.start) if cell.source.strip() else ()
    return placing.stating.reading(sides[0].tree) if len(sides) == 1 else None


def _cell(placing: Placing, ref: Ref, cell: Cell, sample: int | None) -> None:
    """A cell in the column of a quantity."""
    if not is_answered(cell.source):
        return
    if placing.names.is_of_samples(ref.base):
        if sample is None and ref.sample is None:
            return
        ref = Ref(ref.base, ref.sample or sample, ref.step)
    target = placing.target(ref)
    sides = placing.rows.read(cell.source, cell.start)
    _state(placing, ref, target, sides, cell)


def _state(placing: Placing, ref: Ref, target: Target, sides: tuple[Side, ...], cell: Cell) -> None:
    value = last_number(sides)
    if placing.stating.is_given(ref) and target.step == 0:
        placing.stating.given(ref, target, sides[0], value)
        return
    if value is None:
        reason = next((side.reason for side in sides if side.tree is None), "")
        if reason:
            own = placing.stating.span(cell.start, cell.stop)
            placing.stating.unreadable(target.name, target.step, cell.source.strip(), reason, own)
        return
    is_update = bool(target.step) and placing.trace.is_update(target.base)
    step = target.step - is_update
    placing.keep(Chain(sides, target, step, target.sample), value)


def _is_by_row(placing: Placing, table: Table) -> bool:
    """Whether the first cells of the rows are quantities, and the columns say what of them."""
    firsts = [row[0] for row in table.rows if row and row[0].source.strip()]
    refs = [_head_of_row(placing, cell) for cell in firsts]
    return bool(refs) and all(ref is not None for ref in refs)


def _head_of_row(placing: Placing, cell: Cell) -> Ref | None:
    sides = placing.rows.read(cell.source, cell.start)
    return placing.ref(sides[0].tree) if len(sides) == 1 else None


def _by_row(placing: Placing, row: Sequence[Cell], names: Sequence[str]) -> None:
    """A row about one quantity: its value, or its old value, its gradient and its new value."""
    ref = _head_of_row(placing, row[0]) if row else None
    if ref is None:
        return
    before = (
        placing.section.step - placing.section.is_after
        if placing.trace.steps
        else placing.section.step
    )
    for name, cell in zip(names[1:], row[1:], strict=False):
        sides = placing.rows.read(cell.source, cell.start)
        if not is_answered(cell.source):
            continue
        if len(sides) > 1 and placing.ref(sides[0].tree) is not None:
            placing.place(sides)
        elif _VALUE.fullmatch(name):
            if len(sides) == 1 and not is_worked(sides[0].tree):
                _state(placing, ref, placing.target(ref), sides, cell)
            elif len(sides) == 1:
                first = placing.rows.read(row[0].source, row[0].start)
                placing.place((*first, Side("=", *_rest(sides[0]))))
        elif _OLD.fullmatch(name):
            target = Target(ref.base, None, before)
            _state(placing, ref, target, sides, cell)
        elif _NEW.fullmatch(name):
            placing.section.made = max(placing.section.made, before + 1)
            _state(placing, ref, Target(ref.base, None, before + 1), sides, cell)
        elif _GRADIENT.fullmatch(name):
            slope = Ref(ids.partial(placing.trace.graph.output, ref.base))
            if placing.names.has(slope):
                _state(placing, slope, Target(slope.base, None, before), sides, cell)


def _rest(side: Side):  # type: ignore[no-untyped-def]
    return side.source, side.tree, side.reason, side.start, side.stop
