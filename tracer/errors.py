"""What can go wrong, in two families: an input that can't be used, and what is not supported.

The helpers here keep every message to one readable line, whatever the input contains.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass

from tracer.other_names import usual


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with an input: ``where`` it is, and a ``message`` of what would be right.

    With ``argument`` it is an argument of that name, which the command line has as an option.
    """

    where: str
    message: str
    argument: bool = False

    def __str__(self) -> str:
        return f"{self.where}: {self.message}"


class TracerError(Exception):
    """Base of every error that the package raises on purpose."""


class InputError(TracerError):
    """An input can't be used; ``faults`` names everything wrong with it, one line each in str()."""

    def __init__(self, *faults: Fault) -> None:
        super().__init__(*faults)
        self.faults: tuple[Fault, ...] = faults

    def __str__(self) -> str:
        return "\n".join(map(str, self.faults))


class NotSupported(TracerError):  # noqa: N818 - it is no error of the user's
    """The request is clear, but this version can't do it (yet)."""


def did_you_mean(word: str, choices: Iterable[str]) -> str:
    """Return ``'; did you mean "x"?'`` for the choice closest to ``word``, or ``""`` if none is."""
    guess = closest(word, choices)
    return f'; did you mean "{guess}"?' if guess else ""


def closest(word: str, choices: Iterable[str]) -> str | None:
    """Return the choice that ``word`` most likely stands for, whatever its case, or None."""
    by_case = {choice.casefold(): choice for choice in choices}
    # the cut keeps a hostile word of a million letters from costing anything
    word = word[:100].casefold()
    other = usual(word, frozenset(by_case))
    matches = [other] if other else difflib.get_close_matches(word, by_case, n=1)
    return by_case[matches[0]] if matches else None


def printable(text: str, longest: int = 200) -> str:
    """Return ``text`` on one line: control characters escaped, the middle of long text left out."""
    if len(text) > longest:
        text = f"{text[: longest // 2]}…{text[-longest // 4 :]}"
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape").decode("ascii")
        for char in text
    )


def count(number: int, noun: str) -> str:
    """Return "1 row", "2 rows", "20,000 rows"."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
