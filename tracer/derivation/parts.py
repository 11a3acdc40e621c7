"""The loss of a sample with several outputs: the part of each, and how they make the whole."""

from __future__ import annotations

from tracer import ids
from tracer.derivation.forward import (
    all_parts,
    loss_term,
    network_output,
    scaled,
    term_numbers,
)
from tracer.domains import to_fmpq
from tracer.formula import Equation, Formula, Part, Var
from tracer.solved import Solved


def part_symbols(s: Solved, k: int) -> Formula:
    """``1/2 (target_{o1} - out_{o1})^2``."""
    own = loss_term(s, Var(ids.target(k)), network_output(s, k))
    return scaled(to_fmpq(s.problem.loss.factor), [own])


def part_numbers(s: Solved, k: int, n: int, step: int) -> Formula:
    """``1/2 (0.01 - 0.75)^2``."""
    own = term_numbers(s, k, n, step)
    return scaled(to_fmpq(s.problem.loss.factor), [own])


def part_equation(s: Solved, k: int, n: int, step: int, left: Formula) -> Equation:
    """``E_{o1} = 1/2 (target_{o1} - out_{o1})^2 = 1/2 (0.01 - 0.75)^2 ≈ 0.27``."""
    numbers = (part_numbers(s, k, n, step),)
    parts = s.parts(numbers, ids.at(ids.part(k), n), step, newline=False)
    return Equation(left, (Part("=", part_symbols(s, k)), *parts))


def sample_equation(s: Solved, n: int, step: int, left: Formula) -> Equation:
    """``E_{total} = E_{o1} + E_{o2} = 0.27 + 0.02 = 0.3``: the loss of one sample."""
    symbols = all_parts(s, lambda k: Var(ids.part(k)))
    numbers = all_parts(s, lambda k: s.num(ids.at(ids.part(k), n), step))
    parts = s.parts((numbers,), ids.at(ids.LOSS, n), step, newline=False)
    return Equation(left, (Part("=", symbols), *parts))
