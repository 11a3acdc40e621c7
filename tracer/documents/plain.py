"""Plain text: titles underlined, formulas indented, columns under ruled heads.

A formula goes on in the next line where that begins with a relation or an operator, or where a
bracket is still open. Wide spaces part formulas that share a line. A line that is not indented is
a formula too if it has a relation and no two words in a row.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from tracer.documents.displays import MINUS, OPEN_END, OPERATOR, RELATION, formulas
from tracer.documents.pieces import Cell, Heading, Piece, Prose, Table
from tracer.documents.regions import Next, Within, trimmed
from tracer.documents.tables import Line, has_tabs, is_rule, pipes, tabs

_LINE = re.compile(r"[^\n]+|(?<=\n)(?=\n)")
_UNDERLINE = re.compile(r"(?:═{2,}|─{2,}|╌{2,}|={3,}|-{3,}|━{2,})[ \t\r]*\Z")
_COLUMN_RULE = re.compile(r"[ \t]*(?:[─━═]{1,}|-{2,})(?:[ \t]+(?:[─━═]{1,}|-{2,}))*[ \t\r]*\Z")
_GROUP = re.compile(r"[─━═-]+")
_LETTER = r"[^\W\d_⁰-ₜ²³¹]"
_WORDS = re.compile(
    rf"(?<![\w_{{]){_LETTER}{{2,}}(?:['’-]{_LETTER}+)?[ \t]+{_LETTER}{{2,}}(?![\w_}}])"
)
# a sentence that starts or ends in this line
_SENTENCE = re.compile(rf"{_LETTER}{{2,}}[ \t]+(?![σΣ∂]){_LETTER}|.*:[ \t\r]*\Z")
_ITEM = re.compile(rf"[ \t]*(?:\d{{1,3}}[.)]|[-*•])[ \t]+{_LETTER}{{2,}}")
_MATRIX = re.compile(r"[ \t]*[⎡⎢⎣⎛⎜⎝⎧⎨⎩⎪]")
_WIDE = re.compile(r"(?<=\S)(?: {3,}|\t+)(?=\S)")
_OPENING, _CLOSING = "([{", ")]}"


def read(text: str, number: int = 0) -> list[Piece]:
    """The pieces of ``text``, whose displays are counted on from ``number``."""
    return list(_Reader(text, number).pieces())


class _Reader:
    def __init__(self, text: str, number: int) -> None:
        self.text = text
        self.number = number
        self.relation = Next(text, RELATION)

    def pieces(self) -> Iterator[Piece]:
        paragraph: list[Line] = []
        for line in _LINE.finditer(self.text):
            if line.group().strip():
                paragraph.append(line.span())
            elif paragraph:
                yield from self.paragraph(paragraph)
                paragraph = []
        yield from self.paragraph(paragraph)

    def said(self, line: Line) -> str:
        return self.text[line[0] : line[1]]

    def paragraph(self, lines: list[Line]) -> Iterator[Piece]:
        if len(lines) > 1 and _UNDERLINE.match(self.said(lines[1])):
            start, stop = trimmed(self.text, *lines[0])
            first = self.said(lines[1])[0]
            level = 1 if first in "═=━" else 3 if first == "╌" else 2
            yield Heading(self.text[start:stop], level, start, stop)
            lines = lines[2:]
        rules = [at for at, line in enumerate(lines) if _COLUMN_RULE.match(self.said(line))]
        if rules and rules[0] > 0:
            yield self.table(lines, rules[0])
        elif len(lines) > 1 and all("|" in self.said(line) for line in lines[:2]):
            if is_rule(self.said(lines[1])):
                yield pipes(self.text, lines, Within([]))
            else:
                yield from self.mixed(lines)
        elif len(lines) > 1 and all(has_tabs(self.said(line)) for line in lines):
            yield tabs(self.text, lines, Within([]))
        else:
            yield from self.mixed(lines)

    def mixed(self, lines: list[Line]) -> Iterator[Piece]:
        """Runs of formulas and of prose."""
        prose: list[Line] = []
        run: list[Line] = []
        for line in lines:
            if self.is_formula(line, bool(run), bool(prose)):
                yield from self.prose(prose)
                prose = []
                run.append(line)
            else:
                yield from self.formulas(run)
                run = []
                prose.append(line)
        yield from self.prose(prose)
        yield from self.formulas(run)

    def is_formula(self, line: Line, after_formula: bool, after_prose: bool) -> bool:
        said = self.said(line)
        if _WORDS.search(said) or _ITEM.match(said):
            return False
        indented = said.startswith(("  ", "\t"))
        if not indented and _SENTENCE.match(said):
            return False
        if RELATION.search(said):
            return True
        return indented and (not after_prose or after_formula)

    def formulas(self, lines: list[Line]) -> Iterator[Piece]:
        if not lines:
            return
        self.number += 1
        start, stop = trimmed(self.text, *lines[0])
        depth = self.depth(start, stop)
        for line in lines[1:]:
            begin, end = trimmed(self.text, *line)
            if depth > 0 or self.goes_on(start, stop, begin, end):
                depth += self.depth(begin, end)
                stop = end
                continue
            yield from self.parts(start, stop)
            start, stop = begin, end
            depth = self.depth(begin, end)
        yield from self.parts(start, stop)

    def goes_on(self, start: int, stop: int, begin: int, end: int) -> bool:
        if RELATION.match(self.text, begin, end) or OPERATOR.match(self.text, begin, end):
            return True
        if _MATRIX.match(self.text, begin, end):
            return True
        if MINUS.match(self.text, begin, end) and not RELATION.search(self.text, begin, end):
            return True
        return bool(OPEN_END.search(self.text, max(start, stop - 3), stop))

    def depth(self, start: int, stop: int) -> int:
        said = self.text[start:stop]
        return sum(map(said.count, _OPENING)) - sum(map(said.count, _CLOSING))

    def parts(self, start: int, stop: int) -> Iterator[Piece]:
        """The formulas of one line, or of a line and those that go on with it."""
        bounds = [start]
        if not any(sign in self.text[start:stop] for sign in "⎡⎢⎣"):
            for gap in _WIDE.finditer(self.text, start, stop):
                if gap.end() < self.relation(gap.end()) < stop:
                    bounds.append(gap.end())
        for a, b in pairwise([*bounds, stop]):
            yield from formulas(self.text, a, b, self.number)

    def table(self, lines: list[Line], rule: int) -> Table:
        """Cells stand under the dashes; a row whose first cell is empty goes on with that above."""
        columns = [group.start() for group in _GROUP.finditer(self.said(lines[rule]))]
        head = self.joined([self.row(line, columns) for line in lines[:rule]])
        rows: list[list[list[Cell]]] = []
        for line in lines[rule + 1 :]:
            if _COLUMN_RULE.match(self.said(line)):
                continue
            cells = self.row(line, columns)
            if rows and not cells[0].source:
                rows[-1].append(cells)
            else:
                rows.append([cells])
        return Table(head, tuple(map(self.joined, rows)), lines[0][0], lines[-1][1])

    def row(self, line: Line, columns: list[int]) -> list[Cell]:
        start, stop = line
        # who fills in a table need not keep its columns below each other
        between = trimmed(self.text, start, stop)
        gaps = [gap.span() for gap in _WIDE.finditer(self.text, *between)]
        if len(gaps) == len(columns) - 1:
            edges = [between[0], *(edge for gap in gaps for edge in gap), between[1]]
            return [
                Cell(self.text[a:b], a, b) for a, b in zip(edges[::2], edges[1::2], strict=True)
            ]
        bounds = [min(start + column, stop) for column in columns] + [stop]
        bounds[0] = start
        places = [trimmed(self.text, a, b) for a, b in pairwise(bounds)]
        return [Cell(self.text[a:b], a, b) for a, b in places]

    def joined(self, rows: list[list[Cell]]) -> tuple[Cell, ...]:
        """Cells of several lines as one, at the place of the first line that fills them."""
        cells = []
        for column in zip(*rows, strict=True):
            filled = [one for one in column if one.source]
            first = filled[0] if filled else column[0]
            said = " ".join(one.source for one in filled)
            cells.append(Cell(said, first.start, first.stop))
        return tuple(cells)

    def prose(self, lines: list[Line]) -> Iterator[Piece]:
        if lines:
            start, stop = trimmed(self.text, lines[0][0], lines[-1][1])
            yield Prose(self.text[start:stop], start, stop)
