r"""Which quantity a user means: an id, or the spelling of the problem's notation.

``w1[1,2]``, ``w_{1,2}^1``, ``w^1_{1,2}``, ``w₁,₂¹``; ``dloss/dw1[1,2]``, ``∂MSE/∂w_{1,2}^1``,
``\frac{\partial \mathrm{MSE}}{\partial w_{1,2}^1}``. Where the problem has one sample, its number
can be left out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from itertools import islice

from tracer import ids
from tracer.errors import Fault, InputError, did_you_mean, printable
from tracer.glyph import HATS, LETTERS, Pattern
from tracer.graph import Quantity
from tracer.graph_problem import GraphProblem
from tracer.network_checks import no_gradients
from tracer.problem import AnyProblem, Problem
from tracer.symbols import STATE_LETTERS, printed_symbols
from tracer.typeset import LatexPrinter

_LONGEST = 300
_COMMAND = re.compile(r"\\([A-Za-z]+)[ ]*")
_COMMANDS = {
    **LETTERS,
    "partial": "∂",
    "ldots": "…",
    "dfrac": r"\frac",
    "tfrac": r"\frac",
    "left": "",
    "right": "",
}
_WRAPPED = re.compile(r"\\(?:mathrm|text|mathit|operatorname)\{([^{}]*)\}")
_HAT = re.compile(r"\\hat\{([a-z])\}")
_WORD = re.compile(r"(?<!\\)\b[A-Za-z]{2,}")
_LOW = "₀₁₂₃₄₅₆₇₈₉₊₋₍₎"
_HIGH = "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁽⁾"
_PLAIN = str.maketrans(_LOW + _HIGH, 2 * "0123456789+-()")
_UNICODE_SUB = re.compile(f"[{_LOW}](?:[{_LOW},]*[{_LOW}])?")
_UNICODE_SUP = re.compile(f"[{_HIGH}](?:[{_HIGH},]*[{_HIGH}])?")
_STAR = re.compile(r"(?<=[\w}])\*")  # text has f* for f^*
_SCRIPT = re.compile(r"[_^](?:\{[^{}]*\}|\[[^][]*\]|\([^()]*\)|[^\W_]+|[*+])")
_SCRIPTS = re.compile(f"(?:{_SCRIPT.pattern})+")
_FRACTION_COMMAND = re.compile(r"\\frac\{(∂[^|]*)\}\{(∂[^|]*)\}")
# on a keyboard a d stands for ∂
_FRACTION = re.compile(r"[∂d](.*)/[∂d](.*)")
_STEP_ADDRESS = re.compile(r"\.?(.*)\|(?:_\{)?[^=]*=([0-9]{1,9})\}?")
_STATE = re.compile(r"([^()]+)\((.+)\)")
_SAMPLE = re.compile(r"(.*)(?:\(([0-9]{1,9})\)|\[([0-9]{1,9})\])")


def resolve(names: Sequence[str], index: Mapping[str, Quantity], problem: AnyProblem) -> list[str]:
    """The ids that ``names`` stand for. Raises InputError naming every one that is unknown."""
    found: list[str] = []
    faults: list[Fault] = []
    find = finder(index, problem)
    for name in names:
        known = find(name)
        if known is not None:
            found.append(known)
        else:
            faults.append(Fault(printable(name) or '""', unknown(name, index, problem)))
    if faults:
        raise InputError(*faults)
    return found


def finder(index: Mapping[str, Quantity], problem: AnyProblem) -> Callable[[str], str | None]:
    """A function from names to the ids that they stand for, or None."""
    if isinstance(problem, GraphProblem):
        graph = problem
        return lambda name: _known_step(name, index, graph)
    network, spellings = problem, _Spellings(problem)
    return lambda name: _known(name, index, network, spellings) if len(name) <= _LONGEST else None


def unknown(name: str, index: Mapping[str, Quantity], problem: AnyProblem) -> str:
    """Why a name stands for no quantity, and which may be meant."""
    if isinstance(problem, GraphProblem):
        return _unknown_step(name, index)
    return _unknown(name, index, problem)


def speller(problem: Problem) -> Callable[[str], ids.Id | None]:
    """What a symbol or an id stands for, whether the problem has it or not; None for no such."""
    spellings = _Spellings(problem)

    def spelt(name: str) -> ids.Id | None:
        if len(name) > _LONGEST:
            return None
        found = ids.parse(name.replace(" ", "")) or spellings.id_of(name)
        return None if found is None else _held(found, problem)

    return spelt


def _known_step(name: str, index: Mapping[str, Quantity], problem: GraphProblem) -> str | None:
    """The id of a quantity of a graph, whose ids are the names that the user chose."""
    state, base = ids.split_step(name.replace(" ", ""))
    # after the last update only the steps are computed: there is no further gradient
    last = problem.steps - ("/d" in base or base == ids.LEARNING_RATE)
    # some only an update makes
    exists = base in index or (state > 0 and ids.later(base, 1) in index)
    if not exists or state > max(last, 0):
        return None
    return base if problem.is_fixed(base) else ids.later(base, state)


def _unknown_step(name: str, index: Mapping[str, Quantity]) -> str:
    state, base = ids.split_step(name.replace(" ", ""))
    if state == 0 and ids.later(base, 1) in index:
        return f"the update makes it; after the first step it is 1/{base}"
    hint = did_you_mean(base[:60], islice(index, 5_000))
    return f"no such quantity in this graph{hint}"


def _known(
    name: str, index: Mapping[str, Quantity], problem: Problem, spellings: _Spellings
) -> str | None:
    found = ids.parse(name.replace(" ", "")) or spellings.id_of(name)
    if found is None:
        return None
    found = _held(found, problem)
    base = _base(found)
    alone = found.sample is None and len(problem.data) == 1 and base not in index
    if alone and ids.at(base, 1) in index:
        found = replace(found, sample=1)
        base = _base(found)
    # after the last update only the forward pass is computed: there is no further gradient
    before = found.wrt is not None or base in (ids.LEARNING_RATE, ids.BATCH_LOSS)
    last = problem.steps - 1 if before else problem.steps
    # some only an update makes
    exists = base in index or (found.step > 0 and ids.later(base, 1) in index)
    if not exists or found.step > max(last, 0):
        return None
    return base if base in problem.frozen else str(found)


def _held(found: ids.Id, problem: Problem) -> ids.Id:
    """The same with the parameter that stands for one that is shared."""

    def held(name: ids.Name) -> ids.Name:
        variable, dot, parameter = str(name).rpartition(".")
        first = problem.shared.get(parameter)
        parsed = ids.parse(f"{variable}{dot}{first}") if first else None
        return name if parsed is None else parsed.of

    return replace(found, of=held(found.of), wrt=found.wrt and held(found.wrt))


def _base(found: ids.Id) -> str:
    return str(replace(found, step=0))


def _unknown(name: str, index: Mapping[str, Quantity], problem: Problem) -> str:
    step, rest = ids.split_step(name.replace(" ", ""))
    if problem.forward_only and rest.startswith(("d", "∂", "\\frac{\\partial")):
        return no_gradients(problem.forward_only)
    if step > problem.steps:
        return f"the problem has no step {step}; its last is {problem.steps}"
    if ids.at_step(rest, 1) in index and step == 0:
        return f"the update makes it; after the first step it is 1/{rest}"
    if rest in index and step == problem.steps and rest.startswith("d"):
        return f"no gradient is computed after the last step, {problem.steps}"
    found = ids.parse(rest)
    if found and found.wrt and str(found.wrt) in problem.frozen:
        return f"{found.wrt} is kept fixed, so it has no gradient"
    if len(problem.data) > 1 and f"{rest}(1)" in index:
        return f"say of which sample, from 1 to {len(problem.data)}, such as {rest}(1)"
    near = (key for key in index if key[:1] == rest[:1])
    hint = did_you_mean(rest[:60], islice(near, 5_000))
    return f"no such quantity in this problem{hint or '; ids look like w1[1,2] or dloss/dw1[1,2]'}"


class _Spellings:
    """The problem's quantities by their printed symbols, in one canonical form: ``w_{1,2}^{1}``."""

    def __init__(self, problem: Problem) -> None:
        self.symbols = problem.symbols
        self.notation = problem.notation

    @cached_property
    def known(self) -> Mapping[str, str]:
        """Every quantity with a symbol, without sample; made only once a spelling is no id."""
        found = {
            str(glyph): name
            for name, glyph in printed_symbols(self.symbols)
            if ids.parse(name) is not None
        }
        # what is shared may also be asked for by the symbol that its place would have
        plain = replace(self.symbols, shared={})
        found = {str(plain.glyph(name)): name for name in self.symbols.shared} | found
        if self.notation.sample_loss is not None:
            found[str(self.notation.sample_loss.filled({}))] = ids.LOSS
        if self.symbols.loss is not None:
            found[canonical(self.symbols.loss)] = ids.LOSS
        return found

    @cached_property
    def arguments(self) -> str:
        """``(l_{1}^{0},l_{2}^{0})``, which a target may be written with."""
        return f"({canonical(LatexPrinter(self.symbols, 0).inputs().text)})"

    def id_of(self, name: str) -> ids.Id | None:
        """The id that a symbol or a derivative is spelt for, or None."""
        step, text = ids.split_step(name.strip().strip("$"))
        text = canonical(text).replace(self.arguments, "")
        address = _STEP_ADDRESS.fullmatch(text)
        if address:
            text, step = address[1], int(address[2])
        found = self._symbol(text)
        address = _SAMPLE.fullmatch(text)
        if found is None and address:
            found = self._symbol(address[1])
            if found is not None and found.sample is None:
                found = replace(found, sample=int(address[2] or address[3]))
        if found is None:
            return None
        return replace(found, step=step or found.step)

    def _symbol(self, text: str) -> ids.Id | None:
        """A symbol, or a fraction of two, with the marks of the notation but no address."""
        fraction = _FRACTION.fullmatch(text)
        if fraction is None:
            return self._marked(text) or self._state(text)
        of, wrt = self._marked(fraction[1]), self._marked(fraction[2])
        if of is None or wrt is None or of.wrt or wrt.wrt:
            return None
        return ids.Id(of.of, wrt.of, of.sample or wrt.sample)

    def _state(self, text: str) -> ids.Id | None:
        """What an optimiser has of a parameter: ``m(w_{1,2}^{1})``."""
        match = _STATE.fullmatch(text)
        names = [name for name, letter in STATE_LETTERS.items() if match and match[1] == letter]
        found = self._marked(match[2]) if match and names else None
        return ids.parse(ids.state(names[0], str(found))) if found and not found.step else None

    def _marked(self, text: str) -> ids.Id | None:
        sample, step = None, 0
        if text not in self.known and self.notation.sample is not None:
            text, number = _without(text, self.notation.sample)
            sample = int(number) if number else None
        if text not in self.known and self.notation.updated is not None:
            bare, _ = _without(text, self.notation.updated)
            text, step = bare, int(bare != text)
        found = ids.parse(self.known.get(text, ""))
        return None if found is None else replace(found, sample=sample, step=step)


def _without(text: str, mark: Pattern) -> tuple[str, str]:
    """``text`` without a mark at the end of its scripts, and the number in the mark, if any."""
    number = ""
    for sign, parts in (("_", mark.sub), ("^", mark.sup)):
        if not parts:
            continue
        end = "".join(r"(?P<n>[1-9][0-9]{0,8})" if p == "{n}" else re.escape(p) for p in parts)
        marked = rf"\{sign}\{{(?P<rest>[^{{}}]*?){end}\}}"
        match = re.fullmatch(f"(?P<before>.*){marked}(?P<after>.*)", text)
        if match is None:
            return text, ""
        script = f"{sign}{{{match['rest']}}}" if match["rest"] else ""
        text = match["before"] + script + match["after"]
        number = match.groupdict().get("n") or number
    return text, number


def canonical(text: str) -> str:
    r"""A formula as people write it in one form: ``w^1_{1,2}`` and ``w₁,₂¹`` are ``w_{1,2}^{1}``.

    >>> canonical(r"\frac{\partial \mathrm{MSE}}{\partial \theta^1_2}")
    '∂MSE/∂θ_{2}^{1}'
    """
    text = _COMMAND.sub(lambda match: _COMMANDS.get(match[1], match[0]), text)
    text = "".join(text.split())
    text = _WRAPPED.sub(r"\1", text).replace("\\,", "")
    text = _HAT.sub(lambda match: HATS.get(f"{match[1]}hat", match[0]), text)
    text = _WORD.sub(lambda match: LETTERS.get(match[0], match[0]), text)
    text = _UNICODE_SUB.sub(lambda match: f"_{{{match[0].translate(_PLAIN)}}}", text)
    text = _UNICODE_SUP.sub(lambda match: f"^{{{match[0].translate(_PLAIN)}}}", text)
    text = _STAR.sub("^*", text)
    text = _SCRIPTS.sub(_in_order, text)
    return _FRACTION_COMMAND.sub(r"\1/\2", text)


def _in_order(match: re.Match[str]) -> str:
    found = {"_": "", "^": ""}
    for script in _SCRIPT.findall(match[0]):
        found[script[0]] += script[1:].strip("{}")
    return "".join(f"{sign}{{{script}}}" for sign, script in found.items() if script)
