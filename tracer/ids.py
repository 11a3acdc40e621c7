"""Ids of quantities: build them, take them apart, and read what users type.

An id is plain text and the same everywhere (JSON, ``--only``, anchors, the Python API)::

    w2[1,2]  b1[2]              weight of layer 2 to neuron 1 from neuron 2; bias
    p1[2](3)  l1[2](3)          pre-activation and output of neuron 2, layer 1, sample 3
    t[1](3)  loss(3)  loss      target, a sample's own loss, the loss
    penalty  dpenalty/dw2[1,2]  what the loss adds for large weights, and its derivative
    dloss/dl2[1](3)             a partial derivative of that sample's loss
    dp2[1]/dl1[2](3)            a local derivative
    dloss/dw1[1,2]              a gradient
    1/w1[1,2]  1/loss           the same after step 1 (``0/`` may be left out)
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

LOSS = "loss"
PENALTY = "penalty"
LEARNING_RATE = "learning_rate"
_ALONE = (LOSS, PENALTY, LEARNING_RATE)


@dataclass(frozen=True, slots=True)
class Name:
    """One symbol: ``kind`` is one of w b p l t loss penalty learning_rate; indices from 1."""

    kind: str
    layer: int = 0
    j: int = 0
    k: int = 0

    def __str__(self) -> str:
        if self.kind in _ALONE:
            return self.kind
        if self.kind == "w":
            return weight(self.layer, self.j, self.k)
        if self.kind == "t":
            return f"t[{self.j}]"
        return f"{self.kind}{self.layer}[{self.j}]"


@dataclass(frozen=True, slots=True)
class Id:
    """A parsed id: the symbol ``of``, or the derivative of ``of`` with respect to ``wrt``."""

    of: Name
    wrt: Name | None = None
    sample: int | None = None
    step: int = 0

    def __str__(self) -> str:
        text = str(self.of) if self.wrt is None else f"d{self.of}/d{self.wrt}"
        if self.sample is not None:
            text += f"({self.sample})"
        return at_step(text, self.step)


def weight(layer: int, j: int, k: int) -> str:
    """``w2[1,2]``: the weight of ``layer`` to neuron ``j`` from neuron ``k``."""
    return f"w{layer}[{j},{k}]"


def bias(layer: int, j: int) -> str:
    """``b1[2]``: the bias of neuron ``j`` of ``layer``."""
    return f"b{layer}[{j}]"


def pre(layer: int, j: int) -> str:
    """``p1[2]``: the pre-activation of neuron ``j`` of ``layer``."""
    return f"p{layer}[{j}]"


def output(layer: int, j: int) -> str:
    """``l1[2]``: the output of neuron ``j`` of ``layer``; layer 0 holds the inputs."""
    return f"l{layer}[{j}]"


def target(j: int) -> str:
    """``t[1]``: the target of output ``j``."""
    return f"t[{j}]"


def parameters(sizes: Sequence[int], biased: Sequence[bool]) -> tuple[str, ...]:
    """Every weight and bias of layers of the given sizes, inputs first: layer by layer.

    ``biased`` says of each layer after the inputs whether it has biases.

    >>> parameters((2, 1), (True,))
    ('w1[1,1]', 'w1[1,2]', 'b1[1]')
    """
    names: list[str] = []
    for i, has_bias in enumerate(biased, start=1):
        rows, columns = range(1, sizes[i] + 1), range(1, sizes[i - 1] + 1)
        names += [weight(i, j, k) for j in rows for k in columns]
        names += [bias(i, j) for j in rows] if has_bias else []
    return tuple(names)


def at(name: str, sample: int) -> str:
    """``name`` at one sample (counted from 1): ``at("p1[2]", 3)`` is ``p1[2](3)``."""
    return f"{name}({sample})"


def base(quantity: str) -> str:
    """``quantity`` without its sample: ``base("p1[2](3)")`` is ``p1[2]``."""
    return quantity.split("(", 1)[0]


def partial(of: str, wrt: str, sample: int | None = None) -> str:
    """``dloss/dw1[1,2]``, or ``dp2[1]/dl1[2](3)`` with a sample."""
    text = f"d{of}/d{wrt}"
    return text if sample is None else at(text, sample)


def is_datum(quantity: str) -> bool:
    """Whether ``quantity`` is an input, a target or the learning rate: the same at every step."""
    return quantity.startswith(("l0[", "t[", LEARNING_RATE))


def at_step(quantity: str, step: int) -> str:
    """``quantity`` after ``step`` updates: ``at_step("loss", 1)`` is ``1/loss``.

    What no update changes keeps its id.
    """
    return f"{step}/{quantity}" if step and not is_datum(quantity) else quantity


def split_step(quantity: str) -> tuple[int, str]:
    """The step of an id and the rest: ``split_step("1/loss")`` is ``(1, "loss")``."""
    number, slash, rest = quantity.partition("/")
    if slash and number.isascii() and number.isdigit() and len(number) <= 9:
        return int(number), rest
    return 0, quantity


_INDEX = r"(?:[1-9]\d{0,8})"
_NAME = (
    rf"(?:w\d{{1,9}}\[{_INDEX},{_INDEX}\]|[bpl]\d{{1,9}}\[{_INDEX}\]|t\[{_INDEX}\]|loss|penalty)"
)
_ID = re.compile(
    rf"(?:d(?P<of>{_NAME})/d(?P<wrt>{_NAME})|(?P<plain>{_NAME}|learning_rate))"
    rf"(?:\((?P<sample>{_INDEX})\))?",
    re.ASCII,
)
_INTEGERS = re.compile(r"\d+", re.ASCII)


def _name(text: str) -> Name:
    if text in _ALONE:
        return Name(text)
    numbers = [int(n) for n in _INTEGERS.findall(text)]
    if text[0] == "t":
        return Name("t", 0, *numbers)
    return Name(text[0], *numbers)


def parse(text: str) -> Id | None:
    """Take an id apart; None where ``text`` is not an id.

    >>> parse("1/dp2[1]/dl1[2](3)").sample
    3
    >>> str(parse("0/w1[1,2]"))
    'w1[1,2]'
    """
    step, rest = split_step(text)
    match = _ID.fullmatch(rest)
    if match is None:
        return None
    sample = int(match["sample"]) if match["sample"] else None
    if match["plain"]:
        return Id(_name(match["plain"]), None, sample, step)
    return Id(_name(match["of"]), _name(match["wrt"]), sample, step)
