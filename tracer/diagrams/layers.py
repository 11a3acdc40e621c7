"""Any graph in columns: longest paths, bends where an edge passes columns, few crossings.

Sugiyama, Tagawa & Toda, Methods for visual understanding of hierarchical system structures, IEEE
Trans. SMC 11 (1981): columns, then orders by the mean place of neighbours, then heights.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

Edge = tuple[str, str]
# sweeps over all columns, to and fro
_SWEEPS = 6


def columns(above: Mapping[str, Sequence[str]], names: Sequence[str]) -> dict[str, int]:
    """The column of each name, which come after all that they depend on.

    ``above`` has what depends on each. What depends on nothing stands right before what it is for.
    """
    found = dict.fromkeys(names, 0)
    for name in names:
        for reader in above.get(name, ()):
            found[reader] = max(found[reader], found[name] + 1)
    sources = set(names) - {reader for readers in above.values() for reader in readers}
    for name in names:
        if name in sources and above.get(name):
            found[name] = min(found[reader] for reader in above[name]) - 1
    return found


def bends(edge: Edge, column: Mapping[str, int]) -> list[str]:
    """The names of the bends of an edge, one in each column that it passes."""
    start, end = edge
    return [f"{start} {end} {n}" for n in range(column[start] + 1, column[end])]


def rows(column: Mapping[str, int], edges: Sequence[Edge]) -> Counter[int]:
    """How many names and bends each column has."""
    found = Counter(column.values())
    for start, end in edges:
        found.update(range(column[start] + 1, column[end]))
    return found


def places(
    column: Mapping[str, int], edges: Sequence[Edge], down: float
) -> dict[str, tuple[int, float]]:
    """The column and the height of each name and each bend."""
    order: list[list[str]] = [[] for _ in range(max(column.values()) + 1)]
    for name, number in column.items():
        order[number].append(name)
    near: dict[str, list[str]] = {}
    for edge in edges:
        chain = [edge[0], *bends(edge, column), edge[1]]
        for number, bend in enumerate(chain[1:-1], start=column[edge[0]] + 1):
            order[number].append(bend)
        for one, other in pairwise(chain):
            near.setdefault(one, []).append(other)
            near.setdefault(other, []).append(one)
    height = {name: float(at) for row in order for at, name in enumerate(row)}
    for _ in range(_SWEEPS):
        for row in (*order, *reversed(order)):
            row.sort(key=lambda name: _mean(near.get(name, ()), height, name))
            height |= {name: at - (len(row) - 1) / 2 for at, name in enumerate(row)}
    for _ in range(_SWEEPS):
        for row in (*order, *reversed(order)):
            height |= _apart(row, [_mean(near.get(name, ()), height, name) for name in row])
    return {name: (number, down * height[name]) for number, row in enumerate(order) for name in row}


def _mean(others: Sequence[str], height: Mapping[str, float], name: str) -> float:
    return sum(height[other] for other in others) / len(others) if others else height[name]


def _apart(row: Sequence[str], wanted: Sequence[float]) -> Iterator[tuple[str, float]]:
    """The wanted heights, moved so that each is 1 below the one before, by little altogether.

    Heights less their places must not fall; the nearest such are means of runs (pool adjacent
    violators).
    """
    runs: list[tuple[float, int]] = []
    for at, height in enumerate(wanted):
        runs.append((height - at, 1))
        while len(runs) > 1 and runs[-2][0] > runs[-1][0]:
            (one, count), (other, more) = runs[-2:]
            runs[-2:] = [((one * count + other * more) / (count + more), count + more)]
    at = 0
    for height, count in runs:
        for _ in range(count):
            yield row[at], height + at
            at += 1
