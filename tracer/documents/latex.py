r"""LaTeX, without TeX: no macro is expanded, no file is read.

What stands before ``\begin{document}``, definitions, comments and listings are left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from tracer.documents.displays import formulas
from tracer.documents.grid import NAMES, array, body, extents, grid
from tracer.documents.pieces import Heading, Piece, Prose
from tracer.documents.regions import BLANK_LINE, Next, Region, Within, trimmed

ENVIRONMENTS = "(?:align|alignat|flalign|gather|equation|eqnarray|multline|displaymath|math|dmath)"
_LEVELS = {
    "part": 1,
    "chapter": 1,
    "section": 2,
    "subsection": 3,
    "subsubsection": 4,
    "paragraph": 5,
    "subparagraph": 6,
    "frametitle": 3,
    "begin": 3,
}
_MARK = re.compile(
    rf"""(?P<comment>%[^\n]*)
    |(?P<escape>\\\\\*?(?:\[-?[\d.][^\]\n]{{0,20}}\])?)
    |(?P<listing>\\begin\{{(?P<listed>verbatim\*?|Verbatim|lstlisting|minted|comment
        |tikzpicture|filecontents\*?|thebibliography)\}})
    |(?P<display>\\begin\{{(?P<name>{ENVIRONMENTS}\*?)\}})
    |(?P<table>\\begin\{{{NAMES}\}})
    |(?P<heading>\\(?:part|chapter|(?:sub){{0,2}}section|(?:sub)?paragraph|frametitle)\*?
        [ ]?(?:\[[^\]\n]{{0,200}}\])?\{{
        |\\begin\{{frame\}}(?:<[^>\n]{{0,20}}>)?(?:\[[^\]\n]{{0,80}}\]){{0,2}}[ \t]*\n?[ \t]*\{{)
    |(?P<definition>\\(?:(?:re|provide)?newcommand|(?:re)?newenvironment|newtheorem|title|author
        |date|DeclareMathOperator|NewDocumentCommand|[gex]?def|let|usepackage|input|include
        |includegraphics|label|ref|eqref|cite|bibliography|verbatiminput|lstinputlisting)
        (?![A-Za-z])\*?)
    |(?P<verb>\\(?:verb|lstinline)\*?(?P<quote>[^A-Za-z\s*{{\[]))
    |(?P<last>\\end\{{document\}})
    |(?P<bracket>\\\[)|(?P<paren>\\\()|(?P<other>\\(?:[A-Za-z]+|.))
    |(?P<dollars>\$\$)|(?P<dollar>\$)""",
    re.VERBOSE | re.DOTALL,
)
_BEGIN = re.compile(r"^[^%\n]{0,200}\\begin\{document\}", re.MULTILINE)
_BRACE = re.compile(r"\\.|%[^\n]*|[{}]", re.DOTALL)
_NAME = re.compile(r"[ ]?\{?\\[A-Za-z]+\}?(?:#\d)*")
_OPTION = re.compile(r"[ \n]?\[[^\]\n]{0,200}\]")
_DOLLAR = re.compile(r"(?<!\\)\$")
_ONLY_LAYOUT = re.compile(
    r"(?:\\(?:begin|end|vspace|hspace|label|setlength|caption)\*?(?:\[[^\]\n]{0,40}\])?"
    r"\{[^{}]{0,80}\}|\\[A-Za-z]+\*?|\\.|[{}\s~])*+\Z"
)


def read(text: str, number: int = 0) -> list[Piece]:
    """The pieces of ``text``, whose displays are counted on from ``number``."""
    return list(_Reader(text, number).pieces())


def regions(text: str) -> list[Region]:
    """Maths, tables, titles and what is left out; maths of tables and titles comes after them."""
    return _Reader(text, 0).regions


class _Reader:
    def __init__(self, text: str, number: int) -> None:
        self.text = text
        self.number = number
        self.braces = _braces(text)
        self.tables = extents(text)
        self.paragraph = Next(text, BLANK_LINE)
        self.closers: dict[str, Next] = {}
        begin = _BEGIN.search(text)
        self.start = begin.end() if begin else 0
        self.regions = list(self.found())
        self.within = Within([one for one in self.regions if one.kind == "inline"])

    def closing(self, mark: str, after: int) -> int:
        if mark not in self.closers:
            self.closers[mark] = Next(self.text, _DOLLAR if mark == "$" else mark)
        return self.closers[mark](after)

    def found(self) -> Iterator[Region]:
        """Regions in order; inline maths of tables and titles come after those."""
        position = self.start
        while (match := _MARK.search(self.text, position)) is not None:
            if match.lastgroup == "last":
                yield Region("skip", match.start(), len(self.text), match.end(), match.end())
                break
            region = self.region(match)
            if region is not None:
                yield region
            into = region is not None and region.kind in ("table", "heading")
            position = region.inner if region and into else region.stop if region else match.end()

    def region(self, match: re.Match[str]) -> Region | None:
        kind, (start, inner) = match.lastgroup, match.span()
        if kind == "comment":
            return Region("skip", start, inner, inner, inner)
        if kind == "listing":
            mark = f"\\end{{{match['listed']}}}"
            end = self.closing(mark, inner)
            return Region("skip", start, min(len(self.text), end + len(mark)), inner, end)
        if kind == "verb":
            end = self.closing(match["quote"], inner)
            return Region("skip", start, end + 1, inner, end) if end < len(self.text) else None
        if kind == "definition":
            return Region("skip", start, self.behind_arguments(inner), inner, inner)
        if kind == "heading" and (brace := self.braces.get(inner - 1)) is not None:
            return Region("heading", start, brace + 1, inner, brace)
        if kind == "table" and start in self.tables:
            end, stop = self.tables[start]
            return Region("table", start, stop, body(self.text, start, end), end)
        return self.maths(match)

    def maths(self, match: re.Match[str]) -> Region | None:
        kind, (start, inner) = match.lastgroup, match.span()
        limit = self.paragraph(inner)
        if kind == "display":
            mark = f"\\end{{{match['name']}}}"
            stop = min(self.closing(mark, inner) + len(mark), limit)
            return Region("display", start, stop, start, stop)
        if kind in ("dollars", "bracket"):
            mark = "$$" if kind == "dollars" else "\\]"
            end = min(self.closing(mark, inner), limit)
            size = len(mark) if self.text.startswith(mark, end) else 0
            return Region("display", start, end + size, inner, end)
        if kind in ("dollar", "paren"):
            mark = "$" if kind == "dollar" else "\\)"
            end = self.closing(mark, inner)
            if end < min(limit, len(self.text)) and end > inner:
                return Region("inline", start, end + len(mark), inner, end)
        return None

    def behind_arguments(self, at: int) -> int:
        """Where the arguments of a definition end: names, options and groups."""
        name = _NAME.match(self.text, at)
        at = name.end() if name else at
        for _ in range(4):
            if option := _OPTION.match(self.text, at):
                at = option.end()
            elif (brace := self.braces.get(at)) is not None:
                at = brace + 1
        return at

    def pieces(self) -> Iterator[Piece]:
        last = self.start
        for region in self.regions:
            if region.kind == "inline" or region.start < last:
                continue
            yield from self.prose(last, region.start)
            if region.kind == "display":
                yield from self.display(region)
            elif region.kind == "table":
                place = (region.start, region.stop, region.inner, region.end)
                table = grid(self.text, *place, self.within)
                if table:
                    yield table
            elif region.kind == "heading":
                yield from self.heading(region)
            last = region.stop
        yield from self.prose(last, len(self.text))

    def display(self, region: Region) -> Iterator[Piece]:
        place = (region.inner, region.end)
        if table := array(self.text, region.start, region.stop, *place):
            yield table
            return
        self.number += 1
        yield from formulas(self.text, *place, self.number)

    def heading(self, region: Region) -> Iterator[Piece]:
        start, stop = trimmed(self.text, region.inner, region.end)
        command = re.match(r"\\([a-z]+)", self.text[region.start : region.start + 20])
        if start < stop and command:
            level = _LEVELS.get(command[1], 2)
            yield Heading(self.text[start:stop], level, start, stop)
            yield from self.inline(start, stop)

    def prose(self, start: int, stop: int) -> Iterator[Piece]:
        """Paragraphs, where they hold more than commands."""
        bounds = [start]
        bounds += [blank.start() for blank in BLANK_LINE.finditer(self.text, start, stop)]
        bounds.append(stop)
        for a, b in pairwise(bounds):
            a, b = trimmed(self.text, a, b)
            if a < b and not _ONLY_LAYOUT.match(self.text, a, b):
                yield Prose(self.text[a:b], a, b)
                yield from self.inline(a, b)

    def inline(self, start: int, stop: int) -> Iterator[Piece]:
        for region in self.within(start, stop):
            self.number += 1
            yield from formulas(self.text, region.inner, region.end, self.number, inline=True)


def _braces(text: str) -> dict[int, int]:
    """For each ``{`` where its ``}`` stands."""
    pairs: dict[int, int] = {}
    begun: list[int] = []
    for mark in _BRACE.finditer(text):
        if mark.group() == "{":
            begun.append(mark.start())
        elif mark.group() == "}" and begun:
            pairs[begun.pop()] = mark.start()
    return pairs
