"""Formulas in MathML Core, as Chromium, Firefox and Safari set it without any script.

A bracket and what it holds are an ``mrow``, so that it stretches over just that; a line that ends
inside one closes it, and the next line opens it again. Symbols and derivatives carry the ids of
their quantities in ``data-id``, factors of a chain the class of their mark.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape
from unicodedata import normalize

from tracer import ids
from tracer.activations import Activation
from tracer.formula import Partial
from tracer.glyph import HATS, Glyph
from tracer.symbols import Symbols
from tracer.typeset.atoms import Piece
from tracer.typeset.points import PointPrinter, Signs, parts_of

_CLOSING = {"(": ")", "[": "]", "{": "}", "|": "|"}
# what of Greek is set upright
_CAPITALS = frozenset("ΓΔΘΛΞΠΣΦΨΩ")
_ROW, _ROW_END = "<mrow>", "</mrow>"
_ROWS = re.compile("<(/?)mrow[^>]*>")
_TAGS = re.compile(r"<(/?)m[^>]*?(/?)>")
_SINGLE = re.compile(r"<(m[a-z]+)[^<>]*>[^<]*</\1>")
_STAR = "\u2217"
# operators of scripts, which are set close there
_TIGHT = ' lspace="0em" rspace="0em"'
_SOLID = ' stretchy="false"'
_COMMA = "<mo>,</mo>"


class MathmlPrinter(PointPrinter):
    """The inside of a ``math`` element."""

    signs = Signs(
        plus='<mo form="infix">+</mo>',
        minus='<mo form="infix">−</mo>',
        sign='<mo form="prefix">−</mo>',
        dot="<mo>⋅</mo>",
        hadamard="<mo>⊙</mo>",
        beside="<mo>\u2062</mo>",
        times="<mo>\u2062</mo>",
        applied="<mo>\u2061</mo>",
        comma=_COMMA,
        semicolon="<mo>;</mo>",
        dots="<mi>⋯</mi>",
        ellipsis="<mi>…</mi>",
        equal="<mo>=</mo>",
        nearly="<mo>≈</mo>",
        nabla='<mi mathvariant="normal">∇</mi>',
        arrow=f"<mo{_SOLID}>→</mo>",
        ones="<mn>𝟏</mn>",
    )

    def __init__(self, symbols: Symbols, width: float) -> None:
        super().__init__(symbols, width)
        self._named: dict[tuple[str, int | None], Piece] = {}
        self.cited: dict[str, None] = {}  # the ids of what has been printed, in order

    def name(self, name: str, sample: int | None = None) -> Piece:
        found = self._named.get((name, sample))
        if found is None:
            plain = super().name(name, sample)
            text = _with(plain.text, f'data-id="{escape(name)}"')
            found = self._named[name, sample] = Piece(text, plain.width, plain.level, plain.tall)
            self.cited[name] = None
        return found

    def partial(self, formula: Partial, sample: int | None = None) -> Piece:
        above, below = (super(MathmlPrinter, self).name(n, sample) for n in _names(formula))
        plain = self.fraction(
            self.differential(above, formula.direct), self.differential(below), True
        )
        name = ids.partial(formula.of, formula.wrt)
        self.cited[name] = None
        return Piece(_with(plain.text, f'data-id="{escape(name)}"'), plain.width, tall=True)

    def marked(self, pieces: list[Piece], mark: int) -> list[Piece]:
        whole = self.joined(pieces)  # a factor that has a mark is not broken over lines
        return [Piece(_with(whole.text, f'class="m{mark}"'), whole.width, tall=whole.tall)]

    def finished(self, text: str) -> str:
        opened = most = 0
        for match in _ROWS.finditer(text):
            opened += -1 if match[1] else 1
            most = max(most, -opened)
        return _ROW * most + text + _ROW_END * (opened + most)

    def digits(self, mantissa: str, exponent: str) -> str:
        figures = mantissa.removeprefix("-")
        text = self.signs.sign if figures != mantissa else ""
        if figures:
            decimal = "," if self.symbols.decimal_comma else "."
            text += f"<mn>{figures.replace('.', decimal)}</mn>"
        if exponent:
            above = exponent.removeprefix("-")
            power = f"<mn>{above}</mn>"
            if above != exponent:
                power = f"<mrow><mo>−</mo>{power}</mrow>"
            text += f"{self.signs.dot if figures else ''}<msup><mn>10</mn>{power}</msup>"
        return text

    def ratio(self, top: str, bottom: str, negative: bool) -> str:
        sign = self.signs.sign if negative else ""
        return sign + self.over(f"<mn>{top}</mn>", f"<mn>{bottom}</mn>")

    def symbol(self, glyph: Glyph) -> str:
        base = _one(_letters(glyph.base))
        return _scripted(base, _script(glyph.sub), _script(glyph.sup))

    def operator(self, name: str) -> str:
        return f"<mi>{name}</mi>"

    def word(self, text: str) -> str:
        return f"<mi>{text}</mi>"

    def text(self, words: str) -> str:
        return f"<mtext>{escape(words)}</mtext>"

    def activation(self, row: Activation) -> str:
        return f"<mi>{row.text}</mi>" if row.text else ""

    def decorated(self, head: str, low: str, prime: bool) -> str:
        return _scripted(head, _one(low), "<mo>′</mo>" if prime else "") if head else ""

    def fence(self, kind: str, inner: Sequence[Piece]) -> tuple[str, str]:
        stretch = "" if any(piece.tall for piece in inner) else _SOLID
        if kind == "|":  # its form can't be told from its place where a line begins or ends
            opening, closing = (f'<mo form="{form}"{stretch}>|</mo>' for form in _FORMS)
        else:
            opening, closing = f"<mo{stretch}>{kind}</mo>", f"<mo{stretch}>{_CLOSING[kind]}</mo>"
        return _ROW + opening, closing + _ROW_END

    def over(self, top: str, bottom: str) -> str:
        return f"<mfrac>{_one(top)}{_one(bottom)}</mfrac>"

    def exp(self, exponent: str) -> str:
        return f"<msup><mi>e</mi>{_one(exponent)}</msup>"

    def radical(self, inner: str) -> str:
        return f"<msqrt>{inner}</msqrt>"

    def power(self, base: str, exponent: str) -> str:
        return f"<msup>{_one(base)}<mn>{exponent}</mn></msup>"

    def sum_of(self, point: str, data: str) -> str:
        return f"<munder><mo>∑</mo><mrow>{point}<mo{_TIGHT}>∈</mo>{data}</mrow></munder>"

    def sum_from(self, variable: str, low: str, high: str) -> str:
        first = f"<mrow>{_letters(variable)}<mo{_TIGHT}>=</mo>{_letters(low)}</mrow>"
        return f"<munderover><mo>∑</mo>{first}{_one(_letters(high))}</munderover>"

    def arrow_with(self, label: str) -> str:
        room = '<mspace width="0.6em"/>'
        above = f"{_ROW}{room}{label}{room}{_ROW_END}"
        return f'<mover><mo stretchy="true">→</mo>{above}</mover>'

    def of_sample(self, body: str, sample: int) -> str:
        place = f"<mo{_SOLID}>[</mo><mn>{sample}</mn><mo{_SOLID}>]</mo>"
        return f'{body}<mspace width="0.17em"/><mrow>{place}</mrow>'

    def at_step(self, body: str, symbol: str, step: int) -> str:
        bar = '<mo form="postfix" stretchy="true" symmetric="true">|</mo>'
        below = f"<mrow>{symbol}<mo{_TIGHT}>=</mo><mn>{step}</mn></mrow>"
        return f"<msub><mrow>{body}{bar}</mrow>{below}</msub>"

    def array(self, rows: Sequence[Sequence[str]]) -> str:
        lines = "".join(
            f"<mtr>{''.join(f'<mtd>{entry}</mtd>' for entry in row)}</mtr>" for row in rows
        )
        return f'<mrow><mo>(</mo><mtable class="matrix">{lines}</mtable><mo>)</mo></mrow>'

    def transpose(self, body: str) -> str:
        return f"<msup>{_one(body)}<mi>⊤</mi></msup>"

    def d(self, symbol: str, direct: bool) -> str:
        sign = f"<msup><mi>∂</mi><mo{_TIGHT}>+</mo></msup>" if direct else "<mi>∂</mi>"
        return sign + symbol


_FORMS = "prefix", "postfix"


def _names(formula: Partial) -> tuple[str, str]:
    return formula.of, formula.wrt


def _with(text: str, attribute: str) -> str:
    """Text as one element that has an attribute more."""
    depth, ends = 0, []
    for tag in _TAGS.finditer(text):
        depth += 0 if tag[2] else -1 if tag[1] else 1
        if depth == 0:
            ends.append(tag.end())
    one = text if ends == [len(text)] else f"{_ROW}{text}{_ROW_END}"
    name = re.match(r"<\w+", one)
    assert name is not None
    return f"{name[0]} {attribute}{one[name.end() :]}"


def _one(text: str) -> str:
    """As one element, which a script or a fraction asks for."""
    return text if not text or _SINGLE.fullmatch(text) else f"{_ROW}{text}{_ROW_END}"


def _scripted(base: str, below: str, above: str) -> str:
    if below and above:
        return f"<msubsup>{base}{below}{above}</msubsup>"
    if below:
        return f"<msub>{base}{below}</msub>"
    return f"<msup>{base}{above}</msup>" if above else base


def _script(text: str) -> str:
    return _one(_letters(text, 3))


def _letters(text: str, shortest: int = 2) -> str:
    """A part of a symbol."""
    found = ""
    for part, _ in parts_of(text, shortest):
        if part in HATS.values():
            letter = normalize("NFD", part)[0]
            found += f'<mover accent="true"><mi>{letter}</mi><mo{_SOLID}>^</mo></mover>'
        elif part.isdecimal():
            found += f"<mn>{part}</mn>"
        elif part in _CAPITALS:
            found += f'<mi mathvariant="normal">{part}</mi>'
        elif part.isalpha() or part == "…":
            found += f"<mi>{escape(part)}</mi>"
        else:
            sign = {"-": "−", "*": _STAR}.get(part, escape(part))
            stretch = _SOLID if part in "()[]" else ""
            found += f"<mo{stretch}{_TIGHT}>{sign}</mo>"
    return found
