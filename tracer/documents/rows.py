"""Rows of formulas put together into chains: over displays, over lines of plain text."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import replace

from tracer.answers.grammar import chain
from tracer.answers.trees import Minus, Number, Side, Tree
from tracer.documents.chains import RELATION, equations
from tracer.documents.layout import has_matrices, on_one_line
from tracer.documents.pieces import Document, Formula, Prose
from tracer.documents.walks import called

_NO_SYMBOL = re.compile(r"\{\}|\\\\\*")
_TERM = re.compile(r"[-+−·]\s")
_GOES_ON = re.compile(r"[&\s]*(=|≈|\\approx(?![A-Za-z]))")
_LONGEST = 20_000


class Rows:
    """Reads formulas into chains, and gives each to ``place`` once it is whole.

    ``own_functions`` are the names of functions; ``place`` also gets the formula where it stands
    within running text.
    """

    def __init__(
        self,
        document: Document,
        own_functions: Collection[str],
        is_comma: bool,
        place: Callable[[tuple[Side, ...], Formula | None], None],
    ) -> None:
        self.document = document
        self.own_functions = own_functions
        self.is_comma = is_comma
        self.place = place
        self.pending: tuple[Side, ...] = ()
        self.row: Formula | None = None
        self.bases: dict[int, int] = {}

    def formula(self, piece: Formula) -> None:
        """Every equation of a formula."""
        if len(piece.source) > _LONGEST:
            return
        piece = self.joined(piece)
        if self.document.kind == "text" and has_matrices(piece.source):
            self.laid_out(piece)
            return
        for source, start in equations(piece.source):
            goes_on = _GOES_ON.match(source)
            first = goes_on.end() if goes_on else 0
            if not goes_on and not RELATION.search(source):
                continue
            sides = self.read(source[first:], piece.start + start + first)
            if goes_on and self.pending and not piece.inline:
                joined = replace(sides[0], relation=goes_on[1])
                self.pending = (*self.pending, joined, *sides[1:])
            elif not goes_on:
                self.flush()
                self.pending = sides
                if piece.inline:
                    self.flush(piece)

    def laid_out(self, piece: Formula) -> None:
        """A formula of plain text with matrices: each side has the place of the whole."""
        column = piece.start - self.document.text.rfind("\n", 0, piece.start) - 1
        source = on_one_line(piece.source, column)
        goes_on = _GOES_ON.match(source)
        found = chain(source[goes_on.end() if goes_on else 0 :], self.is_comma, _LONGEST)
        sides = tuple(
            replace(
                side,
                tree=side.tree and called(side.tree, self.own_functions),
                start=piece.start,
                stop=piece.stop,
            )
            for side in found
        )
        if goes_on and self.pending:
            sides = (*self.pending, replace(sides[0], relation=goes_on[1]), *sides[1:])
        elif not goes_on:
            self.flush()
        self.pending = sides if len(sides) > 1 or not goes_on else ()

    def goes_on(self, piece: Prose) -> bool:
        """A row of plain text that has no relation may still be the next term of a formula."""
        before = self.row
        if self.document.kind not in ("text", "notebook") or before is None or not self.pending:
            return False
        between = self.document.text[before.stop : piece.start]
        if between.count("\n") != 1 or between.strip():
            return False
        if not all(_TERM.match(row.strip()) for row in piece.text.strip().split("\n")):
            return False
        self.formula(Formula(piece.text, piece.start, piece.stop, before.number))
        return True

    def joined(self, piece: Formula) -> Formula:
        """A row of plain text that goes on with a term, with the rows that it goes on from."""
        before, self.row = self.row, piece
        if self.document.kind in ("markdown", "latex") or before is None or not self.pending:
            return piece
        if before.number != piece.number or not _TERM.match(piece.source):
            return piece
        text = self.document.text[before.start : piece.stop]
        self.pending = ()
        self.row = replace(piece, source=text, start=before.start)
        return self.row

    def read(self, source: str, start: int) -> tuple[Side, ...]:
        """The sides of a chain, with their places in the document."""
        plain = _NO_SYMBOL.sub(lambda match: " " * len(match[0]), source)
        found = tuple(
            replace(
                side,
                tree=side.tree and called(side.tree, self.own_functions),
                start=side.start + start,
                stop=side.stop + start,
            )
            for side in chain(plain, self.is_comma, _LONGEST)
        )
        self.bases.update((side.start, start) for side in found)
        return found

    def entry(self, tree: Tree, side: Side) -> Side:
        """A number within a side, as a side of its own."""
        body = tree.body if isinstance(tree, Minus) else tree
        if not isinstance(body, Number) or side.start not in self.bases:
            return replace(side, tree=tree)
        base = self.bases[side.start]
        sign = "-" if isinstance(tree, Minus) else ""
        return Side("", sign + body.text, tree, "", base + body.start, base + body.stop)

    def flush(self, inline: Formula | None = None) -> None:
        """A chain may go on in the next display; once it does not, it is placed."""
        sides, self.pending = self.pending, ()
        self.place(sides, inline)
