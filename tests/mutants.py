"""Random problems, ways to write numbers, and what a fair marker says of somebody's answers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from random import Random
from typing import Any

from mpmath import mp

from tests import student
from tests.mistakes import SLIP_CODES, TRUNCATED, Mistake, Sheet, every, slips, slips_of
from tests.student import DIGITS, Fixed, Paper, Rules, Span, Style, to_places

EXACT = Style("all digits", decimals=25)
STYLES = (
    Style("3 figures", figures=3),
    Style("4 decimals", decimals=4),
    Style("rounded at the end", decimals=5, each=False),
    Style("fractions"),
    Style("decimal comma", decimals=4, comma=True),
    Style("scientific", figures=4, scientific=True),
)


def number(random: Random, least: int, most: int, places: int) -> str:
    """A decimal that is not 0."""
    unit = 10**places
    while not (found := random.randint(least * unit, most * unit)):
        pass
    return student.written(Fraction(found, unit), places, Style(""))


def problem_of(random: Random, style: Style) -> dict[str, Any]:
    """A small network, its data and one step or none; rational where the style is fractions."""
    depth = random.choice((1, 2, 2, 2, 3))
    sizes = [random.choice((1, 2, 2, 2, 3)) for _ in range(depth)] + [random.choice((1, 1, 2, 2))]
    samples = random.choice((1, 2, 3, 4)) if depth < 3 else random.choice((1, 2))
    names = ["relu", "identity", "leaky_relu"]
    names += [] if style.exact else ["sigmoid", "sigmoid", "tanh"]
    layers: list[dict[str, Any]] = []
    for i in range(depth):
        layer: dict[str, Any] = {
            "weights": [
                [number(random, -1, 1, 1) for _ in range(sizes[i])] for _ in range(sizes[i + 1])
            ],
            "biases": random.choice((False, True, True, True)),
            "activation": random.choice(names),
        }
        if layer["biases"]:
            layer["biases"] = [number(random, -1, 1, 1) for _ in range(sizes[i + 1])]
        if layer["activation"] == "leaky_relu":
            layer["slope"] = "0.1"
        layers.append(layer)
    loss: dict[str, Any] = {
        "factor": random.choice(("1", "1/2")),
        "samples": random.choice(("sum", "mean")),
        "outputs": random.choice(("sum", "sum", "mean")),
    }
    targets = [[number(random, -1, 1, 1) for _ in range(sizes[-1])] for _ in range(samples)]
    if not style.exact and sizes[-1] > 1 and random.random() < 0.4:
        layers[-1]["activation"] = "softmax"
        layers[-1].pop("slope", None)
        loss = {"kind": "cross_entropy", "samples": loss["samples"]}
        targets = [random.sample(["1", "0"], 2) for _ in range(samples)]
    found: dict[str, Any] = {
        "layers": layers,
        "data": [
            {
                "inputs": [number(random, -3, 3, random.choice((0, 1))) for _ in range(sizes[0])],
                "targets": t,
            }
            for t in targets
        ],
        "loss": loss,
        "numbers": {"digits": 6},
    }
    if random.random() < 0.9:
        found["training"] = {"learning_rate": random.choice(("0.1", "0.5", "0.01", "0.25", "1"))}
    if style.comma:
        found["numbers"]["decimal_comma"] = True
    return found


def answerable(rules: Rules) -> list[str]:
    """The ids that are worked out, not given."""
    return [name for name, rule in rules.items() if not isinstance(rule, Fixed)]


def chosen(random: Random, names: Iterable[str]) -> set[str]:
    """What of it is handed in: nobody writes down all that goes without saying."""
    left_out = {
        kind
        for kind in ("local", "dl", "loss(n)", "pre")
        if random.random() < (0.6 if kind == "local" else 0.25)
    }

    def kind_of(name: str) -> str:
        bare = name.removeprefix("1/")
        if bare.startswith("dl") and not bare.startswith("dloss"):
            return "local"
        if bare.startswith("dloss/dl"):
            return "dl"
        if bare.startswith("loss("):
            return "loss(n)"
        return "pre" if bare.startswith("p") else ""

    return {name for name in names if kind_of(name) not in left_out}


@dataclass(frozen=True)
class Mutant:
    """A problem, one mistake in its solution, and the answers that follow honestly."""

    problem: Mapping[str, Any]
    style: Style
    rules: Rules
    other_form: Rules  # derivatives of activations from outputs, or not
    right: Paper  # all digits of what is right
    honest: Paper  # in the style, without the mistake
    mistake: Mistake
    paper: Paper  # in the style, with it
    answered: set[str] = field(default_factory=set)

    @property
    def answers(self) -> dict[str, str]:
        return {name: self.paper.text[name] for name in self.rules if name in self.answered}


def mutants(random: Random, problem: Mapping[str, Any], style: Style, count: int) -> list[Mutant]:
    """Several mistakes made in one problem, each kind as likely as any other."""
    rules, other_form = student.working(problem), student.working(problem, from_outputs=True)
    if random.random() < 0.5:
        rules, other_form = other_form, rules
    right = student.work(rules, EXACT)
    sheet = Sheet(problem, rules)
    by_code: dict[str, list[Mistake]] = {}
    for mistake in every(sheet):
        by_code.setdefault(mistake.code, []).append(mistake)
    names = answerable(rules)
    pen = () if style.exact or style.scientific else tuple(SLIP_CODES)
    found = []
    while len(found) < count:
        code = random.choice([*sorted(by_code), *pen])
        answered = chosen(random, names)
        if code in pen:
            honest = student.work(rules, style, answered)
            certain = known_well(rules, honest, answered) if code == TRUNCATED else answered
            if not certain:
                continue
            name = random.choice(sorted(certain))
            made = slips(name, honest, raw_of(rules, honest, name), style)
            possible = [mistake for mistake in made if mistake.code == code]
        else:
            possible = by_code[code]
        if not possible:
            continue
        mistake = random.choice(possible)
        answered |= set(mistake.places)
        honest = student.work(rules, style, answered)
        paper = student.work({**rules, **mistake.changes}, style, answered)
        found.append(
            Mutant(problem, style, rules, other_form, right, honest, mistake, paper, answered)
        )
    return found


def known_well(rules: Rules, paper: Paper, answered: set[str]) -> set[str]:
    """What a marker can tell to a fraction of the last digit, from the answers before it."""
    of = student.spans(rules, paper, answered)
    found = set()
    with mp.workdps(DIGITS):
        for name in answered:
            low, high = student.reach(rules[name], of)
            if student.exactly(high) - student.exactly(low) < paper.half[name] / 4:
                found.add(name)
    return found


def raw_of(rules: Rules, paper: Paper, name: str) -> Fraction:
    """A quantity's value before it was rounded to be written."""
    with mp.workdps(DIGITS):
        return student.exactly(student.value(rules[name], paper.used.__getitem__))


# what has to be said


@dataclass(frozen=True)
class Fair:
    """The codes that a fair marker gives, and where that is a matter of the last digit."""

    codes: dict[str, str]
    close: set[str]


def fair(
    forms: Sequence[Rules], right: Paper, paper: Paper, answered: set[str], digits: int
) -> Fair:
    """Right, or reached from the answers before it, or neither.

    ``forms``: rules that come to the same, such as a derivative from what it is of or from the
    output; a number that any of them reaches is reached. ``right`` has the right values, ``paper``
    what is handed in. What the solution prints, with so many ``digits``, is right. ``close`` are
    those that are just outside of what can be reached, or within where a number that is right to
    all its digits is taken for as rough as any other: of these either may be said.
    """
    codes: dict[str, str] = {}
    close: set[str] = set()
    exactly_known = [student.spans(rules, paper, answered, right) for rules in forms]
    widely = [student.spans(rules, paper, answered) for rules in forms]
    tainted: dict[str, bool] = {}

    def goes_back(name: str) -> bool:
        """Whether an answer that it uses, through what was not handed in, is wrong or carried."""
        if name not in tainted:
            tainted[name] = any(
                codes[argument] != "correct" if argument in answered else goes_back(argument)
                for argument in student.arguments(forms[0][name])
            )
        return tainted[name]

    def old_of(name: str) -> Fraction | None:
        old = student.old_of(name)
        return None if old is None else student.exactly(paper.used[old])

    with mp.workdps(DIGITS):
        for name in forms[0]:
            if name not in answered:
                continue
            given, half, true = paper.exact[name], paper.half[name], right.exact[name]
            near = abs(given - true) <= half + right.half[name]
            if given == to_places(true, digits) or (
                near and not never(given, true, old_of(name), digits)
            ):
                codes[name] = "correct"
                continue
            reached = [
                student.reach(rules[name], of)
                for rules, of in zip(forms, exactly_known, strict=True)
            ]
            span = min(reached, key=lambda own: beyond(given, own))
            distance = beyond(given, span)
            middle = (student.exactly(span[0]) + student.exactly(span[1])) / 2
            if distance <= half:
                codes[name] = "carried" if goes_back(name) else "correct"
                if never(given, middle, old_of(name), digits):
                    close.add(name)
                continue
            codes[name] = "wrong"
            width = student.exactly(span[1]) - student.exactly(span[0])
            wide = min(
                beyond(given, student.reach(rules[name], of))
                for rules, of in zip(forms, widely, strict=True)
            )
            if distance <= half + width or wide <= half:
                close.add(name)
    return Fair(codes, close)


def never(given: Fraction, value: Fraction, old: Fraction | None, digits: int) -> bool:
    """0 for what is not 0, the opposite sign, the old weight: never right.

    Unless the value is just that when it is rounded to as many digits as are asked.
    """
    if given == value or to_places(value, digits) == given:
        return False
    return given * value < 0 or given == 0 or given == old


def beyond(given: Fraction, span: Span) -> Fraction:
    """How far a number is from a span."""
    low, high = student.exactly(span[0]), student.exactly(span[1])
    return max(low - given, given - high, Fraction(0))


def aliases(mutant: Mutant, name: str) -> set[str]:
    """The names of all mistakes that give the number that is handed in for one quantity.

    They may have been made at that quantity, or on the way to it where nothing was handed in.
    """
    found = set()
    rules, paper, answered = mutant.rules, mutant.paper, mutant.answered
    given, half = paper.exact[name], paper.half[name]
    way = unanswered(rules, answered, name)
    with mp.workdps(DIGITS):
        for mistake in every(Sheet(mutant.problem, rules)):
            if mistake.code in found or not way.intersection(mistake.changes):
                continue
            changed = {**rules, **{own: mistake.changes[own] for own in way & {*mistake.changes}}}
            span = student.reach(changed[name], student.spans(changed, paper, answered - {name}))
            if beyond(given, span) <= half:
                found.add(mistake.code)
        if half and not mutant.style.exact:
            found |= slip_names(mutant, name)
    return found


def unanswered(rules: Rules, answered: set[str], name: str) -> set[str]:
    """A quantity, and those on the way to it from what was handed in."""
    found = {name}
    for argument in student.arguments(rules[name]):
        if argument not in answered and argument not in found:
            found |= unanswered(rules, answered, argument)
    return found


def slip_names(mutant: Mutant, name: str) -> set[str]:
    """The slips of the pen that give a number from the right one, or from what followed."""
    given = mutant.paper.exact[name]
    places = student.decimals_of(mutant.paper.half[name])
    found = set()
    for raw in (mutant.right.exact[name], raw_of(mutant.rules, mutant.paper, name)):
        for decimals in (places - 1, places, places + 1):
            text = student.written(to_places(raw, decimals), max(decimals, 0), Style(""))
            for mistake in slips_of(name, text, raw):
                if mistake.changes[name].value == given:
                    found.add(mistake.code)
        same = student.written(to_places(raw, places), max(places, 0), Style(""))
        own = student.written(given, max(places, 0), Style(""))
        if len(same) == len(own) and sum(a != b for a, b in zip(same, own, strict=True)) == 1:
            found.add("digit_wrong")
        if any(raw * Fraction(10) ** by == given for by in (-3, -2, 2, 3)):
            found.add("point_moved_far")
    return found
