"""``rules``: activations, losses and optimisers as their rows have them, with their sources."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

import sympy
from docutils import nodes
from sphinx.util.docutils import SphinxDirective
from sympy import Expr, Piecewise, Symbol

import tracer
from tracer.activations import ACTIVATIONS
from tracer.formula import Formula, Letter, from_sympy
from tracer.glyph import Glyph
from tracer.losses import LOSSES, meaning
from tracer.optimizers import GRADIENT, OPTIMIZERS, RATE, WEIGHT
from tracer.symbols import STATE_LETTERS
from tracer.typeset import MathmlPrinter

X, Y, T, Z = (Symbol(name, real=True) for name in "xytz")
ALPHA, DELTA, OTHERS = Symbol("alpha"), Symbol("delta"), Symbol("rest")
LETTERS: Mapping[Symbol, str] = {
    X: "x",
    Y: "y",
    T: "t",
    Z: "z",
    ALPHA: "α",
    DELTA: "δ",
    OTHERS: "r",
    WEIGHT: "w",
    GRADIENT: "g",
    RATE: "γ",
}
_SIGNS = {"StrictGreaterThan": ">", "GreaterThan": "≥", "StrictLessThan": "<", "LessThan": "≤"}


def _names(expr: Any) -> Mapping[Symbol, Formula]:
    found: dict[Symbol, Formula] = {}
    for symbol in expr.free_symbols:
        name = LETTERS.get(symbol) or STATE_LETTERS.get(symbol.name)
        if name:
            found[symbol] = Letter(Glyph(name))
        else:  # beta1^t, beta, epsilon
            base, power, _ = symbol.name.partition("^")
            letter = {"beta": "β", "epsilon": "ε"}[base.rstrip("12")]
            found[symbol] = Letter(
                Glyph(letter, base[len(base.rstrip("12")) :], "t" if power else "")
            )
    return found


def _in_order(expr: Expr) -> Expr:
    """Sums begin with a term that is added, as books have them; SymPy sorts -1 before e^x."""
    if not expr.args:
        return expr
    args = [_in_order(arg) for arg in expr.args]
    if isinstance(expr, sympy.Add):
        args.sort(key=lambda term: term.could_extract_minus_sign())
        return sympy.Add(*args, evaluate=False)
    if isinstance(expr, sympy.Mul):
        first = args[0]
        if isinstance(first, sympy.Rational) and first < 0 and first != -1:
            args[:1] = [sympy.Integer(-1), -first]
        return sympy.Mul(*args, evaluate=False)
    return expr.func(*args)


class Typesetter:
    """SymPy as MathML, with the tool's own printer; cases below each other."""

    def __init__(self) -> None:
        problem = tracer.load(tracer.DECK)
        assert isinstance(problem, tracer.Problem)
        self.printer = MathmlPrinter(problem.symbols, 0)

    def inner(self, expr: Expr) -> str:
        """Without ``<math>`` around it."""
        if isinstance(expr, Piecewise):
            return self._cases(expr)
        return self.printer.line(from_sympy(expr, _names(expr)))

    def math(self, *parts: str) -> str:
        """A formula of several parts."""
        return f"<math>{''.join(parts)}</math>"

    def _cases(self, expr: Piecewise) -> str:
        rows = []
        for value, condition in expr.args:
            when = "<mtext>else</mtext>" if condition == True else self._condition(condition)  # noqa: E712
            rows.append(f"<mtr><mtd>{self.inner(_in_order(value))}</mtd><mtd>{when}</mtd></mtr>")
        return f'<mrow><mo>{{</mo><mtable class="cases">{"".join(rows)}</mtable></mrow>'

    def _condition(self, condition: Any) -> str:
        sign = escape(_SIGNS[type(condition).__name__])
        left, right = (self.inner(_in_order(side)) for side in condition.args)
        return f"<mrow>{left}<mo>{sign}</mo>{right}</mrow>"


def _is(left: str) -> str:
    return f"{left}<mo>=</mo>"


def _partial(of: str, by: str) -> str:
    top, bottom = f"<mi>∂</mi><mi>{of}</mi>", f"<mi>∂</mi>{by}"
    return f"<mfrac><mrow>{top}</mrow><mrow>{bottom}</mrow></mfrac>"


def _activations(of: Typesetter) -> Iterator[tuple[str, list[str], str, str]]:
    for row in ACTIVATIONS.values():
        parameter = OTHERS if row.cross else ALPHA
        formula = row.definition(X) if row.definition else row.formula(X, parameter)
        lines = [of.math(_is("<mi>y</mi>"), of.inner(formula))]
        prime = "<msup><mi>y</mi><mo>′</mo></msup>"
        if row.textbook:
            lines.append(of.math(_is(prime), of.inner(row.textbook(X, Y))))
        elif isinstance(formula, Piecewise):
            lines.append(of.math(_is(prime), of.inner(sympy.diff(formula, X))))
        remark = f"The derivative {row.remark}." if row.remark else ""
        if row.cross:
            over = _partial("y", "<msub><mi>x</mi><mi>z</mi></msub>")
            lines.append(of.math(_is(over), of.inner(row.cross(Y, Z))))
            remark = (
                "Here r is the sum of the other neurons' exponentials; the last line is the "
                "derivative by the pre-activation of another neuron, whose output is z."
            )
        yield row.name, lines, remark, row.reference


def _losses(of: Typesetter) -> Iterator[tuple[str, list[str], str, str]]:
    for row in LOSSES.values():
        formula = row.formula(T, Y)
        shown = formula if row.name == "hinge" else meaning(formula, DELTA)
        kept = formula if "cross" in row.name or row.name == "squared_error" else shown
        constants, factors = row.textbook(T, Y)
        slope = sympy.Mul(
            *(sympy.Integer(c) for c in constants if c != 1), *factors, evaluate=False
        )
        over = _partial("E", "<mi>y</mi>")
        lines = [of.math(_is("<mi>E</mi>"), of.inner(kept)), of.math(_is(over), of.inner(slope))]
        remark = f"{row.remark[0].upper()}{row.remark[1:]}." if row.remark else ""
        if row.shortcut:
            remark = f"Behind {row.shortcut} the derivative by the pre-activation is y − t."
        yield row.name, lines, remark, row.reference


def _optimizers(of: Typesetter) -> Iterator[tuple[str, list[str], str, str]]:
    for row in OPTIMIZERS.values():
        lines = []
        for rule in row.rules(False, True):
            letter = STATE_LETTERS[rule.target] if rule.target else "w"
            arrow = f"<mi>{letter}</mi><mo>←</mo>"
            lines.append(of.math(arrow, of.inner(rule.expr)))
        yield row.name, lines, f"{row.remark}." if row.remark else "", row.reference


TABLES = {"activations": _activations, "losses": _losses, "optimizers": _optimizers}


class Rules(SphinxDirective):
    """All rows of a table: the formula, what a page says of it, and where it comes from."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """A definition list."""
        found = nodes.definition_list(classes=["rules"])
        for name, lines, remark, reference in TABLES[self.arguments[0]](Typesetter()):
            body = nodes.definition()
            html = "".join(f"<div>{line}</div>" for line in lines)
            body += nodes.raw("", f'<div class="formulas">{html}</div>', format="html")
            if remark:
                body += nodes.paragraph("", remark)
            if reference:
                body += nodes.paragraph("", f"{reference}.", classes=["reference-line"])
            found += nodes.definition_list_item(
                "", nodes.term("", "", nodes.literal(name, name)), body
            )
        return [found]


def setup(app: Any) -> dict[str, Any]:
    """Register the directive."""
    app.add_directive("rules", Rules)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
