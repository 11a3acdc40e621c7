"""Answers in a table of two columns, as spreadsheets write them: ``id``, ``value``."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass

from tracer.answers.nodes import Odd
from tracer.errors import printable
from tracer.toml_scan import LONGEST_LINE, refused

_HEADS_OF_ID = ("id", "quantity", "name")
_HEADS_OF_VALUE = ("value", "answer", "given")
_QUOTED = re.compile(r'"[^"]*"')
# what a spreadsheet would run as a formula begins so, also in full width
_RUNS = re.compile("[=+\\-@\t\r＝＋－＠]")


@dataclass(frozen=True, slots=True)
class Row:
    """``name = value`` in a line of a file; the value is odd where it may be half of a number."""

    name: str
    value: str | Odd
    line: int


def read_rows(text: str, name: str) -> list[Row]:
    """The rows of a CSV file; ``name`` stands for it in messages. Raises InputError.

    The delimiter is the comma, the semicolon or the tab, whichever the first line has outside of
    quotes and brackets. A head may say which columns are meant, else they are the first two.
    """
    _check(text, name)
    separator = _separator(text)
    records = _records(text, name, separator)
    head = _head(records[0][0]) if records else None
    id_at, value_at = head or (0, 1)
    width = len(records[0][0]) if head else 2
    found: list[Row] = []
    for cells, line in records[1:] if head else records:
        cells += [""] * (max(id_at, value_at) + 1 - len(cells))
        value, rest = cells[value_at], cells[value_at + 1 : value_at + 2]
        halved = separator == "," and len(cells) > width and _is_halved(value, rest)
        read = _odd(value, rest[0]) if halved else _bare(value)
        found.append(Row(_bare(cells[id_at]), read, line))
    return found


def _check(text: str, name: str) -> None:
    for number, line in enumerate(text.split("\n"), start=1):
        if len(line) > LONGEST_LINE:
            message = f"the line has {len(line):,} characters; at most {LONGEST_LINE:,} are read"
            raise refused(f"{name}:{number}", message)
        if "\0" in line:
            raise refused(f"{name}:{number}", r"the character \x00 can't stand in a table")


def _separator(text: str) -> str:
    lines = (line for line in text.splitlines() if line.strip() and not line.startswith("#"))
    plain = _QUOTED.sub("", next(lines, ""))
    return ";" if ";" in plain else "\t" if "\t" in plain else ","


def _records(text: str, name: str, separator: str) -> list[tuple[list[str], int]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    found: list[tuple[list[str], int]] = []
    begin = 1
    try:
        for cells in reader:
            cells = [cell.strip() for cell in cells]
            if any(cells) and not cells[0].startswith("#"):
                found.append((_whole(cells) if separator == "," else cells, begin))
            begin = reader.line_num + 1
    except csv.Error as error:
        raise refused(f"{name}:{begin}", f"not valid CSV: {printable(str(error))}") from None
    return found


def _whole(cells: list[str]) -> list[str]:
    """The cells with the commas of an id, as in ``w1[1,2]``, put back where quotes are missing."""
    found: list[str] = []
    for cell in cells:
        if len(found) == 1 and _is_open(found[0]):
            found[0] = f"{found[0]},{cell}"
        else:
            found.append(cell)
    return found


def _is_open(text: str) -> bool:
    return text.count("[") > text.count("]") or text.count("{") > text.count("}")


def _head(cells: Sequence[str]) -> tuple[int, int] | None:
    words = [cell.lower() for cell in cells]
    names = [words.index(word) for word in _HEADS_OF_ID if word in words]
    values = [words.index(word) for word in _HEADS_OF_VALUE if word in words]
    return (names[0], values[0]) if names and values else None


def _is_halved(value: str, rest: Sequence[str]) -> bool:
    """Whether a cell and the one after it may be a number with a decimal comma, taken apart."""
    return value.lstrip("+-").isdigit() and any(cell.isdigit() for cell in rest)


def _odd(value: str, rest: str) -> Odd:
    written = printable(f"{value},{rest}", 40)
    return Odd(
        written,
        f'"{written}" is two columns; put a number with a decimal comma in quotes, or ; between '
        "the columns",
    )


def guarded(text: str) -> str:
    """A text as a cell: with ' before it where a spreadsheet would run it as a formula."""
    return f"'{text}" if _RUNS.match(text) else text


def _bare(cell: str) -> str:
    """The text that `guarded` was given."""
    return cell[1:] if cell.startswith("'") and _RUNS.match(cell, 1) else cell
