"""Which quantity each equation of a document states: from its left side and where it stands."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise

from tracer import ids
from tracer.answers.submission import Span
from tracer.answers.trees import Minus, Partial, Product, Quotient, Side, Symbol, Tree
from tracer.documents.chains import (
    Chain,
    Target,
    is_worked,
    last_number,
    part_of,
    subtracted,
)
from tracer.documents.evaluating import Unknown, same, worth
from tracer.documents.facts import Facts, as_ball, meets
from tracer.documents.names import Names, Ref
from tracer.documents.pieces import Document, Formula
from tracer.documents.rows import Rows
from tracer.documents.sections import Section
from tracer.documents.stating import Stating
from tracer.documents.walks import has_free_sample, is_numeric, sums

_ADDRESS = re.compile(r"[^\s\\](?:\s|\\[,;: ])*\[([0-9]{1,9})\]\s*$")


class Placing:
    """A walk through a document that finds its chains and what they state."""

    def __init__(self, document: Document, names: Names, facts: Facts) -> None:
        self.document = document
        self.names = names
        self.facts = facts
        self.trace = names.trace
        self.section = Section(names, facts)
        self.stating = Stating(document, names, facts)
        self.chains: list[Chain] = []
        own = {name for name, _ in facts.functions}
        self.rows = Rows(document, own, names.problem.numbers.decimal_comma, self.place)
        self.elsewhere: Callable[[tuple[Side, ...]], bool] = lambda sides: False
        self.uses: list[tuple[str, Span]] = []

    def place(self, sides: tuple[Side, ...], inline: Formula | None = None) -> None:
        """One chain: what it states is remembered, and the chain for what is to be checked."""
        if len(sides) < 2 or self.elsewhere(sides):
            return
        section = self.section
        before = section.sample, section.subject, section.step, section.is_after
        if inline is not None:
            # what stands in running text is of the sample that is named beside it
            section.subject = None
            section.sample, is_new = section.inline(inline, self.document.text)
            if is_new and not section.is_after:
                section.step, section.is_after = max(section.made, section.step + 1), True
        self.placed(sides)
        if inline is not None:
            section.sample, section.subject, section.step, section.is_after = before

    def placed(self, sides: tuple[Side, ...]) -> None:
        """A chain by what its left side is: a quantity, numbers, or anything else."""
        sides = (self.addressed(sides[0]), *sides[1:])
        refs = [self.ref(side.tree) for side in sides]
        named = [ref for ref in refs if ref is not None]
        value = last_number(sides)
        if named and refs[0] is not None:
            if len(named) > 1 and value is not None and all(map(self.stating.is_given, named)):
                for ref in named:
                    self.stating.given(ref, self.target(ref), sides[0], value)
                return
            self.named(refs[0], sides, value)
        elif sides[0].tree is None:
            return
        elif is_numeric(sides[0].tree):
            target = (
                None
                if self.section.subject is None
                else Target(self.section.subject, None, self.section.step)
            )
            self.keep(Chain(sides, target, self.section.step), value)
        else:
            found = next((ref for ref in named if not self.stating.is_given(ref)), None)
            if found is not None and isinstance(sides[0].tree, Symbol):
                self.stating.mislabelled(sides[0], found)
                self.named(found, sides[1:], value)
            else:
                self.keep(Chain(sides, None, self.section.step, self.section.sample), None)

    def named(self, ref: Ref, sides: tuple[Side, ...], value: Side | None) -> None:
        """A chain whose left side is a quantity."""
        is_update = self.is_update(ref, sides)
        if self.stating.is_given(ref) and not is_update and self.section.step == 0:
            self.stating.given(ref, self.target(ref), sides[0], value)
            return
        target = self.target(ref, is_update)
        if target.base == ids.LOSS and target.sample is None and self.is_of_batch(sides):
            target = replace(target, base=ids.BATCH_LOSS)
        if target.base == ids.LOSS:
            self.section.subject = ids.LOSS
        step = self.section.step
        if is_update:
            step = target.step - 1
            self.section.made = max(self.section.made, target.step)
            self.used(ref, sides, target)
        self.keep(Chain(sides, target, step, target.sample), value)

    def keep(self, found: Chain, value: Side | None) -> None:
        """Remember a chain, and its number as an answer where it is of one quantity."""
        self.chains.append(found)
        target = found.target
        if target is None or value is None or self.stating.is_open(target):
            return
        self.stating.state(
            target.name, target.step, value, self.stating.span(value.start, value.stop)
        )

    # What symbols stand for

    def ref(self, tree: Tree | None) -> Ref | None:
        """The quantity that a side is, or the derivative that a product of derivatives makes."""
        if isinstance(tree, Symbol | Partial):
            return self.names.ref(tree)
        if isinstance(tree, Quotient):  # on a keyboard a d stands for ∂
            of, wrt = tree.top, tree.bottom
            if not (isinstance(of, Symbol) and isinstance(wrt, Symbol)):
                return None
            if not of.text[:1] == wrt.text[:1] == "d":
                return None
            of, wrt = replace(of, text=of.text[1:]), replace(wrt, text=wrt.text[1:])
            return self.names.ref(Partial(of, wrt))
        if isinstance(tree, Product) and all(isinstance(f, Partial) for f in tree.factors):
            return self._collapsed([f for f in tree.factors if isinstance(f, Partial)])
        return None

    def _collapsed(self, factors: Sequence[Partial]) -> Ref | None:
        """``∂E/∂l · ∂l/∂p`` is ``∂E/∂p``, where that is all of it."""
        pairs = [(self.names.ref(Partial(f.of, f.wrt)), f) for f in factors]
        if any(ref is None for ref, _ in pairs):
            return None
        for (_, before), (_, after) in pairwise(pairs):
            if self.names.ref(before.wrt) != self.names.ref(after.of):
                return None
        found = self.names.ref(Partial(factors[0].of, factors[-1].wrt))
        own = self.facts.here
        if found is None or has_free_sample(factors[0], self.names, {}) is False:
            return None
        for point in (own, *self.facts.near):
            scope = self.facts.at(point, 0).at(1)
            try:
                product = worth(Product(tuple(factors)), scope)
                if not same(product, point[found.at(1)]):
                    return None
            except (Unknown, TypeError):
                return None
        return found

    def addressed(self, side: Side) -> Side:
        r"""A left side with the sample in brackets behind it, as in ``p_1^1\,[3]``."""
        found = _ADDRESS.search(side.source)
        if found is None or not isinstance(side.tree, Product) or len(side.tree.factors) != 2:
            return side
        body = side.tree.factors[0]
        ref = self.ref(body)
        if ref is None or ref.base not in self.names.by_sample:
            return side
        if isinstance(body, Partial):
            wrt = replace(body.wrt, text=f"{body.wrt.text}[{found[1]}]")
            return replace(side, tree=replace(body, wrt=wrt))
        assert isinstance(body, Symbol)
        return replace(side, tree=replace(body, text=f"{body.text}[{found[1]}]"))

    def is_update(self, ref: Ref, sides: Sequence[Side]) -> bool:
        """Whether a chain states a new value: it is worked out, or has the mark of new values."""
        if not self.trace.is_update(ref.base) or self.section.is_after:
            return False
        if ref.step or "." in ref.base:
            return True
        return self.stating.is_given(ref) and any(
            side.tree is not None and is_worked(side.tree) for side in sides[1:]
        )

    def target(self, ref: Ref, is_update: bool = False) -> Target:
        """A quantity in this place of the document."""
        sample = ref.sample
        if sample is None and self.names.is_of_samples(ref.base):
            sample = 1 if len(self.facts.every) == 1 else self.section.sample
            batch = self.trace.batch(self.section.step)
            if sample is None and len(batch) == 1 and "/d" in ref.base:
                sample = batch[0]  # the step takes no other
        step = self.section.step
        if is_update or (ref.step and not self.section.is_after):
            step += 1
        if ref.base in self.trace.fixed or (
            sample and ids.at(ref.base, sample) in self.trace.fixed
        ):
            step = 0
        return Target(ref.base, sample, step)

    def is_of_batch(self, sides: Sequence[Side]) -> bool:
        """Whether a loss is that of the batch of a step, where that is not all the data.

        Its sum says so; without one it is, but under a heading of the loss.
        """
        if len(self.trace.batches) < 2 or self.section.is_after:
            return False
        found = [own for side in sides if side.tree is not None for own in sums(side.tree)]
        if not found:
            return not self.section.is_about_loss
        return any(self.facts.samples(own, 0) != self.facts.every for own in found)

    def used(self, ref: Ref, sides: Sequence[Side], target: Target) -> None:
        """The gradient that ``w - 0.01 · 3.612`` uses is stated by that."""
        if self.names.problem.optimizer.kind != "gradient_descent":
            return
        for side in sides[1:]:
            found = subtracted(side.tree)
            if found is None:
                continue
            number, is_taken_off = found
            name = ids.partial(self.trace.graph.output, ref.base)
            reading = self.stating.reading(number)
            if reading is None or not self.stating.exists(name, target.step - 1):
                continue
            if not is_taken_off:
                # minus minus made plus, unless it is the gradient itself that is added
                true = self.facts.true[self.trace.at_step(name, target.step - 1)]
                number = number if meets(as_ball(reading), true) else Minus(number)
            part = part_of(number, side)
            own = self.stating.span(part.start, part.stop)
            self.stating.state(name, target.step - 1, part, own, is_used=True)
            self.uses.append((self.trace.at_step(name, target.step - 1), own))
            return
