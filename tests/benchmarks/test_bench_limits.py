"""The largest problems within the limits of the schema: about a minute and two gigabytes."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from measuring import network
from test_bench_growth import point

from tracer import schema

MOST_SECONDS = 60
MOST_MEGABYTES = 2_000
STEP = "[training]\nlearning_rate = 0.1\nsteps = "
# the network; how many steps; how many of them are printed with their gradients
SHAPES = [
    pytest.param((4, 4, 1), "sigmoid", 1, 1, id="samples"),
    pytest.param((4, 4, 1), "relu", 1, 1, id="samples-relu"),
    pytest.param((1,) * (schema.MOST_LAYERS + 1), "sigmoid", 1, 1, id="samples-deep"),
    pytest.param((4, 4, 1), "sigmoid", 3, 3, id="samples-and-steps"),
    pytest.param((100, 100, 21), "sigmoid", 3, 3, id="parameters"),
]


@pytest.mark.parametrize(("sizes", "activation", "steps", "passes"), SHAPES)
def test_the_largest_that_is_accepted(
    bounds: Any,
    tmp_path: Path,
    sizes: tuple[int, ...],
    activation: str,
    steps: int,
    passes: int,
) -> None:
    parameters = sum((below + 1) * own for below, own in pairwise(sizes))
    assert parameters <= schema.MOST_PARAMETERS
    samples = min(schema.MOST_WORK // (parameters * passes), schema.MOST_SAMPLES)
    assert parameters * samples * passes > 0.8 * schema.MOST_WORK
    path = tmp_path / "largest.toml"
    text = network(sizes, samples, activation=activation, more=f"{STEP}{steps}")
    path.write_text(text.replace("], [", "],\n["), encoding="utf-8")
    found = point(path)
    shape = f"{'-'.join(map(str, sizes)):.20} of {activation}, {samples:,} samples, {steps} steps"
    bounds.at_most(f"seconds: {shape}", found["time"], MOST_SECONDS, "s")
    bounds.at_most(f"memory: {shape}", found["memory"], MOST_MEGABYTES, "MB")
