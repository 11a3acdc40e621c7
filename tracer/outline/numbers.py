"""What a page says of its numbers."""

from __future__ import annotations

from collections.abc import Iterator

from tracer.blocks import Block, Paragraph
from tracer.errors import count
from tracer.graph_problem import GraphProblem
from tracer.policy import Numbers, Precision
from tracer.solved import Worked

# the kinds of quantities as words, where they differ from their keys
_KINDS = {
    "pre_activations": "pre-activations",
    "local_derivatives": "local derivatives",
    "loss": "the loss",
    "deltas": "derivatives by pre-activations and outputs",
    "weights": "new weights and biases",
    "state": "what the optimiser works out",
}
# of a graph
_STEPS = {"outputs": "steps", "deltas": "derivatives on the way", "weights": "what is updated"}


def digits_in_words(numbers: Numbers, is_graph: bool) -> str:
    """``3 decimals, gradients and the loss to 4 decimals``."""
    words = _count(numbers.precision)
    if not numbers.own:
        return words
    names = _KINDS | (_STEPS if is_graph else {})
    groups: dict[Precision, list[str]] = {}
    for kind, precision in numbers.own.items():
        groups.setdefault(precision, []).append(names.get(kind, kind))
    parts = (f"{' and '.join(own)} to {_count(precision)}" for precision, own in groups.items())
    return ", ".join((words, *parts))


def _count(precision: Precision) -> str:
    return count(precision.count, "significant figure" if precision.significant else "decimal")


def _small(s: Worked) -> str:
    """What decimals do to numbers that they would print as 0, if the page has such."""
    worked = {n: v for n, v in s.values.items() if "e-" in v.number.text and s.trace.rule(n).terms}
    worked |= {name: v for name, v in s.workings.items() if "e-" in v.number.text}
    if all(s.precision(name).significant for name in worked):
        return ""
    return ", smaller ones to three figures with a power of ten,"


def unprinted(s: Worked) -> Iterator[Block]:
    """That the run goes on after the last step that is printed."""
    last, steps = max(s.problem.printed_steps, default=0), s.problem.steps
    if last < steps:
        which = f"Step {steps} is" if last + 1 == steps else f"Steps {last + 1} to {steps} are"
        yield Paragraph((f"{which} not printed.",))


def numbers_remark(s: Worked) -> Iterator[Block]:
    """How the numbers of the page were computed and rounded; nothing where all are exact."""
    numbers = s.problem.numbers
    decimals = digits_in_words(numbers, isinstance(s.problem, GraphProblem))
    if numbers.policy == "float64":
        words = (
            "Computed in float64, the machine's own arithmetic; the digits are rounded to "
            f"{decimals} for display{_small(s)} and are not proven."
        )
    elif numbers.policy == "step":
        words = (
            f"Every result is rounded to {decimals} (ties away from zero) and the rounded value "
            "used onward."
        )
    elif all(value.number.is_exact for value in s.values.values()):
        return
    else:
        words = (
            f"Values are printed to at most {decimals}{_small(s) or (',' if numbers.own else '')} "
            "and carried on unrounded; "
            "≈ stands where the printed digits do not give the right-hand side exactly."
        )
    yield Paragraph((words,), remark=True)
