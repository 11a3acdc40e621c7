"""Local derivatives and deltas: each worked once, then cited."""

from __future__ import annotations

from flint import fmpq
from sympy import Symbol

from tracer import ids
from tracer.activations import ACTIVATIONS
from tracer.derivation.forward import (
    exact_fraction,
    loss_factor,
    numeric_equation,
    target_and_output,
)
from tracer.formula import (
    Coef,
    Equation,
    Formula,
    Num,
    Part,
    Partial,
    Prod,
    Var,
    from_sympy,
    product,
    summed,
    whole,
)
from tracer.losses import LOSSES
from tracer.rounding import exact
from tracer.solved import Solved


def slope_symbols(s: Solved, layer: int, j: int) -> Formula:
    """The derivative of the activation as textbooks print it: ``l (1 - l)``, ``ReLU'(p)``."""
    return _slope(s, layer, Var(ids.pre(layer, j)), Var(ids.output(layer, j)))


def slope_numbers(s: Solved, layer: int, j: int, n: int, step: int) -> Formula:
    """The same with one sample's numbers; where it is a matter of cases, its value."""
    activation = s.problem.layers[layer - 1].activation
    if ACTIVATIONS[activation].textbook is None:
        local = s.num(ids.partial(ids.output(layer, j), ids.pre(layer, j), n), step)
        slope = s.problem.layers[layer - 1].slope
        if slope is None or local.number.value in (0, 1):
            return local
        return Num(exact(fmpq(slope.numerator, slope.denominator)))  # as given, not rounded
    pre, out = ids.pre(layer, j), ids.output(layer, j)
    return _slope(s, layer, s.num(ids.at(pre, n), step), s.num(ids.at(out, n), step))


def _slope(s: Solved, layer: int, pre: Formula, out: Formula) -> Formula:
    activation = s.problem.layers[layer - 1].activation
    textbook = ACTIVATIONS[activation].textbook
    if textbook is None:
        return s.activation(layer, pre, prime=True)
    x, y = Symbol("x"), Symbol("y")
    return from_sympy(textbook(x, y), {x: pre, y: out})


def loss_slope(s: Solved, k: int) -> tuple[fmpq, Formula, tuple[int, ...]]:
    """The loss's derivative by output ``k``: constant, difference, further constants."""
    constants, body = _loss_slope(s, Var(ids.target(k)), Var(ids.output(s.last, k)))
    first, *rest = constants
    return loss_factor(s) * first, body, tuple(rest)


def loss_slope_numbers(s: Solved, k: int, n: int, step: int) -> Formula:
    """``1 - 1.1``: what remains of it at one sample without the constants."""
    _, body = _loss_slope(s, *target_and_output(s, k, n, step))
    return body


def _loss_slope(s: Solved, target: Formula, output: Formula) -> tuple[tuple[int, ...], Formula]:
    t, y = Symbol("t"), Symbol("y")
    constants, body = LOSSES[s.problem.loss.kind].textbook(t, y)
    return constants, from_sympy(body, {t: target, y: output})


def delta(s: Solved, layer: int, j: int) -> Formula:
    """dloss/dp by the notation's symbol, ``δ_1^2``, or as a fraction where it has none."""
    own = ids.pre(layer, j)
    if s.symbols.notation.delta is None:
        return Partial(ids.LOSS, own)
    return Var(ids.partial(ids.LOSS, own))


def delta_name(s: Solved, layer: int, j: int) -> Formula:
    """How a page refers to dloss/dp: in the output layer perhaps as the product of its factors."""
    below = layer - 1 if layer > 1 else layer
    if s.symbols.notation.delta is None and layer == s.last and not s.by_deltas(below):
        own, out = ids.pre(layer, j), ids.output(layer, j)
        return Prod((Partial(ids.LOSS, out), Partial(out, own)))
    return delta(s, layer, j)


def delta_symbols(s: Solved, layer: int, j: int, step: int) -> tuple[Formula, Formula]:
    """dloss/dp as named partials, and as formulas."""
    own, out = ids.pre(layer, j), ids.output(layer, j)
    if layer == s.last:
        named: Formula = Prod((Partial(ids.LOSS, out), Partial(out, own)))
        return named, product(output_factors(s, j, step))
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
    deltas = [delta(s, layer + 1, k) for k in above]
    total = summed(tuple(Prod((a, b)) for a, b in zip(deltas, weights, strict=True)))
    slope = whole(1) if s.slope_is_one(layer, j, step) else slope_symbols(s, layer, j)
    return flat(named), flat(Prod((total, slope)))


def delta_equation(s: Solved, layer: int, j: int, step: int) -> Equation:
    """``∂MSE/∂p = ∂MSE/∂l · ∂l/∂p = 2(f^* - l) · (-1)``, or cited by the product of its factors.

    Where the notation has a symbol for it, that is what is on the left: ``δ = ∂MSE/∂p = …``.
    """
    named, formulas = delta_symbols(s, layer, j, step)
    name = delta_name(s, layer, j)
    links = (formulas,) if name == named else (*delta_meaning(s, layer, j), named, formulas)
    return Equation(name, tuple(Part("=", link) for link in links))


def delta_meaning(s: Solved, layer: int, j: int) -> tuple[Formula, ...]:
    """``∂MSE/∂p``, what the notation's symbol for it means; nothing where it has none."""
    fraction = Partial(ids.LOSS, ids.pre(layer, j))
    return () if delta(s, layer, j) == fraction else (fraction,)


def flat(formula: Prod) -> Formula:
    """A product whose factors are no products themselves."""
    factors: list[Formula] = []
    for factor in formula.factors:
        factors += factor.factors if isinstance(factor, Prod) else [factor]
    return product(tuple(factors))


def output_factors(s: Solved, k: int, step: int) -> tuple[Formula, ...]:
    """``2(f^* - l) · (-1)``, then the activation's derivative unless it is 1 at every sample."""
    constant, body, rest = loss_slope(s, k)
    factors: list[Formula] = [Coef(exact_fraction(constant), body)]
    factors += [whole(value) for value in rest]
    if not s.slope_is_one(s.last, k, step):
        factors.append(slope_symbols(s, s.last, k))
    return tuple(factors)


def output_constant(s: Solved, k: int) -> fmpq:
    """All constants of the loss's derivative by output ``k`` in one: ``2 · (-1) = -2``."""
    constant, _, rest = loss_slope(s, k)
    for value in rest:
        constant *= value
    return constant


def delta_numbers(s: Solved, layer: int, j: int, n: int, step: int) -> Formula:
    """dloss/dp at one sample in numbers, from the deltas of the layer above."""
    slope = None if s.slope_is_one(layer, j, step) else slope_numbers(s, layer, j, n, step)
    if layer == s.last:
        factors = [loss_slope_numbers(s, j, n, step)] + ([slope] if slope else [])
        return Coef(exact_fraction(output_constant(s, j)), product(tuple(factors)))
    total = delta_sum(s, layer, j, n, step)
    return flat(Prod((total, slope))) if slope else total


def delta_sum(s: Solved, layer: int, j: int, n: int, step: int) -> Formula:
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
    return numeric_equation(s, [delta_numbers(s, layer, j, n, step)], s.number(name, step))
