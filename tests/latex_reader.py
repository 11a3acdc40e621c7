r"""Read a finished LaTeX solution back, and work out every equation in it that has only numbers.

This is the other side of the promise that what is printed comes out on a reader's calculator, so
it shares nothing with the package it checks and imports nothing from it. It reads only what is on
the page: an expression that it cannot read in exactly one way raises `UnreadableError`.

A document is read into equations, an equation into links (``A = B`` or ``A \approx B``), and each
side of a link into a tree. A side with any symbol in it is symbolic and is not worked out; the
others are, in two ways: exactly, from the printed digits, and as the interval of all values that
the printed digits may stand for.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property, lru_cache
from typing import Any

import mpmath

EQUAL, NEARLY = "=", r"\approx"


class UnreadableError(ValueError):
    """The page cannot be read, or can be read in more than one way."""


class UncheckableError(Exception):
    """The page can be read, but does not say enough to work this side out."""


# Trees


@dataclass(frozen=True, slots=True)
class Digits:
    """To what a page rounds: ``decimals``, significant ``figures``, or to each for some numbers."""

    decimals: tuple[int, ...]
    figures: tuple[int, ...] = ()

    def last_places(self, value: Fraction, exponent: int | None = None) -> list[int]:
        """The powers of ten of the last digit that ``value`` may have been rounded to.

        With an ``exponent`` it is written with a power of ten, and then has three digits where
        numbers have decimals.
        """
        if exponent is None:
            found = [-count for count in self.decimals]
        else:
            found = [exponent - 2] if self.decimals else []
        return found + [leading(value) - count + 1 for count in self.figures if value]


def leading(value: Fraction) -> int:
    """The power of ten of the first digit of a number that is not 0."""
    exponent = 0
    while abs(value) >= _power_of_ten(exponent + 1):
        exponent += 1
    while abs(value) < _power_of_ten(exponent):
        exponent -= 1
    return exponent


@dataclass(frozen=True, slots=True)
class Number:
    """A number as printed: how many decimals it shows, and its power of ten if it is written so."""

    value: Fraction
    decimals: int = 0
    exponent: int | None = None

    def margin(self, digits: int | Digits | None) -> Fraction:
        """Half a unit of the last digit, which is how far the true value may lie away.

        Trailing zeros are not printed; with ``digits`` the last digit is at their place, and a
        number with digits beyond was not rounded. Of several places it is the first that may be.
        """
        if digits is None:
            last = -self.decimals if self.exponent is None else self.exponent - 2
            return _power_of_ten(last) / 2
        known = Digits((digits,)) if isinstance(digits, int) else digits
        places = known.last_places(self.value, self.exponent)
        units = [_power_of_ten(place) for place in places]
        fitting = [unit for unit in units if (self.value / unit).denominator == 1]
        if fitting:
            return max(fitting) / 2
        # more decimals are given in full, but for those that part a number from 1
        parted = any(self.value < 1 <= self.value + unit / 2 for unit in units)
        return _power_of_ten(-self.decimals) / 2 if parted else Fraction(0)


@dataclass(frozen=True, slots=True)
class Ratio:
    """A fraction of two whole numbers, which is exact."""

    value: Fraction


@dataclass(frozen=True, slots=True)
class Symbol:
    """Anything that is not a number."""


@dataclass(frozen=True, slots=True)
class Minus:
    body: Tree


@dataclass(frozen=True, slots=True)
class Sum:
    terms: tuple[Tree, ...]


@dataclass(frozen=True, slots=True)
class Product:
    factors: tuple[Tree, ...]


@dataclass(frozen=True, slots=True)
class Power:
    base: Tree
    exponent: int


@dataclass(frozen=True, slots=True)
class Quotient:
    top: Tree
    bottom: Tree


@dataclass(frozen=True, slots=True)
class Function:
    """One of `FUNCTIONS`, or ``e`` for a power of e; ``own`` is its parameter if printed."""

    name: str
    argument: Tree
    own: Fraction | None = None


@dataclass(frozen=True, slots=True)
class Extreme:
    """The larger or the smaller of several numbers, as ``name`` says."""

    name: str
    arguments: tuple[Tree, ...]


@dataclass(frozen=True, slots=True)
class Variable:
    """What a function of the page's own is defined in."""


@dataclass(frozen=True, slots=True)
class Matrix:
    """Rows of entries."""

    rows: tuple[tuple[Tree, ...], ...]


@dataclass(frozen=True, slots=True)
class Transposed:
    body: Tree


@dataclass(frozen=True, slots=True)
class Entrywise:
    """The product of matrices entry by entry."""

    factors: tuple[Tree, ...]


Scalar = (
    Number
    | Ratio
    | Symbol
    | Variable
    | Minus
    | Sum
    | Product
    | Power
    | Quotient
    | Function
    | Extreme
)
Tree = Scalar | Matrix | Transposed | Entrywise

FUNCTIONS = {
    r"\sigma": "sigma",
    r"\tanh": "tanh",
    r"\log": "log",
    r"\sqrt": "sqrt",
    r"\mathrm{softplus}": "softplus",
    r"\mathrm{ReLU}": "relu",
    r"\mathrm{LeakyReLU}": "leaky",
    r"\mathrm{ELU}": "elu",
    r"\mathrm{GELU}": "gelu",
    r"\mathrm{SiLU}": "silu",
    r"\mathrm{step}": "step",
    r"\mathrm{erf}": "erf",
    r"\mathrm{sign}": "sign",
    r"\mathrm{Huber}": "huber",
    r"\varphi": "own",
}
EXTREMES: dict[str, Callable[..., Fraction]] = {r"\max": max, r"\min": min}
_GREEK = (
    "alpha beta gamma delta epsilon varepsilon zeta eta theta iota kappa lambda mu nu xi pi rho"
    " varsigma tau upsilon phi varphi chi psi omega Gamma Delta Theta Lambda Xi Pi Phi Psi Omega"
)
_LETTERS = {rf"\{name}" for name in (*_GREEK.split(), "ldots", "cdots")}
_PRIMES = {
    "own": "own'",
    "huber": "huber'",
    "relu": "relu'",
    "leaky": "leaky'",
    "elu": "elu'",
    "gelu": "gelu'",
}
# functions with a parameter, which a page may say once for all instead of printing it each time
PARAMETERS = ("leaky", "elu", "huber")
# parameters of functions, and what the page defines its own functions as
Known = Mapping[str, Any]


def is_symbolic(tree: Tree) -> bool:
    """Whether there is a symbol anywhere in the tree."""
    match tree:
        case Symbol() | Variable():
            return True
        case Minus(body) | Power(body, _) | Function(_, body, _) | Transposed(body):
            return is_symbolic(body)
        case Matrix(rows):
            return any(is_symbolic(entry) for row in rows for entry in row)
        case Entrywise(factors):
            return any(is_symbolic(factor) for factor in factors)
        case Sum(parts) | Product(parts) | Extreme(_, parts):
            return any(is_symbolic(part) for part in parts)
        case Quotient(top, bottom):
            return is_symbolic(top) or is_symbolic(bottom)
    return False


# Matrices

Grid = tuple[tuple[Tree, ...], ...]


def is_matrix(tree: Tree) -> bool:
    """Whether a side without symbols is a matrix, and not a single number."""
    match tree:
        case Matrix() | Transposed() | Entrywise():
            return True
        case Minus(body) | Function(_, body, _):
            return is_matrix(body)
        case Sum(parts) | Product(parts):
            return any(is_matrix(part) for part in parts)
    return False


def entries(tree: Tree) -> Grid:
    """Each entry of a matrix as what it is in numbers: of a product the sum of the products.

    Raises UnreadableError where the sizes do not fit.
    """
    match tree:
        case Matrix(rows):
            if len({len(row) for row in rows}) != 1:
                raise UnreadableError("rows of different lengths")
            return rows
        case Transposed(body):
            return tuple(zip(*entries(body), strict=True))
        case Minus(body):
            return tuple(tuple(Minus(entry) for entry in row) for row in entries(body))
        case Function(name, body, own):
            return tuple(tuple(Function(name, e, own) for e in row) for row in entries(body))
        case Sum(terms):
            return _merged([entries(term) for term in terms], Sum)
        case Entrywise(factors):
            return _merged([entries(factor) for factor in factors], Product)
        case Product(factors):
            numbers = [factor for factor in factors if not is_matrix(factor)]
            first, *others = [entries(factor) for factor in factors if is_matrix(factor)]
            for other in others:
                if len(first[0]) != len(other):
                    raise UnreadableError("a product of matrices whose sizes do not fit")
                columns = list(zip(*other, strict=True))
                first = tuple(tuple(_scalar(row, column) for column in columns) for row in first)
            if not numbers:
                return first
            return tuple(tuple(Product((*numbers, entry)) for entry in row) for row in first)
    raise UnreadableError(f"a single number among matrices: {tree}")


def _scalar(row: tuple[Tree, ...], column: tuple[Tree, ...]) -> Tree:
    return Sum(tuple(Product((a, b)) for a, b in zip(row, column, strict=True)))


def _merged(grids: list[Grid], kind: Callable[[tuple[Tree, ...]], Tree]) -> Grid:
    if len({(len(rows), len(rows[0])) for rows in grids}) != 1:
        raise UnreadableError("matrices of different sizes")
    return tuple(
        tuple(kind(each) for each in zip(*rows, strict=True)) for rows in zip(*grids, strict=True)
    )


# Tokens

_SPACES = {r"\ ", r"\;", r"\:", r"\!", r"\quad", r"\qquad", "~", "{}"}
_BIG = {r"\Bigl", r"\Bigr", r"\bigl", r"\bigr", r"\biggl", r"\biggr"}
_OPENING = {"(": ")", "[": "]", "{": "}", r"\{": r"\}", r"\lvert": r"\rvert"}
_CLOSING = set(_OPENING.values())
_ARROWS = (r"\to", r"\xrightarrow")
_AFTER_PRODUCT = {
    *(*_CLOSING, "+", "-", ",", ";", r"\right", "&", r"\\", r"\end"),
    *_ARROWS,
}
_TOKEN = re.compile(
    r"""
    (?P<space> [ \t\n]+ | \{\} )
  | (?P<number> [0-9]+ (?: (?:\.|\{,\}) [0-9]+ )? )
  | (?P<name> \\mathrm\{[A-Za-z0-9]+\} | \\mathbf\{1\} )
  | (?P<command> \\[A-Za-z]+ | \\[^A-Za-z\n] )
  | (?P<other> [A-Za-z+\-=()\[\]{}^_',;*|./&] )
    """,
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Token:
    text: str
    start: int
    stop: int


def tokens(source: str) -> list[Token]:
    r"""The tokens of a formula, spaces left out and ``\text{…}`` as one."""
    found: list[Token] = []
    position = 0
    while position < len(source):
        match = _TOKEN.match(source, position)
        if match is None:
            raise UnreadableError(f"{source[position]!r} in {source!r}")
        text, stop = match.group(), match.end()
        if text == r"\text":
            stop = _after_group(source, stop)
            text = source[position:stop]
        elif match["number"] and found and found[-1].text in ("^", "_"):
            text, stop = text[0], position + 1  # TeX raises the next character and no more
        if not match["space"] and text not in _SPACES and text not in _BIG:
            found.append(Token(text, position, stop))
        position = stop
    return found


def _after_group(source: str, position: int) -> int:
    """The place after the group in braces that begins at ``position``."""
    depth = 0
    for match in re.compile(r"\\.|[{}]|[^{}\\]+", re.DOTALL).finditer(source, position):
        if position == match.start() and match.group() != "{":
            break
        depth += {"{": 1, "}": -1}.get(match.group(), 0)
        if depth == 0:
            return match.end()
    raise UnreadableError(f"no group in braces at {source[position : position + 20]!r}")


# Formulas


def parse(source: str, decimal_comma: bool = False, variable: str | None = None) -> Tree:
    """One side of a link as a tree, perhaps in a ``variable``. Raises UnreadableError."""
    return _parse(source, decimal_comma, variable)


@lru_cache(maxsize=4096)
def _parse(source: str, decimal_comma: bool, variable: str | None) -> Tree:
    parser = _Parser(source, decimal_comma, variable)
    tree = parser.sum()
    while parser.next in _ARROWS:  # a drawing, which has no value
        if parser.take() == r"\xrightarrow":
            parser.argument()
        parser.sum()
        tree = Symbol()
    if parser.next is not None:
        raise parser.unreadable()
    return tree


class _Parser:
    """Recursive descent; each method reads what its name says and leaves the rest."""

    def __init__(self, source: str, decimal_comma: bool, variable: str | None = None) -> None:
        self.source = source
        self.variable = variable
        self.tokens = tokens(source)
        self.decimal_mark = "{,}" if decimal_comma else "."
        self.place = 0

    @property
    def next(self) -> str | None:
        return self.tokens[self.place].text if self.place < len(self.tokens) else None

    def unreadable(self, why: str = "") -> UnreadableError:
        where = self.tokens[self.place].start if self.place < len(self.tokens) else len(self.source)
        return UnreadableError(f"{self.source[:where]} >>> {self.source[where:]} {why}".strip())

    def take(self, text: str | None = None) -> str:
        found = self.next
        if found is None or (text is not None and found != text):
            raise self.unreadable(f"(expected {text or 'more'})")
        self.place += 1
        return found

    def matrix(self) -> Tree:
        r"""``\begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix}``, perhaps transposed."""
        self.environment(r"\begin")
        rows: list[list[Tree]] = [[self.sum()]]
        while self.next != r"\end":
            mark = self.take()
            if mark == "&":
                rows[-1].append(self.sum())
            elif mark == r"\\":
                rows.append([self.sum()])
            else:
                raise self.unreadable("(neither an entry nor a row)")
        self.environment(r"\end")
        found = Matrix(tuple(tuple(row) for row in rows))
        if self.next != "^":
            return found
        for expected in ("^", "{", r"\top", "}"):
            self.take(expected)
        return Transposed(found)

    def environment(self, command: str) -> None:
        for expected in (command, "{", *"pmatrix", "}"):
            self.take(expected)

    def sum(self) -> Tree:
        negative = self.next == "-"
        if negative:
            self.take()
        terms = [Minus(self.product())] if negative else [self.product()]
        while self.next in ("+", "-"):
            sign = self.take()
            term = self.product()
            terms.append(Minus(term) if sign == "-" else term)
        return terms[0] if len(terms) == 1 else Sum(tuple(terms))

    def product(self) -> Tree:
        factors: list[Tree] = []
        dotted = coefficient = False
        while True:
            start = self.next or ""
            if factors and not dotted:
                # a number stands directly before a bracket or a sum, a symbol before anything
                brackets = ("(", "[", r"\sum")
                touches = start in brackets if coefficient else is_symbolic(factors[-1])
                touches = touches or (is_matrix(factors[-1]) and start == r"\begin")
                if not touches:
                    raise self.unreadable("(two factors without a sign between them)")
            factors.append(self.power())
            coefficient = isinstance(factors[-1], Number | Ratio) and start not in ("(", "[")
            dotted = self.next == r"\cdot"
            if dotted:
                self.take()
            elif self.next == r"\odot":
                return self.entrywise(factors)
            elif self.next is None or self.next in _AFTER_PRODUCT:
                break
        return factors[0] if len(factors) == 1 else Product(tuple(factors))

    def entrywise(self, factors: list[Tree]) -> Tree:
        r"""What stands before ``\odot``, a number perhaps before one matrix, and what follows."""
        *numbers, first = factors
        if any(is_matrix(number) for number in numbers):
            raise self.unreadable("(a product of matrices without brackets)")
        found = [first]
        while self.next == r"\odot":
            self.take()
            found.append(self.power())
        if self.next is not None and self.next not in _AFTER_PRODUCT:
            raise self.unreadable("(a factor after a product entry by entry)")
        whole = Entrywise(tuple(found))
        return Product((*numbers, whole)) if numbers else whole

    def power(self) -> Tree:
        start = self.next
        base = self.atom()
        if self.next == r"\," and is_symbolic(base):
            self.address()
        if self.next != "^":
            return base
        self.take()
        if is_symbolic(base) and self.variable is None:
            self.argument()
            return base
        plain = isinstance(base, Variable) or (isinstance(base, Number) and base.exponent is None)
        if start not in ("(", "[") and not plain:
            raise self.unreadable("(which part is raised?)")
        exponent = self.whole_exponent()
        if self.next == "^":
            raise self.unreadable("(a second exponent)")
        return Power(base, exponent)

    def address(self) -> None:
        """The number of a sample, in square brackets after a thin space."""
        self.take(r"\,")
        self.take("[")
        if not self.take().isdigit():
            raise self.unreadable("(the number of a sample)")
        self.take("]")

    def whole_exponent(self) -> int:
        if self.next != "{":
            text = self.take()
        else:
            self.take()
            text = ("-" if self.next == "-" and self.take() else "") + self.take()
            self.take("}")
        if not re.fullmatch("-?[0-9]+", text):
            raise self.unreadable(f"(the exponent {text})")
        return int(text)

    def atom(self) -> Tree:
        found = self.next
        if found is None:
            raise self.unreadable("(nothing follows)")
        if found[0].isdigit():
            return self.number()
        if found in ("(", "["):
            return self.bracket()
        if found == r"\begin":
            return self.matrix()
        if found == r"\frac":
            return self.fraction()
        if found == r"\sqrt":
            return self.root()
        if found == r"\lvert":
            return Function("abs", self.bracket())
        after = self.tokens[self.place + 1].text if self.place + 1 < len(self.tokens) else ""
        if found == self.variable:
            self.take()
            return Variable()
        if found == "e" and after == "^":
            return self.exponential()
        if found in EXTREMES:
            return self.extreme()
        if found in FUNCTIONS and (
            after in ("(", "'", r"\begin") or FUNCTIONS[found] in (*PARAMETERS, "own")
        ):
            return self.function()
        return self.symbol()

    def number(self) -> Tree:
        text = self.take()
        for mark in {".", "{,}"} - {self.decimal_mark}:
            if mark in text:
                raise self.unreadable(f"(the decimal mark in {text})")
        whole, _, decimals = text.partition(self.decimal_mark)
        if len(whole) > 1 and whole[0] == "0":
            raise self.unreadable(f"(the zero in front of {text})")
        value = Fraction(int(whole + decimals), 10 ** len(decimals))
        ahead = [token.text for token in self.tokens[self.place : self.place + 4]]
        if ahead == [r"\cdot", "10", "^", "{"] and len(whole) == 1 and whole != "0":
            self.place += 3
            exponent = self.whole_exponent()
            return Number(value * _power_of_ten(exponent), len(decimals), exponent)
        return Number(value, len(decimals))

    def bracket(self) -> Tree:
        closing = _OPENING[self.take()]
        inner = self.sum()
        pair = self.next in (",", ";")
        while self.next in (",", ";"):
            self.take()
            self.sum()
        self.take(closing)
        return Symbol() if pair else inner

    def fraction(self) -> Tree:
        self.take(r"\frac")
        parts = []
        for _ in range(2):
            self.take("{")
            parts.append(self.sum())
            self.take("}")
        match parts:
            case [Number(top, 0, None), Number(bottom, 0, None)] if bottom != 0:
                return Ratio(top / bottom)
            case [top, bottom]:
                return Quotient(top, bottom)
        raise AssertionError

    def root(self) -> Tree:
        self.take(r"\sqrt")
        self.take("{")
        inner = self.sum()
        self.take("}")
        return Function("sqrt", inner)

    def exponential(self) -> Tree:
        self.take("e")
        self.take("^")
        self.take("{")
        exponent = self.sum()
        self.take("}")
        return Function("e", exponent)

    def function(self) -> Tree:
        name = FUNCTIONS[self.take()]
        own = self.parameter() if self.next == "_" else None
        primed = self.next == "'"
        if primed:
            self.take()
        if self.next not in ("(", r"\begin"):
            raise self.unreadable("(a function without its argument)")
        argument = self.bracket() if self.next == "(" else self.matrix()
        if not primed or (is_symbolic(argument) and name not in _PRIMES):
            return Function(name, argument, own)
        if name not in _PRIMES:
            raise self.unreadable(f"(the derivative of {name})")
        return Function(_PRIMES[name], argument, own)

    def parameter(self) -> Fraction:
        """The parameter of a function as its index."""
        self.take("_")
        self.take("{")
        found = self.sum()
        self.take("}")
        if not isinstance(found, Number | Ratio):
            raise self.unreadable("(a parameter)")
        return found.value

    def extreme(self) -> Tree:
        name = self.take()
        self.take("(")
        arguments = [self.sum()]
        while self.next in (",", ";"):
            self.take()
            arguments.append(self.sum())
        self.take(")")
        return Extreme(name, tuple(arguments))

    def symbol(self) -> Tree:
        """A letter, name, sum sign or set, with its indices, arguments and address."""
        found = self.take()
        if found in (r"\partial", r"\nabla"):
            if self.next == "^":
                self.take()
                self.argument()
            self.symbol()
        elif found == r"\hat":
            self.argument()
        elif found == r"\sum":
            self.take("_")
            self.argument()
            if self.next == "^":
                self.take()
                self.argument()
            self.product()
        elif found == r"\{":
            self.skip_to(r"\}")
        elif found == r"\left":
            self.take(".")
            self.sum()
            self.take(r"\right")
            self.take("|")
        elif not (
            found.isalpha()
            or found in _LETTERS
            or found.startswith((r"\mathrm{", r"\mathbf{", r"\text{"))
        ):
            self.place -= 1
            raise self.unreadable("(neither a number nor a symbol)")
        self.indices()
        return Symbol()

    def indices(self) -> None:
        seen: set[str] = set()
        while self.next in ("_", "^", "(", "'"):
            mark = self.take()
            if mark in seen and not (mark == "^" and self.is_transpose()):
                raise self.unreadable(f"(a second {mark})")
            seen.add(mark)
            if mark == "(":
                self.place -= 1
                self.bracket()
            elif mark != "'":
                self.argument()

    def is_transpose(self) -> bool:
        """Whether the sign of a transpose follows, as after a name in brackets."""
        return [token.text for token in self.tokens[self.place : self.place + 2]] == ["{", r"\top"]

    def argument(self) -> None:
        """What is raised or lowered beside a symbol: a character, or anything in braces."""
        if self.take() == "{":
            self.skip_to("}")

    def skip_to(self, closing: str) -> None:
        waiting = [closing]
        while waiting:
            found = self.take()
            if found == waiting[-1]:
                waiting.pop()
            elif found in _OPENING:
                waiting.append(_OPENING[found])
            elif found in _CLOSING:
                raise self.unreadable("(brackets that do not match)")


# Values


def _power_of_ten(exponent: int) -> Fraction:
    return Fraction(10) ** exponent


Canonical = Fraction | tuple[object, ...]
NOTHING: Known = {}


def canonical(tree: Tree, known: Known = NOTHING) -> Canonical:
    """A side worked out exactly as far as that goes: a fraction if it is rational.

    Otherwise a nested tuple in which all that is rational has been worked out; sides with the same
    tuple are equal. ``known`` has the parameters of functions where formulas don't show them.
    """
    match tree:
        case Number(value) | Ratio(value):
            return value
        case Minus(body):
            inner = canonical(body, known)
            return -inner if isinstance(inner, Fraction) else ("minus", inner)
        case Sum(terms):
            parts = [canonical(term, known) for term in terms]
            if all(isinstance(part, Fraction) for part in parts):
                return sum(parts, Fraction(0))  # type: ignore[arg-type]
            return ("sum", *parts)
        case Product(factors):
            parts = [canonical(factor, known) for factor in factors]
            if any(part == 0 for part in parts):
                return Fraction(0)
            rest = tuple(part for part in parts if not isinstance(part, Fraction))
            total = Fraction(1)
            for part in parts:
                total *= part if isinstance(part, Fraction) else 1
            if not rest:
                return total
            return rest[0] if total == 1 and len(rest) == 1 else ("product", total, *rest)
        case Power(base, exponent):
            inner = canonical(base, known)
            if not isinstance(inner, Fraction):
                return ("power", inner, exponent)
            if inner == 0 and exponent <= 0:
                raise UnreadableError(f"0 to the power of {exponent}")
            return inner**exponent
        case Quotient(top, bottom):
            above, below = canonical(top, known), canonical(bottom, known)
            if below == 0:
                raise UnreadableError("a division by zero")
            if isinstance(above, Fraction) and isinstance(below, Fraction):
                return above / below
            return ("quotient", above, below)
        case Function(("own" | "own'") as name, argument, own):
            try:
                return canonical(meaning(name, own, argument, known), known)
            except UncheckableError:
                return (name, own, canonical(argument, known))
        case Function(name, argument, own):
            inner = canonical(argument, known)
            parameter = known.get(name.rstrip("'")) if own is None else own
            value = _rational_value(name, inner, parameter) if isinstance(inner, Fraction) else None
            return (name, parameter, inner) if value is None else value
        case Extreme(name, arguments):
            values = [canonical(argument, known) for argument in arguments]
            if all(isinstance(value, Fraction) for value in values):
                return EXTREMES[name](values)
            return (name, *values)
    raise TypeError(f"{tree} has no value")


def definitions(equations: Iterable[Equation]) -> dict[str, Tree]:
    r"""What the page says that ``\varphi(p)`` and ``\varphi_{2}'(p)`` are, by their names."""
    found = {}
    for one in equations:
        match = _DEFINED.fullmatch(one.sides[0].text)
        if match and len(one.sides) == 2:
            name = f"own{match['prime'] or ''}{match['index'] or ''}"
            found[name] = parse(one.sides[1].text, one.decimal_comma, match["variable"])
    return found


_DEFINED = re.compile(
    r"\\varphi(?:_\{(?P<index>[0-9]+)\})?(?P<prime>')?\((?P<variable>[A-Za-z]|\\mathrm\{[a-z]+\})\)"
)


def meaning(name: str, own: Fraction | None, argument: Tree, known: Known) -> Tree:
    """A function of the page's own as it is defined, at an argument. Raises UncheckableError."""
    defined = known.get(f"{name}{'' if own is None else own}")
    if defined is None:
        raise UncheckableError("the function is not defined on the page")
    return _filled(defined, argument)


def _filled(tree: Tree, argument: Tree) -> Tree:
    """``tree`` with ``argument`` for its variable."""

    def every(parts: tuple[Tree, ...]) -> tuple[Tree, ...]:
        return tuple(_filled(part, argument) for part in parts)

    match tree:
        case Variable():
            return argument
        case Minus(body):
            return Minus(_filled(body, argument))
        case Power(base, exponent):
            return Power(_filled(base, argument), exponent)
        case Function(name, body, own):
            return Function(name, _filled(body, argument), own)
        case Sum(parts):
            return Sum(every(parts))
        case Product(parts):
            return Product(every(parts))
        case Extreme(name, parts):
            return Extreme(name, every(parts))
        case Quotient(top, bottom):
            return Quotient(_filled(top, argument), _filled(bottom, argument))
    return tree


def _rational_value(name: str, x: Fraction, parameter: Fraction | None) -> Fraction | None:
    """A function's value at a rational place where that is rational."""
    if name == "relu":
        return max(x, Fraction(0))
    if name == "relu'":
        return Fraction(int(x > 0))
    if name == "step":
        return Fraction(int(x >= 0))
    if name == "abs":
        return abs(x)
    if name == "sign":
        return Fraction((x > 0) - (x < 0))
    if name in ("huber", "huber'"):
        if parameter is None:
            raise UncheckableError("delta is not on the page")
        near = abs(x) <= parameter
        if name == "huber'":
            return x if near else parameter * ((x > 0) - (x < 0))
        return x * x / 2 if near else parameter * (abs(x) - parameter / 2)
    if name.rstrip("'") in PARAMETERS:
        if x <= 0 and parameter is None and (name, x) not in (("leaky", 0), ("elu", 0)):
            raise UncheckableError(f"the parameter of {name} is not on the page")
        return _bent(name, x, parameter or Fraction(0))
    if name == "sqrt":
        if x < 0:
            raise UnreadableError(f"the root of {x}")
        root = Fraction(math.isqrt(x.numerator), math.isqrt(x.denominator))
        return root if root * root == x else None
    if name == "log":
        if x <= 0:
            raise UnreadableError(f"the logarithm of {x}")
        return Fraction(0) if x == 1 else None
    if x != 0:  # the others are transcendental at every other rational number
        return None
    half = Fraction(1, 2)
    at_zero = {"sigma": half, "tanh": 0, "e": 1, "gelu": 0, "gelu'": half, "silu": 0, "erf": 0}
    return Fraction(at_zero[name]) if name in at_zero else None


def _bent(name: str, x: Fraction, parameter: Fraction) -> Fraction | None:
    """Leaky ReLU, ELU and their derivatives."""
    if x > 0:
        return Fraction(1) if name.endswith("'") else x
    if name == "leaky":
        return parameter * x
    if name == "leaky'" or (name == "elu'" and x == 0):
        return parameter
    return Fraction(0) if x == 0 or parameter == 0 else None


@dataclass(frozen=True, slots=True)
class Interval:
    """All numbers from ``low`` to ``high``."""

    low: Fraction
    high: Fraction

    def __neg__(self) -> Interval:
        return Interval(-self.high, -self.low)

    def __add__(self, other: Interval) -> Interval:
        return Interval(self.low + other.low, self.high + other.high)

    def __mul__(self, other: Interval) -> Interval:
        ends = [a * b for a in (self.low, self.high) for b in (other.low, other.high)]
        return Interval(min(ends), max(ends))

    def inverse(self) -> Interval:
        if self.low <= 0 <= self.high:
            raise UncheckableError("a division by what may be zero")
        return Interval(1 / self.high, 1 / self.low)

    def power(self, exponent: int) -> Interval:
        if exponent < 0:
            return self.power(-exponent).inverse()
        ends = sorted((self.low**exponent, self.high**exponent))
        if exponent % 2 == 0 and exponent and self.low < 0 < self.high:
            ends[0] = Fraction(0)
        return Interval(*ends)

    def meets(self, other: Interval) -> bool:
        return self.low <= other.high and other.low <= self.high


def interval(
    tree: Tree, digits: int | Digits | None = None, known: Known = NOTHING, *, exact: bool = False
) -> Interval:
    """All values that a side may have, given how far each number may have been rounded.

    With ``exact`` every number is taken as printed, and the width is only that of irrational
    functions.
    """
    match tree:
        case Number(value):
            margin = Fraction(0) if exact else tree.margin(digits)
            return Interval(value - margin, value + margin)
        case Ratio(value):
            return Interval(value, value)
        case Minus(body):
            return -interval(body, digits, known, exact=exact)
        case Sum(terms):
            total = Interval(Fraction(0), Fraction(0))
            for term in terms:
                total += interval(term, digits, known, exact=exact)
            return total
        case Product(factors):
            total = Interval(Fraction(1), Fraction(1))
            for factor in factors:
                total *= interval(factor, digits, known, exact=exact)
            return total
        case Power(base, exponent):
            return interval(base, digits, known, exact=exact).power(exponent)
        case Quotient(top, bottom):
            below = interval(bottom, digits, known, exact=exact).inverse()
            return interval(top, digits, known, exact=exact) * below
        case Function(("own" | "own'") as name, argument, own):
            return interval(meaning(name, own, argument, known), digits, known, exact=exact)
        case Function(name, argument, own):
            inner = interval(argument, digits, known, exact=exact)
            parameter = known.get(name.rstrip("'")) if own is None else own
            return _between(name, inner, parameter)
        case Extreme(name, arguments):
            ends = [interval(argument, digits, known, exact=exact) for argument in arguments]
            pick = EXTREMES[name]
            return Interval(pick(end.low for end in ends), pick(end.high for end in ends))
    raise TypeError(f"{tree} has no value")


def _between(name: str, inner: Interval, parameter: Fraction | None) -> Interval:
    """A function's values between the ends of an interval; where it turns they lie inside."""
    if name == "log" and inner.low <= 0 < inner.high:
        raise UncheckableError("a logarithm of what may be zero")
    if name == "sqrt" and inner.low < 0 <= inner.high:
        inner = Interval(Fraction(0), inner.high)  # what has a root is not negative
    places = [inner.low, inner.high]
    if name in ("abs", "huber") and inner.low < 0 < inner.high:
        places.append(Fraction(0))
    places += [turn for turn in _turns().get(name, ()) if inner.low < turn < inner.high]
    bounds = [_value(name, place, parameter) for place in places]
    if name == "elu'" and inner.low <= 0 < inner.high:
        bounds += [_value(name, Fraction(0), parameter), (Fraction(1), Fraction(1))]
    return Interval(min(low for low, _ in bounds), max(high for _, high in bounds))


@lru_cache(maxsize=1)
def _turns() -> Mapping[str, tuple[Fraction, ...]]:
    """Where functions turn from falling to rising; all others grow with their argument.

    To 60 digits, so that the value there is right to twice as many.
    """
    with mpmath.mp.workdps(60):
        slopes: dict[str, tuple[Callable[[mpmath.mpf], mpmath.mpf], tuple[float, ...]]] = {
            "silu": (lambda x: 1 + mpmath.exp(-x) * (1 + x), (-1.28,)),
            "gelu": (lambda x: mpmath.ncdf(x) + x * mpmath.npdf(x), (-0.75,)),
            "gelu'": (lambda x: 2 - x * x, (-1.41, 1.41)),
        }
        return {
            name: tuple(_exactly(mpmath.findroot(slope, start)) for start in starts)
            for name, (slope, starts) in slopes.items()
        }


def _exactly(value: mpmath.mpf) -> Fraction:
    sign, mantissa, exponent, _ = value._mpf_
    return (-1 if sign else 1) * Fraction(int(mantissa)) * Fraction(2) ** int(exponent)


_BALLS = mpmath.ctx_iv.MPIntervalContext()
_BALLS.prec = 256
_FAR = 1000  # beyond, sigmoid and tanh are constant to 400 decimals


@lru_cache(maxsize=4096)
def _value(name: str, x: Fraction, parameter: Fraction | None) -> tuple[Fraction, Fraction]:
    """Bounds of a function at ``x``."""
    rational = _rational_value(name, x, parameter)
    if rational is not None:
        return rational, rational
    if name == "sigma" and abs(x) > _FAR:
        tiny = Fraction(1, 10**400)
        return (1 - tiny, Fraction(1)) if x > 0 else (Fraction(0), tiny)
    if name == "tanh" and abs(x) > _FAR:
        tiny = Fraction(1, 10**400)
        return (1 - tiny, Fraction(1)) if x > 0 else (Fraction(-1), tiny - 1)
    if name in ("softplus", "silu", "gelu", "gelu'") and abs(x) > _FAR:
        tiny = Fraction(1, 10**400)
        far = Fraction(int(x > 0)) if name == "gelu'" else max(x, Fraction(0))
        return (far if name == "softplus" else far - tiny), far + tiny
    if name not in ("log", "sqrt") and abs(x) > 100 * _FAR:
        raise UncheckableError("a power of e beyond all bounds")
    iv = _BALLS
    at = iv.mpf(x.numerator) / x.denominator
    bounds: dict[str, Callable[[], mpmath.ctx_iv.ivmpf]] = {
        "e": lambda: iv.exp(at),
        "log": lambda: iv.log(at),
        "sqrt": lambda: iv.sqrt(at),
        "sigma": lambda: 1 / (1 + iv.exp(-at)),
        "tanh": lambda: 1 - 2 / (iv.exp(2 * at) + 1),
        "softplus": lambda: iv.log(1 + iv.exp(at)),
        "silu": lambda: at / (1 + iv.exp(-at)),
        "elu": lambda: (iv.exp(at) - 1) * parameter.numerator / parameter.denominator,
        "elu'": lambda: iv.exp(at) * parameter.numerator / parameter.denominator,
        "erf": lambda: _erf(at),
        "gelu": lambda: at * (1 + _erf(at / iv.sqrt(2))) / 2,
        "gelu'": lambda: (
            (1 + _erf(at / iv.sqrt(2))) / 2 + at * iv.exp(-at * at / 2) / iv.sqrt(2 * iv.pi)
        ),
    }
    found = bounds[name]()
    return _fraction(found.a), _fraction(found.b)


def _erf(x: mpmath.ctx_iv.ivmpf) -> mpmath.ctx_iv.ivmpf:
    """The error function, which interval arithmetic lacks; it grows with its argument."""
    with mpmath.mp.workprec(_BALLS.prec + 64):
        tiny = mpmath.ldexp(1, -_BALLS.prec)
        low, high = (mpmath.erf(mpmath.mpf(end._mpi_[0])) for end in (x.a, x.b))
        return _BALLS.mpf([low - tiny, high + tiny])


def _fraction(end: mpmath.ctx_iv.ivmpf) -> Fraction:
    sign, mantissa, exponent, _ = end._mpi_[0]
    return (-1 if sign else 1) * Fraction(int(mantissa)) * Fraction(2) ** int(exponent)


def nearest(value: Fraction, digits: int) -> Fraction:
    """``value`` to ``digits`` decimals (of tens, hundreds where negative), ties away from zero."""
    unit = _power_of_ten(-digits)
    units = (abs(value) / unit + Fraction(1, 2)).__floor__()
    return (units if value >= 0 else -units) * unit


def roundings(value: Fraction, digits: Digits) -> set[Fraction]:
    """What ``value`` may be rounded to."""
    return {nearest(value, -place) for place in digits.last_places(value)}


# Links


@dataclass(frozen=True)
class Side:
    """What stands between two relations."""

    text: str
    tree: Tree

    @cached_property
    def symbolic(self) -> bool:
        return is_symbolic(self.tree)


@dataclass(frozen=True)
class Link:
    """``left relation right``."""

    left: Side
    relation: str
    right: Side

    def __str__(self) -> str:
        return f"{self.left.text} {self.relation} {self.right.text}"

    @property
    def numeric(self) -> bool:
        """Whether there are only numbers on both sides."""
        return not (self.left.symbolic or self.right.symbolic)

    def fault(self, digits: int | Digits | None = None, known: Known = NOTHING) -> str | None:
        """What is wrong with this link, None if nothing is; only for numeric links.

        ``digits``: to what the page rounds. Raises UncheckableError.
        """
        if is_matrix(self.left.tree) or is_matrix(self.right.tree):
            return self._fault_of_matrices(digits, known)
        left, right = canonical(self.left.tree, known), canonical(self.right.tree, known)
        same = left == right
        if self.relation == EQUAL:
            return None if same else f"does not come out: {self}"
        if same:
            return f"is equal: {self}"
        spread = [interval(side.tree, digits, known) for side in (self.left, self.right)]
        return None if spread[0].meets(spread[1]) else f"is not near: {self}"

    @property
    def pairs(self) -> list[tuple[Tree, Tree]]:
        """What stands in the same place of two matrices. Raises UnreadableError."""
        sides = [entries(side.tree) for side in (self.left, self.right)]
        if len({(len(rows), len(rows[0])) for rows in sides}) != 1:
            raise UnreadableError(f"matrices of different sizes: {self}")
        return [pair for rows in zip(*sides, strict=True) for pair in zip(*rows, strict=True)]

    def _fault_of_matrices(self, digits: int | None, known: Known) -> str | None:
        """The same entry by entry: all of them are equal, or not all and each is near."""
        same = all(canonical(a, known) == canonical(b, known) for a, b in self.pairs)
        if self.relation == EQUAL:
            return None if same else f"does not come out: {self}"
        if same:
            return f"is equal: {self}"
        near = (interval(a, digits, known).meets(interval(b, digits, known)) for a, b in self.pairs)
        return None if all(near) else f"is not near: {self}"


@dataclass(frozen=True)
class Equation:
    """``side relation side relation side …``."""

    sides: tuple[Side, ...]
    relations: tuple[str, ...]
    decimal_comma: bool = False

    @cached_property
    def links(self) -> tuple[Link, ...]:
        return tuple(map(Link, self.sides, self.relations, self.sides[1:]))


def equation(source: str, decimal_comma: bool = False) -> Equation:
    """One equation, or a formula without a relation."""
    depth = 0
    cuts: list[Token] = []
    for token in tokens(source):
        if token.text in _OPENING:
            depth += 1
        elif token.text in _CLOSING:
            depth -= 1
        elif depth == 0 and token.text in (EQUAL, NEARLY):
            cuts.append(token)
    starts = [0, *(token.stop for token in cuts)]
    stops = [*(token.start for token in cuts), len(source)]
    texts = [" ".join(source[a:b].split()) for a, b in zip(starts, stops, strict=True)]
    sides = tuple(Side(text.replace("{}", ""), parse(text, decimal_comma)) for text in texts)
    return Equation(sides, tuple(token.text for token in cuts), decimal_comma)


# Documents

_IN_TEXT = {"center", "enumerate", "itemize", "document", "minipage", "samepage"}
_MARK = re.compile(
    r"\\(?P<what>begin|end)\{(?P<name>[A-Za-z]+\*?)\}"
    r"|(?P<comment>(?<!\\)%[^\n]*)|(?P<display>\\\[)|(?P<open>\\\()|\\.|(?P<dollar>\$)",
    re.DOTALL,
)
_STACK = "{@{}c@{}}"


def read(document: str, *, decimal_comma: bool = False) -> list[Equation]:
    """All equations and formulas of a document or a fragment, in order."""
    return [equation(source, decimal_comma) for source in formulas(document)]


def formulas(document: str) -> Iterator[str]:
    """The sources of all formulas, each put together from the lines that it was broken into."""
    position = 0
    if r"\begin{document}" in document:
        position = document.index(r"\begin{document}")
    open_environments: list[str] = []
    while mark := _MARK.search(document, position):
        position = mark.end()
        if mark["dollar"]:
            stop = _closing_dollar(document, position)
            yield document[position:stop]
            position = stop + 1
        elif mark["display"] or mark["open"]:
            closing = r"\]" if mark["display"] else r"\)"
            body, position = _until(document, position, closing)
            yield from _rows(body, aligned=False)
        elif mark["what"] == "begin" and mark["name"] in ("align*", "gather*"):
            body, position = _until(document, position, rf"\end{{{mark['name']}}}")
            yield from _rows(body, aligned=mark["name"] == "align*")
        elif mark["what"] == "begin" and mark["name"] == "tikzpicture":  # symbols, no statements
            _, position = _until(document, position, r"\end{tikzpicture}")
        elif mark["what"] == "begin" and document.startswith(_STACK, position):
            body, position = _until(document, position + len(_STACK), r"\end{tabular}")
            yield _stacked(body)
        elif mark["what"] == "begin":
            if mark["name"] == "tabular":
                position = _after_group(document, position)
            elif mark["name"] not in _IN_TEXT:
                raise UnreadableError(f"the environment {mark['name']}")
            open_environments.append(mark["name"])
        elif mark["what"] == "end" and (
            not open_environments or open_environments.pop() != mark["name"]
        ):
            raise UnreadableError(rf"\end{{{mark['name']}}} without its beginning")
    if open_environments:
        raise UnreadableError(f"no end of {open_environments[-1]}")


def _until(document: str, position: int, closing: str) -> tuple[str, int]:
    stop = document.find(closing, position)
    if stop < 0:
        raise UnreadableError(f"no {closing}")
    return document[position:stop], stop + len(closing)


def _closing_dollar(document: str, position: int) -> int:
    for match in re.compile(r"\\.|\$|\n\n", re.DOTALL).finditer(document, position):
        if match.group() == "$" and match.start() > position:
            return match.start()
        if match.group() in ("$", "\n\n"):
            break
    raise UnreadableError(f"no formula at {document[position - 1 : position + 40]!r}")


def _split(source: str, separator: str) -> list[str]:
    """The parts between separators that stand outside all braces."""
    depth, begin = 0, 0
    found = []
    for match in re.finditer(r"\\[A-Za-z]+|(\\\\)(?:\*|\[[^\]]*\])?|\\.|[{}&]", source, re.DOTALL):
        depth += {"{": 1, "}": -1, r"\begin": 1, r"\end": -1}.get(match.group(), 0)
        if depth == 0 and (match[1] or match.group()) == separator:
            found.append(source[begin : match.start()])
            begin = match.end()
    return [part.strip() for part in (*found, source[begin:])]


_RELATED = re.compile(r"=|\\approx(?![A-Za-z])")


def _rows(body: str, *, aligned: bool) -> Iterator[str]:
    """The equations of a display; those that run over several rows are put together."""
    whole: list[str] = []
    for row in _split(body.replace(r"\\*", r"\\"), r"\\"):
        if aligned:
            left, *rest = _split(row, "&")
            if len(rest) != 1:
                raise UnreadableError(f"not one alignment point: {row}")
            (right,) = rest
            parts = [right]
        else:
            left, right, parts = "", row, _split(row, r"\qquad")
        if not (left or right):
            raise UnreadableError(f"an empty row in {body!r}")
        if left:
            yield from whole
            whole = [f"{left} {right}"]
        elif whole and _RELATED.match(right):
            whole[-1] += f" {right}"
        elif whole and aligned:
            link, *rest = right.split(r"\qquad {}")
            if link or len(rest) != 1:
                raise UnreadableError(f"neither a new equation nor the rest of one: {row}")
            whole[-1] += rest[0]
        else:
            yield from whole
            *complete, last = parts
            yield from complete
            whole = [last]
    yield from whole


def _stacked(body: str) -> str:
    """A formula in a table cell, a line below the other."""
    lines = _split(body, r"\\")
    for line in lines:
        if len(line) < 3 or line[0] != "$" or _closing_dollar(line, 1) != len(line) - 1:
            raise UnreadableError(f"a line of a cell that is not a formula: {line}")
    return " ".join(line[1:-1] for line in lines)
