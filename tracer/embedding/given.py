"""The problem that a document names: the path of a file, or TOML in its place."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tracer.errors import Fault, InputError, printable

_LARGEST = 1024 * 1024  # what `tracer.source` reads; beyond it the text need not be kept


@dataclass(frozen=True, slots=True)
class Given:
    """What `loading.load` reads, and all that its answer depends on."""

    source: Path | str
    name: str
    text: str


def given(body: str, folder: Path) -> Given:
    """The problem of a block whose text is ``body``, in a document that lies in ``folder``.

    One line without ``=`` is a path, relative to ``folder``. Raises InputError where it is empty,
    or the file can't be read.
    """
    body = body.strip()
    if not body:
        raise InputError(
            Fault("problem", "there is none; write the path of its file, or the problem as TOML")
        )
    if "\n" in body or "=" in body:
        return Given(body, "TOML", body)
    path = folder / body
    try:
        with path.open("rb") as file:
            text = file.read(_LARGEST + 1).decode("utf-8", "surrogateescape")
    except OSError as error:
        reason = (error.strerror or "can't be read").lower()
        raise InputError(
            Fault(printable(body), f"{reason}; paths start from {printable(str(folder))}")
        ) from None
    except ValueError:  # a NUL in the name
        raise InputError(Fault(printable(body), "is no path")) from None
    return Given(path, body, text)
