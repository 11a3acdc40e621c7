"""Loss functions of one output, a row each.

``formula`` is the loss of one output with target ``t`` and output ``y``, before the factor and the
sum or mean over outputs and samples, in the order in which it is printed. ``textbook`` gives the
factors in which books print its derivative with respect to ``y``; a test compares their product
with ``sympy.diff``.

To add a loss, add a row, and its name to ``kind`` in :mod:`tracer.schema`, which knows no SymPy.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sympy import Add, Expr, Integer, Mul, Pow, Symbol


@dataclass(frozen=True, slots=True)
class LossRow:
    """One row: ``formula(t, y)`` in SymPy and the printed factors of its derivative.

    ``textbook(t, y)`` is (constants, expressions): the constants are pulled out in front of a sum
    over samples; each expression stays inside.
    """

    name: str
    formula: Callable[[Symbol, Symbol], Expr]
    textbook: Callable[[Symbol, Symbol], tuple[tuple[int, ...], Expr]]


def _minus(value: Expr, other: Expr) -> Expr:
    # SymPy would sort t - y by name; the order of a book is part of the data
    return Add(value, Mul(Integer(-1), other), evaluate=False)


LOSSES: dict[str, LossRow] = {
    row.name: row
    for row in (
        LossRow(
            "squared_error",
            lambda t, y: Pow(_minus(t, y), 2, evaluate=False),
            # 2 (t - y) (-1): the outer derivative, then the inner one
            lambda t, y: ((2, -1), _minus(t, y)),
        ),
    )
}
