"""Problem files to start from: the shipped examples, with the meaning of each key beside it."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from pathlib import Path

from tracer import EXAMPLES
from tracer.errors import Fault, InputError, did_you_mean, printable
from tracer.schema import GRAPH_PROBLEM, PROBLEM, Choice, Key, Table, Tables
from tracer.validation import describe

_HEADER = re.compile(r"\[\[?([\w.]+)\]\]?\s*(?:#.*)?")
_ENTRY = re.compile(r"(\w+)\s*=")
_WIDTH = 98


def names() -> list[str]:
    """The names of all examples, the published ones last."""
    return list(_files())


def _files() -> dict[str, Path]:
    own = (sorted(EXAMPLES.glob(pattern)) for pattern in ("*.toml", "published/*.toml"))
    return {path.stem.replace("_", "-"): path for paths in own for path in paths}


def starter(name: str) -> str:
    """The example ``name``, or the only one with a word that starts so, with comments.

    ``max-gate`` is ``cs231n-max-gate``.

    Raises InputError with the names that there are.
    """
    files = _files()
    sought = name.replace("_", "-")
    fitting = [sought] if sought in files else [own for own in files if f"-{sought}" in f"-{own}"]
    if len(fitting) == 1:
        return _commented(files[fitting[0]].read_text(encoding="utf-8"))
    if fitting:
        message = f'"{name}" stands for several examples: {", ".join(fitting)}'
    else:
        hint = did_you_mean(name, files) or f"; there are {', '.join(files)}"
        message = f'no example is called "{printable(name, 40)}"{hint}'
    raise InputError(Fault("like", message, argument=True))


def _commented(text: str) -> str:
    """``text`` with each key's and table's meaning above the first place where it stands."""
    declared = dict(_declared("", (*PROBLEM, *GRAPH_PROBLEM)))
    alone = {name.partition(".")[0] for name in declared if name[0] == "["}
    lines: list[str] = []
    table = ""
    for line in text.splitlines():
        name = ""
        if header := _HEADER.fullmatch(line):
            name = header[1]
            table = f"[{name}]." if f"[{name}]" in alone and line[1] != "[" else f"{name}."
        elif entry := _ENTRY.match(line):
            name = table + entry[1]
        if key := declared.pop(name, None):  # said once
            lines += _comment(key)
        lines.append(line)
    return "\n".join(lines) + "\n"


def _declared(table: str, keys: tuple[Key, ...]) -> Iterator[tuple[str, Key]]:
    """Every key under its full name: ``layers.weights``, or ``[data].inputs`` of one table."""
    for key in keys:
        yield table + key.name, key
        if isinstance(key.kind, (Table, Tables)):
            yield from _declared(f"{table}{key.name}.", key.kind.keys)
        if isinstance(key.kind, Tables):
            yield from _declared(f"[{key.name}].", key.kind.together)


def _comment(key: Key) -> list[str]:
    words = key.meaning
    if isinstance(key.kind, Choice) or (isinstance(key.kind, Table) and key.kind.names):
        words = f"{words} Write {describe(key.kind)}."
    return [f"# {line}" for line in textwrap.wrap(words, _WIDTH, break_on_hyphens=False)]
