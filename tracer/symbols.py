"""The symbols of one problem: the patterns of its notation with the numbers of its network."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from functools import cached_property

from tracer import ids
from tracer.glyph import HATS, Glyph, Pattern
from tracer.notation import Notation

STATE_LETTERS = {
    "m": "m",
    "v": "v",
    "s": "s",
    "change": "Δ",
    "mhat": HATS["mhat"],
    "vhat": HATS["vhat"],
}
"""The letters of what optimisers keep and work out for a parameter."""

_BETAS = {"beta": Glyph("β"), "beta1": Glyph("β", "1"), "beta2": Glyph("β", "2")}
_COUNTER = "t"  # the exponent in a bias correction


def state_glyph(name: str) -> Glyph:
    """The symbol of what an optimiser keeps or works out."""
    return Glyph(STATE_LETTERS[name])


def is_parameter(quantity: str) -> bool:
    """Whether this is a weight, a bias or a slope: ``w1[1,2]``, and not ``batch_loss``."""
    return quantity[:1] in ("w", "b", "a") and quantity[1:2].isdigit()


@dataclass(frozen=True)
class Symbols:
    """What a printer must know of a problem to write its symbols.

    ``loss`` is the name that the problem gives to its loss, None for the notation's own symbol;
    ``sizes`` the number of inputs, then of neurons in each layer, which ``biased`` says of each
    layer whether it has biases; ``constants`` are those of the optimiser, ``states`` what it keeps.
    The layers in ``thresholds`` have thresholds in the place of biases, those in ``sloped`` learned
    slopes. What is in ``shared`` is written as the parameter that it is one with. So many layers
    are ``below`` the ones that are there; if any, the inputs are outputs of the last of them.
    """

    notation: Notation
    loss: str | None
    sizes: tuple[int, ...]
    biased: tuple[bool, ...]
    decimal_comma: bool = False
    constants: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    thresholds: frozenset[int] = frozenset()
    sloped: frozenset[int] = frozenset()
    shared: Mapping[str, str] = field(default_factory=dict)
    below: int = 0

    @property
    def inputs(self) -> int:
        """The number of inputs."""
        return self.sizes[0]

    @property
    def outputs(self) -> int:
        """The number of outputs."""
        return self.sizes[-1]

    def is_of_inputs(self, quantity: str) -> bool:
        """Whether this is written as a function of the inputs: a target, where the network is."""
        return quantity.startswith("t[") and self.notation.network is not None

    def may_be_raised(self, quantity: str) -> bool:
        """Whether an exponent can't be taken for an index: nothing else stands above."""
        return False

    def glyph(self, quantity: str) -> Glyph:
        """The symbol of a quantity given by its id without sample.

        Of derivatives only ``dloss/dp`` has one, and only where the notation has deltas.
        """
        if quantity not in self._known:
            found = ids.parse(self.shared.get(quantity, quantity))
            assert found is not None, quantity
            self._known[quantity] = self._glyph(found)
        return self._known[quantity]

    def at_sample(self, quantity: str, sample: int) -> Glyph | None:
        """The symbol with the mark of a sample; None where the notation has none for it.

        The loss of a sample is its own; parameters and their penalty belong to no sample.
        """
        mark = self.notation.sample
        parameterless = (ids.LEARNING_RATE, ids.PENALTY)
        if mark is None or is_parameter(quantity) or quantity in parameterless:
            return None
        glyph = self.glyph(quantity)
        if quantity == ids.LOSS:
            if self.notation.sample_loss is None:
                return None
            glyph = self._filled(self.notation.sample_loss, {})
        return glyph.marked(mark.filled({"n": str(sample)}))

    def is_marked_when_updated(self, quantity: str) -> bool:
        """Whether the new value of a quantity has a symbol of its own."""
        return self.notation.updated is not None and is_parameter(quantity)

    def updated(self, parameter: str) -> Glyph:
        """The symbol of a parameter's new value, with its mark where the notation has one."""
        mark = self.notation.updated
        glyph = self.glyph(parameter)
        return glyph if mark is None else glyph.marked(mark.filled({}))

    def network(self, j: int) -> Glyph | None:
        """The network's output ``j`` as a function of its inputs, where it is written as one."""
        pattern = self.notation.network
        return None if pattern is None else self._end(pattern, ids.Name("t", 0, j))

    def layer(self, number: int) -> int:
        """How a page counts a layer: the inputs are 0 in ids, and here perhaps more."""
        return number + self.notation.input_layer + self.below

    def sample_name(self, sample: int) -> str:
        """How a sample is marked, as words: ``[1]``, or what the notation has."""
        mark = self.notation.sample
        if mark is None:
            return f"[{sample}]"
        glyph = mark.filled({"n": str(sample)})
        return glyph.sub + glyph.sup

    @property
    def loss_word(self) -> str:
        """The loss in words: its name, or its letter."""
        glyph = self.glyph(ids.LOSS)
        return self.loss or ("Loss" if glyph.sub or glyph.sup else glyph.base)

    @property
    def data(self) -> Glyph:
        """The set of samples."""
        return self._filled(self.notation.data, {})

    @property
    def batch(self) -> Glyph:
        """The samples that a step takes, where it does not take all."""
        return self._filled(self.notation.batch, {})

    @property
    def step(self) -> Glyph:
        """The number of steps taken."""
        return self._filled(self.notation.step, {})

    def parameters(self, step: str) -> Glyph:
        """All parameters as one point, after so many steps."""
        return self._filled(self.notation.parameters, {"step": step})

    @cached_property
    def _known(self) -> dict[str, Glyph]:
        return {}

    def _glyph(self, found: ids.Id) -> Glyph:
        notation, name = self.notation, found.of
        if found.wrt is not None:
            assert notation.delta is not None
            return self._indexed(notation.delta, found.wrt)
        last = len(self.sizes) - 1
        match name.kind:
            case "l" if name.layer == 0 and notation.input is not None and not self.below:
                return self._indexed(notation.input, name)
            case "l" if name.layer == last and notation.prediction is not None:
                return self._end(notation.prediction, name)
            case "t":
                return self._end(notation.target, name)
            case ids.LOSS if name.j:
                return self._end(self._part, name)
        patterns = {
            "w": notation.weight,
            "b": notation.threshold if name.layer in self.thresholds else notation.bias,
            "a": notation.slope,
            "p": notation.pre,
            "l": notation.output,
            ids.LOSS: notation.loss,
            ids.BATCH_LOSS: notation.loss,
            ids.LEARNING_RATE: notation.learning_rate,
            ids.PENALTY: notation.penalty,
            "epsilon": notation.epsilon,
        }
        if name.kind in patterns:
            return self._indexed(patterns[name.kind], name)
        if name.j:  # what an optimiser has of a parameter
            return state_glyph(name.kind.partition(".")[0])
        beta = _BETAS[name.kind.removesuffix(ids.POWER)]
        return beta.marked(Glyph("", "", _COUNTER)) if name.kind.endswith(ids.POWER) else beta

    @cached_property
    def _part(self) -> Pattern:
        """The pattern of an output's part of the loss: with the loss's own letter if it has one."""
        own, pattern = self.loss or "", self.notation.part
        losses = ("part", "loss", "sample_loss")
        others = (getattr(self.notation, f.name) for f in fields(Notation) if f.name not in losses)
        taken = {other.base for other in others if isinstance(other, Pattern)}
        if len(own) == 1 and own.isascii() and own.isupper() and own not in taken:
            return Pattern(own, pattern.sub, pattern.sup)
        return pattern

    def _end(self, pattern: Pattern, name: ids.Name) -> Glyph:
        """A symbol of the network's end: its index only where there are several outputs."""
        if self.outputs == 1 and pattern.sub == ("{j}",):
            pattern = Pattern(pattern.base, (), pattern.sup)
        return self._indexed(pattern, name)

    def _indexed(self, pattern: Pattern, name: ids.Name) -> Glyph:
        layer = len(self.sizes) - 1 if name.kind in ("t", ids.LOSS) else name.layer
        values = {"i": self.layer(layer), "j": name.j, "k": name.k}
        values["unit"] = sum(self.sizes[:layer]) + name.j
        values["source"] = sum(self.sizes[: max(layer - 1, 0)]) + name.k
        values["number"] = self._number(name)
        texts = {key: str(value) for key, value in values.items()}
        texts["name"] = self._unit_name(layer, name.j)
        texts["from"] = self._unit_name(layer - 1, name.k)
        return self._filled(pattern, texts)

    def _filled(self, pattern: Pattern, values: dict[str, str]) -> Glyph:
        # one comma where any symbol needs it, so that all look alike
        counted = {"unit", "source"} & set(pattern.indices)
        largest = sum(self.sizes) if counted else max(*self.sizes, self.layer(len(self.sizes) - 1))
        return pattern.filled(values, apart=largest > 9)

    def _number(self, name: ids.Name) -> int:
        """The running number of a weight among the weights, or of a bias among the biases."""
        below = range(1, name.layer)
        if name.kind == "b":
            return sum(self.sizes[i] for i in below if self.biased[i - 1]) + name.j
        row = self.sizes[name.layer - 1]
        return sum(self.sizes[i] * self.sizes[i - 1] for i in below) + (name.j - 1) * row + name.k

    def _unit_name(self, layer: int, j: int) -> str:
        """``i1``, ``h1``, ``o1``: inputs, hidden neurons (through all layers), outputs."""
        if layer == 0 and not self.below:
            return f"i{j}"
        if layer == len(self.sizes) - 1:
            return f"o{j}"
        return f"h{sum(self.sizes[0 if self.below else 1 : layer]) + j}"


def printed_symbols(symbols: Symbols) -> Iterator[tuple[str, Glyph]]:
    """Every quantity without sample that has a symbol of its own, and other symbols by a word."""
    sizes = symbols.sizes
    for name in ids.parameters(sizes, symbols.biased, symbols.sloped):
        if name not in symbols.shared:
            yield name, symbols.glyph(name)
    for i, size in enumerate(sizes):
        for j in range(1, size + 1):
            yield ids.output(i, j), symbols.glyph(ids.output(i, j))
            if i:
                yield ids.pre(i, j), symbols.glyph(ids.pre(i, j))
                if symbols.notation.delta is not None:
                    delta = ids.partial(ids.LOSS, ids.pre(i, j))
                    yield delta, symbols.glyph(delta)
    for j in range(1, symbols.outputs + 1):
        yield ids.target(j), symbols.glyph(ids.target(j))
        function = symbols.network(j)
        if function is not None:
            yield f"the network's output {j}", function
    if symbols.loss is None:
        yield ids.LOSS, symbols.glyph(ids.LOSS)
    if symbols.outputs > 1:
        for j in range(1, symbols.outputs + 1):
            yield ids.part(j), symbols.glyph(ids.part(j))
    yield ids.PENALTY, symbols.glyph(ids.PENALTY)
    yield from optimizer_symbols(symbols)
    if "beta1" in symbols.constants:  # its means are corrected
        yield "the exponent of the bias correction", Glyph("", "", _COUNTER)
        yield "the number of steps", Glyph("", "", symbols.step.base)
        for name in ("beta1", "beta2"):
            yield ids.power(name), symbols.glyph(ids.power(name))
    kept = [STATE_LETTERS[name] for name in symbols.states]
    for letter in ("g", *kept) if kept else ():  # as the rules for all parameters have it
        yield f"the optimiser's {letter} before the first step", Glyph(letter, "0")
    yield "the data", symbols.data
    yield "a batch", symbols.batch
    yield "the number of steps", symbols.step
    yield "all parameters", symbols.parameters("0")


def optimizer_symbols(symbols: Symbols) -> Iterator[tuple[str, Glyph]]:
    """The learning rate, the optimiser's constants, and what it keeps by a word."""
    for name in (ids.LEARNING_RATE, *symbols.constants):
        yield name, symbols.glyph(name)
    for name in symbols.states:
        yield f"the optimiser's {STATE_LETTERS[name]}", state_glyph(name)


def clash(symbols: Symbols) -> tuple[str, str, Glyph] | None:
    """Two quantities that have the same symbol, and that symbol; None where all differ."""
    seen: dict[Glyph, str] = {}
    for name, glyph in printed_symbols(symbols):
        if glyph in seen:
            return seen[glyph], name, glyph
        seen[glyph] = name
    return None
