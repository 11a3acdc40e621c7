"""Real consumers of the slides: pdflatex, lualatex and typst, and poppler on what they make."""

from __future__ import annotations

import re
import subprocess
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, reject, settings

import tracer
from tests.conftest import EXAMPLES, ROOT, need, need_module
from tests.math_text import in_latex, in_typst
from tests.strategies import NOTATIONS
from tests.test_detail_random import NO_VALUE
from tests.test_latex import HOSTILE, WIDE, compile_latex, flat, solved
from tests.test_recompute import problems
from tests.test_typst import compiled
from tracer.blocks import Display, Heading, Page, Paragraph, Steps, Table
from tracer.drawing import Drawing
from tracer.loading import with_changes
from tracer.renderers import Job, beamer
from tracer.renderers.frames import Frame, frames, slide
from tracer.renderers.slide_items import HEIGHT
from tracer.typeset import LatexPrinter, Line

# the titles on the deck's slides, those that follow each other with the same title as one
DECK_TITLES = [
    "Deep Learning: Question",
    "Initial Model",
    "Initial MSE",
    "Finding Minima via Gradient Descent",
    "Gradients",
    "Finding Minima via Gradient Descent",
    "Updated Model",
    "MSE",
]
# 8 mm on either side, in points of PDF; a page is 16 cm by 9 cm
_MARGIN, _WIDTH, _HEIGHT = 8 / 25.4 * 72, 160 / 25.4 * 72, 90 / 25.4 * 72
# pages of all kinds, where compiling every example would take too long
SAMPLE = ["deck", "full-page", "graph", "lstm", "matrices", "softmax", "two-outputs", "xor"]


def example(name: str, **options: Any) -> tracer.Solution:
    return tracer.solve(tracer.load(ROOT / "examples" / f"{name}.toml"), **options)


def titles(text: str) -> list[str]:
    """The title of every frame, in LaTeX or Typst."""
    return re.findall(r"^(?:\\frametitle\{|= )(.*?)(?:\}$| #h\(1fr\)|$)", text, re.MULTILINE)


def size(pdf: bytes, folder: Path) -> tuple[int, set[tuple[float, float]]]:
    """How many pages, and how large they are."""
    (folder / "slides.pdf").write_bytes(pdf)
    command = [need("pdfinfo"), "-l", "999", "slides.pdf"]
    shown = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True).stdout
    pages = re.findall(r"size: +([0-9.]+) x ([0-9.]+)", shown)
    return len(pages), {(float(w), float(h)) for w, h in pages}


def outside(pdf: bytes, folder: Path) -> list[str]:
    """The words that reach beyond the margins."""
    (folder / "slides.pdf").write_bytes(pdf)
    command = [need("pdftotext"), "-bbox", "-enc", "UTF-8", "slides.pdf", "-"]
    shown = subprocess.run(command, cwd=folder, capture_output=True, check=True).stdout.decode()
    places = r'xMin="([-0-9.]+)".*?xMax="([0-9.]+)" yMax="([0-9.]+)">(.*)</word>'
    return [
        word
        for left, right, low, word in re.findall(places, shown)
        if float(left) < _MARGIN - 0.5
        or float(right) > _WIDTH - _MARGIN + 0.5
        or float(low) > _HEIGHT
    ]


def check_typst(text: str, folder: Path) -> None:
    """A page for each frame, no warning, and nothing outside."""
    pdf, warnings = compiled(text)
    assert warnings == []
    pages, sizes = size(pdf, folder)
    assert pages == len(titles(text))
    assert {(round(w), round(h)) for w, h in sizes} == {(round(_WIDTH), round(_HEIGHT))}
    assert outside(pdf, folder) == []


def check_latex(text: str, folder: Path) -> None:
    """A page for each frame, no warning, and nothing overfull."""
    assert compile_latex(text, folder) == []
    assert outside((folder / "page.pdf").read_bytes(), folder) == []
    assert size((folder / "page.pdf").read_bytes(), folder)[0] == len(titles(text))


@pytest.mark.parametrize("to", ["beamer", "typst-slides"])
def test_the_deck_has_the_titles_of_the_slides(to: str) -> None:
    found = titles(example("deck").render(to))
    groups = [title for title, before in zip(found, ["", *found], strict=False) if title != before]
    assert groups == DECK_TITLES


def formulas(text: str) -> str:
    """The formulas of slides in LaTeX, which stand in ``aligned`` in the place of ``align``."""
    for name in ("align", "gather"):
        text = re.sub(rf"\$\\begin{{{name}ed}}(?:\[t\])?", rf"\\begin{{{name}*}}", text)
        text = text.replace(rf"\end{{{name}ed}}$", rf"\end{{{name}*}}")
    return in_latex(text)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_both_kinds_of_slides_show_the_same_on_the_same_frames(path: Path) -> None:
    solution = tracer.solve(tracer.load(path))
    tex, typ = solution.render("beamer"), solution.render("typst-slides")
    assert titles(tex) == [title.replace("\\", "") for title in titles(typ)]
    assert formulas(tex) == in_typst(typ)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_slides_have_every_number_of_the_page(path: Path) -> None:
    """The head and the first columns of a table that is parted stand there once more."""
    solution = tracer.solve(tracer.load(path))
    page, slides = (numbers(solution.render(to, fragment=True)) for to in ("latex", "beamer"))
    assert page - slides == Counter()
    assert page.total() > 10


def numbers(text: str) -> Counter[str]:
    """The numbers in a body in LaTeX, without lengths and colours."""
    text = re.sub(r"\\begin\{tikzpicture\}.*?\\end\{tikzpicture\}", "", text, flags=re.DOTALL)
    plain = re.sub(
        r"\\[a-z]*penalty[0-9]+|\\(?:rule|vspace)(?:[\[{][^]}]*[]}])+", "", text
    ).replace("{,}", ".")
    return Counter(re.findall(r"[0-9]+(?:\.[0-9]+)?", plain))


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_every_deck_of_typst_slides_compiles(path: Path, tmp_path: Path) -> None:
    check_typst(tracer.solve(tracer.load(path)).render("typst-slides"), tmp_path)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_every_deck_of_beamer_slides_compiles(path: Path, tmp_path: Path) -> None:
    check_latex(tracer.solve(tracer.load(path)).render("beamer"), tmp_path)


@pytest.mark.parametrize("options", [{"view": "auto", "detail": "full"}, {"detail": "brief"}])
@pytest.mark.parametrize("name", [name for name in SAMPLE if name != "matrices"])
def test_slides_of_other_details_compile(
    name: str, options: dict[str, Any], tmp_path: Path
) -> None:
    solution = example(name, **options)
    check_typst(solution.render("typst-slides"), tmp_path)
    check_latex(solution.render("beamer"), tmp_path)


@pytest.mark.parametrize("view", ["deltas", "matrix", "function"])
@pytest.mark.parametrize("name", ["deck", "softmax", "two-outputs"])
def test_slides_of_other_views_compile(name: str, view: str, tmp_path: Path) -> None:
    solution = example(name, view=view)
    check_typst(solution.render("typst-slides"), tmp_path)
    check_latex(solution.render("beamer"), tmp_path)


@pytest.mark.parametrize("notation", [*NOTATIONS, WIDE], ids=str)
def test_slides_of_other_notations_compile(notation: str | dict[str, str], tmp_path: Path) -> None:
    """Typst alone: the frames of the others are the same."""
    problem: tracer.Problem | Any
    if isinstance(notation, str):
        problem = with_changes(
            tracer.load(ROOT / "examples" / "two-outputs.toml"), notation=notation
        )
    else:
        row = [f"{(-1) ** k * (k + 1) / 100:.2f}" for k in range(16)]
        problem = tracer.load(
            {
                "layers": [{"weights": [row] * 3, "biases": row[:3], "activation": "tanh"}],
                "data": [{"inputs": row, "targets": [0, 1, 0]}] * 2,
                "training": {"learning_rate": "0.5"},
                "notation": notation,
            }
        )
    check_typst(tracer.solve(problem).render("typst-slides"), tmp_path)


def test_slides_compile_with_lualatex(tmp_path: Path) -> None:
    need("lualatex")
    pdf = example("softmax").render("slides", engine="lualatex")
    assert size(pdf, tmp_path)[0] == len(titles(example("softmax").render("beamer")))
    assert outside(pdf, tmp_path) == []


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.generate],  # to shrink a page takes minutes
)
@given(problems("display"))
def test_slides_of_random_problems_compile(
    tmp_path_factory: pytest.TempPathFactory, source: dict[str, Any]
) -> None:
    need_module("typst")
    try:
        solution = tracer.solve(tracer.load(source))
        text = solution.render("typst-slides")
    except tracer.InputError as error:
        if not re.search(f"{NO_VALUE}|bits|characters|logarithm|zero", str(error)):
            raise
        reject()
    check_typst(text, tmp_path_factory.mktemp("slides"))
    assert len(titles(solution.render("beamer"))) == len(titles(text))


def test_what_is_too_high_or_too_wide_is_noticed(tmp_path: Path) -> None:
    need("pdflatex")
    text = example("graph").render("beamer")
    start = r"\frametitle{Forward Pass}"
    high = text.replace(start, rf"{start}\rule{{1pt}}{{230pt}}", 1)
    assert compile_latex(high, tmp_path) == ["Overfull"]
    text = example("graph").render("typst-slides")
    high = text.replace("= Forward Pass\n", "= Forward Pass\n#rect(height: 210pt)\n", 1)
    with pytest.raises(AssertionError):
        check_typst(high, tmp_path)
    wide = text.replace("= Forward Pass\n", f"= Forward Pass\n#box[{'x' * 150}]\n", 1)
    with pytest.raises(AssertionError):
        check_typst(wide, tmp_path)


@pytest.mark.parametrize("words", HOSTILE)
def test_words_of_a_problem_are_only_words(words: str, tmp_path: Path) -> None:
    need_module("typst")
    solution = solved(words, title=words)
    check_typst(solution.render("typst-slides"), tmp_path)
    assert compile_latex(solution.render("beamer"), tmp_path) == []
    command = [need("pdftotext"), "-l", "1", "-enc", "UTF-8", "page.pdf", "-"]
    seen = subprocess.run(command, cwd=tmp_path, capture_output=True, check=True).stdout.decode()
    shown = re.sub("[神经网络]", lambda match: f"[U+{ord(match[0]):X}]", flat(words))
    assert flat(seen).startswith(f"{shown}:Question")


def test_a_long_title_and_a_long_question_have_room(tmp_path: Path) -> None:
    solution = solved("Compute the gradients, and say why. " * 60, title="A long title " * 12)
    tex = solution.render("beamer")
    check_latex(tex, tmp_path)
    check_typst(solution.render("typst-slides"), tmp_path)
    body = re.sub(r"\\[a-z]+(\[.*?\]|\{.*?\})*", " ", tex)
    assert len(re.findall(r"Compute\s+the\s+gradients,\s+and\s+say\s+why\.", body)) == 60


def test_fragments_compile_in_a_deck_of_ones_own(tmp_path: Path) -> None:
    body = example("deck").render("beamer", fragment=True)
    own = (
        "\\documentclass[10pt,aspectratio=169]{beamer}\\usepackage{amsmath,tikz}\n"
        "\\usetheme{Madrid}\\begin{document}\n"
    )
    complaints = compile_latex(f"{own}{body}\\end{{document}}\n", tmp_path)
    assert [c for c in complaints if not re.search("rerunfilecheck|Overfull", c)] == []
    page = '#set page(width: 200mm, height: 120mm)\n#set text(font: "New Computer Modern")\n'
    text = example("deck").render("typst-slides", fragment=True)
    assert compiled(page + text)[1] == []


# blocks put together here, so that what is parted is known


def laid_out(*blocks: Any, picture: bool = False) -> list[Frame]:
    solution = example("deck")
    job = Job(solution.solved, Page("", (Heading("Title"), *blocks)))
    target = slide(job, LatexPrinter, str, lambda *_: "picture", beamer.TALL)
    return list(frames(job.page, target if picture else replace(target, draw=None), beamer.TALL))


def deck_blocks(kind: type) -> list[Any]:
    return [block for block in example("deck").page.blocks if isinstance(block, kind)]


def said(lines: Sequence[Line]) -> str:
    """What lines say, however they are broken."""
    return "".join(f"{line.left}{line.right}" for line in lines).replace("{}", "").replace(" ", "")


def test_a_long_derivation_is_parted_between_its_lines() -> None:
    derivation = next(block for block in deck_blocks(Display) if block.id)
    long = Display(derivation.equations * 15, derivation.id)
    found = laid_out(long)
    lines = [line for frame in found for block in frame.blocks for line in block["lines"]]
    whole = lines[: len(lines) // 15]
    assert lines == whole * 15
    # on a frame of its own it is in larger type, and its lines are others
    (alone,) = laid_out(derivation)
    assert said(whole) == said(alone.blocks[0]["lines"])
    assert len(found) > 2
    assert [frame.number for frame in found] == list(range(1, len(found) + 1))
    assert {frame.count for frame in found} == {len(found)}
    # every frame begins with an equation, not in the middle of one
    assert all(frame.blocks[0]["lines"][0].left for frame in found)
    assert max(len(f.blocks[0]["lines"]) for f in found) * 16 < HEIGHT


def test_a_long_table_and_a_long_list_are_parted_between_rows() -> None:
    table = next(block for block in deck_blocks(Table) if block.keys)
    found = laid_out(Table(table.head, table.rows * 12, table.keys, total=True))
    rows = [block["rows"] for frame in found for block in frame.blocks]
    assert sum(map(len, rows)) == 12 * len(table.rows)
    assert [block["total"] for frame in found for block in frame.blocks] == [
        *[False] * (len(found) - 1),
        True,
    ]
    found = laid_out(Steps(((("A step. " * 20),),) * 30))
    firsts = [block["first"] for frame in found for block in frame.blocks]
    counts = [len(block["items"]) for frame in found for block in frame.blocks]
    assert sum(counts) == 30
    assert firsts == [1 + sum(counts[:place]) for place in range(len(counts))]


def test_an_introduction_stays_with_what_it_introduces() -> None:
    text = Paragraph(("Words. " * 60,))
    table = next(block for block in deck_blocks(Table) if block.keys)
    found = laid_out(text, text, Paragraph(("The values:",)), table)
    kinds = [[block["kind"] for block in frame.blocks] for frame in found]
    (last,) = [kind for kind in kinds if "table" in kind]
    assert last[last.index("table") - 1] == "paragraph"


def picture(width: float, height: float) -> Drawing:
    return Drawing(width, height, (), "title", "description")


@pytest.mark.parametrize(
    ("width", "height", "kinds"),
    [
        (300, 80, [["figure", "display"]]),
        (150, 180, [["beside"]]),
        (300, 150, [["figure", "display"]]),
        (300, 400, [["figure"], ["display"]]),
    ],
)
def test_a_picture_stands_above_or_beside_its_derivation(
    width: float, height: float, kinds: list[list[str]]
) -> None:
    from tracer.blocks import Figure

    derivation = next(block for block in deck_blocks(Display) if block.id)
    before = Paragraph(("Before.",))
    figure = Figure(picture(width, height), derivation.id)
    found = laid_out(before, figure, derivation, picture=True)
    assert [[block["kind"] for block in frame.blocks] for frame in found] == [["paragraph"], *kinds]
    pictures = [b.get("figure", b) for f in found for b in f.blocks if b["kind"] != "paragraph"]
    assert pictures[0]["scale"] * height < HEIGHT
    if len(kinds) == 1:
        assert pictures[0]["scale"] >= 0.65
