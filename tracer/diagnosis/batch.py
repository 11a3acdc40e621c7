"""All mutants of a quantity as one straight-line program, for the many submissions of a class.

Trying each mutant on its own costs milliseconds; a program of all of them costs as much once, and a
hundredth of it from then on.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tracer.diagnosis.mutant import Mutant
from tracer.diagnosis.rows import Rule
from tracer.domains import FLOAT
from tracer.graph import NOTHING, Quantity, Term
from tracer.program import compile_rules

# the comparison itself, without a function around it: there are hundreds in a program
_FUNCTIONS = {**FLOAT.functions, "positive": (0.0).__lt__}
_ZERO = (Term(NOTHING, ()),)


@dataclass(frozen=True, slots=True)
class Batch:
    """A program from the values of ``inputs`` to the right value, and to those of ``mutants``.

    ``total`` is the sum of the mutants' chances.
    """

    inputs: tuple[str, ...]
    mutants: tuple[Mutant, ...]
    total: float
    run: Callable[[Sequence[Any]], tuple[Any, ...]]

    def values(self, base: Mapping[str, float]) -> tuple[float, ...] | None:
        """The right value, then that of each mutant; None where one of them has none."""
        try:
            return self.run([base[name] for name in self.inputs])
        except (ArithmeticError, ValueError):
            return None

    def other(self, base: Mapping[str, float]) -> Callable[[int], float]:
        """The outcomes by other values, which few submissions need: worked out when asked for."""
        found: list[float] = []

        def outcome(number: int) -> float:
            if not found:
                found.extend(self.values(base) or [math.nan] * (len(self.mutants) + 1))
            return found[number + 1]

        return outcome


def batch(order: Sequence[str], right: Callable[[str], Rule], mutants: Sequence[Mutant]) -> Batch:
    """``order`` is how the quantity comes about, ``right`` the right rule of each of these."""
    rules: dict[str, Rule] = {name: right(name) for name in order}
    outputs = [order[-1]]
    for number, mutant in enumerate(mutants):
        own: dict[str, str] = {}
        for name in mutant.after:
            terms = mutant.terms.get(name, rules[name])
            copy = f"{name}#{number}"
            rules[copy] = tuple(
                Term(term.template, tuple(own.get(arg, arg) for arg in term.args)) for term in terms
            )
            own[name] = copy
        outputs.append(own[mutant.after[-1]])
    read = (arg for rule in rules.values() for term in rule for arg in term.args)
    inputs = tuple(dict.fromkeys(arg for arg in read if arg not in rules))
    index = {name: Quantity(name, rule or _ZERO) for name, rule in rules.items()}
    program = compile_rules(index, tuple(rules), inputs, outputs, rewritten=FLOAT.rewritten)
    total = sum(mutant.chance for mutant in mutants)
    return Batch(inputs, tuple(mutants), total, program.bind(_FUNCTIONS, float))
