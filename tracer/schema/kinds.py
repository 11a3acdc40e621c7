"""What a key can hold, and what a key is.

To add a kind of value, add it to ``Kind``, to :mod:`tracer.validation` and to
:mod:`tracer.json_schema`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

REQUIRED: Final = object()
"""The default of a key that has none."""


@dataclass(frozen=True, slots=True)
class Text:
    """Text of at most ``longest`` characters; on ``one_line`` it can't be blank."""

    longest: int
    one_line: bool = True


@dataclass(frozen=True, slots=True)
class Choice:
    """One of a few words."""

    options: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Flag:
    """true or false."""


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number from ``low`` to ``high``, or the ``word`` that may stand for one."""

    low: int
    high: int
    word: str = ""


@dataclass(frozen=True, slots=True)
class Number:
    """A number above 0; with ``below`` one from 0 on that is less, with ``most`` not more.

    ``signed``: any number but 0.
    """

    below: int | None = None
    signed: bool = False
    most: int | None = None


@dataclass(frozen=True, slots=True)
class Several:
    """A list of 1 to ``most`` values of one kind; one ``alone`` may do."""

    kind: Whole | Number | Texts
    most: int
    alone: bool = False


@dataclass(frozen=True, slots=True)
class Vector:
    """A list of at least one number; one number ``alone`` may do, or ``false`` for none."""

    alone: bool = False
    or_false: bool = False


@dataclass(frozen=True, slots=True)
class Matrix:
    """A list of at least one row, each a list of equally many numbers.

    Of ``samples`` there may be more numbers, and one for each sample may be a plain list.
    """

    samples: bool = False


@dataclass(frozen=True, slots=True)
class Array:
    """A number, a list of numbers or a matrix."""


@dataclass(frozen=True, slots=True)
class Names:
    """A list of at least one of the ``words``, or of names that all of ``pattern`` matches.

    ``such_as`` shows names of that pattern.
    """

    words: tuple[str, ...]
    pattern: str
    such_as: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Texts:
    """A list of at least ``least`` and at most ``most`` texts of one line.

    Why it is at least 2 of something is said by the joint rule that checks it.
    With ``or_numbers`` a table of names and numbers may stand in its place, or a list of such.
    """

    longest: int
    most: int
    or_numbers: bool = False
    least: int = 1


@dataclass(frozen=True, slots=True)
class NamedNumbers:
    """A table of names that the user chooses, each a number, a list of numbers or a matrix.

    Or each of another kind, ``each``.
    """

    each: Whole | Number | Array = Array()


@dataclass(frozen=True, slots=True)
class NamedChoices:
    """A table of ids, each one of a few words."""

    options: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Symbol:
    """A symbol such as ``w_{j},{k}^{i}`` with some of these ``indices``; see :mod:`tracer.glyph`.

    A ``mark`` has no letter, as in ``^+``; ``false`` may stand for none.
    """

    indices: tuple[str, ...] = ()
    or_false: bool = False
    mark: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """One table with these keys, or one of ``names``, which stands for such a table."""

    keys: tuple[Key, ...]
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Tables:
    """From one to ``most`` tables with these keys.

    ``together`` are the keys of the one table that can stand for them where ``[input]`` says so.
    """

    keys: tuple[Key, ...]
    most: int
    together: tuple[Key, ...] = ()


Kind = (
    Text
    | Choice
    | Flag
    | Whole
    | Number
    | Several
    | Vector
    | Matrix
    | Array
    | Names
    | Texts
    | NamedNumbers
    | NamedChoices
    | Symbol
    | Table
    | Tables
)


@dataclass(frozen=True, slots=True)
class Key:
    """A key: its ``meaning`` in a sentence, an ``example`` in TOML, and its value when left out.

    ``instead`` is another key of the same table that may stand in its place, never beside it;
    with the key ``unless`` it need not be there.
    """

    name: str
    kind: Kind
    meaning: str
    example: str
    default: object = REQUIRED
    instead: str = ""
    unless: str = ""
