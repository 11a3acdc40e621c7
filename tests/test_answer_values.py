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
    ("10^-3", "0.001", "0"),
    ("2⁻¹", "0.5", "0"),
    ("3 / 4", "3/4", "0"),
    ("2(3)", "6", "0"),
    ("|−2|", "2", "0"),
    ("√4", "2", "0"),
    ("{1}", "1", "0.5"),
    ("$$1.5$$", "1.5", "0.05"),
    ("1.5.", "1.5", "0.05"),
    ("w = 0.1 = 0.1", "0.1", "0.05"),
    ("1.5 × 10^-2", "0.015", "0.0005"),
    ("-2*(0.2*1 - 0.12*3)", "0.32", "0.13"),
    ("0.30000000000000004", "0.30000000000000004", "5e-18"),
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
    ("-", POINT, "ends too early"),
    ("0,5", POINT, "write 0.5"),
    ("1,5e-2", POINT, "write 1.5e-2"),
    ("1,234.5", POINT, "signs for thousands"),
    ("1.234,5", COMMA, "signs for thousands"),
    ("1,204,000", POINT, "signs for thousands"),
    ("1.2.3", POINT, "one point at most"),
    ("1'000", POINT, "can't stand here"),
    ("1_000", POINT, "can't stand here"),
    ("0x10", POINT, "no decimal number"),
    ("1e401", POINT, "beyond 400"),
    ("1e", POINT, "a power of ten is written"),
    ("1e5.5", POINT, "two numbers follow"),
    ("inf", POINT, "stands for no number"),
    ("nan", COMMA, "stands for no number"),
    ("3 cm", POINT, "without units"),
    ("1+2i", POINT, "stands for no number"),
    ("1;2", POINT, "can't stand here"),
    ("(1,2)", POINT, "may part two numbers"),
    ("1½", POINT, "two numbers follow"),
    ("2 1/2", POINT, "two numbers follow"),
    ("--3", POINT, "two signs follow"),
    ("2**3", POINT, "can't stand here"),
    ("1//2", POINT, "can't stand here"),
    ("5!", POINT, "factorials are not read"),
    ("1<2", POINT, "compares"),
    ("1±0.1", POINT, "stands for two numbers"),
    ("1/0", POINT, "divides by zero"),
    ("2^0.5", POINT, "not a whole number"),
    ("１２", POINT, "not one that formulas are read in"),
    ("١٢", POINT, "not one that formulas are read in"),
    ("1\u200b2", POINT, "not one that formulas are read in"),
    ("$1$2", POINT, "a $ stands within"),
    ("9" * 501, POINT, "at most 120 are read"),
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
