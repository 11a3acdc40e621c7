"""All gradients of a small network, against one SymPy expression that is differentiated whole."""

from __future__ import annotations

from time import process_time
from typing import Any

import pytest
import sympy
from measuring import interleaved, network

import tracer

SIZES = (2, 4, 4, 1)
SAMPLES = 5
ROUNDS = 11


def test_all_gradients(benchmark: Any, bounds: Any) -> None:
    settings = '[loss]\nfactor = "1/2"\n[numbers]\ndigits = 12'
    problem = tracer.load(network(SIZES, SAMPLES, more=settings))
    names = [f"w{i}[{j},{k}]" for i, j, k in _weights()] + [f"b{i}[{j}]" for i, j in _biases()]

    def own_way() -> dict[str, float]:
        solution = tracer.solve(problem)
        return {name: float(solution[f"dloss/d{name}"].value) for name in names}

    (times,) = interleaved(benchmark, ROUNDS, own_way, clock=process_time)
    start = process_time()
    expected = by_sympy(problem)
    symbolic = process_time() - start
    own = min(times)
    ratio = benchmark.extra_info["ratio"] = symbolic / own
    bounds.at_least(
        f"SymPy's diff and subs : {len(names)} gradients of 2-4-4-1, {SAMPLES} samples",
        ratio,
        1000,
        "×",
        f"{symbolic:.1f} s, once : {1000 * own:.1f} ms of the processor, best of {ROUNDS}",
    )
    assert len(expected) == len(names)
    assert own_way() == pytest.approx(expected, rel=0, abs=1e-10)


def by_sympy(problem: Any) -> dict[str, float]:
    """The loss as one expression, its derivative by every parameter, numbers put in."""
    weights = {place: sympy.Symbol("w{}_{}_{}".format(*place), real=True) for place in _weights()}
    biases = {place: sympy.Symbol("b{}_{}".format(*place), real=True) for place in _biases()}
    loss = sympy.Integer(0)
    for sample in problem.data:
        outputs = [sympy.Float(float(x)) for x in sample.inputs]
        for i, layer in enumerate(problem.layers, start=1):
            pre = [
                sum(weights[i, j, k] * below for k, below in enumerate(outputs, start=1))
                + biases[i, j]
                for j in range(1, len(layer.weights) + 1)
            ]
            outputs = [1 / (1 + sympy.exp(-p)) for p in pre]
        errors = zip(sample.targets, outputs, strict=True)
        loss += sum((sympy.Rational(t) - output) ** 2 for t, output in errors) / 2
    numbers = {
        symbol: float(problem.layers[i - 1].weights[j - 1][k - 1])
        for (i, j, k), symbol in weights.items()
    }
    numbers |= {
        symbol: float(problem.layers[i - 1].biases[j - 1]) for (i, j), symbol in biases.items()
    }
    found = {}
    for (i, j, k), symbol in weights.items():
        found[f"w{i}[{j},{k}]"] = float(loss.diff(symbol).subs(numbers))
    for (i, j), symbol in biases.items():
        found[f"b{i}[{j}]"] = float(loss.diff(symbol).subs(numbers))
    return found


def _weights() -> list[tuple[int, int, int]]:
    return [
        (i, j, k)
        for i in range(1, len(SIZES))
        for j in range(1, SIZES[i] + 1)
        for k in range(1, SIZES[i - 1] + 1)
    ]


def _biases() -> list[tuple[int, int]]:
    return [(i, j) for i in range(1, len(SIZES)) for j in range(1, SIZES[i] + 1)]
