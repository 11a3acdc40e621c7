"""What a document states: an answer for each quantity, and what contradicts it."""

from __future__ import annotations

import re
from bisect import bisect_right

from tracer import ids
from tracer.answers.submission import Answer, Link, Reading, Span
from tracer.answers.trees import Minus, Number, Side, Tree
from tracer.documents.chains import Target, is_plain
from tracer.documents.evaluating import Unknown, worth
from tracer.documents.facts import Facts, fmpq_of, half_of
from tracer.documents.names import Names, Ref
from tracer.documents.pieces import Document
from tracer.documents.wording import as_written
from tracer.errors import Fault
from tracer.typeset.text import scripted


class Stating:
    """The answers of a document; ``rough`` are those that are left as arithmetic.

    ``unplaced`` is what is stated of something that can't be told, each with its place.
    """

    def __init__(self, document: Document, names: Names, facts: Facts) -> None:
        self.document = document
        self.names = names
        self.facts = facts
        self.trace = names.trace
        self.answers: dict[str, Answer] = {}
        self.rough: set[str] = set()
        self.links: list[Link] = []
        self.unplaced: list[Fault] = []
        self._lines = [m.end() for m in re.finditer("\n", document.text)]

    def span(self, start: int, stop: int) -> Span:
        """A place in the document."""
        return Span(start, stop, bisect_right(self._lines, start) + 1)

    def where(self, offset: int) -> str:
        """The same for messages."""
        return f"{self.document.name}:{self.span(offset, offset).line}"

    def is_given(self, ref: Ref) -> bool:
        """Whether the problem gives the quantity as a number."""
        name = ref.at(self.facts.every[0] if self.facts.every else None)
        for own in (name, ref.base):
            rule = self.trace.index.get(own)
            if rule is not None:
                return not rule.terms
        return ref.base in self.facts.true.schedule

    def is_open(self, target: Target) -> bool:
        """Whether a target is of no single sample although it has some."""
        return target.sample is None and self.names.is_of_samples(target.base)

    def exists(self, name: str, step: int) -> bool:
        """Whether the solution has a quantity after so many updates."""
        if step > self.trace.steps or (step and step == self.trace.steps and "/d" in name):
            return False
        try:
            return self.facts.true[self.trace.at_step(name, step)] is not None
        except KeyError:
            return False

    def given(
        self,
        ref: Ref,
        target: Target,
        side: Side,
        value: Side | None,
    ) -> None:
        """A number that the problem gives has to be the problem's."""
        if value is None or self.is_open(target):
            return
        reading = self.reading(value.tree)
        true = self.facts.true[target.name]
        if reading is None or true is None or abs(reading.value - true) <= reading.half:
            return
        own = self.span(value.start, value.stop)
        text = f"the problem gives {self.names.spoken(ref.base)} = {as_written(true)}"
        self.links.append(
            Link("wrong", target.name, side.source.strip(), value.source.strip(), text,
                 self.where(own.start), own)
        )  # fmt: skip

    def state(self, name: str, step: int, side: Side, span: Span, *, is_used: bool = False) -> None:
        """An answer; where there is one already they have to agree."""
        if not self.exists(name, step):
            return
        full = self.trace.at_step(name, step)
        if self.is_given(Ref(ids.base(name))) and step == 0:
            return
        reading = self.reading(side.tree)
        if reading is None:
            return
        plain = is_plain(side.tree)
        before = self.answers.get(full)
        own = Answer(full, side.source.strip(), reading, "", self.where(span.start), span)
        if before is None or before.reading is None or (full in self.rough and plain):
            self.answers[full] = own
            self.rough.discard(full)
            if not plain:
                self.rough.add(full)
            return
        apart = abs(before.reading.value - reading.value)
        if plain and full not in self.rough and apart > before.reading.half + reading.half:
            symbol = self.names.spoken(ids.base(name))
            verb = "is used" if is_used else "stands"
            line = before.where.rpartition(":")[2]
            text = f"{symbol} was {before.given} in line {line}; here {own.given} {verb}"
            self.links.append(Link("wrong", full, symbol, own.given, text, own.where, span))

    def unreadable(self, name: str, step: int, source: str, reason: str, span: Span) -> None:
        """A cell whose number could not be read, unless the quantity is stated elsewhere."""
        if self.exists(name, step):
            full = self.trace.at_step(name, step)
            self.answers.setdefault(
                full, Answer(full, source, None, reason, self.where(span.start), span)
            )

    def reading(self, tree: Tree | None) -> Reading | None:
        """What a side in numbers says."""
        if tree is None:
            return None
        sign, body = 1, tree
        while isinstance(body, Minus):
            sign, body = -sign, body.body
        if isinstance(body, Number):
            return Reading(sign * body.value, body.half, body.decimals, body.figures)
        try:
            value = worth(tree, self.facts.in_numbers())
        except Unknown:
            return None
        return Reading(fmpq_of(value), half_of(value))

    def mislabelled(self, side: Side, ref: Ref) -> None:
        """A left side that is no quantity of the problem although the right one says which."""
        own = self.span(side.start, side.stop)
        meant = self.names.spoken(ref.base)
        left = side.source.strip()
        text = f"there is no {scripted(left)}; {meant} is meant"
        self.links.append(Link("label", ref.base, left, meant, text, self.where(own.start), own))
