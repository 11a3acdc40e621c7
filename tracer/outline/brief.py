"""The answers alone: tables and final lines, without prose."""

from __future__ import annotations

from collections.abc import Iterator

from tracer import ids
from tracer.blocks import Block, Display, Heading
from tracer.derivation.forward import loss_numbers
from tracer.derivation.gradients import gradient
from tracer.derivation.updates import made_for, update
from tracer.formula import Equation, Var
from tracer.outline.model import outputs_table
from tracer.outline.words import backwards
from tracer.solved import Solved


def model(s: Solved, title: str, step: int) -> Iterator[Block]:
    """The table of all outputs."""
    yield Heading(title)
    yield outputs_table(s, step)


def loss(s: Solved, title: str, step: int) -> Iterator[Block]:
    """The loss in numbers."""
    yield Heading(title)
    parts = s.parts((loss_numbers(s, step),), ids.LOSS, step, newline=False)
    yield Display((Equation(Var(ids.LOSS), parts),), ids.at_step(ids.LOSS, step))


def gradients(s: Solved, step: int) -> Iterator[Block]:
    """Every gradient's final line."""
    yield Heading("Gradients" if step == 0 else f"Gradients of Step {step + 1}")
    for layer in range(s.last, s.first - 1, -1):
        equations = [gradient(s, name, step, symbols=False) for name in backwards(s, layer)]
        if equations:
            yield Display(tuple(equations))


def updates(s: Solved, number: int) -> Iterator[Block]:
    """Every parameter's update."""
    yield Heading("Update" if s.problem.steps == 1 else f"Update of Step {number}")
    if s.problem.optimizer.kind == "gradient_descent":
        yield Display(tuple(update(s, name, number) for name in backwards(s)))
        return
    for parameter in backwards(s):
        yield Display(tuple(update(s, name, number) for name in made_for(s, parameter)))
