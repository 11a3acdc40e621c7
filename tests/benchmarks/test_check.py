"""How many submissions are checked in a second, and how soon a whole document is."""

from __future__ import annotations

from random import Random
from statistics import median
from time import process_time
from typing import Any

import pytest
from measuring import interleaved

import tracer
from tests import student
from tests.conftest import ROOT
from tests.mistakes import Sheet, every
from tests.student import Style
from tests.test_fair_rounding import DECK_RULES
from tracer.checking import Checker

SUBMISSIONS = 300
COMPARED = 4  # of them, by math-verify: it is slow
ROUNDS = 7
# as in a class: most of them have none or one, some have two, a few have three
MISTAKES = (0, 1, 0, 1, 2, 0, 1, 1, 0, 3)
STYLES = (
    Style("5 decimals", decimals=5, each=False),
    Style("5 decimals, trimmed", decimals=5, each=False, trim=True),
    Style("4 decimals", decimals=4),
    Style("3 figures", figures=3),
    Style("fractions"),
    Style("scientific", figures=5, scientific=True),
)


def submissions(names: list[str]) -> list[dict[str, str]]:
    """Answers to what the deck asks, each with none to three mistakes, in six ways of writing."""
    random = Random(1)
    rules = student.working(DECK_RULES)
    mistakes = every(Sheet(DECK_RULES, rules))
    found = []
    for n in range(SUBMISSIONS):
        changed = dict(rules)
        for mistake in random.sample(mistakes, MISTAKES[n % len(MISTAKES)]):
            changed |= mistake.changes
        paper = student.work(changed, STYLES[n % len(STYLES)], names)
        found.append({name: paper.text[name] for name in names})
    return found


@pytest.fixture(scope="module")
def checker() -> Checker:
    return Checker(tracer.load(tracer.DECK))


def test_submissions_a_second(benchmark: Any, bounds: Any, checker: Checker) -> None:
    math_verify = pytest.importorskip("math_verify", reason="pip install '.[bench]'")
    expected = {verdict.id: verdict.expected for verdict in checker.check({}).verdicts}
    answers = submissions(list(expected))
    assert len(expected) == 50
    checked: list[Any] = []

    def own() -> None:
        checked[:] = [checker.check(each) for each in answers]

    def one_by_one() -> None:
        for each in answers[:COMPARED]:
            for name, text in each.items():
                math_verify.verify(math_verify.parse(expected[name]), math_verify.parse(text))

    ours, theirs = interleaved(benchmark, ROUNDS, own, one_by_one, clock=process_time)
    rate, other = SUBMISSIONS / min(ours), COMPARED / min(theirs)
    ratios = [(SUBMISSIONS / x) / (COMPARED / y) for x, y in zip(ours, theirs, strict=True)]
    benchmark.extra_info["ratio"] = median(ratios)
    bounds.at_least(
        "deck submissions checked, with diagnoses",
        rate,
        1000,
        "/s",
        f"{SUBMISSIONS} different ones of {len(expected)} answers, on one core, best of {ROUNDS}",
    )
    bounds.at_least(
        "the same : math-verify, which only compares the answers",
        median(ratios),
        40,
        "×",
        f"{rate:,.0f} : {other:.1f} a second, medians of {ROUNDS} rounds of the ratio",
    )
    wrong = [report.summary["wrong"] for report in checked]
    named = [bool(v.diagnoses) for report in checked for v in report.faults]
    assert sum(count > 0 for count in wrong) > SUBMISSIONS / 2
    assert sum(named) > len(named) / 2


def test_the_whole_document(benchmark: Any, bounds: Any) -> None:
    """The slides: read, every equation checked, every value marked, every fault explained."""
    document = ROOT / "examples" / "submissions" / "deck.md"

    def ready() -> None:
        Checker(tracer.load(tracer.DECK))

    found: list[Any] = []

    def checked() -> None:
        found[:] = [Checker(tracer.load(tracer.DECK)).check(document)]

    whole, alone = interleaved(benchmark, ROUNDS, checked, ready, clock=process_time)
    bounds.at_most(
        "the slides read and checked",
        1000 * min(whole),
        300,
        "ms",
        f"of which {1000 * min(alone):.0f} ms make the problem ready; start-up apart, "
        f"best of {ROUNDS}",
    )
    (report,) = found
    assert (report.summary["wrong"], report.summary["carried"]) == (3, 18)
