"""Random problems, as dicts of the structure of the TOML files."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise
from typing import Any

from hypothesis import strategies as st

from tests.conftest import ROOT
from tests.reference import KEPT

RATIONAL = ("identity", "relu", "leaky_relu")
COUPLED = "softmax"
ACTIVATIONS = (*RATIONAL, "elu", "gelu", "silu", "sigmoid", "tanh", "softplus", COUPLED)
# without gradients
FORWARD_ONLY = ("step",)


RATIONAL_LOSSES = ("squared_error", "absolute_error", "huber", "hinge")
LOSSES = (*RATIONAL_LOSSES, "binary_cross_entropy", "cross_entropy")


@st.composite
def targets(draw: st.DrawFn, loss: str, count: int, places: int) -> list[str]:
    """Targets that a loss allows."""
    if loss == "hinge":
        return draw(st.lists(st.sampled_from(["1", "-1"]), min_size=count, max_size=count))
    if loss == "binary_cross_entropy":
        some = st.sampled_from(["0", "1", "1", "0.5"] if places else ["0", "1"])
        return draw(st.lists(some, min_size=count, max_size=count))
    if loss == "cross_entropy":
        found = ["0"] * count
        found[draw(st.integers(0, count - 1))] = "1"
        if count > 1 and places and draw(st.booleans()):
            found[:2] = ["0.3", "0.7"]
            found[2:] = ["0"] * (count - 2)
        return found
    return draw(st.lists(decimals(1, places), min_size=count, max_size=count))


def decimals(largest: int = 2, places: int = 3) -> st.SearchStrategy[str]:
    """A decimal as text; often one with which sums cancel and kinks are met."""
    scale = 10**places
    free = st.integers(-largest * scale, largest * scale).map(lambda n: str(Decimal(n) / scale))
    plain = ("0", "1", "-1", "0.5", "-0.5", "0.1", "0.2", "-0.3")
    return st.one_of(free, st.sampled_from([text for text in plain if places or "." not in text]))


def positive(largest: int = 1) -> st.SearchStrategy[str]:
    return st.integers(1, largest * 1000).map(lambda n: str(Decimal(n) / 1000))


# the names of all profiles: each is a file
NOTATIONS = sorted(path.stem for path in (ROOT / "tracer" / "notations").glob("*.toml"))
OWN = (
    {"weight": "w_{i}{k}{j}", "bias": "w_{i}{j}", "delta": "Delta_{j}^{i}", "updated": "^*"},
    {"like": "mazur", "output": "o_{unit}^out", "sample": "_({n})", "network": "g_{j}"},
    {"like": "ng", "input": False, "prediction": "yhat_{name}", "loss": "L_CE"},
)


def notations() -> st.SearchStrategy[str | dict[str, Any]]:
    """A profile by its name, or one's own."""
    return st.one_of(st.sampled_from(NOTATIONS), st.sampled_from(OWN))


@st.composite
def layers(
    draw: st.DrawFn, sizes: Sequence[int], activations: Sequence[str], places: int
) -> list[dict[str, Any]]:
    found = []
    for below, size in pairwise(sizes):
        rows = st.lists(decimals(places=places), min_size=below, max_size=below)
        biases = st.lists(decimals(places=places), min_size=size, max_size=size)
        layer = {
            "weights": draw(st.lists(rows, min_size=size, max_size=size)),
            "biases": draw(st.one_of(st.just(False), biases, biases)),
            "activation": draw(st.sampled_from(activations)),
        }
        if size == 1 and layer["activation"] == COUPLED:
            layer["activation"] = "identity"
        if layer["activation"] == "leaky_relu" and draw(st.booleans()):
            slope = st.integers(0, 10**places - 1).map(lambda n: str(Decimal(n) / 10**places))
            layer["slope"] = draw(slope)
        elif layer["activation"] == "leaky_relu" and places < 2:
            layer["slope"] = "0"  # the default has two decimals
        if layer["activation"] == "elu" and draw(st.booleans()):
            layer["alpha"] = draw(positive(2))
        if layer["biases"] and draw(st.integers(0, 5)) == 1:
            layer["thresholds"] = layer.pop("biases")
        found.append(layer)
    return found


@st.composite
def frozen(draw: st.DrawFn, problem: dict[str, Any]) -> None:
    """Keep some parameters of one problem in three fixed, never all of them."""
    learns = False
    for layer in problem["layers"] if draw(st.integers(0, 2)) == 1 else ():
        rows, columns = len(layer["weights"]), len(layer["weights"][0])
        names = [f"w[{j + 1},{k + 1}]" for j in range(rows) for k in range(columns)]
        names.append("weights")
        for key in ("biases", "thresholds"):
            if layer.get(key):
                names += [key, *(f"b[{j + 1}]" for j in range(rows))]
        words = draw(st.lists(st.sampled_from(names), max_size=4))
        if words and (learns or layer is not problem["layers"][-1]):
            layer["frozen"] = words
        learns = learns or not {"weights", *(n for n in names if n[0] == "w")} & set(words)


@st.composite
def problems(
    draw: st.DrawFn,
    *,
    activations: Sequence[str] = ACTIVATIONS,
    losses: Sequence[str] = ("squared_error",),
    penalties: bool = False,
    most_layers: int = 4,
    most_neurons: int = 4,
    most_samples: int = 4,
    most_steps: int = 3,
    places: int = 3,
    digits: st.SearchStrategy[int] | None = None,
    policy: str = "display",
    optimizers: Sequence[str] = (),
) -> dict[str, Any]:
    """A whole problem. ``places`` is the number of decimals of what is given."""
    depth = draw(st.integers(1, most_layers))
    sizes = draw(st.lists(st.integers(1, most_neurons), min_size=depth + 1, max_size=depth + 1))
    loss = draw(st.sampled_from(losses))
    sample = st.fixed_dictionaries(
        {
            "inputs": st.lists(decimals(3, places), min_size=sizes[0], max_size=sizes[0]),
            "targets": targets(loss, sizes[-1], places),
        }
    )
    found: dict[str, Any] = {
        "layers": draw(layers(sizes, activations, places)),
        "data": draw(st.lists(sample, min_size=1, max_size=most_samples)),
        "loss": {
            "kind": loss,
            "factor": draw(st.sampled_from(["1", "1/2", "0.5", "2", "1/3"])),
            "outputs": draw(st.sampled_from(["sum", "mean"])),
            "samples": draw(st.sampled_from(["sum", "mean"])),
        },
        "numbers": {
            "policy": policy,
            "digits": draw(st.integers(0, 12) if digits is None else digits),
        },
    }
    if loss in ("binary_cross_entropy", "cross_entropy"):  # outputs that have a logarithm
        last = found["layers"][-1]
        some = ["sigmoid", COUPLED] if sizes[-1] > 1 else ["sigmoid"]
        last["activation"] = draw(st.sampled_from(some))
        last.pop("slope", None)
        last.pop("alpha", None)
        found["loss"]["shortcut"] = draw(st.booleans())
    if penalties and draw(st.booleans()):
        found["loss"]["penalty"] = {
            "kind": draw(st.sampled_from(["l2", "l1"])),
            "lambda": draw(st.sampled_from(["1", "0.5", "4"])),
            "factor": draw(st.sampled_from(["1", "1/2", "1/m", "1/2m"])),
            "biases": draw(st.booleans()),
        }
    steps = draw(st.integers(0, most_steps))
    if steps or draw(st.booleans()):
        found["training"] = {"learning_rate": draw(positive()), "steps": steps}
        if draw(st.booleans()):
            found["training"]["batch"] = draw(st.integers(1, len(found["data"])))
        if draw(st.booleans()):
            found["training"]["learning_rate"] = draw(st.lists(positive(), min_size=1, max_size=3))
    if optimizers and draw(st.booleans()):
        found |= draw(optimizer(optimizers, found["layers"], places))
    draw(frozen(found))
    return found


# what an optimiser keeps that is made of squares
SQUARES = {"adagrad": "s", "rmsprop": "s", "adam": "v"}
OPTIMIZERS = tuple(KEPT)
WITHOUT_ROOTS = tuple(name for name in KEPT if name not in SQUARES)


@st.composite
def optimizer(
    draw: st.DrawFn, kinds: Sequence[str], layers: Sequence[dict[str, Any]], places: int
) -> dict[str, Any]:
    """[optimizer] with some of its keys, and [[state]] with some of what it keeps."""
    kind = draw(st.sampled_from(kinds))
    states, constants = KEPT[kind]
    found: dict[str, Any] = {"kind": kind}
    for name in constants:
        if draw(st.booleans()):
            some = ("0.5", "0.001", "1e-6") if name == "epsilon" else ("0", "0.5", "0.9", "0.99")
            found[name] = draw(st.sampled_from(some))
    if "epsilon" in constants and draw(st.booleans()):
        found["epsilon_in_root"] = draw(st.booleans())
    if kind == "adam" and draw(st.booleans()):
        found["bias_correction"] = draw(st.booleans())
        found["t"] = draw(st.integers(1, 3))
    if states and draw(st.booleans()):
        name, number = draw(st.sampled_from(states)), draw(st.integers(1, len(layers)))
        value = decimals(1, places)
        if name == SQUARES.get(kind):
            value = value.map(lambda text: text.removeprefix("-"))
        layer = layers[number - 1]
        weights, biases = layer["weights"], layer.get("biases", layer.get("thresholds"))
        rows = [[draw(value) for _ in row] for row in weights]
        entry: dict[str, Any] = {"name": name, "layer_number": number, "weights": rows}
        if biases:
            entry["biases"] = [draw(value) for _ in biases]
        return {"optimizer": found, "state": [entry]}
    return {"optimizer": found}
