"""Notation profiles: which letter, subscript and superscript each quantity has on the page.

A profile is a file in ``notations/``, or the table ``[notation]`` of a problem; both have the keys
of ``NOTATION`` in :mod:`tracer.schema` and replace what differs from the profile they are ``like``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from tracer import schema
from tracer.errors import Fault, InputError
from tracer.glyph import Pattern
from tracer.source import read_path
from tracer.validation import Findings, check_table

_ROOT = "deck"
_NEGATED = ("mitchell", "han-kamber")


@dataclass(frozen=True, slots=True)
class Notation:
    """One profile: the patterns of all symbols, as declared in :mod:`tracer.schema`.

    None: ``input`` and ``prediction`` are written as any output; there is no symbol for the
    ``network``, a ``delta``, a sample's own loss; no mark for a ``sample``, an ``updated`` value.
    Where ``is_delta_negated`` the book's delta is minus the derivative: no page adds one.
    """

    name: str
    weight: Pattern
    bias: Pattern
    threshold: Pattern
    slope: Pattern
    pre: Pattern
    output: Pattern
    input: Pattern | None
    prediction: Pattern | None
    target: Pattern
    network: Pattern | None
    delta: Pattern | None
    loss: Pattern
    sample_loss: Pattern | None
    part: Pattern
    data: Pattern
    batch: Pattern
    learning_rate: Pattern
    penalty: Pattern
    epsilon: Pattern
    parameters: Pattern
    step: Pattern
    sample: Pattern | None
    updated: Pattern | None
    input_layer: int
    is_delta_negated: bool = False


@cache
def named(name: str) -> Notation:
    """The profile that ships under ``name``. Raises InputError where its file is at fault."""
    source = read_path(schema.NOTATION_FILES / f"{name}.toml")
    found: Findings = []
    values = check_table(schema.NOTATION, source.content, (), found)
    if found:
        raise InputError(
            *(Fault(source.locate(place, key), message) for place, key, message in found)
        )
    if name == _ROOT:
        return Notation(name, **_patterns(values))
    return replace(own(values), name=name, is_delta_negated=name in _NEGATED)


def own(values: Mapping[str, Any]) -> Notation:
    """The profile of a checked table: what it replaces in the one that it is ``like``."""
    rest = dict(values)
    return replace(named(rest.pop("like", _ROOT)), name="own", **_patterns(rest))


def _patterns(values: Mapping[str, Any]) -> dict[str, Any]:
    """``false`` in a file is None here: no such symbol."""
    return {key: None if value is False else value for key, value in values.items()}
