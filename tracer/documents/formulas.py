"""An answer that is a formula: whether it is the quantity, and what it comes to.

It is compared with the quantity as a function, at points near the problem's own, so that two
formulas that only happen to agree at its numbers are told apart.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from tracer import ids
from tracer.answers.grammar import chain
from tracer.answers.submission import Answer, Reading
from tracer.answers.trees import Tree
from tracer.documents.chains import Target
from tracer.documents.equivalence import Equivalence
from tracer.documents.evaluating import Unknown, worth
from tracer.documents.facts import Facts, fmpq_of, half_of
from tracer.documents.names import Names
from tracer.documents.walks import is_numeric, leaves, text_of
from tracer.errors import printable
from tracer.problem import AnyProblem
from tracer.trace import Trace

_UNDECIDED = "it could not be decided whether this formula is the quantity; give its number"
_NO_SYMBOL = "this is no number, and {} is no symbol of this problem; give the number"


class Formulas:
    """Reads the formulas among answers to one problem."""

    def __init__(self, problem: AnyProblem, trace: Trace) -> None:
        self.problem = problem
        self.trace = trace

    @cached_property
    def names(self) -> Names:
        """The symbols of the problem."""
        return Names(self.problem, self.trace)

    def worked_out(self, answers: Mapping[str, Answer]) -> Mapping[str, Answer]:
        """The same answers, with a number in the place of every formula that can be decided."""
        formulas = {
            name: tree
            for name, answer in answers.items()
            if answer.reading is None and (tree := self._formula(answer.given)) is not None
        }
        if not formulas:
            return answers
        facts = Facts(self.problem, self.trace, self.names)
        readings = {name: own.reading for name, own in answers.items() if own.reading is not None}
        facts.lay_over(readings)
        read = {name: _read(facts, answers[name], tree) for name, tree in formulas.items()}
        return {**answers, **read}

    def _formula(self, text: str) -> Tree | None:
        """The last side of what was written, if it has symbols and all of them are known."""
        tree = chain(text, self.problem.numbers.decimal_comma)[-1].tree
        return None if tree is None or is_numeric(tree) else tree


def _read(facts: Facts, answer: Answer, tree: Tree) -> Answer:
    step, base = ids.split_step(answer.id)
    # an update reads what was there before it
    is_new = ids.later(base, 1) in facts.trace.index and step > 0
    target = Target(ids.base(base), ids.sample(base), step)
    before = step - is_new
    equivalence = Equivalence(facts)
    holds = equivalence.near(tree, target, before)
    if holds:
        holds = equivalence.here(tree, target, before)
    if holds is None:
        unknown = (text_of(leaf) for leaf in leaves(tree) if facts.names.ref(leaf) is None)
        name = next((name for name in unknown if name != "e"), None)
        reason = _UNDECIDED if name is None else _NO_SYMBOL.format(printable(name, 40))
        return answer._replace(reason=reason)
    try:
        value = worth(tree, facts.in_numbers(facts.own, before).at(target.sample))
    except Unknown:
        return answer._replace(reason=_UNDECIDED)
    reading = Reading(fmpq_of(value), half_of(value))
    return answer._replace(reading=reading, reason="", differs=not holds)
