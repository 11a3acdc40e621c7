"""Every gradient, from the output layer back, and what is worked on the way."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tracer import ids
from tracer.activations import ACTIVATIONS, Activation, row_of
from tracer.blocks import Block, Display, Heading, Inline, Paragraph, Subheading, Table, Text
from tracer.derivation.backward import (
    delta,
    delta_equation,
    delta_name,
    delta_numbers,
    delta_sum,
    delta_value,
    jacobian_symbols,
    output_sum,
    shortcut_derivation,
    slope_numbers,
    slope_symbols,
)
from tracer.derivation.chosen import chosen
from tracer.derivation.forward import loss_formula, loss_numbers, sample_share
from tracer.derivation.gradients import gradient
from tracer.domains import to_fmpq
from tracer.formula import At, Equation, Letter, Num, Part, Partial, Var
from tracer.losses import LOSSES
from tracer.outline.full.factors import delta_reasons
from tracer.outline.full.segment import segment, two_sums
from tracer.outline.instability import remarks
from tracer.outline.own import own_slopes
from tracer.outline.own_loss import own_loss_remarks
from tracer.outline.pairing import unusual_pair
from tracer.outline.words import (
    MOST_LISTED,
    backwards,
    listed,
    neurons,
    sample_cells,
    sample_head,
)
from tracer.print_steps import between
from tracer.rounding import exact
from tracer.solved import Solved

_MOST_DELTA_COLUMNS = 2
_MOST_LISTED = 4


def gradients(s: Solved) -> Iterator[Block]:
    """The derivation of every gradient at the first step, each in a display of its own."""
    yield Heading("Gradients")
    yield from batch_loss(s, 0)
    if s.shows("paths"):
        yield from two_sums(s)
    yield from _remarks(s)
    for layer in range(s.last, s.first - 1, -1):
        displays = [block for name in backwards(s, layer) for block in _of_parameter(s, name)]
        yield from _layer(s, layer, 0, displays)


def _of_parameter(s: Solved, name: str) -> Iterator[Block]:
    """The gradient by a parameter at the first step, in its own view if it has one."""
    own = chosen(s, name, 0)
    if own is None:
        yield from segment(s, name)
    else:
        yield Display((own,), ids.partial(ids.LOSS, name))
    if s.views.get(ids.partial(ids.LOSS, name)) == "function" and len(s.samples) > 1:
        how = "sum" if s.problem.loss.samples == "sum" else "mean"
        words = f"This is of any one sample; the gradient is the {how} over the samples."
        yield Paragraph((words,), remark=True)


def batch_loss(s: Solved, step: int) -> Iterator[Block]:
    """The loss that is differentiated: over all the data, or over the batch of a step."""
    batch = s.batch(step)
    if not s.is_batched:
        if not s.shows("givens"):  # where it stands already
            yield Display((loss_formula(s),))
        return
    yield Paragraph(batch_words(s, step))
    links = (loss_numbers(s, step, batch),)
    parts = s.parts(links, ids.BATCH_LOSS, step, newline=True)
    left = loss_formula(s, batch)
    yield Display((Equation(left.left, (*left.parts, *parts)),), ids.at_step(ids.BATCH_LOSS, step))


def batch_words(s: Solved, step: int) -> Text:
    """Which samples the update after ``step`` others takes."""
    batch = s.batch(step)
    one = len(batch) == 1
    last = f" and {batch[-1]}" if not one else ""
    numbers = ", ".join(map(str, batch[:-1] or batch)) + last
    if len(batch) > _MOST_LISTED:
        numbers = f"{batch[0]} to {batch[-1]}"
    added = "" if s.problem.loss.penalty is None else ", with the whole penalty"
    letter: Text = () if one else (", the batch ", Letter(s.symbols.batch))
    return (
        f"Step {step + 1} takes sample{'' if one else 's'} {numbers}",
        *letter,
        "; here ",
        Var(ids.LOSS),
        f" is the loss over {'it' if one else 'these'} alone{added}:",
    )


def later_gradients(s: Solved, number: int, before: int) -> Iterator[Block]:
    """The gradients of a later step: the same formulas, so the numbers alone.

    ``before`` is the step that was printed before it.
    """
    yield Heading(f"Gradients of Step {number}")
    skipped = between(before, number)
    start = "The last has" if skipped and number == s.problem.steps else "This step has"
    start = f"{skipped} {start}".lstrip()
    step = number - 1
    if s.is_batched:
        yield from batch_loss(s, step)
    yield Paragraph((f"{start} the same formulas with new numbers:",))
    yield from _changed_slopes(s, step)
    yield from remarks(s, "gradients", step)
    for layer in range(s.last, s.first - 1, -1):
        equations = [
            chosen(s, name, step) or gradient(s, name, step, symbols=False)
            for name in backwards(s, layer)
            if s.views.get(ids.partial(ids.LOSS, name)) != "function"
        ]
        yield from _layer(s, layer, step, [Display(tuple(equations))] if equations else [])


def _layer(s: Solved, layer: int, step: int, displays: Sequence[Block]) -> Iterator[Block]:
    """The gradients of a layer with what they need before them and the layer below after them."""
    yield from _slopes(s, layer, step)
    if s.by_deltas(layer):
        if layer < s.last and s.problem.is_coupled(layer):
            yield from _by_outputs(s, layer, step)
        yield from _deltas(s, layer, step)
    yield from displays
    if layer > s.first and not s.by_deltas(layer):
        yield from _deltas(s, layer, step)


def _remarks(s: Solved) -> Iterator[Block]:
    if len(s.batch(0)) > 1:
        example = Partial(ids.LOSS, ids.output(s.last, 1))
        term = "the one summand" if sample_share(s, s.batch(0)) == 1 else "the sample's own loss"
        yield Paragraph(
            ("Under a sum over the data, ", example, f" means the derivative of {term}."),
            remark=True,
        )
    biases = (name for name in s.trace.graph.parameters if name[0] == "b")
    if any(ids.layer_of(name) in s.symbols.thresholds for name in biases):
        words = "A threshold is subtracted, so a pre-activation's derivative by it is -1."
        yield Paragraph((words,), remark=True)
    yield from _constants(s)
    yield from textbook_slopes(s)
    yield from own_slopes(s)
    yield from loss_remarks(s)
    ones = [
        (i, j)
        for i, j in _units(s)
        if s.slope_is_one(i, j, 0) and s.problem.layers[i - 1].formula is None
    ]
    switched = [(i, j) for i, j in ones if s.problem.layers[i - 1].activation != "identity"]
    linear = [unit for unit in ones if unit not in switched]
    for some, reason in (
        (switched, "since every pre-activation there is positive"),
        (linear, "since the activation there is the identity"),
    ):
        if some and not s.shows("reasons"):
            yield Paragraph((*_listed(some), _is_one(s, some, reason)), remark=True)
    yield from remarks(s, "gradients", 0)


def _constants(s: Solved) -> Iterator[Block]:
    """Where biases are the weights of a constant input: what stands beside them."""
    if any(layer.constant is not None for layer in s.problem.layers):
        words = "A pre-activation's derivative by the weight of a constant input is that constant."
        yield Paragraph((words,), remark=True)


def _units(s: Solved) -> list[tuple[int, int]]:
    """Every neuron with a delta as (layer, j), from the output layer back."""
    return [(i, j) for i in range(s.last, s.first - 1, -1) for j in neurons(s, i)]


def _changed_slopes(s: Solved, step: int) -> Iterator[Block]:
    """Which factors come or go because the pre-activations of a neuron changed sign."""
    for was, now, words in (
        (0, step, "not 1 at every sample here, so the numbers have this factor again."),
        (step, 0, "1 at every sample here, so the numbers do without this factor."),
    ):
        some = [u for u in _units(s) if s.slope_is_one(*u, was) and not s.slope_is_one(*u, now)]
        if some:
            verb = "is" if len(some) == 1 else "are"
            yield Paragraph((*_listed(some), f" {verb} {words}"), remark=True)


def textbook_slopes(s: Solved) -> Iterator[Block]:
    """The derivative of each activation that has a formula, at the first neuron with it."""
    found: dict[str, int] = {}
    for i in range(s.last, s.first - 1, -1):
        row = _row(s, i)
        if row.textbook is not None and row.text:
            found.setdefault(row.text, i)
    for name, i in found.items():
        left = Partial(ids.output(i, 1), ids.pre(i, 1))
        rule = Equation(left, (Part("=", slope_symbols(s, i, 1)),))
        more: Text = ()
        if s.problem.is_coupled(i) and s.problem.sizes[i] > 1:
            left = Partial(ids.output(i, 1), ids.pre(i, 2))
            cross = Equation(left, (Part("=", jacobian_symbols(s, i, 1, 2)),))
            more = (", and by another neuron's pre-activation ", cross)
        yield Paragraph((f"The derivative of {name}: ", rule, *more, "."), remark=True)


def slopes_by_cases(s: Solved) -> Iterator[Block]:
    """The derivative of each activation that has no formula but cases."""
    rows = (_row(s, i) for i in range(s.last, s.first - 1, -1))
    for name, remark in dict.fromkeys((row.text, row.remark) for row in rows):
        if remark:
            yield Paragraph((f"The derivative of {name} {remark}.",), remark=True)


def loss_remarks(s: Solved) -> Iterator[Block]:
    """What the loss's derivative is printed with, and how its short form comes about."""
    if s.problem.loss.formula is not None:
        yield from own_loss_remarks(s, s.problem.loss.formula)
        return
    row = LOSSES[s.problem.loss.kind]
    yield from unusual_pair(s)
    if row.remark:
        given = s.problem.loss.delta
        value: Text = () if given is None else (" Here delta is ", Num(exact(to_fmpq(given))), ".")
        yield Paragraph((f"In the loss and its derivative, {row.remark}.", *value), remark=True)
    if not s.problem.loss.shortcut:
        return
    name = ACTIVATIONS[row.shortcut].text
    ending = ", since the targets sum to 1" if s.problem.is_coupled(s.last) else ""
    yield Paragraph(
        (f"Of this loss and {name} together the derivative is short{ending}; derived once:",)
    )
    if s.problem.sizes[-1] <= MOST_LISTED or not s.problem.is_coupled(s.last):
        yield Display((shortcut_derivation(s),))
    else:
        yield Display((delta_equation(s, s.last, 1, 0),))


def _listed(units: list[tuple[int, int]]) -> Iterator[Inline]:
    return listed([Partial(ids.output(i, j), ids.pre(i, j)) for i, j in units])


def _is_one(s: Solved, units: list[tuple[int, int]], reason: str) -> str:
    is_one = "is 1" if len(units) == 1 else "are 1"
    samples = " at every sample" if len(s.problem.data) > 1 else ""
    left_out = any(layer == s.last for layer, _ in units)
    rest = " In the output layer this factor is not written." if left_out else ""
    return f" {is_one}{samples}, {reason}.{rest}"


def _row(s: Solved, layer: int) -> Activation:
    return row_of(s.problem.layers[layer - 1].activation)


def _is_switched(s: Solved, layer: int, j: int, step: int) -> bool:
    """Whether a neuron's derivative is a matter of cases, and not 1 at every sample."""
    return _row(s, layer).textbook is None and not s.slope_is_one(layer, j, step)


def _first_use(s: Solved, row: Activation) -> tuple[int, int]:
    """The step and layer at which the page first needs the cases of an activation's derivative."""
    return next(
        (number - 1, i)
        for number in s.problem.printed_steps or (1,)
        for i, j in _units(s)
        if _row(s, i) == row and _is_switched(s, i, j, number - 1)
    )


def _slopes(s: Solved, layer: int, step: int) -> Iterator[Block]:
    """Where the derivative of ReLU differs by sample: which it is where, and why."""
    row = _row(s, layer)
    units = [j for j in neurons(s, layer) if _is_switched(s, layer, j, step)]
    if not units:
        return
    what = f"The derivative of {row.text}"
    if row.remark and step == 0 and s.shows("forward"):
        rest = "its values stand in the table of the forward pass"
        yield Paragraph((f"{what} {row.remark}; {rest}.",), remark=True)
        return
    if not row.remark:  # a formula, whose derivative stands further up
        yield Paragraph((f"{what} in layer {s.symbols.layer(layer)}:",))
    elif _first_use(s, row) == (step, layer):
        yield Paragraph((f"{what} {row.remark}. In layer {s.symbols.layer(layer)}:",))
    else:
        yield Paragraph((f"{what} in layer {s.symbols.layer(layer)}:",))
    head: list[Inline] = [*sample_head(s)]
    for j in units:
        own, out = ids.pre(layer, j), ids.output(layer, j)
        head += [Var(own), Partial(out, own)]
    rows = []
    for n in s.batch(step):
        cells: list[Inline] = [*sample_cells(s, n)]
        for j in units:
            pre = s.num(ids.at(ids.pre(layer, j), n), step)
            cells += [pre, slope_numbers(s, layer, j, n, step)]
        rows.append(tuple(cells))
    yield Table(tuple(head), tuple(rows), len(sample_head(s)))


def _by_outputs(s: Solved, layer: int, step: int) -> Iterator[Block]:
    """The derivatives by the outputs of a softmax layer: each delta needs all of them."""
    yield Paragraph(
        (f"The derivatives with respect to the outputs of layer {s.symbols.layer(layer)}:",)
    )
    for j in neurons(s, layer):
        name = ids.partial(ids.LOSS, ids.output(layer, j))
        left = Partial(ids.LOSS, ids.output(layer, j))
        symbols = (Part("=", output_sum(s, layer, j)),) if step == 0 else ()
        if len(s.samples) == 1:
            parts = s.parts((delta_sum(s, layer, j, 1, step),), ids.at(name, 1), step)
            yield Display((Equation(left, (*symbols, *parts)),), ids.at(name, 1))
            continue
        equations = [Equation(left, symbols)] if symbols else []
        for n in s.samples:
            numbers = (delta_sum(s, layer, j, n, step),)
            parts = s.parts(numbers, ids.at(name, n), step, newline=False)
            equations.append(Equation(At(left, n, 0), parts))
        yield Display(tuple(equations))


def _deltas(s: Solved, layer: int, step: int) -> Iterator[Block]:
    """The derivatives by the pre-activations of a layer: worked once, cited from here on."""
    if step == 0 and s.shows("deltas"):
        named = isinstance(delta(s, layer, 1), Var)
        title = "Deltas" if named else "Derivatives by the pre-activations"
        yield Subheading((f"{title} of layer {s.symbols.layer(layer)}",))
    yield from _worked_deltas(s, layer, step)
    if step == 0 and s.shows("reasons"):
        yield from delta_reasons(s, layer)


def _worked_deltas(s: Solved, layer: int, step: int) -> Iterator[Block]:
    several = len(s.batch(step)) > 1
    yield Paragraph((_purpose(s, layer, several),))
    symbols = [delta_equation(s, layer, j, step) for j in neurons(s, layer)]
    if layer == s.last and several and s.problem.sizes[-1] <= _MOST_DELTA_COLUMNS:
        if step == 0:
            yield Display(tuple(symbols))
        yield _delta_table(s, layer, step)
        return
    for j, equation in zip(neurons(s, layer), symbols, strict=True):
        name = ids.partial(ids.LOSS, ids.pre(layer, j))
        if not several:
            (n,) = s.batch(step)
            numbers = (delta_numbers(s, layer, j, n, step),)
            parts = s.parts(numbers, ids.at(name, n), step, newline=step == 0)
            before = equation.parts if step == 0 else ()
            yield Display((Equation(equation.left, (*before, *parts)),), ids.at(name, n))
            continue
        equations = [equation] if step == 0 else []
        for n in s.batch(step):
            numbers = (delta_numbers(s, layer, j, n, step),)
            parts = s.parts(numbers, ids.at(name, n), step, newline=False)
            left = At(delta(s, layer, j), n, 0)
            equations.append(Equation(left, parts))
        yield Display(tuple(equations))


def _purpose(s: Solved, layer: int, several: bool) -> str:
    """Why deltas are worked here, and what the number in brackets means."""
    tabled = layer == s.last and s.problem.sizes[-1] <= _MOST_DELTA_COLUMNS
    order = "First," if layer == s.last else "Next,"
    start = order if s.by_deltas(layer) else "For the layer below,"
    number = s.symbols.layer(layer)
    if not several:
        return f"{start} the derivatives with respect to the pre-activations of layer {number}:"
    first, second = (s.symbols.sample_name(n) for n in (1, 2))
    samples = "for each sample" if tabled else f"at sample {first}, {second} and so on"
    return (
        f"{start} the derivatives with respect to the pre-activations of layer {number}, {samples}:"
    )


def _delta_table(s: Solved, layer: int, step: int) -> Table:
    head: list[Inline] = [*sample_head(s)]
    head += [delta_name(s, layer, j) for j in neurons(s, layer)]
    rows = [
        (*sample_cells(s, n), *(delta_value(s, layer, j, n, step) for j in neurons(s, layer)))
        for n in s.batch(step)
    ]
    return Table(tuple(head), tuple(rows), len(sample_head(s)))
