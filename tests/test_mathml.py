"""The page as HTML: MathML that says what the LaTeX says, and words that are only words."""

from __future__ import annotations

import re
from base64 import b64encode
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pytest

import tracer
from tests.conftest import EXAMPLES, ROOT
from tests.math_text import in_html, in_latex
from tests.strategies import NOTATIONS
from tests.test_latex import HOSTILE, solved
from tracer.loading import with_changes
from tracer.renderers import html
from tracer.renderers.paper import WIDTH

# what MathML Core has and a page may use: https://www.w3.org/TR/mathml-core/, with children where
# their number is fixed
CORE: dict[str, int | None] = {
    **dict.fromkeys(("math", "mrow", "msqrt", "mtable", "mtr", "mtd", "mspace"), None),
    **dict.fromkeys(("mi", "mn", "mo", "mtext"), 0),
    **dict.fromkeys(("mfrac", "msub", "msup", "mover", "munder"), 2),
    **dict.fromkeys(("msubsup", "munderover"), 3),
}
ATTRIBUTES = {
    *(
        "accent",
        "class",
        "data-id",
        "display",
        "displaystyle",
        "form",
        "lspace",
        "rspace",
        "mathvariant",
    ),
    *("stretchy", "symmetric", "width"),
}


def formulas(page: str) -> list[ElementTree.Element]:
    """Every formula, parsed as XML, which raises where one is not well-formed."""
    found = re.findall(r"<math\b.*?</math>", page, re.DOTALL)
    assert len(found) == page.count("<math")
    return [ElementTree.fromstring(text) for text in found]


def faults(page: str) -> list[str]:
    """What MathML Core does not allow."""
    found = []
    for formula in formulas(page):
        for element in formula.iter():
            children = CORE.get(element.tag, -1)
            if children not in (None, len(element)):
                found.append(ElementTree.tostring(element, "unicode"))
            found += [name for name in element.attrib if name not in ATTRIBUTES]
            is_token = children == 0
            if is_token != bool((element.text or "").strip()):
                found.append(f"text in {element.tag}: {element.text!r}")
    return found


@pytest.fixture
def as_on_paper(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tables are split where they are on paper, which has less room: the rest is to be alike."""
    monkeypatch.setattr(html, "TABLE", WIDTH)
    monkeypatch.setattr(html, "CELL", 112.0)
    monkeypatch.setattr(html, "COLUMN_GAP", 12.0)


@pytest.mark.usefixtures("as_on_paper")
@pytest.mark.parametrize("detail", [None, "full"])
@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_the_page_says_what_the_latex_says(path: Path, detail: str | None) -> None:
    solution = tracer.solve(tracer.load(path), view="auto" if detail else None, detail=detail)
    page = solution.render("html")
    assert faults(page) == []
    assert in_html(page) == in_latex(solution.render("latex"))


@pytest.mark.usefixtures("as_on_paper")
@pytest.mark.parametrize("view", ["deltas", "matrix", "function"])
@pytest.mark.parametrize("notation", NOTATIONS)
def test_every_notation_in_every_view(notation: str, view: str) -> None:
    problem = with_changes(tracer.load(ROOT / "examples" / "two-outputs.toml"), notation=notation)
    solution = tracer.solve(problem, view=view)
    page = solution.render("html")
    assert faults(page) == []
    assert in_html(page) == in_latex(solution.render("latex"))


def test_a_fault_is_noticed() -> None:
    assert faults("<math><mfrac><mi>a</mi></mfrac></math>") != []
    assert faults("<math><mi onclick='x'>a</mi></math>") == ["onclick"]
    assert faults("<math><mrow>a</mrow></math>") != []
    assert faults("<math><script>a</script></math>") != []
    page = tracer.solve(tracer.load(tracer.DECK)).render("html")
    changed = page.replace("<mn>1.332</mn>", "<mn>1.333</mn>")
    assert in_html(changed) != in_html(page)


def test_signs_are_what_readers_and_screen_readers_expect() -> None:
    page = tracer.solve(tracer.load(ROOT / "examples" / "komma.toml")).render("html")
    assert re.search(r"<mn>\d+,\d+</mn>", page)
    assert not re.search(r"<mn>[^<]*[.\-−][^<]*</mn>", page)
    page = tracer.solve(tracer.load(tracer.DECK)).render("html")
    weight = '<msubsup data-id="w1[1,1]"><mi>w</mi><mrow><mn>1</mn>'
    assert weight in page
    assert "<mi>ReLU</mi><mo>\u2061</mo><mrow>" in page  # a function of
    assert "<mn>2</mn><mo>\u2062</mo><mrow>" in page  # times a bracket
    assert "<munder><mo>∑</mo>" in page


def test_brackets_that_a_line_break_parts_are_whole_on_each_line() -> None:
    page = tracer.solve(tracer.load(ROOT / "examples" / "deep.toml")).render("html")
    (*_, broken) = [f for f in formulas(page) if f.find(".//mtr[@class='on']") is not None]
    lines = ["".join(cell.itertext()) for cell in broken.iter("mtd")]
    assert any(line.count("(") != line.count(")") for line in lines)


class _Reader(HTMLParser):
    """The elements of a page, and its text outside of style."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.open: list[str] = []
        self.texts: dict[str, list[str]] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        if tag not in ("meta", "br", "mspace"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag != "mspace":
            assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.setdefault(self.open[-1] if self.open else "", []).append(data)


def read(page: str) -> _Reader:
    reader = _Reader()
    reader.feed(page)
    reader.close()
    assert reader.open == []
    return reader


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_every_element_is_closed_and_every_id_is_unique(path: Path) -> None:
    found = read(tracer.solve(tracer.load(path)).render("html"))
    names = [value for name, value in found.attributes if name == "id"]
    assert len(names) == len(set(names))


def test_a_page_loads_nothing_and_runs_its_own_script_alone() -> None:
    page = tracer.solve(tracer.load(tracer.DECK), detail="full").render("html")
    assert page.startswith("<!DOCTYPE html>\n")
    found = read(page)
    assert {"img", "link", "iframe", "object"}.isdisjoint(found.tags)
    assert {"src", "style"}.isdisjoint(name for name, _ in found.attributes)
    assert not [n for n, _ in found.attributes if n.startswith("on")]
    assert all(value and value[0] == "#" for name, value in found.attributes if name == "href")
    assert "url(" not in page
    assert "@import" not in page
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)
    assert policy is not None
    (script,) = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    own = b64encode(sha256(script.encode()).digest()).decode()
    assert policy[1].split("; ") == [
        "default-src 'none'",
        "style-src 'unsafe-inline'",
        f"script-src 'sha256-{own}'",
        "base-uri 'none'",
        "form-action 'none'",
    ]


@pytest.mark.parametrize("words", [*HOSTILE, '"><svg onload=alert(1)>', "</title></style></math>"])
def test_words_of_a_problem_are_only_words(words: str) -> None:
    plain_page = solved("q", title="t", loss={"name": "name"}).render("html")
    page = solved(words, title=words, loss={"name": words[:20]}).render("html")
    plain, found = read(plain_page), read(page)
    # a long name breaks formulas and tables elsewhere, and fits into pictures elsewhere; around
    # them all is as it was
    outside = [read(re.sub("<svg.*?</svg>", "", p, flags=re.DOTALL)) for p in (plain_page, page)]
    varying = (*CORE, "br", "tr", "td", "th")
    around = [[t for t in r.tags if t not in varying] for r in outside]
    assert around[0] == around[1]
    assert set(found.tags) <= {*plain.tags, "mtext", "br", "mrow"}
    assert {name for name, _ in found.attributes} == {name for name, _ in plain.attributes}
    flat = " ".join(words.split())
    assert " ".join("".join(outside[1].texts["h1"]).split()) == flat
    assert " ".join("".join(outside[1].texts["title"]).split()) == flat
    assert any(" ".join(text.split()) == flat for text in found.texts["p"])


def test_a_fragment_is_the_body_alone() -> None:
    solution = tracer.solve(tracer.load(tracer.DECK))
    body = solution.render("html", fragment=True)
    assert body.startswith('<section aria-labelledby="part-1">')
    assert body.endswith("</section>\n")
    assert {"script", "dialog", "details", "nav", "style"}.isdisjoint(read(body).tags)
    assert in_html(body) == in_html(solution.render("html"))


def test_the_page_is_small() -> None:
    assert len(tracer.solve(tracer.load(tracer.DECK)).render("html").encode()) < 300_000


def test_derivations_can_be_linked_to() -> None:
    page = tracer.solve(tracer.load(tracer.DECK)).render("html")
    assert page.count(' id="dloss/dw1[1,2]"') == 1
