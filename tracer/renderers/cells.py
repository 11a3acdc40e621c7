"""Cells of Jupyter notebooks (nbformat 4.5): what `tracer.sheets` and `ipynb` share."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any


def notebook(cells: Sequence[Mapping[str, Any]]) -> str:
    """A notebook of these cells, for Python."""
    metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    found = {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(found, ensure_ascii=False, indent=1) + "\n"


def markdown(name: str, text: str) -> dict[str, Any]:
    """A cell of Markdown; ``name`` is its id, of letters, digits and hyphens."""
    return {"cell_type": "markdown", "id": name, "metadata": {}, "source": _lines(text)}


def code(
    name: str, text: str, shown: Mapping[str, str] = MappingProxyType({}), count: int | None = None
) -> dict[str, Any]:
    """A cell of code; ``shown`` is what its last line shows, run as the ``count``-th."""
    output = {
        "data": {kind: _lines(own) for kind, own in sorted(shown.items())},
        "execution_count": count,
        "metadata": {},
        "output_type": "execute_result",
    }
    return {
        "cell_type": "code",
        "execution_count": count,
        "id": name,
        "metadata": {},
        "outputs": [output] if shown else [],
        "source": _lines(text),
    }


def quoted(text: str) -> str:
    """A text in double quotes, as Python, JSON and TOML read it."""
    return json.dumps(text, ensure_ascii=False)


def literal(text: str) -> str:
    """A Python literal of a text of lines, as it stands where that is possible.

    >>> print(literal("factor = 2"))
    r'''
    factor = 2
    '''
    """
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").strip("\n") + "\n"
    if "'''" not in text:
        return f"r'''\n{text}'''"
    lines = "\n".join(f"    {line!r}" for line in text.splitlines(keepends=True))
    return f"\n{lines}\n"


def _lines(text: str) -> list[str]:
    return text.strip("\n").splitlines(keepends=True)
