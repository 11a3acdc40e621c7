"""A problem made ready to mark any number of submissions.

Whatever does not depend on a submission is worked out once: true values, what is printed, points,
which quantity reads which. Everything here is derived from the problem, and never changes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from flint import arb, fmpq

from tracer import ids
from tracer.marking.asked import answerable, parameters_of, points_of
from tracer.marking.overlay import Overlay, overlay, states_of
from tracer.policy import Precision
from tracer.precision import precisions
from tracer.printing import Value
from tracer.problem import AnyProblem
from tracer.rounding import exact
from tracer.trace import Trace, build
from tracer.values import evaluate, true_values


@dataclass(frozen=True, slots=True)
class Prepared:
    """Everything about a problem that marking needs; ids are those with their step.

    ``true`` has the exact or proven value of every quantity, ``balls`` the same as balls,
    ``printed`` what the solution prints, ``expected`` the text of it (of what is given all of it).
    ``uses``: which quantities each rule reads; ``answerable``: what can be handed in, in order;
    ``points`` those of what is asked for. ``overlays``: the rules as they stand, and where books
    work some of them in other forms by hand, those too. ``old`` has for each new parameter the one
    that it replaces.
    """

    problem: AnyProblem
    trace: Trace
    true: Mapping[str, fmpq | arb]
    balls: Mapping[str, arb]
    printed: Mapping[str, Value]
    expected: Mapping[str, str]
    overlays: tuple[Overlay, ...]
    uses: Mapping[str, tuple[str, ...]]
    order: Mapping[str, int]
    answerable: tuple[str, ...]
    points: Mapping[str, Fraction]
    precision: Callable[[str], Precision]
    old: Mapping[str, str]


def prepare(problem: AnyProblem) -> Prepared:
    """Solve a problem for marking. Raises InputError where a value does not exist."""
    trace = build(problem)
    names = answerable(problem, trace)
    # rounded at each step, values are right to fewer digits; what is true is not rounded
    plain = replace(problem, numbers=replace(problem.numbers, policy="display"))
    unrounded = trace if problem.numbers.policy == "display" else build(plain)
    states = states_of(unrounded, plain)
    true = true_values(unrounded, plain, [n for s in states for n in (*s.inputs, *s.names)])
    printed = evaluate(trace, problem, names)
    given = {
        name: exact(value).text
        for name, value in true.items()
        if name not in printed and isinstance(value, fmpq)
    }
    by_hand = _by_hand(problem)
    others = (states_of(by_hand, plain),) if by_hand.quantities != unrounded.quantities else ()
    uses = {
        name: tuple(dict.fromkeys((*unrounded.rule(name).uses, *by_hand.rule(name).uses)))
        for state in states
        for name in state.names
    }
    old = {
        ids.later(name, state.number + 1): unrounded.at_step(name, state.number)
        for state in states
        if state.carried
        for name in parameters_of(problem, trace)
    }
    return Prepared(
        problem,
        unrounded,
        true,
        {name: arb(value) for name, value in true.items()},
        printed,
        given | {name: value.number.text for name, value in printed.items()},
        (overlay(states, true), *(overlay(other, true) for other in others)),
        uses,
        {name: place for place, name in enumerate(uses)},
        names,
        points_of(problem, names),
        precisions(problem),
        old,
    )


def _by_hand(problem: AnyProblem) -> Trace:
    """The rules as books work them: slopes from outputs, losses from outputs, nothing stabilised.

    The sigmoid's slope is y (1 - y) of the output on the paper, cross-entropy the logarithm of it.
    """
    stepwise = replace(problem, numbers=replace(problem.numbers, policy="step"))
    trace = build(stepwise)
    return replace(trace, quantities=tuple(replace(q, stable=()) for q in trace.quantities))
