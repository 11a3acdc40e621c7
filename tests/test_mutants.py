"""Mistakes made on purpose in random problems: found where they are made, and called by their name.

tests/student.py works each problem out by rules of its own, with one of the mistakes of
tests/mistakes.py; what a fair marker has to say of the answers is worked out there too, so that
the package is compared with something that shares no code with it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

import tracer
from tests import reference, student
from tests.mutants import (
    EXACT,
    STYLES,
    Fair,
    Mutant,
    aliases,
    answerable,
    fair,
    mutants,
    problem_of,
)
from tracer.checking import Checker
from tracer.marking.verdicts import Verdict

PROBLEMS = 190
EACH = 10
NONE = "none named"


@dataclass(frozen=True)
class Marked:
    """A mutant, what has to be said of it, and what is."""

    name: str
    mutant: Mutant
    fair: Fair
    verdicts: dict[str, Verdict]

    @property
    def roots(self) -> list[str]:
        """The places of the mistake that show."""
        return [name for name in self.mutant.mistake.places if self.fair.codes[name] == "wrong"]

    def is_settled(self, name: str) -> bool:
        """Whether only one thing can be said: not where a mistake happens not to show."""
        hidden = name in self.mutant.mistake.places and name not in self.roots
        return name not in self.fair.close and not hidden

    def said(self, name: str) -> str:
        """One answer and what was said of it, for whoever looks into it."""
        verdict = self.verdicts[name]
        named = [diagnosis.code for diagnosis in verdict.diagnoses]
        return (
            f"{self.name} ({self.mutant.style.name}, {self.mutant.mistake.code}): {name} = "
            f"{verdict.given}, right {float(self.mutant.right.exact[name]):.7g}: "
            f"{verdict.code} {named}, fair: {self.fair.codes[name]}"
        )


def marked(name: str, mutant: Mutant, checker: Checker) -> Marked | None:
    """None where the mistake is too small to show in the digits that are written."""
    digits = int(mutant.problem["numbers"]["digits"])
    forms = (mutant.rules, mutant.other_form)
    found = fair(forms, mutant.right, mutant.paper, mutant.answered, digits)
    places = mutant.mistake.places
    if found.close.intersection(places) or not any(
        found.codes[place] == "wrong" for place in places
    ):
        return None
    report = checker.check(mutant.answers)
    return Marked(name, mutant, found, {v.id: v for v in report.verdicts})


@cache
def all_marked() -> tuple[Marked, ...]:
    found = []
    for seed in range(PROBLEMS):
        random = Random(seed)
        style = STYLES[seed % len(STYLES)]
        text = problem_of(random, style)
        checker = Checker(tracer.load(text))
        for number, mutant in enumerate(mutants(random, text, style, EACH)):
            if one := marked(f"problem {seed}, mutant {number}", mutant, checker):
                found.append(one)
    return tuple(found)


def complain(faults: list[str], of: int) -> None:
    assert not faults, f"{len(faults)} of {of}:\n" + "\n".join(faults[:12])


def test_the_student_works_as_the_reference_does() -> None:
    for seed in range(0, PROBLEMS, 5):
        problem = problem_of(Random(seed), STYLES[seed % len(STYLES)])
        expected = reference.solve(problem, dps=30)
        rules = student.working(problem)
        right = student.work(rules, EXACT)
        for name in answerable(rules):
            difference = right.exact[name] - reference.exactly(expected[name])
            assert abs(difference) < Fraction(1, 10**20), (seed, name)


def test_there_are_enough_of_each_kind() -> None:
    kinds = Counter(one.mutant.mistake.code for one in all_marked())
    assert kinds.total() >= 1500
    assert min(kinds.values()) >= 5, kinds
    assert len(kinds) >= 40


def test_the_root_is_located() -> None:
    faults = [
        one.said(name)
        for one in all_marked()
        for name in one.roots
        if one.verdicts[name].code != "wrong"
    ]
    complain(faults, len(all_marked()))


def test_what_follows_is_never_wrong() -> None:
    faults = [
        one.said(name)
        for one in all_marked()
        for name, verdict in one.verdicts.items()
        if name in one.fair.codes and name not in one.roots and one.is_settled(name)
        if verdict.code == "wrong"
    ]
    complain(faults, len(all_marked()))


def test_every_verdict_is_that_of_a_fair_marker() -> None:
    faults = [
        one.said(name)
        for one in all_marked()
        for name, code in one.fair.codes.items()
        if one.verdicts[name].code != code and one.is_settled(name)
    ]
    complain(faults, len(all_marked()))


def test_carried_values_name_the_root() -> None:
    faults = [
        one.said(name) + f", roots {verdict.roots}"
        for one in all_marked()
        for name, verdict in one.verdicts.items()
        if verdict.code == "carried" and not set(verdict.roots) <= set(one.roots) | one.fair.close
    ]
    complain(faults, len(all_marked()))


def test_the_mistake_is_among_the_first_two_named() -> None:
    faults = []
    for one in all_marked():
        for name in one.roots:
            named = [diagnosis.code for diagnosis in one.verdicts[name].diagnoses[:2]]
            # who else gives the same number takes long to find out, and is rarely needed
            if one.mutant.mistake.code not in named and aliases(one.mutant, name).isdisjoint(named):
                faults.append(one.said(name))
    complain(faults, len(all_marked()))


def confusion(found: tuple[Marked, ...]) -> dict[str, Counter[str]]:
    """For each mistake how often which was named first, at the first place of each mutant."""
    matrix: dict[str, Counter[str]] = {}
    for one in found:
        named = [diagnosis.code for diagnosis in one.verdicts[one.roots[0]].diagnoses]
        row = matrix.setdefault(one.mutant.mistake.code, Counter())
        row[named[0] if named else NONE] += 1
    return matrix


def page_of(matrix: dict[str, Counter[str]]) -> str:
    """The matrix in Markdown, its many zeros left out."""
    total = sum(row.total() for row in matrix.values())
    first = sum(row[code] for code, row in matrix.items())
    percent = 100 * first / total
    lines = [
        "# Which mistake is named for which",
        "",
        "Written by `pytest tests/test_mutants.py --regenerate`. Each of these mistakes was made",
        f"in random problems, {total:,} times in all: one mistake at a time, at one place or",
        "everywhere, and everything after it worked out from it, with fractions, to 3 significant",
        "figures, to 4 decimals, rounded at the end, with a decimal comma or with powers of ten.",
        f"`check` found all of them where they were made; {first:,} times ({percent:.1f} %) it was",
        "the mistake that was made which it named first. Else another one gives the same number,",
        "or one that the digits on paper do not tell from it.",
        "",
        "| made | times | named first | another named first |",
        "|---|---:|---:|---|",
    ]
    for code in sorted(matrix):
        row = matrix[code]
        others = sorted((-count, name) for name, count in row.items() if name != code)
        told = ", ".join(f"{name} {-count}" for count, name in others)
        lines.append(f"| {code} | {row.total()} | {row[code]} | {told} |")
    return "\n".join([*lines, ""])


def test_the_confusion_matrix_is_the_one_in_docs(page: Callable[[str, str], None]) -> None:
    text = page_of(confusion(all_marked()))
    print(text)
    page("docs/confusion.md", text)


@settings(max_examples=25, deadline=None, derandomize=True)
@given(st.integers(1000, 10**9), st.sampled_from(STYLES))
def test_other_problems(seed: int, style: student.Style) -> None:
    """Chosen by hypothesis."""
    random = Random(seed)
    text = problem_of(random, style)
    checker = Checker(tracer.load(text))
    for mutant in mutants(random, text, style, 2):
        one = marked(f"seed {seed}", mutant, checker)
        if one is None:
            continue
        for name, code in one.fair.codes.items():
            assert one.verdicts[name].code == code or not one.is_settled(name), one.said(name)
        for name in one.roots:
            named = {diagnosis.code for diagnosis in one.verdicts[name].diagnoses[:2]}
            assert mutant.mistake.code in named or named & aliases(mutant, name), one.said(name)
