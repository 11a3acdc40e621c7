r"""Markdown as GitHub, pandoc, MyST and notebooks write maths in it.

Displays: ``$$…$$``, fences named ``math`` or ``{math}``, ``\[…\]`` and LaTeX's own environments.
Within lines: ``$…$``, a formula between ``$`` and backticks, ``\(…\)``, the role ``{math}``.
Code and HTML comments are left out. A display ends at a blank line if nothing closed it before.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator

from tracer.documents.displays import formulas
from tracer.documents.grid import array
from tracer.documents.pieces import Heading, Piece, Prose
from tracer.documents.regions import BLANK_LINE, Next, Region, Within, trimmed
from tracer.documents.tables import Line, has_tabs, is_rule, pipes, tabs

ENVIRONMENTS = (
    "align|alignat|flalign|gather|equation|eqnarray|multline|displaymath|math|dmath|aligned"
)
_MARK = re.compile(
    rf"""(?P<fence>^[ \t>]{{0,12}}(?P<ticks>`{{3,}}|~{{3,}})(?P<info>[^\n`]*)$)
    |(?P<comment><!--)
    |(?P<raw><(?P<tag>pre|script|style|svg|table)\b)
    |(?P<bracket>\\{{1,2}}\[)|(?P<paren>\\{{1,2}}\()
    |(?P<environment>\\begin\{{(?P<name>(?:{ENVIRONMENTS})\*?)\}})
    |(?P<escape>\\[\\$`#|<])
    |(?P<dollars>\$\$)|(?P<ticked>\$`)|(?P<role>\{{math\}}`(?!`))|(?P<dollar>\$)
    |(?P<code>`+)""",
    re.VERBOSE | re.MULTILINE,
)
_FENCE_END = re.compile(r"^[ \t>]{0,12}(`{3,}|~{3,})[ \t\r]*$", re.MULTILINE)
_OPTIONS = re.compile(r"(?:[ \t]*:[\w-]{1,40}:[^\n]*\n|[ \t\r]*\n)*")
_HEADING = re.compile(r" {0,3}(#{1,6})(?:[ \t]+|(?=[\r\n]|\Z))")
_UNDERLINE = re.compile(r"[ \t]{0,3}(=+|-+)[ \t\r]*\Z")
_LINE = re.compile(r"[^\n]+|(?<=\n)(?=\n)")
_CLOSING = {
    "\\[": "\\]",
    "\\\\[": "\\\\]",
    "\\(": "\\)",
    "\\\\(": "\\\\)",
    "$`": "`$",
    "{math}`": "`",
}
_EQUATION = re.compile(r"[=≈\\]")
_FRONT = re.compile(r"\ufeff?---[ \t\r]*\n")


def read(text: str, number: int = 0) -> list[Piece]:
    """The pieces of ``text``, whose displays are counted on from ``number``."""
    return list(_Reader(text, number).pieces())


def regions(text: str) -> Iterator[Region]:
    """Maths, code and comments, in order, none within another."""
    paragraph = Next(text, BLANK_LINE)
    closers: dict[str, Next] = {}

    def closing(mark: str, after: int) -> int:
        if mark not in closers:
            closers[mark] = Next(text, mark)
        return closers[mark](after)

    lines = [match.start() for match in re.finditer("\n", text)]
    position = 0
    front = _FRONT.match(text)
    if front and (end := text.find("\n---", front.end() - 1)) >= 0:
        position = end + 4
        yield Region("skip", 0, position, 0, 0)
    while (match := _MARK.search(text, position)) is not None:
        found = _region(text, match, closing, paragraph)
        if found is not None and match.lastgroup == "dollars" and _in_row(text, lines, found):
            found = Region("inline", found.start, found.stop, found.inner, found.end)
        if found is not None:
            yield found
        position = found.stop if found is not None else match.end()


def _region(
    text: str,
    opening: re.Match[str],
    closing: Callable[[str, int], int],
    paragraph: Callable[[int], int],
) -> Region | None:
    kind, (start, inner) = opening.lastgroup, opening.span()
    if kind == "fence":
        return _fence(text, opening)
    if kind == "comment":
        end = closing("-->", inner)
        return Region("skip", start, min(end + 3, len(text)), inner, end)
    if kind == "raw":
        end = closing(f"</{opening['tag']}", inner)
        return Region("skip", start, end, inner, end) if end < len(text) else None
    if kind == "environment":
        mark = f"\\end{{{opening['name']}}}"
        stop = min(closing(mark, inner) + len(mark), paragraph(inner))
        return Region("display", start, stop, start, stop)
    if kind == "dollars":
        end = closing("$$", inner)
        if end < len(text) and end <= paragraph(inner):
            return Region("display", start, end + 2, inner, end)
        end = paragraph(inner)  # nobody closed it: the blank line does
        return Region("display", start, end, inner, end)
    if kind == "dollar":
        end = closing("$", inner)
        good = end < paragraph(inner) and _closes(text, inner, end)
        return Region("inline", start, end + 1, inner, end) if good else None
    mark = _CLOSING.get(opening.group(), "")
    if kind == "code" and inner - start < 3:
        mark = opening.group()
    end = closing(mark, inner) if mark else len(text)
    if end >= min(paragraph(inner), len(text)):
        return None
    if kind == "bracket" and not _EQUATION.search(text, inner, end):  # escaped: \[1\]
        return None
    name = {"bracket": "display", "code": "code"}.get(kind or "", "inline")
    return Region(name, start, end + len(mark), inner, end)


def _fence(text: str, opening: re.Match[str]) -> Region:
    inner = min(opening.end() + 1, len(text))
    end = stop = len(text)
    for closing in _FENCE_END.finditer(text, inner):
        if closing[1].startswith(opening["ticks"]):
            end, stop = closing.span()
            break
    if opening["info"].strip().casefold().split(" ")[0] not in ("math", "{math}", "{.math}"):
        return Region("skip", opening.start(), stop, inner, end)
    options = _OPTIONS.match(text, inner, end)
    return Region("display", opening.start(), stop, options.end() if options else inner, end)


def _closes(text: str, inner: int, end: int) -> bool:
    """Whether a ``$`` at ``end`` closes: money (``$5 and $6``) doesn't, nor does it in a table."""
    inside = text[inner:end]
    if (
        not inside.strip()
        or "`" in inside
        or ("\n" in inside and ("\t" in inside or "|" in inside))
    ):
        return False
    before, after = inside[0].isspace(), inside[-1].isspace()
    return before == after and not (text[end + 1 : end + 2].isdigit() and not before)


def _in_row(text: str, lines: list[int], found: Region) -> bool:
    """Whether a ``$$…$$`` stands in a cell of a table."""
    at = bisect_left(lines, found.start)
    begin = lines[at - 1] + 1 if at else 0
    end = lines[at] if at < len(lines) else len(text)
    if end < found.stop:
        return False
    before, after = text[begin : min(found.start, begin + 40)], text[found.stop : found.stop + 3]
    tab = "\t" in after or "\t" in text[max(begin, found.start - 3) : found.start]
    return before.lstrip(" >").startswith("|") or (tab and bool(before.strip() or after.strip()))


class _Reader:
    """Reads what stands between displays and code line by line."""

    def __init__(self, text: str, number: int) -> None:
        self.text = text
        self.number = number
        self.regions = list(regions(text))
        self.within = Within([one for one in self.regions if one.kind == "inline"])

    def pieces(self) -> Iterator[Piece]:
        last = 0
        for region in self.regions:
            if region.kind not in ("display", "skip"):
                continue
            yield from self.lines(last, region.start)
            if region.kind == "display":
                yield from self.display(region)
            last = region.stop
        yield from self.lines(last, len(self.text))

    def lines(self, start: int, stop: int) -> Iterator[Piece]:
        paragraph: list[Line] = []
        for line in _LINE.finditer(self.text, start, stop):
            place = line.span()
            heading = _HEADING.match(self.text, *place)
            if heading or not line.group().strip(" \t\r>"):
                yield from self.paragraph(paragraph)
                paragraph = []
                if heading:
                    yield from self.heading(heading.end(), place[1], len(heading[1]))
                continue
            paragraph.append(place)
        yield from self.paragraph(paragraph)

    def display(self, region: Region) -> Iterator[Piece]:
        place = (region.inner, region.end)
        if table := array(self.text, region.start, region.stop, *place):
            yield table
            return
        self.number += 1
        yield from formulas(self.text, *place, self.number)

    def heading(self, start: int, stop: int, level: int) -> Iterator[Piece]:
        start, stop = trimmed(self.text, start, stop)
        stop = start + len(self.text[start:stop].rstrip("#").rstrip())
        if start < stop:
            yield Heading(self.text[start:stop], level, start, stop)
            yield from self.inline(start, stop)

    def paragraph(self, lines: list[Line]) -> Iterator[Piece]:
        """Tables, titles that are underlined, and prose, out of lines without a blank one."""
        texts = [self.text[start:stop] for start, stop in lines]
        pipe = ["|" in line for line in texts]
        tab = [has_tabs(line) for line in texts]
        at = begin = 0
        while at < len(lines):
            kind = None
            if at + 1 < len(lines):
                ruled = pipe[at] and is_rule(texts[at + 1])
                both = all(line.lstrip(" >").startswith("|") for line in texts[at : at + 2])
                if ruled or both:
                    kind, run = pipes, pipe
                elif tab[at] and tab[at + 1]:
                    kind, run = tabs, tab
            if kind is not None:
                yield from self.prose(lines[begin:at])
                begin = at
                while at < len(lines) and run[at]:
                    at += 1
                yield kind(self.text, lines[begin:at], self.within)
                begin = at
                continue
            underline = _UNDERLINE.match(texts[at]) if at == begin + 1 else None
            if underline:
                yield from self.heading(*lines[begin], 1 if "=" in texts[at] else 2)
                begin = at + 1
            at += 1
        yield from self.prose(lines[begin:])

    def prose(self, lines: list[Line]) -> Iterator[Piece]:
        if lines:
            start, stop = trimmed(self.text, lines[0][0], lines[-1][1])
            if start < stop:
                yield Prose(self.text[start:stop], start, stop)
                yield from self.inline(start, stop)

    def inline(self, start: int, stop: int) -> Iterator[Piece]:
        for region in self.within(start, stop):
            self.number += 1
            yield from formulas(self.text, region.inner, region.end, self.number, inline=True)
