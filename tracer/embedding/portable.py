"""Blocks as plain data, whatever document they go into: words, and formulas in LaTeX.

The data is JSON. A *text* is a list of ``["text", WORDS]`` and ``["math", LATEX]``; nothing in the
words is markup. Formulas keep to what KaTeX, MathJax and amsmath read alike.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from tracer.api import Solution
from tracer.blocks import Figure
from tracer.formula import Num
from tracer.renderers.document import Target, view
from tracer.renderers.markdown import escape_in_formula
from tracer.typeset import LatexPrinter, Printer, TextPrinter
from tracer.typeset.svg import svg
from tracer.typeset.tikz import tikz

# lines this long, in points at letters of 10, fit the usual page of a documentation, which has
# letters of 16 pixels and some 46 of their widths, beside the number of an equation
WIDTH = 390.0
_CELL_WIDTH = 112.0
_TABLE_WIDTH = 460.0
MARK = "\x1f"
"""No word has this: a text is parted here."""

PICTURE_ID = "tracer-picture-id"
"""The name of every picture; whoever puts several on a page replaces it by one for each."""


def portable(
    solution: Solution, width: float = WIDTH, *, alone: bool = False
) -> list[dict[str, Any]]:
    """The blocks of a solution, or of an excerpt of one.

    ``{"kind": "heading", "text": TEXT}`` and ``"subheading"`` alike,
    ``{"kind": "rule", "opens": BOOL}``, ``{"kind": "paragraph", "text": TEXT, "remark": BOOL}``,
    ``{"kind": "display", "rows": [[LEFT, RIGHT], …], "id": ID}`` aligned between left and right,
    ``{"kind": "flow", "latex": LATEX}``, ``{"kind": "steps", "items": [TEXT, …]}``,
    ``{"kind": "table", "head": [TEXT, …], "rows": [[TEXT, …], …], "keys": N, "words": [BOOL, …],
    "total": BOOL}``, where ``words`` says which columns are of running text,
    ``{"kind": "figure", "svg": SVG, "tikz": LATEX, "title": WORDS, "alt": WORDS, "id": ID}``;
    with ``alone`` the SVG is a file of its own, else a part of a page that has its style.
    """
    printer = LatexPrinter(solution.solved.symbols, width, escape_in_formula)
    target = on_page(printer, _words)
    return [
        part
        for block in solution.page.blocks
        for part in (
            [_figure(block, printer, alone)]
            if isinstance(block, Figure)
            else _parts(view(block, target))
        )
    ]


def on_page(printer: Printer, words: Callable[[str], str]) -> Target:
    """How any language writes for the usual page: lines and tables are broken at the same places.

    Formulas in a sentence stand between marks, `MARK`.
    """
    return Target(
        printer,
        words,
        lambda formula: f"{MARK}{formula}{MARK}",
        cell_width=_CELL_WIDTH,
        table_width=_TABLE_WIDTH,
        column_gap=12.0,
        letter=4.8,
    )


def quantity(solution: Solution) -> dict[str, Any]:
    """What can be written of the quantity that was asked for.

    ``value`` in words; ``exact`` too, or None where it is irrational; ``symbol`` and ``equation``
    in LaTeX.
    """
    found = solution[solution.asked[0]]
    symbols = found.solved.symbols
    number = found.solved.values[found.id].number
    value = LatexPrinter(symbols, 0).line(Num(number))
    relation = "=" if number.is_exact else r"\approx"
    return {
        "value": TextPrinter(symbols, 0).line(Num(number)).replace("-", "\N{MINUS SIGN}"),
        "exact": None if found.exact is None else str(found.exact).replace("-", "\N{MINUS SIGN}"),
        "symbol": found.latex,
        "equation": f"{found.latex} {relation} {value}",
    }


def aligned(rows: Sequence[Sequence[str]]) -> str:
    """The rows of a display as one formula."""
    lines = joined(rows)
    return lines if len(rows) == 1 else f"\\begin{{aligned}}\n{lines}\n\\end{{aligned}}"


def joined(rows: Sequence[Sequence[str]]) -> str:
    """The rows of a display for an environment that aligns them; a single one needs none."""
    if len(rows) == 1:
        return " ".join(filter(None, rows[0]))
    return " \\\\\n".join(f"{left} & {right}" for left, right in rows)


def _words(text: str) -> str:
    return "".join(c if c.isprintable() else " " for c in text)


def _figure(figure: Figure, printer: LatexPrinter, alone: bool) -> dict[str, Any]:
    drawing = figure.drawing
    return {
        "kind": "figure",
        "svg": svg(drawing, printer.symbols, PICTURE_ID, alone=alone),
        "tikz": tikz(drawing, printer),
        "title": _words(drawing.title),
        "alt": _words(drawing.description),
        "id": figure.id,
    }


def _parts(seen: dict[str, Any]) -> Iterator[dict[str, Any]]:
    kind = seen["kind"]
    match kind:
        case "heading" | "subheading":
            yield {"kind": kind, "text": _text(seen["text"])}
        case "paragraph":
            yield {"kind": kind, "text": _text(seen["text"]), "remark": seen["remark"]}
        case "display":
            indented = ((r"\qquad " if line.indent else "", line) for line in seen["lines"])
            rows = [[line.left, indent + line.right] for indent, line in indented]
            yield {"kind": kind, "rows": rows, "id": seen["id"]}
        case "flow":
            yield {"kind": kind, "latex": _stacked([r" \qquad ".join(r) for r in seen["lines"]])}
        case "steps":
            yield {"kind": kind, "items": [_text(item) for item in seen["items"]]}
        case "table":
            for table in seen["tables"]:
                yield {
                    "kind": kind,
                    "head": [_cell(cell) for cell in table["head"]],
                    "rows": [[_cell(cell) for cell in row] for row in table["rows"]],
                    "keys": table["keys"],
                    "words": table["words"],
                    "total": table["total"],
                }
        case _:
            yield seen


def _stacked(lines: Sequence[str]) -> str:
    """Formulas below each other."""
    if len(lines) == 1:
        return lines[0]
    return "\\begin{gathered}\n" + " \\\\\n".join(lines) + "\n\\end{gathered}"


def _text(marked: str) -> list[list[str]]:
    """A sentence in which formulas stand between marks."""
    parts = marked.split(MARK)
    kinds = ("text", "math")
    return [[kinds[place % 2], part] for place, part in enumerate(parts) if part]


def _cell(lines: Sequence[str]) -> list[list[str]]:
    """A cell: one text, or the lines of a formula that was too wide for one."""
    if len(lines) == 1:
        return _text(lines[0])
    return [["math", _stacked([line.strip(MARK) for line in lines])]]
