r"""Which quantity a user means: an id, or the spelling of the problem's notation.

``w1[1,2]``, ``w_{1,2}^1``, ``w^1_{1,2}``, ``w₁,₂¹``; ``dloss/dw1[1,2]``, ``∂MSE/∂w_{1,2}^1``,
``\frac{\partial \mathrm{MSE}}{\partial w_{1,2}^1}``. Where the problem has one sample, its number
can be left out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import islice

from tracer import ids
from tracer.errors import Fault, InputError, did_you_mean, printable
from tracer.graph import Quantity
from tracer.graph_problem import GraphProblem
from tracer.notation import NOTATIONS, Glyph, Notation
from tracer.problem import AnyProblem, Problem, no_gradients

_LONGEST = 300
_WRAPPED = re.compile(r"\\(?:mathrm|text|mathit|operatorname)\{([^{}]*)\}")
_FRACTION = re.compile(r"\\[dt]?frac\{(\\partial.*)\}\{(\\partial.*)\}(.*)")
_LOW = "₀₁₂₃₄₅₆₇₈₉"
_HIGH = "⁰¹²³⁴⁵⁶⁷⁸⁹"
_UNICODE_SUB = re.compile(f"[{_LOW}](?:[{_LOW},]*[{_LOW}])?")
_UNICODE_SUP = re.compile(f"[{_HIGH}]+")
_DIGITS = str.maketrans(_LOW + _HIGH, "01234567890123456789")
_SCRIPT = re.compile(r"([_^])(?:\{([^{}]*)\}|(\w))")
_SYMBOL = re.compile(r"([A-Za-z]+)((?:[_^](?:\{[^{}]*\}|\w))*)")
_SAMPLE = re.compile(r"(.*?)(?:\((\d{1,9})\)|\[(\d{1,9})\])?")


def resolve(names: Sequence[str], index: Mapping[str, Quantity], problem: AnyProblem) -> list[str]:
    """The ids that ``names`` stand for. Raises InputError naming every one that is unknown."""
    if isinstance(problem, GraphProblem):
        return _resolve_steps(names, index, problem)
    found: list[str] = []
    faults: list[Fault] = []
    for name in names:
        known = _known(name, index, problem) if len(name) <= _LONGEST else None
        if known is not None:
            found.append(known)
        else:
            faults.append(Fault(printable(name), _unknown(name, index, problem)))
    if faults:
        raise InputError(*faults)
    return found


def _resolve_steps(
    names: Sequence[str], index: Mapping[str, Quantity], problem: GraphProblem
) -> list[str]:
    """The same for a graph, whose ids are the names that the user chose."""
    found: list[str] = []
    faults: list[Fault] = []
    for name in names:
        state, base = ids.split_step(name.replace(" ", ""))
        # after the last update only the steps are computed: there is no further gradient
        derived = "/d" in base
        if base in index and state <= max(problem.steps - derived, 0):
            found.append(ids.at_step(base, state))
        else:
            hint = did_you_mean(base[:60], islice(index, 5_000))
            faults.append(Fault(printable(name), f"no such quantity in this graph{hint}"))
    if faults:
        raise InputError(*faults)
    return found


def _known(name: str, index: Mapping[str, Quantity], problem: Problem) -> str | None:
    for spelling in (name.replace(" ", ""), _translated(name, problem)):
        found = ids.parse(spelling) if spelling else None
        if found is None:
            continue
        base = str(ids.Id(found.of, found.wrt, found.sample))
        if found.sample is None and len(problem.data) == 1 and base not in index:
            found = ids.Id(found.of, found.wrt, 1, found.step)
            base = str(ids.Id(found.of, found.wrt, 1))
        # after the last update only the forward pass is computed: there is no further gradient
        last = problem.steps - 1 if found.wrt is not None else problem.steps
        if base in index and found.step <= max(last, 0):
            return str(found)
    return None


def _unknown(name: str, index: Mapping[str, Quantity], problem: Problem) -> str:
    step, rest = ids.split_step(name.replace(" ", ""))
    if problem.forward_only and rest.startswith(("d", "∂", "\\frac{\\partial")):
        return no_gradients(problem.forward_only)
    if step > problem.steps:
        return f"the problem has no step {step}; its last is {problem.steps}"
    if rest in index and step == problem.steps and rest.startswith("d"):
        return f"no gradient is computed after the last step, {problem.steps}"
    if len(problem.data) > 1 and f"{rest}(1)" in index:
        return f"say of which sample, from 1 to {len(problem.data)}, such as {rest}(1)"
    near = (key for key in index if key[:1] == rest[:1])
    hint = did_you_mean(rest[:60], islice(near, 5_000))
    return f"no such quantity in this problem{hint or '; ids look like w1[1,2] or dloss/dw1[1,2]'}"


def _translated(name: str, problem: Problem) -> str | None:
    """An id from the notation's spelling."""
    step, text = ids.split_step(name.replace(" ", "").strip("$"))
    text = _UNICODE_SUB.sub(lambda m: f"_{{{m[0].translate(_DIGITS)}}}", text)
    text = _UNICODE_SUP.sub(lambda m: f"^{{{m[0].translate(_DIGITS)}}}", text)
    text = _WRAPPED.sub(r"\1", text)
    fraction = _FRACTION.fullmatch(text)
    if fraction:
        text = f"{fraction[1]}/{fraction[2]}{fraction[3]}"
    text = text.replace("\\partial", "∂").replace("\\,", "")
    match = _SAMPLE.fullmatch(text)
    sample = ""
    if match and (match[2] or match[3]):
        text, sample = match[1], f"({match[2] or match[3]})"
    if text.startswith("∂"):
        top, _, bottom = text[1:].partition("/∂")
        of, wrt = _symbol(top, problem), _symbol(bottom, problem)
        found = ids.partial(of, wrt) if of and wrt else None
    else:
        found = _symbol(text, problem)
    return None if found is None else ids.at_step(found + sample, step)


def _symbol(text: str, problem: Problem) -> str | None:
    if text == problem.loss.name.replace(" ", ""):
        return ids.LOSS
    match = _SYMBOL.fullmatch(text)
    if match is None:
        return None
    scripts = {"_": "", "^": ""}
    for mark, braced, single in _SCRIPT.findall(match[2]):
        scripts[mark] = braced or single
    for kind, pattern in _patterns(NOTATIONS[problem.notation]).items():
        if pattern.base == match[1]:
            indices = _indices(pattern, scripts["_"], scripts["^"])
            if indices is not None:
                return str(ids.Name(kind, *indices))
    return None


def _patterns(notation: Notation) -> dict[str, Glyph]:
    return {"w": notation.weight, "b": notation.bias, "p": notation.pre, "l": notation.output}


def _indices(pattern: Glyph, sub: str, sup: str) -> tuple[int, int, int] | None:
    """Layer, neuron and source from the scripts of a symbol, by the notation's pattern."""
    found = {"i": 0, "j": 0, "k": 0}
    for template, script in ((pattern.sub, sub), (pattern.sup, sup)):
        expression = re.sub(r"\\\{([ijk])\\\}", r"(?P<\1>[0-9]{1,9})", re.escape(template))
        match = re.fullmatch(expression, script)
        if match is None:
            return None
        found.update({key: int(value) for key, value in match.groupdict().items()})
    return found["i"], found["j"], found["k"]
