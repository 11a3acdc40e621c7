"""The symbols of a computational graph: the names that the user chose, as an author sets them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from tracer import ids
from tracer.errors import Fault, InputError
from tracer.glyph import Glyph
from tracer.graph_problem import GraphProblem
from tracer.notation import named
from tracer.symbols import Symbols

# letters and then digits, or what follows an underscore, which stand below; then the indices
_NAME = re.compile(r"([A-Za-z]+)_?([A-Za-z0-9_]*)(?:\[([0-9,-]+)\])?", re.ASCII)


@dataclass(frozen=True)
class GraphSymbols(Symbols):
    """What a printer must know to write the names of a graph: none has a meaning of its own."""

    def glyph(self, quantity: str) -> Glyph:
        """``net_h1`` is net with h1 below, ``w0`` is w_0, ``x[1,2]`` is x_{1,2}."""
        if quantity == ids.LEARNING_RATE:
            return super().glyph(quantity)
        return glyph_of(quantity)

    def is_of_inputs(self, quantity: str) -> bool:
        """Never: ``t[1]`` is a name like any other."""
        return False

    def may_be_raised(self, quantity: str) -> bool:
        """Always: indices stand below."""
        return True


def glyph_of(quantity: str) -> Glyph:
    """The symbol of a quantity of a graph.

    >>> glyph_of("W_xh[1,2]")
    Glyph(base='W', sub='xh,1,2', sup='')
    """
    found = _NAME.fullmatch(quantity)
    assert found is not None, quantity
    base, below, indices = found.groups(default="")
    return Glyph(base, ",".join(part for part in (below.strip("_"), indices) if part))


def clash(names: Iterable[str]) -> tuple[str, str] | None:
    """Two names that would look the same, such as ``h1`` and ``h[1]``; None where all differ."""
    seen: dict[Glyph, str] = {}
    for name in names:
        glyph = glyph_of(name)
        if seen.setdefault(glyph, name) != name:
            return seen[glyph], name
    return None


def symbols_of(problem: GraphProblem) -> GraphSymbols:
    """The symbols of a graph. Raises InputError where two of its names would look the same."""
    same = clash([*problem.given, *(own.id for own in problem.definitions)])
    if same is not None:
        one, other = same
        message = f'"{one}" and "{other}" would be printed alike; rename one of them'
        raise InputError(Fault("graph", message))
    return GraphSymbols(named("deck"), None, (1, 1), (False,), problem.numbers.decimal_comma)
