"""What reviewers found on full pages: each fault on the smallest problem that had it."""

from __future__ import annotations

from typing import Any

import pytest

import tracer
from tests.test_views import faults


def text(given: Any, **options: Any) -> str:
    """The page as text on lines of any length, spaces as they come."""
    return tracer.solve(tracer.load(given), **({"detail": "full"} | options)).render(width=120)


def flat(given: Any, **options: Any) -> str:
    return " ".join(text(given, **options).split())


# Gradients that are given

SLOPES = """\
[graph]
given = { w = 1, b = 2 }
gradients = { w = 0.5, b = -0.3 }
[training]
learning_rate = 0.1
"""


@pytest.mark.parametrize("options", [{}, {"detail": "slides", "show": "updates"}])
def test_given_gradients_have_an_update_table(options: dict[str, Any]) -> None:
    page = flat(SLOPES, **options)
    assert "w 1 0.5 0.05 0.95 b 2 -0.3 -0.03 2.03" in page


def test_given_gradients_can_be_boxed() -> None:
    page = flat(SLOPES, detail="slides", show="givens")
    box = page.split("━" * 72)[1]
    assert "w = 1 b = 2" in box
    assert "∂L/∂w = 0.5 ∂L/∂b = -0.3" in box
    assert "learning rate γ = 0.1" in box
    assert "Every gradient uses" not in box  # they are given


@pytest.mark.parametrize("part", ["check", "practice", "reasons"])
def test_given_gradients_have_no_part_that_works_them_out(part: str) -> None:
    message = f"{part} is of gradients that are worked out; with given ones there are givens and"
    with pytest.raises(tracer.InputError, match=message):
        tracer.solve(tracer.load(SLOPES), show=part)
    (fault,) = faults(f'{SLOPES}[page]\nshow = ["{part}"]\n')
    assert fault.startswith(f"<text>:7:9: {message}")


# What the output does without


@pytest.mark.parametrize("options", [{}, {"detail": "slides", "show": "samples"}])
def test_a_step_that_the_output_does_not_read_is_no_reader(options: dict[str, Any]) -> None:
    graph = {
        "given": {"x": 3},
        "steps": ["y = 3*x", "L = x^2"],
        "gradients": ["y", "x"],
        "output": "L",
    }
    page = flat({"graph": graph}, **options)
    assert "∂L/∂x = 2·x = 2·3 = 6" in page
    assert "∂L/∂y = 0" in page
    assert "∂y/∂x" not in page
