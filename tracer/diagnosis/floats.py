"""Rules in plain floats: fast enough to try thousands of them.

What matches is judged at the digits that somebody printed, far coarser than a float.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flint import arb, fmpq

from tracer.domains import FLOAT
from tracer.graph import IDENTITY, PRODUCT, Quantity, Template, Term
from tracer.program import compile_rules

Function = Callable[[Sequence[float]], tuple[float, ...]]
Compiled = tuple[tuple[Function, tuple[str, ...]], ...]


def to_float(value: fmpq | arb) -> float:
    """The nearest float; nan where there is none."""
    try:
        return float(value)
    except (OverflowError, ValueError):
        return math.nan


def _product(values: Sequence[float]) -> tuple[float, ...]:
    return (values[0] * values[1],)


class Functions:
    """Templates as functions of floats, each compiled once."""

    def __init__(self) -> None:
        self._made: dict[Template, Function] = {
            IDENTITY: lambda values: (values[0],),
            PRODUCT: _product,
        }

    def rule(self, terms: Sequence[Term]) -> Compiled:
        """A rule as functions, each with the ids of its arguments."""
        return tuple((self._function(term.template), term.args) for term in terms)

    def _function(self, template: Template) -> Function:
        made = self._made.get(template)
        if made is None:
            made = self._made[template] = _compiled(template)
        return made


def _compiled(template: Template) -> Function:
    names = tuple(f"x{n}" for n in range(len(template.symbols)))
    rule = Quantity("y", (Term(template, names),))
    index = {**{name: Quantity(name) for name in names}, "y": rule}
    program = compile_rules(index, ("y",), names, ("y",), rewritten=FLOAT.rewritten)
    run: Callable[[Sequence[Any]], tuple[Any, ...]] = program.bind(FLOAT.functions, float)
    return run


def worked_out(rule: Compiled, values: Mapping[str, float]) -> float:
    """The value of a rule; nan where there is none."""
    try:
        total = 0.0
        for function, args in rule:
            if function is _product:  # most are: not worth a call
                total += values[args[0]] * values[args[1]]
            elif len(args) == 1:
                total += function((values[args[0]],))[0]
            else:
                total += function([values[arg] for arg in args])[0]
        return total
    except (ArithmeticError, ValueError):
        return math.nan
