"""The trace: the whole solution as ordered quantities, each with its rule.

One step is the forward pass, the backward pass and the update; every later step has the same
rules, with the updated parameters in place of the given ones. So the trace holds one step, and an
id with a step in front (``2/loss``) reads the same rule over that step's quantities.

Knows no value and no format.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import sympy
from sympy import Expr, Symbol

from tracer import circuit, ids
from tracer.activations import ACTIVATIONS
from tracer.chain import backward, gradients
from tracer.graph import IDENTITY, Graph, Quantity, Template, Term, forward
from tracer.graph_problem import GraphProblem
from tracer.losses import shortcut
from tracer.problem import AnyProblem, Problem

_A, _B = (Symbol(name, real=True) for name in "ab")
_STEP_DOWN = Template((_A, _B), -_A * _B)


@dataclass(frozen=True)
class Trace:
    """All quantities of one step and the update that leads to the next.

    ``quantities``: given, forward, backward, in an order in which each only uses earlier ones.
    ``updates``: ``1/w1[1,1]`` and so on, rules over ``quantities``; empty where nothing is updated.
    """

    graph: Graph
    quantities: tuple[Quantity, ...]
    updates: tuple[Quantity, ...]
    steps: int

    @cached_property
    def fixed(self) -> frozenset[str]:
        """What is given and no update changes: the same, with the same id, at every step."""
        given = (q.id for q in self.graph.quantities if not q.terms)
        return frozenset(given).difference(self.graph.parameters)

    def at_step(self, name: str, step: int) -> str:
        """The id of ``name`` after ``step`` updates: ``1/q``; what is fixed keeps its own."""
        return name if not step or name in self.fixed else f"{step}/{name}"

    @cached_property
    def index(self) -> Mapping[str, Quantity]:
        """Every quantity of one step, and of the update, by its id."""
        return {q.id: q for q in (*self.quantities, *self.updates)}


def build(problem: AnyProblem) -> Trace:
    """The trace of a problem.

    Update: ``a_{n+1} = a_n - learning_rate * dloss/da_n`` for all parameters at once.
    """
    if isinstance(problem, GraphProblem):
        graph = circuit.forward(problem)
        derivatives = gradients(graph)
    else:
        graph = forward(problem)
        derivatives = backward(graph) if problem.forward_only is None else ()
    updates = tuple(
        Quantity(
            ids.at_step(name, 1),
            (
                Term(IDENTITY, (name,)),
                Term(_STEP_DOWN, (ids.LEARNING_RATE, ids.partial(graph.output, name))),
            ),
        )
        for name in graph.parameters
    )
    quantities = graph.quantities + derivatives
    if not isinstance(problem, GraphProblem):
        short = _shortcuts(problem) if problem.loss.shortcut else {}
        quantities = tuple(short.get(q.id, q) for q in quantities)
    if problem.numbers.policy == "step" and not isinstance(problem, GraphProblem):
        quantities = tuple(_by_hand(q, problem) for q in quantities)
    return Trace(graph, quantities, updates if problem.steps else (), problem.steps)


def _shortcuts(problem: Problem) -> dict[str, Quantity]:
    """The derivatives by the output layer's pre-activations as books shorten them: ``y - t``.

    They equal the sum of products of the chain rule, which a test has SymPy show.
    """
    t, y = Symbol("t", real=True), Symbol("y", real=True)
    loss = problem.loss
    factor = sympy.Rational(loss.factor.numerator, loss.factor.denominator)
    if loss.outputs == "mean":
        factor /= problem.sizes[-1]
    template = Template((t, y), factor * shortcut(t, y).doit())
    last = len(problem.layers)
    found = {}
    for n in range(1, len(problem.data) + 1):
        for j in range(1, problem.sizes[-1] + 1):
            name = ids.partial(ids.LOSS, ids.pre(last, j), n)
            args = ids.at(ids.target(j), n), ids.at(ids.output(last, j), n)
            found[name] = Quantity(name, (Term(template, args),))
    return found


def _by_hand(quantity: Quantity, problem: Problem) -> Quantity:
    """An activation's derivative from the (rounded) output, as by hand: ``l (1 - l)``.

    The textbook's form, which equals SymPy's; only rounding tells them apart.
    """
    found = ids.parse(quantity.id)
    if found is None or found.wrt is None or found.sample is None or found.of.kind != "l":
        return quantity
    row = ACTIVATIONS[problem.layers[found.of.layer - 1].activation]
    textbook = row.textbook
    if textbook is None or row.cross is not None:  # softmax's are in its outputs anyway
        return quantity
    x, y = Symbol("x", real=True), Symbol("y", real=True)
    args = tuple(ids.at(str(name), found.sample) for name in (found.wrt, found.of))
    return Quantity(quantity.id, (Term(Template((x, y), textbook(x, y)), args),))


def rule_at(trace: Trace, name: str) -> Quantity:
    """The rule of ``name``, whose step may be any: ``2/loss`` reads ``2/loss(1)``, ….

    Raises KeyError where the trace has no such quantity.
    """
    step, base = ids.split_step(name)
    own = trace.index[base]
    if step == 0 or base in trace.fixed:
        return own
    if not own.terms:  # given at step 0, and updated since
        return _shifted(trace, trace.index[trace.at_step(base, 1)], name, step - 1)
    return _shifted(trace, own, name, step)


def _shifted(trace: Trace, quantity: Quantity, name: str, step: int) -> Quantity:
    terms = tuple(
        Term(term.template, tuple(trace.at_step(arg, step) for arg in term.args))
        for term in quantity.terms
    )
    return Quantity(name, terms)


def rule_expression(quantity: Quantity) -> Expr:
    """The rule as SymPy: the sum of its terms over the symbols of the quantities it uses.

    The rule of what is given is its own symbol.
    """
    if not quantity.terms:
        return Symbol(quantity.id, real=True)
    return sympy.Add(
        *(
            term.template.filled(tuple(Symbol(arg, real=True) for arg in term.args))
            for term in quantity.terms
        )
    )


def expression(trace: Trace, name: str) -> Expr:
    """The quantity in full, in the symbols of the parameters, inputs and targets alone.

    For ``dloss/dw…`` this equals ``sympy.diff`` of the composed loss.
    """
    known: dict[str, Expr] = {}
    waiting = [name]
    while waiting:
        top = waiting[-1]
        rule = rule_at(trace, top)
        missing = [arg for arg in rule.uses if arg not in known]
        if missing:
            waiting += missing
            continue
        waiting.pop()
        if not rule.terms:
            known[top] = Symbol(top, real=True)
            continue
        known[top] = sympy.Add(
            *(term.template.filled(tuple(known[arg] for arg in term.args)) for term in rule.terms)
        )
    return known[name]
