"""JSON: the verdicts for other programs. Versioned by ``schema``."""

from __future__ import annotations

import json
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from tracer.answers.submission import Link
from tracer.derivation.quantity import addressed
from tracer.marking.verdicts import Diagnosis, Verdict
from tracer.reports import Job, Marked
from tracer.reports.class_view import frequent
from tracer.reports.content import explained_plain
from tracer.typeset import LatexPrinter

SCHEMA = 1
# what somebody wrote is cut here
_LONGEST = 1_000


def render(job: Job) -> str:
    """The report: ``{"schema": 1, "summary": {…}, "verdicts": […], "equations": […]}``.

    ``points`` are earned ``of`` those that there are. Of several reports an object with the list
    ``submissions`` of such, the files that were ``refused``, each with the ``error``, and
    ``faults``, the most frequent first.
    """
    if not job.is_class:
        return dumped({"schema": SCHEMA} | _report(job.report))
    return _class(job, [_report(report) for report in job.reports])


def overview(job: Job) -> str:
    """The class: of each submission what it is summed up to, and the most frequent faults."""
    return _class(job, [_summary(report) for report in job.reports])


def _class(job: Job, submissions: list[dict[str, Any]]) -> str:
    refused = [{"submission": cut(name), "error": cut(reason)} for name, reason in job.refused]
    found = {"schema": SCHEMA, "submissions": submissions, "refused": refused}
    return dumped(found | {"faults": _often(job.reports)})


def dumped(document: Any) -> str:
    """JSON whose strings have no character that could hide or turn round what is shown."""
    text = json.dumps(document, ensure_ascii=False, indent=1)
    if text.replace("\n", "").isprintable():
        return text + "\n"
    return "".join(c if c.isprintable() or c == "\n" else json.dumps(c)[1:-1] for c in text) + "\n"


def number(value: Fraction) -> int | float:
    """Points as a JSON number."""
    return int(value) if value.denominator == 1 else round(float(value), 6)


def cut(text: str) -> str:
    """What somebody wrote, with its end left out where it is very long."""
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def _summary(report: Marked) -> dict[str, Any]:
    return {
        "submission": cut(report.submission.name),
        "title": report.problem.title,
        "summary": dict(report.summary),
        "points": number(report.points),
        "of": number(report.of),
    }


def _report(report: Marked) -> dict[str, Any]:
    printer = LatexPrinter(report.worked.symbols, 0)
    return _summary(report) | {
        "verdicts": [_verdict(report, printer, verdict) for verdict in report.verdicts],
        "equations": [_link(link) for link in report.equations],
        "remarks": [_link(link) for link in report.remarks],
        "unknown": [
            {"where": cut(fault.where), "text": cut(fault.message)}
            for fault in report.submission.unknown
        ],
    }


def _verdict(report: Marked, printer: LatexPrinter, verdict: Verdict) -> dict[str, Any]:
    said = [_diagnosis(report, verdict, diagnosis) for diagnosis in verdict.diagnoses]
    return {
        "id": verdict.id,
        "latex": printer.line(addressed(report.worked, verdict.id)),
        "code": verdict.code,
        "given": None if verdict.given is None else cut(verdict.given),
        "expected": verdict.expected,
        "follows": verdict.follows,
        "coarse": verdict.coarse,
        "roots": list(verdict.roots),
        "diagnosis": said[0] if said else None,
        "diagnoses": said,
        "points": number(verdict.points),
        "of": number(verdict.of),
        "where": cut(verdict.where),
        "reason": cut(verdict.reason),
    }


def _diagnosis(report: Marked, verdict: Verdict, diagnosis: Diagnosis) -> dict[str, Any]:
    text = explained_plain(report.worked, verdict, diagnosis)
    return {"code": diagnosis.code, "text": text, "place": diagnosis.place}


def _link(link: Link) -> dict[str, Any]:
    return {
        "id": link.id or None,
        "left": cut(link.left),
        "right": cut(link.right),
        "text": cut(link.text),
        "where": cut(link.where),
    }


def _often(reports: Sequence[Marked]) -> list[dict[str, Any]]:
    return [
        {"id": one.id, "code": one.code or None, "times": one.count, "text": one.plain or None}
        for one in frequent(reports)
    ]
