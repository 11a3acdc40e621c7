"""What a picture shows, in words: for those who cannot see it, and where it is not shown."""

from __future__ import annotations

from collections.abc import Sequence

from tracer import ids
from tracer.activations import row_of
from tracer.chain import Factor
from tracer.derivation.steps import written as rule
from tracer.formula import Formula, Partial, Var
from tracer.solved import Solved, Worked
from tracer.solved_graph import SolvedGraph
from tracer.typeset.text import TextPrinter

VALUES = "of the first sample: values above the neurons, derivatives of its loss below"


def symbol(s: Worked, name: str) -> str:
    """A quantity's symbol in plain characters."""
    return written(s, Var(name))


def written(s: Worked, formula: Formula) -> str:
    """A formula in plain characters."""
    return TextPrinter(s.symbols, 80).line(formula)


def network(s: Solved) -> str:
    """The shape of a network: its layers with their activations, and what the loss compares."""
    sizes = s.problem.sizes
    parts = [_count(sizes[0], "input")]
    for layer in range(1, s.last + 1):
        what = "output neuron" if layer == s.last else "hidden neuron"
        parts.append(f"{_count(sizes[layer], what)} with {_activation(s, layer)}")
    return (
        f"From left to right: {', then '.join(parts)}. The loss {symbol(s, ids.LOSS)} compares the "
        f"{'output with its target' if sizes[-1] == 1 else 'outputs with their targets'}."
        f"{' There are numbers ' + VALUES + '.' if s.shows('values') else ''}"
    )


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _activation(s: Solved, layer: int) -> str:
    own = s.problem.layers[layer - 1]
    if own.formula is not None:
        return "an activation of its own"
    return row_of(own.activation).text or "the identity"


def neuron(s: Solved, own: ids.Name) -> str:
    """What a circle is."""
    if not own.layer:
        return f"input {own.j}"
    what = "pre-activation" if own.kind == "p" else "neuron"
    return f"{what} {own.j} of layer {s.symbols.layer(own.layer)}"


def parameter(s: Solved, name: str) -> str:
    """What an edge is."""
    own = ids.parse(name)
    assert own is not None
    layer = s.symbols.layer(own.of.layer)
    if own.of.k:
        return f"weight {symbol(s, name)} to neuron {own.of.j} of layer {layer} from {own.of.k}"
    what = {"b": "threshold" if own.of.layer in s.symbols.thresholds else "bias", "a": "slope"}
    return f"{what[name[0]]} {symbol(s, name)} of neuron {own.of.j} of layer {layer}"


def path(s: Worked, name: str, factors: Sequence[Factor], output: str = ids.LOSS) -> str:
    """A way from a quantity to the output, link by link, and how many ways there are."""
    above: dict[str, list[str]] = {}
    for factor in factors:
        above.setdefault(factor.wrt, []).append(factor.of)
    count = _ways(above, name, output)
    links = []
    here = name
    while here != output:
        reader = above[here][0]
        slope = written(s, Partial(reader, here))
        links.append(f"{symbol(s, here)} acts on {symbol(s, reader)} by {slope}")
        here = reader
    start = "The only path" if count == 1 else f"The first of {count:,} paths"
    end = f"from {symbol(s, name)} to {symbol(s, output)}"
    return f"{start} {end}: {'; '.join(links)}."


def _ways(above: dict[str, list[str]], name: str, output: str) -> int:
    counts = {output: 1}

    def count(here: str) -> int:
        if here not in counts:
            counts[here] = sum(count(reader) for reader in above.get(here, ()))
        return counts[here]

    return count(name)


def node(s: SolvedGraph, name: str) -> str:
    """What a node is: given, or by which rule."""
    if name not in s.formulas:
        return f"{symbol(s, name)}, given"
    return f"{symbol(s, name)} = {written(s, rule(s.formulas[name], Var))}"


def graph(s: SolvedGraph, names: Sequence[str]) -> str:
    """What is given and each step, in order."""
    given = [symbol(s, name) for name in names if name not in s.formulas]
    steps = [node(s, name) for name in names if name in s.formulas]
    start = f"From left to right: given are {', '.join(given)}; " if given else ""
    return f"{start}then {'; '.join(steps)}."
