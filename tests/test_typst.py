"""Real consumers of the Typst page: the typst package, and poppler on the PDF it makes."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

import tracer
from tests.conftest import EXAMPLES, ROOT, need, need_module
from tests.math_text import in_latex, in_typst
from tests.strategies import NOTATIONS
from tests.test_latex import HOSTILE, WIDE, flat, solved
from tracer import cli
from tracer.loading import with_changes

# 2 cm in points; the page is A4
_MARGIN = 2 / 2.54 * 72


def compiled(text: str) -> tuple[bytes, list[str]]:
    """The PDF of a Typst document, and every warning of the compiler's. Raises its errors."""
    pdf, warnings = need_module("typst").compile_with_warnings(text.encode(), format="pdf")
    return pdf, [str(warning) for warning in warnings]


def outside(pdf: bytes, folder: Path) -> list[str]:
    """The words that reach beyond the margins."""
    path = folder / "page.pdf"
    path.write_bytes(pdf)
    command = [need("pdftotext"), "-bbox", "-enc", "UTF-8", str(path), "-"]
    boxes = subprocess.run(command, capture_output=True, check=True).stdout.decode()
    found = []
    (width,) = {float(w) for w in re.findall(r'<page width="([0-9.]+)"', boxes)}
    for x, end, word in re.findall(r'xMin="([-0-9.]+)".*?xMax="([0-9.]+)".*?>(.*)</word>', boxes):
        if float(x) < _MARGIN - 0.5 or float(end) > width - _MARGIN + 0.5:
            found.append(word)
    return found


@pytest.mark.parametrize("detail", [None, "full"])
@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_every_page_compiles_within_its_margins(
    path: Path, detail: str | None, tmp_path: Path
) -> None:
    solution = tracer.solve(tracer.load(path), view="auto" if detail else None, detail=detail)
    text = solution.render("typst")
    assert in_typst(text) == in_latex(solution.render("latex"))
    pdf, warnings = compiled(text)
    assert warnings == []
    assert outside(pdf, tmp_path) == []


@pytest.mark.parametrize("view", ["deltas", "matrix", "function"])
@pytest.mark.parametrize("notation", NOTATIONS)
def test_every_notation_in_every_view(notation: str, view: str, tmp_path: Path) -> None:
    problem = with_changes(tracer.load(ROOT / "examples" / "two-outputs.toml"), notation=notation)
    solution = tracer.solve(problem, view=view)
    text = solution.render("typst", fragment=True)
    assert in_typst(text) == in_latex(solution.render("latex"))
    setting = '#set page(margin: 2cm)\n#set text(font: "New Computer Modern", size: 10pt)\n'
    pdf, warnings = compiled(setting + text)
    assert warnings == []
    assert outside(pdf, tmp_path) == []


@pytest.mark.parametrize("notation", ["deck", "mazur", "ng", WIDE], ids=str)
def test_deep_and_wide_networks_fit(notation: str | dict[str, str], tmp_path: Path) -> None:
    row = [f"{(-1) ** k * (k + 1) / 100:.2f}" for k in range(16)]
    problem = tracer.load(
        {
            "layers": [
                {"weights": [row] * 16, "biases": row, "activation": "sigmoid"},
                {"weights": [row] * 3, "biases": row[:3], "activation": "tanh"},
            ],
            "data": [{"inputs": row, "targets": [0, 1, 0]}] * 2,
            "training": {"learning_rate": "0.5"},
            "notation": notation,
        }
    )
    for view in ("auto", "deltas"):
        pdf, warnings = compiled(tracer.solve(problem, view=view).render("typst"))
        assert warnings == []
        assert outside(pdf, tmp_path) == []


def test_what_is_outside_is_noticed(tmp_path: Path) -> None:
    text = tracer.solve(tracer.load(tracer.DECK)).render("typst")
    wide = text.replace("Given labelled data:", "#box[" + "x" * 150 + "]")
    (word,) = outside(compiled(wide)[0], tmp_path)
    assert set(word) == {"x"}


def printed(pdf: bytes, folder: Path) -> str:
    """The text of a PDF."""
    path = folder / "page.pdf"
    path.write_bytes(pdf)
    command = [need("pdftotext"), "-enc", "UTF-8", str(path), "-"]
    return subprocess.run(command, capture_output=True, check=True).stdout.decode()


def test_solve_writes_a_pdf_with_the_numbers(tmp_path: Path) -> None:
    need_module("typst")
    target = tmp_path / "solution.pdf"
    result = CliRunner().invoke(cli.cli, ["solve", "-o", str(target)])
    assert (result.exit_code, result.output) == (0, "")
    data = target.read_bytes()
    assert data.startswith(b"%PDF-")
    text = flat(printed(data, tmp_path))
    for number in ("1.65", "1.332", "3.996", "0.4962", "0.84862"):
        assert number in text
    result = CliRunner().invoke(cli.cli, ["solve", "--to", "pdf"])
    assert result.stdout_bytes == data  # the same problem gives the same file


@pytest.mark.parametrize(
    "words", [*HOSTILE, '#eval("1") $x$ @ref <a> *b* = c', "- a + b // c -- d ... e - 1."]
)
def test_words_of_a_problem_are_only_words(words: str, tmp_path: Path) -> None:
    need_module("typst")
    name = words[:10].strip(" -")
    solution = solved(words, title=words, loss={"name": name})
    assert compiled(solution.render("typst"))[1] == []
    seen = flat(printed(solution.render("pdf"), tmp_path))
    # fonts may lack Chinese, and those of Typst's join ff, fi and fl
    shown = re.sub("[神经网络]", "", flat(words))
    seen = re.sub("[神经网络\ufffd]", "", seen)
    assert seen.startswith(f"{shown}Question")
    assert seen.count(f"{shown}InitialModel") == 1


def test_without_typst_the_message_names_both_ways(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "typst", None)
    monkeypatch.setenv("PATH", str(tmp_path))  # nor is there TeX
    target = tmp_path / "solution.pdf"
    result = CliRunner().invoke(cli.cli, ["solve", "-o", str(target)])
    assert result.exit_code == 2
    assert result.stderr == (
        "error: pdf: a PDF is set by the package typst, which is not installed: pip install "
        '"derivation-tracer[pdf]"; or by TeX, with --engine pdflatex, lualatex or tectonic, where '
        "one of them is installed\n"
    )
    assert not target.exists()


def test_a_pdf_has_no_fragment() -> None:
    result = CliRunner().invoke(cli.cli, ["solve", "--to", "pdf", "--fragment"])
    message = "error: --fragment: is for text that is included; a pdf is whole\n"
    assert (result.exit_code, result.stderr) == (2, message)


def test_a_template_that_typst_refuses_is_told(tmp_path: Path) -> None:
    need_module("typst")
    (tmp_path / "page.typ").write_text("#nonsense()", encoding="utf-8")
    with pytest.raises(tracer.InputError, match=r"page\.typ: the template cannot be used: .*"):
        tracer.solve(tracer.load(tracer.DECK)).render("pdf", templates=tmp_path)
