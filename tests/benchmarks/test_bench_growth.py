"""Twice the samples, width or depth: no more time than there is to print."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from measuring import network

SLACK = 1.3
_SAMPLES = [(n, (2, 4, 4, 1), n) for n in (4, 8, 16, 32, 64)]
_MANY_SAMPLES = [(n, (2, 4, 4, 1), n) for n in (64, 128, 256, 512)]
_WIDTHS = (8, 16, 32, 64)
# what grows; for each point its size, the network and the number of samples; activation; rounds
SERIES = [
    pytest.param("samples", _SAMPLES, "sigmoid", 4, id="samples"),
    # exact, and with derivatives that are 1 or 0 and may be left out
    pytest.param("samples of ReLUs", _MANY_SAMPLES, "relu", 2, id="samples-relu"),
    pytest.param("w in 8-w-w-4", [(w, (8, w, w, 4), 2) for w in _WIDTHS], "sigmoid", 2, id="width"),
    pytest.param(
        "w in w-w-w-10",
        [(w, (w, w, w, 10), 1) for w in _WIDTHS],
        "sigmoid",
        2,
        id="width-to-largest",
    ),
    pytest.param(
        "hidden layers of 8",
        [(d, (8,) * (d + 1) + (4,), 2) for d in (2, 4, 8)],
        "sigmoid",
        4,
        id="depth",
    ),
]


def point(path: Path) -> dict[str, float]:
    """Seconds and output size in a fresh process."""
    script = Path(__file__).with_name("growth_point.py")
    told = subprocess.run(
        [sys.executable, str(script), str(path)], check=True, capture_output=True, text=True
    )
    found: dict[str, float] = json.loads(told.stdout)
    found["time"] = found["load"] + found["solve"] + found["render"]
    return found


@pytest.mark.parametrize(("what", "networks", "activation", "rounds"), SERIES)
def test_time_grows_with_what_is_printed(
    bounds: Any,
    tmp_path: Path,
    what: str,
    networks: list[tuple[int, tuple[int, ...], int]],
    activation: str,
    rounds: int,
) -> None:
    step = "[training]\nlearning_rate = 0.1"
    paths = {size: tmp_path / f"{size}.toml" for size, _, _ in networks}
    for size, layers, samples in networks:
        text = network(layers, samples, activation=activation, more=step)
        paths[size].write_text(text, encoding="utf-8")
    best: dict[int, dict[str, float]] = {}
    for _ in range(rounds):
        for size, path in paths.items():
            found = point(path)
            if size not in best or found["time"] < best[size]["time"]:
                best[size] = found
    worst = 0.0
    details = [f"{what:>18}      time = load + solve + render   characters"]
    before: dict[str, float] = {}
    for size, own in best.items():
        line = (
            f"{size:18} {own['time']:7.3f} s = {own['load']:.3f} + {own['solve']:.3f} + "
            f"{own['render']:.3f} {own['size']:13,}"
        )
        if before:
            time, printed = (own[key] / before[key] for key in ("time", "size"))
            worst = max(worst, time / printed)
            line += f"   time × {time:.2f}, output × {printed:.2f}"
        details.append(line)
        before = own
    bounds.at_most(f"time : output, as {what} doubles", worst, SLACK, "×", *details)
