"""Real consumers of the LaTeX: pdflatex compiles every golden document without a warning."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

import tracer
from tests.conftest import EXAMPLES, ROOT, need
from tests.strategies import NOTATIONS
from tracer.loading import with_changes

_COMPLAINT = re.compile(r"^(?:!|.*Warning:|Overfull|Underfull|Missing character)", re.MULTILINE)


def compile_latex(text: str, folder: Path, engine: str = "pdflatex") -> list[str]:
    """Everything that a TeX engine complains of."""
    (folder / "page.tex").write_text(text, encoding="utf-8")
    command = [need(engine), "-interaction=nonstopmode", "-halt-on-error", "page.tex"]
    result = subprocess.run(command, cwd=folder, capture_output=True, timeout=120, check=False)
    log = (folder / "page.log").read_text(encoding="utf-8", errors="replace")
    complaints = [match[0] for match in _COMPLAINT.finditer(log)]
    return complaints + ([] if result.returncode == 0 else [log[-2000:]])


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_every_golden_document_compiles(path: Path, tmp_path: Path) -> None:
    text = (ROOT / "tests" / "golden" / f"{path.stem}.tex").read_text(encoding="utf-8")
    assert compile_latex(text, tmp_path) == []


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_every_page_with_its_pictures_compiles_with_lualatex(path: Path, tmp_path: Path) -> None:
    page = tracer.solve(tracer.load(path)).render("latex")
    assert compile_latex(page, tmp_path, "lualatex") == []


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_every_full_page_compiles(path: Path, tmp_path: Path) -> None:
    page = tracer.solve(tracer.load(path), view="auto", detail="full").render("latex")
    assert compile_latex(page, tmp_path) == []


@pytest.mark.parametrize("notation", NOTATIONS)
def test_the_full_page_compiles_in_every_notation(notation: str, tmp_path: Path) -> None:
    problem = with_changes(tracer.load(ROOT / "examples" / "two-outputs.toml"), notation=notation)
    page = tracer.solve(problem, detail="full").render("latex", fragment=True)
    assert compile_fragments(tmp_path, page) == []


@pytest.mark.parametrize("notation", NOTATIONS)
@pytest.mark.parametrize("name", ["deck", "deep", "two-outputs"])
def test_every_notation_compiles(name: str, notation: str, tmp_path: Path) -> None:
    problem = with_changes(tracer.load(ROOT / "examples" / f"{name}.toml"), notation=notation)
    assert compile_latex(tracer.solve(problem).render("latex"), tmp_path) == []


def test_a_complaint_is_noticed(tmp_path: Path) -> None:
    text = (ROOT / "tests" / "golden" / "deck.tex").read_text(encoding="utf-8")
    wide = text.replace("Given labelled data:", r"\mbox{" + "x" * 150 + "}")
    assert compile_latex(wide, tmp_path) == ["Overfull"]


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_a_fragment_of_every_example_compiles(path: Path, tmp_path: Path) -> None:
    """As README says: a text width of 17 cm, and amsmath."""
    body = tracer.solve(tracer.load(path)).render("latex", fragment=True)
    assert r"\unicodechar" not in body
    assert compile_fragments(tmp_path, body) == []


def test_fragments_bring_what_they_need(tmp_path: Path) -> None:
    """Characters that pdflatex lacks, twice, as a chapter and its exercise may have them."""
    body = solved("q", loss={"name": "误差"}).render("latex", fragment=True)
    assert body.startswith("% ")
    assert compile_fragments(tmp_path, body, body) == []
    assert "[U+8BEF][U+5DEE]" in printed(tmp_path)


def test_a_fragment_leaves_the_document_its_own_unicodechar(tmp_path: Path) -> None:
    body = solved("q", loss={"name": "误"}).render("latex", fragment=True)
    own = r"\newcommand{\unicodechar}[1]{own#1}"
    assert compile_fragments(tmp_path, body, preamble=own) == []
    assert "own8BEF" in printed(tmp_path)


def compile_fragments(folder: Path, *bodies: str, preamble: str = "") -> list[str]:
    """What pdflatex complains of where a small article inputs fragments."""
    inputs = []
    for number, body in enumerate(bodies):
        (folder / f"fragment{number}.tex").write_text(body, encoding="utf-8")
        inputs.append(rf"\input{{fragment{number}}}")
    return compile_latex(
        "\\documentclass{article}\\usepackage{amsmath,tikz}\\usepackage[margin=2cm,a4paper]{geometry}"
        f"\\allowdisplaybreaks {preamble}\n\\begin{{document}}\n{chr(10).join(inputs)}\n"
        "\\end{document}\n",
        folder,
    )


HOSTILE = [
    r"\input{/etc/hostname} ^^5cinput{x} \def\x{\x}\x",
    r"100 % of $x_1$ & {braces} # ~ ^ \ end",
    r"\end{document} hidden",
    "<script>alert(1)</script> & `code` | pipe",
    "Größe, naïve café, Łódź",
    "神经网络 – “quoted” → 3 ≈ π",
    "=cmd()|-- --> ]]>",
    "a--b --- c ,,d'' e `` f !` ?` g!“ h",
    "no\u00a0break\u3000wide",
]


@pytest.mark.parametrize("words", HOSTILE)
def test_words_of_a_problem_are_only_words(words: str, tmp_path: Path) -> None:
    """They stand in the PDF as they do in the problem."""
    name = words[:10].strip(" -")  # pdftotext takes a hyphen at the end of a line away
    page = solved(words, title=words, loss={"name": name}).render("latex")
    complaints = compile_latex(page, tmp_path)
    assert [c for c in complaints if not c.startswith("Overfull")] == []
    seen = printed(tmp_path)
    title, loss = (re.sub("[神经网络]", _by_number, flat(text)) for text in (words, name))
    assert seen.startswith(f"{title}Question")
    assert seen.count(f"{title}InitialModel") == 1
    assert seen.count(f"Initial{loss}{loss}=(f∗(l10)−f(l10))2") == 1


def _by_number(character: re.Match[str]) -> str:
    """How pdflatex prints what it has no glyph for."""
    return f"[U+{ord(character[0]):X}]"


def solved(question: str, **more: object) -> tracer.Solution:
    """A small problem with words of its own, solved."""
    problem: dict[str, Any] = {
        "question": question,
        "layers": [{"weights": [[1]], "biases": [0], "activation": "relu"}],
        "data": [{"inputs": 1, "targets": 2}],
        "training": {"learning_rate": "0.1"},
    }
    return tracer.solve(tracer.load(problem | more))


def printed(folder: Path) -> str:
    """The text of page.pdf without space, which is the typesetter's."""
    command = [need("pdftotext"), "-enc", "UTF-8", "page.pdf", "-"]
    result = subprocess.run(command, cwd=folder, capture_output=True, check=True)
    return flat(result.stdout.decode())


def flat(text: str) -> str:
    """Text without space and with plain apostrophes, to compare a page with what it prints."""
    return re.sub(r"\s", "", text).replace("’", "'")


# symbols as wide as one may make them
WIDE = {
    "like": "mazur",
    "weight": "WEIGHTMMMMMM_{i}to{j}from{k}",
    "output": "OutputOfUnit_{j}inlayer^{i}",
    "delta": "delta_DELTADELTA{j}^{i}",
    "loss": "Lossss_everywhere",
}


@pytest.mark.parametrize("notation", ["deck", "mazur", "ng", WIDE], ids=str)
def test_deep_and_wide_networks_compile(notation: str | dict[str, str], tmp_path: Path) -> None:
    """Sixteen inputs and neurons: points, tables and sums have to be broken."""
    width = 16
    row = [f"{(-1) ** k * (k + 1) / 100:.2f}" for k in range(width)]
    problem = tracer.load(
        {
            "layers": [
                {"weights": [row] * width, "biases": row, "activation": "sigmoid"},
                {"weights": [row] * 3, "biases": row[:3], "activation": "tanh"},
            ],
            "data": [{"inputs": row, "targets": [0, 1, 0]}] * 2,
            "training": {"learning_rate": "0.5"},
            "notation": notation,
        }
    )
    for view in ("auto", "deltas"):
        page = tracer.solve(problem, view=view).render("latex")
        assert compile_latex(page, tmp_path) == []
    # of the widest symbols a chain leaves a line too few places to break, a sum in a cell none
    hide = ["paths", "reasons"] if notation is WIDE else []
    page = tracer.solve(problem, detail="full", hide=hide).render("latex")
    assert compile_latex(page, tmp_path) == []
