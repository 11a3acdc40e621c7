"""Formulas in LaTeX."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tracer.activations import Activation
from tracer.glyph import GREEK, HATS, Glyph
from tracer.symbols import Symbols
from tracer.typeset.atoms import Piece
from tracer.typeset.points import PointPrinter, Signs, parts_of

_GREEK = {letter: rf"\{name}" for name, letter in GREEK.items()}
_HATS = {letter: rf"\hat{{{name[0]}}}" for name, letter in HATS.items()}
_LETTERS = _GREEK | _HATS | {"…": r"\ldots"}
_FENCES = {"{": (r"\{", r"\}"), "|": (r"\lvert ", r" \rvert")}

# what stands in a text but has to be set as a formula: fonts of text do not have it
SIGNS = {
    "→": r"\to",
    "≈": r"\approx",
    "·": r"\cdot",
    "∈": r"\in",
    "∂": r"\partial",
    "−": "-",
    **_GREEK,
}
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
    "’": "'",
    "“": "``",
    "”": "''",
    "…": r"\ldots{}",
    "\n": " ",
    "\t": " ",
    **{sign: rf"\ensuremath{{{command}}}" for sign, command in SIGNS.items()},
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


def declarations() -> str:
    """What pdflatex must know to set the signs of our sentences where they are not escaped.

    A sign that it can set already, as a letter of a language, is left as it is.
    """
    signs = {char: text for char, text in _TEXT_ESCAPES.items() if "ensuremath" in text}
    lines = (
        rf"\ifcsname u8:\detokenize{{{char}}}\endcsname\else"
        rf"\DeclareUnicodeCharacter{{{ord(char):04X}}}{{{text}}}\fi"
        for char, text in signs.items()
    )
    return "\n".join(lines)


class LatexPrinter(PointPrinter):
    r"""LaTeX that amsmath, KaTeX and MathJax read alike.

    ``words`` escapes a name that the user chose, for the inside of ``\text{…}``.
    """

    signs = Signs(
        plus=" + ",
        minus=" - ",
        sign="-",
        dot=r" \cdot ",
        hadamard=r" \odot ",
        beside=" ",
        times="",
        applied="",
        comma=", ",
        semicolon="; ",
        dots=r"\cdots",
        ellipsis=r"\ldots",
        equal=" = ",
        nearly=r" \approx ",
        nabla=r"\nabla ",
        arrow=r" \to ",
        ones=r"\mathbf{1}",
    )
    continuation = "{}"  # so that the sign after it is spaced as between two operands

    def __init__(
        self, symbols: Symbols, width: float, words: Callable[[str], str] = escape
    ) -> None:
        super().__init__(symbols, width)
        self.words = words

    def digits(self, mantissa: str, exponent: str) -> str:
        text = mantissa.replace(".", "{,}") if self.symbols.decimal_comma else mantissa
        if exponent:
            text += rf"{self.signs.dot if mantissa.strip('-') else ''}10^{{{exponent}}}"
        return text

    def ratio(self, top: str, bottom: str, negative: bool) -> str:
        return ("-" if negative else "") + self.over(top, bottom)

    def symbol(self, glyph: Glyph) -> str:
        text = _words(glyph.base)
        for sign, script in (("_", _words(glyph.sub, 3)), ("^", _words(glyph.sup, 3))):
            text += f"{sign}{{{script}}}" if len(script) > 1 else sign + script if script else ""
        return text

    def operator(self, name: str) -> str:
        return rf"\{name}"

    def word(self, text: str) -> str:
        return rf"\mathrm{{{text}}}"

    def text(self, words: str) -> str:
        return rf"\text{{{self.words(words)}}}"

    def activation(self, row: Activation) -> str:
        return row.latex

    def decorated(self, head: str, low: str, prime: bool) -> str:
        return head + (f"_{{{low}}}" if low else "") + ("'" if prime else "")

    def fence(self, kind: str, inner: Sequence[Piece]) -> tuple[str, str]:
        if kind in _FENCES:
            return _FENCES[kind]
        closing = {"(": ")", "[": "]"}[kind]
        if not any(piece.tall for piece in inner):
            return kind, closing
        size = "bigg" if any("pmatrix" in piece.text for piece in inner) else "Big"
        return rf"\{size}l{kind} ", rf" \{size}r{closing}"

    def over(self, top: str, bottom: str) -> str:
        return rf"\frac{{{top}}}{{{bottom}}}"

    def exp(self, exponent: str) -> str:
        return f"e^{{{exponent}}}"

    def radical(self, inner: str) -> str:
        return rf"\sqrt{{{inner}}}"

    def power(self, base: str, exponent: str) -> str:
        return f"{base}^" + (f"{{{exponent}}}" if len(exponent) > 1 else exponent)

    def sum_of(self, point: str, data: str) -> str:
        return rf"\sum_{{{point} \in {data}}} "

    def sum_from(self, variable: str, low: str, high: str) -> str:
        return rf"\sum_{{{variable}={low}}}^{{{high}}} "

    def arrow_with(self, label: str) -> str:
        return rf" \xrightarrow{{{label}}} "

    def of_sample(self, body: str, sample: int) -> str:
        return rf"{body}\,[{sample}]"

    def at_step(self, body: str, symbol: str, step: int) -> str:
        return rf"\left. {body} \right|_{{{symbol}={step}}}"

    def array(self, rows: Sequence[Sequence[str]]) -> str:
        lines = r" \\ ".join(" & ".join(row) for row in rows)
        return rf"\begin{{pmatrix}} {lines} \end{{pmatrix}}"

    def transpose(self, body: str) -> str:
        return rf"{body}^{{\top}}"

    def d(self, symbol: str, direct: bool) -> str:
        return (r"\partial^{+} " if direct else r"\partial ") + symbol


def _words(text: str, shortest: int = 2) -> str:
    r"""A part of a symbol: words upright, letters by their names, ``\tau h`` kept apart."""
    found = ""
    for part, is_upright in parts_of(text, shortest):
        if found[-1:].isalpha() and "\\" in found and part[0].isalpha() and part.isascii():
            found += " "
        found += rf"\mathrm{{{part}}}" if is_upright else _LETTERS.get(part, part)
    return found
