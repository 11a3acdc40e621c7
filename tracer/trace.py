"""The trace: the whole solution as ordered quantities, each with its rule.

One step is the forward pass, the backward pass and the update; every later step has the same
rules, with the updated parameters in place of the given ones. So the trace holds one step, and an
id with a step in front (``2/loss``) reads the same rule over that step's quantities. Where steps
take batches, the rules of the gradients are those of the batch that is due.

Knows no value and no format.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import sympy
from sympy import Expr, Symbol

from tracer import circuit, ids
from tracer.activations import row_of
from tracer.chain import backward, gradients, readers
from tracer.graph import IDENTITY, PRODUCT, Graph, OwnRules, Quantity, Template, Term, forward
from tracer.graph_problem import GraphProblem
from tracer.losses import shortcut
from tracer.optimizers import GRADIENT, RATE, WEIGHT, Rule, rules_of
from tracer.own_rules import activation_rules, loss_rules
from tracer.problem import AnyProblem, Problem
from tracer.schema import OPTIMIZERS as SHAPES
from tracer.stable import is_stable, stabilised


@dataclass(frozen=True)
class Trace:
    """All quantities of one step and the update that leads to the next.

    ``quantities``: given, forward, backward, in an order in which each only uses earlier ones.
    ``updates``: ``1/w1[1,1]`` and so on, rules over ``quantities`` and earlier updates; empty where
    nothing is updated. ``carried``: what a step hands to the next, the parameters first.
    ``batches``: the samples of each step, over and over; ``of_batch`` has for each batch what is
    the loss over it and its gradients, where they are not those of all the data. ``due``: what is
    given anew for each step, as learning rates are.
    """

    graph: Graph
    quantities: tuple[Quantity, ...]
    updates: tuple[Quantity, ...]
    carried: tuple[str, ...]
    batches: tuple[tuple[int, ...], ...]
    of_batch: tuple[Mapping[str, Quantity], ...]
    steps: int
    due: frozenset[str] = frozenset((ids.LEARNING_RATE,))

    @cached_property
    def fixed(self) -> frozenset[str]:
        """What is given and no update changes: the same, with the same id, at every step."""
        given = (q.id for q in self.quantities if not q.terms)
        return frozenset(given).difference(self.carried, self.due)

    def at_step(self, name: str, step: int) -> str:
        """The id of ``name`` after ``step`` more updates: ``1/q``; what is fixed keeps its own."""
        return name if name in self.fixed else ids.later(name, step)

    @cached_property
    def readers(self) -> Mapping[str, Sequence[str]]:
        """What reads each quantity, both without sample."""
        return readers(self.graph)

    @cached_property
    def index(self) -> Mapping[str, Quantity]:
        """Every quantity of one step, and of the update, by its id."""
        return {q.id: q for q in (*self.quantities, *self.updates)} | dict(self.of_batch[0])

    def batch(self, step: int) -> tuple[int, ...]:
        """The samples of the update that comes after ``step`` updates."""
        return self.batches[step % len(self.batches)]

    def index_at(self, step: int) -> Mapping[str, Quantity]:
        """The same as ``index`` with the rules of the batch that comes after ``step`` updates."""
        phase = step % len(self.batches)
        return {**self.index, **self.of_batch[phase]} if phase else self.index

    def rule(self, name: str) -> Quantity:
        """The rule of ``name``, at the step that its id says: one over that step's quantities.

        Raises KeyError where there is no such quantity.
        """
        step, base = ids.split_step(name)
        own = self.of_batch[step % len(self.batches)].get(base) or self.index.get(base)
        if step and (own is None or (not own.terms and base in self.carried)):
            # made by the update: what is kept, and what was worked out on the way
            return _shifted(self, self.rule_of_update(base), name, step - 1)
        if own is None:
            raise KeyError(name)
        return _shifted(self, own, name, step) if step and base not in self.fixed else own

    def rule_of_update(self, base: str) -> Quantity:
        """The rule by which the first step makes ``base``."""
        return self.index[ids.later(base, 1)]

    def is_update(self, base: str) -> bool:
        """Whether updates make ``base``: a parameter, or what an optimiser keeps or works out."""
        return ids.later(base, 1) in self.index


def build(problem: AnyProblem) -> Trace:
    """The trace of a problem."""
    given_slopes: tuple[str, ...] = ()
    if isinstance(problem, GraphProblem):
        graph = circuit.forward(problem)
        if problem.slopes:
            given_slopes = tuple(ids.partial(graph.output, name) for name in graph.parameters)
        derivatives = tuple(map(Quantity, given_slopes)) or gradients(graph)
    else:
        graph = forward(problem, own=_own_rules(problem))
        derivatives = backward(graph) if problem.forward_only is None else ()
    updates, carried = _updates(problem, graph) if problem.steps else ((), _given(graph))
    constants = problem.optimizer.constants if problem.steps else ()
    given = (*constants, *(carried[len(graph.parameters) :] if problem.steps else ()))
    quantities = (*graph.quantities, *(Quantity(name) for name in given), *derivatives)
    batches: tuple[tuple[int, ...], ...] = ((),)
    of_batch: tuple[Mapping[str, Quantity], ...] = ({},)
    if not isinstance(problem, GraphProblem):
        short = _shortcuts(problem) if problem.loss.shortcut else {}
        quantities = tuple(short.get(q.id, q) for q in quantities)
        if is_stable(problem):
            quantities = stabilised(problem, quantities)
        if problem.numbers.policy == "step":
            quantities = tuple(_by_hand(q, problem) for q in quantities)
        batches = problem.batches
        if len(batches) > 1:
            of_batch = tuple(_of_batch(problem, batch) for batch in batches)
    due = frozenset((ids.LEARNING_RATE, *given_slopes))
    return Trace(graph, quantities, updates, carried, batches, of_batch, problem.steps, due)


def _given(graph: Graph) -> tuple[str, ...]:
    """The parameters that no step works out, as it may where nothing is updated."""
    made = {q.id for q in graph.quantities if q.terms}
    return tuple(name for name in graph.parameters if name not in made)


def _own_rules(problem: Problem) -> OwnRules:
    return OwnRules(activation_rules(problem), loss_rules(problem.loss))


def _of_batch(problem: Problem, batch: Sequence[int]) -> Mapping[str, Quantity]:
    """The loss over a batch, and its gradients."""
    graph = forward(problem, batch, _own_rules(problem))
    gradients = {ids.partial(ids.LOSS, name) for name in graph.parameters}
    found = {q.id: q for q in backward(graph) if q.id in gradients}
    return found | {ids.BATCH_LOSS: Quantity(ids.BATCH_LOSS, graph.quantities[-1].terms)}


def _updates(problem: AnyProblem, graph: Graph) -> tuple[tuple[Quantity, ...], tuple[str, ...]]:
    """The rules of the problem's optimiser for every parameter, and what they hand on."""
    own, parameters = problem.optimizer, graph.parameters
    rules = rules_of(own)
    used = {str(symbol) for rule in rules for symbol in rule.expr.free_symbols}
    constants = [name for name in own.constants if ids.power(name) in used]
    powers = tuple(ids.power(name) for name in constants)
    found = [
        Quantity(ids.later(power, 1), (Term(PRODUCT, (power, name)),))
        for power, name in zip(powers, constants, strict=True)
    ]
    for parameter in parameters:
        found += _assigned(rules, graph.output, parameter, powers)
    states = tuple(ids.state(name, p) for name in SHAPES[own.kind].states for p in parameters)
    return tuple(found), (*parameters, *powers, *states)


def _assigned(
    rules: Sequence[Rule], output: str, parameter: str, powers: Sequence[str]
) -> Iterator[Quantity]:
    """The rules of an optimiser for one parameter: each reads what those before it have made."""
    made = set(powers)
    for rule in rules:
        terms = []
        for part in rule.expr.args if rule.expr.is_Add else (rule.expr,):
            atoms = sympy.preorder_traversal(part)
            symbols = tuple(dict.fromkeys(atom for atom in atoms if atom.is_Symbol))
            args = tuple(argument(str(symbol), parameter, made, output) for symbol in symbols)
            plain = symbols == (part,)
            terms.append(Term(IDENTITY if plain else Template(symbols, part), args))
        name = ids.state(rule.target, parameter) if rule.target else parameter
        yield Quantity(ids.later(name, 1), tuple(terms))
        made.add(rule.target)


def argument(symbol: str, parameter: str, made: Collection[str], output: str) -> str:
    """The quantity that a symbol of an optimiser's rule stands for, for one parameter.

    ``made`` are the names that have been made anew by the time of the rule.
    """
    if symbol == str(WEIGHT):
        name = parameter
    elif symbol == str(GRADIENT):
        return ids.partial(output, parameter)
    elif symbol == str(RATE) or symbol in ids.CONSTANTS or symbol.endswith(ids.POWER):
        name = symbol
    else:
        name = ids.state(symbol, parameter)
    return ids.later(name, 1) if symbol in made else name


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
    row = row_of(problem.layers[found.of.layer - 1].activation)
    textbook = row.textbook
    if textbook is None or row.cross is not None:  # softmax's are in its outputs anyway
        return quantity
    x, y = Symbol("x", real=True), Symbol("y", real=True)
    args = tuple(ids.at(str(name), found.sample) for name in (found.wrt, found.of))
    return Quantity(quantity.id, (Term(Template((x, y), textbook(x, y)), args),))


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
        rule = trace.rule(top)
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
