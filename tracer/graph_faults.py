"""Where a step of a graph has no value: the values that it reads, and its place in the file."""

from __future__ import annotations

from collections.abc import Mapping

from tracer import ids
from tracer.circuit import terms
from tracer.domains import EXACT
from tracer.errors import Fault, InputError
from tracer.expressions import Quotient, Tree
from tracer.graph import Quantity
from tracer.graph_problem import GraphProblem
from tracer.printing import Value
from tracer.program import compile_rules
from tracer.trace import Trace
from tracer.trees import functions_in, names_in, walk
from tracer.values import evaluate

_MOST_VALUES = 6
_OVERFLOW = (
    "; take the largest exponent off all of them, as in exp(a - m)/(exp(a - m) + exp(b - m)), or "
    "use sigmoid or softplus"
)


def explained(trace: Trace, problem: GraphProblem, error: InputError) -> InputError:
    """The same faults, each with what its step reads and where that stands."""
    return InputError(*(_explained(trace, problem, fault) for fault in error.faults))


def _explained(trace: Trace, problem: GraphProblem, fault: Fault) -> Fault:
    step, name = ids.split_step(fault.where)
    own = next((own for own in problem.definitions if own.id == name), None)
    if own is None:
        return fault
    message = fault.message
    if message.startswith("division by zero"):
        message += _values(trace, problem, step, own.formula, by_zero=True)
    else:
        message += _values(trace, problem, step, own.formula, by_zero=False)
        if "large" in fault.message or "beyond" in fault.message:
            message += _OVERFLOW if "exp" in functions_in(own.formula) else ""
    place = problem.places.get(name)
    return Fault(fault.where, f"{message} (the step at {place})" if place else message)


def _values(trace: Trace, problem: GraphProblem, step: int, formula: Tree, *, by_zero: bool) -> str:
    """``; here y = 2``: the names of a formula, or of the denominator in it that is 0."""
    try:
        names = tuple(dict.fromkeys(names_in(formula)))
        known = evaluate(trace, problem, [trace.at_step(name, step) for name in names])
    except InputError:  # what it reads has no value that can be printed
        return ""
    own = {name: known[trace.at_step(name, step)] for name in names}
    start = "here"
    if by_zero:
        quotients = (part for part in walk(formula) if isinstance(part, Quotient))
        below = [own.bottom for own in quotients if names_in(own.bottom)]
        zero = [bottom for bottom in below if len(below) == 1 or is_zero(bottom, own)]
        if zero:
            names, start = tuple(dict.fromkeys(names_in(zero[0]))), "the denominator is 0 at"
    listed = [f"{name} = {own[name].number.text}" for name in names[:_MOST_VALUES]]
    listed += ["and so on"] if len(names) > _MOST_VALUES else []
    return f"; {start} {', '.join(listed)}" if listed else ""


def is_zero(formula: Tree, values: Mapping[str, Value]) -> bool:
    """Whether a formula is exactly 0 at ``values``; False where one of them is irrational."""
    names = tuple(dict.fromkeys(names_in(formula)))
    exact = [values[name].exact for name in names]
    if None in exact:
        return False
    index = {name: Quantity(name) for name in names} | {"": Quantity("", terms(formula))}
    try:
        (found,) = compile_rules(index, ("",), names, ("",)).bind(EXACT.functions, EXACT.number)(
            exact
        )
    except (ArithmeticError, ValueError):
        return False
    return bool(found == 0)
