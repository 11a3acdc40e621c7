"""A computational graph as a problem: givens, named steps, an output, and what to derive it by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from tracer import schema
from tracer.check_options import USUAL, Check, check_check, check_options
from tracer.errors import count, printable
from tracer.expressions import (
    LONGEST_NAME,
    Statement,
    is_name,
    statement,
)
from tracer.graph_steps import Definition, Steps, worked
from tracer.graph_updates import (
    OUTPUT,
    check_gradients,
    check_reserved,
    check_state,
    entries,
)
from tracer.number_keys import check_numbers, numbers
from tracer.optimizer_keys import Optimizer, check_optimizer, optimizer
from tracer.page_options import AUTO, Page, check_graph_page, page
from tracer.policy import Numbers
from tracer.print_steps import check_chosen, printed_steps
from tracer.source import Written
from tracer.toml_scan import Place
from tracer.validation import Findings, defaults


@dataclass(frozen=True, slots=True)
class GraphProblem:
    """A computational graph: ``output`` is to be derived by each of ``wrt``.

    ``given`` holds numbers by id; ``definitions`` are in an order in which each uses earlier ones
    only, and are what the ``statements`` of the file come to. ``sizes`` are the constants of
    their ranges. ``steps``: how many steps of the optimiser, if any, change what is in ``wrt``;
    ``chosen_steps``: those of them to be printed, if the problem says so.
    ``origin`` numbers the statement that each definition comes from; ``places`` says where in the
    file each definition stands.
    ``slopes``: where the gradients are given as numbers those of each step, the last of them those
    of all further ones; there are no definitions then. ``written`` is where the problem was read
    from, None where that was no text.
    """

    title: str
    question: str
    given: Mapping[str, Fraction]
    definitions: tuple[Definition, ...]
    output: str
    wrt: tuple[str, ...]
    statements: tuple[Statement, ...]
    sizes: Mapping[str, int]
    learning_rates: tuple[Fraction, ...]
    steps: int
    optimizer: Optimizer
    numbers: Numbers
    origin: Mapping[str, int]
    slopes: tuple[Mapping[str, Fraction], ...] = ()
    page: Page = AUTO
    check: Check = USUAL
    places: Mapping[str, str] = field(default_factory=dict, compare=False)
    chosen_steps: tuple[int, ...] = ()
    written: Written | None = field(default=None, compare=False, repr=False)

    @property
    def printed_steps(self) -> tuple[int, ...]:
        """The steps that are printed in full."""
        return printed_steps(self.steps, self.chosen_steps)

    def is_fixed(self, name: str) -> bool:
        """Whether a quantity is given and no update changes it."""
        is_kept = name in self.wrt and self.steps > 0
        return (name in self.given and not is_kept) or name in self.optimizer.constants

    @property
    def work(self) -> int:
        """What a pass takes: the number of steps to be worked out."""
        return len(self.definitions)


def build(given: dict[str, Any], found: Findings) -> GraphProblem | None:
    """The problem of checked tables; what is wrong with its graph is added to ``found``."""
    top = defaults(schema.GRAPH_PROBLEM) | given
    training = defaults(schema.TRAINING) | (top["training"] or {})
    steps = training["steps"] or 0
    if steps and "learning_rate" not in (top["training"] or {}):
        message = f'"learning_rate" is missing for {count(steps, "step")}'
        place = ("training", "learning_rate")
        found.append((place, False, f"{message}; write for example learning_rate = 0.01"))
    if "batch" in (top["training"] or {}):
        found.append((("training", "batch"), True, "a graph has no samples to make batches of"))
    gradients = (top["graph"] or {}).get("gradients") or [None]
    are_given = isinstance(gradients[0], Mapping)
    check_graph_page(top["page"], found, is_worked=not are_given)
    check_check(top["check"], found, is_graph=True)
    check_numbers(top, found, is_graph=True)
    states = list(check_optimizer(given, "of", found))
    check_chosen({"steps": steps, "print": training["print"]}, found)
    if found:
        return None
    graph = defaults(schema.GRAPH) | top["graph"]
    _check_names(graph, found)
    values = dict(entries(graph["given"]))
    slopes: tuple[dict[str, Fraction], ...] = ()
    if are_given:
        slopes = check_gradients(graph, steps, found)
        own = Steps((), {}, graph["output"] or OUTPUT, tuple(slopes[0]))
    else:
        policy = (top["numbers"] or {}).get("policy")
        read = worked(graph, values, steps, policy, found)
        if read is None:
            return None
        own = read
    places: dict[str, Place] = {name: ("graph", "given", name) for name in graph["given"]}
    places |= {name: ("graph", "steps", index) for name, index in own.origin.items()}
    kind = (top["optimizer"] or {}).get("kind")
    check_reserved(places, kind, training["learning_rate"] is not None, found)
    state = check_state(states, values, own.wrt, found)
    if found:
        return None
    return GraphProblem(
        title=top["title"],
        question=top["question"],
        given=values,
        definitions=own.definitions,
        output=own.output,
        wrt=own.wrt,
        statements=tuple(statement(text) for text in graph.get("steps") or ()),
        sizes=graph["sizes"],
        learning_rates=training["learning_rate"] or (),
        steps=steps,
        optimizer=optimizer(top["optimizer"], state),
        numbers=numbers(top["numbers"]),
        origin=own.origin,
        slopes=slopes,
        page=page(top["page"]),
        check=check_options(top["check"]),
        chosen_steps=training["print"] or (),
    )


def _check_names(graph: Mapping[str, Any], found: Findings) -> None:
    for key in ("given", "sizes"):
        for name in graph[key]:
            if not is_name(name):
                message = (
                    f'"{printable(name, 40)}" can\'t be a name; a name is a letter and then '
                    f"letters, digits or _, at most {LONGEST_NAME} in all, and no function's"
                )
                found.append((("graph", key, name), True, message))
