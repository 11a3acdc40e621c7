"""A single quantity in running text: how it is asked for, and what can be written of it."""

from __future__ import annotations

from tracer.errors import Fault, InputError, did_you_mean, printable

FORMS = {
    "value": "Its value, rounded as the solution prints it.",
    "exact": "Its exact value, a fraction where it has to be.",
    "symbol": "Its symbol.",
    "equation": "Its symbol and its value.",
}
OPTIONS = ("digits", "significant", "steps", "notation")


def asked(text: str) -> tuple[str, str, dict[str, str]]:
    """The problem, the quantity and the options of ``deck.toml dloss/dw1[1,2] digits=3``."""
    problem, *words = text.split() or [""]
    options = {}
    while len(words) > 1 and "=" in words[-1]:
        name, _, value = words.pop().partition("=")
        if name not in OPTIONS:
            hint = did_you_mean(name, OPTIONS) or f"; there are {', '.join(OPTIONS)}"
            raise InputError(
                Fault(printable(name, 40), f"there is no such option here{hint}", argument=True)
            )
        options[name] = value
    if not words:
        message = "write a problem file and an id, as in deck.toml dloss/dw1[1,2]"
        raise InputError(Fault(printable(problem, 60) or "value", message))
    return problem, " ".join(words), options
