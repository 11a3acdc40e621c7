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
from tests.student import (
    ONE,
    Apply,
    Fixed,
    FromOutput,
    Logs,
    Paper,
    Rule,
    Rules,
    Squares,
    Style,
    Sum,
)

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
    return Sum(tuple((c, tuple(new if name == old else name for name in f)) for c, f in rule.terms))


def one_by_one(code: str, changes: Mapping[str, Rule]) -> Iterator[Mistake]:
    """The mistake at each place alone, and at all."""
    for name, rule in changes.items():
        yield Mistake(code, {name: rule})
    if len(changes) > 1:
        yield Mistake(code, dict(changes), everywhere=True)


def factor_two(sheet: Sheet) -> Iterator[Mistake]:
    errors = sheet.named(f"dloss/dl{sheet.last}[")
    others = [*gradients(sheet), *sheet.named("dloss/dp"), *sheet.named("loss")]
    for by in (HALF, Fraction(2)):
        yield from one_by_one("factor_two", {n: scaled(sheet.rules[n], by) for n in errors})
        for name in others:
            if not isinstance(sheet.rules[name], Logs):
                yield Mistake("factor_two", {name: scaled(sheet.rules[name], by)})


def gradients(sheet: Sheet) -> list[str]:
    return [*sheet.named("dloss/dw"), *sheet.named("dloss/db")]


def sign(sheet: Sheet) -> Iterator[Mistake]:
    errors = sheet.named(f"dloss/dl{sheet.last}[")
    if not errors:  # softmax: the error is by the pre-activations
        errors = sheet.named(f"dloss/dp{sheet.last}[")
    yield from one_by_one("sign", {name: scaled(sheet.rules[name], -ONE) for name in errors})
    for name in (*sheet.named("dloss/d"), *sheet.named("loss")):
        if name in errors:
            continue
        if not isinstance(sheet.rules[name], Logs):
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
            yield Mistake("wrong_input", {name: rule})
            # at one sample only
            for n in range(1, sheet.samples + 1) if sheet.samples > 1 else ():
                once = renamed(sheet.rules[name], f"l{i - 1}[{k}]({n})", f"l{i - 1}[{other}]({n})")
                yield Mistake("wrong_input", {name: once})


def transposed(sheet: Sheet) -> Iterator[Mistake]:
    for i in range(1, sheet.last + 1):
        if sheet.size(i) != sheet.size(i - 1) or sheet.size(i) < 2:
            continue
        size, samples = sheet.size(i), range(1, sheet.samples + 1)
        changes: dict[str, Rule] = {}
        for n in samples:
            for j in range(1, size + 1):
                name = f"p{i}[{j}]({n})"
                terms = [
                    (ONE, (f"w{i}[{k},{j}]", f"l{i - 1}[{k}]({n})")) for k in range(1, size + 1)
                ]
                if f"b{i}[{j}]" in sheet.rules:
                    terms.append((student.sign_of(sheet.layers[i - 1]), (f"b{i}[{j}]",)))
                changes[name] = Sum(tuple(terms))
        yield from one_by_one("weights_transposed", changes)
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
            yield from one_by_one("weights_transposed_back", changes)


def neighbours_error(sheet: Sheet) -> Iterator[Mistake]:
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
                    yield Mistake("other_delta", {name: rule})
                for n in range(1, sheet.samples + 1):
                    if i == sheet.last:
                        continue
                    name = f"dloss/dl{i}[{j}]({n})"
                    if name not in sheet.rules:
                        continue
                    rule = sheet.rules[name]
                    for m in range(1, sheet.size(i + 1) + 1):
                        rule = renamed(rule, f"w{i + 1}[{m},{j}]", f"w{i + 1}[{m},{other}]")
                    yield Mistake("wrong_weight", {name: rule})


def derivative_skipped(sheet: Sheet) -> Iterator[Mistake]:
    for i, layer in enumerate(sheet.layers, start=1):
        if layer["activation"] in ("identity", "softmax"):
            continue
        changes: dict[str, Rule] = {
            name: Sum(((ONE, (name.replace("/dp", "/dl"),)),))
            for name in sheet.named(f"dloss/dp{i}[")
        }
        yield from one_by_one("slope_skipped", changes)


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
        yield from one_by_one("slope_argument", of_output)
        yield from one_by_one("slope_argument", of_pre)


def sum_or_mean(sheet: Sheet) -> Iterator[Mistake]:
    m = sheet.samples
    for by in (Fraction(1, m), Fraction(m)) if m > 1 else ():
        for name in ("loss", *gradients(sheet)):
            yield Mistake("sum_or_mean", {name: scaled(sheet.rules[name], by)})


def sample_left_out(sheet: Sheet) -> Iterator[Mistake]:
    for name in ("loss", *gradients(sheet)):
        rule = sheet.rules[name]
        assert isinstance(rule, Sum)
        for n in range(len(rule.terms)) if sheet.samples > 1 else ():
            yield Mistake("sample_left_out", {name: Sum(rule.terms[:n] + rule.terms[n + 1 :])})


def bias_left_out(sheet: Sheet) -> Iterator[Mistake]:
    for i, layer in enumerate(sheet.layers, start=1):
        if not student.offsets(layer):
            continue
        changes: dict[str, Rule] = {}
        for name in sheet.named(f"p{i}["):
            rule = sheet.rules[name]
            assert isinstance(rule, Sum)
            changes[name] = Sum(rule.terms[:-1])
        yield from one_by_one("bias_left_out", changes)


def updates(sheet: Sheet, rate: Fraction | None) -> dict[str, Rule]:
    """Every update with a multiple of the step, or None for the gradient without the rate."""
    changed: dict[str, Rule] = {}
    for name in student.parameters(sheet.problem) if "learning_rate" in sheet.rules else ():
        factors = (f"dloss/d{name}",) if rate is None else ("learning_rate", f"dloss/d{name}")
        changed[f"1/{name}"] = Sum(((ONE, (name,)), (-ONE if rate is None else rate, factors)))
    return changed


def rate_forgotten(sheet: Sheet) -> Iterator[Mistake]:
    yield from one_by_one("rate_forgotten", updates(sheet, None))


def uphill(sheet: Sheet) -> Iterator[Mistake]:
    yield from one_by_one("uphill", updates(sheet, ONE))


def update_twice(sheet: Sheet) -> Iterator[Mistake]:
    yield from one_by_one("update_twice", updates(sheet, Fraction(-2)))


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
        yield from one_by_one("updated_weights", changes)


def wrong_step(sheet: Sheet) -> Iterator[Mistake]:
    if "1/loss" in sheet.rules:
        yield Mistake("other_step", {"1/loss": Sum(((ONE, ("loss",)),))})


def neighbour_copied(sheet: Sheet) -> Iterator[Mistake]:
    names = [*sheet.named("dloss/dw"), *(n for n in sheet.named("1/w"))]
    for name in names:
        head, _, rest = name.partition("[")
        j, k = (int(index) for index in rest.rstrip("]").split(","))
        for other in (f"{head}[{j},{k - 1}]", f"{head}[{j - 1},{k}]"):
            if other in sheet.rules:
                yield Mistake("neighbour_copied", {name: Sum(((ONE, (other,)),))})
    for name in sheet.named("l1["):
        _, _, (j,), sample = parts(name)
        if f"l1[{j - 1}]{sample}" in sheet.rules:
            yield Mistake("neighbour_copied", {name: Sum(((ONE, (f"l1[{j - 1}]{sample}",)),))})


def sums(sheet: Sheet, *patterns: str) -> Iterator[tuple[str, Sum]]:
    """The sums among the rules whose ids begin in one of these ways."""
    for pattern in patterns:
        for name in sheet.named(pattern):
            rule = sheet.rules[name]
            if isinstance(rule, Sum):
                yield name, rule


def exchanged(rule: Sum, position: int, *terms: tuple[Fraction, tuple[str, ...]]) -> Sum:
    """A sum with other terms, or none, in the place of one."""
    return Sum((*rule.terms[:position], *terms, *rule.terms[position + 1 :]))


def bias_sign(sheet: Sheet) -> Iterator[Mistake]:
    for name, rule in sums(sheet, "p"):
        constant, factors = rule.terms[-1]
        if len(factors) == 1:
            last = len(rule.terms) - 1
            yield Mistake("bias_sign", {name: exchanged(rule, last, (-constant, factors))})


def other_neuron(sheet: Sheet) -> Iterator[Mistake]:
    for name, rule in sums(sheet, "p"):
        _, i, (j,), sample = parts(name)
        for other in (x for x in range(1, sheet.size(i) + 1) if x != j):
            changed: Rule = rule
            for k in range(1, sheet.size(i - 1) + 1):
                changed = renamed(changed, f"w{i}[{j},{k}]", f"w{i}[{other},{k}]")
            yield Mistake("other_neuron", {name: changed})
            whole = renamed(changed, f"b{i}[{j}]", f"b{i}[{other}]")
            yield Mistake("other_neuron", {name: whole})
            output = sheet.rules[f"l{i}[{j}]{sample}"]
            if isinstance(output, Apply):
                value = Apply(output.function, f"p{i}[{other}]{sample}", slope=output.slope)
                yield Mistake("other_neuron", {f"l{i}[{j}]{sample}": value})


def inputs_swapped(sheet: Sheet) -> Iterator[Mistake]:
    for name, rule in sums(sheet, "p"):
        weighted = [n for n, (_, factors) in enumerate(rule.terms) if len(factors) == 2]
        for one in weighted:
            for other in weighted:
                first, second = rule.terms[one][1], rule.terms[other][1]
                if one == other:
                    continue
                twice = exchanged(rule, one, (ONE, (first[0], second[1])))
                yield Mistake("input_taken_twice", {name: twice})
                if one < other:
                    both = exchanged(twice, other, (ONE, (second[0], first[1])))
                    yield Mistake("inputs_swapped", {name: both})


def activation_skipped(sheet: Sheet) -> Iterator[Mistake]:
    for i in range(1, sheet.last + 1):
        found: dict[str, Rule] = {}
        for name in sheet.named(f"l{i}["):
            rule = sheet.rules[name]
            if isinstance(rule, Apply) and rule.function != "identity":
                found[name] = Sum(((ONE, (rule.argument,)),))
                slope = Apply(rule.function, rule.argument, prime=True, slope=rule.slope)
                yield Mistake("slope_for_activation", {name: slope})
        yield from one_by_one("activation_skipped", found)


def square_forgotten(sheet: Sheet) -> Iterator[Mistake]:
    for name in sheet.named("loss("):
        rule = sheet.rules[name]
        if isinstance(rule, Squares):
            terms = [
                part for t, y in rule.pairs for part in ((rule.factor, (t,)), (-rule.factor, (y,)))
            ]
            yield Mistake("square_forgotten", {name: Sum(tuple(terms))})


def old_values(sheet: Sheet) -> Iterator[Mistake]:
    for name in [n for n in sheet.rules if n.startswith("1/p")]:
        rule = sheet.rules[name]
        assert isinstance(rule, Sum)
        old = Sum(tuple((c, (f[0].removeprefix("1/"), *f[1:])) for c, f in rule.terms))
        yield Mistake("old_values", {name: old})
        for position, (constant, factors) in enumerate(rule.terms):
            for place, factor in enumerate(factors):
                if factor.startswith("1/"):
                    before = (*factors[:place], factor[2:], *factors[place + 1 :])
                    yield Mistake(
                        "old_values", {name: exchanged(rule, position, (constant, before))}
                    )


def bias_times_input(sheet: Sheet) -> Iterator[Mistake]:
    for name, rule in sums(sheet, "dloss/db"):
        i = parts(name)[1]
        for k in range(1, sheet.size(i - 1) + 1):
            terms = tuple(
                (c, (delta, f"l{i - 1}[{k}]({n})")) for n, (c, (delta,)) in enumerate(rule.terms, 1)
            )
            yield Mistake("bias_times_input", {name: Sum(terms)})
        yield Mistake("bias_slope", {name: Sum(())})


def target_forgotten(sheet: Sheet) -> Iterator[Mistake]:
    found = {name: Sum(rule.terms[:1]) for name, rule in sums(sheet, f"dloss/dl{sheet.last}[")}
    yield from one_by_one("target_forgotten", found)


def slope_incomplete(sheet: Sheet) -> Iterator[Mistake]:
    for i, layer in enumerate(sheet.layers, start=1):
        if layer["activation"] != "sigmoid":
            continue
        for name in sheet.named(f"dl{i}["):
            output = f"l{name.partition('/dp')[2]}"
            yield Mistake("slope_incomplete", {name: Sum(((ONE, (output,)),))})
            yield Mistake("slope_incomplete", {name: Sum(((ONE, ()), (-ONE, (output,))))})


def other_updates(sheet: Sheet) -> Iterator[Mistake]:
    names = student.parameters(sheet.problem) if "learning_rate" in sheet.rules else []
    yield from one_by_one("old_weight", {f"1/{name}": Sum(((ONE, (name,)),)) for name in names})
    for name in names:
        step = ("learning_rate", f"dloss/d{name}")
        for by in (ONE, -ONE):
            yield Mistake("only_step", {f"1/{name}": Sum(((by, step),))})
        for other in names:
            if other != name and other[:2] == name[:2]:
                wrong = ("learning_rate", f"dloss/d{other}")
                changed = Sum(((ONE, (name,)), (-ONE, wrong)))
                yield Mistake("wrong_gradient", {f"1/{name}": changed})


def one_sample_only(sheet: Sheet) -> Iterator[Mistake]:
    for name in ("loss", *gradients(sheet)) if sheet.samples > 1 else ():
        rule = sheet.rules[name]
        assert isinstance(rule, Sum)
        for constant, factors in rule.terms:
            for share in dict.fromkeys((constant, ONE)):
                yield Mistake("one_sample_only", {name: Sum(((share, factors),))})


def paths(sheet: Sheet) -> Iterator[Mistake]:
    for i in range(1, sheet.last):
        for name, rule in sums(sheet, f"dloss/dl{i}["):
            for n in range(len(rule.terms)) if len(rule.terms) > 1 else ():
                yield Mistake("path_left_out", {name: exchanged(rule, n)})


def term_sign(sheet: Sheet) -> Iterator[Mistake]:
    for name, rule in sums(sheet, "p", "dloss/d", "loss"):
        for n, (constant, factors) in enumerate(rule.terms):
            is_bias = name.startswith("p") and len(factors) == 1
            if len(rule.terms) > 1 and not is_bias:
                yield Mistake("term_sign", {name: exchanged(rule, n, (-constant, factors))})
                if name.startswith("p"):
                    yield Mistake("term_left_out", {name: exchanged(rule, n)})


def factor_left_out(sheet: Sheet) -> Iterator[Mistake]:
    for name, rule in sums(sheet, "dloss/dw", "dloss/dl"):
        if all(len(factors) == 2 for _, factors in rule.terms):
            for kept in (0, 1):
                terms = tuple((c, (factors[kept],)) for c, factors in rule.terms)
                yield Mistake("factor_left_out", {name: Sum(terms)})


def operand_point(sheet: Sheet) -> Iterator[Mistake]:
    names = [n for n in sheet.rules if n.startswith(("p", "dloss/d", "1/w", "1/b"))]
    for name in names:
        rule = sheet.rules[name]
        for n, (constant, factors) in enumerate(rule.terms if isinstance(rule, Sum) else ()):
            for by in (Fraction(10), Fraction(1, 10)) if len(rule.terms) > 1 else ():
                yield Mistake("operand_point", {name: exchanged(rule, n, (constant * by, factors))})


KINDS: tuple[Kind, ...] = (
    factor_two,
    sign,
    wrong_input,
    transposed,
    neighbours_error,
    derivative_skipped,
    derivative_argument,
    sum_or_mean,
    sample_left_out,
    bias_left_out,
    rate_forgotten,
    uphill,
    updated_weights,
    update_twice,
    wrong_step,
    neighbour_copied,
    bias_sign,
    other_neuron,
    inputs_swapped,
    activation_skipped,
    square_forgotten,
    old_values,
    bias_times_input,
    target_forgotten,
    slope_incomplete,
    other_updates,
    one_sample_only,
    paths,
    term_sign,
    factor_left_out,
    operand_point,
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


def digit_doubled(text: str) -> Iterator[str]:
    sign_, digits, places = taken_apart(text)
    for i in range(max(len(digits) - places, 0), len(digits)):
        yield put_together(sign_, digits[: i + 1] + digits[i:], places + 1)


def last_digit(text: str) -> Iterator[str]:
    sign_, digits, places = taken_apart(text)
    if len(digits.strip("0")) > 1:
        for by in (-1, 1):
            yield put_together(sign_, str(int(digits) + by), places)


SLIPS: Mapping[str, Callable[[str], Iterator[str]]] = {
    "point_moved": point_moved,
    "digits_swapped": digits_swapped,
    "digit_dropped": digit_dropped,
    "sign_lost": sign_lost,
    "digit_doubled": digit_doubled,
    "last_digit": last_digit,
}
TRUNCATED = "truncated"
SLIP_CODES = (*SLIPS, TRUNCATED)


def slipped(text: str) -> Fixed:
    """A number as it was written by a slip."""
    places = taken_apart(text)[2]
    return Fixed(Fraction(text), text, Fraction(1, 2 * 10**places))


def slips(name: str, paper: Paper, raw: Fraction, style: Style) -> Iterator[Mistake]:
    """All slips at a quantity of which the right text is known."""
    for mistake in slips_of(name, paper.text[name].replace(",", "."), raw):
        (fixed,) = mistake.changes.values()
        assert isinstance(fixed, Fixed)
        yield Mistake(mistake.code, {name: with_comma(fixed, style)})


def slips_of(name: str, text: str, raw: Fraction) -> Iterator[Mistake]:
    """All slips that a number can be written with; ``raw`` is what it was before it was rounded."""
    if "e" in text or "/" in text:
        return
    for code, slip in SLIPS.items():
        for found in slip(text):
            yield Mistake(code, {name: slipped(found)})
    places = taken_apart(text)[2]
    unit = Fraction(10) ** places
    cut = abs(raw) * unit // 1
    if cut and cut != abs(Fraction(text)) * unit:
        found = put_together("-" if raw < 0 else "", str(int(cut)), places)
        yield Mistake(TRUNCATED, {name: slipped(found)})


def with_comma(fixed: Fixed, style: Style) -> Fixed:
    if not style.comma:
        return fixed
    return Fixed(fixed.value, fixed.text.replace(".", ","), fixed.half)


def every(sheet: Sheet) -> list[Mistake]:
    """All mistakes in rules that can be made on a sheet."""
    return [mistake for kind in KINDS for mistake in kind(sheet)]
