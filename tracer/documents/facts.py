"""What is true of a problem, what follows from what somebody stated, and how far digits reach."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

from flint import arb, ctx, fmpq

from tracer import ids
from tracer.answers.submission import Reading
from tracer.answers.trees import Number, Over
from tracer.documents.evaluating import Function, Scope, functions
from tracer.documents.names import Names
from tracer.documents.points import Point, nearby, overlaid
from tracer.errors import InputError
from tracer.outline.page import needed
from tracer.policy import Precision
from tracer.precision import precisions
from tracer.printing import Value
from tracer.problem import AnyProblem
from tracer.reading import canonical
from tracer.rounding import Saturated, Undecided, half_unit, rounded_to
from tracer.trace import Trace
from tracer.values import evaluate

_MOST_STEPS_RUN = 4
"""Above so many steps what they hand on is taken from an evaluation, not run anew at each point."""
_SEEDS = (1, 2)
_MOST_PLACES = 30
_SLACK = 3


class Facts:
    """The values of a problem, exact or proven, and those that follow from stated ones."""

    def __init__(self, problem: AnyProblem, trace: Trace, names: Names) -> None:
        self.problem = problem
        self.trace = trace
        self.names = names
        self.precision: Callable[[str], Precision] = precisions(problem)
        self.stated: dict[str, Reading] = {}

    def lay_over(self, stated: Mapping[str, Reading]) -> None:
        """From here on what was stated counts."""
        self.stated = dict(stated)
        for name in ("own", "places", "_rounded"):
            self.__dict__.pop(name, None)

    @cached_property
    def states(self) -> tuple[int, ...]:
        """After how many updates a page shows values."""
        printed = self.problem.printed_steps
        return tuple(sorted({0, *printed, *(step - 1 for step in printed)}))

    @cached_property
    def shown(self) -> tuple[str, ...]:
        """The ids of all that a page may show."""
        return tuple(dict.fromkeys(self._shown()))

    def _shown(self) -> Iterator[str]:
        trace = self.trace
        for state in self.states:
            is_last = bool(trace.steps) and state == trace.steps
            for name in trace.index_at(state):
                step, base = ids.split_step(name)
                if not (is_last and (step or (base.startswith("d") and "/d" in base))):
                    yield trace.at_step(base, state + step)

    @cached_property
    def _evaluated(self) -> Mapping[str, Value]:
        """What only an evaluation knows: of long runs, of values rounded on the way."""
        rounded = self.problem.numbers.policy in ("step", "float64")
        if not rounded and self.trace.steps <= _MOST_STEPS_RUN:
            return {}
        try:
            return evaluate(self.trace, self.problem, needed(self.problem, self.trace, ()))
        except InputError:
            return {}

    @cached_property
    def true(self) -> Point:
        """The right values: fractions, and balls where they are irrational."""
        stated: dict[str, Any] = {}
        for name, value in self._evaluated.items():
            if value.exact is not None:
                stated[name] = value.exact
            else:
                number = value.number.value
                stated[name] = arb(number, half_unit(number, self.precision(_base(name))))
        return overlaid(self.trace, self.problem, stated)

    @cached_property
    def unrounded(self) -> Point:
        """The values without what the problem rounds on the way."""
        return overlaid(self.trace, self.problem, {})

    @cached_property
    def own(self) -> Point:
        """What follows from what was stated; what was not is right."""
        found = dict(self.true.stated)
        for name, reading in self.stated.items():
            true = self.true[name]
            is_true = isinstance(true, fmpq) and true == reading.value
            found[name] = true if is_true else as_ball(reading)
        return overlaid(self.trace, self.problem, found)

    @cached_property
    def here(self) -> Point:
        """The right values in floats."""
        return self._floats(None)

    @cached_property
    def near(self) -> tuple[Point, ...]:
        """A few points nearby."""
        return tuple(self._floats(seed) for seed in _SEEDS)

    def _floats(self, seed: int | None) -> Point:
        kept: dict[str, float] = {}
        if self.trace.steps > _MOST_STEPS_RUN:
            for state in self.states[1:]:
                for name in self.trace.carried:
                    value = self._evaluated.get(ids.later(name, state))
                    if value is not None:
                        kept[ids.later(name, state)] = _float(value.exact or value.number.value)
        return nearby(self.trace, self.problem, kept, seed)

    def follows(self, name: str) -> list[Any]:
        """What a quantity may be: right, and by its rule from what was stated."""
        found = [self.true[name]]
        if self.stated:
            found.append(self.own.rule(name))
        if self.problem.numbers.policy == "step":
            found = [self.unrounded[name], *(self._widened(name, value) for value in found)]
        return [value for value in found if value is not None]

    def terms(self, name: str) -> int:
        """How often a quantity may be rounded on paper: in each of its terms, and before."""
        return _SLACK * max(len(self.true.terms(name)), 1)

    def _widened(self, name: str, value: Any) -> Any:
        if value is None:
            return None
        middle = fmpq_of(value)
        return arb(value) + arb(0, half_unit(middle, self.precision(_base(name))))

    @cached_property
    def functions(self) -> Mapping[tuple[str, bool], Function]:
        """The page's functions, of fractions and balls."""
        return functions(self.problem, True)

    @cached_property
    def float_functions(self) -> Mapping[tuple[str, bool], Function]:
        """The same of floats."""
        return functions(self.problem, False)

    def in_numbers(self, point: Point | None = None, step: int = 0) -> Scope:
        """To work out what is printed."""
        return Scope(self.names, point, self.functions, True, self.half, self.samples, step)

    def at(self, point: Point, step: int) -> Scope:
        """To work out symbols at a point in floats."""
        return Scope(self.names, point, self.float_functions, False, self.half, self.samples, step)

    def samples(self, tree: Over, step: int) -> Sequence[int]:
        """The samples that a sum runs over: all, or those of the batch if it says so."""
        if self.names.is_graph:
            return ()
        if len(self.trace.batches) > 1:
            batch = canonical(str(self.names.symbols.batch))
            if canonical(tree.below).endswith(batch):
                return self.trace.batch(step)
        return self.every

    @cached_property
    def every(self) -> range:
        """The numbers of all samples."""
        return range(1, self.trace.graph.samples + 1)

    def half(self, tree: Number) -> fmpq:
        """How far what a printed number stands for may lie from it.

        What the problem has exactly is exact, as whole numbers are, unless a value that is not
        rounds to the same.
        """
        if tree.half == 0 or tree.half > fmpq(1, 2):
            return tree.half
        size = abs(tree.value)
        known = self._rounded.get(size)
        if known is not None:
            return max(known, fmpq(0)) if size.q == 1 or size in self._exact else tree.half
        return fmpq(0) if size.q == 1 or size in self._exact else tree.half

    def printed(self, tree: Number, relation: str) -> fmpq:
        """The same of a number that is a result: half a unit of its last place.

        What is whole may have lost its zeros; it has as many places as others of the page, or
        those that a value of its kind is rounded to.
        """
        if tree.half == 0 or tree.half > fmpq(1, 2) or tree.value.q != 1:
            return tree.half
        asked = half_unit(tree.value, self.problem.numbers.precision)
        if relation != "=":
            asked = max(asked, self._rounded.get(abs(tree.value), fmpq(0)))
        if not self.places:
            return asked if relation == "=" else max(asked, tree.half)
        return max(asked, fmpq(1, 2) / fmpq(10) ** self.places)

    @cached_property
    def places(self) -> int:
        """How many decimals most answers have that have any."""
        found = Counter(own.decimals for own in self.stated.values() if own.decimals)
        return min(found.most_common(1)[0][0] or 0, _MOST_PLACES) if found else 0

    @cached_property
    def followed(self) -> int:
        """Up to which step the page shows all: what comes later depends on digits not on it."""
        return next(n for n in range(len(self.states) + 1) if n not in self.states) - 1

    @cached_property
    def _values(self) -> list[tuple[str, Any]]:
        return [(name, self.true[name]) for name in self.shown]

    @cached_property
    def _exact(self) -> frozenset[fmpq]:
        values = {abs(value) for _, value in self._values if isinstance(value, fmpq)}
        return frozenset(values | {abs(fmpq(*_ratio(v))) for v in self._given})

    @property
    def _given(self) -> Iterator[Any]:
        own = self.problem
        yield from own.learning_rates
        yield from own.optimizer.constants.values()

    @cached_property
    def _rounded(self) -> Mapping[fmpq, fmpq]:
        """What values are printed as that have more digits, and how far off that may be."""
        found: dict[fmpq, fmpq] = {}
        for name, value in self._values:
            if value is None or isinstance(value, int):
                continue
            precision = self.precision(_base(name))
            printed = self._evaluated.get(name)
            try:
                number = printed.number.value if printed else rounded_to(value, precision)
                if not isinstance(value, fmpq) or number != value:
                    half = half_unit(number, precision)
                    found[abs(number)] = max(half, found.get(abs(number), half))
            except (Undecided, Saturated, ArithmeticError, ValueError):
                continue
        for name, reading in self.stated.items():
            if self.true[name] != reading.value:
                size = abs(reading.value)
                found[size] = max(reading.half, found.get(size, reading.half))
        return found


def _base(name: str) -> str:
    return ids.base(ids.split_step(name)[1])


def _ratio(value: Any) -> tuple[int, int]:
    numerator, denominator = value.as_integer_ratio()
    return int(numerator), int(denominator)


def _float(value: fmpq) -> float:
    return int(value.p) / int(value.q)


def as_ball(reading: Reading) -> Any:
    """All that a reading may stand for."""
    return arb(reading.value, reading.half) if reading.half else reading.value


def meets(a: Any, b: Any) -> bool:
    """Whether two values may be one."""
    if isinstance(a, fmpq) and isinstance(b, fmpq):
        return bool(a == b)
    with ctx.workprec(128):
        return bool(arb(a).overlaps(arb(b)))


def fmpq_of(value: Any) -> fmpq:
    """The middle of a ball, or the fraction itself."""
    if isinstance(value, arb):
        mantissa, exponent = value.mid().man_exp()
        power = fmpq(2) ** abs(int(exponent))
        return fmpq(mantissa) * power if exponent >= 0 else fmpq(mantissa) / power
    return fmpq(value)


def half_of(value: Any) -> fmpq:
    """The radius of a ball, 0 of a fraction."""
    return fmpq_of(value.rad()) if isinstance(value, arb) else fmpq(0)
