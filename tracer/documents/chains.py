"""Chains of equations: what they state, and what their sides are."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from tracer import ids
from tracer.answers.trees import Minus, Number, Partial, Product, Quotient, Side, Sum, Symbol, Tree
from tracer.documents.walks import is_numeric

RELATION = re.compile(r"=|≈|←|\\approx|\\simeq|\\doteq|\\leftarrow|\\gets")
_GAP = re.compile(r"\\q?quad\b|[ \t]{4,}|,[ \t]+(?=\S)")
_GOES_ON = re.compile(r"[-+=≈·)\]&]|\\(?:cdot|times|approx|right|\\)|$")


@dataclass(frozen=True, slots=True)
class Target:
    """The quantity that a chain states; without sample, where it has some, at each of them."""

    base: str
    sample: int | None
    step: int

    @property
    def name(self) -> str:
        """Its id without step."""
        return self.base if self.sample is None else ids.at(self.base, self.sample)


@dataclass(frozen=True, slots=True)
class Chain:
    """A chain of equations in its place: what it states, after ``step`` updates on its right.

    Places of its sides are offsets in the document.
    """

    sides: tuple[Side, ...]
    target: Target | None
    step: int
    sample: int | None = None


def equations(source: str) -> Iterator[tuple[str, int]]:
    """The equations that stand side by side in a formula, each with its offset."""
    cuts = [0]
    for match in _GAP.finditer(source):
        before = source[cuts[-1] : match.start()]
        after = source[match.end() :].lstrip(" \n{}")
        if _depth(source[: match.start()]) == 0 and RELATION.search(before):
            if _GOES_ON.match(after) or not RELATION.search(after):
                continue
            yield before, cuts[-1]
            cuts.append(match.end())
    yield source[cuts[-1] :], cuts[-1]


def _depth(text: str) -> int:
    opened = sum(text.count(mark) for mark in "([{")
    return opened - sum(text.count(mark) for mark in ")]}")


def is_plain(tree: Tree | None) -> bool:
    """Whether a side is but a number: decimal, or a fraction of whole ones, with its sign."""
    body = tree.body if isinstance(tree, Minus) else tree
    if isinstance(body, Quotient):
        parts = (body.top, body.bottom)
        return all(isinstance(part, Number) and part.value.q == 1 for part in parts)
    return isinstance(body, Number)


def is_worked(tree: Tree | None) -> bool:
    """Whether a side is more than a number or a name."""
    return not is_plain(tree) and not isinstance(tree, Symbol | Partial)


def last_number(sides: Sequence[Side]) -> Side | None:
    """The last plain number of a chain, else its last side in numbers."""
    own = [side for side in sides if side.tree is not None and is_numeric(side.tree)]
    plain = [side for side in own if is_plain(side.tree)]
    return plain[-1] if plain else own[-1] if own else None


def subtracted(tree: Tree | None) -> tuple[Tree, bool] | None:
    """``c`` of ``a - b · c`` or ``a + b · c``, all plain numbers, and whether it is taken off."""
    if not isinstance(tree, Sum) or len(tree.terms) != 2 or not is_plain(tree.terms[0]):
        return None
    term = tree.terms[1]
    body = term.body if isinstance(term, Minus) else term
    if not isinstance(body, Product) or len(body.factors) != 2:
        return None
    if not all(is_plain(factor) for factor in body.factors):
        return None
    return body.factors[1], isinstance(term, Minus)


def part_of(tree: Tree, side: Side) -> Side:
    """A number within a side, as a side of its own."""
    is_negative, body = False, tree
    while isinstance(body, Minus):
        is_negative, body = not is_negative, body.body
    first = side.source.rfind(body.text) if isinstance(body, Number) and body.text else -1
    if first < 0 or not isinstance(body, Number):
        return replace(side, tree=tree)
    start = side.start + first
    text = f"-{body.text}" if is_negative else body.text
    return Side("", text, tree, "", start, start + len(body.text))
