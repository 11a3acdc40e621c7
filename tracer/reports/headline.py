"""What a report begins with: whose it is, how many values are right, and what to do next."""

from __future__ import annotations

from tracer.outline.words import in_words
from tracer.reports import Marked
from tracer.reports.content import COUNTED, literal, plural, score
from tracer.reports.sections import further


def title(report: Marked) -> str:
    """``answers.toml: One hidden layer``."""
    parts = (literal(report.submission.name, 100), report.problem.title)
    return ": ".join(part for part in parts if part)


def counts(report: Marked) -> list[tuple[str, str]]:
    """Code and ``45 right`` for each code that there is."""
    return [
        (code, f"{report.summary[code]:,} {word}")
        for code, word in COUNTED.items()
        if report.summary[code]
    ]


def points(report: Marked) -> str:
    """``58.5 of 66 points``, or "" where the problem gives none."""
    if not report.of:
        return ""
    return f"{score(report.points)} of {score(report.of)} point{'' if report.of == 1 else 's'}"


def headline(report: Marked) -> str:
    """What there is to know first, in a sentence or two to the student."""
    n = report.summary
    total = sum(n.values())
    answered = total - n["missing"]
    if not answered:
        return _nothing(report, total)
    if n["wrong"]:
        return _mistakes(report, total)
    readable = answered - n["unreadable"]
    if not readable:
        return (
            "None of the values could be read, so nothing is marked, and nothing is counted as "
            "wrong."
        )
    if readable == total:
        found = "The value is right." if total == 1 else f"All {total:,} values are right."
    else:
        found = (
            "The one value that was read is right."
            if readable == 1
            else f"The {readable:,} values that were read are right."
            if report.equations
            else f"So far all is well: the {readable:,} values that were read are right."
        )
        if n["unreadable"]:
            found += f" {plural(n['unreadable'], 'value')} could not be read."
        if n["missing"]:
            found += f" {plural(n['missing'], 'value')} to go."
    if report.equations:
        return f"{found} But {_failing(len(report.equations), 'equation')}."
    return found + (" Well done!" if readable == total and not report.remarks else "")


def _nothing(report: Marked, total: int) -> str:
    if report.submission.unknown:
        return "Nothing that was handed in names a value of this problem; see below."
    if report.equations:
        return "No value is stated, and there are equations that do not come out; see below."
    return f"Nothing to mark yet: none of the {total:,} values is there."


def _mistakes(report: Marked, total: int) -> str:
    n = report.summary
    found = in_words(n["wrong"], "mistake").capitalize() + "."
    if n["carried"]:
        verb = "goes" if n["carried"] == 1 else "go"
        back = "it" if n["wrong"] == 1 else "them"
        more = in_words(n["carried"], "more value").capitalize()
        found += f" {more} only {verb} back to {back}."
    if n["correct"]:
        verb = "is" if n["correct"] == 1 else "are"
        found += f" {n['correct']:,} of {total:,} values {verb} right."
    if left := len(further(report)):
        found += f" {_failing(left, 'more equation').capitalize()}."
    if not n["correct"] and n["wrong"] > 1:
        found += (
            " Begin with the first: every value is worked out from others before it, so one put "
            "right often helps many."
        )
    return found


def _failing(number: int, noun: str) -> str:
    return f"{in_words(number, noun)} {'does' if number == 1 else 'do'} not come out"
