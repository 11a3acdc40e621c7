"""What the keys of answer files name, found fast: an id, its notation, or all of a kind at once."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from tracer import ids
from tracer.problem import AnyProblem
from tracer.reading import finder, unknown
from tracer.trace import Trace

_MOST_KEPT = 20_000
_PLACES = re.compile(r"\[([0-9,]+)\]|\(([0-9]+)\)$")
_BRACKETS = re.compile(r"\[[0-9,]+\]")


@dataclass(frozen=True, slots=True)
class Family:
    """All quantities whose ids differ in their numbers only: ``axes`` are those numbers.

    ``pattern`` makes an id of them, the sample first. ``has_samples``: whether it has one.
    """

    pattern: str
    axes: tuple[tuple[int, ...], ...]
    has_samples: bool

    def id_at(self, places: tuple[int, ...]) -> str:
        """The id at a number of each axis."""
        if not self.has_samples:
            return self.pattern.format(*places)
        return ids.at(self.pattern.format(*places[1:]), places[0])


class Names:
    """The names of a problem's quantities; what was found once is remembered."""

    def __init__(self, problem: AnyProblem, trace: Trace) -> None:
        self.problem = problem
        self.index = trace.index
        self.output = trace.graph.output
        self.known: dict[str, str] = {}
        self._find = finder(self.index, problem)

    def id_of(self, name: str, gradient: bool = False) -> str | None:
        """The id that a name stands for, or None.

        With ``gradient`` that of the output's derivative by what it names, if it is none already.
        """
        if gradient:
            return self._gradient_of(name)
        found = self.known.get(name)
        if found is None:
            found = name if name in self.index else self._find(name)
            if found is not None and len(self.known) < _MOST_KEPT:
                self.known[name] = found
        return found

    def why_not(self, name: str) -> str:
        """Why a name stands for nothing, and what may be meant: a comparison with every id."""
        return unknown(name, self.index, self.problem)

    def _gradient_of(self, name: str) -> str | None:
        step, base = ids.split_step(name)
        found = self.id_of(ids.later(self._derived(base), step))
        own = self.id_of(name) if found is None else None
        if own is None:
            return found
        step, base = ids.split_step(own)
        return self.id_of(ids.later(self._derived(base), step))

    def _derived(self, base: str) -> str:
        if ("/d" in base and base.startswith("d")) or base.startswith(("∂", "\\")):
            return base
        return f"d{self.output}/d{base}"

    def family(self, name: str, gradient: bool = False) -> Family | None:
        """The family that is called so, an id without indices; None where there is none."""
        base = ids.split_step(name)[1]
        return self._families.get(self._derived(base) if gradient else base)

    @cached_property
    def _families(self) -> Mapping[str, Family]:
        places: dict[str, list[tuple[int, ...]]] = {}
        pattern: dict[str, str] = {}
        sampled: set[str] = set()
        for name in self.index:
            found = [part for match in _PLACES.finditer(name) for part in _numbers(match)]
            if not found:
                continue
            sample = ids.sample(name)
            bare = ids.base(name)
            plain = _BRACKETS.sub("", bare)
            shape = _BRACKETS.sub(lambda m: "[" + ",".join("{}" for _ in _split(m[0])) + "]", bare)
            if sample is None:
                places.setdefault(plain, []).append(tuple(found))
                pattern[plain] = shape
                continue
            *indices, _ = found
            places.setdefault(plain, []).append((sample, *indices))
            pattern[plain] = shape
            sampled.add(plain)
            if indices:
                of_one = ids.at(plain, sample)
                places.setdefault(of_one, []).append(tuple(indices))
                pattern[of_one] = ids.at(shape, sample)
        return {
            name: Family(pattern[name], _axes(rows), name in sampled)
            for name, rows in places.items()
            if len({len(row) for row in rows}) == 1
        }


def _numbers(match: re.Match[str]) -> list[int]:
    return [int(number) for number in (match[1] or match[2]).split(",")]


def _split(bracket: str) -> list[str]:
    return bracket.split(",")


def _axes(rows: list[tuple[int, ...]]) -> tuple[tuple[int, ...], ...]:
    return tuple(tuple(sorted(set(column))) for column in zip(*rows, strict=True))
