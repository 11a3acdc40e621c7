"""What `tracer new` writes solves as it stands, and says what each key means."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

import tracer
from tracer import cli
from tracer.schema import GRAPH_PROBLEM, PROBLEM, Key, Table, Tables
from tracer.starters import names, starter


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli.cli, ["new", *arguments], prog_name="tracer")


KEYS = (*PROBLEM, *(key for key in GRAPH_PROBLEM if key not in PROBLEM))
FILES = {path.stem.replace("_", "-"): path for path in tracer.EXAMPLES.rglob("*.toml")}


def test_every_example_can_be_named() -> None:
    assert set(names()) == set(FILES)
    assert {"deck", "two-outputs", "line", "xor", "lstm", "cs231n-max-gate"} <= set(FILES)


@pytest.mark.parametrize("name", names())
def test_a_starter_is_its_example_and_solves(name: str, tmp_path: Path) -> None:
    path = tmp_path / "net.toml"
    result = run(str(path), "--like", name)
    assert result.exit_code == 0
    assert tracer.load(path) == tracer.load(FILES[name])
    assert tracer.solve(tracer.load(path)).render()


def occurring(keys: tuple[Key, ...], table: dict[str, Any]) -> Iterator[tuple[Key, bool]]:
    """Every key, and whether it occurs in a document."""
    for key in keys:
        yield key, key.name in table
        if key.name in table and isinstance(key.kind, (Table, Tables)):
            own = table[key.name]
            rows = [
                row for row in (own if isinstance(own, list) else [own]) if isinstance(row, dict)
            ]
            there = {name: row[name] for row in rows for name in row}
            together = key.kind.together if isinstance(key.kind, Tables) else ()
            alone = together and isinstance(own, dict)
            yield from occurring(key.kind.keys, {} if alone else there)
            yield from occurring(together, there if alone else {})


def said(text: str) -> str:
    """The same with all that is commented out."""
    return re.sub(r"(?m)^#(?=\S)", "", text)


@pytest.mark.parametrize("name", names())
def test_what_is_commented_out_is_what_holds_without_it(name: str) -> None:
    text = starter(name)
    assert said(text) != text
    plain, whole = tracer.load(text), tracer.load(said(text))
    own = "question" in tomllib.loads(text)
    assert whole.question == (plain.question if own else "Compute a single iteration of " + BACK)
    assert replace(whole, question=plain.question) == plain
    given = tomllib.loads(said(text)).keys()
    tops = {"question", "optimizer", "numbers", "page"}
    assert given >= (tops if "graph" in given else tops | {"notation"})


BACK = "backpropagation."


@pytest.mark.parametrize("name", names())
def test_every_key_has_its_meaning_above_it_once(name: str) -> None:
    text = starter(name)
    document = tomllib.loads(said(text))
    words = " ".join(line.removeprefix("# ") for line in text.splitlines() if line[:2] == "# ")
    for key, occurs in occurring(KEYS, document):
        assert words.count(key.meaning) == occurs


def test_the_kinds_of_loss_are_shown_where_the_example_leaves_it_out() -> None:
    text = starter("deck")
    table = text[text.index("[loss]") : text.index("[training]")]
    assert '#kind = "squared_error"' in table
    assert '"cross_entropy"' in table
    assert '#kind = "squared_error"' in starter("softsign").replace("#[loss]", "[loss]")
    assert '#kind = "squared_error"' not in starter("own-loss")


def test_without_a_file_it_is_printed() -> None:
    assert run().stdout == run("-").stdout == starter("deck")


@pytest.mark.parametrize(
    ("part", "name"),
    [
        ("two", "two-outputs"),
        ("max-gate", "cs231n-max-gate"),
        ("cs231n_max_gate", "cs231n-max-gate"),
        ("rnn", "rnn-bengali-bptt-scalar"),
        ("softmax", "softmax"),
    ],
)
def test_a_part_of_a_name_will_do(part: str, name: str) -> None:
    assert run("--like", part).stdout == starter(name)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("dekc", 'no example is called "dekc"; did you mean "deck"?'),
        ("de", '"de" stands for several examples: dead-relu, deck, deep'),
        ("\n?", "there are adam, attention, batch-norm"),
    ],
)
def test_an_unknown_name_is_refused_with_those_that_there_are(name: str, words: str) -> None:
    result = run("--like", name)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert words in result.stderr


def test_nothing_is_overwritten_unless_forced(tmp_path: Path) -> None:
    path = tmp_path / "net.toml"
    path.write_text("mine", encoding="utf-8")
    result = run(str(path))
    assert result.exit_code == 2
    assert "--force" in result.stderr
    assert path.read_text(encoding="utf-8") == "mine"
    assert run(str(path), "--force").exit_code == 0
    assert path.read_text(encoding="utf-8") == starter("deck")


def test_the_help_lists_the_names() -> None:
    shown = run("--help").stdout.partition("NAME can be:")[2]
    assert [name.strip(",") for name in shown.split()] == names()


@pytest.mark.parametrize("name", ["mazur", "graph"])
def test_short_names_stand_for_one_example(name: str) -> None:
    tracer.solve(tracer.load(starter(name)))
