"""Which explanations of a wrong number are named, and in which order.

Every candidate gives the number at the digits that were printed, so those do not tell candidates
apart; what does is how often such a mistake is met, in how many ways the row could have been
applied, how near it is, and whether the same mistake explains other faults too. A candidate that is
less likely than a chance agreement at so few digits is not named.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from tracer.diagnosis.anywhere import SIGNED
from tracer.diagnosis.floats import to_float, worked_out
from tracer.diagnosis.mutant import Mutant, Values, near
from tracer.diagnosis.mutants import Mutants
from tracer.diagnosis.rows import addends
from tracer.diagnosis.slips import SLIPS, sides, written
from tracer.diagnosis.view import View
from tracer.marking.verdicts import Diagnosis

# how often a fault is none of the table's and falls where it does by chance, for each that is
_UNKNOWN = 0.03
# one that is so many times less likely than the first is not named beside it
_SIMILAR = 12.0
_MOST_NAMED = 4
# the same mistake again is so much likelier than another one
_AGAIN = 8.0
# how far back is looked, by the number of faults: where so much is wrong, it's the near that tells
_REACH: tuple[tuple[float, int], ...] = ((20, 400), (200, 24), (math.inf, 0))
# agreement within what rounding on the way may do tells less than that to the last digit
_LOOSELY = 0.3
# rounding on the way moves a number by no more than this part of it
_ROUNDED = 0.1
# so much less likely is a mistake on the way that other answers, which are right, would show too
_DENIED = 0.05
# the very digits of another answer are no coincidence
_SAME_DIGITS = 3.0


@dataclass(frozen=True, slots=True)
class Candidate:
    """An explanation, how likely it is, and what joins it to the same at other quantities.

    ``changed`` are the quantities on the way whose rules it says were taken wrongly.
    """

    diagnosis: Diagnosis
    chance: float
    likeness: str
    changed: Collection[str] = ()


@dataclass(frozen=True, slots=True)
class _Numbers:
    """The values in force in a submission in floats, each looked up once: as printed, unrounded."""

    printed: Values
    used: Values

    @classmethod
    def of(cls, view: View) -> _Numbers:
        answered = view.answered
        used = Values(lambda name: to_float(view.used(name)))

        def printed(name: str) -> float:
            return to_float(view.reading(name).value) if name in answered else used[name]

        return cls(Values(printed), used)


def _given(view: View, name: str) -> tuple[float, float]:
    """The student's number, and how far away a value is that it stands for."""
    reading = view.reading(name)
    given = to_float(reading.value)
    return given, to_float(reading.half) * 1.0000001 + 1e-10 * abs(given)


def _candidate(mutant: Mutant, judged: str, is_close: bool) -> Candidate:
    changed = mutant.rules if mutant.place != judged else ()
    chance = mutant.chance if is_close else mutant.chance * _LOOSELY
    return Candidate(mutant.diagnosis, chance, mutant.likeness, changed)


def diagnose(view: View, name: str, mutants: Mutants | None = None) -> tuple[Diagnosis, ...]:
    """What most likely went wrong at one quantity, best first; empty if nothing explains it."""
    return diagnose_all(view, (name,), mutants)[name]


def diagnose_all(
    view: View, names: Sequence[str], mutants: Mutants | None = None
) -> dict[str, tuple[Diagnosis, ...]]:
    """The same for all faults of a submission: one mistake that explains several comes first.

    ``mutants`` is what has been worked out of the problem so far, to be shared by submissions.
    """
    own = mutants or Mutants(view.trace, view.problem)
    most = next(reach for faults, reach in _REACH if len(names) <= faults)
    answered = view.answered
    numbers = _Numbers.of(view)
    found = {name: _candidates(own, view, numbers, name, most) for name in names}
    found = _weighed(own, answered, found, most)
    explained: dict[str, set[str]] = {}
    for name, candidates in found.items():
        for candidate in candidates:
            explained.setdefault(candidate.likeness, set()).add(name)
    return {
        name: tuple(_with_numbers(own, view, name, one) for one in _named(candidates, explained))
        for name, candidates in found.items()
    }


def _weighed(
    mutants: Mutants, answered: frozenset[str], found: Mapping[str, list[Candidate]], most: int
) -> dict[str, list[Candidate]]:
    """What was taken wrongly on the way shows in other answers: those that are right deny it."""
    weighed = {}
    for name, candidates in found.items():
        changed = frozenset().union(*(one.changed for one in candidates))
        right = (other for other in mutants.places.alike(name) if other in answered)
        denied = frozenset[str]().union(
            *(
                changed & mutants.behind(other, answered, most)
                for other in (right if changed else ())
                if other not in found
            )
        )
        weighed[name] = [
            one if denied.isdisjoint(one.changed) else replace(one, chance=one.chance * _DENIED)
            for one in candidates
        ]
    return weighed


def _with_numbers(mutants: Mutants, view: View, name: str, diagnosis: Diagnosis) -> Diagnosis:
    """With the numbers that its words name: where an operand's point has moved, all the terms."""
    details = diagnosis.details or {}
    decimals = view.reading(name).decimals
    given = _digits(to_float(view.reading(name).value), decimals)
    if diagnosis.code == "neighbour_copied":
        return replace(diagnosis, details={**details, "given": given})
    if "operand" not in details:
        return diagnosis
    values = {arg: to_float(view.used(arg)) for arg in mutants.places.rule(name).uses}
    rule = mutants.functions.rule(addends(mutants.places.rule(name).terms))
    terms = [worked_out((term,), values) for term in rule]
    wrong = dict(values)
    wrong[details["operand"]] *= float(Fraction(details["times"]))
    number = int(details["term"])
    moved = [*terms[:number], worked_out((rule[number],), wrong), *terms[number + 1 :]]
    texts = {
        "moved": " ".join(_digits(term, decimals) for term in moved),
        "terms": " ".join(_digits(term, decimals) for term in terms),
        "given": given,
        "right": _digits(sum(terms), decimals),
    }
    return replace(diagnosis, details={"operand": details["operand"], **texts})


def _digits(value: float, decimals: int | None) -> str:
    """As a reader would write it, to the decimals of the answer; ten digits at most."""
    text = f"{value if decimals is None else round(value, decimals):.10g}"
    mantissa, e, exponent = text.partition("e")
    return f"{mantissa}e{int(exponent)}" if e else text


def _named(
    candidates: Sequence[Candidate], explained: Mapping[str, set[str]]
) -> tuple[Diagnosis, ...]:
    """The likeliest of each code, as far as they are about as likely as the first."""

    def chance(candidate: Candidate) -> float:
        return candidate.chance * _AGAIN ** min(len(explained[candidate.likeness]) - 1, 4)

    ordered = sorted(candidates, key=chance, reverse=True)
    named: dict[str, Diagnosis] = {}
    for candidate in ordered:
        if len(named) == _MOST_NAMED:
            break
        if candidate.chance * _SIMILAR < ordered[0].chance:
            continue
        named.setdefault(candidate.diagnosis.code, candidate.diagnosis)
    return tuple(named.values())


def _candidates(
    mutants: Mutants, view: View, numbers: _Numbers, name: str, most: int
) -> list[Candidate]:
    reading, answered = view.reading(name), view.answered
    given, true = to_float(reading.value), to_float(view.true(name))
    spread = view.spread(name)
    scale = max(abs(given), abs(true))
    half = to_float(reading.half)
    within = half * 1.0000001 + 2 * (spread if math.isfinite(spread) else 0.0) + 1e-10 * scale
    if not math.isfinite(scale) or not scale:
        return []
    copied = [*_copied(mutants, view, answered, name)]
    if not most or not mutants.right(name):
        found = [*copied, *_slips(mutants, view, name, given, {true})]
        return [one for one in found if one.chance > _UNKNOWN * min(1.0, 2 * within / scale)]
    reached = mutants.reached(name, answered, most)
    found = []
    for way in (_by_table, _by_printed) if view.is_clean(name) else (_by_printed,):
        follows, chances, mutated = way(mutants, view, numbers, reached, within)
        least = _UNKNOWN * chances * min(1.0, 2 * within / scale)
        named = (*mutated, *copied, *_slips(mutants, view, name, given, {true, follows}))
        found += [candidate for candidate in named if candidate.chance > least]
        if found and spread <= half:  # else what was rounded on the way counts
            break
    return found


def _by_table(
    mutants: Mutants, view: View, _: _Numbers, reached: tuple[str, ...], within: float
) -> tuple[float, float, list[Candidate]]:
    """What the right rule gives, the sum of all chances, and what gives the student's number."""
    table = mutants.table(reached, view)
    given, close = _given(view, reached[0])
    found = [
        _candidate(mutant, reached[0], abs(value - given) <= close)
        for value, mutant in near(table, given - within, given + within)
    ]
    return table.true, table.chances, found


def _by_printed(
    mutants: Mutants, view: View, numbers: _Numbers, reached: tuple[str, ...], within: float
) -> tuple[float, float, list[Candidate]]:
    """The same from the student's own values, as printed or unrounded, or in part."""
    given, close = _given(view, reached[0])
    own = mutants.outcomes(reached, numbers.printed, numbers.used)
    farthest = _ROUNDED * abs(given) + within
    found = []
    chances, others = own.others(given - farthest, given + farthest)
    for number in others:
        value = own.values[number]
        away = abs(value - given)
        if away > within:
            other = own.other(number)
            if not min(value, other) - within <= given <= max(value, other) + within:
                continue
        found.append(_candidate(own.mutants[number], reached[0], away <= close))
    return own.follows, chances, found


def _copied(
    mutants: Mutants, view: View, answered: frozenset[str], name: str
) -> Iterator[Candidate]:
    """Other answers of the same kind that have the same digits."""
    own = view.reading(name)
    others = mutants.places.alike(name, most=24)
    for other in others:
        if other in answered and view.reading(other).value == own.value:
            diagnosis = Diagnosis("neighbour_copied", name, False, {"used": other})
            chance = _SAME_DIGITS * 0.02 / len(others)
            yield Candidate(diagnosis, chance, f"neighbour_copied {other}")


def _slips(
    mutants: Mutants, view: View, name: str, given: float, intended: set[float]
) -> Iterator[Candidate]:
    reading = view.reading(name)
    kind = mutants.places.place(name).kind
    for true in sides(intended, reading.decimals):
        own = written(reading, given, true)
        if own is None or abs(given - true) <= own.half:
            continue
        for slip in SLIPS:
            if slip.code == "sign_lost" and kind in SIGNED:
                continue  # a mistake about the rule, which has a row of its own
            if slip.found(own):
                details = {"right": _digits(true, own.decimals)}
                diagnosis = Diagnosis(slip.code, name, False, details)
                yield Candidate(diagnosis, slip.weight, slip.code)
