"""The network as a function: its outputs and gradients in symbols alone, for one general sample."""

from __future__ import annotations

from tracer import ids
from tracer.chain import paths
from tracer.derivation.backward import (
    delta,
    delta_meaning,
    delta_symbols,
    flat,
    jacobian_symbols,
    loss_slope,
    output_factors,
    output_sum,
    slope_symbols,
)
from tracer.derivation.forward import (
    loss_factor,
    loss_term,
    network_output,
    offset,
    output_symbols,
    penalty_slope,
    penalty_terms,
    pre_symbols,
    scaled,
)
from tracer.derivation.local import parameter_slope
from tracer.derivation.sharing import shared_symbols
from tracer.derivation.slopes import slope_formulas
from tracer.formula import (
    Equation,
    Formula,
    Part,
    Partial,
    Prod,
    Sum,
    Var,
    summed,
    whole,
)
from tracer.parametric import prelu
from tracer.solved import Solved

# a composed formula of more symbols is no longer for reading
_MOST_SYMBOLS = 40


def pre(s: Solved, layer: int, j: int) -> Equation:
    """``p_1^1 = w_{1,1}^1 · l_1^0 + … + b_1^1``."""
    return Equation(Var(ids.pre(layer, j)), (Part("=", pre_symbols(s, layer, j)),))


def output(s: Solved, layer: int, j: int) -> Equation:
    """``l_1^1 = ReLU(p_1^1)``; of an output of the network also as the function that it is."""
    own = Var(ids.output(layer, j))
    function = network_output(s, j) if layer == s.last else own
    head = () if function == own else (Part("=", own),)
    return Equation(function, (*head, Part("=", output_symbols(s, layer, j))))


def can_be_composed(s: Solved) -> bool:
    """Whether an output is short enough to be written in the inputs alone."""
    symbols = 1
    for layer in range(1, s.last + 1):
        if s.problem.is_coupled(layer):
            return False
        symbols = s.problem.sizes[layer - 1] * (symbols + 1) + s.has_bias(layer)
    return symbols <= _MOST_SYMBOLS


def composed(s: Solved, j: int) -> Equation:
    """``f(l_1^0, l_2^0) = ReLU(w_{1,1}^2 · ReLU(w_{1,1}^1 · l_1^0 + …) + …)``."""
    return Equation(network_output(s, j), (Part("=", _composed(s, s.last, j)),))


def _composed(s: Solved, layer: int, j: int) -> Formula:
    if layer == 0:
        return Var(ids.output(0, j))
    terms: list[Formula] = [
        flat(Prod((Var(ids.weight(layer, j, k)), _composed(s, layer - 1, k))))
        for k in range(1, s.problem.sizes[layer - 1] + 1)
    ]
    if s.has_bias(layer):
        terms.append(offset(s, layer, Var(ids.bias(layer, j))))
    inner = summed(tuple(terms))
    if s.problem.is_sloped(layer):
        return prelu(inner, Var(ids.slope(layer, j)))
    is_identity = s.problem.layers[layer - 1].activation == "identity"
    return inner if is_identity else s.activation(layer, inner)


def sample_loss(s: Solved) -> Equation:
    """``E = (f^*(l_1^0, l_2^0) - f(l_1^0, l_2^0))^2``: what one sample adds, or its share."""
    factor = loss_factor(s)
    terms = [
        scaled(factor, [loss_term(s, Var(ids.target(k)), network_output(s, k))])
        for k in range(1, s.problem.sizes[-1] + 1)
    ]
    if s.problem.loss.penalty is not None:
        terms.append(Var(ids.PENALTY))
    return Equation(Var(ids.LOSS), (Part("=", summed(tuple(terms))),))


def penalty(s: Solved) -> Equation:
    """``R = 2[(w_{1,1}^1)^2 + …]``."""
    return Equation(Var(ids.PENALTY), (Part("=", penalty_terms(s, Var)),))


def gradient(s: Solved, parameter: str) -> Equation:
    """The sum over all paths: as products of partial derivatives, and as formulas.

    By deltas where that is its view, the derivative by the pre-activation times what it reads.
    """
    found = ids.parse(parameter)
    assert found is not None
    layer, j = found.of.layer, found.of.j
    named: Formula
    formulas: Formula
    if len(s.problem.places(parameter)) > 1:
        named, formulas = shared_symbols(s, parameter)
    elif s.is_by_deltas(parameter) and found.of.kind == "a":
        own = ids.output(layer, j)
        named = Prod((Partial(ids.LOSS, own), Partial(own, parameter)))
        formulas = slope_formulas(s, found.of)
    elif s.is_by_deltas(parameter):
        own = ids.pre(layer, j)
        named = Prod((Partial(ids.LOSS, own), Partial(own, parameter)))
        formulas = Prod((delta(s, layer, j), *_local(s, own, parameter)))
    else:
        chains = _chains(s, parameter)
        named = summed(tuple(Prod(tuple(Partial(*pair) for pair in chain)) for chain in chains))
        formulas = summed(tuple(_product(s, chain) for chain in chains))
    added = penalty_slope(s, parameter, Var(parameter))
    if added is not None:
        named = Sum((named, Partial(ids.PENALTY, parameter)))
        formulas = Sum((formulas, added))
    links = (Part("=", named, newline=True), Part("=", formulas, newline=True))
    return Equation(Partial(ids.LOSS, parameter), links)


Chain = tuple[tuple[str, str], ...]


def _chains(s: Solved, parameter: str) -> list[Chain]:
    """Every path from the loss to a parameter, as what is derived by what."""
    found = [
        tuple((factor.of, factor.wrt) for factor in path.factors)
        for path in paths(s.trace.readers, parameter)
    ]
    if s.problem.loss.shortcut:  # loss and last activation have one derivative together
        found = [((ids.LOSS, chain[1][1]), *chain[2:]) for chain in found]
    return list(dict.fromkeys(found))


def _product(s: Solved, chain: Chain) -> Formula:
    factors = [factor for of, wrt in chain for factor in _local(s, of, wrt)]
    return flat(Prod(tuple(factor for factor in factors if factor != whole(1))))


def _local(s: Solved, of: str, wrt: str) -> tuple[Formula, ...]:
    """A local derivative in symbols, as factors."""
    one, other = ids.parse(of), ids.parse(wrt)
    assert one is not None
    assert other is not None
    above, below = one.of, other.of
    if of == ids.LOSS and below.kind == "l":
        return loss_slope(s, below.j)
    if of == ids.LOSS:
        return output_factors(s, below.j, 0)
    if above.kind == "l" and s.problem.is_coupled(above.layer):
        return (jacobian_symbols(s, above.layer, above.j, below.j),)
    if below.kind in "wba":
        return (parameter_slope(s, below),)
    if above.kind == "l":
        return (slope_symbols(s, above.layer, above.j),)
    return (Var(ids.weight(above.layer, above.j, below.j)),)


def delta_equation(s: Solved, layer: int, j: int) -> Equation:
    """``∂E/∂p_1^1 = ∂E/∂p_1^2 · … = ∂E/∂p_1^2 · w_{1,1}^2 · ReLU'(p_1^1)``."""
    named, formulas = delta_symbols(s, layer, j, 0)
    left = delta(s, layer, j)
    links = (*delta_meaning(s, layer, j), *(() if named == left else (named,)), formulas)
    return Equation(left, tuple(Part("=", link) for link in links))


def by_output(s: Solved, layer: int, j: int) -> Equation:
    """``∂E/∂l_1^1 = ∂E/∂p_1^2 · w_{1,1}^2 + …``."""
    return Equation(Partial(ids.LOSS, ids.output(layer, j)), (Part("=", output_sum(s, layer, j)),))
