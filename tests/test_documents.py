"""Finished documents are read into headings, formulas, tables and prose, each in its place."""

from __future__ import annotations

import pytest

from tests.conftest import ROOT
from tracer.documents.pieces import Document, Formula, Heading, Prose, Table
from tracer.documents.reader import read_document
from tracer.errors import InputError

DECK = ROOT / "tests" / "documents" / "deck.md"


def _read(text: str, name: str = "page.md") -> Document:
    document = read_document(name, text)
    for piece in document.pieces:
        if isinstance(piece, Formula | Heading | Prose):
            said = piece.source if isinstance(piece, Formula) else piece.text
            assert document.text[piece.start : piece.stop] == said
    return document


def _sources(document: Document, inline: bool | None = None) -> list[str]:
    return [
        piece.source
        for piece in document.pieces
        if isinstance(piece, Formula) and inline in (None, piece.inline)
    ]


def _tables(document: Document) -> list[list[list[str]]]:
    return [
        [[cell.source for cell in row] for row in (piece.head, *piece.rows)]
        for piece in document.pieces
        if isinstance(piece, Table)
    ]


def test_the_deck() -> None:
    deck = _read(DECK.read_text(encoding="utf-8"), "deck.md")
    titles = [piece.text for piece in deck.pieces if isinstance(piece, Heading)]
    assert titles[2:5] == ["Initial Model", "Initial MSE", "Finding Minima via Gradient Descent"]
    assert len(titles) == 14
    displayed = [piece for piece in deck.pieces if isinstance(piece, Formula) and not piece.inline]
    sources = [piece.source for piece in displayed]
    assert r"b_1^1 = 0.5 - 0.01 \cdot 0.38 = 0.0462" in sources
    assert r"w_{1,2}^1 = 0.3 - 0.01 \cdot 1.204 = 0.28796" in sources
    [both] = [piece.number for piece in displayed if r"w_{1,2}^1} &= \sum" in piece.source]
    rows = [piece.source for piece in displayed if piece.number == both]
    assert [row.split("&")[0] for row in rows] == [
        r"\frac{\partial \text{MSE}}{\partial w_{1,2}^1} ",
        r"\frac{\partial \text{MSE}}{\partial b_1^1} ",
    ]
    assert rows[0].endswith("= 1.204")
    assert rows[1].endswith("= 3.8 \\cdot 0.1 = 0.38")
    [goes_on] = [source for source in sources if source.endswith("= 3.612")]
    assert goes_on.startswith("= 0.3")
    first, second = _tables(deck)
    assert first[0] == [
        "l_1^0", "l_2^0", "f^*", "l_1^1", "l_2^1", "l_2^2 = f(l_1^0, l_2^0)",
    ]  # fmt: skip
    assert first[1] == [
        "1", "3", "1", r"\text{ReLU}(0.1 \cdot 1", r"\text{ReLU}(0.1 \cdot 1",
        r"\text{ReLU}(0.1 \cdot 1.5 + 0.3 \cdot 1.5",
    ]  # fmt: skip
    assert first[3] == ["3", "5", "1", "2.3", "2.3", "1.42"]
    assert second[0][0] == "l_1^0"
    assert second[5] == ["3", "3", "0", "1.17396", "1.47188", "0.83311"]


def test_an_unknown_ending_is_refused() -> None:
    with pytest.raises(InputError, match=r"page\.docx: not a document that can be read"):
        read_document("page.docx", "")
