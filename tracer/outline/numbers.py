"""What a page says of its numbers."""

from __future__ import annotations

from collections.abc import Iterator

from tracer.blocks import Block, Paragraph
from tracer.errors import count
from tracer.solved import Worked


def numbers_remark(s: Worked) -> Iterator[Block]:
    """How the numbers of the page were computed and rounded; nothing where all are exact."""
    numbers = s.problem.numbers
    decimals = count(numbers.digits, "decimal")
    if numbers.policy == "float64":
        words = (
            "Computed in float64, the machine's own arithmetic; the digits are rounded to "
            f"{decimals} for display and are not proven."
        )
    elif numbers.policy == "step":
        words = (
            f"Every result is rounded to {decimals} (ties away from zero) and the rounded value "
            "used onward."
        )
    elif all(value.number.is_exact for value in s.values.values()):
        return
    else:
        words = (
            f"Values are printed to at most {decimals} and carried on unrounded; "
            "≈ stands where the printed digits do not give the right-hand side exactly."
        )
    yield Paragraph((words,), remark=True)
