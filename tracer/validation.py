"""Hold a document to the schema, and find every fault with its place."""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction
from typing import Any
from unicodedata import category

from tracer.errors import closest, count, did_you_mean, printable
from tracer.glyph import parse
from tracer.literals import exact, plain, shown
from tracer.schema import (
    GRAPH_PROBLEM,
    GRAPH_STATE,
    MOST_PARAMETERS,
    MOST_WORK,
    NOTATION,
    PROBLEM,
    REQUIRED,
    STATE,
    Array,
    Choice,
    Flag,
    Key,
    Kind,
    Matrix,
    NamedChoices,
    NamedNumbers,
    Names,
    Number,
    Several,
    Symbol,
    Table,
    Tables,
    Text,
    Texts,
    Vector,
    Whole,
)
from tracer.toml_scan import Place

ENOUGH = 100
"""After so many faults the search for more of them ends."""

Findings = list[tuple[Place, bool, str]]
"""What is wrong: the place, whether it is the key there (else the value), and a message."""


def describe(kind: Kind) -> str:
    """Return what values of this kind are, to go after "must be"."""
    match kind:
        case Text(longest, one_line):
            return f"{'one line of ' if one_line else ''}text, at most {longest:,} characters"
        case Choice(options):
            *others, last = (f'"{option}"' for option in options)
            return f"{', '.join(others)} or {last}" if others else last
        case Flag():
            return "true or false"
        case Whole(low, high, word):
            other = f' or "{word}"' if word else ""
            return f"a whole number from {low} to {high:,}{other}"
        case Several(kind, most, alone):
            return f"a list of 1 to {most:,}, each {describe(kind)}{', or one' if alone else ''}"
        case Number(signed=True):
            return "a number other than 0"
        case Number(None, most=None):
            return "a number above 0"
        case Number(below, most=most):
            return f"a number from 0 to {f'below {below}' if most is None else f'{most:,}'}"
        case Vector(alone, or_false):
            more = ", or a number" if alone else ", or false for none" if or_false else ""
            return f"a list of numbers such as [0.1, 0.3]{more}"
        case Matrix(samples):
            more = ", or a list of one number for each sample" if samples else ""
            return f"a list of rows of numbers such as [[0.1, 0.3], [0.1, 0.3]]{more}"
        case Array():
            return "a number, a list of numbers or a matrix such as [[0.1, 0.3]]"
        case Names(words, _, such_as):
            return f"a list of names such as {_listed(words)} or {_listed(such_as)}"
        case Texts(longest, most, or_numbers, least):
            other = ", or a table of names and numbers, or a list of such" if or_numbers else ""
            return f"a list of {least} to {most:,} texts of at most {longest:,} characters{other}"
        case NamedNumbers(Array()):
            return "a table of names and numbers, lists or matrices"
        case NamedNumbers(each):
            return f"a table of names, each {describe(each)}"
        case NamedChoices(options):
            return f"a table of ids, each {describe(Choice(options))}"
        case Symbol(_, or_false, mark):
            example = '"^+"' if mark else '"w_{j},{k}^{i}"'
            return f"a symbol such as {example}{', or false for none' if or_false else ''}"
        case Table(names=names):
            return f"{describe(Choice(names))}, or a table" if names else "a table"
        case Tables(most=most):
            return f"a list of 1 to {most:,} tables"


# controls, line and paragraph separators, and what has no agreed glyph: format characters (which
# can turn the order of the text around them, or hide), surrogates, private use, unassigned
_UNSEEN = frozenset(("Cc", "Zl", "Zp", "Cf", "Cs", "Co", "Cn"))
# letters and marks that show nothing: the fillers of Hangul, the grapheme joiner
_BLANK = frozenset("\u115f\u1160\u3164\uffa0\u034f")


def _listed(*groups: tuple[str, ...]) -> str:
    return ", ".join(f'"{word}"' for words in groups for word in words)


_LABEL = "\0"  # stands for the name of the key in the messages of _single


def defaults(keys: tuple[Key, ...]) -> dict[str, Any]:
    """Return the value of every key that can be left out."""
    return {key.name: key.default for key in keys if key.default is not REQUIRED}


def check_table(
    keys: tuple[Key, ...], table: Mapping[Any, Any], place: Place, found: Findings
) -> dict[str, Any]:
    """Check ``table``, which stands at ``place``, and add what is wrong with it to ``found``.

    Returns the values of the known keys that are there, None for those that ``found`` is about.
    """
    known = {key.name: key for key in keys}
    absent = [name for name in known if name not in table]
    values: dict[str, Any] = {}
    for name in table:
        if name not in known and len(found) < ENOUGH:
            word = name if isinstance(name, str) else shown(name)
            found.append(((*place, word), True, _unknown_key(word, keys, absent)))
            if guess := closest(word, absent):
                values[guess] = None  # a misspelt key is one fault, not also a missing one
    for name in absent:
        if {known[name].instead, known[name].unless} & table.keys():
            continue
        if known[name].default is REQUIRED and name not in values:
            message = f'"{name}" is missing; write for example {known[name].example}'
            found.append(((*place, name), False, message))
    for key in keys:
        if key.instead and {key.name, key.instead} <= table.keys():
            message = f'"{key.instead}" stands in the place of "{key.name}"; leave out one of them'
            found.append(((*place, key.instead), True, message))
        if key.name in table:
            values[key.name] = check_value(key.kind, table[key.name], (*place, key.name), found)
    return values


def check_value(kind: Kind, value: object, place: Place, found: Findings) -> Any:
    """Check ``value``, which stands at ``place``, and add what is wrong with it to ``found``.

    Returns str, bool, int or Fraction; a tuple of Fractions, or of rows of them; for tables what
    :func:`check_table` returns; and None where ``found`` says why.
    """
    value = plain(value)
    match kind:
        case Table(_, names) if names and isinstance(value, str):
            return check_value(Choice(names), value, place, found)
        case Table(keys) if isinstance(value, Mapping):
            return check_table(keys, value, place, found)
        case Tables(keys, most) if isinstance(value, list) and 0 < len(value) <= most:
            return [
                check_value(Table(keys), entry, (*place, index), found)
                for index, entry in enumerate(value)
            ]
        case Texts(or_numbers=True) if isinstance(value, Mapping) and value:
            return [check_value(NamedNumbers(), value, place, found)]
        case Texts(most=most, or_numbers=True) if (
            isinstance(value, list) and 0 < len(value) <= most and isinstance(value[0], Mapping)
        ):
            return [
                check_value(NamedNumbers(), table, (*place, index), found)
                for index, table in enumerate(value)
            ]
        case Texts(longest, most) if isinstance(value, list) and 0 < len(value) <= most:
            texts = [
                check_value(Text(longest), text, (*place, index), found)
                for index, text in enumerate(value)
            ]
            return tuple(texts) if None not in texts else None
        case NamedNumbers(inner) if isinstance(value, Mapping):
            return _check_named(inner, value, place, found)
        case NamedChoices(options) if isinstance(value, Mapping):
            return {
                str(name): check_value(Choice(options), word, (*place, name), found)
                for name, word in value.items()
            }
        case Matrix() if isinstance(value, list) and any(isinstance(plain(v), list) for v in value):
            return _check_rows(kind, [plain(row) for row in value], place, found)
        case Matrix(samples=True) if isinstance(value, list) and value:
            return _check_numbers(value, place, found)
        case Array() if isinstance(value, list) and value:
            nested = any(isinstance(plain(row), list) for row in value)
            return check_value(Matrix() if nested else Vector(), value, place, found)
        case Several(inner, most) if isinstance(value, list) and 0 < len(value) <= most:
            before = len(found)
            checked = (check_value(inner, v, (*place, n), found) for n, v in enumerate(value))
            values = tuple(checked)
            return values if len(found) == before else None
        case Vector() if isinstance(value, list) and value:
            return _check_numbers(value, place, found)
        case Names() if isinstance(value, list) and value:
            return _check_names(kind, value, place, found)
    try:
        return _single(kind, value)
    except ValueError as error:
        label = place[-1] if isinstance(place[-1], str) else "this"
        found.append((place, False, str(error).replace(_LABEL, label)))
        return None


def _single(kind: Kind, value: object) -> Any:
    """Return a value that has no parts; raise ValueError with what would be right."""
    hint = ""
    match kind:
        case Text(longest, one_line) if isinstance(value, str):
            bad = [c for c in value if category(c) in _UNSEEN or c in _BLANK]
            bad = [c for c in bad if one_line or c not in "\n\t"]
            if len(value) <= longest and not bad and (value.strip() or not one_line):
                return str(value)
            hint = f" ({_named(bad[0])})" if bad else f" ({len(value):,} characters)"
        case Choice(options) if isinstance(value, str):
            if value in options:
                return str(value)
            hint = did_you_mean(value, options)
        case Flag() if isinstance(value, bool):
            return value
        case Whole(word=word) if word and value == word:
            return word
        case Array() if not isinstance(value, (list, Mapping)):
            return exact(value)
        case Several(inner, alone=True) if not isinstance(value, (list, Mapping)):
            return (_single(inner, value),)
        case Whole(low, high):
            number = exact(value)
            if number.denominator == 1 and low <= number <= high:
                return int(number)
        case Number(below, signed, most):
            number = exact(value)
            if signed and number != 0:
                return number
            if most is not None and 0 <= number <= most:
                return number
            if most is None and (number > 0 if below is None else 0 <= number < below):
                return number
        case Vector(alone, or_false):
            if or_false and value is False:
                return False
            if alone and not isinstance(value, (list, Mapping)):
                return (exact(value),)
        case Symbol(indices, or_false, mark):
            if or_false and value is False:
                return False
            if isinstance(value, str):
                return parse(value, indices, mark)
        case Matrix() if isinstance(value, list) and value:
            hint = " without rows"
        case Tables():
            size = f" of {len(value):,}" if isinstance(value, list) and value else ""
            hint = f"{size}; each is headed [[{_LABEL}]]"
            if kind.together and isinstance(value, Mapping):
                hint += ', and one table for all needs [input] samples = "rows" or "columns"'
        case Table() if isinstance(value, list):
            hint = f"; it is headed [{_LABEL}]"
    raise ValueError(f"{_LABEL} must be {describe(kind)}, not {shown(value)}{hint}")


def _named(character: str) -> str:
    """Say which character can't stand in text, in characters that can."""
    if category(character) == "Cc":
        return printable(character)  # \n says more than U+000A
    return f"U+{ord(character):04X} does not print"


def _check_named(
    kind: Kind, table: Mapping[Any, Any], place: Place, found: Findings
) -> dict[str, Any]:
    """The values of a table whose keys the user chose; any of them may be None, as ``found`` says.

    All are of one kind.
    """
    return {
        str(name): check_value(kind, value, (*place, name), found) for name, value in table.items()
    }


def _check_numbers(values: list[Any], place: Place, found: Findings) -> tuple[Fraction, ...] | None:
    if len(values) > MOST_PARAMETERS:
        found.append((place, False, f"{len(values):,} numbers; at most {MOST_PARAMETERS:,}"))
        return None
    before = len(found)
    numbers = []
    for index, value in enumerate(values):
        try:
            numbers.append(exact(value))
        except ValueError as error:
            found.append(((*place, index), False, str(error)))
    return tuple(numbers) if len(found) == before else None


def _check_names(
    kind: Names, values: list[Any], place: Place, found: Findings
) -> tuple[str, ...] | None:
    if len(values) > MOST_PARAMETERS:
        found.append((place, False, f"{len(values):,} names; at most {MOST_PARAMETERS:,}"))
        return None
    before = len(found)
    for index, value in enumerate(values):
        if isinstance(value, str) and (value in kind.words or re.fullmatch(kind.pattern, value)):
            continue
        hint = did_you_mean(value, kind.words) if isinstance(value, str) else ""
        message = f"{shown(value)} can't be named here; write {_listed(kind.words, kind.such_as)}"
        found.append(((*place, index), False, message + hint))
    return tuple(values) if len(found) == before else None


def _check_rows(
    kind: Matrix, rows: list[Any], place: Place, found: Findings
) -> tuple[tuple[Fraction, ...], ...] | None:
    before = len(found)
    cells = sum(len(row) for row in rows if isinstance(row, list))
    if kind.samples and cells > MOST_WORK:
        found.append((place, False, f"{cells:,} numbers; at most {MOST_WORK:,}"))
        return None
    if not kind.samples and cells > MOST_PARAMETERS:
        message = f"{cells:,} weights; at most {MOST_PARAMETERS:,} weights and biases"
        found.append((place, False, message))
        return None
    # a row that is wrong as a whole is reported once, without its numbers
    first, width = next(
        ((index + 1, len(row)) for index, row in enumerate(rows) if isinstance(row, list) and row),
        (0, 0),
    )
    checked = []
    for index, row in enumerate(rows):
        here = (*place, index)
        if not isinstance(row, list) or not row:
            message = f"row {index + 1} must be {describe(Vector())}, not {shown(row)}"
            found.append((here, False, message))
        elif len(row) != width:
            message = f"row {index + 1} has {count(len(row), 'number')}, row {first} has {width}"
            found.append((here, False, message))
        else:
            checked.append(_check_numbers(row, here, found))
    return None if len(found) > before else tuple(row for row in checked if row is not None)


def _unknown_key(word: str, keys: tuple[Key, ...], absent: list[str]) -> str:
    """Say what may be meant: a key of another table, a key that is not given yet, any other."""
    if keys is GRAPH_PROBLEM and word in {key.name for key in PROBLEM}:
        return f'"{word}" is of a network, and this file has a graph; it can have only one of them'
    for own, other, of in ((GRAPH_STATE, STATE, "network"), (STATE, GRAPH_STATE, "graph")):
        if keys is own and word in {key.name for key in other}:
            listed = ", ".join(key.name for key in own)
            return f'"{word}" is for the state of a {of}; here write {listed}'
    for key in PROBLEM:
        inside = key.kind.keys if isinstance(key.kind, (Table, Tables)) else ()
        if inside == NOTATION:
            continue  # symbols have the names of half of what there is
        if word in (other.name for other in inside):
            return f'"{word}" belongs in {key.example}'
        if word == key.name:
            return f'"{word}" belongs at the top of the file, before every table'
    names = [key.name for key in keys]
    guess = did_you_mean(word, absent) or did_you_mean(word, names)
    return f'unknown key "{printable(word, 40)}"{guess or "; known here: " + ", ".join(names)}'
