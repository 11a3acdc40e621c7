"""Writing to a file or to the terminal, whose width and progress bar are here too.

Nothing heavy is imported before it is needed.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tracer.errors import Fault, InputError

if TYPE_CHECKING:
    from tracer.problem import AnyProblem

# the line length of plain text that no terminal shows
FILE_WIDTH = 80
# what takes a second or two: so many updates, gradients of single samples or steps of a graph
_MANY_STEPS = 500
_MANY_GRADIENTS = 5_000
_MANY_FILES = 20


def line_width() -> int:
    """The line length of plain text: the terminal's, within reason; fixed when piped."""
    if not sys.stdout.isatty():
        return FILE_WIDTH
    import shutil

    return max(60, min(shutil.get_terminal_size().columns, 120))


@contextmanager
def progress_bar(problem: AnyProblem) -> Iterator[Callable[[int, int], None] | None]:
    """A bar on the terminal for long work: each pass through the network, then the page."""
    many_steps = problem.steps >= _MANY_STEPS
    large = problem.work >= _MANY_GRADIENTS
    if not (many_steps or large) or not sys.stderr.isatty():
        yield None
        return
    passes = problem.steps + 1
    with click.progressbar(
        length=passes + 1, label="solving", show_eta=many_steps, file=sys.stderr
    ) as bar:

        def advance(done: int, total: int) -> None:
            # precision was raised and the run starts again: so does the bar
            if done * passes // total < bar.pos:
                bar.pos = 0
            if done % 100 == 0 or done == total or not many_steps:
                bar.update(done * passes // total - bar.pos)

        yield advance
        bar.update(passes + 1 - bar.pos)


@contextmanager
def setting(engine: str | None) -> Iterator[None]:
    """What the terminal shows while a TeX engine runs, which takes a second or two a time."""
    shown = engine not in (None, "typst") and sys.stderr.isatty()
    if shown:
        click.echo(f"setting the page with {engine} …", nl=False, err=True)
    try:
        yield
    finally:
        if shown:
            click.echo("\r\033[K", nl=False, err=True)


@contextmanager
def through(items: Sequence[str], label: str) -> Iterator[Iterable[str]]:
    """The items one by one; of many a bar on the terminal shows how far they are."""
    if len(items) < _MANY_FILES or not sys.stderr.isatty():
        yield items
        return
    with click.progressbar(items, label=label, file=sys.stderr) as bar:
        yield bar


def write(output: Path | None, document: str | bytes) -> None:
    """Write to a file, or where there is none to standard output."""
    if output is None:
        _print(document)
    else:
        from tracer.files import write_whole

        write_whole(output, document)


def _print(document: str | bytes) -> None:
    if isinstance(document, bytes) and sys.stdout.isatty():
        raise InputError(Fault("standard output", "shows no PDF; name a file, as -o solution.pdf"))
    try:
        click.echo(document, nl=False)
    except BrokenPipeError:
        raise  # the reader, such as head, has seen enough: click ends quietly
    except OSError as error:
        raise InputError(Fault("standard output", f"can't be written: {error.strerror}")) from None
