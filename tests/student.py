"""A student who works a problem out by hand, step by step, and what may be said of the answers.

Written without anything from the package: numbers are Fractions while they are rational, mpf of 30
digits from the first irrational one on. A problem is a dict of the structure of the TOML files.
The working is data: a rule for every quantity by its id, so that a mistake is a changed rule
(tests/mistakes.py), and so that the same rules give intervals: what can be reached from numbers
that are known to so many digits.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import floor
from typing import Any

import mpmath
from mpmath import mp

Number = Any  # Fraction or mpf
Span = tuple[Number, Number]
Rules = dict[str, "Rule"]

DIGITS = 30
RATIONAL = ("identity", "relu", "leaky_relu")


@dataclass(frozen=True)
class Sum:
    """c * a * b * … + …: each term is a constant and the ids of its factors."""

    terms: tuple[tuple[Fraction, tuple[str, ...]], ...]


@dataclass(frozen=True)
class Apply:
    """f(argument), or f' of it."""

    function: str
    argument: str
    prime: bool = False
    slope: Fraction = Fraction(0)


@dataclass(frozen=True)
class FromOutput:
    """f' from the output, as it stands in books: y (1 - y), 1 - y^2."""

    function: str
    output: str


@dataclass(frozen=True)
class Softmax:
    """e^p of one over the sum over all."""

    which: int
    arguments: tuple[str, ...]


@dataclass(frozen=True)
class Squares:
    """factor * ((t - y)^2 + …)."""

    factor: Fraction
    pairs: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Logs:
    """-(t log y + …)."""

    pairs: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Fixed:
    """A number that has no rule: given, or slipped from the pen, as ``text`` then."""

    value: Number
    text: str = ""
    half: Fraction = Fraction(0)


Rule = Sum | Apply | FromOutput | Softmax | Squares | Logs | Fixed
ONE = Fraction(1)


def arguments(rule: Rule) -> tuple[str, ...]:
    """The ids that a rule uses."""
    if isinstance(rule, Sum):
        return tuple(name for _, factors in rule.terms for name in factors)
    if isinstance(rule, Apply):
        return (rule.argument,)
    if isinstance(rule, FromOutput):
        return (rule.output,)
    if isinstance(rule, Softmax):
        return rule.arguments
    if isinstance(rule, Squares | Logs):
        return tuple(name for pair in rule.pairs for name in pair)
    return ()


# arithmetic


def real(x: Number) -> Number:
    return mpmath.mpf(x.numerator) / x.denominator if isinstance(x, Fraction) else x


def plus(a: Number, b: Number) -> Number:
    both = isinstance(a, Fraction) and isinstance(b, Fraction)
    return a + b if both else real(a) + real(b)


def times(a: Number, b: Number) -> Number:
    if isinstance(a, Fraction) and isinstance(b, Fraction):
        return a * b
    if (isinstance(a, Fraction) and a == 0) or (isinstance(b, Fraction) and b == 0):
        return Fraction(0)
    return real(a) * real(b)


def applied(rule: Apply, x: Number) -> Number:
    name = rule.function
    if name in RATIONAL:
        below = ONE if name == "identity" else rule.slope
        if rule.prime:
            return ONE if x > 0 else below
        return x if x > 0 else times(below, x)
    x = real(x)
    if name == "sigmoid":
        y = 1 / (1 + mpmath.exp(-x))
        return y * (1 - y) if rule.prime else y
    assert name == "tanh"
    return 1 - mpmath.tanh(x) ** 2 if rule.prime else mpmath.tanh(x)


def from_output(function: str, y: Number) -> Number:
    if function == "sigmoid":
        return times(y, plus(ONE, -y))
    return plus(ONE, -times(y, y))


def value(rule: Rule, of: Callable[[str], Number]) -> Number:
    """What a rule gives from the values of its arguments."""
    if isinstance(rule, Fixed):
        return rule.value
    if isinstance(rule, Sum):
        total: Number = Fraction(0)
        for constant, factors in rule.terms:
            product: Number = constant
            for name in factors:
                product = times(product, of(name))
            total = plus(total, product)
        return total
    if isinstance(rule, Apply):
        return applied(rule, of(rule.argument))
    if isinstance(rule, FromOutput):
        return from_output(rule.function, of(rule.output))
    if isinstance(rule, Softmax):
        powers = [mpmath.exp(real(of(name))) for name in rule.arguments]
        return powers[rule.which] / sum(powers)
    total = Fraction(0)
    for target, output in rule.pairs:
        t, y = of(target), of(output)
        if isinstance(rule, Squares):
            error = plus(t, -y)
            total = plus(total, times(rule.factor, times(error, error)))
        elif t != 0:
            total = plus(total, -real(t) * mpmath.log(real(y)))
    return total


# intervals


def hull(values: list[Number]) -> Span:
    return min(values, key=real), max(values, key=real)


def product(a: Span, b: Span) -> Span:
    return hull([times(x, y) for x in a for y in b])


def reach(rule: Rule, of: Callable[[str], Span]) -> Span:
    """The least and the largest that a rule can give, its arguments anywhere in their spans."""
    if isinstance(rule, Fixed):
        return rule.value, rule.value
    if isinstance(rule, Sum):
        low: Number = Fraction(0)
        high: Number = Fraction(0)
        for constant, factors in rule.terms:
            span: Span = (constant, constant)
            for name in factors:
                span = product(span, of(name))
            low, high = plus(low, span[0]), plus(high, span[1])
        return low, high
    if isinstance(rule, Apply):
        low, high = of(rule.argument)
        ends = [applied(rule, low), applied(rule, high)]
        if rule.prime and low < 0 < high and rule.function not in RATIONAL:
            ends.append(applied(rule, Fraction(0)))  # the steepest place
        return hull(ends)
    if isinstance(rule, FromOutput):
        low, high = of(rule.output)
        ends = [from_output(rule.function, low), from_output(rule.function, high)]
        middle = Fraction(1, 2) if rule.function == "sigmoid" else Fraction(0)
        if low < middle < high:
            ends.append(from_output(rule.function, middle))
        return hull(ends)
    if isinstance(rule, Softmax):
        spans = [of(name) for name in rule.arguments]
        ends = []
        for own, other in ((0, 1), (1, 0)):
            powers = [
                mpmath.exp(real(span[own if k == rule.which else other]))
                for k, span in enumerate(spans)
            ]
            ends.append(powers[rule.which] / sum(powers))
        return hull(ends)
    low, high = Fraction(0), Fraction(0)
    for target, output in rule.pairs:
        t, ys = of(target)[0], of(output)
        if isinstance(rule, Squares):
            errors = [plus(t, -y) for y in ys]
            ends = [times(rule.factor, times(error, error)) for error in errors]
            if min(errors) < 0 < max(errors):
                ends.append(Fraction(0))
        else:
            small = mpmath.mpf(10) ** -60  # log 0 is beyond everything
            ends = [
                Fraction(0) if t == 0 else -real(t) * mpmath.log(max(real(y), small)) for y in ys
            ]
        least, most = hull(ends)
        low, high = plus(low, least), plus(high, most)
    return low, high


# the working of a problem


def number(text: Any) -> Fraction:
    return Fraction(str(text))


def listed(values: Any) -> list[Any]:
    return values if isinstance(values, list) else [values]


def working(problem: Mapping[str, Any], *, from_outputs: bool = False) -> Rules:
    """A rule for everything, in the order in which it is worked; givens first.

    ``from_outputs``: derivatives of activations are worked from the outputs.
    """
    rules: Rules = {}
    layers, data = problem["layers"], problem["data"]
    training = problem.get("training", {})
    for i, layer in enumerate(layers, start=1):
        for j, row in enumerate(layer["weights"], start=1):
            for k, weight in enumerate(row, start=1):
                rules[f"w{i}[{j},{k}]"] = Fixed(number(weight))
        for j, bias in enumerate(offsets(layer), start=1):
            rules[f"b{i}[{j}]"] = Fixed(number(bias))
    for n, sample in enumerate(data, start=1):
        for k, entry in enumerate(listed(sample["inputs"]), start=1):
            rules[f"l0[{k}]({n})"] = Fixed(number(entry))
        for k, entry in enumerate(listed(sample["targets"]), start=1):
            rules[f"t[{k}]({n})"] = Fixed(number(entry))
    steps = training.get("steps", 1) if "learning_rate" in training else 0
    if steps:
        rules["learning_rate"] = Fixed(number(training["learning_rate"]))
    for state in range(steps + 1):
        forward(rules, problem, state)
        if state < max(steps, 1):
            backward(rules, problem, state, from_outputs)
        if state < steps:
            update(rules, problem, state)
    return rules


def offsets(layer: Mapping[str, Any]) -> list[Any]:
    """Biases, or thresholds, or none."""
    return layer.get("thresholds") or layer.get("biases") or []


def sign_of(layer: Mapping[str, Any]) -> Fraction:
    return -ONE if "thresholds" in layer else ONE


def at(state: int) -> str:
    return f"{state}/" if state else ""


def parameters(problem: Mapping[str, Any]) -> list[str]:
    """The ids of all weights and biases."""
    found = []
    for i, layer in enumerate(problem["layers"], start=1):
        rows, columns = len(layer["weights"]), len(layer["weights"][0])
        found += [f"w{i}[{j + 1},{k + 1}]" for j in range(rows) for k in range(columns)]
        if layer.get("frozen") != ["biases"]:  # the only ones that a case keeps fixed
            found += [f"b{i}[{j + 1}]" for j in range(rows) if offsets(layer)]
    return found


def forward(rules: Rules, problem: Mapping[str, Any], state: int) -> None:
    s, layers, loss = at(state), problem["layers"], problem.get("loss", {})
    for n, sample in enumerate(problem["data"], start=1):
        for i, layer in enumerate(layers, start=1):
            below = "" if i == 1 else s
            size = len(layer["weights"])
            for j, row in enumerate(layer["weights"], start=1):
                terms = [
                    (ONE, (f"{s}w{i}[{j},{k}]", f"{below}l{i - 1}[{k}]({n})"))
                    for k in range(1, len(row) + 1)
                ]
                if offsets(layer):
                    mine = "" if layer.get("frozen") == ["biases"] else s
                    terms.append((sign_of(layer), (f"{mine}b{i}[{j}]",)))
                rules[f"{s}p{i}[{j}]({n})"] = Sum(tuple(terms))
            for j in range(1, size + 1):
                pre = f"{s}p{i}[{j}]({n})"
                if layer["activation"] == "softmax":
                    every = tuple(f"{s}p{i}[{k}]({n})" for k in range(1, size + 1))
                    rules[f"{s}l{i}[{j}]({n})"] = Softmax(j - 1, every)
                else:
                    rules[f"{s}l{i}[{j}]({n})"] = Apply(
                        layer["activation"], pre, slope=slope_of(layer)
                    )
        last = len(layers)
        count = len(listed(sample["targets"]))
        pairs = tuple((f"t[{k}]({n})", f"{s}l{last}[{k}]({n})") for k in range(1, count + 1))
        if loss.get("kind") == "cross_entropy":
            rules[f"{s}loss({n})"] = Logs(pairs)
        else:
            rules[f"{s}loss({n})"] = Squares(factor_of(problem), pairs)
    share, count = share_of(problem), len(problem["data"])
    rules[f"{s}loss"] = Sum(tuple((share, (f"{s}loss({n})",)) for n in range(1, count + 1)))


def slope_of(layer: Mapping[str, Any]) -> Fraction:
    return (
        number(layer.get("slope", "0.01")) if layer["activation"] == "leaky_relu" else Fraction(0)
    )


def factor_of(problem: Mapping[str, Any]) -> Fraction:
    loss = problem.get("loss", {})
    count = len(listed(problem["data"][0]["targets"]))
    mean = loss.get("outputs", "sum") == "mean"
    return number(loss.get("factor", 1)) / (count if mean else 1)


def share_of(problem: Mapping[str, Any]) -> Fraction:
    mean = problem.get("loss", {}).get("samples", "sum") == "mean"
    return Fraction(1, len(problem["data"])) if mean else ONE


def backward(rules: Rules, problem: Mapping[str, Any], state: int, from_outputs: bool) -> None:
    s, layers = at(state), problem["layers"]
    last, samples = len(layers), range(1, len(problem["data"]) + 1)
    double = 2 * factor_of(problem)
    for i in range(last, 0, -1):
        layer = layers[i - 1]
        size = len(layer["weights"])
        for n in samples:
            for j in range(1, size + 1):
                here = f"{i}[{j}]({n})"
                if layer["activation"] == "softmax":
                    rules[f"{s}dloss/dp{here}"] = Sum(
                        ((ONE, (f"{s}l{here}",)), (-ONE, (f"t[{j}]({n})",)))
                    )
                    continue
                if i == last:
                    rules[f"{s}dloss/dl{here}"] = Sum(
                        ((double, (f"{s}l{here}",)), (-double, (f"t[{j}]({n})",)))
                    )
                else:
                    above = range(1, len(layers[i]["weights"]) + 1)
                    rules[f"{s}dloss/dl{here}"] = Sum(
                        tuple(
                            (ONE, (f"{s}dloss/dp{i + 1}[{m}]({n})", f"{s}w{i + 1}[{m},{j}]"))
                            for m in above
                        )
                    )
                local = f"{s}dl{i}[{j}]/dp{here}"
                if from_outputs and layer["activation"] not in RATIONAL:
                    rules[local] = FromOutput(layer["activation"], f"{s}l{here}")
                else:
                    rules[local] = Apply(
                        layer["activation"], f"{s}p{here}", prime=True, slope=slope_of(layer)
                    )
                rules[f"{s}dloss/dp{here}"] = Sum(((ONE, (f"{s}dloss/dl{here}", local)),))
    share = share_of(problem)
    for i, layer in enumerate(layers, start=1):
        below = "" if i == 1 else s
        for j, row in enumerate(layer["weights"], start=1):
            for k in range(1, len(row) + 1):
                rules[f"{s}dloss/dw{i}[{j},{k}]"] = Sum(
                    tuple(
                        (share, (f"{s}dloss/dp{i}[{j}]({n})", f"{below}l{i - 1}[{k}]({n})"))
                        for n in samples
                    )
                )
            if offsets(layer) and layer.get("frozen") != ["biases"]:
                mine = share * sign_of(layer)
                rules[f"{s}dloss/db{i}[{j}]"] = Sum(
                    tuple((mine, (f"{s}dloss/dp{i}[{j}]({n})",)) for n in samples)
                )


def update(rules: Rules, problem: Mapping[str, Any], state: int) -> None:
    s, after = at(state), at(state + 1)
    for name in parameters(problem):
        rules[after + name] = Sum(
            ((ONE, (s + name,)), (-ONE, ("learning_rate", f"{s}dloss/d{name}")))
        )


# numbers as they are written


@dataclass(frozen=True)
class Style:
    """How somebody rounds and writes: ``decimals``, ``figures``, or neither for fractions.

    ``each``: what is written is what is used onward; else all digits are kept until the end.
    ``trim``: without zeros at the end. There are always as many more digits as it takes for what is
    not 0 not to be written as 0, and for a new weight not to be written as the old one.
    """

    name: str
    decimals: int | None = None
    figures: int | None = None
    each: bool = True
    comma: bool = False
    scientific: bool = False
    trim: bool = False

    @property
    def exact(self) -> bool:
        return self.decimals is None and self.figures is None


def exactly(x: Number) -> Fraction:
    if isinstance(x, Fraction):
        return x
    sign, man, exp, _ = x._mpf_
    size = Fraction(int(man)) * Fraction(2) ** int(exp)
    return -size if sign else size


def place(x: Fraction) -> int:
    """The power of ten of the first digit."""
    found = len(str(x.numerator).lstrip("-")) - len(str(x.denominator)) + 1
    while abs(x) < Fraction(10) ** found:
        found -= 1
    return found


def to_places(x: Number, places: int) -> Fraction:
    x = exactly(x)
    unit = Fraction(10) ** places
    whole = floor(abs(x) * unit + Fraction(1, 2))
    return Fraction(whole if x > 0 else -whole) / unit


def places_of(x: Fraction, style: Style, old: Fraction | None) -> int:
    """How many decimals a number is written with, by a style."""
    if style.decimals is not None:
        places = style.decimals
        if x != 0 and to_places(x, places) == 0:
            places = 1 - place(x)
    else:
        assert style.figures is not None
        places = style.figures - 1 - (place(x) if x else 0)
    if old is not None and x != old:
        while to_places(x, places) == to_places(old, places):
            places += 1
    return places


def decimals_of(half: Fraction) -> int:
    """How many decimals a number has, of half a unit of its last place."""
    return len(str((1 / (2 * half)).numerator)) - 1 if half < 1 else 0


def written(x: Fraction, places: int, style: Style) -> str:
    """A number rounded to so many decimals, as text."""
    if x != 0 and (style.scientific or places < 0):  # 13200 would be five digits
        first = place(x)
        digits = str(abs(x * Fraction(10) ** places).numerator)
        text = f"{digits[0]}.{digits[1:]}" if len(digits) > 1 else digits
        text = f"{'-' if x < 0 else ''}{text}e{first}"
    elif places > 0:
        units = abs(x * 10**places).numerator
        digits = str(units).rjust(places + 1, "0")
        text = f"{'-' if x < 0 else ''}{digits[:-places]}.{digits[-places:]}"
    else:
        text = str(x.numerator)
    return text.replace(".", ",") if style.comma else text


@dataclass
class Paper:
    """Somebody's answers: ``used`` onward and ``written`` with half a unit of the last place."""

    used: dict[str, Number]
    exact: dict[str, Fraction]  # what is written, as a number
    half: dict[str, Fraction]
    text: dict[str, str]


def old_of(name: str) -> str | None:
    """``w1[1,1]`` of ``1/w1[1,1]``, ``1/w…`` of ``2/w…``; None for what is no new parameter."""
    state, slash, rest = name.partition("/")
    if not slash or not state.isdigit() or rest[0] not in "wb":
        return None
    return at(int(state) - 1) + rest


def work(rules: Rules, style: Style, answered: Collection[str] | None = None) -> Paper:
    """All rules worked out, and written down in a style: all of it, or what of it is handed in.

    What is not written down stays in the calculator with all its digits.
    """
    paper = Paper({}, {}, {}, {})

    def of(name: str) -> Number:
        if name not in paper.used:
            rule = rules[name]
            raw = value(rule, of)
            if isinstance(rule, Fixed):
                paper.used[name] = raw
                if rule.text:
                    paper.exact[name], paper.half[name] = raw, rule.half
                    paper.text[name] = rule.text
            elif answered is not None and name not in answered:
                paper.used[name] = raw
            else:
                write(paper, name, raw, style, of)
        return paper.used[name]

    with mp.workdps(DIGITS):
        for name in rules:
            of(name)
    return paper


def write(paper: Paper, name: str, raw: Number, style: Style, of: Callable[[str], Number]) -> None:
    """Put one number down."""
    if style.exact:
        assert isinstance(raw, Fraction)
        paper.used[name] = paper.exact[name] = raw
        # a whole number is read as one that may have been rounded
        paper.half[name] = Fraction(1, 2) if raw.denominator == 1 else Fraction(0)
        paper.text[name] = str(raw)
        return
    old = old_of(name)
    before = None if old is None else exactly(of(old))
    exact = exactly(raw)
    places = places_of(exact, style, before)
    shown = to_places(exact, places)
    while style.trim and places > 0 and (shown * 10 ** (places - 1)).denominator == 1:
        places -= 1
    paper.exact[name] = shown
    paper.half[name] = Fraction(10) ** -places / 2
    paper.text[name] = written(shown, places, style)
    paper.used[name] = shown if style.each else raw


def spans(
    rules: Rules, paper: Paper, answered: Collection[str], right: Paper | None = None
) -> Callable[[str], Span]:
    """The span of each quantity: as answered, else by its rule from what was.

    With the values that are ``right``, an answer that is one of them to all its digits is taken to
    be just that.
    """
    known: dict[str, Span] = {}

    def of(name: str) -> Span:
        if name not in known:
            if name in answered:
                mid, half = paper.exact[name], paper.half[name]
                if right is not None and mid == right.exact[name]:
                    half = Fraction(0)
                known[name] = (mid - half, mid + half)
            else:
                known[name] = reach(rules[name], of)
        return known[name]

    return of
