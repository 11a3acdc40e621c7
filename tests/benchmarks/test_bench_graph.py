"""A recurrent network unrolled in time: all gradients, and how they grow with its length."""

from __future__ import annotations

import gc
from itertools import pairwise
from random import Random
from time import process_time
from typing import Any

import tracer

UNITS, INPUTS = 8, 4
LENGTHS = (12, 25, 50)
ROUNDS = 3
SLACK = 1.3


def lstm(length: int) -> dict[str, Any]:
    """An LSTM as a graph problem; its numbers are the same in every run."""
    random = Random(1)

    def matrix(rows: int, columns: int) -> list[list[float]]:
        return [[round(random.uniform(-1, 1), 2) for _ in range(columns)] for _ in range(rows)]

    given: dict[str, Any] = {"x": matrix(length, INPUTS)}
    steps = ["h[0,j] = 0 for j = 1..H", "c[0,j] = 0 for j = 1..H"]
    for gate, function in (("i", "sigmoid"), ("f", "sigmoid"), ("o", "sigmoid"), ("g", "tanh")):
        given |= {
            f"W_{gate}": matrix(UNITS, INPUTS),
            f"U_{gate}": matrix(UNITS, UNITS),
            f"b_{gate}": matrix(1, UNITS)[0],
        }
        steps += [
            f"a_{gate}[t,j] = sum(k = 1..X, W_{gate}[j,k]*x[t,k]) + "
            f"sum(k = 1..H, U_{gate}[j,k]*h[t-1,k]) + b_{gate}[j] for t = 1..T, j = 1..H",
            f"{gate}[t,j] = {function}(a_{gate}[t,j]) for t = 1..T, j = 1..H",
        ]
    steps += [
        "c[t,j] = f[t,j]*c[t-1,j] + i[t,j]*g[t,j] for t = 1..T, j = 1..H",
        "h[t,j] = o[t,j]*tanh(c[t,j]) for t = 1..T, j = 1..H",
        "L = sum(j = 1..H, h[T,j]^2)",
    ]
    return {
        "graph": {
            "given": given,
            "steps": steps,
            "sizes": {"T": length, "H": UNITS, "X": INPUTS},
            "gradients": [name for name in given if name != "x"],
        }
    }


def seconds(length: int) -> float:
    """The processor's time for all gradients with their values."""
    source = lstm(length)
    gc.collect()
    gc.disable()  # as on the command line
    start = process_time()
    problem = tracer.load(source)
    solution = tracer.solve(problem, only=[f"dL/d{name}" for name in problem.wrt])
    values = [solution[f"dL/d{name}"].value for name in problem.wrt]
    took = process_time() - start
    gc.enable()
    assert len(values) == 4 * UNITS * (INPUTS + UNITS + 1)
    return took


def test_an_lstm_unrolled(bounds: Any) -> None:
    seconds(2)  # imports, and SymPy's derivatives of each kind of step
    best = {length: min(seconds(length) for _ in range(ROUNDS)) for length in LENGTHS}
    bounds.at_most(
        f"LSTM, {LENGTHS[-1]} steps of {UNITS} units: all gradients with values",
        best[LENGTHS[-1]],
        2,
        "s",
        "beyond start-up: " + ", ".join(f"{n} steps {time:.2f} s" for n, time in best.items()),
    )
    worst = max(
        (best[longer] / best[shorter]) / (longer / shorter) for shorter, longer in pairwise(LENGTHS)
    )
    bounds.at_most("its time per step of time, longer : shorter", worst, SLACK, "×")
