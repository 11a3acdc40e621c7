"""Verdicts into reports: one short module per format.

To add a format, add a module with ``render(job) -> str`` and a row here; its name also stands in
:mod:`tracer.commands.check`, which must not load this package to print its help. Formats that
people read share `content`, which says everything in their order and in words; what students
wrote is `content.Given` there, and each format escapes it for where it lands.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from importlib import import_module
from pathlib import Path
from typing import Protocol

from tracer.answers.submission import Link, Submission
from tracer.errors import Fault, InputError, did_you_mean
from tracer.marking.verdicts import Verdict
from tracer.problem import AnyProblem
from tracer.solved import Worked

# format: the endings that mean it; what the last two write is JSON, but not ours
FORMATS: dict[str, tuple[str, ...]] = {
    "text": (".txt",),
    "markdown": (".md", ".markdown"),
    "html": (".html", ".htm"),
    "json": (".json",),
    "csv": (".csv",),
    "gradescope": (),
    "prairielearn": (),
}
ONE_DOCUMENT = ("text", "markdown", "json", "csv")
"""The formats that may have the reports on several submissions in one document."""
OVERVIEWS = ("text", "markdown", "html", "json", "csv")
"""The formats that have an overview of a class."""


class Marked(Protocol):
    """What a format needs of a report; `tracer.checking.Report` has it."""

    @property
    def worked(self) -> Worked:
        """The problem with its trace and its printed values."""

    @property
    def submission(self) -> Submission:
        """What was handed in."""

    @property
    def problem(self) -> AnyProblem:
        """The problem."""

    @property
    def verdicts(self) -> tuple[Verdict, ...]:
        """One per quantity, in the order of the solution."""

    @property
    def summary(self) -> Mapping[str, int]:
        """How many verdicts have each code."""

    @property
    def faults(self) -> Sequence[Verdict]:
        """The verdicts at which a fault starts."""

    @property
    def equations(self) -> Sequence[Link]:
        """The links of a document that do not hold."""

    @property
    def remarks(self) -> Sequence[Link]:
        """The links whose labels can't be meant."""

    @property
    def points(self) -> Fraction:
        """The points earned."""

    @property
    def of(self) -> Fraction:
        """The points that there are."""

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""


def plain(_code: str, text: str) -> str:
    """Text without colours."""
    return text


@dataclass(frozen=True, slots=True)
class Job:
    """What a format gets: the reports, and the options of formats.

    ``width`` is the line length of plain text, ``paint`` gives its marks the colour of a verdict's
    code. ``flavour``: how Markdown marks its maths. ``templates``: a folder whose files replace
    the built-in templates of the same name. ``refused``: the names of files that could not be used,
    each with the reason.
    """

    reports: Sequence[Marked]
    width: int = 80
    paint: Callable[[str, str], str] = plain
    flavour: str = "github"
    templates: Path | None = None
    refused: Sequence[tuple[str, str]] = ()

    @property
    def is_class(self) -> bool:
        """Whether several submissions were named, even if only one could be used."""
        return len(self.reports) + len(self.refused) > 1

    @property
    def report(self) -> Marked:
        """The report, where it is on one submission."""
        (report,) = self.reports
        return report


def render(name: str, job: Job) -> str:
    """The report in the format ``name``, or several of `ONE_DOCUMENT` with an overview.

    Raises InputError where there is no such format.
    """
    return _filled(name, "render", FORMATS, job)


def overview(name: str, job: Job) -> str:
    """What a class did, in one of the `OVERVIEWS`: a row for each, and the usual mistakes."""
    return _filled(name, "overview", OVERVIEWS, job)


def _filled(
    name: str, function: str, formats: Sequence[str] | Mapping[str, object], job: Job
) -> str:
    if name not in formats:
        known = ", ".join(formats)
        message = f"no format {name!r} of reports; use one of {known}{did_you_mean(name, formats)}"
        raise InputError(Fault("to", message, argument=True))
    # imported only now: each run pays for its own format alone
    document: str = getattr(import_module(f"tracer.reports.{name}"), function)(job)
    return document
