"""Formulas in Unicode for a terminal. Widths are in characters."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from tracer import ids
from tracer.activations import is_activation, row_of
from tracer.formula import At
from tracer.glyph import Glyph
from tracer.rounding import Number
from tracer.typeset.atoms import Piece, scientific
from tracer.typeset.base import Printer

_FUNCTIONS = {"huber": "Huber"}
_SUBSCRIPTS = str.maketrans("0123456789n+-(),", "₀₁₂₃₄₅₆₇₈₉ₙ₊₋₍₎,")
_LATEX_SCRIPT = re.compile(
    r"(?<=[\w})*])([_^])(?:\{(\d{1,3}(?:, ?\d{1,3})*)\}|(\d))(?!\d)", re.ASCII
)
_DOT = re.compile(r" ?\\(?:cdot|times)(?![A-Za-z]) ?")
_SUPERSCRIPTS = str.maketrans("0123456789+-(),*t", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁽⁾,*ᵗ")
# the brackets of a matrix, and what parts its rows, until `spread` sets them below each other
OPEN, CLOSE, ROW = "\ue000", "\ue001", "\ue002"
_MATRIX = re.compile(f"{OPEN}([^{CLOSE}]*){CLOSE}")
# what stands before the brackets of a function
_HEAD = re.compile(r"[^\W\d][^\W_]*['*]?|√|")
_BRACKETED = re.compile(r"\[[^][()]*\]|\([^][()]*\)")


def _piece(text: str) -> Piece:
    return Piece(text, len(text))


class TextPrinter(Printer):
    """Plain characters, one line high."""

    plus = _piece(" + ")
    minus = _piece(" - ")
    sign = _piece("-")
    dot = _piece("·")
    wide_dot = _piece(" · ")
    hadamard = _piece(" ⊙ ")
    beside = _piece(" ")
    dots = _piece("…")
    indent = 4
    comma_width = 2

    def number(self, number: Number) -> Piece:
        mantissa, exponent = scientific(number)
        if self.symbols.decimal_comma:
            mantissa = mantissa.replace(".", ",")
        if exponent:
            dot = "·" if mantissa.strip("-") else ""
            mantissa += f"{dot}10{exponent.translate(_SUPERSCRIPTS)}"
        return _piece(mantissa)

    def glyph(self, glyph: Glyph) -> Piece:
        below = _script("_", glyph.sub, _SUBSCRIPTS)
        return _piece(glyph.base + below + _script("^", glyph.sup, _SUPERSCRIPTS))

    def function_name(self, name: str, prime: bool, index: Number | None) -> Piece:
        text = row_of(name).text if is_activation(name) else _FUNCTIONS.get(name, name)
        if index is not None:
            low = self.number(index).text
            text += low.translate(_SUBSCRIPTS) if low.isdigit() else f"_{low}"
        return _piece(text + ("'" if prime else ""))

    def bracket(self, inner: Sequence[Piece], square: bool) -> list[Piece]:
        opening, closing = ("[", "]") if square else ("(", ")")
        return [_piece(opening), *inner, _piece(closing)]

    def bars(self, inner: Sequence[Piece]) -> list[Piece]:
        return [_piece("|"), *inner, _piece("|")]

    def fraction(self, top: Piece, bottom: Piece, partial: bool) -> Piece:
        if partial:
            return _piece(f"{top.text}/{bottom.text}")
        sides = (text if _binds(text) else _closed(text) for text in (top.text, bottom.text))
        return _piece("/".join(sides))

    def exponential(self, exponent: Piece) -> Piece:
        return _piece(f"exp({exponent.text})")

    def root(self, inner: Piece) -> Piece:
        # without brackets √x² could be the square of the root
        is_power = set(inner.text) & set(map(chr, _SUPERSCRIPTS.values()))
        return _piece("√" + (f"({inner.text})" if is_power else _closed(inner.text)))

    def raised(self, base: Piece, exponent: str) -> Piece:
        return _piece(base.text + exponent.translate(_SUPERSCRIPTS))

    def juxtaposes(self, number: Number) -> bool:
        return "/" not in number.text  # 1/2(a + b) would read as 1/(2(a + b))

    def over_data(self, data: Piece) -> Piece:
        return _piece(f"Σ_{data.text} ")

    def over_range(self, variable: str, low: str, high: str) -> Piece:
        return _piece(f"Σ_{{{variable}={low}}}^{{{high}}} ")

    def relation(self, relation: str) -> Piece:
        return _piece(f" {relation} " if relation else "")

    def loss(self, name: str) -> Piece:
        return _piece(name)

    def nabla(self) -> Piece:
        return _piece("∇")

    def arrow(self) -> Piece:
        return _piece(" → ")

    def labelled_arrow(self, label: Piece) -> Piece:
        return _piece(f" ──{label.text}──> ")

    def braces(self, inner: Sequence[Piece]) -> list[Piece]:
        return [_piece("{"), *inner, _piece("}")]

    def address(self, body: Piece, at: At) -> Piece:
        text = body.text
        if at.sample is not None:
            text += f"[{at.sample}]"
        if at.step:
            text += f"|{self.glyph(self.symbols.step).text}={at.step}"
        return _piece(text)

    def inputs(self) -> Piece:
        names = [
            self.name(ids.output(0, k)).text for k in range(1, min(self.symbols.inputs, 3) + 1)
        ]
        if self.symbols.inputs > 3:
            names[1:] = ["…", self.name(ids.output(0, self.symbols.inputs)).text]
        return _piece(", ".join(names))

    def matrix(self, rows: Sequence[Sequence[Piece]]) -> Piece:
        widths = [max(len(piece.text) for piece in column) for column in zip(*rows, strict=True)]
        lines = (
            " ".join(f"{p.text:>{w}}" for p, w in zip(row, widths, strict=True)) for row in rows
        )
        inside = ROW.join(lines)
        return Piece(f"{OPEN}{inside}{CLOSE}", sum(widths) + len(widths) + 1)

    def transposed(self, body: Piece) -> Piece:
        return Piece(f"{body.text}ᵀ", body.width + 1)

    def ones(self) -> Piece:
        return _piece("𝟏")

    def differential(self, symbol: Piece, direct: bool = False) -> Piece:
        return _piece(("∂⁺" if direct else "∂") + symbol.text)


def scripted(text: str) -> str:
    r"""Words with ``w_{1,2}^1`` in them as words with ``w₁,₂¹``, and ``\cdot`` as ``·``."""

    def one(found: re.Match[str]) -> str:
        characters = _SUBSCRIPTS if found[1] == "_" else _SUPERSCRIPTS
        inner = found[2] or found[3]
        return inner.replace(" ", "").translate(characters)

    return _DOT.sub("·", _LATEX_SCRIPT.sub(one, text))


def _script(sign: str, text: str, characters: Mapping[int, int]) -> str:
    """``text`` below or above; after a sign where not all of it has such characters."""
    if all(ord(character) in characters for character in text):
        return text.translate(characters)
    alone = text.isalnum() or _BRACKETED.fullmatch(text)
    return sign + (text if alone else f"{{{text}}}")


def _closed(text: str) -> str:
    """``text`` as one side of a slash: in brackets unless it is a single name or number."""
    return f"({text})" if set(text) & set(" ·/") or text.startswith("-") else text


def _binds(text: str) -> bool:
    """Whether it is one pair of brackets, of a function or raised: ``(1 + |p|)²``, ``√(1 + p)``.

    Both bind tighter than the slash. A number before brackets is a factor.
    """
    head, opening, rest = text.partition("(")
    inside = rest.rstrip("".join(map(chr, _SUPERSCRIPTS.values())).replace(",", ""))
    if not opening or not inside.endswith(")") or not _HEAD.fullmatch(head):
        return False
    depth = 0
    for character in inside[:-1]:
        depth += (character == "(") - (character == ")")
        if depth < 0:
            return False
    return depth == 0


def spread(line: str) -> list[str]:
    """A line as it is printed: several, with the rows of its matrices below each other."""
    parts = _MATRIX.split(line)  # text and the inside of a matrix in turn
    height = max((part.count(ROW) + 1 for part in parts[1::2]), default=1)
    found = [""] * height
    for position, part in enumerate(parts):
        rows = _bracketed(part.split(ROW)) if position % 2 else [part]
        above = (height - len(rows)) // 2
        for at in range(height):
            row = rows[at - above] if 0 <= at - above < len(rows) else " " * len(rows[0])
            found[at] += row
    return [row.rstrip() for row in found]


def _bracketed(rows: list[str]) -> list[str]:
    if len(rows) == 1:
        return [f"[{rows[0]}]"]
    ends = [("⎡", "⎤"), *[("⎢", "⎥")] * (len(rows) - 2), ("⎣", "⎦")]
    return [f"{left}{row}{right}" for (left, right), row in zip(ends, rows, strict=True)]
