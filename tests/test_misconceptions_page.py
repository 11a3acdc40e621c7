"""The page that lists what `tracer check` recognises is written from the rows themselves."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from tracer.diagnosis.anywhere import ANYWHERE
from tracer.diagnosis.backward import BACKWARD
from tracer.diagnosis.forward import FORWARD
from tracer.diagnosis.rows import Row
from tracer.diagnosis.slips import SLIPS, Slip
from tracer.diagnosis.table import MISCONCEPTIONS
from tracer.diagnosis.updates import UPDATES

_PARTS: tuple[tuple[str, tuple[Row, ...] | tuple[Slip, ...]], ...] = (
    ("In the forward pass", FORWARD),
    ("In the backward pass", BACKWARD),
    ("In the update", UPDATES),
    ("Anywhere", ANYWHERE),
    ("Slips of the pen, in the number itself", SLIPS),
)
_HEAD = """# What `tracer check` recognises

A misconception is a mutation of one rule of the trace, at the quantity that is judged or at one on
the way to it that was not handed in, in one place or in all of its kind. Where its value is the
student's, it is named, the likeliest first. `text` is what the report says after the quantity's
symbol. See [CONTRIBUTING.md](../../CONTRIBUTING.md) for how to add one.
"""


def _table(rows: Iterable[Row | Slip]) -> str:
    lines = [f"| `{row.code}` | {row.meaning} | {row.text} |" for row in rows]
    return "\n".join(["| code | what was done | text |", "| --- | --- | --- |", *lines])


def test_the_page_has_every_row(page: Callable[[str, str], None]) -> None:
    parts = [f"## {title}\n\n{_table(rows)}\n" for title, rows in _PARTS]
    page("docs/reference/misconceptions.md", "\n".join([_HEAD, *parts]))


def test_every_row_is_in_a_part() -> None:
    assert sum((rows for _, rows in _PARTS[:-1]), ()) == MISCONCEPTIONS
