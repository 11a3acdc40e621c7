"""A loss behind an activation that it is not made for: allowed, but seldom meant."""

from __future__ import annotations

from collections.abc import Iterator

from tracer.blocks import Block, Paragraph
from tracer.solved import Solved


def unusual_pair(s: Solved) -> Iterator[Block]:
    """A remark on cross-entropy without softmax, or on the binary one with it."""
    kind, is_softmax = s.problem.loss.kind, s.problem.is_coupled(s.last)
    if kind == "cross_entropy" and not is_softmax:
        words = (
            "Cross-entropy compares distributions, but these outputs need not sum to 1; usual are "
            "softmax outputs, or for outputs of sigmoid binary cross-entropy."
        )
    elif kind == "binary_cross_entropy" and is_softmax:
        words = (
            "Binary cross-entropy takes each output for a probability of its own, but outputs of "
            "softmax sum to 1; usual are outputs of sigmoid, or for softmax cross-entropy."
        )
    else:
        return
    yield Paragraph((words,), remark=True)
