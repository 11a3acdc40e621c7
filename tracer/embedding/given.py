"""The problem that a document names: the path of a file, an example, or TOML in its place."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import tracer
from tracer.errors import Fault, InputError, did_you_mean, printable
from tracer.source import read_text

EXAMPLE = "example:"


@dataclass(frozen=True, slots=True)
class Given:
    """A problem's text, and what messages call it.

    ``file`` is what it was read from, None where it stands in the document itself or comes with
    this package; ``line`` is the line of the document above it, where that is known.
    """

    name: str
    text: str
    file: Path | None = None
    line: int | None = None


def example(name: str) -> Path | None:
    """The file of ``example:NAME``, None where ``name`` is none of these.

    Raises InputError where there is no such example.
    """
    if not name.startswith(EXAMPLE):
        return None
    stem = name.removeprefix(EXAMPLE).strip()
    known = [path.stem for path in sorted(tracer.EXAMPLES.glob("*.toml"))]
    if stem not in known:
        hint = did_you_mean(stem, known) or f"; there are {', '.join(known)}"
        raise InputError(Fault(EXAMPLE + printable(stem, 40), f"no such example{hint}"))
    return tracer.EXAMPLES / f"{stem}.toml"


def given(words: str, folder: Path) -> Given:
    """The problem of a block whose text is ``words``, in a document that lies in ``folder``.

    One line without ``=`` is a path, relative to ``folder``, or ``example:NAME``. Raises InputError
    where it is empty, or the file can't be read.
    """
    words = words.strip()
    if not words:
        raise InputError(
            Fault("problem", "there is none; write the path of its file, or the problem as TOML")
        )
    if "\n" in words or "=" in words:
        return Given("TOML", words)
    if shipped := example(words):
        return Given(words, read_text(shipped)[1])
    path = folder / words
    if not _exists(path):
        message = f"there is no such file; paths start from {printable(str(folder))}"
        raise InputError(Fault(printable(words), message))
    return Given(words, read_text(path)[1], path)


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:  # a name can be too long for any file
        return False
