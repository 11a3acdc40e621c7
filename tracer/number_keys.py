"""The table ``numbers`` of a problem file: the rules that join its keys, and what it comes to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from tracer import schema
from tracer.policy import Numbers
from tracer.validation import Findings, defaults


def check_numbers(given: Mapping[str, Any], found: Findings, *, is_graph: bool = False) -> None:
    """A kind of quantity has decimals or significant figures, and is one that the problem has."""
    table = given.get("numbers") or {}
    decimals, figures = (table.get(name) or {} for name in ("digits_of", "significant_of"))
    for kind in figures:
        if kind in decimals:
            message = f'"{kind}" has decimals in digits_of already; leave out one of them'
            found.append((("numbers", "significant_of", kind), True, message))
    if not is_graph:
        return
    for name, kinds in (("digits_of", decimals), ("significant_of", figures)):
        for kind in kinds:
            if kind in schema.NETWORK_QUANTITIES:
                message = f'a graph has no "{kind}"; all of its steps are "outputs"'
                found.append((("numbers", name, kind), True, message))


def numbers(given: dict[str, Any]) -> Numbers:
    """The checked table with its defaults."""
    return Numbers(**(defaults(schema.NUMBERS) | given))


def with_digits(given: Numbers, **changes: Any) -> Numbers:
    """Other ``digits`` or ``significant`` figures: those of every kind of quantity."""
    return replace(given, **{"significant": None, "digits_of": {}, "significant_of": {}, **changes})
