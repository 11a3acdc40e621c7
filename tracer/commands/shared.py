"""What commands share: options, and how they say what is wrong."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from tracer.errors import Fault, InputError, TracerError

# arguments of the Python API whose options have other names
_OPTIONS = {"printed": "--print", "views": "--view"}


def fault(argument: str, message: str) -> Fault:
    """A fault of an argument, told at the option that sets it."""
    return Fault(argument, message, argument=True)


def output_option(explanation: str) -> Callable[[Any], Any]:
    """The option that says where to write; None is standard output."""
    return click.option(
        "-o",
        "--output",
        metavar="FILE",
        type=click.Path(path_type=Path),
        callback=lambda context, option, value: None if str(value) == "-" else value,
        help=explanation,
    )


def check_ending(
    format_: str | None, output: Path | None, endings: Mapping[str, Sequence[str]]
) -> None:
    """Refuse a format that is not what the file's ending stands for; any other ending may be."""
    if format_ is None or output is None or output.suffix.lower() in endings[format_]:
        return
    meant = next((n for n, own in endings.items() if output.suffix.lower() in own), format_)
    if meant != format_:
        other = (
            "; slides in LaTeX are --to beamer" if (format_, meant) == ("slides", "latex") else ""
        )
        message = (
            f"{format_} is asked for, but the ending of {output} says {meant}; leave out --to, or "
            f"name the file {output.with_suffix(endings[format_][0])}{other}"
        )
        raise InputError(fault("to", message))


@contextmanager
def told() -> Iterator[None]:
    """Say what is wrong in plain lines, and exit with 2; after Ctrl-C with 130, as in shells."""
    try:
        yield
    except TracerError as error:
        tell(error)
        sys.exit(2)
    except KeyboardInterrupt:
        click.echo("stopped; nothing more is written", err=True)
        sys.exit(128 + signal.SIGINT)


def tell(error: TracerError) -> None:
    """Say what is wrong, a line for each fault."""
    faults = error.faults if isinstance(error, InputError) else (error,)
    for fault in faults:
        click.secho("error: ", fg="red", bold=True, nl=False, err=True)
        click.echo(str(_as_option(fault)), err=True)


def _as_option(fault: Fault | TracerError) -> Fault | TracerError:
    """A fault of an argument at the option that sets it."""
    if not (isinstance(fault, Fault) and fault.argument):
        return fault
    return Fault(_OPTIONS.get(fault.where, f"--{fault.where}"), fault.message)
