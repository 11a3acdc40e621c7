"""What the updates of a computational graph need: rules that join its keys with an optimiser's."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from fractions import Fraction
from typing import Any

from tracer import ids, schema
from tracer.errors import did_you_mean, printable
from tracer.expressions import is_name
from tracer.optimizer_keys import Entry
from tracer.toml_scan import Place
from tracer.validation import Findings

OUTPUT = "L"
"""What gradients that are given as numbers are of where nothing else is said."""


def entries(given: Mapping[str, Any]) -> Iterator[tuple[str, Fraction]]:
    """Each number of a table of numbers, lists and matrices with its id."""
    for name, value in given.items():
        if isinstance(value, Fraction):
            yield name, value
            continue
        for j, row in enumerate(value, start=1):
            if isinstance(row, Fraction):
                yield f"{name}[{j}]", row
            else:
                yield from ((f"{name}[{j},{k}]", entry) for k, entry in enumerate(row, start=1))


def entries_of(name: str, known: Iterable[str]) -> list[str]:
    """The ids that a name stands for: its own, or those of its entries."""
    return [other for other in known if name in (other, other.partition("[")[0])]


def unfit(wrt: Iterable[str], given: Collection[str]) -> str | None:
    """Why no update can change one of ``wrt``, or None: only what is given can be changed."""
    step = next((name for name in wrt if name not in given), None)
    if step is None:
        return None
    return (
        f'"{step}" is worked out by a step, so it can\'t be changed by an update; leave it out of '
        '"gradients", or leave out [training] (or set steps = 0)'
    )


def check_reserved(
    names: Mapping[str, Place], kind: str | None, has_rate: bool, found: Findings
) -> None:
    """No quantity has the name of what the updates read; ``names`` says where each stands."""
    constants = schema.OPTIMIZERS[kind].constants if kind else ()
    for name in (*constants, *([ids.LEARNING_RATE] if has_rate else [])):
        if name in names:
            owner = "[training]" if name == ids.LEARNING_RATE else kind
            message = f'"{name}" is what {owner} calls its own; give this quantity another name'
            found.append((names[name], True, message))


def check_state(
    states: Iterable[Entry], given: Mapping[str, Any], wrt: Collection[str], found: Findings
) -> dict[str, Fraction]:
    """What the entries of ``[[state]]`` come to, by id; what does not fit is added to ``found``."""
    state: dict[str, Fraction] = {}
    for place, entry in states:
        of, values = entry["of"], entry.get("values")
        own = entries_of(of, given)
        if not own:
            hint = did_you_mean(of, {name.partition("[")[0]: None for name in given})
            message = f'"{printable(of, 40)}" is not given{hint}'
            found.append(((*place, "of"), False, message))
        elif not set(own) <= set(wrt):
            message = (
                f'"{of}" is not updated: it is not among "gradients", so nothing is kept of it'
            )
            found.append(((*place, "of"), False, message))
        elif values is not None:
            kept = dict(entries({of: values}))
            if kept.keys() != set(own):
                message = f"{shape(kept, of)}, but {of} is {shape(own, of)}"
                found.append(((*place, "values"), False, message))
            for name, value in kept.items():
                if state.setdefault(ids.state(entry["name"], name), value) is not value:
                    found.append((place, False, f"{entry['name']} of {name} is given twice"))
    return state


def check_gradients(
    graph: Mapping[str, Any], steps: int, found: Findings
) -> tuple[dict[str, Fraction], ...]:
    """The gradients of each step that are given as numbers, by the ids of what they are of."""
    for key in ("steps", "sizes"):
        if graph.get(key):
            message = f'gradients are given as numbers, so there is nothing for "{key}" to say'
            found.append((("graph", key), True, message))
    output = graph["output"] or OUTPUT
    if not is_name(output) or output in graph["given"]:
        message = f'"{printable(output, 40)}" must be a name that nothing else has, such as "loss"'
        place = ("graph", "output") if graph["output"] else ("graph", "given", output)
        found.append((place, not graph["output"], message))
    if not steps:
        message = (
            "gradients given as numbers leave only the update to work out; add [training] with "
            "learning_rate = 0.01"
        )
        found.append((("graph", "gradients"), True, message))
    tables = graph["gradients"]
    for index, table in enumerate(tables):
        here: Place = ("graph", "gradients", *([index] if len(tables) > 1 else []))
        if not table:
            found.append((here, False, "a table of gradients needs at least one name"))
        for name, values in table.items():
            if name not in graph["given"]:
                hint = did_you_mean(name, graph["given"])
                found.append(((*here, name), True, f'"{printable(name, 40)}" is not given{hint}'))
                continue
            own, theirs = (dict(entries({name: v})) for v in (values, graph["given"][name]))
            if own.keys() != theirs.keys():
                message = f"{shape(own, name)}, but {name} is {shape(theirs, name)}"
                found.append(((*here, name), False, message))
        differing = sorted(tables[0].keys() ^ table.keys())
        if table and differing:
            name = printable(differing[0], 40)
            message = f'every step needs a gradient of the same names; see "{name}"'
            found.append((here, False, message))
    return tuple(dict(entries(table)) for table in tables)


def shape(names: Collection[str], of: str) -> str:
    """The shape of what has these ids, in words: ``a 2 × 3 matrix``."""
    *_, last = names
    indices = last.removeprefix(of).strip("[]").split(",")
    if indices == [""]:
        return "a number"
    if len(indices) == 1:
        return f"a list of {len(names)}"
    return f"a {indices[0]} × {indices[1]} matrix"
