r"""Equations out of what stands between the marks of maths.

A row (``\\``) begins a new formula unless it goes on with the one before it: it begins with a
relation or an operator, or the row before it ends with one. Wide spaces (``\quad``), arrows
(``\implies``) and commas between two equations part formulas that share a row; so do the columns
of ``align``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tracer.documents.pieces import Formula

_SIGNS = "=≈≃≅≐≡∼≤≥≠<>≔←"
_NAMES = (
    "approx|simeq|cong|doteq|equiv|sim|leqslant|geqslant|leq|geq|le|ge|neq|ne|lt|gt|coloneqq|gets"
    "|leftarrow"
)
_WORD = "(?![A-Za-z])"
RELATION = re.compile(rf":=|[{_SIGNS}]|\\(?:{_NAMES}|stackrel|overset){_WORD}")
OPERATOR = re.compile(rf"[+*/·×∙⋅⊙]|\\(?:cdot|times|ast|div|pm|odot){_WORD}")
MINUS = re.compile(r"[-−]")
OPEN_END = re.compile(rf"(?:[{_SIGNS}+*/·×∙⋅⊙(\[−-]|\\(?:{_NAMES}|cdot|times|ast|div|pm|odot))\Z")
_TOKEN = re.compile(
    rf"""(?P<row>\\\\\*?(?:\[-?[\d.]{{0,9}}[ ]?[A-Za-z\\]{{0,20}}\])?
        |\\(?:newline|cr|tabularnewline){_WORD})
    |(?P<begin>\\begin[ ]?\{{(?:[A-Za-z]{{1,20}}\*?)\}}(?:\[[a-z]?\])?)
    |(?P<end>\\end[ ]?\{{[A-Za-z]{{1,20}}\*?\}})
    |(?P<gap>\\(?:qquad|quad){_WORD}|[\u2001\u2003])
    |(?P<arrow>\\(?:implies|impliedby|iff|Rightarrow|Longrightarrow|Leftrightarrow
        |Longleftrightarrow|Leftarrow){_WORD}|[⇒⇔])
    |(?P<dirt>\\(?:label|tag|ref|eqref)\*?[ ]?\{{[^{{}}\n]{{0,200}}\}}
        |\\(?:nonumber|notag|hline|allowbreak|displaystyle|textstyle|qedhere|hfill|hfil
            |noindent|centering|displaybreak){_WORD}
        |%[^\n]*\n?)
    |(?P<edge>\\(?:short)?intertext[ ]?\{{[^{{}}]{{0,500}}\}})
    |(?P<amp>&)
    |(?P<relation>:=|[{_SIGNS}]|\\(?:{_NAMES}){_WORD})
    |(?P<open>\\\{{|[(\[])|(?P<close>\\\}}|[)\]])
    |(?P<left>\{{)|(?P<right>\}})
    |(?P<comma>[,;](?=\s|\\[ ,;:!]|~))
    |\\(?:[A-Za-z]+|.)""",
    re.VERBOSE | re.DOTALL,
)
# environments whose rows are equations; in any other (a matrix, cases) they are entries
_EQUATIONS = re.compile(
    r"\\begin ?\{(?:align|alignat|flalign|aligned|alignedat|gather|gathered|split|eqnarray"
    r"|equation|math|displaymath|dmath|subequations|multline|multlined|IEEEeqnarray)\*?\}"
)
_ARGUMENT = re.compile(r" ?\{(?:[^{}]|\{[^{}]{0,20}\}){0,60}\}")
_EQUATION_COLUMNS = re.compile(r" ?\{(?:\s|[rcl]|@\{[^{}]{0,20}\}){1,60}\}\Z")
_THIN_END = ("\\,", "\\;", "\\:", "\\!", "\\ ", "{}", "\\\\")
_THIN = re.compile(r"(?:\\[,;:! >]|\{\}|[~,;&\s\u00a0\u2002\u2009])+")
_NOTHING = " \t\r\n\f\v~,;&\u00a0\u2002\u2009"
_BRACKETS = re.compile(r"(?:\\left|\\right|\\[{}]|[.,()\[\]|{}\s])*\Z")
_PARTING = frozenset({"row", "edge", "joined"})


@dataclass(slots=True)
class _Mark:
    """What parts formulas or lays them out: ``kind`` is the name of the token."""

    kind: str
    start: int
    stop: int


@dataclass(slots=True)
class _Part:
    """What stands between two parting marks, trimmed."""

    start: int
    stop: int
    relation: bool
    column: int = 0
    first: bool = False  # of its row
    indented: bool = False
    joined: bool = False  # a later row of multline
    index: int = 0


def bare(source: str) -> str:
    r"""``source`` as it is to be read, at the same length: what only lays it out is blanked.

    That is ``&``, ``\\``, wide spaces, labels, comments, and the begin and end of ``aligned``.
    """
    pieces = []
    last = 0
    for mark in _marks(source, 0, len(source), everything=True):
        if mark.kind not in ("relation", "comma", "arrow"):
            pieces += [source[last : mark.start], " " * (mark.stop - mark.start)]
            last = mark.stop
    return "".join([*pieces, source[last:]])


def formulas(text: str, start: int, stop: int, number: int, inline: bool = False) -> list[Formula]:
    r"""The equations in ``text[start:stop]``, which stands in maths."""
    parts = _by_column(text, [part for row in _rows(text, start, stop) for part in row])
    found: list[_Part] = []
    for part in parts:
        if found and found[-1].index + 1 == part.index and _goes_on(text, found[-1], part):
            before = found[-1]
            before.stop, before.index = part.stop, part.index
            before.relation |= part.relation
        else:
            found.append(part)
    return [Formula(text[p.start : p.stop], p.start, p.stop, number, inline) for p in found]


def _goes_on(text: str, before: _Part, part: _Part) -> bool:
    if part.joined or RELATION.match(text, part.start, part.stop):
        return True
    if OPEN_END.search(text, max(before.start, before.stop - 12), before.stop):
        return True
    if not part.first:
        return False
    if OPERATOR.match(text, part.start, part.stop):
        return True
    if MINUS.match(text, part.start, part.stop):
        return part.indented or not part.relation or not before.relation
    return False


def _by_column(text: str, parts: list[_Part]) -> list[_Part]:
    """Parts in reading order, where equations side by side go on below: each down its column."""
    for index, part in enumerate(parts):
        part.index = index
    if not any(part.column for part in parts):
        return parts
    groups: list[list[_Part]] = []
    for part in parts:
        if not groups or (part.first and not RELATION.match(text, part.start, part.stop)):
            groups.append([])
        groups[-1].append(part)
    return [part for group in groups for part in sorted(group, key=lambda part: part.column)]


def _marks(text: str, start: int, stop: int, everything: bool = False) -> Iterator[_Mark]:
    """Marks outside of braces and matrices; of ``dirt`` and wide spaces anywhere if asked."""
    inside: list[bool] = []  # of each environment, whether its rows are entries
    joined = 0
    braces = brackets = 0
    hidden = 0
    position = start
    while (token := _TOKEN.search(text, position, stop)) is not None:
        kind = token.lastgroup or ""
        here, position = token.span()
        if kind == "left":
            braces += 1
        elif kind == "right":
            braces = max(0, braces - 1)
        elif kind == "begin":
            entries, position = _environment(text, token)
            position = min(position, stop)
            inside.append(entries)
            hidden += entries
            joined = "multline" in token.group()
            if not hidden and not braces:
                yield _Mark("edge", here, position)
        elif kind == "end":
            if not hidden and not braces:
                yield _Mark("edge", here, position)
            hidden -= inside.pop() if inside else 0
            joined = False
        elif kind in ("dirt", "gap") and everything and (kind == "dirt" or not hidden):
            yield _Mark(kind, here, position)
        elif not kind or braces or hidden:
            continue
        elif kind == "open":
            brackets += 1
        elif kind == "close":
            brackets -= 1
        elif kind == "row":
            brackets = 0
            yield _Mark("joined" if joined else "row", here, position)
        elif brackets <= 0 or kind not in ("gap", "comma", "relation"):
            yield _Mark(kind, here, position)


def _environment(text: str, begin: re.Match[str]) -> tuple[bool, int]:
    """Whether rows within are entries rather than equations, and where its arguments end."""
    stop = begin.end()
    array = "{array" in begin.group()
    if array or "alignat}" in begin.group() or "alignedat" in begin.group():
        argument = _ARGUMENT.match(text, stop)
        if argument:
            stop = argument.end()
            columns = re.sub(r"@\{[^{}]*\}|[\s{}]", "", argument.group())
            if array and columns in ("l", "rl", "ll", "rcl", "lcl", "rll", "lll"):
                return not _EQUATION_COLUMNS.match(argument.group()), stop
    return not _EQUATIONS.match(begin.group()), stop


def _rows(text: str, start: int, stop: int) -> Iterator[list[_Part]]:
    marks: list[_Mark] = []
    joined = False
    for mark in [*_marks(text, start, stop), _Mark("edge", stop, stop)]:
        if mark.kind in _PARTING:
            row = _row(text, start, mark.start, marks)
            for part in row:
                part.joined = joined
            if row:
                row[0].first = True
                yield row
                joined = mark.kind == "joined"
            start, marks = mark.stop, []
        else:
            marks.append(mark)


def _row(text: str, start: int, stop: int, marks: list[_Mark]) -> list[_Part]:
    """The parts of a row: at wide spaces, arrows, columns and commas between equations."""
    parts: list[_Part] = []
    dirt = {mark.start: mark.stop for mark in marks if mark.kind == "dirt"}
    ends = {after: before for before, after in dirt.items()}
    column = amps = 0
    relation = indented = False
    later = _relations_later(marks)
    for at, mark in enumerate([*marks, _Mark("edge", stop, stop)]):
        if mark.kind == "relation":
            relation = True
        elif mark.kind == "amp":
            amps += 1
        if mark.kind in ("edge", "gap", "arrow"):
            parting = True
        elif mark.kind == "amp":
            parting = relation and amps % 2 == 0 and not _open(text, start, mark.start)
        else:
            parting = mark.kind == "comma" and relation and later[at]
        if not parting:
            continue
        begin, end = _trimmed(text, start, mark.start, dirt, ends)
        if begin < end and not _BRACKETS.match(text, begin, end):
            indented |= text.startswith("{}", max(start, begin - 2))
            parts.append(_Part(begin, end, relation, column, indented=indented))
            indented = False
        elif mark.kind == "gap":
            indented = True
        column += mark.kind == "amp"
        start, relation = mark.stop, False
    return parts


def _relations_later(marks: list[_Mark]) -> list[bool]:
    """For each mark whether a relation stands between it and the next comma or parting mark."""
    later, found = [], False
    for mark in reversed(marks):
        later.append(found)
        found = mark.kind == "relation" or (mark.kind in ("dirt", "amp") and found)
    return [*reversed(later), False]


def _open(text: str, start: int, stop: int) -> bool:
    return bool(OPEN_END.search(text[max(start, stop - 40) : stop].rstrip(" \t\n&")))


def _trimmed(
    text: str, start: int, stop: int, dirt: dict[int, int], ends: dict[int, int]
) -> tuple[int, int]:
    """Offsets without spaces, punctuation after it, labels and comments at both ends."""
    while start < stop:
        if start in dirt:
            start = dirt[start]
        elif thin := _THIN.match(text, start, stop):
            start = thin.end()
        else:
            break
    while start < stop:
        if stop in ends:
            stop = ends[stop]
        elif _ends_with_nothing(text, stop):
            stop -= 1
        elif text.startswith(_THIN_END, stop - 2):
            stop -= 2
        else:
            break
    return start, max(start, stop)


def _ends_with_nothing(text: str, stop: int) -> bool:
    """Whether the last character is a space or punctuation after the formula."""
    if text[stop - 1] == ".":
        return not text.endswith(("\\right.", "\\left."), 0, stop)
    return text[stop - 1] in _NOTHING and text[stop - 2] != "\\"
