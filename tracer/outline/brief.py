"""The answers alone: tables and final lines, without prose."""

from __future__ import annotations

from collections.abc import Iterator

from tracer import ids
from tracer.blocks import Block, Display, Heading
from tracer.derivation.forward import loss_numbers
from tracer.derivation.gradients import gradient
from tracer.formula import Equation, Var
from tracer.outline.descent import assignments
from tracer.outline.model import outputs_table
from tracer.outline.own import own_definition, own_layers, own_slopes
from tracer.outline.words import backwards
from tracer.solved import Solved


def definitions(s: Solved) -> Iterator[Block]:
    """The formulas of the user's own that the answers go by."""
    if layers := own_layers(s):
        yield Display(tuple(own_definition(s, layer) for layer in layers))


def model(s: Solved, title: str, step: int) -> Iterator[Block]:
    """The table of all outputs."""
    yield Heading(title)
    yield outputs_table(s, step)


def loss(s: Solved, title: str, step: int) -> Iterator[Block]:
    """The loss in numbers."""
    yield Heading(title)
    parts = s.parts((loss_numbers(s, step),), ids.LOSS, step, newline=False)
    yield Display((Equation(Var(ids.LOSS), parts),), ids.at_step(ids.LOSS, step))


def gradients(s: Solved, step: int = 0) -> Iterator[Block]:
    """Every gradient's final line."""
    yield Heading("Gradients" if step == 0 else f"Gradients of Step {step + 1}")
    if step == 0:
        yield from own_slopes(s)
    for layer in range(s.last, s.first - 1, -1):
        equations = [gradient(s, name, step, symbols=False) for name in backwards(s, layer)]
        if equations:
            yield Display(tuple(equations))


def later_gradients(s: Solved, number: int, before: int) -> Iterator[Block]:
    """The same in a later step; what was printed before is no matter."""
    del before
    yield from gradients(s, number - 1)


def updates(s: Solved, number: int) -> Iterator[Block]:
    """Every parameter's update."""
    yield Heading("Update" if s.problem.steps == 1 else f"Update of Step {number}")
    yield from assignments(s, backwards(s), number)
