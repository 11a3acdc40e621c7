r"""Symbols within a formula: ``w_{1,2}^1``, ``w₁,₂¹``, ``f^*(l_1^0, l_2^0)``, ``∂MSE/∂b_1^1``.

A symbol is kept as text, for `tracer.reading.canonical` to bring into one form: which quantity it
is only a problem can say.
"""

from __future__ import annotations

import re

from tracer.answers.characters import Token, Unread
from tracer.answers.trees import Partial, Symbol, Transposed, Tree
from tracer.errors import printable

FUNCTIONS: dict[str, tuple[str, int]] = {
    **{name: (name, 1) for name in ("exp", "log", "tanh", "sqrt", "relu", "sigmoid", "abs")},
    **{name: (name, 1) for name in ("leakyrelu", "prelu", "elu", "gelu", "silu", "softplus")},
    **{name: (name, 1) for name in ("erf", "step", "softmax", "sin", "cos", "sinh", "cosh", "tan")},
    "ln": ("log", 1),
    "sgn": ("sign", 1),
    "sign": ("sign", 1),
    "leaky_relu": ("leakyrelu", 1),
    "max": ("max", 0),
    "min": ("min", 0),
}
"""Functions by their names in small letters: what a tree calls them, and how many arguments."""
_SIGMA = ("σ", r"\sigma", "sigma")
_CLOSING = {"(": ")", "[": "]", "{": "}", r"\{": r"\}"}
_NAMES = ("word", "name", "id", "accent", "prefix")
_IN_LIST = (*_NAMES, "number", "sub", "sup", "_", "^", "{", "}", ",", "prime", "dots")
_OPERANDS = (*_NAMES, "number", "half", "open", "{", "frac", "sqrt", "partial", "sum", "begin")


class Names:
    """A place in the tokens of one side, and what is read of symbols there."""

    def __init__(self, tokens: list[Token], source: str, decimal_comma: bool) -> None:
        end = tokens[-1].stop if tokens else len(source)
        # as many as are ever looked at ahead
        self.tokens = [*tokens, *6 * [Token("end of text", "", end, end)]]
        self.source = source
        self.comma = decimal_comma
        self.at = 0
        self.depth = 0
        self.bars = 0
        self.bare_call = -1

    @property
    def token(self) -> Token:
        """The token that is read next."""
        return self.tokens[self.at]

    @property
    def kind(self) -> str:
        """Its kind."""
        return self.tokens[self.at].kind

    def next(self) -> Token:
        """Take it; raises Unread for one that can't be read."""
        token = self.tokens[self.at]
        if token.kind in ("bad", "end of text"):
            raise self.unexpected()
        self.at += 1
        return token

    def fault(self, reason: str) -> Unread:
        """The refusal of what stands here."""
        return Unread(reason, self.token.start, self.token.stop)

    def unexpected(self) -> Unread:
        """The refusal of a token that can't stand here."""
        token = self.token
        if token.kind == "bad":
            return self.fault(token.reason)
        if token.kind == "end of text":
            return self.fault("the formula ends too early" if self.at else "nothing stands here")
        shown = printable(self.source[token.start : token.stop], 30)
        if token.kind in ("close", "}", "open", "{"):
            return self.fault(f"'{shown}' has no partner, or the brackets do not match")
        return self.fault(f"'{shown}' can't stand here")

    def close(self, opening: Token) -> None:
        """Take the bracket that closes ``opening``."""
        wanted = _CLOSING[opening.text]
        if self.kind not in ("close", "}") or self.token.text != wanted:
            raise self.unexpected()
        self.next()

    def begins_operand(self) -> bool:
        """Whether a factor may begin here."""
        return self.kind in _OPERANDS or (self.kind == "|" and not self.bars)

    # functions

    def function_name(self) -> str | None:
        """The function that is named here, if it is one and is applied."""
        token, after = self.token, self.tokens[self.at + 1]
        if token.kind not in ("word", "name"):
            return None
        if token.text in _SIGMA:
            after = self._after_prime()
            return "sigmoid" if after.kind == "open" or after.text == "{(" else None
        if token.text == "e":
            return "exp" if after.kind in ("^", "sup") else None
        if len(token.text) == 1:
            return None
        known = FUNCTIONS.get(token.text.lower())
        return known[0] if known else None

    def _after_prime(self) -> Token:
        at = self.at
        self.at += 1
        while self.kind == "prime" or (self.kind == "^" and self.is_prime_script()):
            self.skip_prime()
        found, self.at = self.token, at
        return found

    def is_prime_script(self) -> bool:
        r"""Whether ``^{\prime}`` or ``^\prime`` stands here."""
        kinds = [token.kind for token in self.tokens[self.at : self.at + 4]]
        return kinds[:2] == ["^", "prime"] or kinds == ["^", "{", "prime", "}"]

    def skip_prime(self) -> None:
        """Go past a prime."""
        if self.kind == "^":
            self.at += 2 if self.tokens[self.at + 1].kind == "prime" else 4
        else:
            self.at += 1

    def is_transposition(self) -> bool:
        r"""Whether ``ᵀ``, ``^T`` or ``^\top`` stands here."""
        if self.kind == "transposed":
            return True
        if self.kind != "^":
            return False
        inner = self.tokens[self.at + 1]
        if inner.kind == "{":
            inner = self.tokens[self.at + 2]
            if self.tokens[self.at + 3].kind != "}":
                return False
        return inner.kind in ("top", "transposed") or inner[:2] == ("word", "T")

    def skip_transposition(self) -> None:
        """Go past it."""
        if self.kind == "transposed":
            self.at += 1
        else:
            self.at += 4 if self.tokens[self.at + 1].kind == "{" else 2

    # symbols

    def symbol(self) -> Tree:
        """A symbol with its scripts; transposed, or to a negative power, where that stands."""
        first = self.at
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
        self._list(pieces, self.at - first)
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
        if number.text.isdigit() and len(number.text) <= 9 and end.text == _CLOSING[here.text]:
            pieces.append(here.text + number.text + end.text)
            self.at += 3

    def _list(self, pieces: list[str], length: int) -> None:
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
                names += token.kind in (*_NAMES, "number", "dots")
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
            if self.kind not in _NAMES:
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
        return len(token.text) > 1 or self.tokens[at + 1].kind in _NAMES

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
