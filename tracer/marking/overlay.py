"""The trace evaluated with other values laid over it: what follows from a student's own answers.

Each quantity's rule is worked out in balls over the values in force: the one laid over a quantity,
where there is one, else what its own rule gave. So one pass says of every quantity what follows.
A sign that a ball leaves open is taken to be that of its midpoint, the number on the paper.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sympy
from flint import arb, ctx, fmpq

from tracer import ids
from tracer.domains import BALLS, Domain
from tracer.given import given_values, schedule_of
from tracer.problem import AnyProblem
from tracer.program import compile_rules
from tracer.trace import Trace

_PRECISION = 64
_NOTHING = arb(0, 1) / arb(0)  # no number at all: what follows from it is unknown
# as little is known, but 0 times it is 0; whatever is as wide goes back to it
_ANYTHING, _WIDE = arb(0, arb(2) ** 1000), arb(2) ** 500


def _positive(x: Any) -> bool:
    return bool(x > 0) or (not x <= 0 and bool(x.mid() > 0))


def _root(x: Any) -> Any:
    return _NOTHING if x < 0 else arb(x).sqrt()


def _log(x: Any) -> Any:
    """The logarithm; of an output that was rounded to 0, or to 1, what is due is 0 times it."""
    return arb(x).log() if x > 0 else _ANYTHING


DOMAIN = Domain(
    BALLS.number, {**BALLS.functions, "positive": _positive, "sqrt": _root, "log": _log}
)


@dataclass(frozen=True, slots=True)
class State:
    """What one step works out: the forward and backward pass at a state, and the update after it.

    ``names`` are the ids (with their step) of what the program works out, ``inputs`` those that it
    reads: what steps carry on, what is given, what is due. ``carried`` are the ids that the
    next state has for the first of these. ``has_logs``: whether there are logarithms, which not
    every number on a paper has.
    """

    number: int
    names: tuple[str, ...]
    inputs: tuple[str, ...]
    carried: tuple[str, ...]
    run: Callable[[Sequence[Any]], tuple[Any, ...]]
    has_logs: bool


@dataclass(frozen=True, slots=True)
class Overlay:
    """All states that a problem's solution prints, ready to be run over laid values.

    ``start`` has the true value of every input of every state, as a ball.
    """

    states: tuple[State, ...]
    start: Mapping[str, arb]

    def follows(self, laid: Mapping[str, Any]) -> dict[str, Any]:
        """What every quantity's rule gives where the values in force are ``laid`` over it.

        Between states that are printed one after the other an update carries on what it made;
        where states in between are not printed, the next one starts from the true values.
        """
        found: dict[str, Any] = {}
        with ctx.workprec(_PRECISION):
            made: dict[str, Any] = {}
            for state in self.states:
                values = [
                    laid[name] if name in laid else made[name] if name in made else self.start[name]
                    for name in state.inputs
                ]
                if state.names:  # after the last update of a graph without steps there are none
                    values.append([laid.get(name) for name in state.names])
                results = state.run(values)
                if state.has_logs:
                    results = tuple(map(_narrow, results))
                count = len(state.names)
                found.update(zip(state.names, results, strict=False))
                made = dict(zip(state.carried, results[count:], strict=True))
        return found


def _narrow(value: Any) -> Any:
    """A value, or none where its ball is so wide that it says nothing."""
    return _NOTHING if isinstance(value, arb) and value.rad() > _WIDE else value


def states_of(trace: Trace, problem: AnyProblem) -> tuple[State, ...]:
    """The states before and after every printed step."""
    printed = problem.printed_steps if problem.steps else ()
    numbers = sorted({*(n - 1 for n in printed), *printed}) if printed else [0]
    given, schedule = given_values(problem), schedule_of(problem)
    data = tuple(name for name in given if name in trace.fixed)
    inputs = (*trace.carried, *data, *schedule)
    read = frozenset(inputs)
    forward = [q.id for q in trace.graph.quantities]
    backward = [q.id for q in trace.quantities] + list(trace.of_batch[0])
    updates = [q.id for q in trace.updates]
    handed_on = tuple(ids.later(name, 1) for name in trace.carried) if updates else ()
    kinds: dict[tuple[int, bool], tuple[list[str], Callable[..., tuple[Any, ...]], bool]] = {}
    found = []
    with ctx.workprec(_PRECISION):
        for number in numbers:
            is_last = 0 < problem.steps == number
            key = number % len(trace.batches), is_last
            if key not in kinds:
                order = forward if is_last else [*backward, *updates]
                index = trace.index_at(number)
                # what is given and nothing changes, such as a learning rate without steps, is none
                made = (name for name in dict.fromkeys(order) if index[name].terms)
                names = [name for name in made if name not in read]
                program = compile_rules(
                    index,
                    names,
                    inputs,
                    () if is_last else handed_on,
                    overlaid=names,
                )
                templates = {t.template for name in names for t in index[name].evaluated}
                has_logs = any(template.expr.has(sympy.log) for template in templates)
                kinds[key] = names, program.bind(DOMAIN.functions, DOMAIN.number), has_logs
            names, run, has_logs = kinds[key]
            found.append(
                State(
                    number,
                    tuple(ids.later(name, number) for name in names),
                    tuple(trace.at_step(name, number) for name in inputs),
                    () if is_last else tuple(ids.later(name, number) for name in handed_on),
                    run,
                    has_logs,
                )
            )
    return tuple(found)


def overlay(states: tuple[State, ...], true: Mapping[str, fmpq | arb]) -> Overlay:
    """``states`` from the true values of what they read."""
    with ctx.workprec(_PRECISION):
        return Overlay(states, {name: arb(true[name]) for s in states for name in s.inputs})
