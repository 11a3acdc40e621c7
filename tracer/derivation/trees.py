"""Formulas taken apart: the parts of each, its leaves, and the same with some of them changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import fields, replace
from typing import Any

from tracer.formula import Formula


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


def children(formula: Formula) -> Iterator[Formula]:
    """What a formula is put together from, from left to right."""
    for value in _parts(formula).values():
        yield from value if isinstance(value, tuple) else (value,)


def rebuilt(formula: Formula, change: Callable[[Formula], Formula]) -> Formula:
    """The formula with each of these changed."""
    changes: dict[str, Any] = {
        name: tuple(map(change, value)) if isinstance(value, tuple) else change(value)
        for name, value in _parts(formula).items()
    }
    return replace(formula, **changes) if changes else formula


def leaves(formula: Formula) -> Iterator[Formula]:
    """What a formula is made of in the end, from left to right."""
    parts = tuple(children(formula))
    if not parts:
        yield formula
    for part in parts:
        yield from leaves(part)


def mapped(formula: Formula, change: Callable[[Formula], Formula]) -> Formula:
    """The formula with its leaves changed, from left to right."""
    if not _parts(formula):
        return change(formula)
    return rebuilt(formula, lambda part: mapped(part, change))
