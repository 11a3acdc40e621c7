"""To what numbers are rounded: decimals or significant figures, for each kind of quantity.

The reference rounds with fractions and mpmath alone, and tells kinds apart by their ids.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

import mpmath
import pytest
from flint import arb, ctx, fmpq
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

import tracer
from tests import reference, strategies
from tests.conftest import ROOT
from tests.test_recompute import assert_true, check
from tracer import schema
from tracer.loading import with_changes
from tracer.policy import Precision
from tracer.rounding import Number, Undecided, exact, rounded_to, shown

# what the reference calls what it keeps, and the kind that a file calls it
KEPT = {
    "p": "pre_activations",
    "l": "outputs",
    "part": "loss",
    "whole of parts": "loss",
    "loss": "loss",
    "dloss/dp": "deltas",
    "stated dloss/dl": "deltas",
    "f'": "local_derivatives",
    "gradient": "gradients",
    "update": "weights",
    "state": "state",
}
KINDS = {
    r"p\d.*": "pre_activations",
    r"l\d.*": "outputs",
    r"(batch_)?loss(\[\d+\])?(\(.*)?|penalty": "loss",
    r"dl\d.*|dp\d.*": "local_derivatives",
    r"dloss/d[pl].*": "deltas",
    r"d(loss|penalty)/d[wba].*": "gradients",
    r"[wba]\d.*": "weights",
    r"[a-z]+\.[wba].*|beta.*\^t": "state",
}


# parameters and what an optimiser keeps before the first step, and what no step changes
GIVEN = r"([a-z]+\.)?[wba]\d.*|l0.*|t\[.*|(\d/)?learning_rate|beta\d?(\^t)?|epsilon"


def kind_of(name: str) -> str:
    base = re.sub(r"^\d+/", "", name)
    found = [kind for pattern, kind in KINDS.items() if re.fullmatch(pattern, base)]
    return found[0] if found else ""


def rounder(numbers: Mapping[str, Any], kind: str) -> Callable[[Any], Fraction]:
    """How the numbers of a kind are rounded."""
    figures = numbers.get("significant_of", {}).get(kind)
    decimals = numbers.get("digits_of", {}).get(kind)
    if figures is None and decimals is None:
        figures, decimals = numbers.get("significant"), numbers.get("digits", 5)
    if figures is not None:
        return lambda value: reference.significant(value, figures)
    if kind == "state" and kind not in numbers.get("digits_of", {}):
        return lambda value: reference.figures(value, decimals)
    return lambda value: reference.rounded(value, decimals)


def shower(numbers: Mapping[str, Any], kind: str) -> Callable[[Any], Fraction]:
    """How they are printed: as they are rounded, but for what decimals would show as 0."""
    rounding = rounder(numbers, kind)

    def show(value: Any) -> Fraction:
        plain = rounding(value)
        keeps = plain and abs(plain) < 10**15
        has_figures = rounding(Fraction(1, 10**60)) != 0
        return plain if keeps or has_figures else reference.significant(value, 3)

    return show


def apart_from_one(
    show: Callable[[Any], Fraction], *, has_short_form: bool
) -> Callable[[Any], Fraction]:
    """As printed where a logarithm is taken of it: what it lacks to 1 has three figures.

    Where that takes more than 15 decimals a loss with a short form comes from the pre-activations.
    """

    def shown_apart(value: Any) -> Fraction:
        rest = 1 - reference.exactly(value)
        if show(value) != 1 or rest == 0 or (has_short_form and abs(rest) < Fraction(1, 10**13)):
            return show(value)
        return 1 - reference.significant(rest, 3)

    return shown_apart


def by_hand(numbers: Mapping[str, Any]) -> Callable[[str, Any], Any]:
    def keep(kind: str, value: Any) -> Any:
        return rounder(numbers, KEPT[kind])(value) if kind in KEPT else value

    return keep


def text(value: fmpq | arb, count: int, *, significant: bool = True) -> str:
    return shown(value, Precision(count, significant)).text


# significant figures

FIGURES = [
    ("1.499", 3, "1.5"),
    ("1.5", 3, "1.5"),
    ("9.996", 3, "10"),
    ("99949/1000", 3, "99.9"),
    ("123456", 3, "123000"),
    ("1234567", 3, "1.23e6"),
    ("999600", 3, "1e6"),
    ("1234567", 8, "1234567"),
    ("-0.00012345", 3, "-0.000123"),
    ("0.000099996", 3, "1e-4"),
    ("-0.000012345", 3, "-1.23e-5"),
    ("1/3", 1, "0.3"),
    ("2/3", 5, "0.66667"),
    ("0.25", 1, "0.3"),
    ("-0.25", 1, "-0.3"),
    ("1e-400", 2, "1e-400"),
    ("1.25e99", 2, "1.3e99"),
    ("0", 3, "0"),
]


@pytest.mark.parametrize(("value", "figures", "printed"), FIGURES)
def test_significant_figures(value: str, figures: int, printed: str) -> None:
    true = Fraction(value)
    rational = fmpq(true.numerator, true.denominator)
    # 10^-4 is written out, as every number from there on
    expected = "0.0001" if printed == "1e-4" else printed
    assert text(rational, figures) == expected
    number = shown(rational, Precision(figures, significant=True))
    assert Fraction(str(number.value)) == reference.significant(true, figures)
    assert number.is_exact == (reference.significant(true, figures) == true)


@given(st.fractions(), st.integers(-30, 30), st.integers(1, 12))
def test_significant_figures_of_any_number(top: Fraction, power: int, figures: int) -> None:
    value = top * Fraction(10) ** power
    rational = fmpq(value.numerator, value.denominator)
    expected = reference.significant(value, figures)
    found: Number = shown(rational, Precision(figures, significant=True))
    assert Fraction(str(found.value)) == Fraction(found.text) == expected
    assert Fraction(str(rounded_to(rational, Precision(figures, significant=True)))) == expected


def test_what_may_be_0_has_no_first_figure_yet() -> None:
    precision = Precision(3, significant=True)
    with pytest.raises(Undecided):
        shown(arb(0, "1e-30"), precision)
    with ctx.workprec(4096):
        assert shown(arb(0, "1e-300"), precision) == Number(fmpq(0), "0", is_exact=False)
        assert rounded_to(arb(0, "1e-300"), precision) == 0
    with pytest.raises(Undecided):
        shown(arb("0.12345", "1e-4"), precision)


# each kind to its own


@st.composite
def digits(draw: st.DrawFn) -> dict[str, Any]:
    """The keys of [numbers] that say to what numbers are rounded."""
    decimals = st.integers(2, 6)
    found: dict[str, Any] = draw(
        st.one_of(
            st.fixed_dictionaries({"digits": decimals}),
            st.fixed_dictionaries({"significant": decimals}),
        )
    )
    kinds = draw(st.permutations(list(schema.QUANTITIES)))
    first, second = sorted(draw(st.tuples(st.integers(0, 8), st.integers(0, 8))))
    found["digits_of"] = {kind: draw(decimals) for kind in kinds[:first]}
    found["significant_of"] = {kind: draw(decimals) for kind in kinds[first:second]}
    return found


def few(count: int) -> Callable[[Any], Any]:
    return settings(max_examples=count, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def assert_values(problem: dict[str, Any]) -> None:
    """Every quantity is as the reference has it, rounded to the digits of its kind."""
    numbers = problem["numbers"]
    is_by_hand = numbers["policy"] == "step"
    options = {"keep": by_hand(numbers), "textbook": True} if is_by_hand else {}
    expected = reference.solve(problem, dps=60, **options)
    if any(abs(value) > 10**90 for value in expected.values()):
        assume(False)  # it diverges; called only here, as an example needs no assumption
    solution = tracer.solve(tracer.load(problem))
    if "print" not in problem.get("training", {}):  # of the others the page has nothing
        assert set(expected) - set(solution.ids) <= {"learning_rate"}
    has_logarithms = problem.get("loss", {}).get("kind") in schema.IRRATIONAL_LOSSES
    for name in solution.ids:
        true = expected[name]
        if isinstance(true, mpmath.mpf) and abs(true) < mpmath.mpf(10) ** -25:
            continue  # what is left of a cancellation
        show = shower(numbers, kind_of(name))
        if has_logarithms and re.fullmatch(rf"(\d+/)?l{len(problem['layers'])}\[.*", name):
            short = reference.read(problem).shortcut and not is_by_hand
            show = apart_from_one(show, has_short_form=short)
        allowed = {show(true)}
        is_given = re.fullmatch(GIVEN, name)
        if is_given or (is_by_hand and rounder(numbers, kind_of(name))(true) == true):
            allowed.add(true)  # printed in full
        assert Fraction(solution[name].value) in allowed, name


@few(60)
@given(
    strategies.problems(
        activations=strategies.RATIONAL, most_layers=2, optimizers=strategies.WITHOUT_ROOTS
    ),
    digits(),
)
def test_each_kind_is_printed_to_its_own_digits(
    problem: dict[str, Any], own: dict[str, Any]
) -> None:
    assert_values(problem | {"numbers": own | {"policy": "display"}})


@few(60)
@given(
    strategies.problems(
        activations=("relu", "sigmoid", "tanh"), most_layers=2, optimizers=strategies.WITHOUT_ROOTS
    ),
    digits(),
)
def test_each_kind_is_rounded_to_its_own_digits_by_hand(
    problem: dict[str, Any], own: dict[str, Any]
) -> None:
    assert_values(problem | {"numbers": own | {"policy": "step"}})


def test_the_example_with_digits_by_kind() -> None:
    source = (ROOT / "examples" / "digits-by-kind.toml").read_text(encoding="utf-8")
    assert_values(tomllib.loads(source, parse_float=str))


def test_a_published_table_needs_its_digits_by_kind() -> None:
    problem = tracer.load(ROOT / "examples" / "published" / "han_kamber_3_2_1.toml")
    error = "dloss/dp2[1](1)"
    assert tracer.solve(problem)[error].value == Decimal("-0.1311")
    # unrounded outputs make 0.1312 of it, and three decimals lose the last figure
    in_full = replace(problem, numbers=replace(problem.numbers, policy="display"))
    assert tracer.solve(in_full)[error].value == Decimal("-0.1312")
    assert tracer.solve(with_changes(problem, digits=3))[error].value == Decimal("-0.131")


@few(40)
@given(
    strategies.problems(activations=("identity", "sigmoid", "tanh"), most_layers=2),
    digits(),
    st.sampled_from(("display", "step")),
)
def test_pages_with_digits_of_their_own_come_out(
    problem: dict[str, Any], own: dict[str, Any], policy: str
) -> None:
    problem = problem | {"numbers": own | {"policy": policy}}
    loaded = tracer.load(problem)
    assert isinstance(loaded, tracer.Problem)
    try:
        page = tracer.solve(loaded).render("latex")
    except tracer.InputError:
        return  # it diverges
    assert_true(check(page, loaded))


# graphs

GRAPH: dict[str, Any] = {
    "graph": {
        "given": {"w": "1/3", "x": "0.7"},
        "steps": ["a = w*x", "h = tanh(a)", "L = (h - 1)^2"],
        "gradients": ["w"],
    },
    "training": {"learning_rate": "0.1", "steps": 1},
}


def test_the_steps_of_a_graph_are_outputs() -> None:
    own = {"outputs": 2, "deltas": 3, "gradients": 4, "local_derivatives": 1, "weights": 6}
    numbers = {"policy": "step", "digits": 9, "digits_of": own}
    solution = tracer.solve(tracer.load({**GRAPH, "numbers": numbers}))
    a = reference.rounded(Fraction("0.7") / 3, 2)
    h = reference.rounded(mpmath.tanh(reference.real(a)), 2)
    by_h = reference.rounded(2 * (h - 1), 3)
    by_a = reference.rounded(by_h * (1 - h * h), 3)
    by_w = reference.rounded(by_a * Fraction("0.7"), 4)
    w = reference.rounded(Fraction(1, 3) - by_w / 10, 6)
    found = {"a": a, "h": h, "dL/dh": by_h, "dL/da": by_a, "dL/dw": by_w, "1/w": w}
    assert {name: Fraction(solution[name].value) for name in found} == found
    assert solution["1/a"].value == Decimal(str(round(float(w) * 0.7, 2)))
    assert "derivatives on the way to 3 decimals, gradients to 4 decimals, what" in words(solution)


def words(solution: tracer.Solution) -> str:
    return " ".join(solution.render("text").split())


# what is said and refused

NEURON: dict[str, Any] = {
    "layers": [{"weights": [["1/3"]], "biases": False, "activation": "sigmoid"}],
    "data": [{"inputs": 1, "targets": 0}],
}


def test_the_page_says_to_what_it_rounds() -> None:
    numbers = {"significant": 1, "digits_of": {"gradients": 4, "loss": 4}}
    found = words(tracer.solve(tracer.load({**NEURON, "numbers": numbers})))
    assert "1 significant figure, the loss and gradients to 4 decimals, and carried on" in found


def test_json_says_to_what_values_are_rounded() -> None:
    def said(numbers: dict[str, Any]) -> Any:
        problem = tracer.load({**NEURON, "numbers": numbers})
        return json.loads(tracer.solve(problem).render("json"))["numbers"]

    assert said({"digits": 3}) == {"policy": "display", "digits": 3}
    kinds = {"significant_of": {"deltas": 4}, "digits_of": {"loss": 2}}
    assert said({"significant": 3, **kinds}) == {"policy": "display", "significant": 3, **kinds}


def test_digits_of_the_command_line_are_those_of_every_kind() -> None:
    own = {"digits": 2, "digits_of": {"outputs": 7}, "significant_of": {"gradients": 6}}
    problem = tracer.load({**NEURON, "numbers": own})
    name = "l1[1](1)"
    assert tracer.solve(problem)[name].value == Decimal("0.5825702")
    assert tracer.solve(with_changes(problem, digits=4))[name].value == Decimal("0.5826")
    changed = with_changes(problem, significant=2)
    assert tracer.solve(changed)[name].value == Decimal("0.58")
    assert tracer.solve(with_changes(changed, digits=3))[name].value == Decimal("0.583")
    for values in ({"significant": 0}, {"significant": 51}, {"digits": 3, "significant": 3}):
        with pytest.raises(tracer.InputError, match=r"^significant: "):
            with_changes(problem, **values)


REFUSED = [
    ("significant = 0", "7:15: significant must be a whole number from 1 to 50, not 0"),
    (
        "digits = 3\nsignificant = 3",
        '8:1: "significant" stands in the place of "digits"; leave out one of them',
    ),
    ("digits_of = 3", "7:13: digits_of must be a table, not 3"),
    (
        "digits_of = { errors = 3 }",
        '7:15: unknown key "errors"; known here: pre_activations, outputs, loss, local_derivatives',
    ),
    ("digits_of = { output = 3 }", '7:15: unknown key "output"; did you mean "outputs"?'),
    ("digits_of = { deltas = -1 }", "7:24: deltas must be a whole number from 0 to 50, not -1"),
    (
        "digits_of = { loss = 1, deltas = 2 }\nsignificant_of = { deltas = 2 }",
        '8:20: "deltas" has decimals in digits_of already; leave out one of them',
    ),
]
TEXT = """\
data = [{ inputs = 1, targets = 1 }]
[[layers]]
weights = [[1]]
biases = [0]
activation = "relu"
[numbers]
"""


@pytest.mark.parametrize(("keys", "fault"), REFUSED)
def test_digits_that_cannot_be(keys: str, fault: str) -> None:
    with pytest.raises(tracer.InputError) as caught:
        tracer.load(TEXT + keys)
    (found,) = caught.value.faults
    assert str(found).startswith(f"<text>:{fault}")


def test_a_graph_has_no_kinds_of_a_network() -> None:
    text = '[graph]\nsteps = ["f = 2"]\n[numbers]\ndigits_of = { outputs = 1, loss = 2 }'
    with pytest.raises(tracer.InputError) as caught:
        tracer.load(text.replace("f = 2", "f = exp(x)").replace("steps", "given = {x = 1}\nsteps"))
    (found,) = caught.value.faults
    assert str(found) == '<text>:5:28: a graph has no "loss"; all of its steps are "outputs"'


# powers of ten

POWERS: dict[str, Any] = {
    "layers": [{"weights": [["2e-9"]], "biases": ["-3e12"], "activation": "identity"}],
    "data": [{"inputs": "1e-3", "targets": "1234567.5"}],
    "training": {"learning_rate": "1e-8", "steps": 1},
}


def pages(**numbers: Any) -> dict[str, str]:
    solution = tracer.solve(tracer.load({**POWERS, "numbers": numbers}))
    return {to: solution.render(to) for to in ("text", "latex", "markdown", "json")}


@pytest.mark.parametrize(
    "numbers",
    [
        {"digits": 4},
        {"significant": 3},
        {"significant": 3, "policy": "step"},
        {"digits": 2, "policy": "float64"},
        {"digits": 4, "style": "fraction", "digits_of": {"loss": 3}},
    ],
    ids=str,
)
@pytest.mark.parametrize("comma", [False, True])
def test_large_and_small_numbers_have_powers_of_ten(numbers: dict[str, Any], comma: bool) -> None:
    found = pages(**numbers, decimal_comma=comma)
    point = "," if comma else "."
    # the loss is (3·10^12 + 1234567.5)^2, the learning rate a power of ten
    if "style" not in numbers:
        assert "≈ 9·10²⁴" in found["text"]
        assert r"\approx 9 \cdot 10^{24}" in found["latex"]
        assert r"\approx 9 \cdot 10^{24}" in found["markdown"]
        assert "w₁,₁¹ = 2·10⁻⁹" in found["text"]
    assert "γ = 10⁻⁸" in found["text"] or "γ = 1/100000000" in found["text"]
    assert f"1234567{point}5" in found["text"] or "2469135/2" in found["text"]
    for quantity in json.loads(found["json"])["quantities"]:
        Decimal(quantity["value"])  # a plain decimal, with a point in every language
        assert "," not in quantity["value"]


def test_a_rounded_power_of_ten_shows_its_figure() -> None:
    assert text(fmpq(1, 10**9), 3) == "1e-9"
    problem = {**NEURON, "layers": [{**NEURON["layers"][0], "weights": [["-23.02585"]]}]}
    problem["numbers"] = {"digits": 4}
    found = words(tracer.solve(tracer.load(problem)))
    assert "≈ 1·10⁻¹⁰" in found
    assert "≈ 10⁻¹⁰" not in found


@pytest.mark.parametrize(
    ("value", "printed"),
    [
        ("0.00001", "0.00001"),
        ("0.000001", "1e-6"),
        ("-0.00000123", "-1.23e-6"),
        ("1200000", "1200000"),
        ("1000000", "1e6"),
        ("-1.2e12", "-1.2e12"),
        ("1000000000001", "1000000000001"),
        ("0", "0"),
    ],
)
def test_what_is_printed_in_full_has_no_row_of_zeros(value: str, printed: str) -> None:
    true = Fraction(value)
    number = exact(fmpq(true.numerator, true.denominator))
    assert (number.text, number.is_exact) == (printed, True)
    assert Fraction(str(number.value)) == Fraction(number.text) == true
