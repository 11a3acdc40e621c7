"""The Sphinx extension in real builds."""

from __future__ import annotations

import os
import re
import subprocess
import time
from html import unescape
from pathlib import Path

import pytest

import tracer
from tests.conftest import ROOT, need
from tests.sphinx_building import Built, build, copied, written

DECK = ROOT / "examples" / "deck.toml"


def clean(built: Built) -> None:
    assert (built.code, built.said) == (0, "")


def page(site: Path, name: str, out: str = "out") -> str:
    return (site.parent / out / f"{name}.html").read_text(encoding="utf-8")


def displays(html: str) -> list[str]:
    r"""The formulas that stand by themselves, without the frame that Sphinx puts around them."""
    found = re.findall(r'<div class="math[^"]*"[^>]*>.*?\\\[(.*?)\\\]</div>', html, re.DOTALL)
    return [
        unescape(latex).removeprefix(r"\begin{split}").removesuffix(r"\end{split}")
        for latex in found
    ]


def values(html: str) -> list[str]:
    return re.findall(r'<span class="tracer-value">(.*?)</span>', html)


@pytest.fixture(scope="module")
def rst(tmp_path_factory: pytest.TempPathFactory) -> Path:
    site = copied("rst", tmp_path_factory.mktemp("rst"))
    clean(build(site, "html", "-j", "2"))
    return site


@pytest.fixture(scope="module")
def myst(tmp_path_factory: pytest.TempPathFactory) -> Path:
    site = copied("myst", tmp_path_factory.mktemp("myst"))
    clean(build(site, "html", "-j", "2"))
    return site


def test_values_are_those_of_the_slides(rst: Path, myst: Path) -> None:
    # 0.1 * (0.2*3 - 0.12*1 + 0.84*5 + 0.52*3 + 2.36*3), by hand
    assert values(page(rst, "index")) == ["1.332", "333/250", "1.3", "−0.12"]
    assert values(page(myst, "index")) == ["1.332", "333/250", "1.3"]
    assert values(page(rst, "graphs")) == ["−4"]


def test_symbols_and_equations_in_running_text(rst: Path) -> None:
    html = page(rst, "index")
    found = [unescape(text) for text in re.findall(r"\\\((.*?)\\\)", html)]
    assert found == [
        r"\frac{\partial \mathrm{MSE}}{\partial w_{1,2}^1}",
        r"\left. \mathrm{MSE} \right|_{n=1} \approx 0.84862",
    ]


def test_a_derivation_is_that_of_the_slide(rst: Path, myst: Path) -> None:
    first = displays(page(rst, "parts"))[0]
    assert first.startswith(r"\frac{\partial \mathrm{MSE}}{\partial w_{1,2}^1} & = \sum")
    assert first.endswith("+ 2.36 \\cdot 3] = 1.332")
    assert displays(page(myst, "index"))[0] == first


def test_equations_have_numbers_and_can_be_cited(rst: Path, myst: Path) -> None:
    for html in (page(rst, "parts"), page(myst, "index")):
        (number,) = re.findall(r'id="equation-chain".*?<span class="eqno">\((\d+)\)', html, re.S)
        cited = re.findall(r'href="#equation-chain">\((\d+)\)</a>', html)
        assert cited == [number]
    html = page(rst, "index")
    assert re.search(r'href="parts.html#equation-all-dloss-db2-1">\(\d+\)</a>', html)
    numbers = re.findall(r'class="eqno">\((\d+)\)', page(rst, "whole"))
    assert len(numbers) == len(set(numbers)) == 9  # one for each gradient of the deck


def test_tables_are_tables_with_captions(rst: Path) -> None:
    html = page(rst, "parts")
    (table,) = re.findall(r'<table[^>]*id="forward">(.*?)</table>', html, re.DOTALL)
    assert "The <em>forward</em> pass of" in table
    assert 'href="#forward"><span class="std std-numref">Table 1</span>' in html
    rows = [re.findall(r"\\\((.*?)\\\)", row, re.S) for row in table.split("<tr")[3:]]
    assert [row[:3] + row[-1:] for row in rows] == [
        ["3", "1", "1", "0.94"],
        ["3", "5", "1", "1.42"],
        ["5", "3", "1", "1.26"],
        ["3", "3", "0", "1.18"],
    ]


def test_sections_are_in_the_contents(rst: Path, myst: Path) -> None:
    titles = re.findall(
        r'<a class="reference internal" href="whole.html#[^"]*">(.*?)</a>', page(rst, "index")
    )
    assert titles[:3] == ["Question", "Initial Model", "Initial MSE"]
    assert re.findall(r"<h3>(.*?)<a", page(myst, "index")) == ["Gradients", "Updated Model"]


def test_what_a_problem_says_is_no_markup(rst: Path) -> None:
    html = page(rst, "graphs")
    assert "<b>odd</b>" not in html
    assert '<div class="tracer small docutils container">' in html.replace(
        "small tracer", "tracer small"
    )


def test_a_part_is_what_the_command_line_writes(rst: Path) -> None:
    problem = tracer.load(DECK)
    solution = tracer.solve(problem, only=["1/w1[1,2]", "1/loss"])
    html = page(rst, "parts")
    for name in ("1/w1[1,2]", "1/loss"):
        exact = solution[name].exact
        assert exact is not None
        rounded = f"{float(exact):.3f}".rstrip("0")
        assert any(latex.endswith(rounded) for latex in displays(html)[-2:]), (name, rounded)


@pytest.mark.parametrize("name", ["rst", "myst"])
def test_parallel_is_as_serial(name: str, tmp_path: Path) -> None:
    site = copied(name, tmp_path)
    clean(build(site, "html", out="serial"))
    clean(build(site, "html", "-j", "3", out="parallel"))
    for path in sorted((tmp_path / "serial").rglob("*.html")):
        other = tmp_path / "parallel" / path.relative_to(tmp_path / "serial")
        assert path.read_text(encoding="utf-8") == other.read_text(encoding="utf-8"), path.name


def test_each_problem_is_solved_once_and_again_only_where_it_changed(tmp_path: Path) -> None:
    site = copied("rst", tmp_path)
    first = build(site)
    clean(first)
    # deck (also with 1 and 3 digits, which are other values), graph, the inline one, komma,
    # two-outputs: each traced once
    assert (first.traces, len(first.read)) == (7, 5)

    again = build(site)
    assert (again.traces, again.evaluations, again.read) == (0, 0, ())

    touched = site / "parts.rst"
    touched.write_text(touched.read_text(encoding="utf-8") + "\nMore.\n", encoding="utf-8")
    again = build(site)
    assert (again.traces, again.evaluations, again.read) == (0, 0, ("parts",))

    deck = site / "problems" / "deck.toml"
    text = deck.read_text(encoding="utf-8")
    changed = text.replace("learning_rate = 0.01", "learning_rate = 0.02")
    assert changed != text
    deck.write_text(changed, encoding="utf-8")
    _later(deck)
    again = build(site)
    clean(again)
    assert again.read == ("index", "parts", "whole")
    assert again.traces == 3
    assert "0.84862" not in page(site, "index")

    deck.write_text(text, encoding="utf-8")  # as it was: its answers are still there
    _later(deck)
    again = build(site)
    assert (again.traces, again.evaluations) == (0, 0)
    assert "0.84862" in page(site, "index")


def _later(path: Path) -> None:
    """A file's time is that of its change, which coarse clocks may not tell from the last."""
    now = time.time() + 5
    os.utime(path, (now, now))


def test_broken_answers_are_worked_out_again(tmp_path: Path) -> None:
    site = copied("rst", tmp_path)
    clean(build(site))
    before = page(site, "parts")
    entries = sorted((tmp_path / "doctrees-out" / "tracer").glob("*.json"))
    assert entries
    for place, entry in enumerate(entries):
        text = entry.read_text(encoding="utf-8")
        entry.write_text(("", text[:-9], text.replace("1", "2"), "[" * 9999)[place % 4])
    again = build(site, "html", "-E")
    clean(again)
    assert again.traces == 7
    assert page(site, "parts") == before


@pytest.mark.parametrize("name", ["rst", "myst"])
def test_latex_compiles(name: str, tmp_path: Path) -> None:
    need("pdflatex")
    site = copied(name, tmp_path)
    clean(build(site, "latex", out="latex"))
    folder = tmp_path / "latex"
    for _ in range(3):
        command = [need("pdflatex"), "-interaction=nonstopmode", "-halt-on-error", "small.tex"]
        result = subprocess.run(command, cwd=folder, capture_output=True, timeout=120, check=False)
        assert result.returncode == 0, result.stdout[-3000:]
    log = (folder / "small.log").read_text(encoding="utf-8", errors="replace")
    complaints = re.findall(r"^(?:!|LaTeX Warning|Overfull \\hbox|Missing char).*$", log, re.M)
    assert complaints == []
    need("pdftotext")
    command = [need("pdftotext"), "-layout", "small.pdf", "-"]
    text = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True).stdout
    assert "1.332" in text
    assert "333/250" in text


@pytest.mark.parametrize("builder", ["text", "man", "texinfo", "gettext", "singlehtml", "epub"])
def test_other_builders(builder: str, tmp_path: Path) -> None:
    site = copied("rst", tmp_path)
    built = build(site, builder)
    clean(built)
    if builder == "text":
        text = (tmp_path / "out" / "index.txt").read_text(encoding="utf-8")
        assert "The gradient is 1.332, exactly 333/250" in text


# a document, and the warnings that it must give, each with its line
FAULTS = {
    "no_such_file": (
        "P\n=\n\n.. derivation:: dekc.toml\n",
        ["4: WARNING: dekc.toml: there is no such file"],
    ),
    "no_such_example": (
        "P\n=\n\n.. derivation:: example:dekc\n",
        ['4: WARNING: example:dekc: no such example; did you mean "deck"?'],
    ),
    "no_problem": (
        "P\n=\n\n.. derivation::\n   :only: loss\n",
        ["4: WARNING: problem: none is named; name a file"],
    ),
    "options": (
        "P\n=\n\n.. derivation:: deck.toml\n   :nonly: x\n   :section: Gradients\n"
        "   :headings: section\n",
        [
            '5: WARNING: option "nonly": there is no such option; did you mean "only"?',
            '7: WARNING: option "headings": must be one of rubrics, sections, none; did you mean '
            '"sections"?',
        ],
    ),
    "values_of_options": (
        "P\n=\n\n.. derivation:: deck.toml\n   :digits: many\n   :table: x\n",
        [
            '5: WARNING: option "digits": must be a whole number such as 3, not',
            '6: WARNING: option "table": must be a whole number such as 1, not',
        ],
    ),
    "notation": (
        "P\n=\n\n.. derivation:: deck.toml\n   :only: loss\n   :notation: nilsen\n",
        ['6: WARNING: option "notation": notation must be'],
    ),
    "section": (
        "P\n=\n\n.. derivation:: deck.toml\n   :section: Gradint\n",
        ['5: WARNING: option "section": this page has no section "Gradint"; did you mean'],
    ),
    "only": (
        "P\n=\n\n.. derivation:: deck.toml\n   :only: dloss/dw1[1,3]\n",
        ["5: WARNING: "],
    ),
    "caption": (
        "P\n=\n\n.. derivation:: deck.toml\n   :caption: x\n   :label: y\n   :section: Question\n",
        [
            '5: WARNING: option "caption": is of a single table or diagram',
            '6: WARNING: option "label": there is no derivation here to number',
        ],
    ),
    "sections_in_a_list": (
        "P\n=\n\n*  .. derivation:: deck.toml\n      :headings: sections\n",
        ['5: WARNING: option "headings": sections can only stand directly in a section'],
    ),
    "inline_toml": (
        "P\n=\n\n.. derivation::\n   :only: df/dx\n\n   [graph]\n   given = { x = 1 }\n"
        '   steps = ["f = x*y"]\n',
        ["9: WARNING: "],
    ),
    "both": (
        "P\n=\n\n.. derivation:: deck.toml\n\n   [graph]\n",
        ["4: WARNING: derivation: has a file and content; a problem is one or the other"],
    ),
    "role": (
        "P\n=\n\nText :tracer:value:`deck.toml dloss/dw1[1,3]`\nand "
        ":tracer:value:`deck.toml loss digitz=2`.\n",
        ["4: WARNING: ", '4: WARNING: option "digitz": there is no such option here; did you mean'],
    ),
    "irrational": (
        "P\n=\n\n.. tracer:problem::\n\n   [graph]\n   given = { x = 2 }\n"
        '   steps = ["f = exp(x)"]\n\nExactly :tracer:exact:`f`.\n',
        ["10: WARNING: :tracer:exact:: f is irrational; tracer:value has its decimals"],
    ),
    "myst": (
        "# P\n\n```{derivation} dekc.toml\n```\n\n```{derivation} deck.toml\n:digits: many\n```\n",
        [
            "3: WARNING: dekc.toml: there is no such file",
            '7: WARNING: option "digits": must be a whole number',
        ],
    ),
    "myst_inline_toml": (
        "# P\n\n```{derivation}\n:only: df/dx\n\n[graph]\ngiven = { x = 1 }\n"
        'steps = ["f = x*y"]\n```\n',
        ["8: WARNING: "],
    ),
}


def test_faults_are_warnings_at_their_line(tmp_path: Path) -> None:
    documents = {name: text for name, (text, _) in FAULTS.items()}
    toctree = "Site\n====\n\n.. toctree::\n   :glob:\n\n   *\n"
    site = written(tmp_path, index=toctree, **documents)
    built = build(site)
    assert built.code == 1
    assert "Traceback" not in built.said
    for name, (text, expected) in FAULTS.items():
        ending = ".md" if text.startswith("# ") else ".rst"
        own = [line for line in built.warnings if line.startswith(f"{name}{ending}:")]
        found = [line.removeprefix(f"{name}{ending}:") for line in own]
        assert len(found) == len(expected), (name, found)
        for line, beginning in zip(found, expected, strict=True):
            assert line.startswith(beginning), (name, line)
            assert line.endswith("[tracer]"), (name, line)
        html = page(site, name)
        assert (
            'class="tracer-fault admonition error"'
            in html.replace("admonition error tracer-fault", "tracer-fault admonition error")
            or 'class="problematic"' in html
        ), name
    assert len(built.warnings) == sum(len(expected) for _, expected in FAULTS.values())


def test_defaults_of_the_configuration(tmp_path: Path) -> None:
    text = (
        "P\n=\n\n.. derivation::\n   :only: dloss/dw1[1,2]\n\n.. derivation:: graph.toml\n"
        "   :only: df/dx\n\n:tracer:value:`1/loss` :tracer:value:`1/loss digits=4`\n"
    )
    site = written(tmp_path, index=text)
    conf = (site / "conf.py").read_text(encoding="utf-8")
    own = 'tracer_problem = "deck.toml"\ntracer_notation = "nielsen"\ntracer_digits = 2\n'
    (site / "conf.py").write_text(own + conf, encoding="utf-8")
    clean(build(site))
    html = page(site, "index")
    assert displays(html)[0].startswith(r"\frac{\partial \mathrm{MSE}}{\partial w_{12}^2}")
    assert displays(html)[0].endswith(r"\approx 1.33")
    assert displays(html)[1].endswith("= -4")
    assert values(html) == ["0.85", "0.8486"]


def test_pictures_have_words_and_ids_of_their_own(tmp_path: Path) -> None:
    text = (
        "P\n=\n\n.. derivation:: deck.toml\n   :diagram:\n   :alt: Two & <two>.\n"
        "   :caption: A net\n   :name: net\n\n.. derivation:: deck.toml\n"
        "   :diagram: dloss/dw1[1,2], dloss/db2[1]\n\nSee :ref:`net`.\n"
    )
    site = written(tmp_path, index=text)
    clean(build(site))
    html = page(site, "index")
    ids = re.findall(r' id="([^"]*)"', html)
    assert len(ids) == len(set(ids))
    pictures = re.findall(r"<svg[^>]* class=\"drawing\".*?</svg>", html, re.DOTALL)
    assert len(pictures) == 3
    described = [re.findall(r"<desc[^>]*>(.*?)</desc>", text, re.DOTALL) for text in pictures]
    assert described[0] == ["Two &amp; &lt;two&gt;."]
    assert described[1] != described[2]
    assert '<span class="std std-ref">A net</span>' in html
    clean(build(site, "text", out="text"))
    assert "[Two & <two>.]" in (tmp_path / "text" / "index.txt").read_text(encoding="utf-8")
