"""Local derivatives and deltas: each worked once, then cited."""

from __future__ import annotations

from flint import fmpq
from sympy import Symbol

from tracer import ids
from tracer.activations import row_of
from tracer.derivation.forward import (
    is_rounded_away,
    loss_factor,
    numeric_equation,
    rational,
    scaled,
    softmax,
    target_and_output,
)
from tracer.derivation.own import own_loss_slope
from tracer.domains import to_fmpq
from tracer.formula import (
    Equation,
    Formula,
    Neg,
    Num,
    Part,
    Partial,
    Prod,
    Sum,
    Var,
    from_sympy,
    minus,
    product,
    summed,
    whole,
)
from tracer.losses import LOSSES, shortcut
from tracer.rounding import exact
from tracer.solved import Solved


def slope_symbols(s: Solved, layer: int, j: int) -> Formula:
    """The derivative of the activation as textbooks print it: ``l (1 - l)``, ``ReLU'(p)``."""
    return _slope(s, layer, Var(ids.pre(layer, j)), Var(ids.output(layer, j)))


def slope_numbers(s: Solved, layer: int, j: int, n: int, step: int) -> Formula:
    """The same with one sample's numbers; where it is printed as f'(p), its value."""
    own = s.problem.layers[layer - 1]
    if row_of(own.activation).textbook is None:
        local = s.num(ids.partial(ids.output(layer, j), ids.pre(layer, j), n), step)
        if s.problem.is_sloped(layer) and local.number.value != 1:
            return s.num(ids.slope(layer, j), step)  # at the start as given, not rounded
        if own.activation != "leaky_relu" or own.parameter is None or local.number.value in (0, 1):
            return local
        return Num(exact(to_fmpq(own.parameter)))  # as given, not rounded
    pre, out = ids.pre(layer, j), ids.output(layer, j)
    return _slope(s, layer, s.num(ids.at(pre, n), step), s.num(ids.at(out, n), step))


def _slope(s: Solved, layer: int, pre: Formula, out: Formula) -> Formula:
    activation = s.problem.layers[layer - 1].activation
    textbook = row_of(activation).textbook
    if textbook is None:
        return s.activation(layer, pre, prime=True)
    x, y = Symbol("x"), Symbol("y")
    return from_sympy(textbook(x, y), {x: pre, y: out})


def jacobian_symbols(s: Solved, layer: int, j: int, k: int) -> Formula:
    """The derivative of softmax's output ``j`` by pre-activation ``k``: ``-l_j l_k``."""
    return _jacobian(s, layer, Var(ids.output(layer, j)), Var(ids.output(layer, k)), j == k)


def jacobian_numbers(s: Solved, layer: int, j: int, k: int, n: int, step: int) -> Formula:
    """The same with one sample's numbers."""
    one, other = (s.num(ids.at(ids.output(layer, i), n), step) for i in (j, k))
    return _jacobian(s, layer, one, other, j == k)


def _jacobian(s: Solved, layer: int, one: Formula, other: Formula, same: bool) -> Formula:
    row = row_of(s.problem.layers[layer - 1].activation)
    y, z = Symbol("y"), Symbol("z")
    assert row.cross is not None
    assert row.textbook is not None
    return from_sympy(row.textbook(z, y) if same else row.cross(y, z), {y: one, z: other})


def loss_slope(s: Solved, k: int) -> tuple[Formula, ...]:
    """The loss's derivative by output ``k`` as factors: ``2(f^* - l) · (-1)``."""
    constants, factors = _loss_slope(s, Var(ids.target(k)), Var(ids.output(s.last, k)))
    return with_constants(loss_factor(s), constants, factors)


def loss_slope_numbers(s: Solved, k: int, n: int, step: int) -> tuple[Formula, ...]:
    """``1 - 1.1``: the factors that remain of it at one sample without the constants.

    An output that prints as 0 or 1 is written by its function: nothing is divided by 0.
    """
    target, output = target_and_output(s, k, n, step)
    if not is_rounded_away(s, k, n, step):
        return _loss_slope(s, target, output)[1]
    neurons = range(1, s.problem.sizes[-1] + 1)
    pres = [s.num(ids.at(ids.pre(s.last, j), n), step) for j in neurons]
    if s.problem.is_coupled(s.last):
        return _loss_slope(s, target, softmax(pres[k - 1], pres))[1]
    return _loss_slope(s, target, s.activation(s.last, pres[k - 1]))[1]


def loss_constant(s: Solved) -> fmpq:
    """All constants of the loss's derivative by an output in one: ``2 · (-1) = -2``."""
    constant = loss_factor(s)
    for value in _loss_slope(s, whole(0), whole(0))[0]:
        constant *= value
    return constant


def with_constants(
    factor: fmpq, constants: tuple[int | fmpq, ...], factors: tuple[Formula, ...]
) -> tuple[Formula, ...]:
    """``2(f^* - l) · (-1)``: the first constant before the first factor, others after it."""
    first, *others = constants or (1,)
    return (
        scaled(factor * first, list(factors[:1]) or [whole(1)]),
        *(rational(fmpq(value)) for value in others),
        *factors[1:],
    )


def _loss_slope(
    s: Solved, target: Formula, output: Formula
) -> tuple[tuple[int | fmpq, ...], tuple[Formula, ...]]:
    if s.problem.loss.formula is not None:
        return own_loss_slope(s.problem.loss.formula, target, output)
    t, y = Symbol("t"), Symbol("y")
    constants, factors = LOSSES[s.problem.loss.kind].textbook(t, y)
    return constants, tuple(from_sympy(factor, {t: target, y: output}) for factor in factors)


def _short(target: Formula, output: Formula) -> Formula:
    t, y = Symbol("t"), Symbol("y")
    return from_sympy(shortcut(t, y), {t: target, y: output})


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
    if s.problem.is_coupled(layer):
        outs = [ids.output(layer, k) for k in range(1, s.problem.sizes[layer] + 1)]
        named = summed(tuple(Prod((Partial(ids.LOSS, o), Partial(o, own))) for o in outs))
    else:
        named = Prod((Partial(ids.LOSS, out), Partial(out, own)))
    if layer == s.last:
        return named, product(output_factors(s, j, step))
    if s.problem.is_coupled(layer):
        terms = (
            flat(Prod((Partial(ids.LOSS, o), jacobian_symbols(s, layer, k, j))))
            for k, o in enumerate(outs, start=1)
        )
        return named, summed(tuple(terms))
    above = range(1, s.problem.sizes[layer + 1] + 1)
    local = [Partial(ids.LOSS, ids.pre(layer + 1, k)) for k in above]
    into = [Partial(ids.pre(layer + 1, k), out) for k in above]
    named = Prod(
        (
            summed(tuple(Prod((a, b)) for a, b in zip(local, into, strict=True))),
            Partial(out, own),
        )
    )
    slope = whole(1) if s.slope_is_one(layer, j, step) else slope_symbols(s, layer, j)
    return flat(named), flat(Prod((output_sum(s, layer, j), slope)))


def output_sum(s: Solved, layer: int, j: int) -> Formula:
    """dloss/dl of a hidden neuron: the sum over the neurons above of delta times weight."""
    return summed(
        tuple(
            Prod((delta(s, layer + 1, k), Var(ids.weight(layer + 1, k, j))))
            for k in range(1, s.problem.sizes[layer + 1] + 1)
        )
    )


def delta_equation(s: Solved, layer: int, j: int, step: int) -> Equation:
    """``∂MSE/∂p = ∂MSE/∂l · ∂l/∂p = 2(f^* - l) · (-1)``, or cited by the product of its factors.

    Where the notation has a symbol for it, that is what is on the left: ``δ = ∂MSE/∂p = …``.
    """
    named, formulas = delta_symbols(s, layer, j, step)
    name = delta_name(s, layer, j)
    known = name == named or (
        layer == s.last and s.problem.loss.shortcut and s.problem.is_coupled(layer)
    )
    links = (*delta_meaning(s, layer, j), *(() if known else (named,)), formulas)
    return Equation(name, tuple(Part("=", link) for link in links))


def delta_meaning(s: Solved, layer: int, j: int) -> tuple[Formula, ...]:
    """``∂MSE/∂p``, what the notation's symbol for it means; nothing where it has none."""
    fraction = Partial(ids.LOSS, ids.pre(layer, j))
    return () if delta(s, layer, j) == fraction else (fraction,)


def shortcut_derivation(s: Solved) -> Equation:
    """How ``∂E/∂p = l - f^*`` comes about, for the first neuron of the output layer."""
    named, short = delta_symbols(s, s.last, 1, 0)
    if not s.problem.is_coupled(s.last):
        long: tuple[Formula, ...] = (flat(Prod((*loss_slope(s, 1), slope_symbols(s, s.last, 1)))),)
    else:
        own, target = Var(ids.output(s.last, 1)), Var(ids.target(1))
        others = range(2, s.problem.sizes[-1] + 1)
        factor = loss_factor(s)
        multiplied: list[Formula] = [Neg(Prod((target, minus(whole(1), own))))]
        multiplied += [Prod((Var(ids.target(k)), own)) for k in others]
        targets = Sum((target, *(Var(ids.target(k)) for k in others)))
        collected = minus(Prod((own, targets)), target)
        long = (
            _coupled_sum(s, 1),
            scaled(factor, [Sum(tuple(multiplied))]),
            scaled(factor, [collected]),
        )
    links = (*delta_meaning(s, s.last, 1), named, *long, short)
    return Equation(delta(s, s.last, 1), tuple(Part("=", link, True) for link in links))


def _coupled_sum(s: Solved, j: int) -> Formula:
    """dloss/dp of a softmax output: the sum over all outputs, in symbols."""
    return summed(
        tuple(
            flat(Prod((*loss_slope(s, k), jacobian_symbols(s, s.last, k, j))))
            for k in range(1, s.problem.sizes[-1] + 1)
        )
    )


def flat(formula: Prod) -> Formula:
    """A product whose factors are no products themselves."""
    factors: list[Formula] = []
    for factor in formula.factors:
        factors += factor.factors if isinstance(factor, Prod) else [factor]
    return product(tuple(factors))


def output_factors(s: Solved, k: int, step: int) -> tuple[Formula, ...]:
    """``2(f^* - l) · (-1)``, then the activation's derivative unless it is 1 at every sample."""
    if s.problem.loss.shortcut:
        short = _short(Var(ids.target(k)), Var(ids.output(s.last, k)))
        return (scaled(loss_factor(s), [short]),)
    if s.problem.is_coupled(s.last):
        return (_coupled_sum(s, k),)
    if s.slope_is_one(s.last, k, step):
        return loss_slope(s, k)
    return (*loss_slope(s, k), slope_symbols(s, s.last, k))


def output_constant(s: Solved) -> fmpq:
    """What stands before the numbers of a derivative by an output's pre-activation."""
    return loss_factor(s) if s.problem.loss.shortcut else loss_constant(s)


def output_numbers(s: Solved, k: int, n: int, step: int) -> tuple[Formula, ...]:
    """The factors of a derivative by an output's pre-activation without that constant."""
    if s.problem.loss.shortcut:
        return (_short(*target_and_output(s, k, n, step)),)
    if s.problem.is_coupled(s.last):
        terms = (
            (*loss_slope_numbers(s, j, n, step), jacobian_numbers(s, s.last, j, k, n, step))
            for j in range(1, s.problem.sizes[-1] + 1)
        )
        return (summed(tuple(flat(Prod(factors)) for factors in terms)),)
    factors = loss_slope_numbers(s, k, n, step)
    if s.slope_is_one(s.last, k, step):
        return factors
    return (*factors, slope_numbers(s, s.last, k, n, step))


def delta_numbers(s: Solved, layer: int, j: int, n: int, step: int) -> Formula:
    """dloss/dp at one sample in numbers, from the deltas of the layer above."""
    if layer == s.last:
        body = flat(Prod(output_numbers(s, j, n, step)))
        return scaled(output_constant(s), [body])
    if s.problem.is_coupled(layer):
        terms = (
            flat(
                Prod(
                    (
                        s.num(ids.partial(ids.LOSS, ids.output(layer, k), n), step),
                        jacobian_numbers(s, layer, k, j, n, step),
                    )
                )
            )
            for k in range(1, s.problem.sizes[layer] + 1)
        )
        return summed(tuple(terms))
    slope = None if s.slope_is_one(layer, j, step) else slope_numbers(s, layer, j, n, step)
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
