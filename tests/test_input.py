"""Problem files in the conventions of ``[input]``: the same problem, and faults in their words."""

from __future__ import annotations

import tomllib
from itertools import product
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tracer
from tests import conventions, strategies
from tests.conftest import ROOT
from tests.test_problem import LEAVES, PIECES, assert_faults, read_or_refused, refused
from tracer.json_schema import json_schema
from tracer.loading import load
from tracer.problem import Problem

SCHEMA = jsonschema.Draft202012Validator(json_schema())
DECK = tomllib.loads(tracer.DECK.read_text(encoding="utf-8"), parse_float=str)
for sample in DECK["data"]:
    sample["targets"] = [sample["targets"]]
VALUES = {
    "weights": ("to-from", "from-to"),
    "biases": ("separate", "first", "last"),
    "samples": ("tables", "rows", "columns"),
}


@pytest.mark.parametrize("values", [*product(*VALUES.values())], ids="/".join)
def test_the_deck_is_the_same_problem_in_every_convention(values: tuple[str, ...]) -> None:
    document = conventions.written(DECK, dict(zip(VALUES, values, strict=True)))
    SCHEMA.validate(document)
    assert load(document) == load(tracer.DECK)


@settings(max_examples=300, deadline=None)
@given(
    strategies.problems(losses=strategies.LOSSES, optimizers=strategies.OPTIMIZERS, penalties=True),
    st.data(),
)
def test_a_problem_is_the_same_in_any_convention(
    problem: dict[str, Any], data: st.DataObject
) -> None:
    document = data.draw(conventions.some(problem))
    SCHEMA.validate(document)
    assert load(document) == load(problem)


def test_the_oracle_reads_what_it_writes() -> None:
    own = {"weights": "from-to", "biases": "first", "samples": "columns"}
    assert conventions.canonical(conventions.written(DECK, own)) == DECK


def test_class_numbers_count_from_0_or_1() -> None:
    softmax = tracer.load(ROOT / "examples" / "softmax.toml")
    text = (ROOT / "examples" / "softmax.toml").read_text(encoding="utf-8")
    text = text.replace("[0, 1, 0]", "ONE").replace("[1, 0, 0]", "[NULL]")
    for low in (0, 1):
        own = text.replace("ONE", str(low + 1)).replace("NULL", str(low))
        assert load(f'{own}\n[input]\ntargets = "classes-from-{low}"\n') == softmax


LAST = """\
activation = "relu"
[[data]]
inputs = [1, 2]
targets = 1
[input]
biases = "last"
"""


def network(source: str | dict[str, Any]) -> Problem:
    problem = load(source)
    assert isinstance(problem, Problem)
    return problem


def test_a_layer_without_biases_has_none_inside() -> None:
    text = "[[layers]]\nweights = [[1, 2, 3]]\n" + LAST
    (layer,) = network(text).layers
    assert (layer.weights, layer.biases) == (((1, 2),), (3,))
    (layer,) = network(
        text.replace("3]]", "3]]\nbiases = false").replace("1, 2]\n", "1, 2, 3]\n")
    ).layers
    assert (layer.weights, layer.biases) == (((1, 2, 3),), None)


# 2-3-2; line 1 is [input]
GOOD = """\
input = { weights = "from-to", biases = "first", samples = "columns", targets = "classes-from-1" }
[[layers]]
weights = [[0, 0, 0], [1, 2, 3], [4, 5, 6]]
activation = "relu"
[[layers]]
weights = [[0, 0], [1, 2], [3, 4], [5, 6]]
activation = "softmax"
[data]
inputs = [[1, 2, 3], [4, 5, 6]]
targets = [1, 2, 1]
[loss]
kind = "cross_entropy"
[training]
learning_rate = 0.1
[optimizer]
kind = "momentum"
[[state]]
name = "v"
layer_number = 2
weights = [[0, 0], [1, 2], [3, 4], [5, 6]]
"""

FAULTS: dict[str, tuple[list[tuple[str, str]], list[tuple[str, str]]]] = {
    "unknown convention": (
        [('"from-to"', '"form-to"')],
        [
            (
                "1:21",
                'weights must be "to-from" or "from-to", not "form-to"; did you mean "from-to"?',
            )
        ],
    ),
    "unknown key": (
        [("samples =", "sample =")],
        [("1:50", 'unknown key "sample"; did you mean "samples"?')],
    ),
    "no table": ([('{ weights = "from-to"', '"from-to" # {')], [("1:9", "input must be a table")]),
    "columns and the layer below": (
        [(", [5, 6]]\nactivation", "]\nactivation")],
        [
            ("6:11", "the columns of weights have 2 numbers besides the bias, but layer 1 has 3"),
            ("20:11", "4 × 2 numbers, but the layer has 3 × 2 weights and biases"),
        ],
    ),
    "columns and the samples": (
        [("[4, 5, 6]]\ntargets", "[4, 5, 6], [7, 8, 9]]\ntargets")],
        [
            (
                "3:11",
                "the columns of weights have 2 numbers besides the bias, but the samples have 3",
            )
        ],
    ),
    "columns of different lengths": (
        [("[4, 5, 6]]\ntargets", "[4, 5]]\ntargets")],
        [("9:22", "row 2 has 2 numbers, row 1 has 3")],
    ),
    "nothing but the bias": (
        [("[[0, 0], [1, 2], [3, 4], [5, 6]]\nactivation", "[[0, 0]]\nactivation")],
        [("6:11", "the columns of weights have 1 number, which is the bias, as [input] says")],
    ),
    "biases besides": (
        [('"relu"', '"relu"\nbiases = [1, 2, 3]')],
        [("5:1", "the biases are the first row of weights, as [input] says; leave this out")],
    ),
    "thresholds besides": (
        [('"first"', '"last"'), ('"relu"', '"relu"\nthresholds = [1, 2, 3]')],
        [("5:1", "the biases are the last row of weights, as [input] says; leave this out")],
    ),
    "biases of a state besides": (
        [("number = 2", "number = 2\nbiases = [0, 0]")],
        [("20:1", "the biases are the first row of weights, as [input] says; leave this out")],
    ),
    "state in the other convention": (
        [
            (
                "2\nweights = [[0, 0], [1, 2], [3, 4], [5, 6]]",
                "2\nweights = [[0, 1, 3, 5], [0, 2, 4, 6]]",
            )
        ],
        [("20:11", "2 × 4 numbers, but the layer has 4 × 2 weights and biases")],
    ),
    "too few targets": (
        [("[1, 2, 1]", "[1, 2]")],
        [
            (
                "10:11",
                "targets for 2 samples, but inputs for 3 (each column is one, each number of a "
                "list without rows too)",
            )
        ],
    ),
    "samples as rows": (
        [("[[1, 2, 3], [4, 5, 6]]", "[[1, 4], [2, 5], [3, 6]]"), ("[1, 2, 1]", "[[1], [2], [1]]")],
        [
            (
                "10:11",
                "targets for 1 sample, but inputs for 2 (each column is one); if each row is a "
                'sample, write [input] samples = "rows"',
            ),
        ],
    ),
    "list of tables": (
        [("[data]", "[[data]]")],
        [("8:1", "data must be a table, not a list; it is headed [data]")],
    ),
    "no number": (
        [("[[1, 2, 3], [4, 5, 6]]\n", "[[1, 2, true], [4, 5, 6]]\n")],
        [("9:18", "true is not a number")],
    ),
    "class from 0": (
        [("[1, 2, 1]", "[1, 0, 1]")],
        [
            (
                "10:15",
                "0 is no class; 2 outputs are the classes 1 to 2; if they count from 0, write "
                '[input] targets = "classes-from-0"',
            )
        ],
    ),
    "class from neither": (
        [("[1, 2, 1]", "[[1, 7, 0]]")],
        [
            ("10:16", "7 is no class; 2 outputs are the classes 1 to 2"),
            ("10:19", "0 is no class; 2 outputs are the classes 1 to 2"),
        ],
    ),
    "no class at all": ([("[1, 2, 1]", "[1, 1.5, 1]")], [("10:15", "3/2 is no class")]),
    "one-hot and class numbers": (
        [("[1, 2, 1]", "[[1, 0, 1], [0, 1, 0]]")],
        [("10:13", "a sample has the number of one class, not 2 numbers")],
    ),
    "classes of hinge": (
        [('"cross_entropy"', '"hinge"')],
        [("1:81", "class numbers become targets of 1 and 0, but those of hinge are 1 and -1")],
    ),
    "class numbers for one output": (
        [
            ("[[0, 0], [1, 2], [3, 4], [5, 6]]\nactivation", "[[0], [1], [3], [5]]\nactivation"),
            ('"softmax"', '"sigmoid"'),
            ("[[0, 0], [1, 2], [3, 4], [5, 6]]", "[[0], [1], [3], [5]]"),
        ],
        [("1:81", 'a target of 0 or 1 for it is a value: write targets = "values"')],
    ),
    "values of another number": (
        [('"classes-from-1"', '"values"'), ("[1, 2, 1]", "[[1, 0, 1], [0, 1, 0], [0, 0, 0]]")],
        [
            (
                "10:11",
                "targets have 3 numbers for each sample, but the network has 2 outputs "
                "(each column is a sample)",
            )
        ],
    ),
    "values that the loss refuses": (
        [('"classes-from-1"', '"values"'), ("[1, 2, 1]", "[[1, 0, 1], [0, 1, 1]]")],
        [("10:19", "targets of cross_entropy must sum to 1, as in [0, 1, 0], not to 2")],
    ),
    "rows that the loss refuses": (
        [
            ('"classes-from-1"', '"values"'),
            ('"columns"', '"rows"'),
            ("[[1, 2, 3], [4, 5, 6]]", "[[1, 4], [2, 5], [3, 6]]"),
            ("[1, 2, 1]", "[[1, 0], [0, 1], [1, 1]]"),
        ],
        [("10:28", "targets of cross_entropy must sum to 1, as in [0, 1, 0], not to 2")],
    ),
}


def test_the_problem_of_the_faults_is_one() -> None:
    assert tracer.solve(load(GOOD))["1/w1[1,2]"]


@pytest.mark.parametrize(("edits", "expected"), FAULTS.values(), ids=list(FAULTS))
def test_a_fault_is_said_in_the_words_of_the_convention(
    edits: list[tuple[str, str]], expected: list[tuple[str, str]]
) -> None:
    text = GOOD
    for old, new in edits:
        assert old in text
        text = text.replace(old, new, 1)
    assert_faults(refused(text), [(f"<text>:{where}", words) for where, words in expected])


@settings(max_examples=300, deadline=1000)
@given(st.integers(0, len(GOOD)), st.integers(0, 20), st.sampled_from(PIECES))
def test_any_change_of_a_file_is_read_or_refused(start: int, length: int, piece: str) -> None:
    read_or_refused(GOOD[:start] + piece + GOOD[start + length :] + "\n")


@settings(deadline=1000)
@given(st.data())
def test_any_value_in_any_place_is_read_or_refused(data: st.DataObject) -> None:
    document = tomllib.loads(GOOD)
    node: Any = document
    while isinstance(node, (dict, list)) and node:
        step = data.draw(
            st.sampled_from(sorted(node) if isinstance(node, dict) else range(len(node)))
        )
        if data.draw(st.booleans()) or not isinstance(node[step], (dict, list)):
            node[step] = data.draw(LEAVES | st.lists(LEAVES | st.lists(LEAVES), max_size=3))
            break
        node = node[step]
    read_or_refused(document)


PLAIN = """\
[[layers]]
weights = [[1, 2], [3, 4], [5, 6]]
biases = false
activation = "relu"
[[data]]
inputs = INPUTS
targets = TARGETS
"""


def test_a_matrix_that_fits_only_transposed_is_not_turned_but_the_fault_says_how() -> None:
    text = PLAIN.replace("INPUTS", "[1, 2, 3]").replace("TARGETS", "[1, 2]")
    (line,) = refused(text)
    assert line == (
        "<text>:2:11: the rows of weights have 2 numbers, but the samples have 3 inputs; "
        'if row k is from neuron k, write [input] weights = "from-to"'
    )
    own = '[input]\nweights = "from-to"\n'
    assert load(f"{text}{own}")
    (line,) = refused(PLAIN.replace("INPUTS", "[1, 2]").replace("TARGETS", "[1, 2, 3]") + own)
    assert 'if row j is to neuron j, write [input] weights = "to-from"' in line


def test_a_network_that_lies_the_other_way_is_one_fault() -> None:
    layers = [
        {"weights": [[1, 2, 3], [4, 5, 6]], "biases": [1, 2, 3], "activation": "relu"},
        {"weights": [[1], [2], [3]], "biases": [1], "activation": "relu"},
    ]
    samples = [{"inputs": [1, 2], "targets": 1}, {"inputs": [2, 1], "targets": 0}]
    (line,) = refused({"layers": layers, "data": samples})
    assert line == (
        "layers[1].weights: the rows of weights have 3 numbers, but the samples have 2 inputs; "
        'if row k is from neuron k, write [input] weights = "from-to"'
    )
    # a fault that has nothing to do with it stays
    loss = {"loss": {"kind": "hinge"}}
    _, second = refused({"layers": layers, "data": samples, **loss})
    assert second == "data[2].targets: targets of hinge must be 1 or -1, not 0"


@pytest.mark.parametrize(
    ("classes", "low"), [([2, 0], 0), ([1, 3], 1), ([1, 2], 0), ([1, "1.5"], None), ([0, 3], None)]
)
def test_class_numbers_that_are_not_declared(classes: list[Any], low: int | None) -> None:
    layer = {"weights": [[1], [2], [3]], "biases": False, "activation": "softmax"}
    samples = [{"inputs": 1, "targets": target} for target in classes]
    lines = refused({"layers": [layer], "data": samples, "loss": {"kind": "cross_entropy"}})
    fault = "data[1].targets: 1 target in sample 1, but the network has 3"
    if low is None:
        assert lines[0] == fault
        assert not any("[input]" in line for line in lines)
    else:
        assert lines == [
            f"{fault}; if a target is the number of a class, counted from {low}, write [input] "
            f'targets = "classes-from-{low}"'
        ]


def test_without_sizes_that_fit_transposed_there_is_no_hint() -> None:
    text = PLAIN.replace("INPUTS", "[1, 2, 3]").replace("TARGETS", "[1, 2, 3]")
    assert not any("[input]" in line for line in refused(text))


def test_one_table_of_data_has_to_be_declared() -> None:
    text = PLAIN.replace("[[data]]", "[data]").replace("INPUTS", "[[1, 2]]")
    (line,) = refused(text.replace("TARGETS", "[[1, 2, 3]]"))
    assert line == (
        "<text>:5:1: data must be a list of 1 to 10,000 tables, not a table; each is headed "
        '[[data]], and one table for all needs [input] samples = "rows" or "columns"'
    )


def test_as_many_samples_and_numbers_as_in_tables_are_read() -> None:
    layer = {"weights": [[1]], "biases": False, "activation": "relu"}
    document = {"layers": [layer], "input": {"samples": "columns"}}
    full = {"inputs": [[1] * 10_000], "targets": [0] * 10_000}
    assert len(network(document | {"data": full}).data) == 10_000
    more = full | {"inputs": [[1] * 10_001]}
    assert_faults(refused(document | {"data": more}), [("data.inputs", "10,001 samples; at most")])
    wide = full | {"inputs": [[1] * 10_000] * 16}
    expected = [("data.inputs", "160,000 numbers; at most 150,000")]
    assert_faults(refused(document | {"data": wide}), expected)


def test_a_matrix_from_to_may_have_as_many_rows_as_there_are_inputs() -> None:
    layer = {"weights": [[1]] * 600, "biases": False, "activation": "relu"}
    document = {"layers": [layer], "data": [{"inputs": [0] * 600, "targets": 0}]}
    own = {"input": {"weights": "from-to"}}
    assert network(document | own).layers[0].weights == ((1,) * 600,)
    layer["weights"] = [[1] * 513]
    document["data"] = [{"inputs": 0, "targets": [0] * 513}]
    expected = [("layers[1].weights", "513 columns, one for each neuron; at most 512 in a layer")]
    assert_faults(refused(document | own), expected)


def test_a_graph_has_no_conventions() -> None:
    (line,) = refused(
        'graph = { steps = ["f = x"], given = { x = 1 } }\ninput = { biases = "last" }\n'
    )
    assert "of a network, and this file has a graph" in line
