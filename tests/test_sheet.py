"""Sheets: a question without its answers, and blanks that are read back."""

from __future__ import annotations

import ast
import csv
import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

import tracer
from tests.conftest import EXAMPLES, ROOT, need
from tracer import sheets
from tracer.answers.files import AnswerReader
from tracer.checking import Checker
from tracer.cli import cli
from tracer.commands.sheet import FORMATS
from tracer.marking.asked import asked
from tracer.problem import AnyProblem, Problem
from tracer.sheets.groups import groups
from tracer.sheets.page import unsolved
from tracer.trace import build

_NUMBER = re.compile(r"\d+(?:[.,]\d+)?(?:e-?\d+)?")
_PUBLISHED = sorted((ROOT / "examples" / "published").glob("*.toml"))
PROBLEMS = {path.stem: path for path in (*EXAMPLES, *_PUBLISHED)}


def problem_of(name: str) -> AnyProblem:
    return tracer.load(PROBLEMS[name])


def has_numbers(name: str) -> bool:
    problem = problem_of(name)
    return not isinstance(problem, Problem) or problem.has_data


SHEETS = [name for name in PROBLEMS if has_numbers(name)]


@pytest.mark.parametrize("name", SHEETS)
def test_no_answer_stands_on_a_sheet(name: str) -> None:
    """Nothing is worked out for a sheet but what is given."""
    problem = problem_of(name)
    worked = unsolved(problem)
    computed = [own for own in worked.values if worked.trace.rule(own).terms]
    assert not computed
    solution = tracer.solve(problem)
    answers = {solution.solved.values[own].number.text for own in asked(problem, build(problem))}
    for to in sheets.FORMATS:
        text = sheets.sheet(problem, to, source="")
        leaked = set(_NUMBER.findall(text)) & {a.lstrip("-") for a in answers}
        # what has four figures or more is no index and no round number that is given
        given = {value.number.text.lstrip("-") for value in worked.values.values()}
        assert not {number for number in leaked - given if len(re.sub(r"\D", "", number)) > 3}


@pytest.mark.parametrize("name", SHEETS)
@pytest.mark.parametrize("to", ["toml", "csv", "ipynb"])
def test_blanks_are_read_back(name: str, to: str) -> None:
    """All that is asked for stands there once; nothing is answered until it is filled in."""
    problem = problem_of(name)
    names = asked(problem, build(problem))
    reader = AnswerReader(problem, build(problem))
    solution = tracer.solve(problem)
    values = {own: solution.solved.values[own].number.text for own in names}
    if to == "ipynb":
        blank = _answers_of(sheets.sheet(problem, to, source=""))
        assert blank == dict.fromkeys(names, "")
        empty, full = reader.read(blank), reader.read(values)
    else:
        text = sheets.sheet(problem, to)
        empty = reader.parse(text, f"a.{to}", to)
        full = reader.parse(_filled(text, to, values), f"a.{to}", to)
    assert not empty.unknown
    assert not empty.answers
    assert not full.unknown
    assert {own: answer.given for own, answer in full.answers.items()} == values
    assert not [answer for answer in full.answers.values() if answer.reading is None]


@pytest.mark.parametrize("name", ["deck", "graph", "komma", "adam", "deep", "by-hand"])
def test_blanks_are_missing_and_printed_values_right(name: str, tmp_path: Path) -> None:
    problem = problem_of(name)
    checker = Checker(problem)
    names = asked(problem, build(problem))
    solution = tracer.solve(problem)
    values = {own: solution.solved.values[own].number.text for own in names}
    for to in ("toml", "csv"):
        text = sheets.sheet(problem, to)
        file = tmp_path / f"a.{to}"
        file.write_text(text, encoding="utf-8")
        blank = checker.check(file)
        assert blank.ok
        assert {verdict.code for verdict in blank.verdicts} == {"missing"}
        file.write_text(_filled(text, to, values), encoding="utf-8")
        filled = checker.check(file)
        assert {verdict.code for verdict in filled.verdicts} == {"correct"}
        assert len(filled.verdicts) == len(names)


_DOTS = {"markdown": r"\ldots\ldots\ldots", "latex": r"\ldots\ldots\ldots", "text": "………"}
# in other formats than Markdown wide tables are split, and blanks are in another order
_NARROW = ("deck", "graph", "komma", "adam", "online", "softmax", "momentum")


@pytest.mark.parametrize("name", SHEETS)
@pytest.mark.parametrize("to", _DOTS)
def test_pages_are_read_back(name: str, to: str, tmp_path: Path) -> None:
    """A page with its dots says nothing; with the numbers of the solution all is right."""
    problem = problem_of(name)
    checker = Checker(problem)
    text = sheets.sheet(problem, to)
    file = tmp_path / f"a{sheets.FORMATS[to][0]}"
    file.write_text(text, encoding="utf-8")
    report = checker.check(file)
    assert {verdict.code for verdict in report.verdicts} == {"missing"}
    assert not report.submission.links
    if to != "markdown" and name not in _NARROW:
        return
    worked = tracer.solve(problem).solved
    names = asked(problem, build(problem))
    values = [worked.values[own].number.text for g in groups(worked, names) for own in g.names]
    between = text.split(_DOTS[to])
    assert len(between) == len(values) + 1
    comma = "{,}" if to != "text" else ","
    numbers = [value.replace(",", comma) for value in values]
    file.write_text(
        "".join(map("".join, zip(between, [*numbers, ""], strict=True))), encoding="utf-8"
    )
    report = checker.check(file)
    assert {verdict.code for verdict in report.verdicts} == {"correct"}
    assert not report.submission.links


def test_sheets_are_no_longer_than_what_is_read() -> None:
    rows = [[1] * 40] * 30
    layers = [{"weights": rows, "biases": [0] * 30, "activation": "relu"}]
    data = [{"inputs": [1] * 40, "targets": [0] * 30}]
    problem = tracer.load({"layers": layers, "data": data, "training": {"learning_rate": 1}})
    with pytest.raises(tracer.InputError, match=r"2,522 answers are asked for; toml is read up to"):
        sheets.sheet(problem, "toml")
    assert sheets.sheet(problem, "csv").count("\n") == 2_523


def _answers_of(notebook: str) -> dict[str, str]:
    (cell,) = (own for own in json.loads(notebook)["cells"] if own["id"] == "answers")
    (statement,) = ast.parse("".join(cell["source"])).body
    assert isinstance(statement, ast.Assign)
    found = ast.literal_eval(statement.value)
    assert isinstance(found, dict)
    return found


def _filled(text: str, to: str, values: dict[str, str]) -> str:
    lines = []
    for line in text.splitlines():
        if to == "toml" and line.startswith('"'):
            name = json.loads(line.split(" = ")[0])
            line = line.replace('= ""', f'= "{values[name]}"', 1)
        elif to == "csv" and not line.startswith("id"):
            separator = ";" if ";" in text.splitlines()[0] else ","
            ((name, _, symbol),) = csv.reader([line], delimiter=separator)
            line = separator.join(f'"{cell}"' for cell in (name, values[name], symbol))
        lines.append(line)
    return "\n".join(lines)


@pytest.mark.parametrize("to", ["text", "markdown", "toml", "csv", "ipynb"])
@pytest.mark.parametrize("name", ["deck", "graph", "komma", "adam"])
def test_what_sheets_look_like(name: str, to: str, page: Callable[[str, str], None]) -> None:
    source = PROBLEMS[name].read_text(encoding="utf-8")
    # linters would read notebooks by their ending
    ending = ".ipynb.json" if to == "ipynb" else sheets.FORMATS[to][0]
    page(f"tests/sheets/{name}{ending}", sheets.sheet(problem_of(name), to, source=source))


@pytest.mark.parametrize("name", ["deck", "komma", "graph", "batch-norm", "two-outputs"])
def test_notebooks_are_notebooks(name: str) -> None:
    source = PROBLEMS[name].read_text(encoding="utf-8")
    text = sheets.sheet(problem_of(name), "ipynb", source=source)
    notebook = json.loads(text)
    assert (notebook["nbformat"], notebook["nbformat_minor"]) == (4, 5)
    for cell in notebook["cells"]:
        assert re.fullmatch(r"[a-zA-Z0-9_-]{1,64}", cell["id"])
        assert isinstance(cell["metadata"], dict)
        assert all(isinstance(line, str) for line in cell["source"])
        assert all(line.endswith("\n") for line in cell["source"][:-1])
        code = {"execution_count", "outputs"} if cell["cell_type"] == "code" else set()
        assert cell.keys() == {"cell_type", "id", "metadata", "source"} | code
    assert len({cell["id"] for cell in notebook["cells"]}) == len(notebook["cells"])
    try:
        import nbformat
    except ImportError:
        return
    nbformat.validate(nbformat.reads(text, as_version=4))


@pytest.mark.parametrize("text", ["", "'''", "\\", "title = '''a\\n\n'''", '"""', "\\'''\r\n"])
def test_a_notebook_holds_its_problem(text: str) -> None:
    """The problem's cell loads the same problem, whatever its text is made of."""
    source = f"# {text.splitlines()[0] if text else ''}\n{PROBLEMS['deck'].read_text()}"
    notebook = json.loads(sheets.sheet(problem_of("deck"), "ipynb", source=source))
    (cell,) = (own for own in notebook["cells"] if own["id"] == "problem")
    statement = ast.parse("".join(cell["source"])).body[-1]
    assert isinstance(statement, ast.Assign)
    call = statement.value
    assert isinstance(call, ast.Call)
    assert tracer.load(ast.literal_eval(call.args[0])) == problem_of("deck")


def test_what_a_sheet_cannot_be() -> None:
    layers = [{"weights": [[1, 2]], "biases": [3], "activation": "relu"}]
    without_data = tracer.load({"layers": layers, "page": {"view": "function"}})
    with pytest.raises(tracer.InputError, match="no data, so there is nothing to compute"):
        sheets.sheet(without_data)
    with pytest.raises(tracer.InputError, match=r"no format 'tomml'; .*did you mean \"toml\""):
        sheets.sheet(problem_of("deck"), "tomml")
    with pytest.raises(tracer.InputError, match="source: the TOML of the problem is needed"):
        sheets.sheet(problem_of("deck"), "ipynb")


def test_the_points_of_a_problem_say_what_is_asked() -> None:
    text = PROBLEMS["deck"].read_text(encoding="utf-8")
    problem = tracer.load(f"{text}\n[check.points]\ndeltas = 1\n")
    blank = sheets.sheet(problem, "toml")
    assert '"dloss/dp1[2](5)" = ""' in blank
    assert '"loss"' not in blank
    assert "Derivatives on the Way" in sheets.sheet(problem, "text")


def test_formats_have_one_list() -> None:
    assert tuple(sheets.FORMATS) == FORMATS


def run(*args: str, given: str | None = None) -> tuple[int, str]:
    result = CliRunner().invoke(cli, ["sheet", *args], input=given)
    return result.exit_code, result.output


def test_the_command_writes_files_by_their_endings(tmp_path: Path) -> None:
    files = [tmp_path / f"a{endings[0]}" for endings in sheets.FORMATS.values()]
    options = [word for file in files for word in ("-o", str(file))]
    assert run(*options) == (0, "")
    source = tracer.DECK.read_text(encoding="utf-8")
    for to, file in zip(sheets.FORMATS, files, strict=True):
        text = file.read_text(encoding="utf-8")
        assert text == sheets.sheet(tracer.load(tracer.DECK), to, source=source)


def test_the_command_on_standard_streams() -> None:
    source = PROBLEMS["line"].read_text(encoding="utf-8")
    assert run("-", "--to", "csv", given=source) == (0, sheets.sheet(problem_of("line"), "csv"))
    code, text = run("-", "-o", "-", "--to", "ipynb", given=source)
    assert (code, text) == (0, sheets.sheet(problem_of("line"), "ipynb", source=source))
    assert run()[1].startswith("Deep Learning\n")


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (("-o", "a.json"), "error: a.json: no format has the ending '.json'; use one of .txt,"),
        (("-o", "a.md", "--to", "toml"), "error: --to: toml is asked for, but the ending of a.md"),
        (("-o", "a.md", "-o", "b.csv", "--to", "csv"), "error: --to: is for one file; leave it"),
        (("none.toml",), "error: none.toml: there is no such file"),
    ],
)
def test_what_the_command_refuses(args: tuple[str, ...], message: str) -> None:
    code, text = run(*args)
    assert code == 2
    assert text.startswith(message)
    assert text.count("\n") == 1


@pytest.mark.parametrize("name", ["deck", "komma", "graph", "lstm"])
def test_latex_sheets_compile(name: str, tmp_path: Path) -> None:
    need("pdflatex")
    (tmp_path / "a.tex").write_text(sheets.sheet(problem_of(name), "latex"), encoding="utf-8")
    found = subprocess.run(
        ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "a.tex"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert found.returncode == 0, found.stdout[-2000:]
