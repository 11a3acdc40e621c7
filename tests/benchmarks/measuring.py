"""What the benchmarks share: networks to measure on, and rounds in which things take turns."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path
from random import Random
from resource import RUSAGE_CHILDREN, getrusage
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
    for below, own in pairwise(sizes):
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


class Cold:
    """A call that runs this interpreter anew, with its output thrown away.

    ``processor`` has the seconds that each call took of it, whoever else was waiting for it. The
    package's bytecode may be kept, as it is where the package was installed.
    """

    def __init__(self, *arguments: str, cwd: Path) -> None:
        self.command = [sys.executable, *arguments]
        self.cwd = cwd
        self.processor: list[float] = []

    def __call__(self) -> None:
        """Run it once."""
        before = _children()
        kept = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
        subprocess.run(self.command, cwd=self.cwd, env=kept, check=True, stdout=subprocess.DEVNULL)
        self.processor.append(_children() - before)


def _children() -> float:
    usage = getrusage(RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def interleaved(
    benchmark: Any,
    rounds: int,
    *calls: Callable[[], Any],
    clock: Callable[[], float] = perf_counter,
) -> list[list[float]]:
    """Seconds by ``clock`` of each call in each round.

    The calls take turns, so that whatever else the machine does hits all alike; a first round
    that warms caches isn't counted. pytest-benchmark's own statistics are those of the first.
    """
    times: list[list[float]] = [[] for _ in calls]
    for call in calls:
        call()

    def timed(which: int) -> None:
        start = clock()
        calls[which]()
        times[which].append(clock() - start)

    def others() -> None:
        for which in range(1, len(calls)):
            timed(which)

    benchmark.pedantic(lambda: timed(0), setup=others, rounds=rounds)
    return times
