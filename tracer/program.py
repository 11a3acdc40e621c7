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

from tracer.errors import NotSupported
from tracer.graph import IDENTITY, PRODUCT, Quantity, Template, Term

# Python's compiler nests one level per "+"; longer sums are written in several statements
_TERMS_PER_LINE = 100
_FUNCTIONS = {"exp": "exp", "log": "log", "tanh": "tanh"}


@dataclass(frozen=True, slots=True)
class Program:
    """A compiled trace: from the values of ``inputs`` to those of ``outputs``, in order.

    ``lines[i]`` is the quantity that line i+1 of the source computes, so that an error in the
    arithmetic can be said of the quantity in which it happened.
    """

    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    code: CodeType
    constants: Mapping[str, Fraction]
    lines: tuple[str, ...]

    def bind(
        self, functions: Mapping[str, Callable[..., Any]], number: Callable[[Fraction], Any]
    ) -> Callable[[Sequence[Any]], tuple[Any, ...]]:
        """The program in one number domain: its functions, and how it makes a constant."""
        space: dict[str, Any] = {"__builtins__": {}, **functions}
        space.update({name: number(value) for name, value in self.constants.items()})
        # the code object was compiled from names made in this file: no user text is in it
        exec(self.code, space)  # noqa: S102
        run: Callable[[Sequence[Any]], tuple[Any, ...]] = space["run"]
        return run


def compile_rules(
    index: Mapping[str, Quantity],
    order: Sequence[str],
    inputs: Sequence[str],
    outputs: Sequence[str],
    *,
    through: Callable[[str], str] = lambda name: "",
) -> Program:
    """Compile what ``outputs`` need of the quantities of ``order``, in that order.

    ``through`` names a function of the domain that a quantity passes through before it is used,
    such as ``rounded`` in a calculation by hand; "" for none.
    """
    needed = _needed(index, inputs, outputs)
    writer = _Writer({name: f"v{i}" for i, name in enumerate(inputs)})
    for name in order:
        if name in needed and name not in writer.names:
            writer.quantity(index[name], through(name))
    source = [
        "def run(values):",
        f" ({''.join(f'v{i},' for i in range(len(inputs)))}) = values" if inputs else " pass",
        *writer.source,
        f" return ({''.join(writer.names[name] + ',' for name in outputs)})",
    ]
    lines = ("", "", *writer.owners, "")
    code = compile("\n".join(source), "<trace>", "exec")
    return Program(tuple(inputs), tuple(outputs), code, writer.constants, lines)


def _needed(
    index: Mapping[str, Quantity], inputs: Sequence[str], outputs: Sequence[str]
) -> set[str]:
    found = set(inputs)
    waiting = [name for name in outputs if name not in found]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += [arg for arg in index[name].uses if arg not in found]
    return found


@dataclass(frozen=True, slots=True)
class _Pattern:
    """A template as source text: calls to be made first, then the result, in {0}, {1} and so on."""

    calls: tuple[str, ...]
    result: str


class _Writer:
    """Writes source lines; remembers names, constants and calls already made."""

    def __init__(self, names: dict[str, str]) -> None:
        self.names = names
        self.source: list[str] = []
        self.owners: list[str] = []
        self.constants: dict[str, Fraction] = {}
        self._patterns: dict[Template, _Pattern] = {}
        self._calls: dict[str, str] = {}

    def quantity(self, quantity: Quantity, through: str) -> None:
        """Write the lines of one rule, or none where it is only another name."""
        # among exact numbers 0 times a ball is 0, which plain multiplication would forget
        times = "times({},{})" if through == "settled" else "{}*{}"
        parts = [part for t in quantity.terms for part in self._term(quantity.id, t, times)]
        # another name for what is there already needs no line, unless it has to be rounded
        is_name = len(parts) == 1 and (parts[0].isidentifier() or parts[0].isdigit())
        if is_name and through != "rounded":
            self.names[quantity.id] = parts[0]
            return
        own = f"v{len(self.names)}_"
        for start in range(0, len(parts), _TERMS_PER_LINE):
            chunk = "+".join(parts[start : start + _TERMS_PER_LINE])
            self._line(quantity.id, f"{own}={chunk}" if start == 0 else f"{own}={own}+{chunk}")
        if through:
            self._line(quantity.id, f"{own}={through}({own})")
        self.names[quantity.id] = own

    def _line(self, owner: str, text: str) -> None:
        self.source.append(" " + text)
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
            pattern = self._patterns[term.template] = self._pattern(term.template)
        made: list[str] = []
        for call in pattern.calls:
            text = call.format(*args, *made)
            if text not in self._calls:
                self._calls[text] = f"c{len(self._calls)}_"
                self._line(owner, f"{self._calls[text]}={text}")
            made.append(self._calls[text])
        return [pattern.result.format(*args, *made)]

    def _pattern(self, template: Template) -> _Pattern:
        calls: list[str] = []
        places = {symbol: f"{{{i}}}" for i, symbol in enumerate(template.symbols)}
        result = self._text(template.expr, places, calls)
        return _Pattern(tuple(calls), result)

    def _text(self, expr: Expr, places: dict[Symbol, str], calls: list[str]) -> str:
        """SymPy to source; function calls go into ``calls`` so that equal ones are made once."""
        if isinstance(expr, Symbol):
            return places[expr]
        if isinstance(expr, sympy.Integer):
            return f"({expr})" if expr < 0 else str(expr)
        if isinstance(expr, sympy.Rational):
            name = f"k{expr.p}_{expr.q}".replace("-", "m")
            self.constants[name] = Fraction(int(expr.p), int(expr.q))
            return name
        parts = [
            self._text(arg, places, calls)
            for arg in expr.args
            if not isinstance(expr, sympy.Piecewise)
        ]
        if isinstance(expr, sympy.Add):
            return f"({'+'.join(parts)})"
        if isinstance(expr, sympy.Mul):
            return f"({'*'.join(parts)})"
        if isinstance(expr, sympy.exp):
            return self._call(f"exp({parts[0]})", places, calls)
        if isinstance(expr, sympy.Pow) and isinstance(expr.exp, sympy.Integer):
            return self._power(parts[0], int(expr.exp))
        if isinstance(expr, sympy.Piecewise) and len(expr.args) == 2:
            (value, condition), (other, _) = expr.args
            if isinstance(condition, sympy.StrictGreaterThan) and condition.rhs == 0:
                test = self._text(condition.lhs, places, calls)
                yes, no = (self._text(e, places, calls) for e in (value, other))
                return f"({yes} if positive({test}) else {no})"
        function = _FUNCTIONS.get(type(expr).__name__)
        if function is None or len(parts) != 1:
            raise NotSupported(f"no arithmetic for {type(expr).__name__} yet")
        return self._call(f"{function}({parts[0]})", places, calls)

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
