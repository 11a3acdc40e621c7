"""Parts of a page: its sections, its tables, its pictures."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from tracer.blocks import Block, Figure, Heading, Page, Table
from tracer.errors import Fault, InputError, did_you_mean, printable
from tracer.pieces import derived, sections

# "Gradients (2)" is the second of the sections of that name
_NUMBERED = re.compile(r"(.*\S)\s*\(([1-9][0-9]{0,3})\)")


@dataclass(frozen=True, slots=True)
class Part:
    """What is wanted of a page: all of it, or some ``sections`` by their titles.

    ``tables`` are the numbers, from 1, of the tables wanted of these; empty means all of them, None
    that nothing is chosen by being a table. ``diagrams`` are the ids of pictures wanted, "" the one
    that stands alone; empty and None as with tables. ``plots``: in place of the page its plots.
    ``derived`` is the id of a derivative whose derivation alone is wanted, ``before`` of one of
    which what leads to it is.
    """

    sections: tuple[str, ...] = ()
    tables: tuple[int, ...] | None = None
    diagrams: tuple[str, ...] | None = None
    plots: bool = False
    derived: str = ""
    before: str = ""


WHOLE = Part()
"""All of a page."""


def excerpt(page: Page, part: Part) -> Page:
    """The part of a page. Raises InputError, at the option's name, where it has no such part.

    A single section has no heading, which the text around it will have.
    """
    if part == WHOLE:
        return page
    if name := part.derived or part.before:
        own = next((own for own in derived(page.blocks) if own.id == name), None)
        if own is None:
            raise _fault("part", f"this page does not derive {printable(name, 40)}")
        return Page("", own.blocks if part.derived else own.before)
    blocks = _sections(page.blocks, part.sections) if part.sections else page.blocks
    if part.tables is None and part.diagrams is None:
        return Page(page.title, tuple(blocks))
    found = []
    if part.diagrams is not None:
        found += _figures(blocks, part.diagrams)
    if part.tables is not None:
        found += _tables(blocks, part.tables)
    return Page(page.title, tuple(found))


def _sections(blocks: Sequence[Block], names: Sequence[str]) -> list[Block]:
    there = sections(blocks)
    titles = [section.title for section in there]
    if not any(titles) and any(names):
        raise _fault("section", "this page has no sections")
    chosen = sorted({number for name in names for number in _numbers(name, titles)})
    if len(chosen) == 1:
        return list(there[chosen[0]].blocks)
    found = [there[number] for number in chosen]
    return [block for some in found for block in (Heading(some.title), *some.blocks)]


def _numbers(name: str, titles: Sequence[str]) -> list[int]:
    """The places of the sections of a title, whatever its case."""
    word, plain = _plain(name), [_plain(title) for title in titles]
    found = [place for place, title in enumerate(plain) if title == word]
    numbered = _NUMBERED.fullmatch(word)
    if not found and numbered:
        alike = [place for place, title in enumerate(plain) if title == numbered[1]]
        found = alike[int(numbered[2]) - 1 : int(numbered[2])]
    if found:
        return found
    known = ", ".join(filter(None, dict.fromkeys(titles)))
    hint = did_you_mean(name, titles)
    shown = printable(name, 60)
    raise _fault("section", f'this page has no section "{shown}"{hint or f"; there are {known}"}')


def _plain(title: str) -> str:
    return " ".join(title.split()).casefold()


def _tables(blocks: Sequence[Block], numbers: Sequence[int]) -> list[Block]:
    tables = [block for block in blocks if isinstance(block, Table)]
    if not tables:
        raise _fault("table", "there is no table here")
    for number in numbers:
        if not 1 <= number <= len(tables):
            count = "is one table" if len(tables) == 1 else f"are {len(tables)} tables"
            raise _fault("table", f"there is no table {number}; here {count}, counted from 1")
    return [tables[number - 1] for number in numbers or range(1, len(tables) + 1)]


def _figures(blocks: Sequence[Block], names: Sequence[str]) -> list[Block]:
    figures = [block for block in blocks if isinstance(block, Figure)]
    if not figures:
        raise _fault("diagram", "there is no diagram here")
    found: list[Block] = []
    for name in names:
        some = [figure for figure in figures if figure.id == name and not figure.plot]
        if not some:
            known = [figure.id for figure in figures if figure.id]
            there = f"there are those of {', '.join(known[:3])}" if known else "here is one of all"
            hint = did_you_mean(name, known) or f"; {there}"
            raise _fault("diagram", f"there is no diagram of {printable(name, 40)}{hint}")
        found += some
    return found or [figure for figure in figures if not figure.id] or list(figures)


def _fault(option: str, message: str) -> InputError:
    return InputError(Fault(option, message, argument=True))
