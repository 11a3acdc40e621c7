"""What the README says is so."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

import tracer
from tests.conftest import ROOT
from tracer import schema
from tracer.renderers import FORMATS

README = (ROOT / "README.md").read_text(encoding="utf-8")


def fenced(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", README, re.MULTILINE | re.DOTALL)


def test_the_problem_file_is_complete() -> None:
    text, _, graph, *_ = fenced("toml")
    solution = tracer.solve(tracer.load(text))
    assert solution["1/loss"].value < solution["loss"].value
    solution = tracer.solve(tracer.load(graph))
    assert {"h[2]", "dL/dW_xh", "da[2]/dh[1]"} <= set(solution.ids)


def test_the_declared_conventions_are_read() -> None:
    _, conventions, *_ = fenced("toml")
    source = tomllib.loads(conventions) | {
        # two inputs and two classes; the last row has the biases
        "layers": [{"weights": [[1, 2], [3, 4], [5, 6]], "activation": "softmax"}],
        "data": {"inputs": [[1, 0, 2], [0, 1, 2]], "targets": [[0, 1, 1]]},
        "loss": {"kind": "cross_entropy"},
    }
    problem = tracer.load(source)
    assert isinstance(problem, tracer.Problem)
    (layer,) = problem.layers
    assert (layer.weights, layer.biases) == (((1, 3), (2, 4)), (5, 6))
    assert [sample.inputs for sample in problem.data] == [(1, 0), (0, 1), (2, 2)]
    assert [sample.targets for sample in problem.data] == [(1, 0), (0, 1), (0, 1)]


def test_one_table_lists_what_is_supported() -> None:
    table = README[README.index("## What it supports") : README.index("**Layers.**")]
    words = (*schema.ACTIVATIONS, *schema.LOSS[0].kind.options, *schema.OPTIMIZERS)
    words += schema.NOTATIONS
    assert [word for word in words if f"`{word}`" not in table] == []


def test_the_table_of_formats_is_that_of_the_code() -> None:
    rows = re.findall(r"^\| `([\w-]+)` \| ((?:`\.\w+`(?:, )?)+) \|", README, re.MULTILINE)
    listed = {name: tuple(re.findall(r"\.\w+", endings)) for name, endings in rows}
    assert listed == FORMATS


def test_the_notation_of_ones_own_is_one() -> None:
    *_, notation = fenced("toml")
    deck = tracer.DECK.read_text(encoding="utf-8")
    page = tracer.solve(tracer.load(f"{deck}\n{notation}")).render("text")
    assert "∂MSE/∂ω₂₁⁽²⁾" in page
    assert "ω₂₁⁽²⁾⁺ = 0.3 - 0.01·1.332 = 0.28668" in page
    assert "δ" not in page


def test_the_error_message_is_the_one_shown(tmp_path: Path) -> None:
    text, *_ = fenced("toml")
    lines = text.splitlines()
    place = next(i for i, line in enumerate(lines) if line.startswith("biases"))
    lines[place] = lines[place].replace("biases", "bias", 1)
    (shown,) = [line for line in README.splitlines() if line.startswith("error: ")]
    path = tmp_path / "net.toml"
    path.write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(tracer.InputError) as raised:
        tracer.load(path)
    place_and_words = shown.removeprefix("error: net.toml:").split(": ", 1)
    assert place_and_words[0].split(":") == [str(place + 1), "1"]
    assert str(raised.value) == f"{path}:{place_and_words[0]}: {place_and_words[1]}"


def test_the_python_lines_give_the_values_in_their_comment(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(ROOT)
    lines = [code for code in fenced("python") if "conf.py" not in code]
    solving, checking = sorted(lines, key=lambda code: "check" in code)
    code = solving
    space: dict[str, object] = {}
    exec(code, space)
    gradient = space["gradient"]
    assert isinstance(gradient, tracer.SolvedQuantity)
    assert f"{gradient.value!r}, {gradient.exact!r}" in code
    assert capsys.readouterr().out.startswith("# Deep Learning")
    exec(checking, space)
    report = space["report"]
    assert isinstance(report, tracer.Report)
    assert report.summary["correct"] == 1


def test_every_linked_file_exists() -> None:
    for target in re.findall(r"\]\(([a-zA-Z.][\w./]*)\)", README):
        assert (ROOT / target).exists(), target


def test_the_report_is_what_check_prints(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    (excerpt,) = fenced("text")
    report = tracer.check(tracer.load("examples/deck.toml"), "examples/submissions/deck.md")
    assert excerpt in report.render("text")


def test_the_marks_are_keys() -> None:
    marks = next(text for text in fenced("toml") if text.startswith("[check]"))
    deck = tracer.load(tracer.DECK.read_text(encoding="utf-8") + "\n" + marks)
    report = tracer.check(deck, {"dloss/dw1[1,2]": "1.33", "1/loss": "0.84862"})
    # 9 gradients, 9 new parameters, the loss; a digit is missing in the gradient
    assert (report.points, report.of) == (5, 9 * 2 + 9 + 5)
