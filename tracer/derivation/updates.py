"""Updates: an optimiser's rules in symbols, and each with the numbers of one parameter."""

from __future__ import annotations

from collections.abc import Callable

from tracer import ids
from tracer.formula import (
    At,
    Equation,
    Formula,
    Letter,
    Part,
    Partial,
    Power,
    Updated,
    Var,
    from_sympy,
)
from tracer.glyph import Glyph
from tracer.optimizers import GRADIENT, WEIGHT, Rule, rules_of
from tracer.solved import Worked
from tracer.symbols import state_glyph
from tracer.trace import argument


def rule_of(s: Worked, name: str) -> tuple[Rule, set[str]]:
    """The rule that makes ``w1[1,1]`` or ``m.w1[1,1]``, and the names made by then."""
    variable, _, _ = name.rpartition(".")
    made = {ids.power(constant) for constant in s.problem.optimizer.constants}
    for rule in rules_of(s.problem.optimizer):
        if rule.target == variable:
            return rule, made
        made.add(rule.target)
    raise KeyError(name)


def made_for(s: Worked, parameter: str) -> list[str]:
    """What an update works out for a parameter, in order, the parameter itself last."""
    targets = [rule.target for rule in rules_of(s.problem.optimizer)]
    return [ids.state(target, parameter) if target else parameter for target in targets]


def power_exponent(s: Worked, step: int) -> int:
    """The t of the bias correction after ``step`` updates."""
    return s.problem.optimizer.t - 1 + step


def _filled(rule: Rule, meaning: Callable[[str], Formula]) -> Formula:
    return from_sympy(rule.expr, {x: meaning(str(x)) for x in rule.expr.free_symbols})


def made(s: Worked, left: Formula, name: str, step: int) -> Equation:
    """What an update makes: its rule in symbols and in numbers; powers need no symbols."""
    if name.endswith(ids.POWER):
        return Equation(left, power(s, name, step))
    rule = update_symbols(s, name, step)
    return Equation(left, (Part("=", rule), *update(s, name, step).parts))


def update(s: Worked, name: str, step: int) -> Equation:
    """``b_1^1 = 0.5 - 0.01 · 0.38 = 0.4962``: the update from ``step`` - 1 to ``step``."""
    rule, made = rule_of(s, name)
    parameter, output = name.rpartition(".")[2], s.trace.graph.output

    def number(symbol: str) -> Formula:
        if symbol.endswith(ids.POWER):
            constant = s.num(symbol.removesuffix(ids.POWER), 0)
            return Power(constant, power_exponent(s, step))
        return s.num(argument(symbol, parameter, made, output), step - 1)

    left = Updated(name) if name == parameter else Var(name)
    return Equation(left, s.parts((_filled(rule, number),), name, step, newline=False))


def update_symbols(s: Worked, name: str, step: int) -> Formula:
    """The same in symbols: at the step before, each at its own step where they differ."""
    rule, made = rule_of(s, name)
    parameter, output = name.rpartition(".")[2], s.trace.graph.output
    is_mixed = any(str(symbol) in made for symbol in rule.expr.free_symbols)

    def symbol(text: str) -> Formula:
        if text == str(GRADIENT):
            plain: Formula = Partial(output, parameter)
        else:
            at = argument(text, parameter, (), output)
            plain = Var(at)
            if at in s.trace.fixed or text.endswith(ids.POWER):
                return plain
        after = step if text in made else step - 1
        return At(plain, None, after) if is_mixed and after else plain

    found = _filled(rule, symbol)
    return found if is_mixed or step == 1 else At(found, None, step - 1)


def power(s: Worked, name: str, step: int) -> tuple[Part, ...]:
    """``= 0.9^2 = 0.81``: the power of a constant after ``step`` updates."""
    base = s.num(name.removesuffix(ids.POWER), 0)
    return s.parts((Power(base, power_exponent(s, step)),), name, step, newline=False)


def rules(s: Worked) -> tuple[Equation, ...]:
    """All rules for any parameter: ``m_{n+1} = β_1 · m_n + (1 - β_1) · g_n``."""
    found = []
    made: set[str] = set()
    counter = s.symbols.step.base

    def letter(name: str, is_new: bool) -> Letter:
        index = f"{counter}+1" if is_new else counter
        if not name:
            return Letter(s.symbols.parameters(index))
        return Letter(Glyph("g" if name == str(GRADIENT) else state_glyph(name).base, index))

    def symbol(text: str) -> Formula:
        if text == ids.LEARNING_RATE or text in ids.CONSTANTS or text.endswith(ids.POWER):
            return Var(text)
        if text == str(WEIGHT):
            return letter("", is_new=False)
        return letter(text, text in made)

    for rule in rules_of(s.problem.optimizer):
        part = Part("=", _filled(rule, symbol))
        found.append(Equation(letter(rule.target, is_new=True), (part,)))
        made.add(rule.target)
    return tuple(found)
