"""Functions of whole numbers, and matrices of what has no value: no crash, no accusation."""

from __future__ import annotations

from typing import Any

import pytest

import tracer
from tracer.documents.reader import read_document
from tracer.documents.statements import read_statements
from tracer.domains import BALLS
from tracer.trace import build


@pytest.mark.parametrize("function", ["exp", "log", "tanh", "erf", "sqrt"])
def test_functions_of_whole_numbers_are_those_of_balls(function: str) -> None:
    """Whole numbers of a rule come as Python has them, which arb's own functions do not check."""
    own = BALLS.functions[function]
    assert own(2).overlaps(own(BALLS.number(2)))


@pytest.mark.parametrize(
    ("rule", "value"),
    [("sigmoid(2)", "0.8808"), ("exp(2)", "7.3891"), ("log(2)", "0.6931"), ("tanh(1)", "0.7616")],
)
def test_a_function_of_a_whole_number_is_marked(rule: str, value: str) -> None:
    problem = tracer.load(
        {
            "graph": {"given": {"x": "0.5"}, "steps": [f"a = {rule} + 0*x", "f = a*x"]},
            "numbers": {"digits": 4},
        }
    )
    assert tracer.check(problem, {"a": value})
    assert not tracer.check(problem, {"a": "5.5"})
    half = f"{1.9 * 0.5:.4f}"
    codes = {v.id: v.code for v in tracer.check(problem, {"a": "1.9", "f": half}).verdicts}
    assert (codes["a"], codes["f"]) == ("wrong", "carried")


# pages that are right, of which a slope at what may be the kink, and a row of scientific notation
# that reads as a difference, can't be worked out
_KINK = {
    "layers": [
        {
            "weights": [["1", "0", "0"], ["1", "0", "-1"], ["-1", "1", "-1"]],
            "biases": ["1", "1", "0"],
            "formula": "x / (1 + abs(x))",
        },
        {"weights": [["1", "2", "-1"], ["0", "1", "-1"]], "biases": False, "activation": "relu"},
    ],
    "data": [{"inputs": ["0", "1", "0"], "targets": ["1", "-1"]}],
    "training": {"learning_rate": "0.242"},
    "optimizer": {"kind": "rmsprop"},
    "page": {"view": "matrix"},
}
_TINY = {
    "layers": [
        {"weights": [["0.5", "-0.3", "1.4"]], "biases": False, "activation": "gelu"},
        {"weights": [["1.1"]], "biases": False, "formula": "sqrt(1 + p^2)"},
        {"weights": [["2"], ["-0.5"], ["1"]], "biases": False, "formula": "sqrt(1 + p^2)"},
    ],
    "data": [{"inputs": ["-2.5", "-2.1", "-2.5"], "targets": ["-1", "-1", "-1"]}],
    "numbers": {"significant_of": {"local_derivatives": 3}},
    "page": {"view": "matrix"},
}


@pytest.mark.parametrize("given", [_KINK, _TINY], ids=["kink", "tiny"])
@pytest.mark.parametrize(
    ("ending", "name"), [(".md", "markdown"), (".tex", "latex"), (".txt", "text")]
)
def test_matrices_that_can_not_be_worked_out_are_left_alone(
    given: dict[str, Any], ending: str, name: str
) -> None:
    problem = tracer.load(given)
    document = read_document(f"page{ending}", tracer.solve(problem).render(name))
    assert read_statements(document, problem, build(problem)).links == ()
