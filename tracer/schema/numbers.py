"""The keys of how numbers are rounded and printed."""

from __future__ import annotations

from tracer.schema.kinds import (
    Choice,
    Flag,
    Key,
    Table,
    Whole,
)

DIGITS = Whole(0, 50)
SIGNIFICANT = Whole(1, 50)

# kinds of quantities, and what they are of a network and of a graph
QUANTITIES = {
    "pre_activations": "pre-activations",
    "outputs": "outputs of neurons; of a graph all steps",
    "loss": "the loss, also of one sample or a batch, and of the penalty",
    "local_derivatives": "derivatives of one line by what it reads",
    "deltas": "derivatives of the loss (of a graph's output) by what lies on the way",
    "gradients": "derivatives of the loss by weights and biases; of a graph those asked for",
    "weights": "new weights and biases; of a graph what it updates",
    "state": "what an optimiser keeps or works out for a weight",
}
NETWORK_QUANTITIES = ("pre_activations", "loss", "state")


def _of_each(unit: str, kind: Whole) -> tuple[Key, ...]:
    return tuple(
        Key(name, kind, f"{unit} of {words}.", f"{name} = 3", None)
        for name, words in QUANTITIES.items()
    )


NUMBERS = (
    Key(
        "policy",
        Choice(("exact", "display", "step", "float64")),
        "Exact fractions throughout; exact but rounded for display; rounded at each step as by "
        "hand; or as a computer's float64 has it.",
        'policy = "display"',
        "display",
    ),
    Key(
        "digits",
        DIGITS,
        "How many decimals are printed at most. A number that would then print as 0 keeps three "
        "figures with a power of ten; with the policy step it is 0, but for what an optimiser "
        "keeps and for factors on the way, which no step rounds.",
        "digits = 5",
        5,
        instead="significant",
    ),
    Key(
        "significant",
        SIGNIFICANT,
        "In place of digits: how many significant figures are printed at most, counted from the "
        "first that is not 0. Zeros at the end are dropped here too: with 3 figures 1.499 is 1.5, "
        "which stands for 1.50. A number of 10^6 or more that has more digits than figures, or "
        "below 10^-4, has a power of ten.",
        "significant = 3",
        None,
    ),
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
    Key(
        "digits_of",
        Table(_of_each("Decimals", DIGITS)),
        "Decimals of some kinds of quantities that are not those of all others.",
        "[numbers.digits_of]",
        {},
    ),
    Key(
        "significant_of",
        Table(_of_each("Significant figures", SIGNIFICANT)),
        "Significant figures of some kinds of quantities, in place of decimals.",
        "[numbers.significant_of]",
        {},
    ),
)
