"""Gradients checked against centred differences, (L(w + h) - L(w - h)) / 2h.

The loss alone is computed, from changed values; nothing of the chain rule is used. That no kink
lies between is proven: the loss is computed once more from the interval w - h to w + h as one
ball, in which every case that the rules distinguish must be decided for the whole interval.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, TypeVar

from flint import arb, ctx, fmpq

from tracer import ids
from tracer.domains import EXACT, settled, to_fmpq
from tracer.given import given_values
from tracer.policy import Precision
from tracer.precision import precisions
from tracer.printing import Value
from tracer.problem import AnyProblem
from tracer.program import compile_rules
from tracer.rounding import Number, Undecided, shown
from tracer.trace import Trace

# the widest step first; a narrower one where a kink is too near
STEPS = tuple(Fraction(1, 10**places) for places in (4, 6, 8, 10))
_PRECISIONS = (192, 768, 5_000)
# what balls of these precisions cannot tell from agreement
CLOSEST = 30
_TINY = Precision(0)
_COARSE = arb(fmpq(1, 10))
_NOTHING = arb(fmpq(1, 10**CLOSEST))


@dataclass(frozen=True, slots=True)
class Difference:
    """A gradient beside its centred difference.

    ``step`` is the h of it, None where a kink lies at the value itself or nearer than the smallest.
    ``error`` is the relative error, None where it is too small to be told from 0; ``agreed`` the
    significant digits that agree, None if all do. Of a gradient that is 0 they are the error itself
    and the decimals that agree. Where ``quotient`` is None beside a step, no precision decides it.
    """

    parameter: str
    step: Fraction | None
    quotient: Number | None = None
    error: Number | None = None
    agreed: int | None = None


def differences(
    problem: AnyProblem, trace: Trace, values: Mapping[str, Value], parameters: Sequence[str]
) -> tuple[Difference, ...]:
    """The check of the gradients by ``parameters`` before the first step."""
    work = _Work(problem, trace)
    output = ids.BATCH_LOSS if len(trace.batches) > 1 else trace.graph.output
    gradients = [ids.partial(trace.graph.output, name) for name in parameters]
    centre = work.program((), (*parameters, *gradients))
    loss = work.program((), (output,))
    found = []
    for place, name in enumerate(parameters):
        # a step of a graph is changed as if it were given
        own = loss if name in work.start else work.program((name,), (output,))
        page = values[gradients[place]]

        def difference(
            name: str = name, place: int = place, own: _Run = own, page: Value = page
        ) -> Difference:
            middle = centre({})
            value, gradient = middle[place], middle[place + len(parameters)]
            if page.exact is not None:
                gradient = page.exact
            elif problem.numbers.policy in ("step", "float64"):  # the page's own, as rounded
                gradient = page.number.value
            step = _widest(own, name, value)
            if step is None:
                return Difference(name, None)
            h = to_fmpq(step)
            ends = [own({name: settled(value + end)})[0] for end in (h, -h)]
            quotient = settled((ends[0] - ends[1]) / (2 * h))
            seen = fmpq(0) if abs(quotient) < _NOTHING else quotient
            number = shown(seen, precisions(problem)(gradients[place]))
            if gradient == 0 and seen == 0 and work.is_untouched(output, name, value, h):
                quotient = fmpq(0)
            return Difference(name, step, number, *_agreement(quotient, gradient))

        found.append(_proven(difference) or Difference(name, STEPS[0]))
    return tuple(found)


def recomputed(problem: AnyProblem, trace: Trace, changes: Mapping[str, fmpq]) -> Number | None:
    """The loss over all data with some parameters changed, computed anew.

    None where it has no value there, or none that any precision decides.
    """
    loss = _Work(problem, trace).program((), (trace.graph.output,))
    try:
        return _proven(lambda: shown(loss(changes)[0], precisions(problem)(trace.graph.output)))
    except (ArithmeticError, ValueError):
        return None


_Run = Callable[[Mapping[str, Any]], tuple[Any, ...]]


class _Work:
    """The rules of the first step, ready to be run from changed values."""

    def __init__(self, problem: AnyProblem, trace: Trace) -> None:
        self.start = {name: to_fmpq(value) for name, value in given_values(problem).items()}
        self.rules = {**trace.index, **trace.of_batch[0]}
        self.forward = {*(q.id for q in trace.graph.quantities), ids.BATCH_LOSS}
        self.order = [*(q.id for q in trace.quantities), *trace.of_batch[0]]

    def program(self, changed: Sequence[str], outputs: Sequence[str]) -> _Run:
        """``outputs`` as a function of what is given and of the steps ``changed``."""
        names = (*self.start, *changed)
        program = compile_rules(
            self.rules, self.order, names, outputs, through=lambda name: "settled"
        )
        run = program.bind(EXACT.functions, EXACT.number)
        return lambda changes: run([changes.get(n, self.start.get(n)) for n in names])

    def is_untouched(self, output: str, name: str, value: Any, h: fmpq) -> bool:
        """Whether ``output`` provably reads nothing that differs at the two ends.

        A neuron that is 0 at both is exactly 0 there, whatever the balls around all else.
        """
        forward = [n for n in self.order if self.rules[n].terms and n in self.forward]
        run = self.program(() if name in self.start else (name,), forward)
        above, below = (run({name: settled(value + end)}) for end in (h, -h))
        touched = {name}
        for quantity, one, other in zip(forward, above, below, strict=True):
            if quantity != name and touched.intersection(self.rules[quantity].uses):
                alike = _is_exact(one) and _is_exact(other) and one == other
                touched.update(() if alike else (quantity,))
        return output not in touched


def _is_exact(value: Any) -> bool:
    return not isinstance(value, arb) or bool(value.is_exact())


def _widest(loss: _Run, name: str, value: Any) -> Fraction | None:
    """The widest step between whose ends every case is decided, or None."""
    for step in STEPS:
        try:
            (reached,) = loss({name: arb(value) + arb(0, to_fmpq(step))})
        except (Undecided, ArithmeticError, ValueError):
            continue  # a case, a root, a logarithm or a quotient that the interval leaves open
        if not isinstance(reached, arb) or reached.is_finite():
            return step
    return None


def _agreement(quotient: Any, gradient: Any) -> tuple[Number | None, int | None]:
    """The relative error, and how many significant digits agree."""
    if isinstance(quotient, fmpq) and isinstance(gradient, fmpq) and quotient == gradient:
        return shown(fmpq(0), _TINY), None
    apart = abs(arb(quotient) - arb(gradient))
    size = abs(arb(quotient)).max(abs(arb(gradient)))
    if apart < _NOTHING or apart < _NOTHING * size:
        return None, CLOSEST
    # of 0 there is no relative error, and no significant digit: decimals are counted instead
    error = apart if gradient == 0 else apart / size
    if not error.is_finite():
        raise Undecided
    if error > _COARSE:
        return shown(error, Precision(3, significant=True)), 0
    places = (-error.log() / arb(10).log()).floor().unique_fmpz()
    if places is None:
        raise Undecided
    return shown(error, _TINY), int(places)


_Result = TypeVar("_Result")


def _proven(work: Callable[[], _Result]) -> _Result | None:
    """The result at the first precision that decides all of it; None if none does."""
    for precision in _PRECISIONS:
        with ctx.workprec(precision):
            try:
                return work()
            except Undecided:
                pass
    return None
