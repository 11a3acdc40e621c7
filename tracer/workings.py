"""What only a table of the page shows: each term of a gradient's sum, rate times gradient.

They are quantities like any other, with the rules of the trace, but no lines of the solution.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

import sympy
from flint import fmpq

from tracer import ids
from tracer.graph import IDENTITY, PRODUCT, Quantity, Term
from tracer.printing import Value
from tracer.problem import AnyProblem
from tracer.rounding import exact
from tracer.trace import Trace
from tracer.values import Progress, evaluate


def term(gradient: str, position: int) -> str:
    """The id of a term of a gradient's sum, the first at position 0."""
    return f"{gradient}#{position}"


def change(gradient: str) -> str:
    """The id of the learning rate times a gradient."""
    return f"{ids.LEARNING_RATE}*{gradient}"


def evaluated(
    trace: Trace,
    problem: AnyProblem,
    wanted: Iterable[str],
    more: Iterable[str],
    progress: Progress | None = None,
) -> dict[str, Value]:
    """The values of ``wanted``, ids of the trace, and of ``more``, ids of this module."""
    more = tuple(dict.fromkeys(more))
    if problem.numbers.policy != "step":
        return evaluate(_extended(trace, more), problem, (*wanted, *more), progress)
    # by hand nothing on the way to a result is rounded, so these are as long as they come
    found = evaluate(trace, problem, wanted, progress)
    for name in more:
        step, base = ids.split_step(name)
        found[name] = _by_hand(trace, base, step, found)
    return found


def _extended(trace: Trace, more: Iterable[str]) -> Trace:
    """The trace with the rules of these ids, in each batch those of the steps that take it."""
    count = len(trace.batches)
    due: dict[int, list[str]] = {}
    for name in more:
        step, base = ids.split_step(name)
        due.setdefault(step % count, []).append(base)
    added: dict[int, dict[str, Quantity]] = {}
    for phase, names in due.items():
        index = trace.index_at(phase)
        added[phase] = {name: Quantity(name, (_rule(index, name),)) for name in names}
    if count == 1:
        return replace(trace, quantities=(*trace.quantities, *added.get(0, {}).values()))
    of_batch = tuple({**own, **added.get(n, {})} for n, own in enumerate(trace.of_batch))
    return replace(trace, of_batch=of_batch)


def _rule(index: Mapping[str, Quantity], name: str) -> Term:
    gradient, mark, position = name.partition("#")
    if mark:
        return index[gradient].terms[int(position)]
    return Term(PRODUCT, (ids.LEARNING_RATE, name.removeprefix(f"{ids.LEARNING_RATE}*")))


def _by_hand(trace: Trace, name: str, step: int, values: Mapping[str, Value]) -> Value:
    rule = _rule(trace.index_at(step), name)
    filled = rule.template.filled(tuple(_rational(trace, arg, step, values) for arg in rule.args))
    value = fmpq(int(filled.p), int(filled.q))
    return Value(exact(value), value)


def _rational(trace: Trace, name: str, step: int, values: Mapping[str, Value]) -> sympy.Rational:
    rule = trace.index_at(step)[name]
    if len(rule.terms) == 1 and rule.terms[0].template is IDENTITY:  # another name of an output
        return _rational(trace, rule.terms[0].args[0], step, values)
    value = values[trace.at_step(name, step)].number.value
    return sympy.Rational(int(value.p), int(value.q))
