"""All mutants of a quantity: what would have come out, had one rule been taken wrongly.

The rule is that of the quantity itself, or of one on the way to it that was not handed in (what was
handed in is what the student went on with). A table of mutants belongs to a problem and depends on
nothing else: where everything before a quantity is right, a student's number is looked up in it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from tracer.diagnosis.batch import Batch, batch
from tracer.diagnosis.floats import Compiled, Functions, to_float, worked_out
from tracer.diagnosis.mutant import Mutant, Table, Values, Way
from tracer.diagnosis.places import GIVEN, Places
from tracer.diagnosis.rows import Row, Site, Variant
from tracer.diagnosis.slopes import by_hand
from tracer.diagnosis.table import MISCONCEPTIONS
from tracer.diagnosis.view import View
from tracer.problem import AnyProblem
from tracer.trace import Trace

# how many mutants there are of a quantity
_MOST_MUTANTS = 2_000
# how many rules are worked out for a table that many submissions share, and for one submission
_MOST_WORK_ONCE = 40_000
MOST_WORK = 4_000
# and how many mutants are kept of all quantities, about a kilobyte each
_MOST_KEPT = 200_000
# how many ways of handing in some and not others are remembered of a quantity
_MOST_KNOWN = 8
# asked for so many times, the mutants of a quantity are compiled; of so many quantities at most
_OFTEN = 4
_MOST_BATCHES = 500
# relative to the value: floats that are closer are the same number
_SAME = 1e-10
# one place in so many less likely for each quantity between it and the one judged
_PER_STEP = 0.85
# the same slip in all places of a kind is about as likely as in a certain one of them
_IN_ONE_OF_MANY = 0.3
_SPANS = ("samples", "layer", "all")


@dataclass(frozen=True, slots=True)
class Outcomes:
    """What comes out of the likeliest mutants over a student's values: as printed, and otherwise.

    ``follows`` is what the right rules give, ``total`` the sum of all chances; ``other`` has the
    other outcome of each by its number.
    """

    follows: float
    mutants: Sequence[Mutant]
    values: Sequence[float]
    other: Callable[[int], float]
    total: float

    def others(self, low: float, high: float) -> tuple[float, list[int]]:
        """The chances of all that give another value than the right one, and those in a range."""
        near = _SAME * abs(self.follows)
        right = set(self._between(self.follows - near, self.follows + near))
        same = sum(self.mutants[number].chance for number in right)
        found = [number for number in self._between(low, high) if number not in right]
        return self.total - same, found

    def _between(self, low: float, high: float) -> list[int]:
        return [number for number, value in enumerate(self.values) if low <= value <= high]


class Mutants:
    """What diagnosis works out of a problem, each once: rules as floats, ways, mutants, tables."""

    def __init__(self, trace: Trace, problem: AnyProblem) -> None:
        self.places = Places(trace, problem)
        self.functions = Functions()
        self._right: dict[str, Compiled] = {}
        self._sources: dict[str, tuple[str, ...]] = {}
        self._reached: dict[tuple[str, int], list[tuple[tuple[str, ...], frozenset[str]]]] = {}
        self._behind: dict[tuple[str, ...], frozenset[str]] = {}
        self._ways: dict[tuple[str, ...], Way] = {}
        self._mutants: dict[tuple[str, ...], tuple[Mutant, ...]] = {}
        self._kept = 0
        self._tables: dict[tuple[str, ...], Table] = {}
        self._asked: dict[tuple[str, ...], int] = {}
        self._batches: dict[tuple[str, ...], Batch] = {}

    def right(self, name: str) -> Compiled:
        """The right rule of a quantity."""
        found = self._right.get(name)
        if found is None:
            found = self._right[name] = self.functions.rule(by_hand(self.places, name))
        return found

    def reached(self, name: str, answered: frozenset[str], most: int = 400) -> tuple[str, ...]:
        """The quantity and what it goes back to that was not handed in, the nearest first."""
        known = self._reached.setdefault((name, most), [])
        for behind, before in known:
            if before <= answered and answered.isdisjoint(behind[1:]):
                return behind
        queue, seen = [name], {name}
        handed_in: set[str] = set()
        for own in queue:
            for arg in self._sources_of(own):
                if arg in answered:
                    handed_in.add(arg)
                elif arg not in seen:
                    seen.add(arg)
                    queue.append(arg)
            if len(queue) >= most:
                break
        if len(known) < _MOST_KNOWN:
            known.append((tuple(queue), frozenset(handed_in)))
        return tuple(queue)

    def behind(self, name: str, answered: frozenset[str], most: int) -> frozenset[str]:
        """What a quantity goes back to that was not handed in, without an order."""
        reached = self.reached(name, answered, most)
        found = self._behind.get(reached)
        if found is None:
            found = self._behind[reached] = frozenset(reached)
        return found

    def _sources_of(self, name: str) -> tuple[str, ...]:
        """What a rule reads that has a rule itself, each once."""
        found = self._sources.get(name)
        if found is None:
            args = dict.fromkeys(arg for _, args in self.right(name) for arg in args)
            found = self._sources[name] = tuple(arg for arg in args if self.right(arg))
        return found

    def way(self, reached: tuple[str, ...]) -> Way:
        """The same in the order in which it is worked out."""
        found = self._ways.get(reached)
        if found is None:
            found = self._ways[reached] = self._way(reached)
        return found

    def _way(self, reached: tuple[str, ...]) -> Way:
        inside = set(reached)
        reads: dict[str, list[str]] = {name: [] for name in reached}
        depth = {reached[0]: 0}
        for name in reached:
            for arg in self._sources_of(name):
                if arg in inside:
                    reads[arg].append(name)
                    depth.setdefault(arg, depth[name] + 1)
        left = {name: len(readers) for name, readers in reads.items()}
        order, ready = [], [reached[0]]
        while ready:  # from the end back: each after all that read it
            name = ready.pop()
            order.append(name)
            for arg in self._sources_of(name):
                if arg in inside:
                    left[arg] -= 1
                    if not left[arg]:
                        ready.append(arg)
        return Way(tuple(reversed(order)), depth, reads)

    def mutants(self, reached: tuple[str, ...]) -> tuple[Mutant, ...]:
        """All mutants of the first of ``reached``."""
        found = self._mutants.get(reached)
        if found is None:
            found = tuple(self._made(self.way(reached), reached[0]))
            self._kept += len(found)
            if self._kept > _MOST_KEPT:  # forgets all: what is needed again is made again
                for known in (self._tables, self._mutants, self._ways, self._behind, self._asked):
                    known.clear()
                self._kept = len(found)
            self._mutants[reached] = found
        return found

    def _made(self, way: Way, judged: str) -> list[Mutant]:
        single: list[tuple[Row, Site, Variant]] = []
        many: dict[tuple[str, int, str, str], list[tuple[Row, Site, Variant]]] = {}
        for name in sorted(way.depth, key=lambda one: way.depth[one]):
            site = Site(self.places.place(name), self.places)
            if site.kind == GIVEN:
                continue
            for row in MISCONCEPTIONS:
                if row.near and name != judged:
                    continue
                for variant in row.variants(site):
                    single.append((row, site, variant))
                    for level in range(len(_SPANS)) if name != judged else ():
                        key = row.code, level, site.place.likeness(level), variant.key
                        many.setdefault(key, []).append((row, site, variant))
            if len(single) > _MOST_MUTANTS:
                break
        counts: dict[tuple[str, str], int] = {}
        for row, site, _ in single:
            counts[row.code, site.id] = counts.get((row.code, site.id), 0) + 1
        found = []
        seen: set[tuple[str, ...]] = set()
        for (_, level, _, _), group in many.items():
            at = tuple(site.id for _, site, _ in group)
            if len(at) < 2 or len(set(at)) < len(at):
                continue
            own = (group[0][0].code, group[0][2].key, *at)
            if own not in seen:
                seen.add(own)
                found.append(self._mutant(way, group, counts, level))
        alike: dict[tuple[str, str, str], int] = {}
        for row, site, variant in single:
            same = row.code, site.place.likeness(1), variant.key
            alike[same] = alike.get(same, 0) + 1
        for row, site, variant in single:
            count = alike[row.code, site.place.likeness(1), variant.key]
            share = 1.0 if count == 1 else _IN_ONE_OF_MANY / count
            found.append(self._mutant(way, [(row, site, variant)], counts, -1, share))
        found.sort(key=lambda mutant: -mutant.chance)
        return found[:_MOST_MUTANTS]

    def _mutant(
        self,
        way: Way,
        group: Sequence[tuple[Row, Site, Variant]],
        counts: Mapping[tuple[str, str], int],
        level: int,
        share: float = 1.0,
    ) -> Mutant:
        row, first, variant = min(group, key=lambda entry: way.depth[entry[1].id])
        changed = {site.id for _, site, _ in group}
        touched = set(changed)
        queue = list(changed)
        for name in queue:
            for reader in way.reads[name]:
                if reader not in touched:
                    touched.add(reader)
                    queue.append(reader)
        chance = row.weight * share * _PER_STEP ** way.depth[first.id]
        chance /= counts[row.code, first.id]
        return Mutant(
            row,
            first.id,
            len(group) > 1,
            variant.details if level < 0 else {**variant.details, "span": _SPANS[level]},
            {site.id: one.rule for _, site, one in group},
            {site.id: self.functions.rule(one.rule) for _, site, one in group},
            tuple(name for name in way.order if name in touched),
            chance * 0.9 ** max(level, 0),
            f"{row.code} {variant.key}",
        )

    def table(self, reached: tuple[str, ...], view: View) -> Table:
        """The mutants by their values, where everything that goes in is right."""
        found = self._tables.get(reached)
        if found is None:
            true = Values(lambda name: to_float(view.true(name)))
            own = true[reached[0]]
            pairs = [*self.tried(reached, true, own, _MOST_WORK_ONCE)]
            pairs.sort(key=lambda pair: pair[0])
            found = Table(
                tuple(value for value, _ in pairs),
                tuple(mutant for _, mutant in pairs),
                own,
                sum(mutant.chance for _, mutant in pairs),
            )
            self._tables[reached] = found
        return found

    def tried(
        self, reached: tuple[str, ...], base: Values, right: float, most: int
    ) -> Iterator[tuple[float, Mutant]]:
        """The values of the likeliest mutants that give anything else than what is ``right``.

        ``most``: how many rules are worked out for that.
        """
        for mutant in self._likeliest(reached, most):
            value = self.value(mutant, base)
            if math.isfinite(value) and abs(value - right) > _SAME * max(abs(right), abs(value)):
                yield value, mutant

    def _likeliest(self, reached: tuple[str, ...], most: int) -> Sequence[Mutant]:
        work = 0
        mutants = self.mutants(reached)
        for number, mutant in enumerate(mutants):
            work += len(mutant.after)
            if work > most:
                return mutants[:number]
        return mutants

    def outcomes(self, reached: tuple[str, ...], value: Values, other: Values) -> Outcomes:
        """What comes out where those before are as ``value`` says, or as ``other`` does."""
        known = self._batches.get(reached)
        if known is not None:
            right, *values = known.values(value) or (math.nan,)
            if values:
                return Outcomes(right, known.mutants, values, known.other(other), known.total)
        chosen = self._likeliest(reached, MOST_WORK)
        self._asked[reached] = self._asked.get(reached, 0) + 1
        if self._asked[reached] == _OFTEN and len(self._batches) < _MOST_BATCHES:
            order = self.way(reached).order
            self._batches[reached] = batch(order, partial(by_hand, self.places), chosen)
        base = self.worked(reached, value.__getitem__)
        plain = self.worked(reached, other.__getitem__)
        values = [self.value(mutant, base) for mutant in chosen]
        total = sum(mutant.chance for mutant in chosen)
        return Outcomes(
            base[reached[0]],
            chosen,
            values,
            lambda number: self.value(chosen[number], plain),
            total,
        )

    def worked(self, reached: tuple[str, ...], value: Callable[[str], float]) -> Values:
        """All values where those before what is ``reached`` are as ``value`` says."""
        values = Values(value)
        for name in self.way(reached).order:
            values[name] = worked_out(self.right(name), values)
        return values

    def value(self, mutant: Mutant, base: Values) -> float:
        """What comes out of a mutant over the values of everything else."""
        if len(mutant.after) == 1:
            return worked_out(mutant.rules[mutant.place], base)
        # laid over for a moment: looked up far more often than there are mutants
        before = [(name, base[name]) for name in mutant.after]
        for name in mutant.after:
            rule = mutant.rules.get(name)
            base[name] = worked_out(self._right[name] if rule is None else rule, base)
        result = base[mutant.after[-1]]
        base.update(before)
        return result
