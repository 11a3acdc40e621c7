"""Gradient descent: the idea in four steps, and the update."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tracer import ids
from tracer.blocks import Block, Display, Heading, Inline, Paragraph, Steps, Text
from tracer.derivation.updates import made_for, rules, update
from tracer.formula import Equation, Letter, Nabla, Neg, Part, Prod, Sum, Var, whole
from tracer.glyph import Glyph
from tracer.optimizers import OPTIMIZERS
from tracer.outline import matrix
from tracer.outline.full.updates import last_to_change, update_table
from tracer.outline.words import backwards, listed, offsets
from tracer.schema import OPTIMIZERS as OPTIMIZER_SHAPES
from tracer.solved import Solved, Worked
from tracer.symbols import state_glyph


def idea(s: Solved) -> Iterator[Block]:
    """Gradient descent in four steps."""
    yield Heading("Finding Minima via Gradient Descent")
    counter = s.symbols.step
    loss = Var(ids.LOSS)
    over = " over the next batch of samples" if s.is_batched else ""
    start = Equation(Letter(counter), (Part("=", whole(0)),))
    yield Steps(
        (
            (
                "Start: choose values ",
                _point(s, "0"),
                f" for all {_parameters(s)}; set ",
                start,
                ".",
            ),
            ("Compute the gradient of ", loss, over, " at ", _point(s, counter.base), "."),
            _move(s),
            ("Stop once ", loss, " is small enough; otherwise go back to 2."),
        )
    )


def _move(s: Solved) -> Text:
    counter, rate = Letter(s.symbols.step), Var(ids.LEARNING_RATE)
    raised = ("; then raise ", counter, " by one.")
    start = ("Move on: against the gradient ", Var(ids.LOSS), " falls fastest, to first order. ")
    if is_plain(s):
        return (
            *start,
            "The next point is ",
            _rule(s),
            ", where ",
            rate,
            " is the learning rate",
            *raised,
        )
    title = OPTIMIZERS[s.problem.optimizer.kind].title
    words = f"{title[0].upper()}{title[1:]} makes the next point of it as written below, with "
    return (*start, words, rate, " as the learning rate", *raised)


def _parameters(s: Solved) -> str:
    others = offsets(s, range(1, s.last + 1)) or "biases"
    if s.symbols.sloped:
        return f"weights, {others.replace(' and ', ', ')} and slopes"
    return f"weights, {others}" if " and " in others else f"weights and {others}"


def _point(s: Worked, index: str) -> Letter:
    return Letter(s.symbols.parameters(index))


def _rule(s: Worked) -> Equation:
    """The update of all parameters at once: ``a_{n+1} = a_n - γ∇MSE(a_n)``."""
    counter = s.symbols.step.base
    now, then = _point(s, counter), _point(s, f"{counter}+1")
    change = Neg(Prod((Var(ids.LEARNING_RATE), Nabla(s.trace.graph.output, now))))
    return Equation(then, (Part("=", Sum((now, change))),))


def updates(s: Solved, number: int) -> Iterator[Block]:
    """Every parameter's update in step ``number``."""
    plain = is_plain(s)
    if number == 1:
        yield Heading("Finding Minima via Gradient Descent")
        if plain:
            yield Paragraph(
                (
                    "The next point lies against the gradient, the direction in which ",
                    Var(ids.LOSS),
                    " falls fastest to first order:",
                )
            )
            yield Display((_rule(s),))
        else:
            yield from written_rules(s)
        right = "only old ones" if plain else "old ones and those of the lines above"
        rest = f". New values on the left, {right} on the right:"
        if s.shows("updates"):
            rest = last_to_change(s, plain)
        yield Paragraph(("Pick ", *chosen(s, number), rest))
    else:
        yield Heading(f"Update of Step {number}")
        yield Paragraph(("With ", *chosen(s, number), ":"))
    if plain and s.view == "matrix":
        yield from matrix.update(s, number)
        return
    if plain and s.shows("updates"):
        yield update_table(s, number)
        return
    yield from assignments(s, backwards(s), number)


def assignments(s: Worked, parameters: Sequence[str], number: int) -> Iterator[Block]:
    """The updates of some parameters in step ``number``: each with what is made for it before."""
    if is_plain(s):
        yield Display(tuple(update(s, name, number) for name in parameters))
        return
    for parameter in parameters:
        yield Display(tuple(update(s, name, number) for name in made_for(s, parameter)))


def chosen(s: Worked, number: int) -> Iterator[Inline]:
    """The learning rate of step ``number`` and the constants, each with its number."""
    names = [ids.LEARNING_RATE, *s.problem.optimizer.constants]
    return listed([Equation(Var(c), (Part("=", s.num(c, number - 1)),)) for c in names])


def is_plain(s: Worked) -> bool:
    """Whether the one rule is the gradient times the learning rate."""
    return s.problem.optimizer.kind == "gradient_descent"


def written_rules(s: Worked) -> Iterator[Block]:
    """The optimiser's rules in symbols, and what their letters mean."""
    own = s.problem.optimizer
    row = OPTIMIZERS[own.kind]
    counter = s.symbols.step.base
    gradient = Equation(
        Letter(Glyph("g", counter)), (Part("=", Nabla(s.trace.graph.output, _point(s, counter))),)
    )
    yield Paragraph(
        (
            "With ",
            gradient,
            f" the next point by {row.title} ({row.source}) is, for each parameter:",
        )
    )
    yield Display(rules(s))
    kept = [Letter(state_glyph(name)) for name in OPTIMIZER_SHAPES[own.kind].states]
    words: list[Inline] = []
    for position, letter in enumerate(kept):
        words += [" and " if position else "", letter]
    start = "start from the values given" if own.state else "start at 0"
    if len(kept) == 1:
        start = start.replace("start", "starts", 1)
    words.append(f" {start}")
    if any(name.endswith(ids.POWER) for name in s.trace.carried):
        words.append(f"; t counts the steps, from {own.t}")
    yield Paragraph((*words, f". {row.remark}." if row.remark else "."), remark=True)
