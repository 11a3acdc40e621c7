"""Derivations in MyST documents and Jupyter Book 2: an executable plug-in of ``mystmd``.

In ``myst.yml``, with the path of the installed ``tracer-myst``::

    project:
      plugins:
        - type: executable
          path: .venv/bin/tracer-myst

Each directive and role is a process of its own, so SymPy is imported only for what the cache does
not have.

The protocol: without an argument it writes what it offers; with ``--directive NAME`` or
``--role NAME`` it reads the directive or role as JSON and writes the nodes to stand in its place.
What is wrong goes to standard error with status 1, which ``myst build`` shows with the page's name.
"""

from __future__ import annotations

import json
import sys
from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tracer.embedding.cache import Cache
from tracer.embedding.given import Given, given
from tracer.embedding.quantity import FORMS, FORMULAS, asked, in_form
from tracer.errors import Fault, InputError, TracerError, printable

if TYPE_CHECKING:
    from tracer.api import Solution
    from tracer.embedding.options import Request

Node = dict[str, Any]

DIRECTIVE = "derivation"
ROLES = "tracer:"
# the page that a derivation stands in has its title above
_SECTION = 2

_USAGE = (
    "tracer-myst is a plug-in of mystmd, named in myst.yml; it takes nothing, "
    "--directive NAME or --role NAME"
)


def spec() -> dict[str, Any]:
    """What the plug-in offers: a directive and a role."""
    from tracer.embedding import OPTIONS

    options = {
        name: {"type": "string", "doc": f"{option.meaning} As in {option.example}."}
        for name, option in OPTIONS.items()
    }
    own = {
        "label": {
            "type": "string",
            "doc": "Numbers the equations; the first has this label, the next LABEL-2 and so on.",
        },
    }
    return {
        "name": "tracer",
        "directives": [
            {
                "name": DIRECTIVE,
                "doc": "A worked derivation of backpropagation.",
                "arg": {
                    "type": "string",
                    "doc": "The path of a problem file, from the folder of myst.yml.",
                },
                "options": options | own,
                "body": {"type": "string", "doc": "The problem as TOML, instead of a file."},
            }
        ],
        "roles": [
            {
                "name": ROLES + form,
                "doc": f"One quantity of a solution. {meaning}",
                "body": {
                    "type": "string",
                    "required": True,
                    "doc": "Problem file and id, as in deck.toml dloss/dw1[1,2]; then options such "
                    "as digits=3.",
                },
            }
            for form, meaning in FORMS.items()
        ],
        "transforms": [],
    }


def directive(data: Mapping[str, Any], folder: Path, cache: Cache) -> list[Node]:
    """The nodes of a directive ``derivation``."""
    arg, body = str(data.get("arg") or "").strip(), str(data.get("body") or "").strip()
    if arg and body:
        message = "is named, and there is TOML below it too; leave one of them out"
        raise InputError(Fault(printable(arg, 60), message))
    # those of the node too: of what it does not know mystmd only warns
    node = data.get("node") or {}
    raw = {**(node.get("options") or {}), **(data.get("options") or {})}
    options = {name: str(text) for name, text in raw.items()}
    label = options.pop("label", "").strip()
    problem = given(arg or body, folder)

    def make() -> list[Node]:
        from tracer.embedding import parse
        from tracer.embedding.portable import portable

        return nodes(portable(_solution(problem, parse(options)), alone=True), label)

    wanted = {"directive": options, "label": label, "name": problem.name, "text": problem.text}
    found: list[Node] = cache.get(wanted, make)
    return found


def role(data: Mapping[str, Any], folder: Path, cache: Cache) -> list[Node]:
    """The node of a role, such as ``tracer:value``."""
    form = str(data.get("name", "")).removeprefix(ROLES)
    path, name, options = asked(str(data.get("body") or ""))
    problem = given(path, folder)

    def make() -> dict[str, Any]:
        from tracer.embedding import parse
        from tracer.embedding.portable import quantity

        return quantity(_solution(problem, replace(parse(options), only=(name,))))

    wanted = {"role": name, "options": options, "name": problem.name, "text": problem.text}
    found = in_form(cache.get(wanted, make), form, name, ROLES + form)
    return [{"type": "inlineMath", "value": found} if form in FORMULAS else _words(found)]


def _solution(problem: Given, request: Request) -> Solution:
    from tracer.embedding.solver import Solver, loaded

    return Solver().solve(loaded(problem), request)


def nodes(blocks: Sequence[Mapping[str, Any]], label: str = "") -> list[Node]:
    """Portable blocks as nodes of MyST; with a ``label`` the equations have numbers and labels."""
    found: list[Node] = []
    count = 0
    for block in blocks:
        if block["kind"] == "display" and label:
            count += 1
            own = label if count == 1 else f"{label}-{count}"
            found.append(
                _node(block) | {"enumerated": True, "label": own, "identifier": own.lower()}
            )
        else:
            found.append(_node(block))
    return found


def _node(block: Mapping[str, Any]) -> Node:
    match block["kind"]:
        case "heading":
            return {"type": "heading", "depth": _SECTION, "children": _text(block["text"])}
        case "subheading":
            return {"type": "heading", "depth": _SECTION + 1, "children": _text(block["text"])}
        case "rule":
            return {"type": "thematicBreak"}
        case "paragraph":
            paragraph = _paragraph(block["text"])
            return {"type": "blockquote", "children": [paragraph]} if block["remark"] else paragraph
        case "display":
            from tracer.embedding.portable import aligned

            return {"type": "math", "value": aligned(block["rows"]), "enumerated": False}
        case "flow":
            return {"type": "math", "value": block["latex"], "enumerated": False}
        case "steps":
            items = [{"type": "listItem", "children": [_paragraph(i)]} for i in block["items"]]
            return {"type": "list", "ordered": True, "start": 1, "children": items}
        case "table":
            head = _row(block["head"], header=True)
            rows = [_row(row) for row in block["rows"]]
            return {"type": "table", "align": "center", "children": [head, *rows]}
        case "figure":
            picture = b64encode(block["svg"].encode()).decode()
            url = f"data:image/svg+xml;base64,{picture}"
            return {"type": "image", "url": url, "alt": block["alt"]}
    raise AssertionError(block["kind"])


def _paragraph(text: Sequence[Sequence[str]]) -> Node:
    return {"type": "paragraph", "children": _text(text)}


def _row(cells: Sequence[Any], *, header: bool = False) -> Node:
    # as Markdown, a table has one line for each row
    flat = [[(kind, part.replace("\n", " ")) for kind, part in cell] for cell in cells]
    made: list[Node] = [
        {"type": "tableCell", "align": "center", "children": _text(cell)} for cell in flat
    ]
    if header:
        made = [{**cell, "header": True} for cell in made]
    return {"type": "tableRow", "children": made}


def _text(parts: Sequence[Sequence[str]]) -> list[Node]:
    return [
        _words(part) if kind == "text" else {"type": "inlineMath", "value": part}
        for kind, part in parts
    ]


def _words(text: str) -> Node:
    return {"type": "text", "value": text}


_KINDS: dict[str, tuple[frozenset[str], Callable[[Mapping[str, Any], Path, Cache], list[Node]]]] = {
    "--directive": (frozenset({DIRECTIVE}), directive),
    "--role": (frozenset(ROLES + form for form in FORMS), role),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """The entry point of ``tracer-myst``."""
    given_arguments = sys.argv[1:] if arguments is None else list(arguments)
    folder = Path.cwd()  # that of myst.yml: mystmd does not say of which page it asks
    cache = Cache(folder / "_build" / "cache" / "tracer")
    if not given_arguments:
        _write(cache.get({"spec": 1}, spec))
        return 0
    kind, name = (*given_arguments, "")[:2]
    if kind not in _KINDS or name not in _KINDS[kind][0] or len(given_arguments) > 2:
        print(_USAGE, file=sys.stderr)
        return 2
    try:
        data = json.loads(sys.stdin.buffer.read())
    except ValueError:
        print(_USAGE, file=sys.stderr)
        return 2
    try:
        found = _KINDS[kind][1]({**data, "name": name}, folder, cache)
    except TracerError as error:
        print(f"{_place(data)}{error}", file=sys.stderr)
        return 1
    _write(found)
    return 0


def _place(data: Mapping[str, Any]) -> str:
    """``line 7: ``, the line of the page, where it is told."""
    start = data.get("node", {}).get("position", {}).get("start", {})
    return f"line {start['line']}: " if "line" in start else ""


def _write(content: Any) -> None:
    # ASCII: the encoding of the terminal has no say in it
    sys.stdout.write(json.dumps(content) + "\n")


if __name__ == "__main__":
    sys.exit(main())
