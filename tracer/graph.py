"""The forward pass as a graph: ordered nodes, each with the rule that makes it from earlier ones.

A rule is a sum of terms; a term is a small SymPy expression in placeholder symbols (a `Template`)
and the ids of the nodes to put in their place. So ``p = w_1 l_1 + w_2 l_2 + b`` is three terms of
two templates, whatever its width, and SymPy differentiates each template once.

Knows the shape of the network, never a value.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cache

import sympy
from sympy import Expr, Function, Symbol
from sympy.core.function import AppliedUndef

from tracer import ids
from tracer.activations import ACTIVATIONS
from tracer.losses import LOSSES, meaning
from tracer.problem import Layer, Loss, Penalty, Problem
from tracer.schema import COUPLED, PRELU

_X, _Y = (Symbol(name, real=True) for name in "xy")


@dataclass(frozen=True, slots=True)
class Template:
    """A SymPy expression in the placeholders ``symbols``, to be filled with quantities."""

    symbols: tuple[Symbol, ...]
    expr: Expr

    def filled(self, args: tuple[Expr, ...]) -> Expr:
        """The expression with ``args`` in place of the placeholders."""
        return self.expr.xreplace(dict(zip(self.symbols, args, strict=True)))


@cache
def derivative(template: Template, position: int) -> Template:
    """The partial derivative of a template in its argument ``position``, by SymPy."""
    return Template(template.symbols, sympy.diff(template.expr, template.symbols[position]))


IDENTITY = Template((_X,), _X)
NEGATED = Template((_X,), -_X)
PRODUCT = Template((_X, _Y), _X * _Y)
_SLOPED = Template((_X, _Y), ACTIVATIONS[PRELU].formula(_X, _Y))
NOTHING = Template((), sympy.Integer(0))
ONE = Template((), sympy.Integer(1))


@dataclass(frozen=True, slots=True)
class Term:
    """One summand of a rule: a template and the ids of its arguments."""

    template: Template
    args: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Quantity:
    """A quantity and its rule, the sum of ``terms``; without terms it is given.

    ``partials`` has the terms of its derivative by each argument, where these are not to be found
    by differentiating the terms: as softmax's, which are written in its outputs. ``stable`` is an
    equal rule that loses fewer digits, where there is one: values come from it.
    """

    id: str
    terms: tuple[Term, ...] = ()
    partials: tuple[tuple[str, tuple[Term, ...]], ...] = ()
    stable: tuple[Term, ...] = ()

    @property
    def evaluated(self) -> tuple[Term, ...]:
        """The terms that values come from."""
        return self.stable or self.terms

    @property
    def uses(self) -> tuple[str, ...]:
        """The ids that the rule reads, each once, in order."""
        return tuple(dict.fromkeys(arg for term in self.terms for arg in term.args))


@dataclass(frozen=True, slots=True)
class Graph:
    """The forward pass: given and computed quantities, each after all that it uses.

    ``output`` is what is derived by each of ``parameters``. ``sizes`` and ``samples`` are those of
    a network, and ``frozen`` its parameters that are kept fixed; any other graph has none of them.
    """

    sizes: tuple[int, ...]
    samples: int
    parameters: tuple[str, ...]
    quantities: tuple[Quantity, ...]
    output: str = ids.LOSS
    frozen: tuple[str, ...] = ()


def activation_template(layer: Layer) -> Template:
    """The activation of a layer as a template in the pre-activation."""
    formula = ACTIVATIONS[layer.activation].formula(_X, _rational(layer.parameter))
    return Template((_X,), formula)


def by_name(loss: Loss) -> dict[str, Template]:
    """The functions that a loss, its penalty and its derivative are printed with by name."""
    printed: tuple[Expr, ...] = ()
    if loss.formula is None:
        row = LOSSES[loss.kind]
        printed = row.formula(_X, _Y), *row.textbook(_X, _Y)[1]
    names = {call.func.__name__ for expr in printed for call in expr.atoms(AppliedUndef)}
    if loss.penalty is not None and loss.penalty.kind == "l1":
        names |= {"abs", "sign"}
    return {
        name: Template((_X,), meaning(Function(name)(_X), _rational(loss.delta))) for name in names
    }


def _rational(value: Fraction | None) -> Expr:
    return sympy.Rational(*(value or Fraction(0)).as_integer_ratio())


def loss_template(loss: Loss) -> Template:
    """The loss of one output as a template in target and output."""
    factor = _rational(loss.factor)
    formula = meaning(LOSSES[loss.kind].formula(_X, _Y), _rational(loss.delta))
    return Template((_X, _Y), factor * formula)


@cache
def softmax_template(count: int) -> Template:
    """Softmax of the first of ``count`` pre-activations.

    Divided by its own exponential, so that nothing overflows and equal ones are exactly equal.
    """
    own, *others = symbols = sympy.symbols(f"x:{count}", real=True)
    total = sympy.Add(1, *(sympy.exp(other - own) for other in others))
    return Template(tuple(symbols), 1 / total)


def _coupled(layer: Layer, i: int, n: int) -> list[Quantity]:
    """The outputs of a softmax layer at a sample, with their derivatives in the outputs."""
    row = ACTIVATIONS[layer.activation]
    assert row.cross is not None
    assert row.textbook is not None
    own = Template((_Y,), row.textbook(_X, _Y).doit())
    cross = Template((_X, _Y), row.cross(_X, _Y).doit())
    neurons = range(1, len(layer.weights) + 1)
    pre = {j: ids.at(ids.pre(i, j), n) for j in neurons}
    out = {j: ids.at(ids.output(i, j), n) for j in neurons}
    template = softmax_template(len(neurons))
    return [
        Quantity(
            out[j],
            (Term(template, (pre[j], *(pre[k] for k in neurons if k != j))),),
            tuple(
                (pre[k], (Term(own, (out[j],)) if k == j else Term(cross, (out[j], out[k])),))
                for k in neurons
            ),
        )
        for j in neurons
    ]


def _penalty(problem: Problem, penalty: Penalty, parameters: Sequence[str]) -> Quantity:
    """What is added to the loss: a multiple of the sum of the weights' squares or sizes."""
    size = _X**2 if penalty.kind == "l2" else meaning(Function("abs")(_X), sympy.Integer(0))
    template = Template((_X,), _rational(penalty.weight(len(problem.data))) * size)
    names = (name for name in parameters if name[0] == "w" or (name[0] == "b" and penalty.biases))
    return Quantity(ids.PENALTY, tuple(Term(template, (name,)) for name in names))


@dataclass(frozen=True, slots=True)
class OwnRules:
    """The formulas that a problem has of its own, each with its derivative as it is printed.

    ``layers`` has the activations by the layer's number, ``loss`` that of one output.
    """

    layers: Mapping[int, tuple[Template, Template]] = field(default_factory=dict)
    loss: tuple[Template, Template] | None = None


def _slope_of(
    error: Term, own_loss: tuple[Template, Template] | None
) -> tuple[tuple[str, tuple[Term, ...]], ...]:
    """The derivative of an own loss by its output, as it is printed."""
    if own_loss is None:
        return ()
    slope, args = own_loss[1], dict(zip(own_loss[0].symbols, error.args, strict=True))
    return ((error.args[1], (Term(slope, tuple(args[symbol] for symbol in slope.symbols)),)),)


def forward(
    problem: Problem, batch: Sequence[int] | None = None, own: OwnRules | None = None
) -> Graph:
    """The forward pass of every sample, or those of a batch, then the loss over them.

    ``own`` has the rules of a problem with formulas of its own.
    """
    own = own or OwnRules()
    sizes = problem.sizes
    samples = range(1, len(problem.data) + 1) if batch is None else batch
    parameters = problem.parameter_names

    def held(name: str) -> str:
        """The parameter that stands for one: itself, or the first of those that it is one with."""
        return problem.shared.get(name, name)

    found = [Quantity(name) for name in parameters]
    found.append(Quantity(ids.LEARNING_RATE))
    activations = [
        own.layers[i][0] if i in own.layers else activation_template(layer)
        for i, layer in enumerate(problem.layers, start=1)
    ]
    per_output = own.loss[0] if own.loss else loss_template(problem.loss)
    is_mean = problem.loss.outputs == "mean" and sizes[-1] > 1
    of_outputs = Template((_X,), _X / sizes[-1]) if is_mean else IDENTITY
    outputs = range(1, sizes[-1] + 1)
    for n in samples:
        found += [Quantity(ids.at(ids.output(0, k), n)) for k in range(1, sizes[0] + 1)]
        found += [Quantity(ids.at(ids.target(k), n)) for k in outputs]
    for n in samples:
        for i, (layer, activation) in enumerate(
            zip(problem.layers, activations, strict=True), start=1
        ):
            below = [ids.at(ids.output(i - 1, k), n) for k in range(1, sizes[i - 1] + 1)]
            for j in range(1, sizes[i] + 1):
                terms = [
                    Term(PRODUCT, (held(ids.weight(i, j, k)), source))
                    for k, source in enumerate(below, start=1)
                ]
                if layer.biases is not None:
                    offset = NEGATED if layer.thresholds else IDENTITY
                    if layer.constant is not None:
                        offset = Template((_X,), _X * _rational(layer.constant))
                    terms.append(Term(offset, (held(ids.bias(i, j)),)))
                found.append(Quantity(ids.at(ids.pre(i, j), n), tuple(terms)))
            if layer.activation in COUPLED:
                found += _coupled(layer, i, n)
                continue
            for j in range(1, sizes[i] + 1):
                pre = ids.at(ids.pre(i, j), n)
                slope = own.layers[i][1] if i in own.layers else None
                partials = ((pre, (Term(slope, (pre,)),)),) if slope else ()
                rule = (Term(activation, (pre,)),)
                if problem.is_sloped(i):
                    rule = (Term(_SLOPED, (pre, held(ids.slope(i, j)))),)
                found.append(Quantity(ids.at(ids.output(i, j), n), rule, partials))
        last = len(problem.layers)
        errors = tuple(
            Term(per_output, (ids.at(ids.target(k), n), ids.at(ids.output(last, k), n)))
            for k in outputs
        )
        parts = [
            Quantity(ids.at(ids.part(k), n), (error,), _slope_of(error, own.loss))
            for k, error in zip(outputs, errors, strict=True)
        ]
        if len(parts) > 1:
            shares = tuple(Term(of_outputs, (part.id,)) for part in parts)
            found += [*parts, Quantity(ids.at(ids.LOSS, n), shares)]
        else:
            found.append(replace(parts[0], id=ids.at(ids.LOSS, n)))
    is_sum = problem.loss.samples == "sum"
    share = IDENTITY if is_sum else Template((_X,), _X / len(samples))
    total = tuple(Term(share, (ids.at(ids.LOSS, n),)) for n in samples)
    if problem.loss.penalty is not None:
        found.append(_penalty(problem, problem.loss.penalty, parameters))
        total += (Term(IDENTITY, (ids.PENALTY,)),)
    found.append(Quantity(ids.LOSS, total))
    return Graph(
        sizes,
        len(samples),
        tuple(name for name in parameters if name not in problem.frozen),
        tuple(found),
        frozen=tuple(name for name in parameters if name in problem.frozen),
    )
