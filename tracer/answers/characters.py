r"""Which characters and LaTeX commands are read in a formula, and what each of them stands for.

The table is all there is: no character is changed into another by Unicode's own rules (that would
make ``10²`` 102), and a command that is not in it is not read. What can't be read becomes a token
of kind ``bad`` with the reason, so that a chain can still be split around it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from tracer.errors import printable
from tracer.glyph import GREEK


class Unread(ValueError):  # noqa: N818 - a refusal, not an error of the program's
    """Why a text is not read, in words for who wrote it, and where in it."""

    def __init__(self, reason: str, start: int = 0, stop: int = 0) -> None:
        super().__init__(reason)
        self.reason = reason
        self.start = start
        self.stop = stop


class Token(NamedTuple):
    """A piece of a formula: ``text`` as a symbol's spelling needs it, and its place.

    ``spaced``: a space stands before it. ``gap``: the line or a wide space ends before it, so that
    nothing may be multiplied across without a sign. A ``bad`` token's ``reason`` says why.
    """

    kind: str
    text: str
    start: int
    stop: int
    spaced: bool = False
    gap: bool = False
    reason: str = ""


LOW = "₀₁₂₃₄₅₆₇₈₉₊₋₍₎"
HIGH = "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁽⁾"
PLAIN = str.maketrans(LOW + HIGH, 2 * "0123456789+-()")

HALVES = {"½": (1, 2), "¼": (1, 4), "¾": (3, 4), "⅓": (1, 3), "⅔": (2, 3), "⅕": (1, 5), "⅛": (1, 8)}

# spaces that are seen as such; those of no width are refused
_SPACES = " \t\n\r\u00a0\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f"

SIGNS: dict[str, str] = {
    **dict.fromkeys("+", "+"),
    **dict.fromkeys("-−", "-"),
    **dict.fromkeys("*·×⋅∗", "times"),
    **dict.fromkeys("/÷∕", "/"),
    **dict.fromkeys("=≈≐≃≅≔←", "relation"),
    **dict.fromkeys("⊙∘", "entrywise"),
    **dict.fromkeys("([", "open"),
    **dict.fromkeys(")]", "close"),
    "{": "{",
    "}": "}",
    "^": "^",
    "_": "_",
    ",": ",",
    ";": ",",
    "|": "|",
    "∂": "partial",
    "Σ": "sum",
    "∑": "sum",
    "√": "sqrt",
    "∇": "prefix",
    "Δ": "prefix",
    "'": "prime",
    "′": "prime",
    "’": "prime",
    "ᵀ": "transposed",
    "⊤": "top",
    "…": "dots",
}
"""Kinds of single characters that are no digits or letters."""

LETTERS = frozenset("αβγδεζηθικλμνξοπρςστυφχψωϵϕϑΓΘΛΞΠΦΨΩŷℓ")

_ELSE: dict[str, str] = {
    **dict.fromkeys("<>≤≥≠≪≫", "'{}' compares; a value is joined by = or ≈"),
    **dict.fromkeys("→⇒⇔↦↔∈∉⊂∀∃", "'{}' is no part of a number or a formula"),
    **dict.fromkeys("±∓", "'{}' stands for two numbers; write the one that is meant"),
    **dict.fromkeys("%‰", "percent is not read; write the number itself, 0.05 for 5 %"),
    "∞": "'{}' is not a finite number",
    "‖": "norms are not read",
    "!": "factorials are not read",
    **dict.fromkeys("–—‐‑﹣－", "'{}' may be minus or a dash; write - for minus"),
    "$": "a $ stands within the formula",
}

COMMANDS: dict[str, tuple[str, str]] = {
    **{name: ("name", f"\\{name}") for name in GREEK if name not in ("Sigma", "Delta")},
    "ell": ("name", r"\ell"),
    "Delta": ("prefix", r"\Delta"),
    "nabla": ("prefix", r"\nabla"),
    **{name: ("word", name) for name in ("exp", "log", "ln", "lg", "tanh", "max", "min")},
    **{name: ("word", name) for name in ("sin", "cos", "tan", "sinh", "cosh", "arg", "det")},
    **dict.fromkeys(("cdot", "times", "ast", "cdotp"), ("times", "·")),
    "div": ("/", "/"),
    **dict.fromkeys(("frac", "dfrac", "tfrac", "cfrac", "nicefrac"), ("frac", "frac")),
    "sqrt": ("sqrt", "√"),
    "sum": ("sum", r"\sum"),
    "partial": ("partial", "∂"),
    "prime": ("prime", "'"),
    **dict.fromkeys(("top", "intercal"), ("top", "⊤")),
    **dict.fromkeys(("odot", "circ"), ("entrywise", "⊙")),
    **dict.fromkeys(("approx", "simeq", "cong", "sim", "doteq", "coloneqq"), ("relation", "≈")),
    **dict.fromkeys(("lvert", "rvert", "vert"), ("|", "|")),
    "{": ("open", "("),
    "}": ("close", ")"),
    **dict.fromkeys(("lbrack", "lparen"), ("open", "(")),
    **dict.fromkeys(("rbrack", "rparen"), ("close", ")")),
    **dict.fromkeys(("ldots", "dots", "cdots"), ("dots", "…")),
    **dict.fromkeys(("hat", "tilde", "bar", "vec", "overline", "widehat"), ("accent", "")),
    **dict.fromkeys(("left", "right", "middle", "limits", "nolimits", "displaystyle"), ("", "")),
    **dict.fromkeys(("textstyle", "scriptstyle", "mathstrut", "nonumber", "notag"), ("", "")),
    **{size + side: ("", "") for size in ("big", "Big", "bigg", "Bigg") for side in ("", "l", "r")},
    **dict.fromkeys(",!:; ", (" ", " ")),
    **dict.fromkeys(("thinspace", "enspace", "mskip"), (" ", " ")),
    **dict.fromkeys(("quad", "qquad", "newline"), ("gap", "")),
    **dict.fromkeys(("le", "leq", "ge", "geq", "neq", "ne", "lt", "gt"), ("else", "<")),
    **dict.fromkeys(("to", "rightarrow", "Rightarrow", "mapsto", "in", "implies"), ("else", "→")),
    **dict.fromkeys(("leftarrow", "gets"), ("relation", "≔")),
    **dict.fromkeys(("iff", "longrightarrow", "notin", "forall"), ("else", "→")),
    **dict.fromkeys(("pm", "mp"), ("else", "±")),
    "infty": ("else", "∞"),
    "%": ("else", "%"),
}
"""What is read of LaTeX: the kind of token and its text; kind "" is left out, "else" refused."""

_WRAPPERS = (
    r"mathrm|text|mathit|operatorname\*?|mathbf|boldsymbol|bm|textbf|mathcal|textit|mathsf|textrm"
)
MATRICES = ("matrix", "pmatrix", "bmatrix", "smallmatrix", "Bmatrix")
_FRAMES = (
    *("aligned", "align", "align*", "split", "gathered", "gather", "gather*", "equation"),
    *("equation*", "multline", "multline*"),
)

_INDEX = r"\[[0-9]{1,9}(?:, ?[0-9]{1,9})?\]"
_NAME = rf"(?:[a-z]{{1,20}}\.)?[a-z]{{1,12}}[0-9]{{0,9}}{_INDEX}"
_LOSS = rf"(?:{_NAME}|loss|batch_loss|penalty)"
ID = (
    rf"(?:[0-9]{{1,9}}/)?(?:d{_LOSS}/d{_NAME}|{_NAME})(?:\([0-9]{{1,9}}\))?"
    rf"|[0-9]{{1,9}}/(?:batch_loss|loss|penalty)\b|(?:batch_loss|learning_rate)\b"
    rf"|loss\([0-9]{{1,9}}\)|d[a-z]\w{{0,30}}/d[a-z]\w{{0,30}}(?:{_INDEX})?(?:\([0-9]{{1,9}}\))?"
)
_PIECE = re.compile(
    rf"(?P<space>[{_SPACES}]+)"
    rf"|(?P<id>(?<![\w.])(?:{ID})(?![\w^]))"
    rf"|(?P<number>(?:[0-9]|\.[0-9]|[0-9],[0-9]|\{{,\}}[0-9])"
    r"(?:[0-9]|\.|,(?=[0-9])|\{,\}(?=[0-9]))*(?:[eE][+\-−]?[0-9]+)?)"
    r"|(?P<word>[A-Za-z][A-Za-z0-9]*)"
    rf"|(?P<wrapped>\\(?:{_WRAPPERS})[ ]*(?:\{{[ ]*(?P<inner>[A-Za-z][A-Za-z0-9 .-]{{0,40}})\}}))"
    rf"|(?P<sub>[{LOW}ₙᵢⱼₖₘₜₐₑₒₓ](?:[{LOW}ₙᵢⱼₖₘₜₐₑₒₓ,]*[{LOW}ₙᵢⱼₖₘₜₐₑₒₓ])?)"
    rf"|(?P<sup>[{HIGH}ⁿᵗⁱʲᵏᵐˡ](?:[{HIGH}ⁿᵗⁱʲᵏᵐˡ,]*[{HIGH}ⁿᵗⁱʲᵏᵐˡ])?)"
    r"|(?P<frame>\\(?P<edge>begin|end)[ ]*\{(?P<name>[A-Za-z]{1,20}\*?)\}(?:\[[tcb]\])?)"
    r"|(?P<command>\\(?:[A-Za-z]+|[^A-Za-z]))"
    r"|(?P<assign>:=)"
    r"|(?P<other>.)",
    re.ASCII | re.DOTALL,
)
# a number may stand above these: e^{-0.5}
_APPLIED = ("e", "exp", "log", "ln", "tanh", "max", "min")
_KINDS = (
    *("space", "id", "number", "word", "wrapped", "sub", "sup", "frame", "command", "assign"),
    "other",
)
_DIGITS = re.compile("[0-9]+")
_IN_LIST = re.compile(r"(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+\-−]?[0-9]+)?")
_BETWEEN_BRACKETS = re.compile(rf"[{_SPACES}(\[]*\Z")


def tokens(text: str, decimal_comma: bool) -> list[Token]:
    """All tokens of ``text`` in order; a decimal comma is looked at in :mod:`grammar`."""
    return list(_Lexer(text, decimal_comma).run())


class _Lexer:
    def __init__(self, text: str, decimal_comma: bool) -> None:
        self.text = text
        self.comma = decimal_comma
        self.raw = 0  # how many braces of a symbol's script are open
        self.script = False  # whether such a script begins here
        self.named = False  # whether a symbol ends here
        self.lists: list[bool] = []  # of each open bracket, whether it lists a function's arguments
        self.matrices = 0

    def run(self) -> Iterable[Token]:
        at, spaced, gap, before = 0, False, False, ""
        while at < len(self.text):
            match = self._special(at) or _PIECE.match(self.text, at)
            assert match is not None
            at = match.end()
            token = self._token(_kind(match), match)
            if token.kind in ("", " ", "gap"):
                spaced, gap = spaced or token.kind == " ", gap or token.kind == "gap"
                continue
            self._brackets(token, before)
            yield token._replace(spaced=spaced, gap=gap)
            spaced = gap = False
            before = token.text if token.kind in ("word", "name") else token.kind

    def _special(self, at: int) -> re.Match[str] | None:
        """A number where commas part numbers: in a script, or in a list such as max(0,1.5)."""
        if self.script or self.raw:
            return _DIGITS.match(self.text, at)
        listed = self.lists and self.lists[-1] and not self.comma
        return _IN_LIST.match(self.text, at) if listed else None

    def _brackets(self, token: Token, before: str) -> None:
        script, named = self.script, self.named
        self.script = token.kind == "_" or (token.kind == "^" and named)
        self.named = token.kind in ("name", "id", "sub") or (script and token.kind == "number")
        self.named |= token.kind == "word" and (script or token.text not in _APPLIED)
        self.named |= named and token.kind == "prime"
        if token.kind == "{" and (script or self.raw):
            self.raw += 1
        elif token.kind == "}" and self.raw:
            self.raw -= 1
            self.named = not self.raw
        elif token.kind == "open":
            self.lists.append(before.lower() in ("max", "min", "f"))
        elif token.kind == "close" and self.lists:
            self.lists.pop()

    def _token(self, kind: str, match: re.Match[str]) -> Token:
        text, start, stop = match[0], match.start(), match.end()
        if kind == "space":
            return Token(" ", text, start, stop)
        if kind == "wrapped":
            return Token("word", match["inner"].strip(), start, stop)
        if kind == "assign":
            return Token("relation", text, start, stop)
        if kind == "frame":
            return self._frame(match)
        if kind == "command":
            return self._command(match)
        if kind == "other":
            return self._other(text, start, stop)
        return Token(kind, text, start, stop)

    def _frame(self, match: re.Match[str]) -> Token:
        start, stop = match.span()
        if match["name"] in MATRICES:
            self.matrices += 1 if match["edge"] == "begin" else -1
            return Token(match["edge"], match["name"], start, stop)
        if match["name"] in _FRAMES:
            return Token("gap", "", start, stop)
        reason = f"the environment {match['name']} is not read"
        return Token("bad", match[0], start, stop, reason=reason)

    def _command(self, match: re.Match[str]) -> Token:
        start, stop = match.span()
        name = match[0][1:]
        if name == "\\":
            return Token("row" if self.matrices > 0 else "gap", "", start, stop)
        kind, text = COMMANDS.get(name, ("bad", match[0]))
        if kind == "else":
            return Token("bad", match[0], start, stop, reason=_ELSE[text].format(match[0]))
        if kind == "bad":
            reason = f"the command {printable(match[0], 30)} is not read in a formula"
            return Token("bad", match[0], start, stop, reason=reason)
        return Token(kind, text, start, stop)

    def _other(self, text: str, start: int, stop: int) -> Token:
        if text in SIGNS:
            return Token(SIGNS[text], text, start, stop)
        if text in LETTERS:
            return Token("name", text, start, stop)
        if text in HALVES:
            return Token("half", text, start, stop)
        if text == "&":
            return Token("column" if self.matrices > 0 else "gap", "", start, stop)
        if text == "~":  # a space of LaTeX, but before all else it says "about"
            before = self.text[:start].strip(_SPACES)
            return Token("relation" if not before else " ", text, start, stop)
        if text == "–" and self._is_minus(start, stop):
            return Token("-", "-", start, stop)
        reason = _ELSE.get(text, "").format(text)
        if not reason:
            code = f" (U+{ord(text):04X})"
            reason = f"the character '{printable(text)}'{code} is not one that formulas are read in"
        return Token("bad", text, start, stop, reason=reason)

    def _is_minus(self, start: int, stop: int) -> bool:
        """Whether an en dash can only be minus: first in a bracket, or with spaces around it."""
        if _BETWEEN_BRACKETS.fullmatch(self.text[:start][-40:]) and self.text[stop : stop + 1]:
            return True
        return self.text[start - 1] in _SPACES and self.text[stop : stop + 1] in tuple(_SPACES)


def _kind(match: re.Match[str]) -> str:
    """The first group that matched; one of another expression is a number."""
    return next(k for k in _KINDS if match[k] is not None) if match.re is _PIECE else "number"
