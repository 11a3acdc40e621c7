"""What the benchmarks share: networks to measure on, and rounds in which things take turns."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random
from time import perf_counter
from typing import Any


def network(
    sizes: Sequence[int], samples: int, *, activation: str = "sigmoid", more: str = ""
) -> str:
    """A problem in TOML: inputs, then neurons of each layer; ``more`` is appended.

    Its numbers have two decimals and are the same in every run.
    """
    random = Random(1)

    def row(length: int) -> list[float]:
        return [round(random.uniform(-1, 1), 2) for _ in range(length)]

    lines: list[str] = []
    for below, own in zip(sizes, sizes[1:], strict=False):
        lines += [
            "[[layers]]",
            f"weights = {[row(below) for _ in range(own)]}",
            f"biases = {row(own)}",
            f'activation = "{activation}"',
        ]
    for _ in range(samples):
        targets = [random.randint(0, 1) for _ in range(sizes[-1])]
        lines += ["[[data]]", f"inputs = {row(sizes[0])}", f"targets = {targets}"]
    return "\n".join([*lines, more, ""])


def cold(*arguments: str, cwd: Path) -> Callable[[], None]:
    """A call that runs this interpreter anew, with its output thrown away."""

    def run() -> None:
        subprocess.run([sys.executable, *arguments], cwd=cwd, check=True, stdout=subprocess.DEVNULL)

    return run


def interleaved(
    benchmark: Any, rounds: int, subject: Callable[[], Any], *others: Callable[[], Any]
) -> list[list[float]]:
    """Seconds of each round for the subject, then for each of the others.

    They take turns, so that whatever else the machine does hits all alike; a first round that
    warms caches isn't counted. pytest-benchmark's own statistics are those of the subject.
    """
    calls = (subject, *others)
    times: list[list[float]] = [[] for _ in calls]
    for call in calls:
        call()

    def timed(which: int) -> None:
        start = perf_counter()
        calls[which]()
        times[which].append(perf_counter() - start)

    def before() -> None:
        for which in range(1, len(calls)):
            timed(which)

    benchmark.pedantic(lambda: timed(0), setup=before, rounds=rounds)
    return times
