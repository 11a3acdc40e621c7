"""The box with all that is given."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tracer import ids
from tracer.blocks import Block, Display, Flow, Heading, Paragraph, Rule
from tracer.derivation.forward import loss_formula, penalty_terms
from tracer.domains import to_fmpq
from tracer.formula import Equation, Num, Part, Var
from tracer.optimizers import OPTIMIZERS
from tracer.outline.model import penalty_words
from tracer.outline.numbers import numbers_remark
from tracer.outline.question import given, task
from tracer.outline.words import in_words
from tracer.rounding import exact
from tracer.solved import Solved, Worked


def givens(s: Solved) -> Iterator[Block]:
    """The question, with everything that is given in a box."""
    yield Heading("Question")
    yield from boxed(s, given_with_loss(s))
    yield from task(s)


def boxed(s: Worked, blocks: Iterable[Block]) -> Iterator[Block]:
    """What is given between two rules, with how it is rounded."""
    yield Rule(opens=True)
    yield from blocks
    yield from training(s)
    yield from _rounding(s)
    yield Rule(opens=False)


def given_with_loss(s: Solved) -> Iterator[Block]:
    """What is given, and the loss that is to be computed from it."""
    yield from given(s)
    yield Paragraph(("The loss:",))
    yield Display((loss_formula(s),))
    penalty = s.problem.loss.penalty
    if penalty is not None:
        yield Paragraph(penalty_words(s, penalty))
        yield Display((Equation(Var(ids.PENALTY), (Part("=", penalty_terms(s, Var)),)),))


def training(s: Worked) -> Iterator[Block]:
    """How many steps of what, and from which values each gradient is taken."""
    steps, own = s.problem.steps, s.problem.optimizer
    if not steps:
        if ids.partial(s.trace.graph.output, s.trace.graph.parameters[0]) in s.trace.index:
            yield Paragraph(("Only gradients are asked for: no parameter changes.",))
        return
    rates = [Num(exact(to_fmpq(rate))) for rate in s.problem.learning_rates[:1]]
    several = len(s.problem.learning_rates) > 1
    rate = Equation(Var(ids.LEARNING_RATE), (Part("=", rates[0]),))
    title = OPTIMIZERS[own.kind].title
    first_gradient = ids.partial(s.trace.graph.output, s.trace.graph.parameters[0])
    is_given = not s.trace.index[first_gradient].terms
    old = "old values" if steps == 1 else "values from before its step"
    first = " in the first step" if several else ""
    yield Paragraph(
        (
            f"{in_words(steps, 'step').capitalize()} of {title}{_data(s)}, with the learning rate ",
            rate,
            f"{first}.{'' if is_given else f' Every gradient uses the {old}.'}",
        )
    )
    if own.constants:
        yield Flow((tuple(Equation(Var(c), (Part("=", s.num(c, 0)),)) for c in own.constants),))


def _data(s: Worked) -> str:
    """Which samples a step takes."""
    if not isinstance(s, Solved):
        return ""
    if s.is_batched:
        return f" on batches of {in_words(len(s.batch(0)), 'sample')}"
    return " on all data at once" if len(s.samples) > 1 else " on the one sample"


def _rounding(s: Worked) -> Iterator[Block]:
    """How numbers are rounded, as a part of what is given."""
    found = [Paragraph(b.content) for b in numbers_remark(s) if isinstance(b, Paragraph)]
    yield from found or [Paragraph(("No value on this page is rounded.",))]
