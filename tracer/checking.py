"""Marking on a page: answers in, read, judged against the trace, diagnosed; a report out."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from typing import Any

from tracer import reports
from tracer.answers.files import AnswerReader
from tracer.answers.submission import Link, Submission
from tracer.diagnosis.mutants import Mutants
from tracer.diagnosis.ranking import diagnose_all
from tracer.documents import notebook
from tracer.documents.formulas import Formulas
from tracer.documents.reader import ENDINGS, read_document
from tracer.documents.statements import read_statements
from tracer.graph_problem import GraphProblem
from tracer.marking.judge import judge
from tracer.marking.prepared import Prepared, prepare
from tracer.marking.verdicts import CODES, Verdict
from tracer.problem import AnyProblem
from tracer.renderers.shown import FLAVOUR
from tracer.solved import Solved, Worked
from tracer.solved_graph import SolvedGraph
from tracer.source import LARGEST, read_text
from tracer.trace import build


@dataclass(frozen=True, repr=False)
class Report:
    """What checking a submission found: a verdict on every quantity asked for or handed in.

    It is true where nothing is wrong, so that ``assert tracer.check(problem, answers)`` says in
    a notebook what is. ``worked`` has what the solution prints, by id.
    """

    worked: Worked
    submission: Submission
    verdicts: tuple[Verdict, ...]

    def __bool__(self) -> bool:
        return self.ok

    def __str__(self) -> str:
        return self.render()

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        """How a notebook shows it: as Markdown; HTML would hide it where that is written."""
        shown = self.render("markdown", flavour=FLAVOUR)
        return {"text/plain": str(self), "text/markdown": shown}

    def render(
        self,
        to: str = "text",
        *,
        width: int = 80,
        flavour: str = "github",
        templates: Path | None = None,
    ) -> str:
        """The report in a format: text, markdown, html, json, csv, gradescope or prairielearn."""
        job = reports.Job((self,), width, flavour=flavour, templates=templates)
        return reports.render(to, job)

    @property
    def ok(self) -> bool:
        """Whether no answer is wrong, and every equation of a document holds."""
        return not self.faults and not self.equations

    @property
    def problem(self) -> AnyProblem:
        """The problem."""
        return self.worked.problem

    @cached_property
    def summary(self) -> Mapping[str, int]:
        """How many verdicts there are with each code, in the order of `verdicts.CODES`."""
        found = dict.fromkeys(CODES, 0)
        for verdict in self.verdicts:
            found[verdict.code] += 1
        return found

    @property
    def faults(self) -> tuple[Verdict, ...]:
        """The wrong answers: where faults start."""
        return tuple(verdict for verdict in self.verdicts if verdict.code == "wrong")

    @property
    def equations(self) -> tuple[Link, ...]:
        """The links of a document that do not hold."""
        return tuple(link for link in self.submission.links if link.code == "wrong")

    @property
    def remarks(self) -> tuple[Link, ...]:
        """What is mislabelled in a document, without harm to its numbers."""
        return tuple(link for link in self.submission.links if link.code == "label")

    @property
    def points(self) -> Fraction:
        """The points that were earned."""
        return sum((verdict.points for verdict in self.verdicts), Fraction(0))

    @property
    def of(self) -> Fraction:
        """The points that there are."""
        return sum((verdict.of for verdict in self.verdicts), Fraction(0))


class Checker:
    """A problem ready to check any number of submissions, one after the other.

    Not in threads: the precision of python-flint's balls is one for the whole process.
    """

    def __init__(self, problem: AnyProblem) -> None:
        self.prepared: Prepared = prepare(problem)
        self.reader = AnswerReader(problem, self.prepared.trace)
        self.formulas = Formulas(problem, self.prepared.trace)
        self.mutants = Mutants(self.prepared.trace, problem)
        trace, printed = build(problem), self.prepared.printed
        if isinstance(problem, GraphProblem):
            self.worked: Worked = SolvedGraph(problem, trace, printed)
        else:
            self.worked = Solved(problem, trace, printed)

    def read(self, answers: str | os.PathLike[str] | Mapping[Any, Any]) -> Submission:
        """A file or a mapping as a submission: a document by its ending, else values by id."""
        if isinstance(answers, Mapping) or Path(answers).suffix.casefold() not in ENDINGS:
            return self.reader.read(answers)
        name, text = read_text(answers, "a document", LARGEST, links=False)
        document = read_document(name, text)
        found = read_statements(document, self.prepared.problem, self.worked.trace)
        if document.kind == "notebook":
            return self.reader.read_code(found, notebook.code(name, text))
        return found

    def check(self, answers: str | os.PathLike[str] | Mapping[Any, Any] | Submission) -> Report:
        """The report on a file, a mapping of answers by id, or what was read already."""
        submission = answers if isinstance(answers, Submission) else self.read(answers)
        verdicts, view = judge(self.prepared, self.formulas.worked_out(submission.answers))
        faults = [v.id for v in verdicts if v.code == "wrong" and not v.diagnoses]
        if faults:
            found = diagnose_all(view, faults, self.mutants)
            verdicts = tuple(
                v._replace(diagnoses=found[v.id]) if v.id in found else v for v in verdicts
            )
        return Report(self.worked, submission, verdicts)


def check(
    problem: AnyProblem, answers: str | os.PathLike[str] | Mapping[Any, Any] | Submission
) -> Report:
    """Check answers to a problem.

    ``answers``: a file, or a mapping of values by id. Raises InputError where it can't be read;
    for many submissions make one `Checker`.

    >>> import tracer
    >>> report = tracer.check(tracer.load(tracer.DECK), {"dloss/dw1[1,2]": "1.204"})
    >>> [verdict.id for verdict in report.faults]
    ['dloss/dw1[1,2]']
    """
    return Checker(problem).check(answers)
