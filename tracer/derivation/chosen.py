"""A gradient in the view that it has alone: in symbols, or with its whole layer in matrices."""

from __future__ import annotations

from tracer import ids
from tracer.derivation import symbolic
from tracer.derivation.matrix import Columns, bias_gradient, weight_gradient
from tracer.derivation.matrix_limits import check_matrices
from tracer.formula import Equation
from tracer.solved import Solved


def chosen(s: Solved, parameter: str, step: int) -> Equation | None:
    """The gradient by a parameter as its view has it; None where that is of numbers one by one.

    Raises NotSupported where it can't be said in matrices.
    """
    view = s.views.get(ids.partial(ids.LOSS, parameter), s.view)
    if view == "function":
        return symbolic.gradient(s, parameter)
    if view != "matrix":
        return None
    check_matrices(s)
    own = ids.parse(parameter)
    assert own is not None
    write = weight_gradient if own.of.kind == "w" else bias_gradient
    return write(Columns(s, step, s.batch(step)), own.of.layer)
