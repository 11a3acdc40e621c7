"""What the formats that go through a template share: blocks as plain views, and tables split.

A target says how it writes words and formulas; the template, where the marks of the format go.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jinja2

from tracer.blocks import Block, Display, Flow, Heading, Inline, Paragraph, Steps, Table, Text
from tracer.errors import Fault, InputError
from tracer.formula import Equation
from tracer.renderers import Job
from tracer.typeset import Printer, lines, stacked


@dataclass(frozen=True, slots=True)
class Target:
    """How a format writes: its printer, plain words, and a formula inside a sentence.

    ``cell_width`` limits a table cell, ``table_width`` a table, both in the printer's unit;
    ``lines`` the height of a table. None: as large as it comes.
    """

    printer: Printer
    words: Callable[[str], str]
    inline: Callable[[str], str]
    cell_width: float | None = None
    table_width: float | None = None
    column_gap: float = 0.0
    lines: int | None = None


def template_roots(override: Path | None) -> list[Path]:
    """Where templates are looked for: the user's folder, the package, the source checkout."""
    package = Path(__file__).resolve().parents[1]
    roots = [package / "templates", package.parent / "templates"]
    return ([override] if override else []) + roots


def template_names() -> tuple[str, ...]:
    """The names of the built-in templates."""
    found = {path.name for root in template_roots(None) if root.is_dir() for path in root.iterdir()}
    return tuple(sorted(found))


def fill(name: str, job: Job, target: Target, **more: Any) -> str:
    """Fill the template ``name`` with the page. Raises InputError where a template is at fault."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(template_roots(job.templates)),
        block_start_string="<%",
        block_end_string="%>",
        variable_start_string="<<",
        variable_end_string=">>",
        comment_start_string="<#",
        comment_end_string="#>",
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        # none of these formats is HTML; each target escapes its own words
        autoescape=False,  # noqa: S701
    )
    views = [view(block, target) for block in job.page.blocks]
    try:
        return environment.get_template(name).render(
            title=target.words(job.page.title),
            blocks=views,
            fragment=job.fragment,
            **more,
        )
    except jinja2.TemplateError as error:
        line = getattr(error, "lineno", None)
        where = f"{job.templates or 'templates'}/{name}" + (f":{line}" if line else "")
        raise InputError(Fault(where, f"the template cannot be used: {error}")) from None


def view(block: Block, target: Target) -> dict[str, Any]:
    """A block as a template reads it: ``kind``, and strings."""
    printer = target.printer
    match block:
        case Heading(text):
            return {"kind": "heading", "text": target.words(text)}
        case Paragraph(content, remark):
            return {"kind": "paragraph", "text": sentence(content, target), "remark": remark}
        case Display(equations, name):
            return {"kind": "display", "lines": list(lines(printer, equations)), "id": name}
        case Flow(groups):
            flowed = [line for group in groups for line in _flowed(group, printer)]
            return {"kind": "flow", "lines": flowed}
        case Steps(items):
            return {"kind": "steps", "items": [sentence(item, target) for item in items]}
        case Table():
            return {"kind": "table", "tables": list(_tables(block, target))}


def sentence(content: Text, target: Target) -> str:
    """Words with formulas between them."""
    return "".join(
        target.words(item) if isinstance(item, str) else target.inline(_formula(item, target))
        for item in content
    )


def _formula(item: Inline, target: Target) -> str:
    assert not isinstance(item, str)
    if isinstance(item, Equation):
        return target.printer.one_line(item)
    return target.printer.line(item)


def _flowed(equations: Sequence[Equation], printer: Printer) -> Iterator[list[str]]:
    line: list[str] = []
    used = 0.0
    gap = 2 * printer.indent
    for equation in equations:
        width = printer.measure(equation)
        if line and used + gap + width > printer.width:
            yield line
            line, used = [], 0.0
        if width > printer.width:  # many equal parameters: broken like any long equation
            yield from ([part.left + part.right] for part in lines(printer, (equation,)))
            continue
        used += width + (gap if line else 0.0)
        line.append(printer.one_line(equation))
    if line:
        yield line


def _cell(item: Inline, target: Target) -> tuple[list[str], float]:
    """A cell as lines, and its width."""
    if isinstance(item, str):
        return [target.words(item)], 6.0 * len(item)
    printer = target.printer
    if not isinstance(item, Equation):
        piece = printer.solid(item)
        return [target.inline(piece.text)], piece.width
    width = printer.measure(item)
    if target.cell_width is None or width <= target.cell_width:
        return [target.inline(printer.one_line(item))], width
    rows = [target.inline(text) for text in stacked(printer, item, target.cell_width)]
    return rows, target.cell_width


def _tables(table: Table, target: Target) -> Iterator[dict[str, Any]]:
    """The table, split where it is too wide or too long for a page."""
    head = [_cell(item, target) for item in table.head]
    rows = [[_cell(item, target) for item in row] for row in table.rows]
    widths = [
        max([head[c][1], *(row[c][1] for row in rows)]) + target.column_gap
        for c in range(len(head))
    ]
    for columns in _columns(widths, table.keys, target.table_width):
        cells = [[row[c][0] for c in columns] for row in rows]
        for some in _rows(cells, target.lines):
            yield {"head": [head[c][0] for c in columns], "rows": some, "keys": table.keys}


def _rows(rows: list[list[list[str]]], limit: int | None) -> Iterator[list[list[list[str]]]]:
    """The rows in groups of at most ``limit`` printed lines."""
    chosen: list[list[list[str]]] = []
    used = 0
    for row in rows:
        height = max(len(cell) for cell in row)
        if chosen and limit is not None and used + height > limit:
            yield chosen
            chosen, used = [], 0
        chosen.append(row)
        used += height
    yield chosen


def _columns(widths: Sequence[float], keys: int, limit: float | None) -> Iterator[list[int]]:
    fixed = sum(widths[:keys])
    chosen: list[int] = []
    used = fixed
    for column in range(keys, len(widths)):
        if chosen and limit is not None and used + widths[column] > limit:
            yield [*range(keys), *chosen]
            chosen, used = [], fixed
        chosen.append(column)
        used += widths[column]
    yield [*range(keys), *chosen]
