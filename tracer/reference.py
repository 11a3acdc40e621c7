"""The reference page of the problem file, in Markdown: every key with what it may hold."""

from __future__ import annotations

from collections.abc import Iterator

from tracer.literals import shown
from tracer.schema import (
    GRAPH_PROBLEM,
    MOST_LAYERS,
    MOST_NEURONS,
    MOST_PARAMETERS,
    MOST_SAMPLES,
    MOST_WORK,
    PARTS,
    PROBLEM,
    REQUIRED,
    Key,
    Kind,
    Symbol,
    Table,
    Tables,
)
from tracer.validation import describe

_HEAD = f"""\
# The problem file

A problem is a [TOML](https://toml.io) file with the keys below. Numbers are read exactly: `0.1` is
one tenth, and fractions are written in quotes, `"1/3"`. Keys outside of every table come first.
What is marked *required* has to be there; everything else has a default.

A file is about a network, with `[[layers]]` and `[[data]]`, or about a computational graph, with
`[graph]`.

`tracer new` writes a file to start from. `tracer schema` prints this page as a JSON Schema, with
which editors complete and check problem files, and with `--to markdown` the page itself.

There is room for {MOST_LAYERS} layers of {MOST_NEURONS} neurons, {MOST_PARAMETERS:,} parameters
and {MOST_SAMPLES:,} samples ({MOST_WORK:,} parameters times samples times printed steps). Sizes
must agree: a row of weights has a number for each neuron of the layer below, `biases` one for each
row of weights, `inputs` one for each column of the first layer's weights, `targets` one for each
neuron of the last layer. A file whose matrices lie the other way, or that has its biases inside
them, its samples as rows or columns, or class numbers as targets says so in `[input]`.
"""


def reference() -> str:
    """The page."""
    graph = tuple(key for key in GRAPH_PROBLEM if key not in PROBLEM)
    shared = (f"`{_heading(key)}`" for key in GRAPH_PROBLEM if key in PROBLEM)
    besides = f"A file with `[graph]` can have {', '.join(shared)} besides, as above."
    lines = (
        *_section("A network", PROBLEM, "Keys at the top of the file:"),
        *_parts(),
        *("## A computational graph\n", f"{besides}\n"),
        *_tables(graph, "###"),
    )
    return "\n".join((_HEAD, *lines))


def _parts() -> Iterator[str]:
    """What can be shown on a page, each part on its own."""
    yield "### Parts of the page\n"
    yield (
        'With `detail = "full"` a page has all of these; `show` adds some to another page, and '
        "`hide` leaves some out.\n"
    )
    yield "| part | of a network | of a graph |"
    yield "| --- | --- | --- |"
    for name, (network, graph) in PARTS.items():
        yield f"| `{name}` | {network} | {graph or 'none: each derivative has its name'} |"
    yield ""


def _section(title: str, keys: tuple[Key, ...], about: str, level: str = "##") -> Iterator[str]:
    """The keys that hold values in a table; then a section for each key that is a table."""
    yield f"{level} {title}\n"
    yield f"{about}\n"
    yield "| key | meaning | value | if left out | example |"
    yield "| --- | --- | --- | --- | --- |"
    for key in keys:
        if not _is_table(key.kind):
            yield (
                f"| `{key.name}` | {key.meaning} | {_value(key.kind)} | {_default(key)} "
                f"| `{key.example}` |"
            )
    yield ""
    yield from _tables(keys, "###")


def _tables(keys: tuple[Key, ...], level: str) -> Iterator[str]:
    for key in keys:
        if isinstance(key.kind, (Table, Tables)):
            more = ", once or more" if isinstance(key.kind, Tables) else ""
            need = f"*Required*{more}." if key.default is REQUIRED else "May be left out."
            about = f"{key.meaning} {need}"
            yield from _section(f"`{_heading(key)}`", key.kind.keys, about, level)
        if isinstance(key.kind, Tables) and key.kind.together:
            about = f"In the place of `{_heading(key)}`, where `[input]` says so."
            yield from _section(f"`[{key.name}]`", key.kind.together, about, level)


def _is_table(kind: Kind) -> bool:
    """Whether it is always a table: one that a name may stand for is a value too."""
    return isinstance(kind, Tables) or (isinstance(kind, Table) and not kind.names)


def _heading(key: Key) -> str:
    """How a table begins in a file; of a value the key."""
    if isinstance(key.kind, (Table, Tables)):
        return key.example if _is_table(key.kind) else f"[{key.name}]"
    return key.name


def _value(kind: Kind) -> str:
    indices = kind.indices if isinstance(kind, Symbol) else ()
    names = ", ".join(f"`{{{name}}}`" for name in indices)
    return describe(kind) + (f"; its indices: {names}" if names else "")


def _default(key: Key) -> str:
    if key.default is REQUIRED:
        other = f", or `{key.instead}`" if key.instead else ""
        return "*required*" + (f", or numbers in `{key.unless}`" if key.unless else other)
    return "" if key.default in (None, "", {}) else f"`{shown(key.default)}`"
