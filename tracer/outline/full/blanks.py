"""Equations taken apart: their sides of symbols, and those of numbers."""

from __future__ import annotations

from tracer.derivation.trees import leaves
from tracer.formula import Equation, Formula, Num


def is_numeric(formula: Formula) -> bool:
    """Whether a formula has nothing but numbers."""
    return all(isinstance(leaf, Num) for leaf in leaves(formula))


def symbolic(equation: Equation) -> Equation:
    """An equation without its sides of numbers."""
    return Equation(equation.left, tuple(p for p in equation.parts if not is_numeric(p.formula)))


def final(equation: Equation) -> Equation:
    """The final line of a derivation: ``left = numbers = value``."""
    return Equation(equation.left, tuple(p for p in equation.parts if is_numeric(p.formula)))
