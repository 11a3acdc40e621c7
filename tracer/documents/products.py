"""Tables that work out a sum over the data: the factors of each sample, their product, the sum."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from tracer.answers.submission import Link
from tracer.documents.evaluating import Unknown, worth
from tracer.documents.facts import meets
from tracer.documents.pieces import Cell, Table
from tracer.documents.placing import Placing
from tracer.documents.wording import shown_value

_PRODUCT = re.compile(r"product", re.I)
_SUM = re.compile(r"(?:sum|total|Σ)", re.I)


def check_products(placing: Placing, table: Table) -> Iterator[Link]:
    """Rows whose product is not that of their factors, and a sum that is not that of the rows."""
    names = [cell.source.strip() for cell in table.head]
    inputs = placing.names.symbols.inputs
    if not names or not _PRODUCT.fullmatch(names[-1]) or len(names) < inputs + 2:
        return
    column: list[Any] = []
    for row in table.rows:
        values = [_value(placing, cell) for cell in row]
        if len(values) < 2 or values[-1] is None:
            continue
        if _SUM.fullmatch(row[0].source.strip()):
            if None not in column and column:
                yield from _compared(placing, row[-1], _added(column), values[-1], "the column")
            continue
        column.append(values[-1])
        factors = values[inputs:-1]
        if len(values) == len(names) and None not in factors:
            yield from _compared(placing, row[-1], _multiplied(factors), values[-1], "the row")


def _value(placing: Placing, cell: Cell) -> Any:
    sides = placing.rows.read(cell.source, cell.start) if cell.source.strip() else ()
    tree = sides[-1].tree if sides else None
    if tree is None:
        return None
    try:
        return worth(tree, placing.facts.in_numbers())
    except Unknown:
        return None


def _added(values: Sequence[Any]) -> Any:
    found = values[0]
    for value in values[1:]:
        found = found + value
    return found


def _multiplied(values: Sequence[Any]) -> Any:
    found = values[0]
    for value in values[1:]:
        found = found * value
    return found


def _compared(placing: Placing, cell: Cell, right: Any, given: Any, of: str) -> Iterator[Link]:
    if meets(right, given):
        return
    stating, text = placing.stating, f"{of} comes to {shown_value(right)}"
    span = stating.span(cell.start, cell.stop)
    yield Link("wrong", "", of, cell.source.strip(), text, stating.where(cell.start), span)
