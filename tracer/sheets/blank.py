"""The blank answer file: a line for each quantity asked for, in what `check` reads."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence

from tracer import ids
from tracer.answers.csv_rows import guarded
from tracer.derivation.quantity import addressed
from tracer.errors import printable
from tracer.renderers.cells import quoted
from tracer.sheets.groups import groups
from tracer.sheets.page import how_to_write
from tracer.solved import Worked
from tracer.typeset import TextPrinter

HEAD = ("id", "value", "quantity")


def as_toml(s: Worked, asked: Sequence[str]) -> str:
    """``"loss" = ""`` for each quantity, with its symbol as a comment."""
    title = printable(s.problem.title)
    lines = [f"# Answers to: {title}" if title else "# Answers"]
    lines += [f"# {sentence}" for sentence in (*how_to_write(s), *how_to_fill(asked))]
    for title, entries in entries_of(s, asked):
        lines += ["", f"# {title}"]
        lines += [f'{quoted(name)} = ""  # {symbol}' for name, symbol in entries]
    return "\n".join(lines) + "\n"


def how_to_fill(asked: Sequence[str]) -> Iterator[str]:
    """How to fill in a list of ids, and what is in the ids, in sentences."""
    yield "Write values between the quotes; what is left empty is not answered."
    yield "Arithmetic will do too, such as 2*(1/3 - 1/4)."
    if any(ids.sample(name) is not None for name in asked):
        yield "An id with (3) is of sample 3."
    if any(ids.split_step(name)[0] for name in asked):
        yield "1/ before an id: after the first update."


def as_csv(s: Worked, asked: Sequence[str]) -> str:
    """A table of three columns: id, a place for the value, and its symbol.

    Where decimals have a comma the columns are parted by semicolons.
    """
    out = io.StringIO()
    separator = ";" if s.problem.numbers.decimal_comma else ","
    writer = csv.writer(out, delimiter=separator, lineterminator="\n")
    writer.writerow(HEAD)
    for _, entries in entries_of(s, asked):
        writer.writerows((name, "", guarded(symbol)) for name, symbol in entries)
    return out.getvalue()


def entries_of(s: Worked, asked: Sequence[str]) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """The title of each group, with its ids and their symbols in plain text on one line."""
    printer = TextPrinter(s.symbols, 0)
    for group in groups(s, asked):
        yield group.title, [(name, printer.line(addressed(s, name))) for name in group.names]
