r"""How notes stand in each format, and how they are taken out again.

Every note is inserted and nothing else is touched, so :func:`cleared` gives back what was there.
"""

from __future__ import annotations

import json
import re

from tracer.documents.notebook import extents, load

_MARKDOWN = re.compile(
    r"\n\n<!--tracer-->\n(?:>[^\n]*\n)+?<!--/tracer(?:-->|/-->\n\n)"
    r"|<!--tracer-->[^\n<]{0,40}<!--/tracer-->"
)
_LATEX = re.compile(
    r"\n%<tracer>\n(?:\\par\\noindent[^\n]*\n)+%</tracer(?:>|/>\n)"
    r"|\{\\textsuperscript\{\\textbf\{\[\d{1,6}\]\}\}\\relax\\relax\}"
)
_TEXT = re.compile(r"\n *\[tracer [^\]\n]{1,80}\][^\n]*")


def cleared(name: str, kind: str, text: str) -> str:
    """``text`` without the notes that an earlier run has put in it."""
    if "tracer" not in text:
        return text
    if kind == "notebook":
        return _cleared_notebook(name, text)
    return {"markdown": _MARKDOWN, "latex": _LATEX, "text": _TEXT}[kind].sub("", text)


def is_note(cell: object) -> bool:
    """Whether a notebook's cell is a note."""
    metadata = cell.get("metadata") if isinstance(cell, dict) else None
    return isinstance(metadata, dict) and metadata.get("tracer") == "note"


def _cleared_notebook(name: str, text: str) -> str:
    cells = load(name, text).get("cells")
    places = extents(text)
    if not isinstance(cells, list) or len(places) != len(cells):
        return text
    kept: list[str] = []
    last = 0
    for at, (cell, (start, stop)) in enumerate(zip(cells, places, strict=True)):
        if not is_note(cell):
            continue
        if at:  # with the comma before it
            kept.append(text[last : max(last, places[at - 1][1])])
            last = stop
        elif len(cells) > 1:  # moved to the top by hand: with the comma behind it
            kept.append(text[last:start])
            last = places[1][0]
    return "".join([*kept, text[last:]])


def notebook_cell(source: str, number: int, taken: set[object], ids: bool) -> str:
    """The JSON of a Markdown cell with ``source``; ``ids`` where the version has them."""
    cell: dict[str, object] = {"cell_type": "markdown"}
    if ids:
        while f"tracer-note-{number}" in taken:
            number += 1
        cell["id"] = f"tracer-note-{number}"
        taken.add(cell["id"])
    cell |= {"metadata": {"tracer": "note"}, "source": source.splitlines(keepends=True)}
    return json.dumps(cell, ensure_ascii=False)
