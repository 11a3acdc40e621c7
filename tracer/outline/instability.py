"""What could mislead in the numbers of a network, said at the quantity: one row for each remark.

A row finds its cases among the values that are printed anyway, so that remarks cost no more than
the page; a page without such a case says nothing. What held before a step is not said again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from flint import fmpq

from tracer import ids
from tracer.activations import ACTIVATIONS, row_of
from tracer.blocks import Block, Inline, Paragraph, Text
from tracer.derivation.forward import is_rounded_away
from tracer.formula import (
    Apply,
    Equation,
    Formula,
    Letter,
    Neg,
    Num,
    Part,
    Partial,
    Sum,
    Var,
    whole,
)
from tracer.glyph import Glyph
from tracer.losses import LOSSES
from tracer.outline.kinks import on_kink, penalty_kink
from tracer.outline.words import MOST_LISTED, listed, neurons, parameters_of
from tracer.rounding import Number
from tracer.solved import Solved

LARGEST_EXPONENT = 709
"""Of the exponentials that a float can hold, rounded down."""
SATURATED = fmpq(1, 100)
"""Below this derivative a neuron counts as saturated; the largest are 1/4 (sigmoid) and 1."""

Unit = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Row:
    """A remark: its ``name``, the ``section`` it stands in, and its words at a step, if any."""

    name: str
    section: str
    words: Callable[[Solved, int], Iterator[Text]]


def remarks(s: Solved, section: str, step: int) -> Iterator[Block]:
    """The remarks of a section, ``model``, ``loss`` or ``gradients``, after ``step`` updates."""
    for row in ROWS:
        if row.section == section:
            yield from (Paragraph(words, remark=True) for words in row.words(s, step))


def _before(s: Solved, step: int, ahead: int = 0) -> list[int]:
    """The states that the page showed before the one after ``step`` updates.

    With ``ahead`` 1 those of its gradients, as a printed step's are of the state before it.
    """
    shown = {0, *(n - ahead for n in s.problem.printed_steps)}
    return sorted(n for n in shown if n < step)


def _units(s: Solved, layer: int) -> list[Unit]:
    return [(layer, j) for j in neurons(s, layer)]


# twins


def twins(s: Solved, layer: int) -> list[list[int]]:
    """The neurons of a layer that begin with the same parameters, as groups of numbers."""
    own = s.problem.layers[layer - 1]
    groups: dict[object, list[int]] = {}
    for j, row in enumerate(own.weights, start=1):
        rest = (numbers and numbers[j - 1] for numbers in (own.biases, own.slopes))
        groups.setdefault((row, *rest), []).append(j)
    return [group for group in groups.values() if len(group) > 1]


def _twins(s: Solved, step: int) -> Iterator[Text]:
    """Said once, of the given numbers: an update only ever tells twins apart."""
    if step:
        return
    for layer in range(1, s.last + 1):
        for group in twins(s, layer):
            outputs = [Var(ids.output(layer, j)) for j in group]
            offset = ["threshold" if layer in s.symbols.thresholds else "bias"]
            names = ["weights", *(offset if s.has_bias(layer) else [])]
            names += ["slope"] if layer in s.symbols.sloped else []
            *rest, last = names
            words = f"{', '.join(rest)} and {last}" if rest else last
            yield (
                *listed(outputs),
                f" come from the same {words}: no number of the forward pass shows a swap "
                "of these neurons.",
                _future(s, layer, group),
            )


def _future(s: Solved, layer: int, group: Sequence[int]) -> str:
    """Whether twins part: what their outgoing weights and their gradients say."""
    names = [[ids.partial(ids.LOSS, p) for p in parameters_of(s, layer, j)] for j in group]
    if layer == s.last or any(name not in s.values for own in names for name in own):
        return ""
    alike = all(
        _equal(s, one, other)
        for first, second in pairwise(names)
        for one, other in zip(first, second, strict=True)
    )
    columns = {tuple(row[j - 1] for row in s.problem.layers[layer].weights) for j in group}
    if len(columns) == 1 and alike and not (s.problem.optimizer.state or s.problem.frozen):
        return " Their outgoing weights are equal too, so they have equal gradients and stay twins."
    if len(columns) > 1 and not alike:
        return " Their outgoing weights differ, and so do their gradients."
    return ""


def _equal(s: Solved, one: str, other: str) -> bool:
    return s.values[one].number.value == s.values[other].number.value


# dead neurons


def is_dead(s: Solved, layer: int, j: int, step: int) -> bool:
    """Whether a ReLU neuron's pre-activation is positive at no sample."""
    if s.problem.layers[layer - 1].activation != "relu":
        return False
    names = (ids.at(ids.pre(layer, j), n) for n in s.samples)
    return all(s.number(name, step).value <= 0 for name in names)


def _dead(s: Solved, step: int) -> Iterator[Text]:
    if s.problem.forward_only:
        return
    before = _before(s, step)[-1:]
    dead = [
        unit
        for layer in range(s.first, s.last + 1)
        for unit in _units(s, layer)
        if is_dead(s, *unit, step) and not any(is_dead(s, *unit, n) for n in before)
    ]
    # what the samples alone decide is one thing, what other neurons can change another
    for some in ([u for u in dead if u[0] == 1], [u for u in dead if u[0] > 1]):
        if some:
            yield _dead_words(s, some)


def _dead_words(s: Solved, units: Sequence[Unit]) -> Text:
    verb, noun = ("is", "a dead neuron") if len(units) == 1 else ("are", "dead neurons")
    where = "at this sample" if len(s.samples) == 1 else "at any sample"
    plural = len(units) > 1
    whose = "their" if plural else "its"
    offset = ""
    if all(s.has_bias(layer) for layer, _ in units):
        is_threshold = all(layer in s.symbols.thresholds for layer, _ in units)
        one, more = ("threshold", "thresholds") if is_threshold else ("bias", "biases")
        offset = f" and {more if plural else one}"
    zero = "no gradient"
    if s.problem.loss.penalty is not None:
        zero = "no gradient but the penalty's"
    return (
        *listed([Var(ids.pre(*unit)) for unit in units]),
        f" {verb} not positive {where}: {noun}, {whose} weights{offset} get {zero}.",
        _revival(s, units),
    )


def _revival(s: Solved, units: Sequence[Unit]) -> str:
    """What can end it: under the plain rule only other inputs, which the first layer never has."""
    if s.problem.loss.penalty is not None or s.problem.optimizer.kind != "gradient_descent":
        return ""
    it, its = ("It stays", "its") if len(units) == 1 else ("They stay", "their")
    if units[0][0] == 1:
        return f" {it} dead, since the samples do not change."
    return f" {it} dead unless {its} inputs change."


# saturation


def _is_cancelled(s: Solved, layer: int) -> bool:
    """Whether the loss's derivative makes up for a small one of the activation."""
    row = LOSSES.get(s.problem.loss.kind)  # a formula of one's own is no row
    return layer == s.last and row is not None and row.shortcut == _activation(s, layer)


def _activation(s: Solved, layer: int) -> str:
    return s.problem.layers[layer - 1].activation


def saturated(s: Solved, layer: int, j: int, step: int) -> dict[int, Number]:
    """The samples at which a neuron is saturated, with the derivative there.

    Of softmax all neurons have to be: one small output means nothing.
    """
    if not row_of(_activation(s, layer)).saturates or _is_cancelled(s, layer):
        return {}
    own = neurons(s, layer) if s.problem.is_coupled(layer) else (j,)
    found = {}
    for n in s.batch(step):
        mine = _slope(s, layer, j, n, step)
        slopes = (_slope(s, layer, k, n, step) for k in own)
        if mine and all(slope and slope.value < SATURATED for slope in slopes):
            found[n] = mine
    return found


def _slope(s: Solved, layer: int, j: int, n: int, step: int) -> Number | None:
    local = ids.at_step(ids.partial(ids.output(layer, j), ids.pre(layer, j), n), step)
    return s.values[local].number if local in s.values else None


def _saturated(s: Solved, step: int) -> Iterator[Text]:
    before = _before(s, step, ahead=1)[-1:]
    for name in (row.name for row in ACTIVATIONS.values() if row.saturates):
        found: list[tuple[Unit, dict[int, Number]]] = []
        for layer in range(s.last, s.first - 1, -1):
            for unit in _units(s, layer) if _activation(s, layer) == name else ():
                now = saturated(s, *unit, step)
                if now and not any(saturated(s, *unit, n) for n in before):
                    found.append((unit, now))
        if found:
            yield _saturated_words(s, name, found)


def _saturated_words(s: Solved, name: str, found: Sequence[tuple[Unit, dict[int, Number]]]) -> Text:
    several = len(s.samples) > 1
    words: list[Inline] = [f"{ACTIVATIONS[name].text} is saturated: "]
    for position, (unit, slopes) in enumerate(found[:MOST_LISTED]):
        words.append(_between(position, min(len(found), MOST_LISTED), len(found) > MOST_LISTED))
        smallest = min(slopes.values(), key=lambda number: number.value)
        local = Partial(ids.output(*unit), ids.pre(*unit))
        relation = "=" if smallest.is_exact else "≈"
        words.append(Equation(local, (Part(relation, Num(smallest)),)))
        words.append(f" at {_samples(slopes, smallest)}" if several else "")
    words.append(" and so on" if len(found) > MOST_LISTED else "")
    words.append(". Hardly any gradient passes where this derivative is below 0.01.")
    return tuple(words)


def _between(position: int, count: int, more: bool) -> str:
    if not position:
        return ""
    return " and " if position == count - 1 and not more else ", "


def _samples(slopes: dict[int, Number], smallest: Number) -> str:
    """``sample 2`` for the smallest derivative, and at how many others it is below the bound."""
    first = next(n for n, number in slopes.items() if number is smallest)
    rest = len(slopes) - 1
    return f"sample {first}{f' (and {rest} more)' if rest else ''}"


# outputs that round to 0 or 1


def _is_rounded(s: Solved, step: int) -> bool:
    return any(is_rounded_away(s, k, n, step) for n in s.samples for k in neurons(s, s.last))


def _rounded_away(s: Solved, step: int) -> Iterator[Text]:
    """How the loss comes about of an output that prints as 0 or 1; said once."""
    if not _is_rounded(s, step) or any(_is_rounded(s, n) for n in _before(s, step)):
        return
    first, *others = (Var(ids.pre(s.last, j)) for j in neurons(s, s.last))
    exponents: list[Formula] = [Neg(first)]
    if s.problem.is_coupled(s.last):
        exponents = [Sum((other, Neg(first))) for other in others]
    powers: list[Formula] = [Apply("exp", exponent) for exponent in exponents]
    if len(powers) > MOST_LISTED:
        powers[1:-1] = [Letter(Glyph("…"))]
    term = Apply("log", Sum((whole(1), *powers)))
    own = Neg(Apply("log", Var(ids.output(s.last, 1))))
    yield (
        "An output that prints as 0 or 1 is only rounded to it; its loss comes from the "
        f"pre-activation{'s' if s.problem.is_coupled(s.last) else ''}, as ",
        Equation(own, (Part("=", term),)),
        ".",
    )


# what no float can hold


def _overflow(s: Solved, step: int) -> Iterator[Text]:
    """A softmax whose exponentials are beyond floats, and how its outputs come about."""
    for layer in range(1, s.last + 1):
        if not s.problem.is_coupled(layer) or any(
            _largest(s, layer, before) > LARGEST_EXPONENT for before in _before(s, step)
        ):
            continue
        largest = _largest(s, layer, step)
        if largest > LARGEST_EXPONENT:
            yield (
                f"Exponentials beyond exp({LARGEST_EXPONENT}) are too large for a computer's "
                "floats. Softmax is computed with the largest pre-activation subtracted from all, "
                "which leaves the outputs as they are.",
            )


def _largest(s: Solved, layer: int, step: int) -> fmpq:
    return max(
        s.number(ids.at(ids.pre(layer, j), n), step).value
        for j in neurons(s, layer)
        for n in s.samples
    )


ROWS = (
    Row("exponentials", "model", _overflow),
    Row("twins", "model", _twins),
    Row("dead", "model", _dead),
    Row("rounded to 0 or 1", "loss", _rounded_away),
    Row("saturated", "gradients", _saturated),
    Row("exactly 0", "gradients", on_kink),
    Row("penalty at 0", "gradients", penalty_kink),
)
"""All remarks, in the order in which a section has them."""
