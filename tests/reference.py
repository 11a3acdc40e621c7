"""A plain reference of a whole training run, to compare the package with.

Loops over layers, neurons and samples, written without SymPy, without a graph and without anything
from the package. A problem is a dict of the structure of the TOML files. A number stays a Fraction
while its rules are rational and is an mpf from the first irrational value on; with ``as_float``
everything is a float from the start.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import mpmath
from mpmath import mp

from tests import dual

Number = Any  # Fraction, mpf or float
Keep = Callable[[str, Number], Number]

# fractions double their length or worse with each step; past so many bits they become mpf
LONGEST = 20_000


@dataclass
class Layer:
    weights: list[list[Number]]
    biases: list[Number] | None
    activation: str
    parameter: Number
    formula: str | None
    slopes: list[Number] | None  # of prelu
    sign: Number  # what biases are multiplied by: -1 where they are thresholds


@dataclass
class Network:
    """A problem, its numbers read."""

    layers: list[Layer]
    inputs: list[list[Number]]
    targets: list[list[Number]]
    kind: str
    delta: Number
    shortcut: bool
    factor: Number
    mean_of_outputs: bool
    mean_of_samples: bool
    penalty: Mapping[str, Any] | None
    rates: list[Number]
    steps: int
    batch: int
    optimizer: dict[str, Any]
    state: dict[str, Number]
    entries: list[dict[str, Any]]
    frozen: set[str]
    formula: str
    shared: dict[str, str]  # a copy, and the parameter that stands for it


def read(problem: Mapping[str, Any], *, as_float: bool = False) -> Network:
    def number(value: Any) -> Number:
        exact = Fraction(str(value))
        return float(exact) if as_float else exact

    def numbers(value: Any) -> list[Number]:
        return [number(v) for v in (value if isinstance(value, list) else [value])]

    layers = []
    for layer in problem["layers"]:
        sign = -1 if "thresholds" in layer else 1
        offsets = layer["thresholds"] if sign < 0 else layer["biases"]
        sign = number(layer.get("constant", sign))
        biases = None if offsets is False else numbers(offsets)
        weights = [numbers(row) for row in layer["weights"]]
        formula = layer.get("formula")
        activation = "own" if formula else layer["activation"]
        parameter = layer.get("slope", layer.get("alpha"))
        if parameter is None:
            parameter = "0.01" if activation == "leaky_relu" else "1"
        parameter = number(parameter) if formula is None else formula
        slopes = numbers(layer["slopes"]) if activation == "prelu" else None
        layers.append(Layer(weights, biases, activation, parameter, formula, slopes, sign))
    loss = problem.get("loss", {})
    training = problem.get("training", {"steps": 0})
    return Network(
        layers=layers,
        inputs=[numbers(sample["inputs"]) for sample in problem["data"]],
        targets=[numbers(sample["targets"]) for sample in problem["data"]],
        kind=loss.get("kind", "squared_error"),
        delta=number(loss.get("delta", 1)),
        shortcut=(
            loss.get("shortcut", True)
            and (loss.get("kind"), layers[-1].activation)
            in (("binary_cross_entropy", "sigmoid"), ("cross_entropy", "softmax"))
        ),
        factor=number(loss.get("factor", 1)),
        mean_of_outputs=loss.get("outputs", "sum") == "mean",
        mean_of_samples=loss.get("samples", "sum") == "mean",
        penalty=loss.get("penalty"),
        rates=numbers(training.get("learning_rate", [])),
        steps=training.get("steps", 1),
        batch=training.get("batch", 0),
        optimizer=DEFAULTS
        | {
            key: number(value) if key in ("beta", "beta1", "beta2", "epsilon") else value
            for key, value in {**CONSTANTS, **problem.get("optimizer", {})}.items()
        },
        state={},
        entries=problem.get("state", []),
        frozen=frozen(problem),
        formula=loss.get("formula", ""),
        shared=shared(problem),
    )


def shared(problem: Mapping[str, Any]) -> dict[str, str]:
    return {name: group[0] for group in problem.get("shared", []) for name in group[1:]}


def merged(net: Network, found: dict[str, Number]) -> dict[str, Number]:
    """What is by a copy added to what is by the parameter that stands for it."""
    total: dict[str, Number] = {}
    for name, value in found.items():
        of, slash, wrt = name.partition("/d")
        by, bracket, at = wrt.partition("(")
        key = f"{of}{slash}{net.shared.get(by, by)}{bracket}{at}" if slash else name
        total[key] = plus(total[key], value) if key in total else value
    return total


def frozen(problem: Mapping[str, Any]) -> set[str]:
    """The ids of the parameters that are kept fixed."""
    found = set()
    for i, layer in enumerate(problem["layers"], start=1):
        rows, columns = len(layer["weights"]), len(layer["weights"][0])
        for word in layer.get("frozen", ()):
            if word == "weights":
                found |= {f"w{i}[{j + 1},{k + 1}]" for j in range(rows) for k in range(columns)}
            elif word in ("biases", "thresholds", "slopes"):
                found |= {f"{'a' if word == 'slopes' else 'b'}{i}[{j + 1}]" for j in range(rows)}
            else:
                found.add(f"{word[0]}{i}{word[1:]}")
    found -= shared(problem).keys()
    return found


# activations that are a matter of cases
KINKED = ("relu", "prelu", "leaky_relu", "elu", "step")


def real(x: Number) -> Number:
    """A fraction as an mpf of the precision in force; everything else as it is."""
    return mpmath.mpf(x.numerator) / x.denominator if isinstance(x, Fraction) else x


def plus(a: Number, b: Number) -> Number:
    if isinstance(a, Fraction) and isinstance(b, Fraction):
        return a + b
    return real(a) + real(b)


def times(a: Number, b: Number) -> Number:
    if isinstance(a, Fraction) and isinstance(b, Fraction):
        return a * b
    if any(isinstance(x, Fraction) and x == 0 for x in (a, b)):
        return Fraction(0)  # whatever the other is
    return real(a) * real(b)


def activate(name: str, parameter: Number, x: Number) -> Number:
    """f(x). Rational where x is, for the piecewise linear ones and at the zeros of the others."""
    if name == "own":
        return dual.evaluate(parameter, x=(x, Fraction(1)), p=(x, Fraction(1)))[0]
    if name == "identity":
        return x
    if name == "relu":
        return x if x > 0 else 0.0 if isinstance(x, float) else Fraction(0)
    if name in ("leaky_relu", "prelu"):
        return x if x > 0 else times(parameter, x)
    if name == "step":
        return Fraction(int(x >= 0))
    if name == "elu" and x > 0:
        return x
    if isinstance(x, Fraction) and x == 0 and name != "softplus":
        return Fraction(1, 2) if name == "sigmoid" else Fraction(0)
    lib = math if isinstance(x, float) else mpmath
    x = real(x)
    if name == "sigmoid":
        return 1 / (1 + lib.exp(-x))
    if name == "tanh":
        return lib.tanh(x)
    if name == "elu":
        return real(parameter) * lib.expm1(x)
    if name == "silu":
        return x / (1 + lib.exp(-x))
    if name == "gelu":
        return x * lib.erfc(-x / lib.sqrt(2)) / 2
    assert name == "softplus"
    return lib.log1p(lib.exp(x))


def softmax(pre: list[Number]) -> list[Number]:
    """Shifted by the largest, so that nothing overflows; rational where all are equal."""
    if all(isinstance(p, Fraction) and p == pre[0] for p in pre):
        return [Fraction(1, len(pre))] * len(pre)
    lib = math if isinstance(pre[0], float) else mpmath
    most = max(real(p) for p in pre)
    powers = [lib.exp(real(p) - most) for p in pre]
    return [power / sum(powers) for power in powers]


def logarithm(x: Number) -> Number:
    if isinstance(x, Fraction) and x == 1:
        return Fraction(0)
    return math.log(x) if isinstance(x, float) else mpmath.log(real(x))


def over(a: Number, b: Number) -> Number:
    both = isinstance(a, Fraction) and isinstance(b, Fraction)
    return a / b if both else times(a, 1 / real(b))


def loss_of(net: Network, t: Number, y: Number) -> Number:
    """What one output adds to its sample's loss, before all factors."""
    if net.formula:
        return dual.evaluate(net.formula, t=(t, Fraction(0)), y=(y, Fraction(1)))[0]
    one = net.factor / net.factor
    error = plus(t, -y)
    if net.kind == "squared_error":
        return times(error, error)
    if net.kind == "absolute_error":
        return abs(error)
    if net.kind == "huber":
        if plus(abs(error), -net.delta) <= 0:
            return times(times(error, error), one / 2)
        return times(net.delta, plus(abs(error), -net.delta / 2))
    if net.kind == "hinge":
        margin = plus(one, -times(t, y))
        return margin if margin > 0 else one * 0
    if net.kind == "cross_entropy":
        return -times(t, logarithm(y))
    inside = plus(times(t, logarithm(y)), times(plus(one, -t), logarithm(plus(one, -y))))
    return -inside


def loss_slope_of(net: Network, t: Number, y: Number) -> Number:
    """Its derivative by the output; at a kink the value that the page names."""
    if net.formula:
        return dual.evaluate(net.formula, t=(t, Fraction(0)), y=(y, Fraction(1)))[1]
    one = net.factor / net.factor
    error = plus(y, -t)
    if net.kind == "squared_error":
        return times(2 * one, error)
    if net.kind == "absolute_error":
        return one * ((error > 0) - (error < 0))
    if net.kind == "huber":
        if plus(abs(error), -net.delta) <= 0:
            return error
        return net.delta if error > 0 else -net.delta
    if net.kind == "hinge":
        return -t if plus(one, -times(t, y)) >= 0 else one * 0
    if net.kind == "cross_entropy":
        return over(-t, y)
    return over(error, times(y, plus(one, -y)))


def slope_at(name: str, parameter: Number, x: Number) -> Number:
    """f'(x), in forms that don't cancel for large x; at the kink the value from the left."""
    one = x * 0 + 1 if isinstance(x, float) else Fraction(1)
    if name == "own":
        return dual.evaluate(parameter, x=(x, Fraction(1)), p=(x, Fraction(1)))[1]
    if name == "identity":
        return one
    if name == "relu":
        return one if x > 0 else one * 0
    if name in ("leaky_relu", "prelu"):
        return one if x > 0 else parameter
    if name == "step":
        return one * 0
    if name == "elu" and (x > 0 or x == 0):
        return one if x > 0 else parameter
    if isinstance(x, Fraction) and x == 0:
        return {"sigmoid": Fraction(1, 4), "tanh": Fraction(1)}.get(name, Fraction(1, 2))
    lib = math if isinstance(x, float) else mpmath
    x = real(x)
    if name == "sigmoid":
        small = lib.exp(-abs(x))
        return small / (1 + small) ** 2
    if name == "tanh":
        return 1 / lib.cosh(x) ** 2
    if name == "elu":
        return real(parameter) * lib.exp(x)
    if name == "silu":
        sigma = 1 / (1 + lib.exp(-x))
        return sigma * (1 + x * (1 - sigma))
    if name == "gelu":
        density = lib.exp(-x * x / 2) / lib.sqrt(2 * lib.pi)
        return lib.erfc(-x / lib.sqrt(2)) / 2 + x * density
    assert name == "softplus"
    return 1 / (1 + lib.exp(-x))


def textbook_slope_at(name: str, parameter: Number, x: Number, y: Number) -> Number:
    """f'(x), from the output y where books do so."""
    if name == "sigmoid":
        return times(y, plus(Fraction(1), -y))
    if name == "tanh":
        return plus(Fraction(1), -times(y, y))
    if name == "silu":
        return plus(y, times(activate("sigmoid", parameter, x), plus(Fraction(1), -y)))
    return slope_at(name, parameter, x)


def as_it_is(kind: str, x: Number) -> Number:
    return x


def own(layer: Layer, j: int) -> Number:
    """The parameter of a neuron's activation, j from 0."""
    return layer.parameter if layer.slopes is None else layer.slopes[j]


def forward(net: Network, n: int, keep: Keep = as_it_is) -> tuple[list[Any], list[Any]]:
    """Pre-activations and outputs of sample n (from 0), a list for each layer; inputs first."""
    pres: list[list[Number]] = [[]]
    outs: list[list[Number]] = [net.inputs[n]]
    for layer in net.layers:
        pre = []
        for j in range(len(layer.weights)):
            total = times(layer.weights[j][0], outs[-1][0])
            for k in range(1, len(outs[-1])):
                total = plus(total, times(layer.weights[j][k], outs[-1][k]))
            if layer.biases is not None:
                total = plus(total, times(layer.sign, layer.biases[j]))
            pre.append(keep("p", total))
        pres.append(pre)
        if layer.activation == "softmax":
            out = softmax(pre)
        else:
            out = [activate(layer.activation, own(layer, j), p) for j, p in enumerate(pre)]
        outs.append([keep("l", y) for y in out])
    return pres, outs


def output_factor(net: Network) -> Number:
    """What the squared error of one output is multiplied by."""
    return net.factor / len(net.targets[0]) if net.mean_of_outputs else net.factor


def sample_parts(
    net: Network, n: int, outputs: list[Number], keep: Keep = as_it_is
) -> list[Number]:
    """What each output adds to the loss of a sample, before the sum or mean."""
    kind = "part" if len(outputs) > 1 and net.kind != "cross_entropy" else "loss(n)"
    return [
        keep(kind, times(net.factor, loss_of(net, target, y)))
        for target, y in zip(net.targets[n], outputs, strict=True)
    ]


def sample_loss(net: Network, n: int, outputs: list[Number], keep: Keep = as_it_is) -> Number:
    parts = sample_parts(net, n, outputs, keep)
    total = parts[0]
    for part in parts[1:]:
        total = plus(total, part)
    if net.mean_of_outputs:
        total = times(net.factor / net.factor / len(parts), total)
    stated = len(parts) > 1 and net.kind != "cross_entropy"
    return keep("whole of parts" if stated else "loss(n)", total)


def share(net: Network, due: list[int] | None = None) -> Number:
    """What each sample's loss is multiplied by, of all samples or a batch."""
    one = net.factor / net.factor
    return one / len(due or net.inputs) if net.mean_of_samples else one


def penalised(net: Network) -> tuple[dict[str, Number], Number]:
    """The parameters that are penalised, and what each square or absolute value counts."""
    if net.penalty is None:
        return {}, net.factor * 0
    one, m = net.factor / net.factor, len(net.inputs)
    weight = (
        one * Fraction(str(net.penalty["lambda"]))
        if not isinstance(one, float)
        else float(net.penalty["lambda"])
    )
    weight = weight / {"1": 1, "1/2": 2, "1/m": m, "1/2m": 2 * m}[net.penalty.get("factor", "1")]
    biases = net.penalty.get("biases", False)
    found = {n: value for n, value in parameters(net).items() if n[0] in "wb"[: 1 + biases]}
    return found, weight


def penalty(net: Network) -> Number:
    found, weight = penalised(net)
    total = net.factor * 0
    for value in found.values():
        square = net.penalty is not None and net.penalty.get("kind", "l2") == "l2"
        total = plus(total, times(weight, times(value, value) if square else abs(value)))
    return total


def penalty_slopes(net: Network) -> dict[str, Number]:
    found, weight = penalised(net)
    if net.penalty is not None and net.penalty.get("kind", "l2") == "l1":
        return {name: weight * ((value > 0) - (value < 0)) for name, value in found.items()}
    return {name: times(2 * weight, value) for name, value in found.items()}


def loss(net: Network) -> tuple[Number, tuple[int, ...]]:
    """The loss, and on which side of its kink each neuron with one is."""
    total = net.factor * 0
    sides = []
    for n in range(len(net.inputs)):
        pres, outs = forward(net, n)
        total = plus(total, times(share(net), sample_loss(net, n, outs[-1])))
        for layer, pre in zip(net.layers, pres[1:], strict=True):
            if layer.activation in KINKED:
                sides += [(p > 0) - (p < 0) for p in pre]
        sides += [loss_side(net, t, y) for t, y in zip(net.targets[n], outs[-1], strict=True)]
    if net.penalty is not None and net.penalty.get("kind", "l2") == "l1":
        sides += [(value > 0) - (value < 0) for value in penalised(net)[0].values()]
    return plus(total, penalty(net)), tuple(sides)


def loss_side(net: Network, t: Number, y: Number) -> int:
    """On which side of the loss's kink an output is, 0 where there is none."""
    error = plus(y, -t)
    if net.kind == "hinge":
        error = plus(times(t, y), -net.factor / net.factor)
    if net.formula or net.kind not in ("absolute_error", "hinge"):
        return 0
    return (error > 0) - (error < 0)


def given(net: Network) -> dict[str, Number]:
    """Inputs, targets and the learning rate by id."""
    found = {}
    for n, (inputs, targets) in enumerate(zip(net.inputs, net.targets, strict=True), start=1):
        found |= {f"l0[{k}]({n})": value for k, value in enumerate(inputs, start=1)}
        found |= {f"t[{k}]({n})": value for k, value in enumerate(targets, start=1)}
    return found


def rate(net: Network, state: int) -> Number | None:
    """The learning rate after ``state`` updates."""
    return net.rates[min(state, len(net.rates) - 1)] if net.rates else None


def parameters(net: Network) -> dict[str, Number]:
    """Weights and biases by id."""
    found = {}
    for i, layer in enumerate(net.layers, start=1):
        for j, row in enumerate(layer.weights, start=1):
            for k, value in enumerate(row, start=1):
                found[f"w{i}[{j},{k}]"] = value
        if layer.biases is not None:
            for j, value in enumerate(layer.biases, start=1):
                found[f"b{i}[{j}]"] = value
        for j, value in enumerate(layer.slopes or (), start=1):
            found[f"a{i}[{j}]"] = value
    return {name: value for name, value in found.items() if name not in net.shared}


def run(
    problem: Mapping[str, Any],
    *,
    keep: Keep = as_it_is,
    as_float: bool = False,
    textbook: bool = False,
    longest: int = LONGEST,
) -> Iterator[dict[str, Number]]:
    """For each state (before the first step, after step 1, …) every quantity by id, without step.

    ``keep(kind, value)`` is applied to every computed quantity before it is used; with
    ``textbook`` derivatives of activations are computed from the outputs, as on paper. The last
    state has a forward pass only, unless it is the only one. Runs at the precision in force.
    """
    net = read(problem, as_float=as_float)
    for state in range(net.steps + 1):
        found: dict[str, Number] = parameters(net)
        if state == 0:
            found |= given(net)
        if state < max(net.steps, 1) and net.rates:
            found["learning_rate"] = rate(net, state)
        pres, outs = [], []
        total = net.factor * 0
        for n in range(len(net.inputs)):
            pre, out = forward(net, n, keep)
            pres.append(pre)
            outs.append(out)
            for i in range(1, len(net.layers) + 1):
                for j, value in enumerate(pre[i], start=1):
                    found[f"p{i}[{j}]({n + 1})"] = value
                for j, value in enumerate(out[i], start=1):
                    found[f"l{i}[{j}]({n + 1})"] = value
            own = sample_loss(net, n, out[-1], keep)
            found[f"loss({n + 1})"] = own
            parts = sample_parts(net, n, out[-1], keep)
            if len(parts) > 1:
                found |= {f"loss[{k}]({n + 1})": part for k, part in enumerate(parts, start=1)}
            total = plus(total, times(share(net), own))
        if net.penalty is not None:
            found["penalty"] = keep("loss", penalty(net))
            total = plus(total, found["penalty"])
        found["loss"] = keep("loss", total)
        forward_only = any(layer.activation == "step" for layer in net.layers)
        if net.steps:
            found |= kept(net, found, state)
        if state < max(net.steps, 1) and not forward_only:
            due = batch(net, state)
            if len(due) < len(net.inputs):
                total = net.factor * 0
                for n in due:
                    total = plus(total, times(share(net, due), found[f"loss({n + 1})"]))
                if net.penalty is not None:
                    total = plus(total, found["penalty"])
                found["batch_loss"] = keep("loss", total)
            found |= backward(net, pres, outs, keep, textbook, due)
        yield found
        if state < net.steps:
            update(net, found, keep, longest)


def batch(net: Network, state: int) -> list[int]:
    """The samples (from 0) of the update after ``state`` updates."""
    numbers = list(range(len(net.inputs)))
    if not net.batch or not net.steps:
        return numbers
    cut = [numbers[i : i + net.batch] for i in numbers[:: net.batch]]
    return cut[state % len(cut)]


def backward(
    net: Network, pres: Any, outs: Any, keep: Keep, textbook: bool, due: list[int]
) -> dict[str, Number]:
    """Every local derivative, every derivative of a sample's loss, every gradient, by id."""
    found: dict[str, Number] = {}
    one = net.factor / net.factor
    totals: dict[str, Number] = {}
    for n in range(len(net.inputs)):
        at = f"({n + 1})"
        last = len(net.layers)
        # of the sample's loss by each output of the layer at hand
        by_output = []
        for target, y in zip(net.targets[n], outs[n][last], strict=True):
            error = times(output_factor(net), loss_slope_of(net, target, y))
            by_output.append(keep("dloss/dl", error))
        for i in range(last, 0, -1):
            layer, below = net.layers[i - 1], outs[n][i - 1]
            by_pre = []
            if layer.activation == "softmax":
                found |= through_softmax(net, n, i, outs, by_output, by_pre, keep)
            for j, p in enumerate(pres[n][i], start=1):
                if layer.activation == "softmax":
                    break
                local = slope_at(layer.activation, own(layer, j - 1), p)
                if textbook:
                    y = outs[n][i][j - 1]
                    local = textbook_slope_at(layer.activation, own(layer, j - 1), p, y)
                if layer.slopes is not None:
                    low = p if p < 0 else one * 0
                    found[f"dl{i}[{j}]/da{i}[{j}]{at}"] = low
                    mine = times(share(net, due) if n in due else one * 0, by_output[j - 1])
                    name = f"dloss/da{i}[{j}]"
                    totals[name] = plus(totals.get(name, one * 0), times(mine, low))
                # what is too long to write out is a number of its own on the page
                by_value = layer.activation in ("elu", "gelu", "own")
                local = keep("f'" if by_value else "dl/dp", local)
                found[f"dl{i}[{j}]/dp{i}[{j}]{at}"] = local
                found[f"dloss/dl{i}[{j}]{at}"] = by_output[j - 1]
                delta = times(by_output[j - 1], local)
                if i == last and net.shortcut:
                    delta = times(
                        output_factor(net), plus(outs[n][i][j - 1], -net.targets[n][j - 1])
                    )
                by_pre.append(keep("dloss/dp", delta))
                found[f"dloss/dp{i}[{j}]{at}"] = by_pre[-1]
            for j, delta in enumerate(by_pre, start=1):
                # only the samples of the batch count, the others have derivatives of their own
                mine = times(share(net, due) if n in due else one * 0, delta)
                for k, value in enumerate(below, start=1):
                    found[f"dp{i}[{j}]/dw{i}[{j},{k}]{at}"] = value
                    name = f"dloss/dw{i}[{j},{k}]"
                    totals[name] = plus(totals.get(name, one * 0), times(mine, value))
                if layer.biases is not None:
                    found[f"dp{i}[{j}]/db{i}[{j}]{at}"] = layer.sign
                    name = f"dloss/db{i}[{j}]"
                    totals[name] = plus(totals.get(name, one * 0), times(layer.sign, mine))
            if i > 1:
                by_output = []
                for k in range(len(below)):
                    total = one * 0
                    for j, delta in enumerate(by_pre):
                        weight = layer.weights[j][k]
                        found[f"dp{i}[{j + 1}]/dl{i - 1}[{k + 1}]{at}"] = weight
                        total = plus(total, times(delta, weight))
                    stated = net.layers[i - 2].activation == "softmax"
                    by_output.append(keep("stated dloss/dl" if stated else "dloss/dl", total))
    found, totals = merged(net, found), merged(net, totals)
    for name, slope in penalty_slopes(net).items():
        found[f"dpenalty/d{name}"] = slope
        totals[f"dloss/d{name}"] = plus(totals[f"dloss/d{name}"], slope)
    found |= {name: keep("gradient", total) for name, total in totals.items()}
    return {name: v for name, v in found.items() if by_what(name) not in net.frozen}


def by_what(derivative: str) -> str:
    """``w1[1,2]`` of ``dloss/dw1[1,2]``, ``p1[1]`` of ``dl1[1]/dp1[1](3)``."""
    return derivative[derivative.index("/d") + 2 :].split("(")[0]


def through_softmax(
    net: Network, n: int, i: int, outs: Any, by_output: Any, by_pre: Any, keep: Keep
) -> dict[str, Number]:
    """The derivatives of a softmax layer at a sample; the deltas are added to ``by_pre``."""
    found: dict[str, Number] = {}
    at, out = f"({n + 1})", outs[n][i]
    one = net.factor / net.factor
    for k, z in enumerate(out, start=1):
        total = one * 0
        for j, y in enumerate(out, start=1):
            local = times(y, plus(one, -y)) if j == k else -times(y, z)
            found[f"dl{i}[{j}]/dp{i}[{k}]{at}"] = local
            total = plus(total, times(by_output[j - 1], local))
        if i == len(net.layers) and net.shortcut:
            total = times(output_factor(net), plus(z, -net.targets[n][k - 1]))
        found[f"dloss/dl{i}[{k}]{at}"] = by_output[k - 1]
        by_pre.append(keep("dloss/dp", total))
        found[f"dloss/dp{i}[{k}]{at}"] = by_pre[-1]
    return found


# what an optimiser keeps of each parameter, its constants, and which of them are raised to t
CONSTANTS = {"beta": "0.9", "beta1": "0.9", "beta2": "0.999", "epsilon": "1e-8"}
DEFAULTS = {
    "kind": "gradient_descent",
    "epsilon_in_root": False,
    "bias_correction": True,
    "t": 1,
}
KEPT: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "gradient_descent": ((), ()),
    "momentum": (("v",), ("beta",)),
    "classical_momentum": (("change",), ("beta",)),
    "average_momentum": (("v",), ("beta",)),
    "nesterov": (("v",), ("beta",)),
    "adagrad": (("s",), ("epsilon",)),
    "rmsprop": (("s",), ("beta", "epsilon")),
    "adam": (("m", "v"), ("beta1", "beta2", "epsilon")),
}


def kept(net: Network, parameters: Mapping[str, Number], state: int) -> dict[str, Number]:
    """What the optimiser knows before a step: constants, their powers, what it keeps."""
    own = net.optimizer
    names, constants = KEPT[own["kind"]]
    if state == 0:
        for name in names:
            for parameter in parameters:
                if parameter[0] in "wba" and parameter not in net.frozen:
                    net.state[f"{name}.{parameter}"] = net.factor * 0
        for entry in net.entries:
            i = entry["layer_number"]
            rows, biases = entry["weights"], entry.get("biases", [])
            values = {
                f"w{i}[{j},{k}]": x for j, r in enumerate(rows, 1) for k, x in enumerate(r, 1)
            } | {f"b{i}[{j}]": x for j, x in enumerate(biases, 1)}
            values |= {f"a{i}[{j}]": x for j, x in enumerate(entry.get("slopes", []), 1)}
            fixed = {*net.frozen, *net.shared}
            learning = {p: value for p, value in values.items() if p not in fixed}
            for parameter, value in learning.items():
                exact = Fraction(str(value))
                is_float = isinstance(net.factor, float)
                net.state[f"{entry['name']}.{parameter}"] = float(exact) if is_float else exact
    found = {name: own[name] for name in constants} if state == 0 else {}
    if own["kind"] == "adam" and own["bias_correction"]:
        for name in ("beta1", "beta2"):
            found[f"{name}^t"] = own[name] ** (own["t"] - 1 + state)
    return found | net.state


def divided(a: Number, b: Number) -> Number:
    if isinstance(a, Fraction) and (a == 0 or isinstance(b, Fraction)):
        return a / b if isinstance(b, Fraction) else a
    return real(a) / real(b)


def root(x: Number) -> Number:
    if isinstance(x, float):
        return math.sqrt(x)
    if isinstance(x, Fraction):
        exact = Fraction(math.isqrt(x.numerator), math.isqrt(x.denominator))
        if exact * exact == x:
            return exact
    return mpmath.sqrt(real(x))


def change(
    own: Mapping[str, Any],
    name: str,
    g: Number,
    found: Mapping[str, Number],
    stated: Callable[[str, Number], Number],
) -> Number:
    """What an optimiser takes from a parameter with the gradient ``g``.

    ``found`` has the learning rate, powers of constants and what has been kept of ``name``;
    ``stated`` is told what is made anew, and returns it as it is to be used.
    """
    kind, gamma = own["kind"], found["learning_rate"]

    def mean(state: str, beta: Number, new: Number) -> Number:
        return stated(state, plus(times(beta, found[state]), times(1 - beta, new)))

    def scaled(top: Number, square: Number) -> Number:
        if own["epsilon_in_root"]:
            return divided(top, root(plus(square, own["epsilon"])))
        return divided(top, plus(root(square), own["epsilon"]))

    if kind == "gradient_descent":
        return times(gamma, g)
    if kind == "momentum":
        kept = times(own["beta"], found[f"v.{name}"])
        return times(gamma, stated(f"v.{name}", plus(kept, g)))
    if kind == "classical_momentum":
        last = times(own["beta"], found[f"change.{name}"])
        return -stated(f"change.{name}", plus(last, -times(gamma, g)))
    if kind == "average_momentum":
        return times(gamma, mean(f"v.{name}", own["beta"], g))
    if kind == "nesterov":
        v = stated(f"v.{name}", plus(times(own["beta"], found[f"v.{name}"]), g))
        return times(gamma, plus(g, times(own["beta"], v)))
    if kind == "adagrad":
        return times(gamma, scaled(g, stated(f"s.{name}", plus(found[f"s.{name}"], times(g, g)))))
    if kind == "rmsprop":
        return times(gamma, scaled(g, mean(f"s.{name}", own["beta"], times(g, g))))
    assert kind == "adam"
    m = mean(f"m.{name}", own["beta1"], g)
    v = mean(f"v.{name}", own["beta2"], times(g, g))
    if own["bias_correction"]:
        first, second = (1 - found[f"{beta}^t"] * own[beta] for beta in ("beta1", "beta2"))
        m = stated(f"mhat.{name}", divided(m, first))
        v = stated(f"vhat.{name}", divided(v, second))
    return times(gamma, scaled(m, v))


def update(net: Network, found: Mapping[str, Number], keep: Keep, longest: int) -> None:
    """Replace every parameter that is not kept fixed, and what the optimiser keeps of it."""

    def short(value: Number) -> Number:
        return real(value) if isinstance(value, Fraction) and bits(value) > longest else value

    def stated(name: str, value: Number) -> Number:
        net.state[name] = short(keep("state", value))
        return net.state[name]

    def moved(name: str) -> Number:
        name = net.shared.get(name, name)
        if name in net.frozen:
            return found[name]
        by = change(net.optimizer, name, found[f"dloss/d{name}"], found, stated)
        return short(keep("update", plus(found[name], -by)))

    for i, layer in enumerate(net.layers, start=1):
        rows, columns = len(layer.weights), len(layer.weights[0])
        layer.weights = [
            [moved(f"w{i}[{j},{k}]") for k in range(1, columns + 1)] for j in range(1, rows + 1)
        ]
        if layer.biases is not None:
            layer.biases = [moved(f"b{i}[{j}]") for j in range(1, rows + 1)]
        if layer.slopes is not None:
            layer.slopes = [moved(f"a{i}[{j}]") for j in range(1, rows + 1)]


def solve(problem: Mapping[str, Any], dps: int = 60, **options: Any) -> dict[str, Number]:
    """Every quantity of every state by its full id, such as ``2/loss``."""
    found: dict[str, Number] = {}
    with mp.workdps(dps):
        for state, quantities in enumerate(run(problem, **options)):
            prefix = f"{state}/" if state else ""
            kept = frozen(problem) if state else set()
            found |= {prefix + name: v for name, v in quantities.items() if name not in kept}
    return found


def difference_quotient(problem: Mapping[str, Any], name: str, dps: int = 60) -> Number | None:
    """The centred difference quotient of the loss by parameter ``name``; None across a kink."""
    step = Fraction(1, 10**15)
    results = []
    with mp.workdps(dps):
        for distance in (-step, 0 * step, step):
            net = read(problem)
            for place in (name, *(copy for copy, first in net.shared.items() if first == name)):
                layer = net.layers[int(place[1 : place.index("[")]) - 1]
                indices = [int(part) - 1 for part in place[place.index("[") + 1 : -1].split(",")]
                if name[0] == "w":
                    layer.weights[indices[0]][indices[1]] += distance
                else:
                    values = layer.biases if name[0] == "b" else layer.slopes
                    assert values is not None
                    values[indices[0]] += distance
            results.append(loss(net))
        (low, here), (_, middle), (high, there) = results
        return real(plus(high, -low)) / real(2 * step) if here == middle == there else None


# numbers as they are printed


def bits(value: Fraction) -> int:
    return max(value.numerator.bit_length(), value.denominator.bit_length())


def exactly(value: Number) -> Fraction:
    """The Fraction that an mpf or float is."""
    if isinstance(value, mpmath.mpf):
        sign, man, exp, _ = value._mpf_
        if man and abs(exp) > 100_000:  # a Fraction of it would fill the memory
            raise OverflowError(f"2^{exp} is no size to compute with")
        size = Fraction(int(man)) * (Fraction(2) ** int(exp))
        return -size if sign else size
    return Fraction(value)


def rounded(value: Number, digits: int) -> Fraction:
    """To ``digits`` decimals, ties away from zero."""
    value = exactly(value)
    units = math.floor(abs(value) * 10**digits + Fraction(1, 2))
    return Fraction(units if value > 0 else -units, 10**digits)


def significant(value: Number, figures: int) -> Fraction:
    """To so many significant figures, ties away from zero."""
    value = exactly(value)
    if not value:
        return value
    scale = Fraction(10) ** (figures - 1 - first_place(value))
    return rounded(value * scale, 0) / scale


def figures(value: Number, digits: int, least: int = 3) -> Fraction:
    """To decimals, but where these leave fewer than ``least`` figures to that many."""
    value = exactly(value)
    if value and first_place(value) + digits + 1 < least:
        return significant(value, least)
    return rounded(value, digits)


def first_place(value: Fraction) -> int:
    """The power of ten of the leading digit, first about right from the lengths in bits."""
    doublings = value.numerator.bit_length() - value.denominator.bit_length()
    place = math.floor(doublings * math.log10(2)) + 2
    while abs(value) < Fraction(10) ** place:
        place -= 1
    return place


def printed_apart_from_one(value: Number, digits: int) -> Fraction:
    """As printed where a logarithm is taken of it: what it lacks to 1 has three digits."""
    plain, value = printed(value, digits), exactly(value)
    if plain != 1 or value == 1:
        return plain
    places = 0
    while abs(1 - value) * 10**places < 1:
        places += 1
    return rounded(value, places + 2)


def printed(value: Number, digits: int) -> Fraction:
    """As printed: three significant digits where decimals would be 0, or are 10^15 or more."""
    value = exactly(value)
    plain = rounded(value, digits)
    if (plain or not value) and abs(plain) < 10**15:
        return plain
    return significant(value, 3)
