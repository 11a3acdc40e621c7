"""What a factor may be: numbers, symbols, fractions, functions, brackets, sums, matrices."""

from __future__ import annotations

from abc import ABC, abstractmethod

from tracer.answers.characters import PLAIN, Unread
from tracer.answers.numerals import numeral
from tracer.answers.place import FUNCTIONS
from tracer.answers.symbols import Symbols
from tracer.answers.trees import Call, Matrix, Minus, Number, Over, Power, Quotient, Tree
from tracer.literals import LARGEST_EXPONENT

LARGEST_POWER = 64


class Operands(Symbols, ABC):
    """Reads operands, each from its first token on; what may stand in them the grammar says."""

    @abstractmethod
    def sum(self) -> Tree:
        """Terms with + and - between them."""

    @abstractmethod
    def product(self) -> Tree:
        """Factors with a sign between them, or none."""

    @abstractmethod
    def power(self) -> Tree:
        """An operand with its exponents."""

    @abstractmethod
    def operand(self) -> Tree:
        """What signs stand between."""

    def exponent(self, of_number: bool = False) -> Tree:
        """What stands after ``^``, or in raised digits: a number, a symbol or a bracket."""
        token = self.next()
        if token.kind == "sup":
            text = token.text.translate(PLAIN)
            if not text.lstrip("-").isdigit():
                raise Unread(f"the exponent {token.text} is not read", token.start, token.stop)
            number = numeral(text.lstrip("-"), False, token.start)
            found: Tree = Minus(number) if text.startswith("-") else number
        elif self.kind == "-":
            self.next()
            found = Minus(self.operand())
        else:
            found = self.operand()
        size = whole(found)
        if size is not None and abs(size) > (LARGEST_EXPONENT if of_number else LARGEST_POWER):
            reason = f"powers beyond {LARGEST_POWER} are not read"
            raise Unread(reason, token.start, token.stop)
        if isinstance(found, Power):
            raise Unread("a power in an exponent is not read", token.start, token.stop)
        return found

    def bracket(self) -> Tree:
        """What stands in a pair of brackets."""
        opening = self.next()
        bars, self.bars = self.bars, 0
        found = self.sum()
        self.close(opening)
        self.bars = bars
        return found

    def absolute(self) -> Tree:
        """``|x|``."""
        self.next()
        self.bars += 1
        found = self.sum()
        if self.kind != "|":
            raise self.unexpected()
        self.next()
        self.bars -= 1
        return Call("abs", (found,))

    def fraction(self) -> Tree:
        r"""``\frac{top}{bottom}``; ``\frac12`` too."""
        self.next()
        found = self.fraction_of_differentials()
        if found is not None:
            return found
        top = self.part_of_fraction()
        return Quotient(top, self.part_of_fraction())

    def part_of_fraction(self) -> Tree:
        """A group in braces, or one digit or letter."""
        token = self.token
        if token.kind == "{":
            return self.bracket()
        if token.kind == "number" and len(token.text) == 2 and token.text.isdigit():
            # \frac12: the two digits are two numbers
            self.tokens[self.at] = token._replace(text=token.text[1], start=token.start + 1)
            return numeral(token.text[0], False, token.start)
        if (token.kind == "number" and len(token.text) == 1) or token.kind == "name":
            return self.operand()
        raise self.fault("write a fraction as \\frac{1}{2}")

    def root(self) -> Tree:
        r"""``\sqrt{x}``, ``√(x)``, ``√2``."""
        self.next()
        if self.kind == "open" and self.token.text == "[":
            raise self.fault("only square roots are read")
        argument = self.operand()
        self.bare_call = self.at if self.tokens[self.at - 1].kind not in ("}", "close") else -1
        return Call("sqrt", (argument,))

    def over(self) -> Tree:
        r"""``\sum_{…} body``: the body is the rest of the product."""
        self.next()
        below, above = "", ""
        while self.kind in ("_", "^", "sub", "sup"):
            token = self.next()
            first = self.at
            if token.kind in ("_", "^"):
                self.script()
                inner = self.tokens[first], self.tokens[self.at - 1]
                braced = inner[0].kind == "{"
                text = self.source[inner[0].start + braced : inner[1].stop - braced].strip()
            else:
                text = token.text
            if token.kind in ("_", "sub"):
                below += text
            else:
                above += text
        return Over(self.product(), below, above)

    def matrix(self) -> Tree:
        r"""``\begin{pmatrix} a & b \\ c & d \end{pmatrix}``."""
        self.next()
        rows: list[tuple[Tree, ...]] = []
        row = [self.sum()]
        while self.kind in ("row", "column"):
            if self.next().kind == "row":
                rows.append(tuple(row))
                if self.kind == "end":
                    row = []
                    break
                row = []
            row.append(self.sum())
        if row:
            rows.append(tuple(row))
        if self.kind != "end":
            raise self.unexpected()
        self.next()
        if len(set(map(len, rows))) > 1:
            raise self.fault("the rows of this matrix have different lengths")
        return Matrix(tuple(rows))

    def function(self) -> Tree | None:
        """A function of its argument, or None where a symbol stands here."""
        name = self.function_name()
        if name is None:
            return None
        token = self.next()
        if name == "exp" and token.text == "e":
            return Call("exp", (self.exponent(),))
        prime = False
        power: Tree | None = None
        while self.kind in ("prime", "^", "sup"):
            if self.kind == "prime" or self.is_prime_script():
                if prime:
                    raise self.fault("second derivatives are not read")
                self.skip_prime()
                prime = True
            elif power is None:
                power = self.power_of_function()
            else:
                raise self.unexpected()
        if self.kind in ("_", "sub"):
            reason = f"{token.text} with an index is not read"
            raise self.fault(reason + ("; log is the natural one" if name == "log" else ""))
        args = self.arguments(name)
        call = Call(name, args, prime)
        return Power(call, power) if power is not None else call

    def power_of_function(self) -> Tree:
        r"""The exponent in ``\tanh^2 x``; -1 is refused, which may be the inverse."""
        token = self.token
        exponent = self.exponent()
        size = whole(exponent)
        if size is None or size < 1:
            raise Unread("this may be the inverse function; use brackets", *token[2:4])
        return exponent

    def arguments(self, name: str) -> tuple[Tree, ...]:
        """What a function is of, in brackets or the one operand that follows."""
        count = next(n for known, n in FUNCTIONS.values() if known == name)
        if self.kind not in ("open", "{"):
            if count != 1 or not self.begins_operand():
                raise self.fault(f"the argument of {name} is missing; write it in brackets")
            argument = self.power()
            self.bare_call = self.at
            return (argument,)
        opening = self.next()
        bars, self.bars = self.bars, 0
        if opening.kind == "{" and self.kind == "open":
            args = self.arguments(name)  # \exp{(x)}
            self.close(opening)
        else:
            found = [self.sum()]
            while self.kind == ",":
                self.next()
                found.append(self.sum())
            self.close(opening)
            args = tuple(found)
        self.bars = bars
        if count and len(args) != count:
            raise self.fault(f"{name} has one argument, not {len(args)}")
        return args


def whole(exponent: Tree) -> int | None:
    """The whole number that an exponent is, or None."""
    if isinstance(exponent, Minus):
        size = whole(exponent.body)
        return None if size is None else -size
    if isinstance(exponent, Number) and exponent.value.q == 1 and exponent.decimals == 0:
        return int(exponent.value.p)
    return None
