"""Markdown in pandoc's flavour is really read by pandoc, which Quarto too is made of."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

import tracer
from tests.conftest import ROOT, need

# a network, a graph, matrices, a decimal comma, wide tables
NAMES = ("deck", "graph", "matrices", "komma", "softmax")


def pandoc(text: str, folder: Path, *arguments: str) -> str:
    """What pandoc writes; a warning is an error."""
    done = subprocess.run(
        [need("pandoc"), "--from=markdown", "--fail-if-warnings", *arguments],
        input=text,
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    assert not done.stderr
    return done.stdout


def solution(name: str) -> tracer.Solution:
    return tracer.solve(tracer.load(ROOT / "examples" / f"{name}.toml"))


@pytest.mark.parametrize("name", NAMES)
def test_every_formula_becomes_mathml(name: str, tmp_path: Path) -> None:
    text = solution(name).render("markdown", flavour="pandoc")
    page = pandoc(text, tmp_path, "--to=html", "--mathml")
    displays = text.count("\n$$\n") // 2
    assert displays > 2
    assert page.count('<math display="block"') == displays
    assert "$" not in re.sub("<annotation.*?</annotation>", "", page, flags=re.DOTALL)
    assert "\\begin" not in re.sub("<annotation.*?</annotation>", "", page, flags=re.DOTALL)


@pytest.mark.parametrize("name", NAMES)
def test_pdflatex_sets_what_pandoc_writes(name: str, tmp_path: Path) -> None:
    """With the flags of the how-to page. No table of Markdown can break a formula in a cell."""
    pdflatex = need("pdflatex")
    text = solution(name).render("markdown", flavour="pandoc")
    flags = ("--shift-heading-level-by=-1", "--columns=9999", "-V", "geometry:margin=2cm")
    pandoc(text, tmp_path, "--standalone", "--to=latex", *flags, "--output=page.tex")
    done = subprocess.run(
        [pdflatex, "-interaction=nonstopmode", "-halt-on-error", "page.tex"],
        cwd=tmp_path,
        capture_output=True,
        check=False,
    )
    said = done.stdout.decode("utf-8", "replace")
    assert done.returncode == 0, said[-2000:]
    assert not re.findall(r"Overfull \\hbox \(.*in paragraph", said)


def test_signs_in_names_stay_what_they_are(tmp_path: Path) -> None:
    """A dollar beside another would open a display."""
    text = (ROOT / "examples" / "deck.toml").read_text(encoding="utf-8")
    text = text.replace('"Deep Learning"', '"σ ΔΣ ≈5 $σ$ x≈y"')
    page = tracer.solve(tracer.load(text)).render("markdown", flavour="pandoc")
    title = page.partition("\n")[0]
    native = pandoc(title, tmp_path, "--to=plain")
    assert native.strip() == "σ ΔΣ ≈5 $σ$ x≈y"


def test_an_equation_can_have_a_label_of_quarto(tmp_path: Path) -> None:
    """Quarto reads ``$$…$$ {#eq-name}``; to pandoc it is a formula and words after it."""
    gradient = tracer.solve(tracer.load(tracer.DECK), only="dloss/dw1[1,2]")
    text = gradient.render("markdown", flavour="pandoc", fragment=True)
    assert text.rstrip().endswith("$$")
    page = pandoc(text.rstrip() + " {#eq-second}\n", tmp_path, "--to=native")
    assert page.count("DisplayMath") == 1
    assert "{#eq-second}" in page
