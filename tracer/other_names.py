"""Names that other programs and books use for what a problem file calls otherwise.

Each stands for the first of its names that is among the choices: ``logistic`` is an activation in
one place and a loss in another.
"""

from __future__ import annotations

OTHER_NAMES: dict[str, tuple[str, ...]] = {
    # activations
    "linear": ("identity",),
    "none": ("identity",),
    "logistic": ("sigmoid", "binary_cross_entropy"),
    "expit": ("sigmoid",),
    "swish": ("silu",),
    "heaviside": ("step",),
    "threshold": ("step",),
    "rectifier": ("relu",),
    "hyperbolic_tangent": ("tanh",),
    # losses
    "mse": ("squared_error",),
    "sse": ("squared_error",),
    "l2": ("squared_error",),
    "quadratic": ("squared_error",),
    "mae": ("absolute_error",),
    "l1": ("absolute_error",),
    "smooth_l1": ("huber",),
    "bce": ("binary_cross_entropy",),
    "log_loss": ("binary_cross_entropy",),
    "ce": ("cross_entropy",),
    "nll": ("cross_entropy",),
    "categorical_crossentropy": ("cross_entropy",),
    # penalties
    "ridge": ("l2",),
    "weight_decay": ("l2",),
    "lasso": ("l1",),
    # optimisers
    "sgd": ("gradient_descent",),
    "gd": ("gradient_descent",),
    "nag": ("nesterov",),
    "heavy_ball": ("classical_momentum",),
    # functions of formulas
    "ln": ("log",),
}


def usual(word: str, choices: frozenset[str]) -> str | None:
    """The one of ``choices`` that another's name for it means, or None."""
    names = OTHER_NAMES.get(word.casefold().replace("-", "_").replace(" ", "_"), ())
    return next((name for name in names if name in choices), None)
