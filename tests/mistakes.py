"""Deliberate mistakes: changes of the rules of tests/student.py, each under the name that it has.

The names are those under which `tracer.check` explains answers; how each mistake is made is written
here once more, without anything from the package.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from tests import student
from tests.student import ONE, Apply, Fixed, FromOutput, Paper, Rule, Rules, Squares, Style, Sum

HALF = Fraction(1, 2)


@dataclass(frozen=True)
class Mistake:
    """``code`` is its name; ``changes`` the rules that take the place of the right ones.

    ``everywhere``: made at all places of its kind, not at one.
    """

    code: str
    changes: Mapping[str, Rule]
    everywhere: bool = False

    @property
    def places(self) -> tuple[str, ...]:
        return tuple(self.changes)


Kind = Callable[["Sheet"], Iterator[Mistake]]


@dataclass(frozen=True)
class Sheet:
    """A problem and its right rules."""

    problem: Mapping[str, Any]
    rules: Rules

    @property
    def layers(self) -> list[Mapping[str, Any]]:
        return list(self.problem["layers"])

    @property
    def last(self) -> int:
        return len(self.layers)

    @property
    def samples(self) -> int:
        return len(self.problem["data"])

    def size(self, layer: int) -> int:
        """Neurons of a layer, from 0 for the inputs."""
        if layer == 0:
            return len(self.layers[0]["weights"][0])
        return len(self.layers[layer - 1]["weights"])

    def named(self, pattern: str) -> list[str]:
        """All ids of a kind at the first state: ``dloss/dl2``, ``p1``, ``dloss/dw``."""
        return [name for name in self.rules if name.startswith(pattern)]


def scaled(rule: Rule, by: Fraction) -> Rule:
    if isinstance(rule, Sum):
        return Sum(tuple((constant * by, factors) for constant, factors in rule.terms))
    assert isinstance(rule, Squares)
    return Squares(rule.factor * by, rule.pairs)


def renamed(rule: Rule, old: str, new: str) -> Rule:
    """A sum that takes one quantity for another."""
    assert isinstance(rule, Sum)
    return Sum(
        tuple((c, tuple(new if name == old else name for name in f)) for c, f in rule.terms)
    )


def one_by_one(code: str, changes: Mapping[str, Rule]) -> Iterator[Mistake]:
    """The mistake at each place alone, and at all."""
    for name, rule in changes.items():
        yield Mistake(code, {name: rule})
    if len(changes) > 1:
        yield Mistake(code, dict(changes), everywhere=True)


def factor_two(sheet: Sheet) -> Iterator[Mistake]:
    errors = [n for n in sheet.named(f"dloss/dl{sheet.last}[") if n in sheet.rules]
    for by in (HALF, Fraction(2)):
        yield from one_by_one("factor-two", {n: scaled(sheet.rules[n], by) for n in errors})
        for name in gradients(sheet):
            yield Mistake("factor-two", {name: scaled(sheet.rules[name], by)})


def gradients(sheet: Sheet) -> list[str]:
    return [*sheet.named("dloss/dw"), *sheet.named("dloss/db")]


def sign(sheet: Sheet) -> Iterator[Mistake]:
    errors = sheet.named(f"dloss/dl{sheet.last}[")
    if not errors:  # softmax: the error is by the pre-activations
        errors = sheet.named(f"dloss/dp{sheet.last}[")
    yield from one_by_one("sign", {name: scaled(sheet.rules[name], -ONE) for name in errors})
    for name in gradients(sheet):
        yield Mistake("sign", {name: scaled(sheet.rules[name], -ONE)})


def parts(name: str) -> tuple[str, int, list[int], str]:
    """``dloss/dw``, 1, [1, 2] and ``(3)`` of ``dloss/dw1[1,2](3)``."""
    head, _, rest = name.partition("[")
    inside, _, sample = rest.partition("]")
    letters = head.rstrip("0123456789")
    return letters, int(head[len(letters) :]), [int(i) for i in inside.split(",")], sample


def wrong_input(sheet: Sheet) -> Iterator[Mistake]:
    for name in sheet.named("dloss/dw"):
        _, i, (_, k), _ = parts(name)
        for other in range(1, sheet.size(i - 1) + 1):
            rule = sheet.rules[name]
            if other == k:
                continue
            for n in range(1, sheet.samples + 1):
                rule = renamed(rule, f"l{i - 1}[{k}]({n})", f"l{i - 1}[{other}]({n})")
            yield Mistake("wrong-input", {name: rule})
            # at one sample only
            for n in range(1, sheet.samples + 1) if sheet.samples > 1 else ():
                once = renamed(
                    sheet.rules[name], f"l{i - 1}[{k}]({n})", f"l{i - 1}[{other}]({n})"
                )
                yield Mistake("wrong-input", {name: once})


def transposed(sheet: Sheet) -> Iterator[Mistake]:
    for i in range(1, sheet.last + 1):
        if sheet.size(i) != sheet.size(i - 1) or sheet.size(i) < 2:
            continue
        size, samples = sheet.size(i), range(1, sheet.samples + 1)
        changes: dict[str, Rule] = {}
        for n in samples:
            for j in range(1, size + 1):
                name = f"p{i}[{j}]({n})"
                terms = [(ONE, (f"w{i}[{k},{j}]", f"l{i - 1}[{k}]({n})")) for k in range(1, size + 1)]
                if f"b{i}[{j}]" in sheet.rules:
                    terms.append((student.sign_of(sheet.layers[i - 1]), (f"b{i}[{j}]",)))
                changes[name] = Sum(tuple(terms))
        yield from one_by_one("transposed", changes)
        if i == 1:
            continue
        changes = {}
        for n in samples:
            for j in range(1, size + 1):
                name = f"dloss/dl{i - 1}[{j}]({n})"
                changes[name] = Sum(
                    tuple(
                        (ONE, (f"dloss/dp{i}[{m}]({n})", f"w{i}[{j},{m}]"))
                        for m in range(1, size + 1)
                    )
                )
        if all(name in sheet.rules for name in changes):
            yield from one_by_one("transposed", changes)


def other_neuron(sheet: Sheet) -> Iterator[Mistake]:
    for i in range(1, sheet.last + 1):
        size = sheet.size(i)
        for j in range(1, size + 1):
            for other in (x for x in range(1, size + 1) if x != j):
                for name in gradients(sheet):
                    _, layer, inside, _ = parts(name)
                    if layer != i or inside[0] != j:
                        continue
                    rule = sheet.rules[name]
                    for n in range(1, sheet.samples + 1):
                        rule = renamed(rule, f"dloss/dp{i}[{j}]({n})", f"dloss/dp{i}[{other}]({n})")
                    yield Mistake("other-neuron", {name: rule})
                for n in range(1, sheet.samples + 1):
                    if i == sheet.last:
                        continue
                    name = f"dloss/dl{i}[{j}]({n})"
                    if name not in sheet.rules:
                        continue
                    rule = sheet.rules[name]
                    for m in range(1, sheet.size(i + 1) + 1):
                        rule = renamed(rule, f"w{i + 1}[{m},{j}]", f"w{i + 1}[{m},{other}]")
                    yield Mistake("other-neuron", {name: rule})


def derivative_skipped(sheet: Sheet) -> Iterator[Mistake]:
    for i, layer in enumerate(sheet.layers, start=1):
        if layer["activation"] in ("identity", "softmax"):
            continue
        changes: dict[str, Rule] = {
            name: Sum(((ONE, (name.replace("/dp", "/dl"),)),))
            for name in sheet.named(f"dloss/dp{i}[")
        }
        yield from one_by_one("derivative-skipped", changes)


def derivative_argument(sheet: Sheet) -> Iterator[Mistake]:
    for i, layer in enumerate(sheet.layers, start=1):
        if layer["activation"] not in ("sigmoid", "tanh"):
            continue
        of_output: dict[str, Rule] = {}
        of_pre: dict[str, Rule] = {}
        for name in sheet.named(f"dl{i}["):
            here = name.partition("/dp")[2]
            of_output[name] = Apply(layer["activation"], f"l{here}", prime=True)
            of_pre[name] = FromOutput(layer["activation"], f"p{here}")
        yield from one_by_one("derivative-argument", of_output)
        yield from one_by_one("derivative-argument", of_pre)


def sum_mean_half(sheet: Sheet) -> Iterator[Mistake]:
    share = student.share_of(sheet.problem)
    shares = {ONE, Fraction(1, sheet.samples), HALF, Fraction(1, 2 * sheet.samples)} - {share}
    for other in sorted(shares):
        for name in ("loss", *gradients(sheet)):
            yield Mistake("sum-mean", {name: scaled(sheet.rules[name], other / share)})
    for n in range(1, sheet.samples + 1):
        rule = sheet.rules[f"loss({n})"]
        if isinstance(rule, Squares):
            for by in (HALF, Fraction(2)):
                yield Mistake("sum-mean", {f"loss({n})": scaled(rule, by)})


def sample_left_out(sheet: Sheet) -> Iterator[Mistake]:
    for name in ("loss", *gradients(sheet)):
        rule = sheet.rules[name]
        assert isinstance(rule, Sum)
        for n in range(len(rule.terms)) if sheet.samples > 1 else ():
            yield Mistake("sample-left-out", {name: Sum(rule.terms[:n] + rule.terms[n + 1 :])})


def bias_left_out(sheet: Sheet) -> Iterator[Mistake]:
    for i, layer in enumerate(sheet.layers, start=1):
        if not student.offsets(layer):
            continue
        changes: dict[str, Rule] = {}
        for name in sheet.named(f"p{i}["):
            rule = sheet.rules[name]
            assert isinstance(rule, Sum)
            changes[name] = Sum(rule.terms[:-1])
        yield from one_by_one("bias-left-out", changes)


def updates(sheet: Sheet, rate: Fraction | None) -> dict[str, Rule]:
    """Every update with a multiple of the step, or None for the gradient without the rate."""
    changed: dict[str, Rule] = {}
    for name in student.parameters(sheet.problem) if "learning_rate" in sheet.rules else ():
        factors = (f"dloss/d{name}",) if rate is None else ("learning_rate", f"dloss/d{name}")
        changed[f"1/{name}"] = Sum(((ONE, (name,)), (-ONE if rate is None else rate, factors)))
    return changed


def rate_forgotten(sheet: Sheet) -> Iterator[Mistake]:
    yield from one_by_one("rate-forgotten", updates(sheet, None))


def uphill(sheet: Sheet) -> Iterator[Mistake]:
    yield from one_by_one("uphill", updates(sheet, ONE))


def update_twice(sheet: Sheet) -> Iterator[Mistake]:
    yield from one_by_one("update-twice", updates(sheet, Fraction(-2)))


def updated_weights(sheet: Sheet) -> Iterator[Mistake]:
    if "learning_rate" not in sheet.rules:
        return
    for i in range(1, sheet.last):
        changes: dict[str, Rule] = {}
        for name in sheet.named(f"dloss/dl{i}["):
            rule = sheet.rules[name]
            assert isinstance(rule, Sum)
            changes[name] = Sum(
                tuple((c, (delta, f"1/{weight}")) for c, (delta, weight) in rule.terms)
            )
        yield from one_by_one("updated-weights", changes)


def wrong_step(sheet: Sheet) -> Iterator[Mistake]:
    if "1/loss" in sheet.rules:
        yield Mistake("wrong-step", {"1/loss": Sum(((ONE, ("loss",)),))})


def neighbour_copied(sheet: Sheet) -> Iterator[Mistake]:
    names = [*sheet.named("dloss/dw"), *(n for n in sheet.named("1/w"))]
    for name in names:
        head, _, rest = name.partition("[")
        j, k = (int(index) for index in rest.rstrip("]").split(","))
        for other in (f"{head}[{j},{k - 1}]", f"{head}[{j - 1},{k}]"):
            if other in sheet.rules:
                yield Mistake("copied", {name: Sum(((ONE, (other,)),))})
    for name in sheet.named("l1["):
        _, _, (j,), sample = parts(name)
        if f"l1[{j - 1}]{sample}" in sheet.rules:
            yield Mistake("copied", {name: Sum(((ONE, (f"l1[{j - 1}]{sample}",)),))})


KINDS: tuple[Kind, ...] = (
    factor_two,
    sign,
    wrong_input,
    transposed,
    other_neuron,
    derivative_skipped,
    derivative_argument,
    sum_mean_half,
    sample_left_out,
    bias_left_out,
    rate_forgotten,
    uphill,
    updated_weights,
    update_twice,
    wrong_step,
    neighbour_copied,
)


# slips of the pen: what is written, then written wrongly


def point_moved(text: str) -> Iterator[str]:
    sign_, digits, places = taken_apart(text)
    for moved in (places - 1, places + 1):
        if moved >= 0 and places > 0:
            yield put_together(sign_, digits, moved)


def digits_swapped(text: str) -> Iterator[str]:
    sign_, digits, places = taken_apart(text)
    for i in range(len(digits) - 1):
        if digits[i] != digits[i + 1]:
            swapped = digits[:i] + digits[i + 1] + digits[i] + digits[i + 2 :]
            yield put_together(sign_, swapped, places)


def digit_dropped(text: str) -> Iterator[str]:
    sign_, digits, places = taken_apart(text)
    for i in range(len(digits) - places, len(digits) - 1):
        yield put_together(sign_, digits[:i] + digits[i + 1 :], places - 1)


def sign_lost(text: str) -> Iterator[str]:
    if text.startswith("-"):
        yield text[1:]


def taken_apart(text: str) -> tuple[str, str, int]:
    """Sign, digits without the point, and how many of them are decimals."""
    sign_ = "-" if text.startswith("-") else ""
    whole, _, decimals = text.removeprefix("-").partition(".")
    return sign_, whole + decimals, len(decimals)


def put_together(sign_: str, digits: str, places: int) -> str:
    digits = digits.rjust(places + 1, "0")
    whole, decimals = (digits[:-places], digits[-places:]) if places else (digits, "")
    whole = whole.lstrip("0") or "0"
    return f"{sign_}{whole}.{decimals}" if places else f"{sign_}{whole}"


SLIPS: Mapping[str, Callable[[str], Iterator[str]]] = {
    "point-moved": point_moved,
    "digits-swapped": digits_swapped,
    "digit-dropped": digit_dropped,
    "sign-lost": sign_lost,
}
TRUNCATED = "truncated"
SLIP_CODES = (*SLIPS, TRUNCATED)


def slipped(text: str) -> Fixed:
    """A number as it was written by a slip."""
    places = taken_apart(text)[2]
    return Fixed(Fraction(text), text, Fraction(1, 2 * 10**places))


def slips(name: str, paper: Paper, raw: Fraction, style: Style) -> Iterator[Mistake]:
    """All slips at a quantity of which the right text is known. A comma is put in afterwards."""
    text = paper.text[name].replace(",", ".")
    if style.exact or style.scientific:
        return
    for code, slip in SLIPS.items():
        for found in slip(text):
            yield Mistake(code, {name: with_comma(slipped(found), style)})
    places = taken_apart(text)[2]
    unit = Fraction(10) ** places
    cut = abs(raw) * unit // 1
    if cut and cut != abs(Fraction(text)) * unit:
        found = put_together("-" if raw < 0 else "", str(int(cut)), places)
        yield Mistake(TRUNCATED, {name: with_comma(slipped(found), style)})


def with_comma(fixed: Fixed, style: Style) -> Fixed:
    if not style.comma:
        return fixed
    return Fixed(fixed.value, fixed.text.replace(".", ","), fixed.half)


def every(sheet: Sheet) -> list[Mistake]:
    """All mistakes in rules that can be made on a sheet."""
    return [mistake for kind in KINDS for mistake in kind(sheet)]
