"""What a target has to say: how its numbers, letters, brackets and fractions look.

Where they stand is decided in `base`, once for all targets.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass

from tracer.formula import At
from tracer.glyph import Glyph
from tracer.rounding import Number
from tracer.symbols import Symbols

# functions that are no activations; LaTeX and plain text call them the same
OPERATORS = frozenset(("log", "max", "min"))


@dataclass(frozen=True, slots=True)
class Piece:
    """Printed text that is not broken; ``level`` > 0 allows a break before it, lower is better.

    ``tall``: higher than a line, as a fraction is.
    """

    text: str
    width: float
    level: int = 0
    tall: bool = False


class Atoms(ABC):
    """What a target says of its atoms; ``width`` is a line's length in the target's unit."""

    plus: Piece
    minus: Piece
    sign: Piece
    dot: Piece
    wide_dot: Piece
    hadamard: Piece
    beside: Piece
    dots: Piece
    indent: float
    comma_width: float
    # between a number and the bracket that it multiplies, and between a function and its bracket
    times = Piece("", 0)
    applied = Piece("", 0)
    # what separates numbers; the second where the decimal sign is a comma
    separators = (", ", "; ")
    # what a line starts with that goes on with a sum or product from the line before
    continuation: str = ""

    def __init__(self, symbols: Symbols, width: float) -> None:
        self.symbols = symbols
        self.width = width

    def finished(self, text: str) -> str:
        """A line, made whole where breaks have parted a pair of brackets."""
        return text

    @abstractmethod
    def number(self, number: Number) -> Piece:
        """A number without any bracket."""

    @abstractmethod
    def glyph(self, glyph: Glyph) -> Piece:
        """A letter with its indices."""

    @abstractmethod
    def function_name(self, name: str, prime: bool, index: Number | None) -> Piece:
        """The name of a function, with its parameter as an index if there is one."""

    @abstractmethod
    def bracket(self, inner: Sequence[Piece], square: bool) -> list[Piece]:
        """``inner`` in brackets high enough for it."""

    @abstractmethod
    def bars(self, inner: Sequence[Piece]) -> list[Piece]:
        """The absolute value of ``inner``."""

    @abstractmethod
    def fraction(self, top: Piece, bottom: Piece, partial: bool) -> Piece:
        """``top`` over ``bottom``."""

    @abstractmethod
    def exponential(self, exponent: Piece) -> Piece:
        """Euler's number to a power."""

    @abstractmethod
    def root(self, inner: Piece) -> Piece:
        """The square root."""

    @abstractmethod
    def raised(self, base: Piece, exponent: str) -> Piece:
        """A base, already in brackets where it needs them, to a power."""

    def juxtaposes(self, number: Number) -> bool:
        """Whether a number can stand directly before a bracket."""
        return True

    @abstractmethod
    def over_data(self, data: Piece) -> Piece:
        """The sign of a sum over the samples of ``data``."""

    @abstractmethod
    def over_range(self, variable: str, low: str, high: str) -> Piece:
        """The sign of a sum over whole numbers."""

    @abstractmethod
    def relation(self, relation: str) -> Piece:
        """``=`` or ``≈`` between two formulas."""

    @abstractmethod
    def loss(self, name: str) -> Piece:
        """The name that the problem gives to its loss."""

    @abstractmethod
    def nabla(self) -> Piece:
        """The gradient sign."""

    @abstractmethod
    def arrow(self) -> Piece:
        """The arrow from a sample's inputs to its targets."""

    @abstractmethod
    def labelled_arrow(self, label: Piece) -> Piece:
        """An arrow with ``label`` on it."""

    @abstractmethod
    def braces(self, inner: Sequence[Piece]) -> list[Piece]:
        """``inner`` as a set."""

    @abstractmethod
    def address(self, body: Piece, at: At) -> Piece:
        """A quantity at one sample and step."""

    @abstractmethod
    def inputs(self) -> Piece:
        """The inputs, separated by commas; with an ellipsis where there are many."""

    @abstractmethod
    def matrix(self, rows: Sequence[Sequence[Piece]]) -> Piece:
        """Rows of entries in brackets."""

    @abstractmethod
    def transposed(self, body: Piece) -> Piece:
        """A matrix, already in brackets where it needs them, with the sign of the transpose."""

    @abstractmethod
    def ones(self) -> Piece:
        """The column of ones."""

    @abstractmethod
    def differential(self, symbol: Piece, direct: bool = False) -> Piece:
        """``∂l_1^2``, or ``∂⁺l_1^2`` of a ``direct`` derivative."""


def scientific(number: Number) -> tuple[str, str]:
    """What stands before the power of ten, and its exponent if there is one: ``-3.1``, ``-8``.

    An exact power of ten needs no 1 before it; one that was rounded shows that it is a figure.
    """
    mantissa, _, exponent = number.text.partition("e")
    if exponent and number.is_exact and mantissa.removeprefix("-") == "1":
        return mantissa.removesuffix("1"), exponent
    return mantissa, exponent


def fraction_parts(number: Number) -> tuple[str, str] | None:
    """Numerator and denominator of a number printed as a fraction, without sign."""
    if "/" not in number.text:
        return None
    top, bottom = number.text.removeprefix("-").split("/")
    return top, bottom
