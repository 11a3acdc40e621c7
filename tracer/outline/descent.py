"""Gradient descent: the idea in four steps, and the update."""

from __future__ import annotations

from collections.abc import Iterator

from tracer import ids
from tracer.blocks import Block, Display, Heading, Paragraph, Steps
from tracer.derivation.gradients import update
from tracer.formula import Equation, Letter, Nabla, Neg, Part, Prod, Sum, Var, whole
from tracer.outline.words import backwards
from tracer.solved import Solved


def idea(s: Solved) -> Iterator[Block]:
    """Gradient descent in four steps."""
    yield Heading("Finding Minima via Gradient Descent")
    counter = s.symbols.step
    loss = Var(ids.LOSS)
    start = Equation(Letter(counter), (Part("=", whole(0)),))
    yield Steps(
        (
            (
                "Start: choose values ",
                _point(s, "0"),
                " for all weights and biases; set ",
                start,
                ".",
            ),
            ("Compute the gradient of ", loss, " at ", _point(s, counter.base), "."),
            (
                "Move on: against the gradient ",
                loss,
                " falls fastest, to first order. The next point is ",
                _rule(s),
                ", where ",
                Var(ids.LEARNING_RATE),
                " is the learning rate; then raise ",
                Letter(counter),
                " by one.",
            ),
            ("Stop once ", loss, " is small enough; otherwise go back to 2."),
        )
    )


def _point(s: Solved, index: str) -> Letter:
    return Letter(s.symbols.parameters(index))


def _rule(s: Solved) -> Equation:
    """The update of all parameters at once: ``a_{n+1} = a_n - γ∇MSE(a_n)``."""
    counter = s.symbols.step.base
    now, then = _point(s, counter), _point(s, f"{counter}+1")
    change = Neg(Prod((Var(ids.LEARNING_RATE), Nabla(now))))
    return Equation(then, (Part("=", Sum((now, change))),))


def updates(s: Solved, number: int) -> Iterator[Block]:
    """Every parameter's update in step ``number``."""
    rate = Equation(Var(ids.LEARNING_RATE), (Part("=", s.num(ids.LEARNING_RATE, 0)),))
    if number == 1:
        yield Heading("Finding Minima via Gradient Descent")
        yield Paragraph(
            (
                "The next point lies against the gradient, the direction in which ",
                Var(ids.LOSS),
                " falls fastest to first order:",
            )
        )
        yield Display((_rule(s),))
        yield Paragraph(("Pick ", rate, ". New values on the left, only old ones on the right:"))
    else:
        yield Heading(f"Update of Step {number}")
        yield Paragraph(("With ", rate, ":"))
    yield Display(tuple(update(s, name, number) for name in backwards(s)))
