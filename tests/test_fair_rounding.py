"""Right solutions, however they are rounded and written, are never accused; what is not right is.

The solutions are those of tests/student.py, at 2 to 9 digits, rounded at every step or at the end.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from functools import cache
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tracer
from tests import student
from tests.mutants import EXACT, answerable, chosen, never, problem_of
from tests.student import Paper, Style, to_places
from tracer.checking import Checker

STYLES = (
    *(Style(f"{n} decimals", decimals=n) for n in range(2, 10)),
    *(Style(f"{n} figures", figures=n) for n in range(2, 10)),
    *(Style(f"{n} decimals at the end", decimals=n, each=False) for n in range(2, 10)),
    *(Style(f"{n} figures at the end", figures=n, each=False) for n in range(2, 10)),
    *(Style(f"{n} figures, scientific", figures=n, scientific=True) for n in range(2, 10)),
    *(Style(f"{n} decimals, no zeros at the end", decimals=n, trim=True) for n in range(2, 10)),
    *(Style(f"{n} decimals, comma", decimals=n, comma=True) for n in range(2, 10)),
    Style("fractions"),
)
ROUNDS = 6


def solution(random: Random, problem: dict[str, Any], style: Style) -> tuple[Paper, set[str]]:
    """A right solution and what of it is handed in."""
    rules = student.working(problem, from_outputs=random.random() < 0.5)
    right = student.work(rules, EXACT)
    answered = chosen(random, answerable(rules))
    while True:
        paper = student.work(rules, style, answered)
        # roughly rounded terms may cancel: what is then 0, of the other sign, or the old weight is
        # no right answer, and nobody would go on from it
        digits = int(problem["numbers"]["digits"])
        lost = {
            name
            for name in answered
            if never(paper.exact[name], right.exact[name], old(paper, name), digits)
        }
        if not lost:
            return paper, answered
        answered -= lost


def old(paper: Paper, name: str) -> Fraction | None:
    before = student.old_of(name)
    return None if before is None else student.exactly(paper.used[before])


def accused(seed: int, style: Style) -> Iterator[str]:
    random = Random(seed)
    problem = problem_of(random, style)
    paper, answered = solution(random, problem, style)
    report = Checker(tracer.load(problem)).check({name: paper.text[name] for name in answered})
    assert {verdict.id for verdict in report.verdicts if verdict.given is not None} == answered
    for verdict in report.verdicts:
        if verdict.given is not None and verdict.code != "correct":
            yield f"seed {seed}, {style.name}: {verdict.id} = {verdict.given}: {verdict.code}"


@pytest.mark.parametrize("style", STYLES, ids=lambda style: style.name)
def test_right_solutions_are_never_accused(style: Style) -> None:
    found = [
        line for n in range(ROUNDS) for line in accused(10_000 * n + STYLES.index(style), style)
    ]
    assert not found, "\n".join(found[:10])


@settings(max_examples=30, deadline=None, derandomize=True)
@given(st.integers(10**6, 10**9), st.sampled_from(STYLES))
def test_no_other_right_solution_is_accused(seed: int, style: Style) -> None:
    found = list(accused(seed, style))
    assert not found, "\n".join(found[:10])


# what is never right


@cache
def deck() -> Checker:
    return Checker(tracer.load(tracer.DECK))


def code_of(checker: Checker, name: str, text: str) -> str:
    return next(v.code for v in checker.check({name: text}).verdicts if v.id == name)


@cache
def deck_values() -> dict[str, Fraction]:
    rules = student.working(DECK_RULES)
    right = student.work(rules, EXACT)
    return {name: right.exact[name] for name in answerable(rules)}


DECK_RULES: dict[str, Any] = {
    "layers": [
        {"weights": [["0.1", "0.3"]] * 2, "biases": ["0.5"] * 2, "activation": "relu"},
        {"weights": [["0.1", "0.3"]], "biases": ["0.5"], "activation": "relu"},
    ],
    "data": [
        {"inputs": list(inputs), "targets": [target]}
        for inputs, target in (("13", "1"), ("31", "1"), ("35", "1"), ("53", "1"), ("33", "0"))
    ],
    "training": {"learning_rate": "0.01"},
}
NAMES = sorted(deck_values())


@pytest.mark.parametrize("name", NAMES)
def test_the_opposite_sign_is_never_right(name: str) -> None:
    value = deck_values()[name]
    if value:
        for places in (1, 3, 5, 8):
            text = student.written(to_places(-value, places), places, Style(""))
            assert code_of(deck(), name, text) == "wrong", text


@pytest.mark.parametrize("name", NAMES)
def test_nothing_for_something_is_never_right(name: str) -> None:
    if to_places(deck_values()[name], 5):
        for text in ("0", "0.0", "0.00", "-0.0", "0e0", "0/1"):
            assert code_of(deck(), name, text) == "wrong", text


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("places", [5, 7, 9, 12])
def test_one_unit_off_in_the_last_digit_is_wrong(name: str, places: int) -> None:
    value = deck_values()[name]
    shown = to_places(value, places)
    assert code_of(deck(), name, student.written(shown, places, Style(""))) == "correct"
    unit = Fraction(1, 10**places)
    for off in (shown - unit, shown + unit):
        if abs(off - value) > unit / 2:
            assert code_of(deck(), name, student.written(off, places, Style(""))) == "wrong"


def test_both_sides_of_a_tie_are_right() -> None:
    for value, places in ((Fraction("1.5"), 0), (Fraction("0.94"), 1), (Fraction("1.332"), 2)):
        name = {"1.5": "l1[1](1)", "0.94": "l2[1](2)", "1.332": "dloss/dw1[1,2]"}[str(float(value))]
        low = value * 10**places // 1 / Fraction(10**places)
        tie = value - low == Fraction(1, 2 * 10**places)
        for shown in (low, low + Fraction(1, 10**places)):
            right = tie or shown == to_places(value, places)
            text = student.written(shown, places, Style(""))
            assert code_of(deck(), name, text) == ("correct" if right else "wrong"), text


SMALL_STEP = """
[[layers]]
weights = [[0.5]]
biases = [0.25]
activation = "identity"
[[data]]
inputs = [1]
targets = 0.74
[training]
learning_rate = {rate}
[numbers]
digits = 6
"""


@pytest.mark.parametrize("rate", ["0.1", "0.01", "0.001", "0.0005"])
@pytest.mark.parametrize("text", ["0.5", "0.50", "0.500", "0.5000", "1/2", "5e-1"])
def test_the_old_weight_is_never_right(rate: str, text: str) -> None:
    """The update, 0.02 times the rate, is smaller than a tolerance, yet shows when asked for."""
    checker = Checker(tracer.load(SMALL_STEP.format(rate=rate)))
    assert code_of(checker, "1/w1[1,1]", text) == "wrong"
    new = Fraction("0.5") - Fraction("0.02") * Fraction(rate)
    assert (
        code_of(checker, "1/w1[1,1]", student.written(to_places(new, 6), 6, Style(""))) == "correct"
    )


def test_the_old_weight_is_right_where_the_update_does_not_show() -> None:
    checker = Checker(tracer.load(SMALL_STEP.format(rate="0.00001")))
    assert code_of(checker, "1/w1[1,1]", "0.500000") == "correct"
    assert code_of(checker, "1/w1[1,1]", "0.5") == "correct"


@pytest.mark.parametrize("text", ["0.5000000", "0.50000000", "1/2"])
def test_zeros_that_are_not_its_digits_do_not_make_the_old_weight_right(text: str) -> None:
    """A number is judged at the precision it is printed with, also where it is the asked one."""
    checker = Checker(tracer.load(SMALL_STEP.format(rate="0.00001")))  # it is 0.4999998
    assert code_of(checker, "1/w1[1,1]", text) == "wrong"
    assert code_of(checker, "1/w1[1,1]", "0.4999998") == "correct"
    assert code_of(deck(), "1/l2[1](2)", "0.7076800") == "wrong"  # it is 0.70768016


def test_zeros_before_the_point_are_no_digits() -> None:
    checker = Checker(
        tracer.load(
            {
                "layers": [{"weights": [["1"]], "biases": False, "activation": "identity"}],
                "data": [{"inputs": ["11086"], "targets": "0"}],
                "numbers": {"significant": 3},
            }
        )
    )
    assert code_of(checker, "l1[1](1)", "11100") == "correct"
    assert code_of(checker, "l1[1](1)", "11100.0") == "wrong"


def test_the_old_weight_may_have_more_digits_than_are_asked() -> None:
    """0.54 becomes 0.5399998: 0.5 in the one digit that is asked, 0.540 in three."""
    text = SMALL_STEP.replace("0.5]", "0.54]").replace("0.74", "0.78")
    text = text.replace("digits = 6", "digits = 1")
    checker = Checker(tracer.load(text.format(rate="0.00001")))
    for text in ("0.5", "0.54", "0.5400"):
        assert code_of(checker, "1/w1[1,1]", text) == "correct"
    assert code_of(checker, "1/w1[1,1]", "0.55") == "wrong"


def test_right_but_with_fewer_digits_is_said() -> None:
    report = deck().check({"dloss/dw1[1,2]": "1.3", "loss": "1.65"})
    coarse = {v.id: v.coarse for v in report.verdicts if v.given is not None}
    assert coarse == {"dloss/dw1[1,2]": True, "loss": False}
    assert report


def saturated(loss: dict[str, Any], weights: list[list[str]], targets: list[str]) -> Checker:
    problem = {
        "layers": [
            {
                "weights": weights,
                "biases": False,
                "activation": "sigmoid" if len(weights) == 1 else "softmax",
            }
        ],
        "data": [{"inputs": [x], "targets": targets} for x in ("7.8", "0.4685")],
        "loss": loss,
        "numbers": {"digits": 3},
    }
    return Checker(tracer.load(problem))


@pytest.mark.parametrize("shortcut", [True, False])
@pytest.mark.parametrize("written", ["1.00", "1.000", "0.9996"])
def test_an_output_that_rounds_to_1_has_a_loss(written: str, shortcut: bool) -> None:
    """What the target leaves out, (1 - t) log(1 - y) for t = 1, is 0 also where y is 1.00."""
    loss = {"kind": "binary_cross_entropy", "shortcut": shortcut}
    checker = saturated(loss, [["1"]], ["1"])
    own = {"l1[1](1)": written, "l1[1](2)": "0.62"}
    # -log 1.00 - log 0.62, which is not the true 0.486
    assert checker.check(own | {"loss": "0.478"})
    assert not checker.check(own | {"loss": "0.378"})
    assert not checker.check({"l1[1](1)": "0.00", "l1[1](2)": "0.62", "loss": "0.378"})


def test_outputs_that_round_to_0_have_a_loss() -> None:
    checker = saturated({"kind": "cross_entropy"}, [["1"], ["-1"], ["0"]], ["1", "0", "0"])
    own = {"l1[1](1)": "1.00", "l1[2](1)": "0.00", "l1[3](1)": "0.00", "l1[1](2)": "0.50"}
    assert checker.check(own | {"loss": "0.693"})
    assert not checker.check(own | {"loss": "0.793"})


def test_the_loss_of_an_output_above_1_is_carried() -> None:
    """Without the sigmoid the output is 7.8, and -log 7.8 - log 0.615 follows."""
    checker = saturated({"kind": "binary_cross_entropy"}, [["1"]], ["1"])
    report = checker.check({"l1[1](1)": "7.8", "l1[1](2)": "0.615", "loss": "-1.568"})
    assert {v.id: v.code for v in report.verdicts if v.given} == {
        "l1[1](1)": "wrong",
        "l1[1](2)": "correct",
        "loss": "carried",
    }
    # the target asks for its logarithm, and there is none
    report = checker.check({"l1[1](1)": "-7.8", "l1[1](2)": "0.615", "loss": "-1.568"})
    assert [v.id for v in report.faults] == ["l1[1](1)", "loss"]
