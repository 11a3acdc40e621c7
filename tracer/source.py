"""Reading problem files, which nobody has checked yet.

A :class:`Source` is a parsed file (or a mapping from Python) that can tell where each of its parts
was written. Whatever the input, reading it either works or raises :class:`InputError`, and soon:
only regular files are opened, and the text keeps to a budget before the TOML parser sees it.
"""

from __future__ import annotations

import errno
import os
import re
import stat
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import spanned_toml

from tracer.errors import InputError, printable
from tracer.literals import Literal
from tracer.toml_scan import MOST_KEYS, Place, headers, refused, scan, skip_blank, where

if TYPE_CHECKING:
    from spanned_toml._types import Spanned

LARGEST = 1024 * 1024
# what is handed in by mistake for the text that it was made from
_NO_TEXT = {
    b"%PDF-": "a PDF",
    b"PK\x03\x04": "a zip archive, as .docx and .odt are",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
}

_PARSER_SAYS = re.compile(r"(.*) \(at (?:line (\d+), column (\d+)|end of document)\)", re.DOTALL)
_REPEATED = "is there already; keep one of them (tables that repeat are written [[name]])"
_IN_OUR_WORDS = {
    "invalid value": "no value can be read here; text and fractions need quotes, "
    'as in "relu" or "1/3", and a number needs a digit before its point',
    "unclosed array": "a comma or the closing ] of a list is missing "
    '(fractions need quotes: "1/3")',
    "unclosed inline table": "a comma or the closing } of a table is missing",
    "expected newline": "the line should end here "
    '(text and fractions need quotes, as in "relu" or "1/3")',
    "expected '='": "the = after a key is missing (keys with more than letters, digits, - and _ "
    'need quotes, as in "w1[1,2]" = 0.3)',
    "cannot declare": f"this table {_REPEATED}",
    "cannot overwrite": f"this key {_REPEATED}",
    "duplicate inline": f"a key in this line {_REPEATED}",
    "cannot redefine": "this table is complete; nothing can be added to it here",
    "cannot mutate": "this table is complete; nothing can be added to it here",
}


_NOTICED_LATE = ("cannot overwrite", "duplicate inline", "cannot redefine", "cannot mutate")


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
        return where(self.name, self.text, self.offset(place, key))

    def offset(self, place: Place, key: bool = False) -> int:
        """Return the offset in ``text`` of what :meth:`locate` names; 0 for a mapping."""
        node: Any = self.tree
        value_at = 0
        for depth, step in enumerate(place, start=1):
            here: Any = node.inner() if node is not None else None
            key_at = None
            if isinstance(here, dict) and step in here:
                key_at = next(start_of(self.text, k) for k in here if k.inner() == step)
            elif not (isinstance(here, list) and isinstance(step, int) and step < len(here)):
                return value_at
            node = here[step]
            if key_at is not None and key and depth == len(place):
                return key_at
            # the parser gives no span to a table with a header, nor to one made by dotted keys
            if node.span() != slice(0, 0):
                value_at = start_of(self.text, node)
            else:
                value_at = self.headers.get(place[:depth], value_at if key_at is None else key_at)
        return value_at


@dataclass(frozen=True, slots=True)
class Written:
    """The TOML that a problem was read from, and what else `load` was told, by argument."""

    text: str
    changes: Mapping[str, Any] = field(default_factory=dict)


def read_path(path: str | os.PathLike[str]) -> Source:
    """Read the TOML file at ``path``; ``-`` is standard input.

    Raises InputError if it is no regular file, can't be opened, is too large or not TOML.
    """
    name, text = read_text(path)
    return from_text(text, name)


def read_text(
    path: str | os.PathLike[str],
    kind: str = "a problem file",
    most: int = LARGEST,
    links: bool = True,
) -> tuple[str, str]:
    """The text of a file of at most so many bytes, after what messages call the file.

    ``-`` is standard input; ``kind`` says what is looked for. Without ``links`` a symbolic link,
    which can lead anywhere, is refused. Raises InputError, as it also does where the file is no
    regular one, can't be opened, is too large or not UTF-8.
    """
    shown = os.fsdecode(path)
    if shown == "-":
        name, data = "<stdin>", _read_stdin(most)
    else:
        name = printable(shown) or '""'
        data = _read_file(shown, name, kind, most, links)
    if len(data) > most:
        raise refused(name, f"is larger than {most:,} bytes, the most that is read")
    data = data.removeprefix(b"\xef\xbb\xbf")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8")
        start = next((own for own in _NO_TEXT if data.startswith(own)), None)
        if start is not None:
            message = f"is {_NO_TEXT[start]}, not text; give the file it was made from"
            raise refused(name, message) from None
        place = where(name, before, len(before))
        message = f"byte 0x{data[error.start]:02x} is not UTF-8; save the file as UTF-8"
        raise refused(place, message) from None
    return name, text


def from_text(text: str, name: str, most_keys: int = MOST_KEYS) -> Source:
    """Parse TOML. ``name`` stands for the text in messages. Raises InputError.

    ``most_keys`` is how many a table may have.
    """
    text = text.removeprefix("\ufeff").replace("\r\n", "\n")
    if len(text) > LARGEST:
        raise refused(name, f"is longer than {LARGEST:,} characters, the most that is read")
    # the parser would take \r\r\n for a line break, and every offset after it would be wrong
    if bad := re.search("[\0\r\ud800-\udfff]", text):
        place = where(name, text, bad.start())
        raise refused(place, f"the character {printable(bad.group())} can't stand in TOML")
    statements = scan(text, name, most_keys)
    try:
        tree = spanned_toml.loads(text, parse_float=Literal)
        return Source(name, tree.unspan(), text, tree, headers(text, statements))
    except RecursionError:
        raise refused(name, "is nested too deeply") from None
    except ValueError as error:
        raise _syntax_error(text, name, statements, str(error)) from None


def from_dict(mapping: Mapping[Any, Any]) -> Source:
    """Take a mapping with the structure of a problem file."""
    return Source("the problem", mapping)


def _read_stdin(most: int) -> bytes:
    try:
        return sys.stdin.buffer.read(most + 1)
    except (AttributeError, ValueError, OSError):  # None, closed or no stream of bytes
        raise refused("<stdin>", "standard input can't be read") from None


def _read_file(path: str, name: str, kind: str, most: int, links: bool) -> bytes:
    # without O_NONBLOCK opening a FIFO that nobody writes to would never return
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    if not links:
        flags |= getattr(os, "O_NOFOLLOW", 0)
    try:
        descriptor = os.open(path, flags)
        try:
            mode = os.fstat(descriptor).st_mode
            if stat.S_ISREG(mode):
                with open(descriptor, "rb", closefd=False) as file:
                    return file.read(most + 1)
        finally:
            os.close(descriptor)
    except FileNotFoundError:
        raise refused(name, "there is no such file") from None
    except PermissionError:
        raise refused(name, "can't be read: permission denied") from None
    except OSError as error:
        if error.errno == errno.ELOOP and not links:
            raise refused(name, "is a symbolic link; name the file itself") from None
        raise refused(name, f"can't be read: {error.strerror}") from None
    except ValueError:  # a NUL or half a surrogate pair
        raise refused(name, "is no possible file name") from None
    if stat.S_ISDIR(mode):
        raise refused(name, f"is a directory; name {kind} in it")
    raise refused(name, "is not a regular file; write - to read standard input")


def _spell(place: Place) -> str:
    spelt = "".join(f"[{s + 1}]" if isinstance(s, int) else f".{s}" for s in place)
    return printable(spelt.removeprefix(".")) or "the problem"


def start_of(text: str, part: Spanned[Any]) -> int:
    """Return where ``part`` begins, which for a string with escapes the parser gets wrong.

    It then points to the last escape. Inside such a string every quote follows a backslash, so the
    quote that opens it is the nearest one that does not.
    """
    start: int = part.span().start
    if isinstance(part.inner(), str) and text[part.span().stop - 1 : part.span().stop] == '"':
        while start > 0 and (text[start] != '"' or text[start - 1] == "\\"):
            start -= 1
    return start


def _syntax_error(text: str, name: str, statements: list[int], error: str) -> InputError:
    parts = _PARSER_SAYS.fullmatch(error)
    if parts is None:
        return refused(name, f"is not valid TOML: {printable(error)}")
    message, line, column = parts.groups()
    message = printable(message[:1].lower() + message[1:])
    offset = len(text)
    if line:
        before = text.split("\n", int(line) - 1)[:-1]
        offset = sum(map(len, before)) + len(before) + int(column) - 1
    begin = skip_blank(text, max(start for start in statements if start <= offset))
    for beginning, words in _IN_OUR_WORDS.items():
        if message.startswith(beginning):
            message = words
            # these the parser notices only at the end of what is wrong
            if beginning in _NOTICED_LATE:
                offset = begin
    return refused(where(name, text, offset), f"not valid TOML: {message}")
