"""From the conventions that ``[input]`` declares to the one that everything after this works in.

There weights lie to-from, biases stand beside them, every sample is a table, targets are values.
Numbers keep the place where they were written: :class:`Canonical` has it for what has moved.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import zip_longest
from typing import Any

from tracer import schema
from tracer.errors import count
from tracer.toml_scan import Place
from tracer.validation import Findings, check_value, defaults

_Row = tuple[Fraction, ...]


@dataclass(frozen=True, slots=True)
class Conventions:
    """What ``[input]`` says, or would say if it were there; see :mod:`tracer.schema.input`."""

    weights: str = "to-from"
    biases: str = "separate"
    samples: str = "tables"
    targets: str = "values"

    @property
    def lines(self) -> str:
        """What holds the weights to one neuron each, in a matrix of weights."""
        return "rows" if self.weights == "to-from" else "columns"

    @property
    def biases_inside(self) -> bool:
        """Whether the biases stand inside the matrices of weights."""
        return self.biases != "separate"

    @property
    def samples_together(self) -> bool:
        """Whether all samples are in one table."""
        return self.samples != "tables"

    @property
    def keys(self) -> tuple[schema.Key, ...]:
        """The keys of a problem that is written so."""
        return schema.as_declared(
            biases_inside=self.biases_inside, samples_together=self.samples_together
        )

    def besides(self, layer: Mapping[str, Any]) -> str:
        """Words for the number of each neuron that is none of its weights, if there is one."""
        return " besides the bias" if self.biases_inside and layer.get("biases") else ""

    def size(self, rows: int, columns: int, biased: bool) -> str:
        """The size that a matrix of canonical size, without its biases, has where it is written."""
        written = (rows, columns + (self.biases_inside and biased))
        return " × ".join(map(str, written if self.weights == "to-from" else reversed(written)))

    def alternatives(self) -> Iterator[tuple[Conventions, str, str]]:
        """The conventions of which one may be meant, the key that is read otherwise, and a hint."""
        if self.weights == "to-from":
            hint = 'if row k is from neuron k, write [input] weights = "from-to"'
            yield replace(self, weights="from-to"), "weights", hint
        else:
            hint = 'if row j is to neuron j, write [input] weights = "to-from"'
            yield replace(self, weights="to-from"), "weights", hint
        if self.samples_together:
            other = "columns" if self.samples == "rows" else "rows"
            hint = f'if each {other[:-1]} is a sample, write [input] samples = "{other}"'
            yield replace(self, samples=other), "data", hint
        if self.targets == "values":
            for low in (0, 1):
                hint = f"if a target is the number of a class, counted from {low}"
                hint += f', write [input] targets = "classes-from-{low}"'
                yield replace(self, targets=f"classes-from-{low}"), "data", hint


CANONICAL = Conventions()


@dataclass(frozen=True, slots=True)
class Canonical:
    """A document in the canonical conventions.

    ``places`` tells of what stands elsewhere in the document as it was written where that is.
    """

    given: dict[str, Any]
    places: Mapping[Place, Place]


def declared(content: Mapping[Any, Any], found: Findings) -> Conventions:
    """The conventions that a document declares; the canonical ones if ``found`` says why not."""
    before = len(found)
    kind = schema.Table(schema.INPUT)
    given = check_value(kind, content.get("input", {}), ("input",), found)
    if len(found) > before:
        return CANONICAL
    return Conventions(**(defaults(schema.INPUT) | given))


def canonical(given: Mapping[str, Any], own: Conventions, found: Findings) -> Canonical:
    """What :func:`tracer.validation.check_table` returned, in the canonical conventions.

    Adds to ``found`` what can't be read in the conventions ``own``; that is then left out.
    """
    result, places = dict(given), dict[Place, Place]()
    layers = [_layer(n, layer, own, found) for n, layer in enumerate(given.get("layers") or ())]
    result["layers"] = layers
    if own.samples_together:
        result["data"] = _tables(given.get("data") or {}, own, places, found)
    if own.targets != "values":
        result["data"] = _one_hot(result, own, found)
    if given.get("state"):
        result["state"] = [
            _state(n, entry, layers, own, found) for n, entry in enumerate(given["state"])
        ]
    return Canonical(result, places)


def _layer(
    index: int, layer: Mapping[str, Any] | None, own: Conventions, found: Findings
) -> dict[str, Any]:
    result = dict(layer or {})
    place = ("layers", index)
    _refuse_biases(result, place, own, found)
    biased = own.biases_inside and result.get("biases") is not False
    if result.get("weights"):
        result |= _parted(result["weights"], biased, (*place, "weights"), own, found)
    return result


def _state(
    index: int,
    entry: Mapping[str, Any] | None,
    layers: Sequence[Mapping[str, Any]],
    own: Conventions,
    found: Findings,
) -> dict[str, Any]:
    """An entry of ``[[state]]``, whose matrix is written as that of its layer."""
    result = dict(entry or {})
    place = ("state", index)
    _refuse_biases(result, place, own, found)
    number = result.get("layer_number") or 0
    layer = layers[number - 1] if 0 < number <= len(layers) else {}
    biased = own.biases_inside and layer.get("biases") is not False
    if result.get("weights"):
        result |= _parted(result["weights"], biased, (*place, "weights"), own, found)
    return result


def _refuse_biases(table: dict[str, Any], place: Place, own: Conventions, found: Findings) -> None:
    """Biases stand in one place: where they are inside the weights, not also beside them."""
    for key in ("biases", "thresholds"):
        if own.biases_inside and table.get(key):
            line = "column" if own.weights == "to-from" else "row"
            message = f"the biases are the {own.biases} {line} of weights, as [input] says"
            message += "; leave this out"
            found.append(((*place, key), True, message))
            del table[key]


def _parted(
    matrix: tuple[_Row, ...], biased: bool, place: Place, own: Conventions, found: Findings
) -> dict[str, Any]:
    """The weights to-from of a matrix as it is written, and its biases where it has them."""
    rows = matrix if own.weights == "to-from" else tuple(zip(*matrix, strict=True))
    if not biased:
        return {"weights": rows}
    if len(rows[0]) == 1:
        message = (
            f"the {own.lines} of weights have 1 number, which is the bias, as [input] says; "
            "write the weights too, or biases = false"
        )
        found.append((place, False, message))
        return {"weights": None, "biases": None}
    if own.biases == "first":
        return {"weights": tuple(row[1:] for row in rows), "biases": tuple(r[0] for r in rows)}
    return {"weights": tuple(row[:-1] for row in rows), "biases": tuple(r[-1] for r in rows)}


def _tables(
    table: Mapping[str, Any], own: Conventions, places: dict[Place, Place], found: Findings
) -> list[dict[str, Any]]:
    """The samples of one table each as its own, and in ``places`` where their numbers stand."""
    columns: dict[str, list[_Row]] = {}
    for name, numbers in table.items():
        if not numbers:
            continue
        at: Place = ("data", name)
        if isinstance(numbers[0], Fraction):  # one number for each sample
            columns[name] = [(number,) for number in numbers]
        elif own.samples == "rows":
            columns[name] = list(numbers)
        else:
            columns[name] = list(zip(*numbers, strict=True))
            at = (*at, 0)
        if len(columns[name]) > schema.MOST_SAMPLES:
            message = f"{len(columns[name]):,} samples; at most {schema.MOST_SAMPLES:,}"
            found.append((("data", name), False, message))
            return []
        for index in range(len(columns[name])):
            places["data", index, name] = (*at, index)
    sizes = [len(rows) for rows in columns.values()]
    if len(set(sizes)) > 1:
        sizes = [len(columns[name]) for name in ("inputs", "targets")]
        message = f"targets for {count(sizes[1], 'sample')}, but inputs for {sizes[0]:,}"
        found.append((("data", "targets"), False, f"{message} ({_where(table, own)})"))
        del columns["targets"]
    samples = zip_longest(*columns.values())
    return [dict(zip(columns, sample, strict=True)) for sample in samples]


def _where(table: Mapping[str, Any], own: Conventions) -> str:
    """What stands for a sample in matrices, and in lists."""
    lists = any(isinstance(table[name][0], Fraction) for name in ("inputs", "targets"))
    matrices = f"each {own.samples[:-1]} is one"
    return f"{matrices}, each number of a list without rows too" if lists else matrices


def _one_hot(given: Mapping[str, Any], own: Conventions, found: Findings) -> list[dict[str, Any]]:
    """The samples with a target of 1 for the output of their class, 0 for the others.

    Targets that can't be read so are left out.
    """
    samples = [dict(sample or {}) for sample in given.get("data") or ()]
    classes = [sample.pop("targets", None) for sample in samples]
    last = given["layers"][-1].get("weights") if given["layers"] else None
    place: Place = ("input", "targets")
    if (given.get("loss") or {}).get("kind") == "hinge":
        message = (
            "class numbers become targets of 1 and 0, but those of hinge are 1 and -1; "
            'write them out, with targets = "values"'
        )
        found.append((place, False, message))
        return samples
    if not last:
        return samples
    outputs = len(last)
    if outputs == 1:
        message = (
            "class numbers need an output for each class, but the network has 1; "
            'a target of 0 or 1 for it is a value: write targets = "values"'
        )
        found.append((place, False, message))
        return samples
    low = int(own.targets[-1])
    single = [of[0] for of in classes if of]
    from_other = all(_is_class(number, 1 - low, outputs) for number in single)
    hint = f'; if they count from {1 - low}, write [input] targets = "classes-from-{1 - low}"'
    for index, (sample, numbers) in enumerate(zip(samples, classes, strict=True)):
        place = ("data", index, "targets")
        if not numbers:
            continue
        if len(numbers) > 1:
            message = f"a sample has the number of one class, not {len(numbers):,} numbers"
            found.append((place, False, message))
            if own.samples_together:
                break  # all others have as many
        elif _is_class(numbers[0], low, outputs):
            right = numbers[0] - low
            sample["targets"] = tuple(Fraction(output == right) for output in range(outputs))
        else:
            message = f"{numbers[0]} is no class; {outputs} outputs are the classes {low} to "
            message += f"{low + outputs - 1}{hint if from_other else ''}"
            found.append((place, False, message))
    return samples


def _is_class(number: Fraction, low: int, outputs: int) -> bool:
    return number.denominator == 1 and low <= number < low + outputs
