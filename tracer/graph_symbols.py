"""The symbols of a computational graph: the names that the user chose, as an author sets them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from tracer import ids, schema
from tracer.errors import Fault, InputError
from tracer.glyph import LETTERS, Glyph
from tracer.graph_problem import GraphProblem
from tracer.notation import named
from tracer.symbols import Symbols, optimizer_symbols, state_glyph

# letters and then digits, or what follows an underscore, which stand below; then the indices
_NAME = re.compile(r"([A-Za-z]+)_?([A-Za-z0-9_]*)(?:\[([0-9,-]+)\])?", re.ASCII)


@dataclass(frozen=True)
class GraphSymbols(Symbols):
    """What a printer must know to write the names of a graph: none has a meaning of its own."""

    def glyph(self, quantity: str) -> Glyph:
        """``net_h1`` is net with h1 below, ``w0`` is w_0, ``x[1,2]`` is x_{1,2}."""
        if quantity == ids.LEARNING_RATE or quantity.removesuffix(ids.POWER) in self.constants:
            return super().glyph(quantity)
        variable, dot, _ = quantity.rpartition(".")
        return state_glyph(variable) if dot else glyph_of(quantity)

    def parameters(self, step: str) -> Glyph:
        """θ: all that is updated as one point, after so many steps."""
        return Glyph("θ", step)

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


def clash(names: Iterable[tuple[str, Glyph]]) -> tuple[str, str] | None:
    """Two names that would look the same, such as ``h1`` and ``h[1]``; None where all differ."""
    seen: dict[Glyph, str] = {}
    for name, glyph in names:
        # gamma is printed as the letter
        glyph = replace(glyph, base=LETTERS.get(glyph.base, glyph.base))
        if seen.setdefault(glyph, name) != name:
            return seen[glyph], name
    return None


def symbols_of(problem: GraphProblem) -> GraphSymbols:
    """The symbols of a graph. Raises InputError where two of its names would look the same."""
    own = schema.OPTIMIZERS[problem.optimizer.kind]
    updated = (own.constants, own.states) if problem.steps else ((), ())
    comma = problem.numbers.decimal_comma
    symbols = GraphSymbols(named("deck"), None, (1, 1), (False,), comma, *updated)
    names = [*problem.given, *(own.id for own in problem.definitions)]
    others = optimizer_symbols(symbols) if problem.steps else ()
    same = clash([*others, *((name, glyph_of(name)) for name in names)])
    if same is not None:
        one, other = same
        rename = "one of them" if one in names else f'"{other}"'
        one = one if " " in one else f'"{one}"'
        message = f'{one} and "{other}" would be printed alike; rename {rename}'
        raise InputError(Fault("graph", message))
    return symbols
