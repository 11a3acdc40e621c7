"""Numbers, fractions and arithmetic as students write them: read exactly, or refused and why."""

from __future__ import annotations

import re
from fractions import Fraction

import pytest

from tracer.answers.characters import Unread
from tracer.answers.submission import Reading
from tracer.answers.values import reading

POINT, COMMA = False, True


def fraction(value: object) -> Fraction:
    return Fraction(int(value.p), int(value.q))  # type: ignore[attr-defined]


# text, value, half of the last place (0: exact)
NUMBERS = [
    ("1.204", "1.204", "0.0005"),
    ("-0.12", "-0.12", "0.005"),
    ("+3", "3", "0.5"),
    (".5", "0.5", "0.05"),
    ("5.", "5", "0.5"),
    ("-0", "0", "0.5"),
    ("007", "7", "0.5"),
    ("1.20", "1.2", "0.005"),
    ("1.2e0", "1.2", "0.05"),
    ("1.2E-3", "0.0012", "0.00005"),
    ("1.2e−3", "0.0012", "0.00005"),
    ("1.2e3", "1200", "50"),
    (r"1.2\cdot 10^{-3}", "0.0012", "0.00005"),
    ("1.2·10⁻³", "0.0012", "0.00005"),
    ("1.2×10^-3", "0.0012", "0.00005"),
    (r"$1.2 \times 10^{-3}$", "0.0012", "0.00005"),
    ("$1.2e0$", "1.2", "0.05"),
    (r"\(1.5\)", "1.5", "0.05"),
    ("301/250", "1.204", "0"),
    ("-1/3", "-1/3", "0"),
    (r"\frac{301}{250}", "1.204", "0"),
    (r"-\tfrac{1}{3}", "-1/3", "0"),
    (r"\frac12", "1/2", "0"),
    ("½", "1/2", "0"),
    ("≈ 1.20", "1.2", "0.005"),
    (r"\approx 1.20", "1.2", "0.005"),
    ("~1.2", "1.2", "0.05"),
    ("= 1.2", "1.2", "0.05"),
    ("−0.12", "-0.12", "0.005"),
    ("– 3", "-3", "0.5"),
    ("1.204.", "1.204", "0.0005"),
    ("10²", "100", "0"),
    ("10^2", "100", "0"),
]


@pytest.mark.parametrize(("text", "value", "half"), NUMBERS)
def test_a_number_is_read_exactly(text: str, value: str, half: str) -> None:
    found = reading(text)
    assert (fraction(found.value), fraction(found.half)) == (Fraction(value), Fraction(half))


REFUSED = [
    ("1,204", POINT, "'1,204' may mean 1204 or 1.204"),
    ("1.204", COMMA, "'1.204' may mean 1204 or 1,204"),
    ("1 204", POINT, "two numbers follow each other"),
    ("1..2", POINT, "not one number"),
    ("50 %", POINT, "percent is not read"),
    ("", POINT, "nothing stands here"),
]


@pytest.mark.parametrize(("text", "comma", "reason"), REFUSED)
def test_what_may_mean_two_things_is_refused(text: str, comma: bool, reason: str) -> None:
    with pytest.raises(Unread, match=re.escape(reason)):
        reading(text, comma)


def test_the_deck_s_sum() -> None:
    text = r"-2[(1 - 1.1) \cdot 1.5 + (1 - 0.94) \cdot 1.1 + (1 - 1.42) \cdot 2.3]"
    assert fraction(reading(text).value) == Fraction("2.1")


def test_the_last_side_of_a_chain_is_the_value() -> None:
    assert reading("0.5 - 0.01*0.38 = 0.4962") == reading("0.4962")
    assert isinstance(reading("2 - 1"), Reading)
