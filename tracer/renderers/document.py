"""What the formats that go through a template share: blocks as plain views, and tables split.

A target says how it writes words and formulas; the template, where the marks of the format go.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import jinja2

from tracer.blocks import (
    Block,
    Cell,
    Display,
    Figure,
    Flow,
    Heading,
    Inline,
    Paragraph,
    Rule,
    Steps,
    Subheading,
    Table,
    Text,
)
from tracer.drawing import Drawing
from tracer.errors import Fault, InputError, printable
from tracer.formula import Equation
from tracer.renderers import Job
from tracer.typeset import Printer, lines, stacked
from tracer.typeset.lines import Line

# a column of words is not made narrower than this many letters
_NARROWEST = 20
# so many short equations are set in two columns on paper, which stay on one page
_MANY, _MOST = 8, 40


@dataclass(frozen=True, slots=True)
class Target:
    """How a format writes: its printer, plain words, and a formula inside a sentence.

    ``begin`` mends what would be markup where a paragraph or an item of a list begins.
    ``cell_width`` limits a table cell, ``table_width`` a table, both in the printer's unit;
    ``lines`` the height of a table. None: as large as it comes. ``letter`` is the width of a letter
    of running text; ``wrap`` breaks it in the last column where a table is too wide otherwise.
    Rows with the mark ``tall`` in them are half as high again. ``draw`` writes pictures; None where
    the format has none, and they are left out. ``half`` is how wide equations are at most of which
    many stand in two columns; at 0 none do.
    """

    printer: Printer
    words: Callable[[str], str]
    inline: Callable[[str], str]
    begin: Callable[[str], str] = str
    cell_width: float | None = None
    table_width: float | None = None
    column_gap: float = 0.0
    lines: int | None = None
    letter: float = 1.0
    wrap: Callable[[str, int], list[str]] | None = None
    tall: str = ""
    draw: Callable[[Drawing], str] | None = None
    half: float = 0.0


def template_roots(override: Path | None) -> list[Path]:
    """Where templates are looked for: the user's folder, the package, the source checkout."""
    package = Path(__file__).resolve().parents[1]
    roots = [package / "templates", package.parent / "templates"]
    return ([override] if override else []) + roots


def template_names() -> tuple[str, ...]:
    """The names of the built-in templates of solutions, not those of reports."""
    found = {path.name for root in template_roots(None) if root.is_dir() for path in root.iterdir()}
    return tuple(sorted(name for name in found if not name.startswith("report.")))


def fill(name: str, job: Job, target: Target, **more: Any) -> str:
    """Fill the template ``name`` with the page.

    Raises InputError where a template of the user's is at fault, with the line if there is one.
    """
    values: dict[str, Any] = {
        "title": target.words(job.page.title),
        "blocks": [
            view(block, target)
            for block in job.page.blocks
            if target.draw or not isinstance(block, Figure)
        ],
        "fragment": job.fragment,
    }
    return filled(name, values | more, job.templates)


def filled(name: str, values: Mapping[str, Any], templates: Path | None) -> str:
    """The template ``name`` with ``values`` in it; ``templates`` is a folder of the user's."""
    folders = _Folders(template_roots(templates))
    try:
        own = _environment(folders).get_template(name) if templates else _built_in(name)
        text = own.render(values)
        text.encode()  # half a surrogate pair can be written nowhere: better known here
    except InputError:
        raise
    except Exception as error:  # a template can call anything, so anything can go wrong
        if templates is None:
            raise
        where = _place(error, folders.read) or f"{templates}/{name}"
        message = f"the template cannot be used: {_reason(error)}"
        raise InputError(Fault(where, message)) from None
    return text


def source(name: str, templates: Path | None) -> str:
    """The file ``name`` among the templates as it stands, the user's before the built-in one."""
    folders = _Folders(template_roots(templates))
    return folders.get_source(_environment(folders), name)[0]


@cache
def _built_in(name: str) -> jinja2.Template:
    """A template that comes with the package, compiled once for any number of documents."""
    return _environment(_Folders(template_roots(None))).get_template(name)


class _Folders(jinja2.FileSystemLoader):
    """Templates in folders, the first that has one; ``read`` are the files that were."""

    def __init__(self, roots: Sequence[Path]) -> None:
        super().__init__(roots)
        self.read: set[str] = set()

    def get_source(
        self, environment: jinja2.Environment, template: str
    ) -> tuple[str, str, Callable[[], bool]]:
        try:
            found = super().get_source(environment, template)
        except UnicodeDecodeError as error:
            files = (Path(root, template) for root in self.searchpath)
            file = next(file for file in files if file.is_file())
            line = error.object.count(b"\n", 0, error.start) + 1
            message = f"byte 0x{error.object[error.start]:02x} is not UTF-8; save the file as UTF-8"
            raise InputError(Fault(f"{file}:{line}", message)) from None
        self.read.add(found[1])
        return found


def _environment(folders: _Folders) -> jinja2.Environment:
    return jinja2.Environment(
        loader=folders,
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


def _place(error: Exception, templates: Collection[str]) -> str:
    """The innermost line of a template that an error passed through, as ``file:line``, or ""."""
    places = ((f.f_code.co_filename, n) for f, n in traceback.walk_tb(error.__traceback__))
    found = [f"{file}:{line}" for file, line in places if file in templates]
    return found[-1] if found else ""


def _reason(error: Exception) -> str:
    """What is wrong, on one line; the engine's own errors say it without their name."""
    if isinstance(error, jinja2.TemplateError):
        return printable(str(error))
    return printable(traceback.format_exception_only(error)[-1].strip())


def view(block: Block, target: Target) -> dict[str, Any]:
    """A block as a template reads it: ``kind``, and strings."""
    printer = target.printer
    match block:
        case Heading(text):
            return {"kind": "heading", "text": target.words(text)}
        case Subheading(content):
            return {"kind": "subheading", "text": sentence(content, target)}
        case Rule(opens):
            return {"kind": "rule", "opens": opens}
        case Paragraph(content, remark):
            return {"kind": "paragraph", "text": sentence(content, target), "remark": remark}
        case Display(equations, name):
            found = list(lines(printer, equations))
            columns = _two_columns(equations, found, target)
            return {"kind": "display", "lines": found, "columns": columns, "id": name}
        case Flow(groups):
            flowed = [line for group in groups for line in _flowed(group, printer)]
            return {"kind": "flow", "lines": flowed}
        case Steps(items):
            return {"kind": "steps", "items": [sentence(item, target) for item in items]}
        case Figure(drawing, name, plot):
            assert target.draw is not None
            picture = target.draw(drawing)
            alt = drawing.description
            return {"kind": "figure", "picture": picture, "id": name, "plot": plot, "alt": alt}
        case Table():
            return {"kind": "table", "tables": list(_tables(block, target))}


def _two_columns(
    equations: Sequence[Equation], found: Sequence[Line], target: Target
) -> list[Sequence[Line]]:
    """The lines of many short equations as two columns; none where they are few, or very many."""
    if not _MANY <= len(found) <= _MOST or len(found) != len(equations):
        return []
    if max(map(target.printer.measure, equations)) > target.half:
        return []
    half = (len(found) + 1) // 2
    return [found[:half], found[half:]]


def sentence(content: Text, target: Target) -> str:
    """Words with formulas between them."""
    return target.begin(
        "".join(
            target.words(item) if isinstance(item, str) else target.inline(_formula(item, target))
            for item in content
        )
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
            yield from (
                [f"{part.left} {part.right}".strip()] for part in lines(printer, (equation,))
            )
            continue
        used += width + (gap if line else 0.0)
        line.append(printer.one_line(equation))
    if line:
        yield line


def _cell(item: Cell, target: Target) -> tuple[list[str], float]:
    """A cell as lines, and its width."""
    if isinstance(item, tuple):
        return [sentence(item, target)], sum(inline_width(part, target) for part in item)
    if isinstance(item, str):
        return [target.words(item)], target.letter * len(item)
    printer = target.printer
    if not isinstance(item, Equation):
        piece = printer.solid(item)
        return [target.inline(printer.finished(piece.text))], piece.width
    width = printer.measure(item)
    if target.cell_width is None or width <= target.cell_width:
        return [target.inline(printer.one_line(item))], width
    rows, width = stacked(printer, item, target.cell_width)
    return [target.inline(text) for text in rows], width


def inline_width(item: Inline, target: Target) -> float:
    """The width of a part of running text on one line."""
    if isinstance(item, str):
        return target.letter * len(item)
    printer = target.printer
    return printer.measure(item) if isinstance(item, Equation) else printer.solid(item).width


def _tables(table: Table, target: Target) -> Iterator[dict[str, Any]]:
    """The table, split where it is too wide or too long for a page."""
    head = [_cell(item, target) for item in table.head]
    rows = [[_cell(item, target) for item in row] for row in table.rows]
    widths = [
        max([head[c][1], *(row[c][1] for row in rows)]) + target.column_gap
        for c in range(len(head))
    ]
    columns_of_words = (
        c for c in range(len(head)) if all(isinstance(row[c], tuple) for row in table.rows)
    )
    worded = set(columns_of_words)
    last, limit = len(head) - 1, target.table_width
    if target.wrap and limit and last in worded and table.keys <= last:
        room = int(limit - sum(widths[:-1]) - target.column_gap)
        if _NARROWEST <= room < widths[last] - target.column_gap:
            for row in rows:
                row[last] = (target.wrap(row[last][0][0], room), room)
            widths[last] = room + target.column_gap
    for columns in _columns(widths, table.keys, limit):
        cells = [[row[c][0] for c in columns] for row in rows]
        left = len(cells)
        is_tall = bool(target.tall) and any(
            target.tall in line for row in cells for cell in row for line in cell
        )
        limit_of_rows = None if target.lines is None else target.lines / (1.5 if is_tall else 1)
        for some in _rows(cells, limit_of_rows):
            left -= len(some)
            yield {
                "head": [head[c][0] for c in columns],
                "rows": some,
                "keys": table.keys,
                "words": [c in worded for c in columns],
                "total": table.total and not left,
                "tall": is_tall,
            }


def _rows(rows: list[list[list[str]]], limit: float | None) -> Iterator[list[list[list[str]]]]:
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
