"""What a page consists of, in no format: renderers turn blocks into documents."""

from __future__ import annotations

from dataclasses import dataclass

from tracer.drawing import Drawing
from tracer.formula import Equation, Formula

# running text: words, and formulas between them
Inline = str | Formula | Equation
Text = tuple[Inline, ...]
Cell = Inline | Text


@dataclass(frozen=True, slots=True)
class Heading:
    """A section title."""

    text: str


@dataclass(frozen=True, slots=True)
class Subheading:
    """The title of a part of a section, which may hold formulas."""

    content: Text


@dataclass(frozen=True, slots=True)
class Rule:
    """A line across the page: the upper (``opens``) or the lower edge of a box."""

    opens: bool


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text; a ``remark`` is an aside that points out what could mislead."""

    content: Text
    remark: bool = False


@dataclass(frozen=True, slots=True)
class Display:
    """Equations aligned at their first relation sign; ``id`` is the quantity they derive."""

    equations: tuple[Equation, ...]
    id: str = ""


@dataclass(frozen=True, slots=True)
class Flow:
    """Short formulas, as many on a line as fit; each group begins a line."""

    groups: tuple[tuple[Equation, ...], ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under a head; a cell is a formula, or running text.

    The first ``keys`` columns say which row it is and are repeated where a wide table is split.
    With ``total`` the last row is the sum of those above.
    """

    head: tuple[Cell, ...]
    rows: tuple[tuple[Cell, ...], ...]
    keys: int
    total: bool = False


@dataclass(frozen=True, slots=True)
class Figure:
    """A picture; ``id`` is the quantity that it stands beside, "" where it stands alone.

    ``plot``: one of numbers, not of the network or graph.
    """

    drawing: Drawing
    id: str = ""
    plot: bool = False


@dataclass(frozen=True, slots=True)
class Steps:
    """A numbered list."""

    items: tuple[Text, ...]


Block = Heading | Subheading | Rule | Paragraph | Display | Flow | Table | Steps | Figure


@dataclass(frozen=True, slots=True)
class Page:
    """A whole document."""

    title: str
    blocks: tuple[Block, ...]
