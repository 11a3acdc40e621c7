"""The values of a page: worked out, or known from an earlier solution of the same problem."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tracer.check_options import USUAL
from tracer.errors import InputError
from tracer.graph_faults import explained
from tracer.graph_problem import GraphProblem
from tracer.outline.page import skipped
from tracer.page_options import AUTO
from tracer.printing import Value
from tracer.problem import AnyProblem, Problem
from tracer.solved import Worked
from tracer.trace import Trace
from tracer.values import Progress, state_of
from tracer.workings import evaluated


def same_numbers(one: AnyProblem, other: AnyProblem) -> bool:
    """Whether two problems have the same trace and values, whatever their pages say of them."""
    if isinstance(one, Problem) and isinstance(other, Problem):
        other = replace(other, notation=one.notation)
    return _unspoken(one) == _unspoken(other)


def _unspoken(problem: AnyProblem) -> AnyProblem:
    return replace(problem, title="", question="", page=AUTO, check=USUAL)


def known_values(earlier: Worked | None, wanted: Sequence[str]) -> dict[str, Value]:
    """Values that have been worked out already; empty unless all that are wanted have been."""
    found = {**earlier.values, **earlier.workings} if earlier else {}
    if not found.keys() >= set(wanted):
        return {}
    assert earlier is not None
    index = earlier.trace.index
    return {name: found[name] for name in sorted(wanted, key=lambda n: state_of(index, n)[0])}


def values_of(
    trace: Trace,
    problem: AnyProblem,
    wanted: Sequence[str],
    extra: Sequence[str],
    asked: Sequence[str],
    progress: Progress | None = None,
) -> dict[str, Value]:
    """What the page prints; derivatives that it does without may be too large to have a value."""
    try:
        return evaluated(trace, problem, wanted, extra, progress)
    except InputError as error:
        if isinstance(problem, GraphProblem):
            raise explained(trace, problem, error) from None
        spare = skipped(problem, wanted, asked)
        if not spare.issuperset(fault.where for fault in error.faults):
            raise
    rest = [name for name in wanted if name not in spare]
    return evaluated(trace, problem, rest, extra, progress)
