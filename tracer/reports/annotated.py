"""A document written back with the findings of its report as notes."""

from __future__ import annotations

from collections.abc import Iterator

from tracer.documents.annotate import Mark, annotate
from tracer.documents.reader import read_document
from tracer.marking.verdicts import Verdict
from tracer.outline.spoken import spoken
from tracer.reports import Marked
from tracer.reports.content import Said, explanations, literal
from tracer.reports.views import Voice
from tracer.typeset import TextPrinter

_LONGEST = 400


def annotated(report: Marked, name: str, text: str) -> str:
    """``text``, the file that was checked, with a mark and a note at each finding."""
    return annotate(read_document(name, text), text, list(_marks(report)))


def _marks(report: Marked) -> Iterator[Mark]:
    voice = Voice(TextPrinter(report.worked.symbols, _LONGEST), str, str, str)
    for verdict in report.verdicts:
        answer = report.submission.answers.get(verdict.id)
        if answer is None or answer.span is None:
            continue
        note = _note(report, verdict)
        if note:
            span = answer.span
            yield Mark(span.start, span.stop, verdict.code, voice.say(note))
    for code, links in (("link", report.equations), ("label", report.remarks)):
        for link in links:
            if link.span is not None:
                text = literal(link.text, _LONGEST)
                yield Mark(link.span.start, link.span.stop, code, text)


def _note(report: Marked, verdict: Verdict) -> Said:
    """What a note says of a verdict; nothing of what is right or missing."""
    worked = report.worked
    head = (*spoken(worked, verdict.id), ": ")
    if verdict.code == "wrong":
        said: list[Said] = [(f"the solution has {verdict.expected}",)]
        if verdict.follows is not None:
            said.append((f"your own values give {verdict.follows}",))
        text = [*head, *_joined(said, "; "), ". "]
        return (*text, *_joined(list(explanations(worked, verdict)), " "))
    if verdict.code == "carried":
        roots = _joined([spoken(worked, root) for root in verdict.roots], ", ")
        return (*head, f"the solution has {verdict.expected}; yours goes back to ", *roots)
    if verdict.code == "unreadable":
        return (*head, literal(verdict.reason, _LONGEST))
    return ()


def _joined(texts: list[Said], sign: str) -> Said:
    found: list[Said] = []
    for text in texts:
        found += [(sign,), text] if found else [text]
    return tuple(piece for text in found for piece in text)
