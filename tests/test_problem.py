"""Problem files: what is read, what is refused, and where a refusal says the fault is."""

from __future__ import annotations

import io
import numbers
import os
import pickle
import stat
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any, SupportsFloat

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracer import activations, losses, schema, validation
from tracer.errors import Fault, InputError, TracerError, closest, did_you_mean, printable
from tracer.expressions import FUNCTIONS
from tracer.literals import exact
from tracer.loading import load, with_changes
from tracer.notation import named
from tracer.optimizer_keys import Optimizer
from tracer.other_names import OTHER_NAMES
from tracer.policy import Numbers
from tracer.print_steps import printed_steps
from tracer.problem import Layer, Loss, Penalty, Problem, Sample
from tracer.source import from_text, read_path
from tracer.toml_scan import Place

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
                weights=((Fraction(1, 10), Fraction(3, 10)), (Fraction(1, 10), Fraction(3, 10))),
                biases=(Fraction(1, 2), Fraction(1, 2)),
                activation="relu",
                parameter=None,
            ),
            Layer(((Fraction(1), Fraction(1, 3)),), None, "leaky_relu", Fraction(1, 100)),
        ),
        data=(Sample((Fraction(1), Fraction(3)), (Fraction(1),)),),
        loss=Loss("squared_error", Fraction(1), "sum", "sum", None, None, False, None),
        learning_rates=(Fraction(1, 100),),
        steps=1,
        batch=None,
        optimizer=Optimizer("gradient_descent", {}, False, True, 1, {}),
        numbers=Numbers("display", 5, "decimal", False),
        notation=named("deck"),
    )


def test_every_key_has_its_effect() -> None:
    text = edited(
        ('title = "Two layers"', 'question = """\nOne?\nTwo?"""\nnotation = "deck"'),
        ('"leaky_relu"', '"leaky_relu"\nslope = 0\nfrozen = ["w[1,2]"]'),
        ("learning_rate = 0.01", 'learning_rate = "1/4"\nsteps = 1_000'),
    )
    text += """\
[loss]
kind = "huber"
delta = 2
shortcut = false
factor = "1/2"
outputs = "mean"
samples = "mean"
name = "MSE"
[loss.penalty]
kind = "l1"
lambda = 4
factor = "1/2m"
biases = true
[numbers]
policy = "step"
digits = 0
style = "fraction"
decimal_comma = true
"""
    problem = load(text)
    assert problem.title == "Backpropagation"
    assert problem.question == "One?\nTwo?"
    assert problem.layers[1].parameter == 0
    assert problem.frozen == {"w2[1,2]"}
    penalty = Penalty("l1", Fraction(4), "1/2m", True)
    assert problem.loss == Loss(
        "huber", Fraction(1, 2), "mean", "mean", "MSE", Fraction(2), False, penalty
    )
    assert problem.numbers == Numbers("step", 0, "fraction", True)
    assert (problem.learning_rates, problem.steps) == ((Fraction(1, 4),), 1000)


def test_without_training_there_are_no_steps() -> None:
    problem = load(edited(("[training]\nlearning_rate = 0.01\n", "")))
    assert (problem.steps, problem.learning_rates) == (0, ())
    problem = load(edited(("learning_rate = 0.01", "steps = 0")))
    assert (problem.steps, problem.learning_rates) == (0, ())


def test_sizes_are_the_inputs_then_the_rows() -> None:
    assert load(edited(("biases = [0.5, 0.5]", "biases = false"))).sizes == (2, 2, 1)


def test_the_same_problem_in_every_form(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "p.toml"
    path.write_text(GOOD)
    (tmp_path / "link.toml").symlink_to(path)
    stdin = io.TextIOWrapper(io.BytesIO(GOOD.encode()))
    monkeypatch.setattr(sys, "stdin", stdin)
    inline = {
        "title": "Two layers",
        "layers": (
            {"weights": ((0.1, 0.3), (0.1, 0.3)), "biases": (0.5, 0.5), "activation": "relu"},
            {"weights": [[1, Fraction(1, 3)]], "biases": False, "activation": "leaky_relu"},
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


class Real(SupportsFloat):
    """A number of some other library; its text says what it is."""

    def __float__(self) -> float:
        return 0.1000000000149

    def __str__(self) -> str:
        return "0.1"


numbers.Real.register(Real)


@pytest.mark.parametrize(
    ("literal", "number"),
    [
        ("0.1", Fraction(1, 10)),
        ("-0.0", Fraction(0)),
        ("+7", Fraction(7)),
        ("1_000", Fraction(1000)),
        ("1_0.2_5", Fraction(41, 4)),
        ("1e-3", Fraction(1, 1000)),
        ("2.5E+2", Fraction(250)),
        (
            "0.1000000000000000055511151231257827",
            Fraction(1000000000000000055511151231257827, 10**34),
        ),
        ("0xff", Fraction(255)),
        ('"1/3"', Fraction(1, 3)),
        ('"-2/6"', Fraction(-1, 3)),
        ('"-0.25"', Fraction(-1, 4)),
        ('"2e-3"', Fraction(1, 500)),
        ('"1e400"', Fraction(10**400)),
        ('"1e-0000000400"', Fraction(1, 10**400)),
        ("9" * 120, Fraction(10**120 - 1)),
        ('"' + "9" * 120 + '"', Fraction(10**120 - 1)),
    ],
)
def test_numbers_are_exact(literal: str, number: Fraction) -> None:
    problem = load(edited(("[1, 3]", f"[{literal}, 3]")))
    assert problem.data[0].inputs[0] == number
    assert type(problem.data[0].inputs[0]) is Fraction


@pytest.mark.parametrize(
    ("value", "number"),
    [
        (0.1, Fraction(1, 10)),
        (1e-7, Fraction(1, 10**7)),
        (5e-324, Fraction(5, 10**324)),
        (Float64(0.1), Fraction(1, 10)),
        (Decimal("1.10"), Fraction(11, 10)),
        (Decimal("1E+3"), Fraction(1000)),
        (Fraction(22, 7), Fraction(22, 7)),
        (Fraction(1, 10**300), Fraction(1, 10**300)),
        (Scalar(), Fraction(1, 10)),
        (Real(), Fraction(1, 10)),
        ("1/3", Fraction(1, 3)),
    ],
)
def test_numbers_of_python_are_their_shortest_decimal(value: object, number: Fraction) -> None:
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
        ("\"__import__('os')\"", "is not a number"),
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
    started = time.process_time()
    assert_faults(refused(edited(("[1, 3]", f"[1, {literal}]"))), [("<text>:11:14", words)])
    assert time.process_time() - started < 1


@pytest.mark.parametrize(
    "value",
    [
        float("inf"),
        float("nan"),
        Decimal("sNaN"),
        Decimal("1e9999999"),
        10**120,
        -(10**5000),
        Fraction(1, 10**520),
        True,
        None,
        1j,
        b"1",
        object(),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_is_no_number_in_python(value: object) -> None:
    with pytest.raises(ValueError, match=r"number|exponent"):
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
        [("5:14", '"softmax" or "step", not "ReLU"; did you mean "relu"?')],
    ),
    "wrong kind of choice": (('"relu"', "1"), [("5:14", 'must be "identity", "relu"')]),
    "only one choice": (
        ("title", 'notation = "decks"\ntitle'),
        [("1:12", 'or "nielsen", not "decks"; did you mean "deck"?')],
    ),
    "title too long": (
        ("Two layers", "x" * 201),
        [("1:9", "must be one line of text, at most 200 characters, not ")],
    ),
    "title of two lines": (("Two layers", "Two\\nlayers"), [("1:9", 'not "Two\\nlayers" (\\n)')]),
    "title with a control character": (("Two layers", "\\u0007"), [("1:9", "(\\x07)")]),
    "title that turns around": (
        ("Two layers", "a\u202eb"),
        [("1:9", 'not "a\\u202eb" (U+202E does not print)')],
    ),
    "title with a joiner": (("Two layers", "a\u200db"), [("1:9", "(U+200D does not print)")]),
    "title of private use": (("Two layers", "\ue000"), [("1:9", "(U+E000 does not print)")]),
    "title of a filler": (("Two layers", "\u3164"), [("1:9", "(U+3164 does not print)")]),
    "title unassigned": (("Two layers", "\U000e0fff"), [("1:9", "(U+E0FFF does not print)")]),
    "title of two lines in Unicode": (
        ("Two layers", "Two\u2028layers"),
        [("1:9", "(U+2028 does not print)")],
    ),
    "question that turns around": (
        ("title", 'question = """\nOne\n\tand \u2066two"""\ntitle'),
        [("1:12", "(U+2066 does not print)")],
    ),
    "name that hides": (
        ("[training]", '[loss]\nname = "E\ufeff"\n[training]'),
        [("14:8", "(U+FEFF does not print)")],
    ),
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
    "softmax of one": (
        ('"leaky_relu"', '"softmax"'),
        [("9:14", 'softmax of a single neuron is always 1; use "sigmoid"')],
    ),
    "penalty without strength": (
        ("[training]", '[loss.penalty]\nkind = "l2"\n[training]'),
        [("13:1", '"lambda" is missing; write for example lambda = 4')],
    ),
    "penalty of nothing": (
        ("[training]", "[loss]\npenalty = { lambda = 0 }\n[training]"),
        [("14:22", "lambda must be a number above 0, not 0")],
    ),
    "alpha": (
        ('"leaky_relu"', '"elu"\nalpha = 0'),
        [("10:9", "alpha must be a number above 0, not 0")],
    ),
    "alpha of leaky ReLU": (
        ('"leaky_relu"', '"leaky_relu"\nalpha = 0.5'),
        [("10:1", 'only activation = "elu" has an alpha, not "leaky_relu"')],
    ),
    "steps through a step function": (
        ('"leaky_relu"', '"step"'),
        [("9:14", "the derivative of step is 0 wherever there is one")],
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
    "empty row first": (
        ("[[0.1, 0.3], [0.1, 0.3]]", "[[], [0.1, 0.3], [1]]"),
        [("3:12", "row 1 must be a list"), ("3:28", "row 3 has 1 number, row 2 has 2")],
    ),
    "no row": (("[[0.1, 0.3], [0.1, 0.3]]", "[3, [1, 2]]"), [("3:12", "row 1 must be a list")]),
    "ragged weights": (
        ("[[0.1, 0.3], [0.1, 0.3]]", "[[0.1, 0.3], [0.1, 0.3, 0.5]]"),
        [("3:24", "row 2 has 3 numbers, row 1 has 2")],
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
    "biases and thresholds": (
        ("biases = [", "thresholds = [1, 2]\nbiases = ["),
        [("4:1", '"thresholds" stands in the place of "biases"; leave out one of them')],
    ),
    "activation and formula": (
        ("biases = false", 'biases = false\nformula = "x"'),
        [("9:1", '"formula" stands in the place of "activation"; leave out one of them')],
    ),
    "prelu without slopes": (
        ('"relu"', '"prelu"'),
        [("2:1", '"slopes" is missing for prelu; write for example slopes = [0.25, 0.25]')],
    ),
    "slopes of another": (
        ('"relu"', '"relu"\nslopes = [1, 2]'),
        [("6:1", 'only activation = "prelu" has slopes, not "relu"')],
    ),
    "number of slopes": (
        ('"relu"', '"prelu"\nslopes = [1]'),
        [("6:10", "1 number in slopes, but layer 1 has 2 neurons (rows of weights)")],
    ),
    "slopes frozen that are not there": (
        ('"relu"', '"relu"\nfrozen = ["slopes", "a[1]"]'),
        [("6:11", "layer 1 has no slopes"), ("6:21", 'layer 1 has no "a[1]"')],
    ),
    "a constant input of 0": (
        ("biases = [0.5, 0.5]", "biases = [0.5, 0.5]\nconstant = 0"),
        [("5:12", "constant must be a number other than 0, not 0")],
    ),
    "a constant input beside thresholds": (
        ("biases = [0.5, 0.5]", "thresholds = [0.5, 0.5]\nconstant = -1"),
        [("5:1", "but layer 1 has thresholds, which are subtracted")],
    ),
    "a constant input without biases": (
        ("biases = false", "biases = false\nconstant = -1"),
        [("9:1", "a constant input has biases as its weights, but layer 2 has no biases")],
    ),
    "number of thresholds": (
        ("biases = [0.5, 0.5]", "thresholds = [0.5]"),
        [("4:14", "1 number in thresholds, but layer 1 has 2 neurons (rows of weights)")],
    ),
    "biases frozen that are thresholds": (
        ("biases = [0.5, 0.5]", 'thresholds = [1, 2]\nfrozen = ["biases"]'),
        [("5:11", "layer 1 has no biases")],
    ),
    "what is no parameter": (
        ("biases = [", 'frozen = ["bias"]\nbiases = ['),
        [
            (
                "4:11",
                '"bias" can\'t be named here; write "weights", "biases", "thresholds", "slopes"',
            )
        ],
    ),
    "frozen what is not there": (
        ("biases = false", 'biases = false\nfrozen = ["weights", "w[1,3]", "biases", "b[1]"]'),
        [
            ("9:22", 'layer 2 has no "w[1,3]"'),
            ("9:32", "layer 2 has no biases"),
            ("9:42", 'layer 2 has no "b[1]"'),
        ],
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
    "targets": (("targets = 1", "targets = [1, 2]"), [("12:11", "2 targets in sample 1, but the")]),
    "empty inputs": (("[1, 3]", "[]"), [("11:10", "or a number, not an empty list")]),
    "no learning rate": (
        ("learning_rate = 0.01", "steps = 20"),
        [("13:1", '"learning_rate" is missing for 20 steps; write for example learning_rate')],
    ),
    "optimizer": (
        ("[training]", '[optimizer]\nkind = "adamm"\n[training]'),
        [("14:8", 'or "adam", not "adamm"; did you mean "adam"?')],
    ),
    "constants of another optimizer": (
        ("[training]", '[optimizer]\nkind = "momentum"\nbeta1 = 0.9\nt = 2\n[training]'),
        [
            ("15:1", '"beta1" is for adam; momentum has no use for it'),
            ("16:1", '"t" is for adam; momentum has no use for it'),
        ],
    ),
    "beta": (
        ("[training]", '[optimizer]\nkind = "momentum"\nbeta = 1\n[training]'),
        [("15:8", "beta must be a number from 0 to below 1, not 1")],
    ),
    "state of another optimizer": (
        (
            "[training]",
            '[optimizer]\nkind = "adam"\n[[state]]\nname = "s"\nlayer_number = 2\n'
            "weights = [[0, 1]]\n[training]",
        ),
        [("16:8", 'adam keeps no "s"; it keeps m and v')],
    ),
    "state of gradient descent": (
        ("[training]", '[[state]]\nname = "v"\nlayer_number = 2\nweights = [[0, 1]]\n[training]'),
        [("13:3", '"state" is for momentum, classical_momentum')],
    ),
    "shapes of state": (
        (
            "[training]",
            '[optimizer]\nkind = "adam"\n[[state]]\nname = "m"\nlayer_number = 2\n'
            "weights = [[0], [1]]\nbiases = [1]\n[[state]]\nname = 'v'\nlayer_number = 3\n"
            "weights = [[1]]\n[[state]]\nname = 'v'\nlayer_number = 2\n"
            "weights = [[1, -1]]\n[training]",
        ),
        [
            ("18:11", "2 × 1 numbers, but the layer has 1 × 2 weights"),
            ("19:10", "1 number, but the layer has 0 biases"),
            ("22:16", "there is no layer 3; the last is 2"),
            ("24:1", "v is made of squares; none of its values can be negative"),
        ],
    ),
    "batch": (
        ("learning_rate = 0.01", "learning_rate = 0.01\nbatch = 2"),
        [("15:9", 'batch is 2, but there is 1 sample; write batch = "all"')],
    ),
    "no batch": (
        ("learning_rate = 0.01", "learning_rate = 0.01\nbatch = 0"),
        [("15:9", 'a whole number from 1 to 10,000 or "all", not 0')],
    ),
    "learning rates": (
        ("learning_rate = 0.01", "learning_rate = [0.1, 0]"),
        [("14:23", "must be a number above 0, not 0")],
    ),
    "no learning rates": (
        ("learning_rate = 0.01", "learning_rate = []"),
        [("14:17", "each a number above 0, or one, not an empty list")],
    ),
    "empty training": (("learning_rate = 0.01\n", ""), [("13:1", "missing for 1 step;")]),
    "a key that is there already, in other letters": (
        ("targets = 1", "targets = 1\nTargets = 1"),
        [("13:1", 'unknown key "Targets"; did you mean "targets"?')],
    ),
    "misspelt steps": (
        ("learning_rate = 0.01", "step = 2"),
        [("14:1", 'unknown key "step"; did you mean "steps"?')],
    ),
}


@pytest.mark.parametrize(("edit", "expected"), FAULTS.values(), ids=FAULTS)
def test_a_fault_is_named_once_at_its_place(
    edit: tuple[str, str], expected: list[tuple[str, str]]
) -> None:
    faults = [(f"<text>:{where}", words) for where, words in expected]
    assert_faults(refused(edited(edit)), faults)


def test_something_has_to_learn() -> None:
    fixed = edited(
        ("biases = [0.5, 0.5]", 'biases = [0.5, 0.5]\nfrozen = ["weights", "biases"]'),
        ("biases = false", 'biases = false\nfrozen = ["w[1,1]", "w[1,2]"]'),
    )
    words = "every weight and bias is frozen, so nothing is left to learn; leave one out"
    assert_faults(refused(fixed), [("<text>:10:10", words)])
    problem = load(fixed.replace(', "w[1,2]"]', "]"))
    assert isinstance(problem, Problem)
    assert problem.frozen == {
        *("w1[1,1]", "w1[1,2]", "w1[2,1]", "w1[2,2]", "b1[1]", "b1[2]", "w2[1,1]")
    }


def test_empty_lists_of_tables() -> None:
    expected = [
        ("<text>:1:10", "layers must be a list of 1 to 16 tables, not an empty list;"),
        ("<text>:2:8", "data must be a list of 1 to 10,000 tables, not an empty list;"),
    ]
    assert_faults(refused("layers = []\ndata = []\n"), expected)
    expected = [("<text>:1:11", "this must be a table, not 3"), ("<text>:2:8", "not a table;")]
    assert_faults(refused("layers = [3]\ndata = {}\n"), expected)


def test_exact_needs_rational_rules() -> None:
    text = GOOD + '[numbers]\npolicy = "exact"\n'
    assert load(text).numbers.policy == "exact"
    for name in ("sigmoid", "tanh", "softplus"):
        lines = refused(text.replace('"leaky_relu"', f'"{name}"'))
        words = f'"exact" works with fractions, but layer 2 has {name}'
        assert_faults(lines, [("<text>:16:10", words)])
        assert 'use "display"' in lines[0]
    lines = refused(text.replace('"leaky_relu"', '"tanh"').replace('"relu"', '"tanh"'))
    assert_faults(lines, [("<text>:16:10", "layer 1 has tanh")])


def with_loss(loss: str, targets: str) -> str:
    return edited(("[training]", f"[loss]\n{loss}\n[training]"), ("targets = 1", targets))


TARGETS = [
    ("hinge", "0", "targets of hinge must be 1 or -1, not 0"),
    ("binary_cross_entropy", "1.5", "targets of binary_cross_entropy must be from 0 to 1, not 3/2"),
    ("cross_entropy", "-1", "targets of cross_entropy must be from 0 to 1, not -1"),
    ("cross_entropy", "0.5", "must sum to 1, as in [0, 1, 0], not to 1/2; for one output use"),
]


@pytest.mark.parametrize(("kind", "target", "words"), TARGETS)
def test_a_loss_of_classes_takes_certain_targets(kind: str, target: str, words: str) -> None:
    text = with_loss(f'kind = "{kind}"', f"targets = {target}")
    assert_faults(refused(text), [("<text>:12:11", words)])


def test_only_huber_has_a_delta() -> None:
    text = with_loss('kind = "hinge"\ndelta = 2', "targets = 1")
    assert_faults(refused(text), [("<text>:15:1", 'only kind = "huber" has a delta, not "hinge"')])
    assert load(with_loss('kind = "huber"', "targets = 1")).loss.delta == 1


def test_exact_is_refused_where_there_are_logarithms() -> None:
    text = with_loss('kind = "cross_entropy"', "targets = 1") + '[numbers]\npolicy = "exact"\n'
    words = '"exact" works with fractions, but cross_entropy takes logarithms'
    assert_faults(refused(text), [("<text>:18:10", words)])


@pytest.mark.parametrize(
    ("activation", "asked", "used"),
    [("sigmoid", True, True), ("sigmoid", False, False), ("tanh", True, False)],
)
def test_the_shortcut_is_used_where_there_is_one(activation: str, asked: bool, used: bool) -> None:
    text = with_loss(
        f'kind = "binary_cross_entropy"\nshortcut = {str(asked).lower()}', "targets = 1"
    )
    assert load(text.replace("leaky_relu", activation)).loss.shortcut is used


def test_samples_are_compared_with_each_other_when_the_weights_say_nothing() -> None:
    text = edited(
        ("[[0.1, 0.3], [0.1, 0.3]]", "7"),
        ('[[1, "1/3"]]', "7"),
        ("[training]", "[[data]]\ninputs = [1]\ntargets = [1, 2]\n[training]"),
    )
    expected = [
        ("<text>:3:11", "weights must be"),
        ("<text>:7:11", "weights must be"),
        ("<text>:14:10", "1 input in sample 2, but sample 1 has 2"),
        ("<text>:15:11", "2 targets in sample 2, but sample 1 has 1"),
    ]
    assert_faults(refused(text), expected)


def test_all_faults_at_once_by_position() -> None:
    text = """\
[numbers]
digits = 99
[loss]
kind = "crossentropy"
[[data]]
inputs = [1, inf]
target = [1]
[[layers]]
weights = [[0.1, "x"]]
bias = [1]
activation = "sigmod"
[[layers]]
activation = "relu"
[training]
steps = 3
"""
    expected = [
        ("<text>:2:10", "digits must be"),
        ("<text>:4:8", 'or "cross_entropy", not "crossentropy"; did you mean "cross_entropy"?'),
        ("<text>:6:14", "inf is not a finite number"),
        ("<text>:7:1", 'unknown key "target"; did you mean "targets"?'),
        ("<text>:9:18", '"x" is not a number'),
        ("<text>:10:1", 'unknown key "bias"; did you mean "biases"?'),
        ("<text>:11:14", 'did you mean "sigmoid"?'),
        ("<text>:12:1", '"weights" is missing'),
        ("<text>:12:1", '"biases" is missing'),
        ("<text>:14:1", '"learning_rate" is missing for 3 steps'),
    ]
    assert_faults(refused(text), expected)


def test_a_hundred_faults_are_enough() -> None:
    lines = refused(edited(("[1, 3]", "[" + "inf, " * 5000 + "]")))
    assert len(lines) == 101
    assert lines[0].startswith("<text>:11:11: inf is not")
    assert lines[-1] == "<text>: there may be more; mend these first"


# What a file may cost


def network(*sizes: int, samples: int = 1) -> dict[str, Any]:
    """Return a problem with layers of these sizes; all its numbers are 0."""
    layers = [
        {"weights": [[0] * below] * size, "biases": [0] * size, "activation": "relu"}
        for below, size in pairwise(sizes)
    ]
    data = [{"inputs": [0] * sizes[0], "targets": [0] * sizes[-1]}] * samples
    return {"layers": layers, "data": data}


def trained(steps: int) -> dict[str, Any]:
    """The table of as many steps."""
    return {"training": {"steps": steps, "learning_rate": 1}}


@pytest.mark.parametrize(
    ("largest", "too_large", "where", "words"),
    [
        (network(*[1] * 17), network(*[1] * 18), "layers", "1 to 16 tables, not a list of 17"),
        (
            network(1, 512),
            network(1, 513),
            "layers[1].weights",
            "513 rows, one for each neuron; at most 512 in a layer",
        ),
        (network(99, 200), network(100, 200), "layers", "20,200 weights and biases; at most 20,0"),
        (network(99, 200), network(100, 201), "layers[1].weights", "20,100 weights; at most 20,00"),
        (
            network(1, 1, samples=10_000),
            network(1, 1, samples=10_001),
            "data",
            "data must be a list of 1 to 10,000 tables, not a list of 10,001",
        ),
        (
            network(1, 312, 2, samples=120),
            network(1, 312, 2, samples=121),
            "data",
            "121 samples for 1,250 weights and biases are 151,250 gradients; at most 150,000",
        ),
        (
            network(1, 312, 2, samples=40) | trained(3),
            network(1, 312, 2, samples=41) | trained(3),
            "data",
            "biases, printed for 3 steps, are 153,750 gradients; at most 150,000",
        ),
        (
            network(1, 312, 2, samples=60) | trained(1000),
            network(1, 312, 2, samples=61) | trained(1000),
            "data",
            "biases, printed for 2 steps, are 152,500 gradients; at most 150,000",
        ),
    ],
    ids=["layers", "neurons", "parameters", "weights", "samples", "work", "steps", "many steps"],
)
def test_the_largest_problem(
    largest: dict[str, Any], too_large: dict[str, Any], where: str, words: str
) -> None:
    assert isinstance(load(largest), Problem)
    assert_faults(refused(too_large), [(where, words)])


@pytest.mark.parametrize("steps", [0, 1, 2, 3, 4, 1000])
def test_the_work_counts_the_steps_that_are_printed(steps: int) -> None:
    printed = len(printed_steps(steps)) or 1
    samples = schema.MOST_WORK // (1250 * printed)
    assert isinstance(load(network(1, 312, 2, samples=samples) | trained(steps)), Problem)
    problem = load(network(1, 312, 2, samples=samples + 1) | trained(0)) if printed > 1 else None
    if problem is not None:
        problem = replace(problem, learning_rates=(Fraction(1),))
        with pytest.raises(InputError, match=r"^steps: .* printed for .* at most 150,000$"):
            with_changes(problem, steps=steps)


def test_a_long_list_is_not_read() -> None:
    data = network(1, 1)
    data["data"][0]["inputs"] = [0] * 20_001
    assert_faults(refused(data), [("data[1].inputs", "20,001 numbers; at most 20,000")])


BOMBS = {
    "dotted key": ("a" + ".a" * 30_000 + " = 1\n", "1:34", "more than 16 dots in one key"),
    "dotted key in quotes": ('"a"' + ".'a'" * 20 + " = 1\n", "1:68", "more than 16 dots"),
    "dotted header": ("[a" + ".a" * 20 + "]\n", "1:35", "more than 16 dots"),
    "brackets": ("x = " + "[" * 5_000 + "\n", "1:25", "brackets are nested more than 20 deep"),
    "inline tables": ("x = " + "{a = " * 5_000 + "\n", "1:105", "nested more than 20 deep"),
    "long line": ("#" * 100_001 + "\n", "1:1", "the line has 100,001 characters; at most 100,00"),
    "long integer": ("\nx = " + "1" * 5_000, "2:5", "a word or number of 5,000 characters"),
    "long hex": ("x = 0x" + "f" * 90_000 + "\n", "1:5", "a word or number of 90,002 characters"),
    "keys of a table": (
        "".join(f"a{i} = 1\n" for i in range(90_000)),
        "51:5",
        "more than 50 keys in one table",
    ),
    "keys of an inline table": (
        "x = {" + ", ".join(f"a{i} = 1" for i in range(9_000)) + "}\n",
        "1:450",
        "more than 50 keys in one table",
    ),
    "tables": (
        "".join(f"[a{i}]\n" for i in range(90_000)),
        "51:6",
        "more than 50 different tables",
    ),
}


@pytest.mark.parametrize(("text", "where", "words"), BOMBS.values(), ids=BOMBS)
def test_parser_bombs_are_refused_at_once(text: str, where: str, words: str) -> None:
    started = time.process_time()
    assert_faults(refused(text + "\n"), [(f"<text>:{where}", words)])
    assert time.process_time() - started < 1


def test_what_just_fits() -> None:
    key = "a" + ".a" * 16
    fits = f"{key} = 1\nb = {{{key} = 1, b{key} = 1}}\nc.{'d' * 1000} = 1\n[x.y]\n"
    fits += "#" * 100_000 + "\ne = " + "[" * 20 + "]" * 20 + "\n"
    fits += "".join(f"f{i} = 1\n" for i in range(49))
    assert set(from_text(fits, "f").content) == {"a", "b", "c", "x"}
    assert set(from_text(f"[x]\n[{key}]\n", "f").content) == {"x", "a"}
    # what differs only after the bracket is the same header
    headers = "".join(f"[[a{i % 50}]] # [{i}\n" for i in range(200))
    assert len(from_text(headers, "f").content) == 50
    text = edited(("Two layers", "x" * 200), ("[1, 3]", "[" + "1," * 20_000 + "]"))
    assert_faults(refused(text), [("<text>:3:11", "but the samples have 20,000 inputs")])


def test_brackets_in_text_and_comments_count_for_nothing() -> None:
    text = edited(
        ("Two layers", "[" * 50 + '\\"' + "." * 50 + "=" * 60),
        ("[[data]]", "# " + "[" * 50 + '"\n[[data]] # "'),
        ("[1, 3]", "[ # [[[[[[[[[[[[[[[[[[[[[[[[\n1, 3]"),
    )
    text = f"question = '''{'[' * 50}\n[x]\n'''''\n" + text
    problem = load(text)
    assert problem.title == "[" * 50 + '"' + "." * 50 + "=" * 60
    assert problem.question == "[" * 50 + "\n[x]\n''"


def test_a_large_problem_is_read_soon() -> None:
    row = "[" + ", ".join(["-0.1234"] * 64) + "]"
    weights = f"[{', '.join([row] * 100)}]".replace("], ", "],\n")
    text = f"""[[layers]]
weights = {weights}
biases = false
activation = "relu"
[[data]]
inputs = {row}
targets = [{"1, " * 100}]
"""
    assert len(text) > 57_000
    started = time.process_time()
    assert load(text).sizes == (64, 100)
    assert time.process_time() - started < 0.5


# Syntax

SYNTAX = {
    "bare word": ("a = 1\nb = relu\n", "2:5", 'as in "relu"'),
    "bare point": ("a = .5\n", "1:5", "needs a digit before its point"),
    "fraction": ("a = 1/3\n", "1:6", "the line should end here"),
    "fraction in a list": ("a = [1/3]\n", "1:7", 'fractions need quotes: "1/3"'),
    "list": ("a = [[1, 2],\n  [3\nb = 2\n", "3:1", "a comma or the closing ] of a list is missing"),
    "inline table": ("a = {b = 1\n}\n", "1:11", "a comma or the closing } of a table is missing"),
    "repeated key": ("a = 1\n  a = [\n2]\n", "2:3", "this key is there already; keep one"),
    "repeated table": ("[a]\n[a]\n", "2:3", "this table is there already"),
    "repeated key inline": ("a = {b=1, b=2}\n", "1:1", "is there already"),
    "list extended": ("a = [1]\n[[a]]\n", "2:1", "nothing can be added to it here"),
    "string": ('a = "b\n', "1:7", "illegal character"),
    "string at the end": ('a = 1\nb = """c', "2:9", "unterminated string"),
    "header": ("[a\n", "1:3", "expected ']' at the end of a table declaration"),
    "no key": ("= 1\n", "1:1", "invalid statement"),
    "date": ("a = 2021-02-30\n", "1:5", "invalid date"),
    "NUL": ("a = 1\nb = \0\n", "2:5", "the character \\x00 can't stand in TOML"),
    "surrogate": ("a = '\ud800'\n", "1:6", "the character \\ud800 can't"),
    "carriage return": ("a = 1\r\r\nb = 2\n", "1:6", "the character \\r can't"),
}


@pytest.mark.parametrize(("text", "where", "words"), SYNTAX.values(), ids=SYNTAX)
def test_what_is_not_toml(text: str, where: str, words: str) -> None:
    assert_faults(refused(text), [(f"<text>:{where}", words)])


def test_no_room_left_on_the_stack() -> None:
    text = "x" + ".a" * 15 + " = " + ("{a" + ".a" * 15 + " = ") * 19 + "1" + "}" * 19 + "\n"

    def deep(levels: int) -> str:
        return deep(levels - 1) if levels else refused(text)[0]

    level = sys.getrecursionlimit()
    sys.setrecursionlimit(350)
    try:
        assert deep(0) == "<text>: is nested too deeply"
    finally:
        sys.setrecursionlimit(level)


# Files


def in_time(function: Callable[[], object]) -> object:
    """Return what ``function`` returns, or fail after some seconds."""
    results: list[object] = []
    thread = threading.Thread(target=lambda: results.append(function()), daemon=True)
    thread.start()
    thread.join(5)
    assert results, "did not return"
    return results[0]


def refusal(path: str | os.PathLike[str]) -> str:
    """Return the one line with which ``path`` is refused; it must begin with the path."""
    with pytest.raises(InputError) as caught:
        read_path(path)
    (fault,) = caught.value.faults
    assert fault.where == printable(os.fsdecode(path))
    return fault.message


def test_what_is_not_a_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    assert in_time(lambda: refusal(tmp_path / "fifo")) == (
        "is not a regular file; write - to read standard input"
    )
    assert refusal(tmp_path) == "is a directory; name a problem file in it"
    assert refusal(tmp_path / "none.toml") == "there is no such file"
    assert refusal(tmp_path / "two\nlines") == "there is no such file"
    assert refusal("/dev/null") == "is not a regular file; write - to read standard input"
    assert refusal("a\0b") == "is no possible file name"
    assert refusal(tmp_path / "loop").startswith("can't be read: ")
    assert_faults(refused(""), [('""', "there is no such file")])


def test_refused_files_are_closed(tmp_path: Path) -> None:
    (tmp_path / "bad.toml").write_bytes(b"\xff")
    os.mkfifo(tmp_path / "fifo")
    before = os.dup(0)
    os.close(before)
    for path in (tmp_path, tmp_path / "fifo", tmp_path / "bad.toml", Path("/dev/null")):
        refused(path)
    after = os.dup(0)
    os.close(after)
    assert after == before


def test_no_permission(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "p.toml"
    path.write_text(GOOD)
    path.chmod(0)

    def open_for_anyone_but_root(*_: object) -> int:
        assert not stat.S_IMODE(path.stat().st_mode)
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "open", open_for_anyone_but_root)
    assert refusal(path) == "can't be read: permission denied"


@pytest.mark.parametrize(
    ("data", "where", "words"),
    [
        (b"a = 1\nb = '\xc3\xa9\xff'\n", ":2:7", "byte 0xff is not UTF-8; save the file as UTF-8"),
        (b"\xef\xbb\xbf\xe9", ":1:1", "byte 0xe9 is not UTF-8"),
        (b"%PDF-1.7\n%\xc7\xec", "", "is a PDF, not text; give the file it was made from"),
        ("a = 1".encode("utf-16"), ":1:1", "byte 0xff is not UTF-8"),
        (b"a = '\xed\xa0\x80'", ":1:6", "byte 0xed is not UTF-8"),
        (b"a = 1\n\0", ":2:1", "the character \\x00 can't stand in TOML"),
        (b"#\n" * 524_289, "", "is larger than 1,048,576 bytes, the most that is read"),
    ],
    ids=["latin-1", "after a bom", "PDF", "utf-16", "surrogate", "NUL", "large"],
)
def test_what_is_not_a_text_file(tmp_path: Path, data: bytes, where: str, words: str) -> None:
    path = tmp_path / "p.toml"
    path.write_bytes(data)
    assert_faults(refused(path), [(f"{path}{where}", words)])


def test_the_largest_file(tmp_path: Path) -> None:
    path = tmp_path / "p.toml"
    text = GOOD + "#\n" * ((1_048_576 - len(GOOD)) // 2)
    path.write_text(text.rjust(1_048_576))
    assert path.stat().st_size == 1_048_576
    assert load(path) == load(GOOD)
    assert_faults(refused("#\n" * 524_289), [("<text>", "is longer than 1,048,576 characters")])


@pytest.mark.parametrize("stream", [None, io.StringIO(GOOD)])
def test_standard_input_that_gives_no_bytes(
    monkeypatch: pytest.MonkeyPatch, stream: io.StringIO | None
) -> None:
    monkeypatch.setattr(sys, "stdin", stream)
    assert_faults(refused("-"), [("<stdin>", "standard input can't be read")])


def test_faults_of_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"layers = 1\n[[data]]\n")))
    expected = [
        ("<stdin>:1:10", "layers must be a list of 1 to 16 tables"),
        ("<stdin>:2:1", '"inputs" is missing'),
        ("<stdin>:2:1", '"targets" is missing'),
    ]
    assert_faults(refused("-"), expected)


# Places

PLACES = """\
"ti\\u0074le" = "a\\"b" # [
'b' = ["x\\\\", 'y', "\\"", \"\"\"
z\"\"\", {c = 1, d.e = "\\n"}]
f.g = 1
[ "lay\\"ers".h ] # [
i = 1
[[t]]
[[t]]  # second
  j = 1
[t.u]
k = 1
[[ t.v ]]
[[t.v]]
l=1"""


@pytest.mark.parametrize(
    ("place", "key", "where"),
    [
        ((), False, "1:1"),
        (("nothing",), True, "1:1"),
        (("title",), True, "1:1"),
        (("title",), False, "1:16"),
        (("b",), True, "2:1"),
        (("b",), False, "2:7"),
        (("b", 0), False, "2:8"),
        (("b", 1), False, "2:15"),
        (("b", 2), False, "2:20"),
        (("b", 3), False, "2:26"),
        (("b", 4), False, "3:7"),
        (("b", 4, "c"), True, "3:8"),
        (("b", 4, "c"), False, "3:12"),
        (("b", 4, "d", "e"), True, "3:17"),
        (("b", 4, "d", "e"), False, "3:21"),
        (("b", 4, "nothing"), False, "3:7"),
        (("b", 5), False, "2:7"),
        (("f",), False, "4:1"),
        (("f", "g"), True, "4:3"),
        (("f", "nothing"), True, "4:1"),
        (('lay"ers',), True, "5:3"),
        (('lay"ers', "h"), False, "5:1"),
        (('lay"ers', "h", "i"), False, "6:5"),
        (("t",), False, "7:1"),
        (("t", 0), False, "7:1"),
        (("t", 0, "nothing"), False, "7:1"),
        (("t", 1), False, "8:1"),
        (("t", 1, "j"), True, "9:3"),
        (("t", 1, "nothing"), False, "8:1"),
        (("t", 1, "u"), False, "10:1"),
        (("t", 1, "u", "k"), False, "11:5"),
        (("t", 1, "v", 0), False, "12:1"),
        (("t", 1, "v", 1), False, "13:1"),
        (("t", 1, "v", 1, "l"), False, "14:3"),
        (("t", 1, "v", 1, "l", 0), False, "14:3"),
    ],
)
def test_every_part_is_found_where_it_stands(place: Place, key: bool, where: str) -> None:
    assert from_text(PLACES, "f").locate(place, key) == f"f:{where}"


def test_columns_count_characters() -> None:
    lines = refused(edited(("[1, 3]", '["\U0001f600\u0301", 3, inf]')))
    assert [line.split(": ")[0] for line in lines] == ["<text>:11:11", "<text>:11:20"]


def test_places_in_a_mapping_count_from_1() -> None:
    problem = {
        "layers": [{"weights": ((1, 2), (3, True)), "biases": 3, "activation": "x", "y\nz": 1}],
        "data": Array({"inputs": Array(1, None), "targets": [1, 1]}),
        "loss": {"factor": "1/0"},
        4: 5,
    }
    expected = [
        ("4", 'unknown key "4"; known here: title, question'),
        ("layers[1].y\\nz", 'unknown key "y\\nz"'),
        ("layers[1].weights[2][2]", "true is not a number"),
        ("layers[1].biases", "biases must be a list"),
        ("layers[1].activation", "activation must be"),
        ("data[1].inputs[2]", "None is not a number"),
        ("loss.factor", '"1/0" divides by zero'),
    ]
    assert_faults(refused(problem), expected)
    assert_faults(refused({}), [("layers", "is missing"), ("data", "is missing")])


def test_arrays_are_lists() -> None:
    problem = load(
        {
            "layers": Array(
                {
                    "weights": Array(Array(0.1, Float64(0.3)), Array(1, 2)),
                    "biases": Array(Scalar(), 2),
                    "activation": "relu",
                }
            ),
            "data": [{"inputs": Array(1, 2), "targets": Array(1, 2)}],
        }
    )
    assert problem.layers[0].weights == (
        (Fraction(1, 10), Fraction(3, 10)),
        (Fraction(1), Fraction(2)),
    )
    assert problem.layers[0].biases == (Fraction(1, 10), Fraction(2))


def test_a_list_that_holds_itself() -> None:
    loop: list[Any] = []
    loop.append(loop)
    lines = refused({"layers": loop, "data": loop, "title": loop, "loss": {"factor": loop}})
    assert len(lines) == 4


# The command line's changes


def test_changes_are_made_to_a_copy() -> None:
    problem = load(GOOD)
    assert with_changes(problem) == problem
    changed = with_changes(problem, digits=0, steps=3, notation="deck")
    assert (changed.numbers.digits, changed.steps) == (0, 3)
    assert changed.numbers.policy == "display"
    assert (problem.numbers.digits, problem.steps) == (5, 1)
    untrained = load(edited(("[training]\nlearning_rate = 0.01\n", "")))
    assert with_changes(untrained, steps=0) == untrained


@pytest.mark.parametrize(
    ("changes", "where", "words"),
    [
        ({"digits": 51}, "digits", "digits must be a whole number from 0 to 50, not 51"),
        ({"digits": -1}, "digits", "digits must be a whole number from 0 to 50, not -1"),
        ({"steps": 10**6 + 1}, "steps", "steps must be a whole number from 0 to 1,000,000"),
        ({"steps": 1}, "steps", "the problem has no learning rate"),
        ({"notation": "dekc"}, "notation", 'not "dekc"; did you mean "deck"?'),
    ],
)
def test_changes_are_checked(changes: dict[str, Any], where: str, words: str) -> None:
    problem = load(edited(("[training]\nlearning_rate = 0.01\n", "")))
    with pytest.raises(InputError) as caught:
        with_changes(problem, **changes)
    assert_faults(str(caught.value).split("\n"), [(where, words)])


@pytest.mark.parametrize(
    ("table", "other", "own"),
    [
        ("loss", "mse", "squared_error"),
        ("loss", "L1", "absolute_error"),
        ("loss", "logistic", "binary_cross_entropy"),
        ("layers", "logistic", "sigmoid"),
        ("layers", "linear", "identity"),
        ("optimizer", "sgd", "gradient_descent"),
    ],
)
def test_names_of_other_programs_are_understood(table: str, other: str, own: str) -> None:
    activation = other if table == "layers" else "sigmoid"
    source: dict[str, Any] = {
        "layers": [{"weights": [[1]], "biases": False, "activation": activation}],
        "data": [{"inputs": 1, "targets": 1}],
    }
    if table != "layers":
        source |= {table: {"kind": other}}
    with pytest.raises(InputError, match=f'not "{other}"; did you mean "{own}"'):
        load(source)


def test_every_other_name_is_of_something_that_there_is_and_no_name_itself() -> None:
    known = {option for key in every_key() for option in _options(key.kind)} | {*FUNCTIONS}
    for other, names in OTHER_NAMES.items():
        assert set(names) <= known, other
        assert other not in {*schema.ACTIVATIONS, *schema.OPTIMIZERS, *FUNCTIONS}


def _options(kind: schema.Kind) -> tuple[str, ...]:
    return kind.options if isinstance(kind, schema.Choice) else ()


# The declaration


def every_key(keys: tuple[schema.Key, ...] = schema.PROBLEM) -> Iterator[schema.Key]:
    """Yield each key of the format, those of tables too."""
    for key in keys:
        yield key
        if isinstance(key.kind, (schema.Table, schema.Tables)):
            yield from every_key(key.kind.keys)


@pytest.mark.parametrize("key", list(every_key()), ids=lambda key: key.name)
def test_each_key_is_explained_and_its_example_is_right(key: schema.Key) -> None:
    assert key.meaning.endswith(".")
    assert validation.describe(key.kind)
    content = from_text(key.example, "example").content
    if isinstance(key.kind, schema.Table) and "." in key.example:  # a table in a table
        content = content[key.example.strip("[]").split(".")[0]]
    assert list(content) == [key.name]
    found: validation.Findings = []
    if isinstance(key.kind, schema.Tables):
        assert content[key.name] == [{}]
    elif isinstance(key.kind, schema.Table) and not key.kind.names:
        assert content[key.name] == {}
    else:
        assert validation.check_value(key.kind, content[key.name], (key.name,), found) is not None
    if key.default not in (schema.REQUIRED, None):
        assert validation.check_value(key.kind, key.default, (key.name,), found) == key.default
    assert found == []


def test_names_that_other_modules_know() -> None:
    assert set(schema.ACTIVATIONS) == set(activations.ACTIVATIONS)
    kind = next(key.kind for key in schema.LOSS if key.name == "kind")
    assert isinstance(kind, schema.Choice)
    assert set(kind.options) == set(losses.LOSSES)


# Errors


def test_input_errors_say_all_and_can_be_pickled() -> None:
    error = InputError(Fault("a:1:2", "x"), Fault("--digits", "y"))
    assert isinstance(error, TracerError)
    assert str(error) == "a:1:2: x\n--digits: y"
    assert pickle.loads(pickle.dumps(error)).faults == error.faults


def test_suggestions() -> None:
    assert did_you_mean("SIGMOD", ["tanh", "Sigmoid"]) == '; did you mean "Sigmoid"?'
    assert did_you_mean("xyz", ["tanh", "Sigmoid"]) == ""
    assert closest("tanhh", ["sigmoid", "tanh"]) == "tanh"
    assert closest("", []) is None


def test_printable_is_one_short_line() -> None:
    assert printable("a\nb\u202e\ud800\x1b") == "a\\nb\\u202e\\ud800\\x1b"
    assert printable("x" * 50 + "y" * 50, 40) == "x" * 20 + "…" + "y" * 10


# Whatever comes in

PIECES = [
    *"[]{}=,.\n \t\"'\\#-+0ax",
    *('"""', "'''", "\r\n", "[[", "]]", '\\"', "\\u0041", "1e9", "0.1", "inf", "0x1f"),
    *("1979-05-27", "07:32:00", "true", "[layers]\n", "[[layers]]\n", "[[data]]\n", "a.b = 1\n"),
    *("weights = ", "[[1, 2]]", "biases = false\n", "layers.a = 1\n", "\u202e", "\ud800", "\ufeff"),
]
KEYS = st.sampled_from([key.name for key in every_key()])
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.fractions()
    | st.decimals()
    | st.text(max_size=8)
    | st.sampled_from(["relu", "tanh", "sum", "deck", "exact", "1/3", "1e999999999", "1/0"])
    | st.dates()
    | st.binary(max_size=3)
)


def read_or_refused(source: str | Mapping[Any, Any]) -> None:
    """Load ``source``; it may only be refused with faults of one line each."""
    faults: tuple[Fault, ...] | None = None
    try:
        load(source)
    except InputError as error:
        faults = error.faults
    assert faults != ()
    assert all(str(fault).isprintable() for fault in faults or ())


@settings(max_examples=300, deadline=1000)
@given(st.text() | st.lists(st.sampled_from(PIECES), max_size=40).map("".join))
def test_any_text_is_read_or_refused(text: str) -> None:
    read_or_refused(text + "\n")


@settings(max_examples=300, deadline=1000)
@given(st.integers(0, len(GOOD)), st.integers(0, 20), st.sampled_from(PIECES))
def test_any_change_of_a_file_is_read_or_refused(start: int, length: int, piece: str) -> None:
    read_or_refused(GOOD[:start] + piece + GOOD[start + length :] + "\n")


@settings(max_examples=150, deadline=1000)
@given(
    st.dictionaries(
        KEYS | st.text(max_size=4) | st.integers(),
        st.recursive(
            LEAVES,
            lambda inner: (
                st.lists(inner, max_size=4)
                | st.tuples(inner, inner)
                | st.dictionaries(KEYS | st.text(max_size=4), inner, max_size=5)
            ),
            max_leaves=30,
        ),
    )
)
def test_any_mapping_is_read_or_refused(mapping: dict[Any, Any]) -> None:
    read_or_refused(mapping)


@settings(deadline=1000)
@given(st.data())
def test_any_change_of_a_mapping_is_read_or_refused(data: st.DataObject) -> None:
    problem = network(2, 2, 1)
    problem |= {"loss": {"factor": 1}, "training": {"steps": 0}, "numbers": {}}
    node: Any = problem
    while True:
        step = data.draw(
            st.sampled_from(sorted(node) if isinstance(node, dict) else range(len(node)))
        )
        if not isinstance(node[step], (dict, list)) or not node[step] or data.draw(st.booleans()):
            break
        node = node[step]
    node[step] = data.draw(LEAVES | st.lists(LEAVES, max_size=3))
    read_or_refused(problem)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_any_float_is_the_decimal_that_python_prints(value: float) -> None:
    assert float(exact(value)) == value
    assert exact(repr(value)) == exact(value) == Fraction(Decimal(repr(value)))
