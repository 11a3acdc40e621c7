"""What is named where several explanations fit, where none does, and where one fits several."""

from __future__ import annotations

import pytest

from tests.conftest import ROOT
from tests.handed_in import HandedIn
from tracer import load, solve
from tracer.checking import Checker
from tracer.diagnosis.mutants import Mutants
from tracer.diagnosis.ranking import diagnose, diagnose_all
from tracer.diagnosis.wording import explain_plain, explanation
from tracer.formula import Formula, Partial

DECK = load(ROOT / "examples" / "deck.toml")
MAZUR = load(ROOT / "examples" / "published" / "mazur_2_2_2.toml")
MACLEOD = load(ROOT / "examples" / "published" / "macleod_2_2_1_updated_weights.toml")


def _deck() -> HandedIn:
    """The figures of the slides, up to the updates, as printed."""
    hidden = ("1.5", "1.1", "2.3", "1.9", "1.7")
    outputs = ("1.1", "0.94", "1.42", "1.26", "1.18")
    slopes = ("0.2", "-0.12", "0.84", "0.52", "2.36")
    answers = {"loss": "1.65"}
    for n in range(1, 6):
        answers[f"l1[1]({n})"] = answers[f"l1[2]({n})"] = hidden[n - 1]
        answers[f"l2[1]({n})"] = outputs[n - 1]
        answers[f"dloss/dl2[1]({n})"] = slopes[n - 1]
    answers |= {"dloss/dw2[1,1]": "7.1", "dloss/dw2[1,2]": "7.1", "dloss/db2[1]": "3.8"}
    answers |= {"dloss/dw1[1,1]": "1.204", "dloss/dw1[2,1]": "3.612"}
    answers |= {"dloss/dw1[1,2]": "1.204", "dloss/dw1[2,2]": "3.612"}
    answers |= {"dloss/db1[1]": "0.38", "dloss/db1[2]": "1.14", "1/b1[1]": "0.0462"}
    return HandedIn(DECK, answers, _ROOTS)


_ROOTS = ("dloss/dw1[1,2]", "dloss/dw1[2,2]", "1/b1[1]")


def test_the_three_mistakes_of_the_deck() -> None:
    found = diagnose_all(_deck(), _ROOTS)
    codes = {name: [own.code for own in named] for name, named in found.items()}
    assert codes == {
        "dloss/dw1[1,2]": ["wrong_input", "neighbour_copied"],
        "dloss/dw1[2,2]": ["wrong_input", "neighbour_copied"],
        "1/b1[1]": ["operand_point"],
    }
    worked = solve(DECK).solved
    assert [explain_plain(worked, name, own) for name in found for own in found[name]] == [
        "∂MSE/∂w₁,₂¹: you multiplied by l₁⁰; the derivative of p₁¹ with respect to w₁,₂¹ is l₂⁰",
        "∂MSE/∂w₁,₂¹: 1.204 is the value of ∂MSE/∂w₁,₁¹",
        "∂MSE/∂w₂,₂¹: you multiplied by l₁⁰; the derivative of p₂¹ with respect to w₂,₂¹ is l₂⁰",
        "∂MSE/∂w₂,₂¹: 3.612 is the value of ∂MSE/∂w₂,₁¹",
        "the new b₁¹: the decimal point of b₁¹ has moved: 0.05 - 0.0038 gives your 0.0462, "
        "0.5 - 0.0038 gives 0.4962",
    ]


def test_an_explanation_is_text_that_every_format_can_set() -> None:
    view = _deck()
    (own, *_) = diagnose(view, "dloss/dw1[1,2]")
    text = explanation(solve(DECK).solved, "dloss/dw1[1,2]", own)
    assert text[0] == Partial("loss", "w1[1,2]")
    assert all(isinstance(piece, str | Formula) for piece in text)


def test_one_mistake_that_explains_several_numbers_comes_first() -> None:
    """Half of each gradient: taken alone, 0.57 for 1.14 is also half of what is copied."""
    true = {"dloss/dw2[1,1]": 7.1, "dloss/dw2[1,2]": 7.1, "dloss/db2[1]": 3.8}
    view = HandedIn(DECK, {name: f"{value / 2:.3f}" for name, value in true.items()}, tuple(true))
    for named in diagnose_all(view, tuple(true)).values():
        assert named[0].code == "factor_two"
        assert named[0].details is not None
        assert named[0].details["times"] == "2"


def test_a_slip_in_every_sample_is_said_to_be_so() -> None:
    """No gradient of the hidden layer has the slopes of the hidden neurons."""
    view = HandedIn(MAZUR, {}, ())
    e = {n: float(view.true(f"dloss/dl1[{n}](1)")) for n in (1, 2)}
    answers = {f"dloss/dw1[{j},1]": f"{e[j] * 0.05:.9f}" for j in (1, 2)}
    view = HandedIn(MAZUR, answers, tuple(answers))
    for name, named in diagnose_all(view, tuple(answers)).items():
        assert named[0].code == "slope_skipped"
        assert named[0].place == name.replace("w1", "p1").replace(",1]", "](1)")


def test_macleod_went_back_through_updated_weights() -> None:
    """δ = -0.0406 · 0.272392 · 0.68 (1 - 0.68), printed as 2.406e-3 with the other sign."""
    answers = {"l1[1](1)": "0.68", "dloss/dp2[1](1)": "0.0406", "1/w2[1,1]": "0.272392"}
    wrong = {"dloss/dp1[1](1)": "0.002406"}
    view = HandedIn(MACLEOD, answers | wrong, (*answers, *wrong))
    (first, *_) = diagnose(view, "dloss/dp1[1](1)")
    assert first.code == "updated_weights"
    assert first.place == "dloss/dl1[1](1)"
    assert "w" in explain_plain(solve(MACLEOD).solved, "dloss/dp1[1](1)", first)


def test_what_nothing_explains_has_no_diagnosis() -> None:
    view = HandedIn(DECK, {"dloss/dw1[1,2]": "17.35519"}, ("dloss/dw1[1,2]",))
    assert diagnose(view, "dloss/dw1[1,2]") == ()


def test_a_number_of_one_digit_is_explained_by_what_is_likely_alone() -> None:
    """At one digit some of hundreds of mutants fit anything: those are not named."""
    view = HandedIn(DECK, {"dloss/dw1[1,2]": "8"}, ("dloss/dw1[1,2]",))
    mutants = Mutants(view.trace, DECK)
    named = diagnose(view, "dloss/dw1[1,2]", mutants)
    reached = mutants.reached("dloss/dw1[1,2]", view.answered)
    table = mutants.table(reached, view)
    assert len([value for value in table.values if 7.5 <= value <= 8.5]) > len(named)


def test_a_mistake_upon_wrong_numbers_is_found_from_those() -> None:
    """l_1^2(1) is wrong, and the slope that follows from it has lost its factor 2."""
    answers = {"l2[1](1)": "1.3", "dloss/dl2[1](1)": "0.3"}
    view = HandedIn(DECK, answers, tuple(answers))
    (first, *_) = diagnose(view, "dloss/dl2[1](1)")
    assert first.code == "factor_two"


def test_a_mistake_is_found_from_numbers_that_were_rounded_on_the_way() -> None:
    """The gradient 1.332 was written as 1.3, and 0.3 - 1.3 is without the learning rate."""
    answers = {"dloss/dw1[1,2]": "1.3", "1/w1[1,2]": "-1.00"}
    named = diagnose(HandedIn(DECK, answers, ("1/w1[1,2]",)), "1/w1[1,2]")
    assert named[0].code == "rate_forgotten"


def test_answers_in_between_are_what_the_student_went_on_with() -> None:
    """What was handed in, and is right, was not taken wrongly: the fault is behind it."""
    true = HandedIn(MAZUR, {})
    slope = float(true.true("dl1[1]/dp1[1](1)"))
    wrong = f"{float(true.true('dloss/dw1[1,1]')) / slope:.9f}"
    handed = {"dloss/dp1[1](1)": f"{float(true.true('dloss/dp1[1](1)')):.9f}"}
    view = HandedIn(MAZUR, {"dloss/dw1[1,1]": wrong, **handed}, ("dloss/dw1[1,1]",))
    found = diagnose(view, "dloss/dw1[1,1]")
    assert "slope_skipped" not in {own.code for own in found}


LEAKY = load("""
[[layers]]
weights = [[-0.5, -0.25]]
biases = [0]
activation = "leaky_relu"
slope = 0.5
[[layers]]
weights = [[0.7]]
biases = [0.1]
activation = "identity"
[[data]]
inputs = [1, 3]
targets = [1]
""")


def test_a_mistake_that_right_answers_deny_is_not_named_first() -> None:
    """Twice the gradient is that without the slope 1/2, which would double its neighbour too."""
    true = HandedIn(LEAKY, {})
    twice = {"dloss/dw1[1,1]": f"{2 * float(true.true('dloss/dw1[1,1]')):.6f}"}
    (first, *_) = diagnose(HandedIn(LEAKY, twice, tuple(twice)), "dloss/dw1[1,1]")
    assert (first.code, first.place) == ("slope_skipped", "dloss/dp1[1](1)")
    neighbour = {"dloss/dw1[1,2]": f"{float(true.true('dloss/dw1[1,2]')):.6f}"}
    view = HandedIn(LEAKY, twice | neighbour, tuple(twice))
    (first, *_) = diagnose(view, "dloss/dw1[1,1]")
    assert (first.code, first.place) == ("factor_two", "dloss/dw1[1,1]")


def test_what_was_given_and_copied_wrongly_is_a_slip() -> None:
    view = HandedIn(DECK, {"w1[1,2]": "0.03"}, ("w1[1,2]",))
    (own, *_) = diagnose(view, "w1[1,2]")
    assert own.code == "point_moved"


def test_numbers_that_no_float_can_hold_are_refused_in_silence() -> None:
    for text in ("1" + "0" * 400, "-" + "9" * 330, "0." + "0" * 400 + "1"):
        view = HandedIn(DECK, {"loss": text}, ("loss",))
        assert all(own.code for own in diagnose(view, "loss"))


def test_what_is_remembered_has_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    """Many submissions, each with other quantities handed in: nothing is kept for ever, or lost."""
    bounded, free = Checker(DECK), Checker(DECK)
    expected, names = free.prepared.expected, list(free.prepared.answerable)
    wrong = "dloss/dw1[1,2]"
    for left_out in range(0, len(names), 4):
        own = {name: expected[name] for name in names[:left_out] + names[left_out + 4 :]}
        answers = own | {wrong: "-1.332"}
        with monkeypatch.context() as patch:
            patch.setattr("tracer.diagnosis.mutants._MOST_KEPT", 300)
            found = bounded.check(answers)
        assert found.verdicts == free.check(answers).verdicts
        known = bounded.mutants._mutants.values()
        assert sum(map(len, known)) <= 300 or len(known) == 1
    assert sum(map(len, free.mutants._mutants.values())) > 400


def test_the_old_value_comes_first_where_a_step_is_small() -> None:
    """0.5 - 0.0001·0.38 is 0.499962: uphill and other mistakes give 0.5000 too."""
    text = (ROOT / "examples" / "deck.toml").read_text(encoding="utf-8").replace("0.01", "0.0001")
    (fault,) = Checker(load(text)).check({"1/b1[1]": "0.5000"}).faults
    assert fault.diagnoses[0].code == "old_weight"
