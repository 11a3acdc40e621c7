"""Notebooks: their Markdown cells, and the Markdown and LaTeX that their code has printed.

The text is that of the cells one after the other; of a code cell it is what a reader sees below
it. Code is never run; of its source only what it writes into ``answers`` is read (`code`).
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from tracer.documents import latex, markdown
from tracer.documents.pieces import Cell, Document, Piece, Table
from tracer.errors import Fault, InputError, printable

_DEEPEST = 60
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*+"?|[\[\]{}]', re.DOTALL)
_BETWEEN = "\n\n"


def read(name: str, text: str) -> Document:
    """The document of the notebook ``text``. Raises InputError where it is none."""
    pieces: list[Piece] = []
    said: list[str] = []
    places: list[int] = []
    at = number = 0
    for cell in cells(name, text):
        places.append(at)
        for kind, source in _sources(name, cell):
            read = markdown.read if kind == "markdown" else latex.read
            found = read(source, number)
            number = max([number, *(getattr(piece, "number", 0) for piece in found)])
            pieces += [_moved(piece, at) for piece in found]
            said += [source, _BETWEEN]
            at += len(source) + len(_BETWEEN)
    return Document(name, "notebook", "".join(said), tuple(pieces), tuple(places))


def cells(name: str, text: str) -> list[dict[str, Any]]:
    """The cells of the notebook ``text``, as it stores them."""
    cells = load(name, text).get("cells")
    if not isinstance(cells, list) or not all(isinstance(cell, dict) for cell in cells):
        raise InputError(Fault(printable(name), "not a notebook of version 4: it has no cells"))
    return cells


def code(name: str, text: str) -> Iterator[str]:
    """The source of each cell that is code, "" in the place of the others."""
    for cell in cells(name, text):
        yield _text(name, cell.get("source", "")) if cell.get("cell_type") == "code" else ""


def load(name: str, text: str) -> dict[str, Any]:
    """The JSON of a notebook; duplicate keys, NaN and deep nesting are refused."""
    name = printable(name)
    if _depth(text) > _DEEPEST:
        raise InputError(Fault(name, f"JSON that nests deeper than {_DEEPEST} is not read"))

    def pairs(items: list[tuple[str, Any]]) -> dict[str, Any]:
        read = dict(items)
        if len(read) < len(items):
            counted = Counter(key for key, _ in items)
            twice = next(key for key, times in counted.items() if times > 1)
            raise InputError(Fault(name, f'the key "{printable(twice, 60)}" stands there twice'))
        return read

    def refused(word: str) -> None:
        raise InputError(Fault(name, f"{word} is no JSON"))

    try:
        loaded = json.loads(
            text.removeprefix("\ufeff"),
            object_pairs_hook=pairs,
            parse_constant=refused,
            # of all integers only the version is read; one of a million digits costs nothing
            parse_int=lambda digits: int(digits[:9]),
        )
    except json.JSONDecodeError as error:
        message = f"not a notebook: line {error.lineno}, column {error.colno}: {error.msg}"
        raise InputError(Fault(name, message)) from None
    if not isinstance(loaded, dict):
        raise InputError(Fault(name, "not a notebook: it is no JSON object"))
    return loaded


def _depth(text: str) -> int:
    """How deep brackets nest at most, outside of strings."""
    depth = deepest = 0
    for token in _TOKEN.finditer(text):
        if token.group() in ("[", "{"):
            depth += 1
            deepest = max(deepest, depth)
        elif token.group() in ("]", "}"):
            depth -= 1
    return deepest


def extents(text: str) -> list[tuple[int, int]]:
    """Where each cell stands in the JSON of a notebook."""
    found: list[tuple[int, int]] = []
    depth = start = 0
    inside = False
    key = ""
    for token in _TOKEN.finditer(text):
        mark = token.group()
        if mark in ("[", "{"):
            inside = inside or (depth == 1 and mark == "[" and key == "cells")
            if inside and depth == 2:
                start = token.start()
            depth += 1
        elif mark in ("]", "}"):
            depth -= 1
            if inside and depth == 2:
                found.append((start, token.end()))
            inside = inside and depth > 1
        elif depth == 1:
            key = json.loads(mark) if len(mark) < 100 else ""
    return found


def _sources(name: str, cell: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """What a reader sees of the cell: its kind, and the source of it."""
    if cell.get("cell_type") == "markdown":
        yield "markdown", _text(name, cell.get("source", ""))
    outputs = cell.get("outputs", [])
    for output in outputs if isinstance(outputs, list) else []:
        data = output.get("data") if isinstance(output, dict) else None
        if isinstance(data, dict):
            for kind in ("markdown", "latex"):
                if f"text/{kind}" in data:
                    yield kind, _text(name, data[f"text/{kind}"])
                    break


def _text(name: str, source: object) -> str:
    if isinstance(source, list) and all(isinstance(line, str) for line in source):
        source = "".join(source)
    if not isinstance(source, str):
        raise InputError(Fault(printable(name), "a cell's source must be text, or lines of text"))
    try:
        source.encode()
    except UnicodeEncodeError:
        message = "a cell holds half of a character (a lone surrogate)"
        raise InputError(Fault(printable(name), message)) from None
    return source


def _moved(piece: Piece, by: int) -> Piece:
    """The piece where its cell stands in the whole."""
    if not isinstance(piece, Table):
        return replace(piece, start=piece.start + by, stop=piece.stop + by)

    def row(cells: tuple[Cell, ...]) -> tuple[Cell, ...]:
        return tuple(Cell(one.source, one.start + by, one.stop + by) for one in cells)

    rows = tuple(map(row, piece.rows))
    return Table(row(piece.head), rows, piece.start + by, piece.stop + by)
