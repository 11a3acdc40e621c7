"""The page: which blocks in which order, and the words between the equations.

The order is that of a lecture: the question, the model with its numbers, the loss, the idea of
gradient descent, every gradient from the output layer back, the update, the model and the loss
after it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from tracer import ids
from tracer.activations import ACTIVATIONS
from tracer.blocks import Block, Display, Flow, Heading, Inline, Page, Paragraph, Steps, Table, Text
from tracer.derivation import (
    Solved,
    delta_name,
    delta_numbers,
    delta_symbols,
    delta_value,
    derivation,
    gradient,
    loss_formula,
    loss_value,
    sample_share,
    update,
    worked_output,
)
from tracer.formula import (
    At,
    DataSet,
    Equation,
    Formula,
    Letter,
    Nabla,
    Neg,
    Num,
    OfInputs,
    OverData,
    Part,
    Partial,
    Point,
    Prod,
    Sum,
    Var,
    whole,
)
from tracer.graph import Quantity
from tracer.notation import Glyph
from tracer.trace import Trace
from tracer.values import printed

# up to here a sample is named by its inputs, in columns; beyond, by its number
_MOST_INPUT_COLUMNS = 3
# up to here the first row's workings fit into the cells of the table
_MOST_TERMS_IN_CELL = 3
# up to here every step is printed; of longer runs the first and the last
_MOST_STEPS = 3
_WORDS = "no one two three four five six seven eight nine ten eleven twelve".split()


def printed_steps(steps: int) -> tuple[int, ...]:
    """The steps that a page shows: all of a few, the first and the last of many."""
    return tuple(range(1, steps + 1)) if steps <= _MOST_STEPS else (1, steps)


def page(s: Solved) -> Page:
    """The whole solution."""
    blocks: list[Block] = [*_question(s), *_model(s, 0), *_loss(s, 0)]
    steps = printed_steps(s.problem.steps)
    if steps:
        blocks += _descent(s)
    blocks += _gradients(s)
    for number in steps:
        if number > 1:
            blocks += _later_gradients(s, number)
        blocks += _update(s, number)
        blocks += [*_model(s, number), *_loss(s, number)]
    blocks += _numbers_remark(s)
    return Page(s.problem.title, tuple(blocks))


def derivation_page(s: Solved, names: list[str]) -> Page:
    """The derivations of some quantities and nothing else."""
    return Page(s.problem.title, tuple(Display((derivation(s, name),), name) for name in names))


def needed(trace: Trace) -> list[str]:
    """The ids, with steps, whose values the whole solution prints."""
    local = [q.id for q in trace.quantities if trace.steps or q.id != ids.LEARNING_RATE]
    forward = [q.id for q in trace.graph.quantities if q.terms]
    found = list(local)
    for step in printed_steps(trace.steps):
        if step > 1:
            found += [ids.at_step(name, step - 1) for name in trace.graph.parameters]
            found += [ids.at_step(q.id, step - 1) for q in trace.quantities if q.terms]
        found += [ids.at_step(name, step) for name in (*trace.graph.parameters, *forward)]
    return list(dict.fromkeys(found))


def needed_for(trace: Trace, index: Mapping[str, Quantity], asked: Sequence[str]) -> list[str]:
    """The ids whose values the derivations of ``asked`` print: all that they rest on."""
    found: dict[str, None] = {}
    for name in asked:
        step, base = ids.split_step(name)
        if step and base in trace.graph.parameters:
            step, base = step - 1, ids.at_step(base, 1)
        waiting = [base]
        while waiting:
            top = waiting.pop()
            own = ids.at_step(top, step) if not top.startswith("1/") else name
            if own not in found:
                found[own] = None
                waiting += index[top].uses
        found[name] = None
    return list(found)


def _count(number: int, noun: str) -> str:
    word = _WORDS[number] if number < len(_WORDS) else str(number)
    return f"{word} {noun}" if number == 1 else f"{word} {noun}s"


# the question


def _question(s: Solved) -> Iterator[Block]:
    yield Heading("Question")
    data = Letter(s.symbols.notation.data)
    yield Paragraph(("Given labelled data:",))
    samples = tuple(
        (
            Point(tuple(s.number(ids.at(ids.output(0, k), n), 0) for k in _upto(s, 0))),
            Point(tuple(s.number(ids.at(ids.target(k), n), 0) for k in _upto(s, s.last))),
        )
        for n in s.samples
    )
    yield Display((Equation(data, (Part("=", DataSet(samples)),)),))
    yield Paragraph(_architecture(s))
    yield Paragraph(("Define:",))
    yield from _parameters(s)
    yield Paragraph((s.problem.question or _default_question(s),))


def _upto(s: Solved, layer: int) -> range:
    return range(1, s.problem.sizes[layer] + 1)


def _architecture(s: Solved) -> Text:
    """One sentence: inputs, hidden layers with their neurons, outputs, activations."""
    *hidden, last = s.problem.layers
    words = f"Consider a neural network with {_count(s.problem.sizes[0], 'input')}, "
    if not hidden:
        words += "no hidden layer and "
    elif len(hidden) == 1:
        words += f"one hidden layer with {_count(len(hidden[0].weights), 'neuron')} and "
    else:
        sizes = ", ".join(str(len(layer.weights)) for layer in hidden[:-1])
        words += (
            f"{_count(len(hidden), 'hidden layer')} with {sizes} and "
            f"{len(hidden[-1].weights)} neurons and "
        )
    words += f"{_count(len(last.weights), 'output')}. "
    kinds = {layer.activation for layer in s.problem.layers}
    if len(kinds) == 1:
        many = "all layers" if hidden else "the layer"
        return (words + f"The activation of {many} is {_activation_name(last.activation)}.",)
    listed = [
        f"{_activation_name(layer.activation)} in layer {i}"
        for i, layer in enumerate(s.problem.layers, start=1)
    ]
    return (words + f"The activations are {', '.join(listed[:-1])} and {listed[-1]}.",)


def _activation_name(activation: str) -> str:
    names = {"identity": "the identity", "sigmoid": "the sigmoid σ(p) = 1/(1 + exp(-p))"}
    return names.get(activation, ACTIVATIONS[activation].text)


def _parameters(s: Solved) -> Iterator[Block]:
    """Equal parameters together, weights before biases; within a layer by the neuron they leave."""
    for kind in "wb":
        names = [ids.parse(name) for name in s.trace.graph.parameters if name[0] == kind]
        order = sorted((n.of for n in names if n), key=lambda n: (n.layer, n.k, n.j))
        groups: dict[str, list[str]] = {}
        for name in order:
            groups.setdefault(s.number(str(name), 0).text, []).append(str(name))
        equations = []
        for first, *rest in groups.values():
            parts = [Part("=", Var(name)) for name in rest]
            equations.append(Equation(Var(first), (*parts, Part("=", s.num(first, 0)))))
        if equations:
            yield Flow(tuple(equations))


def _default_question(s: Solved) -> str:
    steps = s.problem.steps
    if steps == 0:
        return f"Compute the gradient of {s.problem.loss.name} with respect to every parameter."
    if steps == 1:
        return "Compute a single iteration of backpropagation."
    return f"Compute {steps} iterations of backpropagation."


# the model and the loss


def _model(s: Solved, step: int) -> Iterator[Block]:
    yield Heading("Initial Model" if step == 0 else _after("Updated Model", s, step))
    keys = _sample_head(s)
    head: list[Inline] = [*keys]
    head += [_target_symbol(s, k) for k in _upto(s, s.last)]
    neurons = [(i, j) for i in range(1, s.last + 1) for j in _upto(s, i)]
    for i, j in neurons:
        symbol = Var(ids.output(i, j))
        if i == s.last:
            head.append(Equation(symbol, (Part("=", OfInputs(s.symbols.network(j))),)))
        else:
            head.append(symbol)
    in_cells = max(s.problem.sizes[:-1]) <= _MOST_TERMS_IN_CELL and len(neurons) <= 4
    rows: list[tuple[Inline, ...]] = []
    for n in s.samples:
        row: list[Inline] = [*_sample_cells(s, n)]
        row += [s.num(ids.at(ids.target(k), n), 0) for k in _upto(s, s.last)]
        for i, j in neurons:
            if step == 0 and n == 1 and in_cells:
                row.append(worked_output(s, i, j, n, step))
            else:
                row.append(s.num(ids.at(ids.output(i, j), n), step))
        rows.append(tuple(row))
    yield Table(tuple(head), tuple(rows), len(keys))
    if step == 0 and not in_cells:
        yield Paragraph(("The first row in full:",))
        yield Display(tuple(_worked_row(s, i, j) for i, j in neurons))


def _worked_row(s: Solved, i: int, j: int) -> Equation:
    worked = worked_output(s, i, j, 1, 0)
    assert worked.left is not None
    values = (worked.left, *(part.formula for part in worked.parts[:-1]))
    (first, *rest) = s.parts(values, ids.at(ids.output(i, j), 1), 0)
    return Equation(Var(ids.output(i, j)), (Part(first.relation, first.formula), *rest))


def _after(title: str, s: Solved, step: int) -> str:
    return title if s.problem.steps == 1 else f"{title} after Step {step}"


def _target_symbol(s: Solved, k: int) -> Formula:
    return Letter(s.symbols.target(k))


def _sample_head(s: Solved) -> tuple[Inline, ...]:
    if s.problem.sizes[0] > _MOST_INPUT_COLUMNS:
        return ("sample",)
    return tuple(Var(ids.output(0, k)) for k in _upto(s, 0))


def _sample_cells(s: Solved, n: int) -> tuple[Inline, ...]:
    if s.problem.sizes[0] > _MOST_INPUT_COLUMNS:
        return (str(n),)
    return tuple(s.num(ids.at(ids.output(0, k), n), 0) for k in _upto(s, 0))


def _loss(s: Solved, step: int) -> Iterator[Block]:
    name = s.problem.loss.name
    yield Heading(f"Initial {name}" if step == 0 else _after(name, s, step))
    yield Display((loss_formula(s),))
    worked = loss_value(s, step)
    yield Display((Equation(None, (Part("", worked.left or whole(0)), *worked.parts)),))
    if step == 0:
        yield from _loss_remark(s)


def _loss_remark(s: Solved) -> Iterator[Block]:
    count = len(s.problem.data)
    name = s.problem.loss.name
    if count == 1 or s.problem.loss.samples == "mean":
        return
    if not (name.upper().startswith("M") or "mean" in name.lower()):
        return
    value = s.values[ids.LOSS].exact
    mean: Text = ()
    if value is not None:
        mean = (" (here ", Num(printed(value / count, s.problem.numbers)), ")")
    yield Paragraph(
        (
            f"What is called {name} here is the sum over the {_count(count, 'sample')}, not "
            "divided by their number. The mean",
            *mean,
            f" would have gradients {_count(count, 'time')} smaller.",
        ),
        remark=True,
    )


# gradient descent


def _descent(s: Solved) -> Iterator[Block]:
    yield Heading("Finding Minima via Gradient Descent")
    point, counter = s.symbols.notation.all_parameters, s.symbols.notation.step
    now = Letter(Glyph(point.base, counter.base))
    name = s.problem.loss.name
    start = Equation(Letter(counter), (Part("=", whole(0)),))
    yield Steps(
        (
            (
                "Start: choose values ",
                Letter(Glyph(point.base, "0")),
                " for all weights and biases; set ",
                start,
                ".",
            ),
            (f"Compute the gradient of {name} at ", now, "."),
            (
                f"Move on: against the gradient, {name} falls fastest, to first order. The next "
                "point is ",
                _descent_rule(s),
                ", where ",
                Var(ids.LEARNING_RATE),
                " is the learning rate; then raise ",
                Letter(counter),
                " by one.",
            ),
            (f"Stop once {name} is small enough; otherwise go back to 2.",),
        )
    )


def _descent_rule(s: Solved) -> Equation:
    point, counter = s.symbols.notation.all_parameters, s.symbols.notation.step
    now = Letter(Glyph(point.base, counter.base))
    then = Letter(Glyph(point.base, f"{counter.base}+1"))
    change = Neg(Prod((Var(ids.LEARNING_RATE), Nabla(now))))
    return Equation(then, (Part("=", Sum((now, change))),))


def _gradients(s: Solved) -> Iterator[Block]:
    yield Heading("Gradients")
    yield Display((loss_formula(s),))
    yield from _gradient_remarks(s)
    for layer in range(s.last, 0, -1):
        yield from _slopes(s, layer, 0)
        if s.by_deltas(layer):
            yield from _deltas(s, layer, 0)
        for j in _upto(s, layer):
            for name in _parameters_of(s, layer, j):
                yield Display((gradient(s, name, 0),), ids.partial(ids.LOSS, name))
        if layer > 1 and not s.by_deltas(layer):
            yield from _deltas(s, layer, 0)


def _parameters_of(s: Solved, layer: int, j: int) -> list[str]:
    names = [ids.weight(layer, j, k) for k in _upto(s, layer - 1)]
    return [*names, ids.bias(layer, j)] if s.has_bias(layer) else names


def _gradient_remarks(s: Solved) -> Iterator[Block]:
    example = Partial(ids.LOSS, ids.output(s.last, 1))
    if len(s.problem.data) > 1:
        term = "summand" if sample_share(s) == 1 else "sample's own loss"
        yield Paragraph(
            ("Under a sum over the data, ", example, f" means the derivative of the one {term}."),
            remark=True,
        )
    ones = [
        Partial(ids.output(i, j), ids.pre(i, j))
        for i in range(s.last, 0, -1)
        for j in _upto(s, i)
        if s.problem.layers[i - 1].activation != "identity" and s.slope_is_one(i, j, 0)
    ]
    if ones:
        listed: list[Inline] = []
        for position, one in enumerate(ones[:4]):
            listed += [", ", one] if position else [one]
        more = " and so on" if len(ones) > 4 else ""
        every = "at every sample" if len(s.problem.data) > 1 else "here"
        yield Paragraph(
            (
                *listed,
                f"{more}: {'all are' if len(ones) > 1 else 'this is'} 1 {every}, since every "
                "pre-activation is positive. In the output layer the factor is not written.",
            ),
            remark=True,
        )


def _slopes(s: Solved, layer: int, step: int) -> Iterator[Block]:
    """Where the derivative of ReLU differs by sample: which it is where, and why."""
    row = ACTIVATIONS[s.problem.layers[layer - 1].activation]
    if row.textbook is not None:
        return
    neurons = [j for j in _upto(s, layer) if not s.slope_is_one(layer, j, step)]
    if not neurons:
        return
    yield Paragraph((f"{row.text}'(p) {row.remark}. In layer {layer}:",))
    head: list[Inline] = [*_sample_head(s)]
    for j in neurons:
        own, out = ids.pre(layer, j), ids.output(layer, j)
        head += [Var(own), Partial(out, own)]
    rows = []
    for n in s.samples:
        cells: list[Inline] = [*_sample_cells(s, n)]
        for j in neurons:
            local = ids.partial(ids.output(layer, j), ids.pre(layer, j), n)
            cells += [s.num(ids.at(ids.pre(layer, j), n), step), s.num(local, step)]
        rows.append(tuple(cells))
    yield Table(tuple(head), tuple(rows), len(_sample_head(s)))


def _deltas(s: Solved, layer: int, step: int) -> Iterator[Block]:
    """The derivatives by the pre-activations of a layer: worked once, cited from here on."""
    below = "The next layer down needs" if not s.by_deltas(layer) else "First"
    several = len(s.problem.data) > 1
    yield Paragraph((f"{below}, for each sample:" if several else f"{below}:",))
    if layer == s.last and several and s.problem.sizes[-1] <= 2:
        yield from _delta_table(s, layer, step)
        return
    for j in _upto(s, layer):
        name = ids.partial(ids.LOSS, ids.pre(layer, j))
        left = Partial(ids.LOSS, ids.pre(layer, j))
        named, formulas = delta_symbols(s, layer, j, step)
        head = (Part("=", named), Part("=", formulas))
        if not several:
            numbers = s.parts((delta_numbers(s, layer, j, 1, step),), ids.at(name, 1), step)
            yield Display((Equation(left, (*head, *numbers)),), ids.at(name, 1))
            continue
        equations = [Equation(left, head)]
        for n in s.samples:
            first, *rest = s.parts(
                (delta_numbers(s, layer, j, n, step),), ids.at(name, n), step
            )
            parts = (Part(first.relation, first.formula), *rest)
            equations.append(Equation(At(left, n, 0), parts))
        yield Display(tuple(equations))


def _delta_table(s: Solved, layer: int, step: int) -> Iterator[Block]:
    head: list[Inline] = [*_sample_head(s)]
    for j in _upto(s, layer):
        _, formulas = delta_symbols(s, layer, j, step)
        head.append(Equation(delta_name(s, layer, j), (Part("=", formulas),)))
    rows = [
        (*_sample_cells(s, n), *(delta_value(s, layer, j, n, step) for j in _upto(s, layer)))
        for n in s.samples
    ]
    yield Table(tuple(head), tuple(rows), len(_sample_head(s)))


def _later_gradients(s: Solved, number: int) -> Iterator[Block]:
    yield Heading(f"Gradients of Step {number}")
    if number == s.problem.steps and number > _MOST_STEPS:
        yield Paragraph(
            (f"Steps 2 to {number - 1} run in the same way. The last, with the same formulas:",)
        )
    else:
        yield Paragraph(("The same formulas with the new numbers:",))
    step = number - 1
    for layer in range(s.last, 0, -1):
        yield from _slopes(s, layer, step)
        if s.by_deltas(layer):
            yield from _deltas(s, layer, step)
        equations = [
            gradient(s, name, step, symbols=False)
            for j in _upto(s, layer)
            for name in _parameters_of(s, layer, j)
        ]
        yield Display(tuple(_on_one_line(e) for e in equations))
        if layer > 1 and not s.by_deltas(layer):
            yield from _deltas(s, layer, step)


def _on_one_line(equation: Equation) -> Equation:
    first, *rest = equation.parts
    return Equation(equation.left, (Part(first.relation, first.formula), *rest))


def _update(s: Solved, number: int) -> Iterator[Block]:
    yield Heading(_after("Finding Minima via Gradient Descent", s, number) if number == 1
                  else f"Update of Step {number}")
    if number == 1:
        yield Paragraph(
            ("The next point lies against the gradient, the direction in which "
             f"{s.problem.loss.name} falls fastest to first order:",)
        )
        yield Display((_descent_rule(s),))
    rate = Equation(Var(ids.LEARNING_RATE), (Part("=", s.num(ids.LEARNING_RATE, 0)),))
    yield Paragraph(
        ("Pick ", rate, ". On the left are the new values, on the right only old ones:")
        if number == 1
        else ("With ", rate, ":")
    )
    equations = [
        update(s, name, number)
        for layer in range(s.last, 0, -1)
        for j in _upto(s, layer)
        for name in _parameters_of(s, layer, j)
    ]
    yield Display(tuple(equations))


# how numbers are printed


def _numbers_remark(s: Solved) -> Iterator[Block]:
    numbers = s.problem.numbers
    if numbers.policy == "float64":
        words = (
            "Computed in float64, the machine's own arithmetic; the digits are rounded to "
            f"{numbers.digits} decimals for display and are not proven."
        )
    elif numbers.policy == "step":
        words = (
            f"Every quantity is rounded to {numbers.digits} decimals (ties away from zero) and "
            "the rounded value used onward."
        )
    elif all(value.number.is_exact for value in s.values.values()):
        return
    else:
        words = (
            f"Values are printed to at most {numbers.digits} decimals and carried on unrounded; "
            "≈ stands where the printed digits do not give the right-hand side exactly."
        )
    yield Paragraph((words,), remark=True)

