"""Gradients: named partials = formulas = numbers = value."""

from __future__ import annotations

from itertools import islice

from tracer import ids
from tracer.chain import paths
from tracer.derivation.backward import (
    delta,
    delta_name,
    delta_sum,
    flat,
    output_constant,
    output_factors,
    output_numbers,
    slope_numbers,
    slope_symbols,
)
from tracer.derivation.forward import (
    over_samples,
    penalty_slope,
    rational,
    sample_share,
    scaled,
)
from tracer.derivation.local import parameter_slope
from tracer.derivation.sharing import shared_gradient
from tracer.derivation.slopes import slope_gradient
from tracer.formula import (
    Coef,
    Equation,
    Formula,
    Group,
    Num,
    Part,
    Partial,
    Prod,
    Sum,
    Var,
    product,
    summed,
    whole,
)
from tracer.graph import Graph
from tracer.solved import MOST_PATHS_FORCED, Solved


def _local_factors(s: Solved, name: ids.Name, n: int, step: int) -> list[Formula]:
    """What stands beside a parameter at one sample as a factor in numbers; 1 is left out."""
    local = parameter_slope(s, name)
    if isinstance(local, Var):
        return [s.num(ids.at(local.id, n), step)]
    return [] if local == whole(1) else [local]


def gradient(s: Solved, parameter: str, step: int, *, symbols: bool = True) -> Equation:
    """The derivative of the loss by a parameter, in the view that suits it.

    Without ``symbols`` only ``∂loss/∂w = numbers = value``, as for a later step.
    """
    found = ids.parse(parameter)
    assert found is not None
    name = found.of
    left = Partial(ids.LOSS, parameter)
    value = ids.partial(ids.LOSS, parameter)
    named: Formula
    links: tuple[Formula, ...]
    if len(s.problem.places(parameter)) > 1:
        named, formulas, links = shared_gradient(s, parameter, step)
    elif name.kind == "a":
        formulas, numbers = slope_gradient(s, name, step)
        own = ids.output(name.layer, name.j)
        short = Prod((Partial(ids.LOSS, own), Partial(own, parameter)))
        named = short if s.is_by_deltas(parameter) else _chain(s, parameter)
        links = (numbers,)
    elif s.is_by_deltas(parameter):
        named, formulas, links = _gradient_by_delta(s, name, step)
    elif name.layer == s.last:
        named, formulas, links = _output_gradient(s, name, step)
    else:
        named, formulas, links = _hidden_gradient(s, name, step)
    batch = s.batch(step)
    named, formulas = over_samples(s, named, batch), over_samples(s, formulas, batch)
    penalty = penalty_slope(s, parameter, Var(parameter))
    if penalty is not None:
        named = Sum((named, Partial(ids.PENALTY, parameter)))
        formulas = Sum((formulas, penalty))
        added = penalty_slope(s, parameter, s.num(parameter, step))
        assert added is not None
        links = tuple(Sum((*_terms(link), added)) for link in links)
    if not symbols:
        return Equation(left, s.parts(links, value, step, newline=False))
    head = tuple(Part("=", formula) for formula in (named, formulas))
    cited = None if s.is_by_deltas(parameter) else _cited_bias(s, name, step)
    if cited is not None:
        words, numbers = cited
        parts = s.parts((numbers,), value, step, newline=False)
        return Equation(left, (*head, Part("=", words, newline=True), *parts))
    return Equation(left, (*head, *s.parts(links, value, step)))


def _terms(formula: Formula) -> tuple[Formula, ...]:
    """The terms of a sum, or a formula as the only one."""
    return formula.terms if isinstance(formula, Sum) else (formula,)


_Derivation = tuple[Formula, Formula, tuple[Formula, ...]]


def _chain(s: Solved, parameter: str) -> Formula:
    """All paths as named partials, with what they share at the end taken out."""
    found = [
        [Partial(f.of, f.wrt) for f in path.factors]
        for path in islice(paths(s.trace.readers, parameter), MOST_PATHS_FORCED)
    ]
    if len(found) == 1:
        return Prod(tuple(found[0]))
    shared = 1 if parameter[0] == "a" else 2  # a slope is read by the output itself
    heads = tuple(Prod(tuple(factors[:-shared])) for factors in found)
    return Prod((Sum(heads), *found[0][-shared:]))


def _output_gradient(s: Solved, name: ids.Name, step: int) -> _Derivation:
    formulas = Prod((*output_factors(s, name.j, step), parameter_slope(s, name)))
    constant = output_constant(s) * sample_share(s, s.batch(step))
    terms: list[Formula] = []
    for n in s.batch(step):
        factors = [*output_numbers(s, name.j, n, step)]
        factors += _local_factors(s, name, n, step)
        terms.append(flat(Prod(tuple(factors))))
    return _chain(s, str(name)), formulas, (scaled(constant, terms),)


def _hidden_gradient(s: Solved, name: ids.Name, step: int) -> _Derivation:
    layer, j = name.layer, name.j
    above = range(1, s.problem.sizes[layer + 1] + 1)
    one = s.slope_is_one(layer, j, step)
    cited = summed(
        tuple(
            flat(Prod((delta_name(s, layer + 1, k), Var(ids.weight(layer + 1, k, j)))))
            for k in above
        )
    )
    slope = whole(1) if one else slope_symbols(s, layer, j)
    formulas = flat(Prod((cited, slope, parameter_slope(s, name))))
    single = len(above) == 1
    terms: list[Formula] = []
    for n in s.batch(step):
        if single:
            factors: list[Formula] = [s.num(ids.partial(ids.LOSS, ids.pre(layer + 1, 1), n), step)]
        else:
            factors = [delta_sum(s, layer, j, n, step)]
        if not one:
            factors.append(slope_numbers(s, layer, j, n, step))
        factors += _local_factors(s, name, n, step)
        terms.append(flat(Prod(tuple(factors))))
    front: list[Formula] = []
    if sample_share(s, s.batch(step)) != 1:
        front.append(rational(sample_share(s, s.batch(step))))
    if single:
        front.append(s.num(ids.weight(layer + 1, 1, j), step))
    numbers = _in_front(front, terms)
    return _chain(s, str(name)), formulas, (numbers,)


def _in_front(front: list[Formula], terms: list[Formula]) -> Formula:
    if not front:
        return summed(tuple(terms))
    if len(front) == 1 and len(terms) > 1 and isinstance(front[0], Num):
        number = front[0].number
        if "/" in number.text:  # a share stands before the bracket as it does before the sum
            return Coef(number, Group(Sum(tuple(terms))))
    if len(terms) == 1:
        return flat(Prod((*front, terms[0])))
    return Prod((*front, Group(Sum(tuple(terms)))))


def _gradient_by_delta(s: Solved, name: ids.Name, step: int) -> _Derivation:
    own = ids.pre(name.layer, name.j)
    named = Prod((Partial(ids.LOSS, own), Partial(own, str(name))))
    formulas = Prod((delta(s, name.layer, name.j), parameter_slope(s, name)))
    terms: list[Formula] = []
    for n in s.batch(step):
        factors: list[Formula] = [s.num(ids.partial(ids.LOSS, own, n), step)]
        factors += _local_factors(s, name, n, step)
        terms.append(product(tuple(factors)))
    front = (
        [] if sample_share(s, s.batch(step)) == 1 else [rational(sample_share(s, s.batch(step)))]
    )
    return named, formulas, (_in_front(front, terms),)


def bias_above(graph: Graph, parameter: ids.Name) -> str | None:
    """The bias of the single neuron above a hidden bias, whose gradient may be cited for it."""
    above = parameter.layer + 1
    if parameter.kind != "b" or above == len(graph.sizes) or graph.sizes[above] != 1:
        return None
    bias = ids.bias(above, 1)
    return bias if bias in graph.parameters else None


def _cited_bias(s: Solved, name: ids.Name, step: int) -> tuple[Formula, Formula] | None:
    """A hidden bias below a single neuron: that neuron's bias gradient times the weight."""
    above = bias_above(s.trace.graph, name)
    penalty = s.problem.loss.penalty
    if penalty is not None and penalty.biases:  # the gradient above has a term of its own
        return None
    if above is None or not s.slope_is_one(name.layer, name.j, step):
        return None
    if parameter_slope(s, name) != parameter_slope(s, ids.Name("b", name.layer + 1, 1)):
        return None  # one of them is a threshold: their gradients differ in sign
    gradient_above = ids.partial(ids.LOSS, above)
    weight = ids.weight(name.layer + 1, 1, name.j)
    words = Prod((Partial(ids.LOSS, above), Var(weight)))
    return words, Prod((s.num(gradient_above, step), s.num(weight, step)))
