"""Real consumers of the LaTeX: pdflatex compiles every golden document without a warning."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

import tracer
from tests.conftest import EXAMPLES, ROOT, need

_COMPLAINT = re.compile(r"^(?:!|.*Warning:|Overfull|Underfull|Missing character)", re.MULTILINE)


def compile_latex(text: str, folder: Path) -> list[str]:
    """Everything that pdflatex complains of."""
    (folder / "page.tex").write_text(text, encoding="utf-8")
    command = [need("pdflatex"), "-interaction=nonstopmode", "-halt-on-error", "page.tex"]
    result = subprocess.run(command, cwd=folder, capture_output=True, timeout=120, check=False)
    log = (folder / "page.log").read_text(encoding="utf-8", errors="replace")
    complaints = [match[0] for match in _COMPLAINT.finditer(log)]
    return complaints + ([] if result.returncode == 0 else [log[-2000:]])


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_every_golden_document_compiles(path: Path, tmp_path: Path) -> None:
    text = (ROOT / "tests" / "golden" / f"{path.stem}.tex").read_text(encoding="utf-8")
    assert compile_latex(text, tmp_path) == []


def test_a_complaint_is_noticed(tmp_path: Path) -> None:
    text = (ROOT / "tests" / "golden" / "deck.tex").read_text(encoding="utf-8")
    wide = text.replace("Given labelled data:", r"\mbox{" + "x" * 150 + "}")
    assert compile_latex(wide, tmp_path) == ["Overfull"]


def test_a_fragment_compiles_inside_a_document(tmp_path: Path) -> None:
    body = tracer.solve(tracer.load(tracer.DECK)).render("latex", fragment=True)
    assert r"\documentclass" not in body
    text = (
        "\\documentclass{article}\\usepackage{amsmath}\\usepackage[margin=2cm]{geometry}"
        "\\allowdisplaybreaks\\begin{document}\n" + body + "\\end{document}\n"
    )
    assert compile_latex(text, tmp_path) == []


HOSTILE = [
    r"\input{/etc/hostname} ^^5cinput{x} \def\x{\x}\x",
    r"100 % of $x_1$ & {braces} # ~ ^ \ end",
    r"\end{document} hidden",
    "<script>alert(1)</script> & `code` | pipe",
    "Größe, naïve café, Łódź",
    "神经网络 – “quoted” → 3 ≈ π",
    "=cmd()|-- --> ]]>",
]


@pytest.mark.parametrize("title", HOSTILE)
def test_words_of_a_problem_are_only_words(title: str, tmp_path: Path) -> None:
    problem = tracer.load(
        {
            "title": title,
            "question": title,
            "layers": [{"weights": [[1]], "biases": [0], "activation": "relu"}],
            "data": [{"inputs": 1, "targets": 2}],
            "loss": {"name": "E" + title[:8]},
            "training": {"learning_rate": "0.1"},
        }
    )
    complaints = compile_latex(tracer.solve(problem).render("latex"), tmp_path)
    assert [c for c in complaints if not c.startswith("Overfull")] == []
    pdf = (tmp_path / "page.pdf").read_bytes()
    assert pdf.startswith(b"%PDF")
    if title.startswith(r"\input"):
        result = subprocess.run(
            [need("pdftotext"), "page.pdf", "-"], cwd=tmp_path, capture_output=True, check=True
        )
        printed = result.stdout.decode()
        assert "input{/etc/hostname}" in printed
        assert "5cinput" in printed


def test_deep_and_wide_networks_compile(tmp_path: Path) -> None:
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
        }
    )
    assert compile_latex(tracer.solve(problem).render("latex"), tmp_path) == []
