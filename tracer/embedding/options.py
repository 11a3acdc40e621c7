"""What a document asks for, as strings: the options of a directive, a fence, a plug-in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from tracer.errors import Fault, InputError, did_you_mean, printable
from tracer.excerpts import Part


@dataclass(frozen=True, slots=True)
class Request:
    """What is wanted of a solution; the names are those of `api.solve` and `with_changes`."""

    only: tuple[str, ...] = ()
    part: Part = field(default_factory=Part)
    notation: str | None = None
    view: str | None = None
    views: Mapping[str, str] = field(default_factory=dict)
    detail: str | None = None
    show: tuple[str, ...] = ()
    hide: tuple[str, ...] = ()
    digits: int | None = None
    significant: int | None = None
    steps: int | None = None
    printed: tuple[int, ...] | None = None


@dataclass(frozen=True, slots=True)
class Option:
    """An option: what it does, an example of its value, and how that changes a request."""

    meaning: str
    example: str
    read: Callable[[Request, str, str], Request]


def listed(text: str) -> tuple[str, ...]:
    """The items of a list: parted by commas outside of brackets, semicolons or line ends.

    >>> listed("dloss/dw1[1,2], w_{1,2}^1; loss")
    ('dloss/dw1[1,2]', 'w_{1,2}^1', 'loss')
    """
    items, depth = [""], 0
    for char in text:
        depth = max(0, depth + (char in "([{") - (char in ")]}"))
        if char in ";\n" or (char == "," and not depth):
            items.append("")
        else:
            items[-1] += char
    return tuple(item.strip() for item in items if item.strip())


def _fault(option: str, message: str) -> InputError:
    return InputError(Fault(option, message, argument=True))


def _items(option: str, text: str) -> tuple[str, ...]:
    found = listed(text)
    if not found:
        raise _fault(option, f"is empty; write it as in {option}: {OPTIONS[option].example}")
    return found


def _whole(option: str, text: str) -> int:
    word = text.strip()
    if not (word.isascii() and word.isdigit()) or len(word) > 9:
        example = OPTIONS[option].example
        raise _fault(
            option, f"must be a whole number such as {example}, not {printable(text, 20)!r}"
        )
    return int(word)


def _with(request: Request, name: str, value: Any) -> Request:
    return replace(request, **{name: value})


def _names(request: Request, option: str, text: str) -> Request:
    return _with(request, option, _items(option, text))


def _number(request: Request, option: str, text: str) -> Request:
    return _with(request, option, _whole(option, text))


def _word(request: Request, option: str, text: str) -> Request:
    (word, *more) = _items(option, text)
    if more:
        raise _fault(option, f"is one word, not {printable(text, 40)!r}")
    return _with(request, option, word)


def _view(request: Request, option: str, text: str) -> Request:
    view, views = None, {}
    for item in _items(option, text):
        name, equals, word = item.rpartition("=")
        if equals:
            views[name.strip()] = word.strip()
        else:
            view = item
    return replace(request, view=view, views=views)


def _printed(request: Request, option: str, text: str) -> Request:
    return replace(request, printed=tuple(_whole(option, item) for item in _items(option, text)))


def _section(request: Request, option: str, text: str) -> Request:
    titles = tuple(item.strip() for item in text.replace("\n", ";").split(";") if item.strip())
    if not titles:
        raise _fault(option, f"is empty; write it as in {option}: {OPTIONS[option].example}")
    return replace(request, part=replace(request.part, sections=titles))


def _table(request: Request, option: str, text: str) -> Request:
    numbers = tuple(_whole(option, item) for item in listed(text))
    return replace(request, part=replace(request.part, tables=numbers))


def _diagram(request: Request, option: str, text: str) -> Request:
    return replace(request, part=replace(request.part, diagrams=listed(text)))


# every option that says what is wanted; each docs build has the same
OPTIONS: dict[str, Option] = {
    "only": Option(
        "Only the derivations of these quantities, by their ids or as the notation writes them.",
        "dloss/dw1[1,2], dloss/db1[1]",
        _names,
    ),
    "section": Option(
        "Only the sections with these titles, parted by semicolons; of a title that comes twice "
        "the second is Gradients (2).",
        "Initial Model",
        _section,
    ),
    "table": Option(
        "Only the tables, or those with these numbers, counted from 1; with section, its tables.",
        "1",
        _table,
    ),
    "diagram": Option(
        "Only the picture of the network or graph, or those of these gradients, named as in only.",
        "dloss/dw1[1,2]",
        _diagram,
    ),
    "notation": Option("The notation.", "nielsen", _word),
    "view": Option(
        "How gradients are written: auto, paths, deltas, matrix or function; ID=VIEW for one.",
        "deltas",
        _view,
    ),
    "detail": Option("How much is said: brief, slides or full.", "full", _word),
    "show": Option("Parts that are shown besides.", "check, paths", _names),
    "hide": Option("Parts that are left out.", "practice", _names),
    "digits": Option("At most so many decimals.", "3", _number),
    "significant": Option("At most so many significant figures instead.", "4", _number),
    "steps": Option("So many steps of gradient descent.", "2", _number),
    "print": Option("These steps in full.", "1, 100", _printed),
}


def parse(options: Mapping[str, str]) -> Request:
    """The request that these options make. Raises InputError with a fault for each wrong one."""
    request, faults = Request(), []
    for name, text in options.items():
        if name not in OPTIONS:
            hint = did_you_mean(name, OPTIONS) or f"; there are {', '.join(OPTIONS)}"
            faults.append(
                Fault(printable(name, 40), f"there is no such option{hint}", argument=True)
            )
            continue
        try:
            request = OPTIONS[name].read(request, name, text)
        except InputError as error:
            faults += error.faults
    if not faults and request.only and request.part != Part():
        faults += [
            Fault(name, "is of the whole page; only asks for derivations alone", argument=True)
            for name in ("section", "table")
            if name in options
        ]
    if faults:
        raise InputError(*faults)
    return request


def solving(request: Request) -> dict[str, Any]:
    """What of a request `api.solve` takes."""
    return {name: getattr(request, name) for name in ("only", "view", "detail", "show", "hide")}


def changing(request: Request) -> dict[str, Any]:
    """What of a request `loading.with_changes` takes."""
    names = ("digits", "significant", "steps", "printed", "notation")
    return {name: getattr(request, name) for name in names}
