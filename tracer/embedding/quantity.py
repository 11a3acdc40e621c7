"""A single quantity in running text: how it is asked for, and what can be written of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tracer.embedding.given import EXAMPLE
from tracer.errors import Fault, InputError, did_you_mean, printable

FORMS = {
    "value": "Its value, rounded as the solution prints it.",
    "exact": "Its exact value, a fraction where it has to be.",
    "symbol": "Its symbol.",
    "equation": "Its symbol and its value.",
}
"""What can be written of a quantity, and what that is."""

FORMULAS = frozenset({"symbol", "equation"})
"""Those of the forms that are formulas; the others are words."""

OPTIONS = ("digits", "significant", "steps", "notation")
"""The options that may stand after the id."""


def asked(text: str) -> tuple[str, str, dict[str, str]]:
    """The problem, the quantity and the options of ``deck.toml dloss/dw1[1,2] digits=3``.

    Raises InputError where one of the first two is missing, or there is no such option.
    """
    problem, *words = text.split() or [""]
    name, options = _with_options(words)
    if not name:
        message = "write a problem file and an id, as in deck.toml dloss/dw1[1,2]"
        raise InputError(Fault(printable(problem, 60) or "value", message))
    return problem, name, options


def asked_here(text: str) -> tuple[str | None, str, dict[str, str]]:
    """The same in a document that has a problem of its own, where None stands for that.

    The first word is a problem only if it looks like one. Raises InputError where there is no such
    option.
    """
    words = text.split()
    is_named = len(words) > 1 and (words[0].endswith(".toml") or words[0].startswith(EXAMPLE))
    problem = words.pop(0) if is_named else None
    return (problem, *_with_options(words))


def _with_options(words: list[str]) -> tuple[str, dict[str, str]]:
    """A quantity, and the options after it."""
    end = len(words)
    while end > 1 and "=" in words[end - 1]:
        end -= 1
    options = {}
    for word in reversed(words[end:]):  # the first of two alike counts
        name, _, value = word.partition("=")
        if name not in OPTIONS:
            hint = did_you_mean(name, OPTIONS) or f"; there are {', '.join(OPTIONS)}"
            raise InputError(
                Fault(printable(name, 40), f"there is no such option here{hint}", argument=True)
            )
        options[name] = value
    return " ".join(words[:end]), options


def in_form(forms: Mapping[str, Any], form: str, name: str, role: str) -> str:
    """One of the ``forms`` of a quantity, those of `portable.quantity`; messages name the role.

    Raises InputError for the exact value of what is irrational.
    """
    found: str | None = forms[form]
    if found is None:
        message = f"{name} is irrational; tracer:value has its decimals"
        raise InputError(Fault(role, message))
    return found
