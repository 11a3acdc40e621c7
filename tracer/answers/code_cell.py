"""The answers in a notebook's code, ``answers = {"loss": "1.65"}``: read as text, never run."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from tracer.errors import printable
from tracer.literals import Literal

_BEGIN = re.compile(r"^answers[ \t]*=[ \t]*\{", re.MULTILINE)
_GAP = re.compile(r"(?:[\s,]|#[^\n]*)++")
_TEXT = r"""[rR]?(?:"(?:[^"\\\n]|\\.)*+"|'(?:[^'\\\n]|\\.)*+')"""
_BARE = r"""[^\s,:#{}\["'][^\n,:#{}\["']*+"""
_ENTRY = re.compile(rf"({_TEXT})\s*+:\s*+({_TEXT}|{_BARE})(?=[ \t]*+(?:[,}}#\n]|\Z))")
_QUOTES = "\"'"


class Row(NamedTuple):
    """``"name": value`` and its line in the cell; where no such could be read, value is None."""

    name: str
    value: str | Literal | None
    line: int


def read_cell(source: str) -> Iterator[Row]:
    """What the cell writes into ``answers``; nothing where it is another cell."""
    begin = _BEGIN.search(source)
    at = begin.end() if begin else len(source)
    counted, line = 0, 1
    while True:
        if gap := _GAP.match(source, at):
            at = gap.end()
        if at == len(source) or source[at] == "}":
            return
        line += source.count("\n", counted, at)
        counted = at
        if found := _ENTRY.match(source, at):
            value = found[2]
            bare = value[-1] not in _QUOTES
            yield Row(_said(found[1]), Literal(value.strip()) if bare else _said(value), line)
            at = found.end()
        else:
            end = source.find("\n", at)
            end = len(source) if end < 0 else end
            yield Row(printable(source[at:end].strip(), 60), None, line)
            at = end


def _said(literal: str) -> str:
    """What stands between quotes. A backslash of LaTeX need not be doubled."""
    said = literal.lstrip("rR")[1:-1]
    return said if literal[0] in "rR" else re.sub(r"\\([\\\"'])", r"\1", said)
