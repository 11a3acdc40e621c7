r"""Which quantity a symbol of a document stands for, before its sample and step are known."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from tracer import ids
from tracer.answers.trees import Partial, Symbol
from tracer.graph_problem import GraphProblem
from tracer.graph_symbols import glyph_of, symbols_of
from tracer.page_symbols import with_symbols
from tracer.problem import AnyProblem
from tracer.reading import canonical, speller
from tracer.symbols import STATE_LETTERS, Symbols
from tracer.trace import Trace
from tracer.typeset import TextPrinter

_STATE = re.compile(r"([^()]+)\((.+)\)")
_NEW = re.compile(r",?(?:\\(?:mathrm|text)\{(?:new|neu)\}|(?<![A-Za-z])(?:new|neu)|\\prime|[′'])")
_LETTERS = {letter: name for name, letter in STATE_LETTERS.items()}


@dataclass(frozen=True, slots=True)
class Ref:
    """A quantity as it is named: ``base`` is its id without sample and step.

    ``step`` is above 0 where a mark says that the value is a new one.
    """

    base: str
    sample: int | None = None
    step: int = 0

    def at(self, sample: int | None) -> str:
        """The id at a sample, without step."""
        number = sample if self.sample is None else self.sample
        return self.base if number is None else ids.at(self.base, number)


class Names:
    """The symbols of one problem. What has been looked up is remembered."""

    def __init__(self, problem: AnyProblem, trace: Trace) -> None:
        self.problem = problem
        self.trace = trace
        self.is_graph = isinstance(problem, GraphProblem)
        names = [*(q.id for q in trace.quantities), *(q.id for q in trace.updates)]
        names += trace.of_batch[0]
        self.by_sample = {ids.base(name) for name in names if name.endswith(")")}
        self.plain = {ids.split_step(name)[1] for name in names if not name.endswith(")")}
        self._found: dict[str, Ref | None] = {}
        self._named: Mapping[str, str] = {}
        self._spelt: Callable[[str], ids.Id | None] = ids.parse
        if isinstance(problem, GraphProblem):
            steps = dict.fromkeys((*problem.given, *(own.id for own in problem.definitions)))
            self._named = {canonical(str(glyph_of(name))): name for name in steps}
            printer = TextPrinter(symbols_of(problem), 80)
            self._named |= {canonical(printer.glyph(glyph_of(n)).text): n for n in steps}
        else:
            # a page may also have deltas, and marks of new values
            page = replace(problem.page, detail="full", hide=())
            self.problem = problem = with_symbols(replace(problem, page=page))
            self._spelt = speller(problem)
            self._named = dict(_outputs(problem.symbols))

    @cached_property
    def symbols(self) -> Symbols:
        """What the problem's symbols look like."""
        return (
            symbols_of(self.problem)
            if isinstance(self.problem, GraphProblem)
            else self.problem.symbols
        )

    def ref(self, tree: Symbol | Partial) -> Ref | None:
        """What a symbol or a derivative stands for; None where the problem has no such quantity."""
        text = tree.text if isinstance(tree, Symbol) else f"{tree.of.text}\0{tree.wrt.text}"
        if text not in self._found:
            found = self._symbol(text) if isinstance(tree, Symbol) else self._partial(tree)
            self._found[text] = found if found is not None and self.has(found) else None
        return self._found[text]

    def has(self, ref: Ref) -> bool:
        """Whether the problem has the quantity."""
        return ref.base in self.plain or ref.base in self.by_sample

    def is_of_samples(self, base: str) -> bool:
        """Whether a quantity has a value for each sample and none of its own."""
        return base in self.by_sample and base not in self.plain

    def spoken(self, base: str) -> str:
        """A quantity's symbol in one line of plain text, such as ``∂MSE/∂w₁,₂¹``."""
        found = None if self.is_graph else ids.parse(base)
        if found is not None and found.wrt is not None:
            return f"∂{self._glyph(str(found.of))}/∂{self._glyph(str(found.wrt))}"
        if self.is_graph and base.startswith("d") and "/d" in base:
            of, _, wrt = base[1:].partition("/d")
            return f"∂{self._glyph(of)}/∂{self._glyph(wrt)}"
        return self._glyph(base)

    def _glyph(self, name: str) -> str:
        if name == ids.LOSS and not self.is_graph and self.symbols.loss is not None:
            return self.symbols.loss
        try:
            return TextPrinter(self.symbols, 0).glyph(self.symbols.glyph(name)).text
        except (AssertionError, KeyError):
            return name

    def _symbol(self, text: str) -> Ref | None:
        if self.is_graph:
            return self._of_graph(text)
        own = canonical(text)
        if own in self._named:
            return Ref(self._named[own])
        found = self._spelt(text)
        if found is not None:
            return _ref(found)
        # a new value, with a mark that the notation does not have
        bare = _NEW.sub("", own)
        plain = self._spelt(bare) if bare != own else None
        return None if plain is None or plain.step else replace(_ref(plain), step=1)

    def _of_graph(self, text: str) -> Ref | None:
        step, rest = ids.split_step(text.replace(" ", ""))
        own = canonical(rest)
        if own in self._named:
            return Ref(self._named[own], None, step)
        if rest in self.plain:
            return Ref(rest, None, step)
        state = _STATE.fullmatch(own)
        if state and state[1] in _LETTERS and state[2] in self._named:
            return Ref(ids.state(_LETTERS[state[1]], self._named[state[2]]), None, step)
        if own == canonical(str(self.symbols.glyph(ids.LEARNING_RATE))):
            return Ref(ids.LEARNING_RATE, None, step)
        return None

    def _partial(self, tree: Partial) -> Ref | None:
        of, wrt = self._symbol(tree.of.text), self._symbol(tree.wrt.text)
        if of is None or wrt is None:
            return None
        if self.is_graph:
            return Ref(ids.partial(of.base, wrt.base), None, max(of.step, wrt.step))
        base = of.base.removeprefix(ids.BATCH_LOSS) or ids.LOSS
        sample = of.sample or wrt.sample
        return Ref(ids.partial(base, wrt.base), sample, max(of.step, wrt.step))


def _ref(found: ids.Id) -> Ref:
    return Ref(str(replace(found, sample=None, step=0)), found.sample, found.step)


def _outputs(symbols: Symbols) -> Iterator[tuple[str, str]]:
    """``f(l_1^0, l_2^0)``, where the notation writes the network as a function of its inputs."""
    last = len(symbols.sizes) - 1
    inputs = ",".join(str(symbols.glyph(ids.output(0, k + 1))) for k in range(symbols.inputs))
    for j in range(1, symbols.outputs + 1):
        glyph = symbols.network(j)
        if glyph is not None:
            yield canonical(f"{glyph}({inputs})"), ids.output(last, j)
