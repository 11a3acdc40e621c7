"""A finished document of any kind, read by the ending of its name."""

from __future__ import annotations

from pathlib import PurePath

from tracer.documents import latex, markdown, notebook, plain
from tracer.documents.notes import cleared
from tracer.documents.pieces import Document, Formula
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
    if sum(isinstance(piece, Formula) for piece in document.pieces) > MOST_FORMULAS:
        limit = f"more than {MOST_FORMULAS:,} formulas, which is what is read of a document"
        raise InputError(Fault(printable(name), limit))
    return document
