"""Ids of quantities: build them, take them apart, and read what users type.

An id is plain text and the same everywhere (JSON, ``--only``, anchors, the Python API)::

    w2[1,2]  b1[2]              weight of layer 2 to neuron 1 from neuron 2; bias
    p1[2](3)  l1[2](3)          pre-activation and output of neuron 2, layer 1, sample 3
    a1[2]                       the learned slope of neuron 2 of layer 1
    t[1](3)  loss(3)  loss      target, a sample's own loss, the loss
    loss[1](3)                  what output 1 adds to it, where there are several outputs
    penalty  dpenalty/dw2[1,2]  what the loss adds for large weights, and its derivative
    dloss/dl2[1](3)             a partial derivative of that sample's loss
    dp2[1]/dl1[2](3)            a local derivative
    dloss/dw1[1,2]              a gradient
    1/w1[1,2]  1/loss           the same after step 1 (``0/`` may be left out)
    1/m.w1[1,2]  1/mhat.b1[2]   what an optimiser keeps or works out for a parameter, by step 1
    beta1  epsilon  1/beta1^t   constants of the optimiser; a power of one after step 1
    learning_rate  1/learning_rate  of the first step, of the second
    batch_loss                  the loss over the batch of the step, where that is not all the data
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

LOSS = "loss"
PENALTY = "penalty"
BATCH_LOSS = "batch_loss"
LEARNING_RATE = "learning_rate"
# constants of optimisers; ``beta1^t`` is beta1 to the power of the number of the step
CONSTANTS = ("beta", "beta1", "beta2", "epsilon")
POWER = "^t"


@dataclass(frozen=True, slots=True)
class Name:
    """One symbol; indices count from 1.

    ``kind`` is one of w b a p l t loss batch_loss penalty learning_rate, a constant of an optimiser
    or its power, or ``m.w``: what the optimiser calls m of a weight.
    """

    kind: str
    layer: int = 0
    j: int = 0
    k: int = 0

    def __str__(self) -> str:
        if not self.j:
            return self.kind
        if self.kind.endswith("w"):
            return f"{self.kind}{self.layer}[{self.j},{self.k}]"
        if self.kind in ("t", LOSS):
            return f"{self.kind}[{self.j}]"
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


def part(j: int) -> str:
    """``loss[1]``: what output ``j`` adds to a sample's loss, before the sum or mean."""
    return f"{LOSS}[{j}]"


def slope(layer: int, j: int) -> str:
    """``a1[2]``: the learned slope of neuron ``j`` of ``layer``."""
    return f"a{layer}[{j}]"


def parameters(
    sizes: Sequence[int], biased: Sequence[bool], sloped: Collection[int] = ()
) -> tuple[str, ...]:
    """Every weight and bias of layers of the given sizes, inputs first: layer by layer.

    ``biased`` says of each layer after the inputs whether it has biases; those in ``sloped`` have
    learned slopes.

    >>> parameters((2, 1), (True,))
    ('w1[1,1]', 'w1[1,2]', 'b1[1]')
    """
    names: list[str] = []
    for i, has_bias in enumerate(biased, start=1):
        names += of_layer(i, sizes[i], sizes[i - 1], has_bias, i in sloped)
    return tuple(names)


def state(variable: str, parameter: str) -> str:
    """``m.w1[1,2]``: what an optimiser calls ``variable`` of a parameter."""
    return f"{variable}.{parameter}"


def power(constant: str) -> str:
    """``beta1^t``: a constant to the power of the number of steps taken."""
    return f"{constant}{POWER}"


def of_layer(
    layer: int, neurons: int, sources: int, biased: bool, sloped: bool = False
) -> list[str]:
    """The weights of a layer from so many ``sources``, row by row, then its biases and slopes.

    >>> of_layer(2, 1, 2, True)
    ['w2[1,1]', 'w2[1,2]', 'b2[1]']
    """
    rows = range(1, neurons + 1)
    weights = [weight(layer, j, k) for j in rows for k in range(1, sources + 1)]
    biases = [bias(layer, j) for j in rows] if biased else []
    return weights + biases + ([slope(layer, j) for j in rows] if sloped else [])


def layer_of(parameter: str) -> int:
    """The layer of a parameter: ``layer_of("w2[1,3]")`` is 2."""
    return int(parameter[1 : parameter.index("[")])


def at(name: str, sample: int) -> str:
    """``name`` at one sample (counted from 1): ``at("p1[2]", 3)`` is ``p1[2](3)``."""
    return f"{name}({sample})"


def base(quantity: str) -> str:
    """``quantity`` without its sample: ``base("p1[2](3)")`` is ``p1[2]``."""
    return quantity.split("(", 1)[0]


def sample(quantity: str) -> int | None:
    """The sample of a quantity: ``sample("p1[2](3)")`` is 3; None where it has none."""
    return int(quantity[quantity.index("(") + 1 : -1]) if quantity.endswith(")") else None


def partial(of: str, wrt: str, sample: int | None = None) -> str:
    """``dloss/dw1[1,2]``, or ``dp2[1]/dl1[2](3)`` with a sample."""
    text = f"d{of}/d{wrt}"
    return text if sample is None else at(text, sample)


def is_datum(quantity: str) -> bool:
    """Whether ``quantity`` is an input, a target or a constant: the same at every step."""
    return quantity.startswith(("l0[", "t[")) or quantity in CONSTANTS


def at_step(quantity: str, step: int) -> str:
    """``quantity`` after ``step`` more updates: ``at_step("1/loss", 2)`` is ``3/loss``.

    What no update changes keeps its id.
    """
    return quantity if is_datum(quantity) else later(quantity, step)


def later(quantity: str, steps: int) -> str:
    """The id of ``quantity`` after ``steps`` more updates, whatever it is."""
    if not steps:
        return quantity
    before, name = split_step(quantity)
    return f"{before + steps}/{name}"


def split_step(quantity: str) -> tuple[int, str]:
    """The step of an id and the rest: ``split_step("1/loss")`` is ``(1, "loss")``."""
    number, slash, rest = quantity.partition("/")
    if slash and number.isascii() and number.isdigit() and len(number) <= 9:
        return int(number), rest
    return 0, quantity


_INDEX = r"(?:[1-9]\d{0,8})"
_PARAMETER = rf"w\d{{1,9}}\[{_INDEX},{_INDEX}\]|[ab]\d{{1,9}}\[{_INDEX}\]"
_NAME = rf"(?:{_PARAMETER}|[pl]\d{{1,9}}\[{_INDEX}\]|(?:t|{LOSS})\[{_INDEX}\]|{LOSS}|{PENALTY})"
_STATE = rf"[a-z]{{1,20}}\.(?:{_PARAMETER})"
_CONSTANT = rf"(?:{'|'.join(CONSTANTS)})(?:{re.escape(POWER)})?|{LEARNING_RATE}|{BATCH_LOSS}"
_ID = re.compile(
    rf"(?:d(?P<of>{_NAME})/d(?P<wrt>{_NAME})|(?P<plain>{_NAME}|{_STATE}|{_CONSTANT}))"
    rf"(?:\((?P<sample>{_INDEX})\))?",
    re.ASCII,
)
_INTEGERS = re.compile(r"\d+", re.ASCII)


def _name(text: str) -> Name:
    if not text.endswith("]"):
        return Name(text)
    numbers = [int(n) for n in _INTEGERS.findall(text)]
    before, bracket, _ = text.partition("[")
    if bracket and before in ("t", LOSS):
        return Name(before, 0, *numbers)
    before, dot, rest = text.rpartition(".")
    return Name(before + dot + rest[0], *numbers)


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
