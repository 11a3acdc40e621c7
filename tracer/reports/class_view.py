"""What a class did: a row for each submission, and the mistakes that were made most often."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tracer.marking.verdicts import Verdict
from tracer.outline.spoken import spoken
from tracer.reports import Job, Marked
from tracer.reports.content import (
    COUNTED,
    Group,
    Said,
    Section,
    explained,
    explained_plain,
    given,
    plural,
    score,
)
from tracer.solved import Worked

_MOST_FREQUENT = 10


@dataclass(frozen=True, slots=True)
class Frequent:
    """A mistake that ``count`` submissions have: at ``id``, most likely ``code``, "" if unknown.

    ``said`` explains it without the name of the quantity, ``plain`` with it.
    """

    id: str
    code: str
    count: int
    said: Said
    plain: str


def frequent(reports: Sequence[Marked]) -> Iterator[Frequent]:
    """The mistakes by how many made them, the most frequent first."""
    found: Counter[tuple[str, str]] = Counter()
    first: dict[tuple[str, str], tuple[Worked, Verdict]] = {}
    for report in reports:
        for verdict in report.faults:
            key = verdict.id, verdict.diagnoses[0].code if verdict.diagnoses else ""
            found[key] += 1
            first.setdefault(key, (report.worked, verdict))
    # of what is made as often, first what can be explained
    often = sorted(found.items(), key=lambda item: (-item[1], not item[0][1]))
    for (name, code), count in often[:_MOST_FREQUENT]:
        worked, verdict = first[name, code]
        said: Said = ("none of the usual mistakes",)
        plain = ""
        if verdict.diagnoses:
            said = explained(worked, verdict, verdict.diagnoses[0])
            plain = explained_plain(worked, verdict, verdict.diagnoses[0])
        yield Frequent(name, code, count, said, plain)


def title(job: Job) -> str:
    """``30 submissions: One hidden layer``."""
    names = {report.problem.title: None for report in job.reports}
    count = len(job.reports) + len(job.refused)
    return ": ".join([plural(count, "submission"), *filter(None, names)])


def overview_sections(job: Job) -> tuple[Section, ...]:
    """The class as sections of a report."""
    reports = job.reports
    codes = [code for code in COUNTED if any(report.summary[code] for report in reports)]
    scored = any(report.of for report in reports)
    head = ("submission", *(COUNTED[code] for code in codes), *["points"] * scored)
    rows = []
    for report in reports:
        row: list[Said] = [given(report.submission.name, 60)]
        row += [(f"{report.summary[code]:,}",) for code in codes]
        row += [(f"{score(report.points)} of {score(report.of)}",)] * scored
        rows.append(tuple(row))
    found = [Section("class", "Each submission", groups=(Group("", (), head, tuple(rows)),))]
    if job.refused:
        rows = [(given(name, 60), given(reason, 200)) for name, reason in job.refused]
        group = Group("", (), ("submission", "why"), tuple(rows))
        found.append(Section("refused", "Could not be used", groups=(group,)))
    often = list(frequent(reports))
    if often:
        worked = reports[0].worked
        rows = [(spoken(worked, one.id), (f"{one.count:,}",), one.said) for one in often]
        columns = ("value", "times", "most likely")
        group = Group("", (), columns, tuple(rows))
        found.append(Section("frequent", "The most frequent mistakes", groups=(group,)))
    return tuple(found)
