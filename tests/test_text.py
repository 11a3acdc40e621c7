"""The words on a page: a problem's own and the page's, as each format prints them."""

from __future__ import annotations

import re
from typing import Any

import pytest

import tracer
from tests.conftest import ROOT
from tracer.renderers import FLAVOURS


def solved(**more: object) -> tracer.Solution:
    """The smallest problem, solved, with more keys."""
    problem: dict[str, Any] = {
        "layers": [{"weights": [[1]], "biases": [0], "activation": "relu"}],
        "data": [{"inputs": 1, "targets": 2}],
        "training": {"learning_rate": "0.1"},
    }
    return tracer.solve(tracer.load(problem | more))


@pytest.mark.parametrize("to", ["text", "latex", "markdown"])
def test_blank_lines_of_a_question_part_paragraphs(to: str) -> None:
    page = solved(question="\n First\nblock.\n  \n\n    Second.\n").render(to)
    assert "\nFirst block.\n\nSecond.\n\n" in page


def test_a_blank_question_is_the_usual_one() -> None:
    usual = solved().render()
    assert "Compute a single iteration" in usual
    assert solved(question=" \n\n ").render() == usual


@pytest.mark.parametrize(("digits", "words"), [(1, "1 decimal"), (2, "2 decimals")])
@pytest.mark.parametrize("policy", ["display", "step", "float64"])
def test_one_decimal_is_no_plural(policy: str, digits: int, words: str) -> None:
    numbers = {"policy": policy, "digits": digits}
    page = solved(numbers=numbers, training={"learning_rate": "0.123"}).render("markdown")
    remark = page.strip().rpartition("\n> ")[2]
    assert re.search(rf"\b{words}\b", remark)


@pytest.mark.parametrize(
    ("text", "markdown"),
    [
        ("% a comment of MyST", r"\% a comment of MyST"),
        ("100 % is none", "100 % is none"),
        ("(target)=", r"(target)\="),
        ("f (x)=", "f (x)="),
        ("::: note", r"\::: note"),
        (": definition", r"\: definition"),
        (":field: value", r"\:field: value"),
        ("@key and [-@key]", r"\@key and \[-\@key\]"),
        ("+++", r"\+++"),
        ("+ item", r"\+ item"),
        ("- item", r"\- item"),
        ("---", r"\-\-\-"),
        ("a-b -- c --- d", r"a-b \-\- c \-\-\- d"),
        ("===", r"\==="),
        ("1.5 ... and", r"1.5 \.\.\. and"),
        ("12. item", r"12\. item"),
        ("1.5 is none", "1.5 is none"),
        ("iv) item", r"iv\) item"),
        ("(a) item", r"(a\) item"),
        ("e.g. none", "e.g. none"),
        ("# 1 *two* <b> `c` $x$ {d} a|b", r"\# 1 \*two\* \<b\> \`c\` \$x\$ \{d\} a\|b"),
    ],
)
@pytest.mark.parametrize("flavour", FLAVOURS)
def test_words_are_no_markup_of_any_markdown(flavour: str, text: str, markdown: str) -> None:
    """Pandoc, markdown-it and MyST's parser print ``text`` for these lines."""
    page = solved(question=f"One.\n\n{text}\n\nTwo.").render("markdown", flavour=flavour)
    assert f"\n\nOne.\n\n{markdown}\n\nTwo.\n\n" in page


def test_only_a_line_that_begins_with_a_mark_escapes_it() -> None:
    page = tracer.solve(tracer.load(ROOT / "examples" / "line.toml")).render("markdown")
    assert "`$:" in page


@pytest.mark.parametrize("flavour", FLAVOURS)
def test_formulas_of_markdown_keep_every_character(flavour: str) -> None:
    """KaTeX and MathJax know no command of ours for them, and need none."""
    page = solved(loss={"name": "误→差 Ж`"}).render("markdown", flavour=flavour)
    assert r"\text{误→差 Ж'} & = " in page
    assert r"\unicodechar" not in page
    assert r"\ensuremath" not in page


def test_signs_that_latex_would_join_are_kept_apart_in_every_engine() -> None:
    """Lualatex joins hyphens across empty braces, which the tests with pdflatex cannot see."""
    page = solved(title="a--b – c").render("latex")
    assert r"\bfseries a-{\kern0pt}-b -- c\end" in page
