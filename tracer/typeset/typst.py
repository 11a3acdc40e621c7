"""Formulas in the maths of Typst 0.15.

Letters are written as themselves, words as strings, and brackets escaped, so that Typst neither
pairs nor parses them; those that are to grow stand in ``lr``. Between a string and what follows
there is no space, which Typst would print.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from unicodedata import normalize

from tracer.activations import Activation
from tracer.glyph import HATS, Glyph
from tracer.typeset.atoms import Piece
from tracer.typeset.points import PointPrinter, Signs, parts_of

_CLOSING = {"(": r"\)", "[": r"\]", "{": r"\}", "|": "|"}
# stand-ins until a line is whole: a pair of growing brackets,
_OPEN, _CLOSE = "\ue000", "\ue001"
_PAIRS = re.compile(f"[{_OPEN}{_CLOSE}]")
# and what keeps a function from its argument where two letters would be a name to Typst
_APPLIED = "\ue002"
_AFTER_LETTER = re.compile(rf"(?<=[^\W\d_]){_APPLIED}")
# what is markup somewhere in running text, and what is drawn as another sign
_SPECIAL = re.compile(
    r"[\\#$*_`<>@\[\]~'\"=+/]|-(?=[-?\d\s]|$)|(?<=-)-|\.(?=\.)|(?<=\.)\.|(?<=\d)\.(?=\s|$)"
)
# a number or letter that a script needs no brackets around
_SINGLE = re.compile(r"[0-9]+|\w")


def quote(text: str) -> str:
    """A string of Typst's."""
    flat = "".join(c if c.isprintable() else " " for c in text)
    return '"' + flat.replace("\\", "\\\\").replace('"', '\\"') + '"'


def escape(text: str) -> str:
    """Plain text for Typst: nothing in it is markup, wherever it stands."""
    flat = "".join(c if c.isprintable() else " " for c in text)
    return _SPECIAL.sub(r"\\\g<0>", flat)


class TypstPrinter(PointPrinter):
    """The inside of an equation."""

    signs = Signs(
        plus="+",
        minus="-",
        sign="-",
        dot="⋅",
        hadamard="⊙",
        beside=" ",
        times="",
        applied=_APPLIED,
        comma=r"\,",
        semicolon=r"\;",
        dots="⋯",
        ellipsis="…",
        equal="=",
        nearly="≈",
        nabla="∇",
        arrow="→",
        ones="bold(1)",
    )
    continuation = '""'  # so that the sign after it is spaced as between two operands

    def finished(self, text: str) -> str:
        opened = most = 0
        for match in _PAIRS.finditer(text):
            opened += 1 if match[0] == _OPEN else -1
            most = max(most, -opened)
        whole = _OPEN * most + text + _CLOSE * (opened + most)
        apart = _AFTER_LETTER.sub(" ", whole).replace(_APPLIED, "")
        return apart.replace(_OPEN, "lr(").replace(_CLOSE, ")")

    def digits(self, mantissa: str, exponent: str) -> str:
        text = mantissa
        if self.symbols.decimal_comma and "." in mantissa:
            figures = mantissa.removeprefix("-")
            text = ("-" if figures != mantissa else "") + quote(figures.replace(".", ","))
        if exponent:
            text += f"{self.signs.dot if mantissa.strip('-') else ''}10^({exponent})"
        return text

    def ratio(self, top: str, bottom: str, negative: bool) -> str:
        return ("-" if negative else "") + self.over(top, bottom)

    def symbol(self, glyph: Glyph) -> str:
        text = _letters(glyph.base)
        for sign, script in (("_", _letters(glyph.sub, 3)), ("^", _letters(glyph.sup, 3))):
            text += _script(sign, script)
        return text

    def operator(self, name: str) -> str:
        return f'op("{name}")'

    def word(self, text: str) -> str:
        return quote(text)

    def text(self, words: str) -> str:
        return quote(words)

    def activation(self, row: Activation) -> str:
        if row.name == "tanh":
            return self.operator(row.text)
        return quote(row.text) if len(row.text) > 1 else row.text

    def decorated(self, head: str, low: str, prime: bool) -> str:
        return head + ("'" if prime else "") + _script("_", low)

    def fence(self, kind: str, inner: Sequence[Piece]) -> tuple[str, str]:
        opening = kind if kind == "|" else rf"\{kind}"
        if any(piece.tall for piece in inner) or kind == "|":
            return _OPEN + opening, _CLOSING[kind] + _CLOSE
        return opening, _CLOSING[kind]

    def over(self, top: str, bottom: str) -> str:
        return f"frac({top},{bottom})"

    def exp(self, exponent: str) -> str:
        return f"e^({exponent})"

    def radical(self, inner: str) -> str:
        return f"sqrt({inner})"

    def power(self, base: str, exponent: str) -> str:
        return base + _script("^", exponent)

    def sum_of(self, point: str, data: str) -> str:
        return f"∑_({point}∈{data}) "

    def sum_from(self, variable: str, low: str, high: str) -> str:
        first = f"{_letters(variable)}={_letters(low)}"
        return f"∑_({first}){_script('^', _letters(high))} "

    def arrow_with(self, label: str) -> str:
        return f" stretch(→,size:#(100% + 1em))^({label})"

    def of_sample(self, body: str, sample: int) -> str:
        return rf"{body} thin\[{sample}\]"

    def at_step(self, body: str, symbol: str, step: int) -> str:
        return rf"lr({body}|)_({symbol}={step})"

    def array(self, rows: Sequence[Sequence[str]]) -> str:
        return f"mat({';'.join(map(','.join, rows))})"

    def transpose(self, body: str) -> str:
        return f"{body}^⊤"

    def d(self, symbol: str, direct: bool) -> str:
        return ("∂^+" if direct else "∂") + symbol


def _script(sign: str, text: str) -> str:
    if not text:
        return ""
    return f"{sign}{text}" if _SINGLE.fullmatch(text) else f"{sign}({text})"


def _letters(text: str, shortest: int = 2) -> str:
    """A part of a symbol: words as strings, letters with a space between."""
    found = ""
    for part, is_upright in parts_of(text, shortest):
        if part in HATS.values():
            new = f"hat({normalize('NFD', part)[0]})"
        elif is_upright:
            new = quote(part)
        elif part.isalnum() or part == "…":
            new = part
        else:
            new = rf"\{part}" if part.isascii() else part
        apart = found[-1:].isalnum() and new[:1].isalnum()
        found += f" {new}" if apart else new
    return found
