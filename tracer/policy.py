"""How numbers are computed and printed, the same for every kind of problem."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Numbers:
    """How numbers are computed and printed; the words are those of :mod:`tracer.schema`."""

    policy: str
    digits: int
    style: str
    decimal_comma: bool
