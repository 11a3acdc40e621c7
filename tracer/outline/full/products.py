"""Tables of products and their sum: whether their columns come out on a calculator, or nearly."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from operator import mul

from flint import fmpq

from tracer.formula import Num

Worked = tuple[Sequence[Num], Num]
"""The factors of a row as printed, and their product as printed."""


def words_of_table(
    products: Sequence[Worked], total: Num, share: fmpq, added: fmpq
) -> tuple[str, str]:
    """``product`` and ``sum``, each with ``≈`` where the printed numbers come out only nearly.

    Every product has ``share`` as a factor besides; ``added`` is a row that is no product.
    """
    rows = ((reduce(mul, (f.number.value for f in row), share), own) for row, own in products)
    is_exact = all(found == own.number.value for found, own in rows)
    found = sum((own.number.value for _, own in products), added)
    is_sum = found == total.number.value
    return ("product" if is_exact else "product ≈", "sum" if is_sum else "sum ≈")
