r"""Tables of LaTeX: cells apart by ``&``, rows by ``\\``, whatever lines are ruled between them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tracer.documents.pieces import Cell, Table
from tracer.documents.regions import Region, Within, trimmed

NAMES = r"(?:tabular\*?|tabularx|tabulary|longtable|longtblr|tblr|supertabular|array)"
_EDGE = re.compile(rf"\\(?:(?P<begin>begin)|end)\{{{NAMES}\}}")
_TOKEN = re.compile(
    r"""(?P<row>\\\\\*?(?:\[[^\]\n]{0,20}\])?|\\tabularnewline(?![A-Za-z]))
    |(?P<begin>\\begin\{[A-Za-z]{1,20}\*?\})|(?P<end>\\end\{[A-Za-z]{1,20}\*?\})
    |(?P<left>\{)|(?P<right>\})|(?P<amp>&)|%[^\n]*|\\(?:[A-Za-z]+|.)""",
    re.VERBOSE | re.DOTALL,
)
_LAYOUT = re.compile(
    rf"""\\begin\{{{NAMES}\}}(?:\[[a-z]\])?(?:\{{(?:[^{{}}]|\{{[^{{}}]{{0,20}}\}}){{0,60}}\}})?
    |\\end\{{{NAMES}\}}|\\\\\*?(?:\[[^\]\n]{{0,20}}\])?
    |\\rule(?:\[[^\]\n]{{0,20}}\])?\{{[^{{}}]{{0,20}}\}}\{{[^{{}}]{{0,20}}\}}
    |\\(?:cmidrule|cline|vspace|hspace|addlinespace|specialrule|rowcolor|cellcolor|midrule
        |toprule|bottomrule|arrayrulecolor)\*?(?:\([lr]{{0,2}}\))?(?:\[[^\]\n]{{0,30}}\])?
        (?:\{{[^{{}}]{{0,30}}\}})*
    |\\(?:hline|endfirsthead|endhead|endfoot|endlastfoot|centering|raggedright|strut|small
        |footnotesize|scriptsize|bfseries|itshape|quad|qquad|hfill|phantom|displaystyle|left
        |right|noalign)(?![A-Za-z])
    |%[^\n]*\n?|\{{\}}|~""",
    re.VERBOSE,
)
_MULTI = re.compile(r"\\multicolumn\{(\d{1,2})\}\{(?:[^{}]|\{[^{}]{0,20}\}){0,30}\}\{")
_WRAP = re.compile(
    r"\\(?:textbf|textit|emph|mathbf|boldsymbol|multirow\{[^{}]{0,9}\}\{[^{}]{0,9}\})\{"
)
_ARGUMENTS = re.compile(r"(?:\[[^\]\n]{0,40}\]|\{(?:[^{}]|\{(?:[^{}]|\{\}){0,40}\}){0,200}\})*")


def extents(text: str) -> dict[int, tuple[int, int]]:
    """For the start of each table where its end stands, nested ones too."""
    found: dict[int, tuple[int, int]] = {}
    begun: list[int] = []
    for mark in _EDGE.finditer(text):
        if mark["begin"]:
            begun.append(mark.start())
        elif begun:
            found[begun.pop()] = mark.span()
    return found


def body(text: str, begin: int, end: int) -> int:
    """Where the rows of the table at ``begin`` start, behind its columns."""
    name = _EDGE.match(text, begin, end)
    arguments = _ARGUMENTS.match(text, name.end(), end) if name else None
    return arguments.end() if arguments else begin


def grid(text: str, start: int, stop: int, inner: int, end: int, within: Within) -> Table | None:
    """The table in ``text[start:stop]``, whose rows stand from ``inner`` to ``end``."""
    rows: list[tuple[Cell, ...]] = []
    spanned = False
    for bounds in _rows(text, inner, end):
        cells: list[Cell] = []
        wide = False
        for a, b in bounds:
            a, b = _unruled(text, a, b)
            span = _MULTI.match(text, a, b)
            if span and int(span[1]) > 1:
                wide = True
            cells.append(_cell(text, span.end() if span else a, b - bool(span), within))
            cells += [Cell("", b, b)] * (int(span[1]) - 1 if span else 0)
        if not any(one.source for one in cells) or text.startswith("\\caption", cells[0].start):
            continue
        if len(rows) == 1 and spanned:  # a row of groups above the head
            rows = []
        spanned = wide and not rows
        if not rows or [one.source for one in cells] != [one.source for one in rows[0]]:
            rows.append(tuple(cells))
    return Table(rows[0], tuple(rows[1:]), start, stop) if rows else None


def array(text: str, start: int, stop: int, inner: int, end: int) -> Table | None:
    """The table that the display in ``text[start:stop]`` is: a ruled ``array`` and nothing else."""
    begin, last = trimmed(text, inner, end)
    whole = text.startswith("\\begin{array}", begin) and text.endswith("\\end{array}", begin, last)
    inside = text[begin:last] if whole else ""
    if inside.count("\\begin") != 1 or "\\hline" not in inside or "&" not in inside:
        return None
    last -= len("\\end{array}")
    return grid(text, start, stop, body(text, begin, last), last, Within([]))


def _rows(text: str, start: int, stop: int) -> Iterator[list[tuple[int, int]]]:
    """The cells of each row, as offsets."""
    row: list[tuple[int, int]] = []
    braces = nested = 0
    for token in _TOKEN.finditer(text, start, stop):
        kind = token.lastgroup
        if kind in ("begin", "end"):
            nested = max(0, nested + (1 if kind == "begin" else -1))
        elif kind in ("left", "right"):
            braces = max(0, braces + (1 if kind == "left" else -1))
        elif kind in ("row", "amp") and not nested and not braces:
            row.append((start, token.start()))
            start = token.end()
            if kind == "row":
                yield row
                row = []
    yield [*row, (start, stop)]


def _unruled(text: str, start: int, stop: int) -> tuple[int, int]:
    """Without lines, struts and comments before what the cell holds."""
    start, stop = trimmed(text, start, stop)
    while layout := _LAYOUT.match(text, start, stop):
        if layout.group().startswith("\\begin"):
            break
        start, stop = trimmed(text, layout.end(), stop)
    return start, stop


def _cell(text: str, start: int, stop: int, within: Within) -> Cell:
    """As :func:`regions.cell`, with what only lays the cell out taken off."""
    start, stop = _unruled(text, start, stop)
    if (wrap := _WRAP.match(text, start, stop)) and text[stop - 1] == "}":
        start, stop = trimmed(text, wrap.end(), stop - 1)
    said: list[str] = []
    place = (start, stop)
    last = start
    for region in [*within(start, stop), Region("end", stop, stop, stop, stop)]:
        between = _LAYOUT.sub(" ", text[last : region.start]).strip()
        inside = text[region.inner : region.end].strip()
        if between:
            said.append(between)
        if inside:
            said.append(inside)
            place = trimmed(text, region.inner, region.end)
        last = region.stop
    if len(said) == 1 and said[0] == text[place[0] : place[1]]:
        return Cell(said[0], *place)
    return Cell(" ".join(said), start, stop)
