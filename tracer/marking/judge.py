"""Verdicts: every answer against the truth and against what follows from the student's own values.

One pass of the overlay says what follows; then the quantities are gone through in the order of
the trace, so that whatever a verdict goes back to has its own already.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from flint import arb, ctx, fmpq

from tracer.answers.submission import Answer, Reading
from tracer.domains import settled
from tracer.marking.fair import in_force, is_coarse, is_excluded, stands_for
from tracer.marking.prepared import Prepared
from tracer.marking.verdicts import Diagnosis, Verdict
from tracer.marking.view import View
from tracer.policy import Precision
from tracer.rounding import Undecided, half_unit, shown

TOO_COARSE = "too_coarse"
"""The diagnosis of a value that is right as far as it goes, where more digits are required."""

WITHHELD = "an earlier mistake leaves nothing to work out here, so it earns no points"

# beyond it the digits of a float are not those of its value
_LARGEST_FLOAT_TEXT = 1e6
_NONE, _FULL = Fraction(0), Fraction(1)
# how many faults a value is tried without, where a student used the right value after all
_MOST_TRIED = 4
# and how many different faults in all: each takes a run over the whole trace
_MOST_PUT_RIGHT = 24


def judge(prepared: Prepared, answers: Mapping[str, Answer]) -> tuple[tuple[Verdict, ...], View]:
    """The verdicts on ``answers``, in the order of the solution, without diagnoses yet.

    What is given is judged only where it was copied wrongly.
    """
    with ctx.workprec(64):
        return _Judge(prepared, answers).verdicts()


class _Judge:
    """One submission being gone through; nothing outlives it."""

    def __init__(self, prepared: Prepared, answers: Mapping[str, Answer]) -> None:
        self.prepared = prepared
        self.answers = answers
        share = prepared.problem.check.follow_through
        self.share = _FULL if share == 1 else share
        self.right: set[str] = set()
        self.wrong: set[str] = set()
        self.tainted: set[str] = set()  # what is wrong, or goes back to it
        self.origins: dict[str, tuple[str, ...]] = {}
        self.found: dict[str, Verdict] = {}
        self.laid: dict[str, arb] = {}
        for name, answer in answers.items():
            reading, true = answer.reading, prepared.true.get(name)
            if reading is None or true is None:
                continue
            if reading.value == true and not answer.differs:  # the usual case, which must be fast
                self.right.add(name)
                self.laid[name] = prepared.balls[name]
                of = prepared.points.get(name, _NONE)
                given, where = answer.given, answer.where
                self.found[name] = Verdict(
                    name, "correct", given, prepared.expected[name], where=where, points=of, of=of
                )
                continue
            is_right = self._is_right(name, reading, true)
            if is_right:
                self.right.add(name)
            force = in_force(reading, true if is_right else None)
            self.laid[name] = force if isinstance(force, arb) else arb(force)
        self.follows = prepared.overlays[0].follows(self.laid)
        self.otherwise: list[Mapping[str, Any]] | None = None
        self.put_right: dict[str, list[Mapping[str, Any]]] = {}

    def _is_right(self, name: str, reading: Reading, true: fmpq | arb) -> bool:
        if self.answers[name].differs:
            return False
        if not stands_for(reading, true):
            # rounded at each step, the solution prints what is not the true value's rounding
            printed = self.prepared.printed.get(name)
            if printed is None or printed.number.value != reading.value:
                return False
            if reading.decimals == 0:  # zeros before the point fill a number up to its size
                return True
            # what is its rounding has been written with more digits than it has, all of them 0
            precision = self.prepared.precision(name)
            away: Any = abs(true - reading.value)
            return not away <= half_unit(reading.value, precision)
        return not self._is_excluded(name, reading, true)

    def _is_excluded(self, name: str, reading: Reading, value: Any) -> bool:
        return is_excluded(reading, value, self.prepared.precision(name), self._old(name))

    def _old(self, name: str) -> fmpq | None:
        """The weight that an update replaces, as the student has it."""
        before = self.prepared.old.get(name)
        if before is None:
            return None
        answer = self.answers.get(before)
        if answer is not None and answer.reading is not None:
            return answer.reading.value
        found = self.prepared.true[before]
        return found if isinstance(found, fmpq) else None

    def verdicts(self) -> tuple[tuple[Verdict, ...], View]:
        """Every verdict in the order of the solution, and what diagnosis needs to see."""
        prepared, answers, found = self.prepared, self.answers, self.found
        for name, answer in answers.items():
            if name in prepared.uses or name in self.right or name not in prepared.true:
                continue
            if answer.reading is None:  # of what is given
                found[name] = self._verdict(name, "unreadable", reason=answer.reason)
            else:
                self.wrong.add(name)
                self.tainted.add(name)
                found[name] = self._verdict(name, "wrong")
        tainted, right = self.tainted, self.right
        for name, uses in prepared.uses.items():
            if tainted and not tainted.isdisjoint(uses):
                self.origins[name] = self._roots(uses)
                tainted.add(name)
            if name in answers:
                if name not in found:
                    found[name] = self._judged(name, answers[name])
                if name in self.wrong:
                    tainted.add(name)
                elif name in right:
                    tainted.discard(name)
        # what is given is told only where it was copied wrongly, or can't be read
        ordered = [
            found[name]
            for name in answers
            if name in found and name not in prepared.uses and name not in self.right
        ]
        for name in prepared.answerable:
            if name in found:
                ordered.append(found[name])
            elif name in prepared.points:
                ordered.append(self._verdict(name, "missing"))
        answered = frozenset([name for name, own in answers.items() if own.reading is not None])
        all_right = frozenset(self.right)
        view = View(prepared, answers, answered, all_right, self.follows, self.origins)
        return tuple(ordered), view

    def _roots(self, uses: tuple[str, ...]) -> tuple[str, ...]:
        """The wrong answers that a rule goes back to, also through what was not handed in."""
        found: list[str] = []
        for arg in uses:
            if arg in self.wrong:
                found.append(arg)
            elif arg in self.tainted:
                found += self.origins[arg]
        return tuple(dict.fromkeys(found))

    def _judged(self, name: str, answer: Answer) -> Verdict:
        reading = answer.reading
        if reading is None:
            return self._verdict(name, "unreadable", reason=answer.reason)
        if name in self.right:
            return self._right_verdict(name, reading, self.prepared.true[name])
        roots = self.origins.get(name, ())
        value = self._following(name, reading)
        if value is not None:
            if not roots:
                self.right.add(name)
                return self._right_verdict(name, reading, value)
            return self._carried(name, reading, roots)
        used = self._used_after_all(name, reading, roots)
        if used:
            return self._carried(name, reading, used)
        self.wrong.add(name)
        # 0.000 for 0.0004: no mistake in the reckoning, but nothing of the value is left
        is_nothing = not reading.value and bool(reading.decimals)
        if is_nothing and stands_for(reading, self.prepared.true[name]):
            return self._verdict(name, "wrong", diagnoses=(Diagnosis(TOO_COARSE, name),))
        return self._verdict(name, "wrong")

    def _following(self, name: str, reading: Reading) -> Any:
        """What follows from the student's own values in a way that fits the number, or None."""
        if self.answers[name].differs:
            return None
        if self._can_follow(name, reading, self.follows[name]):
            return self.follows[name]
        if self.otherwise is None:  # worked out by other forms of the rules, which most never need
            others = self.prepared.overlays[1:]
            self.otherwise = [other.follows(self.laid) for other in others]
        values = (other[name] for other in self.otherwise)
        return next((value for value in values if self._can_follow(name, reading, value)), None)

    def _can_follow(self, name: str, reading: Reading, value: Any) -> bool:
        return stands_for(reading, value) and not self._is_excluded(name, reading, value)

    def _used_after_all(
        self, name: str, reading: Reading, roots: tuple[str, ...]
    ) -> tuple[str, ...]:
        """The faults that a value follows from if one of several was put right in between."""
        if len(roots) < 2 or len(roots) > _MOST_TRIED:
            return ()
        for root in roots:
            for follows in self._without(root):
                if self._can_follow(name, reading, follows[name]):
                    return tuple(other for other in roots if other != root)
        return ()

    def _without(self, root: str) -> list[Mapping[str, Any]]:
        """What follows where one fault is put right; nothing once that was asked of very many."""
        found = self.put_right.get(root)
        if found is None:
            if len(self.put_right) == _MOST_PUT_RIGHT:
                return []
            laid = self.laid | {root: self.prepared.balls[root]}
            found = [overlay.follows(laid) for overlay in self.prepared.overlays]
            self.put_right[root] = found
        return found

    def _right_verdict(self, name: str, reading: Reading, value: Any) -> Verdict:
        if not is_coarse(reading, value, self.prepared.precision(name)):
            return self._verdict(name, "correct", share=_FULL)
        if self.prepared.problem.check.require_digits:
            return self._verdict(name, "wrong", diagnoses=(Diagnosis(TOO_COARSE, name),))
        return self._verdict(name, "correct", share=_FULL, coarse=True)

    def _carried(self, name: str, reading: Reading, roots: tuple[str, ...]) -> Verdict:
        true = self.prepared.true[name]
        # a dead ReLU or an error of 0 leaves no work, nor does a weight that then stays
        is_trivial = reading.value != true and reading.value in (0, self._old(name))
        share = _NONE if is_trivial else self.share
        reason = WITHHELD if is_trivial and name in self.prepared.points else ""
        return self._verdict(name, "carried", share=share, roots=roots, reason=reason)

    def _verdict(
        self,
        name: str,
        code: str,
        share: Fraction = _NONE,
        coarse: bool = False,
        roots: tuple[str, ...] = (),
        diagnoses: tuple[Diagnosis, ...] = (),
        reason: str = "",
    ) -> Verdict:
        answer = self.answers.get(name)
        of = self.prepared.points.get(name, _NONE)
        follows = self._what_follows(name) if code in ("wrong", "carried") else None
        given, where = (None, "") if answer is None else (answer.given, answer.where)
        points = of if share is _FULL else share * of if share is not _NONE else _NONE
        return Verdict(
            name,
            code,
            given,
            self.prepared.expected[name],
            follows,
            coarse,
            roots,
            diagnoses,
            reason,
            where,
            points,
            of,
        )

    def _what_follows(self, name: str) -> str | None:
        """What the rule gives from the student's own values, where that is not what is expected."""
        if not self.origins.get(name):
            return None
        text = _middle(self.follows[name], self.prepared.precision(name))
        return None if text == self.prepared.expected[name] else text


def _middle(value: Any, precision: Precision) -> str | None:
    """The middle of what may follow, to the asked digits; None where there is no such number."""
    if isinstance(value, arb):
        if not value.is_finite():
            return None
        value = value.mid()
    near, digits = float(value), precision.count
    is_plain = not precision.significant and not precision.at_least and digits
    # the middle of a ball proves no digit, so those of a float do where it has enough of them
    if is_plain and 10.0 ** (1 - digits) < abs(near) < _LARGEST_FLOAT_TEXT:
        return f"{near:.{digits}f}".rstrip("0").rstrip(".")
    try:
        return shown(settled(value) if isinstance(value, arb) else fmpq(value), precision).text
    except Undecided:  # beyond any number that a page would show
        return None
