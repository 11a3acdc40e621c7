"""Findings written into a document: only notes are added, and they can be taken out again."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest

from tests.conftest import ROOT, need
from tracer.documents.annotate import Mark, annotate
from tracer.documents.latex_words import in_latex
from tracer.documents.notes import cleared
from tracer.documents.pieces import Document, Formula, Table
from tracer.documents.reader import read_document

DECK = ROOT / "examples" / "submissions" / "deck.md"
GOLDEN = ROOT / "tests" / "golden"
HOSTILE = r"\input{x} $5 & 5% #1 _a_ <b>w</b> ∂E/∂w ≈ 中 [x](y) \end{document} `c`"
CODES = ("wrong", "carried", "link", "unreadable", "label")


def _marks(document: Document, note: str = HOSTILE) -> list[Mark]:
    """A mark at each formula and at the last cell of each row."""
    places = []
    for piece in document.pieces:
        if isinstance(piece, Formula):
            places.append((piece.start, piece.stop))
        elif isinstance(piece, Table):
            places += [(row[-1].start, row[-1].stop) for row in piece.rows]
    return [Mark(*place, CODES[at % 5], note) for at, place in enumerate(places)]


@pytest.mark.parametrize(
    "path",
    [
        DECK,
        *(GOLDEN / f"deck{rest}" for rest in (".md", ".tex", ".txt", "-pandoc.md", "-full.tex")),
    ],
    ids=lambda path: path.name,
)
def test_notes_can_be_taken_out_again(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    document = read_document(path.name, text)
    marks = _marks(document)
    assert len(marks) > 20
    written = annotate(document, text, marks)
    assert written.count("中") + written.count("[U+4E2D]") == len(marks)
    assert cleared(path.name, document.kind, written) == text
    # an annotated document is read as if it had no notes, so each note comes once
    again = read_document(path.name, written)
    assert again == document
    assert annotate(again, written, marks) == written
    assert annotate(again, written, []) == text


def _one(name: str, text: str, marked: str) -> str:
    document = read_document(name, text)
    start = document.text.index(marked)
    mark = Mark(start, start + len(marked), "wrong", "5, *not* 4")
    return annotate(document, text, [mark])


def test_markdown() -> None:
    assert _one("a.md", "x\n\n$$a = 4$$\n\ny\n", "a = 4") == (
        "x\n\n$$a = 4$$\n\n<!--tracer-->\n> **✗ 1 wrong**: 5, \\*not\\* 4\n<!--/tracer-->\n\ny\n"
    )
    said = _one("a.md", "so $a = 4$ here\n", "a = 4")
    assert said.startswith("so $a = 4$<!--tracer--> **✗ 1**<!--/tracer--> here\n\n<!--tracer-->\n>")
    said = _one("a.md", "|a|b|\n|-|-|\n|$4$|3|\n", "4")
    assert "\n|$4$<!--tracer--> **✗ 1**<!--/tracer-->|3|\n\n<!--tracer-->\n> **✗ 1" in said


def test_latex() -> None:
    said = _one("a.tex", "so $a = 4$ here\n\nmore\n", "a = 4")
    assert said == (
        "so $a = 4${\\textsuperscript{\\textbf{[1]}}\\relax\\relax} here\n%<tracer>\n"
        "\\par\\noindent\\textbf{[1] wrong:} 5, *not* 4\\par\n%</tracer>\n\nmore\n"
    )
    said = _one("a.tex", "\\[a = 4\\] and more\n", "a = 4")
    assert said.endswith("\\par\n%</tracer/>\n and more\n")


def test_text() -> None:
    assert _one("a.txt", "  a = 4\n  b = 2\n", "a = 4") == (
        "  a = 4\n  [tracer 1: wrong] 5, *not* 4\n  b = 2\n"
    )


@pytest.mark.parametrize("indent", [None, 1])
@pytest.mark.parametrize("minor", [4, 5])
def test_notebook(minor: int, indent: int | None) -> None:
    cells = [
        {"cell_type": "markdown", "id": "tracer-note-1", "metadata": {}, "source": ["$a = 4$"]},
        {"cell_type": "code", "id": "b", "metadata": {"x": "}]"}, "source": "", "outputs": [],
         "execution_count": 10**30},
        {"cell_type": "markdown", "id": "c", "metadata": {}, "source": "$c = 3$"},
    ]  # fmt: skip
    book = {"metadata": {"cells": [[1]]}, "nbformat": 4, "nbformat_minor": minor, "cells": cells}
    text = json.dumps(book, indent=indent)
    document = read_document("a.ipynb", text)
    start = document.text.index("c = 3")
    marks = [Mark(1, 5, "wrong", HOSTILE), Mark(start, start + 5, "carried", "so")]
    written = annotate(document, text, marks)
    found = json.loads(written)["cells"]
    assert [cell["cell_type"] for cell in found] == ["markdown"] * 2 + ["code"] + ["markdown"] * 2
    assert "".join(found[4]["source"]) == "**→ 2 follows from an earlier mistake**: so"
    assert [cell for cell in found if cell["metadata"] != {"tracer": "note"}] == cells
    ids = [cell["id"] for cell in found if "id" in cell]
    assert len(ids) == len(set(ids)) == (5 if minor == 5 else 3)
    assert all(re.fullmatch(r"[a-zA-Z0-9_-]{1,64}", one) for one in ids)
    again = read_document("a.ipynb", written)
    assert again == document
    assert cleared("a.ipynb", "notebook", written) == text
    assert annotate(again, written, marks) == written


def test_latex_compiles_with_what_the_document_loads(tmp_path: Path) -> None:
    pdflatex = need("pdflatex")
    bare = (
        "\\documentclass{article}\n\\begin{document}\n\\section{Head $h = 1$}\n"
        "\\begin{itemize}\\item[$i = 2$] so $a = 4$\n\\end{itemize}\n\\[b = 5\\] and\n"
        "\\begin{tabular}{cc}$x$ & $y$ \\\\ $1$ & $2$ \\end{tabular}\n\n"
        "\\begin{center}$$c = 3$$\\end{center}\n\\end{document}\n"
    )
    for name, text in (("a", bare), ("b", (GOLDEN / "two-outputs.tex").read_text("utf-8"))):
        document = read_document(f"{name}.tex", text)
        note = HOSTILE.replace("∂", "d")
        (tmp_path / f"{name}.tex").write_text(annotate(document, text, _marks(document, note)))
        done = subprocess.run(
            [pdflatex, "-interaction=nonstopmode", "-halt-on-error", f"{name}.tex"],
            cwd=tmp_path,
            capture_output=True,
            timeout=120,
        )
        assert done.returncode == 0, done.stdout[-2000:]


def test_symbols_in_latex() -> None:
    said = in_latex("∂E/∂w₁,₂¹: b₁² and p₁¹[3] of f*(l₁⁰, l₂⁰), Σ a·b; 3 > 2 & 中₁ x|n=1")
    assert said == (
        r"\(\partial \)E/\(\partial w_{1,2}^{1}\): \(b_{1}^{2}\) and \(p_{1}^{1}\)[3] of "
        r"f*(\(l_{1}^{0}\), \(l_{2}^{0}\)), \(\Sigma \) a\(\cdot \)b; 3 \textgreater{} 2 \& "
        r"[U+4E2D]\({}_{1}\) x\textbar{}n=1"
    )
    assert in_latex(r"\input{x} $1$ \)") == (r"\textbackslash{}input\{x\} \$1\$ \textbackslash{})")
