"""Which mark a factor has: the rule is in this package's docstring."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from tracer.chain import Factor
from tracer.drawing import MARKS


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


def marks(factors: Iterable[Factor], output: str) -> dict[Factor, int]:
    """The marks of factors that lead from one quantity to the ``output``."""
    all_factors = list(factors)
    above: dict[str, list[str]] = {}
    for factor in all_factors:
        above.setdefault(factor.wrt, []).append(factor.of)
    distance = {output: 0}

    def far(name: str) -> int:
        if name not in distance:
            distance[name] = 1 + max((far(reader) for reader in above.get(name, ())), default=0)
        return distance[name]

    return {factor: (far(factor.wrt) - 1) % len(MARKS) + 1 for factor in all_factors}
