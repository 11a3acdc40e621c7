"""Work out a formula of a document: in balls from its printed digits, or at a point in floats."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from flint import arb, fmpq

from tracer.activations import ACTIVATIONS
from tracer.answers.trees import (
    Call,
    Entrywise,
    Matrix,
    Minus,
    Number,
    Over,
    Partial,
    Power,
    Product,
    Quotient,
    Sum,
    Symbol,
    Transposed,
    Tree,
)
from tracer.documents.names import Names, Ref
from tracer.documents.points import MOST_BITS, Point, function_of, is_told
from tracer.documents.walks import plain_name, text_of
from tracer.domains import EXACT
from tracer.graph import activation_template, by_name, derivative
from tracer.own_rules import activation_rules
from tracer.problem import AnyProblem, Problem
from tracer.reading import canonical
from tracer.rounding import Undecided

_LARGEST_EXPONENT = 64


class Unknown(Exception):  # noqa: N818 - not an error: nothing can be said of this side
    """A side holds something without a value here. Never leaves the package."""


Function = Callable[[Sequence[Any]], Any]


def functions(problem: AnyProblem, is_proven: bool) -> Mapping[tuple[str, bool], Function]:
    """The functions that a page calls by name, each with its derivative."""
    found: dict[tuple[str, bool], Function] = dict(_IN_BALLS if is_proven else _IN_FLOATS)
    for name in ("relu", "sigmoid", "tanh", "softplus"):
        _add(found, (name,), _row_template(name), is_proven)
    if not isinstance(problem, Problem):
        return found
    own = activation_rules(problem)
    for number, layer in enumerate(problem.layers, start=1):
        if number in own:
            value, slope = (function_of(template, is_proven) for template in own[number])
            found["φ", False], found["φ", True] = value, slope
        elif not problem.is_coupled(number) and not problem.is_sloped(number):
            row = ACTIVATIONS[layer.activation]
            _add(found, (layer.activation, row.text), activation_template(layer), is_proven)
    for name, template in by_name(problem.loss).items():
        found[plain_name(name.rstrip("'")), name.endswith("'")] = function_of(template, is_proven)
    return found


def _row_template(name: str) -> Any:
    from tracer.circuit import function_of as symbolic
    from tracer.graph import Template
    from tracer.own_functions import PRE

    return Template(PRE, symbolic(name, PRE))


def _add(
    found: dict[tuple[str, bool], Function],
    names: Collection[str],
    template: Any,
    is_proven: bool,
) -> None:
    for name in names:
        found[plain_name(name), False] = function_of(template, is_proven)
        found[plain_name(name), True] = function_of(derivative(template, 0), is_proven)


_IN_BALLS: dict[tuple[str, bool], Function] = {
    ("exp", False): lambda args: EXACT.functions["exp"](args[0]),
    ("log", False): lambda args: EXACT.functions["log"](args[0]),
    ("ln", False): lambda args: EXACT.functions["log"](args[0]),
    ("sqrt", False): lambda args: EXACT.functions["sqrt"](args[0]),
    ("erf", False): lambda args: EXACT.functions["erf"](args[0]),
    ("abs", False): lambda args: abs(args[0]),
    ("max", False): lambda args: _extreme(args, arb.max),
    ("min", False): lambda args: _extreme(args, arb.min),
    ("sign", False): lambda args: arb(args[0]).sgn(),
}
_IN_FLOATS: dict[tuple[str, bool], Function] = {
    ("exp", False): lambda args: math.exp(args[0]),
    ("log", False): lambda args: math.log(args[0]),
    ("ln", False): lambda args: math.log(args[0]),
    ("sqrt", False): lambda args: math.sqrt(args[0]),
    ("abs", False): lambda args: abs(args[0]),
    ("erf", False): lambda args: math.erf(args[0]),
    ("max", False): max,
    ("min", False): min,
    ("sign", False): lambda args: (args[0] > 0) - (args[0] < 0),
}


def _extreme(args: Sequence[arb], of: Callable[[arb, arb], arb]) -> arb:
    found = arb(args[0])
    for other in args[1:]:
        found = of(found, arb(other))
    return found


@dataclass(frozen=True)
class Scope:
    """What the symbols of a formula stand for: the quantities of a point after ``step`` updates.

    ``sample`` is bound within a sum over the data, whose samples ``over`` has by what stands below
    the sign. ``replaced`` has other quantities for some symbols, by their text.
    """

    names: Names
    point: Point | None
    functions: Mapping[tuple[str, bool], Function]
    is_proven: bool
    half: Callable[[Number], fmpq]
    over: Callable[[Over, int], Sequence[int]]
    step: int = 0
    sample: int | None = None
    replaced: Mapping[str, Ref] = field(default_factory=dict)

    def number(self, tree: Number) -> Any:
        """A printed number: all that it may stand for."""
        if not self.is_proven:
            return float(int(tree.value.p) / int(tree.value.q))
        half = self.half(tree)
        return arb(tree.value, half) if half else tree.value

    def value(self, tree: Symbol | Partial) -> Any:
        """The value of a symbol. Raises Unknown."""
        text = text_of(tree)
        ref = self.replaced.get(text) or self.names.ref(tree)
        if ref is None and isinstance(tree, Symbol) and canonical(tree.text) == "e":
            return self.functions["exp", False]([self.number(Number(fmpq(1), fmpq(0)))])
        if ref is None or self.point is None:
            raise Unknown(text)
        base = ref.base
        sample = ref.sample
        if sample is None and base in self.names.by_sample:
            sample = self.sample
            if sample is None and base not in self.names.plain:
                raise Unknown(text)
            if base == "loss":
                sample = self.sample
        name = base if sample is None else f"{base}({sample})"
        found = self.point[self.names.trace.at_step(name, ref.step or self.step)]
        if found is None:
            raise Unknown(text)
        return found

    def at(self, sample: int | None) -> Scope:
        """The same with the sample bound."""
        return replace(self, sample=sample)


def worth(tree: Tree, scope: Scope) -> Any:
    """The value of a formula. Raises Unknown where it has none that can be told."""
    try:
        found = _worth(tree, scope)
    except (ArithmeticError, ValueError, Undecided, OverflowError) as error:
        raise Unknown(str(error)) from None
    if not is_told(found):
        raise Unknown
    return found


def _worth(tree: Tree, scope: Scope) -> Any:
    match tree:
        case Number():
            return scope.number(tree)
        case Symbol() | Partial():
            return scope.value(tree)
        case Minus(body):
            return -_worth(body, scope)
        case Sum(terms):
            return _folded([_worth(term, scope) for term in terms], lambda a, b: a + b)
        case Product((Number() as mantissa, Power(Number(value=base), _) as power)) if (
            base == 10 and scope.is_proven
        ):
            # in scientific notation no digit is dropped, whatever number it looks like
            return arb(mantissa.value, mantissa.half) * _worth(power, scope)
        case Product(factors):
            return _folded([_worth(factor, scope) for factor in factors], lambda a, b: a * b)
        case Quotient(top, bottom):
            return _worth(top, scope) / _worth(bottom, scope)
        case Power(base, exponent):
            return _power(_worth(base, scope), exponent, scope)
        case Call(function, args, prime):
            own = scope.functions.get((plain_name(function), prime))
            if own is None:
                raise Unknown(function)
            return own([_worth(arg, scope) for arg in args])
        case Over(body):
            parts = [_worth(body, scope.at(n)) for n in scope.over(tree, scope.step)]
            return _folded(parts, lambda a, b: a + b)
        case Matrix() | Transposed() | Entrywise():
            raise Unknown("a matrix")
    raise Unknown(type(tree).__name__)


def _folded(parts: Sequence[Any], joined: Callable[[Any, Any], Any]) -> Any:
    if not parts:
        raise Unknown("nothing to add up")
    found = parts[0]
    for part in parts[1:]:
        found = joined(found, part)
    return found


def _power(base: Any, exponent: Tree, scope: Scope) -> Any:
    sign, whole = (-1, exponent.body) if isinstance(exponent, Minus) else (1, exponent)
    if isinstance(whole, Number) and whole.value.q == 1:
        count = sign * int(whole.value.p)
        if abs(count) > _LARGEST_EXPONENT:
            raise Unknown("a power that high")
        if isinstance(base, fmpq) and int(base.height_bits()) * abs(count) > MOST_BITS:
            raise Unknown("a number that long")
        return base**count
    value = _worth(exponent, scope)
    if scope.is_proven:
        return arb(base) ** arb(value)
    return float(base) ** value if base > 0 else _no_root()


def _no_root() -> float:
    raise Unknown("a root of what is not positive")


def same(a: float, b: float) -> bool:
    """Whether two floats are one value but for rounding."""
    return math.isclose(a, b, rel_tol=1e-9, abs_tol=1e-12)
