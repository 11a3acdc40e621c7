"""Formulas in LaTeX. Widths are in points for Computer Modern at 10 pt, estimated generously."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from unicodedata import combining

from tracer import ids
from tracer.activations import row_of
from tracer.formula import At
from tracer.glyph import GREEK, HATS, Glyph
from tracer.rounding import Number
from tracer.symbols import Symbols
from tracer.typeset.atoms import OPERATORS, Piece, fraction_parts, scientific
from tracer.typeset.base import Printer

_DIGIT, _POINT, _LETTER, _SMALL = 5.0, 2.8, 6.0, 4.1
_GREEK = {letter: rf"\{name}" for name, letter in GREEK.items()}
_HATS = {letter: rf"\hat{{{name[0]}}}" for name, letter in HATS.items()}
_LETTERS = _GREEK | _HATS | {"…": r"\ldots"}
# a letter with a name, a word, or anything else that stands for itself
_WORDS = re.compile(rf"{'|'.join(_LETTERS)}|[A-Za-z]{{2,}}|.")
_FUNCTIONS = {"erf": "erf", "sign": "sign", "huber": "Huber"}

# every character that is not plain text in LaTeX, and how to print it
_TEXT_ESCAPES = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "#": r"\#",
    "%": r"\%",
    "_": r"\_",
    "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    "`": r"\textasciigrave{}",
    "–": "--",
    "—": "---",
    "→": r"\ensuremath{\to}",
    "≈": r"\ensuremath{\approx}",
    "·": r"\ensuremath{\cdot}",
    "∈": r"\ensuremath{\in}",
    "∂": r"\ensuremath{\partial}",
    "−": r"\ensuremath{-}",
    "’": "'",
    "“": "``",
    "”": "''",
    "…": r"\ldots{}",
    "\n": " ",
    "\t": " ",
    **{letter: rf"\ensuremath{{{command}}}" for letter, command in _GREEK.items()},
}
# what fonts of LaTeX draw as one sign: dashes, quotation marks, Spanish ¡ and ¿
_LIGATURES = frozenset(("--", "''", ",,", "``", "!`", "?`"))
# letters that every font of pdflatex can build, also without the T1 encoding
_LATIN = frozenset(
    "ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØÙÚÛÜÝßàáâãäåæçèéêëìíîïñòóôõöøùúûüýÿ"
    "ĀāĂăĆćĈĉČčĎďĒēĚěĞğŁłŃńŇňŌōŐőŒœŘřŚśŞşŠšŤťŪūŮůŰűŸŹźŻżŽž"
)


def escape(text: str) -> str:
    r"""Plain text for LaTeX: nothing in it is a command, and every character prints.

    Characters that pdflatex cannot set become ``\unicodechar{4E2D}``, which the template defines.
    In math, put the result into ``\text{…}``.
    """
    found = ""
    for piece in map(_escaped, text):
        # braces alone would not keep lualatex from joining them
        found += r"{\kern0pt}" if found[-1:] + piece[:1] in _LIGATURES else ""
        found += piece
    return found


def _escaped(character: str) -> str:
    if character in _TEXT_ESCAPES:
        return _TEXT_ESCAPES[character]
    if " " <= character <= "~" or character in _LATIN:
        return character
    if not character.isprintable():
        return " " if character.isspace() else ""
    return rf"\unicodechar{{{ord(character):X}}}"


class LatexPrinter(Printer):
    r"""LaTeX that amsmath, KaTeX and MathJax read alike.

    ``words`` escapes a name that the user chose, for the inside of ``\text{…}``.
    """

    def __init__(
        self, symbols: Symbols, width: float, words: Callable[[str], str] = escape
    ) -> None:
        super().__init__(symbols, width)
        self.words = words

    plus = Piece(" + ", 12.3)
    minus = Piece(" - ", 12.3)
    sign = Piece("-", 7.8)
    dot = wide_dot = Piece(r" \cdot ", 7.3)
    hadamard = Piece(r" \odot ", 12.3)
    beside = Piece(" ", 0.0)
    dots = Piece(r"\cdots", 12.0)
    indent = 20.0
    comma_width = 4.5
    continuation = "{}"  # so that the sign after it is spaced as between two operands

    def number(self, number: Number) -> Piece:
        parts = fraction_parts(number)
        sign = "-" if number.text.startswith("-") else ""
        if parts:
            width = _SMALL * max(len(part) for part in parts) + 3 + 7.8 * len(sign)
            return Piece(rf"{sign}\frac{{{parts[0]}}}{{{parts[1]}}}", width + 6, tall=True)
        mantissa, exponent = scientific(number)
        text = mantissa.replace(".", "{,}") if self.symbols.decimal_comma else mantissa
        width = sum(_POINT if c == "." else 7.8 if c == "-" else _DIGIT for c in mantissa)
        if exponent:
            text += rf"{self.dot.text if mantissa.strip('-') else ''}10^{{{exponent}}}"
            width += 18 + _SMALL * len(exponent)
        return Piece(text, width)

    def glyph(self, glyph: Glyph) -> Piece:
        text = _words(glyph.base)
        for sign, script in (("_", _words(glyph.sub, 3)), ("^", _words(glyph.sup, 3))):
            text += f"{sign}{{{script}}}" if len(script) > 1 else sign + script if script else ""
        scripts = max(_length(glyph.sub), _length(glyph.sup))
        return Piece(text, _LETTER * _length(glyph.base) + _SMALL * scripts)

    def function_name(self, name: str, prime: bool, index: Number | None) -> Piece:
        if name in OPERATORS:
            return Piece(rf"\{name}", 5.6 * len(name))
        if name in _FUNCTIONS:
            text = rf"\mathrm{{{_FUNCTIONS[name]}}}"
            return Piece(text + ("'" if prime else ""), 6.0 * len(name))
        row = row_of(name)
        text, width = row.latex, 5.6 * len(row.text)
        if index is not None:
            low = self.number(index)
            text, width = f"{text}_{{{low.text}}}", width + 0.8 * low.width
        return Piece(text + ("'" if prime else ""), width + (3 if prime else 0))

    def bracket(self, inner: Sequence[Piece], square: bool) -> list[Piece]:
        opening, closing = ("[", "]") if square else ("(", ")")
        if any(piece.tall for piece in inner):
            size = "bigg" if any("pmatrix" in piece.text for piece in inner) else "Big"
            return [
                Piece(rf"\{size}l{opening} ", 6.5, tall=True),
                *inner,
                Piece(rf" \{size}r{closing}", 6.5, tall=True),
            ]
        return [Piece(opening, 3.9), *inner, Piece(closing, 3.9)]

    def bars(self, inner: Sequence[Piece]) -> list[Piece]:
        return [Piece(r"\lvert ", 2.8), *inner, Piece(r" \rvert", 2.8)]

    def fraction(self, top: Piece, bottom: Piece, partial: bool) -> Piece:
        return Piece(
            rf"\frac{{{top.text}}}{{{bottom.text}}}", max(top.width, bottom.width) + 4, tall=True
        )

    def exponential(self, exponent: Piece) -> Piece:
        return Piece(f"e^{{{exponent.text}}}", 5 + 0.75 * exponent.width)

    def root(self, inner: Piece) -> Piece:
        return Piece(rf"\sqrt{{{inner.text}}}", 9 + inner.width, tall=inner.tall)

    def raised(self, base: Piece, exponent: str) -> Piece:
        text = f"{{{exponent}}}" if len(exponent) > 1 else exponent
        return Piece(f"{base.text}^{text}", base.width + _SMALL * len(exponent), tall=base.tall)

    def over_data(self, data: Piece) -> Piece:
        inputs = self.inputs()
        point = inputs.text if self.symbols.inputs == 1 else f"({inputs.text})"
        # limits are set in 7 pt, and the sign is narrower than they are
        return Piece(rf"\sum_{{{point} \in {data.text}}} ", 0.78 * inputs.width + 28, tall=True)

    def over_range(self, variable: str, low: str, high: str) -> Piece:
        width = _SMALL * (len(variable) + max(len(low), len(high))) + 20
        return Piece(rf"\sum_{{{variable}={low}}}^{{{high}}} ", width, tall=True)

    def relation(self, relation: str) -> Piece:
        return Piece({"=": " = ", "≈": r" \approx ", "": ""}[relation], 13.4 if relation else 0.0)

    def loss(self, name: str) -> Piece:
        if len(name) == 1 and name.isascii() and name.isalpha():
            return Piece(name, 7.6)
        if name.isascii() and name.isalnum():
            return Piece(rf"\mathrm{{{name}}}", 7.2 * len(name))
        return Piece(rf"\text{{{self.words(name)}}}", 7.2 * len(name))

    def nabla(self) -> Piece:
        return Piece(r"\nabla ", 8.4)

    def arrow(self) -> Piece:
        return Piece(r" \to ", 15.6)

    def labelled_arrow(self, label: Piece) -> Piece:
        return Piece(rf" \xrightarrow{{{label.text}}} ", 0.8 * label.width + 15, tall=True)

    def braces(self, inner: Sequence[Piece]) -> list[Piece]:
        return [Piece(r"\{", 5.0), *inner, Piece(r"\}", 5.0)]

    def address(self, body: Piece, at: At) -> Piece:
        text, width = body.text, body.width
        if at.sample is not None:
            text, width = rf"{text}\,[{at.sample}]", width + 15
        if at.step:
            step = self.glyph(self.symbols.step)
            text, width = rf"\left. {text} \right|_{{{step.text}={at.step}}}", width + 25
        return Piece(text, width, tall=body.tall)

    def inputs(self) -> Piece:
        names = [self.name(ids.output(0, k)) for k in range(1, min(self.symbols.inputs, 3) + 1)]
        if self.symbols.inputs > 3:
            names[1:] = [Piece(r"\ldots", 12.0), self.name(ids.output(0, self.symbols.inputs))]
        text = ", ".join(piece.text for piece in names)
        return Piece(text, sum(piece.width + 4.5 for piece in names))

    def matrix(self, rows: Sequence[Sequence[Piece]]) -> Piece:
        widths = [max(piece.width for piece in column) for column in zip(*rows, strict=True)]
        lines = r" \\ ".join(" & ".join(piece.text for piece in row) for row in rows)
        text = rf"\begin{{pmatrix}} {lines} \end{{pmatrix}}"
        return Piece(text, sum(widths) + 10 * (len(widths) - 1) + 14, tall=True)

    def transposed(self, body: Piece) -> Piece:
        return Piece(rf"{body.text}^{{\top}}", body.width + 6, tall=body.tall)

    def ones(self) -> Piece:
        return Piece(r"\mathbf{1}", 5.8)

    def differential(self, symbol: Piece, direct: bool = False) -> Piece:
        sign, width = (r"\partial^{+}", 5.6 + _SMALL) if direct else (r"\partial", 5.6)
        return Piece(f"{sign} {symbol.text}", symbol.width + width)


def _length(text: str) -> float:
    """The length of a word in letters of average width; capitals, m, w and dots are wider."""
    wide = {"m": 1.5, "w": 1.25, "…": 2.2}
    letters = (c for c in text if not combining(c))
    return sum(1.5 if c.isupper() else wide.get(c, 1.0) for c in letters)


def _words(text: str, shortest: int = 2) -> str:
    r"""A part of a symbol: words upright, letters by their names, ``\tau h`` kept apart.

    ``shortest``: how long a word is at least; two letters below a symbol are two indices.
    """
    found = ""
    for word in _WORDS.findall(text):
        if found[-1:].isalpha() and "\\" in found and word[0].isalpha() and word.isascii():
            found += " "
        upright = word not in _LETTERS and len(word) >= shortest
        found += rf"\mathrm{{{word}}}" if upright else _LETTERS.get(word, word)
    return found
