"""The chain rule over a graph: local derivatives, deltas and gradients, and the paths they sum.

    dloss/dX = sum over the consumers Y of X of dloss/dY * dY/dX

Reverse accumulation (Griewank & Walther, Evaluating Derivatives, 2nd ed. 2008, ch. 3): every
``dloss/dX`` is formed once, from those nearer to the loss. Within a sample they are derivatives of
that sample's own loss; a parameter's gradient sums over the samples. SymPy differentiates the
local rules only.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from sympy import Symbol

from tracer import ids
from tracer.graph import PRODUCT, Graph, Quantity, Template, Term, derivative

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


def _consumers(graph: Graph) -> dict[str, list[tuple[Quantity, list[Term]]]]:
    """For every quantity that depends on a parameter, or is one: what reads it.

    Each consumer comes with the terms of its local derivative.
    """
    active = set(graph.parameters)
    found: dict[str, list[tuple[Quantity, list[Term]]]] = defaultdict(list)
    for quantity in graph.quantities:
        local: dict[str, list[Term]] = {}
        for term in quantity.terms:
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
    come first.
    """
    consumers = _consumers(graph)
    distance = {ids.LOSS: 0}
    for quantity in reversed(graph.quantities):
        if quantity.id in consumers:
            distance[quantity.id] = 1 + max(distance[y.id] for y, _ in consumers[quantity.id])
    parameters = set(graph.parameters)
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
        adjoint: list[Term] = []
        for consumer, terms in consumers[name]:
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


def _sample(quantity: str) -> int:
    return int(quantity[quantity.index("(") + 1 : -1])


def count_paths(graph: Graph, layer: int) -> int:
    """The number of paths from a neuron of ``layer`` to the loss: one per choice of neurons above.

    Fully connected layers: the product of the sizes of the layers above.
    """
    count = 1
    for size in graph.sizes[layer + 1 :]:
        count *= size
    return count


def paths(graph: Graph, parameter: str) -> Iterator[Path]:
    """All paths from the loss to a parameter, in the order of their neurons."""
    found = ids.parse(parameter)
    assert found is not None
    layer, j = found.of.layer, found.of.j
    own = ids.pre(layer, j)
    tail = (Factor(ids.output(layer, j), own), Factor(own, parameter))
    for head in _heads(graph, layer, j):
        yield Path(head + tail)


def _heads(graph: Graph, layer: int, j: int) -> Iterator[tuple[Factor, ...]]:
    """The factors from the loss down to the output of neuron ``j`` of ``layer``."""
    own = ids.output(layer, j)
    if layer == len(graph.sizes) - 1:
        yield (Factor(ids.LOSS, own),)
        return
    for k in range(1, graph.sizes[layer + 1] + 1):
        above = ids.pre(layer + 1, k)
        step = (Factor(ids.output(layer + 1, k), above), Factor(above, own))
        for head in _heads(graph, layer + 1, k):
            yield head + step
