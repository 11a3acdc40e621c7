"""What stands beside a parameter where it is read: its local derivative."""

from __future__ import annotations

from tracer import ids
from tracer.domains import to_fmpq
from tracer.formula import Formula, Num, Var, whole
from tracer.parametric import negative_part
from tracer.rounding import exact
from tracer.solved import Solved


def parameter_slope(s: Solved, name: ids.Name) -> Formula:
    """The derivative by a parameter of the pre-activation, or by a slope of the output.

    By a weight it is the output below; by a bias 1, by a threshold -1, by the weight of a constant
    input that constant; by a learned slope ``min(0, p)``.
    """
    if name.kind == "w":
        return Var(ids.output(name.layer - 1, name.k))
    if name.kind == "a":
        return negative_part(Var(ids.pre(name.layer, name.j)))
    constant = s.problem.layers[name.layer - 1].constant
    if constant is not None:
        return Num(exact(to_fmpq(constant)))
    return whole(-1 if name.layer in s.symbols.thresholds else 1)
