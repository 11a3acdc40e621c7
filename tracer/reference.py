"""The reference page of the problem file, in Markdown: every key with what it may hold."""

from __future__ import annotations

from collections.abc import Iterator

from tracer.expressions import FUNCTIONS, LARGEST_POWER, LONGEST_NAME
from tracer.indices import LARGEST_INDEX
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
        *_formulas(),
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


# what a name alone does not say
_OF_FUNCTIONS = {
    "exp": "e to the power of x",
    "log": "the natural logarithm",
    "sqrt": "the square root",
    "tanh": "the hyperbolic tangent",
    "sigmoid": "1/(1 + exp(-x))",
    "softplus": "log(1 + exp(x))",
    "relu": "x where that is positive, else 0; the derivative at 0 is 0",
    "abs": "the absolute value; the derivative at 0 is 0",
    "max": "the larger; where both are equal the derivative is that of y",
    "min": "the smaller; where both are equal the derivative is that of y",
}


def _formulas() -> Iterator[str]:
    """What a step of a graph can be."""
    yield f"""\
### Formulas of a graph

A step is `name = formula`. It reads what is given and other steps, which may stand in any order,
and defines its name once. A name has letters, digits and `_`, begins with a letter and has at most
{LONGEST_NAME} characters; names of functions, `sum` and `for` are taken.

| in a formula | meaning |
| --- | --- |
| `a + b`, `a - b`, `-a` | sum, difference, opposite |
| `a*b`, `a/b` | product and quotient, from left to right; `*` is always written |
| `a^3` | a power, with a whole number from 1 to {LARGEST_POWER}; `-a^2` is -(a^2) |
| `(a + b)*c` | brackets |
| `2`, `0.5`, `1e-3` | numbers, read exactly |
| `x[1]`, `A[1,1]` | an entry of a list and of a matrix; what is given is counted from 1 |
| `h[t-1]` | an index, a whole number up to {LARGEST_INDEX:,}; steps may count from 0 |
| `sum(i = 1..3, w[i]*x[i])` | a sum over a range with both ends; sums may stand in sums |

A step with a range is one for each number in it: `a[t] = w*x[t] for t = 1..3` makes `a[1]`, `a[2]`
and `a[3]`; `for i = 1..2, j = 1..3` makes all pairs. Indices and the ends of a range may have `+`,
`-`, `*` and the names in `sizes`.

| function | meaning |
| --- | --- |"""
    for name, count in FUNCTIONS.items():
        yield f"| `{name}({', '.join('xy'[:count])})` | {_OF_FUNCTIONS[name]} |"
    yield """
Every function takes single numbers: of a list, write each entry by a range. These are also the
functions of a `formula` of your own in `[[layers]]` and `[loss]`, where there are no indices and no
sums over ranges.

A network has targets and a loss. An exercise without targets, such as the forward pass of one
neuron, is best written as a graph, whose last step is the output:

```toml
[graph]
given = { w = [0.5, -1], x = [2, 3], b = 0.1 }
steps = ["z = sum(i = 1..2, w[i]*x[i]) + b", "a = sigmoid(z)"]
```
"""


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
