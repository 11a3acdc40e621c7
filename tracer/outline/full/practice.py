"""Practice: a gradient whose last steps are left blank, and then its solution."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cache

from sympy import Expr, Rational
from sympy.core.relational import Relational

from tracer import ids
from tracer.blocks import Block, Display, Heading, Paragraph
from tracer.derivation.trees import leaves, mapped
from tracer.formula import Equation, Formula, Letter, Num, Part, Var
from tracer.glyph import Glyph
from tracer.graph import Template
from tracer.outline.full.blanks import is_numeric
from tracer.print_steps import last_printed
from tracer.solved import Worked

# of more parameters the others are not looked at
MOST_TRIED = 64
_BLANK = Letter(Glyph("…"))


def practice(
    s: Worked, candidates: Sequence[str], gradient: Callable[[str, int], Equation]
) -> Iterator[Block]:
    """A gradient at the new values; ``gradient`` is its derivation after some steps."""
    if not candidates:
        return
    yield Heading("Practice")
    if not s.problem.steps:
        words = "Every gradient is worked out above; after a step of training there are new ones."
        yield Paragraph((words,))
        return
    last = last_printed(s.problem.printed_steps)
    name = _task(s, candidates, last)
    words = " at the new values: fill in what is left out, then compare."
    yield Paragraph(("The derivative of ", Var(s.trace.graph.output), " by ", Var(name), words))
    worked = gradient(name, last)
    yield Display((_faded(worked),))
    yield Paragraph(("Solution:",))
    yield Display((worked,))


def _task(s: Worked, candidates: Sequence[str], step: int) -> str:
    """The first that has something to work out: not 0, and not where there is no derivative."""
    gradients = {name: ids.partial(s.trace.graph.output, name) for name in candidates}
    found = [name for name, own in gradients.items() if s.number(own, step).value != 0]
    smooth = (name for name in found if not _is_at_kink(s, gradients[name], step))
    return next(smooth, (found or list(candidates))[0])


def _is_at_kink(s: Worked, gradient: str, step: int) -> bool:
    """Whether a derivative that a gradient rests on is at the edge of two cases, as ReLU's at 0."""
    index = s.trace.index_at(step)
    forward = {quantity.id for quantity in s.trace.graph.quantities}
    waiting, seen = [gradient], {gradient}
    while waiting:
        rule = index[waiting.pop()]
        for term in rule.terms:
            edges = _edges(term.template)
            found = [s.values.get(s.trace.at_step(arg, step)) for arg in term.args if edges]
            exact = [v.exact for v in found if v is not None and v.exact is not None]
            if edges and len(exact) == len(term.args):
                numbers = [Rational(int(value.p), int(value.q)) for value in exact]
                place = dict(zip(term.template.symbols, numbers, strict=True))
                if any(edge.subs(place) == 0 for edge in edges):
                    return True
        new = [name for name in rule.uses if name not in seen and name not in forward]
        seen.update(new)
        waiting += new
    return False


@cache
def _edges(template: Template) -> tuple[Expr, ...]:
    """What is 0 where the cases of a rule meet."""
    return tuple(own.lhs - own.rhs for own in template.expr.atoms(Relational))


def _faded(worked: Equation) -> Equation:
    """The equation up to its first line of numbers, of which the later half is left blank.

    A number of the rule itself, as in 1 - y, stays.
    """
    place = next(i for i, part in enumerate(worked.parts) if is_numeric(part.formula))
    first = worked.parts[place]
    symbols = (leaf for part in worked.parts[:place] for leaf in leaves(part.formula))
    constants = {leaf.number.text for leaf in symbols if isinstance(leaf, Num)}

    def may_be_blank(leaf: Formula) -> bool:
        return isinstance(leaf, Num) and leaf.number.text not in constants

    count = sum(map(may_be_blank, leaves(first.formula)))
    left = iter(range(count))

    def blanked(leaf: Formula) -> Formula:
        return _BLANK if may_be_blank(leaf) and next(left) >= count // 2 else leaf

    if isinstance(first.formula, Num):
        lines: tuple[Part, ...] = (Part(first.relation, _BLANK, first.newline),)
    else:
        filled = Part(first.relation, mapped(first.formula, blanked), first.newline)
        lines = (filled, Part(worked.parts[-1].relation, _BLANK))
    return Equation(worked.left, (*worked.parts[:place], *lines))
