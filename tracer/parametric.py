"""Parametric ReLU as a page writes it: max(0, p) + α · min(0, p), with a slope for each neuron."""

from __future__ import annotations

from tracer.formula import Apply, Args, Formula, Prod, Sum, whole


def prelu(pre: Formula, slope: Formula) -> Formula:
    """``max(0, p) + α · min(0, p)``."""
    return Sum((Apply("max", Args((whole(0), pre))), Prod((slope, negative_part(pre)))))


def negative_part(pre: Formula) -> Formula:
    """``min(0, p)``, its derivative by the slope."""
    return Apply("min", Args((whole(0), pre)))
