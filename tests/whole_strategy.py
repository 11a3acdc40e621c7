"""Random networks over the whole schema: every key of a network's problem file may be there."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from tests import strategies
from tests.strategies import decimals

RATIONAL_FORMULAS = ("x / (1 + abs(x))", "p + p^3/10", "max(x, 0.1*x)", "relu(x) - 0.5*relu(-x)")
FORMULAS = (*RATIONAL_FORMULAS, "x*sigmoid(x)", "exp(-x^2)", "tanh(x) + 0.1*x", "sqrt(1 + p^2)")
RATIONAL_LOSSES = ("(t - y)^4", "abs(t - y)", "(y - t)^2 + 0.1*y^2", "max(0, 1 - t*y)")
LOSSES = (*RATIONAL_LOSSES, "log(1 + exp(-t*y))", "sqrt((t - y)^2 + 0.01)")
PARTS = ("givens", "indices", "forward", "loss", "paths", "reasons", "samples", "updates")
KINDS = ("pre_activations", "outputs", "loss", "local_derivatives", "deltas", "gradients")
KINDS = (*KINDS, "weights", "state")


@st.composite
def networks(draw: st.DrawFn, policy: str) -> dict[str, Any]:
    """A problem in the canonical form of a file, with any of the keys."""
    exact = policy == "exact"
    found = draw(
        strategies.problems(
            activations=strategies.RATIONAL if exact else strategies.ACTIVATIONS,
            losses=strategies.RATIONAL_LOSSES if exact else strategies.LOSSES,
            penalties=True,
            most_layers=3,
            most_neurons=3,
            most_samples=3,
            places=draw(st.integers(0, 2)),
            policy=policy,
            optimizers=strategies.WITHOUT_ROOTS if exact else strategies.OPTIMIZERS,
        )
    )
    for layer in found["layers"]:
        draw(_own_rules(layer, exact))
    for entry in found.get("state", ()):
        slopes = found["layers"][entry["layer_number"] - 1].get("slopes")
        if slopes and draw(st.booleans()):
            entry["slopes"] = [text.removeprefix("-") for text in slopes]
    if found["loss"]["kind"] in strategies.RATIONAL_LOSSES and draw(st.integers(0, 3)) == 1:
        found["loss"] = {
            "formula": draw(st.sampled_from(RATIONAL_LOSSES if exact else LOSSES)),
            **{key: value for key, value in found["loss"].items() if key != "kind"},
        }
    elif found["loss"]["kind"] == "huber":
        found["loss"]["delta"] = draw(st.sampled_from(["1", "0.5", "1/3"]))
    if draw(st.integers(0, 3)) == 1:
        draw(_shared(found))
    if draw(st.integers(0, 3)) == 1:
        found["first_layer"] = draw(st.integers(2, 4))
    if found.get("training", {}).get("steps") and draw(st.integers(0, 3)) == 1:
        steps = st.integers(1, found["training"]["steps"])
        found["training"]["print"] = sorted(draw(st.sets(steps, min_size=1)))
    found["numbers"] = draw(_numbers(policy))
    found["notation"] = draw(strategies.notations())
    found["loss"]["name"] = draw(st.sampled_from(["E", "MSE", "Loss 1", "50% & $x = 1$ {_^~\\"]))
    draw(_page(found))
    return found


@st.composite
def _own_rules(draw: st.DrawFn, layer: dict[str, Any], exact: bool) -> None:
    """A formula or learned slopes for an activation, a constant input for the biases."""
    kind = draw(st.integers(0, 5))
    # what the loss needs stays: softmax and sigmoid have short forms with theirs
    if kind in (1, 2) and layer["activation"] not in ("sigmoid", strategies.COUPLED):
        for key in ("activation", "slope", "alpha"):
            layer.pop(key, None)
        if kind == 1:
            layer["formula"] = draw(st.sampled_from(RATIONAL_FORMULAS if exact else FORMULAS))
        else:
            count = len(layer["weights"])
            layer["activation"] = "prelu"
            layer["slopes"] = draw(st.lists(decimals(1, 2), min_size=count, max_size=count))
    if layer.get("biases") and draw(st.integers(0, 5)) == 1:
        layer["constant"] = draw(st.sampled_from(["1", "-1", "0.5"]))


@st.composite
def _shared(draw: st.DrawFn, found: dict[str, Any]) -> None:
    """Two weights that are one, of any layers; neither is fixed, nor does the file keep a state."""
    if "state" in found or any("frozen" in layer for layer in found["layers"]):
        return
    places = [
        (i, j, k)
        for i, layer in enumerate(found["layers"])
        for j, row in enumerate(layer["weights"])
        for k in range(len(row))
    ]
    if len(places) < 2:
        return
    pair = draw(st.lists(st.sampled_from(places), min_size=2, max_size=2, unique=True))
    (a, b, c), (i, j, k) = pair
    found["layers"][i]["weights"][j][k] = found["layers"][a]["weights"][b][c]
    found["shared"] = [[f"w{i + 1}[{j + 1},{k + 1}]" for i, j, k in pair]]


@st.composite
def _numbers(draw: st.DrawFn, policy: str) -> dict[str, Any]:
    found: dict[str, Any] = {"policy": policy, "decimal_comma": draw(st.booleans())}
    found["style"] = draw(st.sampled_from(["decimal", "fraction"]))
    if policy == "exact":
        return found
    counts = st.integers(2, 6)
    found[draw(st.sampled_from(["digits", "digits", "significant"]))] = draw(counts)
    for key in ("digits_of", "significant_of"):
        kinds = draw(st.sets(st.sampled_from(KINDS), max_size=2))
        kinds -= set(found.get("digits_of", ()))
        if kinds:
            found[key] = {kind: draw(counts) for kind in sorted(kinds)}
    return found


@st.composite
def _page(draw: st.DrawFn, found: dict[str, Any]) -> None:
    """A view that goes with the problem, and how much is said."""
    coupled = any(layer.get("activation") == strategies.COUPLED for layer in found["layers"])
    by_deltas = coupled or "shared" in found or found["numbers"]["policy"] == "step"
    own: dict[str, Any] = {}
    views = ["auto", "deltas"] if by_deltas else ["auto", "deltas", "paths"]
    own["view"] = draw(st.sampled_from(views))
    own["detail"] = draw(st.sampled_from(["brief", "slides", "slides", "full"]))
    if own["detail"] == "full" and draw(st.booleans()):
        own["hide"] = draw(st.lists(st.sampled_from(PARTS), min_size=1, max_size=3, unique=True))
    elif draw(st.integers(0, 2)) == 1:
        own["show"] = draw(st.lists(st.sampled_from(PARTS), min_size=1, max_size=3, unique=True))
    found["page"] = own
