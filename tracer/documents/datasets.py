r"""The data as a document repeats them: ``D = \{(1, 3) \to 1, …\}`` has to be the problem's."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tracer import ids
from tracer.answers.grammar import chain
from tracer.answers.submission import Link
from tracer.documents.pieces import Formula
from tracer.documents.stating import Stating
from tracer.documents.wording import as_written
from tracer.problem import Problem

_PAIR = re.compile(
    r"\((?P<inputs>[^()]*)\)\s*(?:→|->|\\to\b|\\rightarrow\b|\\mapsto\b)\s*"
    r"(?:\((?P<targets>[^()]*)\)|(?P<target>[^\s,;(){}\\]+(?:(?:\{,\}|,)[0-9]+)?))"
)
_DATA = re.compile(r"[&\s]*[A-Za-z][\w{}^]*\s*&?\s*=\s*\\?\{")


def is_data(piece: Formula) -> bool:
    """Whether a formula is a set of samples."""
    return bool(_DATA.match(piece.source) and _PAIR.search(piece.source))


def check_data(stating: Stating, piece: Formula) -> Iterator[Link]:
    """Each number of the set that is not the problem's; nothing where it is another set."""
    problem = stating.names.problem
    pairs = list(_PAIR.finditer(piece.source))
    if not isinstance(problem, Problem) or len(pairs) != len(problem.data):
        return
    for n, (pair, sample) in enumerate(zip(pairs, problem.data, strict=True), start=1):
        targets = "targets" if pair["targets"] is not None else "target"
        inputs = [ids.output(0, k) for k in range(1, len(sample.inputs) + 1)]
        outputs = [ids.target(j) for j in range(1, len(sample.targets) + 1)]
        for group, names in (("inputs", inputs), (targets, outputs)):
            numbers = [(pair[group], 0)]  # a target without brackets is one number
            if group != "target":
                numbers = list(_numbers(pair[group], problem.numbers.decimal_comma))
            if len(numbers) != len(names):
                return
            for name, (text, first) in zip(names, numbers, strict=True):
                start = piece.start + pair.start(group) + first
                yield from _checked(stating, ids.at(name, n), text, start)


def _numbers(text: str, is_comma: bool) -> Iterator[tuple[str, int]]:
    """What stands between the commas, or the semicolons where commas are in the numbers."""
    mark = ";" if is_comma and ";" in text else ","
    whole = text.replace("{,}", "\0\0\0") if mark == "," else text
    first = 0
    for part in whole.split(mark):
        yield text[first : first + len(part)], first
        first += len(part) + 1


def _checked(stating: Stating, name: str, text: str, start: int) -> Iterator[Link]:
    sides = chain(text, stating.names.problem.numbers.decimal_comma)
    reading = stating.reading(sides[0].tree) if len(sides) == 1 else None
    true = stating.facts.true[name]
    if reading is None or true is None or abs(reading.value - true) <= reading.half:
        return
    span = stating.span(start, start + len(text))
    symbol = f"{stating.names.spoken(ids.base(name))} of sample {ids.sample(name)}"
    given = f"the problem gives {symbol} = {as_written(true)}"
    yield Link("wrong", name, symbol, text.strip(), given, stating.where(start), span)
