"""Reading problem files, which nobody has checked yet.

A :class:`Source` is a parsed file (or a mapping from Python) that can tell where each of its parts
was written. Whatever the input, reading it either works or raises :class:`InputError`, and soon:
only regular files are opened, and the text keeps to a budget before the TOML parser sees it.
"""

from __future__ import annotations

import numbers
import os
import re
import stat
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import spanned_toml

from tracer.errors import Fault, InputError, printable

if TYPE_CHECKING:
    from spanned_toml._types import Spanned

Place = tuple[str | int, ...]
"""The way to a part of a document: keys, and positions in lists counted from 0."""

LARGEST = 1024 * 1024
LONGEST_LINE = 100_000
DEEPEST = 20
MOST_DOTS = 16
MOST_KEYS = 50
LONGEST_WORD = 1_000
MOST_DIGITS = 120
LARGEST_EXPONENT = 400

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
_PARSER_SAYS = re.compile(r"(.*) \(at (?:line (\d+), column (\d+)|end of document)\)", re.DOTALL)
_NUMBER = re.compile(
    r"([+-]?)([0-9]+)(?:/([0-9]+)|(?:\.([0-9]+))?(?:[eE]([+-]?[0-9]+))?)", re.ASCII
)
_NOT_FINITE = re.compile(r"[+-]?(?:inf|infinity|nan)", re.IGNORECASE)
_WRITE_NUMBERS = 'write it like 0.5, 2e-3 or "1/3"'
_REPEATED = "is there already; keep one of them (tables that repeat are written [[name]])"
_IN_OUR_WORDS = {
    "invalid value": "no value can be read here; text and fractions need quotes, "
    'as in "relu" or "1/3", and a number needs a digit before its point',
    "unclosed array": "a comma or the closing ] of a list is missing "
    '(fractions need quotes: "1/3")',
    "unclosed inline table": "a comma or the closing } of a table is missing",
    "expected newline": "the line should end here "
    '(text and fractions need quotes, as in "relu" or "1/3")',
    "cannot declare": f"this table {_REPEATED}",
    "cannot overwrite": f"this key {_REPEATED}",
    "duplicate inline": f"a key in this line {_REPEATED}",
    "cannot redefine": "this table is complete; nothing can be added to it here",
    "cannot mutate": "this table is complete; nothing can be added to it here",
}


_NOTICED_LATE = ("cannot overwrite", "duplicate inline", "cannot redefine", "cannot mutate")


@dataclass(frozen=True, slots=True)
class Literal:
    """A number with a point or an exponent, as it stands in the file, so that it stays exact."""

    text: str


@dataclass(frozen=True, slots=True)
class Source:
    """What was read, and where.

    ``content`` is the document: dicts, lists, str, int, bool, dates and :class:`Literal` from a
    file, anything at all from Python. ``name`` stands for the file in messages.
    """

    name: str
    content: Mapping[Any, Any]
    text: str = ""
    tree: Spanned[dict[str, Any]] | None = None
    headers: Mapping[Place, int] = field(default_factory=dict)

    def locate(self, place: Place, key: bool = False) -> str:
        """Return where ``place`` stands: ``file:line:column`` counted from 1.

        With ``key`` that is where its key stands, else its value; where it is missing, the table
        that should hold it. For a mapping from Python it is a path like ``layers[1].weights[2]``,
        counted from 1 too.
        """
        if self.tree is None:
            return _spell(place)
        return _where(self.name, self.text, self.offset(place, key))

    def offset(self, place: Place, key: bool = False) -> int:
        """Return the offset in ``text`` of what :meth:`locate` names; 0 for a mapping."""
        node: Any = self.tree
        value_at = 0
        for depth, step in enumerate(place, start=1):
            here: Any = node.inner() if node is not None else None
            key_at = None
            if isinstance(here, dict) and step in here:
                key_at = next(_start(self.text, k) for k in here if k.inner() == step)
            elif not (isinstance(here, list) and isinstance(step, int) and step < len(here)):
                return value_at
            node = here[step]
            if key_at is not None and key and depth == len(place):
                return key_at
            # the parser gives no span to a table with a header, nor to one made by dotted keys
            if node.span() != slice(0, 0):
                value_at = _start(self.text, node)
            else:
                value_at = self.headers.get(place[:depth], value_at if key_at is None else key_at)
        return value_at


def read_path(path: str | os.PathLike[str]) -> Source:
    """Read the TOML file at ``path``; ``-`` is standard input.

    Raises InputError if it is no regular file, can't be opened, is too large or not TOML.
    """
    shown = os.fsdecode(path)
    if shown == "-":
        name, data = "<stdin>", _read_stdin()
    else:
        name = printable(shown) or '""'
        data = _read_file(shown, name)
    if len(data) > LARGEST:
        raise _refused(name, f"is larger than {LARGEST:,} bytes, the most that is read")
    data = data.removeprefix(b"\xef\xbb\xbf")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8")
        where = _where(name, before, len(before))
        message = f"byte 0x{data[error.start]:02x} is not UTF-8; save the file as UTF-8"
        raise _refused(where, message) from None
    return from_text(text, name)


def from_text(text: str, name: str) -> Source:
    """Parse TOML. ``name`` stands for the text in messages. Raises InputError."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n")
    if len(text) > LARGEST:
        raise _refused(name, f"is longer than {LARGEST:,} characters, the most that is read")
    # the parser would take \r\r\n for a line break, and every offset after it would be wrong
    if bad := re.search("[\0\r\ud800-\udfff]", text):
        where = _where(name, text, bad.start())
        raise _refused(where, f"the character {printable(bad.group())} can't stand in TOML")
    statements = _scan(text, name)
    try:
        tree = spanned_toml.loads(text, parse_float=Literal)
        headers = _headers(text, statements)
        return Source(name, tree.unspan(), text, tree, headers)
    except RecursionError:
        raise _refused(name, "is nested too deeply") from None
    except ValueError as error:
        raise _syntax_error(text, name, statements, str(error)) from None


def from_dict(mapping: Mapping[Any, Any]) -> Source:
    """Take a mapping with the structure of a problem file."""
    return Source("the problem", mapping)


def plain(value: object) -> object:
    """Return lists, tuples and arrays (known by their ``tolist``) as a list, all else as it is.

    The entries of an array stay what they are: float32 knows that its 0.1 is one tenth, while
    ``tolist`` makes it the float64 0.10000000149.
    """
    if isinstance(value, (list, tuple)):
        return list(value)
    if hasattr(value, "tolist") and not isinstance(value, (str, numbers.Real)):
        try:
            return list(value)  # type: ignore[call-overload]
        except TypeError:  # an array without dimensions, or a bool of NumPy
            return value.tolist()
    return value


def exact(value: object) -> Fraction:
    """Return the number that ``value`` stands for, exactly; a float is its shortest decimal.

    Text is read by a grammar of our own: ``Fraction("1e9999999")`` would never return. Raises
    ValueError with what would be right.
    """
    value = plain(value)
    if isinstance(value, Literal):
        return _from_text(value.text.replace("_", ""), value)
    if isinstance(value, str):
        return _from_text(value, value)
    if isinstance(value, numbers.Rational) and not isinstance(value, bool):
        parts = int(value.numerator), int(value.denominator)
        # a fraction may be as long as what text with an exponent comes to
        whole = isinstance(value, numbers.Integral)
        most = MOST_DIGITS if whole else MOST_DIGITS + LARGEST_EXPONENT
        if max(abs(parts[0]), parts[1]) >= 10**most:
            raise ValueError(f"this number has more than {most} digits")
        return Fraction(*parts)
    if isinstance(value, float):
        return _from_text(float.__repr__(value), value)  # the repr of NumPy's says more
    if isinstance(value, (numbers.Real, Decimal)) and not isinstance(value, bool):
        return _from_text(str(value), value)
    raise ValueError(f"{shown(value)} is not a number; {_WRITE_NUMBERS}")


def shown(value: object) -> str:
    """Return how a message shows a value: as in TOML, in a few characters."""
    if isinstance(value, str):
        return f'"{printable(value, 40)}"'
    if value is None:
        return "None"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Literal):
        return printable(value.text, 40)
    if isinstance(value, (int, float, Decimal, Fraction)):
        try:
            return printable(str(value), 40)
        except ValueError:  # more than 4,300 digits
            return "a very long number"
    if isinstance(value, list):
        return "a list" if value else "an empty list"
    return "a table" if isinstance(value, Mapping) else f"a {type(value).__name__}"


def _from_text(text: str, value: object) -> Fraction:
    number = _NUMBER.fullmatch(text)
    if number is None:
        finite = " finite" if _NOT_FINITE.fullmatch(text) else ""
        raise ValueError(f"{shown(value)} is not a{finite} number; {_WRITE_NUMBERS}")
    sign, whole, below, decimals, exponent = number.groups(default="")
    # before int() and ** see anything
    digits = len(whole + below + decimals)
    if digits > MOST_DIGITS:
        raise ValueError(f"this number has {digits:,} digits; at most {MOST_DIGITS} are read")
    size = exponent.lstrip("+-0") or "0"
    if len(size) > 3 or int(size) > LARGEST_EXPONENT:
        raise ValueError(f"the exponent of {shown(value)} is beyond {LARGEST_EXPONENT}")
    if below:
        if int(below) == 0:
            raise ValueError(f"{shown(value)} divides by zero; {_WRITE_NUMBERS}")
        return Fraction(int(sign + whole), int(below))
    power = (-int(size) if exponent.startswith("-") else int(size)) - len(decimals)
    scaled = int(sign + whole + decimals)
    return Fraction(scaled * 10**power) if power >= 0 else Fraction(scaled, 10**-power)


def _refused(where: str, message: str) -> InputError:
    return InputError(Fault(where, message))


def _read_stdin() -> bytes:
    try:
        return sys.stdin.buffer.read(LARGEST + 1)
    except (AttributeError, ValueError, OSError):  # None, closed or no stream of bytes
        raise _refused("<stdin>", "standard input can't be read") from None


def _read_file(path: str, name: str) -> bytes:
    # without O_NONBLOCK opening a FIFO that nobody writes to would never return
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    try:
        descriptor = os.open(path, flags)
        try:
            mode = os.fstat(descriptor).st_mode
            if stat.S_ISREG(mode):
                with open(descriptor, "rb", closefd=False) as file:
                    return file.read(LARGEST + 1)
        finally:
            os.close(descriptor)
    except FileNotFoundError:
        raise _refused(name, "there is no such file") from None
    except PermissionError:
        raise _refused(name, "can't be read: permission denied") from None
    except OSError as error:
        raise _refused(name, f"can't be read: {error.strerror}") from None
    except ValueError:  # a NUL or half a surrogate pair
        raise _refused(name, "is no possible file name") from None
    if stat.S_ISDIR(mode):
        raise _refused(name, "is a directory; name a problem file in it")
    raise _refused(name, "is not a regular file; write - to read standard input")


def _where(name: str, text: str, offset: int) -> str:
    line = text.count("\n", 0, offset) + 1
    column = offset - text.rfind("\n", 0, offset)
    return f"{name}:{line}:{column}"


def _spell(place: Place) -> str:
    spelt = "".join(f"[{s + 1}]" if isinstance(s, int) else f".{s}" for s in place)
    return printable(spelt.removeprefix(".")) or "the problem"


def _start(text: str, part: Spanned[Any]) -> int:
    """Return where ``part`` begins, which for a string with escapes the parser gets wrong.

    It then points to the last escape. Inside such a string every quote follows a backslash, so the
    quote that opens it is the nearest one that does not.
    """
    start: int = part.span().start
    if isinstance(part.inner(), str) and text[part.span().stop - 1 : part.span().stop] == '"':
        while start > 0 and (text[start] != '"' or text[start - 1] == "\\"):
            start -= 1
    return start


def _scan(text: str, name: str) -> list[int]:
    """Hold ``text`` to the budget; return the offsets at which its statements begin.

    Deep brackets and long keys overflow the parser's stack; a table costs it time quadratic in its
    number of keys; an integer of 4,300 digits raises a bare ValueError.
    """
    for number, line in enumerate(text.split("\n"), start=1):
        if len(line) > LONGEST_LINE:
            message = f"the line has {len(line):,} characters; at most {LONGEST_LINE:,} are read"
            raise _refused(f"{name}:{number}:1", message)

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
            if keys[-1] > MOST_KEYS:
                fault = f"more than {MOST_KEYS} keys in one table"
        elif word == ",":
            dots = 0
        elif word == "\n":
            dots = 0
            if len(keys) == 1:
                begin = _skip_blank(text, statements[-1])
                if text[begin] == "[":
                    keys = [0]
                    headers.add(text[begin:close])
                    if len(headers) > MOST_KEYS:
                        fault = f"more than {MOST_KEYS} different tables"
                statements.append(token.end())
        elif len(word) > LONGEST_WORD and word[0] not in "#\"'":
            fault = f"a word or number of {len(word):,} characters"
        if fault:
            raise _refused(_where(name, text, token.start()), fault)
    return statements


def _skip_blank(text: str, offset: int) -> int:
    while text[offset : offset + 1] in (" ", "\t"):
        offset += 1
    return offset


def _headers(text: str, statements: list[int]) -> dict[Place, int]:
    """Return where each table with a header begins, which the parser does not keep.

    ``[[layers]]`` is ``("layers", 0)``, then ``("layers", 1)``; ``("layers",)`` is the first.
    """
    found: dict[Place, int] = {}
    repeated: dict[Place, int] = {}  # the index of the latest of each
    keys_of: dict[str, list[str]] = {}
    for start, end in zip(statements, [*statements[1:], len(text)], strict=True):
        begin = _skip_blank(text, start)
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


def _syntax_error(text: str, name: str, statements: list[int], error: str) -> InputError:
    parts = _PARSER_SAYS.fullmatch(error)
    if parts is None:
        return _refused(name, f"is not valid TOML: {printable(error)}")
    message, line, column = parts.groups()
    message = printable(message[:1].lower() + message[1:])
    offset = len(text)
    if line:
        before = text.split("\n", int(line) - 1)[:-1]
        offset = sum(map(len, before)) + len(before) + int(column) - 1
    begin = _skip_blank(text, max(start for start in statements if start <= offset))
    for beginning, words in _IN_OUR_WORDS.items():
        if message.startswith(beginning):
            message = words
            # these the parser notices only at the end of what is wrong
            if beginning in _NOTICED_LATE:
                offset = begin
    return _refused(_where(name, text, offset), f"not valid TOML: {message}")
