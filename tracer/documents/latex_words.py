"""Words with symbols in them, such as ``∂E/∂w₁,₂¹``, for whatever LaTeX document.

Nothing in them is a command; what no plain pdflatex can set stands as ``[U+4E2D]``.
"""

from __future__ import annotations

import re

from tracer.typeset.latex import escape

_LOW = dict(zip("₀₁₂₃₄₅₆₇₈₉ₙ₊₋₍₎", "0123456789n+-()", strict=True))
_HIGH = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁽⁾ᵗ", "0123456789+-()t", strict=True))
_SIGNS = {
    "∂": r"\partial ", "Σ": r"\Sigma ", "·": r"\cdot ", "≈": r"\approx ", "≠": r"\neq ",
    "→": r"\to ", "…": r"\ldots ", "−": "-", "√": r"\surd ", "α": r"\alpha ", "β": r"\beta ",
    "γ": r"\gamma ", "δ": r"\delta ", "ε": r"\varepsilon ", "η": r"\eta ", "θ": r"\theta ",
    "λ": r"\lambda ", "μ": r"\mu ", "σ": r"\sigma ", "Δ": r"\Delta ",
}  # fmt: skip
_IN_LOW = f"[{''.join(_LOW)}]"
_IN_HIGH = f"[{''.join(_HIGH)}]"
_SIGN = f"[{''.join(_SIGNS)}]"
# a letter on its own with what stands below and above it, or a sign
_SYMBOL = re.compile(
    rf"(?P<base>(?<![A-Za-z])[A-Za-z]|{_SIGN})?(?P<low>{_IN_LOW}+(?:,{_IN_LOW}+)*)?(?P<high>{_IN_HIGH}+)?"
)
_NO_GLYPH = re.compile(r"\\unicodechar\{([0-9A-F]+)\}")


def in_latex(words: str) -> str:
    """``words`` as LaTeX."""
    found: list[str] = []
    at = 0
    for symbol in _SYMBOL.finditer(words):
        base, low, high = symbol["base"] or "", symbol["low"], symbol["high"]
        if not (low or high or base in _SIGNS):
            continue
        found.append(_plain(words[at : symbol.start()]))
        below = f"_{{{''.join(_LOW.get(one, one) for one in low)}}}" if low else ""
        above = f"^{{{''.join(map(_HIGH.__getitem__, high))}}}" if high else ""
        found.append(rf"\({_SIGNS.get(base, base) or '{}'}{below}{above}\)")
        at = symbol.end()
    return "".join([*found, _plain(words[at:])]).replace(r"\)\(", "")


def _plain(words: str) -> str:
    return _NO_GLYPH.sub(r"[U+\1]", escape(words))
