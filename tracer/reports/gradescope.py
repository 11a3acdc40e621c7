"""Gradescope's ``results.json``: a test for each value, with nothing that could be markup."""

from __future__ import annotations

from typing import Any

from tracer.marking.verdicts import Verdict
from tracer.reports import Job, Marked
from tracer.reports.headline import headline
from tracer.reports.json import dumped, number
from tracer.reports.lines import document_lines, test_lines, test_name

_STATUS = {"correct": "passed", "carried": "passed", "wrong": "failed", "missing": "failed"}


def render(job: Job) -> str:
    """``{"score", "output", "tests": [{"score", "max_score", "status", "name", "output"}]}``.

    A value that could not be read has no status: it is not counted as wrong.
    """
    report = job.report
    output = "\n".join([headline(report), *document_lines(report)])
    return dumped(
        {
            "score": number(report.points),
            "output": output,
            "output_format": "text",
            "test_output_format": "text",
            "test_name_format": "text",
            "tests": [_test(report, verdict) for verdict in report.verdicts],
            "extra_data": {"schema": 1, "summary": dict(report.summary)},
        }
    )


def _test(report: Marked, verdict: Verdict) -> dict[str, Any]:
    test = {
        "name": test_name(report, verdict),
        "score": number(verdict.points),
        "max_score": number(verdict.of),
        "output": "\n".join(test_lines(report, verdict)),
        "tags": [verdict.code],
    }
    # null is no status: a test without one leaves it out
    return test | ({"status": _STATUS[verdict.code]} if verdict.code in _STATUS else {})
