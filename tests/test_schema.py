"""What is printed from the schema says the same as the validation that it drives."""

from __future__ import annotations

import copy
import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from click.testing import CliRunner
from hypothesis import given, settings

import tracer
from tests import strategies
from tests.conftest import EXAMPLES, ROOT
from tracer import cli
from tracer.expressions import FUNCTIONS
from tracer.schema import GRAPH_PROBLEM, NOTATION_FILES, PROBLEM, Key, Table, Tables


def printed(*options: str) -> str:
    result = CliRunner().invoke(cli.cli, ["schema", *options])
    assert result.exit_code == 0
    return result.stdout


SCHEMA = json.loads(printed())
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)


def test_it_is_a_json_schema() -> None:
    VALIDATOR.check_schema(SCHEMA)
    assert SCHEMA["$schema"] == "https://json-schema.org/draft/2020-12/schema"


ALL = [*EXAMPLES, *sorted((ROOT / "examples" / "published").glob("*.toml"))]


@pytest.mark.parametrize("path", ALL, ids=lambda path: path.stem)
def test_every_example_is_valid(path: Path) -> None:
    VALIDATOR.validate(tomllib.loads(path.read_text(encoding="utf-8")))


@pytest.mark.parametrize("path", sorted(NOTATION_FILES.glob("*.toml")), ids=lambda path: path.stem)
def test_every_notation_is_valid(path: Path) -> None:
    notation = tomllib.loads(path.read_text(encoding="utf-8"))
    deck = tomllib.loads(tracer.DECK.read_text(encoding="utf-8"))
    VALIDATOR.validate(deck | {"notation": notation})


@settings(max_examples=200)
@given(strategies.problems())
def test_what_is_accepted_is_valid(problem: dict[str, Any]) -> None:
    tracer.load(problem)
    VALIDATOR.validate(problem)


# changes to a document that both refuse: the way to a key, and what stands there then
REFUSED: list[tuple[tuple[str | int, ...], object]] = [
    (("bias",), [1]),
    (("title",), 3),
    (("title",), " "),
    (("title",), "a\nb"),
    (("title",), "x" * 201),
    (("notation",), "dekc"),
    (("notation",), {"like": "dekc"}),
    (("notation",), {"weihgt": "w"}),
    (("notation",), {"weight": "w_{h}"}),
    (("notation",), {"weight": False}),
    (("notation",), {"bias": "b_{k}"}),
    (("notation",), {"bias": "b_1_2"}),
    (("notation",), {"bias": "b" * 61}),
    (("notation",), {"input": True}),
    (("notation",), {"sample": "n"}),
    (("notation",), {"input_layer": 2}),
    (("graph",), {"steps": ["q = x"], "given": {"x": 1}}),  # beside layers
    (("layers",), []),
    (("layers",), {"weights": [[1]]}),
    (("layers", 0, "weigths"), [[1]]),
    (("layers", 0, "weights"), [1, 2]),
    (("layers", 0, "weights"), [[0.1, 0.3], []]),
    (("layers", 0, "weights"), []),
    (("layers", 0, "weights"), [["1/0", 1], [1, 1]]),
    (("layers", 0, "weights"), [["one", 1], [1, 1]]),
    (("layers", 0, "weights"), [[True, 1], [1, 1]]),
    (("layers", 0, "biases"), True),
    (("layers", 0, "thresholds"), [0.8, -0.1]),
    (("layers", 0, "activation"), "Relu"),
    (("layers", 0, "formula"), "x + 1"),
    (("layers", 0, "formula"), 1),
    (("layers", 0, "slope"), 1),
    (("layers", 0, "slopes"), 1),
    (("layers", 0, "constant"), 0),
    (("layers", 0, "constant"), [1]),
    (("shared",), "w1[1,1]"),
    (("first_layer",), 0),
    (("first_layer",), 1.5),
    (("shared",), ["w1[1,1]"]),
    (("layers", 0, "frozen"), "biases"),
    (("layers", 0, "frozen"), []),
    (("layers", 0, "frozen"), ["bias"]),
    (("layers", 0, "frozen"), ["w1[1,2]"]),
    (("layers", 0, "slope"), -0.5),
    (("data",), {}),
    (("data", 0, "inputs"), []),
    (("data", 0, "targets"), "1/"),
    (("loss",), [1]),
    (("loss", "factor"), 0),
    (("loss", "factor"), "-1/2"),
    (("loss", "samples"), "average"),
    (("loss", "penalty"), {"kind": "l2"}),
    (("loss", "penalty"), {"lambda": 1, "factor": "m"}),
    (("training", "steps"), 1.5),
    (("training", "steps"), -1),
    (("training", "steps"), 1_000_001),
    (("training", "learning_rate"), "nan"),
    (("state",), [{"name": "v", "of": "w", "values": 1}]),
    (("numbers",), {"digits": 51}),
    (("numbers",), {"digits": 3, "significant": 3}),
    (("numbers",), {"significant": 0}),
    (("numbers",), {"digits_of": {"errors": 3}}),
    (("numbers",), {"decimal_comma": "yes"}),
    (("numbers",), {"policy": "round"}),
    (("input",), "from-to"),
    (("input",), {"weights": "from_to"}),
    (("input",), {"bias": "first"}),
    (("input",), {"biases": "first"}),  # the layers have biases besides
    (("input",), {"samples": "rows"}),  # the data is a list of tables
    (("input",), {"targets": "classes"}),
    (("data",), {"inputs": [[1, 3], [3, 1]], "targets": [1, 0]}),
]


GRAPH = {"steps": ["q = a*x[1]", "f = q^2"], "given": {"a": "1/2", "x": [1, 2], "w": [[1], [2]]}}
REFUSED_OF_GRAPHS: list[tuple[tuple[str | int, ...], object]] = [
    (("layers",), [{"weights": [[1]], "biases": [1], "activation": "relu"}]),
    (("data",), [{"inputs": 1, "targets": 1}]),
    (("loss",), {}),
    (("notation",), "deck"),
    (("titel",), "A graph"),
    (("graph",), [1]),
    (("graph",), {}),
    (("graph", "setps"), ["q = a"]),
    (("graph", "steps"), []),
    (("graph", "steps"), "q = a"),
    (("graph", "steps"), ["q = a\nf = q"]),
    (("graph", "steps"), ["q = a" + " " * 1_000]),
    (("graph", "given"), [1]),
    (("graph", "given", "a"), "one"),
    (("graph", "given", "a"), True),
    (("graph", "given", "x"), []),
    (("graph", "given", "w"), [[1], []]),
    (("graph", "sizes"), {"T": 0}),
    (("graph", "sizes"), {"T": [3]}),
    (("graph", "output"), 1),
    (("graph", "gradients"), "a"),
    (("graph", "gradients"), []),
    (("graph", "gradients"), {}),
    (("graph", "gradients"), {"a": "one"}),
    (("graph", "gradients"), [{}]),
    (("graph", "gradients"), ["a", {"a": 1}]),
    (("training",), {"steps": -1}),
    (("optimizer",), {"kind": "adamm"}),
    (("state",), {"name": "m", "of": "a", "values": 1}),
    (("state",), [{"name": "m", "layer_number": 1, "weights": [[1]]}]),
    (("state",), [{"name": "m", "of": "a"}]),
    (("state",), [{"name": "m", "of": "a", "values": []}]),
    (("state",), [{"name": "m", "of": "a", "values": "one"}]),
]


def changed(document: Any, way: tuple[str | int, ...], value: object) -> Any:
    document = place = copy.deepcopy(document)
    for step in way[:-1]:
        place = place[step]
    place[way[-1]] = value
    return document


@pytest.mark.parametrize(
    ("graph", "way", "value"),
    [(False, *row) for row in REFUSED] + [(True, *row) for row in REFUSED_OF_GRAPHS],
    ids=str,
)
def test_what_is_refused_is_not_valid(
    graph: bool, way: tuple[str | int, ...], value: object
) -> None:
    deck = tomllib.loads(tracer.DECK.read_text(encoding="utf-8"))
    document = {"graph": GRAPH} if graph else deck
    tracer.load(copy.deepcopy(document))
    VALIDATOR.validate(document)
    document = changed(document, way, value)
    with pytest.raises(tracer.InputError):
        tracer.load(copy.deepcopy(document))
    assert not VALIDATOR.is_valid(document)


@pytest.mark.parametrize(
    "way", [("layers",), ("data",), ("layers", 1, "weights"), ("layers", 0, "biases")], ids=str
)
def test_what_is_missing_is_not_valid(way: tuple[str | int, ...]) -> None:
    deck = tomllib.loads(tracer.DECK.read_text(encoding="utf-8"))
    place: Any = deck
    for step in way[:-1]:
        place = place[step]
    del place[way[-1]]
    with pytest.raises(tracer.InputError):
        tracer.load(copy.deepcopy(deck))
    assert not VALIDATOR.is_valid(deck)


def declared(keys: tuple[Key, ...], rule: dict[str, Any]) -> list[tuple[Key, dict[str, Any]]]:
    """Every key that holds a value, with what the JSON Schema says of it."""
    found = []
    for key in keys:
        own = rule["properties"][key.name]
        if isinstance(key.kind, (Table, Tables)):
            rules = [own, *own.get("anyOf", ())]
            rules += [rule.get("items", {}) for rule in rules]
            for inner in filter(None, (key.kind.keys, getattr(key.kind, "together", ()))):
                names = {one.name for one in inner}
                fitting = (one for one in rules if one.get("properties", {}).keys() == names)
                found += declared(inner, next(fitting))
        if not key.example.startswith("["):
            found.append((key, own))
    return found


DECLARED = declared((*PROBLEM, *(key for key in GRAPH_PROBLEM if key not in PROBLEM)), SCHEMA)


@pytest.mark.parametrize(("key", "rule"), [pytest.param(*row, id=row[0].name) for row in DECLARED])
def test_the_example_of_a_key_is_one(key: Key, rule: dict[str, Any]) -> None:
    ((name, value),) = tomllib.loads(key.example).items()
    assert name == key.name
    jsonschema.Draft202012Validator(rule | {"$defs": SCHEMA["$defs"]}).validate(value)


def test_the_reference_page_is_fresh(page: Callable[[str, str], None]) -> None:
    page("docs/reference/problem-file.md", printed("--to", "markdown"))


def test_the_reference_page_has_every_key() -> None:
    page = printed("--to", "markdown")
    assert len(DECLARED) > 50
    for key, _ in DECLARED:
        assert f"| `{key.name}` | {key.meaning} |" in page


def test_the_schema_needs_no_sympy(tmp_path: Path) -> None:
    code = (
        "import sys\nfrom tracer.cli import cli\n"
        "try: cli(['schema', '-o', 'schema.json'])\nexcept SystemExit as end: assert not end.code\n"
        "assert not {'sympy', 'flint', 'jinja2'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], cwd=tmp_path, check=True)
    assert json.loads((tmp_path / "schema.json").read_text(encoding="utf-8")) == SCHEMA


def test_the_reference_has_every_function_and_its_graphs_can_be_solved() -> None:
    text = printed("--to", "markdown")
    for name, count in FUNCTIONS.items():
        assert f"| `{name}({'x, y' if count == 2 else 'x'})` |" in text
    (graph,) = re.findall(r"```toml\n(.*?)```", text, re.DOTALL)
    solution = tracer.solve(tracer.load(graph))
    assert solution["z"].exact == Fraction("-1.9")  # 0.5 * 2 - 1 * 3 + 0.1


def test_a_group_of_one_is_refused_by_the_schema_too() -> None:
    groups = SCHEMA["properties"]["shared"]["items"]
    assert groups["minItems"] == 2
