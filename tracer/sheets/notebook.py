"""A notebook with the question, a cell of blanks, and a cell that checks them."""

from __future__ import annotations

from collections.abc import Sequence

from tracer.renderers import Job, render
from tracer.renderers.cells import code, literal, markdown, notebook, quoted
from tracer.renderers.shown import FLAVOUR
from tracer.sheets.blank import entries_of, how_to_fill
from tracer.sheets.page import question_page
from tracer.solved import Worked


def as_notebook(s: Worked, asked: Sequence[str], problem: str) -> str:
    """A Jupyter notebook (nbformat 4.5) that needs nothing beside it; ``problem`` is its TOML."""
    question = render("markdown", Job(s, question_page(s), flavour=FLAVOUR))
    cells = [
        markdown("question", question),
        code("problem", f"import tracer\n\nproblem = tracer.load({literal(problem)})"),
        code("answers", _answers(s, asked)),
        code("check", "tracer.check(problem, answers)"),
    ]
    return notebook(cells)


def _answers(s: Worked, asked: Sequence[str]) -> str:
    lines = [f"# {sentence}" for sentence in how_to_fill(asked)]
    lines.append("answers = {")
    for title, entries in entries_of(s, asked):
        lines.append(f"    # {title}")
        lines += [f'    {quoted(name)}: "",  # {symbol}' for name, symbol in entries]
    lines.append("}")
    return "\n".join(lines)
