"""A finished document of any kind, read by the ending of its name."""

from __future__ import annotations

from pathlib import PurePath

from tracer.documents import latex, markdown, notebook, plain
from tracer.documents.notes import cleared
from tracer.documents.pieces import Document, Formula, Table
from tracer.errors import Fault, InputError, printable

ENDINGS = {
    ".md": "markdown",
    ".markdown": "markdown",
    ".tex": "latex",
    ".ipynb": "notebook",
    ".txt": "text",
}

LONGEST = 2**20
MOST_FORMULAS = 25_000
MOST_CELLS = 200_000
"""In a document: each is taken apart, and only one that is made of nothing else has more."""


def read_document(name: str, text: str) -> Document:
    """The document ``text`` of the file ``name``, in pieces; nothing in it is run or expanded.

    Notes of an earlier `annotate` are not read: they are not in the document's text either.

    Raises InputError where the ending is none of `ENDINGS`, a notebook is none, or the
    document is too long.
    """
    kind = ENDINGS.get(PurePath(name).suffix.casefold())
    if kind is None:
        known = ", ".join(ENDINGS)
        raise InputError(Fault(printable(name), f"not a document that can be read; known: {known}"))
    if len(text) > LONGEST:
        limit = f"longer than {LONGEST:,} characters, which is what is read of a document"
        raise InputError(Fault(printable(name), limit))
    text = cleared(name, kind, text)
    if kind == "notebook":
        document = notebook.read(name, text)
    else:
        read = {"markdown": markdown.read, "latex": latex.read, "text": plain.read}[kind]
        document = Document(name, kind, text, tuple(read(text)))
    _refuse_too_many(document)
    return document


def _refuse_too_many(document: Document) -> None:
    tables = [piece for piece in document.pieces if isinstance(piece, Table)]
    formulas = sum(isinstance(piece, Formula) for piece in document.pieces)
    cells = sum(len(row) for table in tables for row in (table.head, *table.rows))
    for found, most, kind in (
        (formulas + len(tables), MOST_FORMULAS, "formulas and tables"),
        (cells, MOST_CELLS, "cells of tables"),
    ):
        if found > most:
            limit = f"more than {most:,} {kind}, which is what is read of a document"
            raise InputError(Fault(printable(document.name), limit))
