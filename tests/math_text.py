r"""What stands in the formulas of a page, in order, read from LaTeX, MathML and Typst.

Each reader turns its format into the same plain characters: letters, digits and signs without
scripts, fractions or space. They share nothing with the printers, so a symbol that a target loses,
doubles or moves shows as a difference.
"""

from __future__ import annotations

import re
import unicodedata
from html import unescape

_GREEK_NAMES = (
    "alpha beta gamma delta zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau upsilon"
    " chi psi omega"
)
_COMMANDS = {
    **{name: unicodedata.lookup(f"GREEK SMALL LETTER {name}") for name in _GREEK_NAMES.split()
       if name != "lambda"},
    "lambda": "λ",
    "epsilon": "ϵ", "varepsilon": "ε", "phi": "ϕ", "varphi": "φ", "varsigma": "ς",
    **{
        name: unicodedata.lookup(f"GREEK CAPITAL LETTER {name}")
        for name in ("Gamma", "Delta", "Theta", "Xi", "Pi", "Sigma", "Phi", "Psi", "Omega")
    },
    "Lambda": "Λ",
    "cdot": "⋅", "approx": "≈", "partial": "∂", "odot": "⊙", "to": "→", "xrightarrow": "→",
    "in": "∈", "top": "⊤", "ldots": "…", "cdots": "⋯", "nabla": "∇", "sum": "∑", "lvert": "|",
    "rvert": "|", "log": "log", "max": "max", "min": "min", "tanh": "tanh",
}  # fmt: skip
# commands that only place what follows them
_SILENT = {
    *("frac", "sqrt", "mathrm", "mathbf", "text", "left", "right", "qquad", "begin", "end"),
    *("Bigl", "Bigr", "biggl", "biggr"),
}
_LATEX_MATH = re.compile(
    r"\\begin\{(align|gather)\*\}(?P<display>.*?)\\end\{\1\*\}|(?<!\\)\$(?P<inline>.*?)(?<!\\)\$",
    re.DOTALL,
)
_LATEX_TOKEN = re.compile(
    r"\\(?:begin|end)\{pmatrix\}|\\hat\{(?P<hat>\w)\}|\\left\.|\\\\\*?|\\(?P<name>[A-Za-z]+)"
    r"|\\(?P<sign>.)|(?P<other>.)",
    re.DOTALL,
)


_PICTURES = re.compile(
    r"\\begin\{tikzpicture\}.*?\\end\{tikzpicture\}|#figure\(alt: .*?^\}\)\)",
    re.DOTALL | re.MULTILINE,
)


def in_latex(page: str) -> str:
    """The formulas of a LaTeX document, without its pictures."""
    found = ""
    for math in _LATEX_MATH.finditer(_PICTURES.sub("", page)):
        for token in _LATEX_TOKEN.finditer(math["display"] or math["inline"]):
            if token["hat"]:
                found += token["hat"] + "^"
            elif token["name"]:
                assert token["name"] in _COMMANDS or token["name"] in _SILENT, token["name"]
                found += _COMMANDS.get(token["name"], "")
            elif token["sign"]:
                found += token["sign"] if token["sign"] in "{}" else ""
            elif token[0].startswith("\\"):  # a matrix is printed in brackets
                found += {"\\begin{pmatrix}": "(", "\\end{pmatrix}": ")"}.get(token[0], "")
            elif token[0] not in "{}_^& \n":
                found += token[0]
    return found


def in_html(page: str) -> str:
    """The formulas of an HTML document, but for what it alone has beyond the solution."""
    page = re.sub(r'<section class="more.*?</section>', "", page, flags=re.DOTALL)
    found = "".join(re.findall(r"<math\b.*?</math>", page, re.DOTALL))
    text = unescape(re.sub(r"<[^>]*>|\s", "", found))
    return _plain(text.replace("\u2061", "").replace("\u2062", ""))


# beginnings of code between formulas in page.typ are lines of their own
_TYPST_MATH = re.compile(r"\\.|\$(?P<math>(?:\\.|\"(?:\\.|[^\"\\])*\"|[^$\\\"])*)\$", re.DOTALL)
_TYPST_TOKEN = re.compile(
    r'"(?P<string>(?:\\.|[^"\\])*)"|\\(?P<sign>\S)|#h\(2em\)|,size:#\(100% \+ 1em\)'
    r"|(?P<name>frac|lr|sqrt|stretch|thin|op|bold|(?P<hat>hat)|(?P<mat>mat))(?=[\\(])"
    r"|(?P<open>\()|(?P<close>\))|(?P<other>.)",
    re.DOTALL,
)


def in_typst(page: str) -> str:
    """The formulas of a Typst document, without its pictures."""
    found = ""
    for math in _TYPST_MATH.finditer(_PICTURES.sub("", page)):
        calls: list[str] = []  # what the brackets around here belong to
        call = ""
        # Typst has the prime before the subscript
        formula = re.sub(r"'(_(?:\w|\(\w*\)))", r"\1'", math["math"] or "")
        for token in _TYPST_TOKEN.finditer(formula):
            if token["string"] is not None:
                found += re.sub(r"\\(.)", r"\1", token["string"])
            elif token["sign"]:
                found += token["sign"]
            elif token["name"]:
                call = token["name"]
            elif token["open"]:
                calls.append(call)
                found += "(" if call == "mat" else ""
                call = ""
            elif token["close"]:
                found += {"mat": ")", "hat": "^"}.get(calls.pop(), "")
            elif token["other"] and token["other"] not in "_^&,; \n\\":
                found += token["other"]
    return _plain(found)


def _plain(text: str) -> str:
    """Signs as LaTeX has them."""
    return text.translate(str.maketrans("−∗′𝟏", "-*'1"))
