"""What pictures over two inputs and over one share: states of the network, and samples."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tracer import ids
from tracer.formula import Formula, Var
from tracer.plots.plot import Numbers
from tracer.plots.scale import tick_label
from tracer.plots.words import text
from tracer.solved import Solved

MOST_OUTPUTS, MOST_SAMPLES = 3, 100
# how far beyond the samples a picture goes, in parts of their range
MARGIN = 0.3

Network = Callable[[Sequence[float]], tuple[float, ...]]
States = Sequence[tuple[int, Network]]


def state_words(s: Solved, state: int) -> str:
    """``before``, ``after step 2``."""
    if not s.problem.steps:
        return "output"
    if not state:
        return "before"
    return "after" if s.problem.steps == 1 else f"after step {state}"


def samples(s: Solved) -> str:
    """Which samples are shown, in words."""
    if len(s.problem.data) > MOST_SAMPLES:
        return f"the first {MOST_SAMPLES} of {len(s.problem.data)} samples"
    return "the samples"


def output(s: Solved, k: int) -> Formula:
    """The symbol of the output ``k``, from 1."""
    return Var(ids.output(len(s.problem.sizes) - 1, k))


def at_samples(s: Solved, numbers: Numbers, k: int, states: Sequence[int]) -> str:
    """``At sample 1 it is 0.59 before and 0.81 after, the target is 1.`` For the first few."""
    found = []
    name = ids.output(len(s.problem.sizes) - 1, k)
    for n, sample in enumerate(s.problem.data[:5], start=1):
        values = [numbers.values[s.trace.at_step(ids.at(name, n), own)].number for own in states]
        said = [
            f"{text(s, value)} {state_words(s, own)}" if own or s.problem.steps else text(s, value)
            for value, own in zip(values, states, strict=True)
        ]
        target = text(s, tick_label(sample.targets[k - 1]).number)
        found.append(f"At sample {n} it is {' and '.join(said)}, the target is {target}.")
    more = len(s.problem.data) - 5
    if more > 0:
        found.append(f"There are {more} samples more.")
    return " ".join(found)
