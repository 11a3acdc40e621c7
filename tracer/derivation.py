"""Write any quantity's rule as an equation: named partials = formulas = numbers = value.

Reads the trace and its values; knows no order of teaching and no format.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

from flint import fmpq
from sympy import Symbol

from tracer import ids
from tracer.activations import ACTIVATIONS
from tracer.chain import count_paths, paths
from tracer.errors import NotSupported
from tracer.formula import (
    Apply,
    At,
    Coef,
    Equation,
    Formula,
    Group,
    Num,
    OfInputs,
    OverData,
    Part,
    Partial,
    Power,
    Prod,
    Sum,
    Var,
    from_sympy,
    minus,
    numeric,
    product,
    summed,
    whole,
)
from tracer.graph import Quantity, activation_template, derivative
from tracer.losses import LOSSES
from tracer.notation import NOTATIONS, Symbols
from tracer.problem import Problem
from tracer.rounding import Number
from tracer.trace import Trace
from tracer.values import Value, call_exactly

# more paths than this and a reader loses the thread: deltas are derived once and cited instead
MOST_PATHS = 4
# asked for by name, more are written, but a page of formulas a mile long helps nobody
_MOST_PATHS_FORCED = 64

VIEWS = ("auto", "paths", "deltas")


@dataclass(frozen=True)
class Solved:
    """A problem with its trace and the values of all that is to be printed."""

    problem: Problem
    trace: Trace
    index: Mapping[str, Quantity]
    values: Mapping[str, Value]
    view: str = "auto"

    @cached_property
    def symbols(self) -> Symbols:
        """What printers must know to write the problem's symbols."""
        return Symbols(
            NOTATIONS[self.problem.notation],
            self.problem.loss.name,
            self.problem.sizes[0],
            self.problem.sizes[-1],
            self.problem.numbers.decimal_comma,
        )

    @cached_property
    def functions(self) -> Mapping[str, Callable[[fmpq], fmpq | None]]:
        """Activations, their derivatives and exp as a reader's calculator has them."""
        found: dict[str, Callable[[fmpq], fmpq | None]] = {
            "exp": lambda x: fmpq(1) if x == 0 else None
        }
        for layer in self.problem.layers:
            template = activation_template(layer)
            found[layer.activation] = call_exactly(template)
            found[layer.activation + "'"] = call_exactly(derivative(template, 0))
        return found

    @property
    def last(self) -> int:
        """The number of the output layer."""
        return len(self.problem.layers)

    @property
    def samples(self) -> range:
        """The numbers of the samples, from 1."""
        return range(1, len(self.problem.data) + 1)

    def number(self, name: str, step: int) -> Number:
        """A quantity's printed number after ``step`` updates."""
        return self.values[ids.at_step(name, step)].number

    def num(self, name: str, step: int) -> Num:
        """The same as a formula."""
        return Num(self.number(name, step))

    def has_bias(self, layer: int) -> bool:
        """Whether the neurons of a layer have biases."""
        return self.problem.layers[layer - 1].biases is not None

    def parts(self, formulas: tuple[Formula, ...], name: str, step: int) -> tuple[Part, ...]:
        """``= numbers = value`` for a quantity, after its symbols."""
        return numeric(formulas, self.number(name, step), self.functions)

    def by_deltas(self, layer: int) -> bool:
        """Whether the gradients of a layer are written with deltas instead of whole paths.

        Rounding at each step rounds the deltas too, so then only they make lines that come out.
        """
        if self.view == "deltas" or self.problem.numbers.policy == "step":
            return True
        count = count_paths(self.trace.graph, layer)
        if self.view == "paths" and count > _MOST_PATHS_FORCED:
            raise NotSupported(
                f"view paths: {count} paths lead from layer {layer} to the loss, more than "
                f"{_MOST_PATHS_FORCED}; use view deltas, or auto"
            )
        return self.view == "auto" and count > MOST_PATHS

    def slope_is_one(self, layer: int, j: int, step: int) -> bool:
        """Whether the activation's derivative is exactly 1 at every sample."""
        local = ids.partial(ids.output(layer, j), ids.pre(layer, j))
        return all(
            self.values[ids.at_step(ids.at(local, n), step)].exact == 1 for n in self.samples
        )


# forward


def pre_numbers(s: Solved, layer: int, j: int, n: int, step: int) -> Formula:
    """``0.1 · 1 + 0.3 · 3 + 0.5``."""
    terms: list[Formula] = [
        Prod((s.num(ids.weight(layer, j, k), step), s.num(ids.at(ids.output(layer - 1, k), n), step)))
        for k in range(1, s.problem.sizes[layer - 1] + 1)
    ]
    if s.has_bias(layer):
        terms.append(s.num(ids.bias(layer, j), step))
    return summed(tuple(terms))


def pre_symbols(s: Solved, layer: int, j: int) -> Formula:
    """``w_{1,1}^1 · l_1^0 + w_{1,2}^1 · l_2^0 + b_1^1``."""
    terms: list[Formula] = [
        Prod((Var(ids.weight(layer, j, k)), Var(ids.output(layer - 1, k))))
        for k in range(1, s.problem.sizes[layer - 1] + 1)
    ]
    if s.has_bias(layer):
        terms.append(Var(ids.bias(layer, j)))
    return summed(tuple(terms))


def worked_output(s: Solved, layer: int, j: int, n: int, step: int) -> Equation:
    """``ReLU(0.1 · 1 + 0.3 · 3 + 0.5) = 1.5``; by way of the pre-activation where f bends."""
    activation = s.problem.layers[layer - 1].activation
    inner = pre_numbers(s, layer, j, n, step)
    value = s.number(ids.at(ids.output(layer, j), n), step)
    links: list[Formula] = []
    if activation == "identity":
        links = [inner]
    else:
        links = [Apply(activation, inner)]
        if ACTIVATIONS[activation].textbook is not None:
            links.append(Apply(activation, s.num(ids.at(ids.pre(layer, j), n), step)))
    return _numeric_equation(s, links, value)


def _numeric_equation(s: Solved, links: list[Formula], value: Number) -> Equation:
    first, *rest = numeric(tuple(links), value, s.functions, after_symbols=False)
    return Equation(first.formula, tuple(rest))


# loss


def loss_factor(s: Solved) -> fmpq:
    """What multiplies each output's term in its sample's loss."""
    factor = fmpq(s.problem.loss.factor.numerator, s.problem.loss.factor.denominator)
    return factor / s.problem.sizes[-1] if s.problem.loss.outputs == "mean" else factor


def sample_share(s: Solved) -> fmpq:
    """What multiplies each sample's loss in the loss: 1, or one over the number of samples."""
    return fmpq(1, len(s.problem.data)) if s.problem.loss.samples == "mean" else fmpq(1)


def _over_samples(s: Solved, body: Formula) -> Formula:
    """The sum over the data, averaged if the loss is; the body itself for a single sample."""
    if len(s.problem.data) == 1:
        return body
    total = OverData(body)
    share = sample_share(s)
    return total if share == 1 else Prod((_rational(share), total))


def _rational(value: fmpq) -> Formula:
    return Num(exact_fraction(value))


def exact_fraction(value: fmpq) -> Number:
    """A constant of a rule: whole, or a fraction however its decimals may end."""
    return Number(value, str(value), True)


def loss_formula(s: Solved) -> Equation:
    """``MSE = Σ (f^*(l_1^0, l_2^0) - f(l_1^0, l_2^0))^2``."""
    factor = loss_factor(s)
    terms: list[Formula] = []
    for k in range(1, s.problem.sizes[-1] + 1):
        square = Power(minus(Var(ids.target(k)), OfInputs(s.symbols.network(k))), 2)
        terms.append(square if factor == 1 else Coef(exact_fraction(factor), square))
    return Equation(Var(ids.LOSS), (Part("=", _over_samples(s, summed(tuple(terms)))),))


def loss_numbers(s: Solved, step: int, samples: range | None = None) -> Formula:
    """``(1 - 1.1)^2 + (1 - 0.94)^2 + …`` over the samples, the whole loss by default."""
    share = sample_share(s) if samples is None else fmpq(1)
    squares: list[Formula] = [
        Power(_residual(s, k, n, step), 2)
        for n in (samples or s.samples)
        for k in range(1, s.problem.sizes[-1] + 1)
    ]
    return _scaled(loss_factor(s) * share, squares)


def _residual(s: Solved, k: int, n: int, step: int) -> Formula:
    target = s.num(ids.at(ids.target(k), n), step)
    return minus(target, s.num(ids.at(ids.output(s.last, k), n), step))


def _scaled(factor: fmpq, terms: list[Formula]) -> Formula:
    """``factor[term + term]``, without brackets around a single term, without a factor 1."""
    if factor == 1:
        return summed(tuple(terms))
    body = terms[0] if len(terms) == 1 else Group(Sum(tuple(terms)))
    return Coef(exact_fraction(factor), body)


def loss_value(s: Solved, step: int) -> Equation:
    """``(1 - 1.1)^2 + … = 1.65``."""
    return _numeric_equation(s, [loss_numbers(s, step)], s.number(ids.LOSS, step))


# local derivatives


def slope_symbols(s: Solved, layer: int, j: int) -> Formula:
    """The derivative of the activation as textbooks print it: ``l (1 - l)``, ``ReLU'(p)``."""
    return _slope(s, layer, Var(ids.pre(layer, j)), Var(ids.output(layer, j)))


def slope_numbers(s: Solved, layer: int, j: int, n: int, step: int) -> Formula:
    """The same with one sample's numbers; where it is a matter of cases, its value."""
    activation = s.problem.layers[layer - 1].activation
    if ACTIVATIONS[activation].textbook is None:
        local = ids.partial(ids.output(layer, j), ids.pre(layer, j), n)
        return s.num(local, step)
    pre, out = ids.pre(layer, j), ids.output(layer, j)
    return _slope(s, layer, s.num(ids.at(pre, n), step), s.num(ids.at(out, n), step))


def _slope(s: Solved, layer: int, pre: Formula, out: Formula) -> Formula:
    activation = s.problem.layers[layer - 1].activation
    textbook = ACTIVATIONS[activation].textbook
    if textbook is None:
        return Apply(activation, pre, prime=True)
    x, y = Symbol("x"), Symbol("y")
    return from_sympy(textbook(x, y), {x: pre, y: out})


def _loss_slope(s: Solved, k: int) -> tuple[fmpq, Formula, Formula, tuple[int, ...]]:
    """The loss's derivative by output ``k``: constant, difference in symbols, trailing constants."""
    t, y = Symbol("t"), Symbol("y")
    (first, *rest), body = LOSSES[s.problem.loss.kind].textbook(t, y)
    names: dict[Symbol, Formula] = {t: Var(ids.target(k)), y: Var(ids.output(s.last, k))}
    formula = from_sympy(body, names)
    return loss_factor(s) * first, formula, body, tuple(rest)


def _source(parameter: ids.Name) -> str | None:
    """What multiplies a parameter in its pre-activation: an output below, or None for a bias."""
    return ids.output(parameter.layer - 1, parameter.k) if parameter.kind == "w" else None


# deltas


def delta_name(s: Solved, layer: int, j: int) -> Formula:
    """How a page refers to dloss/dp: as the product of its two factors in the output layer."""
    own = ids.pre(layer, j)
    if layer == s.last and not s.by_deltas(layer - 1 if layer > 1 else layer):
        out = ids.output(layer, j)
        return Prod((Partial(ids.LOSS, out), Partial(out, own)))
    return Partial(ids.LOSS, own)


def delta_symbols(s: Solved, layer: int, j: int, step: int) -> tuple[Formula, Formula]:
    """dloss/dp as named partials, and as formulas."""
    own, out = ids.pre(layer, j), ids.output(layer, j)
    if layer == s.last:
        named: Formula = Prod((Partial(ids.LOSS, out), Partial(out, own)))
        return named, product(_output_factors(s, j, step))
    above = range(1, s.problem.sizes[layer + 1] + 1)
    local = [Partial(ids.LOSS, ids.pre(layer + 1, k)) for k in above]
    into = [Partial(ids.pre(layer + 1, k), out) for k in above]
    named = Prod(
        (
            summed(tuple(Prod((a, b)) for a, b in zip(local, into, strict=True))),
            Partial(out, own),
        )
    )
    weights = [Var(ids.weight(layer + 1, k, j)) for k in above]
    total = summed(tuple(Prod((a, b)) for a, b in zip(local, weights, strict=True)))
    slope = whole(1) if s.slope_is_one(layer, j, step) else slope_symbols(s, layer, j)
    return _flat(named), _flat(Prod((total, slope)))


def _flat(formula: Prod) -> Formula:
    factors: list[Formula] = []
    for factor in formula.factors:
        factors += factor.factors if isinstance(factor, Prod) else [factor]
    return product(tuple(factors))


def _output_factors(s: Solved, k: int, step: int) -> tuple[Formula, ...]:
    """``2(f^* - l) · (-1)``, then the activation's derivative unless it is 1 at every sample."""
    constant, body, _, rest = _loss_slope(s, k)
    factors: list[Formula] = [Coef(exact_fraction(constant), body)]
    factors += [whole(value) for value in rest]
    if not s.slope_is_one(s.last, k, step):
        factors.append(slope_symbols(s, s.last, k))
    return tuple(factors)


def _output_constant(s: Solved, k: int) -> fmpq:
    constant, _, _, rest = _loss_slope(s, k)
    for value in rest:
        constant *= value
    return constant


def delta_numbers(s: Solved, layer: int, j: int, n: int, step: int) -> Formula:
    """dloss/dp at one sample in numbers, from the deltas of the layer above."""
    slope = None if s.slope_is_one(layer, j, step) else slope_numbers(s, layer, j, n, step)
    if layer == s.last:
        factors = [_residual(s, j, n, step)] + ([slope] if slope else [])
        return Coef(exact_fraction(_output_constant(s, j)), product(tuple(factors)))
    total = _delta_sum(s, layer, j, n, step)
    return _flat(Prod((total, slope))) if slope else total


def _delta_sum(s: Solved, layer: int, j: int, n: int, step: int) -> Formula:
    """The sum over the neurons above of delta times weight, in numbers."""
    return summed(
        tuple(
            Prod(
                (
                    s.num(ids.partial(ids.LOSS, ids.pre(layer + 1, k), n), step),
                    s.num(ids.weight(layer + 1, k, j), step),
                )
            )
            for k in range(1, s.problem.sizes[layer + 1] + 1)
        )
    )


def delta_value(s: Solved, layer: int, j: int, n: int, step: int) -> Equation:
    """``-2(1 - 1.1) = 0.2``."""
    name = ids.partial(ids.LOSS, ids.pre(layer, j), n)
    return _numeric_equation(s, [delta_numbers(s, layer, j, n, step)], s.number(name, step))


# gradients


def gradient(s: Solved, parameter: str, step: int, *, symbols: bool = True) -> Equation:
    """The derivative of the loss by a parameter, in the view that suits it.

    Without ``symbols`` only ``∂loss/∂w = numbers = value``, as for a later step.
    """
    found = ids.parse(parameter)
    assert found is not None
    name = found.of
    left = Partial(ids.LOSS, parameter)
    value = ids.partial(ids.LOSS, parameter)
    if s.by_deltas(name.layer):
        named, formulas, links = _gradient_by_delta(s, name, step)
    elif name.layer == s.last:
        named, formulas, links = _output_gradient(s, name, step)
    else:
        named, formulas, links = _hidden_gradient(s, name, step)
    head: tuple[Part, ...] = ()
    if symbols:
        head = tuple(Part("=", _over_samples(s, f)) for f in (named, formulas))
    cited = _cited_bias(s, name, step) if not s.by_deltas(name.layer) else None
    if cited is not None and symbols:
        words, number = cited
        return Equation(left, (*head, Part("=", words, True), *_follow(s, number, value, step)))
    return Equation(left, (*head, *s.parts(links, value, step)))


def _follow(s: Solved, number: Formula, value: str, step: int) -> tuple[Part, ...]:
    first, *rest = s.parts((number,), value, step)
    return (Part(first.relation, first.formula), *rest)


_Derivation = tuple[Formula, Formula, tuple[Formula, ...]]


def _chain(s: Solved, parameter: str) -> Formula:
    """All paths as named partials, with what they share at the end taken out."""
    found = [
        [Partial(f.of, f.wrt) for f in path.factors]
        for path in islice(paths(s.trace.graph, parameter), _MOST_PATHS_FORCED)
    ]
    if len(found) == 1:
        return Prod(tuple(found[0]))
    heads = tuple(Prod(tuple(factors[:-2])) for factors in found)
    return Prod((Sum(heads), *found[0][-2:]))


def _output_gradient(s: Solved, name: ids.Name, step: int) -> _Derivation:
    source = _source(name)
    last = Var(source) if source else whole(1)
    formulas = Prod((*_output_factors(s, name.j, step), last))
    constant = _output_constant(s, name.j) * sample_share(s)
    terms: list[Formula] = []
    for n in s.samples:
        factors = [_residual(s, name.j, n, step)]
        if not s.slope_is_one(s.last, name.j, step):
            factors.append(slope_numbers(s, s.last, name.j, n, step))
        if source:
            factors.append(s.num(ids.at(source, n), step))
        terms.append(_flat(Prod(tuple(factors))))
    return _chain(s, str(name)), formulas, (_scaled(constant, terms),)


def _hidden_gradient(s: Solved, name: ids.Name, step: int) -> _Derivation:
    source = _source(name)
    layer, j = name.layer, name.j
    above = range(1, s.problem.sizes[layer + 1] + 1)
    one = s.slope_is_one(layer, j, step)
    cited = summed(
        tuple(
            _flat(Prod((delta_name(s, layer + 1, k), Var(ids.weight(layer + 1, k, j)))))
            for k in above
        )
    )
    slope = whole(1) if one else slope_symbols(s, layer, j)
    formulas = _flat(Prod((cited, slope, Var(source) if source else whole(1))))
    single = len(above) == 1
    terms: list[Formula] = []
    for n in s.samples:
        if single:
            factors: list[Formula] = [
                s.num(ids.partial(ids.LOSS, ids.pre(layer + 1, 1), n), step)
            ]
        else:
            factors = [_delta_sum(s, layer, j, n, step)]
        if not one:
            factors.append(slope_numbers(s, layer, j, n, step))
        if source:
            factors.append(s.num(ids.at(source, n), step))
        terms.append(_flat(Prod(tuple(factors))))
    front: list[Formula] = []
    if sample_share(s) != 1:
        front.append(_rational(sample_share(s)))
    if single:
        front.append(s.num(ids.weight(layer + 1, 1, j), step))
    numbers = _in_front(front, terms)
    return _chain(s, str(name)), formulas, (numbers,)


def _in_front(front: list[Formula], terms: list[Formula]) -> Formula:
    if not front:
        return summed(tuple(terms))
    if len(terms) == 1:
        return _flat(Prod((*front, terms[0])))
    return Prod((*front, Group(Sum(tuple(terms)))))


def _gradient_by_delta(s: Solved, name: ids.Name, step: int) -> _Derivation:
    source = _source(name)
    own = ids.pre(name.layer, name.j)
    delta = Partial(ids.LOSS, own)
    named = Prod((delta, Partial(own, str(name))))
    formulas = Prod((delta, Var(source) if source else whole(1)))
    terms: list[Formula] = []
    for n in s.samples:
        factors: list[Formula] = [s.num(ids.partial(ids.LOSS, own, n), step)]
        if source:
            factors.append(s.num(ids.at(source, n), step))
        terms.append(product(tuple(factors)))
    front = [] if sample_share(s) == 1 else [_rational(sample_share(s))]
    return named, formulas, (_in_front(front, terms),)


def _cited_bias(s: Solved, name: ids.Name, step: int) -> tuple[Formula, Formula] | None:
    """A hidden bias below a single neuron: that neuron's bias gradient times the weight."""
    layer = name.layer
    if name.kind != "b" or layer == s.last or s.problem.sizes[layer + 1] != 1:
        return None
    if not s.has_bias(layer + 1) or not s.slope_is_one(layer, name.j, step):
        return None
    gradient_above = ids.partial(ids.LOSS, ids.bias(layer + 1, 1))
    if ids.at_step(gradient_above, step) not in s.values:
        return None
    weight = ids.weight(layer + 1, 1, name.j)
    words = Prod((Partial(ids.LOSS, ids.bias(layer + 1, 1)), Var(weight)))
    return words, Prod((s.num(gradient_above, step), s.num(weight, step)))


def update(s: Solved, parameter: str, step: int) -> Equation:
    """``b_1^1 = 0.5 - 0.01 · 0.38 = 0.4962``: the update from ``step`` - 1 to ``step``."""
    before = step - 1
    change = Prod(
        (s.num(ids.LEARNING_RATE, 0), s.num(ids.partial(ids.LOSS, parameter), before))
    )
    links = (minus(s.num(parameter, before), change),)
    first, *rest = s.parts(links, parameter, step)
    return Equation(Var(parameter), (Part(first.relation, first.formula), *rest))


# any quantity, for --only


def addressed(s: Solved, quantity: str) -> Formula:
    """The symbol of any quantity, with its sample and step where it has them."""
    found = ids.parse(quantity)
    assert found is not None
    body: Formula = (
        Var(str(found.of)) if found.wrt is None else Partial(str(found.of), str(found.wrt))
    )
    return _address(s, body, found.sample, found.step)


def derivation(s: Solved, quantity: str) -> Equation:
    """The equation of any quantity of the trace: its rule in symbols, in numbers, its value."""
    step, base = ids.split_step(quantity)
    found = ids.parse(base)
    assert found is not None
    if found.wrt is not None:
        return _derivative(s, found, step)
    body: Formula = Var(str(found.of))
    left = _address(s, body, found.sample, step)
    name = found.of
    if name.kind in "wb" and step > 0:
        return Equation(left, update(s, str(name), step).parts)
    if name.kind == "p" and found.sample:
        symbols = pre_symbols(s, name.layer, name.j)
        numbers = pre_numbers(s, name.layer, name.j, found.sample, step)
        return Equation(left, (Part("=", symbols), *s.parts((numbers,), base, step)))
    if name.kind == "l" and name.layer and found.sample:
        worked = worked_output(s, name.layer, name.j, found.sample, step)
        inner = Var(ids.pre(name.layer, name.j))
        activation = s.problem.layers[name.layer - 1].activation
        symbols = inner if activation == "identity" else Apply(activation, inner)
        links = tuple(p.formula for p in worked.parts[:-1])
        assert worked.left is not None
        return Equation(
            left, (Part("=", symbols), *s.parts((worked.left, *links), base, step))
        )
    if name.kind == ids.LOSS and found.sample is None:
        return Equation(left, (*loss_formula(s).parts, *s.parts((loss_numbers(s, step),), base, step)))
    if name.kind == ids.LOSS and found.sample:
        numbers = loss_numbers(s, step, range(found.sample, found.sample + 1))
        return Equation(left, s.parts((numbers,), base, step))
    return Equation(left, (Part("=", s.num(base, step)),))


def _derivative(s: Solved, found: ids.Id, step: int) -> Equation:
    assert found.wrt is not None
    base = str(ids.Id(found.of, found.wrt, found.sample))
    left = _address(s, Partial(str(found.of), str(found.wrt)), found.sample, step)
    wrt, n = found.wrt, found.sample
    if n is None:
        return Equation(left, gradient(s, str(wrt), step).parts)
    if found.of.kind == ids.LOSS and wrt.kind == "p":
        named, formulas = delta_symbols(s, wrt.layer, wrt.j, step)
        numbers = delta_numbers(s, wrt.layer, wrt.j, n, step)
        head = (Part("=", named), Part("=", formulas))
        return Equation(left, (*head, *s.parts((numbers,), base, step)))
    if found.of.kind == ids.LOSS and wrt.kind == "l" and wrt.layer == s.last:
        constant, body, _, rest = _loss_slope(s, wrt.j)
        symbols = product((Coef(exact_fraction(constant), body), *(whole(v) for v in rest)))
        numbers = Coef(exact_fraction(_output_constant(s, wrt.j)), _residual(s, wrt.j, n, step))
        return Equation(left, (Part("=", symbols), *s.parts((numbers,), base, step)))
    if found.of.kind == ids.LOSS and wrt.kind == "l":
        above = range(1, s.problem.sizes[wrt.layer + 1] + 1)
        symbols = summed(
            tuple(
                Prod(
                    (
                        Partial(ids.LOSS, ids.pre(wrt.layer + 1, k)),
                        Var(ids.weight(wrt.layer + 1, k, wrt.j)),
                    )
                )
                for k in above
            )
        )
        numbers = _delta_sum(s, wrt.layer, wrt.j, n, step)
        return Equation(left, (Part("=", symbols), *s.parts((numbers,), base, step)))
    if found.of.kind == "l":
        symbols = slope_symbols(s, wrt.layer, wrt.j)
        if ACTIVATIONS[s.problem.layers[wrt.layer - 1].activation].textbook is None:
            numbers = Apply(
                s.problem.layers[wrt.layer - 1].activation,
                s.num(ids.at(ids.pre(wrt.layer, wrt.j), n), step),
                prime=True,
            )
        else:
            numbers = slope_numbers(s, wrt.layer, wrt.j, n, step)
        return Equation(left, (Part("=", symbols), *s.parts((numbers,), base, step)))
    if wrt.kind == "b" or found.of.kind == ids.LOSS:
        return Equation(left, (Part("=", s.num(base, step)),))
    symbol = ids.output(wrt.layer - 1, wrt.k) if wrt.kind == "w" else ids.weight(
        found.of.layer, found.of.j, wrt.j
    )
    value = s.num(base, step)
    relation = "=" if value.number.is_exact else "≈"
    return Equation(left, (Part("=", Var(symbol)), Part(relation, value)))


def _address(s: Solved, body: Formula, sample: int | None, step: int) -> Formula:
    if len(s.problem.data) == 1:
        sample = None
    return body if sample is None and step == 0 else At(body, sample, step)

