"""Computational graphs: what is read, what is refused, values and gradients against SymPy."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Any

import mpmath
import pytest
import sympy
from hypothesis import HealthCheck, assume, given, reject, settings
from hypothesis import strategies as st

import tracer
from tests.latex_reader import read
from tests.test_recompute import assert_true, worked_out


def graph(steps: list[str], numbers: dict[str, Any] | None = None, **rest: Any) -> dict[str, Any]:
    """A problem with x = 3, y = -4, z = 1/2 given, and a list v."""
    return {
        "graph": {"given": {"x": 3, "y": -4, "z": "1/2", "v": [1, 2, 3]}, "steps": steps, **rest},
        "numbers": numbers or {},
    }


def solution(*steps: str, **rest: Any) -> tracer.Solution:
    return tracer.solve(tracer.load(graph(list(steps), **rest)))


# What is read

FORMULAS = [
    ("x + y*z", "1"),
    ("x - y - z", "13/2"),
    ("-x^2", "-9"),
    ("(-x)^2", "9"),
    ("x/y/z", "-3/2"),
    ("x*y/z", "-24"),
    ("x/(y*z)", "-3/2"),
    ("2*-x", "-6"),
    ("x·y − z", "-25/2"),
    ("max(x, y) - min(x, y)", "7"),
    ("relu(y) + relu(x)", "3"),
    ("sqrt(x^2 + y^2)", "5"),
    ("sqrt(z/2) + sqrt(-y)", "5/2"),
    ("sum(k = 1..3, v[k])", "6"),
    ("sum(k = 1..2, v[k]*v[k+1])", "8"),
    ("sum(j = 1..2, sum(k = 1..2, v[j]*v[k]))", "9"),
    ("1.5e1*x", "45"),
    ("x/(2 + 2)", "3/4"),
    ("v[2*1+1]", "3"),
]


@pytest.mark.parametrize(("text", "value"), FORMULAS)
def test_a_formula_has_its_value(text: str, value: str) -> None:
    assert solution(f"f = {text}")["f"].exact == Fraction(value)


REFUSED = [
    ("f = x +", "expected a number, a name or a bracket, not the end, at character 8"),
    ("f = 2x", 'expected an operator or the end, not "x", at character 6'),
    ("f x", 'expected "=", not "x", at character 3'),
    ("f = foo(x)", 'no function "foo"; known are exp,'),
    (
        "f = tan(x)",
        'no function "tan", at character 5 of the step, near "f = tan(x)"; did you mean',
    ),
    ("f = max(x)", "max takes 2 arguments, not 1"),
    ("f = x^y", "an exponent is a whole number from 1 to 64"),
    ("f = x^65", "an exponent is a whole number from 1 to 64"),
    ("f = x^2^2", "a power of a power needs brackets"),
    ("f = x; y", '";" has no meaning here'),
    ("f = x.__class__", '"." has no meaning here'),
    ("f = " + "(" * 50, "brackets are nested more than 40 deep"),
    ("f = 1e999", "the exponent of"),
    ("f = q + x", '"q" is not defined'),
    ("f = v[4]", '"v[4]" is not defined; there are v[1] to v[3]'),
    ("f = v[0]", '"v[0]" is not defined; indices of v start at 1; there are v[1] to v[3]'),
    ("f = v", '"v" is not defined; there are v[1] to v[3]'),
    ("f = 2(x)", "; a product is written with *, as in 2*x"),
    ("f = x**2", 'not "*", at character 7 of the step, near "f = x**2"; a power is written with ^'),
    ("f = tnah(x)", 'at character 5 of the step, near "f = tnah(x)"; did you mean "tanh"?'),
    ("f = ln(x)", 'no function "ln", at character 5 of the step, near "f = ln(x)"; did you mean'),
    ("f = v[k]", '"k" is not the variable of a range, nor a size'),
    ("f = v[x/2]", "an index is a whole number such as t-1 or 2*k"),
    ("x = y", '"x" is defined twice'),
    ("exp = y", '"exp" is a function, not a name'),
    ("f = f*x", '"f" depends on itself, directly or by way of other steps'),
    ("f[t] = x for t = 3..1", "the range t = 3..1 is empty"),
    ("f[t] = x for t = 1..99999", "an index of 99,999; at most 10,000"),
    ("f = 3", "every step is a number; nothing to derive"),
    ("f = exp(0)", "no name stands in this step"),
    ("f = 1/(2 - 2)", "division by zero"),
    ("f = ((9^64)^64)^64", "a power of more than 8,192 bits"),
    ("f = x + exp(((9^64)^64)^64)", "a power of more than 8,192 bits"),
    ("a_very_long_name_indeed = x", "is too long for, not a name"),
    ("f = sum(j=1..999, sum(k=1..999, x))", "more than 400,000 numbers and names"),
]


@pytest.mark.parametrize(("step", "message"), REFUSED, ids=lambda text: text[:30])
def test_a_step_that_cannot_be_read_is_said(step: str, message: str) -> None:
    with pytest.raises(tracer.InputError) as caught:
        solution(step)
    (fault,) = caught.value.faults
    assert fault.where.startswith("graph.steps")
    assert message in fault.message


def test_faults_have_their_place_in_the_file() -> None:
    text = '[graph]\ngiven = { x = 1, "2y" = 2 }\nsteps = [\n  "a = x +",\n  "b = q*x",\n]\n'
    with pytest.raises(tracer.InputError) as caught:
        tracer.load(text)
    assert [fault.where for fault in caught.value.faults] == [
        "<text>:2:18",
        "<text>:4:3",
        "<text>:5:3",
    ]
    with pytest.raises(tracer.InputError) as caught:
        tracer.load(text.replace('"2y"', "y"))
    assert [fault.where for fault in caught.value.faults] == ["<text>:4:3", "<text>:5:3"]
    with pytest.raises(tracer.InputError) as caught:  # what "a" was to be is not missing as well
        tracer.load(text.replace('"2y"', "y").replace("q*x", "a*x"))
    assert [fault.where for fault in caught.value.faults] == ["<text>:4:3"]
    with pytest.raises(tracer.InputError, match=r'<text>:5:3: "q" is not defined'):
        tracer.load(text.replace('"2y"', "y").replace("x +", "x + 1"))
    with pytest.raises(
        tracer.InputError, match='"layers" is of a network, and this file has a graph'
    ):
        tracer.load(text + "[[layers]]\nweights = 1\n")


def test_names_that_would_look_the_same_are_refused() -> None:
    with pytest.raises(tracer.InputError, match=r'"h1" and "h\[1\]" would be printed alike'):
        solution("h1 = x", "h[1] = y", "f = h1*h[1]").render("text")


def test_a_recurrence_may_stand_in_any_order() -> None:
    found = solution("f = h[3]", "h[t] = x*h[t-1] + 1 for t = 1..3", "h[0] = 0", output="f")
    assert found["f"].exact == 13
    assert found["df/dx"].exact == 7


def test_a_root_of_less_than_nothing_is_refused() -> None:
    with pytest.raises(tracer.InputError, match="f: the logarithm of a number"):
        solution("f = sqrt(y)")
    with pytest.raises(tracer.InputError, match=r"f: .*or the root of a negative one"):
        tracer.solve(tracer.load(graph(["f = sqrt(y)"], {"policy": "float64"})))
    with pytest.raises(tracer.InputError, match="df/dy: division by zero"):
        solution("f = sqrt(y + 4)")


# Gradients


@pytest.mark.parametrize("policy", ["display", "step", "float64"])
@pytest.mark.parametrize("formula", ["log(x - 3)", "y*log(x - 3)", "log(y)", "sqrt(y)"])
def test_where_there_is_no_number_is_said_of_the_step(formula: str, policy: str) -> None:
    with pytest.raises(tracer.InputError, match=r"^g: the logarithm of a number"):
        solution(f"g = {formula}", "f = g*x", numbers={"policy": policy})


def test_exact_needs_functions_that_give_fractions() -> None:
    assert solution("f = max(x, y)/7", numbers={"policy": "exact"}).render("text")
    with pytest.raises(tracer.InputError, match='"exact" works with fractions, but "g" has exp'):
        solution("h = relu(x)", "g = h + exp(x*h)", "f = g", numbers={"policy": "exact"})


def test_a_derivation_alone_says_of_which_step_it_is() -> None:
    training = {"learning_rate": "0.1"}
    problem = tracer.load({**graph(["f = x^2*y"], gradients=["x"]), "training": training})
    page = tracer.solve(problem, only=["1/x", "1/f", "df/dx"]).render("text")
    assert "x|n=1 = x - γ · ∂f/∂x = 3 - 0.1·(-24) = 5.4" in page
    assert "f|n=1 = x²·y = 5.4²·(-4) = -116.64" in page
    assert "∂f/∂x = 2·x·y = 2·3·(-4) = -24" in page


def test_a_step_without_names_is_given() -> None:
    assert solution("s = -(2 + 2)*3/8", "f = x/s")["f"].exact == -2


def test_the_readme_of_circuits() -> None:
    found = solution("q = x + y", "f = q*z")
    assert {name: found[f"df/d{name}"].exact for name in ("x", "y", "z", "q")} == {
        "x": Fraction(1, 2),
        "y": Fraction(1, 2),
        "z": -1,
        "q": Fraction(1, 2),
    }
    assert "∂f/∂x = ∂f/∂q · ∂q/∂x = ∂f/∂q · 1 = 0.5·1 = 0.5" in found.render("text")


def test_what_the_output_reads_directly_and_through_others_adds_up() -> None:
    found = solution("s = x + y", "f = s*x")
    assert found["df/dx"].exact == 2  # s + x
    assert found["df/dx|direct"].exact == -1
    assert found["df/dx"].expr == sympy.sympify("2*x + y").subs(
        {name: sympy.Symbol(name, real=True) for name in "xy"}
    )


def test_what_the_output_does_not_depend_on_has_a_gradient_of_0() -> None:
    found = solution("f = x*y", gradients=["x", "z", "v"])
    assert [found[f"df/d{name}"].exact for name in ("x", "z", "v[1]")] == [-4, 0, 0]
    assert "∂f/∂z = 0" in found.render("text")


def test_gates_say_which_way_the_gradient_goes() -> None:
    text = " ".join(solution("k = max(x, y)", "r = relu(y)", "f = k*r").render("text").split())
    assert "k is the larger of the two, x: its derivative is 1 by that one" in text
    assert "∂f/∂r · ReLU'(y) = 0·0 + 3·0 = 0" in text
    assert "The derivative of ReLU is 1 where its argument is positive, else 0" in text
    found = solution("a = 3*1 + 0*y", "k = max(x, a)", "f = k*x")
    text = " ".join(found.render("text").split())
    assert "x and a are equal; the second is used, a." in text


def test_what_is_only_of_networks_is_refused() -> None:
    problem = tracer.load(graph(["f = x*y"]))
    with pytest.raises(tracer.InputError, match="paths is a view of networks"):
        tracer.solve(problem, view="paths")
    with pytest.raises(tracer.InputError, match="no such quantity in this graph"):
        tracer.solve(problem, only="dloss/dw1[1,1]")


def test_long_graphs_show_their_steps_with_indices_in_the_question() -> None:
    steps = ("h[0] = 0", "h[t] = x*h[t-1] + sum(k = 1..3, v[k]) for t = 1..20")
    text = " ".join(solution(*steps).render("text").split())
    assert "Σ_{k=1}^{3} v_k for t from 1 to 20" in text
    page = solution(*steps).render("latex")
    assert r"$h_t = x \cdot h_{t-1} + \sum_{k=1}^{3} v_k$ for $t$ from 1 to 20" in page


def test_updates_move_against_the_gradient() -> None:
    training = {"learning_rate": "0.1", "steps": 2}
    problem = {**graph(["f = x^2*y"], gradients=["x"]), "training": training}
    found = tracer.solve(tracer.load(problem))
    x = Fraction(3)
    for step in (1, 2):
        x -= Fraction(1, 10) * 2 * x * -4
        assert found[f"{step}/x"].exact == x
    assert found["2/f"].exact == x**2 * -4
    with pytest.raises(KeyError):
        found["2/df/dx"]


NAMES = ("x", "y", "z")


@st.composite
def formulas(draw: st.DrawFn, names: tuple[str, ...], depth: int = 2) -> str:
    if depth == 0 or draw(st.integers(0, 3)) == 0:
        return draw(st.sampled_from([*names, *names, "2", "0.5", "1"]))
    inner = formulas(names, depth - 1)
    kind = draw(st.sampled_from(["+", "-", "*", "*", "/", "^", "call", "neg"]))
    if kind == "call":
        function = draw(st.sampled_from(["exp", "sqrt", "tanh", "sigmoid", "softplus"]))
        return f"{function}({draw(inner)})"
    if kind == "^":
        return f"({draw(inner)})^{draw(st.integers(1, 3))}"
    if kind == "neg":
        return f"-({draw(inner)})"
    return f"({draw(inner)}) {kind} ({draw(inner)})"


@st.composite
def graphs(draw: st.DrawFn) -> list[str]:
    names = NAMES
    steps = []
    for number in range(draw(st.integers(1, 4))):
        steps.append(f"s{number} = {draw(formulas(names))} + 0*x")
        names = (*names, f"s{number}")
    return [*steps, f"f = {draw(formulas(names))} + 0*x*y*z + x - x"]


def in_sympy(steps: list[str]) -> sympy.Expr:
    """The output composed by SymPy's own reader of text; nothing of the package is used."""
    space: dict[str, Any] = {
        "sigmoid": lambda x: 1 / (1 + sympy.exp(-x)),
        "softplus": lambda x: sympy.log(1 + sympy.exp(x)),
    }
    space |= {name: sympy.Symbol(name) for name in NAMES}
    for step in steps:
        name, _, text = step.partition(" = ")
        space[name] = sympy.sympify(text.replace("^", "**"), space, rational=True)
    return space["f"]


@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
@given(graphs(), st.lists(st.integers(-12, 12), min_size=3, max_size=3))
def test_random_graphs_have_sympys_gradients_and_come_out(
    steps: list[str], values: list[int]
) -> None:
    numbers = {name: Fraction(value, 8) for name, value in zip(NAMES, values, strict=True)}
    problem = {
        "graph": {"given": {name: str(value) for name, value in numbers.items()}, "steps": steps},
        "numbers": {"digits": 6},
    }
    try:
        loaded = tracer.load(problem)
        found = tracer.solve(loaded)
    except tracer.InputError as error:
        if not re.search(
            "division by zero|beyond|no finite|bits|no name stands|logarithm", str(error)
        ):
            raise
        reject()
    expression = in_sympy(steps)
    point = {sympy.Symbol(name): sympy.Rational(str(value)) for name, value in numbers.items()}
    with mpmath.workdps(40):
        for name in NAMES:
            true = sympy.diff(expression, sympy.Symbol(name)).subs(point).evalf(40)
            if not true.is_real:
                assume(False)
            shown = mpmath.mpf(str(found[f"df/d{name}"].value))
            bound = mpmath.mpf("0.5e-6") * (1 + mpmath.mpf("1e-9"))
            is_scientific = not 1e-5 <= abs(shown) < 1e15  # three digits are shown
            relative = abs(mpmath.mpf(str(true))) * mpmath.mpf("0.006")
            assert abs(shown - mpmath.mpf(str(true))) <= max(bound, relative * is_scientific)
    assert_true(worked_out(read(found.render("latex")), loaded))
