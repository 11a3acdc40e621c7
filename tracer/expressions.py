"""Formulas as people write them, read by a grammar of our own into a small tree.

    formula   := product (("+" | "-") product)*
    product   := ["-"] power (("*" | "/") ["-"] power)*
    power     := atom ["^" whole number]
    atom      := number | name ["[" index, … "]"] | function "(" formula, … ")"
               | "sum" "(" variable "=" low ".." high "," formula ")" | "(" formula ")"
    statement := name ["[" index, … "]"] "=" formula ["for" variable "=" low ".." high, …]

Text is data: nothing here evaluates Python or hands text to SymPy. Every character comes from a
table, and length and depth are bounded before anything is built. `·`, `×` and `−` are read as
``*``, ``*`` and ``-``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from tracer.errors import did_you_mean, printable
from tracer.literals import exact

LONGEST = 1_000
DEEPEST = 40
LARGEST_POWER = 64
LONGEST_NAME = 20

# name: how many arguments
FUNCTIONS = {
    "exp": 1,
    "log": 1,
    "sqrt": 1,
    "tanh": 1,
    "sigmoid": 1,
    "softplus": 1,
    "relu": 1,
    "abs": 1,
    "max": 2,
    "min": 2,
}
# functions whose values are fractions where their arguments are
RATIONAL = frozenset(("relu", "abs", "max", "min"))
_RESERVED = {*FUNCTIONS, "sum", "for"}


@dataclass(frozen=True, slots=True)
class Number:
    """A number, exactly."""

    value: Fraction


@dataclass(frozen=True, slots=True)
class Name:
    """A quantity or a variable of an index: ``q``, ``h[t-1,j]``."""

    name: str
    indices: tuple[Tree, ...] = ()


@dataclass(frozen=True, slots=True)
class Minus:
    """Minus ``body``."""

    body: Tree


@dataclass(frozen=True, slots=True)
class Sum:
    """Terms in order."""

    terms: tuple[Tree, ...]


@dataclass(frozen=True, slots=True)
class Product:
    """Factors in order."""

    factors: tuple[Tree, ...]


@dataclass(frozen=True, slots=True)
class Quotient:
    """``top`` over ``bottom``."""

    top: Tree
    bottom: Tree


@dataclass(frozen=True, slots=True)
class Power:
    """``base`` to a whole number."""

    base: Tree
    exponent: int


@dataclass(frozen=True, slots=True)
class Call:
    """One of `FUNCTIONS`."""

    function: str
    args: tuple[Tree, ...]


@dataclass(frozen=True, slots=True)
class Range:
    """``variable = low..high``, both ends included."""

    variable: str
    low: Tree
    high: Tree


@dataclass(frozen=True, slots=True)
class Over:
    """The sum of ``body`` over a range."""

    range: Range
    body: Tree


Tree = Number | Name | Minus | Sum | Product | Quotient | Power | Call | Over


@dataclass(frozen=True, slots=True)
class Statement:
    """``target = formula``, once for every combination of the ``ranges``."""

    target: Name
    formula: Tree
    ranges: tuple[Range, ...] = ()


class FormulaError(ValueError):
    """Text that is no formula; ``position`` counts its characters from 0, -1 is no single place.

    A ``hint`` says what may be meant.
    """

    def __init__(self, position: int, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.position = position
        self.hint = hint

    def located(self, text: str, of: str) -> str:
        """The message with its place in ``text``, which is called ``of``."""
        if self.position < 0:
            return f"{self}{self.hint}"
        near = printable(text[max(0, self.position - 12) : self.position + 12], 40)
        return f'{self}, at character {self.position + 1} of the {of}, near "{near}"{self.hint}'


_TOKEN = re.compile(
    r"(?P<number>[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)|(?P<name>[A-Za-z][A-Za-z0-9_]*)"
    r"|(?P<sign>\.\.|[-+*/^()\[\],=])",
    re.ASCII,
)
_SAME = str.maketrans({"·": "*", "×": "*", "−": "-"})


@dataclass(frozen=True, slots=True)
class _Token:
    text: str
    kind: str
    position: int


def _tokens(text: str) -> Iterator[_Token]:
    if len(text) > LONGEST:
        raise FormulaError(0, f"{len(text):,} characters; at most {LONGEST:,} are read")
    text = text.translate(_SAME)
    position = 0
    while position < len(text):
        if text[position] in " \t\n":
            position += 1
            continue
        match = _TOKEN.match(text, position)
        if match is None:
            raise FormulaError(position, f'"{printable(text[position])}" has no meaning here')
        assert match.lastgroup is not None
        yield _Token(match.group(), match.lastgroup, position)
        position = match.end()
    yield _Token("", "end", len(text))


def is_name(text: str) -> bool:
    """Whether a quantity or size can be called so."""
    token = _TOKEN.fullmatch(text)
    return bool(token and token["name"]) and len(text) <= LONGEST_NAME and text not in _RESERVED


def formula(text: str) -> Tree:
    """Read a formula. Raises FormulaError.

    >>> formula("x*y + 1")
    Sum(terms=(Product(factors=(Name(name='x', indices=()), Name(name='y', indices=()))), \
Number(value=Fraction(1, 1))))
    """
    reader = _Reader(text)
    found = reader.sum()
    reader.end()
    return found


def statement(text: str) -> Statement:
    """Read ``h[t] = tanh(a[t]) for t = 1..3``. Raises FormulaError."""
    reader = _Reader(text)
    target = reader.name()
    reader.take("=")
    found = reader.sum()
    ranges: list[Range] = []
    if reader.next.text == "for":
        reader.take("for")
        ranges.append(reader.range())
        while reader.next.text == ",":
            reader.take(",")
            ranges.append(reader.range())
    reader.end()
    return Statement(target, found, tuple(ranges))


def _product(factors: list[Tree]) -> Tree:
    return factors[0] if len(factors) == 1 else Product(tuple(factors))


def _negated(tree: Tree) -> Tree:
    return Number(-tree.value) if isinstance(tree, Number) else Minus(tree)


class _Reader:
    """Recursive descent; each method reads what its name says and leaves the rest."""

    def __init__(self, text: str) -> None:
        self.tokens = list(_tokens(text))
        self.place = 0
        self.depth = 0

    @property
    def next(self) -> _Token:
        return self.tokens[self.place]

    def take(self, text: str | None = None) -> _Token:
        found = self.next
        if text is not None and found.text != text:
            raise self.unexpected(f'"{text}"')
        self.place += 1
        return found

    def unexpected(self, wanted: str, hint: str = "") -> FormulaError:
        found = f'"{self.next.text}"' if self.next.text else "the end"
        return FormulaError(self.next.position, f"expected {wanted}, not {found}", hint)

    def end(self) -> None:
        if self.next.kind == "end":
            return
        # after a whole formula, what could begin another
        is_factor = self.next.kind in ("number", "name") or self.next.text == "("
        hint = "; a product is written with *, as in 2*x" if is_factor else ""
        raise self.unexpected("an operator or the end", hint)

    def sum(self) -> Tree:
        self.depth += 1
        if self.depth > DEEPEST:
            message = f"brackets are nested more than {DEEPEST} deep"
            raise FormulaError(self.next.position, message)
        terms = [self.product()]
        while self.next.text in ("+", "-"):
            sign = self.take().text
            term = self.product()
            terms.append(Minus(term) if sign == "-" else term)
        self.depth -= 1
        return terms[0] if len(terms) == 1 else Sum(tuple(terms))

    def product(self) -> Tree:
        negative = self.sign()
        factors = [self.power()]
        while self.next.text in ("*", "/"):
            operator = self.take().text
            if operator == self.next.text == "*":
                hint = "; a power is written with ^, as in x^2"
                raise self.unexpected("a number, a name or a bracket", hint)
            factor = _negated(self.power()) if self.sign() else self.power()
            if operator == "*":
                factors.append(factor)
            else:
                factors = [Quotient(_product(factors), factor)]
        found = _product(factors)
        return _negated(found) if negative else found

    def sign(self) -> bool:
        """Whether a minus sign is next; it is taken."""
        if self.next.text != "-":
            return False
        self.take()
        return True

    def power(self) -> Tree:
        base = self.atom()
        if self.next.text != "^":
            return base
        self.take()
        digits = self.take()
        if not digits.text.isdigit() or not 0 < int(digits.text[:4]) <= LARGEST_POWER:
            message = f"an exponent is a whole number from 1 to {LARGEST_POWER}"
            raise FormulaError(digits.position, message)
        if self.next.text == "^":
            raise FormulaError(self.next.position, "a power of a power needs brackets")
        return Power(base, int(digits.text))

    def atom(self) -> Tree:
        token = self.next
        if token.kind == "number":
            self.take()
            try:
                return Number(exact(token.text))
            except ValueError as error:
                raise FormulaError(token.position, str(error)) from None
        if token.text == "(":
            self.take()
            found = self.sum()
            self.take(")")
            return found
        if token.text == "sum":
            return self.over()
        after = self.tokens[self.place + 1].text if token.kind == "name" else ""
        if after == "(":
            return self.call()
        if token.kind == "name":
            return self.name()
        raise self.unexpected("a number, a name or a bracket")

    def over(self) -> Over:
        self.take("sum")
        self.take("(")
        found = self.range()
        self.take(",")
        body = self.sum()
        self.take(")")
        return Over(found, body)

    def range(self) -> Range:
        variable = self.name()
        if variable.indices:
            raise FormulaError(self.next.position, "the variable of a range has no indices")
        self.take("=")
        low = self.sum()
        self.take("..")
        return Range(variable.name, low, self.sum())

    def call(self) -> Call:
        token = self.take()
        if token.text not in FUNCTIONS:
            hint = did_you_mean(token.text, [*FUNCTIONS, "sum"])
            known = "" if hint else "; known are " + ", ".join([*FUNCTIONS, "sum"])
            message = f'no function "{printable(token.text, 40)}"{known}'
            raise FormulaError(token.position, message, hint)
        self.take("(")
        args = [self.sum()]
        while self.next.text == ",":
            self.take()
            args.append(self.sum())
        self.take(")")
        wanted = FUNCTIONS[token.text]
        if len(args) != wanted:
            message = f"{token.text} takes {wanted} argument{'s' if wanted > 1 else ''}"
            raise FormulaError(token.position, f"{message}, not {len(args)}")
        return Call(token.text, tuple(args))

    def name(self) -> Name:
        token = self.next
        if token.kind != "name":
            raise self.unexpected("a name")
        if not is_name(token.text):
            what = "is a function" if token.text in _RESERVED else "is too long for"
            raise FormulaError(token.position, f'"{printable(token.text, 40)}" {what}, not a name')
        self.take()
        if self.next.text != "[":
            return Name(token.text)
        self.take("[")
        indices = [self.sum()]
        while self.next.text == ",":
            self.take()
            indices.append(self.sum())
        self.take("]")
        return Name(token.text, tuple(indices))
