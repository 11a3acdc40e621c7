"""Rules of the output layer that lose no digits where an output rounds to 0 or 1.

``log(1 - l)`` has nothing left of an output that is 1 but for 10^-20. Where loss and activation
match, as cross-entropy and softmax do, the same numbers come from the pre-activations: the loss by
``log(1 + e^p)`` (softplus, and log-sum-exp for softmax), and ``l - t`` without the difference. What
is printed and differentiated are the rules as books have them; only values come from these.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cache

import sympy
from sympy import Symbol

from tracer import ids
from tracer.graph import Quantity, Template, Term, activation_template
from tracer.losses import LOSSES
from tracer.problem import Problem


def is_stable(problem: Problem) -> bool:
    """Whether the loss is computed from the pre-activations: by hand it is from rounded outputs."""
    return problem.loss.shortcut and problem.numbers.policy != "step"


def stabilised(problem: Problem, quantities: Iterable[Quantity]) -> tuple[Quantity, ...]:
    """The quantities, with a stable rule for each sample's loss and its derivatives by ``p``."""
    found = dict(_rules(problem))
    return tuple(replace(q, stable=found[q.id]) if q.id in found else q for q in quantities)


def _rules(problem: Problem) -> Iterator[tuple[str, tuple[Term, ...]]]:
    last, count = len(problem.layers), problem.sizes[-1]
    neurons = range(1, count + 1)
    factor = sympy.Rational(*problem.loss.factor.as_integer_ratio())
    coupled = problem.is_coupled(last)
    whole = factor / count if problem.loss.outputs == "mean" else factor
    has_parts = problem.has_parts
    loss = _loss(problem.loss.kind, factor if has_parts else whole, count if coupled else 1)
    for n in range(1, len(problem.data) + 1):
        pre = {j: ids.at(ids.pre(last, j), n) for j in neurons}
        out = {j: ids.at(ids.output(last, j), n) for j in neurons}
        target = {j: ids.at(ids.target(j), n) for j in neurons}
        others = {j: [k for k in neurons if k != j] if coupled else [] for j in neurons}
        terms = [Term(loss, (target[j], pre[j], *(pre[k] for k in others[j]))) for j in neurons]
        if has_parts:
            yield from ((ids.at(ids.part(j), n), (terms[j - 1],)) for j in neurons)
        else:
            yield ids.at(ids.LOSS, n), tuple(terms)
        for j in neurons:
            name = ids.partial(ids.LOSS, ids.pre(last, j), n)
            if coupled:
                yield name, _coupled_slope(whole, target[j], out[j], [out[k] for k in others[j]])
            else:
                yield name, (Term(_slope(problem, whole), (target[j], pre[j])),)


@cache
def _loss(kind: str, factor: sympy.Rational, count: int) -> Template:
    t, own, *others = symbols = sympy.symbols(f"t x:{count}", real=True)
    stable = LOSSES[kind].stable
    assert stable is not None, "a loss with a short form has a stable one"
    return Template(tuple(symbols), factor * stable(t, own, others).doit())


def _slope(problem: Problem, factor: sympy.Rational) -> Template:
    """``(1 - t) σ(p) - t σ(-p)``, which is ``l - t`` as ``σ(-p)`` is ``1 - l``."""
    t, x = Symbol("t", real=True), Symbol("x", real=True)
    output = activation_template(problem.layers[-1])
    return Template((t, x), factor * ((1 - t) * output.filled((x,)) - t * output.filled((-x,))))


def _coupled_slope(
    factor: sympy.Rational, target: str, own: str, others: Sequence[str]
) -> tuple[Term, ...]:
    """``(1 - t) l - t (m + …)``, which is ``l - t`` as the outputs sum to 1."""
    t, y = Symbol("t", real=True), Symbol("y", real=True)
    mine, rest = Template((t, y), factor * (1 - t) * y), Template((t, y), -factor * t * y)
    return (Term(mine, (target, own)), *(Term(rest, (target, other)) for other in others))
