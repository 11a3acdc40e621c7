"""The factors of a chain with their marks: the same in the diagram, the formula and the table.

A factor's mark is the distance from the loss, on the longest way, of what it is with respect to;
after the last mark comes the first again, and a factor that is left out keeps its number. Only
formats that show marks ask for them; every other reader of the blocks has plain factors.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from tracer import ids
from tracer.blocks import Block, Cell, Display, Table
from tracer.derivation.trees import rebuilt
from tracer.drawing import MARKS
from tracer.formula import (
    Equation,
    Formula,
    Marked,
    OverData,
    Part,
    Partial,
    Prod,
    Var,
    product,
    whole,
)
from tracer.outline.full.factors import factors
from tracer.solved import Solved, Worked
from tracer.solved_graph import SolvedGraph

Marks = Mapping[tuple[str, str], int]


def marks(s: Worked) -> Marks:
    """The mark of each local derivative, by what is differentiated and with respect to what."""
    output = s.trace.graph.output
    distance = {output: 0}
    found: dict[tuple[str, str], int] = {}
    for name, some in _readers(s):
        above = [reader for reader in some if reader in distance]
        if not above:
            continue
        distance[name] = 1 + max(distance[reader] for reader in above)
        mark = (distance[name] - 1) % len(MARKS) + 1
        found |= dict.fromkeys(((reader, name) for reader in above), mark)
    return found


def _readers(s: Worked) -> Iterator[tuple[str, Sequence[str]]]:
    """What reads each quantity, without samples; a reader always before what it reads."""
    for name in dict.fromkeys(ids.base(q.id) for q in reversed(s.trace.graph.quantities)):
        yield name, _of(s, name)


def _of(s: Worked, name: str) -> Sequence[str]:
    return s.readers(name) if isinstance(s, SolvedGraph) else s.trace.readers.get(name, ())


def ways(s: Worked, name: str, known: Marks) -> dict[str, int]:
    """What lies on the ways from a quantity to the loss, by ids: each with its mark, or 0.

    Quantities, local derivatives, and the weights that are these.
    """
    found, waiting = {name: 0}, [name]
    while waiting:
        below = waiting.pop()
        for reader in _of(s, below):
            mark = known.get((reader, below), 0)
            found[ids.partial(reader, below)] = mark
            if below == name and name in s.trace.graph.parameters:
                found[name] = mark
            pair = ids.parse(ids.partial(reader, below)) if isinstance(s, Solved) else None
            if pair and pair.wrt and (pair.of.kind, pair.wrt.kind) == ("p", "l"):
                found[ids.weight(pair.of.layer, pair.of.j, pair.wrt.j)] = mark
            if reader not in found:
                found[reader] = 0
                waiting.append(reader)
    return found


def with_marks(s: Worked, blocks: tuple[Block, ...]) -> tuple[Block, ...]:
    """The blocks, with marked factors in equations and in the heads and keys of tables."""
    known, output = marks(s), s.trace.graph.output
    if isinstance(s, SolvedGraph):  # of what is read elsewhere too, ∂f/∂x is not the local one
        known = {(of, x): m for (of, x), m in known.items() if of != output or len(_of(s, x)) == 1}
    found: list[Block] = []
    own: dict[Formula, int] = {}  # what stands in a table for the factors of the gradient before it
    for block in blocks:
        if isinstance(block, Display):
            gradient, _, parameter = block.id.partition(f"d{ids.LOSS}/d")
            own = {}
            meanings: list[tuple[int, tuple[Formula, ...]]] = []
            if isinstance(s, Solved) and not gradient and parameter in s.trace.graph.parameters:
                meanings = _meanings(s, parameter, known)
                own = {f: m for m, (f, *rest) in meanings if m and isinstance(f, Var) and not rest}
            marked = (_in_equation(e, known, meanings) for e in block.equations)
            found.append(replace(block, equations=tuple(marked)))
        elif isinstance(block, Table):
            head = tuple(
                _in_cell(cell, known, own if n >= block.keys else {})
                for n, cell in enumerate(block.head)
            )
            rows = tuple(
                tuple(_in_cell(c, known, {}) if n < block.keys else c for n, c in enumerate(row))
                for row in block.rows
            )
            found.append(replace(block, head=head, rows=rows))
        else:
            found.append(block)
    return tuple(found)


def _in_cell(cell: Cell, known: Marks, own: Mapping[Formula, int]) -> Cell:
    if isinstance(cell, str | tuple | Equation):
        return cell
    return Marked(cell, own[cell]) if cell in own else _named(cell, known)


def _in_equation(
    equation: Equation, known: Marks, meanings: list[tuple[int, tuple[Formula, ...]]]
) -> Equation:
    left = equation.left
    if left is not None and not isinstance(left, Partial):
        left = _named(left, known)
    parts = [replace(part, formula=_named(part.formula, known)) for part in equation.parts]
    if len(parts) > 1 and meanings:  # named partials = formulas = …
        parts[1] = _in_formulas(parts[1], meanings)
    return Equation(left, tuple(parts))


def _named(formula: Formula, known: Marks) -> Formula:
    """The formula with its local derivatives marked."""
    if isinstance(formula, Partial):
        mark = known.get((formula.of, formula.wrt))
        return formula if mark is None else Marked(formula, mark)
    return rebuilt(formula, lambda part: _named(part, known))


def _meanings(s: Solved, parameter: str, known: Marks) -> list[tuple[int, tuple[Formula, ...]]]:
    """What stands for each marked factor of a gradient as formulas, in order."""
    if len(s.problem.places(parameter)) > 1 or parameter[0] == "a":
        return []
    found = []
    for factor in factors(s, parameter, 0):
        mark = isinstance(factor.name, Partial) and known.get((factor.name.of, factor.name.wrt))
        meaning = factor.meaning
        found.append((mark or 0, tuple(_flat(meaning))))
    return found


def _in_formulas(part: Part, meanings: list[tuple[int, tuple[Formula, ...]]]) -> Part:
    """The link in which each factor is written as a formula, if it is what it is known to be."""
    found = _matched(part.formula, meanings)
    return part if found is None else replace(part, formula=found)


def _matched(formula: Formula, meanings: list[tuple[int, tuple[Formula, ...]]]) -> Formula | None:
    match formula:
        case OverData(body):
            inner = _matched(body, meanings)
            return None if inner is None else replace(formula, body=inner)
        case Prod((*front, OverData() as last)):
            inner = _matched(last, meanings)
            return None if inner is None else Prod((*front, inner))
        case _:
            left = list(_flat(formula))
    found: list[Formula] = []
    for mark, meaning in meanings:
        size = len(meaning)
        if tuple(map(_plain, left[:size])) == meaning:
            if mark:
                found.append(Marked(product(meaning), mark))
            else:
                found += left[:size]
            del left[:size]
        elif meaning != (whole(1),):  # a factor that is 1 may be left out
            return None
    return product(tuple(found)) if not left else None


def _flat(formula: Formula) -> Iterator[Formula]:
    """The factors of a product of products."""
    if isinstance(formula, Prod):
        for factor in formula.factors:
            yield from _flat(factor)
    else:
        yield formula


def _plain(formula: Formula) -> Formula:
    """The formula without marks."""
    return _plain(formula.body) if isinstance(formula, Marked) else rebuilt(formula, _plain)
