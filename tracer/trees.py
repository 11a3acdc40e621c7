"""What stands in a formula that was read: its parts, names, functions and constants."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from math import prod

from tracer.expressions import (
    Call,
    Minus,
    Name,
    Number,
    Over,
    Power,
    Product,
    Quotient,
    Sum,
    Tree,
)
from tracer.indices import IndexFault

# (9^64)^64 is short to write
_MOST_BITS = 8_192


def children(tree: Tree) -> tuple[Tree, ...]:
    """The formulas that a formula is made of, in order; indices and ranges are none."""
    match tree:
        case Sum(parts) | Product(parts) | Call(_, parts):
            return parts
        case Minus(body) | Power(body, _) | Over(_, body):
            return (body,)
        case Quotient(top, bottom):
            return top, bottom
    return ()


def walk(tree: Tree) -> Iterator[Tree]:
    """The formula and all that stands in it, each before its own parts, from left to right.

    >>> from tracer.expressions import formula
    >>> [type(own).__name__ for own in walk(formula("x*y + 1"))]
    ['Sum', 'Product', 'Name', 'Name', 'Number']
    """
    waiting = [tree]
    while waiting:
        own = waiting.pop()
        yield own
        waiting += reversed(children(own))


def names_in(tree: Tree) -> list[str]:
    """The ids that a formula without indices uses, each as often as it stands there."""
    return [own.name for own in walk(tree) if isinstance(own, Name)]


def functions_in(tree: Tree) -> list[str]:
    """The functions that a formula calls."""
    return [own.function for own in walk(tree) if isinstance(own, Call)]


def check_constants(tree: Tree) -> None:
    """Raise IndexFault where arithmetic without names comes to what nobody would write."""
    for own in walk(tree):
        if isinstance(own, Power):
            constant(own)


def constant(tree: Tree) -> Fraction | None:
    """What arithmetic comes to; None where names or functions stand in it. Raises IndexFault."""
    match tree:
        case Number(value):
            return value
        case Minus(body):
            found = constant(body)
            return None if found is None else -found
        case Sum(parts) | Product(parts):
            values = [constant(part) for part in parts]
            known = [one for one in values if one is not None]
            if len(known) < len(values):
                return None
            return (
                sum(known, Fraction(0)) if isinstance(tree, Sum) else prod(known, start=Fraction(1))
            )
        case Power(base, exponent):
            found = constant(base)
            if found is None:
                return None
            bits = max(found.numerator.bit_length(), found.denominator.bit_length())
            if bits * exponent > _MOST_BITS:
                raise IndexFault(f"a power of more than {_MOST_BITS:,} bits")
            return found**exponent
        case Quotient(top, bottom):
            above, below = constant(top), constant(bottom)
            if below == 0:
                raise IndexFault("division by zero")
            return None if above is None or below is None else above / below
    return None
