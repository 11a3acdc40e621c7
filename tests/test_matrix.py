"""The matrix form: every entry is a quantity of the trace, and every `=` comes out."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import tracer
from tests.conftest import NETWORKS, ROOT
from tests.latex_reader import Link, UnreadableError, equation, read
from tests.strategies import NOTATIONS
from tests.test_latex import compile_latex
from tests.test_recompute import assert_true, worked_out
from tracer import ids
from tracer.blocks import Display
from tracer.formula import Matrix, Num
from tracer.loading import with_changes
from tracer.outline.page import page

# the derivatives of a softmax layer below the last are a matrix for each sample
WITHOUT = {"jacobian", "constant-input", "prelu", "shared-weights"}
SUPPORTED = [path for path in NETWORKS if path.stem not in WITHOUT]


def solved(path: Path | dict[str, Any], notation: str | None = None) -> tracer.Solution:
    problem = with_changes(tracer.load(path), notation=notation)
    return tracer.solve(problem, view="matrix", detail="slides")


@pytest.mark.parametrize("path", SUPPORTED, ids=lambda path: path.stem)
def test_every_equation_comes_out(path: Path) -> None:
    problem = tracer.load(path)
    comma = problem.numbers.decimal_comma
    found = worked_out(read(solved(path).render("latex"), decimal_comma=comma), problem)
    assert_true(found)
    assert not found.unchecked


@pytest.mark.parametrize("path", SUPPORTED, ids=lambda path: path.stem)
def test_other_letters_have_the_same_numbers(path: Path) -> None:
    problem = tracer.load(path)
    comma = problem.numbers.decimal_comma
    links = []
    for notation in NOTATIONS:
        text = solved(path, notation).render("latex")
        found = worked_out(read(text, decimal_comma=comma), problem)
        assert_true(found)
        links.append(found.links)
    assert links == [links[0]] * len(links)


@pytest.mark.parametrize("path", SUPPORTED, ids=lambda path: path.stem)
def test_it_compiles(path: Path, tmp_path: Path) -> None:
    assert compile_latex(solved(path).render("latex"), tmp_path) == []


def matrices(solution: tracer.Solution) -> Iterator[Matrix]:
    """The matrices of values on a page."""
    for block in page(solution.solved).blocks:
        if isinstance(block, Display):
            for one in block.equations:
                yield from (p.formula for p in one.parts if isinstance(p.formula, Matrix))


@pytest.mark.parametrize("path", SUPPORTED, ids=lambda path: path.stem)
def test_entries_are_the_quantities_of_the_trace(path: Path) -> None:
    """Each gradient stands in one, with the number that its id has everywhere."""
    solution = solved(path)
    seen = set()
    for matrix in matrices(solution):
        for names, row in zip(matrix.ids, matrix.rows, strict=False):
            for name, entry in zip(names, row, strict=True):
                assert entry == Num(solution.solved.values[name].number)
                seen.add(name)
    problem = solution.solved.problem
    assert isinstance(problem, tracer.Problem)
    names = problem.parameter_names if problem.forward_only is None else ()
    learning = [name for name in names if name not in problem.frozen]
    assert {ids.partial(ids.LOSS, name) for name in learning} <= seen
    samples = range(1, len(problem.data) + 1)
    assert {ids.at(ids.output(1, 1), n) for n in samples} <= seen


MISTAKES = [
    ("deck", "7.1 & 7.1 \\end{pmatrix}\n", "7.1 & 7.2 \\end{pmatrix}\n"),
    ("deck", "7.1 & 7.1 \\end{pmatrix}\n", "7.1 \\\\ 7.1 \\end{pmatrix}\n"),
    ("deck", "^{\\top} \\begin{pmatrix} 0.2 ", " \\begin{pmatrix} 0.2 "),
    ("deck", "0.2 & -0.12 & 0.84 & 0.52 & 2.36 \\end", "0.2 & 0.12 & 0.84 & 0.52 & 2.36 \\end"),
    ("deck", "\\approx \\begin{pmatrix} 0.80905", "= \\begin{pmatrix} 0.80905"),
    ("softmax", "\\odot \\begin{pmatrix} 0.99007", "\\odot \\begin{pmatrix} 0.98007"),
    ("softmax", "\\approx \\begin{pmatrix} -0.27266", "= \\begin{pmatrix} -0.27266"),
]


@pytest.mark.parametrize(("name", "right", "wrong"), MISTAKES)
def test_a_mistake_in_a_matrix_is_found(name: str, right: str, wrong: str) -> None:
    path = ROOT / "examples" / f"{name}.toml"
    text, problem = solved(path).render("latex"), tracer.load(path)
    assert right in text
    assert not worked_out(read(text), problem).faults
    assert faults_of(text.replace(right, wrong, 1), problem)


def faults_of(text: str, problem: tracer.Problem) -> list[str]:
    try:
        return worked_out(read(text), problem).faults
    except UnreadableError as error:
        return [str(error)]


ROW, COLUMN = r"\begin{pmatrix} 1 & 2 \end{pmatrix}", r"\begin{pmatrix} 3 \\ 4 \end{pmatrix}"


@pytest.mark.parametrize(
    ("source", "fault"),
    [
        (f"{ROW} {COLUMN} = 11", "a single number"),
        (rf"{ROW} {COLUMN} = \begin{{pmatrix}} 11 \end{{pmatrix}}", ""),
        (rf"{ROW} {COLUMN} \approx \begin{{pmatrix}} 11 \end{{pmatrix}}", "is equal"),
        (rf"{ROW} {ROW} = \begin{{pmatrix}} 1 & 4 \end{{pmatrix}}", "sizes do not fit"),
        (rf"{ROW} \odot {ROW} = \begin{{pmatrix}} 1 & 4 \end{{pmatrix}}", ""),
        (rf"{ROW} \odot {ROW} = \begin{{pmatrix}} 1 & 5 \end{{pmatrix}}", "does not come out"),
        (rf"{ROW} + {COLUMN} = {ROW}", "different sizes"),
        (rf"{ROW} = {COLUMN}", "different sizes"),
        (rf"2({COLUMN}^{{\top}} - {ROW}) = \begin{{pmatrix}} 4 & 4 \end{{pmatrix}}", ""),
        (rf"3 \cdot {ROW} = \begin{{pmatrix}} 3 & 7 \end{{pmatrix}}", "does not come out"),
    ],
)
def test_the_reader_reads_matrices(source: str, fault: str) -> None:
    (link,) = equation(source).links
    assert link.numeric
    assert fault in fault_of(link)
    assert bool(fault) == bool(fault_of(link))


def fault_of(link: Link) -> str:
    try:
        return link.fault(5) or ""
    except UnreadableError as error:
        return str(error)


def network(width: int, samples: int = 2, **more: Any) -> dict[str, Any]:
    row = [f"{(-1) ** k * (k + 1) / 100:.2f}" for k in range(width)]
    return {
        "layers": [
            {"weights": [row] * width, "biases": row, "activation": "sigmoid"},
            {"weights": [row] * 2, "biases": row[:2], "activation": "tanh"},
        ],
        "data": [{"inputs": row, "targets": [0, 1]}] * samples,
        "training": {"learning_rate": "0.5"},
        **more,
    }


@pytest.mark.parametrize(("width", "samples"), [(16, 2), (32, 40), (3, 12), (9, 9)])
@pytest.mark.parametrize("digits", [5, 25])
def test_large_matrices_are_shortened(
    width: int, samples: int, digits: int, tmp_path: Path
) -> None:
    source = network(width, samples, numbers={"digits": digits})
    solution = solved(source)
    text = solution.render("latex")
    assert r"\cdots" in text
    assert compile_latex(text, tmp_path) == []
    assert_true(worked_out(read(text), tracer.load(source)))
    assert max(map(len, solution.render("text", width=80).splitlines())) <= 80


def test_what_is_too_large_is_refused() -> None:
    with pytest.raises(tracer.NotSupported, match="a layer of 33 neurons or inputs, more than 32"):
        solved(network(33)).render()


def test_numbers_too_long_for_a_line_are_refused() -> None:
    solution = solved(network(2, numbers={"digits": 50}))
    with pytest.raises(tracer.NotSupported, match="the numbers are too long for a line"):
        solution.render("latex")


def test_softmax_below_the_last_layer_is_refused() -> None:
    with pytest.raises(tracer.NotSupported, match="each sample has a matrix of derivatives"):
        solved(ROOT / "examples" / "jacobian.toml").render()


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("shared-weights", "shared parameters are single numbers"),
        ("prelu", "learned slopes are in no matrix"),
        ("constant-input", "weights of a constant input"),
    ],
)
def test_what_is_no_matrix_is_refused(name: str, reason: str) -> None:
    with pytest.raises(tracer.NotSupported, match=reason):
        solved(ROOT / "examples" / f"{name}.toml").render()


def test_a_matrix_that_is_fixed_in_part_is_refused() -> None:
    problem = network(2)
    problem["layers"][0]["frozen"] = ["w[1,2]"]
    with pytest.raises(tracer.NotSupported, match="only some of the weights of layer 1"):
        solved(problem).render()


def test_a_matrix_that_is_fixed_has_no_gradient() -> None:
    problem = network(2)
    problem["layers"][1]["frozen"] = ["weights"]
    text = solved(problem).render()
    assert "∂E/∂b²" in text
    assert "∂E/∂W²" not in text


def test_one_symbol_for_two_matrices_is_refused() -> None:
    notation = {"like": "deck", "pre": "W_{j}^{i}"}
    with pytest.raises(tracer.NotSupported, match="would stand for the weights of layer 1 and for"):
        solved(network(2, notation=notation)).render()


def test_a_forward_pass_alone_has_a_matrix_form() -> None:
    layer = {"weights": [[1, -1]], "biases": [0], "activation": "step"}
    text = solved({"layers": [layer], "data": [{"inputs": [1, 2], "targets": 1}]}).render()
    assert "p¹ = W¹ l⁰ + b¹" in text
    assert "step[-1] = [0]" in text


def test_one_sample_is_a_vector() -> None:
    text = solved(network(2, 1)).render()
    assert "p¹ = W¹ l⁰ + b¹" in text
    assert "∂E/∂W¹ = ∂E/∂p¹ (l⁰)ᵀ" in text
    assert "∂E/∂b¹ = ∂E/∂p¹\n" in text


def test_the_derivative_of_a_formula_of_one_s_own_is_defined() -> None:
    layer = {"weights": [["0.5", -1]], "biases": False, "formula": "x/(1 + abs(x))"}
    data = [{"inputs": [1, 2], "targets": 0}, {"inputs": [-3, 2], "targets": 1}]
    text = solved({"layers": [layer], "data": data}).render("text")
    assert text.index("φ'(p) = 1/(1 + |p|)²") < text.index("φ'(P¹)")


def test_remarks_on_the_numbers_stand_in_every_step() -> None:
    layers = [
        {"weights": [[1], [-1]], "biases": [0, 0], "activation": "relu"},
        {"weights": [[8, 1]], "biases": [1], "activation": "tanh"},
    ]
    source = {"layers": layers, "data": [{"inputs": 1, "targets": 0}]}
    text = " ".join(solved(source).render("text").split())
    assert "p₂¹ is not positive at this sample: a dead neuron" in text
    assert "The derivative of ReLU is 1 where the pre-activation is positive and 0 where" in text
    assert "tanh is saturated: ∂l₁²/∂p₁² ≈" in text
