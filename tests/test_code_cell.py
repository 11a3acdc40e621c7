"""The notebook of `tracer sheet`, filled in and handed in as it is."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import tracer
from tests.conftest import ROOT
from tracer import sheets
from tracer.answers.code_cell import Row, read_cell
from tracer.checking import Report
from tracer.literals import Literal

DECK = ROOT / "examples" / "deck.toml"


def _checked(folder: Path, *cells: str) -> Report:
    book = {
        "cells": [
            {"cell_type": "code", "metadata": {}, "outputs": [], "source": source}
            for source in cells
        ],
        "metadata": {},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    file = folder / "work.ipynb"
    file.write_text(json.dumps(book), encoding="utf-8")
    return tracer.check(tracer.load(DECK), file)


def test_a_filled_in_sheet_is_read(tmp_path: Path) -> None:
    problem = tracer.load(DECK)
    source = DECK.read_text(encoding="utf-8")
    text = sheets.sheet(problem, "ipynb", source=source)
    blank = r"\"dloss/dw1[1,2]\": \"\""
    assert blank in text
    file = tmp_path / "exercise.ipynb"
    file.write_text(text, encoding="utf-8")
    assert tracer.check(problem, file).summary["missing"] == 50
    file.write_text(text.replace(blank, blank[:-2] + r"1.204\""), encoding="utf-8")
    report = tracer.check(problem, file)
    (fault,) = report.faults
    assert (fault.id, fault.given, report.summary["missing"]) == ("dloss/dw1[1,2]", "1.204", 49)
    assert report.submission.answers[fault.id].where.endswith("exercise.ipynb: cell 3, line 29")


@pytest.mark.parametrize(
    ("written", "rows"),
    [
        ('answers = {"loss": "1.65"}', [("loss", "1.65", 1)]),
        ("answers = {'loss': '1.65',}", [("loss", "1.65", 1)]),
        ('x = 1\nanswers={\n  # a, b\n "a": "1", "b": ""  # c\n}', [("a", "1", 4), ("b", "", 4)]),
        ('answers = {"a": 1.65, "b": 2*(1/3 - 1)}', [("a", Literal("1.65"), 1),
                                                     ("b", Literal("2*(1/3 - 1)"), 1)]),
        (r'answers = {"a": "\frac{1}{2}"}', [("a", r"\frac{1}{2}", 1)]),
        (r'answers = {"a": "\\frac{1}{2}"}', [("a", r"\frac{1}{2}", 1)]),
        (r'answers = {"a": r"\\"}', [("a", r"\\", 1)]),
        ('answers = {"a": [1, 2],\n"b": "3"}', [('"a": [1, 2],', None, 1), ("b", "3", 2)]),
        ('answers = {"a": "1" "2"}', [('"a": "1" "2"}', None, 1)]),
        ('answers = {"a": open("x")}', [('"a": open("x")}', None, 1)]),
        ('answers = {"a"', [('"a"', None, 1)]),
        ("answers = {", []),
        ('mine = {"a": "1"}', []),
        ("", []),
    ],
)  # fmt: skip
def test_cells(written: str, rows: list[tuple[str, str | Literal | None, int]]) -> None:
    assert list(read_cell(written)) == [Row(*row) for row in rows]


def test_what_is_not_read_is_said(tmp_path: Path) -> None:
    report = _checked(tmp_path, "", 'answers = {\n"loss": f"{1.65}",\n"los": "1"}')
    first, second = report.submission.unknown
    assert first.where.endswith("cell 2, line 2")
    assert first.message.startswith('"loss": f"{1.65}",: not read; an answer is written "id": "va')
    assert second.where.endswith("cell 2, line 3")
    assert 'did you mean "loss"' in second.message


def test_two_cells_that_differ(tmp_path: Path) -> None:
    report = _checked(tmp_path, 'answers = {"loss": "1.65"}', 'answers = {"loss": "1.66"}')
    (verdict,) = (v for v in report.verdicts if v.id == "loss")
    assert verdict.code == "unreadable"
    assert "given twice" in verdict.reason


def test_a_large_cell_takes_linear_time() -> None:
    for piece in ('"a": ', "\\", '"', "# \n", "'x' :", '"a": 1\n'):
        list(read_cell("answers = {" + piece * 50_000))
