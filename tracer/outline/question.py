"""The question: data, architecture, parameters, and what to compute."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

from sympy import Symbol

from tracer import ids
from tracer.activations import row_of
from tracer.blocks import Block, Display, Flow, Heading, Inline, Paragraph, Text
from tracer.derivation.forward import output_symbols
from tracer.domains import to_fmpq
from tracer.formula import DataSet, Equation, Letter, Num, Part, Point, Var, from_sympy
from tracer.glyph import Glyph
from tracer.outline import matrix
from tracer.outline.own import own_definition
from tracer.outline.words import in_words, offsets
from tracer.parametric import prelu
from tracer.rounding import exact
from tracer.schema import ACTIVATION_PARAMETERS, FORWARD_ONLY
from tracer.solved import Solved


def question(s: Solved) -> Iterator[Block]:
    """Everything that is given, then the task."""
    yield Heading("Question")
    yield from given(s)
    yield from task(s)


def given(s: Solved) -> Iterator[Block]:
    """The data, the network, and its parameters with their values."""
    yield from matrix.data(s) if s.view == "matrix" else _data(s)
    yield Paragraph(architecture(s))
    yield from matrix.parameters(s) if s.view == "matrix" else _parameters(s)
    yield from parameter_notes(s)


def _data(s: Solved) -> Iterator[Block]:
    yield Paragraph(("Given labelled data:",))
    samples = tuple((_point(s, "l0", n), _point(s, "t", n)) for n in s.samples)
    data = Letter(s.symbols.data)
    yield Display((Equation(data, (Part("=", DataSet(samples)),)),))


def _parameters(s: Solved) -> Iterator[Block]:
    yield Paragraph(("Define:",))
    yield Flow(tuple(_equal_parameters(s, kind) for kind in "wba"))


def parameter_notes(s: Solved) -> Iterator[Block]:
    """What is said of some parameters: weights of a constant input, shared ones, fixed ones."""
    yield from _constants(s)
    yield from _shared(s)
    yield from _kept_fixed(s)


def task(s: Solved) -> Iterator[Block]:
    """What to compute, in the problem's words or in those of its settings."""
    if s.problem.question.strip():
        yield from asked(s)
    else:
        yield Paragraph(_default_question(s))


def asked(s: Solved) -> Iterator[Block]:
    """The problem's own words, if it has any; blank lines part paragraphs."""
    for part in re.split(r"\n\s*\n", s.problem.question.strip()):
        if part:
            yield Paragraph((part.strip(),))


def _point(s: Solved, kind: str, n: int) -> Point:
    """A sample's inputs (``l0``) or targets (``t``)."""
    count = s.problem.sizes[0 if kind == "l0" else -1]
    names = (f"{kind}[{k}]" for k in range(1, count + 1))
    return Point(tuple(s.number(ids.at(name, n), 0) for name in names))


def architecture(s: Solved) -> Text:
    """One sentence for the layers, one for the activations."""
    *hidden, last = s.problem.layers
    sizes = [len(layer.weights) for layer in hidden]
    if not hidden:
        middle = "no hidden layer"
    elif len(hidden) == 1:
        middle = f"one hidden layer with {in_words(sizes[0], 'neuron')}"
    else:
        listed = f"{', '.join(map(str, sizes[:-1]))} and {sizes[-1]}"
        middle = f"{in_words(len(hidden), 'hidden layer')} of {listed} neurons"
    ends = in_words(s.problem.sizes[0], "input"), in_words(len(last.weights), "output")
    words = f"Consider a neural network with {ends[0]}, {middle} and {ends[1]}. "
    if s.symbols.below:
        below = s.symbols.layer(0)
        given = in_words(s.problem.sizes[0], "output")
        follow = f"follow {middle} and {ends[1]}" if hidden else f"follow {ends[1]}"
        if not hidden and len(last.weights) == 1:
            follow = "follows one output"
        words = (
            f"Consider the part of a neural network from layer {below + 1} on. The inputs are the "
            f"{given} of layer {below}; there {follow}. "
        )
    kinds = [(row.activation, row.parameter, row.formula) for row in s.problem.layers]
    if len(set(kinds)) == 1:
        neurons = "all neurons" if hidden or len(last.weights) > 1 else "the neuron"
        return (f"{words}The activation of {neurons} is ", *_activation(s, 1), ".")
    described: list[Inline] = [f"{words}The activations are "]
    for i in range(1, len(kinds) + 1):
        comma = "" if i == len(kinds) else " and " if i == len(kinds) - 1 else ", "
        described += [*_activation(s, i), f" in layer {s.symbols.layer(i)}{comma}"]
    return (*described, ".")


def _activation(s: Solved, layer: int) -> Text:
    """What the activation is: its name, with its formula where the name does not say enough."""
    own = s.problem.layers[layer - 1]
    if s.problem.is_sloped(layer):
        p, slope = (
            Letter(Glyph(g.base)) for g in (s.symbols.notation.pre, s.symbols.notation.slope)
        )
        rule = Equation(s.activation(layer, p), (Part("=", prelu(p, slope)),))
        return (rule, " with learned slopes ", slope)
    if own.formula is not None:
        return (own_definition(s, layer),)
    row = row_of(own.activation)
    x, p = Symbol("x"), Letter(Glyph(s.symbols.notation.pre.base))
    function = s.activation(layer, p)
    if own.parameter is not None:
        value = Num(exact(to_fmpq(own.parameter)))
        written: Text = () if function.index is None else (", written ", function, ",")
        return (f"{row.text} with {ACTIVATION_PARAMETERS[own.activation]} ", value, *written)
    if s.problem.layers[layer - 1].activation in FORWARD_ONLY:
        return (f"{row.text} (0 where the pre-activation is negative, else 1)",)
    if s.problem.is_coupled(layer):
        rule = Equation(Var(ids.output(layer, 1)), (Part("=", output_symbols(s, layer, 1)),))
        return (f"{row.text} (", rule, ")")
    if row.definition is None:
        return (row.text or "the identity",)
    return (Equation(function, (Part("=", from_sympy(row.definition(x), {x: p})),)),)


def _equal_parameters(s: Solved, kind: str) -> tuple[Equation, ...]:
    """Equal weights (or biases) together, by layer and source."""
    names = [name for name in s.problem.parameter_names if name.startswith(kind)]
    found = [ids.parse(name) for name in names]
    order = sorted((name.of for name in found if name), key=lambda n: (n.layer, n.k, n.j))
    groups: dict[str, list[str]] = {}
    for name in order:
        groups.setdefault(s.number(str(name), 0).text, []).append(str(name))
    return tuple(
        Equation(Var(first), (*(Part("=", Var(n)) for n in rest), Part("=", s.num(first, 0))))
        for first, *rest in groups.values()
    )


def _constants(s: Solved) -> Iterator[Block]:
    """Which biases are the weights of a constant input, and of which."""
    groups: dict[Fraction, list[str]] = {}
    for i, layer in enumerate(s.problem.layers, start=1):
        if layer.constant is not None:
            groups.setdefault(layer.constant, []).append(f"layer {s.symbols.layer(i)}")
    for value, layers in groups.items():
        where = " of " + " and ".join(layers)
        if len(layers) == sum(layer.biases is not None for layer in s.problem.layers):
            where = ""
        number = Num(exact(to_fmpq(value)))
        yield Paragraph((f"The biases{where} are the weights of a constant input ", number, "."))


def _shared(s: Solved) -> Iterator[Block]:
    """Which parameters are one quantity, by the symbols that each place would have."""
    own = replace(s.symbols, shared={})
    items: list[Inline] = []
    for name in dict.fromkeys(s.problem.shared.values()):
        rest = (Letter(own.glyph(place)) for place in s.problem.places(name)[1:])
        items.append(Equation(Var(name), tuple(Part("=", letter) for letter in rest)))
    if items:
        separated: list[Inline] = [part for item in items for part in (", ", item)][1:]
        start = "Shared, each with one gradient and one update, and written as the first: "
        yield Paragraph((start, *separated, "."))


def _kept_fixed(s: Solved) -> Iterator[Block]:
    """Which parameters do not learn: all of a kind, all of a kind in a layer, or single ones."""
    if not s.problem.frozen:
        return
    groups: dict[tuple[str, int], list[str]] = {}
    for name in s.problem.parameter_names:
        groups.setdefault((name[0], ids.layer_of(name)), []).append(name)
    items: list[Inline] = []
    for kind in "wba":
        own = {key: names for key, names in groups.items() if key[0] == kind}
        if own and all(s.problem.frozen.issuperset(names) for names in own.values()):
            items.append(_all(s, kind, [layer for _, layer in own]))
            continue
        for (_, layer), names in own.items():
            if s.problem.frozen.issuperset(names):
                items.append(f"{_all(s, kind, [layer])} of layer {s.symbols.layer(layer)}")
            else:
                items += [Var(name) for name in names if name in s.problem.frozen]
    separated: list[Inline] = [part for item in items for part in (", ", item)][1:]
    yield Paragraph(("Kept fixed, without gradient or update: ", *separated, "."))


def _all(s: Solved, kind: str, layers: list[int]) -> str:
    words = {"w": "weights", "a": "slopes"}
    return f"all {words.get(kind) or offsets(s, layers)}"


def _default_question(s: Solved) -> Text:
    steps = s.problem.steps
    if steps == 0:
        if s.problem.forward_only:
            return ("Compute the outputs and ", Var(ids.LOSS), ".")
        parameter = "other parameter" if s.problem.frozen else "parameter"
        return ("Compute the gradient of ", Var(ids.LOSS), f" with respect to every {parameter}.")
    if steps == 1:
        return ("Compute a single iteration of backpropagation.",)
    return (f"Compute {in_words(steps, 'iteration')} of backpropagation.",)
