"""Random computational graphs, as dicts of the structure of the TOML files."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hypothesis import strategies as st

from tests.strategies import decimals, positive

RATIONAL = ("relu", "max", "min")
FUNCTIONS = ("exp", "log", "sqrt", "tanh", "sigmoid", "softplus", *RATIONAL)


@st.composite
def formulas(
    draw: st.DrawFn, names: Sequence[str], functions: Sequence[str], depth: int = 2
) -> str:
    """A formula in some names; a logarithm or a root only of what is above 0."""
    if depth == 0 or draw(st.integers(0, 3)) == 0:
        return draw(st.sampled_from([*names, *names, *names, "2", "0.5", "1"]))
    inner = formulas(names, functions, depth - 1)
    kind = draw(st.sampled_from(["+", "-", "*", "*", "/", "^", "call", "call", "neg"]))
    if kind == "call":
        name = draw(st.sampled_from(functions))
        if name in ("max", "min"):
            return f"{name}({draw(inner)}, {draw(inner)})"
        square = name in ("log", "sqrt")
        return f"{name}(({draw(inner)})^2 + 0.5)" if square else f"{name}({draw(inner)})"
    if kind == "^":
        return f"({draw(inner)})^{draw(st.integers(1, 3))}"
    if kind == "neg":
        return f"-({draw(inner)})"
    if kind == "/":
        return f"({draw(inner)}) / (({draw(inner)})^2 + 1)"
    return f"({draw(inner)}) {kind} ({draw(inner)})"


@st.composite
def graphs(draw: st.DrawFn, *, policy: str = "display") -> dict[str, Any]:
    """A whole problem: numbers, lists and matrices, ranges, recurrences and sums, updates."""
    functions = RATIONAL if policy == "exact" else FUNCTIONS
    size = draw(st.integers(1, 3))
    numbers = decimals(2, 1)
    given: dict[str, Any] = {"x": draw(numbers), "w_1": draw(numbers)}
    given["v"] = draw(st.lists(numbers, min_size=size, max_size=size))
    names = ["x", "w_1", f"v[{size}]"]
    sizes = {"n": size} if draw(st.booleans()) else {}
    high = "n" if sizes else str(size)
    steps: list[str] = []
    if draw(st.booleans()):  # every element of a list
        inner = ("x", "w_1", "v[t]")
        steps.append(f"a[t] = {draw(formulas(inner, functions))} + 0*v[t] for t = 1..{high}")
        names += ["a[1]", f"sum(t = 1..{high}, v[t]*a[t])"]
    if draw(st.booleans()):  # a recurrence
        body = draw(formulas(("w_1", "h[t-1]", "v[t]"), functions, 1))
        steps += ["h[0] = 0", f"h[t] = {body} + 0*w_1 for t = 1..{high}"]
        names.append(f"h[{size}]")
    if draw(st.booleans()):  # a matrix times a vector
        rows = draw(st.integers(1, 2))
        row = st.lists(numbers, min_size=size, max_size=size)
        given["M"] = draw(st.lists(row, min_size=rows, max_size=rows))
        steps.append(f"m[i] = sum(j = 1..{high}, M[i,j]*v[j]) for i = 1..{rows}")
        names.append(f"m[{rows}]")
    for number in range(draw(st.integers(0, 2))):
        steps.append(f"s{number} = {draw(formulas(names, functions))} + 0*x")
        names.append(f"s{number}")
    last = draw(st.sampled_from(names))
    steps.append(f"f = {draw(formulas(names, functions))} + w_1*{last}")
    wanted = draw(st.lists(st.sampled_from(sorted(given)), min_size=1, max_size=3, unique=True))
    found: dict[str, Any] = {
        "graph": {
            "given": given,
            "steps": steps,
            "output": "f",
            "gradients": [*wanted, *(["w_1"] if "w_1" not in wanted else [])],
        },
        "numbers": {"policy": policy, "digits": draw(st.integers(0, 8))},
    }
    if sizes:
        found["graph"]["sizes"] = sizes
    found["numbers"]["style"] = draw(st.sampled_from(["decimal", "fraction"]))
    found["numbers"]["decimal_comma"] = draw(st.booleans())
    if draw(st.booleans()):
        rates = draw(st.lists(positive(), min_size=1, max_size=2))
        steps_taken = draw(st.integers(0, 3))
        found["training"] = {"learning_rate": rates, "steps": steps_taken}
    return found
