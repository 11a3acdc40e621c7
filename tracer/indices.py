"""Statements with indices written out: ``a[t] = w*x[t] for t = 1..3`` is three definitions.

A quantity with indices gets the id that a page can look up, ``h[1,2]``; sums over a range become
sums of their terms.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from itertools import product

from tracer.expressions import (
    Call,
    Minus,
    Name,
    Number,
    Over,
    Power,
    Product,
    Quotient,
    Range,
    Statement,
    Sum,
    Tree,
)

LARGEST_INDEX = 10_000
MOST_NODES = 400_000

Indices = Mapping[str, int]


class IndexFault(ValueError):  # noqa: N818 - said of a user's statement, as a fault
    """An index or range that is no whole number, or more of them than there is room for."""


class Budget:
    """How much may still be written out; a short text can stand for a very long formula."""

    def __init__(self) -> None:
        self.left = MOST_NODES

    def spend(self) -> None:
        """Take one number or name. Raises IndexFault where there is none left."""
        self.left -= 1
        if self.left < 0:
            raise IndexFault(
                f"written out the graph has more than {MOST_NODES:,} numbers and names"
            )


def written_out(statement: Statement, sizes: Indices, budget: Budget) -> Iterator[tuple[str, Tree]]:
    """Each definition that a statement stands for: an id and a formula without indices.

    ``sizes`` are the constants that indices and ranges may use. Raises IndexFault.

    >>> from tracer.expressions import statement
    >>> own = statement("a[t] = w*x[t] for t = 1..n")
    >>> [name for name, _ in written_out(own, {"n": 2}, Budget())]
    ['a[1]', 'a[2]']
    """
    variables = [own.variable for own in statement.ranges]
    spans = [_span(own, sizes) for own in statement.ranges]
    for values in product(*spans):
        known = {**sizes, **dict(zip(variables, values, strict=True))}
        yield identifier(statement.target, known), _resolved(statement.formula, known, budget)


def identifier(name: Name, known: Indices) -> str:
    """``h[1,2]`` for a name with indices, the name itself for one without."""
    if not name.indices:
        return name.name
    return f"{name.name}[{','.join(str(whole(index, known)) for index in name.indices)}]"


def whole(tree: Tree, known: Indices) -> int:
    """The whole number that an index comes to. Raises IndexFault."""
    match tree:
        case Name(name, ()):
            if name not in known:
                raise IndexFault(f'"{name}" is not the variable of a range, nor a size')
            return known[name]
        case Number(value) if value.denominator == 1:
            found = int(value)
        case Minus(body):
            found = -whole(body, known)
        case Sum(terms):
            found = sum(whole(term, known) for term in terms)
        case Product((first, second)):
            found = whole(first, known) * whole(second, known)
        case _:
            raise IndexFault("an index is a whole number such as t-1 or 2*k")
    if abs(found) > LARGEST_INDEX:
        raise IndexFault(f"an index of {found:,}; at most {LARGEST_INDEX:,}")
    return found


def shown(tree: Tree) -> str:
    """An index or a bound as text: ``t-1``, ``2*k``."""
    match tree:
        case Number(value):
            return str(value)
        case Name(name, ()):
            return name
        case Minus(body):
            return f"-{shown(body)}"
        case Sum((first, *rest)):
            signed = (shown(term) for term in rest)
            return shown(first) + "".join(t if t.startswith("-") else f"+{t}" for t in signed)
        case Product(factors):
            return "*".join(map(shown, factors))
    raise IndexFault("an index is a whole number such as t-1 or 2*k")


def _span(own: Range, known: Indices) -> range:
    low, high = whole(own.low, known), whole(own.high, known)
    if high < low:
        raise IndexFault(f"the range {own.variable} = {low}..{high} is empty")
    return range(low, high + 1)


def _resolved(tree: Tree, known: Indices, budget: Budget) -> Tree:
    budget.spend()
    match tree:
        case Number():
            return tree
        case Name(name, indices):
            if not indices and name in known:
                return Number(Fraction(known[name]))
            return Name(identifier(tree, known))
        case Minus(body):
            return Minus(_resolved(body, known, budget))
        case Sum(terms):
            return _flat_sum([_resolved(term, known, budget) for term in terms])
        case Product(factors):
            return Product(tuple(_resolved(factor, known, budget) for factor in factors))
        case Quotient(top, bottom):
            return Quotient(_resolved(top, known, budget), _resolved(bottom, known, budget))
        case Power(base, exponent):
            return Power(_resolved(base, known, budget), exponent)
        case Call(function, args):
            return Call(function, tuple(_resolved(arg, known, budget) for arg in args))
        case Over(own, body):
            span = _span(own, known)
            return _flat_sum(
                [_resolved(body, {**known, own.variable: value}, budget) for value in span]
            )


def _flat_sum(terms: list[Tree]) -> Tree:
    """A sum whose terms are no sums themselves: ``(a + b) + c`` is printed as ``a + b + c``."""
    found: list[Tree] = []
    for term in terms:
        found += term.terms if isinstance(term, Sum) else (term,)
    return found[0] if len(found) == 1 else Sum(tuple(found))
