"""A finished document as a submission: what it states, and every link that does not hold."""

from __future__ import annotations

from tracer.answers.submission import Link, Submission
from tracer.documents.columns import read_table
from tracer.documents.datasets import check_data, is_data
from tracer.documents.facts import Facts
from tracer.documents.grids import Grids
from tracer.documents.links import Checker
from tracer.documents.names import Names
from tracer.documents.pieces import Document, Formula, Heading, Prose, Table
from tracer.documents.placing import Placing
from tracer.documents.products import check_products
from tracer.problem import AnyProblem, Problem
from tracer.trace import Trace


def read_statements(document: Document, problem: AnyProblem, trace: Trace) -> Submission:
    """What ``document`` states of the quantities of a problem.

    The first plain number that is given for a quantity is the answer; what comes later is checked
    against it. What names a quantity and can't be placed is told; all else is left alone.
    """
    if isinstance(problem, Problem) and not problem.has_data:
        return Submission(document.name, {}, source=document.text)
    names = Names(problem, trace)
    facts = Facts(problem, trace, names)
    placing = Placing(document, names, facts)
    grids = Grids(placing)
    placing.elsewhere = grids.place
    links: list[Link] = []
    tables: list[Table] = []
    for piece in document.pieces:
        match piece:
            case Formula() if is_data(piece):
                placing.rows.flush()
                links += check_data(placing.stating, piece)
            case Formula():
                placing.rows.formula(piece)
            case Heading():
                placing.rows.flush()
                placing.section.heading(piece)
            case Prose():
                if placing.rows.goes_on(piece):
                    continue
                placing.rows.flush()
                placing.section.prose(piece)
            case Table():
                placing.rows.flush()
                read_table(placing, piece)
                tables.append(piece)
    placing.rows.flush()
    answers = placing.stating.answers
    facts.lay_over(
        {name: answer.reading for name, answer in answers.items() if answer.reading is not None}
    )
    links += [*placing.stating.links, *Checker(placing).links(), *grids.links()]
    for table in tables:
        links += check_products(placing, table)
    links.sort(key=lambda link: link.span.start if link.span else 0)
    unplaced = tuple(placing.stating.unplaced)
    return Submission(document.name, answers, unplaced, tuple(links), document.text)
