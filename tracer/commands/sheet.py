"""``tracer sheet``: the question without the answers, and what to write them into."""

from __future__ import annotations

from pathlib import Path

import click

from tracer import DECK
from tracer.commands.shared import check_ending, fault, told
from tracer.errors import InputError
from tracer.terminal import FILE_WIDTH, line_width, write

# as in tracer.sheets, which would load SymPy; a test keeps them equal
FORMATS = ("text", "latex", "markdown", "toml", "csv", "ipynb")


@click.command(
    epilog="""\b
Examples:
  tracer sheet net.toml -o question.tex             the question, with blanks
  tracer sheet net.toml -o answers.toml             the blank answer file
  tracer sheet net.toml -o exercise.ipynb           a notebook with both
  tracer sheet net.toml -o question.md -o answers.csv
"""
)
@click.argument("problem", required=False, type=click.Path())
@click.option(
    "-o",
    "--output",
    "outputs",
    metavar="FILE",
    multiple=True,
    type=click.Path(path_type=Path),
    help="Write to FILE; its ending chooses the format. - is standard output. Repeatable.",
)
@click.option("--to", "format_", type=click.Choice(FORMATS), help="Format (default: text).")
def sheet(problem: str | None, outputs: tuple[Path, ...], format_: str | None) -> None:
    """Write the question of PROBLEM without its answers, and blanks for them.

    Text, LaTeX and Markdown have the question with a table of blanks; TOML and CSV are blank answer
    files, and a notebook (ipynb) has the question, blanks and a cell that checks them. PROBLEM is a
    TOML file, or - for standard input; left out, it is the slides' network.
    """
    with told():
        from tracer import sheets
        from tracer.loading import load
        from tracer.renderers import format_of
        from tracer.source import read_text

        targets = [None if str(path) == "-" else path for path in outputs] or [None]
        if format_ and len(targets) > 1:
            message = "is for one file; leave it out, and each file's ending chooses its format"
            raise InputError(fault("to", message))
        check_ending(format_, targets[0], sheets.FORMATS)
        formats = [
            format_ or (format_of(path, sheets.FORMATS) if path else "text") for path in targets
        ]
        source = None
        if problem == "-":
            _, source = read_text("-")
            loaded = load(f"{source}\n")
        else:
            path = DECK if problem is None else Path(problem)
            loaded = load(path)
            if "ipynb" in formats:
                _, source = read_text(path)
        documents = [
            sheets.sheet(loaded, to, source=source, width=FILE_WIDTH if target else line_width())
            for to, target in zip(formats, targets, strict=True)
        ]
        for target, document in zip(targets, documents, strict=True):
            write(target, document)
