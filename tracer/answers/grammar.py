r"""A formula as students write it, in plain text, Unicode or LaTeX, as a tree.

``sum`` of ``term`` (products and quotients, also without a sign between brackets) of ``power`` of
``operand``. Nothing is guessed: what may be meant in two ways is refused, and says how to write
it. A tree is at most 40 levels deep, a text at most 4,000 characters long.
"""

from __future__ import annotations

from flint import fmpq

from tracer.answers.characters import HALVES, Token, Unread, tokens
from tracer.answers.numerals import half_unit, numeral, ten_to
from tracer.answers.operands import Operands, whole
from tracer.answers.trees import (
    Call,
    Entrywise,
    Minus,
    Number,
    Power,
    Product,
    Quotient,
    Side,
    Sum,
    Transposed,
    Tree,
)

LONGEST = 4_000
DEEPEST = 40


def tree(text: str, decimal_comma: bool = False, longest: int = LONGEST) -> Tree:
    """The one formula that ``text`` is. Raises Unread."""
    if len(text) > longest:
        raise Unread(f"{len(text):,} characters; at most {longest:,} are read")
    found = tokens(_bare(text), decimal_comma)
    return _Parser(found, text, decimal_comma).whole()


def chain(text: str, decimal_comma: bool = False, longest: int = LONGEST) -> tuple[Side, ...]:
    r"""The sides of ``A = B \approx C``. A side that can't be read has no tree, but a reason."""
    if len(text) > longest:
        reason = f"{len(text):,} characters; at most {longest:,} are read"
        return (Side("", text, None, reason, 0, len(text)),)
    found = tokens(_bare(text), decimal_comma)
    cuts = _cuts(found)
    sides = []
    for index, (relation, first, last) in enumerate(cuts):
        part = found[first:last]
        if index == 0 and not part and len(cuts) > 1:
            continue  # "= 1.2" goes on with what stands before
        sides.append(_side(relation, part, text, decimal_comma, found[first - 1 : first]))
    return tuple(sides)


def _side(
    relation: str, part: list[Token], text: str, decimal_comma: bool, before: list[Token]
) -> Side:
    if not part:
        at = before[0].stop if before else 0
        return Side(relation, "", None, "nothing stands here", at, at)
    start, stop = part[0].start, part[-1].stop
    reason, found = "", None
    try:
        found = _Parser(part, text, decimal_comma).whole()
    except Unread as error:
        reason = error.reason
    return Side(relation, text[start:stop], found, reason, start, stop)


def _bare(text: str) -> str:
    """``text`` with blanks in place of the marks of maths and of what ends a sentence."""
    for opening, closing in (("$$", "$$"), ("$", "$"), (r"\(", r"\)"), (r"\[", r"\]")):
        inner = text.strip()
        if len(inner) > len(opening) + len(closing) and inner.startswith(opening):
            if not inner.endswith(closing):
                break
            start = text.index(opening)
            stop = text.rindex(closing)
            blank = " " * len(opening)
            after = " " * (len(text) - stop)
            text = text[:start] + blank + text[start + len(opening) : stop] + after
            break
    end = text.rstrip()
    if end[-1:] in (",", ";") or (end[-1:] == "." and not _is_open_number(end)):
        text = end[:-1] + " " * (len(text) - len(end) + 1)
    return text


def _is_open_number(text: str) -> bool:
    """Whether the point at the end may belong to a number: ``5.`` is one."""
    return text[-2:-1].isdigit() and "." not in text[:-1].rsplit(" ", 1)[-1]


def _cuts(found: list[Token]) -> list[tuple[str, int, int]]:
    """Where the sides lie: each with the relation before it."""
    cuts, depth, first, relation = [], 0, 0, ""
    for index, token in enumerate(found):
        if token.kind in ("open", "{", "begin"):
            depth += 1
        elif token.kind in ("close", "}", "end"):
            depth -= 1
        elif token.kind == "relation" and depth <= 0:
            cuts.append((relation, first, index))
            first, relation = index + 1, "=" if token.text in ("=", ":=", "≔", "←") else "≈"
    return [*cuts, (relation, first, len(found))]


class _Parser(Operands):
    """Reads the tokens of one side from left to right."""

    def whole(self) -> Tree:
        """All tokens as one formula."""
        if self.kind == "relation":
            self.next()
        found = self.sum()
        if self.kind != "end of text":
            raise self.unexpected()
        return found

    def sum(self) -> Tree:
        """Terms with + and - between them."""
        terms = [self.term(first=True)]
        while self.kind in ("+", "-"):
            terms.append(self.term(first=False))
        return terms[0] if len(terms) == 1 else Sum(tuple(terms))

    def term(self, first: bool) -> Tree:
        """A product with the sign before it."""
        sign = ""
        if self.kind in ("+", "-"):
            sign = self.next().kind
            if self.kind in ("+", "-") and (first or not self.token.spaced):
                raise self.fault("two signs follow each other; put the number in brackets")
        body = self.product()
        return Minus(body) if sign == "-" else body

    def signed(self) -> Tree:
        """A factor after a sign of multiplication, which may have a sign of its own."""
        if self.kind in ("+", "-"):
            sign = self.next().kind
            body = self.power()
            return Minus(body) if sign == "-" else body
        return self.power()

    def product(self) -> Tree:
        """Factors with a sign between them, or none."""
        parts: list[Tree] = []
        factors = [self.signed()]
        slash = False
        slashes = 0
        while True:
            if self.kind == "times":
                self.next()
                before = self.at
                factors.append(self.signed())
                factors[-2:] = self.scientific(factors[-2], factors[-1], before, slash)
            elif self.kind == "/":
                self.next()
                slashes += 1  # a tree gets a level deeper with each
                if slashes > DEEPEST:
                    raise self.fault(f"more than {DEEPEST} divisions in a row; write it in parts")
                factors = [Quotient(_product(factors), self.signed())]
                slash = True
                continue
            elif self.kind == "entrywise":
                self.next()
                parts.append(_product(factors))
                factors = [self.signed()]
            elif self.begins_operand():
                self.check_implicit(factors[-1], slash)
                factors.append(self.power())
            else:
                break
            slash = False
        whole = _product(factors)
        return Entrywise((*parts, whole)) if parts else whole

    def scientific(self, number: Tree, power: Tree, before: int, slash: bool) -> list[Tree]:
        """``1.2 · 10^-3`` as the one number that it is."""
        is_power = isinstance(power, Power) and power.base == Number(*_TEN)
        if is_power and slash and isinstance(number, Quotient) and type(number.bottom) is Number:
            raise self.fault("it is open what is divided; put the power of ten in brackets")
        if not (is_power and isinstance(number, Number) and isinstance(power, Power)):
            return [number, power]
        exponent = whole(power.exponent)
        if exponent is None or self.tokens[before].kind != "number" or number.decimals is None:
            return [number, power]
        decimals = number.decimals - exponent
        value = number.value * ten_to(exponent)
        stop = self.tokens[self.at - 1].stop
        text = self.source[number.start : stop]
        figures = number.figures
        return [Number(value, half_unit(decimals), decimals, figures, text, number.start, stop)]

    def check_implicit(self, before: Tree, slash: bool) -> None:
        """Raise Unread where no sign stands between two factors and one is needed."""
        token = self.token
        if token.gap:
            raise self.fault("something is missing between what stands on two lines or far apart")
        if token.kind in ("number", "half"):
            if isinstance(before, Number):
                raise self.fault("two numbers follow each other; write one number, or · between")
            raise self.fault("a number follows without a sign; write · or ^ before it")
        if isinstance(before, Number) and self.is_fraction_of_numbers():
            raise self.fault("this may be a sum or a product; write + or · between")
        if slash and token.kind != "sum":
            raise self.fault("it is open what is divided; put what stands below in brackets")
        if isinstance(before, Call) and self.bare_call == self.at:
            reason = f"it is open where the argument of {before.function} ends"
            raise self.fault(f"{reason}; put it in brackets")
        if isinstance(before, Number) and token.kind == "word" and not token.spaced:
            if before.text == "0":
                raise self.fault("this is no decimal number")
            if token.text in ("e", "E") and self.function_name() is None:
                raise self.fault("a power of ten is written like 1.2e-3")

    def power(self) -> Tree:
        """An operand with its exponents."""
        base = self.operand()
        raised = False
        while self.kind in ("^", "sup", "transposed"):
            if self.is_transposition():
                if isinstance(base, Transposed):
                    raise self.fault("this is transposed twice")
                self.skip_transposition()
                base = Transposed(base)
            elif raised:
                raise self.fault("a power of a power is written with brackets")
            else:
                base, raised = Power(base, self.exponent(isinstance(base, Number))), True
        return base

    def operand(self) -> Tree:
        """A number, a symbol, a bracket, a fraction, a root, a function, a sum or a matrix."""
        self.depth += 1
        if self.depth > DEEPEST:
            raise self.fault(f"this is more than {DEEPEST} levels deep; write it in parts")
        found = self.operand_here()
        self.depth -= 1
        return found

    def operand_here(self) -> Tree:
        """The same at a depth that is not too large."""
        token = self.token
        if token.kind == "number":
            self.next()
            return numeral(token.text, self.comma, token.start)
        if token.kind == "half":
            self.next()
            return Number(fmpq(*HALVES[token.text]), fmpq(0), None, None, token.text, *token[2:4])
        if token.kind in ("open", "{"):
            return self.bracket()
        if token.kind == "|":
            return self.absolute()
        if token.kind == "frac":
            return self.fraction()
        if token.kind == "sqrt":
            return self.root()
        if token.kind == "partial":
            return self.derivative()
        if token.kind == "sum":
            return self.over()
        if token.kind == "begin":
            return self.matrix()
        if token.kind in ("word", "name", "id", "accent", "prefix"):
            return self.function() or self.symbol()
        raise self.unexpected()


_TEN = (fmpq(10), fmpq(1, 2), 0, 2)


def _product(factors: list[Tree]) -> Tree:
    return factors[0] if len(factors) == 1 else Product(tuple(factors))
