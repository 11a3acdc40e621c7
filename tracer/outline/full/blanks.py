"""Formulas taken apart at their leaves: which are all numbers, and with some changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import fields, replace
from typing import Any

from tracer.formula import Equation, Formula, Num


def _parts(formula: Formula) -> dict[str, Any]:
    """The fields of a formula that are formulas."""
    found = {}
    for own in fields(formula):
        value = getattr(formula, own.name)
        if isinstance(value, Formula) or (
            isinstance(value, tuple) and value and all(isinstance(v, Formula) for v in value)
        ):
            found[own.name] = value
    return found


def leaves(formula: Formula) -> Iterator[Formula]:
    """What a formula is made of in the end, from left to right."""
    parts = _parts(formula)
    if not parts:
        yield formula
    for value in parts.values():
        for part in value if isinstance(value, tuple) else (value,):
            yield from leaves(part)


def mapped(formula: Formula, change: Callable[[Formula], Formula]) -> Formula:
    """The formula with its leaves changed, from left to right."""
    parts = _parts(formula)
    if not parts:
        return change(formula)
    changes: dict[str, Any] = {
        name: tuple(mapped(part, change) for part in value)
        if isinstance(value, tuple)
        else mapped(value, change)
        for name, value in parts.items()
    }
    return replace(formula, **changes)


def is_numeric(formula: Formula) -> bool:
    """Whether a formula has nothing but numbers."""
    return all(isinstance(leaf, Num) for leaf in leaves(formula))


def symbolic(equation: Equation) -> Equation:
    """An equation without its sides of numbers."""
    return Equation(equation.left, tuple(p for p in equation.parts if not is_numeric(p.formula)))


def final(equation: Equation) -> Equation:
    """The final line of a derivation: ``left = numbers = value``."""
    return Equation(equation.left, tuple(p for p in equation.parts if is_numeric(p.formula)))
