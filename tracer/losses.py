"""Loss functions of one output, a row each.

``formula`` is the loss of one output with target ``t`` and output ``y``, before the factor and the
sum or mean over outputs and samples. ``textbook`` gives the factors in which books print its
derivative with respect to ``y``; a test compares their product with ``sympy.diff``.

To add a loss, add a row.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sympy import Add, Expr, Integer, Mul, Symbol


@dataclass(frozen=True, slots=True)
class LossRow:
    """One row: ``formula(t, y)`` in SymPy and the printed factors of its derivative.

    ``textbook(t, y)`` is (constants, expressions): the constants are pulled out in front of a sum
    over samples; each expression stays inside.
    """

    name: str
    formula: Callable[[Symbol, Symbol], Expr]
    textbook: Callable[[Symbol, Symbol], tuple[tuple[int, ...], Expr]]


LOSSES: dict[str, LossRow] = {
    row.name: row
    for row in (
        LossRow(
            "squared_error",
            lambda t, y: (t - y) ** 2,
            # 2 (t - y) (-1): the outer derivative, then the inner one
            lambda t, y: ((2, -1), Add(t, Mul(Integer(-1), y), evaluate=False)),
        ),
    )
}
