"""The chain rule over a graph: local derivatives, deltas and gradients, and the paths they sum.

    dloss/dX = sum over the consumers Y of X of dloss/dY * dY/dX

Reverse accumulation (Griewank & Walther, Evaluating Derivatives, 2nd ed. 2008, ch. 3): every
``dloss/dX`` is formed once, from those nearer to the loss. Within a sample they are derivatives of
that sample's own loss; a parameter's gradient sums over the samples. SymPy differentiates the
local rules only.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

from sympy import Symbol

from tracer import ids
from tracer.graph import (
    IDENTITY,
    NOTHING,
    ONE,
    PRODUCT,
    Graph,
    Quantity,
    Template,
    Term,
    derivative,
)

_X, _Y = (Symbol(name, real=True) for name in "xy")


@dataclass(frozen=True, slots=True)
class Factor:
    """One local derivative of a path: of ``of`` with respect to ``wrt``, both without sample."""

    of: str
    wrt: str

    @property
    def id(self) -> str:
        """The factor's id without sample, such as ``dp2[1]/dl1[2]``."""
        return ids.partial(self.of, self.wrt)


@dataclass(frozen=True, slots=True)
class Path:
    """One way from the loss to a quantity: the factors whose product it contributes."""

    factors: tuple[Factor, ...]


@cache
def _local_template(template: Template, position: int) -> tuple[Template, tuple[int, ...]]:
    """The derivative of a template in one argument, and which of its arguments are left in it."""
    full = derivative(template, position)
    left = [i for i, s in enumerate(full.symbols) if s in full.expr.free_symbols]
    return Template(tuple(full.symbols[i] for i in left), full.expr), tuple(left)


def _local_term(term: Term, position: int) -> Term:
    template, left = _local_template(term.template, position)
    return Term(template, tuple(term.args[i] for i in left))


def local_terms(quantity: Quantity, arg: str) -> tuple[Term, ...]:
    """The derivative of a quantity by one that its rule reads."""
    return tuple(
        _local_term(term, position)
        for term in quantity.terms
        for position, name in enumerate(term.args)
        if name == arg
    )


@cache
def _composed(outer: Template, inner: Template) -> Template:
    """The template ``inner`` in the place of the one argument of ``outer``."""
    return Template(inner.symbols, outer.expr.xreplace({outer.symbols[0]: inner.expr}))


def _through(share: Template, term: Term) -> Term:
    return Term(_composed(share, term.template), term.args)


def without_parts(graph: Graph) -> Graph:
    """The graph with each sample's loss directly in the outputs: no factor 1 in the paths.

    The parts of a loss of several outputs stand between them in the forward pass alone.
    """
    parts: dict[str, Quantity] = {}
    found: list[Quantity] = []
    for quantity in graph.quantities:
        if quantity.id.startswith(f"{ids.LOSS}["):
            parts[quantity.id] = quantity
        elif quantity.id.startswith(f"{ids.LOSS}(") and parts:
            own = [(term.template, parts[term.args[0]]) for term in quantity.terms]
            terms = [_through(share, term) for share, part in own for term in part.terms]
            partials = tuple(
                (arg, tuple(_through(share, term) for term in slopes))
                for share, part in own
                for arg, slopes in part.partials
            )
            found.append(Quantity(quantity.id, tuple(terms), partials))
        else:
            found.append(quantity)
    return replace(graph, quantities=tuple(found)) if parts else graph


def _consumers(graph: Graph) -> dict[str, list[tuple[Quantity, list[Term]]]]:
    """For every quantity that depends on a parameter, or is one: what reads it.

    Each consumer comes with the terms of its local derivative.
    """
    active = {*graph.parameters, *graph.frozen}  # all deltas, also beside what is kept fixed
    found: dict[str, list[tuple[Quantity, list[Term]]]] = defaultdict(list)
    for quantity in graph.quantities:
        local: dict[str, list[Term]] = {
            arg: list(terms) for arg, terms in quantity.partials if arg in active
        }
        for term in quantity.terms if not quantity.partials else ():
            for position, arg in enumerate(term.args):
                if arg in active:
                    local.setdefault(arg, []).append(_local_term(term, position))
        for arg, terms in local.items():
            found[arg].append((quantity, terms))
        if local:
            active.add(quantity.id)
    return found


def backward(graph: Graph) -> tuple[Quantity, ...]:
    """Every local derivative, delta and gradient, from the loss back to the first layer.

    A parameter's gradient comes as soon as all that it needs is there, so the output layer's
    come first. What is kept fixed has none.
    """
    graph = without_parts(graph)
    consumers = _consumers(graph)
    distance = {ids.LOSS: 0}
    for quantity in reversed(graph.quantities):
        if quantity.id in consumers:
            distance[quantity.id] = 1 + max(distance[y.id] for y, _ in consumers[quantity.id])
    parameters, frozen = set(graph.parameters), set(graph.frozen)
    # what a sample's loss counts for in the loss: a constant, 1 or one over their number
    (total,) = (q for q in graph.quantities if q.id == ids.LOSS)
    share = derivative(total.terms[0].template, 0).expr
    weighted = PRODUCT if share == 1 else Template((_X, _Y), share * _X * _Y)
    order = sorted(
        (q.id for q in graph.quantities if q.id in consumers and distance[q.id] > 1),
        key=lambda name: (distance[name], name not in parameters),
    )
    found: list[Quantity] = []
    for name in order:
        if name in frozen:
            continue
        adjoint: list[Term] = []
        for consumer, terms in consumers[name]:
            if consumer.id == ids.PENALTY:  # read by the loss itself: nothing to multiply
                found.append(Quantity(ids.partial(ids.PENALTY, name), tuple(terms)))
                adjoint.append(Term(IDENTITY, (ids.partial(ids.PENALTY, name),)))
                continue
            sample = _sample(consumer.id) if name in parameters else _sample(name)
            local = ids.partial(ids.base(consumer.id), ids.base(name), sample)
            found.append(Quantity(local, tuple(terms)))
            if ids.base(consumer.id) == ids.LOSS:
                continue  # the derivative of the sample's loss itself: nothing to multiply
            upstream = ids.partial(ids.LOSS, ids.base(consumer.id), sample)
            product = weighted if name in parameters else PRODUCT
            adjoint.append(Term(product, (upstream, local)))
        if adjoint:
            own = None if name in parameters else _sample(name)
            found.append(Quantity(ids.partial(ids.LOSS, ids.base(name), own), tuple(adjoint)))
    return tuple(found)


def direct(output: str, name: str) -> str:
    """The id of what ``output`` depends on ``name`` by without any quantity between them."""
    return f"{ids.partial(output, name)}|direct"


def gradients(graph: Graph) -> tuple[Quantity, ...]:
    """Every local derivative and gradient of a graph without samples, from its output back.

    What the output reads contributes its local derivative as it stands; every other reader Y of X
    contributes ``doutput/dY * dY/dX``. Where both happen the first is a quantity of its own, with
    ``|direct`` after its id.
    """
    consumers = _consumers(graph)
    found = [Quantity(ids.partial(graph.output, graph.output), (Term(ONE, ()),))]
    reached = {graph.output}
    for quantity in reversed(graph.quantities):
        name = quantity.id
        if name == graph.output or name not in consumers:
            continue
        adjoint: list[Term] = []
        for consumer, terms in consumers[name]:
            if consumer.id == graph.output and len(consumers[name]) == 1:
                adjoint += terms
            elif consumer.id == graph.output:
                local = direct(graph.output, name)
                found.append(Quantity(local, tuple(terms)))
                adjoint.append(Term(IDENTITY, (local,)))
            elif consumer.id in reached:
                local = ids.partial(consumer.id, name)
                found.append(Quantity(local, tuple(terms)))
                adjoint.append(Term(PRODUCT, (ids.partial(graph.output, consumer.id), local)))
        if adjoint:
            reached.add(name)
            found.append(Quantity(ids.partial(graph.output, name), tuple(adjoint)))
    for name in graph.parameters:
        if name not in reached:  # what the output does not depend on
            found.append(Quantity(ids.partial(graph.output, name), (Term(NOTHING, ()),)))
    return tuple(found)


def _sample(quantity: str) -> int:
    return int(quantity[quantity.index("(") + 1 : -1])


def path_counts(graph: Graph) -> dict[str, int]:
    """For every quantity, without sample, the number of paths that lead from it to the loss."""
    graph = without_parts(graph)
    above = readers(graph)
    found = {ids.LOSS: 1}
    for quantity in reversed(graph.quantities):
        name = ids.base(quantity.id)
        if name not in found:
            found[name] = sum(found[reader] for reader in above.get(name, ()))
    return found


def paths(
    above: Mapping[str, Sequence[str]], quantity: str, output: str = ids.LOSS
) -> Iterator[Path]:
    """All paths from the loss, or another ``output``, to a quantity.

    They come in the order of the quantities that they go through.

    ``above`` is what `readers` says of the graph, worked out once for all quantities.

    >>> from tracer import DECK, load
    >>> from tracer.graph import forward
    >>> [[f.id for f in path.factors] for path in paths(readers(forward(load(DECK))), "l1[2]")]
    [['dloss/dl2[1]', 'dl2[1]/dp2[1]', 'dp2[1]/dl1[2]']]
    """
    yield from _paths_through(above, quantity, (), output)


def _paths_through(
    above: Mapping[str, Sequence[str]], name: str, below: tuple[Factor, ...], output: str
) -> Iterator[Path]:
    if name == output:
        yield Path(below)
        return
    for reader in above.get(name, ()):
        yield from _paths_through(above, reader, (Factor(reader, name), *below), output)


def readers(graph: Graph) -> dict[str, list[str]]:
    """For every quantity, without sample, what reads it; all samples go through the same rules."""
    found: dict[str, dict[str, None]] = defaultdict(dict)
    for quantity in without_parts(graph).quantities:
        if quantity.id.endswith("(1)"):
            for arg in quantity.uses:
                found[ids.base(arg)][ids.base(quantity.id)] = None
    return {name: list(readers) for name, readers in found.items()}
