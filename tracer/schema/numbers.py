"""The keys of how numbers are rounded and printed."""

from __future__ import annotations

from tracer.schema.kinds import (
    Choice,
    Flag,
    Key,
    Whole,
)

DIGITS = Whole(0, 50)

NUMBERS = (
    Key(
        "policy",
        Choice(("exact", "display", "step", "float64")),
        "Exact fractions throughout; exact but rounded for display; rounded at each step as by "
        "hand; or as a computer's float64 has it.",
        'policy = "display"',
        "display",
    ),
    Key("digits", DIGITS, "How many decimals are printed at most.", "digits = 5", 5),
    Key(
        "style",
        Choice(("decimal", "fraction")),
        "Whether numbers are printed as decimals or as fractions.",
        'style = "decimal"',
        "decimal",
    ),
    Key(
        "decimal_comma",
        Flag(),
        "Whether decimals are printed with a comma, as in 0,5.",
        "decimal_comma = false",
        False,
    ),
)
