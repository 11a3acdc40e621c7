"""Long runs: which steps are printed, what is said of the others, and that they are there."""

from __future__ import annotations

import re
import tomllib
from fractions import Fraction
from typing import Any

import mpmath
import pytest
from click.testing import CliRunner

import tracer
from tests import reference
from tests.conftest import ROOT
from tests.test_recompute import assert_true, check
from tracer import schema
from tracer.cli import cli
from tracer.loading import with_changes
from tracer.print_steps import between, printed_steps

RUN: dict[str, Any] = {
    "layers": [{"weights": [["0.5"]], "biases": [0], "activation": "sigmoid"}],
    "data": [{"inputs": 1, "targets": 1}, {"inputs": -2, "targets": 0}],
    "training": {"learning_rate": 1, "steps": 40, "print": [2, 3, 20]},
    "numbers": {"digits": 12},
}
GRAPH: dict[str, Any] = {
    "graph": {"given": {"w": "0.5"}, "steps": ["L = (w - 1)^2"]},
    "training": {"learning_rate": "0.1", "steps": 9, "print": [1, 4, 9]},
}


def training(source: dict[str, Any], **changes: Any) -> dict[str, Any]:
    kept = {k: v for k, v in (source["training"] | changes).items() if v is not None}
    return source | {"training": kept}


def headed(source: dict[str, Any]) -> list[int]:
    """The steps whose updates a page has."""
    text = tracer.solve(tracer.load(source)).render("text")
    found = re.findall(r"^(?:Updated Model a|A|Forward Pass a)fter Step (\d+)$", text, re.MULTILINE)
    return [int(number) for number in found]


def test_which_steps_are_printed() -> None:
    assert [printed_steps(n) for n in range(5)] == [(), (1,), (1, 2), (1, 2, 3), (1, 4)]
    assert printed_steps(40, (2, 20)) == (1, 2, 20)
    assert printed_steps(40, (1, 40)) == (1, 40)
    assert printed_steps(0, ()) == ()


@pytest.mark.parametrize("source", [RUN, GRAPH], ids=["network", "graph"])
def test_the_page_has_the_chosen_steps(source: dict[str, Any]) -> None:
    assert headed(source) == list(printed_steps(40, source["training"]["print"]))
    assert headed(training(source, print=[5])) == [1, 5]
    assert headed(training(source, print=None)) == [1, source["training"]["steps"]]


def test_what_lies_between_is_said() -> None:
    assert between(1, 2) == between(0, 1) == ""
    assert between(1, 3) == "Step 2 runs in the same way."
    assert between(2, 20_000) == "The 19,997 steps from 3 to 19999 run in the same way."
    text = tracer.solve(tracer.load(RUN)).render("text")
    assert "The 16 steps from 4 to 19 run in the same way. This step has" in " ".join(text.split())
    assert "Steps 21 to 40 are not printed." in text
    text = tracer.solve(tracer.load(training(RUN, print=[39]))).render("text")
    assert "Step 40 is not printed." in text
    text = tracer.solve(tracer.load(GRAPH)).render("text")
    assert "Steps 2 and 3 run in the same way." in text
    assert "not printed" not in text


def test_every_printed_step_has_the_values_of_the_reference() -> None:
    expected = reference.solve(RUN, dps=40)
    solution = tracer.solve(tracer.load(RUN))
    states = {
        int(name.partition("/")[0]) for name in solution.ids if "/w" in name and name[0] != "d"
    }
    assert states == {1, 2, 3, 19, 20}
    for name in solution.ids:
        assert abs(mpmath.mpf(str(solution[name].value)) - reference.real(expected[name])) < 1e-11


def test_the_example_has_the_values_of_the_reference() -> None:
    text = (ROOT / "examples" / "long-run.toml").read_text(encoding="utf-8")
    expected = reference.solve(tomllib.loads(text, parse_float=str), dps=40)
    solution = tracer.solve(tracer.load(text))
    assert {"10000/loss", "9999/dloss/dw1[1,1]", "99/w1[1,1]", "100/b1[1]"} <= set(solution.ids)
    for name in solution.ids:
        true = expected[name]
        assert Fraction(solution[name].value) == reference.significant(true, 4), name


def test_steps_that_are_not_printed_can_be_asked_for() -> None:
    expected = reference.solve(RUN, dps=40)
    solution = tracer.solve(tracer.load(RUN))
    for name in ("10/loss", "33/w1[1,1]", "40/loss", "39/dloss/db1[1]"):
        assert name not in solution.ids
        assert abs(float(solution[name].value) - float(expected[name])) < 1e-11
    only = tracer.solve(tracer.load(RUN), only="33/w1[1,1]").render("text")
    assert f"{float(expected['33/w1[1,1]']):.12f}" in only


def test_a_graph_has_the_values_of_its_steps() -> None:
    solution = tracer.solve(tracer.load(GRAPH))
    w = Fraction(1, 2)
    for step in range(1, 10):
        w -= 2 * (w - 1) / 10
        assert solution[f"{step}/w"].exact == w


def test_every_equation_of_the_chosen_steps_comes_out() -> None:
    problem = tracer.load(RUN)
    assert isinstance(problem, tracer.Problem)
    assert_true(check(tracer.solve(problem).render("latex"), problem))


HEAD = """\
data = [{ inputs = 1, targets = 1 }]
[[layers]]
weights = [[1]]
biases = [0]
activation = "relu"
[training]
learning_rate = 1
"""
NET = HEAD + "steps = 10\n"
CIRCUIT = '[graph]\ngiven = { x = 1 }\nsteps = ["f = x^2"]\n[training]\nlearning_rate = 1\n'
FAULTS = [
    (NET + "print = [1, 11]", "9:13: there is no step 11 to print; the run has 10 steps"),
    (NET + "print = [5, 2]", "9:13: 2 comes after 5; write steps in order, each once"),
    (NET + "print = [2, 2]", "9:13: 2 comes after 2; write steps in order, each once"),
    (NET + "print = [0]", "9:10: must be a whole number from 1 to 1,000,000, not 0"),
    (NET + "print = []", "9:9: print must be a list of 1 to 100, each a whole number from 1"),
    (NET + "print = 5", "9:9: print must be a list of 1 to 100, each a whole number from 1"),
    (HEAD + "print = [2]", "8:10: there is no step 2 to print; the run has 1 step"),
    (HEAD + "steps = 0\nprint = [1]", "9:10: there is no step 1 to print; the run has 0 steps"),
    (CIRCUIT + "print = [2]", "6:10: there is no step 2 to print; the run has 1 step"),
]


@pytest.mark.parametrize(("text", "fault"), FAULTS)
def test_steps_that_cannot_be_printed(text: str, fault: str) -> None:
    with pytest.raises(tracer.InputError) as caught:
        tracer.load(text)
    (found,) = caught.value.faults
    assert str(found).replace("this must", "must").startswith(f"<text>:{fault}")


def test_the_work_counts_the_chosen_steps() -> None:
    samples = schema.MOST_WORK // (2 * 5)
    samples = min(samples, schema.MOST_SAMPLES)
    layer = {"weights": [["0.5"]] * 2, "biases": [0, 0], "activation": "relu"}
    data = [{"inputs": 1, "targets": [1, 1]}] * samples
    rate = {"learning_rate": 1, "steps": 100}
    fits = {"layers": [layer], "data": data, "training": rate | {"print": [1, 2, 3]}}
    loaded = tracer.load(fits)
    with pytest.raises(tracer.InputError, match=r"printed for 4 steps, are 160,000 gradients"):
        tracer.load(fits | {"training": rate | {"print": [1, 2, 3, 4]}})
    with pytest.raises(tracer.InputError, match=r"^printed: .* printed for 4 steps"):
        with_changes(loaded, printed=[2, 3, 4])


def test_options_of_the_command_line() -> None:
    def run(*options: str) -> Any:
        return CliRunner().invoke(cli, ["solve", *options])

    result = run("--steps", "30", "--print", "1, 7,30")
    assert result.exit_code == 0
    assert re.findall(r"Model after Step (\d+)", result.stdout) == ["1", "7", "30"]
    for options, words in (
        (("--print", "1,x"), "--print: must be steps such as 1,100,10000; 'x' is none"),
        (("--print", ""), "--print: must be steps such as 1,100,10000; '' is none"),
        (("--print", "-1"), "--print: must be steps such as"),
        (("--print", "0"), "--print: must be a whole number from 1 to 1,000,000, not 0"),
        (("--print", "5"), "--print: there is no step 5 to print; the run has 1 step"),
        (("--steps", "9", "--print", "3,2"), "--print: 2 comes after 3"),
    ):
        result = run(*options)
        assert result.exit_code == 2
        assert words in result.stderr.replace("this must", "must")


def test_fewer_steps_than_the_file_prints() -> None:
    problem = tracer.load(RUN)
    message = r"^steps: there is no step 20 to print; the run has 10 steps; .* with --print$"
    with pytest.raises(tracer.InputError, match=message):
        with_changes(problem, steps=10)
    assert with_changes(problem, steps=10, printed=[10]).printed_steps == (1, 10)
    assert with_changes(problem, steps=50).printed_steps == (1, 2, 3, 20)
