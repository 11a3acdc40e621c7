"""Structured submissions: what is read, what is refused, and where a refusal says the fault is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flint import fmpq

import tracer
from tests.conftest import ROOT
from tracer.answers.files import AnswerReader
from tracer.answers.submission import Reading, Submission
from tracer.trace import build

_DECIMAL = re.compile(r"[+-]?[0-9]+(?:\.([0-9]+))?")


def plain(text: str) -> Reading | str:
    """A stand-in for the grammar: plain decimals alone."""
    match = _DECIMAL.fullmatch(text.strip())
    if match is None:
        return "is no number"
    places = len(match[1] or "")
    value = fmpq(int(match[0].replace(".", "")), 10**places)
    return Reading(value, fmpq(1, 2 * 10**places), places)


def reader(name: str) -> AnswerReader:
    problem = tracer.load(ROOT / "examples" / f"{name}.toml")
    return AnswerReader(problem, build(problem), plain)


@pytest.fixture(scope="module")
def deck() -> AnswerReader:
    return reader("deck")


def given(submission: Submission) -> dict[str, str]:
    assert not submission.unknown
    return {name: answer.given for name, answer in submission.answers.items()}


def test_ids_with_values_in_every_format(deck: AnswerReader, tmp_path: Path) -> None:
    expected = {"dloss/dw1[1,2]": "1.20", "l1[2](3)": "2.3", "1/loss": "0.84862", "b1[1]": "3"}
    texts = {
        "a.toml": '"dloss/dw1[1,2]" = 1.20\n[answers]\n"l1[2](3)" = "2.3"\n"1/loss" = 0.84862\n'
        '"b1[1]" = 3\n',
        "a.json": '{"dloss/dw1[1,2]": 1.20, "answers": {"l1[2](3)": "2.3", "1/loss": 0.84862,'
        ' "b1[1]": 3}}',
        "a.csv": 'id,value\n"dloss/dw1[1,2]",1.20\nl1[2](3),2.3\n1/loss,0.84862\nb1[1],3\n',
    }
    for name, text in texts.items():
        path = tmp_path / name
        path.write_text(text)
        submission = deck.read(path)
        assert given(submission) == expected
        assert submission.name == str(path)
        assert submission.answers["dloss/dw1[1,2]"].reading == Reading(
            fmpq(120, 100), fmpq(1, 200), 2
        )
    assert given(deck.read(expected)) == expected
    assert given(deck.read(expected)) == expected  # the second time by what is remembered
