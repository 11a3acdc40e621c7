"""Every ``A = B`` of a document: whether it holds, and if not, why."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from typing import Any

from flint import arb, fmpq

from tracer import ids
from tracer.answers.submission import Link, Span
from tracer.answers.trees import Minus, Number, Partial, Side, Symbol, Tree
from tracer.documents.chains import Chain, Target, last_number
from tracer.documents.equivalence import Equivalence
from tracer.documents.evaluating import Unknown, worth
from tracer.documents.facts import Facts, meets
from tracer.documents.placing import Placing
from tracer.documents.repairs import Replaced, repaired
from tracer.documents.walks import is_numeric, leaves, numbers, sums, text_of
from tracer.documents.wording import one_line, shortened, shown_value
from tracer.errors import Fault
from tracer.typeset.text import scripted


class Checker:
    """Checks the chains of a document, once all that it states is known."""

    def __init__(self, placing: Placing) -> None:
        self.placing = placing
        self.stating = placing.stating
        self.facts: Facts = placing.facts
        self.names = placing.names
        self.equivalence = Equivalence(placing.facts)

    def links(self) -> Iterator[Link]:
        """All that does not hold, in the order of the document."""
        for chain in self.placing.chains:
            yield from self.chain(chain)
        yield from self.used()

    def chain(self, chain: Chain) -> Iterator[Link]:
        """The links of one chain that do not hold."""
        if len(chain.sides) < 2:
            return
        yield from self.numbers(chain)
        if chain.target is not None:
            yield from self.symbols(chain, chain.target)
        else:
            yield from self.pairs(chain)

    # Numbers

    def numbers(self, chain: Chain) -> Iterator[Link]:
        """Sides in numbers: each is the one before, and what the chain states."""
        target = chain.target
        if target is not None and self.stating.is_open(target):
            yield from self.of_no_sample(chain, target)
        right = self.right(target)
        before: tuple[Side, Any] | None = None
        was_wrong = False
        for side in chain.sides:
            value = self.value(side)
            if value is None:
                before = None
                continue
            is_right = self.is_right(target, side, value, right)
            if before is not None and not meets(before[1], value):
                if was_wrong and is_right:
                    before = side, value
                    continue  # the side before has been named
                text = f"{shortened(before[0].source)} comes to {shown_value(before[1])}"
                yield self.link("wrong", target, before[0].source, side, text)
                was_wrong = True
            elif before is None and right and not was_wrong and not is_right:
                assert target is not None
                left = self.names.spoken(target.base)
                text = self.explained(chain, target, value, right[-1])
                yield self.link("wrong", target, left, side, text)
                was_wrong = True
            before = side, value

    def of_no_sample(self, chain: Chain, target: Target) -> Iterator[Link]:
        """A number that a quantity has at some samples leaves open which; at none it is wrong."""
        side = last_number(chain.sides)
        value = None if side is None else self.value(side)
        if side is None or value is None:
            return
        at_step = self.names.trace.at_step
        names = [at_step(ids.at(target.base, n), target.step) for n in self.facts.every]
        if not all(
            self.stating.exists(ids.at(target.base, n), target.step) for n in self.facts.every
        ):
            return
        fits = [any(meets(value, own) for own in self.facts.follows(name)) for name in names]
        if all(fits):
            return
        symbol = self.names.spoken(target.base)
        if any(fits):
            text = f"{symbol} = {one_line(side.source)}: it is not said of which sample"
            self.stating.unplaced.append(Fault(self.where(side), text))
        else:
            yield self.link("wrong", target, symbol, side, f"{symbol} has this value at no sample")

    def value(self, side: Side) -> Any:
        """What a side in numbers comes to, None where it is none."""
        if side.tree is None or not is_numeric(side.tree):
            return None
        if isinstance(side.tree, Number):
            half = self.facts.printed(side.tree, side.relation)
            return arb(side.tree.value, half) if half else side.tree.value
        if isinstance(side.tree, Minus) and isinstance(side.tree.body, Number):
            return -self.value(replace(side, tree=side.tree.body))
        try:
            return worth(side.tree, self.facts.in_numbers())
        except Unknown:
            return None

    def is_right(self, target: Target | None, side: Side, value: Any, right: list[Any]) -> bool:
        """Whether a side may be what the chain states, its terms rounded as its numbers are."""
        if target is None or side.tree is None or not right:
            return True
        name = self.names.trace.at_step(target.name, target.step)
        half = max((self.facts.half(own) for own in numbers(side.tree)), default=fmpq(0))
        value = value + arb(0, half * self.facts.terms(name))
        return any(meets(value, own) for own in right)

    def right(self, target: Target | None) -> list[Any]:
        """What the quantity that a chain states may be."""
        if target is None or self.stating.is_open(target):
            return []
        if not self.stating.exists(target.name, target.step):
            return []
        if target.step > self.facts.followed:
            return []
        return self.facts.follows(self.names.trace.at_step(target.name, target.step))

    def explained(self, chain: Chain, target: Target, value: Any, right: Any) -> str:
        """What a side comes to, what is right, and what explains the difference."""
        symbol = self.names.spoken(target.base)
        text = f"this comes to {shown_value(value)}; {symbol} is {shown_value(right)}"
        number = self.missing(target, value, right)
        if number is not None:
            return f"{text}: the term of sample {number} is missing"
        swap = self.swapped(chain, target, value)
        if swap is not None:
            wrong, meant = swap
            return f"{text}: {wrong} is used where the formula has {meant}"
        return text

    def missing(self, target: Target, value: Any, right: Any) -> int | None:
        """The one sample whose term a sum leaves out."""
        name = self.names.trace.at_step(target.name, target.step)
        parts: dict[int, Any] = {}
        for term, worth_of in self.facts.own.terms(name):
            samples = {ids.sample(arg) for arg in term.args} - {None}
            if len(samples) != 1 or worth_of is None:
                return None
            number = samples.pop()
            assert number is not None
            parts[number] = parts.get(number, fmpq(0)) + worth_of
        found = [n for n, part in parts.items() if meets(value + part, right) and part != 0]
        return found[0] if len(found) == 1 and len(parts) > 1 else None

    def swapped(self, chain: Chain, target: Target, value: Any) -> tuple[str, str] | None:
        """The symbol that must have been taken for another one to get this number."""
        formulas = [
            side.tree for side in chain.sides[1:] if side.tree and not is_numeric(side.tree)
        ]
        for tree in reversed(formulas):
            if any(self.names.ref(leaf) is None for leaf in leaves(tree)):
                continue

            def test(replaced: Replaced, tree: Tree = tree) -> bool:
                scope = self.facts.in_numbers(self.facts.own, chain.step).at(target.sample)
                try:
                    return meets(worth(tree, _with(scope, replaced)), value)
                except Unknown:
                    return False

            found = repaired(tree, target, self.names, test)
            if found is not None and len(found) == 1:
                ((text, ref),) = found.items()
                return self.names.spoken(ref.base), self.spelt(tree, text)
        return None

    # Symbols

    def symbols(self, chain: Chain, target: Target) -> Iterator[Link]:
        """Sides in symbols: each is what the chain states, whatever the numbers."""
        if not self.stating.is_open(target) and not self.stating.exists(target.name, target.step):
            return
        has_sum = any(side.tree and any(True for _ in sums(side.tree)) for side in chain.sides)
        for side in chain.sides:
            tree = side.tree
            if tree is None or is_numeric(tree) or self.is_target(tree, target):
                continue
            holds = self.equivalence.near(tree, target, chain.step)
            replaced: Replaced = {}
            if holds is not True:
                found = self.repair(tree, target, chain.step)
                if found is not None:
                    replaced = found
                    yield self.relabelled(side, tree, target, found)
                elif holds is False and not isinstance(tree, Symbol | Partial):
                    yield from self.unequal(side, tree, target, chain.step)
            is_whole = not self.names.is_of_samples(target.base) and target.sample is None
            if (
                (holds or replaced)
                and has_sum
                and is_whole
                and len(self.names.trace.batch(chain.step)) > 1
                and self.equivalence.is_sampled(tree)
            ):
                text = "the sum over the samples is left out; it stands on the other side"
                yield self.link("label", target, self.names.spoken(target.base), side, text)

    def is_target(self, tree: Tree, target: Target) -> bool:
        """Whether a side is but the quantity itself."""
        ref = self.placing.ref(tree)
        return ref is not None and ref.base == target.base

    def repair(self, tree: Tree, target: Target, step: int) -> Replaced | None:
        """What some symbols must mean for the formula to be right, here and nearby."""

        def test(replaced: Replaced) -> bool:
            own = self.equivalence
            return own.near(tree, target, step, replaced) is True and (
                own.here(tree, target, step, replaced) is True
            )

        return repaired(tree, target, self.names, test)

    def relabelled(self, side: Side, tree: Tree, target: Target, replaced: Replaced) -> Link:
        """A side with symbols that must be others."""
        wrong = ", ".join(self.spelt(tree, text) for text in replaced)
        meant = ", ".join(self.names.spoken(ref.base) for ref in replaced.values())
        verb = ("stands", "is") if len(replaced) == 1 else ("stand", "are")
        text = f"{wrong} {verb[0]} where {meant} {verb[1]} meant"
        own = self.span(side)
        return Link("label", self.name(target), wrong, meant, text, self.where(side), own)

    def spelt(self, tree: Tree, text: str) -> str:
        """A symbol as it is written in the document, in one line."""
        for leaf in leaves(tree):
            if text_of(leaf) == text:
                ref = self.names.ref(leaf)
                return scripted(text) if ref is None else self.names.spoken(ref.base)
        return scripted(text)

    def unequal(self, side: Side, tree: Tree, target: Target, step: int) -> Iterator[Link]:
        """A formula that is something else than what it is said to be."""
        if self.comes_out(tree, target, step):
            return
        if self.equivalence.here(tree, target, step) is False:
            symbol = self.names.spoken(target.base)
            text = f"this formula is not {symbol}"
            yield self.link("wrong", target, symbol, side, text)

    def comes_out(self, tree: Tree, target: Target, step: int) -> bool:
        """Whether a formula with rounded numbers among its symbols comes out in numbers."""
        if not any(self.facts.half(own) for own in numbers(tree)):
            return False
        scope = self.facts.in_numbers(self.facts.own, step).at(target.sample)
        try:
            value = worth(tree, scope)
        except Unknown:
            return False
        return any(meets(value, own) for own in self.right(target))

    def pairs(self, chain: Chain) -> Iterator[Link]:
        """Sides in symbols of a chain that states no quantity: each is the one before."""
        for before, side in pairwise(chain.sides):
            a, b = before.tree, side.tree
            if a is None or b is None or is_numeric(a) or is_numeric(b):
                continue
            if self.equivalence.alike(a, b, chain.step) is False:
                text = "the two sides are not the same"
                yield self.link("wrong", None, before.source, side, text)

    # What updates use

    def used(self) -> Iterator[Link]:
        """A gradient that is stated by its use alone has to be right, or to follow."""
        for full, span in self.placing.uses:
            answer = self.stating.answers.get(full)
            if answer is None or answer.reading is None or answer.span != span:
                continue
            value = arb(answer.reading.value, answer.reading.half)
            value = value + arb(0, answer.reading.half * self.facts.terms(full))
            right = self.facts.follows(full)
            if right and not any(meets(value, own) for own in right):
                symbol = self.names.spoken(ids.base(ids.split_step(full)[1]))
                text = (
                    f"{answer.given} is used as {symbol}, which is {shown_value(right[-1])}"
                    f"{self.other(full, answer.reading.value)}"
                )
                yield Link("wrong", full, symbol, answer.given, text, answer.where, span)

    def other(self, full: str, value: fmpq) -> str:
        """The other quantity of this kind that somebody stated with this value."""
        step, base = ids.split_step(full)
        kind = base.partition("[")[0]
        same = [
            name
            for name, answer in self.stating.answers.items()
            if name != full
            and ids.split_step(name)[0] == step
            and ids.split_step(name)[1].partition("[")[0] == kind
            and answer.reading is not None
            and answer.reading.value == value
        ]
        if len(same) != 1:
            return ""
        return f"; {shown_value(value)} is {self.names.spoken(ids.split_step(same[0])[1])}"

    # Findings

    def link(self, code: str, target: Target | None, left: str, side: Side, text: str) -> Link:
        """A finding at a side."""
        return Link(
            code, self.name(target), one_line(left), one_line(side.source), text,
            self.where(side), self.span(side),
        )  # fmt: skip

    def name(self, target: Target | None) -> str:
        """The id of what a chain states, "" for nothing."""
        return "" if target is None else self.names.trace.at_step(target.name, target.step)

    def span(self, side: Side) -> Span:
        """The place of a side."""
        return self.stating.span(side.start, side.stop)

    def where(self, side: Side) -> str:
        """The same for messages."""
        return self.stating.where(side.start)


def _with(scope: Any, replaced: Replaced) -> Any:
    return replace(scope, replaced=replaced)
