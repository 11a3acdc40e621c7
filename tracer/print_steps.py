"""Which steps of a run are printed: those that were chosen, or else all of a few."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tracer.errors import count
from tracer.validation import Findings

# up to here every step is printed; of longer runs the first and the last
MOST_STEPS = 3


def last_printed(steps: Sequence[int]) -> int:
    """The number of updates after which a page with these steps ends."""
    return max(steps, default=0)


def printed_steps(steps: int, chosen: Sequence[int] = ()) -> tuple[int, ...]:
    """The steps that a page shows: the first and those that are ``chosen``.

    Where none are, all of a few, the first and the last of many.
    """
    if chosen and steps:
        return tuple(sorted({1, *chosen}))
    return tuple(range(1, steps + 1)) if steps <= MOST_STEPS else (1, steps)


def check_chosen(training: Mapping[str, Any], found: Findings) -> None:
    """The steps to be printed are steps of the run, in order."""
    chosen, steps = training.get("print") or (), training.get("steps", 1)
    for index, number in enumerate(chosen):
        place = ("training", "print", index)
        if steps is not None and number > steps:
            message = f"there is no step {number:,} to print; the run has {count(steps, 'step')}"
            found.append((place, False, message))
        elif index and number <= chosen[index - 1]:
            message = (
                f"{number:,} comes after {chosen[index - 1]:,}; write steps in order, each once"
            )
            found.append((place, False, message))


def between(before: int, number: int) -> str:
    """``The 98 steps from 2 to 99 run in the same way.``, or "" where there are none."""
    first, last = before + 1, number - 1
    if first > last:
        return ""
    if first == last:
        return f"Step {first} runs in the same way."
    if first + 1 == last:
        return f"Steps {first} and {last} run in the same way."
    return f"The {last - first + 1:,} steps from {first} to {last} run in the same way."
