"""JSON as nodes with their places.

The library's own reader forgets where things stand, takes the last of two equal keys, accepts
``NaN``, and overflows the stack on deep brackets; this one says where, and refuses.
"""

from __future__ import annotations

import json
import re

from tracer.answers.nodes import Node, Odd, number
from tracer.errors import printable
from tracer.toml_scan import DEEPEST, LONGEST_WORD, refused, where

_BLANK = re.compile(r"[ \t\n\r]*")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*+)(?:\.[0-9]++)?(?:[eE][+-]?[0-9]++)?", re.ASCII)
_WORD = re.compile(r"[^\s,\[\]{}:\"]++")
_STRING = re.compile(r'"(?:[^"\\\x00-\x1f]++|\\.)*+"')
_NOT_TEXT = re.compile("[\ud800-\udfff]")


def read_json(text: str, name: str) -> Node:
    """Read JSON; ``name`` stands for the text in messages. Raises InputError at the first fault."""
    return _Reader(text, name).document()


class _Reader:
    def __init__(self, text: str, name: str) -> None:
        self.text = text
        self.name = name
        self.at = 0

    def document(self) -> Node:
        found = self._value(0)
        self._skip()
        if self.at < len(self.text):
            raise self._wrong("the document ends before this")
        return found

    def _wrong(self, message: str, at: int | None = None) -> Exception:
        place = where(self.name, self.text, self.at if at is None else at)
        return refused(place, f"not valid JSON: {message}")

    def _skip(self) -> str:
        """The next character that is no blank, or ""."""
        blank = _BLANK.match(self.text, self.at)
        assert blank is not None
        self.at = blank.end()
        return self.text[self.at : self.at + 1]

    def _value(self, depth: int) -> Node:
        first, at = self._skip(), self.at
        if depth > DEEPEST:
            raise self._wrong(f"brackets are nested more than {DEEPEST} deep")
        if first == '"':
            return Node(self._string(), at)
        if first == "{":
            return Node(self._table(depth), at)
        if first == "[":
            return Node(self._list(depth), at)
        return Node(self._scalar(), at)

    def _scalar(self) -> object:
        match = _WORD.match(self.text, self.at)
        if match is None:
            raise self._wrong("a value is missing here")
        word = match.group()
        if len(word) > LONGEST_WORD:
            raise self._wrong(f"a word or number of {len(word):,} characters")
        found: object = None
        if word in ("NaN", "Infinity", "-Infinity") or _NUMBER.fullmatch(word):
            found = number(word)
        elif word in ("true", "false"):
            found = Odd(word, f"{word} is not a number")
        elif word != "null":
            message = f"{printable(word, 40)!r} is no value; text and fractions need quotes"
            raise self._wrong(message)
        self.at = match.end()
        return found

    def _string(self) -> str:
        match = _STRING.match(self.text, self.at)
        if match is None:
            raise self._wrong("text is never closed, or has a line break or control character")
        try:
            found: str = json.loads(match.group())
        except json.JSONDecodeError:
            raise self._wrong("text with an escape that JSON has not") from None
        if bad := _NOT_TEXT.search(found):
            raise self._wrong(f"{printable(bad.group())} is half a character")
        self.at = match.end()
        return found

    def _table(self, depth: int) -> dict[str, Node]:
        found: dict[str, Node] = {}
        self.at += 1
        if self._skip() == "}":
            self.at += 1
            return found
        while True:
            if self._skip() != '"':
                raise self._wrong("a key in double quotes is missing here")
            at, key = self.at, self._string()
            if key in found:
                message = f'the key "{printable(key, 40)}" is there already; keep one of them'
                raise self._wrong(message, at)
            if self._skip() != ":":
                raise self._wrong("a : is missing after the key")
            self.at += 1
            found[key] = self._value(depth + 1)
            if self._is_end("}"):
                return found

    def _list(self, depth: int) -> list[Node]:
        found: list[Node] = []
        self.at += 1
        if self._skip() == "]":
            self.at += 1
            return found
        while True:
            found.append(self._value(depth + 1))
            if self._is_end("]"):
                return found

    def _is_end(self, bracket: str) -> bool:
        sign = self._skip()
        if sign not in (",", bracket) or not sign:
            raise self._wrong(f"a comma or the closing {bracket} is missing")
        self.at += 1
        return sign == bracket
