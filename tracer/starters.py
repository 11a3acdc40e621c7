"""Problem files to start from: the shipped examples, with the meaning of each key beside it."""

from __future__ import annotations

import json
import re
import textwrap
import tomllib
from collections.abc import Iterator
from pathlib import Path

from tracer import EXAMPLES
from tracer.errors import Fault, InputError, did_you_mean, printable
from tracer.schema import GRAPH_PROBLEM, PROBLEM, Choice, Key, Table, Tables
from tracer.validation import describe

_HEADER = re.compile(r"\[\[?([\w.]+)\]\]?\s*(?:#.*)?")
_ENTRY = re.compile(r"(\w+)\s*=")
_WIDTH = 98
# what a file without them is given, commented out: these keys of these tables, and at its top
_OFFERED = {
    "question": (),
    "notation": (),
    "loss": ("kind",),
    "optimizer": ("kind",),
    "numbers": ("policy", "digits", "style"),
    "page": ("view", "detail"),
}
_MORE = "# What else can be said; take the # away from the lines without a space after it."


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
    """``text`` with each key's and table's meaning above the first place where it stands.

    Some of the keys that it does not have are there too, commented out, as they are without it.
    """
    content = tomllib.loads(text)
    offered = [
        key
        for key in (GRAPH_PROBLEM if "graph" in content else PROBLEM)
        if key.name in _OFFERED and key.name not in content
    ]
    declared = dict(_declared("", (*PROBLEM, *GRAPH_PROBLEM)))
    alone = {name.partition(".")[0] for name in declared if name[0] == "["}
    lines: list[str] = []
    table, top = "", 0
    for line in text.splitlines():
        name = ""
        if header := _HEADER.fullmatch(line):
            top = top or len(lines)
            name = header[1]
            table = f"[{name}]." if f"[{name}]" in alone and line[1] != "[" else f"{name}."
        elif entry := _ENTRY.match(line):
            name = table + entry[1]
        if key := declared.pop(name, None):  # said once
            lines += _comment(key)
        lines.append(line)
        if name == "loss" and not content["loss"].keys() & {"kind", "formula"}:
            # what the others differ in most, and who starts from them looks for
            lines += _default(declared.pop("loss.kind"))
    while lines[top - 1].startswith("#"):
        top -= 1
    above = [line for key in offered if not _OFFERED[key.name] for line in (*_offer(key), "")]
    below = [line for key in offered if _OFFERED[key.name] for line in ("", *_offer(key))]
    more = ["", _MORE, *below] if below else []
    return "\n".join((*lines[:top], *above, *lines[top:], *more)) + "\n"


def _offer(key: Key) -> list[str]:
    """A key that is not given, commented out, with its default; of a table some of its keys."""
    if not _OFFERED[key.name]:
        example = key.example if key.default == "" else f"{key.name} = {json.dumps(key.default)}"
        return [*_comment(key), f"#{example}"]
    assert isinstance(key.kind, Table)
    lines = [*_comment(key), f"#{key.example}"]
    for own in key.kind.keys:
        if own.name in _OFFERED[key.name]:
            lines += _default(own)
    return lines


def _default(key: Key) -> list[str]:
    """A key that is not given, commented out, as it is without it."""
    return [*_comment(key), f"#{key.name} = {json.dumps(key.default)}"]


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
