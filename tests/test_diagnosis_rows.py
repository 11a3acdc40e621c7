"""Every misconception and every slip by name, on a problem where it gives another number.

The mistaken numbers are worked out here by hand, from true values, and not by any rule of the
table. ``e`` is the true value of a quantity.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from functools import cache

import pytest

from tests.conftest import ROOT
from tests.handed_in import HandedIn
from tracer import load, solve
from tracer.diagnosis.mutants import Mutants
from tracer.diagnosis.ranking import diagnose
from tracer.diagnosis.rows import Row
from tracer.diagnosis.slips import SLIPS, Slip
from tracer.diagnosis.table import MISCONCEPTIONS
from tracer.diagnosis.wording import explain_plain
from tracer.problem import AnyProblem

E = Callable[[str], float]

DECK, TWO, SOFT, RNN = "deck", "two-outputs", "softmax", "published/rnn_bengali_bptt_scalar"
GRAPH, ADAM, RIDGE = "graph", "adam", "ridge"
SOFT_TARGETS = """
[[layers]]
weights = [[0.5], [-0.3]]
activation = "softmax"
biases = false
[[data]]
inputs = [1]
targets = [0.2, 0.8]
[loss]
kind = "cross_entropy"
"""
FIVE = range(1, 6)


def _logistic(x: float) -> float:
    return 1 / (1 + math.exp(-x))


def _delta(e: E, j: int, slope: float) -> float:
    """dloss/dl1[j] of the two outputs times what is taken for the slope."""
    return e(f"dloss/dl1[{j}](1)") * slope


# code, problem, judged, what else is handed in, the mistaken number
ROWS: list[tuple[str, str, str, tuple[str, ...], Callable[[E], float]]] = [
    ("bias_left_out", TWO, "p1[1](1)", (), lambda e: 0.2 * 0.5 - 0.4 * 0.8),
    ("bias_sign", TWO, "p1[1](1)", (), lambda e: 0.2 * 0.5 - 0.4 * 0.8 - 0.1),
    ("weights_transposed", TWO, "p1[1](1)", (), lambda e: 0.2 * 0.5 + 0.5 * 0.8 + 0.1),
    ("other_neuron", TWO, "p1[1](1)", (), lambda e: 0.5 * 0.5 + 0.1 * 0.8 - 0.2),
    ("inputs_swapped", TWO, "p1[1](1)", (), lambda e: 0.2 * 0.8 - 0.4 * 0.5 + 0.1),
    ("input_taken_twice", TWO, "p1[1](1)", (), lambda e: 0.2 * 0.5 - 0.4 * 0.5 + 0.1),
    ("activation_skipped", TWO, "l1[1](1)", (), lambda e: e("p1[1](1)")),
    (
        "slope_for_activation",
        TWO,
        "l1[1](1)",
        (),
        lambda e: e("l1[1](1)") * (1 - e("l1[1](1)")),
    ),
    ("exponent_sign", TWO, "l1[1](1)", (), lambda e: _logistic(-e("p1[1](1)"))),
    ("not_normalised", SOFT, "l2[1](1)", (), lambda e: math.exp(e("p2[1](1)"))),
    (
        "target_and_output_exchanged",
        SOFT_TARGETS,
        "loss[2](1)",
        ("l1[1](1)", "l1[2](1)"),
        lambda e: -e("l1[2](1)") * math.log(0.8),
    ),
    ("square_forgotten", DECK, "loss(3)", ("l2[1](3)",), lambda e: e("t[1](3)") - e("l2[1](3)")),
    (
        "old_values",
        DECK,
        "1/p1[1](2)",
        (),
        lambda e: e("1/w1[1,1]") * e("l0[1](2)") + e("1/w1[1,2]") * e("l0[2](2)") + 0.5,
    ),
    ("other_step", DECK, "1/loss", (), lambda e: e("loss")),
    (
        "wrong_input",
        DECK,
        "dloss/dw1[1,2]",
        (),
        lambda e: sum(e(f"dloss/dp1[1]({n})") * e(f"l0[1]({n})") for n in FIVE),
    ),
    (
        "bias_times_input",
        DECK,
        "dloss/db2[1]",
        (),
        lambda e: sum(e(f"dloss/dp2[1]({n})") * e(f"l1[1]({n})") for n in FIVE),
    ),
    (
        "other_delta",
        TWO,
        "dloss/dw2[1,2]",
        ("dloss/dp2[1](1)", "dloss/dp2[2](1)"),
        lambda e: e("dloss/dp2[2](1)") * e("l1[2](1)"),
    ),
    ("slope_skipped", TWO, "dloss/dw1[1,2]", (), lambda e: _delta(e, 1, 1) * 0.8),
    (
        "slope_extra",
        SOFT,
        "dloss/dp2[1](1)",
        (),
        lambda e: e("dloss/dp2[1](1)") * e("l2[1](1)") * (1 - e("l2[1](1)")),
    ),
    (
        "slope_argument",
        TWO,
        "dloss/dw1[2,1]",
        (),
        lambda e: _delta(e, 2, e("p1[2](1)") * (1 - e("p1[2](1)"))) * 0.5,
    ),
    (
        "slope_incomplete",
        TWO,
        "dloss/dw1[2,1]",
        (),
        lambda e: _delta(e, 2, 1 - e("l1[2](1)")) * 0.5,
    ),
    (
        "updated_weights",
        TWO,
        "dloss/dl1[1](1)",
        ("dloss/dp2[1](1)", "dloss/dp2[2](1)"),
        lambda e: sum(e(f"dloss/dp2[{j}](1)") * e(f"1/w2[{j},1]") for j in (1, 2)),
    ),
    (
        "weights_transposed_back",
        TWO,
        "dloss/dl1[1](1)",
        ("dloss/dp2[1](1)", "dloss/dp2[2](1)"),
        lambda e: sum(e(f"dloss/dp2[{j}](1)") * e(f"w2[1,{j}]") for j in (1, 2)),
    ),
    (
        "wrong_weight",
        TWO,
        "dloss/dl1[1](1)",
        ("dloss/dp2[1](1)", "dloss/dp2[2](1)"),
        lambda e: sum(e(f"dloss/dp2[{j}](1)") * e(f"w2[{j},2]") for j in (1, 2)),
    ),
    ("target_forgotten", SOFT, "dloss/dp2[2](1)", (), lambda e: e("l2[2](1)")),
    (
        "slope_target_and_output_exchanged",
        SOFT,
        "dloss/dl2[2](1)",
        ("l2[2](1)",),
        lambda e: -e("l2[2](1)"),
    ),
    ("bias_slope", DECK, "dp2[1]/db2[1](1)", (), lambda e: 0.0),
    ("rate_forgotten", DECK, "1/w1[1,1]", (), lambda e: 0.1 - e("dloss/dw1[1,1]")),
    ("uphill", DECK, "1/w1[1,1]", (), lambda e: 0.1 + 0.01 * e("dloss/dw1[1,1]")),
    ("update_twice", DECK, "1/w1[1,1]", (), lambda e: 0.1 - 0.02 * e("dloss/dw1[1,1]")),
    ("old_weight", DECK, "1/w1[1,1]", (), lambda e: 0.1),
    ("only_step", DECK, "1/w1[1,1]", (), lambda e: -0.01 * e("dloss/dw1[1,1]")),
    (
        "wrong_gradient",
        DECK,
        "1/w1[1,1]",
        ("dloss/dw1[1,1]",),
        lambda e: 0.1 - 0.01 * e("dloss/dw1[1,2]"),
    ),
    ("other_start", ADAM, "2/w1[1,1]", (), lambda e: e("2/w1[1,1]") - e("1/w1[1,1]") + 0.5),
    (
        "momentum_forgotten",
        ADAM,
        "1/m.w1[1,1]",
        (),
        lambda e: 0.1 * e("dloss/dw1[1,1]"),
    ),
    ("correction_forgotten", ADAM, "1/mhat.w1[1,1]", (), lambda e: e("1/m.w1[1,1]")),
    ("sign", DECK, "dloss/dl2[1](1)", (), lambda e: -e("dloss/dl2[1](1)")),
    ("factor_two", DECK, "dloss/dw2[1,1]", (), lambda e: e("dloss/dw2[1,1]") / 2),
    ("sum_or_mean", DECK, "loss", (), lambda e: e("loss") / 5),
    ("sample_left_out", DECK, "loss", (), lambda e: e("loss") - e("loss(4)")),
    (
        "one_sample_only",
        DECK,
        "dloss/dw1[1,1]",
        (),
        lambda e: e("dloss/dp1[1](5)") * e("l0[1](5)"),
    ),
    (
        "path_left_out",
        TWO,
        "dloss/dl1[1](1)",
        (),
        lambda e: e("dloss/dp2[1](1)") * e("w2[1,1]"),
    ),
    (
        "one_path_only",
        RNN,
        "dL/dW_xh",
        (),
        lambda e: e("dL/da[3]") * e("x[3]"),
    ),
    ("penalty_left_out", RIDGE, "loss", (), lambda e: e("loss") - e("penalty")),
    ("term_left_out", RNN, "a[2]", ("h[1]",), lambda e: e("W_xh") * e("x[2]")),
    ("term_sign", RNN, "a[2]", ("h[1]",), lambda e: 0.5 * 2 - 0.1 * e("h[1]")),
    ("factor_left_out", DECK, "dloss/dl1[2](1)", (), lambda e: e("dloss/dp2[1](1)")),
    (
        "function_slope_skipped",
        RNN,
        "dL/da[3]",
        (),
        lambda e: e("dL/dh[3]"),
    ),
    ("function_skipped", RNN, "h[2]", ("a[2]",), lambda e: e("a[2]")),
    ("other_argument", GRAPH, "df/dq", ("q",), lambda e: e("q")),
    ("wrong_operand", RNN, "a[2]", ("h[1]",), lambda e: 0.5 * 3 + 0.1 * e("h[1]")),
    ("operand_point", DECK, "1/b1[1]", (), lambda e: 0.05 - 0.0038),
    (
        "old_values",
        DECK,
        "1/p2[1](1)",
        ("1/l1[1](1)", "1/l1[2](1)"),
        lambda e: 0.1 * e("1/l1[1](1)") + 0.3 * e("1/l1[2](1)") + 0.5,
    ),
    (
        "term_sign",
        DECK,
        "dloss/dl2[1](1)",
        ("l2[1](1)",),
        lambda e: 2 * (e("l2[1](1)") + e("t[1](1)")),
    ),
    (
        "operand_point",
        DECK,
        "dloss/dl2[1](1)",
        ("l2[1](1)",),
        lambda e: 2 * (e("l2[1](1)") * 10 - e("t[1](1)")),
    ),
    ("neighbour_copied", TWO, "1/w2[1,2]", ("1/w2[1,1]",), lambda e: e("1/w2[1,1]")),
]

# code, judged, the right number as the solution has it, what was written
SLIPPED = [
    ("sign_lost", "p1[1](1)", "1.5", "-1.5"),
    ("truncated", "1/l2[1](1)", "0.80905", "0.80904"),
    ("point_moved", "dloss/dw1[2,2]", "3.996", "39.96"),
    ("point_moved", "dloss/dw1[2,2]", "3.996", "0.3996"),
    ("point_moved_far", "dloss/dw1[2,2]", "3.996", "399.6"),
    ("digits_swapped", "1/w1[2,2]", "0.26004", "0.62004"),
    ("digits_swapped", "1/b1[2]", "0.4886", "0.4868"),
    ("digit_dropped", "1/b1[2]", "0.4886", "0.486"),
    ("digit_doubled", "dloss/dw1[1,2]", "1.332", "1.3332"),
    ("last_digit", "1/b1[2]", "0.4886", "0.4887"),
    ("carry", "1/l2[1](3)", "0.97913", "1.07913"),
    ("digit_wrong", "1/b1[2]", "0.4886", "0.4286"),
]


@cache
def _problem(name: str) -> tuple[AnyProblem, Mutants]:
    problem = load(name if "=" in name else ROOT / "examples" / f"{name}.toml")
    view = HandedIn(problem, {})
    return problem, Mutants(view.trace, problem)


@pytest.mark.parametrize(
    ("code", "name", "judged", "others", "mistaken"), ROWS, ids=[f"{row[0]}" for row in ROWS]
)
def test_row(
    code: str, name: str, judged: str, others: tuple[str, ...], mistaken: Callable[[E], float]
) -> None:
    problem, mutants = _problem(name)
    truth = HandedIn(problem, {})

    def e(quantity: str) -> float:
        return float(truth.true(quantity))

    answers = {other: f"{e(other):.9f}" for other in others}
    view = HandedIn(problem, {**answers, judged: f"{mistaken(e):.9f}"}, (judged,))
    found = diagnose(view, judged, mutants)
    assert code in [own.code for own in found[:2]], found
    worked = solve(problem).solved
    (own,) = [one for one in found if one.code == code]
    assert ": " in explain_plain(worked, judged, own)


@pytest.mark.parametrize(("code", "judged", "right", "written"), SLIPPED)
def test_slip(code: str, judged: str, right: str, written: str) -> None:
    problem, mutants = _problem(DECK)
    view = HandedIn(problem, {judged: written}, (judged,))
    digits = len(right.partition(".")[2])
    assert f"{float(view.true(judged)):.{digits}f}" == right
    found = diagnose(view, judged, mutants)
    assert code in [own.code for own in found[:2]], found
    (own,) = [one for one in found if one.code == code]
    assert explain_plain(solve(problem).solved, judged, own)


def test_every_row_and_slip_is_tested() -> None:
    rows = [row.code for row in MISCONCEPTIONS]
    assert len(set(rows)) == len(rows)
    assert {row[0] for row in ROWS} == set(rows)
    assert {row[0] for row in SLIPPED} == {slip.code for slip in SLIPS}


@pytest.mark.parametrize("row", [*MISCONCEPTIONS, *SLIPS], ids=lambda row: row.code)
def test_every_row_says_what_it_means(row: Row | Slip) -> None:
    assert re.fullmatch(r"[A-Z].*[^.]\.", row.meaning)
    assert re.fullmatch(r"[a-z{].*[^.]", row.text)
    assert 0 < row.weight < 0.5
    assert re.fullmatch(r"[a-z_]+", row.code)
