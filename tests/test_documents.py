"""Finished documents are read into headings, formulas, tables and prose, each in its place."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import ROOT
from tracer.documents.displays import bare
from tracer.documents.pieces import Document, Formula, Heading, Prose, Table
from tracer.documents.reader import read_document
from tracer.errors import InputError

DECK = ROOT / "examples" / "submissions" / "deck.md"


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


def test_too_long_a_document_is_refused() -> None:
    with pytest.raises(InputError, match=r"page\.md: longer than 1,048,576 characters"):
        read_document("page.md", " " * (2**20 + 1))


@pytest.mark.parametrize(
    ("inside", "expected"),
    [
        (r"a = b \\ + (0-1.18)^2 = 1.65", [r"a = b \\ + (0-1.18)^2 = 1.65"]),
        (r"\begin{aligned} a &= b \\ &= d \\ e &= 3\end{aligned}", [r"a &= b \\ &= d", "e &= 3"]),
        (r"w = 0.3 \quad b = 5,", ["w = 0.3", "b = 5"]),
        (r"a = 1, b = 2, i = 1, \dots, n", ["a = 1", "b = 2", r"i = 1, \dots, n"]),
        (r"a &= 1 & b &= 2 \\ &= 3 & &= 4", ["a &= 1", "= 3", "b &= 2", "= 4"]),
        (r"a &=& b \\ &=& c", [r"a &=& b \\ &=& c"]),
        (
            r"\begin{array}{rcl} a &=& b \\ c &=& d \end{array}",
            ["a &=& b", "c &=& d"],
        ),
        (r"-2(1) = 0.2 \\ -2(2) = -0.12", ["-2(1) = 0.2", "-2(2) = -0.12"]),
        (r"& = a \\ & \quad - b = c", [r"= a \\ & \quad - b = c"]),
        (r"\begin{multline} a = b \\ c \\ d\end{multline}", [r"a = b \\ c \\ d"]),
        (r"x = \begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix} \\ y = 3",
         [r"x = \begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix}", "y = 3"]),
        (r"a = 1 \implies b = 2", ["a = 1", "b = 2"]),
        (r"f(x) = \left. x \right. \label{f}", [r"f(x) = \left. x \right."]),
    ],
)  # fmt: skip
def test_displays_part_into_equations(inside: str, expected: list[str]) -> None:
    assert _sources(_read(f"$$\n{inside}\n$$\n")) == expected
    assert _sources(_read(f"\\[{inside}\\]", "page.tex")) == expected


def test_what_only_lays_out_is_blanked_at_the_same_length() -> None:
    source = "a &= b % why\n \\\\ &= \\begin{pmatrix} 1 & 2 \\end{pmatrix} \\label{a}"
    assert bare(source).split() == [
        "a",
        "=",
        "b",
        "=",
        "\\begin{pmatrix}",
        "1",
        "&",
        "2",
        "\\end{pmatrix}",
    ]
    assert len(bare(source)) == len(source)


@pytest.mark.parametrize(
    "written",
    [
        "$$a = 1$$", "$$\na = 1\n$$", "```math\na = 1\n```", "```{math}\n:label: x\na = 1\n```",
        r"\[ a = 1 \]", "~~~ math\na = 1\n~~~", r"\begin{align*} a = 1 \end{align*}",
        "\\begin{equation}\na = 1\n\\end{equation}", "$$\na = 1\n\n# Title",
    ],
)  # fmt: skip
def test_displays_of_markdown(written: str) -> None:
    document = _read(f"Text\n\n{written}\n")
    assert _sources(document) == ["a = 1"]
    assert _sources(document, inline=True) == []


@pytest.mark.parametrize("written", ["$a = 1$", "$`a = 1`$", r"\(a = 1\)", "{math}`a = 1`"])
def test_maths_in_lines_of_markdown(written: str) -> None:
    assert _sources(_read(f"So {written} holds.\n"), inline=True) == ["a = 1"]


@pytest.mark.parametrize(
    "written",
    ["costs $5 and $6", "`$a = 1$`", "<!-- $a = 1$ -->", "```\n$a = 1$\n```", r"see \[1\] there",
     r"\$a = 1\$", "<pre>$$a = 1$$</pre>"],
)  # fmt: skip
def test_what_is_no_maths_in_markdown(written: str) -> None:
    assert _sources(_read(written)) == []


def test_tables_of_markdown() -> None:
    page = (
        "|a|$b$|\n|-|:-:|\n| $1$ | **2** |\n| $$x = 3$$ | $`4`$ $y$ |\n\nx\ty\tz\n1\t2\t3\n4\t\t5\n"
    )
    assert _tables(_read(page)) == [
        [["a", "b"], ["1", "2"], ["x = 3", "4 y"]],
        [["x", "y", "z"], ["1", "2", "3"], ["4", "", "5"]],
    ]


def test_a_ruled_array_is_a_table() -> None:
    page = r"\[\begin{array}{c|c} l_1^1 & l_2^1 \\ \hline 1.5 & 1.1 \end{array}\]"
    for name in ("page.md", "page.tex"):
        document = _read(page, name)
        assert _tables(document) == [[["l_1^1", "l_2^1"], ["1.5", "1.1"]]]
        assert _sources(document) == []
    matrix = page.replace(r"\hline", "")
    assert len(_sources(_read(matrix))) == 1


def test_a_moved_column_is_lined_up() -> None:
    page = "\tx\ty\tz\n1\t\t2\t3\n4\t\t\t6\n"
    assert _tables(_read(page)) == [[["x", "y", "z"], ["1", "2", "3"], ["4", "", "6"]]]
    labelled = "\tx\ty\nnew\t1\t2\n"
    assert _tables(_read(labelled)) == [[["", "x", "y"], ["new", "1", "2"]]]


def test_latex() -> None:
    page = r"""
\documentclass{beamer}
\newcommand{\x}{$secret = 1$}
\begin{document}
\begin{frame}{Gradients} % $c = 1$
\newcommand{\loss}[1]{$d = #1$} Inline $a = 1$, \(b = 2\), \verb|$v = 1$|, 5\,\$.
\begin{verbatim}
$z = 1$
\end{verbatim}
\begin{align}
  e &= 1 + 2 \\[2pt]
    &= 3 \label{e}
\end{align}
\begin{table}\begin{longtable}{@{}lr@{}}
\toprule \multicolumn{2}{c}{group} \\ \cmidrule(lr){1-2}
$x$ & $y$ \\ \midrule \endhead
1 & $\text{a \\ b}$ \\ 2 & \textbf{$4$} \\ \bottomrule
\end{longtable}\end{table}
\section{The \emph{end}}
\end{frame}
\end{document}
$after = 1$
"""
    document = _read(page, "page.tex")
    assert _sources(document, inline=True) == ["a = 1", "b = 2"]
    assert [bare(one).split() for one in _sources(document, inline=False)] == [
        ["e", "=", "1", "+", "2", "=", "3"]
    ]
    assert _tables(document) == [[["x", "y"], ["1", r"\text{a \\ b}"], ["2", "4"]]]
    titles = [(one.level, one.text) for one in document.pieces if isinstance(one, Heading)]
    assert titles == [(3, "Gradients"), (2, r"The \emph{end}")]


def test_text() -> None:
    page = "Title\n=====\n\nSo we have a sum = 3 here.\nb1[1] = 0.5\n\n"
    page += "  w = 1 + 2\n    + 3\n    = 6   v = 2\n"
    document = _read(page, "page.txt")
    assert [one.text for one in document.pieces if isinstance(one, Heading)] == ["Title"]
    assert _sources(document) == ["b1[1] = 0.5", "w = 1 + 2\n    + 3\n    = 6", "v = 2"]


def _notebook(*cells: object) -> str:
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells})


def test_notebook() -> None:
    output = {"output_type": "execute_result", "data": {"text/latex": ["$b = 2$"]}}
    book = _notebook(
        {"cell_type": "markdown", "source": ["$$a\n", "= 1"]},
        {"cell_type": "code", "source": "x = '$z = 1$'", "outputs": [output]},
        {"cell_type": "markdown", "source": "$c = 3$"},
    )
    document = _read(book, "page.ipynb")
    assert _sources(document) == ["a\n= 1", "b = 2", "c = 3"]
    assert len(document.cells) == 3
    assert document.text[document.cells[2] :].startswith("$c = 3$")


@pytest.mark.parametrize(
    ("book", "message"),
    [
        ("[" * 100_000, "nests deeper than 60"),
        ('{"cells": [], "cells": []}', 'the key "cells" stands there twice'),
        ('{"cells": NaN}', "NaN is no JSON"),
        ("[]", "no JSON object"),
        ("{}", "it has no cells"),
        ("{", "line 1, column 2"),
        (_notebook({"cell_type": "markdown", "source": 3}), "source must be text"),
        (_notebook({"cell_type": "markdown", "source": "\ud800"}), "lone surrogate"),
    ],
)
def test_what_is_no_notebook(book: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        read_document("page.ipynb", book)


def test_a_key_that_stands_there_twice_is_found_soon() -> None:
    keys = [f'"k{n}": 1' for n in range(30_000)]
    begun = time.process_time()
    with pytest.raises(InputError, match="k29999"):
        read_document("page.ipynb", "{" + ", ".join([*keys, keys[-1]]) + "}")
    assert time.process_time() - begun < 2


@pytest.mark.parametrize("ending", [".md", ".tex", ".txt"])
def test_so_many_formulas_are_read(ending: str) -> None:
    one = "  a = b\n" if ending == ".txt" else "$a = b$\n\n"
    assert _read(one * 100, f"page{ending}").pieces
    with pytest.raises(InputError, match=r"more than 25,000 formulas and tables"):
        _read(one * 25_001, f"page{ending}")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("|a|\n|-|\n|1|\n\n" * 25_001, "25,000 formulas and tables"),
        ("|a|b|\n|-|-|\n" + "|1|2|\n" * 100_000, "200,000 cells of tables"),
    ],
)
def test_so_many_tables_are_read(text: str, message: str) -> None:
    with pytest.raises(InputError, match=f"more than {message}"):
        _read(text, "page.md")


PAGES = sorted((ROOT / "tests" / "golden").glob("*.tex"))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_row_of_a_solution_is_read(page: Path) -> None:
    """Each row of a display is in a formula, and the formulas are those of the Markdown page."""
    text = page.read_text(encoding="utf-8")
    document = _read(text, page.name)
    read = "\n".join(_sources(document, inline=False))
    for display in re.findall(r"\\begin\{(?:align|gather)\*\}\n(.*?)\n\\end", text, re.DOTALL):
        for row in re.split(r"\\\\\*?\n", display):
            for part in row.split(r" \qquad "):
                assert part.strip(" &\n") in read
    markdown = page.with_suffix(".md")
    if markdown.exists():
        same = _read(markdown.read_text(encoding="utf-8"), markdown.name)
        ours, theirs = (
            [bare(one).split() for one in _sources(pages, inline=False)]
            for pages in (document, same)
        )
        assert ours == theirs


# what makes up hostile documents
BITS = st.sampled_from(
    ["$", "$$", "`", "`$", "\\[", "\\]", "\\(", "<!--", "-->", "```math\n", "```\n", "|", "|-|-|\n",
     "\t", "\n", "\n\n", "# ", "===\n", "\\begin{align}", "\\end{align}", "\\begin{tabular}{cc}",
     "\\end{tabular}", "\\begin{array}{", "\\section{", "{", "}", "\\", "\\\\", "&", "%", "\\quad",
     ", ", "=", "- ", "+", "a", "1.5", "\\verb|", "\\newcommand", "\\begin{document}", "> ", "  ",
     "───  ──\n", "⎣", "<!--tracer-->", "\n%<tracer>\n", "[tracer 1: x]", "\r\n", "\u2003", "\x00",
     '{"cells": [', "]", '"', "\\multicolumn{2}{c}{", "\\right.", "\\label{", "<pre>", "---\n"]
)  # fmt: skip
ENDINGS = st.sampled_from(["md", "tex", "txt", "ipynb"])


@given(st.lists(BITS | st.text(max_size=5), max_size=40).map("".join), ENDINGS)
@settings(max_examples=600, deadline=None)
def test_any_text_is_read_or_refused(text: str, ending: str) -> None:
    try:
        document = _read(text, f"page.{ending}")
    except InputError:
        return
    for piece in document.pieces:
        assert 0 <= piece.start <= piece.stop <= len(document.text)


DOCUMENTS = [DECK, ROOT / "tests/golden/deck.tex", ROOT / "tests/golden/deck.txt"]


@given(st.sampled_from(DOCUMENTS), st.data())
@settings(max_examples=150, deadline=None)
def test_damaged_documents_are_read(path: Path, data: st.DataObject) -> None:
    text = path.read_text(encoding="utf-8")
    for _ in range(data.draw(st.integers(1, 5))):
        start = data.draw(st.integers(0, len(text)))
        stop = min(len(text), start + data.draw(st.integers(0, 30)))
        text = text[:start] + data.draw(BITS | st.just("")) + text[stop:]
    _read(text, path.name)


# of each its cost grew with the square of its length once, or might
LONG = ["$", "$ a", "$$a\n", "`", "```\n", "<!--", "|", "\ta\n", "# ", "\\begin{align}", "{", "\\",
        "\\section{", "\\begin{tabular}{c}", "\\newcommand", "%", "&", "a   ", "a = 1, ", "[", "> ",
        "\\label{", "\n%<tracer>\n", "\n\n<!--tracer-->\n>", "\\text{", "\\left.",
        "\\multicolumn{2}{"]  # fmt: skip


@pytest.mark.parametrize("ending", ["md", "tex", "txt"])
@pytest.mark.parametrize("bit", LONG)
def test_cost_is_linear(bit: str, ending: str) -> None:
    for form in ("{}", "$${}$$", "  x = {}", "\\begin{{tabular}}{{c}}{}\\end{{tabular}}"):
        text = form.format(bit * (2**16 // len(bit)))
        begin = time.process_time()
        read_document(f"page.{ending}", text)
        assert time.process_time() - begin < 2
