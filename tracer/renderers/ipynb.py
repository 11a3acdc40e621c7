"""A Jupyter notebook whose cells work the solution out anew, with what they show when it is run.

Only the title and the headings are its text: all that depends on the problem is shown by a cell of
code, so whoever changes the problem and runs all cells has the solution of what stands there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from tracer.blocks import Figure, Page
from tracer.diagrams.chosen import drawing
from tracer.errors import Fault, InputError
from tracer.excerpts import Part, excerpt
from tracer.graph_problem import GraphProblem
from tracer.loading import load
from tracer.pieces import Section, derived, sections
from tracer.problem import AnyProblem
from tracer.renderers import Job, cells
from tracer.renderers.markdown import escape
from tracer.renderers.shown import Picture, bundle, named
from tracer.source import Written

_INTRO = (
    "Change the problem, or what is asked of it, and run all cells: everything below them is "
    "worked out anew."
)


@dataclass(frozen=True, slots=True)
class _Cell:
    """Markdown, or with ``shown`` code and what it shows, by MIME type."""

    text: str
    shown: Mapping[str, str] = field(default_factory=dict)


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
        if cell.shown:
            count += 1
            found.append(cells.code(name, cell.text, cell.shown, count))
        else:
            found.append(cells.markdown(name, cell.text))
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
    if problem.numbers.significant is not None:  # in whose place they stand does not matter
        numbers = replace(again.numbers, digits=problem.numbers.digits)
        again = replace(again, numbers=numbers)
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
            yield from _section(job, section)


def _section(job: Job, section: Section) -> Iterator[_Cell]:
    """One cell, or where derivatives are derived one for each, and for the words before it."""
    s = job.solved
    parts = derived(section.blocks)
    figures = [block for block in section.blocks if isinstance(block, Figure)]
    if not parts or any(part.id not in s.values for part in parts):
        named_ones = [figure for figure in figures if _is_diagram(job, figure)]
        yield from (_diagram(job, figure) for figure in named_ones)
        if len(section.blocks) > len(figures):
            yield _excerpt(job, "section", section.name, Part(sections=(section.name,)))
        for number, figure in enumerate(figures):
            if figure not in named_ones:
                name = cells.quoted(section.name)
                yield _picture(job, figure, f"solution.section({name}).pictures[{number}]")
        return
    for part in parts:
        yield from (_diagram(job, own) for own in part.before if isinstance(own, Figure))
        if not all(isinstance(block, Figure) for block in part.before):
            yield _excerpt(job, "before", part.id, Part(before=part.id))
        if part.figure is not None:
            yield _diagram(job, part.figure)
        value = f"<{part.id} = {s.values[part.id].number.text}>"
        shown = bundle(s, excerpt(job.page, Part(derived=part.id)), value)
        yield _Cell(f"solution[{cells.quoted(part.id)}]", shown)


def _is_diagram(job: Job, figure: Figure) -> bool:
    """Whether a picture is the one that a call of `diagram` gives."""
    return figure.drawing == drawing(job.solved, figure.id)


def _diagram(job: Job, figure: Figure) -> _Cell:
    name = cells.quoted(figure.id) if figure.id else ""
    return _picture(job, figure, f"solution.diagram({name})")


def _picture(job: Job, figure: Figure, call: str) -> _Cell:
    shown = Picture(figure.drawing, job.solved.symbols, figure.id)
    return _Cell(call, shown._repr_mimebundle_())


def _excerpt(job: Job, method: str, name: str, part: Part) -> _Cell:
    words = named(part, job.solved.problem.title)
    shown = bundle(job.solved, Page("", excerpt(job.page, part).blocks), words)
    return _Cell(f"solution.{method}({cells.quoted(name)})", shown)
