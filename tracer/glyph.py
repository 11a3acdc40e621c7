r"""Symbols: a letter or word with a subscript and a superscript, and patterns to make them from.

A pattern is written ``w_{j},{k}^{i}``: a letter, a word or the name of a Greek letter, then what
stands below and above it, in either order. A name in braces is an index; all else stands for
itself. A mark is a pattern without a letter, such as ``^({n})``, that is added to a symbol.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from itertools import pairwise

from tracer.errors import did_you_mean, printable

GREEK: dict[str, str] = {
    "alpha": "α",
    "beta": "β",
    "gamma": "γ",
    "delta": "δ",
    "epsilon": "ϵ",
    "varepsilon": "ε",
    "zeta": "ζ",
    "eta": "η",
    "theta": "θ",
    "iota": "ι",
    "kappa": "κ",
    "lambda": "λ",
    "mu": "μ",
    "nu": "ν",
    "xi": "ξ",
    "pi": "π",
    "rho": "ρ",
    "sigma": "σ",
    "varsigma": "ς",
    "tau": "τ",
    "upsilon": "υ",
    "phi": "ϕ",
    "varphi": "φ",
    "chi": "χ",
    "psi": "ψ",
    "omega": "ω",
    "Gamma": "Γ",
    "Delta": "Δ",
    "Theta": "Θ",
    "Lambda": "Λ",
    "Xi": "Ξ",
    "Pi": "Π",
    "Sigma": "Σ",
    "Phi": "Φ",
    "Psi": "Ψ",
    "Omega": "Ω",
}
"""Letters by their names in LaTeX."""

HATS = {"yhat": "ŷ", "mhat": "m̂", "vhat": "v̂"}
"""Letters with a hat."""

LETTERS = GREEK | {"yhat": HATS["yhat"]}
"""What a word of a pattern may stand for: a Greek letter, or y with a hat, the prediction."""

LONGEST = 60
LONGEST_WORD = 12
# these mean something in every solution: Euler's number, the sigmoid, sums, functions
_TAKEN = frozenset(("e", "exp", "log", "max", "sigma", "Sigma", "tanh"))

_SHAPE = re.compile(r"([A-Za-z]*)((?:[_^][^_^]+)*)")
_SCRIPT = re.compile(r"([_^])([^_^]+)")
_TOKEN = re.compile(r"\{([^{}]*)\}|([A-Za-z]+)|[0-9]+|[][(),*+]")


@dataclass(frozen=True, slots=True)
class Glyph:
    """A symbol: a letter or word with a subscript and a superscript."""

    base: str
    sub: str = ""
    sup: str = ""

    def __str__(self) -> str:
        below = f"_{{{self.sub}}}" if self.sub else ""
        return self.base + below + (f"^{{{self.sup}}}" if self.sup else "")

    def marked(self, mark: Glyph) -> Glyph:
        """The symbol with what a mark adds below and above."""
        return Glyph(self.base, self.sub + mark.sub, self.sup + mark.sup)


@dataclass(frozen=True, slots=True)
class Pattern:
    """A symbol with indices to be filled in: each script is text and ``{index}`` in order."""

    base: str
    sub: tuple[str, ...] = ()
    sup: tuple[str, ...] = ()

    @property
    def indices(self) -> tuple[str, ...]:
        """The names of all indices."""
        return tuple(part[1:-1] for part in (*self.sub, *self.sup) if part.startswith("{"))

    def filled(self, values: Mapping[str, str], apart: bool = False) -> Glyph:
        """The symbol with its indices in place; ``apart`` puts commas between numbers.

        >>> parse("w_{j}{k}^({i})", "ijk").filled({"i": "2", "j": "1", "k": "12"}, apart=True)
        Glyph(base='w', sub='1,12', sup='(2)')
        """
        return Glyph(self.base, _joined(self.sub, values, apart), _joined(self.sup, values, apart))


def _joined(parts: tuple[str, ...], values: Mapping[str, str], apart: bool) -> str:
    texts = [values[part[1:-1]] if part.startswith("{") else part for part in parts]
    for index, (before, after) in enumerate(pairwise(texts), start=1):
        if apart and before[-1:].isdigit() and after[:1].isdigit():
            texts[index] = f",{after}"
    return "".join(texts)


def parse(text: str, indices: Collection[str], mark: bool = False) -> Pattern:
    """Read a pattern with these ``indices``, or a ``mark``, which has no letter.

    Raises ValueError with what would be right.
    """
    example = "^({n})" if mark else "w_{j},{k}^{i}"
    if len(text) > LONGEST:
        raise ValueError(f"{len(text):,} characters; a symbol has at most {LONGEST}")
    shape = _SHAPE.fullmatch(text)
    if shape is None or bool(shape[1]) == mark:
        what = "a mark: _ or ^ and what is added" if mark else "a letter or word, then _ and ^"
        raise ValueError(f'"{printable(text, 40)}" is not {what}, as in {example}')
    scripts: dict[str, tuple[str, ...]] = {}
    for sign, script in _SCRIPT.findall(shape[2]):
        if sign in scripts:
            raise ValueError(f'"{text}" has {sign} twice')
        scripts[sign] = _parts(script, indices, example)
    if not mark and shape[1] in _TAKEN:
        raise ValueError(f'"{shape[1]}" has a meaning of its own in every solution')
    base = _letter(shape[1]) if shape[1] else ""
    return Pattern(base, scripts.get("_", ()), scripts.get("^", ()))


def _parts(script: str, indices: Collection[str], example: str) -> tuple[str, ...]:
    shown = printable(script, 40)
    found: list[str] = []
    place = 0
    while place < len(script):
        token = _TOKEN.match(script, place)
        if token is None:
            known = "letters, digits, brackets, commas, * and +, and indices"
            raise ValueError(f'"{shown}" has other than {known}, as in {example}')
        index, word = token.groups()
        if index is not None and index not in indices:
            names = ", ".join(f"{{{name}}}" for name in indices) or "none"
            guess = did_you_mean(index, indices)
            unknown = printable(index, 20)
            raise ValueError(f"unknown index {{{unknown}}}{guess}; known here: {names}")
        found.append(_letter(word) if word else token[0])
        place = token.end()
    if not _is_balanced(script):
        raise ValueError(f'the brackets in "{shown}" do not match')
    return tuple(found)


def _is_balanced(script: str) -> bool:
    rest = re.sub(r"[^][()]", "", script)
    while rest != (rest := rest.replace("()", "").replace("[]", "")):
        pass
    return not rest


def _letter(word: str) -> str:
    if word not in LETTERS and len(word) > LONGEST_WORD:
        raise ValueError(f'"{word}" has {len(word)} letters; a word has at most {LONGEST_WORD}')
    return LETTERS.get(word, word)
