"""MkDocs and Zensical really build a site: values as in the trace, and no fault is silent."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

import tracer
from tests.conftest import ROOT, need_module

if not os.environ.get("CI"):  # there it has to be installed
    pytest.importorskip("pymdownx")

from markdown import Markdown
from pymdownx.superfences import SuperFencesException

from tracer import mkdocs
from tracer.embedding.fragment import joining, style

SITE = ROOT / "tests" / "docs_sites" / "markdown"
TOOLS = ("mkdocs", "zensical")
OLD, NEW = "biases = [0.5]", "biases = [0.7]"  # of the output


@pytest.fixture
def site(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SITE, tmp_path / "site"))


def build(tool: str, site: Path, *flags: str) -> subprocess.CompletedProcess[str]:
    need_module(tool)
    return subprocess.run(
        [sys.executable, "-m", tool, "build", *flags],
        cwd=site,
        env={**os.environ, "PYTHONPATH": str(ROOT), "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


def built(tool: str, site: Path) -> dict[str, str]:
    """The pages of a site that is built with warnings as errors."""
    done = build(tool, site, "--strict")
    assert done.returncode == 0, done.stdout + done.stderr
    return pages(site)


def pages(site: Path) -> dict[str, str]:
    files = {name: site / "site" / name for name in ("index.html", "part/whole/index.html")}
    return {name: path.read_text(encoding="utf-8") for name, path in files.items()}


def own(page: str) -> str:
    """What the fences and values made of a page."""
    starts = [match.start() for match in re.finditer(r'<div class="tracer"', page)]
    assert starts
    return page[starts[0] :]


def formulas(page: str) -> list[str]:
    """The text of every formula; each has to be well-formed."""
    found = re.findall(r"<math.*?</math>", page, re.DOTALL)
    texts = ("".join(ElementTree.fromstring(text).itertext()) for text in found)
    return ["".join(text.split()) for text in texts]


def solved(site: Path, **options: object) -> tracer.Solution:
    return tracer.solve(tracer.load(site / "problems" / "deck.toml"), **options)  # type: ignore[arg-type]


@pytest.mark.parametrize("tool", TOOLS)
def test_a_site_has_the_values_of_the_trace(tool: str, site: Path) -> None:
    index, whole = built(tool, site).values()
    solution = solved(site)
    gradient, weight = solution["dloss/dw1[1,2]"].value, solution["1/w1[1,2]"].value
    values = re.findall(r'<span class="tracer-value" title="([^"]+)">(.*?)</span>', index)
    assert [(name, *formulas(html)) for name, html in values] == [
        ("dloss/dw1[1,2]", str(gradient)),
        ("dloss/dw1[1,2]", str(gradient)),
        ("1/w1[1,2]", str(weight)),
    ]
    texts = formulas(index)
    assert any(text.endswith(f"={gradient}") for text in texts)
    assert any(text.endswith(f"≈{gradient:.2f}") for text in texts)  # digits="2"
    # the table of the forward pass, every output of every sample
    outputs = {str(solution[f"l1[{n}]({s})"].value) for n in (1, 2) for s in range(1, 6)}
    assert outputs <= set("=".join(texts).split("="))
    for name in solution.ids:
        if name.startswith("dloss/dw"):
            assert any(t.endswith(f"={solution[name].value}") for t in formulas(whole)), name


@pytest.mark.parametrize("tool", TOOLS)
def test_a_page_needs_nothing_from_elsewhere(tool: str, site: Path) -> None:
    for page in built(tool, site).values():
        mine = own(page).partition("</article>")[0].partition("<footer")[0]
        assert "<script" not in mine
        assert not re.search(r'(?:src|href)="(?!#)', mine)
        assert page.count(style().strip()) == 1
        ids = re.findall(r' id="([^"]*)"', page)
        assert len(ids) == len(set(ids))


@pytest.mark.parametrize("tool", TOOLS)
def test_names_are_no_markup(tool: str, site: Path) -> None:
    file = site / "docs" / "index.md"
    text = (site / "docs" / "part" / "whole.md").read_text(encoding="utf-8")
    fence = text[text.rindex("```derivation") :].replace("derivation", 'derivation detail="full"')
    fence = fence.replace(
        "[[layers]]", 'question = "<b>bold</b> *a* $x$ `y` <script>"\n[[layers]]', 1
    )
    file.write_text(f"# T\n\n{fence}", encoding="utf-8")
    page = built(tool, site)["index.html"]
    assert "&lt;b&gt;bold&lt;/b&gt; *a* $x$ `y` &lt;script&gt;" in own(page)


def test_zensical_sees_that_a_problem_changes(site: Path) -> None:
    before = built("zensical", site)["index.html"]
    file = site / "problems" / "deck.toml"
    text = file.read_text(encoding="utf-8")
    assert text.count(OLD) == 1
    file.write_text(text.replace(OLD, NEW), encoding="utf-8")
    os.utime(file, (2_000_000_000, 2_000_000_000))
    after = built("zensical", site)["index.html"]
    value = str(solved(site)["dloss/dw1[1,2]"].value)
    assert value not in formulas(before)
    assert formulas(after).count(value) == 2


def test_zensical_has_to_be_told_to_look(site: Path) -> None:
    """It keeps pages: a problem outside of what it watches would leave a stale number."""
    config = site / "mkdocs.yml"
    config.write_text(config.read_text(encoding="utf-8").replace("watch: [problems]\n", ""))
    done = build("zensical", site)
    assert done.returncode == 1
    assert "Zensical would not notice when it changes; add watch: [problems]" in done.stderr
    assert built("mkdocs", site)  # which keeps nothing


# a block, and what is said of it
FAULTS = {
    "```derivation\n../problems/dek.toml\n```": "dek.toml: there is no such file",
    '```derivation only="dloss/dw9[1,2]"\n../problems/deck.toml\n```': (
        'dloss/dw9[1,2]: no such quantity in this problem; did you mean "dloss/dw2[1,2]"?'
    ),
    '```derivation olny="loss"\n../problems/deck.toml\n```': 'did you mean "only"?',
    '``` {.derivation digits="many"}\n../problems/deck.toml\n```': "digits: must be a whole number",
    '```derivation section="Gradient"\n../problems/deck.toml\n```': 'did you mean "Gradients"?',
    "```derivation\n```": "problem: there is none",
    "```derivation\ntitle = 3\nlayers = []\n```": "TOML:1:9: ",
    "Now `#!tracer ../problems/deck.toml`.": "write a problem file and an id",
    "Now `#!tracer ../problems/deck.toml w1[9,9]`.": "w1[9,9]: no such quantity",
    "Now `#!tracer ../problems/deck.toml w1[1,2] digit=2`.": 'did you mean "digits"?',
}


def test_mkdocs_shows_every_fault(site: Path) -> None:
    """A warning each, which ends a strict build, and a box each."""
    for old in site.glob("docs/**/*.md"):
        old.unlink()
    blocks = "\n\n".join(FAULTS)
    (site / "docs" / "index.md").write_text(f"# Faults\n\n{blocks}\n", encoding="utf-8")
    done = build("mkdocs", site, "--strict")
    assert done.returncode == 1
    assert f"Aborted with {len(FAULTS)} warnings in strict mode" in done.stdout
    done = build("mkdocs", site)
    assert done.returncode == 0
    page = (site / "site" / "index.html").read_text(encoding="utf-8")
    boxes = re.findall(r'<div class="tracer-fault".*?<pre>(.*?)</pre>', page, re.DOTALL)
    assert len(boxes) == len(FAULTS)
    for message in FAULTS.values():
        assert message in done.stderr
        assert sum(message.replace('"', "&quot;") in box for box in boxes) >= 1
    assert "docs/index.md: in the block" in boxes[0]


@pytest.mark.parametrize("block", [list(FAULTS)[1], list(FAULTS)[8]])
def test_zensical_stops_at_a_fault(block: str, site: Path) -> None:
    (site / "docs" / "index.md").write_text(f"# Faults\n\n{block}\n", encoding="utf-8")
    done = build("zensical", site)
    assert done.returncode == 1
    assert FAULTS[block] in done.stderr


# -- in this process ------------------------------------------------------------------------------


@pytest.fixture
def here(site: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(site)
    return site


def converter() -> Markdown:
    fence = {
        "name": "derivation",
        "class": "tracer",
        "format": mkdocs.derivation,
        "validator": mkdocs.options,
    }
    inline = {"name": "tracer", "class": "tracer", "format": mkdocs.value}
    return Markdown(
        extensions=["pymdownx.superfences", "pymdownx.inlinehilite"],
        extension_configs={
            "pymdownx.superfences": {"custom_fences": [fence]},
            "pymdownx.inlinehilite": {"custom_inline": [inline]},
        },
    )


def test_other_users_of_markdown_get_it_from_where_they_are(here: Path) -> None:
    page = converter().convert("`#!tracer problems/deck.toml dloss/dw1[1,2] digits=2`")
    assert formulas(page) == ["1.33"]


def test_an_unknown_host_is_stopped_by_a_fault(here: Path) -> None:
    with pytest.raises(SuperFencesException, match="there is no such file"):
        converter().convert("```derivation\nnone.toml\n```")


def test_what_has_been_solved_is_not_solved_again(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = '```derivation only="loss"\nproblems/deck.toml\n```\n`#!tracer problems/deck.toml loss`'
    first = converter().convert(text)
    monkeypatch.setattr(mkdocs, "_SOLVER", None)
    assert converter().convert(text) == first
    problem = here / "problems" / "deck.toml"
    problem.write_text(problem.read_text(encoding="utf-8").replace(OLD, NEW), encoding="utf-8")
    with pytest.raises(AttributeError):  # no solver
        mkdocs.derivation("problems/deck.toml", "", "tracer", {"only": "loss"}, converter())


def test_ids_differ_on_a_page_and_references_follow() -> None:
    one = '<div class="tracer" id="a"><svg aria-labelledby="a-t b"><g id="a-t"/></svg></div>'
    two = joining(one + '<a href="#a">id="a"</a><b fill="url(#a-t)" id="c"></b>', [one, style()])
    assert 'class="tracer" id="a-2"' in two
    assert 'aria-labelledby="a-t-2 b"' in two
    assert '<g id="a-t-2"/>' in two
    assert 'href="#a-2"' in two
    assert "url(#a-t-2)" in two
    assert 'id="c"' in two
    three = joining(one, [one, two])
    assert 'id="a-3"' in three
    assert "<style>" in joining(one, [])
