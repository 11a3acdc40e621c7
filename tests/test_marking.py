"""Verdicts: what is right, what starts a fault, what merely follows from it."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from random import Random
from time import process_time

import pytest

import tracer
from tests.conftest import ROOT
from tests.deck_answers import AS_PRINTED, FAULTS, FOLLOWING
from tracer.check_options import check_options
from tracer.checking import Checker


@pytest.fixture(scope="module")
def deck() -> Checker:
    return Checker(tracer.load(tracer.DECK))


def test_the_slides_have_three_faults_and_eighteen_values_that_follow(deck: Checker) -> None:
    report = deck.check(AS_PRINTED)
    assert [v.id for v in report.verdicts if v.code == "wrong"] == list(FAULTS)
    carried = {v.id: set(v.roots) for v in report.verdicts if v.code == "carried"}
    assert carried == {name: set(roots) for name, roots in FOLLOWING.items()}
    assert report.summary["correct"] == len(AS_PRINTED) - 21
    assert (report.points, report.of) == (47, 50)
    assert not report


def test_each_fault_alone(deck: Checker) -> None:
    """A right value in the place of a fault leaves what follows from the others."""
    right = {v.id: v.expected for v in deck.check({}).verdicts}
    assert deck.check(right).summary["correct"] == 50
    for fault in FAULTS:
        answers = right | {fault: AS_PRINTED[fault]}
        report = deck.check(answers)
        # all that follows was worked out rightly: it is right, though not from this value
        assert [v.id for v in report.verdicts if v.code != "correct"] == [fault]


def test_nothing_handed_in_is_missing(deck: Checker) -> None:
    report = deck.check({})
    assert report.summary["missing"] == len(report.verdicts) == 50
    assert report.ok
    assert report.points == 0


_NEVER_RIGHT = [
    ("1/w1[1,1]", "0.1", "the old weight"),
    ("1/b1[2]", "0.5", "the old bias, to which the new one rounds"),
    ("dloss/dw1[1,1]", "-1.204", "the opposite sign"),
    ("dloss/dw1[1,1]", "0", "0 for what is not 0"),
    ("1/w2[1,1]", "0", "0 for what is 0.029"),
    ("1/w2[1,1]", "0.0", "0.0 for what is 0.029"),
    ("loss", "1.66", "one unit off"),
    ("dloss/dw1[1,1]", "1.2041", "beyond the last digit"),
]


@pytest.mark.parametrize(("name", "given", "why"), _NEVER_RIGHT)
def test_what_is_never_right(deck: Checker, name: str, given: str, why: str) -> None:
    (verdict,) = (v for v in deck.check({name: given}).verdicts if v.id == name)
    assert verdict.code == "wrong", why


_RIGHT = [
    ("dloss/dw1[1,1]", "1.204", False),
    ("dloss/dw1[1,1]", "1.2040", False),
    ("dloss/dw1[1,1]", "301/250", False),
    ("dloss/dw1[1,1]", "1.20", True),
    ("dloss/dw1[1,1]", "1.2", True),
    ("1/loss", "0.84862", False),
    ("1/loss", "0.8486", True),
    ("1/loss", "0.848624", False),
]


@pytest.mark.parametrize(("name", "given", "coarse"), _RIGHT)
def test_judged_at_the_digits_it_is_printed_with(
    deck: Checker, name: str, given: str, coarse: bool
) -> None:
    (verdict,) = (v for v in deck.check({name: given}).verdicts if v.id == name)
    assert (verdict.code, verdict.coarse) == ("correct", coarse)


def _codes(checker: Checker, answers: dict[str, str]) -> dict[str, str]:
    return {v.id: v.code for v in checker.check(answers).verdicts if v.code != "missing"}


def _with(**options: object) -> Checker:
    problem = tracer.load(tracer.DECK)
    return Checker(replace(problem, check=check_options(options)))


def test_what_was_copied_wrongly_from_the_question_is_a_fault(deck: Checker) -> None:
    answers = {"w1[1,1]": "0.2", "l1[1](1)": "1.6", "l1[2](1)": "1.5"}
    assert _codes(deck, answers) == {
        "w1[1,1]": "wrong",
        "l1[1](1)": "carried",
        "l1[2](1)": "correct",
    }
    assert "w1[1,1]" not in _codes(deck, {"w1[1,1]": "0.1", "l1[1](1)": "1.5"})


def test_a_fault_may_be_put_right_on_the_way(deck: Checker) -> None:
    """Of two faults one was corrected silently: what follows goes back to the other alone."""
    answers = {"1/w1[1,2]": "0.3866", "1/b1[1]": "0.0462"}
    # 0.08796·1 + 0.28668·3 + 0.0462 with the right weight
    report = deck.check(answers | {"1/l1[1](1)": "0.9942"})
    (verdict,) = (v for v in report.verdicts if v.id == "1/l1[1](1)")
    assert (verdict.code, verdict.roots) == ("carried", ("1/b1[1]",))


def test_follow_through_is_a_share_of_the_points() -> None:
    report = _with(follow_through=Fraction(1, 2)).check(AS_PRINTED)
    assert (report.points, report.of) == (29 + 9, 50)


def test_what_a_fault_makes_trivial_earns_nothing() -> None:
    """A dead ReLU: the gradient of its weights is 0 and the new weight the old one."""
    checker = Checker(tracer.load(tracer.DECK))
    dead = {"p1[1](1)": "-1.5", "l1[1](1)": "0"}
    report = checker.check(dead)
    verdicts = {v.id: v for v in report.verdicts}
    assert verdicts["p1[1](1)"].code == "wrong"
    follows = verdicts["l1[1](1)"]
    assert (follows.code, follows.points, follows.of) == ("carried", 0, 1)
    assert "no points" in follows.reason


def test_digits_can_be_required() -> None:
    name = "dloss/dw1[1,1]"
    (verdict,) = (v for v in _with(require_digits=True).check({name: "1.2"}).faults)
    assert (verdict.id, verdict.diagnoses[0].code) == (name, "too_coarse")
    assert _with(require_digits=True).check({name: "1.204"}).ok
    # what follows from it is no follow-up of a fault
    answers = {name: "1.2", "1/w1[1,1]": "0.08796"}
    assert _codes(_with(require_digits=True), answers)["1/w1[1,1]"] == "correct"


def test_points_by_kind_and_by_id() -> None:
    given = {"points": {"gradients": Fraction(2)}, "points_of": {"1/loss": Fraction(5)}}
    report = _with(**given).check({"1/loss": "0.84862"})
    assert (report.points, report.of) == (5, 9 * 2 + 5)
    assert len(report.verdicts) == 10


def test_a_value_that_cannot_be_read_is_not_wrong(deck: Checker) -> None:
    answers = {"dloss/dw1[1,1]": "about one", "1/w1[1,1]": "0.08796"}
    assert _codes(deck, answers) == {"dloss/dw1[1,1]": "unreadable", "1/w1[1,1]": "correct"}


@pytest.mark.parametrize("name", ["two-outputs", "softmax", "graph", "adam", "deep", "lstm"])
def test_what_the_solution_prints_is_right(name: str) -> None:
    checker = Checker(tracer.load(tracer.EXAMPLES / f"{name}.toml"))
    printed = {key: value.number.text for key, value in checker.prepared.printed.items()}
    assert set(_codes(checker, printed).values()) == {"correct"}


_FORMULAS = [
    ("dloss/dl2[1](1)", "2(l_1^2 - f^*)", "correct"),
    ("dloss/dl2[1](1)", "2(f^* - l_1^2)", "wrong"),
    ("dp2[1]/dl1[1](1)", "w_{1,1}^2", "correct"),
    ("dp2[1]/dl1[2](1)", "w_{1,1}^2", "wrong"),
    ("1/w1[1,1]", r"w_{1,1}^1 - \gamma \frac{\partial MSE}{\partial w_{1,1}^1}", "correct"),
    ("1/w1[1,1]", r"w_{1,1}^1 + \gamma \frac{\partial MSE}{\partial w_{1,1}^1}", "wrong"),
    ("dloss/dw1[1,1]", r"\sum 2(l_1^2 - f^*) w_{1,1}^2 l_1^0", "correct"),
    ("dloss/dw1[1,1]", r"\sum 2(l_1^2 - f^*) w_{1,1}^2 l_2^0", "wrong"),
    ("p1[1](2)", "w_{1,1}^1 l_1^0 + w_{1,2}^1 l_2^0 + b_1^1", "correct"),
    # the same number, since both weights are 0.1, but another function
    ("p1[1](2)", "w_{2,1}^1 l_1^0 + w_{1,2}^1 l_2^0 + b_1^1", "wrong"),
    ("p1[1](2)", "foo + 1", "unreadable"),
]


@pytest.mark.parametrize(("name", "given", "code"), _FORMULAS)
def test_an_answer_may_be_a_formula(deck: Checker, name: str, given: str, code: str) -> None:
    assert _codes(deck, {name: given}) == {name: code}


def test_a_document_is_checked_by_its_ending(deck: Checker) -> None:
    report = deck.check(ROOT / "examples" / "submissions" / "deck.md")
    assert [v.id for v in report.faults] == list(FAULTS)
    assert report.summary == {
        "correct": 26,
        "carried": 18,
        "wrong": 3,
        "unreadable": 3,
        "missing": 0,
    }
    assert len(report.equations) == 6


def test_what_is_given_and_cannot_be_read_is_told(deck: Checker) -> None:
    (verdict,) = (v for v in deck.check({"w1[1,1]": "1/0"}).verdicts if v.id == "w1[1,1]")
    assert verdict.code == "unreadable"
    assert "divides by zero" in verdict.reason


def test_a_hopeless_submission_takes_no_longer_than_it_is_long() -> None:
    """Thirty steps, all numbers made up: the trace isn't run again for each of them."""
    random = Random(1)

    def row(length: int) -> list[float]:
        return [round(random.uniform(-1, 1), 2) for _ in range(length)]

    checker = Checker(
        tracer.load(
            {
                "layers": [
                    {"weights": [row(4) for _ in range(n)], "biases": row(n), "activation": "relu"}
                    for n in (4, 1)
                ],
                "data": [{"inputs": row(4), "targets": row(1)} for _ in range(5)],
                "training": {"learning_rate": 0.1, "steps": 30, "print": list(range(1, 31))},
            }
        )
    )
    names = list(checker.prepared.points)
    assert len(names) > 2_000
    answers = {name: f"{random.uniform(-2, 2):.3f}" for name in names}
    start = process_time()
    report = checker.check(answers)
    assert process_time() - start < 4
    assert len(report.faults) > 0.9 * len(names)
