"""What all targets share: where signs, dots and brackets go, and where lines may break.

Filling lines is the business of `lines`.
"""

from __future__ import annotations

from collections.abc import Sequence

from tracer import ids
from tracer.errors import NotSupported
from tracer.formula import (
    Apply,
    Args,
    Arrow,
    At,
    Coef,
    DataSet,
    Equation,
    Formula,
    Group,
    Hadamard,
    Letter,
    Marked,
    Matrix,
    MatrixName,
    MatrixPartial,
    Nabla,
    Neg,
    Num,
    OfInputs,
    Ones,
    OverData,
    OverRange,
    Partial,
    Point,
    Power,
    Prod,
    Quotient,
    Sum,
    Transpose,
    Updated,
    Var,
)
from tracer.glyph import Glyph
from tracer.rounding import Number
from tracer.typeset.atoms import Atoms, Piece

# a vector longer than this may be broken over lines
_LONGEST_SOLID_POINT = 8
# a matrix with more rows or columns is shortened: the first of them, dots, and the last
_MOST_ENTRIES = 8
_OF_MATRICES = (Matrix, MatrixName, MatrixPartial, Transpose, Hadamard, Ones)


def _places(count: int) -> list[list[int | None]]:
    """The places that may be shown of ``count``, the most first; None stands for dots."""
    all_of_few: list[list[int | None]] = [[*range(count)]] if count <= _MOST_ENTRIES else []
    most = min(count, _MOST_ENTRIES) - 2
    return all_of_few + [[*range(first), None, count - 1] for first in range(most, 0, -1)]


def _is_negative(formula: Formula) -> bool:
    """Whether the printed form starts with a minus sign that a sum can take over."""
    match formula:
        case Num(number):
            return number.text.startswith("-")
        case Coef(number, _):
            return number.text.startswith("-")
        case Prod(factors):
            return _is_negative(factors[0])
        case Neg():
            return True
        case Marked(body):
            return _is_negative(body)
        case _:
            return False


def _negated(formula: Formula) -> Formula:
    match formula:
        case Num(number):
            return Num(_opposite(number))
        case Coef(number, body):
            return Coef(_opposite(number), body)
        case Prod((first, *rest)):
            return Prod((_negated(first), *rest))
        case Neg(body):
            return body
        case Marked(body, mark):
            return Marked(_negated(body), mark)
    raise TypeError(type(formula).__name__)


def _bare(formula: Formula) -> Formula:
    return formula.body if isinstance(formula, Marked) else formula


def _opposite(number: Number) -> Number:
    return Number(-number.value, number.text.removeprefix("-"), number.is_exact)


class Printer(Atoms):
    """Formulas of one problem in one target, from the atoms that the target gives."""

    def line(self, formula: Formula) -> str:
        """A formula on one line."""
        return self.finished("".join(piece.text for piece in self.pieces(formula)))

    def one_line(self, equation: Equation) -> str:
        """An equation on one line."""
        text = "" if equation.left is None else self.line(equation.left)
        for part in equation.parts:
            text += self.relation(part.relation).text + self.line(part.formula)
        return text

    def measure(self, equation: Equation) -> float:
        """The width of an equation on one line."""
        pieces = [] if equation.left is None else self.pieces(equation.left)
        for part in equation.parts:
            pieces += [self.relation(part.relation), *self.pieces(part.formula)]
        return sum(piece.width for piece in pieces)

    def joined(self, pieces: Sequence[Piece], level: int = 0) -> Piece:
        """Pieces made one, which no line break divides."""
        return Piece(
            "".join(piece.text for piece in pieces),
            sum(piece.width for piece in pieces),
            level,
            any(piece.tall for piece in pieces),
        )

    def solid(self, formula: Formula) -> Piece:
        """A formula as one piece."""
        return self.joined(self.pieces(formula))

    def pieces(self, formula: Formula, depth: int = 0) -> list[Piece]:
        """A formula as pieces; ``depth`` counts the brackets around it."""
        match formula:
            case Num(number):
                return [self.number(number)]
            case Var(name):
                return [self.name(name)]
            case Letter(glyph):
                return [self.glyph(glyph)]
            case OfInputs(glyph):
                return [self.of_inputs(glyph)]
            case Nabla(of, point):
                inner = self.bracket(self.pieces(point, depth + 1), square=False)
                return [self.nabla(), self.name(of), self.applied, *inner]
            case Point(numbers):
                return self._point(numbers)
            case DataSet(samples):
                return self._data_set(samples)
            case Updated(name):
                return [self.glyph(self.symbols.updated(name))]
            case At():
                return [self.addressed(formula)]
            case Partial():
                return [self.partial(formula)]
            case Neg(body):
                return [self.sign, *self._factor(body, first=False, depth=depth)]
            case Sum(terms):
                return self._sum(terms, depth)
            case Prod(factors):
                return self._product(factors, depth)
            case Coef(number, body):
                return self._coefficient(number, body, depth)
            case Power(base, exponent):
                return [self.raised(self._power_base(base), str(exponent))]
            case Quotient(top, bottom):
                return [self.fraction(self.solid(top), self.solid(bottom), False)]
            case Apply("exp", arg):
                return [self.exponential(self.solid(arg))]
            case Apply("sqrt", arg):
                return [self.root(self.solid(arg))]
            case Apply("abs", arg):
                return self.bars(self.pieces(arg, depth + 1))
            case Apply(function, Matrix() as arg, prime, index):
                head = self.function_name(function, prime, index)
                return [head, self.applied, *self.pieces(arg, depth)]
            case Apply(function, arg, prime, index):
                head = self.function_name(function, prime, index)
                inner = self.bracket(self.pieces(arg, depth + 1), square=False)
                return [head, self.applied, *inner]
            case Args(items):
                inner = self.pieces(items[0], depth)
                for item in items[1:]:
                    inner += [self.comma, *self.pieces(item, depth)]
                return inner
            case Group(body):
                return self.bracket(self.pieces(body, depth + 1), square=True)
            case Arrow(start, label, end):
                arrow = self.labelled_arrow(self.solid(label))
                return [*self.pieces(start, depth), arrow, *self.pieces(end, depth)]
            case OverRange(variable, low, high, body):
                sign = self.over_range(variable, low, high)
                return [sign, *self._factor(body, first=True, depth=depth)]
            case OverData(body, batch):
                data = self.glyph(self.symbols.batch if batch else self.symbols.data)
                return [self.over_data(data), *self._factor(body, first=False, depth=depth)]
            case Marked(body, mark):
                return self.marked(self.pieces(body, depth), mark)
            case Matrix() | MatrixName() | Ones() | MatrixPartial() | Transpose() | Hadamard():
                return self._matrix_pieces(formula, depth)
        raise TypeError(type(formula).__name__)

    def _matrix_pieces(self, formula: Formula, depth: int) -> list[Piece]:
        match formula:
            case Matrix(rows):
                return [self._elided([[self.solid(entry) for entry in row] for row in rows])]
            case MatrixName(glyph):
                return [self.glyph(glyph)]
            case Ones():
                return [self.ones()]
            case MatrixPartial(wrt):
                top, bottom = self.name(ids.LOSS), self.glyph(wrt.glyph)
                parts = self.differential(top), self.differential(bottom)
                return [self.fraction(*parts, True)]
            case Transpose(body):
                inner = self.pieces(body, depth)
                if isinstance(body, MatrixName) and (body.glyph.sub or body.glyph.sup):
                    inner = self.bracket(inner, square=False)
                return [self.transposed(self.joined(inner))]
            case Hadamard(factors):
                found: list[Piece] = []
                for position, factor in enumerate(factors):
                    if position:
                        found.append(Piece(self.hadamard.text, self.hadamard.width, 2 + 2 * depth))
                    if isinstance(factor, Prod | Sum):
                        found += self.bracket(self.pieces(factor, depth + 1), square=False)
                    else:
                        found += self.pieces(factor, depth)
                return found
        raise TypeError(type(formula).__name__)

    def _elided(self, rows: list[list[Piece]]) -> Piece:
        """A matrix; of one with many rows, or too wide, the first of them, dots, and the last."""
        lines = _places(len(rows))[0]
        for columns in _places(len(rows[0])):
            found = self.matrix(
                [
                    [self.dots if None in (i, k) else rows[i or 0][k or 0] for k in columns]
                    for i in lines
                ]
            )
            if found.width <= 0.8 * self.width or not self.width:
                return found
        if found.width > self.width:
            raise NotSupported(
                "view matrix: the numbers are too long for a line; print fewer digits, or use view "
                "deltas"
            )
        return found

    def marked(self, pieces: list[Piece], mark: int) -> list[Piece]:
        """A factor with its mark, in targets that show it."""
        return pieces

    def name(self, name: str, sample: int | None = None) -> Piece:
        """A quantity's symbol, with the mark of a sample where the notation has one.

        Where the network is a function of its inputs, so is a target.
        """
        if sample is not None:
            marked = self.symbols.at_sample(name, sample)
            if marked is not None:
                return self.glyph(marked)
        if self.symbols.loss is not None and name in (ids.LOSS, ids.BATCH_LOSS):
            return self.loss(self.symbols.loss)
        glyph = self.symbols.glyph(name)
        if self.symbols.is_of_inputs(name):
            return self.of_inputs(glyph)
        _, dot, parameter = name.partition(".")
        if not dot:
            return self.glyph(glyph)
        inner = self.bracket([self.name(parameter)], square=False)  # m(w_{1,2}^1)
        return self.joined([self.glyph(glyph), *inner])

    def partial(self, formula: Partial, sample: int | None = None) -> Piece:
        """``∂l_1^2/∂p_1^2``, with the mark of a sample on both where the notation has one."""
        top = self.differential(self.name(formula.of, sample), formula.direct)
        bottom = self.differential(self.name(formula.wrt, sample))
        return self.fraction(top, bottom, True)

    def addressed(self, formula: At) -> Piece:
        """A quantity at one sample and step: by the notation's marks, else by an address."""
        body, sample, step = formula.body, formula.sample, formula.step
        match body:
            case Var(name):
                piece = self.name(name, sample)
                marked = sample is not None and self.symbols.at_sample(name, sample) is not None
                if step == 1 and self.symbols.is_marked_when_updated(name):
                    piece, step = self.glyph(self.symbols.updated(name)), 0
            case Partial(of, wrt):
                piece = self.partial(body, sample)
                marked = sample is not None and any(
                    self.symbols.at_sample(name, sample) is not None for name in (of, wrt)
                )
            case _:
                piece, marked = self.solid(body), False
        rest = At(body, None if marked else sample, step)
        return piece if rest.sample is None and not step else self.address(piece, rest)

    def of_inputs(self, function: Glyph) -> Piece:
        """``f(l_1^0, l_2^0)``."""
        inner = self.bracket([self.inputs()], square=False)
        return self.joined([self.glyph(function), self.applied, *inner])

    def _point(self, numbers: Sequence[Number]) -> list[Piece]:
        """``(1, 3)``, or ``1`` alone; semicolons where the decimal sign is a comma."""
        if len(numbers) == 1:
            return [self.number(numbers[0])]
        # a pair stays together; a long vector may be broken at its commas
        level = 3 if len(numbers) > _LONGEST_SOLID_POINT else 0
        inner = [self.number(numbers[0])]
        for number in numbers[1:]:
            inner.append(self.comma)
            digits = self.number(number)
            inner.append(Piece(digits.text, digits.width, level))
        return self.bracket(inner, square=False)

    def _data_set(self, samples: Sequence[tuple[Point, Point]]) -> list[Piece]:
        found: list[Piece] = []
        for inputs, targets in samples:
            first, *rest = self.pieces(inputs)
            if found:
                found.append(self.comma)
            found.append(Piece(first.text, first.width, 1 if found else 0))
            found += [*rest, self.arrow(), *self.pieces(targets)]
        return self.braces(found)

    @property
    def comma(self) -> Piece:
        """What separates numbers."""
        return Piece(self.separators[self.symbols.decimal_comma], self.comma_width)

    def _sum(self, terms: Sequence[Formula], depth: int) -> list[Piece]:
        found: list[Piece] = []
        for position, term in enumerate(terms):
            negative = _is_negative(term)
            if position:
                operator = self.minus if negative else self.plus
                found.append(Piece(operator.text, operator.width, 1 + 2 * depth))
            elif negative:
                found.append(self.sign)
            if negative:
                term = _negated(term)
            inner = isinstance(term, Sum) or (negative and _is_negative(term))
            found += self._factor(term, first=not inner, depth=depth)
        return found

    def _product(self, factors: Sequence[Formula], depth: int) -> list[Piece]:
        found: list[Piece] = []
        if any(isinstance(factor, _OF_MATRICES) for factor in factors):
            for position, factor in enumerate(factors):
                if position:
                    is_scale = isinstance(factors[position - 1], Num | Var)
                    between = self.wide_dot if is_scale else self.beside
                    found.append(Piece(between.text, between.width, 2 + 2 * depth))
                found += self._factor(factor, first=position == 0, depth=depth)
            return found
        dot = self.wide_dot if any(isinstance(_bare(f), Partial) for f in factors) else self.dot
        for position, factor in enumerate(factors):
            if position and self._stands_beside(_bare(factors[position - 1]), _bare(factor)):
                found.append(self.times)
            elif position:
                found.append(Piece(dot.text, dot.width, 2 + 2 * depth))
            found += self._factor(factor, first=position == 0, depth=depth)
        return found

    def _stands_beside(self, before: Formula, factor: Formula) -> bool:
        """Whether a factor follows another without a dot: a gradient, or a sum sign."""
        if isinstance(factor, OverData):
            return not isinstance(before, Num) or self.juxtaposes(before.number)
        return isinstance(factor, Nabla)

    def _factor(self, formula: Formula, *, first: bool, depth: int) -> list[Piece]:
        """A formula beside others: in brackets if it is a sum, or negative and not the first."""
        if isinstance(formula, Marked):
            return self.marked(self._factor(formula.body, first=first, depth=depth), formula.mark)
        if isinstance(formula, Sum) or (not first and _is_negative(formula)):
            return self.bracket(self.pieces(formula, depth + 1), square=False)
        return self.pieces(formula, depth)

    def _coefficient(self, number: Number, body: Formula, depth: int) -> list[Piece]:
        inner = self._factor(body, first=False, depth=depth)
        if number.value == 1:
            return inner
        if number.value == -1:
            return [self.sign, *inner]
        start = _bare(body.factors[0] if isinstance(body, Prod) else body)
        start = start.base if isinstance(start, Power) else start
        is_beside = isinstance(start, Sum | Group | OverData) and self.juxtaposes(number)
        return [self.number(number), self.times if is_beside else self.dot, *inner]

    def _power_base(self, base: Formula) -> Piece:
        if isinstance(base, Num) and not set(base.number.text) & set("-/e"):
            return self.solid(base)
        if isinstance(base, Var) and self.symbols.may_be_raised(base.id):
            return self.solid(base)
        if isinstance(base, Letter) and not (base.glyph.sub or base.glyph.sup):
            return self.solid(base)
        return self.joined(self.bracket(self.pieces(base, 1), square=False))
