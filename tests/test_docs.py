"""The site of docs/ is really built, and what it says of the tool is so."""

from __future__ import annotations

import os
import re
import runpy
import shlex
import struct
import subprocess
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urldefrag

import pytest

import tracer
from tests.conftest import ROOT, need_module
from tests.test_layers import ORDER
from tracer.cli import cli
from tracer.reference import reference
from tracer.renderers import FORMATS

DOCS = ROOT / "docs"
PAGES = sorted(path for path in DOCS.rglob("*.md") if "_ext" not in path.parts)
# what ends with 1 because it finds something wrong
MAY_FIND = ("tracer check",)


class Links(HTMLParser):
    """What a page links to, what it loads, and the ids that it has."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.loads: list[str] = []
        self.ids: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        self.ids |= {found["id"]} if "id" in found else set()
        if tag == "a" and "href" in found:
            self.links.append(found["href"])
        elif tag in ("script", "img", "iframe", "source") and "src" in found:
            self.loads.append(found["src"])
        elif tag == "link" and found.get("rel") in ("stylesheet", "icon", "preload", "preconnect"):
            self.loads.append(found["href"])


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, built as `.ci/run` and the README do it: every warning is an error."""
    for name in ("sphinx", "furo", "myst_parser"):
        need_module(name)
    out = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "sphinx", "-nW", "-j", "2", "-q", str(DOCS), str(out)]
    env = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    assert done.stderr == ""
    return out


def read(site: Path) -> dict[str, Links]:
    return {
        path.relative_to(site).as_posix(): Links(path.read_text(encoding="utf-8"))
        for path in sorted(site.rglob("*.html"))
    }


def is_elsewhere(link: str) -> bool:
    return re.match(r"[a-z]+:|//", link) is not None


def target(page: str, link: str) -> tuple[str, str]:
    """The page of the site that a link leads to, and the id in it."""
    path, anchor = urldefrag(link)
    if not path:
        return page, unquote(anchor)
    return os.path.normpath(os.path.join(os.path.dirname(page), unquote(path))), unquote(anchor)


def test_every_page_is_reached_and_every_link_leads_somewhere(site: Path) -> None:
    pages = read(site)
    broken, seen, todo = [], {"index.html"}, ["index.html"]
    while todo:
        page = todo.pop()
        for link in pages[page].links:
            if is_elsewhere(link):
                continue
            path, anchor = target(page, link)
            if path not in pages:
                broken += [] if (site / path).exists() else [(page, link)]
                continue
            if anchor and anchor not in pages[path].ids:
                broken.append((page, link))
            if path not in seen:
                seen.add(path)
                todo.append(path)
    assert broken == []
    every = {path.relative_to(DOCS).with_suffix(".html").as_posix() for path in PAGES}
    assert every - seen == set()


def test_nothing_is_loaded_from_a_network(site: Path) -> None:
    loads = [(page, url) for page, found in read(site).items() for url in found.loads]
    assert [item for item in loads if is_elsewhere(item[1]) and "data:" not in item[1]] == []
    sheets = {path.name: path.read_text(encoding="utf-8") for path in site.rglob("*.css")}
    urls = [url for text in sheets.values() for url in re.findall(r"(?:url\(|@import )\S+", text)]
    assert [url for url in urls if re.search(r"https?:|url\([\"']?//", url)] == []
    assert loads, sheets


def fences(text: str) -> Iterator[tuple[str, str]]:
    for match in re.finditer(r"^(`{3,})(\S*)[^\n]*\n(.*?)^\1$", text, re.MULTILINE | re.DOTALL):
        yield match[2], match[3]


def commands() -> list[Any]:
    found = []
    for path in PAGES:
        lines = [
            line
            for language, body in fences(path.read_text(encoding="utf-8"))
            if language == "sh"
            for line in body.splitlines()
            if line.startswith("tracer ")
        ]
        name = path.relative_to(DOCS).as_posix()
        found += [pytest.param(lines, id=name)] if lines else []
    return found


@pytest.mark.parametrize("lines", commands())
def test_every_command_runs(
    lines: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a folder with what the pages speak of: a problem, and answers to it."""
    text = tracer.DECK.read_text(encoding="utf-8")
    (tmp_path / "net.toml").write_text(text, encoding="utf-8")
    right = '"dloss/dw1[1,2]" = 1.332\n'
    (tmp_path / "answers.toml").write_text(right, encoding="utf-8")
    (tmp_path / "work.md").write_text("$\\mathrm{MSE} = 1.65$\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    from click.testing import CliRunner

    for line in lines:
        if ".pdf" in line:
            need_module("typst")
        result = CliRunner().invoke(cli, shlex.split(line)[1:])
        allowed = (0, 1) if line.startswith(MAY_FIND) else (0,)
        assert result.exit_code in allowed, (line, result.output)


# versions, and numbers that are names
_NO_RESULTS = re.compile(r"Python 3\.\d+|Typst \d+\.\d+|schema \d")


@pytest.mark.parametrize("name", ["index", "tutorial", "how-it-works", "deck-checked"])
def test_no_number_of_a_solution_is_typed(name: str) -> None:
    """What has decimals stands in a role, a directive or a command."""
    text = (DOCS / f"{name}.md").read_text(encoding="utf-8")
    for _, body in fences(text):
        text = text.replace(body, "")
    prose = re.sub(r"`[^`]*`|\]\([^)]*\)", "", text)
    assert re.findall(r"\d+[.,]\d+", _NO_RESULTS.sub("", prose)) == []


def words(site: Path, page: str) -> str:
    text = (site / page).read_text(encoding="utf-8")
    text = re.sub(r"<(script|style)\b.*?</\1>", "", text, flags=re.DOTALL)
    text = re.sub(r"</?(p|dt|dd|div|td|li|code|h\d)\b[^>]*>", " ", text)
    text = re.sub(r"<[^>]*>", "", text)
    for entity, char in {
        "&lt;": "<",
        "&gt;": ">",
        "&quot;": '"',
        "&#x27;": "'",
        "&amp;": "&",
    }.items():
        text = text.replace(entity, char)
    return " ".join(text.split())


def test_the_tutorial_has_the_values_of_the_problem(site: Path) -> None:
    """Plain arithmetic, which shares nothing with the tool."""
    data = [((1, 3), 1), ((3, 1), 1), ((3, 5), 1), ((5, 3), 1), ((3, 3), 0)]
    loss = slope = 0.0
    for (first, second), wanted in data:
        hidden = 0.1 * first + 0.3 * second + 0.5  # both neurons, and positive throughout
        output = 0.1 * hidden + 0.3 * hidden + 0.5
        loss += (wanted - output) ** 2
        slope += 2 * (output - wanted) * 0.1 * second
    text = words(site, "tutorial.html")
    assert f"The loss is {loss:.5g} before the step" in text
    assert f"The value is {slope:.5g}" in text
    assert f"the new weight is {0.3 - 0.01 * slope:.5g}" in text


def test_the_deck_is_checked_when_the_site_is_built(site: Path) -> None:
    text = words(site, "deck-checked.html")
    report = tracer.check(tracer.load(tracer.DECK), ROOT / "examples/submissions/deck.md")
    for verdict in report.faults:
        assert f"you wrote: {verdict.given} right is: {verdict.expected}" in text
    assert f"{len(report.faults)} wrong" in text
    assert str(ROOT) not in (site / "deck-checked.html").read_text(encoding="utf-8")


def test_every_option_stands_on_the_page_of_the_command_line(site: Path) -> None:
    text = words(site, "reference/command-line.html")
    options = [
        option
        for command in cli.commands.values()
        for param in command.params
        for option in param.opts
        if option.startswith("--")
    ]
    assert [option for option in options if f"{option} " not in text] == []
    assert "\b" not in text


def test_every_key_stands_on_its_page(site: Path) -> None:
    text = words(site, "reference/problem-file.html")
    examples = re.findall(r"\| `([^|`]*)` \|$", reference(), re.MULTILINE)
    assert len(examples) > 50
    assert [example for example in examples if example not in text] == []
    assert "| key |" not in text


def test_every_public_name_is_described(site: Path) -> None:
    ids = read(site)["reference/python.html"].ids
    names = set(tracer.__all__) - {"__version__"}
    assert {name for name in names if f"tracer.{name}" not in ids} == set()


def test_every_format_has_its_row() -> None:
    text = (DOCS / "reference" / "formats.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([\w-]+)` \| ((?:`\.\w+`(?:, )?)*) *\|", text, re.MULTILINE)
    listed = {name: tuple(re.findall(r"\.\w+", endings)) for name, endings in rows}
    assert listed == FORMATS


def test_the_picture_of_the_pipeline_names_what_there_is() -> None:
    svg = (DOCS / "images" / "pipeline.svg").read_text(encoding="utf-8")
    boxes = re.findall(r'<g( class="\w+")?><rect[^>]*/><text[^>]*>([^<]*)</text>', svg)
    modules = [
        name for kind, text in boxes if "file" not in kind for name in re.split(r",? ", text)
    ]
    others = {"MkDocs", "MyST"}  # what takes excerpts, beside Sphinx
    assert set(modules) - others - set(ORDER) == set()
    assert len(modules) > 10


def test_the_picture_of_the_readme_shows_what_the_tool_writes() -> None:
    """If this fails: ``python docs/images/make.py``, and look at the pictures."""
    make = runpy.run_path(str(DOCS / "images" / "make.py"))
    shown = (DOCS / "images" / "gradient.txt").read_text(encoding="utf-8")
    assert make["content"]() == shown
    for scheme in ("light", "dark"):
        png = (DOCS / "images" / f"gradient-{scheme}.png").read_bytes()
        assert png.startswith(b"\x89PNG")
        width, height = struct.unpack(">II", png[16:24])
        assert 2 * make["WIDTH"] >= width > height > 100


def test_the_pictures_of_the_readme_exist() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    pictures = re.findall(r'(?:srcset|src)="([^"]+)"', text)
    assert [name for name in pictures if not (ROOT / name).is_file()] == []
