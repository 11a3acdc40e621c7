"""PrairieLearn's results of an external grader: a share of the points, a test for each value."""

from __future__ import annotations

import json
from fractions import Fraction
from typing import Any

from tracer.marking.verdicts import Verdict
from tracer.reports import Job, Marked
from tracer.reports.headline import headline
from tracer.reports.json import dumped, number
from tracer.reports.lines import document_lines, test_lines, test_name

# of the megabyte that is read, with room for what stands around the tests
_MOST_BYTES = 900_000
_MOST_ERRORS = 100


def render(job: Job) -> str:
    """``{"gradable", "score", "message", "tests": [{"name", "points", "max_points", "message"}]}``.

    ``score`` is from 0 to 1. Where nothing could be read it is not gradable, so that no attempt is
    lost, and ``format_errors`` say why.
    """
    report = job.report
    answered = [verdict for verdict in report.verdicts if verdict.code != "missing"]
    unreadable = [verdict for verdict in answered if verdict.code == "unreadable"]
    found: dict[str, Any] = {"gradable": True, "score": _share(report), "message": headline(report)}
    if len(unreadable) == len(answered) and not report.equations:
        found |= {"gradable": False, "score": 0, "format_errors": _errors(report, unreadable)}
        return dumped(found)
    output = list(document_lines(report))
    if output:
        found["output"] = "\n".join(output[:_MOST_ERRORS])
    return dumped(found | {"tests": _tests(report)})


def _share(report: Marked) -> int | float:
    if report.of:
        return number(min(Fraction(1), report.points / report.of))
    return int(not report.faults)


def _errors(report: Marked, unreadable: list[Verdict]) -> list[str]:
    errors = [
        f"{test_name(report, verdict)}: {' '.join(test_lines(report, verdict))}"
        for verdict in unreadable
    ]
    return [*errors, *document_lines(report)][:_MOST_ERRORS] or [headline(report)]


def _tests(report: Marked) -> list[dict[str, Any]]:
    """A test for each value, as many as are read: of a very large problem the first."""
    tests: list[dict[str, Any]] = []
    room = _MOST_BYTES
    for verdict in report.verdicts:
        test = {
            "name": test_name(report, verdict),
            "points": number(verdict.points),
            "max_points": number(verdict.of),
            "message": "\n".join(test_lines(report, verdict)),
        }
        room -= len(json.dumps(test, indent=1)) + 8
        if room < 0:
            break
        tests.append(test)
    return tests
