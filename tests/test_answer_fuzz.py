"""Whatever is written in the place of a number: it is read, or refused with a reason, and soon.

Nothing that a text contains is run, and no text takes longer than 50 ms of computing.
"""

from __future__ import annotations

import gc
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tracer.answers.characters import Unread
from tracer.answers.submission import Reading
from tracer.answers.values import reading

_LONGEST = 0.05
_BATCH = 250
# together well over 100,000 texts in CI
_BATCHES = 480 if os.environ.get("CI") else 40
_PIECES = [
    *"0123456789", *"0123456789", *"+-*/^()[]{}.,eE=≈~|!%$&_ \t\n'\"\\;:<>@#?",
    *"−–—·×÷√²³⁻⁰½⅓∂∑σΣ₁₂½∞π\u00a0\u202f\u200b\u202e１٣",
    "1.204", "0.1", "-2", "301/250", "1e400", "1e9999999", "9" * 130, "(1 - 1.1)",
    r"\frac{1}{2}", r"\frac", r"\cdot ", r"\left(", r"\right)", r"\sqrt{2}", r"\sum_{n=1}^5 ",
    r"\begin{pmatrix}", r"\end{pmatrix}", r"\text{", r"\input{/etc/passwd}", r"\partial ",
    "sqrt(", "exp(", "log(", "relu(", "max(", "factorial(", "**", "//", "^^", "__import__",
    "('os')", ".system('id')", "lambda:0", "w_{1,2}^1", "w1[1,2]", "dloss/dw1[1,2]", "l_1^0",
    "inf", "nan", "0x", "0b1", "1_000", "True", "{,}", "10^{", "e^{", "((", "))", "^64", "^65",
]  # fmt: skip


@contextmanager
def _no_collector() -> Iterator[None]:
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _read(text: str, comma: bool) -> Reading | None:
    """What is read; its time is that of this process alone, whatever else the machine does."""
    start = time.process_time()
    try:
        found = reading(text, comma)
    except Unread as error:
        found, reason = None, str(error)
    else:
        reason = "none"
    assert reason.strip(), text
    assert time.process_time() - start < _LONGEST, text
    if found is not None:
        assert isinstance(found, Reading)
        assert found.half >= 0
        assert found.value.q > 0
    return found


def _any_text(random: Random) -> str:
    return "".join(random.choices(_PIECES, k=random.choice((1, 2, 3, 5, 8, 13, 40))))


@settings(max_examples=_BATCHES, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.integers(0, 2**63), st.booleans())
def test_texts_of_the_grammar_s_own_pieces(seed: int, comma: bool) -> None:
    random = Random(seed)
    with _no_collector():
        for _ in range(_BATCH):
            _read(_any_text(random), comma)


_VALID = [
    "1.204", "-0.12", "1.2e-3", "301/250", r"\frac{301}{250}", "≈ 1.20", "10^{-3}",
    "-2*(0.2*1 - 0.12*3)", r"-2[(1 - 1.1) \cdot 1.5 + (1 - 0.94) \cdot 1.1]",
    "0.5 - 0.01*0.38 = 0.4962", "sqrt(2)/exp(-0.5)", "max(0, 0.3)", r"0.1 \cdot [0.2 \cdot 1]",
]  # fmt: skip


@settings(max_examples=_BATCHES // 10, deadline=None)
@given(st.integers(0, 2**63), st.booleans())
def test_valid_texts_with_a_few_characters_changed(seed: int, comma: bool) -> None:
    random = Random(seed)
    with _no_collector():
        for _ in range(_BATCH):
            text = list(random.choice(_VALID))
            for _ in range(random.randint(1, 3)):
                place = random.randrange(len(text))
                change = random.choice(("drop", "put", "swap", "double"))
                if change == "drop" and len(text) > 1:
                    del text[place]
                elif change == "put":
                    text.insert(place, random.choice(_PIECES))
                elif change == "swap":
                    text[place], text[-1] = text[-1], text[place]
                else:
                    text.insert(place, text[place])
            _read("".join(text), comma)


@settings(max_examples=2_000 if os.environ.get("CI") else 300, deadline=None)
@given(st.text(max_size=200), st.booleans())
def test_any_text_at_all(text: str, comma: bool) -> None:
    with _no_collector():
        _read(text, comma)


_BOMBS = [
    "9" * 499, "1e" + "9" * 400, "9^9^9^9", "9^(9^9)", "2^64^64", "((((" * 120, "(" * 499,
    "-" * 499, "1+" * 249 + "1", "*".join(["9" * 100] * 4), "(1/3)^64^2", "exp(exp(exp(9)))",
    "exp(" * 40 + "1" + ")" * 40, "exp(10^300)", "log(10^-300)", "sqrt(" * 39 + "2" + ")" * 39,
    "1/(1-1)", "0^0", "log(0)", "sqrt(-1)", "1e400*1e400", "10^(-64)/10^64", "1/3+" * 120 + "1",
    r"\frac{" * 90 + "1", r"\sqrt{" * 80, "{" * 400, r"\left(" * 80, "√" * 400, "|" * 400,
    r"\begin{pmatrix}" * 30, "1&" * 240, r"\\" * 240, "=" * 400, "1=" * 240, "\\" * 499,
    "\x00", "\ud800", "1\u202e2", "１２", "٣", "1\u200b2", "tanh(1e300)", "(1+1e-300)^64",
    "exp(0.1)^64^64", "(exp(1)+sqrt(2))^64", "/".join(["7"] * 200), "!" * 300, "σ" * 300,
]  # fmt: skip


@pytest.mark.parametrize("text", _BOMBS, ids=range(len(_BOMBS)))
@pytest.mark.parametrize("comma", [False, True])
def test_what_is_meant_to_hang(text: str, comma: bool) -> None:
    with _no_collector():
        _read(text, comma)


_PAYLOADS = [
    "__import__('os').system('touch {}')",
    "().__class__.__base__.__subclasses__()",
    'eval(\'open("{}", "w")\')',
    'exec(\'open("{}", "w")\')',
    "[open('{}', 'w')]",
    "lambda: open('{}', 'w')",
    "open('{}','w').write('x')",
    "1 if open('{}','w') else 2",
    'f\'{{open("{}","w")}}\'',
    r"\write18{{touch {}}}",
    r"\input{{{}}}",
    r"\openout\x={}",
    "`touch {}`",
    "$(touch {})",
    "=cmd|' /C touch {}'!A0",
    "<script>fetch('file://{}')</script>",
    "x.__setattr__('a', open('{}','w'))",
    'S(\'open("{}","w")\')',
]


@pytest.mark.parametrize("payload", _PAYLOADS)
def test_nothing_runs(payload: str, tmp_path: pytest.TempPathFactory) -> None:
    target = f"{tmp_path}/made"
    with pytest.raises(Unread):
        reading(payload.format(target))
    assert not os.path.exists(target)


@settings(max_examples=400, deadline=None)
@given(st.integers(-(10**9), 10**9), st.integers(0, 9), st.data())
def test_a_number_printed_in_any_way_is_read_back(
    units: int, places: int, data: st.DataObject
) -> None:
    true = Fraction(units, 10**places)
    digits = str(abs(units)).rjust(places + 1, "0")
    plain = f"{digits[: len(digits) - places]}.{digits[len(digits) - places :]}".rstrip(".")
    sign = "-" if units < 0 else ""
    ways = [
        sign + plain,
        sign.replace("-", "−") + plain,
        f"${sign}{plain}$",
        f"= {sign}{plain}",
        f"≈{sign}{plain}",
        f"{sign}{digits}e-{places}",
        rf"{sign}{digits} \cdot 10^{{-{places}}}",
        f"{units}/{10**places}",
        rf"\frac{{{units}}}{{{10**places}}}",
        f"({units})/{10**places}",
    ]
    found = reading(data.draw(st.sampled_from(ways)))
    assert Fraction(int(found.value.p), int(found.value.q)) == true


_LEAVES = st.builds(Fraction, st.integers(-40, 40), st.sampled_from((1, 2, 4, 5, 8, 10, 100)))


def _texts(value: Fraction) -> str:
    """A leaf as a decimal, in brackets where it is negative."""
    text = f"{float(value):.4f}".rstrip("0").rstrip(".")
    assert Fraction(text) == value
    return f"({text})" if value < 0 else text


_TREES = st.recursive(
    _LEAVES.map(lambda value: (_texts(value), value)),
    lambda inner: st.one_of(
        st.tuples(inner, inner).map(lambda p: (f"({p[0][0]} + {p[1][0]})", p[0][1] + p[1][1])),
        st.tuples(inner, inner).map(lambda p: (f"({p[0][0]} - {p[1][0]})", p[0][1] - p[1][1])),
        st.tuples(inner, inner).map(lambda p: (rf"{p[0][0]} \cdot {p[1][0]}", p[0][1] * p[1][1])),
        st.tuples(inner, inner).map(lambda p: (f"[{p[0][0]}][{p[1][0]}]", p[0][1] * p[1][1])),
        inner.map(lambda p: (f"({p[0]})^2", p[1] ** 2)),
        inner.map(lambda p: (f"(-({p[0]}))", -p[1])),
    ),
    max_leaves=8,
)


@settings(max_examples=500, deadline=None)
@given(_TREES)
def test_arithmetic_comes_out_as_fractions_have_it(tree: tuple[str, Fraction]) -> None:
    text, value = tree
    found = reading(text)
    assert Fraction(int(found.value.p), int(found.value.q)) == value
