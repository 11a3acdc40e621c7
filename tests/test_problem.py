"""Problem files: what is read, what is refused, and where a refusal says the fault is."""

from __future__ import annotations

import io
import os
import pickle
import stat
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from fractions import Fraction as F
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracer import activations, losses, schema
from tracer.errors import Fault, InputError, TracerError, closest, did_you_mean, printable
from tracer.problem import Layer, Loss, Numbers, Problem, Sample, load, with_changes
from tracer.source import Place, exact, from_text, read_path

GOOD = """\
title = "Two layers"
[[layers]]
weights = [[0.1, 0.3], [0.1, 0.3]]
biases = [0.5, 0.5]
activation = "relu"
[[layers]]
weights = [[1, "1/3"]]
biases = false
activation = "leaky_relu"
[[data]]
inputs = [1, 3]
targets = 1
[training]
learning_rate = 0.01
"""


def refused(source: str | os.PathLike[str] | Mapping[Any, Any]) -> list[str]:
    """Return the lines of the InputError that loading ``source`` must raise."""
    with pytest.raises(InputError) as caught:
        load(source)
    lines = str(caught.value).split("\n")
    assert len(lines) == len(caught.value.faults)
    assert all(line.isprintable() for line in lines)
    return lines


def assert_faults(lines: list[str], expected: list[tuple[str, str]]) -> None:
    """Each line begins with its place and contains its words, and there are no more lines."""
    assert len(lines) == len(expected), lines
    for line, (where, words) in zip(lines, expected, strict=True):
        assert line.startswith(f"{where}: "), line
        assert words in line, line


def edited(*edits: tuple[str, str]) -> str:
    """Return GOOD with each of the edits made once."""
    text = GOOD
    for old, new in edits:
        assert old in text
        text = text.replace(old, new, 1)
    return text


# What is read


def test_a_problem_is_read_completely_and_exactly() -> None:
    assert load(GOOD) == Problem(
        title="Two layers",
        question="",
        layers=(
            Layer(
                weights=((F(1, 10), F(3, 10)), (F(1, 10), F(3, 10))),
                biases=(F(1, 2), F(1, 2)),
                activation="relu",
                slope=None,
            ),
            Layer(((F(1), F(1, 3)),), None, "leaky_relu", F(1, 100)),
        ),
        data=(Sample((F(1), F(3)), (F(1),)),),
        loss=Loss("squared_error", F(1), "sum", "sum", "E"),
        learning_rate=F(1, 100),
        steps=1,
        numbers=Numbers("display", 5, "decimal", False),
        notation="deck",
    )


def test_every_key_has_its_effect() -> None:
    text = edited(
        ('title = "Two layers"', 'question = """\nOne?\nTwo?"""\nnotation = "deck"'),
        ('"leaky_relu"', '"leaky_relu"\nslope = 0'),
        ("learning_rate = 0.01", 'learning_rate = "1/4"\nsteps = 1_000'),
    )
    text += """\
[loss]
kind = "squared_error"
factor = "1/2"
outputs = "mean"
samples = "mean"
name = "MSE"
[numbers]
policy = "step"
digits = 0
style = "fraction"
decimal_comma = true
"""
    problem = load(text)
    assert problem.title == "Backpropagation"
    assert problem.question == "One?\nTwo?"
    assert problem.layers[1].slope == 0
    assert problem.loss == Loss("squared_error", F(1, 2), "mean", "mean", "MSE")
    assert problem.numbers == Numbers("step", 0, "fraction", True)
    assert (problem.learning_rate, problem.steps) == (F(1, 4), 1000)


def test_without_training_there_are_no_steps() -> None:
    problem = load(edited(("[training]\nlearning_rate = 0.01\n", "")))
    assert (problem.steps, problem.learning_rate) == (0, None)
    problem = load(edited(("learning_rate = 0.01", "steps = 0")))
    assert (problem.steps, problem.learning_rate) == (0, None)


def test_sizes_are_the_inputs_then_the_rows() -> None:
    assert load(edited(("biases = [0.5, 0.5]", "biases = false"))).sizes == (2, 2, 1)


def test_the_same_problem_in_every_form(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "p.toml"
    path.write_text(GOOD)
    (tmp_path / "link.toml").symlink_to(path)
    stdin = io.TextIOWrapper(io.BytesIO(GOOD.encode()))
    monkeypatch.setattr(sys, "stdin", stdin)
    inline = {
        "title": "Two layers",
        "layers": (
            {"weights": ((0.1, 0.3), (0.1, 0.3)), "biases": (0.5, 0.5), "activation": "relu"},
            {"weights": [[1, F(1, 3)]], "biases": False, "activation": "leaky_relu"},
        ),
        "data": [{"inputs": [1, 3.0], "targets": 1}],
        "training": {"learning_rate": Decimal("0.01")},
    }
    first = load(GOOD)
    assert load(path) == first
    assert load(str(path)) == first
    assert load(tmp_path / "link.toml") == first
    assert load("-") == first
    assert load(inline) == first


@pytest.mark.parametrize(
    "change",
    [
        lambda data: b"\xef\xbb\xbf" + data,
        lambda data: data.replace(b"\n", b"\r\n"),
        lambda data: b"\xef\xbb\xbf" + data.replace(b"\n", b"\r\n"),
        lambda data: data.rstrip(b"\n"),
    ],
    ids=["bom", "crlf", "bom and crlf", "no line break at the end"],
)
def test_files_as_other_editors_write_them(
    tmp_path: Path, change: Callable[[bytes], bytes]
) -> None:
    path = tmp_path / "p.toml"
    path.write_bytes(change(GOOD.encode()))
    assert load(path) == load(GOOD)
    path.write_bytes(change(GOOD.replace("0.5, 0.5", "0.5, x").encode()))
    assert_faults(refused(path), [(f"{path}:4:16", "no value can be read here")])
    path.write_bytes(change(b"titel" + GOOD.encode()[5:]))
    assert_faults(refused(path), [(f"{path}:1:1", '"title"')])


# Numbers


class Array:
    """What an array of NumPy looks like from outside."""

    def __init__(self, *entries: object) -> None:
        self.entries = entries

    def __iter__(self) -> Iterator[object]:
        return iter(self.entries)

    def tolist(self) -> object:
        raise AssertionError("tolist would lose the precision of float32")


class Scalar:
    """What an array without dimensions looks like."""

    def tolist(self) -> object:
        return 0.1


class Float64(float):
    """A float whose repr is not a number."""

    def __repr__(self) -> str:
        return f"np.float64({float.__repr__(self)})"


@pytest.mark.parametrize(
    ("literal", "number"),
    [
        ("0.1", F(1, 10)),
        ("-0.0", F(0)),
        ("+7", F(7)),
        ("1_000", F(1000)),
        ("1_0.2_5", F(41, 4)),
        ("1e-3", F(1, 1000)),
        ("2.5E+2", F(250)),
        ("0.1000000000000000055511151231257827", F(1000000000000000055511151231257827, 10**34)),
        ("0xff", F(255)),
        ('"1/3"', F(1, 3)),
        ('"-2/6"', F(-1, 3)),
        ('"-0.25"', F(-1, 4)),
        ('"2e-3"', F(1, 500)),
        ('"1e400"', F(10**400)),
        ('"1e-0000000400"', F(1, 10**400)),
        ("9" * 120, F(10**120 - 1)),
        ('"' + "9" * 120 + '"', F(10**120 - 1)),
    ],
)
def test_numbers_are_exact(literal: str, number: F) -> None:
    problem = load(edited(("[1, 3]", f"[{literal}, 3]")))
    assert problem.data[0].inputs[0] == number
    assert type(problem.data[0].inputs[0]) is F


@pytest.mark.parametrize(
    ("value", "number"),
    [
        (0.1, F(1, 10)),
        (1e-7, F(1, 10**7)),
        (5e-324, F(5, 10**324)),
        (Float64(0.1), F(1, 10)),
        (Decimal("1.10"), F(11, 10)),
        (Decimal("1E+3"), F(1000)),
        (F(22, 7), F(22, 7)),
        (F(1, 10**300), F(1, 10**300)),
        (Scalar(), F(1, 10)),
        ("1/3", F(1, 3)),
    ],
)
def test_numbers_of_python_are_their_shortest_decimal(value: object, number: F) -> None:
    assert exact(value) == number


@pytest.mark.parametrize(
    ("literal", "words"),
    [
        ("inf", "inf is not a finite number; write it like 0.5"),
        ("-nan", "-nan is not a finite number"),
        ('"Infinity"', '"Infinity" is not a finite number'),
        ("true", "true is not a number"),
        ("[1]", "a list is not a number"),
        ("[]", "an empty list is not a number"),
        ("{a = 1}", "a table is not a number"),
        ("1979-05-27", "a date is not a number"),
        ('""', '"" is not a number; write it like 0.5, 2e-3 or "1/3"'),
        ('"1/0"', '"1/0" divides by zero'),
        ('"1/-2"', "is not a number"),
        ('"1/2/3"', "is not a number"),
        ('"0.5/2"', "is not a number"),
        ('" 1"', "is not a number"),
        ('"1\\n"', '"1\\n" is not a number'),
        ('"1_000"', "is not a number"),
        ('".5"', "is not a number"),
        ('"5."', "is not a number"),
        ('"0,5"', "is not a number"),
        ('"\u0663"', "is not a number"),
        ('"\u22121"', "is not a number"),
        ('"0x10"', "is not a number"),
        ('"__import__(\'os\')"', "is not a number"),
        ("1e9999999", "the exponent of 1e9999999 is beyond 400"),
        ('"1e-9999999"', 'the exponent of "1e-9999999" is beyond 400'),
        ("1e401", "is beyond 400"),
        ('"1e' + "9" * 5000 + '"', "is beyond 400"),
        ("9" * 121, "more than 120 digits"),
        ("0." + "1" * 120, "121 digits; at most 120"),
        ('"' + "1" * 60 + "/" + "1" * 61 + '"', "121 digits; at most 120"),
        ("0x" + "f" * 900, "more than 120 digits"),
    ],
)
def test_what_is_no_number_is_refused_at_its_place(literal: str, words: str) -> None:
    started = time.perf_counter()
    assert_faults(refused(edited(("[1, 3]", f"[1, {literal}]"))), [("<text>:11:14", words)])
    assert time.perf_counter() - started < 1


@pytest.mark.parametrize(
    "value",
    [
        float("inf"),
        float("nan"),
        Decimal("sNaN"),
        Decimal("1e9999999"),
        10**120,
        -(10**5000),
        F(1, 10**520),
        True,
        None,
        1j,
        b"1",
        object(),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_is_no_number_in_python(value: object) -> None:
    with pytest.raises(ValueError, match="number"):
        exact(value)


# One fault at a time: (edit, [(line and column, words)])

FAULTS: dict[str, tuple[tuple[str, str], list[tuple[str, str]]]] = {
    "misspelt required key": (
        ("biases = [", "biasses = ["),
        [("4:1", 'unknown key "biasses"; did you mean "biases"?')],
    ),
    "misspelt key in other letters": (
        ("learning_rate", "Learning-Rate"),
        [("14:1", 'unknown key "Learning-Rate"; did you mean "learning_rate"?')],
    ),
    "misspelt table": (
        ("[training]", "[trainig]"),
        [("13:2", 'unknown key "trainig"; did you mean "training"?')],
    ),
    "misspelt list of tables": (
        ("[[data]]", "[[date]]"),
        [("10:3", 'unknown key "date"; did you mean "data"?')],
    ),
    "unknown key": (
        ("targets", "colour = 3\ntargets"),
        [("12:1", 'unknown key "colour"; known here: inputs, targets')],
    ),
    "key of another table": (
        ("title", "learning_rate = 1\ntitle"),
        [("1:1", '"learning_rate" belongs in [training]')],
    ),
    "key of the top": (
        ("learning_rate", 'title = "x"\nlearning_rate'),
        [
            ("14:1", '"title" belongs at the top of the file'),
        ],
    ),
    "missing key": (
        ("biases = false\n", ""),
        [("6:1", '"biases" is missing; write for example biases = ')],
    ),
    "missing key of a sample": (("inputs = [1, 3]\n", ""), [("10:1", '"inputs" is missing')]),
    "missing list of tables": (
        ("[[data]]\ninputs = [1, 3]\ntargets = 1\n", ""),
        [("1:1", '"data" is missing; write for example [[data]]')],
    ),
    "single brackets": (
        ("[[data]]", "[data]"),
        [("10:1", "must be a list of 1 to 10,000 tables, not a table; each is headed [[data]]")],
    ),
    "no table": (
        ("title", "loss = 3\ntitle"),
        [("1:8", "loss must be a table, not 3")],
    ),
    "misspelt choice": (
        ('"relu"', '"ReLU"'),
        [("5:14", 'tanh" or "softplus", not "ReLU"; did you mean "relu"?')],
    ),
    "wrong kind of choice": (('"relu"', "1"), [("5:14", 'must be "identity", "relu"')]),
    "only one choice": (
        ("title", 'notation = "decks"\ntitle'),
        [("1:12", 'notation must be "deck", not "decks"; did you mean "deck"?')],
    ),
    "title too long": (
        ("Two layers", "x" * 201),
        [("1:9", "must be one line of text, at most 200 characters, not ")],
    ),
    "title of two lines": (("Two layers", "Two\\nlayers"), [("1:9", 'not "Two\\nlayers" (\\n)')]),
    "title with a control character": (("Two layers", "\\u0007"), [("1:9", "(\\x07)")]),
    "title blank": (("Two layers", " "), [("1:9", 'not " "')]),
    "title no text": (('"Two layers"', "[]"), [("1:9", "not an empty list")]),
    "question too long": (
        ("title", f'question = "{"x" * 5001}"\ntitle'),
        [("1:12", "question must be text, at most 5,000 characters")],
    ),
    "name too long": (
        ("[training]", f'[loss]\nname = "{"x" * 41}"\n[training]'),
        [("14:8", "name must be one line of text, at most 40 characters")],
    ),
    "flag": (
        ("[training]", "[numbers]\ndecimal_comma = 1\n[training]"),
        [("14:17", "decimal_comma must be true or false, not 1")],
    ),
    "digits": (
        ("[training]", "[numbers]\ndigits = 51\n[training]"),
        [("14:10", "digits must be a whole number from 0 to 50, not 51")],
    ),
    "digits below": (
        ("[training]", "[numbers]\ndigits = -1\n[training]"),
        [("14:10", "digits must be a whole number from 0 to 50, not -1")],
    ),
    "steps": (
        ("[training]", "[training]\nsteps = 1.5"),
        [("14:9", "steps must be a whole number from 0 to 1,000,000, not 1.5")],
    ),
    "too many steps": (("[training]", "[training]\nsteps = 1_000_001"), [("14:9", "steps must")]),
    "factor": (
        ("[training]", "[loss]\nfactor = 0\n[training]"),
        [("14:10", "factor must be a number above 0, not 0")],
    ),
    "learning rate": (("0.01", "-0.01"), [("14:17", "must be a number above 0, not -0.01")]),
    "slope": (
        ('"leaky_relu"', '"leaky_relu"\nslope = 1'),
        [("10:9", "slope must be a number from 0 to below 1, not 1")],
    ),
    "slope of relu": (
        ('"relu"', '"relu"\nslope = 0.5'),
        [("6:1", 'only activation = "leaky_relu" has a slope, not "relu"')],
    ),
    "flat weights": (
        ("[[0.1, 0.3], [0.1, 0.3]]", "[0.1, 0.3]"),
        [("3:11", "weights must be a list of rows of numbers such as [[0.1, 0.3]")],
    ),
    "empty weights": (("[[0.1, 0.3], [0.1, 0.3]]", "[]"), [("3:11", "not an empty list")]),
    "empty row": (
        ("[[0.1, 0.3], [0.1, 0.3]]", "[[0.1, 0.3], []]"),
        [("3:24", "row 2 must be a list of numbers such as [0.1, 0.3], not an empty list")],
    ),
    "no row": (("[[0.1, 0.3], [0.1, 0.3]]", "[3, [1, 2]]"), [("3:12", "row 1 must be a list")]),
    "ragged weights": (
        ("[[0.1, 0.3], [0.1, 0.3]]", "[[0.1, 0.3], [0.1, 0.3, 0.5]]"),
        [("3:24", "row 2 has 3 numbers, the first row has 2")],
    ),
    "true for biases": (
        ("[0.5, 0.5]", "true"),
        [("4:10", "biases must be a list of numbers such as [0.1, 0.3], or false for none")],
    ),
    "a number for biases": (("[0.5, 0.5]", "0.5"), [("4:10", "or false for none, not 0.5")]),
    "number of biases": (
        ("[0.5, 0.5]", "[0.5]"),
        [("4:10", "1 number in biases, but layer 1 has 2 neurons (rows of weights)")],
    ),
    "columns of a layer": (
        ('[[1, "1/3"]]', '[[1, 2, "1/3"]]'),
        [("7:11", "the rows of weights have 3 numbers, but layer 1 has 2 neurons")],
    ),
    "columns of the first layer": (
        ("[1, 3]", "[1, 2, 3]"),
        [("3:11", "the rows of weights have 2 numbers, but the samples have 3 inputs")],
    ),
    "inputs of one sample": (
        ("[training]", "[[data]]\ninputs = [1]\ntargets = [0]\n[training]"),
        [("14:10", "1 input in sample 2, but the network has 2")],
    ),
    "inputs of samples when the weights say nothing": (
        (
            "[[0.1, 0.3], [0.1, 0.3]]\nbiases = [0.5, 0.5]",
            "7\nbiases = [0.5, 0.5]\n[[data]]\ninputs = 3\ntargets = 1\n[[layers]]\n"
            'weights = [[1, 2]]\nbiases = false\nactivation = "relu"\n[[x]]',
        ),
        [],  # replaced below; see test_samples_are_compared_with_each_other
    ),
    "targets": (("targets = 1", "targets = [1, 2]"), [("12:11", "2 targets in sample 1, but the")]),
    "empty inputs": (("[1, 3]", "[]"), [("11:10", "or a number, not an empty list")]),
    "no learning rate": (
        ("learning_rate = 0.01", "steps = 20"),
        [("13:1", '"learning_rate" is missing for 20 steps; write for example learning_rate')],
    ),
    "empty training": (("learning_rate = 0.01\n", ""), [("13:1", "missing for 1 step;")]),
    "exact policy": (
        ('"relu"\n', '"tanh"\n'),
        [],
    ),
}
