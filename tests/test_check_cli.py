"""``tracer check``: exit statuses, files, several submissions, and what it refuses."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import tracer
from tests.conftest import ROOT
from tests.deck_answers import AS_PRINTED
from tests.submissions import GOOD, HALF, HOPELESS
from tracer import reports
from tracer.cli import cli
from tracer.commands.check import FORMATS

DECK = str(tracer.DECK)
DOCUMENT = (ROOT / "examples" / "submissions" / "deck.md").read_text(encoding="utf-8")


def run(*arguments: str, text: str | None = None) -> Result:
    return CliRunner().invoke(cli, ["check", *arguments], input=text, catch_exceptions=False)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory with the submissions of a small class."""
    monkeypatch.chdir(tmp_path)
    for name, answers in {"good": GOOD, "slides": AS_PRINTED, "half": HALF, "none": {}}.items():
        Path(f"{name}.json").write_text(json.dumps(answers), encoding="utf-8")
    Path("deck.md").write_text(DOCUMENT, encoding="utf-8")
    return tmp_path


def test_the_command_knows_every_format() -> None:
    assert tuple(reports.FORMATS) == FORMATS


@pytest.mark.parametrize(
    ("name", "status"),
    [("good.json", 0), ("slides.json", 1), ("half.json", 1), ("none.json", 0), ("deck.md", 1)],
)
def test_exit_status(here: Path, name: str, status: int) -> None:
    found = run(DECK, name)
    assert found.exit_code == status
    assert found.stdout.startswith(f"{name}: Deep Learning\n")
    assert not found.stderr


def test_the_slides(here: Path) -> None:
    found = json.loads(run(DECK, "deck.md", "--to", "json").stdout)
    assert (found["summary"]["wrong"], found["summary"]["carried"]) == (3, 18)
    sums = [one["id"] for one in found["equations"] if "sample 5 is missing" in one["text"]]
    assert sums == ["dloss/dw2[1,1]", "dloss/dw2[1,2]", "dloss/db2[1]"]


def test_stale_numbers_of_a_document(here: Path) -> None:
    Path("fine.md").write_text("$w_{1,1}^2$ becomes\n\n$$0.1 - 0.01 \\cdot 7.1 = 0.029$$\n")
    Path("stale.md").write_text("$w_{1,1}^2$ becomes\n\n$$0.1 - 0.01 \\cdot 7.1 = 0.02$$\n")
    assert run(DECK, "fine.md").exit_code == 0
    assert run(DECK, "stale.md").exit_code == 1


def test_standard_input() -> None:
    found = run(DECK, "-", text=json.dumps(GOOD))
    assert found.exit_code == 0
    assert "All 50 values are right. Well done!" in found.stdout
    both = run("-", "-", text="")
    assert both.exit_code == 2
    assert "standard input can be read once only" in both.stderr


@pytest.mark.parametrize("ending", ["txt", "md", "html", "json", "csv"])
def test_the_ending_chooses_the_format(here: Path, ending: str) -> None:
    found = run(DECK, "slides.json", "-o", f"report.{ending}")
    assert (found.exit_code, found.stdout) == (1, "")
    name = next(name for name, own in reports.FORMATS.items() if f".{ending}" in own)
    expected = tracer.Checker(tracer.load(tracer.DECK)).check("slides.json").render(name)
    assert Path(f"report.{ending}").read_text(encoding="utf-8") == expected


@pytest.mark.parametrize("system", ["gradescope", "prairielearn"])
def test_results_of_graders(here: Path, system: str) -> None:
    assert run(DECK, "slides.json", "--to", system, "-o", "results.json").exit_code == 1
    expected = tracer.Checker(tracer.load(tracer.DECK)).check("slides.json").render(system)
    assert Path("results.json").read_text(encoding="utf-8") == expected


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["missing.json"], "missing.json: "),
        (["good.json", "-o", "report.pdf"], "no format has the ending '.pdf'"),
        (["good.json", "-o", "report.md", "--to", "html"], "the ending of report.md says markdown"),
        (["good.json", "-o", "good.json"], "--output: good.json is what was read"),
        (["good.json", "-o", "./", "--to", "json"], "good.json is what was read"),
        (["good.json", "half.json", "--to", "html"], "html has one submission in each file"),
        (["good.json", "half.json", "--to", "gradescope"], "name a directory, as in -o results/"),
        (["good.json", "--annotate", "marked.json"], "good.json is no document, so there is noth"),
        (["deck.md", "--annotate", "marked.txt"], "name a file with the ending .md"),
        (["deck.md", "deck.md", "--annotate", "marked.md"], "is for one document"),
        (["good.json", "-o", "no/such/report.md"], "cannot be written"),
        (["good.json", "-o", "good.json/results/"], "can't be made"),
    ],
)
def test_what_is_refused(here: Path, arguments: Sequence[str], said: str) -> None:
    before = {path: path.read_bytes() for path in here.iterdir()}
    found = run(DECK, *arguments)
    assert found.exit_code == 2
    assert said in found.stderr
    assert found.stderr.startswith("error: ")
    assert found.stderr.count("\n") == 1
    assert not found.stdout
    assert {path: path.read_bytes() for path in here.iterdir()} == before


def test_a_problem_that_cannot_be_used(here: Path) -> None:
    Path("net.toml").write_text("layers = 3\n")
    found = run("net.toml", "good.json")
    assert found.exit_code == 2
    assert "net.toml:1:10: " in found.stderr


def test_answers_left_out(here: Path) -> None:
    found = run(DECK)
    assert found.exit_code == 2
    assert "Missing argument 'ANSWERS...'" in found.stderr


def test_several_on_the_terminal(here: Path) -> None:
    found = run(DECK, "good.json", "slides.json")
    assert found.exit_code == 1
    places = [
        found.stdout.index(text)
        for text in (
            "good.json: Deep Learning",
            "slides.json: Deep Learning",
            "2 submissions: Deep Learning",
            "The most frequent mistakes",
        )
    ]
    assert places == sorted(places)


def test_several_in_one_table(here: Path) -> None:
    assert run(DECK, "good.json", "slides.json", "-o", "class.csv").exit_code == 1
    rows = list(csv.DictReader(Path("class.csv").read_text(encoding="utf-8").splitlines()))
    assert [row["submission"] for row in rows] == ["good.json"] * 50 + ["slides.json"] * 50


@pytest.mark.parametrize(
    ("to", "ending", "has_summary"),
    [
        ("text", "txt", True),
        ("markdown", "md", True),
        ("html", "html", True),
        ("json", "json", True),
        ("csv", "csv", True),
        ("gradescope", "json", False),
        ("prairielearn", "json", False),
    ],
)
@pytest.mark.parametrize("folder", ["results/", "deep/results"])
def test_a_file_for_each(here: Path, to: str, ending: str, has_summary: bool, folder: str) -> None:
    found = run(DECK, "good.json", "slides.json", "deck.md", "-o", folder, "--to", to)
    assert (found.exit_code, found.stdout) == (1, "")
    names = ["deck", "good", "slides"] + ["summary"] * has_summary
    assert sorted(path.name for path in Path(folder).iterdir()) == [f"{n}.{ending}" for n in names]


def test_one_into_a_directory(here: Path) -> None:
    assert run(DECK, "good.json", "-o", "results/").exit_code == 0
    assert [path.name for path in Path("results").iterdir()] == ["good.txt"]


def test_names_of_files_are_data(here: Path) -> None:
    names = ["<b>&.json", "=cmd|x.json", "-o.json", "..json", "a\x1b[31m.json"]
    for name in names:
        Path(name).write_text(json.dumps(HOPELESS), encoding="utf-8")
    found = run(DECK, "-o", "results/", "--to", "html", "--", *names)
    assert found.exit_code == 1
    written = sorted(path.name for path in Path("results").iterdir())
    assert written == [
        "a_31m.html",
        "b.html",
        "cmd_x.html",
        "o.html",
        "submission.html",
        "summary.html",
    ]
    assert sorted(path.name for path in here.iterdir() if path.is_dir()) == ["results"]
    page = Path("results/summary.html").read_text(encoding="utf-8")
    assert "<b>" not in page
    assert "&lt;b&gt;&amp;.json" in page


def test_one_of_many_cannot_be_used(here: Path) -> None:
    Path("odd.json").write_text("{")
    Path("odd.xyz").write_text("{")
    found = run(DECK, "odd.json", "good.json", "odd.xyz", "-o", "results/")
    assert found.exit_code == 2
    assert found.stderr.startswith("error: odd.json:1:2: ")
    assert "error: odd.xyz: " in found.stderr
    assert {path.name for path in Path("results").iterdir()} == {"good.txt", "summary.txt"}


def test_what_a_class_looks_like_does_not_depend_on_which_files_are_bad(here: Path) -> None:
    (here / "bad.toml").write_text("x = [", encoding="utf-8")
    result = run(DECK, "good.json", "bad.toml", "-o", "class.json")
    assert result.exit_code == 2
    found = json.loads((here / "class.json").read_text(encoding="utf-8"))
    assert [own["submission"] for own in found["submissions"]] == ["good.json"]
    assert [own["submission"] for own in found["refused"]] == ["bad.toml"]
    assert "not valid TOML" in found["refused"][0]["error"]
    run(DECK, "good.json", "bad.toml", "-o", "results/")
    summary = (here / "results" / "summary.txt").read_text(encoding="utf-8")
    assert "2 submissions" in summary
    assert "bad.toml" in summary


def test_annotate(here: Path) -> None:
    found = run(DECK, "deck.md", "--annotate", "marked.md", "--to", "json")
    assert found.exit_code == 1
    assert json.loads(found.stdout)["summary"]["wrong"] == 3
    marked = Path("marked.md").read_text(encoding="utf-8")
    assert marked.count("**✗ ") == 3
    assert "the solution has 1.332" in marked
    assert marked.count("the term of sample 5 is missing") == 3
    assert Path("deck.md").read_text(encoding="utf-8") == DOCUMENT
    # the notes are read past, and written once however often
    again = run(DECK, "marked.md", "--annotate", "marked.md", "--to", "json")
    assert json.loads(again.stdout)["summary"] == json.loads(found.stdout)["summary"]
    assert Path("marked.md").read_text(encoding="utf-8") == marked


def test_annotated_notebook(here: Path) -> None:
    cell = {"cell_type": "markdown", "metadata": {}, "source": ["$w_{1,1}^2 = 0.1 - 0.071 = 3$\n"]}
    notebook = {"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    Path("work.ipynb").write_text(json.dumps(notebook), encoding="utf-8")
    found = run(DECK, "work.ipynb", "--annotate", "marked.ipynb")
    assert found.exit_code == 1
    cells = json.loads(Path("marked.ipynb").read_text(encoding="utf-8"))["cells"]
    assert cells[0]["source"] == cell["source"]
    assert len(cells) == 2


def _on_a_terminal(arguments: Sequence[str], **environment: str) -> str:
    """What the command writes to a terminal, standard output and error together."""
    import pty

    leader, follower = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "tracer", "check", *arguments],
        stdout=follower,
        stderr=follower,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "TERM": "xterm", **environment},
    )
    os.close(follower)
    found = b""
    while True:
        try:
            part = os.read(leader, 65536)
        except OSError:  # what Linux says when the other end is closed
            break
        if not part:
            break
        found += part
    os.close(leader)
    process.wait(timeout=60)
    return found.decode("utf-8")


@pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminals")
def test_colours_are_for_terminals(here: Path) -> None:
    shown = _on_a_terminal([DECK, "slides.json"])
    assert "\x1b[31m\x1b[1m✗ ∂MSE/∂w₁,₂¹\x1b[0m" in shown
    assert "\x1b[" not in _on_a_terminal([DECK, "slides.json"], NO_COLOR="1")
    assert "\x1b[" not in run(DECK, "slides.json").stdout


@pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminals")
def test_many_have_a_progress_bar(here: Path) -> None:
    arguments = [DECK, *["good.json"] * 25, "-o", "results/"]
    assert "checking" in _on_a_terminal(arguments)
    assert len(list(Path("results").iterdir())) == 26
    assert run(*arguments).stderr == ""


def test_help_loads_nothing_heavy() -> None:
    code = (
        "import sys; sys.argv = ['tracer', 'check', '--help']\n"
        "from tracer.cli import cli\n"
        "try:\n    cli()\nexcept SystemExit:\n    pass\n"
        "assert not {'sympy', 'flint', 'jinja2'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, cwd=ROOT)


def test_ctrl_c_leaves_no_traceback_and_no_file(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("tracer.checking.Checker.check", stopped)
    found = run(DECK, "good.json", "-o", "report.html")
    assert found.exit_code == 130  # as shells have it
    assert found.stderr == "stopped; nothing more is written\n"
    assert not Path("report.html").exists()
