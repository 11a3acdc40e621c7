"""Problems in the conventions of ``[input]``, read and written; shares no code with tracer."""

from __future__ import annotations

import copy
from typing import Any

from hypothesis import strategies as st

Document = dict[str, Any]


def canonical(document: Document) -> Document:
    """The problem without ``[input]``: as most of the examples are written."""
    found = copy.deepcopy(document)
    own = found.pop("input", {})
    number = {entry["layer_number"]: entry for entry in found.get("state", [])}
    for index, layer in enumerate(found["layers"], start=1):
        for table in [layer] + ([number[index]] if index in number else []):
            if own.get("weights") == "from-to":
                table["weights"] = turned(table["weights"])
            place = own.get("biases", "separate")
            if place != "separate" and layer.get("biases", True) is not False:
                at = 0 if place == "first" else len(table["weights"][0]) - 1
                table["biases"] = [row.pop(at) for row in table["weights"]]
    if own.get("samples", "tables") != "tables":
        table = found["data"]
        for name, matrix in table.items():
            if not isinstance(matrix[0], list):
                table[name] = [[value] for value in matrix]
            elif own["samples"] == "columns":
                table[name] = turned(matrix)
        pairs = zip(table["inputs"], table["targets"], strict=True)
        found["data"] = [{"inputs": inputs, "targets": targets} for inputs, targets in pairs]
    if own.get("targets", "values") != "values":
        outputs = len(found["layers"][-1]["weights"])
        for sample in found["data"]:
            given = sample["targets"]
            right = int(given[0] if isinstance(given, list) else given) - int(own["targets"][-1])
            sample["targets"] = ["1" if n == right else "0" for n in range(outputs)]
    return found


def turned(matrix: list[list[Any]]) -> list[list[Any]]:
    """The transposed matrix."""
    return [[row[column] for row in matrix] for column in range(len(matrix[0]))]


def classes(document: Document) -> list[int] | None:
    """The number of each sample's class from 0, if all targets are a single 1 among zeros."""
    every = [[str(value) for value in sample["targets"]] for sample in document["data"]]
    if all(len(own) > 1 and sorted(own) == ["0"] * (len(own) - 1) + ["1"] for own in every):
        return [own.index("1") for own in every]
    return None


def written(document: Document, own: dict[str, str], *, lists: bool = False) -> Document:
    """A canonical problem in the conventions ``own``; ``lists``: single numbers without rows."""
    found = copy.deepcopy(document)
    for layer in found["layers"]:
        layer["values"] = layer.get("biases")
    for table in (*found["layers"], *found.get("state", [])):
        if own.get("biases", "separate") != "separate":
            layer = found["layers"][table["layer_number"] - 1] if "name" in table else table
            if layer["values"]:
                at = 0 if own["biases"] == "first" else len(table["weights"][0])
                for row, bias in zip(table["weights"], table.pop("biases"), strict=True):
                    row.insert(at, bias)
        if own.get("weights") == "from-to":
            table["weights"] = turned(table["weights"])
    for layer in found["layers"]:
        del layer["values"]
    if own.get("targets", "values") != "values":
        numbers = classes(document)
        assert numbers is not None
        for sample, number in zip(found["data"], numbers, strict=True):
            sample["targets"] = [number + int(own["targets"][-1])]
    if own.get("samples", "tables") != "tables":
        matrices = {key: [sample[key] for sample in found["data"]] for key in found["data"][0]}
        for key, matrix in matrices.items():
            if lists and len(matrix[0]) == 1:
                matrices[key] = [value for (value,) in matrix]
            elif own["samples"] == "columns":
                matrices[key] = turned(matrix)
        found["data"] = matrices
    return found | {"input": own}


@st.composite
def some(draw: st.DrawFn, document: Document) -> Document:
    """A canonical problem in any conventions that can hold it."""
    thresholds = any("thresholds" in layer for layer in document["layers"])
    choices = {
        "weights": ["to-from", "from-to"],
        "biases": ["separate"] if thresholds else ["separate", "first", "last"],
        "samples": ["tables", "rows", "columns"],
        "targets": ["values"],
    }
    if classes(document) is not None:
        choices["targets"] += ["classes-from-0", "classes-from-1"]
    own = {name: draw(st.sampled_from(values)) for name, values in choices.items()}
    left_out = {"to-from", "separate", "tables", "values"} if draw(st.booleans()) else set()
    own = {name: value for name, value in own.items() if value not in left_out}
    return written(document, own, lists=draw(st.booleans()))
