"""The slides themselves as a submission: what they state, and the links that do not hold."""

from __future__ import annotations

import time
from fractions import Fraction

import pytest

import tracer
from tests.conftest import ROOT
from tracer.answers.submission import Submission
from tracer.documents.reader import read_document
from tracer.documents.statements import read_statements
from tracer.trace import build

_DECK = ROOT / "examples" / "submissions" / "deck.md"


def checked(text: str) -> Submission:
    problem = tracer.load(ROOT / "examples" / "deck.toml")
    return read_statements(read_document("deck.md", text), problem, build(problem))


@pytest.fixture(scope="module")
def deck() -> Submission:
    return checked(_DECK.read_text(encoding="utf-8"))


def _value(deck: Submission, name: str) -> Fraction:
    reading = deck.answers[name].reading
    assert reading is not None, name
    return Fraction(int(reading.value.p), int(reading.value.q))


# what is printed, by hand from the slides
FORWARD = {
    "l1[1]": ("1.1", "2.3", "1.9", "1.7"),
    "l1[2]": ("1.1", "2.3", "1.9", "1.7"),
    "l2[1]": ("0.94", "1.42", "1.26", "1.18"),
}
UPDATED = {
    "l1[1]": ("0.99804", "0.59804", "1.74988", "1.34988", "1.17396"),
    "l1[2]": ("1.34412", "0.94412", "1.99964", "1.59964", "1.47188"),
    "l2[1]": ("0.79875", "0.69555", "0.97066", "0.86746", "0.83311"),
}
OTHERS = {
    "loss": "1.65",
    "dloss/dw2[1,1]": "7.1",
    "dloss/dw2[1,2]": "7.1",
    "dloss/db2[1]": "3.8",
    "dloss/dw1[1,1]": "1.204",
    "dloss/dw1[1,2]": "1.204",
    "dloss/db1[1]": "0.38",
    "dloss/dw1[2,1]": "3.612",
    "dloss/dw1[2,2]": "3.612",
    "dloss/db1[2]": "1.14",
    "1/w2[1,1]": "0.029",
    "1/b2[1]": "0.462",
    "1/w2[1,2]": "0.229",
    "1/w1[1,1]": "0.08796",
    "1/w1[1,2]": "0.28796",
    "1/b1[1]": "0.0462",
    "1/w1[2,1]": "0.06388",
    "1/w1[2,2]": "0.26388",
    "1/b1[2]": "0.4886",
    "1/loss": "0.84569",
}


def test_every_printed_figure_is_an_answer(deck: Submission) -> None:
    expected = {name: Fraction(text) for name, text in OTHERS.items()}
    for name, values in FORWARD.items():
        expected |= {f"{name}({n})": Fraction(text) for n, text in enumerate(values, start=2)}
    for name, values in UPDATED.items():
        expected |= {f"1/{name}({n})": Fraction(text) for n, text in enumerate(values, start=1)}
    read = {name for name, answer in deck.answers.items() if answer.reading is not None}
    assert read == set(expected)
    assert {name: _value(deck, name) for name in read} == expected


def test_the_row_that_is_cut_off_is_unreadable(deck: Submission) -> None:
    unread = {name: answer for name, answer in deck.answers.items() if answer.reading is None}
    assert set(unread) == {"l1[1](1)", "l1[2](1)", "l2[1](1)"}
    assert all(answer.reason for answer in unread.values())


def test_exactly_the_wrong_links_are_wrong(deck: Submission) -> None:
    wrong = {link.id: link for link in deck.links if link.code == "wrong"}
    assert len(wrong) == sum(link.code == "wrong" for link in deck.links)
    assert set(wrong) == {
        "dloss/dw2[1,1]",
        "dloss/dw2[1,2]",
        "dloss/db2[1]",
        "dloss/dw1[1,2]",
        "dloss/dw1[2,2]",
        "1/b1[1]",
    }
    for name, printed, right in (
        ("dloss/dw2[1,1]", "3.088", "7.1"),
        ("dloss/dw2[1,2]", "3.088", "7.1"),
        ("dloss/db2[1]", "1.44", "3.8"),
    ):
        text = wrong[name].text
        assert printed in text
        assert right in text
        assert "the term of sample 5 is missing" in text
    assert "l₁⁰ is used where the formula has l₂⁰" in wrong["dloss/dw1[1,2]"].text
    assert "1.332" in wrong["dloss/dw1[1,2]"].text
    assert "3.996" in wrong["dloss/dw1[2,2]"].text
    assert "3.612 is ∂MSE/∂w₂,₁¹" in wrong["dloss/dw1[2,2]"].text
    assert wrong["1/b1[1]"].right == "0.0462"
    assert "0.4962" in wrong["1/b1[1]"].text


def test_slips_of_notation_are_labels(deck: Submission) -> None:
    labels = [(link.id, link.left, link.right) for link in deck.links if link.code == "label"]
    assert {link.code for link in deck.links} == {"wrong", "label"}
    path = "∂p₁²/∂l₁¹, ∂l₁¹/∂p₁¹, ∂p₁¹/∂w₁,₁¹"
    meant = "∂p₁²/∂l₂¹, ∂l₂¹/∂p₂¹, ∂p₂¹/∂"
    assert labels[:3] == [
        ("l2[1]", "l_2^2", "l₁²"),  # N1
        ("dloss/dw1[1,2]", "∂p₁¹/∂w₁,₁¹", "∂p₁¹/∂w₁,₂¹"),  # N6
        ("dloss/db1[1]", "∂p₁¹/∂w₁,₁¹", "∂p₁¹/∂b₁¹"),  # N7
    ]
    assert labels[3][:2] == ("dloss/db1[1]", "∂MSE/∂b₁¹")  # N7: no sum
    assert labels[4:] == [
        ("dloss/dw1[2,1]", path, f"{meant}w₂,₁¹"),  # N8
        ("dloss/dw1[2,1]", "w₂,₁²", "w₁,₂²"),  # N10
        ("dloss/db1[2]", path, f"{meant}b₂¹"),  # N9
        ("dloss/db1[2]", "w₂,₁²", "w₁,₂²"),  # N10
    ]


def test_findings_have_their_place(deck: Submission) -> None:
    text = _DECK.read_text(encoding="utf-8")
    for link in deck.links:
        assert link.span is not None
        assert link.where == f"deck.md:{link.span.line}"
        assert link.span.line == text.count("\n", 0, link.span.start) + 1
    (used,) = [link for link in deck.links if link.id == "dloss/dw1[2,2]"]
    assert used.span is not None
    assert text[used.span.start : used.span.stop] == "3.612"
    for answer in deck.answers.values():
        assert answer.span is not None
        if answer.reading is not None:
            assert text[answer.span.start : answer.span.stop].strip() == answer.given


def test_mended_slides_have_no_fault() -> None:
    """The slides with the five mistakes put right, and all that follows from them."""
    text = _DECK.read_text(encoding="utf-8")
    fifth = r"+ (1 - 1.26) \cdot 1.9] \end"
    text = text.replace(fifth, fifth.replace("]", r" + (0 - 1.18) \cdot 1.7]"))
    text = text.replace("(1 - 1.26)] ", "(1 - 1.26) + (0 - 1.18)] ")
    old = r"[0.2 \cdot 1 - 0.12 \cdot 3 + 0.84 \cdot 3 + 0.52 \cdot 5 + 2.36 \cdot 3] = 1.204"
    new = r"[0.2 \cdot 3 - 0.12 \cdot 1 + 0.84 \cdot 5 + 0.52 \cdot 3 + 2.36 \cdot 3] = 1.332"
    first, second = text.index(old), text.rindex(old)
    assert first < second
    text = text[:second] + new + text[second + len(old) :]
    for wrong, right in (
        (r"0.3 - 0.01 \cdot 1.204 = 0.28796", r"0.3 - 0.01 \cdot 1.332 = 0.28668"),
        (r"0.3 - 0.01 \cdot 3.612 = 0.26388", r"0.3 - 0.01 \cdot 3.996 = 0.26004"),
        ("0.0462", "0.4962"),
        ("0.99804\t1.34412\t0.79875", "1.4442\t1.3326\t0.80905"),
        ("0.59804\t0.94412\t0.69555", "1.04676\t0.94028\t0.70768"),
        ("1.74988\t1.99964\t0.97066", "2.19348\t1.98044\t0.97913"),
        ("1.34988\t1.59964\t0.86746", "1.79604\t1.58812\t0.87776"),
        ("1.17396\t1.47188\t0.83311", "1.62012\t1.46036\t0.84341"),
        ("0.79875", "0.80905"),
        ("0.69555", "0.70768"),
        ("0.97066", "0.97913"),
        ("0.86746", "0.87776"),
        ("0.83311", "0.84341"),
        ("0.84569", "0.84862"),
    ):
        assert wrong in text
        text = text.replace(wrong, right)
    assert [link for link in checked(text).links if link.code == "wrong"] == []


def test_the_slides_are_read_fast() -> None:
    problem = tracer.load(ROOT / "examples" / "deck.toml")
    trace = build(problem)
    text = _DECK.read_text(encoding="utf-8")
    best = 1.0
    for _ in range(3):
        start = time.process_time()
        read_statements(read_document("deck.md", text), problem, trace)
        best = min(best, time.process_time() - start)
    assert best < 0.2
