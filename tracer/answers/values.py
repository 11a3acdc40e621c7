r"""What a text or a tree is worth: an exact value, and how far its printed digits let it reach.

A literal stands for all that rounds to it: ± half a unit of its last place. Whole numbers,
fractions and numbers that the problem gives are exact. Arithmetic is exact in fractions for the
value; how far it reaches is bounded from above as in interval arithmetic.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from flint import arb, ctx, fmpq

from tracer.answers import grammar
from tracer.answers.characters import Unread
from tracer.answers.functions import PRECISION, RATIONAL, of_ball
from tracer.answers.numerals import half_unit, numeral, ten_to
from tracer.answers.submission import Reading
from tracer.answers.trees import (
    Call,
    Minus,
    Number,
    Over,
    Partial,
    Power,
    Product,
    Quotient,
    Side,
    Sum,
    Symbol,
    Tree,
)

LONGEST = 500
"""The longest text of a value, in characters."""
_MOST_BITS = 8_192
_MOST_WORK = 400_000
_MOST_POWER = 64

_PLAIN = re.compile(r"\s*([+-]?)([0-9]{1,60})(?:\.([0-9]{0,60}))?\s*", re.ASCII)
_SINGLE = re.compile(
    r"\s*[=≈~]?[ ]*([+\-−]?)"
    r"((?:[0-9]+(?:\.[0-9]*|,[0-9]+)?|[.,][0-9]+)(?:[eE][+\-−]?[0-9]+)?)\s*",
    re.ASCII,
)
_RATIO = re.compile(r"\s*([+-]?[0-9]{1,60})/(0*[1-9][0-9]{0,59})\s*", re.ASCII)
_MINUS = ("-", "−")
_ZERO = fmpq(0)

Lookup = Callable[[Symbol | Partial], Reading | None]
Applied = Callable[[tuple[Reading, ...], bool], Reading]


def reading(text: str, decimal_comma: bool = False, exact: Collection[fmpq] = ()) -> Reading:
    """The number that ``text`` states: a number, a fraction or arithmetic. Raises Unread.

    Of a chain (``0.5 - 0.01*0.38 = 0.4962``) it is the last side, whatever stands before, as long
    as all of it can be read. A number of a TOML or JSON file has a point in every language: read
    it with ``decimal_comma`` False. ``exact`` are the numbers that the problem gives.
    """
    match = _PLAIN.fullmatch(text)
    if match is None or decimal_comma:
        single = _SINGLE.fullmatch(text)
        if single is None:
            ratio = _RATIO.fullmatch(text)
            if ratio is not None:
                return Reading(fmpq(int(ratio[1]), int(ratio[2])), _ZERO)
            return _slow(text, decimal_comma, exact)
        number = numeral(single[2], decimal_comma, single.start(2))
        value = -number.value if single[1] in _MINUS else number.value
        return Reading(value, number.half, number.decimals, number.figures)
    sign, whole, after = match.groups()
    digits = whole + after if after else whole
    decimals = len(after) if after else 0
    value = fmpq(int(sign + digits)) / _UNITS[decimals] if decimals else fmpq(int(sign + digits))
    return Reading(value, _HALVES[decimals], decimals, len(digits.lstrip("0")) or 1)


_UNITS = [ten_to(power) for power in range(61)]
_HALVES = [half_unit(decimals) for decimals in range(61)]


@lru_cache(maxsize=512)
def _sides(text: str, decimal_comma: bool) -> tuple[Side, ...]:
    return grammar.chain(text, decimal_comma, LONGEST)


def _slow(text: str, decimal_comma: bool, exact: Collection[fmpq]) -> Reading:
    if len(text) > LONGEST:
        raise Unread(f"{len(text):,} characters; at most {LONGEST} are read")
    sides = _sides(text, decimal_comma)
    for side in sides:
        if side.tree is None:
            raise Unread(side.reason, side.start, side.stop)
    last = sides[-1].tree
    assert last is not None
    plain = last.body if isinstance(last, Minus) else last
    if isinstance(plain, Number):
        value = -plain.value if isinstance(last, Minus) else plain.value
        return Reading(value, plain.half, plain.decimals, plain.figures)
    return worked_out(last, exact=exact)


def worked_out(
    tree: Tree,
    lookup: Lookup = lambda symbol: None,
    exact: Collection[fmpq] = (),
    over: Callable[[Over], Reading] | None = None,
    functions: Mapping[str, Applied] | None = None,
) -> Reading:
    """The value of a tree. Raises Unread, also where a symbol stands for no number.

    ``lookup`` gives what a symbol is worth, or None. ``over`` works out a sum over samples: only
    the caller knows them. ``functions`` are more functions by their names in a tree, each of the
    readings of its arguments and of whether its derivative is meant.
    """
    value, half = _Work(lookup, exact, over, functions or {}).of(tree)
    return Reading(value, half)


Ball = tuple[fmpq, fmpq]


@dataclass
class _Work:
    """One tree being worked out; ``done`` is the work so far, in bits that were handled."""

    lookup: Lookup
    exact: Collection[fmpq]
    over: Callable[[Over], Reading] | None
    functions: Mapping[str, Applied]
    done: int = field(default=0)

    def of(self, tree: Tree) -> Ball:
        """The value of a node and how far it reaches, under the budget."""
        match tree:
            case Number():
                return tree.value, self._half(tree)
            case Symbol() | Partial():
                return self._known(tree)
            case Minus():
                value, half = self.of(tree.body)
                return -value, half
            case Sum():
                found = self._sum(tree)
            case Product():
                found = self._product(tree)
            case Quotient():
                found = self._quotient(self.of(tree.top), self.of(tree.bottom))
            case Power():
                found = self._power(tree)
            case Call():
                found = self._call(tree)
            case Over():
                if self.over is None:
                    raise Unread("a sum over samples is no number here; write its terms out")
                got = self.over(tree)
                found = got.value, got.half
            case _:
                raise Unread("a matrix is no number")
        return self._checked(found)

    def _checked(self, found: Ball) -> Ball:
        bits = int(found[0].height_bits()) + int(found[1].height_bits())
        self.done += bits
        if bits > 2 * _MOST_BITS or self.done > _MOST_WORK:
            raise Unread("the exact value of this is too long")
        return found

    def _half(self, number: Number) -> fmpq:
        whole = number.decimals == 0
        return _ZERO if whole or number.value in self.exact else number.half

    def _known(self, symbol: Symbol | Partial) -> Ball:
        found = self.lookup(symbol)
        if found is not None:
            return found.value, found.half
        if isinstance(symbol, Symbol):
            if symbol.text in (r"\pi", "π"):
                return _pi()
            if symbol.text == "e":
                return of_ball("exp", False, fmpq(1), _ZERO)
            raise Unread(
                f"'{symbol.text}' stands for no number here; write the number alone, without units",
                symbol.start,
                symbol.stop,
            )
        name = f"∂{symbol.of.text}/∂{symbol.wrt.text}"
        raise Unread(f"'{name}' stands for no number here", symbol.start, symbol.stop)

    def _sum(self, tree: Sum) -> Ball:
        value, half = self.of(tree.terms[0])
        for term in tree.terms[1:]:
            more, wider = self.of(term)
            value, half = self._checked((value + more, half + wider))
        return value, half

    def _product(self, tree: Product) -> Ball:
        value, half = self.of(tree.factors[0])
        for factor in tree.factors[1:]:
            value, half = self._checked(_times((value, half), self.of(factor)))
        return value, half

    def _quotient(self, top: Ball, bottom: Ball) -> Ball:
        size = abs(bottom[0])
        if not size:
            raise Unread("this divides by zero")
        if bottom[1] >= size:
            raise Unread(
                "this divides by a number that may be 0 as it is printed; give more digits"
            )
        value = top[0] / bottom[0]
        if not top[1] and not bottom[1]:
            return value, _ZERO
        return value, (top[1] + abs(value) * bottom[1]) / (size - bottom[1])

    def _power(self, tree: Power) -> Ball:
        base, exponent = self.of(tree.base), self.of(tree.exponent)
        if exponent[1] or exponent[0].q != 1:
            if exponent == (fmpq(1, 2), _ZERO):
                return of_ball("sqrt", False, *base)
            raise Unread("the exponent is not a whole number")
        power = int(exponent[0].p)
        if abs(power) > _MOST_POWER and base[0] != 10:
            raise Unread(f"powers beyond {_MOST_POWER} are not read")
        if (int(base[0].height_bits()) + int(base[1].height_bits())) * abs(power) > _MOST_BITS:
            raise Unread("the exact value of this power is too long")
        value, half = base
        raised = value ** abs(power), _ZERO
        if half:
            raised = raised[0], (abs(value) + half) ** abs(power) - abs(value) ** abs(power)
        return raised if power >= 0 else self._quotient((fmpq(1), _ZERO), raised)

    def _call(self, tree: Call) -> Ball:
        args = [self.of(arg) for arg in tree.args]
        own = self.functions.get(tree.function)
        if own is not None:
            got = own(tuple(Reading(*arg) for arg in args), tree.prime)
            return got.value, got.half
        if tree.function in ("max", "min") and not tree.prime:
            best = max if tree.function == "max" else min
            return best(arg[0] for arg in args), max(arg[1] for arg in args)
        value, half = args[0]
        self.done += 2_000
        rational = RATIONAL.get((tree.function, tree.prime))
        if rational is None:
            return of_ball(tree.function, tree.prime, value, half)
        middle = rational(value)
        if not half:
            return middle, _ZERO
        return middle, max(abs(rational(value + s) - middle) for s in (half, -half))


def _times(x: Ball, y: Ball) -> Ball:
    value = x[0] * y[0]
    if not x[1]:
        return value, abs(x[0]) * y[1] if y[1] else _ZERO
    if not y[1]:
        return value, abs(y[0]) * x[1]
    return value, abs(x[0]) * y[1] + abs(y[0]) * x[1] + x[1] * y[1]


def _pi() -> Ball:
    before, ctx.prec = ctx.prec, PRECISION
    try:
        mantissa, exponent = arb.pi().mid().man_exp()
    finally:
        ctx.prec = before
    return fmpq(mantissa) / fmpq(2) ** -int(exponent), fmpq(1, 2) ** (PRECISION - 4)
