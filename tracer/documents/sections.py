"""Sections of a document: which step they are about, and of which sample their equations are."""

from __future__ import annotations

import re

from tracer import ids
from tracer.documents.facts import Facts
from tracer.documents.names import Names
from tracer.documents.pieces import Formula, Heading, Prose

_STEP = re.compile(
    r"\b(after|of|in|at|for)?\s*(?:step|iteration|update|epoch)\s+([0-9]{1,9})\b", re.I
)
_INITIAL = re.compile(r"\b(?:initial|initially|before|forward)\b", re.I)
_UPDATED = re.compile(
    r"\b(?:updated|new)\b|\bafter (?:the |an? |one )(?:update|step|iteration|descent)\b", re.I
)
_FORWARD = re.compile(r"\bforward\b", re.I)
_CHECK = re.compile(r"check(?:ing)?", re.I)
_PRACTICE = re.compile(r"practice|exercises?", re.I)
_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth")
_ROW = re.compile(
    rf"\b(?:({'|'.join(_ORDINALS)})\s+(?:row|sample)|(?:row|sample)\s+([0-9]{{1,4}}))\b", re.I
)
_SENTENCE = re.compile(r"\n[ \t]*\n|[.;:!?]\s")
_WORD_OF_LOSS = re.compile(r"\b(?:loss|error|cost)\b", re.I)
_AFTER = re.compile(rf"[`$\\)\s,]*(?:at|for|of|in)\s+(?:the\s+)?{_ROW.pattern}", re.I)
# how much of its paragraph is looked at before and after what stands in running text
_NEAR, _BESIDE = 200, 40


class Section:
    """Where a walk through a document stands.

    ``step`` updates have been made; ``is_after``: the section is about the model after them, and
    works out no further ones. ``made``: so many has the document stated so far. ``subject`` is what
    an equation without left side states.
    """

    def __init__(self, names: Names, facts: Facts) -> None:
        self.facts = facts
        self.is_graph = names.is_graph
        self.steps = names.trace.steps
        self.loss = _bare(names.spoken(ids.LOSS))
        self.step = 0
        self.is_after = False
        self.made = 0
        self.subject: str | None = None
        self.is_about_loss = False
        self.sample: int | None = None

    def heading(self, piece: Heading) -> None:
        """Which step a section is about, and whether it is about the loss."""
        text, self.sample = piece.text, None
        found = _STEP.search(text)
        if found:
            self.is_after = (found[1] or "").lower() == "after"
            self.step = max(int(found[2]) - (not self.is_after), 0)
        elif _CHECK.fullmatch(text.strip()):
            self.step, self.is_after = 0, False  # of what was derived first
        elif _PRACTICE.fullmatch(text.strip()):
            self.step, self.is_after = self.steps, True  # of what no update uses any more
        elif _FORWARD.search(text) and self.made > self.step:
            self.updated()
        elif _INITIAL.search(text):
            self.step, self.is_after = 0, False
        elif _UPDATED.search(text) and self.steps:
            self.step, self.is_after = max(self.step, self.made, 1), True
        plain = _bare(text)
        is_named = self.loss and re.search(rf"(?<!\w){re.escape(self.loss)}(?!\w)", plain)
        self.is_about_loss = bool(is_named or _WORD_OF_LOSS.search(plain))
        self.subject = ids.LOSS if self.is_about_loss and not self.is_graph else None

    def updated(self) -> None:
        """From here on it is about the model after the updates that have been stated."""
        self.step, self.is_after = self.made, True

    def prose(self, piece: Prose) -> None:
        """Running text may say of which sample the next equations are."""
        found = _ROW.search(piece.text)
        self.sample = None
        if found is not None:
            self.sample = self.known(_number(found))

    def inline(self, piece: Formula, text: str) -> tuple[int | None, bool]:
        """Of which sample what stands in running text is, and whether it is a new value.

        The sample is the one that is named right after it, else the last before it in its sentence.
        """
        after = _AFTER.match(text[piece.stop : piece.stop + _BESIDE])
        before = _SENTENCE.split(text[max(0, piece.start - _NEAR) : piece.start])[-1]
        found = after or next(iter(reversed([*_ROW.finditer(before)])), None)
        is_new = self.steps > 0 and bool(_UPDATED.search(before[-_BESIDE:]))
        return (None if found is None else self.known(_number(found)), is_new)

    def known(self, sample: int) -> int | None:
        """A sample, None where the problem has no such."""
        return sample if sample in self.facts.every else None


def _number(row: re.Match[str]) -> int:
    return int(row[2]) if row[2] else _ORDINALS.index(row[1].lower()) + 1


def _bare(text: str) -> str:
    return re.sub(r"\\[A-Za-z]+\s*|[${}`]", "", text)
