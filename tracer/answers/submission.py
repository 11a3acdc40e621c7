"""What a submission holds, whatever file it came from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from flint import fmpq

from tracer.errors import Fault

# A class's submissions hold thousands of readings and answers: as tuples they are made in a third
# of the time.


class Reading(NamedTuple):
    """A number as somebody wrote it: ``value`` and what it may stand for, ``half`` up or down.

    ``half`` is half a unit of the last printed place, 0 where the number is exact (a fraction).
    ``decimals`` is how many it is printed with (negative where the last place is tens or more),
    None for a fraction and for arithmetic, whose ``half`` comes from the numbers in it.
    ``figures``: how many significant figures it shows; None likewise.
    """

    value: fmpq
    half: fmpq
    decimals: int | None = None
    figures: int | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """Where something stands in a file: offsets in its text, and the line counted from 1."""

    start: int
    stop: int
    line: int


class Answer(NamedTuple):
    """What is stated of one quantity.

    ``given`` is the text as written, of which nothing is ever markup. ``reading`` is None where it
    could not be read; ``reason`` then says why, in words for who wrote it. ``where`` is its place
    for messages (``answers.toml:3:9``) and ``span`` in the text, where there is one. ``differs``:
    it is a formula, and another function than the quantity, whatever number it comes to.
    """

    id: str
    given: str
    reading: Reading | None
    reason: str = ""
    where: str = ""
    span: Span | None = None
    differs: bool = False


@dataclass(frozen=True, slots=True)
class Link:
    """One ``A = B`` of a finished document that does not hold, or whose writing can't be meant.

    ``code``: ``wrong`` (it does not come out), ``label`` (a symbol stands for another one: the
    numbers do not suffer), ``unreadable`` (a side could not be read; never a fault). ``id`` is the
    quantity that the chain states, "" where it states none. ``text`` says in plain words what is
    the matter.
    """

    code: str
    id: str
    left: str
    right: str
    text: str
    where: str = ""
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Submission:
    """All that was handed in. ``name`` is the file's, as messages call it.

    ``unknown``: entries that name no quantity of the problem, each with what may be meant.
    ``source`` is the text of a document, for `--annotate`; "" for structured files.
    """

    name: str
    answers: Mapping[str, Answer]
    unknown: tuple[Fault, ...] = ()
    links: tuple[Link, ...] = ()
    source: str = ""
