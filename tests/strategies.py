"""Random problems, as dicts of the structure of the TOML files."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise
from typing import Any

from hypothesis import strategies as st

from tests.conftest import ROOT

RATIONAL = ("identity", "relu", "leaky_relu")
ACTIVATIONS = (*RATIONAL, "sigmoid", "tanh", "softplus")


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
        if layer["activation"] == "leaky_relu" and draw(st.booleans()):
            slope = st.integers(0, 10**places - 1).map(lambda n: str(Decimal(n) / 10**places))
            layer["slope"] = draw(slope)
        elif layer["activation"] == "leaky_relu" and places < 2:
            layer["slope"] = "0"  # the default has two decimals
        found.append(layer)
    return found


@st.composite
def problems(
    draw: st.DrawFn,
    *,
    activations: Sequence[str] = ACTIVATIONS,
    most_layers: int = 4,
    most_neurons: int = 4,
    most_samples: int = 4,
    most_steps: int = 3,
    places: int = 3,
    digits: st.SearchStrategy[int] | None = None,
    policy: str = "display",
) -> dict[str, Any]:
    """A whole problem. ``places`` is the number of decimals of what is given."""
    depth = draw(st.integers(1, most_layers))
    sizes = draw(st.lists(st.integers(1, most_neurons), min_size=depth + 1, max_size=depth + 1))
    sample = st.fixed_dictionaries(
        {
            "inputs": st.lists(decimals(3, places), min_size=sizes[0], max_size=sizes[0]),
            "targets": st.lists(decimals(1, places), min_size=sizes[-1], max_size=sizes[-1]),
        }
    )
    found: dict[str, Any] = {
        "layers": draw(layers(sizes, activations, places)),
        "data": draw(st.lists(sample, min_size=1, max_size=most_samples)),
        "loss": {
            "factor": draw(st.sampled_from(["1", "1/2", "0.5", "2", "1/3"])),
            "outputs": draw(st.sampled_from(["sum", "mean"])),
            "samples": draw(st.sampled_from(["sum", "mean"])),
        },
        "numbers": {
            "policy": policy,
            "digits": draw(st.integers(0, 12) if digits is None else digits),
        },
    }
    steps = draw(st.integers(0, most_steps))
    if steps or draw(st.booleans()):
        found["training"] = {"learning_rate": draw(positive()), "steps": steps}
    return found
