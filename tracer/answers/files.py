"""Structured answers: TOML, JSON, CSV or a mapping from Python into a :class:`Submission`."""

from __future__ import annotations

import os
from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from tracer.answers.characters import Unread
from tracer.answers.code_cell import read_cell
from tracer.answers.csv_rows import read_rows
from tracer.answers.json_nodes import read_json
from tracer.answers.keys import is_answered
from tracer.answers.lookup import Names
from tracer.answers.nodes import Node, Odd, of_python, of_toml
from tracer.answers.structured import Complaint, Entry, entries
from tracer.answers.submission import Answer, Submission
from tracer.answers.values import reading
from tracer.domains import to_fmpq
from tracer.errors import Fault, count, printable
from tracer.given import given_values
from tracer.literals import Literal
from tracer.problem import AnyProblem
from tracer.source import from_text, read_text
from tracer.toml_scan import refused
from tracer.trace import Trace

LARGEST = 256 * 1024
MOST_ANSWERS = 5_000
MOST_KEYS = 1_000
"""In one table of TOML, whose parser takes time quadratic in them."""

ENDINGS = {".toml": "toml", ".json": "json", ".csv": "csv"}
_ENTRY_WANTED = 'not read; an answer is written "id": "value", each in a line of its own'
# a value of more is no number; a message shows its ends
_LONGEST_SHOWN = 500


class AnswerReader:
    """Reads answers to one problem; what it finds out about names it keeps for the next ones."""

    def __init__(self, problem: AnyProblem, trace: Trace) -> None:
        self.names = Names(problem, trace)
        self.comma = problem.numbers.decimal_comma
        self.exact = frozenset(map(to_fmpq, given_values(problem).values()))

    def read(self, source: str | os.PathLike[str] | Mapping[Any, Any]) -> Submission:
        """Answers from a file (``-``: standard input) or a mapping.

        Raises InputError where it can't be read; a value that can't is an answer with a reason.
        """
        if isinstance(source, Mapping):
            return self._mapping(source)
        name, text = read_text(source, "an answer file", LARGEST, links=False)
        kind = ENDINGS.get(Path(os.fsdecode(source)).suffix.lower())
        if kind is None and name != "<stdin>":
            known = ", ".join(ENDINGS)
            raise refused(name, f"answers are read from files with the endings {known}")
        return self.parse(text, name, kind or _kind(text))

    def parse(self, text: str, name: str, kind: str) -> Submission:
        """Answers from text: ``kind`` is toml, json or csv; ``name`` stands for it in messages."""
        text = text.removeprefix("\ufeff")
        if kind == "csv":
            return self._rows(text, name)
        if kind == "toml":
            source = from_text(text, name, MOST_KEYS)
            text, document = source.text, of_toml(source)
        else:
            document = read_json(text, name)
        if not isinstance(document.value, dict):
            raise refused(name, "must be a table of answers: an object with ids as keys")
        lines = [-1, *(at for at, character in enumerate(text) if character == "\n")]

        def place(at: int) -> str:
            line = bisect_right(lines, at - 1)
            return f"{name}:{line}:{at - lines[line - 1]}"

        return self._collected(name, entries((document,), self.names), place)

    def _mapping(self, mapping: Mapping[Any, Any]) -> Submission:
        known, comma, exact = self.names.known, self.comma, self.exact
        answers: dict[str, Answer] = {}
        for key, value in mapping.items():
            # the usual case, which must be fast: an id, its value as text
            own = known.get(key) if type(key) is str else None
            if own is None or type(value) is not str or own in answers:
                break
            if not is_answered(value):
                continue
            try:
                answers[own] = Answer(own, value, reading(value, comma, exact), "", own)
            except Unread as error:
                answers[own] = Answer(own, _shown(value), None, str(error), own)
        else:
            return Submission("the answers", answers)
        return self._collected(
            "the answers", entries((of_python(mapping),), self.names), lambda at: ""
        )

    def _rows(self, text: str, name: str) -> Submission:
        rows = (Node({row.name: Node(row.value, row.line)}) for row in read_rows(text, name))
        return self._collected(name, entries(rows, self.names), lambda line: f"{name}:{line}")

    def read_code(self, submission: Submission, cells: Iterable[str]) -> Submission:
        """A notebook's submission with the answers that its code cells write down besides."""
        for number, source in enumerate(cells, start=1):
            submission = self._cell(submission, source, f"{submission.name}: cell {number}, line ")
        return submission

    def _cell(self, submission: Submission, source: str, where: str) -> Submission:
        nodes: list[Node] = []
        unknown = list(submission.unknown)
        for row in read_cell(source):
            if row.value is None:
                unknown.append(Fault(f"{where}{row.line}", f"{row.name}: {_ENTRY_WANTED}"))
            else:
                nodes.append(Node({row.name: Node(row.value, row.line)}))
        found = self._collected(
            submission.name, entries(nodes, self.names), lambda at: f"{where}{at}"
        )
        answers = dict(submission.answers)
        for name, own in found.answers.items():
            answers[name] = _one_of(answers[name], own) if name in answers else own
        return replace(submission, answers=answers, unknown=(*unknown, *found.unknown))

    def _collected(
        self, name: str, found: Iterable[Entry | Complaint], place: Callable[[int], str]
    ) -> Submission:
        answers: dict[str, Answer] = {}
        unknown: list[Fault] = []
        for number, item in enumerate(found, start=1):
            if number > MOST_ANSWERS:
                raise refused(name, f"has more than {count(MOST_ANSWERS, 'answer')}")
            where = place(item.at)
            if isinstance(item, Complaint):
                shown = printable(item.name, 80) or '""'
                unknown.append(Fault(where or shown, f"{shown}: {item.message}"))
                continue
            if item.value is None or not is_answered(item.value):
                continue
            where = where or item.id
            own = self._answer(item.id, item.value, where)
            before = answers.get(item.id)
            answers[item.id] = own if before is None else _one_of(before, own)
        return Submission(name, answers, tuple(unknown))

    def _answer(self, name: str, value: str | Literal | Odd, where: str) -> Answer:
        if isinstance(value, Odd):
            return Answer(name, value.text, None, value.reason, where)
        # a number that is no text has a point in every language
        text, comma = (value.text, False) if isinstance(value, Literal) else (value, self.comma)
        try:
            found = reading(text, comma, self.exact)
        except Unread as error:
            return Answer(name, _shown(text), None, str(error), where)
        return Answer(name, text, found, "", where)


def _one_of(first: Answer, second: Answer) -> Answer:
    """Two answers to one question as one, the finer; unreadable where they differ."""
    if first.given == second.given:
        return first
    if first.reading and second.reading and first.reading.value == second.reading.value:
        return min(first, second, key=lambda own: own.reading.half if own.reading else 0)
    reason = (
        f"is given twice with different values: {printable(first.given, 40)} ({first.where}) "
        f"and {printable(second.given, 40)} ({second.where})"
    )
    return Answer(first.id, second.given, None, reason, second.where)


def _kind(text: str) -> str:
    """The format of what comes from standard input, by what it begins with."""
    lines = (line.strip() for line in text.splitlines())
    first = next((line for line in lines if line and not line.startswith("#")), "")
    if first.startswith("{"):
        return "json"
    return "toml" if first.startswith("[") or "=" in first else "csv"


def _shown(text: str) -> str:
    """A text that could not be read, as a report can write it."""
    if len(text) <= _LONGEST_SHOWN and text.isprintable():
        return text
    return printable(text, _LONGEST_SHOWN)
