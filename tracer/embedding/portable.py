"""Blocks as plain data, whatever document they go into: words, and formulas in LaTeX.

The data is JSON. A *text* is a list of ``["text", WORDS]`` and ``["math", LATEX]``; nothing in the
words is markup. Formulas keep to what KaTeX, MathJax and amsmath read alike.
"""

from __future__ import annotations

from typing import Any

from tracer.api import Solution
from tracer.renderers.document import Target, view
from tracer.renderers.markdown import escape_in_formula
from tracer.typeset import LatexPrinter

# lines this long, in points at letters of 10, fit the usual page of a documentation
WIDTH = 440.0
# no word has this: a text is parted here
_MARK = "\x1f"


def portable(solution: Solution, width: float = WIDTH) -> list[dict[str, Any]]:
    """The blocks of a solution, or of an excerpt of one.

    ``{"kind": "heading", "text": WORDS}``, ``{"kind": "subheading", "text": TEXT}``,
    ``{"kind": "rule", "opens": BOOL}``, ``{"kind": "paragraph", "text": TEXT, "remark": BOOL}``,
    ``{"kind": "display", "latex": LATEX, "id": ID, "lines": [{left, right, indent}, …]}``,
    ``{"kind": "flow", "latex": LATEX}``, ``{"kind": "steps", "items": [TEXT, …]}``,
    ``{"kind": "table", "head": [CELL, …], "rows": [[CELL, …], …], "keys": N, "total": BOOL}``;
    a cell is a list of texts, one for each of its lines.
    """
    target = Target(
        LatexPrinter(solution.solved.symbols, width, escape_in_formula),
        _words,
        lambda formula: f"{_MARK}{formula}{_MARK}",
    )
    return [part for block in solution.page.blocks for part in _parts(view(block, target))]


def _words(text: str) -> str:
    return "".join(c if c.isprintable() else " " for c in text)


def _parts(seen: dict[str, Any]) -> list[dict[str, Any]]:
    match seen["kind"]:
        case "subheading" | "paragraph":
            return [{**seen, "text": _text(seen["text"])}]
        case "display":
            rows = [
                {"left": line.left, "right": line.right, "indent": line.indent}
                for line in seen["lines"]
            ]
            return [{**seen, "lines": rows, "latex": aligned(rows)}]
        case "flow":
            latex = [r" \qquad ".join(line) for line in seen["lines"]]
            return [{"kind": "flow", "latex": line} for line in latex]
        case "steps":
            return [{**seen, "items": [_text(item) for item in seen["items"]]}]
        case "table":
            return [_table(table) for table in seen["tables"]]
        case _:
            return [seen]


def _table(table: dict[str, Any]) -> dict[str, Any]:
    return {
        "kind": "table",
        "head": [[_text(line) for line in cell] for cell in table["head"]],
        "rows": [[[_text(line) for line in cell] for cell in row] for row in table["rows"]],
        "keys": table["keys"],
        "words": table["words"],
        "total": table["total"],
    }


def _text(marked: str) -> list[list[str]]:
    """A sentence in which formulas stand between marks."""
    parts = marked.split(_MARK)
    kinds = ("text", "math")
    return [[kinds[place % 2], part] for place, part in enumerate(parts) if part]


def aligned(rows: list[dict[str, Any]]) -> str:
    r"""Lines in one display: aligned at their relations, or as it is where there is one."""
    if len(rows) == 1:
        return f"{rows[0]['left']} {rows[0]['right']}".strip()
    indents = (r"\qquad " if row["indent"] else "" for row in rows)
    lines = (
        f"{row['left']} & {indent}{row['right']}" for row, indent in zip(rows, indents, strict=True)
    )
    return "\\begin{aligned}\n" + " \\\\\n".join(lines) + "\n\\end{aligned}"
