"""What all docs builds share: options, parts of a page, one solution per problem, the cache."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import tracer
from tests.conftest import EXAMPLES, ROOT
from tracer import api, solving
from tracer.blocks import Display, Figure, Heading, Table
from tracer.embedding import OPTIONS, Cache, Request, Solver, parse
from tracer.embedding import cache as cache_module
from tracer.embedding.options import listed
from tracer.embedding.portable import aligned, portable
from tracer.embedding.quantity import asked, asked_here
from tracer.errors import InputError, TracerError

DECK = tracer.load(tracer.DECK)


def faults(**options: str) -> list[str]:
    with pytest.raises(InputError) as caught:
        _ = Solver().solve(DECK, parse(options)).page
    return str(caught.value).splitlines()


def blocks(**options: str) -> list[Any]:
    return list(Solver().solve(DECK, parse(options)).page.blocks)


@pytest.mark.parametrize("name", OPTIONS)
def test_the_example_of_every_option_can_be_used(name: str) -> None:
    option = OPTIONS[name]
    options = {name: option.example}
    if name == "hide":
        options["detail"] = "full"
    if name == "print":
        options["steps"] = "100"
    assert parse(options) != Request()
    assert Solver().solve(DECK, parse(options)).page.blocks


def test_lists() -> None:
    assert listed("dloss/dw1[1,2], w_{1,2}^1;loss\n b1[1] ") == (
        "dloss/dw1[1,2]",
        "w_{1,2}^1",
        "loss",
        "b1[1]",
    )
    assert listed(" ; , \n") == ()


def test_a_section_is_what_stands_between_two_headings() -> None:
    whole = api.solve(DECK).page.blocks
    titles = [block.text for block in whole if isinstance(block, Heading)]
    at = [place for place, block in enumerate(whole) if isinstance(block, Heading)]
    second = titles.index("Initial Model")
    assert blocks(section="initial  MODEL") == list(whole[at[second] + 1 : at[second + 1]])
    two = blocks(section="MSE; Question")  # in the order of the page, with their headings
    assert [block.text for block in two if isinstance(block, Heading)] == ["Question", "MSE"]


def test_a_title_that_comes_twice() -> None:
    name = "Finding Minima via Gradient Descent"
    both, first, second = (
        blocks(section=name),
        blocks(section=f"{name} (1)"),
        blocks(section=f"{name} (2)"),
    )
    assert both == [Heading(name), *first, Heading(name), *second]
    assert first != second


def test_tables_and_diagrams() -> None:
    tables = [block for block in api.solve(DECK).page.blocks if isinstance(block, Table)]
    assert blocks(table="") == tables
    assert blocks(table="2, 1") == [tables[1], tables[0]]
    assert blocks(table="1", section="Gradients") == [tables[1]]
    (network,) = blocks(diagram="")
    assert isinstance(network, Figure)
    assert network.id == ""
    (path,) = blocks(diagram="dloss/dw1[1,2]")
    assert path.id == "dloss/dw1[1,2]"
    (spelled,) = blocks(diagram=r"\frac{\partial MSE}{\partial w_{1,2}^1}")
    assert spelled == path


def test_faults_say_what_would_be_right() -> None:
    assert faults(nonly="x") == ['nonly: there is no such option; did you mean "only"?']
    assert faults(section="Gradint") == [
        'section: this page has no section "Gradint"; did you mean "Gradients"?'
    ]
    (fault,) = faults(section="xyz")
    assert fault.startswith('section: this page has no section "xyz"; there are Question, Initial')
    assert faults(section="Gradients (2)")[0].startswith("section: this page has no section")
    assert faults(section=";")[0].startswith("section: is empty; write it as in section: ")
    assert faults(only=" ")[0].startswith("only: is empty; write it as in only: dloss/dw1[1,2]")
    assert faults(table="9") == ["table: there is no table 9; here are 3 tables, counted from 1"]
    assert faults(table="1", section="Question") == ["table: there is no table here"]
    assert faults(digits="-1", steps="x") == [
        "digits: must be a whole number such as 3, not '-1'",
        "steps: must be a whole number such as 2, not 'x'",
    ]
    assert faults(view="deltas, paths, x=")[0].startswith("view")
    assert faults(notation="ng, nielsen") == ["notation: is one word, not 'ng, nielsen'"]
    assert faults(only="loss", section="Question") == [
        "section: is of the whole page; only asks for derivations alone"
    ]
    assert faults(diagram="dloss/dw9[1,2]")[0].startswith("diagram: there is no diagram of")


# every page that a site may ask for after the whole one
ASKED: tuple[dict[str, str], ...] = (
    {},
    {"view": "deltas"},
    {"view": "paths"},
    {"view": "matrix", "detail": "slides"},
    {"view": "function", "detail": "slides"},
    {"detail": "full"},
    {"detail": "brief"},
)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_what_is_known_changes_nothing(path: Path) -> None:
    """A page from values that are there already is that which is worked out anew."""
    problem = tracer.load(path)
    known = api.solve(problem)
    names = known.ids
    some = ({"only": names[place]} for place in (0, len(names) // 2, -1))
    for options in (*ASKED, *some):
        found = []
        for given in (None, known):
            try:
                solution = api.solve(problem, **options, known=given)  # type: ignore[arg-type]
                values = list(solution.solved.values.items())
                found.append((values, [*solution.solved.workings.items()], solution.page))
            except TracerError as error:
                found.append(str(error))
        assert found[0] == found[1], options


def test_what_is_known_of_another_problem_is_not_taken() -> None:
    other = tracer.load(tracer.DECK.read_text(encoding="utf-8").replace("0.01", "0.02"))
    mixed = api.solve(other, known=api.solve(DECK))
    assert mixed.render("text") == api.solve(other).render("text")
    assert mixed.render("text") != api.solve(DECK).render("text")


def test_a_problem_is_traced_once(monkeypatch: pytest.MonkeyPatch) -> None:
    traced, evaluated = [], []
    build, evaluate = api.build, solving.evaluated

    def noted_build(problem: Any) -> Any:
        traced.append(problem)
        return build(problem)

    def noted_evaluate(*given: Any) -> Any:
        evaluated.append(given)
        return evaluate(*given)

    monkeypatch.setattr(api, "build", noted_build)
    monkeypatch.setattr(solving, "evaluated", noted_evaluate)
    solver = Solver()
    graph = tracer.load(ROOT / "examples" / "graph.toml")
    for options in (
        {"only": "dloss/dw1[1,2]"},
        {"section": "Gradients", "notation": "nielsen"},
        {"table": "1", "view": "deltas"},
        {},
        {"only": "1/loss"},
    ):
        solver.solve(DECK, parse(options)).render("text")
        if "notation" not in options and "view" not in options:
            solver.solve(graph, Request())
    assert (len(traced), len(evaluated)) == (2, 2)
    solver.solve(DECK, parse({"digits": "2"}))  # other values
    assert len(evaluated) == 3


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_portable_blocks_are_json_and_whole(path: Path) -> None:
    solution = tracer.solve(tracer.load(path))
    found = portable(solution)
    assert json.loads(json.dumps(found)) == found
    assert "\x1f" not in json.dumps(found, ensure_ascii=False)
    displays = [block.id for block in solution.page.blocks if isinstance(block, Display)]
    assert [block["id"] for block in found if block["kind"] == "display"] == displays


def test_a_quantity_is_asked_for_in_one_way() -> None:
    options = {"digits": "3", "notation": "ng"}
    named = ("example:deck", "dloss/dw1[1,2]", options)
    assert asked("example:deck dloss/dw1[1,2] digits=3 notation=ng") == named
    assert asked_here("example:deck dloss/dw1[1,2] digits=3 notation=ng") == named
    assert asked_here("dloss/dw1[1,2] digits=3 notation=ng") == (None, *named[1:])
    for read in (asked, asked_here):
        with pytest.raises(InputError, match='no such option here; did you mean "digits"'):
            read("deck.toml loss digit=3")
        with pytest.raises(InputError, match="no such option here"):
            read("deck.toml loss digits=3 x=y")


def test_rows_are_aligned() -> None:
    assert aligned([["a", "= b"]]) == "a = b"
    assert aligned([["", "= b"]]) == "= b"
    assert aligned([["a", "= b"], ["", "= c"]]) == (
        "\\begin{aligned}\na & = b \\\\\n & = c\n\\end{aligned}"
    )


def test_the_cache_answers_by_content(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[int] = []

    def make() -> list[int]:
        made.append(len(made))
        return [len(made)]

    cache = Cache(tmp_path / "folder")
    assert [cache.get({"a": 1}, make) for _ in range(3)] == [[1], [1], [1]]
    assert Cache(tmp_path / "folder").get({"a": 1}, make) == [1]
    assert cache.get({"a": 2}, make) == [2]
    monkeypatch.setattr(cache_module, "code", lambda: "other code")
    assert cache.get({"a": 1}, make) == [3]
    assert sorted(path.suffix for path in (tmp_path / "folder").iterdir()) == [".json"] * 3


@pytest.mark.parametrize(
    "broken",
    [
        lambda text, other: text[:-2],
        lambda text, other: "",
        lambda text, other: "[]",
        lambda text, other: "null",
        lambda text, other: "[" * 100_000,
        lambda text, other: text.replace("right", "wrong"),
        lambda text, other: other,
    ],
)
def test_a_broken_entry_is_no_answer(broken: Any, tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    cache.get({"a": 1}, lambda: "right")
    (entry,) = tmp_path.iterdir()
    cache.get({"a": 2}, lambda: "of another")
    (other,) = (path for path in tmp_path.iterdir() if path != entry)
    text = broken(entry.read_text(encoding="utf-8"), other.read_text(encoding="utf-8"))
    entry.write_text(text, encoding="utf-8")
    assert cache.get({"a": 1}, lambda: "right") == "right"
    assert cache.get({"a": 1}, lambda: pytest.fail("is there again")) == "right"


def test_where_nothing_can_be_written_the_cache_does_without(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    cache = Cache(tmp_path / "file" / "folder")
    assert cache.get({"a": 1}, lambda: (1, 2)) == [1, 2]
    assert Cache(None).get({"a": 1}, lambda: (1, 2)) == [1, 2]
