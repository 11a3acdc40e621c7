r"""Symbols within a formula: ``w_{1,2}^1``, ``w₁,₂¹``, ``f^*(l_1^0, l_2^0)``, ``∂MSE/∂b_1^1``.

A symbol is kept as text, for `tracer.reading.canonical` to bring into one form: which quantity it
is only a problem can say.
"""

from __future__ import annotations

import re

from tracer.answers.characters import Unread
from tracer.answers.place import CLOSING, NAMES, Place
from tracer.answers.trees import Partial, Symbol, Transposed, Tree

_IN_LIST = (*NAMES, "number", "sub", "sup", "_", "^", "{", "}", ",", "prime", "dots")


class Symbols(Place):
    """Reads symbols."""

    def symbol(self) -> Tree:
        """A symbol with its scripts; transposed, or to a negative power, where that stands."""
        start = self.token.start
        if self.token.kind == "id":
            token = self.next()
            return Symbol(token.text, token.start, token.stop)
        pieces = self._base()
        seen = ""
        while True:
            kind = self.kind
            if self.is_transposition():
                found = self._symbol(pieces, start)
                self.skip_transposition()
                return Transposed(found)
            if kind == "^" and self._is_negative():
                return self._symbol(pieces, start)  # the power is read by who called
            if kind in ("_", "^", "sub", "sup"):
                low = "_" if kind in ("_", "sub") else "^"
                if low in seen:
                    reason = "below" if low == "_" else "above"
                    raise self.fault(f"two scripts stand {reason} one symbol; use brackets")
                seen += low
                token = self.next()
                if kind in ("sub", "sup"):
                    if kind == "sup" and token.text.startswith("⁻"):
                        self.at -= 1
                        return self._symbol(pieces, start)
                    pieces.append(token.text)
                else:
                    pieces.append(f"{low}{{{self.script()}}}")
            elif kind == "prime":
                self.next()
                pieces.append("'")
            elif self._is_star(pieces):
                self.next()
                seen += "^"
                pieces.append("^{*}")
            else:
                break
        self._address(pieces)
        self._list(pieces)
        return self._symbol(pieces, start)

    def _symbol(self, pieces: list[str], start: int) -> Symbol:
        text = pieces[0]
        for piece in pieces[1:]:
            apart = re.search(r"\\[A-Za-z]+\Z", text) and piece[:1].isalpha()
            text += f" {piece}" if apart else piece
        return Symbol(text, start, self.tokens[self.at - 1].stop)

    def _base(self) -> list[str]:
        token = self.next()
        if token.kind == "prefix":
            if self.kind not in ("word", "name", "accent"):
                return [token.text]
            return [token.text, *self._base()]
        if token.kind != "accent":
            return [token.text]
        name = self.source[token.start : token.stop]
        braced = self.kind == "{"
        if braced:
            self.next()
        if self.kind not in ("word", "name"):
            raise self.unexpected()
        inner = self.next().text
        if braced:
            if self.kind != "}":
                raise self.fault("an accent stands over one letter")
            self.next()
        return [f"{name}{{{inner}}}"]

    def script(self) -> str:
        """What stands in a script, as text; the sign before it is taken."""
        token = self.next()
        if token.kind not in ("{", "open"):
            if token.kind in ("word", "name", "number", "times", "+", "prime", "sub", "sup", "id"):
                return "*" if token.kind == "times" else token.text
            raise Unread("this script is not read", token.start, token.stop)
        depth = 1
        pieces: list[str] = []
        while True:
            inner = self.token
            if inner.kind == "end of text":
                raise self.unexpected()
            self.at += 1
            depth += (inner.kind in ("{", "open")) - (inner.kind in ("}", "close"))
            if not depth:
                text = "".join(pieces)
                return text if token.kind == "{" else f"{token.text}{text}{inner.text}"
            apart = pieces and re.search(r"\\[A-Za-z]+\Z", pieces[-1]) and inner.text[:1].isalpha()
            text = "*" if inner.text in ("·", "∗") else inner.text
            pieces.append(f" {text}" if apart else text)

    def _is_negative(self) -> bool:
        after = self.tokens[self.at + 1]
        if after.kind == "{":
            after = self.tokens[self.at + 2]
        return after.kind == "-"

    def _is_star(self, pieces: list[str]) -> bool:
        """Whether ``f*`` is the target: nothing follows that it could be multiplied by."""
        token, after = self.token, self.tokens[self.at + 1]
        if token[:2] != ("times", "*") or token.spaced:
            return False
        if after.kind in ("+", "-", "close", "}", "relation", "end of text", ",", "sup"):
            return True
        if after.kind != "open" or after.spaced:
            return False
        self.at += 1
        size = self._list_size()
        self.at -= 1
        return bool(size) and (pieces == ["f"] or self._has_comma(self.at + 1, size))

    def _address(self, pieces: list[str]) -> None:
        """``[3]`` or ``(3)`` right after a symbol: the sample that it is of."""
        here, number, end = self.tokens[self.at : self.at + 3]
        if here.kind != "open" or here.spaced or number.kind != "number" or end.kind != "close":
            return
        if number.text.isdigit() and len(number.text) <= 9 and end.text == CLOSING[here.text]:
            pieces.append(here.text + number.text + end.text)
            self.at += 3

    def _list(self, pieces: list[str]) -> None:
        """The arguments of ``f(l_1^0, l_2^0)``, or of ``m(w_1)`` where no space is between."""
        size = self._list_size()
        if not size:
            return
        if self._has_comma(self.at, size) or not self.token.spaced:
            inner = self.tokens[self.at : self.at + size]
            pieces.append(self.source[inner[0].start : inner[-1].stop])
            self.at += size

    def _list_size(self) -> int:
        """How many tokens a bracketed list of symbols has that stands here; 0 for none."""
        if self.kind != "open" or self.token.text != "(":
            return 0
        depth, names = 0, 0
        for index in range(self.at + 1, len(self.tokens)):
            token = self.tokens[index]
            if token[:2] == ("close", ")") and not depth:
                return index + 1 - self.at if names == 1 else 0
            if token.kind not in _IN_LIST and not (depth and token.kind in ("+", "-", "times")):
                return 0
            before = self.tokens[index - 1].kind
            depth += (token.kind == "{") - (token.kind == "}")
            if not depth and before not in ("_", "^"):
                if token.kind == ",":
                    if names != 1:
                        return 0
                    names = 0
                names += token.kind in (*NAMES, "number", "dots")
        return 0

    def _has_comma(self, at: int, size: int) -> bool:
        return any("," in token.text for token in self.tokens[at : at + size])

    # derivatives

    def derivative(self) -> Tree:
        """``∂MSE/∂w``."""
        start = self.token.start
        of = self._differential()
        if self.kind != "/" or self.tokens[self.at + 1].kind != "partial":
            raise self.fault("a derivative is written like ∂MSE/∂w")
        self.next()
        wrt = self._differential()
        return Partial(of, wrt, start, self.tokens[self.at - 1].stop)

    def _differential(self) -> Symbol:
        token = self.token
        if token.kind == "partial" or token[:2] == ("word", "d"):
            self.next()
            if self.kind in ("^", "sup"):
                raise self.fault("second derivatives are not read")
            if self.kind not in NAMES:
                raise self.unexpected()
        else:  # dw: the symbol is the rest of the word
            self.tokens[self.at] = token._replace(text=token.text[1:], start=token.start + 1)
        found = self.symbol()
        if not isinstance(found, Symbol):
            raise self.fault("a derivative is of one symbol by another")
        return found

    def fraction_of_differentials(self) -> Tree | None:
        r"""``\frac{\partial MSE}{\partial w}`` and ``\frac{dL}{dw}``, from the first brace on."""
        if self.kind != "{" or not self._is_differential(self.at + 1):
            return None
        start = self.tokens[self.at - 1].start
        bottom = self._partner(self.at) + 1
        straight = self.tokens[self.at + 1].kind == "partial"
        is_pair = self.tokens[bottom].kind == "{" and self._is_differential(bottom + 1)
        if not is_pair and not straight:
            return None
        parts = []
        for _ in range(2):
            if self.kind != "{" or not self._is_differential(self.at + 1):
                raise self.unexpected()
            self.next()
            parts.append(self._differential())
            if self.kind != "}":
                raise self.fault("a derivative is of one symbol by another")
            self.next()
        return Partial(parts[0], parts[1], start, self.tokens[self.at - 1].stop)

    def _is_differential(self, at: int) -> bool:
        token = self.tokens[at]
        if token.kind == "partial":
            return True
        if token.kind != "word" or not token.text.startswith("d"):
            return False
        return len(token.text) > 1 or self.tokens[at + 1].kind in NAMES

    def _partner(self, at: int) -> int:
        depth = 0
        for index, token in enumerate(self.tokens[at:], start=at):
            depth += (token.kind == "{") - (token.kind == "}")
            if not depth:
                return index
        raise self.fault("this brace is not closed")

    def is_fraction_of_numbers(self) -> bool:
        r"""Whether ``\frac{1}{2}`` stands here."""
        if self.kind != "frac":
            return False
        kinds = [token.kind for token in self.tokens[self.at + 1 : self.at + 7]]
        return kinds == ["{", "number", "}", "{", "number", "}"] or kinds[:1] == ["number"]
