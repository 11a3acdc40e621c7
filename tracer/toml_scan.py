"""A look over TOML text before and after it is parsed: budgets, and the places of tables.

The parser is `spanned_toml`, which keeps the position of every key and value but not of tables
with headers, and which hostile text can bring to its knees; both are made up for here.
"""

from __future__ import annotations

import re
from typing import Any

import spanned_toml

from tracer.errors import Fault, InputError

Place = tuple[str | int, ...]
"""The way to a part of a document: keys, and positions in lists counted from 0."""

LONGEST_LINE = 100_000
DEEPEST = 20
MOST_DOTS = 16
MOST_KEYS = 50
LONGEST_WORD = 1_000

_TOKEN = re.compile(
    r'''
    """(?:[^"\\]++|\\.|"(?!""))*+"""(?:""?)?   # text of several lines; may end in two more quotes
    | \'\'\'.*?\'\'\'(?:\'\'?)?
    | """ | \'\'\'                                # never closed
    | "(?:[^"\\\n]++|\\[^\n])*+"
    | '[^'\n]*+'
    | \#[^\n]*+
    | [0-9A-Za-z_+-]++
    | ["'\[\]{}=,.\n]                          # a quote alone is never closed either
    ''',
    re.VERBOSE | re.DOTALL,
)
_NEVER_CLOSED = ('"', "'", '"""', "'''")


def refused(place: str, message: str) -> InputError:
    """One fault at ``place``."""
    return InputError(Fault(place, message))


def where(name: str, text: str, offset: int) -> str:
    """``name:line:column`` of an offset, counted from 1."""
    line = text.count("\n", 0, offset) + 1
    column = offset - text.rfind("\n", 0, offset)
    return f"{name}:{line}:{column}"


def scan(text: str, name: str, most_keys: int = MOST_KEYS) -> list[int]:
    """Hold ``text`` to the budget; return the offsets at which its statements begin.

    Deep brackets and long keys overflow the parser's stack; a table costs it time quadratic in its
    number of keys; an integer of 4,300 digits raises a bare ValueError.
    """
    for number, line in enumerate(text.split("\n"), start=1):
        if len(line) > LONGEST_LINE:
            message = f"the line has {len(line):,} characters; at most {LONGEST_LINE:,} are read"
            raise refused(f"{name}:{number}:1", message)

    statements = [0]
    headers: set[str] = set()
    keys = [0]  # how many so far: under the last header, then in each open bracket
    dots = close = 0
    for token in _TOKEN.finditer(text):
        word, fault = token.group(), ""
        if word in _NEVER_CLOSED:
            break  # here the parser stops too
        if word in "[{":
            keys.append(0)
            if len(keys) > DEEPEST + 1:
                fault = f"brackets are nested more than {DEEPEST} deep"
        elif word in "]}":
            close = token.end()
            if len(keys) > 1:
                keys.pop()
        elif word == ".":
            dots += 1
            if dots > MOST_DOTS:
                fault = f"more than {MOST_DOTS} dots in one key"
        elif word == "=":
            dots = 0
            keys[-1] += 1
            if keys[-1] > most_keys:
                fault = f"more than {most_keys:,} keys in one table"
        elif word == ",":
            dots = 0
        elif word == "\n":
            dots = 0
            if len(keys) == 1:
                begin = skip_blank(text, statements[-1])
                if text[begin] == "[":
                    keys = [0]
                    headers.add(text[begin:close])
                    if len(headers) > MOST_KEYS:
                        fault = f"more than {MOST_KEYS} different tables"
                statements.append(token.end())
        elif len(word) > LONGEST_WORD and word[0] not in "#\"'":
            fault = f"a word or number of {len(word):,} characters"
        if fault:
            raise refused(where(name, text, token.start()), fault)
    return statements


def skip_blank(text: str, offset: int) -> int:
    """The offset of the first character from ``offset`` on that is no blank."""
    while text[offset : offset + 1] in (" ", "\t"):
        offset += 1
    return offset


def headers(text: str, statements: list[int]) -> dict[Place, int]:
    """Return where each table with a header begins, which the parser does not keep.

    ``[[layers]]`` is ``("layers", 0)``, then ``("layers", 1)``; ``("layers",)`` is the first.
    """
    found: dict[Place, int] = {}
    repeated: dict[Place, int] = {}  # the index of the latest of each
    keys_of: dict[str, list[str]] = {}
    for start, end in zip(statements, [*statements[1:], len(text)], strict=True):
        begin = skip_blank(text, start)
        if text[begin : begin + 1] != "[":
            continue
        header = text[begin:end]
        if header not in keys_of:
            keys_of[header] = _header_keys(header)
        *parents, last = keys_of[header]
        place: Place = ()
        for key in parents:
            place = (*place, key)
            if place in repeated:
                place = (*place, repeated[place])
        place = (*place, last)
        if header.startswith("[["):
            repeated[place] = repeated.get(place, -1) + 1
            found.setdefault(place, begin)
            place = (*place, repeated[place])
        found[place] = begin
    return found


def _header_keys(header: str) -> list[str]:
    keys = []
    table: Any = spanned_toml.loads(header).unspan()
    while table:
        ((key, table),) = table.items()
        keys.append(key)
        table = table[0] if isinstance(table, list) else table
    return keys
