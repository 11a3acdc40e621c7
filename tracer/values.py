"""Evaluate a trace: exactly where every rule is rational, else in balls with proven bounds.

Rational values are fractions (`fmpq`). The first irrational function turns what follows into balls
(`arb`), whose precision is doubled until every sign and every printed digit is certain. Two other
policies are as named in the problem: ``step`` rounds every quantity before it is used, and
``float64`` is the machine's own arithmetic, whose digits are not proven.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache, cached_property
from itertools import chain
from types import MappingProxyType
from typing import Any, TypeVar

from flint import arb, ctx, fmpq

from tracer import ids
from tracer.cancellation import decided
from tracer.domains import (
    BALLS,
    EXACT,
    FLOAT,
    FRACTIONS,
    Domain,
    TooLong,
    TooSmall,
    to_fmpq,
)
from tracer.errors import Fault, InputError
from tracer.given import due_at, given_values, schedule_of
from tracer.graph import Quantity
from tracer.policy import Precision
from tracer.precision import precisions
from tracer.printing import How, Value, printed, shown_if_short
from tracer.problem import AnyProblem, Problem
from tracer.program import FILE, ROUNDED, Program, compile_rules
from tracer.results import log_of_0, logarithms, results_of
from tracer.rounding import (
    Number,
    Saturated,
    Undecided,
    exact,
    fraction,
    rounded_to,
    shown,
    shown_apart_from_one,
    stated,
)
from tracer.stable import is_stable
from tracer.trace import Trace

Progress = Callable[[int, int], None]
_T = TypeVar("_T")
# of a quantity's id, the state, and what the program gives for it
_Read = Callable[[str, int, Any], _T]

_FIRST_PRECISION = 128
_LAST_PRECISION = 16_384
# from here on a sign may be open because the value is 0, which SymPy may show; so often it is asked
_PRECISION_FOR_PROOF = 1_024
_MOST_PROOFS = 40
# what tells numbers apart: so many bits, or for what may be 0 an error that no page could show
_LEAST_ACCURACY = 64
_NEGLIGIBLE = 1e-300
_LARGEST = 10**100
_LARGEST_FLOAT = float(_LARGEST)
_TOO_LARGE = "it is too large for float64; another number policy can hold it"
_TOO_SMALL = "it is so small that float64 has 0 for it; another number policy can hold it"


def evaluate(
    trace: Trace,
    problem: AnyProblem,
    wanted: Iterable[str],
    progress: Progress | None = None,
) -> dict[str, Value]:
    """The values of the ids in ``wanted`` (of any step up to the trace's last).

    ``progress`` is told how many passes through the network are done, and of how many; both begin
    anew where precision is raised. Raises InputError at the quantity where a value does not exist
    or grows without bound.
    """
    run = _Run(trace, problem, tuple(dict.fromkeys(wanted)))
    return _until_decided(run, run.value, progress)


def state_of(index: Container[str], name: str) -> tuple[int, str]:
    """After how many steps a quantity is computed, and its name then; values are in this order."""
    state, base = ids.split_step(name)
    # what is in no state's ``index`` only the update before it makes
    return (state, base) if base in index else (state - 1, ids.later(base, 1))


def true_values(trace: Trace, problem: AnyProblem, wanted: Iterable[str]) -> dict[str, fmpq | arb]:
    """The values of the ids in ``wanted``, unrounded: fractions, or balls of 64 bits and more.

    Raises InputError as `evaluate` does.
    """
    run = _Run(trace, problem, tuple(dict.fromkeys(wanted)))
    return _until_decided(run, run.true, None)


def _until_decided(run: _Run, read: _Read[_T], progress: Progress | None) -> dict[str, _T]:
    """All that is wanted, as ``read`` has it, at the first precision that leaves nothing open."""
    precision = _FIRST_PRECISION
    while True:
        with ctx.workprec(precision):
            try:
                return run.attempt(read, progress)
            except Undecided as undecided:
                if precision >= _PRECISION_FOR_PROOF and run.decide(undecided.where):
                    continue
                if precision >= _LAST_PRECISION:
                    reason = (
                        f"its sign or a digit can't be proven with {precision} bits, as where a "
                        "value is exactly on a tie or errors grow from step to step; other digits, "
                        'fewer steps or the policy "float64", which proves nothing, may do'
                    )
                    raise InputError(Fault(undecided.where or "numbers", reason)) from None
        precision *= 2


@dataclass(frozen=True, slots=True)
class _Advance:
    """The update by one batch: the program, and the data that it reads.

    ``named``: the batch's samples for those of the batch that the program was compiled for.
    """

    program: Program
    run: Callable[[Sequence[Any]], tuple[Any, ...]]
    domain: Domain
    known: Sequence[Any]
    named: Mapping[int, int]


class _Run:
    """One evaluation: programs compiled once, then run at as many precisions as it takes."""

    def __init__(self, trace: Trace, problem: AnyProblem, wanted: Sequence[str]) -> None:
        self.numbers = problem.numbers
        self.precision = precisions(problem)
        self.given = dict.fromkeys(trace.carried, Fraction(0)) | given_values(problem)
        batch = [name for name in trace.of_batch[0] if name not in trace.fixed]
        local = [q.id for q in trace.quantities]
        self.order = [*local, *batch, *(q.id for q in trace.updates)]
        self.trace = trace
        self.schedule = schedule_of(problem)
        self.results = results_of(problem, trace) if self.numbers.policy == "step" else frozenset()
        self.logarithms = logarithms(problem)
        self.is_stable = isinstance(problem, Problem) and is_stable(problem)
        self.log_of_0 = log_of_0(problem)
        self.data = tuple(name for name in self.given if name in trace.fixed)
        self.wanted = self._by_state(wanted)
        self.last = max(self.wanted, default=0)
        self.updates = tuple(ids.later(name, 1) for name in trace.carried)
        self.programs: dict[int, Program] = {}
        self.tried: set[str] = set()
        self.shown: dict[int, dict[str, Quantity]] = {}
        self.reached: dict[int, Sequence[Any]] = {}
        known: dict[tuple[int, tuple[str, ...]], Program] = {}
        for state, names in self.wanted.items():
            # where the run goes on, what is printed and the update share a program
            outputs = names if state == self.last else names + self.updates
            key = state % len(trace.batches), outputs
            if key not in known:
                known[key] = self._program(outputs, state, self.data)
            self.programs[state] = known[key]

    def decide(self, name: str) -> bool:
        """Whether a quantity is shown to be, or to depend on, exactly 0: its rule is replaced.

        That takes a state that is printed, whose parameters are rational where it reads them.
        """
        state, base = ids.split_step(name)
        fits = base in self.trace.index and state in self.reached and self.domain is EXACT
        if not fits or name in self.tried or len(self.tried) >= _MOST_PROOFS:
            return False
        self.tried.add(name)
        carried = dict(zip(self.trace.carried, self.reached[state], strict=True))
        due = {name: due_at(values, state) for name, values in self.schedule.items()}
        known = {name: to_fmpq(value) for name, value in {**self.given, **due}.items()} | carried
        rational = {name: value for name, value in known.items() if isinstance(value, fmpq)}
        found = decided(base, self.trace.index_at(state), rational)
        if found is None:
            return False
        self.shown.setdefault(state, {})[base] = found
        self.programs[state] = self._program(self.programs[state].outputs, state, self.data)
        return True

    def _by_state(self, wanted: Sequence[str]) -> dict[int, tuple[str, ...]]:
        found: dict[int, list[str]] = {}
        for name in wanted:
            state, base = state_of(self.trace.index, name)
            if base not in self.trace.index:
                raise KeyError(name)
            found.setdefault(state, []).append(base)
        return {state: tuple(names) for state, names in sorted(found.items())}

    def _program(
        self,
        outputs: Sequence[str],
        state: int,
        data: Sequence[str],
        through: Callable[[str], str] | None = None,
    ) -> Program:
        """The program of a state, from what steps carry on, its data and what is due."""
        return compile_rules(
            {**self.trace.index_at(state), **self.shown.get(state, {})},
            self.order,
            (*self.trace.carried, *data, *self.schedule),
            outputs,
            through=through or self._through,
            rewritten=self.domain.rewritten,
        )

    def _due(self, state: int, domain: Domain) -> tuple[Any, ...]:
        """What is given for the update that comes after ``state`` updates, as learning rates."""
        schedule = self.schedule.items()
        return tuple(_made(domain, name, due_at(values, state)) for name, values in schedule)

    def _advances(self, domain: Domain, through: Callable[[str], str]) -> list[_Advance]:
        """The update alone by each batch; batches of a size run one program on their own data."""
        ready: dict[int, tuple[Program, Any, tuple[int, ...]]] = {}
        found = []
        for phase, batch in enumerate(self.trace.batches):
            data = [name for n in (0, *batch) for name in self._by_sample[n]]
            if len(batch) not in ready:
                program = self._program(self.updates, phase, data, through)
                ready[len(batch)] = program, self._bound(program, domain), batch
            program, run, first = ready[len(batch)]
            known = [_made(domain, name, self.given[name]) for name in data]
            found.append(
                _Advance(program, run, domain, known, dict(zip(first, batch, strict=True)))
            )
        return found

    @cached_property
    def _by_sample(self) -> Mapping[int, list[str]]:
        """What is given and fixed, by its sample; of none, or where all are one batch, under 0."""
        found: dict[int, list[str]] = {n: [] for n in (0, *chain(*self.trace.batches))}
        for name in self.data:
            sample = ids.sample(name) if len(self.trace.batches) > 1 else None
            found[sample or 0].append(name)
        return found

    def _through(self, name: str) -> str:
        """The function that a quantity passes through before it is used: results are rounded."""
        if self.numbers.policy == "float64":
            return ""
        return _rounder(self.precision(name)) if name in self.results else "settled"

    def _how(self, name: str) -> How:
        """How a quantity is shown: apart from 1 where the loss takes its logarithm."""
        if not name.startswith(self.logarithms):
            return shown
        return shown_if_short if self.is_stable else shown_apart_from_one

    @cached_property
    def domain(self) -> Domain:
        """The kind of number that the problem's policy asks for."""
        policy = self.numbers.policy
        if policy == "step":
            used = {self.precision(name) for name in self.results}
            return Domain(to_fmpq, {**EXACT.functions, **{_rounder(p): _round(p) for p in used}})
        return {"float64": FLOAT, "exact": FRACTIONS}.get(policy, EXACT)

    @cached_property
    def start(self) -> Mapping[str, Any]:
        """The given numbers, as the domain has them."""
        return {name: _made(self.domain, name, value) for name, value in self.given.items()}

    def attempt(self, read: _Read[_T], progress: Progress | None) -> dict[str, _T]:
        """Run all steps at the working precision in force; raises Undecided if it is too low."""
        carried: Sequence[Any] = [self.start[name] for name in self.trace.carried]
        data = [self.start[name] for name in self.data]
        found: dict[str, _T] = {}
        step = self._stepper()
        for state in range(self.last + 1):
            if state not in self.programs:
                carried = step(carried, state)
            else:
                self.reached[state] = carried
                inputs = (*carried, *data, *self._due(state, self.domain))
                results = self._results(state, inputs)
                names = self.wanted[state]
                for name, result in zip(names, results, strict=False):
                    found[self.trace.at_step(name, state)] = read(name, state, result)
                if state < self.last:
                    carried = self._checked(results[len(names) :], state + 1)
            if progress:
                progress(state + 1, self.last + 1)
        return found

    def _results(self, state: int, values: Sequence[Any]) -> tuple[Any, ...]:
        program = self.programs[state]
        return self._call(program, self._bound(program, self.domain), values, state)

    def _bound(self, program: Program, domain: Domain) -> Callable[[Sequence[Any]], Any]:
        """The program in a domain, or a fault at the quantity whose constant is no number there."""
        made = {value: _made(domain, name, value) for value, name in program.constants.values()}
        return program.bind(domain.functions, made.__getitem__)

    def _stepper(self) -> Callable[[Sequence[Any], int], Sequence[Any]]:
        """The update as a function of what steps carry on, and the state that it is of."""
        most = arb(_LARGEST)
        # powers of constants may stay fractions where all else are balls
        powers = {n for n, name in enumerate(self.trace.carried) if name.endswith(ids.POWER)}
        longest = max(map(len, self.schedule.values()), default=1)
        count, last = len(self.trace.batches), longest - 1

        @cache
        def slow() -> list[_Advance]:
            return self._advances(self.domain, self._through)

        @cache
        def fast() -> list[_Advance]:
            # all that is carried are balls: nothing rational is left to decide
            return self._advances(BALLS, lambda name: "")

        @cache
        def due(phase: int, number: int, in_balls: bool) -> tuple[_Advance, tuple[Any, ...]]:
            """The update by a batch at a learning rate, and what it reads beside the carried."""
            advance = (fast() if in_balls else slow())[phase]
            return advance, (*advance.known, *self._due(number, advance.domain))

        in_floats = self.domain is FLOAT

        def step(carried: Sequence[Any], state: int) -> Sequence[Any]:
            all_balls = self.domain is EXACT and all(
                type(x) is arb or n in powers for n, x in enumerate(carried)
            )
            advance, rest = due(state % count, state if state < last else last, all_balls)
            inputs = (*carried, *rest)
            updated = self._call(advance.program, advance.run, inputs, state, advance.named)
            # one look at all of them; to say which it is, or to look at fractions, one at each
            if in_floats and math.hypot(*updated) < _LARGEST_FLOAT:
                return updated
            if all_balls and sum(map(abs, updated)) < most:
                return updated
            return self._checked(updated, state + 1)

        return step

    def _call(
        self,
        program: Program,
        run: Callable[[Sequence[Any]], tuple[Any, ...]],
        values: Sequence[Any],
        state: int,
        named: Mapping[int, int] = MappingProxyType({}),
    ) -> tuple[Any, ...]:
        try:
            return run(values)
        except Undecided as error:
            raise Undecided(_where(program, state, error, named)) from None
        except TooLong as error:
            raise _fault(_where(program, state, error, named), 0, _long(error.bits)) from None
        except (ArithmeticError, ValueError) as error:
            where = _where(program, state, error, named)
            is_loss = ids.split_step(where)[1].startswith("loss(")
            reason = self.log_of_0 if is_loss and type(error) is ValueError else ""
            raise _fault(where, 0, reason or _reason(error)) from None

    def _checked(self, parameters: Sequence[Any], step: int) -> Sequence[Any]:
        for name, value in zip(self.trace.carried, parameters, strict=True):
            _check_size(name, step, value)
        return parameters

    def _given(self, name: str, state: int) -> fmpq | None:
        """What is given for a quantity at a state, or None where it is worked out."""
        is_due = name in self.schedule
        if name in self.given and (state == 0 or name in self.trace.fixed or is_due):
            return to_fmpq(due_at(self.schedule[name], state) if is_due else self.given[name])
        return None

    def true(self, name: str, state: int, result: Any) -> fmpq | arb:
        """A result as it is; raises Undecided where its ball is too wide to tell numbers apart."""
        given = self._given(name, state)
        if given is not None:
            return given
        if isinstance(result, int):
            return fmpq(result)
        _check_size(name, state, result)
        is_wide = isinstance(result, arb) and result.rel_accuracy_bits() < _LEAST_ACCURACY
        if is_wide and ctx.prec < _LAST_PRECISION and not result.rad() < _NEGLIGIBLE:
            raise Undecided(self.trace.at_step(name, state))
        found: fmpq | arb = result
        return found

    def value(self, name: str, state: int, result: Any) -> Value:
        """A result as it is printed."""
        numbers = self.numbers
        true = self._given(name, state)
        if true is not None:
            return Value(fraction(true) if numbers.style == "fraction" else exact(true), true)
        if isinstance(result, int):  # a constant of the rules, such as ReLU' = 1
            return Value(exact(fmpq(result)), fmpq(result))
        _check_size(name, state, result)
        if isinstance(result, float):
            nearest = self._how(name)(fmpq(*result.as_integer_ratio()), self.precision(name))
            return Value(Number(nearest.value, nearest.text, is_exact=False), None)
        if name in self.results:
            # by definition the quantity is its rounded value: nothing is lost in printing it
            return Value(stated(result, self.precision(name)), None)
        is_true = isinstance(result, fmpq) and numbers.policy != "step"
        try:
            number = printed(result, numbers, self.precision(name), self._how(name))
            return Value(number, result if is_true else None)
        except Undecided:
            raise Undecided(self.trace.at_step(name, state)) from None
        except Saturated:
            if self.is_stable:  # nothing takes the logarithm of it
                return Value(printed(result, numbers, self.precision(name)), None)
            reason = "it is closer to 0 or 1 than a page can show, but its logarithm is wanted"
            raise _fault(name, state, reason) from None


def _rounder(precision: Precision) -> str:
    """The name of the function that rounds so, for programs."""
    least = f"_{precision.at_least}" if precision.at_least else ""
    return f"{ROUNDED}_{precision.count}{least}{'_significant' * precision.significant}"


def _round(precision: Precision) -> Callable[[Any], fmpq]:
    return lambda value: rounded_to(value if isinstance(value, arb) else fmpq(value), precision)


def _made(domain: Domain, name: str, value: Fraction) -> Any:
    """A given number or a constant of quantity ``name``'s rule, as a domain has it."""
    try:
        return domain.number(value)
    except ArithmeticError as error:
        raise _fault(name, 0, _reason(error)) from None


def _check_size(name: str, step: int, value: Any) -> None:
    """Raise InputError where a value has no size to go on with, Undecided where that is open."""
    if isinstance(value, float) and not math.isfinite(value):
        raise _fault(name, step, _TOO_LARGE)
    if isinstance(value, arb) and not value.is_finite():
        if ctx.prec < _LAST_PRECISION:
            raise Undecided(ids.at_step(name, step))
        raise _fault(name, step, "it has no finite value")
    if not -_LARGEST < value < _LARGEST:
        if isinstance(value, arb) and value.rad() > 1 and ctx.prec < _LAST_PRECISION:
            raise Undecided(ids.at_step(name, step))
        grows = "it grows beyond 10^100: the steps diverge" if step else "it is beyond 10^100"
        raise _fault(name, step, grows)


def _where(program: Program, state: int, error: Exception, named: Mapping[int, int]) -> str:
    """The quantity whose line of the program raised ``error``.

    ``named`` has the samples that the program ran on for those that it was compiled for.
    """
    traceback = error.__traceback__
    while traceback and traceback.tb_frame.f_code.co_filename != FILE:
        traceback = traceback.tb_next
    line = traceback.tb_lineno if traceback else len(program.lines)
    name = program.lines[line - 1]
    sample = ids.sample(name) if named else None
    if sample is not None:
        name = ids.at(ids.base(name), named[sample])
    return ids.at_step(name, state)


def _reason(error: Exception) -> str:
    if isinstance(error, ZeroDivisionError):
        return "division by zero"
    if isinstance(error, OverflowError):
        return _TOO_LARGE
    if isinstance(error, TooSmall):
        return _TOO_SMALL
    return "the logarithm of a number that is not positive, or the root of a negative one"


def _long(bits: int) -> str:
    return f"its exact fraction has {bits:,} bits; the policy display can go on"


def _fault(name: str, step: int, reason: str) -> InputError:
    return InputError(Fault(ids.at_step(name, step), reason))
