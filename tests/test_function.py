"""The network as a function: its gradients in symbols are the derivatives of the loss."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import mpmath
import pytest

import tracer
from tests import dual
from tests.conftest import NETWORKS, ROOT
from tests.latex_reader import read
from tests.strategies import NOTATIONS
from tests.test_latex import compile_latex
from tracer import ids
from tracer.derivation import symbolic
from tracer.formula import (
    Apply,
    Args,
    Coef,
    Formula,
    Neg,
    Num,
    OfInputs,
    Partial,
    Power,
    Prod,
    Quotient,
    Sum,
    Var,
)
from tracer.json_schema import json_schema
from tracer.loading import with_changes
from tracer.solved import Solved

LEARNING = [path for path in NETWORKS if not tracer.load(path).forward_only]


def of_one_sample(path: Path) -> Solved:
    """An example with its first sample alone, to many digits."""
    problem = tracer.load(path)
    assert isinstance(problem, tracer.Problem)
    numbers = tracer.load(tracer.DECK).numbers  # without digits of single kinds
    numbers = replace(numbers, policy="display", digits=40)
    one = replace(problem, data=problem.data[:1], batch=None, numbers=numbers)
    solved = tracer.solve(one, view="auto", detail="slides").solved
    assert isinstance(solved, Solved)
    return replace(solved, view="function", views={})


def own_formulas(path: Path) -> list[str]:
    """The formulas of an example, each once, in order."""
    layers = tomllib.loads(path.read_text(encoding="utf-8"))["layers"]
    return list(dict.fromkeys(layer["formula"] for layer in layers if "formula" in layer))


class Worked:
    """Formulas worked out in mpmath, with the values of the trace for their symbols."""

    def __init__(self, solved: Solved, own: Sequence[str] = ()) -> None:
        self.solved = solved
        self.own = own

    def known(self, name: str) -> mpmath.mpf:
        values = self.solved.values
        name = self.solved.problem.shared.get(name, name)
        value = values.get(name) or values[ids.at(name, 1)]
        text = value.number.text
        if "/" in text:
            top, bottom = text.split("/")
            return mpmath.mpf(top) / mpmath.mpf(bottom)
        return mpmath.mpf(text)

    def function(self, name: str, x: mpmath.mpf) -> mpmath.mpf:
        parameters = {layer.activation: layer.parameter for layer in self.solved.problem.layers}
        own = parameters.get(name)
        alpha = mpmath.mpf(0) if own is None else mpmath.mpf(own.numerator) / own.denominator
        delta = self.solved.problem.loss.delta
        far = mpmath.mpf(1) if delta is None else mpmath.mpf(delta.numerator) / delta.denominator
        found = {
            "exp": mpmath.exp,
            "log": mpmath.log,
            "sqrt": mpmath.sqrt,
            "tanh": mpmath.tanh,
            "abs": abs,
            "sign": mpmath.sign,
            "step": lambda v: mpmath.mpf(v >= 0),
            "relu": lambda v: max(v, 0),
            "leaky_relu": lambda v: v if v > 0 else alpha * v,
            "elu": lambda v: v if v > 0 else alpha * (mpmath.exp(v) - 1),
            "gelu": lambda v: v * mpmath.ncdf(v),
            "sigmoid": lambda v: 1 / (1 + mpmath.exp(-v)),
            "softplus": lambda v: mpmath.log(1 + mpmath.exp(v)),
            "silu": lambda v: v / (1 + mpmath.exp(-v)),
            "huber": lambda v: v * v / 2 if abs(v) <= far else far * (abs(v) - far / 2),
        }
        return found[name](x)

    def value(self, formula: Formula) -> mpmath.mpf:
        match formula:
            case Num(number):
                return mpmath.mpf(int(number.value.p)) / int(number.value.q)
            case Var(name):
                return self.known(name)
            case OfInputs(glyph):
                units = range(1, self.solved.problem.sizes[-1] + 1)
                (k,) = (k for k in units if self.solved.symbols.network(k) == glyph)
                return self.known(ids.output(self.solved.last, k))
            case Partial(of, wrt):
                return self.known(ids.partial(of, wrt))
            case Neg(body):
                return -self.value(body)
            case Sum(terms):
                return mpmath.fsum(map(self.value, terms))
            case Prod(factors):
                return mpmath.fprod(map(self.value, factors))
            case Coef(number, body):
                return self.value(Num(number)) * self.value(body)
            case Power(base, exponent):
                return self.value(base) ** exponent
            case Quotient(top, bottom):
                return self.value(top) / self.value(bottom)
            case Apply("max", Args(items)):
                return max(map(self.value, items))
            case Apply("min", Args(items)):
                return min(map(self.value, items))
            case Apply("prelu", Var(name), True):
                pre = ids.parse(name)
                assert pre is not None
                slope = self.known(ids.slope(pre.of.layer, pre.of.j))
                return mpmath.mpf(1) if self.known(name) > 0 else slope
            case Apply("own", arg, prime, index):
                x = self.value(arg)
                which = 0 if index is None else int(index.value.p) - 1
                return mpmath.mpf(dual.evaluate(self.own[which], x=(x, 1), p=(x, 1))[int(prime)])
            case Apply(name, arg, prime):
                x = self.value(arg)
                return (
                    mpmath.diff(lambda v: self.function(name, v), x)
                    if prime
                    else (self.function(name, x))
                )
        raise TypeError(formula)


def same(formula: Formula, name: str, worked: Worked) -> bool:
    return mpmath.almosteq(worked.value(formula), worked.known(name), 1e-20, 1e-20)


@pytest.mark.parametrize("path", LEARNING, ids=lambda path: path.stem)
def test_gradients_in_symbols_are_the_gradients(path: Path) -> None:
    """Worked out with the numbers of a sample, each side of each gives the trace's value."""
    with mpmath.workdps(40):
        solved = of_one_sample(path)
        worked = Worked(solved, own_formulas(path))
        for name in solved.trace.graph.parameters:
            named, formulas = (part.formula for part in symbolic.gradient(solved, name).parts)
            own = ids.partial(ids.LOSS, name)
            assert same(formulas, own, worked), name
            assert same(named, own, worked), name


@pytest.mark.parametrize("path", LEARNING, ids=lambda path: path.stem)
def test_the_function_and_the_loss_are_those_of_the_trace(path: Path) -> None:
    with mpmath.workdps(40):
        solved = of_one_sample(path)
        worked = Worked(solved, own_formulas(path))
        for k in range(1, solved.problem.sizes[-1] + 1):
            own = ids.output(solved.last, k)
            if symbolic.can_be_composed(solved):
                (part,) = symbolic.composed(solved, k).parts
                assert same(part.formula, own, worked)
            assert same(symbolic.output(solved, solved.last, k).parts[-1].formula, own, worked)
            assert same(symbolic.pre(solved, 1, 1).parts[-1].formula, ids.pre(1, 1), worked)
        (part,) = symbolic.sample_loss(solved).parts
        assert same(part.formula, ids.LOSS, worked)


def test_a_formula_of_another_gradient_is_noticed() -> None:
    with mpmath.workdps(40):
        solved = of_one_sample(ROOT / "examples" / "two-outputs.toml")
        part = symbolic.gradient(solved, "w1[1,2]").parts[-1]
        worked = Worked(solved)
        assert same(part.formula, "dloss/dw1[1,2]", worked)
        assert not same(part.formula, "dloss/dw1[1,1]", worked)


NETWORK = {
    "layers": [
        {"weights": [["0.1", "0.2"], ["0.3", "-0.4"]], "biases": [1, 2], "activation": "relu"},
        {"weights": [[5, 6]], "biases": [7], "activation": "sigmoid"},
    ],
    "data": [{"inputs": [1, 2], "targets": 1}],
    "page": {"view": "function"},
}
OTHER = {
    "layers": [
        {"weights": [[-1, -2], [-3, "0.7"]], "biases": [0, 0], "activation": "relu"},
        {"weights": [[8, 0]], "biases": ["1/3"], "activation": "sigmoid"},
    ],
    "data": [{"inputs": [-9, -2], "targets": 0}],
    "page": {"view": "function"},
}


@pytest.mark.parametrize("to", ["text", "latex", "markdown"])
def test_no_number_of_the_file_is_on_the_page(to: str) -> None:
    """Also where all neurons are off, which leaves out no factor."""
    pages = [tracer.solve(tracer.load(source)).render(to) for source in (NETWORK, OTHER)]
    assert pages[0] == pages[1]


@pytest.mark.parametrize("path", NETWORKS, ids=lambda path: path.stem)
def test_it_compiles_and_reads(path: Path, tmp_path: Path) -> None:
    problem = tracer.load(path)
    text = tracer.solve(problem, view="function", detail="slides").render("latex")
    assert compile_latex(text, tmp_path) == []
    equations = read(text, decimal_comma=problem.numbers.decimal_comma)
    links = [link for one in equations for link in one.links]
    assert links
    assert not [link for link in links if link.numeric]


@pytest.mark.parametrize("notation", NOTATIONS)
def test_it_reads_in_every_notation(notation: str) -> None:
    problem = with_changes(tracer.load(tracer.DECK), notation=notation)
    text = tracer.solve(problem, view="function", detail="slides").render("latex")
    learning = [one for one in read(text) if is_gradient(one.sides[0].text)]
    assert len(learning) == 9


def is_gradient(text: str) -> bool:
    return text.startswith(r"\frac{\partial ") and "}{" in text


def test_what_is_too_large_is_refused() -> None:
    row: list[Any] = [1] * 20
    layers = [{"weights": [row] * 10, "biases": [0] * 10, "activation": "tanh"}]
    layers.append({"weights": [[1] * 10], "biases": [0], "activation": "tanh"})
    problem = tracer.load({"layers": layers, "data": [{"inputs": row, "targets": 1}]})
    with pytest.raises(tracer.NotSupported, match="221 parameters, more than 200"):
        tracer.solve(problem, view="function", detail="slides").render()


def test_a_forward_pass_alone_has_no_gradients() -> None:
    text = tracer.solve(
        tracer.load(ROOT / "examples" / "perceptron.toml"), view="function"
    ).render()
    assert "So no gradients are worked out." in text
    assert "∂" not in text


def test_the_question_is_on_the_page() -> None:
    source = NETWORK | {"question": "Write the gradients.\n\nOf every weight."}
    text = tracer.solve(tracer.load(source)).render()
    assert text.index("Write the gradients.\n\nOf every weight.") < text.index("as a Function")
    assert "Question" not in tracer.solve(tracer.load(NETWORK)).render()


NO_VALUE: dict[str, Any] = {
    "layers": [{"weights": [[1]], "biases": False, "formula": "1/x"}],
    "data": [{"inputs": 0, "targets": 1}, {"inputs": 2, "targets": 1}],
}


def test_a_sample_without_a_value_is_no_matter_where_there_are_no_numbers() -> None:
    problem = tracer.load(NO_VALUE)
    with pytest.raises(tracer.InputError, match="division by zero"):
        tracer.solve(problem)
    solution = tracer.solve(problem, view="function")
    page = solution.render()
    assert (
        page
        == tracer.solve(
            tracer.load(NO_VALUE | {"data": NO_VALUE["data"][1:]}), view="function"
        ).render()
    )
    assert "∂E/∂w₁,₁¹" in page or "∂MSE/∂w₁,₁¹" in page
    tracer.solve(problem, only="dloss/dw1[1,1]", view="function").render()
    # JSON has values alone
    with pytest.raises(tracer.InputError, match="division by zero"):
        solution.render("json")
    with pytest.raises(tracer.InputError, match="division by zero"):
        tracer.solve(problem, only="loss", view="function")


def test_json_has_every_value_in_any_view() -> None:
    plain = tracer.solve(tracer.load(NETWORK), view="auto")
    function = tracer.solve(tracer.load(NETWORK), view="function")
    assert function.render("json") == plain.render("json")
    assert len(function.ids) < len(plain.ids)
    assert function["loss"].value == plain["loss"].value


@pytest.mark.parametrize("view", ["auto", "paths", "deltas", "matrix"])
@pytest.mark.parametrize("to", ["text", "json"])
def test_a_gradient_in_numbers_beside_the_view_of_functions(view: str, to: str) -> None:
    """Its numbers are worked out, asked for alone and in JSON; the page around it has none."""
    problem = tracer.load(tracer.DECK)
    name = "dloss/dw1[1,2]"
    alone = tracer.solve(problem, only=name, view="function", views={name: view})
    assert "1.332" in alone.render(to)
    whole = tracer.solve(problem, view="function", views={name: view}).render(to)
    assert ("1.332" in whole) == (to == "json")


def without_data() -> dict[str, Any]:
    return {key: value for key, value in NETWORK.items() if key != "data"}


@pytest.mark.parametrize("kind", ["squared_error", "hinge", "binary_cross_entropy"])
def test_a_function_needs_no_data(kind: str) -> None:
    loss = {"kind": kind}
    alone = tracer.solve(tracer.load({**without_data(), "loss": loss}))
    given = tracer.solve(tracer.load({**NETWORK, "loss": loss}))
    assert alone.render() == given.render()
    jsonschema.Draft202012Validator(json_schema()).validate(without_data())


def test_what_is_a_number_needs_data() -> None:
    problem = tracer.load(without_data())
    assert "∂E/∂w₁,₂¹ =" in tracer.solve(problem, only="dloss/dw1[1,2]").render()
    for options in ({"view": "auto"}, {"views": {"dloss/dw1[1,2]": "paths"}}, {"only": "p1[1]"}):
        with pytest.raises(tracer.InputError, match="the problem has no data"):
            tracer.solve(problem, **options)  # type: ignore[arg-type]
    solution = tracer.solve(problem)
    with pytest.raises(tracer.InputError, match="json has values alone"):
        solution.render("json")
    with pytest.raises(KeyError, match="no data"):
        solution["l0[1](1)"]
    with pytest.raises(tracer.InputError, match='"data" is missing'):
        tracer.load({**without_data(), "page": {"view": "deltas"}})
