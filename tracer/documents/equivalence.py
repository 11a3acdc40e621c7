"""Whether a formula in symbols is what it is said to be, at points near the problem's own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from tracer import ids
from tracer.answers.trees import Tree
from tracer.documents.chains import Target
from tracer.documents.evaluating import Scope, Unknown, same, worth
from tracer.documents.facts import Facts
from tracer.documents.names import Ref
from tracer.documents.points import Point
from tracer.documents.walks import has_free_sample

_NOTHING: Mapping[str, Ref] = {}


class Equivalence:
    """Compares formulas with quantities, and with each other."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.names = facts.names

    def near(
        self, tree: Tree, target: Target, step: int, replaced: Mapping[str, Ref] = _NOTHING
    ) -> bool | None:
        """Whether a formula is a quantity at every point nearby; None where it can't be told."""
        for point in self.facts.near:
            found = self._at(point, tree, target, step, replaced)
            if not found:
                return found
        return True

    def here(
        self, tree: Tree, target: Target, step: int, replaced: Mapping[str, Ref] = _NOTHING
    ) -> bool | None:
        """The same at the problem's own point."""
        return self._at(self.facts.here, tree, target, step, replaced)

    def alike(self, a: Tree, b: Tree, step: int) -> bool | None:
        """Whether two formulas are the same, sample by sample, here and nearby."""
        found: list[bool] = []
        try:
            for point in (self.facts.here, *self.facts.near):
                scope = self.facts.at(point, step)
                places: Sequence[int | None] = tuple(self.facts.every) or (None,)
                found.append(
                    all(same(worth(a, scope.at(n)), worth(b, scope.at(n))) for n in places)
                )
        except Unknown:
            return None
        return None if len(set(found)) > 1 else found[0]

    def is_sampled(self, tree: Tree) -> bool:
        """Whether something in it is of a sample that no sum goes over."""
        return has_free_sample(tree, self.names, _NOTHING)

    def _at(
        self, point: Point, tree: Tree, target: Target, step: int, replaced: Mapping[str, Ref]
    ) -> bool | None:
        scope = replace(self.facts.at(point, step), replaced=replaced)
        try:
            if target.sample is not None:
                return same(worth(tree, scope.at(target.sample)), self._value(point, target))
            is_free = has_free_sample(tree, self.names, replaced)
            if self.names.is_of_samples(target.base):
                own = [replace(target, sample=n) for n in self.facts.every]
                return all(
                    same(worth(tree, scope.at(each.sample)), self._value(point, each))
                    for each in own
                )
            whole = self._value(point, target)
            if not is_free:
                return same(worth(tree, scope), whole)
            return self._summed(point, tree, target, scope, whole)
        except Unknown:
            return None

    def _summed(self, point: Point, tree: Tree, target: Target, scope: Scope, whole: float) -> bool:
        """A formula without the sum: that of each sample, or with the sum left unsaid."""
        batch = self.names.trace.batch(scope.step)
        parts = [worth(tree, scope.at(n)) for n in batch]
        total = sum(parts)
        if same(total, whole) or same(total / len(parts), whole):
            return True
        own = list(self._by_sample(point, target, batch))
        rest = self._penalty(point, target)
        return len(own) == len(parts) and any(
            all(same(part, value + more) for part, value in zip(parts, own, strict=True))
            for more in (0.0, rest)
        )

    def _penalty(self, point: Point, target: Target) -> float:
        """What a loss or a gradient has of no sample: its penalty's part."""
        found = ids.parse(target.base)
        wrt = None if found is None else found.wrt
        name = ids.PENALTY if wrt is None else ids.partial(ids.PENALTY, str(wrt))
        if name not in self.names.plain:
            return 0.0
        return self._known(point, self.names.trace.at_step(name, target.step))

    def _by_sample(self, point: Point, target: Target, batch: Sequence[int]) -> Iterator[float]:
        """What each sample adds to a loss or a gradient, before any mean."""
        at_step = self.names.trace.at_step
        found = ids.parse(target.base)
        if found is None:
            return
        for n in batch:
            if found.wrt is None:
                yield self._known(point, at_step(ids.at(target.base, n), target.step))
                continue
            pre = ids.pre(found.wrt.layer, found.wrt.j)
            outer = at_step(ids.partial(ids.LOSS, pre, n), target.step)
            inner = at_step(ids.partial(pre, str(found.wrt), n), target.step)
            yield self._known(point, outer) * self._known(point, inner)

    def _value(self, point: Point, target: Target) -> float:
        return self._known(point, self.names.trace.at_step(target.name, target.step))

    def _known(self, point: Point, name: str) -> float:
        found = point.rule(name)
        if found is None:
            raise Unknown(name)
        return float(found)
