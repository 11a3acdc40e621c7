r"""Every printed equation comes out: the finished LaTeX, read back and worked out anew.

The reader in `latex_reader.py` shares nothing with the package. Here it is tried on its own first;
then it reads the examples and random problems, in every policy and style. Of a link between two
sides of numbers it is asked that

- ``A = B`` is exactly true of the digits printed,
- ``A \approx B`` is not, and can be true of the numbers that those digits are rounded from,
- where results are rounded as by hand, ``B`` is ``A`` rounded.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, event, given, reject, settings
from hypothesis import strategies as st

import tracer
from tests import reference, strategies
from tests.conftest import EXAMPLES, GRAPHS, NETWORKS, ROOT
from tests.latex_reader import (
    Digits,
    Equation,
    Function,
    Interval,
    Known,
    Link,
    Minus,
    Number,
    Power,
    Ratio,
    Side,
    Tree,
    UncheckableError,
    UnreadableError,
    canonical,
    definitions,
    equation,
    formulas,
    interval,
    is_matrix,
    is_symbolic,
    nearest,
    parse,
    read,
    roundings,
)
from tracer.loading import with_changes

# The reader: one side

VALUES = [
    ("0.5", "1/2"),
    ("12", "12"),
    ("-3", "-3"),
    ("1.5 - 2", "-1/2"),
    ("1 - 2 - 3", "-4"),
    ("2 - 3 \\cdot 4", "-10"),
    ("-2 \\cdot (-3)", "6"),
    ("2(1 - 1.1)", "-1/5"),
    ("-2[(1 - 1.1) \\cdot 1.5 + (1 - 0.94)]", "9/50"),
    ("2(1 - 3)^2", "8"),
    ("-2^2", "-4"),
    ("(-2)^2", "4"),
    ("(1 - (-2)^2)^{3}", "-27"),
    ("2^{-3}", "1/8"),
    ("2^{12}", "4096"),
    ("\\frac{1}{3}", "1/3"),
    ("-\\frac{2}{3}[(1 - 0.6) \\cdot 1 + (0 - (-0.2)) \\cdot 0]", "-4/15"),
    ("\\Bigl( 1 - \\frac{1}{3} \\Bigr)^2", "4/9"),
    ("\\frac{1}{2} \\cdot \\frac{4}{5}(1 - 0.5)", "1/5"),
    ("\\frac{1 - 0.5}{2 \\cdot 5}", "1/20"),
    ("3.1 \\cdot 10^{-2}", "31/1000"),
    ("2 \\cdot 3.1 \\cdot 10^{2} + 1", "621"),
    ("(3 \\cdot 10^{-1})^2", "9/100"),
    ("0.25 {}\\cdot 4", "1"),
    ("\\mathrm{ReLU}(1 \\cdot 2 - 1 \\cdot 1 + 0)", "1"),
    ("\\mathrm{ReLU}(-0.5)", "0"),
    ("\\mathrm{ReLU}'(0.5) + \\mathrm{ReLU}'(0) + \\mathrm{ReLU}'(-2)", "1"),
    ("\\mathrm{LeakyReLU}(1.5)", "3/2"),
    ("\\mathrm{LeakyReLU}(0)", "0"),
    ("\\sigma(0.3 - 0.3)", "1/2"),
    ("\\tanh(0)", "0"),
    ("\\lvert 1 - 3 \\rvert + \\mathrm{sign}(-0.5) + \\mathrm{sign}(0)", "1"),
    ("2 \\cdot \\max(0, 1 - 0.5) + \\max(0, 1 - 2)", "1"),
    ("\\mathrm{Huber}_{0.5}(-2) + \\mathrm{Huber}_{0.5}'(-2) + \\mathrm{Huber}_{1}(1)", "7/8"),
    ("\\mathrm{ELU}(2) + \\mathrm{ELU}(0) + \\mathrm{ELU}'(3)", "3"),
    ("\\mathrm{ELU}_{0.5}'(0)", "1/2"),
    ("\\mathrm{SiLU}(0) + \\mathrm{GELU}(0) + \\mathrm{GELU}'(0)", "1/2"),
    ("\\mathrm{step}(0) + \\mathrm{step}(-0.1) + \\mathrm{step}(2)", "2"),
    ("e^{0}", "1"),
    ("\\frac{1}{1 + e^{-(-0)}}", "1/2"),
    ("\\log(1)", "0"),
    ("\\sqrt{0.25} + \\frac{1}{\\sqrt{4} + 0.5}", "9/10"),
    ("\\sqrt{0}", "0"),
    ("0 \\cdot \\sigma(1) + 2", "2"),
]


@pytest.mark.parametrize(("source", "value"), VALUES)
def test_a_rational_side_has_its_exact_value(source: str, value: str) -> None:
    tree = parse(source)
    assert canonical(tree) == Fraction(value)
    assert interval(tree, exact=True) == Interval(Fraction(value), Fraction(value))


def test_a_decimal_comma_is_read_where_it_is_expected() -> None:
    assert canonical(parse("0{,}5 \\cdot 1{,}25", decimal_comma=True)) == Fraction(5, 8)
    for source, comma in (("0.5", True), ("0{,}5", False), ("0,5", True), ("0,5", False)):
        with pytest.raises(UnreadableError):
            parse(source, decimal_comma=comma)


def test_a_slope_is_read_where_it_is_printed() -> None:
    tree = parse("\\mathrm{LeakyReLU}_{0.1}(-2) + \\mathrm{LeakyReLU}_{\\frac{1}{3}}'(-2)")
    assert canonical(tree, {"leaky": Fraction(1, 2)}) == Fraction(-1, 5) + Fraction(1, 3)


def test_layers_of_different_slope_have_names_of_their_own() -> None:
    """With one name for both, the slope of the last would judge every equation."""
    problem = tracer.load(
        {
            "layers": [
                {
                    "weights": [[1]],
                    "biases": False,
                    "activation": "leaky_relu",
                    "slope": "0.100001",
                },
                {"weights": [[1]], "biases": False, "activation": "leaky_relu", "slope": "0.1"},
            ],
            "data": [{"inputs": -1, "targets": 0}],
        }
    )
    page = tracer.solve(problem).render("latex")
    assert "\\mathrm{LeakyReLU}_{0.100001}(-1)$ \\\\ $\\approx -0.1$" in page
    assert "\\mathrm{LeakyReLU}_{0.1}(-0.1)$ \\\\ $= -0.01$" in page
    assert_true(check(page, problem))


def test_the_slope_of_leaky_relu_is_not_on_the_page() -> None:
    tree = parse("\\mathrm{LeakyReLU}(-2) + \\mathrm{LeakyReLU}'(-2)")
    assert canonical(tree, {"leaky": Fraction(1, 4)}) == Fraction(-1, 4)
    for work in (canonical, interval):
        with pytest.raises(UncheckableError):
            work(tree)


IRRATIONAL = [
    ("\\sigma(1)", "0.7310585786300048792", "0.7310585786300048793"),
    ("\\sigma(-1)", "0.2689414213699951207", "0.2689414213699951208"),
    ("\\tanh(0.5)", "0.4621171572600097585", "0.4621171572600097586"),
    ("\\mathrm{ELU}_{0.5}(-1)", "-0.3160602794142788393", "-0.3160602794142788392"),
    ("\\mathrm{GELU}(0.5)", "0.3457312306370065518", "0.3457312306370065519"),
    ("\\mathrm{GELU}'(0.5)", "0.8674951246561628425", "0.8674951246561628426"),
    ("\\mathrm{SiLU}(-1)", "-0.2689414213699951208", "-0.2689414213699951207"),
    ("\\mathrm{softplus}(0)", "0.6931471805599453094", "0.6931471805599453095"),
    ("\\sqrt{2}", "1.41421356237309504", "1.41421356237309505"),
    ("\\log(2)", "0.6931471805599453094", "0.6931471805599453095"),
    ("e^{-(-1)}", "2.7182818284590452353", "2.7182818284590452354"),
    ("\\frac{1}{1 + e^{-1}}", "0.7310585786300048792", "0.7310585786300048793"),
    ("-(\\sigma(1))^2", "-0.534446645388524", "-0.534446645388523"),
    ("\\tanh(-5000)", "-1", "-0.9999999999999999"),
    ("\\mathrm{softplus}(5000)", "5000", "5000.0000000001"),
]


@pytest.mark.parametrize(("source", "low", "high"), IRRATIONAL)
def test_an_irrational_side_is_enclosed(source: str, low: str, high: str) -> None:
    tree = parse(source)
    assert not isinstance(canonical(tree), Fraction)
    found = interval(tree, exact=True)
    assert Fraction(low) <= found.low < found.high <= Fraction(high)


def test_a_number_may_lie_half_a_unit_away() -> None:
    half = Fraction(1, 20)
    assert interval(parse("0.5")) == Interval(Fraction("0.45"), Fraction("0.55"))
    assert interval(parse("7"), 1) == Interval(7 - half, 7 + half)
    assert interval(parse("0.25"), 1) == Interval(Fraction(1, 4), Fraction(1, 4))  # given in full
    assert interval(parse("\\frac{1}{3}"), 1) == Interval(Fraction(1, 3), Fraction(1, 3))
    assert interval(parse("-(0.5 - 2)^2"), 1) == Interval(Fraction("-2.56"), Fraction("-1.96"))
    assert interval(parse("0^2"), 1) == Interval(Fraction(0), Fraction(1, 400))
    assert interval(parse("3 \\cdot 10^{-9}"), 5) == Interval(
        Fraction("2.995e-9"), Fraction("3.005e-9")
    )
    with pytest.raises(UncheckableError):
        interval(parse("\\frac{1}{0.2 - 0.2}"), 1)


SYMBOLIC = [
    "w_{1,2}^1",
    "\\mathrm{MSE}",
    "\\text{a = \\$ \\} b}",
    "f^*(l_1^0, l_2^0)",
    "2(f^*(l_1^0, \\ldots, l_4^0) - l_1^2) \\cdot (-1) \\cdot (1 - (l_1^2)^2)",
    "\\frac{1}{3} \\cdot \\sum_{(l_1^0, l_2^0) \\in D} \\frac{\\partial E}{\\partial l_1^2}",
    "\\frac{\\partial E}{\\partial p_1^3}\\,[2]",
    "\\left. \\frac{\\partial E}{\\partial p_1^3}\\,[2] \\right|_{n=1}",
    "a_n - \\gamma\\nabla \\mathrm{MSE}(a_n)",
    "\\{(1, 3) \\to 1, (3, 1) \\to \\frac{1}{2}\\}",
    "\\{(0.5; 1) \\to 1; (3; 1) \\to (1; 0)\\}",
    "\\mathrm{ReLU}'(p_1^1)",
    "\\hat{m}(w_{1,1}^2)",
    "\\frac{\\hat{m}_{n+1}}{\\sqrt{\\hat{v}_{n+1}} + \\varepsilon}",
    "1 - \\beta_1^t",
    "\\Delta(b_1^2)",
    "\\frac{1}{1 + e^{-p_1^1}}",
    "e",
    "0.5 + b_1^1",
]


@pytest.mark.parametrize("source", SYMBOLIC)
def test_a_side_with_a_symbol_is_symbolic(source: str) -> None:
    assert is_symbolic(parse(source))


@pytest.mark.parametrize("source", [source for source, _ in VALUES])
def test_a_side_without_one_is_not(source: str) -> None:
    assert not is_symbolic(parse(source))


UNREADABLE = [
    "",
    "1 +",
    "1 2",
    "0.5.2",
    ".5",
    "00.5",
    "01",
    "2 \\cdot -3",
    "2 - -3",
    "+ 2",
    "(1 - 2",
    "1 - 2)",
    "(1 - 2]",
    "(1)(2)",
    "(1 - 2)3",
    "2\\sigma(1)",
    "2\\frac{1}{2}",
    "1.000,5",
    "\\frac{1}{3}^2",
    "\\sigma(1)^2",
    "3 \\cdot 10^{-9}^2",
    "2^12",
    "2^2^2",
    "2^{0.5}",
    "2^x",
    "e^2",
    "\\frac{1}",
    "\\sigma 1",
    "\\sigma'(1)",
    "\\tanh[1]",
    "1 / 2",
    "1 \\times 2",
    "1 \\le 2",
    "50\\%",
    "1e-9",
    "(1, 2) + 1 <",
    "\\undefined{1}",
    "\\text{a",
    "1 × 2",
]


@pytest.mark.parametrize("source", UNREADABLE)
def test_what_cannot_be_read_in_one_way_is_refused(source: str) -> None:
    with pytest.raises(UnreadableError):
        parse(source)


@pytest.mark.parametrize(
    "source", ["\\frac{1}{0}", "\\frac{1}{1 - 1}", "0^{-1}", "\\log(0 - 1)", "\\sqrt{0 - 1}"]
)
def test_what_has_no_value_is_refused(source: str) -> None:
    with pytest.raises(UnreadableError):
        canonical(parse(source))


def test_nearest_rounds_ties_away_from_zero() -> None:
    cases = [("0.125", 2, "0.13"), ("-0.125", 2, "-0.13"), ("0.1249", 2, "0.12"), ("2.5", 0, "3")]
    for value, digits, result in cases:
        assert nearest(Fraction(value), digits) == Fraction(result)


# The reader: one equation

TRUE = [
    "0.1 \\cdot [0.2 \\cdot 3 - 0.12 \\cdot 1] = 0.048",
    "-\\frac{1}{3}[(1 - 0.5) \\cdot 2] = -\\frac{1}{3}",
    "\\sigma(0.7 \\cdot 0.525 - 0.6 \\cdot 0.6225 + 0.2) = \\sigma(0.194)",
    "\\sigma(0) = 0.5",
    "\\sqrt{0.04} = 0.2",
    "\\frac{0.3}{\\sqrt{0.0009} + 0.1} \\approx 2.30769",
    "0 \\cdot \\tanh(1) = 0",
    "\\sigma(0.194) \\approx 0.54835",
    "\\frac{1}{3} \\approx 0.33333",
    "\\mathrm{softplus}(-2.875) \\approx 0.05488",
    "0.12345 \\cdot 3.14 \\cdot 10^{-9} \\approx 3.88 \\cdot 10^{-10}",
]
FALSE = [
    "0.1 \\cdot [0.2 \\cdot 3 - 0.12 \\cdot 1] = 0.049",
    "2 = 2.1",
    "-2^2 = 4",
    "2 - 3 - 1 = 0",
    "\\frac{1}{3} = 0.33333",
    "\\sigma(0.194) = 0.54835",
    "\\sigma(0.194) = \\sigma(0.195)",
    "\\tanh(1) = \\sigma(1)",
    "\\mathrm{ReLU}(-1) = -1",
    "\\sqrt{0.05} = 0.2",
    "\\sqrt{0.05} \\approx 0.22366",
    "\\sigma(0.194) \\approx 0.54845",
    "\\frac{1}{3} \\approx 0.33335",
    "1.5 \\cdot 2 \\approx 3.001",
    "1.5 \\cdot 2 \\approx 3",
    "\\sigma(0.1 + 0.2) \\approx \\sigma(0.3)",
    "0 \\cdot \\tanh(1) \\approx 0",
    "0.12345 \\cdot 3.14 \\cdot 10^{-9} \\approx 3.91 \\cdot 10^{-10}",
]


def only_link(source: str) -> Link:
    (link,) = equation(source).links
    assert link.numeric
    return link


@pytest.mark.parametrize("source", TRUE)
def test_a_true_link_has_no_fault(source: str) -> None:
    assert only_link(source).fault(digits=5) is None


@pytest.mark.parametrize("source", FALSE)
def test_a_false_link_is_reported(source: str) -> None:
    assert only_link(source).fault(digits=5) is not None


def test_an_equation_is_split_where_its_relations_stand() -> None:
    found = equation(
        "\\left. \\frac{\\partial E}{\\partial p}\\,[2] \\right|_{n=1} = 2(l_1^0 - 3)"
        " \\approx 3.8 \\cdot 0.1 = 0.38"
    )
    assert [(str(link), link.numeric) for link in found.links][1:] == [
        ("2(l_1^0 - 3) \\approx 3.8 \\cdot 0.1", False),
        ("3.8 \\cdot 0.1 = 0.38", True),
    ]
    assert equation("f^*").links == ()
    for source in ("= 1", "1 =", "1 = = 1", "1 \\approx", "1 < 2"):
        with pytest.raises(UnreadableError):
            equation(source)


# The reader: a document

PAGE = r"""
\documentclass{article} % $ \[
\newcommand{\x}[1]{$}
\begin{document}
\section*{The mean (here $0.33$) costs \$5, not \$6: 50\% off \ensuremath{\approx} 3}
With $\gamma = 0.01$:
\begin{align*}
w_1 & = 0.1 - 0.2 \\*
 & \qquad {} - 0.3 = -0.4 \\
 & \approx -0.5 \\
\text{a \& b} & = 1
\end{align*}
\begin{align*}
 & (1 - 0.5)^2 \\
 & = 0.25
\end{align*}
\begin{gather*}
w_1 = w_2 \qquad b = 2 \\
c = d \\
 = 3
\end{gather*}
\[ 1 + 1 = 2 \]
\begin{center}
\begin{tabular}{cc}
\hline
$f^*$ & \begin{tabular}{@{}c@{}}$\sigma(1$ \\ ${}+ 2)$ \\ $\approx 0.95257$\end{tabular} \\
1 & $-2(0.5) = -1$ \\
\end{tabular}
\end{center}
\end{document}
"""


def test_a_page_is_read_formula_by_formula() -> None:
    assert [[side.text for side in found.sides] for found in read(PAGE)] == [
        ["0.33"],
        ["\\gamma", "0.01"],
        ["w_1", "0.1 - 0.2 - 0.3", "-0.4", "-0.5"],
        ["\\text{a \\& b}", "1"],
        ["(1 - 0.5)^2", "0.25"],
        ["w_1", "w_2"],
        ["b", "2"],
        ["c", "d", "3"],
        ["1 + 1", "2"],
        ["f^*"],
        ["\\sigma(1 + 2)", "0.95257"],
        ["-2(0.5)", "-1"],
    ]


@pytest.mark.parametrize(
    "page",
    [
        "an odd $ sign",
        "$$",
        "$1\n\n$",
        "\\begin{align*} a & = 1",
        "\\begin{align*} a = 1 \\end{align*}",
        "\\begin{align*} a & = 1 & = 2 \\end{align*}",
        "\\begin{align*} a & = 1 \\\\ & 2 \\end{align*}",
        "\\begin{align*} a & = 1 \\\\ \\end{align*}",
        "\\begin{equation*} a = 1 \\end{equation*}",
        "\\begin{center} $1$",
        "$1$ \\end{center}",
        "\\begin{tabular}{@{}c@{}}$1$ \\\\ and\\end{tabular}",
        "\\[ a = 1",
        "$1 = \\oops$",
    ],
)
def test_a_page_that_cannot_be_read_is_refused(page: str) -> None:
    with pytest.raises(UnreadableError):
        read(page)


# What is asked of a page


@dataclass
class Findings:
    """What was checked on a page, and every fault of it."""

    links: Counter[str] = field(default_factory=Counter)
    seen: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    unchecked: list[str] = field(default_factory=list)


def check(page: str, problem: tracer.Problem) -> Findings:
    """Work out every equation of a whole solution. Raises UnreadableError."""
    equations = read(page, decimal_comma=problem.numbers.decimal_comma)
    found = worked_out(equations, problem)
    found.faults += gradient_faults(equations, problem)
    return found


def worked_out(
    equations: list[Equation], problem: tracer.Problem | tracer.GraphProblem
) -> Findings:
    """What is wrong with the links of equations, taken one by one."""
    numbers = problem.numbers
    digits = digits_of(problem)
    layers = getattr(problem, "layers", ())  # a graph has none
    known: dict[str, Any] = {}
    for name, activation in (("leaky", "leaky_relu"), ("elu", "elu")):
        values = {layer.parameter for layer in layers if layer.activation == activation}
        if len(values) == 1:
            (known[name],) = values
    if isinstance(problem, tracer.Problem) and problem.loss.delta is not None:
        known["huber"] = problem.loss.delta
    known |= definitions(equations)
    found = Findings()
    for one in equations:
        for link in one.links:
            if numbers.policy == "exact" and link.relation != "=":
                found.faults.append(f"not exact: {link}")
            if not link.numeric:
                continue
            try:
                faults = [link.fault(digits, known)]
                if numbers.policy == "step":
                    faults.append(not_rounded(link, one, digits, known))
            except UncheckableError as reason:
                found.unchecked.append(f"{reason}: {link}")
                continue
            found.links[link.relation] += 1
            found.seen.append(str(link))
            found.faults += [fault for fault in faults if fault]
    return found


def digits_of(problem: tracer.Problem | tracer.GraphProblem) -> Digits:
    """To what the numbers of a page are rounded."""
    numbers = problem.numbers
    decimals, figures = {*numbers.digits_of.values()}, {*numbers.significant_of.values()}
    if numbers.significant is None:
        decimals.add(numbers.digits)
    else:
        figures.add(numbers.significant)
    if reference.KEPT[problem.optimizer.kind][0]:
        figures.add(3)  # what an optimiser keeps has at least so many
    return Digits(tuple(decimals), tuple(figures))


def not_rounded(link: Link, whole: Equation, digits: Digits, known: Known) -> str | None:
    """Whether the right side of a link is not the left one rounded, as it is by hand."""
    left, right = link.left.tree, link.right.tree
    if is_matrix(right):
        faults = (_not_rounded(a, b, link, digits, known) for a, b in link.pairs)
        return next(filter(None, faults), None)
    if link != whole.links[-1]:
        # a link on the way: from the sum to the pre-activation
        match left, right:
            case (Function(f, left), Function(g, right)) if f == g:
                pass
            case _:
                return f"an unexpected step by hand: {link}"
    return _not_rounded(left, right, link, digits, known)


def _not_rounded(left: Tree, right: Tree, link: Link, digits: int, known: Known) -> str | None:
    result = canonical(right, known)
    bounds = interval(left, digits, known, exact=True)
    if result in roundings(bounds.low, digits) & roundings(bounds.high, digits):
        return None
    if isinstance(right, Number) and right.exponent is not None:
        # a factor on the way is not rounded by hand: where it would be 0 it has three figures
        low, high = (nearest(own, 2 - right.exponent) for own in (bounds.low, bounds.high))
        if result == low == high and 0 in roundings(bounds.high, digits):
            return None
    return None if canonical(left, known) == result else f"is not rounded: {link}"


def gradient_faults(equations: list[Equation], problem: tracer.Problem) -> list[str]:
    """Every gradient is worked out in every step printed, and ends in a number."""
    parameters = sum(
        len(layer.weights) * len(layer.weights[0])
        + len(layer.biases or ())
        + len(layer.slopes or ())
        for layer in problem.layers
    ) - len(problem.frozen | problem.shared.keys())
    if any(layer.activation in strategies.FORWARD_ONLY for layer in problem.layers):
        parameters = 0
    steps = problem.steps if problem.steps <= 3 else 2  # of a long run the first and the last
    if problem.chosen_steps:
        steps = len({1, *problem.chosen_steps})
    gradients = [
        one
        for one in equations
        if one.links
        and re.fullmatch(
            r"\\frac\{\\partial .+\}\{\\partial ([wbW]|\\theta|\\alpha|\\kappa)_[^ ]+\}",
            one.sides[0].text,
        )
    ]
    faults = []
    if len(gradients) != parameters * max(steps, 1):
        faults.append(f"{len(gradients)} gradients for {parameters} parameters")
    for one in gradients:
        numeric = [side for side in one.sides if not side.symbolic]
        if not is_value(one.sides[-1].tree) or not (
            any(link.numeric for link in one.links) or len(numeric) == 1
        ):
            faults.append(f"a gradient without numbers: {one.sides[0].text}")
    return faults


def is_value(tree: Tree) -> bool:
    """Whether a side is a number alone."""
    body = tree.body if isinstance(tree, Minus) else tree
    if isinstance(body, Power):  # an exact power of ten
        body = body.base
        return isinstance(body, Number) and body.value == 10
    return isinstance(body, Number | Ratio)


def assert_true(found: Findings) -> None:
    assert not found.faults, "\n".join([f"{len(found.faults)} faults:", *found.faults[:20]])
    assert sum(found.links.values()) > 0


def page_of(source: Path | Mapping[str, Any], view: str = "auto", **options: Any) -> str:
    return tracer.solve(tracer.load(source), view=view).render("latex", **options)


# The examples


def is_by_deltas(problem: tracer.Problem) -> bool:
    """Whether a problem has no view without deltas."""
    activations = {layer.activation for layer in problem.layers}
    by_hand = problem.numbers.policy == "step"
    return by_hand or strategies.COUPLED in activations or bool(problem.shared)


@pytest.mark.parametrize("path", NETWORKS, ids=lambda path: path.stem)
@pytest.mark.parametrize("view", ["auto", "deltas", "paths"])
def test_every_equation_of_an_example_comes_out(path: Path, view: str) -> None:
    problem = tracer.load(path)
    if is_by_deltas(problem) and view == "paths":
        pytest.skip("deltas rounded by hand, or of softmax: there is no view without them")
    found = check(page_of(path, view), problem)
    assert_true(found)
    assert not found.unchecked


@pytest.mark.parametrize("path", GRAPHS, ids=lambda path: path.stem)
def test_every_equation_of_a_graph_comes_out(path: Path) -> None:
    problem = tracer.load(path)
    found = worked_out(read(page_of(path), decimal_comma=problem.numbers.decimal_comma), problem)
    assert_true(found)
    assert not found.unchecked


@pytest.mark.parametrize("path", NETWORKS, ids=lambda path: path.stem)
@pytest.mark.parametrize("notation", strategies.NOTATIONS)
def test_every_equation_comes_out_in_every_notation(path: Path, notation: str) -> None:
    problem = with_changes(tracer.load(path), notation=notation)
    views = ["auto", "deltas"] if is_by_deltas(problem) else ["paths", "deltas"]
    found = [check(tracer.solve(problem, view=view).render("latex"), problem) for view in views]
    for one in found:
        assert_true(one)
    # other letters, the same numbers
    deck = [check(page_of(path, view), tracer.load(path)) for view in views]
    assert [one.links for one in found] == [one.links for one in deck]


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_nothing_on_the_page_is_passed_over(path: Path) -> None:
    comma = tracer.load(path).numbers.decimal_comma
    page, fragment = page_of(path), page_of(path, fragment=True)
    equations = read(fragment, decimal_comma=comma)
    assert equations == read(page, decimal_comma=comma)
    words = re.sub(r"\\begin\{tikzpicture\}.*?\\end\{tikzpicture\}", "", fragment, flags=re.DOTALL)
    printed = re.findall(r"(?:(?<=\s)|(?<=\$))(?:=|\\approx)(?= )", words)
    assert sum(len(one.links) for one in equations) == len(printed)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
@pytest.mark.parametrize("backwards", [False, True])
def test_every_derivation_that_can_be_asked_for_comes_out(path: Path, backwards: bool) -> None:
    problem = tracer.load(path)
    names = sorted(tracer.solve(problem).ids, reverse=backwards)
    page = tracer.solve(problem, only=names).render("latex")
    equations = read(page, decimal_comma=problem.numbers.decimal_comma)
    assert len(equations) >= len(names)
    assert_true(worked_out(equations, problem))


DECK = ROOT / "examples" / "deck.toml"


def test_derivations_asked_for_together_come_out() -> None:
    problem = tracer.load(DECK)
    for name in [name for name in tracer.solve(problem).ids if name.startswith("1/")]:
        page = tracer.solve(problem, only=["1/loss", name]).render("latex")
        assert_true(worked_out(read(page), problem))


def test_the_deck() -> None:
    found = check(page_of(DECK), tracer.load(DECK))
    assert_true(found)
    # 3 neurons of the first row, the loss, 3 gradients of the output layer, 5 deltas, 6 gradients
    # of the hidden layer, 9 updates, and the loss again, which alone has more than 5 decimals
    assert found.links == {"=": 3 + 1 + 3 + 5 + 6 + 9, "\\approx": 1}
    for link in (
        "\\mathrm{ReLU}(0.1 \\cdot 1.5 + 0.3 \\cdot 1.5 + 0.5) = 1.1",
        "(1 - 1.1)^2 + (1 - 0.94)^2 + (1 - 1.42)^2 + (1 - 1.26)^2 + (0 - 1.18)^2 = 1.65",
        "-2[(1 - 1.1) + (1 - 0.94) + (1 - 1.42) + (1 - 1.26) + (0 - 1.18)] = 3.8",
        "-2(1 - 1.42) = 0.84",
        "0.1 \\cdot [0.2 \\cdot 3 - 0.12 \\cdot 1 + 0.84 \\cdot 5 + 0.52 \\cdot 3"
        " + 2.36 \\cdot 3] = 1.332",
        "3.8 \\cdot 0.3 = 1.14",
        "0.3 - 0.01 \\cdot 1.332 = 0.28668",
        "(1 - 0.80905)^2 + (1 - 0.70768)^2 + (1 - 0.97913)^2 + (1 - 0.87776)^2"
        " + (0 - 0.84341)^2 \\approx 0.84862",
    ):
        assert link in found.seen


# A page with a mistake in it


def sides_with_another_digit(link: Link) -> list[Link]:
    """The link with each of its digits raised by one in turn."""
    found = []
    for place, side in enumerate((link.left, link.right)):
        for match in re.finditer("[0-9]", side.text):
            digit = (int(match.group()) + 1) % 10
            text = f"{side.text[: match.start()]}{digit}{side.text[match.end() :]}"
            try:
                changed = Side(text, parse(text))
            except UnreadableError:
                continue  # a number that now begins with 0: noticed too
            sides = (changed, link.right) if place == 0 else (link.left, changed)
            found.append(Link(sides[0], link.relation, sides[1]))
    return found


def test_any_other_digit_in_an_equality_of_the_deck_is_noticed() -> None:
    links = [link for one in read(page_of(DECK)) for link in one.links if link.numeric]
    changed = [
        other for link in links if link.relation == "=" for other in sides_with_another_digit(link)
    ]
    assert len(changed) > 300
    assert [str(link) for link in changed if link.fault(digits=5) is None] == []


MISTAKES = [
    ("deck", "+ 2.36 \\cdot 3] = 1.332", "+ 2.36 \\cdot 3] = 1.322"),
    ("deck", "+ 2.36 \\cdot 3] = 1.332", "+ 2.46 \\cdot 3] = 1.332"),
    ("deck", "+ 2.36 \\cdot 3] = 1.332", "+ 2.36 \\cdot 3] \\approx 1.332"),
    ("deck", "+ 2.36 \\cdot 3] = 1.332", "- 2.36 \\cdot 3] = 1.332"),
    ("deck", "$-2(1 - 1.42) = 0.84$", "$-2(1 - 1.42) = 0.8$"),
    ("deck", "\\approx 0.84862", "= 0.84862"),
    ("deck", "\\approx 0.84862", "\\approx 0.8487"),
    ("deck", "= 1.5$\\end", "= 1.6$\\end"),
    ("deck", "0.1 - 0.01 \\cdot 7.1 = 0.029", "0.1 - 0.01 \\cdot 7.1 = 0.29"),
    ("line", "= \\frac{47}{72}", "= \\frac{47}{71}"),
    ("two-outputs", "\\approx \\sigma(", "= \\sigma("),
    ("komma", "\\approx 1{,}66856", "\\approx 1{,}66956"),
    ("by-hand", "\\approx 0.5483", "\\approx 0.5484"),
]


@pytest.mark.parametrize(("name", "right", "wrong"), MISTAKES)
def test_a_mistake_on_a_page_is_found(name: str, right: str, wrong: str) -> None:
    path = ROOT / "examples" / f"{name}.toml"
    page, problem = page_of(path), tracer.load(path)
    assert right in page
    before, after = check(page, problem), check(page.replace(right, wrong, 1), problem)
    assert len(after.faults) > len(before.faults)


def test_a_gradient_that_is_missing_is_noticed() -> None:
    page, problem = page_of(DECK), tracer.load(DECK)
    missing = page.replace("\\frac{\\partial \\mathrm{MSE}}{\\partial w_{1,1}^2} &", "w &", 1)
    assert missing != page
    assert check(missing, problem).faults == ["8 gradients for 9 parameters"]


# Random problems

NAMES = ["E", "MSE", "e", "Loss 1", "50% & $x = 1$ {_^~\\"]


@st.composite
def problems(draw: st.DrawFn, policy: str) -> dict[str, Any]:
    """A problem in one policy, in any style, with some numbers without end."""
    found = draw(
        strategies.problems(
            activations=strategies.RATIONAL if policy == "exact" else strategies.ACTIVATIONS,
            losses=strategies.RATIONAL_LOSSES if policy == "exact" else strategies.LOSSES,
            penalties=True,
            most_layers=3,
            places=draw(st.integers(0, 2)),
            digits=st.integers(0, 8),
            policy=policy,
            optimizers=strategies.WITHOUT_ROOTS if policy == "exact" else strategies.OPTIMIZERS,
        )
    )
    slopes = st.sampled_from(["0", "0.1", "0.25", "1/3"])
    one = draw(st.one_of(st.none(), slopes))
    for layer in found["layers"]:
        if layer["activation"] == "leaky_relu":
            layer["slope"] = one or draw(slopes)
        if layer["activation"] == "elu":
            layer["alpha"] = draw(st.sampled_from(["1", "0.5", "1/3"]))
    if draw(st.booleans()):
        found["layers"][-1]["weights"][0][0] = draw(st.sampled_from(["1/3", "-5/7", "1e-7"]))
    found["numbers"]["style"] = draw(st.sampled_from(["decimal", "fraction"]))
    found["numbers"]["decimal_comma"] = draw(st.booleans())
    if draw(st.booleans()):
        found["loss"]["name"] = draw(st.sampled_from(NAMES))
    found["notation"] = draw(strategies.notations())
    if found["loss"]["kind"] == "huber":
        found["loss"]["delta"] = draw(st.sampled_from(["1", "0.5", "1/3"]))
    return found


@pytest.mark.parametrize("policy", ["display", "exact", "step", "float64"])
def test_every_equation_of_a_random_problem_comes_out(policy: str) -> None:
    views = ["auto", "deltas"] if policy == "step" else ["auto", "deltas", "paths"]

    @settings(
        max_examples=36,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
        phases=[phase for phase in Phase if phase is not Phase.explain],
    )
    @given(problems(policy), st.sampled_from(views))
    def run(source: dict[str, Any], view: str) -> None:
        problem = tracer.load(source)
        if "softmax" in {layer["activation"] for layer in source["layers"]} and view == "paths":
            view = "auto"
        try:
            page = tracer.solve(problem, view=view).render("latex")
        except tracer.InputError as error:
            # values that grow without bound, fractions too, ties that cannot be decided, outputs
            # that are rounded to 0 or 1, which have no logarithm, and numbers too long for a line
            if not re.search(
                "diverge|too large for float64|bits|characters|logarithm|zero|has room for",
                str(error),
            ):
                raise
            reject()
        found = check(page, problem)
        for reason in found.unchecked:
            event(reason.split(":")[0])
            assert reason.startswith(
                ("a power of e beyond", "a division by what may be", "a logarithm of what may be")
            )
        assert_true(found)

    run()


def test_formulas_are_found_one_by_one() -> None:
    assert list(formulas("$1$ and $2$")) == ["1", "2"]
