"""Every example in every format, compared with files that were read by a person.

``pytest --regenerate`` writes them anew; read the difference before you commit it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

import tracer
from tests.conftest import EXAMPLES, ROOT
from tests.strategies import NOTATIONS
from tracer.loading import with_changes
from tracer.problem import AnyProblem
from tracer.renderers import FORMATS

Golden = Callable[[str, str], None]
# the formats that every example has a file in; of the others a few do, and other tests compare
# their formulas with those of the LaTeX
_ENDINGS = {name: FORMATS[name][0] for name in ("text", "latex", "markdown", "json")}


# whose pages are kept with their pictures; those of the others would fill the folder
_WITH_PICTURES = ("deck", "softmax", "shared-weights", "graph")


def without_pictures(problem: AnyProblem) -> AnyProblem:
    """The problem with a page of formulas alone."""
    return replace(problem, page=replace(problem.page, hide=(*problem.page.hide, "diagrams")))


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
@pytest.mark.parametrize("name", _ENDINGS)
def test_example(path: Path, name: str, golden: Golden) -> None:
    problem = tracer.load(path)
    is_drawn = path.stem in _WITH_PICTURES
    solution = tracer.solve(problem if is_drawn else without_pictures(problem))
    golden(path.stem + _ENDINGS[name], solution.render(name))


def test_there_is_no_golden_file_without_a_test() -> None:
    expected = {path.stem + ending for path in EXAMPLES for ending in _ENDINGS.values()}
    expected |= {name for name, _ in VARIANTS}
    assert {path.name for path in (ROOT / "tests" / "golden").iterdir()} == expected


PROFILES = [name for name in NOTATIONS if name != "deck"]
VARIANTS: list[tuple[str, dict[str, object]]] = [
    ("deck-fragment.tex", {"to": "latex", "fragment": True}),
    ("deck-pandoc.md", {"to": "markdown", "flavour": "pandoc"}),
    ("deck-myst.md", {"to": "markdown", "flavour": "myst"}),
    ("deck-deltas.txt", {"to": "text", "view": "deltas"}),
    ("deep-paths.txt", {"to": "text", "view": "paths", "problem": "deep"}),
    ("deck-only.tex", {"to": "latex", "only": ["dloss/dw1[1,2]", "1/loss"]}),
    ("deck-only.json", {"to": "json", "only": ["dloss/dw1[1,2]", "1/loss"]}),
    *(
        (f"deck-{name}.tex", {"to": "latex", "notation": name, "fragment": True})
        for name in PROFILES
    ),
    *((f"deck-{name}.txt", {"to": "text", "notation": name}) for name in PROFILES),
    ("deck-nielsen-deltas.txt", {"to": "text", "notation": "nielsen", "view": "deltas"}),
    ("mazur.txt", {"to": "text", "problem": "published/mazur_2_2_2"}),
    ("negnevitsky.tex", {"to": "latex", "problem": "published/negnevitsky_xor_thresholds"}),
    ("deck-matrix.txt", {"to": "text", "view": "matrix"}),
    ("deck-matrix.tex", {"to": "latex", "view": "matrix"}),
    ("deck-matrix.md", {"to": "markdown", "view": "matrix"}),
    ("deck-nielsen-matrix.txt", {"to": "text", "notation": "nielsen", "view": "matrix"}),
    ("two-outputs-matrix.tex", {"to": "latex", "view": "matrix", "problem": "two-outputs"}),
    ("deck.html", {"to": "html"}),
    ("matrices-fragment.html", {"to": "html", "problem": "matrices", "fragment": True}),
    ("deck.typ", {"to": "typst"}),
    ("matrices-fragment.typ", {"to": "typst", "problem": "matrices", "fragment": True}),
    ("deck-slides.tex", {"to": "beamer"}),
    ("deck-slides.typ", {"to": "typst-slides"}),
    ("lstm-slides.tex", {"to": "beamer", "problem": "lstm"}),
    ("softmax-slides.tex", {"to": "beamer", "problem": "softmax"}),
    ("komma.typ", {"to": "typst", "problem": "komma"}),
    ("deck-function.txt", {"to": "text", "view": "function"}),
    ("deck-function.tex", {"to": "latex", "view": "function"}),
    ("deck-function.md", {"to": "markdown", "view": "function"}),
    ("deck-nielsen-function.txt", {"to": "text", "notation": "nielsen", "view": "function"}),
    ("softmax-matrix.txt", {"to": "text", "view": "matrix", "problem": "softmax"}),
    ("deck-wide.txt", {"to": "text", "width": 120}),
    ("deck-full.tex", {"to": "latex", "detail": "full"}),
    ("deck-full.md", {"to": "markdown", "detail": "full"}),
    ("deck-full.txt", {"to": "text", "detail": "full"}),
    ("deck-brief.txt", {"to": "text", "detail": "brief"}),
    ("mazur-full.txt", {"to": "text", "detail": "full", "problem": "published/mazur_2_2_2"}),
    (
        "rnn-full.txt",
        {"to": "text", "detail": "full", "problem": "published/rnn_bengali_bptt_scalar"},
    ),
]


@pytest.mark.parametrize(("name", "options"), VARIANTS, ids=lambda value: str(value))
def test_variant(name: str, options: dict[str, object], golden: Golden) -> None:
    rest = dict(options)
    path = ROOT / "examples" / f"{rest.pop('problem', 'deck')}.toml"
    to, notation = rest.pop("to"), rest.pop("notation", None)
    solving = {key: rest.pop(key) for key in ("only", "view", "detail") if key in rest}
    problem = with_changes(tracer.load(path), notation=notation)  # type: ignore[arg-type]
    if "notation" in options or "komma" in str(path):
        problem = without_pictures(problem)
    solution = tracer.solve(problem, **solving)  # type: ignore[arg-type]
    golden(name, solution.render(str(to), **rest))  # type: ignore[arg-type]
