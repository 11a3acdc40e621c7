"""The package against independent oracles.

A plain reference in loops (`reference.py`), difference quotients of its loss, and SymPy's
derivative of a loss that is composed here.
"""

from __future__ import annotations

import json
import operator
import random
import re
import subprocess
import sys
import time
import tomllib
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import suppress
from decimal import Decimal
from fractions import Fraction
from functools import reduce
from itertools import pairwise
from math import prod
from pathlib import Path
from typing import Any

import mpmath
import pytest
import sympy
from hypothesis import HealthCheck, assume, given, reject, settings
from hypothesis import strategies as st
from sympy import Expr, Integer, Piecewise, Rational, Symbol
from sympy.core.relational import Relational
from sympy.logic.boolalg import BooleanAtom

import tracer
from tests import conventions, reference, strategies
from tests.conftest import NETWORKS
from tracer import ids, schema, trace
from tracer.activations import ACTIVATIONS
from tracer.graph import softmax_template
from tracer.losses import LOSSES, meaning, shortcut

EXAMPLES = Path(__file__).parent.parent / "examples"
NAMES = [path.stem for path in NETWORKS]
# of which not every step is printed: compared in tests of their own
LONG_RUNS = ("xor", "long-run")

# below this a value may be what is left of a cancellation, and 0 in truth
TINY = mpmath.mpf(10) ** -30


def generously(examples: int) -> Callable[[Any], Any]:
    return settings(
        max_examples=examples, deadline=None, suppress_health_check=[HealthCheck.too_slow]
    )


def example(name: str, **numbers: Any) -> dict[str, Any]:
    """An example as a dict of texts, with some of its [numbers] replaced.

    Other digits are those of every kind of quantity.
    """
    text = (EXAMPLES / f"{name}.toml").read_text(encoding="utf-8")
    problem = conventions.canonical(tomllib.loads(text, parse_float=str))
    old = problem.get("numbers", {})
    if "digits" in numbers:
        old = {key: value for key, value in old.items() if "digits" not in key and "sig" not in key}
    problem["numbers"] = old | numbers
    return problem


def network(
    *layers: tuple[list[list[Any]], list[Any] | bool, str],
    data: list[tuple[list[Any], list[Any]]],
    steps: int = 0,
    rate: str = "0.1",
    numbers: Mapping[str, Any] | None = None,
    **loss: Any,
) -> dict[str, Any]:
    keys = ("weights", "biases", "activation")
    return {
        "layers": [dict(zip(keys, layer, strict=True)) for layer in layers],
        "data": [{"inputs": inputs, "targets": targets} for inputs, targets in data],
        "loss": loss,
        "training": {"learning_rate": rate, "steps": steps},
        "numbers": dict(numbers or {}),
    }


def solve(problem: Mapping[str, Any], *only: str) -> tracer.Solution:
    return tracer.solve(tracer.load(problem), only=only)


def gradients(problem: Mapping[str, Any]) -> list[str]:
    net = reference.read(problem)
    return [f"dloss/d{name}" for name in reference.parameters(net) if name not in net.frozen]


def random_numbers(
    rng: random.Random, sizes: tuple[int, ...], activations: tuple[str, ...], samples: int
) -> dict[str, Any]:
    """A network of the given shape with random decimals."""

    def numbers(count: int) -> list[str]:
        return [str(Decimal(rng.randint(-1500, 1500)) / 1000) for _ in range(count)]

    shape = zip(sizes, sizes[1:], activations, strict=False)
    return network(
        *(([numbers(below) for _ in range(size)], numbers(size), f) for below, size, f in shape),
        data=[(numbers(sizes[0]), numbers(sizes[-1])) for _ in range(samples)],
    )


# every quantity against the reference


def assert_printed(
    found: Decimal,
    true: Any,
    digits: int,
    name: str = "",
    printed: Callable[[Any, int], Fraction] = reference.printed,
) -> None:
    """``found`` is ``true`` as it is to be printed."""
    if isinstance(true, Fraction):
        assert Fraction(found) == printed(true, digits), (name, found, true)
        return
    if abs(true) < TINY:  # as it is: a Fraction of 2^-10^9 would fill the memory
        # which of the two it is can't be told from here: the rest of a cancellation, or so small
        assert abs(found) <= Decimal("2e-30"), (name, found, float(true))
        return
    value, true = Fraction(found), reference.exactly(true)
    nudge = abs(true) / 10**25
    allowed = {printed(true + d, digits) for d in (-nudge, 0, nudge)}
    assert value in allowed, (name, found, mpmath.mpf(true.numerator) / true.denominator)


NEVER = 10**9


def solve_or_diverge(
    problem: Mapping[str, Any], expected: Mapping[str, Any]
) -> tracer.Solution | None:
    """The solution; None where values grow so much that the problem is rightly refused."""
    if all(abs(value) < 10**100 for value in expected.values()):
        return solve(problem)
    with pytest.raises(tracer.InputError) as caught:
        solve(problem)
    (fault,) = caught.value.faults
    assert abs(expected[fault.where]) >= 10**100
    return None


def undecidable(problem: Mapping[str, Any], values: Mapping[str, Any]) -> bool:
    """Whether some neuron sits on its kink, as far as irrational numbers show."""
    kinked = [_is_among(reference.KINKED, layer) for layer in problem["layers"]]
    for name, value in values.items():
        found = ids.parse(name)
        assert found is not None
        on_a_kink = found.wrt is None and found.of.kind == "p" and kinked[found.of.layer - 1]
        if on_a_kink and not isinstance(value, Fraction) and abs(value) < TINY:
            return True
    return problem.get("loss", {}).get("kind") in ("absolute_error", "huber", "hinge") and any(
        not isinstance(distance, Fraction) and abs(distance) < TINY
        for distance in _loss_distances(problem, values)
    )


def _is_among(names: Collection[str], layer: Mapping[str, Any]) -> bool:
    """Whether a layer's activation is; of a formula, whether it has a function of those."""
    if "formula" not in layer:
        return layer["activation"] in names
    called = set(re.findall("[a-z]{2,}", layer["formula"]))
    if names is strategies.RATIONAL:
        return called <= {"abs", "relu", "max", "min"}
    return bool(called & {"abs", "relu", "max", "min"})


def saturated(problem: Mapping[str, Any], values: Mapping[str, Any]) -> bool:
    """Whether the logarithm of an output, or of what it lacks to 1, is too much for 60 digits."""
    if problem["loss"].get("kind") not in schema.IRRATIONAL_LOSSES:
        return False
    last = len(problem["layers"])
    outputs = (
        value for name, value in values.items() if ids.split_step(name)[1].startswith(f"l{last}[")
    )
    return any(min(value, 1 - value) < 10**-20 for value in outputs)


def _loss_distances(problem: Mapping[str, Any], values: Mapping[str, Any]) -> Iterator[Any]:
    """How far each output is from the kinks of its loss."""
    net = reference.read(problem)
    last = len(net.layers)
    for name, y in values.items():
        found = ids.parse(name)
        assert found is not None
        if found.wrt is not None or (found.of.kind, found.of.layer) != ("l", last):
            continue
        t = net.targets[found.sample - 1][found.of.j - 1]
        error = reference.plus(y, -t)
        if net.kind == "hinge":
            yield reference.plus(reference.times(t, y), Fraction(-1))
        elif net.kind == "huber":
            yield from (reference.plus(error, net.delta), reference.plus(error, -net.delta))
        else:
            yield error


def first_long(values: Mapping[str, Any], longest: int = 4000) -> int:
    """The first state with a parameter, or what is kept of one, too long to be kept exact."""
    states = [NEVER]
    for name, value in values.items():
        found = ids.parse(name)
        assert found is not None
        kept = found.wrt is None and (found.of.kind in "wba" or "." in name or name.endswith("^t"))
        if kept and isinstance(value, Fraction) and reference.bits(value) > longest:
            states.append(found.step)
    return min(states)


def assert_agrees(problem: Mapping[str, Any], expected: Mapping[str, Any]) -> None:
    solution = solve_or_diverge(problem, expected)
    if solution is None:
        return
    optional = set() if problem.get("training", {}).get("steps") else {"learning_rate"}
    assert set(solution.ids) - optional == set(expected) - optional
    digits = problem["numbers"].get("digits", 5)
    long_from = first_long(expected)
    given_numbers = _given(problem)
    rational = all(_is_among(strategies.RATIONAL, layer) for layer in problem["layers"])
    rational &= problem.get("optimizer", {}).get("kind") not in strategies.SQUARES
    for name in solution.ids:
        quantity, true = solution[name], expected[name]
        found = ids.parse(name)
        assert found is not None
        if name in given_numbers:
            # all of it, if its decimals end
            assert quantity.exact == true, name
            expected_value = true if decimals_end(true) else reference.printed(true, digits)
            assert Fraction(quantity.value) == expected_value, name
            continue
        first_sums = found.step == 0 and found.wrt is None and (found.of.kind, found.of.layer)
        if isinstance(true, Fraction) and (rational or first_sums == ("p", 1)):
            if found.step < long_from and reference.bits(true) < 4000:
                assert quantity.exact == true, name
        elif quantity.exact is not None:
            # that a product with an irrational factor is 0 may be known, and need not be; that
            # irrational terms cancel may be shown
            if isinstance(true, Fraction):
                assert quantity.exact == true, name
            else:
                assert abs(quantity.exact - reference.exactly(true)) < Fraction(1, 10**30), name
        by_logarithm = problem.get("loss", {}).get("kind") in schema.IRRATIONAL_LOSSES
        last = (found.wrt, found.of.kind, found.of.layer) == (None, "l", len(problem["layers"]))
        how = reference.printed_apart_from_one if by_logarithm and last else reference.printed
        if is_state(name):
            how = reference.figures
        assert_printed(quantity.value, true, digits, name, how)


def is_state(name: str) -> bool:
    """Whether it is what an optimiser keeps or works out, which has at least three figures."""
    return "." in name or name.endswith("^t")


def decimals_end(value: Fraction) -> bool:
    rest = value.denominator
    for factor in (2, 5):
        while rest % factor == 0:
            rest //= factor
    return rest == 1


def _given(problem: Mapping[str, Any]) -> dict[str, Any]:
    net = reference.read(problem)
    parameters = reference.parameters(net)
    kept = reference.kept(net, parameters, 0) if net.steps else {}
    rates = {ids.at_step("learning_rate", n): reference.rate(net, n) for n in range(net.steps or 1)}
    return parameters | reference.given(net) | kept | rates


@generously(200)
@given(strategies.problems(optimizers=strategies.OPTIMIZERS))
def test_every_quantity_agrees_with_the_reference(problem: dict[str, Any]) -> None:
    expected = reference.solve(problem)
    assume(not undecidable(problem, expected))
    assert_agrees_or_ties(problem, expected)


def assert_agrees_or_ties(problem: Mapping[str, Any], expected: Mapping[str, Any]) -> None:
    try:
        assert_agrees(problem, expected)
    except tracer.InputError as error:
        # irrational numbers whose sum is rational may lie on a tie, which nothing can prove
        (fault,) = error.faults
        digits = problem["numbers"].get("digits", 5)
        scaled = abs(reference.exactly(expected[fault.where])) * 10**digits
        assert abs(scaled % 1 - Fraction(1, 2)) < Fraction(1, 10**30), fault
        assert "can't be proven" in fault.message


@generously(200)
@given(strategies.problems(losses=strategies.LOSSES, penalties=True, most_layers=3, most_neurons=3))
def test_every_loss_agrees_with_the_reference(problem: dict[str, Any]) -> None:
    try:
        expected = reference.solve(problem)
    except ZeroDivisionError:
        reject()  # an output that 60 digits cannot tell from 0 or 1
    assume(not undecidable(problem, expected))
    assume(not saturated(problem, expected))
    assert_agrees_or_ties(problem, expected)


@generously(60)
@given(
    strategies.problems(
        activations=strategies.RATIONAL, most_layers=3, optimizers=strategies.WITHOUT_ROOTS
    )
)
def test_rational_networks_are_exact_throughout(problem: dict[str, Any]) -> None:
    expected = reference.solve(problem)
    assert_agrees(problem, expected)
    assert all(isinstance(value, Fraction) for value in expected.values())


@pytest.mark.parametrize("name", [name for name in NAMES if name not in LONG_RUNS])
@pytest.mark.parametrize("digits", [0, 2, 5, 15, 40])
def test_examples_agree_with_the_reference(name: str, digits: int) -> None:
    problem = example(name, policy="display", digits=digits, style="decimal")
    assert_agrees(problem, reference.solve(problem))


def test_a_sum_that_is_0_only_in_exact_arithmetic_is_on_the_kink() -> None:
    problem = network(
        ([["0.1", "0.2", "-0.3"]], False, "relu"),
        ([["1"]], ["0.5"], "identity"),
        data=[([1, 1, 1], [1])],
        steps=1,
    )
    solution = solve(problem)
    assert solution["p1[1](1)"].exact == 0
    assert solution["dl1[1]/dp1[1](1)"].exact == 0
    assert solution["dloss/dw1[1,1]"].exact == 0
    assert_agrees(problem, reference.solve(problem))


def test_ties_round_away_from_zero() -> None:
    for sign, expected in ((1, "0.13"), (-1, "-0.13")):
        problem = network(
            ([[1]], [0], "identity"),
            data=[([str(sign * Decimal("0.125"))], [0])],
            numbers={"digits": 2},
        )
        assert str(solve(problem)["p1[1](1)"].value) == expected


@pytest.mark.parametrize(("weight", "digits"), [("0.15", 1), ("0.001", 2), ("-0.25", 1)])
def test_a_dead_neuron_below_a_sigmoid_keeps_its_exact_weight(weight: str, digits: int) -> None:
    problem = network(
        ([[weight]], [-1], "relu"),
        ([["0.4"]], ["0.3"], "sigmoid"),
        data=[([1], [1])],
        steps=2,
        numbers={"digits": digits},
    )
    solution = solve(problem)
    assert solution["dloss/dw1[1,1]"].value == 0
    expected = reference.printed(Fraction(weight), digits)
    assert Fraction(solution["1/w1[1,1]"].value) == expected
    assert_agrees(problem, reference.solve(problem))


def test_inputs_stay_exact_in_later_steps() -> None:
    problem = network(
        ([["0.4"]], ["0.3"], "sigmoid"),
        data=[(["0.15"], [1])] * 2,
        steps=2,
        samples="mean",
        numbers={"digits": 1},
    )
    solution = solve(problem)
    assert solution["1/dp1[1]/dw1[1,1](1)"].exact == Fraction(3, 20)
    assert_agrees(problem, reference.solve(problem))


@pytest.mark.parametrize("samples", [1, 2])
def test_every_id_of_a_solution_is_found_and_is_its_own(samples: int) -> None:
    problem = network(
        ([["0.5"]], ["0.1"], "identity"), data=[([1], [2]), ([3], [4])][:samples], steps=2
    )
    solution = solve(problem)
    for name in solution.ids:
        assert solution[name].id == name
        assert solve(problem, name)[name].value == solution[name].value


# gradients against difference quotients


def assert_slopes(problem: dict[str, Any]) -> int:
    """Compare every gradient with the difference quotient of the loss; how many there were."""
    problem = problem | {"numbers": {"policy": "display", "digits": 30}}
    problem["training"] = {"learning_rate": "0.1", "steps": 0}
    if tracer.load(problem).forward_only:
        return len(gradients(problem))
    solution = solve(problem)
    compared = 0
    for name in gradients(problem):
        quotient = reference.difference_quotient(problem, name.removeprefix("dloss/d"))
        if quotient is None:
            continue
        true = reference.exactly(quotient)
        value = Fraction(solution[name].value)
        assert abs(value - true) <= (abs(true) + 1) / 10**20, (name, float(value), float(true))
        compared += 1
    return compared


@generously(30)
@given(strategies.problems(activations=("step", "sigmoid", "identity"), most_steps=0))
def test_forward_passes_through_steps_agree_with_the_reference(problem: dict[str, Any]) -> None:
    expected = reference.solve(problem)
    assume(not undecidable(problem, expected))
    assert_agrees(problem, expected)


@pytest.mark.parametrize("name", NAMES)
def test_gradients_of_examples_are_slopes_of_the_loss(name: str) -> None:
    problem = example(name)
    compared = assert_slopes(problem)
    assert compared >= len(gradients(problem)) - 3  # dead-relu has a neuron on its kink


@generously(60)
@given(
    strategies.problems(
        losses=strategies.LOSSES,
        penalties=True,
        most_layers=3,
        most_neurons=3,
        most_samples=3,
        most_steps=0,
    )
)
def test_gradients_are_slopes_of_the_loss(problem: dict[str, Any]) -> None:
    assume(not undecidable(problem, reference.solve(problem)))
    assert_slopes(problem)


# `.expr` against SymPy's derivative of a loss composed here


def symbol(name: str) -> Symbol:
    return Symbol(name, real=True)


def _sympy_activation(name: str, parameter: Rational, x: Expr) -> Expr:
    return {
        "identity": lambda: x,
        "relu": lambda: Piecewise((x, x > 0), (0, True)),
        "leaky_relu": lambda: Piecewise((x, x > 0), (parameter * x, True)),
        "elu": lambda: Piecewise((x, x > 0), (parameter * (sympy.exp(x) - 1), True)),
        "gelu": lambda: x / 2 * (1 + sympy.erf(x / sympy.sqrt(2))),
        "silu": lambda: x / (1 + sympy.exp(-x)),
        "sigmoid": lambda: 1 / (1 + sympy.exp(-x)),
        "tanh": lambda: sympy.tanh(x),
        "softplus": lambda: sympy.log(1 + sympy.exp(x)),
    }[name]()


def _sympy_formula(formula: str, x: Expr) -> Expr:
    def size(u: Expr) -> Expr:
        return Piecewise((u, u > 0), (-u, u < 0), (0, True))

    return sympy.parse_expr(formula.replace("^", "**"), {"abs": size, "x": x})


def composed_loss(problem: Mapping[str, Any]) -> Expr:
    """The loss as one expression in weights, biases, inputs and targets."""
    held = {name: group[0] for group in problem.get("shared", []) for name in group}

    def parameter_at(name: str) -> Symbol:
        return symbol(held.get(name, name))

    total = Integer(0)
    loss = problem.get("loss", {})
    for n, sample in enumerate(problem["data"], start=1):
        width = len(problem["layers"][0]["weights"][0])
        outs = [symbol(f"l0[{k}]({n})") for k in range(1, width + 1)]
        for i, layer in enumerate(problem["layers"], start=1):
            parameter = Rational(str(layer.get("slope", layer.get("alpha", "0.01"))))
            new = []
            for j, row in enumerate(layer["weights"], start=1):
                p = sum(
                    parameter_at(f"w{i}[{j},{k}]") * outs[k - 1] for k in range(1, len(row) + 1)
                )
                if "thresholds" in layer:
                    p -= parameter_at(f"b{i}[{j}]")
                elif layer["biases"] is not False:
                    p += parameter_at(f"b{i}[{j}]") * Rational(str(layer.get("constant", 1)))
                if "formula" in layer:
                    new.append(_sympy_formula(layer["formula"], p))
                    continue
                if "slopes" in layer:
                    new.append(Piecewise((p, p > 0), (parameter_at(f"a{i}[{j}]") * p, True)))
                    continue
                new.append(_sympy_activation(layer["activation"], parameter, p))
            outs = new
        errors = sum((symbol(f"t[{j}]({n})") - y) ** 2 for j, y in enumerate(outs, start=1))
        del sample
        total += errors / len(outs) if loss.get("outputs") == "mean" else errors
    if loss.get("samples") == "mean":
        total /= len(problem["data"])
    return Rational(str(loss.get("factor", 1))) * total


def value_at(expr: Any, known: dict[Any, Any]) -> Any:
    """An expression's value where its symbols have those in ``known``: exact while rational."""
    if expr not in known:
        known[expr] = _value_at(expr, known)
    return known[expr]


def _value_at(expr: Any, known: dict[Any, Any]) -> Any:
    if isinstance(expr, Rational):
        return Fraction(int(expr.p), int(expr.q))
    if expr == sympy.pi:
        return +mpmath.pi
    if isinstance(expr, Piecewise):
        return next(value_at(e, known) for e, condition in expr.args if value_at(condition, known))
    if isinstance(expr, sympy.ITE):
        test, yes, no = expr.args
        return value_at(yes if value_at(test, known) else no, known)
    if isinstance(expr, (sympy.And, sympy.Or)):
        combine = all if isinstance(expr, sympy.And) else any
        return combine(value_at(arg, known) for arg in expr.args)
    if isinstance(expr, BooleanAtom):
        return bool(expr)
    args = [value_at(arg, known) for arg in expr.args]
    if isinstance(expr, sympy.Not):
        return not args[0]
    if isinstance(expr, Relational):
        return RELATIONS[type(expr)](reference.plus(args[0], -args[1]), 0)
    if isinstance(expr, (sympy.Add, sympy.Mul)):
        return reduce(reference.plus if isinstance(expr, sympy.Add) else reference.times, args)
    if isinstance(expr, sympy.Pow):
        if args[1].denominator == 2:
            return mpmath.sqrt(reference.real(args[0])) ** args[1].numerator
        assert args[1].denominator == 1
        return args[0] ** int(args[1])
    return getattr(mpmath, type(expr).__name__)(reference.real(args[0]))


RELATIONS = {
    sympy.StrictGreaterThan: operator.gt,
    sympy.GreaterThan: operator.ge,
    sympy.StrictLessThan: operator.lt,
    sympy.LessThan: operator.le,
}


def assert_same_function(first: Expr, second: Expr, seed: int, points: int = 4) -> None:
    """Both have the same values at random rational points: exact, or to 50 digits."""
    symbols = sorted(first.free_symbols | second.free_symbols, key=str)
    rng = random.Random(seed)
    for _ in range(points):
        values = [Fraction(rng.randint(-999, 999), rng.randint(300, 700)) for _ in symbols]
        with mpmath.mp.workdps(70):
            known = dict(zip(symbols, values, strict=True))
            a, b = value_at(first, dict(known)), value_at(second, dict(known))
            if isinstance(a, Fraction) and isinstance(b, Fraction):
                assert a == b
            else:
                assert first.has(sympy.exp, sympy.tanh, sympy.erf)
                assert abs(a - b) <= mpmath.mpf(10) ** -50 * (1 + abs(a))


SHAPES = {
    "two outputs": ((2, 2, 2), ("sigmoid", "identity"), 1, {}),
    "mean of all": ((2, 2, 2), ("tanh", "sigmoid"), 2, {"samples": "mean", "outputs": "mean"}),
    "softplus": ((1, 2, 1), ("softplus", "softplus"), 2, {"factor": "1/2"}),
    "leaky": ((2, 2, 1), ("leaky_relu", "leaky_relu"), 2, {"samples": "mean"}),
    "elu and silu": ((2, 2, 1), ("elu", "silu"), 2, {}),
    "gelu": ((1, 2, 1), ("gelu", "gelu"), 1, {}),
    "three layers": ((1, 2, 2, 1), ("tanh", "relu", "identity"), 1, {"factor": "3"}),
    "one layer": ((3, 2), ("identity",), 3, {"outputs": "mean"}),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_expr_is_the_derivative_of_the_composed_loss(shape: str) -> None:
    sizes, activations, samples, loss = SHAPES[shape]
    problem = random_numbers(random.Random(shape), sizes, activations, samples) | {"loss": loss}
    if shape == "elu and silu":
        problem["layers"][0]["alpha"] = "2/3"
    if shape == "leaky":
        problem["layers"][0]["slope"] = "1/7"
    solution = solve(problem)
    whole = composed_loss(problem)
    assert_same_function(solution["loss"].expr, whole, 1)
    for name in gradients(problem):
        wrt = symbol(name.removeprefix("dloss/d"))
        assert_same_function(solution[name].expr, sympy.diff(whole, wrt), 2)


def test_expr_of_the_deck_is_the_derivative_of_its_composed_loss() -> None:
    problem = example("deck")
    solution = solve(problem)
    whole = composed_loss(problem)
    for name in gradients(problem):
        found = solution[name].expr
        true = sympy.diff(whole, symbol(name.removeprefix("dloss/d")))
        assert found.free_symbols == true.free_symbols
        assert_same_function(found, true, 3)

        # and as polynomials, where every neuron is active: in full
        def active(expr: Expr) -> Expr:
            found = expr.replace(lambda e: isinstance(e, Piecewise), lambda e: e.args[0].expr)
            assert not found.has(Piecewise)
            return sympy.Poly(found, *sorted(found.free_symbols, key=str))

        assert active(found) == active(true)


@pytest.mark.parametrize("activation", ["sigmoid", "tanh", "softplus", "identity", "gelu", "silu"])
def test_expr_of_one_neuron_equals_the_derivative_in_full(activation: str) -> None:
    problem = network(([["0.3", "-0.2"]], ["0.1"], activation), data=[([1, 2], [1])])
    solution = solve(problem)
    whole = composed_loss(problem)
    for name in gradients(problem):
        true = sympy.diff(whole, symbol(name.removeprefix("dloss/d")))
        difference = (solution[name].expr - true).rewrite(sympy.exp)
        assert sympy.simplify(difference) == 0


def test_expr_of_a_smooth_network_of_two_layers_equals_the_derivative_in_full() -> None:
    problem = network(
        ([["0.3"]], ["0.1"], "sigmoid"),
        ([["0.7"], ["-0.6"]], False, "identity"),
        data=[([1], [1, 0])],
        factor="1/2",
        outputs="mean",
    )
    solution = solve(problem)
    whole = composed_loss(problem)
    for name in gradients(problem):
        true = sympy.diff(whole, symbol(name.removeprefix("dloss/d")))
        assert sympy.simplify(solution[name].expr - true) == 0


# the rows of data


def _rows() -> list[tuple[str, Rational]]:
    own = {"leaky_relu": Rational(1, 7), "elu": Rational(2, 7), "softmax": Rational(3, 2)}
    return [(name, own.get(name, Rational(0))) for name in ACTIVATIONS]


def test_every_activation_of_a_problem_has_a_row() -> None:
    assert set(ACTIVATIONS) == {*strategies.ACTIVATIONS, *strategies.FORWARD_ONLY, "prelu"}
    assert all(name == row.name for name, row in ACTIVATIONS.items())


@pytest.mark.parametrize(("name", "parameter"), _rows())
def test_activation_rows(name: str, parameter: Rational) -> None:
    row = ACTIVATIONS[name]
    x, y = symbol("x"), symbol("y")
    formula = row.formula(x, parameter)
    derivative = sympy.diff(formula, x)
    if row.textbook is None:
        left = {"elu": parameter * sympy.exp(-3), "step": 0}.get(name, parameter)
        sides = {-3: left, 0: 0 if name == "step" else parameter, 2: 0 if name == "step" else 1}
        for value, expected in sides.items() if name != "gelu" else ():
            assert derivative.subs(x, value) == expected
    else:
        assert name != "gelu"
        difference = row.textbook(x, y).subs(y, formula) - derivative
        assert sympy.simplify(difference.rewrite(sympy.exp)) == 0
    if row.definition is not None:
        assert sympy.simplify(row.definition(x) - formula) == 0
    own = Fraction(int(parameter.p), int(parameter.q))
    with mpmath.mp.workdps(50):
        numeric, numeric_slope = (sympy.lambdify(x, e, "mpmath") for e in (formula, derivative))
        h = mpmath.mpf(10) ** -15
        for text in ("-7.25", "-1.5", "-0.001", "0.001", "0.3", "2", "9.125"):
            value = mpmath.mpf(text)
            if name == "softmax":
                continue
            assert mpmath.almosteq(numeric(value), reference.activate(name, own, value), 1e-45)
            quotient = (numeric(value + h) - numeric(value - h)) / (2 * h)
            assert mpmath.almosteq(quotient, numeric_slope(value), 1e-20, 1e-25)
            mine = reference.slope_at(name, own, value)
            assert mpmath.almosteq(reference.real(mine), numeric_slope(value), 1e-40)


@pytest.mark.parametrize("name", LOSSES)
def test_loss_rows(name: str) -> None:
    row = LOSSES[name]
    t, y = symbol("t"), symbol("y")
    delta = Rational(2, 5)
    formula = meaning(row.formula(t, y), delta)
    derivative = sympy.diff(formula, y)
    constants, factors = row.textbook(t, y)
    printed = meaning(prod(constants) * prod(factors), delta)
    places = [("1", "3/7"), ("0", "4/9"), ("1", "1/9"), ("1/3", "8/9")]
    if name not in ("binary_cross_entropy", "cross_entropy"):
        places += [("-2/3", "5/4"), ("1", "8/5"), ("-1", "-3"), ("-1", "-1/2")]
    with mpmath.mp.workdps(50):
        value, exact, written = (
            sympy.lambdify((t, y), expr, "mpmath") for expr in (formula, derivative, printed)
        )
        h = mpmath.mpf(10) ** -15
        problem = {"layers": [{"weights": [[1]], "biases": False, "activation": "identity"}]}
        net = reference.read(problem | {"data": [], "loss": {"kind": name, "delta": "2/5"}})
        for texts in places:
            a, b = (reference.real(Fraction(text)) for text in texts)
            quotient = (value(a, b + h) - value(a, b - h)) / (2 * h)
            assert mpmath.almosteq(quotient, exact(a, b), 1e-20, 1e-25)
            assert mpmath.almosteq(written(a, b), exact(a, b), 1e-40)
            own = [Fraction(text) for text in texts]
            for mine, true in (
                (reference.loss_of(net, *own), value(a, b)),
                (reference.loss_slope_of(net, *own), exact(a, b)),
            ):
                assert mpmath.almosteq(reference.real(mine), true, 1e-40, 1e-45)


@pytest.mark.parametrize("count", [1, 2, 4])
def test_softmax_rows(count: int) -> None:
    row = ACTIVATIONS["softmax"]
    template = softmax_template(count)
    own, *others = template.symbols
    total = sum(sympy.exp(x) for x in template.symbols)
    assert sympy.simplify(template.expr - sympy.exp(own) / total) == 0
    outputs = [sympy.exp(x) / total for x in template.symbols]
    y, z = symbol("y"), symbol("z")
    assert sympy.simplify(row.textbook(own, outputs[0]) - sympy.diff(outputs[0], own)) == 0
    for x, output in zip(others, outputs[1:], strict=True):
        cross = row.cross(y, z).subs({y: outputs[0], z: output})
        assert sympy.simplify(cross - sympy.diff(outputs[0], x)) == 0


def test_shortcuts_are_the_chain_rule() -> None:
    t, y, x = symbol("t"), symbol("y"), symbol("x")
    assert {(name, row.shortcut) for name, row in LOSSES.items() if row.shortcut} == set(
        schema.SHORTCUTS
    )
    sigma = ACTIVATIONS["sigmoid"].formula(x, Integer(0))
    own = LOSSES["binary_cross_entropy"].formula(t, y).doit().subs(y, sigma)
    assert sympy.simplify(sympy.diff(own, x) - shortcut(t, sigma)) == 0
    targets = sympy.symbols("t:3", real=True)
    template = softmax_template(3)
    outputs = [
        template.filled((x, *(other for other in template.symbols if other != x)))
        for x in template.symbols
    ]
    formula = LOSSES["cross_entropy"].formula
    whole = sum(formula(a, y).doit().subs(y, b) for a, b in zip(targets, outputs, strict=True))
    for a, b, x in zip(targets, outputs, template.symbols, strict=True):
        difference = sympy.diff(whole, x) - shortcut(a, b)
        assert sympy.simplify(difference.subs(targets[2], 1 - targets[0] - targets[1])) == 0


# the trace itself


def assert_sound(problem: Mapping[str, Any]) -> None:
    """Every id once, readable, and after all that its rule uses."""
    found = trace.build(tracer.load(problem))
    seen: set[str] = set()
    for quantity in (*found.quantities, *found.updates):
        assert quantity.id not in seen
        assert set(quantity.uses) <= seen, quantity.id
        parsed = ids.parse(quantity.id)
        assert parsed is not None
        assert str(parsed) == quantity.id
        for step in (1, 12):
            if parsed.step == 0 and not ids.is_datum(quantity.id):
                later = ids.parse(ids.at_step(quantity.id, step))
                assert later is not None
                assert (later.of, later.wrt, later.sample) == (parsed.of, parsed.wrt, parsed.sample)
                assert later.step == step
        seen.add(quantity.id)
    steps = problem.get("training", {}).get("steps", 1) if "training" in problem else 0
    # no update is left out: the last that is made of a parameter is the parameter
    made = {quantity.id for quantity in found.updates}
    parameters = {f"1/{name.removeprefix('dloss/d')}" for name in gradients(problem)}
    assert parameters <= made if steps else not made


@generously(100)
@given(strategies.problems(optimizers=strategies.OPTIMIZERS))
def test_traces_are_sound(problem: dict[str, Any]) -> None:
    assert_sound(problem)


@pytest.mark.parametrize("name", NAMES)
def test_traces_of_examples_are_sound(name: str) -> None:
    assert_sound(example(name))


@generously(40)
@given(strategies.problems(activations=strategies.RATIONAL, most_layers=3, most_steps=0))
def test_products_along_paths_sum_to_the_gradient(problem: dict[str, Any]) -> None:
    solution = solve(problem)
    samples = range(1, len(problem["data"]) + 1)
    widths = [len(layer["weights"]) for layer in problem["layers"]]
    for name in gradients(problem):
        found = solution[name].chain
        layer = int(name.removeprefix("dloss/d")[1])
        assert len(set(found)) == len(found) == prod(widths[layer:])
        total = Fraction(0)
        share = reference.share(reference.read(problem))
        for n in samples:
            for path in found:
                assert path.factors[0].of == "loss"
                assert path.factors[-1].wrt == name.removeprefix("dloss/d")
                pairs = pairwise(path.factors)
                assert all(upper.wrt == lower.of for upper, lower in pairs)
                values = [solution[f"{factor.id}({n})"].exact for factor in path.factors]
                total += prod(values, start=share)
        assert total == solution[name].exact


@generously(25)
@given(
    strategies.problems(
        activations=strategies.RATIONAL,
        most_layers=2,
        most_neurons=3,
        optimizers=strategies.WITHOUT_ROOTS,
    )
)
def test_rules_hold_between_the_exact_values(problem: dict[str, Any]) -> None:
    expected = reference.solve(problem)
    assume(all(isinstance(value, Fraction) for value in expected.values()))
    assume(all(reference.bits(value) < 4000 for value in expected.values()))  # longer are not kept
    solution = solve_or_diverge(problem, expected)
    assume(solution is not None)
    given_numbers = _given(problem)
    for name in solution.ids:
        if name in given_numbers:
            continue
        rule = solution[name].rule
        known = {}
        for used in rule.free_symbols:
            value = solution[str(used)].exact
            known[used] = Rational(value.numerator, value.denominator)
        own = solution[name].exact
        found = rule.xreplace(known)
        assert found == Rational(own.numerator, own.denominator), name


def test_the_rule_of_what_is_given_is_itself() -> None:
    solution = solve(example("deck"))
    for name in ("w1[1,2]", "b2[1]", "l0[1](1)", "t[1](5)", "learning_rate"):
        assert solution[name].rule == symbol(name)


# policies


def by_hand(digits: int) -> Callable[[str, Any], Any]:
    """Round what a solution states as a result; what is only a factor on the way stays as it is."""
    stated = {"p", "l", "part", "whole of parts", "loss", "dloss/dp", "stated dloss/dl", "f'"}
    stated |= {"gradient", "update", "state"}
    rounding = {"state": reference.figures}

    def keep(kind: str, value: Any) -> Any:
        if kind not in stated:
            return value
        # no irrational value of these functions is so close to a tie
        is_tiny = abs(reference.real(value)) < mpmath.mpf(10) ** (-digits - 1)
        if kind != "state" and isinstance(value, mpmath.mpf) and is_tiny:
            return Fraction(0)  # however small: as a Fraction it might fill the memory
        scaled = abs(reference.exactly(value)) * 10**digits % 1
        assert isinstance(value, Fraction) or abs(scaled - Fraction(1, 2)) > Fraction(1, 10**35)
        return rounding.get(kind, reference.rounded)(value, digits)

    return keep


def assert_by_hand(problem: Mapping[str, Any]) -> None:
    digits = problem["numbers"]["digits"]
    expected = reference.solve(problem, dps=50, keep=by_hand(digits), textbook=True)
    solution = solve_or_diverge(problem, expected)
    if solution is None:
        return
    assert set(expected) - set(solution.ids) <= {"learning_rate"}
    given_numbers = _given(problem)
    for name in solution.ids:
        value, true = Fraction(solution[name].value), expected[name]
        if isinstance(true, mpmath.mpf) and abs(true) < mpmath.mpf(10) ** -1000:
            assert value == 0, name  # too small for any use
            continue
        allowed = {(reference.figures if is_state(name) else reference.printed)(true, digits)}
        if name in given_numbers or true == reference.rounded(true, digits):
            allowed.add(true)  # what is a rounded result already is printed in full, however large
        assert value in allowed, name


@st.composite
def problems_by_hand(draw: st.DrawFn, activations: tuple[str, ...]) -> dict[str, Any]:
    places = draw(st.integers(0, 3))
    options = {
        "activations": activations,
        "most_layers": 3,
        "places": places,
        "digits": st.integers(max(places, 2), 6),
        "policy": "step",
    }
    return draw(strategies.problems(**options))


@generously(60)
@given(problems_by_hand(strategies.RATIONAL))
def test_rounded_at_each_step_as_by_hand(problem: dict[str, Any]) -> None:
    assert_by_hand(problem)


@generously(40)
@given(problems_by_hand(("identity", "sigmoid", "elu", "silu")))
def test_sigmoids_rounded_at_each_step_as_by_hand(problem: dict[str, Any]) -> None:
    assert_by_hand(problem)


def test_derivatives_by_hand_come_from_the_rounded_output() -> None:
    # the line reads -2(0 - 0.77)·0.77·(1 - 0.77)
    problem = network(
        ([["-1.63"]], ["2.82"], "sigmoid"),
        data=[([1], [0])],
        numbers={"policy": "step", "digits": 2},
    )
    solution = solve(problem)
    assert solution["l1[1](1)"].value == Decimal("0.77")
    assert solution["dloss/dp1[1](1)"].value == Decimal("0.27")


def test_a_single_term_is_rounded_by_hand_too() -> None:
    problem = network(
        ([["0"]], ["0"], "identity"),
        ([["0"], ["0.01"]], ["0", "0"], "identity"),
        data=[([0], [0, "0.01"])],
        numbers={"policy": "step", "digits": 2},
    )
    # -0.02 · 0.01 · 1
    assert solve(problem)["dloss/dp1[1](1)"].value == 0
    assert_by_hand(problem)


def test_the_example_by_hand() -> None:
    assert_by_hand(example("by-hand"))
    assert_by_hand(example("deck", policy="step", digits=2))


@pytest.mark.parametrize("samples", [3, 6, 7])
def test_means_by_hand(samples: int) -> None:
    problem = network(
        ([["0.5"]], [0], "identity"),
        data=[([n], [1]) for n in range(samples)],
        samples="mean",
        steps=1,
        numbers={"policy": "step", "digits": 4},
    )
    assert_by_hand(problem)


@pytest.mark.parametrize("given_input", ["0.126", "-0.121"])
def test_given_numbers_with_more_decimals_round_when_shown_by_hand(given_input: str) -> None:
    problem = network(
        ([["0.5"]], [0], "identity"),
        data=[([given_input], [1])],
        numbers={"policy": "step", "digits": 2},
    )
    local = solve(problem)["dp1[1]/dw1[1,1](1)"].value
    # the given number itself, or that number rounded; nothing else
    assert Fraction(local) in (
        Fraction(given_input),
        reference.rounded(Fraction(given_input), 2),
    )


@pytest.mark.parametrize("name", ["deck", "deep", "komma", "two-outputs", "dead-relu", "xor"])
def test_float64_agrees_with_plain_floats(name: str) -> None:
    problem = example(name, policy="float64", digits=15)
    if name == "xor":
        problem["training"]["steps"] = 400
    expected = reference.solve(problem, as_float=True)
    solution = solve(problem)
    for quantity in solution.ids:
        found, true = float(solution[quantity].value), float(expected[quantity])
        assert found == pytest.approx(true, rel=1e-9, abs=1e-9), quantity


@generously(40)
@given(strategies.problems(policy="exact", activations=strategies.RATIONAL, most_steps=2))
def test_exact_is_exact(problem: dict[str, Any]) -> None:
    expected = reference.solve(problem)
    assume(all(isinstance(value, Fraction) for value in expected.values()))
    assume(all(reference.bits(value) < 4000 for value in expected.values()))
    solution = solve_or_diverge(problem, expected)
    assume(solution is not None)
    for name in solution.ids:
        true = expected[name]
        assert solution[name].exact == true, name
        if decimals_end(true):
            assert Fraction(solution[name].value) == true, name


def test_exact_keeps_every_digit_over_many_steps() -> None:
    problem = network(
        ([["0.3", "-0.7"]], ["0.1"], "identity"),
        data=[([1, 2], [1]), ([-1, "0.5"], [0])],
        steps=40,
        rate="0.07",
        numbers={"policy": "exact"},
    )
    expected = reference.solve(problem, longest=10**9)
    solution = solve(problem)
    for name in ("40/w1[1,1]", "40/b1[1]", "40/loss"):
        assert solution[name].exact == expected[name]
        assert Fraction(solution[name].value) == expected[name]
    assert reference.bits(expected["40/loss"]) > 500


@pytest.mark.parametrize("steps", [3, 5, 6, 7, 20])
def test_exact_is_exact_or_refused(steps: int) -> None:
    problem = example("deck", policy="exact")
    problem["training"]["steps"] = steps
    if steps > 4:  # fractions of thousands of digits may be refused, in so many words
        with suppress(tracer.InputError):
            solve(problem)
        return
    solution = solve(problem)
    expected = reference.solve(problem, longest=10**9)
    for name in ("loss", "w1[1,2]", "p2[1](3)"):
        quantity = solution[f"{steps}/{name}"]
        assert quantity.exact == Fraction(quantity.value) == expected[quantity.id]


# long runs, saturation, divergence


def _final(problem: Mapping[str, Any], dps: int = 60) -> dict[str, Any]:
    last = {}
    with mpmath.mp.workdps(dps):
        for state in reference.run(problem):
            last = state
    return last


def assert_last_step_agrees(problem: Mapping[str, Any], dps: int = 60) -> None:
    steps, digits = problem["training"]["steps"], problem["numbers"]["digits"]
    expected = _final(problem, dps)
    solution = solve(problem)
    for name, true in expected.items():
        assert_printed(solution[f"{steps}/{name}"].value, true, digits, name)


def test_200_steps_of_a_sigmoid_network() -> None:
    problem = network(
        ([["0.5", "-0.5"], ["-0.4", "0.6"]], ["0.1", "-0.1"], "sigmoid"),
        ([["0.7", "0.8"], ["0.3", "-0.9"]], ["-0.2", "0.1"], "sigmoid"),
        data=[([0, 0], [0, 1]), ([0, 1], [1, 0]), ([1, 0], [1, 0]), ([1, 1], [0, 0])],
        factor="1/2",
        steps=200,
        rate="1",
        numbers={"digits": 20},
    )
    assert_last_step_agrees(problem)


def test_twelve_steps_of_a_rational_network_are_quick() -> None:
    problem = example("deck", digits=20)
    problem["training"]["steps"] = 12
    began = time.perf_counter()
    solve(problem)
    assert time.perf_counter() - began < 5
    assert_last_step_agrees(problem)


def test_twelve_steps_across_kinks() -> None:
    problem = random_numbers(random.Random(5), (2, 3, 1), ("relu", "leaky_relu"), 4)
    problem["training"] = {"learning_rate": "0.05", "steps": 12}
    problem["numbers"] = {"digits": 15}
    assert_last_step_agrees(problem)


def _one_neuron(activation: str, p: Any, target: Any, **numbers: Any) -> dict[str, Any]:
    return network(([[p]], [0], activation), data=[([1], [target])], steps=1, numbers=numbers)


SATURATED = [
    ("sigmoid", 1000, 0),
    ("sigmoid", -1000, 0),
    ("sigmoid", -1000, 1),
    ("softplus", 1000, 1),
    ("softplus", -1000, 1),
    ("tanh", 30, 0),
    ("sigmoid", 40, 1),
]
# 1 - σ(100) is 4e-44: not 0, however close
CANCELLING = [("sigmoid", 100, 1), ("sigmoid", 1000, 1), ("tanh", 100, 0), ("tanh", -100, -1)]


@pytest.mark.parametrize(("activation", "p", "target"), SATURATED + CANCELLING)
@pytest.mark.parametrize("digits", [0, 5, 50])
def test_saturated_neurons_have_proven_digits(
    activation: str, p: int, target: int, digits: int
) -> None:
    problem = _one_neuron(activation, p, target, digits=digits)
    solution = solve(problem)
    # 2,000 digits leave nothing to doubt
    for name, true in reference.solve(problem, dps=2000).items():
        found = Fraction(solution[name].value)
        if name not in _given(problem):
            assert found == reference.printed(true, digits), name


@pytest.mark.parametrize("p", ["-1e7", "-1e9", "-1e12", "-1e90"])
@pytest.mark.parametrize("activation", ["sigmoid", "softplus", "tanh"])
def test_values_of_no_size_are_quick_or_refused(p: str, activation: str) -> None:
    # e^(-10^12) has an exponent that fills no memory only as long as no one writes it out
    problem = _one_neuron(activation, p, 0)
    program = (
        "import sys, json, tracer\n"
        "try:\n"
        "    solution = tracer.solve(tracer.load(json.loads(sys.argv[1])))\n"
        "    print(abs(solution['l1[1](1)'].value) <= 1)\n"
        "except tracer.InputError as error:\n"
        "    print(error.faults[0].where == 'l1[1](1)')\n"
    )
    # in a process of its own, which may hang or crash
    command = [sys.executable, "-c", program, json.dumps(problem)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=10, check=False)
    assert (done.returncode, done.stdout) == (0, "True\n"), done.stderr


# an e^x beyond all floats, or 1 - 1, is on the way to each, but not in the result
@pytest.mark.parametrize("p", [-1e5, -1000, -710, -400, -40, 40, 400, 710, 1000, 1e5])
@pytest.mark.parametrize("activation", ["sigmoid", "softplus", "tanh"])
def test_saturated_neurons_in_float64(activation: str, p: float) -> None:
    problem = _one_neuron(activation, p, 0, policy="float64", digits=5)
    expected = reference.solve(problem, dps=2000)
    solution = solve(problem)
    for name in ("l1[1](1)", "dl1[1]/dp1[1](1)", "dloss/dw1[1,1]"):
        found, true = float(solution[name].value), expected[name]
        # three digits are printed of what is small
        assert found == pytest.approx(float(true), rel=0.006, abs=1e-300), name


def test_saturation_in_float64_in_a_later_step() -> None:
    # the first update takes the weight to about -5·10^4
    problem = network(
        ([["0.1"]], [0], "sigmoid"),
        ([["1"]], False, "identity"),
        data=[([1], ["-1e6"])],
        steps=1,
        numbers={"policy": "float64"},
    )
    solution = solve(problem)
    assert solution["1/w1[1,1]"].value < -10_000
    assert solution["1/l1[1](1)"].value == 0


DIVERGING = {
    "identity": [([["0.5", "0.25"]], ["0.125"], "identity")],
    "leaky": [([["0.5", "0.25"]], ["0.125"], "leaky_relu")],
    "two layers": [([["0.5", "0.25"]], ["0.125"], "tanh"), ([["0.5"]], False, "identity")],
}


@pytest.mark.parametrize("network_name", DIVERGING)
@pytest.mark.parametrize("policy", ["display", "float64", "step"])
def test_divergence_names_the_first_quantity_without_bound(network_name: str, policy: str) -> None:
    problem = network(
        *DIVERGING[network_name],
        data=[([1, 2], [-3]), ([2, -1], [5])],
        steps=1000,
        rate="10",
        numbers={"policy": policy},
    )
    if network_name == "leaky":
        problem["layers"][0]["slope"] = "0.9"
    began = time.perf_counter()
    with pytest.raises(tracer.InputError) as caught:
        solve(problem)
    assert time.perf_counter() - began < 5
    found = ids.parse(caught.value.faults[0].where)
    assert found is not None
    assert found.wrt is None
    assert found.of.kind in "wba"
    if policy == "display":
        with mpmath.mp.workdps(60):
            names = reference.parameters(reference.read(problem))
            states = ([n for n in names if abs(q[n]) > 10**100] for q in reference.run(problem))
            step, large = next((step, large) for step, large in enumerate(states) if large)
        assert found.step == step > 1
        assert str(found.of) in large


def test_divergence_of_a_linear_neuron_is_certain() -> None:
    problem = network(([["1"]], False, "identity"), data=[([1], [0])], steps=1000, rate="100")
    # every step multiplies the weight by 1 - 2·100
    with pytest.raises(tracer.InputError) as caught:
        solve(problem)
    state = next(n for n in range(1000) if 199**n >= 10**100)
    assert caught.value.faults[0].where == f"{state}/w1[1,1]"


# the numbers of the slides, corrected

DECK = {
    "loss": "1.65",
    "dloss/dw2[1,1]": "7.1",
    "dloss/dw2[1,2]": "7.1",
    "dloss/db2[1]": "3.8",
    "dloss/dw1[1,1]": "1.204",
    "dloss/dw1[1,2]": "1.332",
    "dloss/dw1[2,1]": "3.612",
    "dloss/dw1[2,2]": "3.996",
    "dloss/db1[1]": "0.38",
    "dloss/db1[2]": "1.14",
    "1/w2[1,1]": "0.029",
    "1/w2[1,2]": "0.229",
    "1/b2[1]": "0.462",
    "1/w1[1,1]": "0.08796",
    "1/w1[1,2]": "0.28668",
    "1/w1[2,1]": "0.06388",
    "1/w1[2,2]": "0.26004",
    "1/b1[1]": "0.4962",
    "1/b1[2]": "0.4886",
    "1/loss": "0.84862",
}
# a row for each quantity, a column for each sample
DECK_SAMPLES = {
    "l1[1]": ("1.5", "1.1", "2.3", "1.9", "1.7"),
    "l1[2]": ("1.5", "1.1", "2.3", "1.9", "1.7"),
    "l2[1]": ("1.1", "0.94", "1.42", "1.26", "1.18"),
    "dloss/dl2[1]": ("0.2", "-0.12", "0.84", "0.52", "2.36"),
    "1/l1[1]": ("1.4442", "1.04676", "2.19348", "1.79604", "1.62012"),
    "1/l1[2]": ("1.3326", "0.94028", "1.98044", "1.58812", "1.46036"),
    "1/l2[1]": ("0.80905", "0.70768", "0.97913", "0.87776", "0.84341"),
}


@pytest.mark.parametrize("source", [tracer.DECK, EXAMPLES / "deck.toml"])
def test_the_deck(source: Path) -> None:
    solution = tracer.solve(tracer.load(source))
    for name, expected in DECK.items():
        assert solution[name].value == Decimal(expected), name
    for name, row in DECK_SAMPLES.items():
        for n, expected in enumerate(row, start=1):
            assert solution[f"{name}({n})"].value == Decimal(expected), (name, n)
            # every pre-activation is above 0, so ReLU changes nothing
            if "/dl" not in name:
                assert solution[f"{name}({n})".replace("l", "p", 1)].value == Decimal(expected)
    assert solution["loss"].exact == Fraction(33, 20)
    assert solution["1/loss"].exact == Fraction(6629877942113, 7812500000000)
    for name, expected in DECK.items():
        if name != "1/loss":
            assert solution[name].exact == Fraction(expected)
    assert [str(solution[f"1/b1[{j}]"].value) for j in (1, 2)] == ["0.4962", "0.4886"]
