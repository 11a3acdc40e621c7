"""The ways from a quantity up to the loss."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tracer.chain import Factor


def upward(readers: Mapping[str, Sequence[str]], name: str) -> list[Factor]:
    """All local derivatives on the ways from a quantity up, each once, the nearest to it first."""
    found: dict[Factor, None] = {}
    waiting, seen = [name], {name}
    while waiting:
        below = waiting.pop(0)
        for reader in readers.get(below, ()):
            found[Factor(reader, below)] = None
            if reader not in seen:
                seen.add(reader)
                waiting.append(reader)
    return list(found)
