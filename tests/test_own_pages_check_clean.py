"""A finished solution of ours checks clean in every format, and what is changed in it is found."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest

import tracer
from tests.conftest import EXAMPLES, ROOT
from tests.test_golden import VARIANTS
from tests.test_whole_schema import runs
from tests.whole_strategy import networks
from tracer import ids
from tracer.answers.submission import Submission
from tracer.documents.pieces import Formula, Table
from tracer.documents.reader import read_document
from tracer.documents.statements import read_statements
from tracer.graph_problem import GraphProblem
from tracer.loading import with_changes
from tracer.problem import AnyProblem
from tracer.trace import Trace, build
from tracer.values import evaluate

from hypothesis import HealthCheck, given, settings  # isort: skip

_GOLDEN = ROOT / "tests" / "golden"
_ENDINGS = (".txt", ".md", ".tex")


def _pages() -> Iterator[tuple[str, Path, str | None]]:
    """Every golden page with its problem and notation."""
    for path in EXAMPLES:
        for ending in _ENDINGS:
            yield path.stem + ending, path, None
    for name, options in VARIANTS:
        if name.endswith(_ENDINGS):
            notation = options.get("notation")
            problem = ROOT / "examples" / f"{options.get('problem', 'deck')}.toml"
            yield name, problem, None if notation is None else str(notation)


PAGES = list(_pages())


@lru_cache(maxsize=64)
def _problem(path: Path, notation: str | None) -> tuple[AnyProblem, Trace]:
    problem = with_changes(tracer.load(path), notation=notation)
    return problem, build(problem)


def _checked(name: str, text: str, path: Path, notation: str | None) -> Submission:
    problem, trace = _problem(path, notation)
    return read_statements(read_document(name, text), problem, trace)


def _text(name: str) -> str:
    return (_GOLDEN / name).read_text(encoding="utf-8")


@pytest.mark.parametrize(("name", "path", "notation"), PAGES, ids=[page[0] for page in PAGES])
def test_no_link_is_accused(name: str, path: Path, notation: str | None) -> None:
    assert _checked(name, _text(name), path, notation).links == ()


def _is_stated(problem: AnyProblem, trace: Trace, name: str) -> bool:
    """Whether a page is to state a quantity: no steps on the way to it, nothing that is given."""
    step, base = ids.split_step(name)
    is_slope = base.startswith("d") and "/d" in base
    if not is_slope and step not in (0, *problem.printed_steps):
        return False
    if not trace.rule(name).terms or base.endswith("^t") or base == ids.LEARNING_RATE:
        return False
    if isinstance(problem, GraphProblem):
        own = f"d{trace.graph.output}/d"
        if base == own + trace.graph.output or base in trace.due:
            return False
        return "/d" not in base or base.startswith(own)
    found = ids.parse(base)
    assert found is not None
    if found.wrt is not None:
        return found.of.kind == ids.LOSS and found.wrt.kind in "wba"
    return found.of.kind != "p" and not (found.of.kind == ids.LOSS and found.sample)


def _worked(name: str, path: Path, notation: str | None) -> dict[str, str]:
    """What the solution states, as it is printed."""
    problem, trace = _problem(path, notation)
    solved = tracer.solve(problem).solved
    return {
        key: solved.values[key].number.text
        for key in solved.stated
        if _is_stated(problem, trace, key)
    }


# in symbols alone, or one part; a hat as a character of its own, a middle row of three
_OTHERS = ("function", "only", "adam.txt", "softmax-matrix.txt")


@pytest.mark.parametrize(
    ("name", "path", "notation"),
    [page for page in PAGES if not any(part in page[0] for part in _OTHERS)],
    ids=lambda value: str(value)[-30:],
)
def test_what_a_page_prints_is_found(name: str, path: Path, notation: str | None) -> None:
    """Nine of ten quantities whose numbers are on the page; so far nearly all are."""
    text = _text(name).replace("{,}", ",")
    printed = set(re.findall(r"[0-9]+(?:[.,][0-9]+)?", text))
    problem, _ = _problem(path, notation)
    mark = "," if problem.numbers.decimal_comma else "."
    expected = {
        key
        for key, value in _worked(name, path, notation).items()
        if value.lstrip("-").replace(".", mark) in printed
    }
    answers = _checked(name, _text(name), path, notation).answers
    found = {key for key in expected if key in answers and answers[key].reading is not None}
    assert len(found) >= 0.9 * len(expected), sorted(expected - found)


@pytest.mark.parametrize(("name", "path", "notation"), PAGES, ids=[page[0] for page in PAGES])
def test_what_is_found_is_what_was_printed(name: str, path: Path, notation: str | None) -> None:
    """Each answer rounds the quantity that it is said to be of: nothing is mistaken for another."""
    answers = _checked(name, _text(name), path, notation).answers
    assert all(answer.reading is not None for answer in answers.values())
    assert _wrong(answers, path, notation) == set()


def _wrong(answers: Any, path: Path, notation: str | None) -> set[str]:
    problem, trace = _problem(path, notation)
    values = evaluate(trace, problem, list(answers))
    wrong = set()
    for name, answer in answers.items():
        if answer.reading is None:
            continue
        # an irrational value is known here as it is printed
        value = values[name]
        true = value.number.value if value.exact is None else value.exact
        if abs(answer.reading.value - true) > answer.reading.half:
            wrong.add(name)
    return wrong


_CHANGED = ["deck.md", "deck.tex", "deck.txt", "deck-matrix.md", "deep.tex", "softmax.md", "gru.md"]
_CHANGED += ["komma.txt", "ridge-batches.tex", "adam.md", "deck-full.md", "online.txt"]


@pytest.mark.parametrize("name", _CHANGED)
def test_a_changed_answer_is_found(name: str) -> None:
    """One digit of an answer is another one: the answer is not right, or a link does not hold."""
    path, notation = next(page[1:] for page in PAGES if page[0] == name)
    text = _text(name)
    draw = random.Random(name)
    answers = _checked(name, text, path, notation).answers
    spans = [answer.span for answer in answers.values() if answer.span]
    places = [
        place for span in spans for place in range(span.start, span.stop) if text[place].isdigit()
    ]
    for place in draw.sample(places, 15):
        digit = draw.choice([mark for mark in "123456789" if mark != text[place]])
        changed = _checked(name, text[:place] + digit + text[place + 1 :], path, notation)
        line = text.count("\n", 0, place) + 1
        wrong = _wrong(changed.answers, path, notation)
        assert changed.links or wrong, (line, text[place - 20 : place + 10], digit)
        lines = {changed.answers[key].span.line for key in wrong}  # type: ignore[union-attr]
        lines |= {link.span.line for link in changed.links if link.span}
        # the place itself, or the row of a formula over several lines that it belongs to
        assert any(0 <= line - other <= 8 for other in lines) or wrong, (line, lines)


@pytest.mark.parametrize(
    "name", ["deck.md", "deep.tex", "softmax.md", "komma.md", "two-outputs.tex"]
)
def test_nearly_every_changed_digit_is_found(name: str) -> None:
    """Also within sums and among the data; what is left lies within the rounding of its line."""
    path, notation = next(page[1:] for page in PAGES if page[0] == name)
    text = _text(name)
    draw = random.Random(name)
    number = re.compile(r"(?<![\w_^{.,\\[])[0-9]+(?:\.[0-9]+)?(?![\w}\]])")
    places = []
    for piece in read_document(name, text).pieces:
        if isinstance(piece, Formula) and ("=" in piece.source or r"\approx" in piece.source):
            own = [(piece.start, piece.stop)]
        elif isinstance(piece, Table):
            own = [(cell.start, cell.stop) for row in piece.rows for cell in row]
        else:
            continue
        places += [
            start + match.start()
            for start, stop in own
            for match in number.finditer(text[start:stop])
        ]
    found = 0
    for place in draw.sample(places, 50):
        digit = draw.choice([mark for mark in "123456789" if mark != text[place]])
        changed = _checked(name, text[:place] + digit + text[place + 1 :], path, notation)
        found += bool(changed.links or _wrong(changed.answers, path, notation))
    assert found >= 44


@pytest.mark.parametrize("policy", ["step", "display"])
@pytest.mark.parametrize("digits", [2, 4])
@pytest.mark.parametrize("path", EXAMPLES[::3], ids=lambda path: path.stem)
def test_other_digits_are_not_accused(path: Path, digits: int, policy: str) -> None:
    """Somebody else's solution: rounded to other digits, at each step or at the end."""
    problem, trace = _problem(path, None)
    own: dict[str, Any] = {"policy": policy, "digits": digits, "style": "decimal"}
    own |= {"significant": None, "digits_of": {}, "significant_of": {}}
    try:
        numbers = replace(problem.numbers, **own)
        text = tracer.solve(replace(problem, numbers=numbers)).render("markdown")
    except (tracer.InputError, tracer.NotSupported):
        pytest.skip("not with these digits")
    assert read_statements(read_document("page.md", text), problem, trace).links == ()


@settings(runs(40), suppress_health_check=list(HealthCheck))
@given(networks("display"))
def test_random_pages_are_not_accused(given: dict[str, Any]) -> None:
    try:
        problem = tracer.load(given)
        solution = tracer.solve(problem)
        pages = {ending: solution.render(name) for name, ending in _FORMATS.items()}
    except (tracer.InputError, tracer.NotSupported):
        return
    trace = build(problem)
    for ending, text in pages.items():
        found = read_statements(read_document(f"page{ending}", text), problem, trace)
        assert found.links == ()


_FORMATS = {"markdown": ".md", "latex": ".tex", "text": ".txt"}


def test_a_kind_with_few_figures_of_its_own_is_not_accused() -> None:
    """2 + 8.1 is 10 in two figures, which the loss alone is printed in."""
    given = {
        "layers": [{"weights": [["2.846"]], "biases": False, "activation": "identity"}],
        "data": [{"inputs": ["0"], "targets": ["1"]}] * 2,
        "loss": {"kind": "hinge", "penalty": {"kind": "l2", "lambda": "1"}},
        "numbers": {"digits": 2, "significant_of": {"loss": 2}},
    }
    problem = tracer.load(given)
    text = tracer.solve(problem).render("markdown")
    assert r"8.1 \approx 10" in text
    trace = build(problem)
    assert read_statements(read_document("page.md", text), problem, trace).links == ()
    worse = text.replace(r"8.1 \approx 10", r"8.1 \approx 11")
    assert read_statements(read_document("page.md", worse), problem, trace).links
