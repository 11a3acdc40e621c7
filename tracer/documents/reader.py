"""A finished document of any kind, read by the ending of its name."""

from __future__ import annotations

from pathlib import PurePath

from tracer.documents import latex, markdown, notebook, plain
from tracer.documents.notes import cleared
from tracer.documents.pieces import Document
from tracer.errors import Fault, InputError, printable

ENDINGS = {
    ".md": "markdown",
    ".markdown": "markdown",
    ".tex": "latex",
    ".ipynb": "notebook",
    ".txt": "text",
}

LONGEST = 2**20


def read_document(name: str, text: str) -> Document:
    """The document ``text`` of the file ``name``, in pieces; nothing in it is run or expanded.

    Notes of an earlier `annotate` are not read: they are not in the document's text either.

    Raises InputError where the ending is none of `ENDINGS` or a notebook is none.
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
        return notebook.read(name, text)
    read = {"markdown": markdown.read, "latex": latex.read, "text": plain.read}[kind]
    return Document(name, kind, text, tuple(read(text)))
