"""What the targets that set formulas in type share: how wide and how high every atom is.

Widths are in points for Computer Modern at 10 pt, estimated generously. A target says only how its
atoms are written, in `Signs` and the methods below.
"""

from __future__ import annotations

import re
from abc import abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar
from unicodedata import combining

from tracer import ids
from tracer.activations import Activation, row_of
from tracer.formula import At
from tracer.glyph import GREEK, HATS, Glyph
from tracer.rounding import Number
from tracer.symbols import Symbols
from tracer.typeset.atoms import OPERATORS, Piece, fraction_parts, scientific
from tracer.typeset.base import Printer

_DIGIT, _POINT, _LETTER, _SMALL = 5.0, 2.8, 6.0, 4.1
_FUNCTIONS = {"erf": "erf", "sign": "sign", "huber": "Huber"}
# a letter with a name, a word, a number, or anything else that stands for itself
_NAMED = frozenset((*GREEK.values(), *HATS.values(), "…"))
_WORDS = re.compile(rf"{'|'.join((*GREEK.values(), *HATS.values()))}|[A-Za-z]{{2,}}|[0-9]+|.")
_FENCES = {"(": 3.9, "[": 3.9, "{": 5.0, "|": 2.8}


@dataclass(frozen=True, slots=True)
class Signs:
    """How a target writes what always looks the same.

    ``beside`` stands between matrices, ``times`` between a number and a bracket: a product without
    a dot. ``applied`` stands between a function and its bracket.
    """

    plus: str
    minus: str
    sign: str
    dot: str
    hadamard: str
    beside: str
    times: str
    applied: str
    comma: str
    semicolon: str
    dots: str
    ellipsis: str
    equal: str
    nearly: str
    nabla: str
    arrow: str
    ones: str


class PointPrinter(Printer):
    """Formulas measured in points."""

    signs: ClassVar[Signs]
    indent = 20.0
    comma_width = 4.5

    def __init__(self, symbols: Symbols, width: float) -> None:
        super().__init__(symbols, width)
        signs = self.signs
        self.plus = Piece(signs.plus, 12.3)
        self.minus = Piece(signs.minus, 12.3)
        self.sign = Piece(signs.sign, 7.8)
        self.dot = self.wide_dot = Piece(signs.dot, 7.3)
        self.hadamard = Piece(signs.hadamard, 12.3)
        self.beside = Piece(signs.beside, 0.0)
        self.times = Piece(signs.times, 0.0)
        self.applied = Piece(signs.applied, 0.0)
        self.dots = Piece(signs.dots, 12.0)
        self.separators = signs.comma, signs.semicolon

    @abstractmethod
    def digits(self, mantissa: str, exponent: str) -> str:
        """A number as `scientific` parts it, with the decimal sign of the problem."""

    @abstractmethod
    def ratio(self, top: str, bottom: str, negative: bool) -> str:
        """A number as a fraction."""

    @abstractmethod
    def symbol(self, glyph: Glyph) -> str:
        """A letter with its indices."""

    @abstractmethod
    def operator(self, name: str) -> str:
        """One of `OPERATORS`."""

    @abstractmethod
    def word(self, text: str) -> str:
        """A word of ASCII letters and digits, upright."""

    @abstractmethod
    def text(self, words: str) -> str:
        """Words of a problem, of any characters; nothing in them is markup."""

    @abstractmethod
    def activation(self, row: Activation) -> str:
        """The name of an activation."""

    @abstractmethod
    def decorated(self, head: str, low: str, prime: bool) -> str:
        """A function's name with what stands below it, if anything, and a prime."""

    @abstractmethod
    def fence(self, kind: str, inner: Sequence[Piece]) -> tuple[str, str]:
        """The brackets that open with ``(``, ``[``, ``{`` or ``|``, as high as ``inner``."""

    @abstractmethod
    def over(self, top: str, bottom: str) -> str:
        """A fraction."""

    @abstractmethod
    def exp(self, exponent: str) -> str:
        """Euler's number to a power."""

    @abstractmethod
    def radical(self, inner: str) -> str:
        """The square root."""

    @abstractmethod
    def power(self, base: str, exponent: str) -> str:
        """A base to a whole number."""

    @abstractmethod
    def sum_of(self, point: str, data: str) -> str:
        """The sign of a sum over the points of a set."""

    @abstractmethod
    def sum_from(self, variable: str, low: str, high: str) -> str:
        """The sign of a sum over whole numbers."""

    @abstractmethod
    def arrow_with(self, label: str) -> str:
        """An arrow with a label on it."""

    @abstractmethod
    def of_sample(self, body: str, sample: int) -> str:
        """A quantity at one sample."""

    @abstractmethod
    def at_step(self, body: str, symbol: str, step: int) -> str:
        """A quantity where the step's ``symbol`` is ``step``."""

    @abstractmethod
    def array(self, rows: Sequence[Sequence[str]]) -> str:
        """A matrix."""

    @abstractmethod
    def transpose(self, body: str) -> str:
        """A matrix with the sign of the transpose."""

    @abstractmethod
    def d(self, symbol: str, direct: bool) -> str:
        """``∂`` or ``∂⁺`` before a symbol."""

    def number(self, number: Number) -> Piece:
        parts = fraction_parts(number)
        if parts:
            negative = number.text.startswith("-")
            width = _SMALL * max(len(part) for part in parts) + 9 + 7.8 * negative
            return Piece(self.ratio(*parts, negative), width, tall=True)
        mantissa, exponent = scientific(number)
        width = sum(_POINT if c == "." else 7.8 if c == "-" else _DIGIT for c in mantissa)
        width += 18 + _SMALL * len(exponent) if exponent else 0
        return Piece(self.digits(mantissa, exponent), width)

    def glyph(self, glyph: Glyph) -> Piece:
        scripts = max(_length(glyph.sub), _length(glyph.sup))
        return Piece(self.symbol(glyph), _LETTER * _length(glyph.base) + _SMALL * scripts)

    def function_name(self, name: str, prime: bool, index: Number | None) -> Piece:
        if name in OPERATORS:
            return Piece(self.operator(name), 5.6 * len(name))
        if name in _FUNCTIONS:
            return Piece(self.decorated(self.word(_FUNCTIONS[name]), "", prime), 6.0 * len(name))
        row = row_of(name)
        low = Piece("", 0.0) if index is None else self.number(index)
        width = 5.6 * len(row.text) + 0.8 * low.width + (3 if prime else 0)
        return Piece(self.decorated(self.activation(row), low.text, prime), width)

    def _fenced(self, kind: str, inner: Sequence[Piece], tall: bool = False) -> list[Piece]:
        opening, closing = self.fence(kind, inner)
        width = 6.5 if tall else _FENCES[kind]
        return [Piece(opening, width, tall=tall), *inner, Piece(closing, width, tall=tall)]

    def bracket(self, inner: Sequence[Piece], square: bool) -> list[Piece]:
        return self._fenced("[" if square else "(", inner, any(piece.tall for piece in inner))

    def bars(self, inner: Sequence[Piece]) -> list[Piece]:
        return self._fenced("|", inner)

    def braces(self, inner: Sequence[Piece]) -> list[Piece]:
        return self._fenced("{", inner)

    def fraction(self, top: Piece, bottom: Piece, partial: bool) -> Piece:
        return Piece(self.over(top.text, bottom.text), max(top.width, bottom.width) + 4, tall=True)

    def exponential(self, exponent: Piece) -> Piece:
        return Piece(self.exp(exponent.text), 5 + 0.75 * exponent.width)

    def root(self, inner: Piece) -> Piece:
        return Piece(self.radical(inner.text), 9 + inner.width, tall=inner.tall)

    def raised(self, base: Piece, exponent: str) -> Piece:
        width = base.width + _SMALL * len(exponent)
        return Piece(self.power(base.text, exponent), width, tall=base.tall)

    def over_data(self, data: Piece) -> Piece:
        inputs = self.inputs()
        is_one = self.symbols.inputs == 1
        point = inputs if is_one else self.joined(self.bracket([inputs], square=False))
        # limits are set in 7 pt, and the sign is narrower than they are
        return Piece(self.sum_of(point.text, data.text), 0.78 * inputs.width + 28, tall=True)

    def over_range(self, variable: str, low: str, high: str) -> Piece:
        width = _SMALL * (len(variable) + max(len(low), len(high))) + 20
        return Piece(self.sum_from(variable, low, high), width, tall=True)

    def relation(self, relation: str) -> Piece:
        text = {"=": self.signs.equal, "≈": self.signs.nearly, "": ""}[relation]
        return Piece(text, 13.4 if relation else 0.0)

    def loss(self, name: str) -> Piece:
        if len(name) == 1 and name.isascii() and name.isalpha():
            return Piece(self.symbol(Glyph(name)), 7.6)
        is_word = name.isascii() and name.isalnum()
        return Piece(self.word(name) if is_word else self.text(name), 7.2 * len(name))

    def nabla(self) -> Piece:
        return Piece(self.signs.nabla, 8.4)

    def arrow(self) -> Piece:
        return Piece(self.signs.arrow, 15.6)

    def labelled_arrow(self, label: Piece) -> Piece:
        return Piece(self.arrow_with(label.text), 0.8 * label.width + 15, tall=True)

    def address(self, body: Piece, at: At) -> Piece:
        text, width = body.text, body.width
        if at.sample is not None:
            text, width = self.of_sample(text, at.sample), width + 15
        if at.step:
            step = self.glyph(self.symbols.step)
            text, width = self.at_step(text, step.text, at.step), width + 25
        return Piece(text, width, tall=body.tall)

    def inputs(self) -> Piece:
        names = [self.name(ids.output(0, k)) for k in range(1, min(self.symbols.inputs, 3) + 1)]
        if self.symbols.inputs > 3:
            last = self.name(ids.output(0, self.symbols.inputs))
            names[1:] = [Piece(self.signs.ellipsis, 12.0), last]
        text = self.signs.comma.join(piece.text for piece in names)
        return Piece(text, sum(piece.width + 4.5 for piece in names))

    def matrix(self, rows: Sequence[Sequence[Piece]]) -> Piece:
        widths = [max(piece.width for piece in column) for column in zip(*rows, strict=True)]
        text = self.array([[piece.text for piece in row] for row in rows])
        return Piece(text, sum(widths) + 10 * (len(widths) - 1) + 14, tall=True)

    def transposed(self, body: Piece) -> Piece:
        return Piece(self.transpose(body.text), body.width + 6, tall=body.tall)

    def ones(self) -> Piece:
        return Piece(self.signs.ones, 5.8)

    def differential(self, symbol: Piece, direct: bool = False) -> Piece:
        return Piece(self.d(symbol.text, direct), symbol.width + 5.6 + (_SMALL if direct else 0))


def _length(text: str) -> float:
    """The length of a word in letters of average width; capitals, m, w and dots are wider."""
    wide = {"m": 1.5, "w": 1.25, "…": 2.2}
    letters = (c for c in text if not combining(c))
    return sum(1.5 if c.isupper() else wide.get(c, 1.0) for c in letters)


def parts_of(text: str, shortest: int = 2) -> Iterator[tuple[str, bool]]:
    """The letters, words and numbers of a part of a symbol, and whether each is an upright word.

    ``shortest``: how long a word is at least; two letters below a symbol are two indices.
    """
    for part in _WORDS.findall(text):
        is_word = part[0].isascii() and part[0].isalpha() and len(part) > 1
        if is_word and len(part) < shortest:
            yield from ((letter, False) for letter in part)
        else:
            yield part, is_word and part not in _NAMED
