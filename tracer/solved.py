"""A problem with its trace and the values of all that is to be printed."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from flint import fmpq
from sympy import Symbol

from tracer import ids
from tracer.activations import row_of
from tracer.chain import path_counts
from tracer.domains import call_exactly, to_fmpq
from tracer.errors import NotSupported
from tracer.formula import Apply, Formula, Num, Part, whole
from tracer.graph import activation_template, by_name, derivative
from tracer.own_functions import PRE, printed_slope
from tracer.own_rules import activation_rules, printed_functions
from tracer.policy import Precision
from tracer.precision import precisions
from tracer.printing import Value
from tracer.problem import AnyProblem, Problem
from tracer.recomputing import FunctionKey, Functions, key_of, numeric
from tracer.rounding import Number, exact, rational_root
from tracer.symbols import Symbols
from tracer.trace import Trace

# more paths than this and a reader loses the thread: deltas are derived once and cited instead
MOST_PATHS = 4
# asked for by name, more are written, but a page of formulas a mile long helps nobody
MOST_PATHS_FORCED = 64

_ANY = Symbol("x"), Symbol("y")


@dataclass(frozen=True)
class Worked(ABC):
    """A problem of any kind with its trace and the values of all that is to be printed.

    ``workings`` are the values of what :mod:`tracer.workings` adds to the trace.
    """

    problem: AnyProblem
    trace: Trace
    values: Mapping[str, Value]
    workings: Mapping[str, Value] = field(default_factory=dict, kw_only=True)

    def shows(self, part: str) -> bool:
        """Whether the page has a part, one of ``schema.PARTS``."""
        return part in self.problem.page.parts

    @property
    @abstractmethod
    def symbols(self) -> Symbols:
        """What printers must know to write the problem's symbols."""

    @property
    @abstractmethod
    def functions(self) -> Functions:
        """The functions of the page as a reader's calculator has them."""

    @property
    def stated(self) -> tuple[str, ...]:
        """The ids of what the solution states, in its order.

        Derivatives after the last update are for practice alone: no step makes use of them.
        """
        last = self.trace.steps
        split = ((name, *ids.split_step(name)) for name in self.values)
        return tuple(
            name
            for name, step, base in split
            if not (last and step == last and base.startswith("d") and "/d" in base)
        )

    def batch(self, step: int) -> tuple[int, ...]:
        """The samples of the update that comes after ``step`` updates."""
        return self.trace.batch(step)

    @property
    def is_batched(self) -> bool:
        """Whether a step takes only some of the samples."""
        return len(self.trace.batches) > 1

    def number(self, name: str, step: int) -> Number:
        """A quantity's printed number after ``step`` updates."""
        return self.values[self.trace.at_step(name, step)].number

    def decimal(self, name: str) -> str:
        """A quantity's value by its id, in decimals; what is printed as a fraction is rounded."""
        return self.values[name].decimal(self.precision(name))

    @cached_property
    def precision(self) -> Callable[[str], Precision]:
        """To what a quantity is rounded, by its id."""
        return precisions(self.problem)

    def num(self, name: str, step: int) -> Num:
        """The same as a formula."""
        return Num(self.number(name, step))

    def working(self, name: str, step: int) -> Num:
        """The number of a working after ``step`` updates."""
        return Num(self.workings[ids.later(name, step)].number)

    def parts(
        self, formulas: tuple[Formula, ...], name: str, step: int, *, newline: bool = True
    ) -> tuple[Part, ...]:
        """``= numbers = value`` for a quantity after its symbols, from a new line or not."""
        first, *rest = numeric(formulas, self.number(name, step), self.functions)
        return (Part(first.relation, first.formula, newline), *rest)


@dataclass(frozen=True)
class Solved(Worked):
    """A network, solved."""

    problem: Problem
    view: str = "auto"
    views: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def symbols(self) -> Symbols:
        """What printers must know to write the problem's symbols."""
        return self.problem.symbols

    @cached_property
    def functions(self) -> Functions:
        """Activations, their derivatives and exp as a reader's calculator has them."""
        found: dict[FunctionKey, Callable[..., fmpq | None]] = {
            ("exp", False, None): lambda x: fmpq(1) if x == 0 else None,
            ("log", False, None): lambda x: fmpq(0) if x == 1 else None,
            ("max", False, None): max,
            ("min", False, None): min,
            ("sqrt", False, None): lambda x: rational_root(x) if x >= 0 else None,
        }
        if self.problem.loss.formula is not None:
            for name, template in printed_functions().items():
                found.setdefault(
                    (name.rstrip("'"), name.endswith("'"), None), call_exactly(template)
                )
            found.setdefault(("min", False, None), min)
        for name, template in by_name(self.problem.loss).items():
            found[name.rstrip("'"), name.endswith("'"), None] = call_exactly(template)
        nothing, own = whole(0), activation_rules(self.problem)
        for number, layer in enumerate(self.problem.layers, start=1):
            if self.problem.is_coupled(number) or self.problem.is_sloped(number):
                continue  # printed by other functions
            if number in own:
                template, slope = own[number]
            else:
                template = activation_template(layer)
                slope = derivative(template, 0)
            found[key_of(self.activation(number, nothing))] = call_exactly(template)
            found[key_of(self.activation(number, nothing, prime=True))] = call_exactly(slope)
        return found

    def number(self, name: str, step: int) -> Number:
        """A quantity's printed number; of what is shared that of the parameter it is one with."""
        return super().number(self.problem.shared.get(name, name), step)

    def activation(self, layer: int, arg: Formula, *, prime: bool = False) -> Apply:
        """A layer's activation of ``arg``; its parameter is an index where layers differ in it.

        Formulas of the user's own are numbered where there are several.
        """
        own = self.problem.layers[layer - 1]
        alike = (row for row in self.problem.layers if row.activation == own.activation)
        index = None
        if own.parameter is not None and len({row.parameter for row in alike}) > 1:
            index = exact(to_fmpq(own.parameter))
        formulas = list(dict.fromkeys(row.formula for row in self.problem.layers if row.formula))
        if own.formula is not None and len(formulas) > 1:
            index = whole(formulas.index(own.formula) + 1).number
        return Apply(own.activation, arg, prime, index)

    @property
    def last(self) -> int:
        """The number of the output layer."""
        return len(self.problem.layers)

    @cached_property
    def first(self) -> int:
        """The number of the lowest layer that learns: no derivative is needed below it."""
        parameters = self.trace.graph.parameters
        return min(ids.layer_of(p) for name in parameters for p in self.problem.places(name))

    @property
    def samples(self) -> range:
        """The numbers of the samples, from 1."""
        return range(1, len(self.problem.data) + 1)

    def has_bias(self, layer: int) -> bool:
        """Whether the neurons of a layer have biases."""
        return self.problem.layers[layer - 1].biases is not None

    def by_deltas(self, layer: int) -> bool:
        """Whether any gradient of a layer is written with deltas instead of whole paths."""
        names = (name for name in self.trace.graph.parameters if ids.layer_of(name) == layer)
        return True in {self._has_deltas(layer, view) for view in self._views(names)}

    def is_by_deltas(self, parameter: str) -> bool:
        """Whether a parameter's gradient is written so."""
        layer = ids.layer_of(parameter)
        return any(self._has_deltas(layer, view) for view in self._views((parameter,)))

    def _views(self, parameters: Iterable[str]) -> set[str]:
        """The views of the gradients of some parameters; of none that of the page."""
        if not self.views:
            return {self.view}
        names = (ids.partial(ids.LOSS, name) for name in parameters)
        return {self.views.get(name, self.view) for name in names} or {self.view}

    def _has_deltas(self, layer: int, view: str) -> bool:
        """Whether a view has deltas in a layer.

        Rounding at each step rounds the deltas too, so then only they make lines that come out.
        """
        if layer == self.last and self.shows("deltas"):
            return True
        if self.problem.numbers.policy == "step":
            if view == "paths":
                raise NotSupported(
                    "view paths: with the policy step the deltas are rounded too, so only by "
                    "deltas do the printed lines come out; use view deltas, or auto"
                )
            return True
        coupled = any(self.problem.is_coupled(above) for above in range(layer, self.last + 1))
        if coupled and view == "paths":
            raise NotSupported(
                "view paths: every output of softmax depends on all pre-activations, which makes "
                "paths of each pair; use view deltas, or auto"
            )
        if self.problem.shared and view == "paths":
            raise NotSupported(
                "view paths: a shared parameter has paths through each of its places; use view "
                "deltas, or auto"
            )
        if coupled or self.problem.shared or view in ("deltas", "matrix"):
            return True
        count = self.path_counts[ids.output(layer, 1)]
        if view == "paths" and count > MOST_PATHS_FORCED:
            raise NotSupported(
                f"view paths: {count} paths lead from layer {layer} to the loss, more than "
                f"{MOST_PATHS_FORCED}; use view deltas, or auto"
            )
        return view in ("auto", "function") and count > MOST_PATHS

    @cached_property
    def path_counts(self) -> Mapping[str, int]:
        """For every quantity, without sample, the number of paths to the loss."""
        return path_counts(self.trace.graph)

    def slope_is_one(self, layer: int, j: int, step: int) -> bool:
        """Whether the activation's derivative is 1 at every sample, and so needs no factor.

        Only what is a matter of cases can lose its factor, and the identity's, which has none: that
        1 - l^2 happens to be 1 is no reason not to write it.
        """
        own = self.problem.layers[layer - 1]
        if own.formula is not None:
            return bool(printed_slope(own.formula, PRE) == 1)
        textbook = row_of(own.activation).textbook
        if textbook is not None:
            return bool(textbook(*_ANY) == 1)
        if self.problem.is_sloped(layer) and self.number(ids.slope(layer, j), step).value == 1:
            return False  # 1 also where the pre-activation is negative
        if self.view == "function":
            return False  # of any sample, whatever the given ones have
        key = (layer, j, step)
        if key not in self._ones:  # asked once per sample: looked up once for all
            local = ids.partial(ids.output(layer, j), ids.pre(layer, j))
            values = (self.values[ids.at_step(ids.at(local, n), step)] for n in self.samples)
            self._ones[key] = all(value.exact == 1 for value in values)
        return self._ones[key]

    @cached_property
    def _ones(self) -> dict[tuple[int, int, int], bool]:
        return {}
