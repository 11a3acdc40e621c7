"""Sphinx without MathJax: each formula has its MathML, and a site needs no network."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

import tracer
from tests.conftest import EXAMPLES, ROOT, need_module
from tests.math_text import in_html, in_latex
from tracer.embedding.portable import portable

CONF = 'extensions = ["myst_parser", "tracer.sphinx"]\nhtml_math_renderer = "tracer"\n'
WORK = "$\\frac{\\partial MSE}{\\partial w_{1,2}^1} = 1.204$, $MSE = 1.65$\n"


def build(source: Path, *options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "sphinx", "-nW", "--keep-going", "-q", *options]
    return subprocess.run(
        [*command, str(source), str(source / "_build")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def source(tmp_path: Path) -> Path:
    for name in ("sphinx", "myst_parser"):
        need_module(name)
    (tmp_path / "conf.py").write_text(CONF, encoding="utf-8")
    (tmp_path / "work.md").write_text(WORK, encoding="utf-8")
    (tmp_path / "conf.py").write_text(CONF + 'exclude_patterns = ["work.md"]\n', encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_the_mathml_says_what_the_latex_says(path: Path) -> None:
    need_module("sphinx")
    from tracer.sphinx import mathml

    solution = tracer.solve(tracer.load(path))
    pairs = zip(mathml.latex_of(portable(solution)), mathml.formulas(solution), strict=True)
    for latex, own in pairs:
        latex = latex.replace("&", "").replace(r"\begin{gathered}", "")
        latex = latex.replace(r"\end{gathered}", "")
        assert in_latex(f"${latex}$") == in_html(f"<math>{own}</math>")


def test_a_site_has_no_script_for_its_formulas(source: Path) -> None:
    (source / "index.rst").write_text(
        "Deck\n====\n\n.. derivation:: example:deck\n   :only: dloss/dw1[1,2]\n   :label: one\n\n"
        "By :eq:`one`, :tracer:symbol:`example:deck loss` and "
        ":tracer:equation:`example:deck 1/loss`.\n",
        encoding="utf-8",
    )
    done = build(source)
    assert (done.returncode, done.stderr) == (0, "")
    page = (source / "_build" / "index.html").read_text(encoding="utf-8")
    assert "mathjax" not in page.lower()
    assert page.count("<math") == 3
    assert '<span class="eqno">(1)' in page
    assert "0.84862" in in_html(page)


def test_a_site_that_does_not_ask_has_mathjax(source: Path) -> None:
    conf = source / "conf.py"
    conf.write_text(conf.read_text(encoding="utf-8").replace('"tracer"\n', "None\n"), "utf-8")
    text = "Own\n===\n\n.. math:: a < b\n\n.. derivation:: example:deck\n   :only: loss\n"
    (source / "index.rst").write_text(text, encoding="utf-8")
    done = build(source)
    assert (done.returncode, done.stderr) == (0, "")
    page = (source / "_build" / "index.html").read_text(encoding="utf-8")
    assert "mathjax" in page.lower()
    assert "<math" not in page


def test_a_formula_of_the_authors_own_is_told(source: Path) -> None:
    (source / "index.rst").write_text("Own\n===\n\n.. math:: a < b\n", encoding="utf-8")
    done = build(source)
    assert done.returncode == 1
    assert "index.rst" in done.stderr
    assert "writes formulas of its own alone; use mathjax" in done.stderr
    assert "<code>a &lt; b</code>" in (source / "_build" / "index.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("builder", ["html", "latex", "text"])
def test_a_report_in_every_builder(source: Path, builder: str) -> None:
    (source / "index.md").write_text(
        "# Work\n\n```{tracer:checked} example:deck work.md\n```\n", encoding="utf-8"
    )
    done = build(source, "-b", builder)
    assert (done.returncode, done.stderr) == (0, "")
    (page,) = [
        path
        for end in ("html", "tex", "txt")
        for path in (source / "_build").glob(f"*[!_]*.{end}")
        if path.stem not in ("genindex", "search")
    ]
    text = page.read_text(encoding="utf-8")
    report = tracer.check(tracer.load(tracer.DECK), source / "work.md")
    (fault,) = report.faults
    assert "1.204" in text
    assert fault.expected in text
    assert str(source) not in text
    if builder == "latex":
        assert r"\(\frac{\partial \mathrm{MSE}}{\partial w_{1,2}^1}\)" in text


def test_a_report_follows_what_is_handed_in(source: Path) -> None:
    (source / "index.md").write_text(
        "# Work\n\n```{tracer:checked} example:deck work.md\n```\n", encoding="utf-8"
    )
    assert build(source).returncode == 0
    (source / "work.md").write_text(WORK.replace("1.204", "1.332"), encoding="utf-8")
    assert build(source).returncode == 0
    text = re.sub(r"<[^>]*>", "", (source / "_build" / "index.html").read_text(encoding="utf-8"))
    assert "2 right" in text
    assert "wrong" not in text


def test_what_can_not_be_checked_is_told_at_its_line(source: Path) -> None:
    (source / "index.md").write_text(
        "# Work\n\n```{tracer:checked} example:deck absent.md\n```\n", encoding="utf-8"
    )
    done = build(source)
    assert done.returncode == 1
    assert re.search(r"index\.md:3: WARNING: .*absent\.md.*there is no such file", done.stderr)
    assert "Traceback" not in done.stderr
