"""What a formula that somebody wrote consists of: plain data, never code.

Every node that was read from text has ``start`` and ``stop``, its offsets in that text; equality
leaves them out.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from flint import fmpq


@dataclass(frozen=True, slots=True)
class Number:
    """A number as printed: ``half`` a unit of its last place, 0 for a fraction (``1/3``).

    ``text`` is how it was written.
    """

    value: fmpq
    half: fmpq
    decimals: int | None = None
    figures: int | None = None
    text: str = field(default="", compare=False)
    start: int = field(default=0, compare=False)
    stop: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Symbol:
    r"""Anything with a name: ``w_{1,2}^1``, ``f^*(l_1^0, l_2^0)``, ``\gamma``, ``dloss/dw1[1,2]``.

    ``text`` is as written; which quantity it is only a problem can say.
    """

    text: str
    start: int = field(default=0, compare=False)
    stop: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Partial:
    r"""``\frac{\partial of}{\partial wrt}``, or ``∂of/∂wrt``."""

    of: Symbol
    wrt: Symbol
    start: int = field(default=0, compare=False)
    stop: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Minus:
    """Minus ``body``."""

    body: Tree


@dataclass(frozen=True, slots=True)
class Sum:
    """Terms in order."""

    terms: tuple[Tree, ...]


@dataclass(frozen=True, slots=True)
class Product:
    """Factors in order, whatever sign or none stood between them."""

    factors: tuple[Tree, ...]


@dataclass(frozen=True, slots=True)
class Quotient:
    """``top`` over ``bottom``."""

    top: Tree
    bottom: Tree


@dataclass(frozen=True, slots=True)
class Power:
    """``base`` to the power of ``exponent``."""

    base: Tree
    exponent: Tree


@dataclass(frozen=True, slots=True)
class Call:
    r"""A function of its arguments, such as ReLU, σ, tanh, exp, log, √, max; ``prime`` for f′.

    ``function`` is in lower case: ``relu``, ``sigmoid``, ``exp``.
    """

    function: str
    args: tuple[Tree, ...]
    prime: bool = False


@dataclass(frozen=True, slots=True)
class Over:
    r"""``\sum_{…} body``; ``below`` and ``above`` are what stands at the sign, as written."""

    body: Tree
    below: str = ""
    above: str = ""


@dataclass(frozen=True, slots=True)
class Matrix:
    """Rows of entries."""

    rows: tuple[tuple[Tree, ...], ...]


@dataclass(frozen=True, slots=True)
class Transposed:
    """``body`` with rows and columns exchanged."""

    body: Tree


@dataclass(frozen=True, slots=True)
class Entrywise:
    """The product of matrices entry by entry, ⊙."""

    factors: tuple[Tree, ...]


Tree = (
    Number
    | Symbol
    | Partial
    | Minus
    | Sum
    | Product
    | Quotient
    | Power
    | Call
    | Over
    | Matrix
    | Transposed
    | Entrywise
)


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a chain ``A = B ≈ C``: how it is joined to the side before it (``=``, ``≈``).

    ``relation`` is "" for the first side. ``tree`` is None where the side could not be read;
    ``reason`` then says why. ``start`` and ``stop`` are offsets in the formula's source.
    """

    relation: str
    source: str
    tree: Tree | None
    reason: str = ""
    start: int = 0
    stop: int = 0
