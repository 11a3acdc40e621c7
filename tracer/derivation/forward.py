"""The forward pass and the loss: rules in symbols, in numbers, and their values."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from flint import fmpq
from sympy import Symbol

from tracer import ids
from tracer.derivation.own import own_loss_term
from tracer.domains import to_fmpq
from tracer.formula import (
    Apply,
    Coef,
    Equation,
    Formula,
    Group,
    Letter,
    Neg,
    Num,
    OfInputs,
    OverData,
    Part,
    Power,
    Prod,
    Quotient,
    Sum,
    Var,
    from_sympy,
    summed,
    whole,
)
from tracer.glyph import Glyph
from tracer.losses import LOSSES
from tracer.parametric import prelu
from tracer.recomputing import numeric
from tracer.rounding import Number, exact
from tracer.solved import Solved
from tracer.stable import is_stable

# more of them make a fraction that is wider than a line
_MOST_EXPONENTIALS = 6


def pre_numbers(s: Solved, layer: int, j: int, n: int, step: int) -> Formula:
    """``0.1 · 1 + 0.3 · 3 + 0.5``."""
    terms: list[Formula] = [
        Prod(
            (s.num(ids.weight(layer, j, k), step), s.num(ids.at(ids.output(layer - 1, k), n), step))
        )
        for k in range(1, s.problem.sizes[layer - 1] + 1)
    ]
    if s.has_bias(layer):
        terms.append(offset(s, layer, s.num(ids.bias(layer, j), step)))
    return summed(tuple(terms))


def pre_symbols(s: Solved, layer: int, j: int) -> Formula:
    """``w_{1,1}^1 · l_1^0 + w_{1,2}^1 · l_2^0 + b_1^1``."""
    terms: list[Formula] = [
        Prod((Var(ids.weight(layer, j, k)), Var(ids.output(layer - 1, k))))
        for k in range(1, s.problem.sizes[layer - 1] + 1)
    ]
    if s.has_bias(layer):
        terms.append(offset(s, layer, Var(ids.bias(layer, j))))
    return summed(tuple(terms))


def offset(s: Solved, layer: int, bias: Formula) -> Formula:
    """A bias as a term of the pre-activation: a threshold is subtracted.

    A bias that is the weight of a constant input is multiplied by that.
    """
    constant = s.problem.layers[layer - 1].constant
    if constant is not None:
        return Prod((bias, Num(exact(to_fmpq(constant)))))
    return Neg(bias) if layer in s.symbols.thresholds else bias


def output_symbols(s: Solved, layer: int, j: int) -> Formula:
    """``ReLU(p_1^1)``; of softmax the exponentials."""
    own = Var(ids.pre(layer, j))
    if s.problem.is_coupled(layer):
        size = s.problem.sizes[layer]
        every: list[Formula] = [Var(ids.pre(layer, k)) for k in range(1, size + 1)]
        if size > _MOST_EXPONENTIALS:
            every[1:-1] = [Letter(Glyph("…"))]
        return softmax(own, every)
    activation = s.problem.layers[layer - 1].activation
    if s.problem.is_sloped(layer):
        return prelu(own, Var(ids.slope(layer, j)))
    return own if activation == "identity" else s.activation(layer, own)


def softmax(own: Formula, every: Sequence[Formula]) -> Formula:
    """``e^{p_1} / (e^{p_1} + e^{p_2})``."""
    terms = (one if isinstance(one, Letter) else Apply("exp", one) for one in every)
    return Quotient(Apply("exp", own), summed(tuple(terms)))


def worked_output(s: Solved, layer: int, j: int, n: int, step: int) -> Equation:
    """``ReLU(0.1 · 1 + 0.3 · 3 + 0.5) = 1.5``; by way of the pre-activation where f bends."""
    activation = s.problem.layers[layer - 1].activation
    value = s.number(ids.at(ids.output(layer, j), n), step)
    if s.problem.is_coupled(layer):
        return _worked_softmax(s, layer, j, n, step)
    if s.problem.is_sloped(layer):
        pre = s.num(ids.at(ids.pre(layer, j), n), step)
        return numeric_equation(s, [prelu(pre, s.num(ids.slope(layer, j), step))], value)
    inner = pre_numbers(s, layer, j, n, step)
    links: list[Formula] = []
    if activation == "identity":
        links = [inner]
    else:
        links = [s.activation(layer, inner)]
        if activation not in ("relu", "step"):
            links.append(s.activation(layer, s.num(ids.at(ids.pre(layer, j), n), step)))
    return numeric_equation(s, links, value)


def _worked_softmax(s: Solved, layer: int, j: int, n: int, step: int) -> Equation:
    """From the pre-activations, which are worked before; of many only the value."""
    neurons = range(1, s.problem.sizes[layer] + 1)
    value = s.number(ids.at(ids.output(layer, j), n), step)
    if len(neurons) > _MOST_EXPONENTIALS:
        return Equation(Num(value))
    pres = [s.num(ids.at(ids.pre(layer, k), n), step) for k in neurons]
    return numeric_equation(s, [softmax(pres[j - 1], pres)], value)


def numeric_equation(s: Solved, links: list[Formula], value: Number) -> Equation:
    """``numbers = value``, without symbols before it."""
    first, *rest = numeric(tuple(links), value, s.functions, after_symbols=False)
    return Equation(first.formula, tuple(rest))


def loss_factor(s: Solved) -> fmpq:
    """What multiplies each output's term in its sample's loss."""
    factor = fmpq(s.problem.loss.factor.numerator, s.problem.loss.factor.denominator)
    return factor / s.problem.sizes[-1] if s.problem.loss.outputs == "mean" else factor


def sample_share(s: Solved, batch: Sequence[int]) -> fmpq:
    """What multiplies each sample's loss in that of a batch: 1, or one over their number."""
    return fmpq(1, len(batch)) if s.problem.loss.samples == "mean" else fmpq(1)


def over_samples(s: Solved, body: Formula, batch: Sequence[int]) -> Formula:
    """The sum over a batch, averaged if the loss is; the body itself for a single sample."""
    if len(batch) == 1:
        return body
    total = OverData(body, len(batch) < len(s.problem.data))
    share = sample_share(s, batch)
    return total if share == 1 else Prod((rational(share), total))


def rational(value: fmpq) -> Formula:
    """A constant of a rule as a formula."""
    return Num(exact_fraction(value))


def exact_fraction(value: fmpq) -> Number:
    """A constant of a rule: whole, or a fraction however its decimals may end."""
    return Number(value, str(value), True)


def loss_formula(s: Solved, batch: Sequence[int] | None = None) -> Equation:
    """``MSE = Σ (f^*(l_1^0, l_2^0) - f(l_1^0, l_2^0))^2``, over all samples or a batch."""
    factor = loss_factor(s)
    terms: list[Formula] = []
    for k in range(1, s.problem.sizes[-1] + 1):
        own = loss_term(s, Var(ids.target(k)), network_output(s, k))
        terms.append(scaled(factor, [own]))
    samples = batch or s.samples
    data = over_samples(s, summed(tuple(terms)), samples)
    if s.problem.loss.penalty is None:
        return Equation(Var(ids.LOSS), (Part("=", data),))
    return Equation(Var(ids.LOSS), (Part("=", Sum((data, Var(ids.PENALTY)))),))


def penalty_terms(s: Solved, parameter: Callable[[str], Formula]) -> Formula:
    """``2[(w_{1,1}^1)^2 + …]``, each parameter as ``parameter`` writes it."""
    penalty = s.problem.loss.penalty
    assert penalty is not None
    terms: list[Formula] = []
    for name in s.trace.index[ids.PENALTY].uses:
        written = parameter(name)
        terms.append(Power(written, 2) if penalty.kind == "l2" else Apply("abs", written))
    return scaled(to_fmpq(penalty.weight(len(s.problem.data))), terms)


def penalty_slope(s: Solved, parameter: str, written: Formula) -> Formula | None:
    """What the penalty adds to a gradient: ``4 w``; None for a parameter without one."""
    penalty = s.problem.loss.penalty
    if penalty is None or parameter not in s.trace.index[ids.PENALTY].uses:
        return None
    weight = to_fmpq(penalty.weight(len(s.problem.data)))
    if penalty.kind == "l1":
        return scaled(weight, [Apply("sign", written)])
    return written if weight * 2 == 1 else Prod((rational(weight * 2), written))


def network_output(s: Solved, k: int) -> Formula:
    """``f(l_1^0, l_2^0)``, or the output's own symbol where the network is not written so."""
    function = s.symbols.network(k)
    return Var(ids.output(s.last, k)) if function is None else OfInputs(function)


def loss_numbers(
    s: Solved, step: int, batch: Sequence[int] | None = None, *, penalised: bool = True
) -> Formula:
    """``(1 - 1.1)^2 + (1 - 0.94)^2 + …`` over all samples or a batch.

    The whole penalty is added, but for a sample's own loss, which is not ``penalised``. With
    several outputs the losses of the samples, or of a single one the parts of the outputs.
    """
    samples = batch or s.samples
    share = sample_share(s, samples)
    if not s.problem.has_parts:
        outputs = range(1, s.problem.sizes[-1] + 1)
        terms = [term_numbers(s, k, n, step) for n in samples for k in outputs]
        data = scaled(loss_factor(s) * share, terms)
    elif len(samples) > 1:
        data = scaled(share, [s.num(ids.at(ids.LOSS, n), step) for n in samples])
    else:
        data = all_parts(s, lambda k: s.num(ids.at(ids.part(k), samples[0]), step))
    if s.problem.loss.penalty is None or not penalised:
        return data
    return Sum((data, s.num(ids.PENALTY, step)))


def is_rounded_away(s: Solved, k: int, n: int, step: int) -> bool:
    """Whether output ``k`` prints as 0 or 1 and is neither: the loss comes from the sums below."""
    output = s.number(ids.at(ids.output(s.last, k), n), step)
    return is_stable(s.problem) and output.value in (0, 1)


def term_numbers(s: Solved, k: int, n: int, step: int) -> Formula:
    """One output's term, before the factor: ``0 · log(0.9) + …``.

    Where that is log 0 it is from the pre-activations.
    """
    target, output = target_and_output(s, k, n, step)
    if not is_rounded_away(s, k, n, step):
        return loss_term(s, target, output)
    others = [j for j in range(1, s.problem.sizes[-1] + 1) if j != k]
    pres = [s.num(ids.at(ids.pre(s.last, j), n), step) for j in (k, *others)]
    return _stable_term(s, target, pres if s.problem.is_coupled(s.last) else pres[:1])


def _stable_term(s: Solved, target: Formula, pres: Sequence[Formula]) -> Formula:
    """``t · log(1 + exp(-p)) + (1 - t) · log(1 + exp(p))``: an output's term from its ``p``."""
    stable = LOSSES[s.problem.loss.kind].stable
    assert stable is not None, "a loss with a short form has a stable one"
    t, own, *others = symbols = [Symbol(f"s{i}") for i in range(len(pres) + 1)]
    names = dict(zip(symbols, (target, *pres), strict=True))
    return from_sympy(stable(t, own, others), names)


def all_parts(s: Solved, written: Callable[[int], Formula]) -> Formula:
    """``E_{o1} + E_{o2}``, or their mean, each part as ``written`` has it."""
    outputs = s.problem.sizes[-1]
    share = fmpq(1, outputs) if s.problem.loss.outputs == "mean" else fmpq(1)
    return scaled(share, [written(k) for k in range(1, outputs + 1)])


def loss_term(s: Solved, target: Formula, output: Formula) -> Formula:
    """``(1 - 1.1)^2``: what one output adds to its sample's loss, before the factor."""
    if s.problem.loss.formula is not None:
        return own_loss_term(s.problem.loss.formula, target, output)
    t, y = Symbol("t"), Symbol("y")
    return from_sympy(LOSSES[s.problem.loss.kind].formula(t, y), {t: target, y: output})


def target_and_output(s: Solved, k: int, n: int, step: int) -> tuple[Num, Num]:
    """The numbers of target and output ``k`` at one sample."""
    target = s.num(ids.at(ids.target(k), n), step)
    return target, s.num(ids.at(ids.output(s.last, k), n), step)


def scaled(factor: fmpq, terms: list[Formula]) -> Formula:
    """``factor[term + term]``, without brackets around a single term, without a factor 1."""
    if factor == 1:
        return summed(tuple(terms))
    if terms == [whole(1)]:
        return rational(factor)
    body = terms[0] if len(terms) == 1 else Group(Sum(tuple(terms)))
    return Coef(exact_fraction(factor), body)
