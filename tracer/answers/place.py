"""A place in the tokens of a formula, and what stands there."""

from __future__ import annotations

from tracer.answers.characters import Token, Unread
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
NAMES = ("word", "name", "id", "accent", "prefix")
"""Kinds of tokens that a symbol may begin with."""
CLOSING = {"(": ")", "[": "]", "{": "}", r"\{": r"\}"}
_SIGMA = ("σ", r"\sigma", "sigma")
_OPERANDS = (*NAMES, "number", "half", "open", "{", "frac", "sqrt", "partial", "sum", "begin")


class Place:
    """A place in the tokens of one side, and what can be said of it."""

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
        if self.at and token.kind in ("close", "}") and self.tokens[self.at - 1].kind == "open":
            return self.fault("nothing stands in these brackets")
        shown = printable(self.source[token.start : token.stop], 30)
        if token.kind in ("close", "}", "open", "{"):
            return self.fault(f"'{shown}' has no partner, or the brackets do not match")
        return self.fault(f"'{shown}' can't stand here")

    def close(self, opening: Token) -> None:
        """Take the bracket that closes ``opening``."""
        wanted = CLOSING[opening.text]
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
