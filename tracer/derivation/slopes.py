"""The learned slopes of parametric ReLU: PReLU(p) = max(0, p) + α · min(0, p).

He, Zhang, Ren & Sun, Delving deep into rectifiers, ICCV 2015.
"""

from __future__ import annotations

from tracer import ids
from tracer.derivation.backward import (
    delta_name,
    delta_sum,
    flat,
    loss_constant,
    loss_slope,
    loss_slope_numbers,
    output_sum,
)
from tracer.derivation.forward import rational, sample_share, scaled
from tracer.formula import Formula, Num, Prod, Var, summed, whole
from tracer.parametric import negative_part
from tracer.solved import Solved


def slope_formulas(s: Solved, name: ids.Name) -> Formula:
    """A slope's gradient as formulas: dloss/dl times min(0, p)."""
    layer, j = name.layer, name.j
    local = negative_part(Var(ids.pre(layer, j)))
    if layer == s.last:
        return Prod((*loss_slope(s, j), local))
    if s.by_deltas(layer):
        return flat(Prod((output_sum(s, layer, j), local)))
    upper = range(1, s.problem.sizes[layer + 1] + 1)
    terms = (
        flat(Prod((delta_name(s, layer + 1, k), Var(ids.weight(layer + 1, k, j))))) for k in upper
    )
    return flat(Prod((summed(tuple(terms)), local)))


def negative_part_number(s: Solved, layer: int, j: int, n: int, step: int) -> Num:
    """``min(0, p)`` in numbers: the pre-activation as it is printed, or 0."""
    pre = s.num(ids.at(ids.pre(layer, j), n), step)
    return pre if pre.number.value < 0 else whole(0)


def slope_gradient(s: Solved, name: ids.Name, step: int) -> tuple[Formula, Formula]:
    """The same as formulas and with numbers."""
    layer, j = name.layer, name.j
    formulas = slope_formulas(s, name)
    share = sample_share(s, s.batch(step))
    if layer == s.last:
        above = [tuple(loss_slope_numbers(s, j, n, step)) for n in s.batch(step)]
        factor = loss_constant(s) * share
    else:
        above = [(delta_sum(s, layer, j, n, step),) for n in s.batch(step)]
        factor = share
    terms = [
        flat(Prod((*factors, negative_part_number(s, layer, j, n, step))))
        for n, factors in zip(s.batch(step), above, strict=True)
    ]
    if layer < s.last and factor != 1 and len(terms) == 1:
        return formulas, flat(Prod((rational(factor), terms[0])))
    return formulas, scaled(factor, list(terms))
