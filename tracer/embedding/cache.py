"""What has been worked out, kept in a folder by its content: it can be old, but never wrong.

The name of an entry is a hash of all that it depends on: what was asked, the bytes of the problem,
and the code that answers. So no entry is ever out of date; at most nobody asks for it any more. An
entry holds its own key and a hash of its text: one that is cut short, or of another, is no answer.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable, Mapping
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any

import tracer


class Cache:
    """Answers by content, in a folder, or in none with ``folder`` None."""

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder

    def get(self, asked: Mapping[str, Any], make: Callable[[], Any]) -> Any:
        """The answer to what is ``asked``, made if it is not there; both are JSON.

        ``asked`` must hold all that the answer depends on, but for the code of this package.
        """
        if self.folder is None:
            return json.loads(json.dumps(make()))
        key = _canonical({"asked": asked, "code": code()})
        path = self.folder / f"{_hash(key)}.json"
        found = _read(path, key)
        if found is None:
            answer = _canonical(make())
            _write(path, _canonical({"key": key, "hash": _hash(answer), "answer": answer}))
            found = (json.loads(answer),)
        return found[0]


def _read(path: Path, key: str) -> tuple[Any] | None:
    """The answer of an entry, None where there is none or it is not whole."""
    try:
        entry = json.loads(path.read_text(encoding="utf-8"))
        answer = entry["answer"]
        is_whole = entry["key"] == key and entry["hash"] == _hash(answer)
        return (json.loads(answer),) if is_whole else None
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def _write(path: Path, text: str) -> None:
    """Write an entry whole or not at all; where the folder can't be written, do without."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, suffix=".part")
    except OSError:
        return
    try:
        with open(handle, "w", encoding="utf-8") as file:
            file.write(text)
        os.replace(name, path)
    except OSError:
        Path(name).unlink(missing_ok=True)
    except BaseException:  # stopped in the midst of it: nothing half written stays
        Path(name).unlink(missing_ok=True)
        raise


def _canonical(data: Any) -> str:
    return json.dumps(data, sort_keys=True, ensure_ascii=True, separators=(",", ":"))


def _hash(text: str) -> str:
    return sha256(text.encode()).hexdigest()


@cache
def code() -> str:
    """A hash of all that can change an answer: this package's files, SymPy and FLINT.

    The version would not do: in a checkout the code changes under it.
    """
    found = sha256()
    # templates lie beside the examples, in a checkout and in an installed package
    folders = (Path(tracer.__file__).resolve().parent, tracer.EXAMPLES.parent / "templates")
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.suffix != ".pyc" and path.is_file():
                found.update(f"{path.relative_to(folder).as_posix()}\0".encode())
                found.update(sha256(path.read_bytes()).digest())
    for name in ("sympy", "python-flint"):
        found.update(f"{name} {version(name)}\0".encode())
    return found.hexdigest()
