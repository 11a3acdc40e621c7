"""The keys of a computational graph."""

from __future__ import annotations

from tracer.schema.formulas import KNOWN_FUNCTIONS
from tracer.schema.kinds import (
    Key,
    NamedNumbers,
    Text,
    Texts,
    Whole,
)

GRAPH = (
    Key(
        "given",
        NamedNumbers(),
        "The numbers that the steps start from: a name and a number, a list (x[1], x[2], ...) or a "
        "matrix (W[1,1], ...).",
        "given = { x = -2, y = 5, z = -4 }",
        {},
    ),
    Key(
        "steps",
        Texts(1_000, 500),
        "Each step is a name, = and a formula in what is given and in other steps, in any order, "
        f"with + - * / ^, sum and {KNOWN_FUNCTIONS}.",
        'steps = ["q = x + y", "f = q*z"]',
        unless="gradients",
    ),
    Key(
        "sizes",
        NamedNumbers(Whole(1, 1_000)),
        "Whole numbers that the ranges of the steps may use.",
        "sizes = { T = 3 }",
        {},
    ),
    Key(
        "output",
        Text(100),
        "What is derived; left out, the last step of the list, or L where gradients are given in "
        "numbers.",
        'output = "f"',
        "",
    ),
    Key(
        "gradients",
        Texts(100, 500, or_numbers=True),
        "With respect to what; left out, everything that is given. In place of names the gradients "
        "themselves, in numbers, as in { W = [[0.1, 0.2]], b = 0.3 }: then there are no steps, "
        "only the update. They are those of every step of the training; a list of such tables has "
        "one for each, and its last stays.",
        'gradients = ["x", "y"]',
        None,
    ),
)
