"""What could mislead in the numbers of a graph: saturated steps, and ties inside a formula."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache

from flint import fmpq
from sympy import Symbol

from tracer import ids
from tracer.activations import ACTIVATIONS
from tracer.blocks import Block, Paragraph, Text
from tracer.domains import call_exactly
from tracer.expressions import FUNCTIONS, Call, Minus, Name, Sum, Tree
from tracer.formula import Var
from tracer.graph import Template
from tracer.graph_faults import is_zero
from tracer.outline.instability import LARGEST_EXPONENT, SATURATED
from tracer.outline.words import listed
from tracer.rounding import half_unit
from tracer.solved_graph import SolvedGraph
from tracer.trees import names_in, walk

Slope = Callable[[fmpq], fmpq | None]


@cache
def _slopes() -> dict[str, Slope]:
    """The functions of steps that saturate: the derivative of each in its own value."""
    found: dict[str, Slope] = {}
    x, y = Symbol("x", real=True), Symbol("y", real=True)
    for name in FUNCTIONS:
        row = ACTIVATIONS.get(name)
        if row is not None and row.saturates and row.textbook is not None:
            found[name] = call_exactly(Template((y,), row.textbook(x, y)))
    return found


def remarks(s: SolvedGraph, state: int) -> Iterator[Block]:
    """The remarks on the gradients after ``state`` updates; none where nothing is wrong."""
    yield from (Paragraph(words, remark=True) for words in _saturated(s, state))
    yield from (Paragraph(words, remark=True) for words in _ties(s, state))
    yield from (Paragraph(words, remark=True) for words in _overflow(s, state))


def _derived(s: SolvedGraph) -> Iterator[tuple[str, Tree]]:
    """The steps that gradients lead through."""
    for own in s.problem.definitions:
        if ids.partial(s.problem.output, own.id) in s.trace.index:
            yield own.id, own.formula


def _saturated(s: SolvedGraph, state: int) -> Iterator[Text]:
    for function, slope in _slopes().items():
        names = [
            name
            for name, formula in _derived(s)
            if isinstance(formula, Call) and formula.function == function
            if _is_below(s, name, state, slope)
        ]
        if names:
            yield (
                f"{ACTIVATIONS[function].text} is saturated at ",
                *listed([Var(name) for name in names]),
                ": the derivative there is below 0.01, and hardly any gradient passes.",
            )


def _is_below(s: SolvedGraph, name: str, state: int, slope: Slope) -> bool:
    """Whether the derivative is small for all values that a step's printed digits may stand for.

    Both slopes fall on either side of their top, so where both ends are small all between are.
    """
    value = s.number(name, state).value
    half = half_unit(value, s.precision(name))
    ends = (slope(end) for end in (value - half, value + half))
    return all(end is not None and end < SATURATED for end in ends)


def _ties(s: SolvedGraph, state: int) -> Iterator[Text]:
    """Arguments of ReLU, max or min that meet exactly inside a formula, where no line shows it."""
    for name, formula in _derived(s):
        for call in walk(formula):
            if not isinstance(call, Call) or call.function not in _AT_KINK:
                continue
            if call == formula and all(isinstance(arg, Name) for arg in call.args):
                continue  # said where the step's gradient is
            first, *rest = call.args
            difference = Sum((first, *map(Minus, rest)))
            known = {n: s.values[s.trace.at_step(n, state)] for n in names_in(difference)}
            if is_zero(difference, known):
                yield ("In ", Var(name), f" {_AT_KINK[call.function]}.")


def _overflow(s: SolvedGraph, state: int) -> Iterator[Text]:
    """Steps that take an exponential which no float can hold, of a quantity as it stands."""
    names = [
        name
        for name, formula in _derived(s)
        if any(
            isinstance(call, Call)
            and call.function == "exp"
            and isinstance(call.args[0], Name)
            and s.number(call.args[0].name, state).value > LARGEST_EXPONENT
            for call in walk(formula)
        )
    ]
    if names:
        yield (
            "In ",
            *listed([Var(name) for name in names]),
            f" there are exponentials beyond exp({LARGEST_EXPONENT}), too large for a computer's "
            "floats: a program takes the largest exponent off all of them first, as in "
            "log(exp(a) + exp(b)) = a + log(1 + exp(b - a)).",
        )


_AT_KINK = {
    "relu": "ReLU's argument is 0, where it has no derivative: 0 is used",
    "max": "both arguments of max are equal: the derivative is taken by the second",
    "min": "both arguments of min are equal: the derivative is taken by the second",
}
