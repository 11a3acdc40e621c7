"""A plain reference of a computational graph, to compare the package with.

Reads the formulas of ``[graph]`` with a reader of its own, works them out step by step with their
partial derivatives carried forward, and takes steps of gradient descent. Nothing of the package is
used, and no SymPy; a number stays a Fraction while its rules are rational, then it is an mpf.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import product
from typing import Any

import mpmath
from mpmath import mp

from tests.reference import Number, divided, plus, real, root, times

ZERO, ONE = Fraction(0), Fraction(1)


@dataclass
class Dual:
    """A value with its derivative by each of the names that it was made from."""

    value: Number
    slopes: dict[str, Number] = field(default_factory=dict)

    def through(self, value: Number, slope: Number) -> Dual:
        """A function of this one, with its own derivative there."""
        return Dual(value, {name: times(slope, s) for name, s in self.slopes.items()})


def added(a: Dual, b: Dual) -> Dual:
    names = {**a.slopes, **b.slopes}
    slopes = {n: plus(a.slopes.get(n, ZERO), b.slopes.get(n, ZERO)) for n in names}
    return Dual(plus(a.value, b.value), slopes)


def multiplied(a: Dual, b: Dual) -> Dual:
    one, other = a.through(ZERO, b.value), b.through(ZERO, a.value)
    return Dual(times(a.value, b.value), added(one, other).slopes)


def inverse(a: Dual) -> Dual:
    if a.value == 0:
        raise ZeroDivisionError
    value = divided(ONE, a.value)
    return a.through(value, -times(value, value))


def raised(a: Dual, exponent: int) -> Dual:
    found = Dual(ONE)
    for _ in range(exponent):
        found = multiplied(found, a)
    return found


def exponential(a: Dual) -> Dual:
    value = ONE if a.value == 0 else mpmath.exp(real(a.value))
    return a.through(value, value)


def logarithm(a: Dual) -> Dual:
    if a.value <= 0:
        raise ZeroDivisionError
    return a.through(ZERO if a.value == 1 else mpmath.log(real(a.value)), divided(ONE, a.value))


def square_root(a: Dual) -> Dual:
    if a.value <= 0:  # at 0 it has no slope
        raise ZeroDivisionError
    value = root(a.value)
    return a.through(value, divided(Fraction(1, 2), value))


def sigmoid(a: Dual) -> Dual:
    value = Fraction(1, 2) if a.value == 0 else 1 / (1 + mpmath.exp(-real(a.value)))
    return a.through(value, times(value, plus(ONE, -value)))


def hyperbolic_tangent(a: Dual) -> Dual:
    value = ZERO if a.value == 0 else mpmath.tanh(real(a.value))
    return a.through(value, plus(ONE, -times(value, value)))


def softplus(a: Dual) -> Dual:
    return a.through(mpmath.log1p(mpmath.exp(real(a.value))), sigmoid(a).value)


def relu(a: Dual) -> Dual:
    return a if a.value > 0 else a.through(ZERO, ZERO)


def largest(a: Dual, b: Dual) -> Dual:
    return a if plus(a.value, -b.value) > 0 else b


def smallest(a: Dual, b: Dual) -> Dual:
    return a if plus(a.value, -b.value) < 0 else b


FUNCTIONS: dict[str, Callable[..., Dual]] = {
    "exp": exponential,
    "log": logarithm,
    "sqrt": square_root,
    "tanh": hyperbolic_tangent,
    "sigmoid": sigmoid,
    "softplus": softplus,
    "relu": relu,
    "max": largest,
    "min": smallest,
}

Lookup = Callable[[str], Dual]
Formula = Callable[[Mapping[str, int], Lookup], Dual]
TOKEN = re.compile(r"\s*(\d+(?:\.(?!\.)\d*)?|[A-Za-z_]\w*|\.\.|[-+*/^()\[\],=])")


class Reader:
    """Turns text into functions of the index variables and of the names."""

    def __init__(self, text: str) -> None:
        self.tokens = TOKEN.findall(text)
        assert "".join(self.tokens) == re.sub(r"\s", "", text), text
        self.place = 0

    def peek(self) -> str:
        return self.tokens[self.place] if self.place < len(self.tokens) else ""

    def take(self, expected: str = "") -> str:
        token = self.peek()
        assert not expected or token == expected, (token, expected, self.tokens)
        self.place += 1
        return token

    def formula(self) -> Formula:
        terms = [self.product()]
        while self.peek() in ("+", "-"):
            terms.append(self.product() if self.take() == "+" else negated(self.product()))
        return terms[0] if len(terms) == 1 else total(terms)

    def product(self) -> Formula:
        minus = self.peek() == "-" and self.take()
        factors = [self.power()]
        while self.peek() in ("*", "/"):
            is_over = self.take() == "/"
            is_minus = self.peek() == "-" and self.take()
            factor = self.power()
            factor = negated(factor) if is_minus else factor
            factors.append(over(factor) if is_over else factor)
        found = factors[0] if len(factors) == 1 else all_multiplied(factors)
        return negated(found) if minus else found

    def power(self) -> Formula:
        base = self.atom()
        if self.peek() != "^":
            return base
        self.take()
        exponent = int(self.take())
        return lambda at, names: raised(base(at, names), exponent)

    def atom(self) -> Formula:
        token = self.take()
        if token == "(":
            found = self.formula()
            self.take(")")
            return found
        if token[0].isdigit():
            number = Fraction(token)
            return lambda at, names: Dual(number)
        if token == "sum":
            self.take("(")
            variable = self.take()
            self.take("=")
            low = self.formula()
            self.take("..")
            high = self.formula()
            self.take(",")
            body = self.formula()
            self.take(")")
            return summed(variable, low, high, body)
        if self.peek() == "(":
            args = self.listed("(", ")")
            return lambda at, names: FUNCTIONS[token](*(arg(at, names) for arg in args))
        if self.peek() == "[":
            indices = self.listed("[", "]")
            return lambda at, names: names(f"{token}[{','.join(whole(i, at) for i in indices)}]")
        return lambda at, names: Dual(Fraction(at[token])) if token in at else names(token)

    def listed(self, first: str, last: str) -> list[Formula]:
        self.take(first)
        found = [self.formula()]
        while self.peek() == ",":
            self.take()
            found.append(self.formula())
        self.take(last)
        return found


def nothing(name: str) -> Dual:
    raise AssertionError(f"{name} in an index")


def whole(index: Formula, at: Mapping[str, int]) -> str:
    value = index(at, nothing).value
    assert value.denominator == 1
    return str(value.numerator)


def negated(body: Formula) -> Formula:
    return lambda at, names: multiplied(Dual(-ONE), body(at, names))


def over(body: Formula) -> Formula:
    return lambda at, names: inverse(body(at, names))


def total(terms: list[Formula]) -> Formula:
    def value(at: Mapping[str, int], names: Lookup) -> Dual:
        found = terms[0](at, names)
        for term in terms[1:]:
            found = added(found, term(at, names))
        return found

    return value


def all_multiplied(factors: list[Formula]) -> Formula:
    def value(at: Mapping[str, int], names: Lookup) -> Dual:
        found = factors[0](at, names)
        for factor in factors[1:]:
            found = multiplied(found, factor(at, names))
        return found

    return value


def summed(variable: str, low: Formula, high: Formula, body: Formula) -> Formula:
    def value(at: Mapping[str, int], names: Lookup) -> Dual:
        found = Dual(ZERO)
        for number in range(int(whole(low, at)), int(whole(high, at)) + 1):
            found = added(found, body({**at, variable: number}, names))
        return found

    return value


def definitions(steps: list[str], sizes: Mapping[str, int]) -> Iterator[tuple[str, Formula]]:
    """Each quantity of the steps by its id, with its formula."""
    for step in steps:
        text, _, ranges = step.partition(" for ")
        target, _, formula = text.partition("=")
        name = re.match(r"\s*(\w+)", target)
        assert name is not None
        indices = Reader(target[name.end() :]).listed("[", "]") if "[" in target else []
        read = Reader(formula).formula()
        bounds = []
        for one in filter(None, ranges.split(", ")):
            variable, _, ends = one.partition("=")
            low, high = (Reader(end).formula() for end in ends.split(".."))
            numbers = range(int(whole(low, sizes)), int(whole(high, sizes)) + 1)
            bounds.append([(variable.strip(), number) for number in numbers])
        for chosen in product(*bounds):
            at = {**sizes, **dict(chosen)}
            below = ",".join(whole(index, at) for index in indices)
            quantity = f"{name[1]}[{below}]" if below else name[1]
            yield quantity, (lambda names, own=at, read=read: read(own, names))


def given(problem: Mapping[str, Any]) -> dict[str, Number]:
    """Every given number by its id."""
    found: dict[str, Number] = {}
    for name, value in problem["graph"].get("given", {}).items():
        rows = value if isinstance(value, list) else None
        if rows is None:
            found[name] = Fraction(str(value))
        elif isinstance(rows[0], list):
            for i, row in enumerate(rows, 1):
                found |= {f"{name}[{i},{j}]": Fraction(str(x)) for j, x in enumerate(row, 1)}
        else:
            found |= {f"{name}[{i}]": Fraction(str(x)) for i, x in enumerate(rows, 1)}
    return found


@dataclass
class Pass:
    """All values of a pass, each step's partial derivatives, and all whole ones."""

    values: dict[str, Number]
    partials: dict[tuple[str, str], Number]
    wholes: dict[tuple[str, str], Number]


def forward(problem: Mapping[str, Any], values: dict[str, Number]) -> Pass:
    """One pass from the given numbers."""
    graph = problem["graph"]
    waiting = list(definitions(graph["steps"], graph.get("sizes", {})))
    values = dict(values)
    found = Pass(values, {}, {(name, name): ONE for name in values})
    while waiting:
        later = []
        for quantity, formula in waiting:
            try:
                own = formula(lambda name: Dual(values[name], {name: ONE}))
            except KeyError:  # a recurrence may stand in any order
                later.append((quantity, formula))
                continue
            values[quantity] = own.value
            found.wholes[quantity, quantity] = ONE
            for name, slope in own.slopes.items():
                found.partials[quantity, name] = slope
                for (of, wrt), whole_slope in list(found.wholes.items()):
                    if of == name:
                        more = times(slope, whole_slope)
                        known = found.wholes.get((quantity, wrt), ZERO)
                        found.wholes[quantity, wrt] = plus(known, more)
        assert len(later) < len(waiting), "a circle"
        waiting = later
    return found


def solve(problem: Mapping[str, Any], dps: int = 60) -> Iterator[Pass]:
    """The pass before the first update and after each one."""
    with mp.workdps(dps):
        values = given(problem)
        training = problem.get("training", {})
        steps = training.get("steps", 1) if training else 0
        yield (found := forward(problem, values))
        for number in range(steps):
            rates = training["learning_rate"]
            rates = rates if isinstance(rates, list) else [rates]
            rate = Fraction(str(rates[min(number, len(rates) - 1)]))
            output = problem["graph"]["output"]
            for name in values:
                if name.partition("[")[0] in problem["graph"]["gradients"]:
                    slope = found.wholes.get((output, name), ZERO)
                    values[name] = plus(values[name], -times(rate, slope))
            yield (found := forward(problem, values))
