"""Names of quantities: which letter, subscript and superscript each has on the page.

A profile is data. ``{i}`` is the layer, ``{j}`` the neuron, ``{k}`` the neuron it comes from.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from tracer import ids


@dataclass(frozen=True, slots=True)
class Glyph:
    """A symbol: a letter (or a Greek letter's name) with a subscript and a superscript."""

    base: str
    sub: str = ""
    sup: str = ""

    def filled(self, name: ids.Name) -> Glyph:
        """The symbol with its indices in place."""
        indices = {"i": name.layer, "j": name.j, "k": name.k}
        return Glyph(self.base, self.sub.format(**indices), self.sup.format(**indices))


@dataclass(frozen=True, slots=True)
class Notation:
    """One profile: the patterns of all symbols."""

    name: str
    weight: Glyph
    bias: Glyph
    pre: Glyph
    output: Glyph
    target: Glyph
    network: Glyph
    data: Glyph
    learning_rate: Glyph
    penalty: Glyph
    all_parameters: Glyph
    step: Glyph


DECK = Notation(
    name="deck",
    weight=Glyph("w", "{j},{k}", "{i}"),
    bias=Glyph("b", "{j}", "{i}"),
    pre=Glyph("p", "{j}", "{i}"),
    output=Glyph("l", "{j}", "{i}"),
    target=Glyph("f", "", "*"),
    network=Glyph("f"),
    data=Glyph("D"),
    learning_rate=Glyph("gamma"),
    penalty=Glyph("R"),
    all_parameters=Glyph("a"),
    step=Glyph("n"),
)

NOTATIONS: dict[str, Notation] = {row.name: row for row in (DECK,)}


@dataclass(frozen=True, slots=True)
class Symbols:
    """What a printer must know of a problem to write its symbols.

    ``inputs`` and ``outputs`` are the sizes of the network's ends; ``loss`` is its printed name.
    """

    notation: Notation
    loss: str
    inputs: int
    outputs: int
    decimal_comma: bool = False

    def is_loss(self, quantity: str) -> bool:
        """Whether this is the loss, which has a name of its own."""
        return quantity == ids.LOSS

    def is_target(self, quantity: str) -> bool:
        """Whether this is a target, which is a function of the inputs."""
        return quantity.startswith("t[")

    def may_be_raised(self, quantity: str) -> bool:
        """Whether an exponent can't be taken for an index: nothing else stands above."""
        return False

    def glyph(self, quantity: str) -> Glyph:
        """The symbol of a quantity given by its id without sample; not for the loss or a target."""
        return _glyph(self.notation, quantity)

    def target(self, j: int) -> Glyph:
        """The target of output ``j``; the index only where there are several."""
        return _indexed(self.notation.target, j, self.outputs)

    def network(self, j: int) -> Glyph:
        """The network's output ``j`` as a function of its inputs."""
        return _indexed(self.notation.network, j, self.outputs)


def _indexed(glyph: Glyph, j: int, count: int) -> Glyph:
    return glyph if count == 1 else Glyph(glyph.base, str(j), glyph.sup)


@cache
def _glyph(notation: Notation, quantity: str) -> Glyph:
    found = ids.parse(quantity)
    assert found is not None, quantity
    patterns = {
        "w": notation.weight,
        "b": notation.bias,
        "p": notation.pre,
        "l": notation.output,
        ids.LEARNING_RATE: notation.learning_rate,
        ids.PENALTY: notation.penalty,
    }
    return patterns[found.of.kind].filled(found.of)
