"""Words, cells and lists that several sections share."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from tracer import ids
from tracer.blocks import Inline
from tracer.formula import Formula, Letter, Var
from tracer.solved import Solved

# up to here a sample is named by its inputs, in columns; beyond, by its number
_MOST_INPUT_COLUMNS = 3
MOST_LISTED = 4
_WORDS = (
    *("no", "one", "two", "three", "four", "five", "six"),
    *("seven", "eight", "nine", "ten", "eleven", "twelve"),
)


def in_words(number: int, noun: str) -> str:
    """``two neurons``; beyond twelve in digits."""
    word = _WORDS[number] if number < len(_WORDS) else f"{number}"
    return f"{word} {noun}" if number == 1 else f"{word} {noun}s"


def listed(items: Sequence[Inline]) -> Iterator[Inline]:
    """``a, b and c``; of many the first few, and so on."""
    last = len(items) - 1
    for position, item in enumerate(items[:MOST_LISTED]):
        if position:
            yield " and " if position == last else ", "
        yield item
    if len(items) > MOST_LISTED:
        yield " and so on"


def neurons(s: Solved, layer: int) -> range:
    """The neurons of a layer, from 1; of layer 0 the inputs."""
    return range(1, s.problem.sizes[layer] + 1)


def parameters_of(s: Solved, layer: int, j: int) -> list[str]:
    """The weights into a neuron, then its bias and its slope."""
    names = [ids.weight(layer, j, k) for k in neurons(s, layer - 1)]
    names += [ids.bias(layer, j)] if s.has_bias(layer) else []
    return [*names, ids.slope(layer, j)] if s.problem.is_sloped(layer) else names


def backwards(s: Solved, layer: int | None = None) -> list[str]:
    """All parameters that learn, from the output layer back, or one layer's; neuron by neuron."""
    layers = range(s.last, 0, -1) if layer is None else (layer,)
    names: dict[str, None] = {}
    for i in layers:
        for j in neurons(s, i):
            for place in parameters_of(s, i, j):
                name = s.problem.shared.get(place, place)
                # what is shared comes when all of its places have been reached
                if i == min(map(ids.layer_of, s.problem.places(name))):
                    names[name] = None
    return [name for name in names if name not in s.problem.frozen]


def offsets(s: Solved, layers: Iterable[int]) -> str:
    """What the neurons of some layers have beside weights: ``biases``, ``thresholds`` or both."""
    found = {i in s.symbols.thresholds for i in layers if s.has_bias(i)}
    return " and ".join(["biases"] * (False in found) + ["thresholds"] * (True in found))


def target_symbol(s: Solved, k: int) -> Formula:
    """The target of output ``k`` without its arguments."""
    return Letter(s.symbols.glyph(ids.target(k)))


def sample_head(s: Solved) -> tuple[Inline, ...]:
    """The heads of the columns that say which sample a row is."""
    if s.problem.sizes[0] > _MOST_INPUT_COLUMNS:
        return ("sample",)
    return tuple(Var(ids.output(0, k)) for k in neurons(s, 0))


def sample_cells(s: Solved, n: int) -> tuple[Inline, ...]:
    """The cells of those columns."""
    if s.problem.sizes[0] > _MOST_INPUT_COLUMNS:
        return (str(n),)
    return tuple(s.num(ids.at(ids.output(0, k), n), 0) for k in neurons(s, 0))
