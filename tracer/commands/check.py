"""``tracer check``: what is wrong in what was handed in, what merely follows, and why."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tracer.commands.shared import check_ending, fault, tell, told
from tracer.errors import Fault, InputError, TracerError
from tracer.terminal import FILE_WIDTH, line_width, through, write

if TYPE_CHECKING:
    from tracer.checking import Checker, Report
    from tracer.reports import Job

# as in tracer.reports, which would load SymPy; a test keeps them equal
FORMATS = ("text", "markdown", "html", "json", "csv", "gradescope", "prairielearn")

_COLOURS = {
    "correct": "green",
    "carried": "yellow",
    "wrong": "red",
    "unreadable": "magenta",
    "label": "cyan",
}
_OVERVIEW = "summary"
# so few need no garbage collection, which costs time
_FEW = 20


@click.command(
    epilog="""\b
Examples:
  tracer check net.toml answers.toml                    a report, here
  tracer check net.toml answers.csv -o report.html      a page for the student
  tracer check net.toml work.md --annotate marked.md    the document with notes
  tracer check net.toml handed-in/*.toml -o results/    a report for each
  tracer check net.toml handed-in/*.toml -o class.csv   a row for each value
"""
)
@click.argument("problem", type=click.Path())
@click.argument("answers", nargs=-1, required=True, type=click.Path())
@click.option(
    "-o",
    "--output",
    metavar="FILE",
    type=click.Path(),
    help="Write to FILE; its ending chooses the format. - is standard output. A directory, or for "
    "several ANSWERS a name without an ending, gets a file for each, and a summary.",
)
@click.option("--to", "format_", type=click.Choice(FORMATS), help="Format (default: text).")
@click.option(
    "--annotate",
    metavar="FILE",
    type=click.Path(),
    help="Write the document back to FILE with a mark and a note at each finding.",
)
def check(
    problem: str,
    answers: tuple[str, ...],
    output: str | None,
    format_: str | None,
    annotate: str | None,
) -> None:
    """Check ANSWERS to PROBLEM, a file for each submission.

    They are answer files (TOML, JSON, CSV, such as "tracer sheet" writes) or finished documents
    (Markdown, LaTeX, notebooks, text), whose equations are checked too. Exit status: 0 where
    nothing is wrong, 1 where something is, 2 where an input can't be used.
    """
    with told():
        from tracer import reports
        from tracer.checking import Checker
        from tracer.loading import load
        from tracer.renderers import format_of

        target = None if output in (None, "-") else output
        folder = target if target is not None and _is_folder(target, answers) else None
        file = None if target is None or folder else Path(target)
        # what graders read is JSON too, whatever the file is called
        if format_ is None or reports.FORMATS[format_]:
            check_ending(format_, file, reports.FORMATS)
        chosen = format_ or (format_of(file, reports.FORMATS) if file else "text")
        _check_options(problem, answers, chosen, folder, annotate)
        checker = Checker(load(problem if problem == "-" else Path(problem)))
        if len(answers) > _FEW:
            gc.enable()  # each submission leaves something behind
        found, failed = _checked(checker, answers)
        if found:
            job = reports.Job(
                [report for _, report in found],
                FILE_WIDTH if target else line_width(),
                _paint if target is None and _has_colours() else reports.plain,
                refused=[(path, str(error)) for path, error in failed],
            )
            inputs = [problem, *answers]
            if annotate is not None:
                _annotate(answers[0], found[0][1], Path(annotate))
            if folder is not None:
                _write_each(Path(folder), chosen, [path for path, _ in found], job, inputs)
            else:
                _keep(inputs, file)
                write(file, reports.render(chosen, job))
    for _, error in failed:
        tell(error)
    if failed:
        sys.exit(2)
    if not all(report.ok for _, report in found):
        sys.exit(1)


def _is_folder(output: str, answers: Sequence[str]) -> bool:
    """Whether a file for each submission is to be written."""
    if output.endswith(("/", os.sep)) or os.path.isdir(output):
        return True
    return len(answers) > 1 and not Path(output).suffix


def _check_options(
    problem: str, answers: Sequence[str], format_: str, folder: str | None, annotate: str | None
) -> None:
    """Refuse what can't be meant, before anything is worked out."""
    from tracer.documents.reader import ENDINGS
    from tracer.reports import ONE_DOCUMENT

    if [problem, *answers].count("-") > 1:
        raise InputError(Fault("-", "standard input can be read once only; name a file"))
    if len(answers) > 1 and folder is None and format_ not in ONE_DOCUMENT:
        message = f"{format_} has one submission in each file; name a directory, as in -o results/"
        raise InputError(fault("output", message))
    if annotate is None:
        return
    if len(answers) > 1:
        raise InputError(fault("annotate", "is for one document; there are several ANSWERS"))
    ending = Path(answers[0]).suffix.casefold()
    if ending not in ENDINGS:
        known = ", ".join(ENDINGS)
        message = (
            f"{answers[0]} is no document, so there is nothing to write notes into; documents "
            f"have the endings {known}"
        )
        raise InputError(fault("annotate", message))
    if Path(annotate).suffix.casefold() != ending:
        message = f"the document is written back as it came; name a file with the ending {ending}"
        raise InputError(fault("annotate", message))


def _checked(
    checker: Checker, answers: Sequence[str]
) -> tuple[list[tuple[str, Report]], list[tuple[str, TracerError]]]:
    """The reports with their paths, and what is wrong with those files that can't be used."""
    found: list[tuple[str, Report]] = []
    failed: list[tuple[str, TracerError]] = []
    with through(answers, "checking") as each:
        for path in each:
            try:
                found.append((path, checker.check(path)))
            except TracerError as error:
                failed.append((path, error))
    return found, failed


def _annotate(path: str, report: Report, target: Path) -> None:
    from tracer.reports.annotated import annotated
    from tracer.source import read_text

    name, text = read_text(path, "a document", links=False)
    write(target, annotated(report, name, text))


def _keep(inputs: Sequence[str], *targets: Path | None) -> None:
    """Refuse to write a report over a file that was read."""
    read = [path for path in inputs if os.path.exists(path)]
    for target in targets:
        if target is None or not target.exists():
            continue
        if any(target.samefile(path) for path in read):
            message = f"{target} is what was read; name another file or directory"
            raise InputError(fault("output", message))


def _write_each(
    folder: Path, format_: str, paths: Sequence[str], job: Job, inputs: Sequence[str]
) -> None:
    """A file for each submission, and where there are several a summary of all."""
    from dataclasses import replace

    from tracer.reports import FORMATS as ENDINGS
    from tracer.reports import OVERVIEWS, overview, render
    from tracer.reports.names import safe_names

    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(Fault(str(folder), f"can't be made: {error.strerror}")) from None
    ending = (ENDINGS[format_] or (".json",))[0]
    names = safe_names(paths, (_OVERVIEW,))
    targets = [folder / f"{name}{ending}" for name in names]
    whole = folder / f"{_OVERVIEW}{ending}"
    _keep(inputs, *targets, whole)
    for target, report in zip(targets, job.reports, strict=True):
        write(target, render(format_, replace(job, reports=[report], refused=())))
    if job.is_class and format_ in OVERVIEWS:
        write(whole, overview(format_, job))


def _has_colours() -> bool:
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR")


def _paint(code: str, text: str) -> str:
    return click.style(text, fg=_COLOURS.get(code), bold=code == "wrong")
