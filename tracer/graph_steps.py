"""The steps of a computational graph: read, written out, and put in order."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from fractions import Fraction
from heapq import heappop, heappush
from itertools import islice
from typing import Any

from tracer import schema
from tracer.errors import did_you_mean, printable
from tracer.expressions import RATIONAL, FormulaError, Tree, statement
from tracer.graph_updates import entries_of, unfit
from tracer.indices import Budget, IndexFault, written_out
from tracer.trees import check_constants, constant, functions_in, names_in
from tracer.validation import ENOUGH, Findings

_NO_NAME = "no name stands in this step; give a name to what the function is of"


@dataclass(frozen=True, slots=True)
class Definition:
    """A step: the id of a quantity and the formula, in earlier ids, that it is."""

    id: str
    formula: Tree


@dataclass(frozen=True, slots=True)
class Steps:
    """What the steps of a graph come to; ``origin`` says in which statement each stands."""

    definitions: tuple[Definition, ...]
    origin: Mapping[str, int]
    output: str
    wrt: tuple[str, ...]


def worked(
    graph: Mapping[str, Any],
    values: dict[str, Fraction],
    steps: int,
    policy: str | None,
    found: Findings,
) -> Steps | None:
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
    return Steps(definitions, origin, output, tuple(dict.fromkeys(wrt)))


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
