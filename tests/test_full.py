"""What reviewers found on full pages: each fault on the smallest problem that had it."""

from __future__ import annotations

from typing import Any

import pytest

import tracer
from tests.conftest import ROOT
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
    message = (
        f"{part} is of gradients that are worked out; with given ones there are givens, updates"
    )
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


# A graph's derivatives

UNROLLED = {
    "given": {"w": "0.5", "x": [1, 2]},
    "steps": ["a[t] = w*x[t] for t = 1..2", "h = a[1] + a[2]", "y = 3*h", "L = (y - 1)^2 + h^2"],
    "gradients": ["w", "h"],
}


def test_what_the_output_reads_itself_has_a_sign_of_its_own() -> None:
    """h is read by y and by L: dL/dh is 3·2(y - 1) + 2h, of which 2h = 3 is the direct part."""
    page = flat({"graph": UNROLLED})
    assert page.count("∂⁺L/∂h counts only where L itself reads h") == 1
    assert "∂⁺L/∂h 2·h 3 " in page
    assert "∂L/∂h 2·h" not in page
    latex = tracer.solve(tracer.load({"graph": UNROLLED}), detail="full").render("latex")
    assert r"\frac{\partial^{+} L}{\partial h}" in latex
    solution = tracer.solve(tracer.load({"graph": UNROLLED}))
    assert solution["dL/dh|direct"].value == 3
    assert solution["dL/dh"].value == 24
    assert solution["dL/dh|direct"].latex != solution["dL/dh"].latex
    only = tracer.solve(tracer.load({"graph": UNROLLED}), only="dL/dh|direct").render()
    assert "∂⁺L/∂h = 2·h = 2·1.5 = 3" in only
    assert "counts only where L itself reads h" in only
    assert "∂⁺" not in flat({"graph": UNROLLED}, detail="slides")


@pytest.mark.parametrize(
    ("rule", "written"),
    [
        ("(h - 1)^2", "2(h - 1)"),
        ("(1 - h)^2", "2(h - 1)"),
        ("(h + 1)^3", "3·(h + 1)²"),
        ("(1 + h)^3", "3·(1 + h)²"),
        ("(h - g)^2", "2(h - g)"),
        ("(g + 2*h)^2", "4(g + 2·h)"),
    ],
)
def test_derivatives_keep_the_order_of_the_author(rule: str, written: str) -> None:
    graph = {"given": {"h": 3, "g": -2}, "steps": [f"L = {rule}"], "gradients": ["h"]}
    page = flat({"graph": graph}, detail="slides")
    assert f"∂L/∂h = {written} = " in page
    numbers = written.replace("h", "3").replace("g", "(-2)")
    numbers = numbers.replace("((-2) +", "(-2 +")
    assert f"∂L/∂h = {written} = {numbers} = " in page


@pytest.mark.parametrize(
    ("rule", "reason"),
    [
        ("x*w + 1", "n has w times x, held fixed"),
        ("w*x*v", "n has w times x·v, held fixed"),
        ("3*w + x", "n has w times 3"),
        ("w*w*x", "all else in n held fixed"),
        ("w*x + w", "all else in n held fixed"),
        ("w + x", "w is added as it is"),
    ],
)
def test_a_factor_of_a_product_is_named_with_what_stands_beside_it(rule: str, reason: str) -> None:
    graph = {"given": {"w": 2, "x": 3, "v": 5}, "steps": [f"n = {rule}", "L = n^2"]}
    found = text({"graph": {**graph, "gradients": ["w"]}}, show="reasons", detail="slides")
    rows = (line for line in found.splitlines() if "=" not in line)
    (line,) = [row for row in rows if row.startswith("  ∂n/∂w ")]
    assert line.endswith(f"   {reason}")


# Penalties, constant inputs, shared parameters, slopes: one sample each

NET: dict[str, Any] = {
    "layers": [
        {"weights": [["0.5", 1], [1, "-0.25"]], "biases": [0, "0.5"], "activation": "sigmoid"},
        {"weights": [[1, "0.5"]], "biases": [1], "activation": "identity"},
    ],
    "data": [{"inputs": [1, 2], "targets": 3}],
}


def test_a_penalty_has_its_row_its_symbol_and_its_words() -> None:
    penalty = {"kind": "l2", "lambda": 2, "factor": "1/2"}
    page = flat({**NET, "loss": {"penalty": penalty}})
    assert "with λ = 2 and the factor 1/2" in page
    assert "R the penalty, which is added to the loss" in page
    assert "one path leads to E through the network" in page
    assert "The penalty R adds a derivative of its own." in page
    assert "→ E, the only one. Beside the data's, the penalty adds ∂R/∂w₁,₂²." in page
    assert "∂R/∂w₁,₂² 2·w₁,₂² 1 R is added to E: so is this" in page  # 2/2·2 times 0.5
    assert "∂R/∂b" not in page  # without the biases
    assert "∂R" not in flat(NET)


@pytest.mark.parametrize("constant", [2, "-0.5", 1])
def test_the_weight_of_a_constant_input_has_that_beside_it(constant: Any) -> None:
    layers = [{**layer, "constant": constant} for layer in NET["layers"]]
    page = flat({**NET, "layers": layers})
    for name in ("b₁²", "b₁¹", "b₂¹"):
        pre = name.replace("b", "p")
        row = f"∂{pre}/∂{name} {constant} {constant} {pre} has {name} times {constant}"
        assert row in page


@pytest.mark.parametrize("notation", ["mitchell", "han-kamber", {"like": "mitchell"}])
def test_a_book_s_negative_delta_is_not_written_for_the_derivative(notation: Any) -> None:
    if isinstance(notation, dict):
        notation = {**notation, "pre": "z_{unit}"}
    page = flat({**NET, "notation": notation})
    assert "δ" not in page
    assert "Deltas" not in page
    assert "Derivatives by the pre-activations of layer" in page
    assert "δ_o1" in flat({**NET, "notation": "mazur"})


def test_a_shared_parameter_has_reasons_for_each_place() -> None:
    shared = {**NET, "shared": [["w1[1,1]", "w1[2,2]"], ["b1[1]", "b1[2]"]]}
    layers = [{**NET["layers"][0], "weights": [["0.5", 1], [1, "0.5"]], "biases": [0, 0]}]
    page = flat({**shared, "layers": [*layers, NET["layers"][1]]})
    assert "p₁¹ has w₁,₁¹ times l₁⁰, held fixed" in page
    assert "p₂¹ has w₁,₁¹ times l₂⁰, held fixed" in page
    rows = page.split("Gradient by b₁¹ ")[1]
    assert rows.count("b₁¹ is added once, whatever its value") == 2


def test_a_parameter_twice_in_one_neuron_is_said_to_be() -> None:
    shared = {**NET, "shared": [["w1[1,1]", "w1[1,2]"]]}
    layers = [{**NET["layers"][0], "weights": [[1, 1], [1, 2]]}, NET["layers"][1]]
    assert "p₁¹ reads w₁,₁¹ in two places" in flat({**shared, "layers": layers})


def test_a_learned_slope_has_reasons() -> None:
    first = {**NET["layers"][0], "activation": "prelu", "slopes": ["0.25", "0.25"]}
    page = flat({**NET, "layers": [first, NET["layers"][1]]})
    assert "l₁¹ has α₁¹ times min(0, p₁¹), held fixed" in page
    assert "l₁¹ feeds one neuron, by this weight" in page.split("Gradient by α₁¹")[1]


def test_where_a_delta_has_summed_the_paths_it_is_said() -> None:
    last = {"weights": [[1, 2], [2, 1]], "biases": False, "activation": "softmax"}
    softmax = {
        "layers": [last],
        "data": [{"inputs": [1, 2], "targets": [1, 0]}],
        "loss": {"kind": "cross_entropy"},
    }
    page = flat(softmax, show="paths", detail="slides")
    assert "Paths: two ways, added up: w₁,₁¹ → p₁¹ → l₁¹ → E; w₁,₁¹ → p₁¹ → l₂¹ → E." in page
    assert page.count("∂E/∂p₁¹ has summed them already.") == 2
    assert "summed them already" not in flat(NET, show="paths", detail="slides")


# The check


def step_of(net: dict[str, Any], **training: Any) -> dict[str, Any]:
    return {**net, "training": {"learning_rate": "0.01", **training}}


DEAD: dict[str, Any] = {
    "layers": [
        {"weights": [[1], [1]], "biases": [-5, 0], "activation": "relu"},
        {"weights": [[1, "0.5"]], "biases": False, "activation": "sigmoid"},
    ],
    "data": [{"inputs": 1, "targets": 1}],
}


def test_several_steps_say_after_which_the_loss_is() -> None:
    assert "; after step 3: " in flat(step_of(NET, steps=3), show="check", detail="slides")
    assert "; after: " in flat(step_of(NET), show="check", detail="slides")


def test_a_gradient_of_0_agrees_exactly_where_nothing_is_touched() -> None:
    """Behind the dead neuron the sigmoid is a ball, but the same one at both ends."""
    page = flat(DEAD, show="check", detail="slides")
    assert "w₁,₁¹ 0 0 0 all" in page
    assert "below 10" not in page


def test_a_gradient_of_0_that_only_cancels_is_not_said_to_agree_exactly() -> None:
    graph = {"given": {"x": "0.5"}, "steps": ["a = tanh(x)", "L = a - a + 1"], "gradients": ["x"]}
    page = flat({"graph": graph}, show="check", detail="slides")
    assert "30 decimals or more" in page
    assert " all " not in page.split("agreeing digits")[1].split("kink")[0]


def test_where_all_gradients_are_0_no_step_is_too_long() -> None:
    dead = {**DEAD, "layers": [{**DEAD["layers"][0], "biases": [-5, -5]}, DEAD["layers"][1]]}
    page = flat(step_of(dead), show="check", detail="slides")
    assert "All gradients are 0: there is no direction in which to step." in page
    assert "too long" not in page


def test_a_loss_that_only_prints_the_same_is_said_to() -> None:
    page = flat(step_of(NET, learning_rate="1e-9"), show="check", detail="slides")
    assert "To the printed digits it does not change." in page
    assert "too long" in flat(step_of(NET, learning_rate=5), show="check", detail="slides")


def test_small_numbers_are_powers_of_ten() -> None:
    kink = {**DEAD, "layers": [{**DEAD["layers"][0], "biases": [-1, 0]}, DEAD["layers"][1]]}
    latex = tracer.solve(tracer.load(kink), show="check").render("latex")
    assert "closer than $10^{-10}$" in latex
    assert "1e-" not in latex


# Practice


def exercise(given: Any, **options: Any) -> tuple[str, str]:
    """The last line of what is left blank, and of the solution."""
    page = flat(given, show="practice", detail="slides", **options).split(" Practice ")[1]
    blank, solution = page.split("Solution:")
    return blank, solution


def test_blank_lines_have_the_relations_of_the_solution() -> None:
    blank, solution = exercise(step_of(NET))
    assert "≈ … " in f"{blank} "
    signs = [sign for sign in solution.split() if sign in "=≈"]
    assert [sign for sign in blank.split() if sign in "=≈"] == signs[: blank.count("=") + 2]


def test_constants_of_the_rule_stay() -> None:
    blank, solution = exercise(step_of(NET))
    assert "(1 - …)" in blank
    assert "(1 - 0." in solution


def test_the_task_is_none_that_is_0_or_at_a_kink() -> None:
    blank, _ = exercise(step_of({**DEAD, "layers": [DEAD["layers"][0], DEAD["layers"][1]]}))
    assert "by w₂,₁¹ at the new values" in blank
    swapped = {**DEAD["layers"][0], "biases": [0, -5]}
    blank, solution = exercise(step_of({**DEAD, "layers": [swapped, DEAD["layers"][1]]}))
    assert "by w₁,₁¹ at the new values" in blank  # the other neuron is dead
    assert not solution.rstrip().endswith(" 0")


def test_a_graph_s_task_is_none_that_is_0() -> None:
    graph = {
        "given": {"x": 3, "v": 2, "w": 2},
        "steps": ["y = relu(v - 2)", "L = x^2 + y*w + v*0 + w"],
        "gradients": ["v", "w"],
    }
    raw = {"graph": graph, "training": {"learning_rate": "0.5"}}
    blank, _ = exercise(raw)
    assert "The derivative of L by w at the new values" in blank


def test_without_training_nothing_is_asked_twice() -> None:
    for given in (NET, {"graph": UNROLLED}):
        page = flat(given, show="practice", detail="slides")
        assert "Every gradient is worked out above" in page
        assert "Solution:" not in page
        assert "once more" not in page


# Tables


def test_reasons_stand_beside_what_they_are_for() -> None:
    """Eighty columns hold them: they are broken, not split off into a table of their own."""
    for path in ("examples/published/mazur_2_2_2.toml", "examples/deck.toml"):
        page = tracer.solve(tracer.load(ROOT / path), detail="full").render()
        heads = [line for line in page.splitlines() if line.strip().startswith("factor ")]
        assert heads
        assert all("is" in head.split() and "because" in head.split() for head in heads)
        assert max(map(len, page.splitlines())) <= 80


def test_a_table_as_wide_as_the_page_is_not_split() -> None:
    data = [{"inputs": [1, 2, 3, 4], "targets": 3}, {"inputs": [4, 3, 2, 1], "targets": 1}]
    first = {"weights": [[1, 1, 1, 1]] * 4, "biases": [0] * 4, "activation": "identity"}
    layers = [first, {"weights": [[1, 1, 1, 1]], "biases": [0], "activation": "identity"}]
    page = tracer.solve(tracer.load({"layers": layers, "data": data})).render()
    assert "  sample   f*   l₁¹   l₂¹   l₃¹   l₄¹   l₁² = f(l₁⁰, …, l₄⁰)" in page


def test_rows_with_fractions_are_kept_apart_and_no_others() -> None:
    latex = tracer.solve(tracer.load({"graph": UNROLLED}), detail="full").render("latex")
    bodies = [part.split(r"\end{tabular}")[0] for part in latex.split(r"\begin{tabular}{")[1:]]
    for body in bodies:
        rows = body.split(r"\hline")[2]
        assert ((r"\rule[-1.9ex]" in rows) or (r"\rule[-1.9ex]" in body.split(r"\hline")[-2])) == (
            "frac{" in rows
        )
    local = next(body for body in bodies if "derivative" in body)
    assert r"\rule[-1.9ex]" in local
    checked = next(body for body in bodies if "agreeing digits" in body)
    assert r"\rule[-1.9ex]" not in checked


def test_a_gradient_s_heading_stays_with_its_first_line() -> None:
    latex = tracer.solve(tracer.load(NET), detail="full").render("latex")
    assert latex.count(r"\subsubsection*{Gradient by $") == 9
