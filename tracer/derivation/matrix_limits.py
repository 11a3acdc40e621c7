"""What can be said in matrices: layers that are not too large, every entry with the same rule."""

from __future__ import annotations

from tracer import ids
from tracer.errors import NotSupported
from tracer.matrix_symbols import check_matrix_symbols
from tracer.solved import Solved

# beyond, most of a matrix would be dots
_MOST_ROWS = 32


def check_matrices(s: Solved) -> None:
    """Raise NotSupported where the page cannot be said in matrices."""
    check_matrix_symbols(s.symbols, len(s.problem.data) > 1)
    largest = max(s.problem.sizes)
    if largest > _MOST_ROWS:
        raise NotSupported(
            f"view matrix: a layer of {largest} neurons or inputs, more than {_MOST_ROWS}; use "
            "view deltas, or auto"
        )
    if s.problem.forward_only is not None:
        return
    for layer in range(s.first, s.last + 1):
        if s.problem.is_coupled(layer) and not (layer == s.last and s.problem.loss.shortcut):
            raise NotSupported(
                f"view matrix: every output of softmax in layer {layer} depends on all its "
                "pre-activations, so each sample has a matrix of derivatives of its own; use view "
                "deltas, or auto"
            )
    _check_scalars(s)
    for layer in range(1, s.last + 1):
        for kind in "wb":
            some = [n for n in s.problem.frozen if n[0] == kind and ids.layer_of(n) == layer]
            every = [
                n for n in s.problem.parameter_names if n[0] == kind and ids.layer_of(n) == layer
            ]
            if some and len(some) < len(every):
                others = "thresholds" if layer in s.symbols.thresholds else "biases"
                which = "weights" if kind == "w" else others
                raise NotSupported(
                    f"view matrix: only some of the {which} of layer {layer} are kept fixed, and "
                    "a matrix has a gradient for all its entries or none; use view deltas, or auto"
                )


def _check_scalars(s: Solved) -> None:
    """Raise NotSupported where a single parameter has a rule of its own."""
    reasons = (
        (s.problem.shared, "shared parameters are single numbers, not matrices"),
        (s.symbols.sloped, "learned slopes are in no matrix"),
        (
            any(layer.constant for layer in s.problem.layers),
            "biases are here the weights of a constant input",
        ),
    )
    for holds, reason in reasons:
        if holds:
            raise NotSupported(f"view matrix: {reason}; use view deltas, or auto")
