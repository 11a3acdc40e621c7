"""What each symbol of a page is, in words, with its rule and its values: for pages that answer.

A page on which a symbol can be pointed at says of it what a lecturer would say when asked.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from tracer import ids
from tracer.blocks import Inline, Text
from tracer.derivation import steps
from tracer.derivation.quantity import addressed, derivation
from tracer.formula import Equation, Formula, Num, Var
from tracer.solved import Solved, Worked
from tracer.solved_graph import SolvedGraph

# of more samples the values are in the tables of the page
MOST_SAMPLES = 12


@dataclass(frozen=True, slots=True)
class Values:
    """The values of a quantity at one time: ``when`` is "" where there is no other."""

    when: str
    samples: tuple[tuple[str, Num], ...]  # the sample's name, "" where there is one value
    more: int = 0  # how many samples are left out


@dataclass(frozen=True, slots=True)
class Entry:
    """One symbol: its quantity's id without sample and step, what it is, its rule, its values."""

    id: str
    symbol: Formula
    words: Text
    rule: Equation | None
    values: tuple[Values, ...]


def glossary(s: Worked, names: Iterable[str]) -> Iterator[Entry]:
    """An entry for each of ``names`` that is a quantity of the solution, in their order."""
    stated = frozenset(s.stated)
    by_base: dict[str, list[str]] = {}
    for quantity in s.values:
        step, rest = ids.split_step(quantity)
        if step == 0:
            by_base.setdefault(ids.base(rest), []).append(quantity)
    for name in names:
        words = _words(s, name)
        if words:
            own = by_base.get(name, [])
            if name in own:  # the loss itself, not what each sample adds to it
                own = [name]
            symbol, values = addressed(s, name), tuple(_values(s, own, stated))
            yield Entry(name, symbol, words, _rule(s, name, own), values)


def label(s: Worked, name: str) -> str:
    """What a derivation is of, in plain words for those who hear the page; "" where it is short."""
    found = ids.parse(ids.split_step(name)[1]) if isinstance(s, Solved) else None
    if found is None or found.wrt is None or str(found.wrt) not in s.trace.graph.parameters:
        return ""
    return "Gradient. " + "".join(
        part for part in _words(s, str(found.wrt)) if isinstance(part, str)
    )


def _rule(s: Worked, name: str, own: list[str]) -> Equation | None:
    """How a quantity comes about in symbols; of a gradient its own derivation says it."""
    if not own or not s.trace.rule(own[0]).uses:
        return None
    if isinstance(s, SolvedGraph):
        if s.derived(name) is not None:
            return None
        found = steps.derivation(s, own[0])
    else:
        assert isinstance(s, Solved)
        if name in {ids.partial(ids.LOSS, own) for own in s.trace.graph.parameters}:
            return None
        found = derivation(s, own[0])
    first, symbol = found.parts[0], addressed(s, name)
    return None if isinstance(first.formula, Num) else Equation(symbol, (first,))


def _values(s: Worked, own: list[str], stated: frozenset[str]) -> Iterator[Values]:
    """Before the first step and after the last, where both are on the page."""
    last = s.trace.steps
    for step in dict.fromkeys((0, last)):
        names = [(name, s.trace.at_step(name, step)) for name in own]
        known = [(name, at) for name, at in names if at in stated and (at != name or not step)]
        if not known:
            continue
        when = "" if not step else f"after step {step}" if last > 1 else "after the step"
        several = isinstance(s, Solved) and len(s.problem.data) > 1
        found = tuple(
            (_sample(name) if several else "", s.num(name, step))
            for name, _ in known[:MOST_SAMPLES]
        )
        if several and len(known) > 1 and len({s.number(name, step) for name, _ in known}) == 1:
            yield Values(when, (("at every sample", found[0][1]),))
        else:
            yield Values(when, found, len(known) - len(found))


def _sample(name: str) -> str:
    number = ids.sample(name)
    return "" if number is None else f"sample {number}"


def _words(s: Worked, name: str) -> Text:
    if isinstance(s, SolvedGraph):
        return _of_graph(s, name)
    assert isinstance(s, Solved)
    found = ids.parse(name)
    if found is None:
        return ()
    if found.wrt is not None:
        return _of_derivative(s, found.of, found.wrt)
    return _of_name(s, found.of)


def _of_name(s: Solved, name: ids.Name) -> Text:
    """What a symbol of a network is."""
    layer = s.symbols.layer(name.layer)  # as the notation counts
    where = f"neuron {name.j} of layer {layer}"
    match name.kind:
        case "w":
            below = f"input {name.k}" if name.layer == 1 else f"neuron {name.k} of the layer below"
            return (f"Weight of layer {layer}: to neuron {name.j}, from {below}.",)
        case "b":
            kind = "Threshold" if name.layer in s.symbols.thresholds else "Bias"
            return (f"{kind} of {where}.",)
        case "a":
            return (f"Learned slope of {where}.",)
        case "p":
            return (f"Pre-activation of {where}: its weighted inputs with its bias.",)
        case "l" if name.layer == 0:
            return (f"Input {name.j} of a sample.",)
        case "l":
            of_net = ", an output of the network" if name.layer == s.last else ""
            return (f"Output of {where}{of_net}.",)
        case "t":
            return (f"Target: what output {name.j} should be at a sample.",)
        case ids.LOSS if name.j:
            return (f"What output {name.j} adds to the loss of a sample.",)
        case ids.LOSS | ids.BATCH_LOSS:
            return ("The loss: how far the outputs are from the targets. It is to become small.",)
        case ids.PENALTY:
            return ("The penalty on large weights, a part of the loss.",)
        case ids.LEARNING_RATE:
            return ("Learning rate: how far a step goes against the gradient.",)
        case kind if kind.partition("^")[0] in ids.CONSTANTS:
            return ("A constant of the optimiser.",)
    kept, dot, _ = name.kind.partition(".")
    own = f"{name.kind[-1]}{name.layer}[{name.j}{f',{name.k}' if name.k else ''}]"
    return (f"What the optimiser calls {kept}, of ", Var(own), ".") if dot else ()


def _of_derivative(s: Solved, of: ids.Name, wrt: ids.Name) -> Text:
    """What a derivative of a network is."""
    above, below = Var(str(of)), Var(str(wrt))
    if of.kind not in (ids.LOSS, ids.PENALTY):
        words: Inline = "Local derivative: how "
        return (words, above, " changes with ", below, ", all else held fixed.")
    if wrt.kind in "wba":
        kind = "Gradient" if of.kind == ids.LOSS else "Derivative"
        return (f"{kind}: how ", above, " changes with ", below, ", added up over all paths.")
    own = "a sample's part of " if len(s.problem.data) > 1 else ""
    where = f"neuron {wrt.j} of layer {s.symbols.layer(wrt.layer)}"
    delta = f"Delta of {where}: how" if wrt.kind == "p" else "How"
    return (f"{delta} {own}", above, " changes with ", below, ".")


def _of_graph(s: SolvedGraph, name: str) -> Text:
    """What a symbol of a graph is."""
    if name in s.formulas:
        return ("The output." if name == s.problem.output else "A step of the graph.",)
    if name in s.problem.given:
        return ("Given.",)
    derived = s.derived(name)
    if derived is not None:
        return (
            *("How ", Var(s.problem.output), " changes with ", Var(derived)),
            ", added up over all paths.",
        )
    if name in s.locals:
        reader, read = s.locals[name]
        words = "Local derivative: how "
        return (words, Var(reader), " changes with ", Var(read), ", all else held fixed.")
    return ("Learning rate: how far a step goes.",) if name == ids.LEARNING_RATE else ()
