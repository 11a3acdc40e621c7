"""What the keys of answer files name, found fast: an id, its notation, or all of a kind at once."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from tracer import ids
from tracer.problem import AnyProblem
from tracer.reading import finder, unknown
from tracer.trace import Trace

_MOST_KEPT = 20_000
_BRACKETS = re.compile(r"\[([0-9,]+)\]")
_SLOT = re.compile(r"[0-9]+")


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

    def families(self, name: str, gradient: bool = False) -> tuple[Family, ...]:
        """The families that are called so, an id without indices: of losses that by sample too."""
        base = ids.split_step(name)[1]
        return self._families.get(self._derived(base) if gradient else base, ())

    @cached_property
    def _families(self) -> Mapping[str, tuple[Family, ...]]:
        places: dict[str, dict[tuple[str, bool], list[tuple[int, ...]]]] = {}
        for name in self.index:
            base = ids.split_step(name)[1]
            sample, bare = ids.sample(base), ids.base(base)
            indices = tuple(int(n) for found in _BRACKETS.findall(bare) for n in found.split(","))
            plain = _BRACKETS.sub("", bare)
            shape = _BRACKETS.sub(lambda found: f"[{_SLOT.sub('{}', found[1])}]", bare)
            if sample is not None:
                own = places.setdefault(plain, {}).setdefault((shape, True), [])
                own.append((sample, *indices))
                plain, shape = ids.at(plain, sample), ids.at(shape, sample)
            if indices:
                own = places.setdefault(plain, {}).setdefault((shape, False), [])
                own.append(indices)
        made = {
            name: tuple(
                Family(pattern, _axes(own), sampled) for (pattern, sampled), own in kinds.items()
            )
            for name, kinds in places.items()
        }
        return {name: tuple(self._whole(name, own, made)) for name, own in made.items()}

    def _whole(
        self, name: str, families: Sequence[Family], all_of: Mapping[str, Sequence[Family]]
    ) -> Iterator[Family]:
        """Those that can be written as lists; a gradient has the shape of what it is by.

        What is kept fixed has none, and may have its place or not. Of local derivatives most would
        be gaps.
        """
        prefix = f"d{self.output}/d"
        for own in families:
            if name.startswith(prefix) and not own.has_samples:
                of = all_of.get(name.removeprefix(prefix), ())
                yield own
                yield from (replace(own, axes=f.axes) for f in of if f.axes != own.axes)
            elif "/d" not in name or name.startswith(prefix):
                yield own


def _axes(rows: list[tuple[int, ...]]) -> tuple[tuple[int, ...], ...]:
    return tuple(tuple(sorted(set(column))) for column in zip(*rows, strict=True))
