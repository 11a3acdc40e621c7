"""Textbook exercises that somebody who knew only the reference page turned into problem files.

The figures are those that the sources print, to the digits in which they print them.
"""

from __future__ import annotations

from decimal import Decimal

import pytest

import tracer

# A. Karpathy, micrograd: the neuron of "The spelled-out intro to neural networks"
NEURON = """
[graph]
given = { x1 = 2, x2 = 0, w1 = -3, w2 = 1, b = 6.8813735870195432 }
steps = ["n = x1*w1 + x2*w2 + b", "o = tanh(n)"]
[numbers]
digits = 4
"""
# D. Jurafsky and J. H. Martin, Speech and Language Processing: backward differentiation
BACKWARD = """
[graph]
given = { a = 3, b = 1, c = -2 }
steps = ["d = 2*b", "e = a + d", "L = c*e"]
"""
# I. Goodfellow, Y. Bengio and A. Courville, Deep Learning, section 6.1: XOR
XOR = """
notation = "goodfellow"
[input]
weights = "from-to"
samples = "rows"
[[layers]]
weights = [[1, 1], [1, 1]]
biases = [0, -1]
activation = "relu"
[[layers]]
weights = [[1], [-2]]
biases = [0]
activation = "identity"
[data]
inputs = [[0, 0], [0, 1], [1, 0], [1, 1]]
targets = [0, 1, 1, 0]
[loss]
samples = "mean"
"""
FIGURES = {
    "micrograd": (
        NEURON,
        {"o": "0.7071", "do/dx1": "-1.5", "do/dw1": "1", "do/dx2": "0.5", "do/dw2": "0"},
    ),
    "backward differentiation": (
        BACKWARD,
        {"L": "-10", "dL/da": "-2", "dL/db": "-4", "dL/dc": "5"},
    ),
    "XOR": (
        XOR,
        {f"l1[1]({n})": str(h) for n, h in enumerate((0, 1, 1, 2), start=1)}
        | {f"l1[2]({n})": str(h) for n, h in enumerate((0, 0, 0, 1), start=1)}
        | {f"l2[1]({n})": str(y) for n, y in enumerate((0, 1, 1, 0), start=1)}
        | {"loss": "0"},
    ),
}


@pytest.mark.parametrize(("source", "figures"), FIGURES.values(), ids=FIGURES)
def test_it_has_the_figures_of_the_book(source: str, figures: dict[str, str]) -> None:
    solution = tracer.solve(tracer.load(source))
    assert {name: solution[name].value for name in figures} == {
        name: Decimal(value) for name, value in figures.items()
    }
