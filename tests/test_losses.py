"""The loss by itself: its parts by output."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

import tracer
from tests import reference
from tests.conftest import ROOT
from tracer.loading import with_changes

MAZUR = ROOT / "examples" / "published" / "mazur_2_2_2.toml"


def two_by_two(**loss: Any) -> dict[str, Any]:
    layer = {"weights": [["0.5", -1], [2, "0.25"]], "biases": [1, 0], "activation": "identity"}
    data = [{"inputs": [1, 2], "targets": [1, -1]}, {"inputs": [3, -1], "targets": [-1, 1]}]
    return {"layers": [layer], "data": data, "loss": loss}


# parts


@pytest.mark.parametrize("kind", ["squared_error", "absolute_error", "huber", "hinge"])
@pytest.mark.parametrize("outputs", ["sum", "mean"])
def test_a_sample_s_loss_reads_its_parts(kind: str, outputs: str) -> None:
    problem = two_by_two(kind=kind, factor="3/2", outputs=outputs, samples="mean")
    solution = tracer.solve(tracer.load(problem))
    expected = reference.solve(problem)
    for n in (1, 2):
        parts = [f"loss[{k}]({n})" for k in (1, 2)]
        rule = solution[f"loss({n})"].rule
        assert {str(symbol) for symbol in rule.free_symbols} == set(parts)
        assert [solution[name].exact for name in parts] == [expected[name] for name in parts]
        total = sum(expected[name] for name in parts)
        assert solution[f"loss({n})"].exact == (total / 2 if outputs == "mean" else total)


def test_the_paths_have_no_factor_for_the_parts() -> None:
    solution = tracer.solve(tracer.load(MAZUR))
    paths = [[factor.id for factor in path.factors] for path in solution["dloss/dw1[1,1]"].chain]
    assert [path[0] for path in paths] == ["dloss/dl2[1]", "dloss/dl2[2]"]
    assert not any("dloss[" in name or "/dloss" in name for name in solution.ids)


def test_one_output_has_no_parts() -> None:
    solution = tracer.solve(tracer.load(tracer.DECK))
    assert not any("loss[" in name for name in solution.ids)


@pytest.mark.parametrize(
    ("notation", "spelling"),
    [
        ("mazur", "E_{o1}"),
        ("mazur", "E_o1"),
        ("deck", "E_1"),
        ("nielsen", "C_{1}"),
        ("mitchell", "E_5"),
        ("ng", "L_1^{(1)}"),
        ("deck", "loss[1]"),
        ("deck", "loss[1](1)"),
    ],
)
def test_a_part_by_its_symbol(notation: str, spelling: str) -> None:
    problem = with_changes(tracer.load(MAZUR), notation=notation)
    solution = tracer.solve(problem, only=spelling)
    assert solution["loss[1](1)"].value == tracer.solve(problem)["loss[1](1)"].value
    assert "0.274811083" in solution.render("text")


@pytest.mark.parametrize(
    ("name", "notation", "symbol"),
    [
        ("L", "deck", "L_1"),
        ("MSE", "deck", "E_1"),
        ("T", "han-kamber", "E_{3}"),
        ("J", "mazur", "J_{o1}"),
    ],
)
def test_parts_have_the_letter_of_the_loss(name: str, notation: str, symbol: str) -> None:
    problem = tracer.load(two_by_two(name=name) | {"notation": notation})
    assert tracer.solve(problem)["loss[1](1)"].latex.startswith(symbol.replace("{3}", "3"))


def test_parts_are_results_by_hand_and_add_up() -> None:
    problem = two_by_two(factor="1/3", outputs="mean") | {
        "numbers": {"policy": "step", "digits": 2}
    }
    solution = tracer.solve(tracer.load(problem))
    parts = [Fraction(solution[f"loss[{k}](1)"].value) for k in (1, 2)]
    # l = (-0.5, 2.5): (1.5^2, 3.5^2) / 3
    assert parts == [Fraction("0.75"), Fraction("4.08")]
    assert Fraction(solution["loss(1)"].value) == Fraction("2.42")  # 2.415 rounded


def test_parts_of_cross_entropy_are_not_printed(tmp_path: Path) -> None:
    text = tracer.solve(tracer.load(ROOT / "examples" / "softmax.toml")).render("text")
    assert "output by output" not in text
    assert "E₁" not in text
