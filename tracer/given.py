"""What a problem gives: its numbers by id, and what is due anew at each step."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from tracer import ids
from tracer.graph_problem import GraphProblem
from tracer.parameters import by_id
from tracer.problem import AnyProblem


def given_values(problem: AnyProblem) -> dict[str, Fraction]:
    """The values of all given quantities, by id."""
    if isinstance(problem, GraphProblem):
        return dict(problem.given) | _of_updates(problem)
    found: dict[str, Fraction] = {}
    for i, layer in enumerate(problem.layers, start=1):
        found |= by_id(i, layer.weights, layer.biases, layer.slopes)
    found |= _of_updates(problem)
    for n, sample in enumerate(problem.data, start=1):
        for k, value in enumerate(sample.inputs, start=1):
            found[ids.at(ids.output(0, k), n)] = value
        for k, value in enumerate(sample.targets, start=1):
            found[ids.at(ids.target(k), n)] = value
    return found


def schedule_of(problem: AnyProblem) -> dict[str, tuple[Fraction, ...]]:
    """What is given anew for each step, by id; the last is that of all further steps."""
    found = {ids.LEARNING_RATE: problem.learning_rates} if problem.learning_rates else {}
    if isinstance(problem, GraphProblem) and problem.slopes:
        for name in problem.wrt:
            slopes = tuple(own[name] for own in problem.slopes)
            found[ids.partial(problem.output, name)] = slopes
    return found


def _of_updates(problem: AnyProblem) -> dict[str, Fraction]:
    """What the updates start from: the first of what is due, and what the optimiser has."""
    found = {name: values[0] for name, values in schedule_of(problem).items()}
    own = problem.optimizer
    for name, value in own.constants.items():
        found[name] = value
        found[ids.power(name)] = value ** (own.t - 1)
    return found | dict(own.state)


def due_at(values: Sequence[Fraction], state: int) -> Fraction:
    """What is due after ``state`` updates: one for each, and the last stays."""
    return values[min(state, len(values) - 1)]
