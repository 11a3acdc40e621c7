"""The trace in floats, for pictures: losses of all steps, and the network at any inputs."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

from flint import arb, ctx

from tracer import ids
from tracer.domains import BALLS, FLOAT, Domain
from tracer.errors import InputError
from tracer.given import due_at, given_values, schedule_of
from tracer.program import compile_rules
from tracer.rounding import Undecided
from tracer.solved import Solved, Worked
from tracer.values import true_values

# more states than this are not looked at one by one: every so many will do
_MOST_STATES = 10_000
_MOST_POINTS = 200
_BITS = 256


@dataclass(frozen=True)
class Function:
    """What the trace makes of given numbers, in floats: ``outputs`` from ``inputs``."""

    solved: Worked
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]

    def __call__(self, values: Sequence[float]) -> tuple[float, ...]:
        """The values of the outputs; nan where there is none."""
        try:
            return tuple(map(float, self._floats(values)))
        except (ArithmeticError, ValueError):
            pass  # too large or too small for a float on the way: balls have room
        with ctx.workprec(_BITS):
            try:
                return tuple(map(float, self._balls([arb(x) for x in values])))
            except (ArithmeticError, ValueError, Undecided):
                return (math.nan,) * len(self.outputs)

    @cached_property
    def _floats(self) -> Callable[[Sequence[float]], tuple[float, ...]]:
        return self._program(FLOAT)

    @cached_property
    def _balls(self) -> Callable[[Sequence[arb]], tuple[arb, ...]]:
        return self._program(BALLS)

    def _program(self, domain: Domain) -> Callable[[Sequence[Any]], tuple[Any, ...]]:
        trace = self.solved.trace
        order = [q.id for q in trace.quantities]
        program = compile_rules(
            trace.index, order, self.inputs, self.outputs, rewritten=domain.rewritten
        )
        return program.bind(domain.functions, domain.number)


def point(s: Worked, state: int) -> dict[str, float]:
    """Everything that is given, and in place of what learns its values after ``state`` updates."""
    found = {name: float(value) for name, value in given_values(s.problem).items()}
    found |= {name: float(due_at(values, state)) for name, values in schedule_of(s.problem).items()}
    if state:
        names = {s.trace.at_step(name, state): name for name in s.trace.carried}
        values = true_values(s.trace, s.problem, names)
        found |= {names[name]: float(value) for name, value in values.items()}
    return found


def network_at(s: Solved, state: int) -> Callable[[Sequence[float]], tuple[float, ...]]:
    """The network's outputs as a function of its inputs, after ``state`` updates."""
    known = point(s, state)
    sizes = s.problem.sizes
    inputs = [ids.at(ids.output(0, k), 1) for k in range(1, sizes[0] + 1)]
    outputs = tuple(ids.at(ids.output(len(sizes) - 1, k), 1) for k in range(1, sizes[-1] + 1))
    fixed = {n: x for n, x in known.items() if ids.sample(n) is None and n not in inputs}
    function = Function(s, (*fixed, *inputs), outputs)
    values = tuple(fixed.values())
    return lambda at: function((*values, *at))


def along_step(s: Worked, state: int) -> Callable[[float], float]:
    """The loss so many times as far as a step goes: at 0 before it, at 1 after it."""
    before, after = point(s, state), point(s, state + 1)
    function = Function(s, tuple(before), (s.trace.graph.output,))
    start = tuple(before.values())
    way = tuple(after[name] - x if name in s.trace.carried else 0.0 for name, x in before.items())
    return lambda part: function([x + part * d for x, d in zip(start, way, strict=True)])[0]


def losses(s: Worked) -> dict[int, float]:
    """The loss, or the graph's output, after so many updates: of all steps, or every so many.

    Where a later step has none, because the steps diverge, up to the last that is printed.
    """
    last = s.problem.steps
    try:
        return _losses(s, last)
    except InputError:
        printed = max(s.problem.printed_steps)
        if printed == last:
            raise
        return _losses(s, printed)


def _losses(s: Worked, last: int) -> dict[int, float]:
    every = -(-last // _MOST_STATES)
    states = (*range(0, last, every), last)
    names = {s.trace.at_step(s.trace.graph.output, n): n for n in states}
    found = true_values(s.trace, s.problem, names)
    return {n: float(found[name]) for name, n in names.items()}


def thinned(found: Mapping[int, float], most: int = _MOST_POINTS) -> dict[int, float]:
    """At most ``most`` points of a long run: its ends, and the extremes of each part of it.

    Half of the parts are equally long; the others begin with single steps, in which most happens,
    and grow.
    """
    steps = list(found)
    if len(steps) <= most:
        return dict(found)
    parts = most // 4 - 1
    last = len(steps) - 1
    ends = {round(last * n / parts) for n in range(parts + 1)}
    ends |= {round(last ** (n / parts)) for n in range(parts + 1)}
    kept = {0, last}
    for start, end in pairwise(sorted(ends)):
        part = range(start, end)
        kept |= {min(part, key=lambda n: found[steps[n]]), max(part, key=lambda n: found[steps[n]])}
    return {steps[n]: found[steps[n]] for n in sorted(kept)}
