"""Compile a trace into a straight-line Python function, to be called with any kind of number.

Each rule becomes one line. The names in the source are made here (``v12``) and the operations come
from SymPy expressions that the package built, so no text of a user ever gets into it. The functions
it calls (``exp``, ``positive``, …) are those of the number domain in which it is to run.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from types import CodeType
from typing import Any

import sympy
from sympy import Expr, Symbol
from sympy.logic.boolalg import Boolean, BooleanFalse, BooleanTrue

from tracer.errors import NotSupported
from tracer.graph import IDENTITY, PRODUCT, Quantity, Template, Term

FILE = "<trace>"
"""What tracebacks call the source of programs."""

LAID = "laid"
"""What programs call the values that are used in the place of those of their rules."""

ROUNDED = "rounded"
"""What the names of functions that round begin with: they make a number even of a mere name."""

# Python's compiler nests one level per "+"; longer sums are written in several statements
_TERMS_PER_LINE = 100
# the compiler takes a kilobyte and more for each line that it has at once
_LINES_AT_ONCE = 4_000
_FUNCTIONS = ("exp", "log", "sqrt", "tanh", "erf", "logistic", "softplus", "softmax")


@dataclass(frozen=True, slots=True)
class Program:
    """A compiled trace: from the values of ``inputs`` to those of ``outputs``, in order.

    ``parts`` run one after the other over the same names; where there is but one, it makes a
    function, which is faster. ``lines[i]`` is the quantity that line i+1 of the source computes, so
    that an error in the arithmetic can be said of the quantity in which it happened; ``constants``
    come with the first quantity that uses them, for the same reason.
    """

    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    parts: tuple[CodeType, ...]
    constants: Mapping[str, tuple[Fraction, str]]
    lines: tuple[str, ...]

    def bind(
        self, functions: Mapping[str, Callable[..., Any]], number: Callable[[Fraction], Any]
    ) -> Callable[[Sequence[Any]], tuple[Any, ...]]:
        """The program in one number domain: its functions, and how it makes a constant."""
        space: dict[str, Any] = {"__builtins__": {}, **functions}
        space.update({name: number(value) for name, (value, _) in self.constants.items()})

        def executed(names: dict[str, Any]) -> dict[str, Any]:
            for part in self.parts:
                # compiled from source that _Writer wrote: names made here, SymPy's operators,
                # no builtins; a text of a user ends in the grammar of `expressions`
                exec(part, names)  # noqa: S102
            return names

        if len(self.parts) == 1:
            run: Callable[[Sequence[Any]], tuple[Any, ...]] = executed(space)["run"]
            return run
        return lambda values: executed({**space, "values": values})["results"]


def compile_rules(
    index: Mapping[str, Quantity],
    order: Sequence[str],
    inputs: Sequence[str],
    outputs: Sequence[str],
    *,
    through: Callable[[str], str] = lambda name: "",
    rewritten: Callable[[Expr], Expr] = lambda expr: expr,
    overlaid: Sequence[str] = (),
) -> Program:
    """Compile what ``outputs`` need of the quantities of ``order``, in that order.

    ``through`` names a function of the domain that a quantity passes through before it is used,
    such as ``rounded_4`` in a calculation by hand; "" for none. ``rewritten`` turns a template's
    expression into an equal one that suits the domain better.

    With ``overlaid`` quantities the values end in one more, a list that has for each of them what
    is used in its place, or None; the results begin with what their rules give all the same.
    """
    needed = _needed(index, inputs, (*overlaid, *outputs))
    laid = {name: place for place, name in enumerate(overlaid)}
    writer = _Writer({name: f"v{i}" for i, name in enumerate(inputs)}, rewritten, laid)
    for name in order:
        if name in needed and name not in writer.names:
            writer.quantity(index[name], through(name))
    last = f"{LAID}," if overlaid else ""
    given = "".join(f"v{i}," for i in range(len(inputs))) + last
    given = f"({given})=values" if given else "pass"
    made = "".join(f"f{place}," for place in range(len(overlaid)))
    results = f"({made}{''.join(writer.names[name] + ',' for name in outputs)})"
    parts = _parts([given, *writer.source], results)
    lines = ("", "", *writer.owners, "")
    return Program(tuple(inputs), tuple(outputs), parts, writer.constants, lines)


def _parts(source: list[str], results: str) -> tuple[CodeType, ...]:
    """The code of ``source`` from line 2 on, in pieces that the compiler can hold."""
    if len(source) <= _LINES_AT_ONCE:
        pieces = [(1, "\n ".join(["def run(values):", *source, f"return {results}"]))]
    else:
        lines = [*source, f"results={results}"]
        starts = range(0, len(lines), _LINES_AT_ONCE)
        pieces = [(i + 2, "\n".join(lines[i : i + _LINES_AT_ONCE])) for i in starts]
    return tuple(
        compile(text, FILE, "exec").replace(co_firstlineno=first) for first, text in pieces
    )


def _needed(
    index: Mapping[str, Quantity], inputs: Sequence[str], outputs: Sequence[str]
) -> set[str]:
    found = set(inputs)
    waiting = [name for name in outputs if name not in found]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            args = (arg for term in index[name].evaluated for arg in term.args)
            waiting += [arg for arg in args if arg not in found]
    return found


@dataclass(frozen=True, slots=True)
class _Pattern:
    """A template as source text: calls to be made first, then the result, in {0}, {1} and so on."""

    calls: tuple[str, ...]
    result: str


class _Writer:
    """Writes source lines; remembers names, constants and calls already made."""

    def __init__(
        self,
        names: dict[str, str],
        rewritten: Callable[[Expr], Expr],
        overlaid: Mapping[str, int],
    ) -> None:
        self.names = names
        self.rewritten = rewritten
        self.overlaid = overlaid
        self.source: list[str] = []
        self.owners: list[str] = []
        self.constants: dict[str, tuple[Fraction, str]] = {}
        self._patterns: dict[Template, _Pattern] = {}
        self._calls: dict[str, str] = {}
        self._owner = ""  # the quantity whose rule is being written

    def quantity(self, quantity: Quantity, through: str) -> None:
        """Write the lines of one rule, or none where it is only another name."""
        # among exact numbers 0 times a ball is 0, which plain multiplication would forget
        times = "times({},{})" if through == "settled" else "{}*{}"
        parts = [part for t in quantity.evaluated for part in self._term(quantity.id, t, times)]
        place = self.overlaid.get(quantity.id)
        # another name for what is there already needs no line, unless it has to be rounded
        is_name = len(parts) == 1 and (parts[0].isidentifier() or parts[0].isdigit())
        if is_name and not through.startswith(ROUNDED) and place is None:
            self.names[quantity.id] = parts[0]
            return
        own = f"v{len(self.names)}_" if place is None else f"f{place}"
        for start in range(0, len(parts), _TERMS_PER_LINE):
            chunk = "+".join(parts[start : start + _TERMS_PER_LINE])
            if start and through:  # a sum of many fractions may get too long before its end
                self._line(quantity.id, f"{own}=settled({own})")
            if start:
                chunk = f"{own}+{chunk}"
            is_last = start + _TERMS_PER_LINE >= len(parts)
            self._line(quantity.id, f"{own}={through}({chunk})" if is_last else f"{own}={chunk}")
        if place is not None:
            made, own = own, f"u{place}"
            self._line(quantity.id, f"{own}={made} if {LAID}[{place}] is None else {LAID}[{place}]")
        self.names[quantity.id] = own

    def _line(self, owner: str, text: str) -> None:
        self.source.append(text)
        self.owners.append(owner)

    def _term(self, owner: str, term: Term, times: str) -> list[str]:
        args = [self.names[arg] for arg in term.args]
        if term.template is IDENTITY:
            return args
        if term.template is PRODUCT:
            # a factor 1 (the derivative by a bias, ReLU') costs nothing
            factors = [arg for arg in args if arg != "1"]
            if "0" in factors:
                return ["0"]
            return [times.format(*factors) if len(factors) == 2 else (factors or ["1"])[0]]
        pattern = self._patterns.get(term.template)
        if pattern is None:
            pattern = self._patterns[term.template] = self._pattern(owner, term.template)
        made: list[str] = []
        for call in pattern.calls:
            text = call.format(*args, *made)
            if text not in self._calls:
                self._calls[text] = f"c{len(self._calls)}_"
                self._line(owner, f"{self._calls[text]}={text}")
            made.append(self._calls[text])
        return [pattern.result.format(*args, *made)]

    def _pattern(self, owner: str, template: Template) -> _Pattern:
        calls: list[str] = []
        places = {symbol: f"{{{i}}}" for i, symbol in enumerate(template.symbols)}
        expr = self.rewritten(template.expr)
        self._owner = owner
        result = self._text(expr, places, calls)
        return _Pattern(tuple(calls), result)

    def _text(self, expr: Expr, places: dict[Symbol, str], calls: list[str]) -> str:
        """SymPy to source; function calls go into ``calls`` so that equal ones are made once."""
        if isinstance(expr, Symbol):
            return places[expr]
        if isinstance(expr, sympy.Integer):
            return f"({expr})" if expr < 0 else str(expr)
        if isinstance(expr, sympy.Rational):
            return self._constant(expr)
        if expr is sympy.E:
            return self._call("exp(1)", places, calls)
        if expr is sympy.pi:
            return self._call("pi()", places, calls)
        if isinstance(expr, sympy.Piecewise):
            return self._cases(expr, places, calls)
        parts = [self._text(arg, places, calls) for arg in expr.args]
        if isinstance(expr, sympy.Add):
            return f"({'+'.join(parts)})"
        if isinstance(expr, sympy.Mul):
            sign, rest = ("-", parts[1:]) if parts[0] == "(-1)" else ("", parts)
            return f"({sign}{'*'.join(rest)})"
        if isinstance(expr, sympy.Pow) and isinstance(expr.exp, sympy.Integer):
            if expr.exp < 0 and expr.base.has(sympy.Piecewise):
                # a case may be an int, whose inverse Python would make a float
                one = self._constant(sympy.Integer(1))
                return f"({one}/{self._power(parts[0], -int(expr.exp))})"
            return self._power(parts[0], int(expr.exp))
        if isinstance(expr, sympy.Pow) and abs(expr.exp) == sympy.Rational(1, 2):
            root = self._call(f"sqrt({parts[0]})", places, calls)
            return root if expr.exp > 0 else f"(1/{root})"
        function = type(expr).__name__
        if function not in _FUNCTIONS:
            raise NotSupported(f"no arithmetic for {function} yet")
        return self._call(f"{function}({','.join(parts)})", places, calls)

    def _constant(self, number: sympy.Rational) -> str:
        """The name of a constant, which the domain makes."""
        value = Fraction(int(number.p), int(number.q))
        self.constants.setdefault(_name(number), (value, self._owner))
        return _name(number)

    def _cases(self, expr: sympy.Piecewise, places: dict[Symbol, str], calls: list[str]) -> str:
        """Nested conditional expressions, the last case without a condition.

        Only what is called in every case may be called in advance, so a case's calls stay in it.
        """
        text = ""
        for value, condition in expr.args:
            yes = self._lazily(value, places)
            if condition == sympy.true:
                return f"({text}{yes})"
            text += f"{yes} if {self._test(condition, places)} else "
        raise NotSupported("no arithmetic for cases that leave some numbers out")

    def _test(self, condition: Boolean, places: dict[Symbol, str]) -> str:
        """A condition: a comparison, or what SymPy makes of cases that are compared."""
        match condition:
            case BooleanTrue() | BooleanFalse():
                return str(bool(condition))
            case sympy.Ge() | sympy.Le():
                return f"not positive({self._lazily(condition.lts - condition.gts, places)})"
            case sympy.Gt() | sympy.Lt():
                return f"positive({self._lazily(condition.gts - condition.lts, places)})"
            case sympy.And() | sympy.Or():
                word = " and " if isinstance(condition, sympy.And) else " or "
                return f"({word.join(self._test(arg, places) for arg in condition.args)})"
            case sympy.Not():
                return f"(not {self._test(condition.args[0], places)})"
            case sympy.ITE():
                test, yes, no = (self._test(arg, places) for arg in condition.args)
                return f"({yes} if {test} else {no})"
        raise NotSupported(f"no arithmetic for the condition {condition}")

    def _lazily(self, expr: Expr, places: dict[Symbol, str]) -> str:
        inner: list[str] = []
        text = self._text(expr, places, inner)
        for position in reversed(range(len(inner))):
            text = text.replace(f"{{{len(places) + position}}}", inner[position])
        return text

    @staticmethod
    def _power(base: str, exponent: int) -> str:
        power = "*".join([base] * abs(exponent)) if abs(exponent) <= 3 else f"{base}**{exponent}"
        if exponent > 0:
            return f"({power})"
        return f"(1/({power}))" if abs(exponent) <= 3 else f"({power})"

    @staticmethod
    def _call(text: str, places: dict[Symbol, str], calls: list[str]) -> str:
        if text not in calls:
            calls.append(text)
        return f"{{{len(places) + calls.index(text)}}}"


def _name(constant: sympy.Rational) -> str:
    return f"k{constant.p}_{constant.q}".replace("-", "m")
