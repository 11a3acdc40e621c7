"""Numbers, fractions and arithmetic as students write them: read exactly, or refused and why."""

from __future__ import annotations

import math
import re
from fractions import Fraction

import pytest
from flint import fmpq

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

# arithmetic: what each literal may stand for carried through, whole numbers and fractions exact
ARITHMETIC = [
    (r"0.5 - 0.01 \cdot 0.38", "0.4962", "2079/40000"),
    ("(1 - 1.1)²", "0.01", "1/80"),
    ("(1 - 1.1)^2 + (0 - 1.18)^2", "1753/1250", "973/40000"),
    ("2[3 + {4 - 1}]", "12", "0"),
    (r"\bigl[ 1 + \left( 2 \right) \bigr]", "3", "0"),
    (r"\displaystyle \frac{1}{2} + \frac{1}{3}", "5/6", "0"),
    ("& = 1.2", "1.2", "0.05"),
    (r"1 + 1 \\ + 1", "3", "0"),
    ("6 ÷ 4", "3/2", "0"),
    (r"6 \div 4", "3/2", "0"),
    ("1/2/2", "1/4", "0"),
    ("-2^2", "-4", "0"),
    ("(-2)^2", "4", "0"),
    ("2^{10}", "1024", "0"),
    ("2^10", "1024", "0"),
    ("(2^3)^2", "64", "0"),
    ("2^64", str(2**64), "0"),
    ("(1/3)^3", "1/27", "0"),
    ("1.5(2)", "3", "0.1"),
    ("(1 - 1.1)(1 - 0.94)", "-0.006", "3/800"),
    ("2·-3", "-6", "0"),
    ("2 - -3", "5", "0"),
    ("1 – 3", "-2", "0"),
    ("(– 3)", "-3", "0.5"),
    ("3 · 10^2", "300", "50"),
    ("12·10^3", "12000", "500"),
    ("max(0,1.5)", "1.5", "0.05"),
    ("max(0, -1.5)", "0", "0.05"),
    ("min(2, 3)", "2", "0"),
    (r"\max(0, 1.5)", "1.5", "0.05"),
    ("relu(-0.3)", "0", "0"),
    (r"\text{ReLU}(0.1 \cdot 1 + 0.3 \cdot 3 + 0.5)", "1.5", "0.25"),
    ("ReLU'(0.3)", "1", "0"),
    (r"\left| -3 \right|", "3", "0"),
    ("|−0.25|", "0.25", "0.005"),
    (r"\sqrt{9/4}", "1.5", "0"),
    ("√(1/4)", "0.5", "0"),
    ("exp(0)", "1", "0"),
    ("e^0", "1", "0"),
    ("ln 1", "0", "0"),
    (r"\sigma(0)", "0.5", "0"),
    (r"\sigma^{\prime}(0)", "0.25", "0"),
    ("tanh²(0)", "0", "0"),
    (r"w_{1,1}^1 = 0.1 - 0.01 \cdot 1.204 = 0.08796", "0.08796", "0.000005"),
    (r"\frac{\partial MSE}{\partial w_{1,2}^1} = 1.332", "1.332", "0.0005"),
    ("dloss/dw1[1,2] = 1.332", "1.332", "0.0005"),
    ("9" * 120, "9" * 120, "0.5"),
    ("(" * 39 + "1" + ")" * 39, "1", "0.5"),
]


@pytest.mark.parametrize(("text", "value", "half"), NUMBERS + ARITHMETIC)
def test_a_number_is_read_exactly(text: str, value: str, half: str) -> None:
    found = reading(text)
    assert (fraction(found.value), fraction(found.half)) == (Fraction(value), Fraction(half))


WITH_COMMA = [
    ("1,204", "1.204", "0.0005"),
    ("0,5", "0.5", "0.05"),
    (",5", "0.5", "0.05"),
    ("-0,12", "-0.12", "0.005"),
    ("≈ 1,20", "1.2", "0.005"),
    ("1,2e-3", "0.0012", "0.00005"),
    ("1,5·10⁻³", "0.0015", "0.00005"),
    ("1{,}204", "1.204", "0.0005"),
    ("$1{,}204$", "1.204", "0.0005"),
    ("0.204", "0.204", "0.0005"),
    ("1.20", "1.2", "0.005"),
    ("1234.567", "1234.567", "0.0005"),
    ("-2*(0,2*1 - 0,12*3)", "0.32", "0.13"),
    ("max(0; 1,5)", "1.5", "0.05"),
    ("max(0, 1,5)", "1.5", "0.05"),
]


@pytest.mark.parametrize(("text", "value", "half"), WITH_COMMA)
def test_decimals_with_a_comma(text: str, value: str, half: str) -> None:
    found = reading(text, COMMA)
    assert (fraction(found.value), fraction(found.half)) == (Fraction(value), Fraction(half))


# worked out beside it by Python's own functions
IRRATIONAL = [
    ("e^{-0.5}", math.exp(-0.5)),
    ("exp(1)", math.e),
    ("√2", math.sqrt(2)),
    ("log(2)", math.log(2)),
    (r"\ln 3", math.log(3)),
    ("tanh(1/2)", math.tanh(0.5)),
    ("σ(1/3)", 1 / (1 + math.exp(-1 / 3))),
    ("σ(1/3)(1 - σ(1/3))", 1 / (2 + math.exp(1 / 3) + math.exp(-1 / 3))),
    ("σ'(1/3)", 1 / (2 + math.exp(1 / 3) + math.exp(-1 / 3))),
    ("tanh'(1/2)", 1 / math.cosh(0.5) ** 2),
    (r"\frac{1}{1 + e^{-2}}", 1 / (1 + math.exp(-2))),
    ("2π", 2 * math.pi),
    ("erf(1/2)", math.erf(0.5)),
]


@pytest.mark.parametrize(("text", "value"), IRRATIONAL)
def test_functions_come_out(text: str, value: float) -> None:
    found = reading(text)
    assert float(fraction(found.value)) == pytest.approx(value, rel=1e-15)


def test_a_printed_argument_reaches_as_far_as_it_may() -> None:
    """0.5 stands for all of [0.45, 0.55]: so does its exponential, and not for much more."""
    found = reading("exp(0.5)")
    value, half = float(fraction(found.value)), float(fraction(found.half))
    ends = math.exp(0.45), math.exp(0.55)
    assert value - half <= ends[0]
    assert value + half >= ends[1]
    assert half < 1.01 * (ends[1] - value)


def test_numbers_that_are_given_are_exact() -> None:
    assert not reading("0.1*3", exact={fmpq(1, 10)}).half
    assert reading("0.1*3").half == fmpq(3, 20)


REFUSED = [
    ("1{,}204", POINT, "'1,204' may mean 1204 or 1.204"),
    (r"1\,204", POINT, "two numbers follow each other"),
    ("1\u202f204", POINT, "two numbers follow each other"),
    ("0.123 456", POINT, "two numbers follow each other"),
    ("1 204,5", COMMA, "two numbers follow each other"),
    ("-1.204", COMMA, "may mean 1204 or 1,204"),
    ("max(0,1,5)", COMMA, "several numbers"),
    (r"1 + 1 \\ 1", POINT, "something is missing between"),
    (r"1 \quad 2", POINT, "something is missing between"),
    ("2/1.2·10^3", POINT, "put the power of ten in brackets"),
    ("1/2(3)", POINT, "open what is divided"),
    (r"1\frac{1}{2}", POINT, "a sum or a product"),
    ("(1-1.1)2", POINT, "a number follows without a sign"),
    ("0.1 = x", POINT, "'x' stands for no number here"),
    ("1 < 2 = 2", POINT, "compares"),
    ("1 =", POINT, "nothing stands here"),
    ("2^65", POINT, "powers beyond 64"),
    ("2^3^2", POINT, "written with brackets"),
    ("2^{3^2}", POINT, "a power in an exponent"),
    ("((2^64)^64)^64", POINT, "too long"),
    ("1e9999999", POINT, "beyond 400"),
    ("9" * 121, POINT, "121 digits"),
    ("(" * 41 + "1" + ")" * 41, POINT, "more than 40 levels deep"),
    ("/".join("7" * 42), POINT, "more than 40 divisions in a row"),
    ("1+" * 250 + "1", POINT, "at most 500 are read"),
    ("exp(5000)", POINT, "a number so large"),
    ("1/(0.1 - 0.1)", POINT, "divides by zero"),
    ("1/(0.1 - 0.11)", POINT, "may be 0 as it is printed"),
    ("log(0)", POINT, "has no value there"),
    ("sqrt(-1)", POINT, "has no value there"),
    ("1–3", POINT, "may be minus or a dash"),
    ("1—3", POINT, "may be minus or a dash"),
    (r"50 \%", POINT, "percent is not read"),
    ("∞", POINT, "not a finite number"),
    ("1\u202e2", POINT, "U+202E"),
    ("𝟏", POINT, "U+1D7CF"),
    ("log 2 3", POINT, "a number follows without a sign"),
    ("log_2 8", POINT, "log is the natural one"),
    (r"\sqrt[3]{8}", POINT, "only square roots"),
    ("tanh^{-1}(0.5)", POINT, "the inverse function"),
    ("exp(1, 2)", POINT, "has one argument, not 2"),
    ("log", POINT, "argument of log is missing"),
    ("()", POINT, "nothing stands in these brackets"),
    ("(1]", POINT, "the brackets do not match"),
    ("(1", POINT, "ends too early"),
    (r"\input{/etc/passwd}", POINT, r"the command \input is not read"),
    ("__import__('os').system('id')", POINT, "can't stand here"),
    (r"\begin{pmatrix} 1 & 2 \end{pmatrix}", POINT, "a matrix is no number"),
    ("Σ 2", POINT, "a sum over samples is no number here"),
    ("1.5 mV", POINT, "without units"),
    ("0b11", POINT, "no decimal number"),
    ("+-3", POINT, "two signs follow"),
    ("1₂", POINT, "can't stand here"),
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
