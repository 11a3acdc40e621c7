"""The format of problem files as a JSON Schema, for editors and other programs.

Dialect 2020-12 (https://json-schema.org/draft/2020-12). It says what one key can say of its own
value, and which keys go with a table ``graph``; that sizes agree, how large a network may be, what
formulas and symbols mean, only `tracer.load` can tell.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from tracer.glyph import LONGEST
from tracer.literals import exact
from tracer.schema import (
    GRAPH_PROBLEM,
    LAYER,
    MOST_PARAMETERS,
    PROBLEM,
    REQUIRED,
    Array,
    Choice,
    Flag,
    Key,
    Kind,
    Matrix,
    NamedChoices,
    NamedNumbers,
    Names,
    Number,
    Several,
    Symbol,
    Table,
    Tables,
    Text,
    Texts,
    Vector,
    Whole,
    as_declared,
)

DIALECT = "https://json-schema.org/draft/2020-12/schema"

# the grammar of tracer.literals, for numbers in quotes such as "1/3"
_UNSIGNED = r"[0-9]+(/0*[1-9][0-9]*|(\.[0-9]+)?([eE][+-]?[0-9]+)?)$"
_NUMBER: dict[str, Any] = {"type": ["number", "string"], "pattern": "^[+-]?" + _UNSIGNED}
_REFERENCE = {"$ref": "#/$defs/number"}
# control characters and the line separators of Unicode
_CONTROLS = r"\u0000-\u001f\u007f-\u009f\u2028\u2029"
_ONE_LINE = rf"^[^{_CONTROLS}]*[^\s{_CONTROLS}][^{_CONTROLS}]*$"


# the network as a function, which needs no data
_IN_SYMBOLS: dict[str, Any] = {
    "properties": {"page": {"properties": {"view": {"const": "function"}}, "required": ["view"]}},
    "required": ["page"],
}


def json_schema() -> dict[str, Any]:
    """The whole format as a JSON Schema.

    The keys of networks and graphs stand side by side, where every editor finds them, and so do
    those of all conventions of ``[input]``; ``then`` and ``else`` say which belong together.
    """
    widest = as_declared(biases_inside=True, samples_together=False)
    network, graph = ({key.name: key for key in keys} for keys in (widest, GRAPH_PROBLEM))
    keys = network | graph
    # what both have, each in its own way
    apart = {name: key for name, key in network.items() if graph.get(name, key) != key}
    properties = {name: _key(key) for name, key in keys.items()}
    for name, key in apart.items():
        properties[name] = {
            "description": key.meaning,
            **_any(_kind(key.kind), _kind(graph[name].kind)),
        }
    of_graph = {
        name: False if name not in graph else _kind(graph[name].kind)
        for name in keys
        if name not in graph or name in apart
    }
    of_network = {"properties": {name: _kind(key.kind) for name, key in apart.items()}}
    return {
        "$schema": DIALECT,
        "title": "A problem for tracer",
        "type": "object",
        "properties": properties,
        "additionalProperties": False,
        "if": {"required": ["graph"]},
        "then": {"properties": of_graph},
        "else": {
            "required": [name for name in _required(PROBLEM) if name != "data"],
            "anyOf": [{"required": ["data"]}, _IN_SYMBOLS],
            **of_network,
        },
        "allOf": [
            {
                "if": _declares("biases", "first", "last"),
                "then": _layers({"properties": {"biases": {"const": False}, "thresholds": False}}),
                "else": _layers(_instead(LAYER)),
            },
            {
                "if": _declares("samples", "rows", "columns"),
                "then": {"properties": {"data": {"type": "object"}}},
                "else": {"properties": {"data": {"type": "array"}}},
            },
        ],
        "$defs": {"number": _NUMBER},
    }


def _declares(name: str, *values: str) -> dict[str, Any]:
    """Whether ``[input]`` has one of these values for a key."""
    own = {"properties": {name: {"enum": list(values)}}, "required": [name]}
    return {"properties": {"input": own}, "required": ["input"]}


def _layers(rule: dict[str, Any]) -> dict[str, Any]:
    """A rule for every layer."""
    return {"properties": {"layers": {"items": rule}}}


def _instead(keys: tuple[Key, ...]) -> dict[str, Any]:
    """Of a key and what may stand in its place there is one, or where it has a default at most.

    A key that need not be there with another has one of the two.
    """
    either = [_either(key) for key in keys if key.instead]
    either += [
        {"anyOf": [{"required": [key.name]}, {"required": [key.unless]}]}
        for key in keys
        if key.unless
    ]
    return {"allOf": either} if either else {}


def _table(keys: tuple[Key, ...]) -> dict[str, Any]:
    required = _required(keys)
    return {
        "type": "object",
        "properties": {key.name: _key(key) for key in keys},
        "additionalProperties": False,
        **({"required": required} if required else {}),
        **_instead(keys),
    }


def _either(key: Key) -> dict[str, Any]:
    """One of a key and that in its place; where there is a default, at most one."""
    if key.default is REQUIRED:
        return {"oneOf": [{"required": [key.name]}, {"required": [key.instead]}]}
    return {"not": {"required": [key.name, key.instead]}}


def _required(keys: tuple[Key, ...]) -> list[str]:
    return [key.name for key in keys if key.default is REQUIRED and not (key.instead or key.unless)]


def _key(key: Key) -> dict[str, Any]:
    found = {"description": key.meaning, **_kind(key.kind)}
    if key.default is not REQUIRED and key.default is not None:
        found["default"] = _plain(key.default)
    return found


def _kind(kind: Kind) -> dict[str, Any]:
    match kind:
        case Text(longest, one_line):
            limits = {"type": "string", "maxLength": longest}
            return limits | {"pattern": _ONE_LINE} if one_line else limits
        case Choice(options):
            return {"enum": list(options)}
        case Flag():
            return {"type": "boolean"}
        case Whole(low, high, word):
            whole = {"type": "integer", "minimum": low, "maximum": high}
            return _any(whole, {"const": word}) if word else whole
        case Several(own, most, alone):
            one = _kind(own)
            return _any(_list(one, most), one) if alone else _list(one, most)
        case Number(signed=True):
            return {**_NUMBER, "not": {"const": 0}}
        case Number(None, most=None):
            positive = {"pattern": "^[+]?" + _UNSIGNED, "exclusiveMinimum": 0}
            return {**_NUMBER, **positive}
        case Number(None, most=most):
            return {**_NUMBER, "minimum": 0, "maximum": most}
        case Number(below):
            return {**_NUMBER, "minimum": 0, "exclusiveMaximum": below}
        case Vector(alone, or_false):
            others: list[dict[str, Any]] = [_REFERENCE] if alone else []
            return _any(_list(_REFERENCE, MOST_PARAMETERS), *others, or_false=or_false)
        case Matrix(samples):
            # as many rows as neurons, inputs or samples, as [input] says
            rows = _list(_list(_REFERENCE, MOST_PARAMETERS), MOST_PARAMETERS)
            return _any(rows, _list(_REFERENCE, MOST_PARAMETERS)) if samples else rows
        case Names(words, pattern, _):
            name = {"type": "string", "pattern": f"^({'|'.join((*words, pattern))})$"}
            return _list(name, MOST_PARAMETERS)
        case Texts(longest, most, or_numbers, least):
            texts, table = (
                _list(_kind(Text(longest)), most) | {"minItems": least},
                {**_kind(NamedNumbers()), "minProperties": 1},
            )
            return _any(texts, table, _list(table, most)) if or_numbers else texts
        case Array():
            return _any(*_kind(Vector(alone=True))["anyOf"], _kind(Matrix()))
        case NamedNumbers(each):
            value = _kind(each)
            return {"type": "object", "additionalProperties": value}
        case NamedChoices(options):
            return {"type": "object", "additionalProperties": _kind(Choice(options))}
        case Symbol(indices, or_false, mark):
            shape = _symbol(indices, mark)
            return _any({"type": "string", "maxLength": LONGEST, **shape}, or_false=or_false)
        case Table(keys, names):
            return _any(_kind(Choice(names)), _table(keys)) if names else _table(keys)
        case Tables(keys, most, together):
            tables = _list(_table(keys), most)
            return _any(tables, _table(together)) if together else tables


def _any(*rules: dict[str, Any], or_false: bool = False) -> dict[str, Any]:
    found = [*rules, {"const": False}] if or_false else [*rules]
    return {"anyOf": found} if len(found) > 1 else found[0]


def _symbol(indices: tuple[str, ...], mark: bool) -> dict[str, str]:
    """The shape that :func:`tracer.glyph.parse` reads, without what it says of brackets."""
    index = rf"\{{({'|'.join(indices)})\}}|" if indices else ""
    text = rf"({index}[\]\[A-Za-z0-9(),*+])+"
    scripts = rf"(_{text}(\^{text})?|\^{text}(_{text})?)"
    return {"pattern": f"^{scripts}$" if mark else f"^[A-Za-z]+{scripts}?$"}


def _list(items: dict[str, Any], most: int) -> dict[str, Any]:
    return {"type": "array", "items": items, "minItems": 1, "maxItems": most}


def _plain(value: object) -> object:
    """A default as JSON has it: a fraction as a number where that is the same, else as text."""
    if not isinstance(value, Fraction):
        return value
    number = int(value) if value.denominator == 1 else float(value)
    return number if exact(number) == value else str(value)
