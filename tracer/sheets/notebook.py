"""A notebook with the question, a cell of blanks, and a cell that checks them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from tracer.renderers import Job, render
from tracer.sheets.blank import entries_of, how_to_fill, quoted
from tracer.sheets.page import question_page
from tracer.solved import Worked


def as_notebook(s: Worked, asked: Sequence[str], problem: str) -> str:
    """A Jupyter notebook (nbformat 4.5) that needs nothing beside it; ``problem`` is its TOML."""
    question = render("markdown", Job(s, question_page(s), flavour="myst"))
    cells = [
        _markdown("question", question),
        _code("problem", f"import tracer\n\nproblem = tracer.load({_literal(problem)})"),
        _code("answers", _answers(s, asked)),
        _code("check", "tracer.check(problem, answers)"),
    ]
    metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    notebook = {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(notebook, ensure_ascii=False, indent=1) + "\n"


def _answers(s: Worked, asked: Sequence[str]) -> str:
    lines = [f"# {sentence}" for sentence in how_to_fill(asked)]
    lines.append("answers = {")
    for title, entries in entries_of(s, asked):
        lines.append(f"    # {title}")
        lines += [f'    {quoted(name)}: "",  # {symbol}' for name, symbol in entries]
    lines.append("}")
    return "\n".join(lines)


def _literal(text: str) -> str:
    """A Python literal of a text, as it stands where that is possible."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").strip("\n") + "\n"
    if "'''" not in text:
        return f"r'''\n{text}'''"
    lines = "\n".join(f"    {line!r}" for line in text.splitlines(keepends=True))
    return f"\n{lines}\n"


def _markdown(name: str, text: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "id": name, "metadata": {}, "source": _lines(text)}


def _code(name: str, text: str) -> dict[str, Any]:
    return {
        "cell_type": "code",
        "execution_count": None,
        "id": name,
        "metadata": {},
        "outputs": [],
        "source": _lines(text),
    }


def _lines(text: str) -> list[str]:
    return text.strip("\n").splitlines(keepends=True)
