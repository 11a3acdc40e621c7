"""The words on a page: a problem's own and the page's, as each format prints them."""

from __future__ import annotations

import re
from typing import Any

import pytest

import tracer


def solved(**more: object) -> tracer.Solution:
    """The smallest problem, solved, with more keys."""
    problem: dict[str, Any] = {
        "layers": [{"weights": [[1]], "biases": [0], "activation": "relu"}],
        "data": [{"inputs": 1, "targets": 2}],
        "training": {"learning_rate": "0.1"},
    }
    return tracer.solve(tracer.load(problem | more))


@pytest.mark.parametrize("to", ["text", "latex", "markdown"])
def test_blank_lines_of_a_question_part_paragraphs(to: str) -> None:
    page = solved(question="\n First\nblock.\n  \n\n    Second.\n").render(to)
    assert "\nFirst block.\n\nSecond.\n\n" in page


def test_a_blank_question_is_the_usual_one() -> None:
    usual = solved().render()
    assert "Compute a single iteration" in usual
    assert solved(question=" \n\n ").render() == usual


@pytest.mark.parametrize(("digits", "words"), [(1, "1 decimal"), (2, "2 decimals")])
@pytest.mark.parametrize("policy", ["display", "step", "float64"])
def test_one_decimal_is_no_plural(policy: str, digits: int, words: str) -> None:
    numbers = {"policy": policy, "digits": digits}
    page = solved(numbers=numbers, training={"learning_rate": "0.123"}).render("markdown")
    remark = page.strip().rpartition("\n> ")[2]
    assert re.search(rf"\b{words}\b", remark)
