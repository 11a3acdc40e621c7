"""Matrices in plain text, which take several lines, on one line as LaTeX has them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_OPEN, _GO_ON, _LAST = "⎡", "⎢", "⎣"
_NUMBER = r"-?[0-9]+(?:[.,][0-9]+)?"
# a row of numbers with nothing but blanks between them, signs close to them
_ROW = re.compile(rf"\[({_NUMBER}(?:[ ]+{_NUMBER})*)\](?=[ᵀ\s⊙·+\-=≈)]|$)")


@dataclass(frozen=True, slots=True)
class _Block:
    """A matrix: its first and last line, its first and last column, its rows."""

    top: int
    bottom: int
    left: int
    right: int
    rows: tuple[str, ...]

    @property
    def latex(self) -> str:
        body = r" \\ ".join(" & ".join(row.split()) for row in self.rows)
        return rf"\begin{{pmatrix}} {body} \end{{pmatrix}}"


def has_matrices(source: str) -> bool:
    """Whether there is a matrix in a formula of plain text."""
    return _OPEN in source or any(" " in match[1] for match in _ROW.finditer(source))


def on_one_line(source: str, column: int) -> str:
    """The formula with its matrices in LaTeX; its first line begins at a column of the page."""
    lines = (" " * column + source).split("\n")
    blocks = list(_blocks(lines))
    outside = [list(line) for line in lines]
    for block in blocks:
        for row in range(block.top, block.bottom + 1):
            stop = min(block.right + 1, len(outside[row]))
            outside[row][block.left : stop] = " " * (stop - block.left)
    plain = ["".join(line) for line in outside]
    placed: list[tuple[int, int, str]] = []
    for block in blocks:
        own = [row for row in range(block.top, block.bottom + 1) if plain[row].strip()]
        placed.append((own[0] if own else block.top, block.left, block.latex))
    found = []
    for number, line in enumerate(plain):
        text, last = "", 0
        for _, start, latex in sorted(entry for entry in placed if entry[0] == number):
            text += line[last:start] + latex
            last = start
        found.append(text + line[last:])
    return _ROW.sub(lambda match: _as_row(match[1]), "\n".join(found)).strip()


def _as_row(numbers: str) -> str:
    return _Block(0, 0, 0, 0, (numbers,)).latex


def _blocks(lines: list[str]) -> Iterator[_Block]:
    for top, line in enumerate(lines):
        for match in re.finditer(f"{_OPEN}([^⎤]*)⎤", line):
            left, right = match.start(), match.end() - 1
            rows, bottom = [match[1]], top
            while bottom + 1 < len(lines):
                part = lines[bottom + 1][left : right + 1]
                if part[:1] not in (_GO_ON, _LAST) or part[:1] == "":
                    break
                bottom += 1
                rows.append(part[1:-1])
                if part[0] == _LAST:
                    break
            yield _Block(top, bottom, left, right, tuple(rows))
