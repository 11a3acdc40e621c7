"""Whole layers at once: names = matrices in symbols = matrices in numbers = matrix of values.

The entries are the quantities of the trace; several samples are the columns of a matrix, a single
one is a vector. Matrices have in row j and column k what leads to neuron j from neuron k below.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sympy import Symbol

from tracer import ids
from tracer.derivation.backward import loss_constant, loss_slope_numbers, slope_numbers
from tracer.derivation.forward import (
    loss_factor,
    penalty_slope,
    rational,
    sample_share,
    scaled,
)
from tracer.formula import (
    Apply,
    Equation,
    Formula,
    Hadamard,
    Matrix,
    MatrixName,
    MatrixPartial,
    Neg,
    Num,
    Ones,
    Part,
    Prod,
    Sum,
    Transpose,
    from_sympy,
    minus,
    product,
    summed,
    whole,
)
from tracer.losses import shortcut
from tracer.matrices import numeric
from tracer.matrix_symbols import matrix_glyph
from tracer.solved import Solved

# worked entries, such as 0.6(1 - 0.6), fit on a line: so many columns of so long numbers
_MOST_WORKED_COLUMNS = 2
_LONGEST_WORKED = 9


@dataclass(frozen=True, slots=True)
class Columns:
    """A step and the samples that are the columns of its matrices."""

    s: Solved
    step: int
    samples: tuple[int, ...]

    def name(self, kind: str, layer: int) -> MatrixName:
        """The symbol of a matrix; see :func:`tracer.matrix_symbols.matrix_glyph`."""
        glyph = matrix_glyph(self.s.symbols, kind, layer, len(self.samples) > 1)
        assert glyph is not None
        return MatrixName(glyph)

    def delta(self, layer: int) -> Formula:
        """The derivatives by a layer's pre-activations: a symbol, or a fraction."""
        several = len(self.samples) > 1
        glyph = matrix_glyph(self.s.symbols, "delta", layer, several)
        return MatrixPartial(self.name("p", layer)) if glyph is None else MatrixName(glyph)

    def rows(self, layer: int) -> range:
        """The neurons of a layer."""
        return range(1, self.s.problem.sizes[layer] + 1)

    def of_samples(self, name: Callable[[int], str], layer: int) -> Matrix:
        """A row for each neuron and a column for each sample; ``name`` without sample."""
        return self._matrix([[ids.at(name(j), n) for n in self.samples] for j in self.rows(layer)])

    def pre(self, layer: int) -> Matrix:
        """The pre-activations of a layer."""
        return self.of_samples(lambda j: ids.pre(layer, j), layer)

    def output(self, layer: int) -> Matrix:
        """The outputs of a layer; of layer 0 the inputs."""
        return self.of_samples(lambda j: ids.output(layer, j), layer)

    def targets(self) -> Matrix:
        """The targets."""
        return self.of_samples(ids.target, self.s.last)

    def deltas(self, layer: int) -> Matrix:
        """The derivatives of each sample's loss by its pre-activations."""
        return self.of_samples(lambda j: ids.partial(ids.LOSS, ids.pre(layer, j)), layer)

    def weights(self, layer: int, of: Callable[[str], str] = str) -> Matrix:
        """The weights of a layer, or what ``of`` makes of their ids."""
        below = self.rows(layer - 1)
        return self._matrix(
            [[of(ids.weight(layer, j, k)) for k in below] for j in self.rows(layer)]
        )

    def biases(self, layer: int, of: Callable[[str], str] = str) -> Matrix:
        """The column of a layer's biases, or of what ``of`` makes of their ids."""
        return self._matrix([[of(ids.bias(layer, j))] for j in self.rows(layer)])

    def ones(self) -> Matrix:
        """A column of ones, one for each sample."""
        return Matrix(tuple((whole(1),) for _ in self.samples))

    def worked(self, formula: Callable[[int, int], Formula], layer: int) -> list[Formula]:
        """A matrix with a worked formula for each neuron and sample, where it fits on a line."""
        outputs = (entry for row in self.output(layer).rows for entry in row)
        longest = max(len(out.number.text) for out in outputs if isinstance(out, Num))
        if len(self.samples) > _MOST_WORKED_COLUMNS or longest > _LONGEST_WORKED:
            return []
        rows = (tuple(formula(j, n) for n in self.samples) for j in self.rows(layer))
        return [Matrix(tuple(rows))]

    def _matrix(self, names: Sequence[Sequence[str]]) -> Matrix:
        s, step = self.s, self.step
        return Matrix(
            tuple(tuple(s.num(name, step) for name in row) for row in names),
            tuple(tuple(s.trace.at_step(name, step) for name in row) for row in names),
        )

    def parts(self, links: Sequence[Formula], value: Matrix) -> tuple[Part, ...]:
        """``= matrices in numbers = matrix of values``."""
        return numeric(tuple(links), value, self.s.functions)


def given(name: Formula, value: Matrix) -> Equation:
    """``W^1 = `` the matrix of its numbers."""
    return Equation(name, (Part("=", value),))


def pre_equation(c: Columns, layer: int) -> Equation:
    """``P^1 = W^1 L^0 + b^1 1^T``."""
    symbols = _affine(
        c, layer, c.name("w", layer), c.name("l", layer - 1), c.name("b", layer), Ones()
    )
    biases = c.biases(layer) if c.s.has_bias(layer) else c.ones()
    numbers = _affine(c, layer, c.weights(layer), c.output(layer - 1), biases, c.ones())
    parts = c.parts((numbers,), c.pre(layer))
    return Equation(c.name("p", layer), (Part("=", symbols), *parts))


def _affine(
    c: Columns, layer: int, weights: Formula, below: Formula, bias: Formula, ones: Formula
) -> Formula:
    terms: list[Formula] = [Prod((weights, below))]
    if c.s.has_bias(layer):
        row = Transpose(ones) if isinstance(ones, Ones) else _row(ones)
        offset = Prod((bias, row)) if len(c.samples) > 1 else bias
        terms.append(Neg(offset) if layer in c.s.symbols.thresholds else offset)
    return summed(tuple(terms))


def _row(column: Formula) -> Formula:
    """A column of numbers as the row that its transpose is."""
    assert isinstance(column, Matrix)
    return Matrix(tuple(zip(*column.rows, strict=True)))


def output_equation(c: Columns, layer: int) -> Equation:
    """``L^1 = ReLU(P^1)``, entry by entry; softmax of each column."""
    pre, value = c.name("p", layer), c.output(layer)
    left = c.name("l", layer)
    if c.s.problem.layers[layer - 1].activation == "identity":
        return Equation(left, (Part("=", pre), *c.parts((), value)))
    if c.s.problem.is_coupled(layer):
        symbols: Formula = Apply("softmax", pre)
        return Equation(left, (Part("=", symbols), *c.parts((), value)))
    numbers = c.s.activation(layer, c.pre(layer))
    return Equation(left, (Part("=", c.s.activation(layer, pre)), *c.parts((numbers,), value)))


def has_slope(s: Solved, layer: int) -> bool:
    """Whether the deltas of a layer have the activation's derivative as a factor."""
    short = layer == s.last and s.problem.loss.shortcut
    return not short and s.problem.layers[layer - 1].activation != "identity"


def slope_equation(c: Columns, layer: int) -> Equation:
    """``f'(P^1)``, entry by entry."""
    links = c.worked(lambda j, n: slope_numbers(c.s, layer, j, n, c.step), layer)
    return Equation(_slope(c, layer), c.parts(links, _slopes(c, layer)))


def _slope(c: Columns, layer: int) -> Formula:
    return c.s.activation(layer, c.name("p", layer), prime=True)


def _slopes(c: Columns, layer: int) -> Matrix:
    return c.of_samples(lambda j: ids.partial(ids.output(layer, j), ids.pre(layer, j)), layer)


def has_loss_slope(s: Solved) -> bool:
    """Whether the loss's derivative by the outputs is worked out by itself, entry by entry."""
    return not s.problem.loss.shortcut and s.problem.loss.kind != "squared_error"


def loss_slope_equation(c: Columns) -> Equation:
    """``∂E/∂L``, entry by entry."""
    constant = loss_constant(c.s)

    def worked(k: int, n: int) -> Formula:
        return scaled(constant, [product(loss_slope_numbers(c.s, k, n, c.step))])

    links = c.worked(worked, c.s.last)
    return Equation(MatrixPartial(c.name("l", c.s.last)), c.parts(links, _loss_slopes(c)))


def _loss_slopes(c: Columns) -> Matrix:
    last = c.s.last
    return c.of_samples(lambda j: ids.partial(ids.LOSS, ids.output(last, j)), last)


def delta_equation(c: Columns, layer: int) -> Equation:
    """``δ^2 = ∂E/∂L ⊙ f'(P^2)``, and below ``δ^1 = ((W^2)^T δ^2) ⊙ f'(P^1)``."""
    left = c.delta(layer)
    fraction = MatrixPartial(c.name("p", layer))
    meaning = () if left == fraction else (Part("=", fraction),)
    if layer == c.s.last:
        symbols = _of_loss(c, c.name("t", layer), c.name("l", layer))
        numbers = _of_loss(c, c.targets(), c.output(layer))
    else:
        symbols = Prod((Transpose(c.name("w", layer + 1)), c.delta(layer + 1)))
        numbers = Prod((Transpose(c.weights(layer + 1)), c.deltas(layer + 1)))
    if has_slope(c.s, layer):
        symbols = Hadamard((symbols, _slope(c, layer)))
        numbers = Hadamard((numbers, _slopes(c, layer)))
    parts = c.parts((numbers,), c.deltas(layer))
    return Equation(left, (*meaning, Part("=", symbols), *parts))


def _of_loss(c: Columns, targets: Formula, outputs: Formula) -> Formula:
    """The loss's derivative by the outputs; in its short form by the pre-activations."""
    if c.s.problem.loss.shortcut:
        t, y = Symbol("t"), Symbol("y")
        short = from_sympy(shortcut(t, y), {t: targets, y: outputs})
        return scaled(loss_factor(c.s), [short])
    if has_loss_slope(c.s):
        in_numbers = isinstance(outputs, Matrix)
        return _loss_slopes(c) if in_numbers else MatrixPartial(c.name("l", c.s.last))
    return scaled(loss_constant(c.s), [minus(targets, outputs)])


def weight_gradient(c: Columns, layer: int) -> Equation:
    """``∂E/∂W^1 = δ^1 (L^0)^T``: the outer products, summed over the samples."""
    own = c.name("w", layer)
    symbols = _gradient(c, c.delta(layer), Transpose(c.name("l", layer - 1)), own, layer, "w")
    numbers = _gradient(
        c, c.deltas(layer), Transpose(c.output(layer - 1)), c.weights(layer), layer, "w"
    )
    value = c.weights(layer, lambda name: ids.partial(ids.LOSS, name))
    return Equation(MatrixPartial(own), (Part("=", symbols), *c.parts((numbers,), value)))


def bias_gradient(c: Columns, layer: int) -> Equation:
    """``∂E/∂b^1 = δ^1 1``: the sums of the rows; of a single sample δ^1 itself."""
    own = c.name("b", layer)
    several = len(c.samples) > 1
    symbols = _gradient(c, c.delta(layer), Ones() if several else None, own, layer, "b")
    numbers = _gradient(
        c, c.deltas(layer), c.ones() if several else None, c.biases(layer), layer, "b"
    )
    value = c.biases(layer, lambda name: ids.partial(ids.LOSS, name))
    return Equation(MatrixPartial(own), (Part("=", symbols), *c.parts((numbers,), value)))


def _gradient(
    c: Columns, delta: Formula, right: Formula | None, own: Formula, layer: int, kind: str
) -> Formula:
    """The mean's factor, the product, and what the penalty adds."""
    share = sample_share(c.s, c.samples)
    factors = (delta,) if right is None else (delta, right)
    found = product((rational(share), *factors) if share != 1 else factors)
    if kind == "b" and layer in c.s.symbols.thresholds:
        found = Neg(found)
    first = ids.weight(layer, 1, 1) if kind == "w" else ids.bias(layer, 1)
    penalty = penalty_slope(c.s, first, own)
    return found if penalty is None else Sum((found, penalty))


def update_equation(c: Columns, layer: int, kind: str) -> Equation:
    """``W^1 = W^1 - γ ∂E/∂W^1`` in numbers: the update after ``c.step`` updates."""
    after = Columns(c.s, c.step + 1, c.samples)
    old = c.weights if kind == "w" else c.biases
    new = after.weights if kind == "w" else after.biases
    gradients = old(layer, lambda name: ids.partial(ids.LOSS, name))
    change = Prod((c.s.num(ids.LEARNING_RATE, c.step), gradients))
    mark = c.s.symbols.notation.updated
    name = c.name(kind, layer)
    left = name if mark is None else MatrixName(name.glyph.marked(mark.filled({})))
    parts = c.parts((minus(old(layer), change),), new(layer))
    return Equation(left, parts)
