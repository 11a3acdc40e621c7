"""What plots say in words: counts of steps, and how a number has changed."""

from __future__ import annotations

from tracer.errors import count
from tracer.rounding import Number
from tracer.solved import Worked


def text(s: Worked, number: Number) -> str:
    """A number as the page prints it."""
    found = number.text
    return found.replace(".", ",") if s.symbols.decimal_comma else found


def steps_in_words(number: int) -> str:
    """``one step``, ``10000 steps``."""
    return "one step" if number == 1 else count(number, "step")


def changed(s: Worked, before: Number, after: Number) -> str:
    """``falls from 1.65 to 0.85``."""
    if before.text == after.text:
        return f"stays at {text(s, before)}"
    word = "falls" if after.value < before.value else "rises"
    return f"{word} from {text(s, before)} to {text(s, after)}"
