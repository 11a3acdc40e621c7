"""Pages that are files of the repository: one source, read where it lies, no second copy.

A link out of ``docs/`` leads to the page that has the file, or is no link where no page has it:
on the web there is no repository around the site.
"""

from __future__ import annotations

import os
import posixpath
import re
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
# page: the file that it is
WHOLE = {"contributing": "CONTRIBUTING.md", "changes": "CHANGELOG.md"}
# pages that say in other words what a file of the repository says
INSTEAD = {"README.md": "index"} | {file: page for page, file in WHOLE.items()}
# a table of keys, which is too much for the width of a page
_KEYS = "| key | meaning | value | if left out | example |"
_CELL = re.compile(r"(?<!\\)\|")
_QUOTED = re.compile(r'"[^"`]*"')
_LINK = re.compile(r"(?<!!)\[([^][]*)\]\(([^)#\s:]+)(#[^)\s]*)?\)")


def at_home(text: str, page: str, file: str) -> str:
    """The Markdown of ``file`` (from the root) as the page ``page``: its links as the site's."""

    def linked(match: re.Match[str]) -> str:
        words, path, anchor = match[1], match[2], match[3] or ""
        target = posixpath.normpath(posixpath.join(posixpath.dirname(file), path))
        if target in INSTEAD:
            target = f"docs/{INSTEAD[target]}.md"
        if not target.startswith("docs/"):
            return words
        here = posixpath.dirname(f"docs/{page}")
        return f"[{words}]({posixpath.relpath(target, here)}{anchor})"

    return _LINK.sub(linked, text)


def listed(text: str) -> str:
    """Tables of keys as lists: the key, its meaning, what it may be, an example."""
    lines: list[str] = []
    inside = False
    for line in text.splitlines():
        if line == _KEYS:
            inside = True
        elif inside and line.startswith("| ---"):
            continue
        elif inside and line.startswith("|"):
            lines += _entry([cell.strip() for cell in _CELL.split(line)[1:-1]])
        else:
            inside = False
            lines.append(line)
    return "\n".join([*lines, ""])


def _entry(cells: list[str]) -> list[str]:
    key, meaning, value, left_out, example = (cell.replace("\\|", "|") for cell in cells)
    # what is in quotes is to be copied as it stands
    value = _QUOTED.sub(r"`\g<0>`", value)
    values = f"*Value:* {value}." if value else ""
    if left_out.startswith("*required*"):
        values += f" **Required**{left_out.removeprefix('*required*')}."
    elif left_out:
        values += f" *If left out:* {left_out}."
    code = example.strip("`").strip()
    return [key, f": {meaning}", "", f"  {values}", "", f"  ```toml\n  {code}\n  ```", ""]


def _read(app: Any, docname: str, source: list[str]) -> None:
    file = WHOLE.get(docname)
    if file:
        app.env.note_dependency(os.fspath(ROOT / file))
        source[0] = (ROOT / file).read_text(encoding="utf-8")
    source[0] = listed(at_home(source[0], docname, file or f"docs/{docname}.md"))


# what the package makes, and nobody else: how that is done is nobody else's affair
MADE = {f"tracer.{name}" for name in ("Problem", "GraphProblem", "Solution", "SolvedQuantity")}
MADE.add("tracer.Report")


def _signature(_app: Any, what: str, name: str, *_: Any) -> tuple[str, None] | None:
    return ("", None) if what == "class" and name in MADE else None


def setup(app: Any) -> dict[str, Any]:
    """Read those pages."""
    app.connect("source-read", _read)
    app.connect("autodoc-process-signature", _signature)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
