"""What a report says where an answer is no answer, or has nothing left of its value."""

from __future__ import annotations

from pathlib import Path

import tracer
from tests.conftest import ROOT

EXAMPLES = ROOT / "examples"


def test_zero_of_few_digits_is_no_mistake_of_sign() -> None:
    """0.000 for 0.0004 is not right, but neither is it explained by the sign."""
    problem = tracer.load(EXAMPLES / "published" / "mazur_2_2_2.toml")
    report = tracer.check(problem, {"dloss/dw1[1,1]": "0.000", "dloss/dw1[1,2]": "0.0009"})
    (fault,) = report.faults
    assert fault.id == "dloss/dw1[1,1]"
    text = report.render()
    assert "Right as far as it goes, but more digits are asked for: 0.000438568." in text
    assert "sign" not in text
    # of 0 nothing is said to be right where it is far off, or no decimals are written
    for given in ("0", "-0.000", "0.00000"):
        report = tracer.check(problem, {"dloss/dw1[1,1]": given})
        assert len(report.faults) == 1, given
        assert ("Right as far" in report.render()) == (given == "-0.000"), given


def test_words_are_no_formula() -> None:
    problem = tracer.load(EXAMPLES / "deck.toml")
    report = tracer.check(problem, {"loss": "see sheet", "l2[1](1)": "idk", "l2[1](2)": "l_1^1 e"})
    reasons = {verdict.id: verdict.reason for verdict in report.verdicts if verdict.reason}
    assert reasons["loss"].startswith("this is no number, and see is no symbol of this problem")
    assert "no symbol" in reasons["l2[1](1)"]
    assert "l2[1](2)" not in reasons
    hostile = tracer.check(problem, {"loss": "x" * 3_000})
    (verdict,) = (v for v in hostile.verdicts if v.id == "loss")
    assert verdict.code == "unreadable"
    assert len(verdict.reason) < 200


def test_a_failing_equation_is_not_all_well(tmp_path: Path) -> None:
    work = tmp_path / "work.md"
    work.write_text(
        "$w_{1,1}^1 = 0.25$, $b_1^2 = 0.5 - 0.038 = 0.462$ and $MSE = 1.65$\n", encoding="utf-8"
    )
    text = tracer.check(tracer.load(EXAMPLES / "deck.toml"), work).render()
    text = " ".join(text.split())
    assert "the problem gives w₁,₁¹ = 0.1 " in text
    assert "The 2 values that were read are right. 48 values to go." in text
    assert "all is well" not in text
    assert "But one equation does not come out." in text
