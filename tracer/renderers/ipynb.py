"""A Jupyter notebook whose cells work the solution out anew, with what they show when it is run.

Only the title and the headings are its text: all that depends on the problem is shown by a cell of
code, so whoever changes the problem and runs all cells has the solution of what stands there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from tracer.blocks import Page
from tracer.errors import Fault, InputError
from tracer.graph_problem import GraphProblem
from tracer.loading import load
from tracer.outline.pieces import Section, derived, sections
from tracer.problem import AnyProblem
from tracer.renderers import Job, cells
from tracer.renderers.markdown import escape
from tracer.renderers.shown import Excerpt
from tracer.solved import Worked
from tracer.source import Written

_INTRO = (
    "Change the problem, or what is asked of it, and run all cells: everything below them is "
    "worked out anew."
)


@dataclass(frozen=True, slots=True)
class _Cell:
    """Markdown, or with ``shown`` code and what it shows."""

    text: str
    shown: Excerpt | None = None


def render(job: Job) -> str:
    """The notebook (nbformat 4.5). Raises InputError where the problem was read from no TOML."""
    for name, value, reason in (
        ("fragment", job.fragment, "is for text that is included; a notebook is whole"),
        ("templates", job.templates, "would change what the notebook shows only until it is run"),
    ):
        if value:
            raise InputError(Fault(name, reason, argument=True))
    written = _written(job.solved.problem)
    title = f"# {escape(job.page.title)}\n\n" if job.page.title else ""
    found = [
        cells.markdown("title", f"{title}{_INTRO}"),
        cells.code("problem", f"import tracer\n\nproblem = {_loading(written)}", count=1),
        cells.code(
            "solution", f"solution = {_call('tracer.solve', 'problem', job.options)}", count=2
        ),
    ]
    count = len(found) - 1
    for number, cell in enumerate(_cells(job), start=1):
        name = f"part-{number}"
        if cell.shown is None:
            found.append(cells.markdown(name, cell.text))
        else:
            count += 1
            shown = cell.shown._repr_mimebundle_()
            found.append(cells.code(name, cell.text, shown, count))
    return cells.notebook(found)


def _written(problem: AnyProblem) -> Written:
    """Where the problem comes from, which must give the same problem once more."""
    written = problem.written
    if written is None:
        message = "a notebook holds the problem's TOML, and this one was read from a mapping"
        raise InputError(Fault("ipynb", message))
    again = load(written.text, **written.changes)
    # what `solve` was told about the page is in its call
    again = replace(again, page=problem.page)
    if isinstance(again, GraphProblem) or isinstance(problem, GraphProblem):
        is_same = again == problem
    else:
        is_same = replace(again, notation=problem.notation) == problem
    if not is_same:
        message = "the problem was changed after it was read, so its TOML is no longer what it is"
        raise InputError(Fault("ipynb", message))
    return written


def _loading(written: Written) -> str:
    return _call("tracer.load", cells.literal(written.text), written.changes)


def _call(function: str, first: str, arguments: Mapping[str, Any]) -> str:
    named = (f"{name}={_literal(value)}" for name, value in arguments.items())
    return f"{function}({', '.join([first, *named])})"


def _literal(value: Any) -> str:
    """A text, a number, a list or a mapping as Python reads it."""
    if isinstance(value, str):
        return cells.quoted(value)
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{_literal(k)}: {_literal(v)}' for k, v in value.items())}}}"
    if isinstance(value, Sequence):
        return f"[{', '.join(map(_literal, value))}]"
    return repr(int(value))


def _cells(job: Job) -> Iterator[_Cell]:
    for section in sections(job.page.blocks):
        if section.title:
            yield _Cell(f"## {escape(section.title)}")
        if section.blocks:
            yield from _section(job.solved, section)


def _section(s: Worked, section: Section) -> Iterator[_Cell]:
    """One cell, or where derivatives are derived one for each, and for the words before it."""
    parts = derived(section)
    if not parts or any(part.id not in s.values for part in parts):
        name = section.name
        yield _Cell(
            f"solution.section({cells.quoted(name)})",
            Excerpt(s, Page("", section.blocks), named(name)),
        )
        return
    for part in parts:
        if part.before:
            shown = Excerpt(s, Page("", part.before), f"before {part.id}")
            yield _Cell(f"solution.before({cells.quoted(part.id)})", shown)
        name = f"{part.id} = {s.values[part.id].number.text}"
        yield _Cell(f"solution[{cells.quoted(part.id)}]", Excerpt(s, Page("", part.blocks), name))


def named(section: str) -> str:
    """How a section calls itself as plain text."""
    return f"section {section!r}"
