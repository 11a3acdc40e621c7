"""What a report consists of, in no format: templates make documents of it.

What was handed in stands in it as `Given`: plain text, on one line and cut where it is too long.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from tracer.blocks import Inline
from tracer.diagnosis.wording import explain_plain, explanation
from tracer.errors import printable
from tracer.marking.judge import TOO_COARSE
from tracer.marking.verdicts import Diagnosis, Verdict
from tracer.outline.words import in_words
from tracer.solved import Worked

# code: the mark before it, and what is said of so many values; "label" is a remark on a symbol
MARKS = {
    "correct": "✓",
    "carried": "→",
    "wrong": "✗",
    "unreadable": "?",
    "missing": "·",
    "label": "!",
}
COUNTED = {
    "wrong": "wrong",
    "carried": "carried",
    "correct": "right",
    "unreadable": "unreadable",
    "missing": "missing",
}
NO_DIAGNOSIS = "None of the usual mistakes gives this number."
_LONGEST = 160
_SPACE = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Given:
    """What somebody wrote, of which nothing is ever markup; `given` makes it."""

    text: str


Said = tuple[Inline | Given, ...]


@dataclass(frozen=True, slots=True)
class Item:
    """One finding: what it is about, ``facts`` with their labels, and explanations.

    ``id`` is the quantity's; "" where it is about something else.
    """

    code: str
    head: Said
    facts: tuple[tuple[str, Said], ...] = ()
    notes: tuple[Said, ...] = ()
    where: str = ""
    id: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """A table under a sentence, which may be empty. The first column says what a row is."""

    code: str
    intro: Said
    head: tuple[str, ...]
    rows: tuple[tuple[Said, ...], ...]


@dataclass(frozen=True, slots=True)
class Section:
    """Findings of a ``kind`` under a title: paragraphs, then items, then tables."""

    kind: str
    title: str
    lead: tuple[Said, ...] = ()
    items: tuple[Item, ...] = ()
    groups: tuple[Group, ...] = ()


def literal(text: str, longest: int = _LONGEST) -> str:
    """What somebody wrote, on one line: control characters escaped, what is too long cut."""
    return printable(_SPACE.sub(" ", text[: 20 * longest]).strip(), longest)


def given(text: str | None, longest: int = _LONGEST) -> Said:
    """The same as a part of a report."""
    return (Given(literal(text or "", longest)),)


def plural(number: int, noun: str) -> str:
    """``1 value``, ``20,000 values``."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def score(number: Fraction) -> str:
    """Points as people write them: ``7``, ``2.5``, ``0.67``."""
    text = f"{float(number):.2f}"
    return text.rstrip("0").rstrip(".")


def explained(worked: Worked, verdict: Verdict, diagnosis: Diagnosis) -> Said:
    """What went wrong, without the name of the quantity before it."""
    if diagnosis.code == TOO_COARSE:
        return (f"right as far as it goes, but more digits are asked for: {verdict.expected}",)
    said = explanation(worked, verdict.id, diagnosis)
    return said[said.index(": ") + 1 :]


def explained_plain(worked: Worked, verdict: Verdict, diagnosis: Diagnosis) -> str:
    """What went wrong as plain text, which names the quantity."""
    if diagnosis.code == TOO_COARSE:
        return f"{verdict.id}: {explained(worked, verdict, diagnosis)[0]}"
    return explain_plain(worked, verdict.id, diagnosis)


def explanations(worked: Worked, verdict: Verdict) -> Iterator[Said]:
    """What most likely went wrong: best first where several explain the number equally."""
    said = [explained(worked, verdict, diagnosis) for diagnosis in verdict.diagnoses]
    if not said:
        yield (NO_DIAGNOSIS,)
    elif verdict.diagnoses[0].code == TOO_COARSE:
        yield (f"Right as far as it goes, but more digits are asked for: {verdict.expected}.",)
    elif len(said) == 1:
        yield ("Most likely: ", *said[0], ".")
    else:
        many = in_words(len(said), "mistake").capitalize()
        yield (f"{many} would each give this number, the likeliest first:",)
        for position, text in enumerate(said, start=1):
            yield (f"({position}) ", *text, ".")
