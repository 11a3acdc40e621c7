"""The keys of how submissions are marked."""

from __future__ import annotations

from tracer.schema.kinds import Flag, Key, NamedNumbers, Number, Table
from tracer.schema.numbers import QUANTITIES

MOST_POINTS = 1_000
POINTS = Number(most=MOST_POINTS)
ASKED = ("outputs", "loss", "gradients", "weights")
"""The kinds of quantities that a submission is to give unless the problem says otherwise."""

CHECK = (
    Key(
        "points",
        Table(
            tuple(
                Key(name, POINTS, f"Points for each of {words}.", f"{name} = 2", None)
                for name, words in QUANTITIES.items()
            )
        ),
        "Points for each quantity of a kind. What has points is asked for; kinds that the table "
        "leaves out are not. Without it these have one point each: " + ", ".join(ASKED) + ".",
        "[check.points]",
        None,
    ),
    Key(
        "points_of",
        NamedNumbers(POINTS),
        "Points for single quantities, by their ids; they count more than those of the kind. 0: it "
        "is not asked for.",
        'points_of = { "dloss/dw1[1,2]" = 3 }',
        {},
    ),
    Key(
        "follow_through",
        Number(most=1),
        "The share of its points that a value has which is wrong only because an earlier one is.",
        "follow_through = 1",
        1,
    ),
    Key(
        "require_digits",
        Flag(),
        "Whether a value must have as many digits as the solution prints; if not, one that is "
        "right as far as it goes counts, and the report says that digits are missing.",
        "require_digits = false",
        False,
    ),
)
