"""A computational graph as a problem: givens, named steps, an output, and what to derive it by."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from heapq import heappop, heappush
from itertools import islice
from math import prod
from typing import Any

from tracer import schema
from tracer.errors import count, did_you_mean, printable
from tracer.expressions import (
    LONGEST_NAME,
    RATIONAL,
    Call,
    FormulaError,
    Minus,
    Name,
    Number,
    Over,
    Power,
    Product,
    Quotient,
    Statement,
    Sum,
    Tree,
    is_name,
    statement,
)
from tracer.graph_updates import (
    OUTPUT,
    check_gradients,
    check_reserved,
    check_state,
    entries,
    entries_of,
    unfit,
)
from tracer.indices import Budget, IndexFault, written_out
from tracer.number_keys import check_numbers, numbers
from tracer.optimizer_keys import Optimizer, check_optimizer, optimizer
from tracer.page_options import AUTO, Page, check_graph_page, page
from tracer.policy import Numbers
from tracer.print_steps import check_chosen, printed_steps
from tracer.toml_scan import Place
from tracer.validation import ENOUGH, Findings, defaults

# (9^64)^64 is short to write
_MOST_BITS = 8_192
_NO_NAME = "no name stands in this step; give a name to what the function is of"


@dataclass(frozen=True, slots=True)
class Definition:
    """A step: the id of a quantity and the formula, in earlier ids, that it is."""

    id: str
    formula: Tree


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
    of all further ones; there are no definitions then.
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
    places: Mapping[str, str] = field(default_factory=dict, compare=False)
    chosen_steps: tuple[int, ...] = ()

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
    check_graph_page(top["page"], found)
    check_numbers(top, found, is_graph=True)
    states = list(check_optimizer(given, "of", found))
    check_chosen({"steps": steps, "print": training["print"]}, found)
    if found:
        return None
    graph = defaults(schema.GRAPH) | top["graph"]
    _check_names(graph, found)
    values = dict(entries(graph["given"]))
    slopes: tuple[dict[str, Fraction], ...] = ()
    if isinstance((graph["gradients"] or [None])[0], Mapping):
        slopes = check_gradients(graph, steps, found)
        own = _Worked((), {}, graph["output"] or OUTPUT, tuple(slopes[0]))
    else:
        worked = _worked(graph, values, steps, (top["numbers"] or {}).get("policy"), found)
        if worked is None:
            return None
        own = worked
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
        chosen_steps=training["print"] or (),
    )


@dataclass(frozen=True, slots=True)
class _Worked:
    """What the steps of a graph come to; ``origin`` says in which statement each stands."""

    definitions: tuple[Definition, ...]
    origin: Mapping[str, int]
    output: str
    wrt: tuple[str, ...]


def _worked(
    graph: Mapping[str, Any],
    values: dict[str, Fraction],
    steps: int,
    policy: str | None,
    found: Findings,
) -> _Worked | None:
    """The definitions, the output and what it is derived by, or None as ``found`` says."""
    inputs = tuple(values)
    if "steps" not in graph:
        message = '"steps" is missing; write for example steps = ["q = x + y", "f = q*z"]'
        found.append((("graph", "steps"), False, message))
        return None
    formulas, origin = _written(graph["steps"], graph["sizes"], values, found)
    if not found and not formulas:
        found.append((("graph", "steps"), False, "every step is a number; nothing to derive"))
    if policy == "exact":
        _check_exact(formulas, origin, found)
    definitions = () if found else _ordered(formulas, origin, found)
    if found:
        return None
    known = {**values, **{own.id: None for own in definitions}}
    output = graph["output"] or list(formulas)[-1]
    if output not in known:
        found.append((("graph", "output"), False, _unknown(output, known)))
    wrt = list(inputs) if graph["gradients"] is None else []
    for index, name in enumerate(graph["gradients"] or ()):
        some = entries_of(name, known)
        if not some:
            found.append((("graph", "gradients", index), False, _unknown(name, known)))
        elif steps and (reason := unfit(some, values)):
            found.append((("graph", "gradients", index), False, reason))
        wrt += some
    return _Worked(definitions, origin, output, tuple(dict.fromkeys(wrt)))


def _check_names(graph: Mapping[str, Any], found: Findings) -> None:
    for key in ("given", "sizes"):
        for name in graph[key]:
            if not is_name(name):
                message = (
                    f'"{printable(name, 40)}" can\'t be a name; a name is a letter and then '
                    f"letters, digits or _, at most {LONGEST_NAME} in all, and no function's"
                )
                found.append((("graph", key, name), True, message))


def _written(
    texts: tuple[str, ...],
    sizes: Mapping[str, int],
    values: dict[str, Fraction],
    found: Findings,
) -> tuple[dict[str, Tree], dict[str, int]]:
    """The steps written out, and the statement that each stands in.

    A step that is a number joins the given ``values``. The statements may stand in any order, as
    those of a recurrence have to.
    """
    formulas: dict[str, Tree] = {}
    origin: dict[str, int] = {}
    budget = Budget()
    for index, text in enumerate(texts):
        try:
            for name, own in written_out(statement(text), sizes, budget):
                if name in values or name in formulas:
                    raise IndexFault(f'"{name}" is defined twice')
                check_constants(own)
                if not names_in(own):
                    number = constant(own)
                    if number is None:
                        raise IndexFault(_NO_NAME)
                    values[name] = number
                else:
                    formulas[name], origin[name] = own, index
                if len(formulas) > schema.MOST_PARAMETERS:
                    raise IndexFault(f"more than {schema.MOST_PARAMETERS:,} quantities")
        except FormulaError as error:
            found.append((("graph", "steps", index), False, error.located(text, "step")))
        except IndexFault as error:
            found.append((("graph", "steps", index), False, str(error)))
        if len(found) >= ENOUGH:
            break
    # what an unreadable step was to define is not also missing elsewhere
    steps = [place[2] for place, _, _ in found if place[:2] == ("graph", "steps")]
    targets = (texts[index].partition("=")[0] for index in steps if isinstance(index, int))
    unread = {target.partition("[")[0].strip() for target in targets}
    blamed: set[int] = set()
    for name, own in formulas.items():
        for used in names_in(own):
            if used in values or used in formulas or used.partition("[")[0] in unread:
                continue
            if origin[name] not in blamed:
                blamed.add(origin[name])
                message = _unknown(used, [*values, *formulas])
                found.append((("graph", "steps", origin[name]), False, message))
    return formulas, origin


def check_constants(tree: Tree) -> None:
    """Raise IndexFault where arithmetic without names comes to what nobody would write."""
    match tree:
        case Power(base, _):
            constant(tree)
            check_constants(base)
        case Minus(body):
            check_constants(body)
        case Sum(parts) | Product(parts) | Call(_, parts):
            for part in parts:
                check_constants(part)
        case Quotient(top, bottom):
            check_constants(top)
            check_constants(bottom)


def constant(tree: Tree) -> Fraction | None:
    """What arithmetic comes to; None where names or functions stand in it. Raises IndexFault."""
    match tree:
        case Number(value):
            return value
        case Minus(body):
            found = constant(body)
            return None if found is None else -found
        case Sum(parts) | Product(parts):
            values = [constant(part) for part in parts]
            known = [one for one in values if one is not None]
            if len(known) < len(values):
                return None
            return (
                sum(known, Fraction(0)) if isinstance(tree, Sum) else prod(known, start=Fraction(1))
            )
        case Power(base, exponent):
            found = constant(base)
            if found is None:
                return None
            bits = max(found.numerator.bit_length(), found.denominator.bit_length())
            if bits * exponent > _MOST_BITS:
                raise IndexFault(f"a power of more than {_MOST_BITS:,} bits")
            return found**exponent
        case Quotient(top, bottom):
            above, below = constant(top), constant(bottom)
            if below == 0:
                raise IndexFault("division by zero")
            return None if above is None or below is None else above / below
    return None


def _check_exact(formulas: Mapping[str, Tree], origin: Mapping[str, int], found: Findings) -> None:
    for name, own in formulas.items():
        for function in functions_in(own):
            if function not in RATIONAL:
                message = (
                    f'the policy "exact" works with fractions, but "{name}" has {function}, whose '
                    'values are none; use "display"'
                )
                found.append((("graph", "steps", origin[name]), False, message))
                return


def functions_in(tree: Tree) -> list[str]:
    """The functions that a formula calls."""
    match tree:
        case Call(function, parts):
            return [function, *(name for part in parts for name in functions_in(part))]
        case Product(parts) | Sum(parts):
            return [name for part in parts for name in functions_in(part)]
        case Minus(body) | Power(body, _):
            return functions_in(body)
        case Quotient(top, bottom):
            return functions_in(top) + functions_in(bottom)
    return []


def _ordered(
    formulas: Mapping[str, Tree], origin: Mapping[str, int], found: Findings
) -> tuple[Definition, ...]:
    """The definitions in an order in which each uses earlier ones only.

    Of those that could be next the first in the file comes first (Kahn 1962), so that a recurrence
    is worked one step of time after the other.
    """
    names = list(formulas)
    place = {name: position for position, name in enumerate(names)}
    readers: dict[str, list[int]] = {}
    waiting = []
    for name, own in formulas.items():
        used = [other for other in dict.fromkeys(names_in(own)) if other in formulas]
        waiting.append(len(used))
        for other in used:
            readers.setdefault(other, []).append(place[name])
    ready = [position for position, count in enumerate(waiting) if count == 0]
    done: list[Definition] = []
    while ready:
        name = names[heappop(ready)]
        done.append(Definition(name, formulas[name]))
        for reader in readers.get(name, ()):
            waiting[reader] -= 1
            if waiting[reader] == 0:
                heappush(ready, reader)
    if len(done) < len(names):
        stuck = next(name for name, count in zip(names, waiting, strict=True) if count)
        message = f'"{stuck}" depends on itself, directly or by way of other steps'
        found.append((("graph", "steps", origin[stuck]), False, message))
    return tuple(done)


def names_in(tree: Tree) -> list[str]:
    """The ids that a formula without indices uses, each as often as it stands there."""
    found: list[str] = []
    waiting = [tree]
    while waiting:
        match waiting.pop():
            case Name(name, _):
                found.append(name)
            case Product(parts) | Sum(parts) | Call(_, parts):
                waiting += reversed(parts)
            case Minus(body) | Power(body, _) | Over(_, body):
                waiting.append(body)
            case Quotient(top, bottom):
                waiting += (bottom, top)
    return found


def _indices(name: str) -> tuple[int, ...]:
    """``(2, 1)`` of ``A[2,1]``; nothing of a name without indices."""
    inside = name.partition("[")[2].rstrip("]").split(",")
    return tuple(int(index) for index in inside if index.strip().lstrip("-").isdigit())


def _unknown(name: str, known: Collection[str]) -> str:
    array, bracket, _ = name.partition("[")
    own = (_indices(other) for other in known if other.partition("[")[0] == array)
    entries = sorted(indices for indices in own if indices)
    if entries:
        first, last = (f"{array}[{','.join(map(str, end))}]" for end in (entries[0], entries[-1]))
        there = f"; there is {first}" if first == last else f"; there are {first} to {last}"
        from_1 = bracket and min(map(min, entries)) == 1 and 0 in _indices(name)
        start = f"; indices of {array} start at 1" if from_1 else ""
        return f'"{printable(name, 40)}" is not defined{start}{there}'
    # one suggestion is looked for among a few thousand names at most, however long the graph is
    guess = did_you_mean(name, islice(known, 5_000))
    return f'"{printable(name, 40)}" is not defined{guess}'
