"""What ``log`` means, said once: textbooks of learning write the natural logarithm so."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import fields
from functools import cache

from tracer.blocks import Block, Display, Heading, Page, Paragraph
from tracer.formula import Apply, Num, Var

_NOTE = Paragraph(("Here log is the natural logarithm, the key ln of a calculator.",), remark=True)


def with_note(page: Page) -> Page:
    """The page with the note after the first equations, or other block, with a logarithm."""
    return Page(page.title, tuple(_noted(page.blocks)))


def _noted(blocks: Iterable[Block]) -> Iterator[Block]:
    rest = iter(blocks)
    for block in rest:
        yield block
        if not isinstance(block, Heading) and _has_logarithm(block):
            break
    else:
        return
    # the equations that follow may go on with this one
    more = list(rest)
    end = next((i for i, own in enumerate(more) if not isinstance(own, Display)), len(more))
    yield from (*more[:end], _NOTE, *more[end:])


def _has_logarithm(part: object) -> bool:
    waiting = [part]
    while waiting:
        match waiting.pop():
            case Apply("log"):
                return True
            case str() | Num() | Var():  # most of a page
                pass
            case tuple() as parts:
                waiting += parts
            case other:
                kind: type = type(other)
                waiting += [getattr(other, name) for name in _parts(kind)]
    return False


@cache
def _parts(kind: type) -> tuple[str, ...]:
    """What formulas and blocks consist of; nothing of a number or a letter."""
    is_ours = kind.__module__ in ("tracer.blocks", "tracer.formula")
    return tuple(own.name for own in fields(kind)) if is_ours else ()
