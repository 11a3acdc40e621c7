"""What a plot is: a picture, and the sentence that stands above it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tracer.blocks import Text
from tracer.drawing import Drawing
from tracer.printing import Value
from tracer.rounding import Number
from tracer.solved import Worked


@dataclass(frozen=True, slots=True)
class Plot:
    """A picture, and in words what it shows and how to read it."""

    drawing: Drawing
    words: Text


@dataclass(frozen=True)
class Numbers:
    """The printed values of what plots state, before the first step and after the ``last``."""

    values: Mapping[str, Value]
    solved: Worked
    last: int

    def before(self, name: str) -> Number:
        """What is printed of a quantity before the first step."""
        return self.values[name].number

    def after(self, name: str) -> Number:
        """What is printed of it after the last step that is printed."""
        return self.values[self.solved.trace.at_step(name, self.last)].number
