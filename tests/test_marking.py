"""Verdicts: what is right, what starts a fault, what merely follows from it."""

from __future__ import annotations

import pytest

import tracer
from tests.deck_answers import AS_PRINTED, FAULTS, FOLLOWING
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
