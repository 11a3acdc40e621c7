"""CSV: a row for each verdict, for spreadsheets, which must not take any of it for a formula."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence

from tracer.marking.verdicts import CODES
from tracer.reports import Job, Marked
from tracer.reports.content import explained_plain, literal
from tracer.reports.json import number

_HEAD = (
    *("submission", "id", "code", "given", "expected", "follows", "points", "of", "coarse"),
    *("roots", "diagnosis", "text", "where", "reason"),
)
_LONGEST = 500
# what spreadsheets begin a formula with, also in the width of East Asian letters
_FORMULA = tuple("=+-@|%\t＝＋－＠")
_NUMBER = re.compile(r"-?\d+(?:[.,]\d+)?(?:e[+-]?\d+)?", re.ASCII | re.IGNORECASE)


def render(job: Job) -> str:
    """The verdicts of all reports; several roots, diagnoses and texts have " | " between them."""
    return _table(_HEAD, (row for report in job.reports for row in _rows(report)))


def overview(job: Job) -> str:
    """A row for each submission."""
    head = ("submission", *CODES, "equations", "points", "of")
    rows = (
        [
            report.submission.name,
            *(report.summary[code] for code in CODES),
            len(report.equations),
            number(report.points),
            number(report.of),
        ]
        for report in job.reports
    )
    return _table(head, rows)


def _rows(report: Marked) -> Iterable[Sequence[object]]:
    for verdict in report.verdicts:
        said = [explained_plain(report.worked, verdict, one) for one in verdict.diagnoses]
        yield [
            report.submission.name,
            verdict.id,
            verdict.code,
            verdict.given,
            verdict.expected,
            verdict.follows,
            number(verdict.points),
            number(verdict.of),
            "yes" if verdict.coarse else "",
            " | ".join(verdict.roots),
            " | ".join(one.code for one in verdict.diagnoses),
            " | ".join(said),
            verdict.where,
            verdict.reason,
        ]


def _table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(head)
    writer.writerows([_cell(value) for value in row] for row in rows)
    return file.getvalue()


def _cell(value: object) -> object:
    if not isinstance(value, str):
        return value
    text = literal(value, _LONGEST)
    if text.startswith(_FORMULA) and not _NUMBER.fullmatch(text):
        return f"'{text}"
    return text
