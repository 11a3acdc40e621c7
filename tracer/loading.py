"""A problem file, text or mapping, read and checked.

:func:`load` is the only way in. What it refuses, it refuses with every fault.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from types import MappingProxyType
from typing import Any

from tracer import graph_problem, schema
from tracer.check_options import check_check, check_options
from tracer.errors import Fault, InputError
from tracer.graph_problem import GraphProblem
from tracer.graph_updates import unfit
from tracer.input_conventions import declared
from tracer.network_checks import (
    check_formulas,
    check_loss_formula,
    check_settings,
    check_symbols,
    check_targets,
    check_work,
    entries,
    no_gradients,
    read_sizes,
    too_much,
)
from tracer.notation import Notation, named, own
from tracer.number_keys import check_numbers, numbers, with_digits
from tracer.optimizer_keys import check_layers_state, optimizer, state_of_layers
from tracer.own_formula import OWN, activation_of, read_activation, read_loss
from tracer.page_options import check_page, check_views, page
from tracer.parameters import check_frozen, frozen_in, offsets
from tracer.print_steps import check_chosen
from tracer.problem import AnyProblem, Layer, Loss, Penalty, Problem, Sample
from tracer.sharing import check_shared, shared_in
from tracer.source import Source, Written, from_dict, from_text, read_path
from tracer.toml_scan import Place
from tracer.validation import ENOUGH, Findings, check_table, check_value, defaults


def load(
    source: str | os.PathLike[str] | Mapping[Any, Any] | Source,
    *,
    digits: int | None = None,
    significant: int | None = None,
    steps: int | None = None,
    printed: Sequence[int] | None = None,
    notation: str | None = None,
) -> AnyProblem:
    """Read a problem from a TOML file, from TOML text, or from a mapping of the same structure.

    With a table ``graph`` it is a computational graph, else a network.

    A str with a line break or ``=`` is text, any other a path; ``-`` is standard input. A Source
    has been read already. In a mapping numbers may be int, float (as it is printed), Decimal,
    Fraction, or text such as ``"1/3"``. The other arguments count more than what the problem says,
    as in `with_changes`.

    Raises InputError with all faults, by their position: unknown keys, values of another kind,
    sizes that do not agree, what is too large.

    >>> import tracer
    >>> tracer.load(tracer.DECK, digits=3).numbers.digits
    3
    """
    if isinstance(source, Source):
        document = source
    elif isinstance(source, Mapping):
        document = from_dict(source)
    elif isinstance(source, str) and ("\n" in source or "=" in source):
        document = from_text(source, "<text>")
    else:
        document = read_path(source)
    problem = _load_graph(document) if "graph" in document.content else _load_network(document)
    if not isinstance(source, Mapping):
        problem = replace(problem, written=Written(document.text))
    return with_changes(
        problem,
        digits=digits,
        significant=significant,
        steps=steps,
        printed=printed,
        notation=notation,
    )


def _load_network(document: Source) -> Problem:
    found: Findings = []
    written = declared(document.content, found)
    if found:  # without them nothing else can be read
        raise _input_error(document, found)
    has_data = "data" in document.content or not _is_function(document.content)
    given = check_table(_keys(written.keys, has_data), document.content, (), found)
    check_formulas(entries(given, "layers"), found)
    read = read_sizes(given, written, found)
    given = read.given
    check_frozen(entries(given, "layers"), found)
    check_shared(given, entries(given, "layers"), found)
    check_loss_formula(given, found)
    check_targets(given, found)
    check_work(given, found)
    check_settings(given, found)
    check_numbers(given, found)
    check_layers_state(given, entries(given, "layers"), found, written)
    check_page(given.get("page"), found)
    check_check(given.get("check"), found)
    if found:
        raise _input_error(document, found, read.places)
    problem = _build(given if has_data else given | {"data": [_stand_in(given)]})
    problem = replace(problem, has_data=has_data)
    learning = [n for n in problem.parameter_names if n not in problem.frozen]
    check_views(problem.page, learning, found)
    if isinstance(given.get("notation"), Mapping):
        check_symbols(problem, found)
    if found:
        raise _input_error(document, found)
    return problem


def _is_function(content: Mapping[Any, Any]) -> bool:
    """Whether a file asks for the network as a function, whose page has no numbers."""
    own = content.get("page")
    return isinstance(own, Mapping) and own.get("view") == "function"


def _keys(keys: tuple[schema.Key, ...], has_data: bool) -> tuple[schema.Key, ...]:
    if has_data:
        return keys
    return tuple(replace(key, default=None) if key.name == "data" else key for key in keys)


def _stand_in(given: Mapping[str, Any]) -> dict[str, Any]:
    """A sample of the right size where none is given, for a page that prints nothing of it."""
    layers = given["layers"]
    sizes = len(layers[0]["weights"][0]), len(layers[-1]["weights"])
    return {
        name: (Fraction(0),) * size for name, size in zip(("inputs", "targets"), sizes, strict=True)
    }


def _load_graph(document: Source) -> GraphProblem:
    found: Findings = []
    given = check_table(schema.GRAPH_PROBLEM, document.content, (), found)
    problem = graph_problem.build(given, found)
    if problem is None or found:
        raise _input_error(document, found)
    numbers = range(len(problem.statements))
    places = [document.locate(("graph", "steps", number)) for number in numbers]
    return replace(problem, places={own: places[n] for own, n in problem.origin.items()})


def with_changes(
    problem: AnyProblem,
    *,
    digits: int | None = None,
    significant: int | None = None,
    steps: int | None = None,
    printed: Sequence[int] | None = None,
    notation: str | None = None,
) -> AnyProblem:
    """Return the problem with what the command line sets; None leaves a value as it is.

    Raises InputError, located at the option's name.
    """
    found: Findings = []
    changes: dict[str, Any] = {}
    if digits is not None:
        checked = check_value(schema.DIGITS, digits, ("digits",), found)
        changes["numbers"] = with_digits(problem.numbers, digits=checked)
    if significant is not None:
        checked = check_value(schema.SIGNIFICANT, significant, ("significant",), found)
        changes["numbers"] = with_digits(problem.numbers, significant=checked)
        if digits is not None:
            message = "stands in the place of --digits; leave out one of them"
            found.append((("significant",), False, message))
    if printed is not None:
        changes["chosen_steps"] = check_value(schema.PRINT, [*printed], ("printed",), found) or ()
    if steps is not None:
        changes["steps"] = check_value(schema.STEPS, steps, ("steps",), found)
        if changes["steps"] and isinstance(problem, Problem) and problem.forward_only:
            found.append((("steps",), False, no_gradients(problem.forward_only)))
        elif changes["steps"] and not problem.learning_rates:
            message = "the problem has no learning rate; give it one, such as"
            example = "[training] learning_rate = 0.01"
            found.append((("steps",), False, f"{message} {example}"))
        elif (
            changes["steps"]
            and isinstance(problem, GraphProblem)
            and (reason := unfit(problem.wrt, problem.given))
        ):
            found.append((("steps",), False, reason))
    if not found and (steps is not None or printed is not None):
        _check_steps(replace(problem, **changes), "steps" if printed is None else "printed", found)
    if notation is not None and isinstance(problem, GraphProblem):
        message = "a graph has the names that its file gives, and no notation"
        found.append((("notation",), False, message))
    elif notation is not None:
        name = check_value(schema.Choice(schema.NOTATIONS), notation, ("notation",), found)
        changes["notation"] = name and named(name)
    if found:
        raise InputError(
            *(Fault(str(place[0]), message, argument=True) for place, _, message in found)
        )
    if problem.written is not None:
        told = {
            "digits": digits,
            "significant": significant,
            "steps": steps,
            "printed": printed,
            "notation": notation,
        }
        told = {name: value for name, value in told.items() if value is not None}
        earlier = dict(problem.written.changes)
        if "digits" in told or "significant" in told:  # either stands in the place of both
            earlier = {n: v for n, v in earlier.items() if n not in ("digits", "significant")}
        changes["written"] = replace(problem.written, changes=earlier | told)
    return replace(problem, **changes)


def _check_steps(problem: AnyProblem, option: str, found: Findings) -> None:
    """The printed steps are steps of the run, and no more than a page can hold."""
    steps, chosen = problem.steps, problem.chosen_steps
    wrong = [message for *_, message in _wrong_steps(steps, chosen)]
    if wrong:
        more = "; choose others with --print" if option == "steps" else ""
        found.append(((option,), False, wrong[0] + more))
    elif isinstance(problem, Problem) and (
        message := too_much(problem.parameters, len(problem.data), steps, chosen)
    ):
        found.append(((option,), False, message))


def _wrong_steps(steps: int, chosen: Sequence[int]) -> Findings:
    found: Findings = []
    check_chosen({"steps": steps, "print": chosen}, found)
    return found


def _input_error(
    document: Source, found: Findings, places: Mapping[Place, Place] = MappingProxyType({})
) -> InputError:
    """All faults; ``places`` tells where in the document stands what has been moved."""
    shown = [(places.get(place, place), key, message) for place, key, message in found[:ENOUGH]]
    shown.sort(key=lambda finding: document.offset(finding[0], finding[1]))
    faults = [Fault(document.locate(place, key), message) for place, key, message in shown]
    if len(found) >= ENOUGH:
        faults.append(Fault(document.name, "there may be more; mend these first"))
    return InputError(*faults)


def _loss(loss: dict[str, Any], last: str) -> Loss:
    """The loss of outputs with the activation ``last``."""
    delta = loss["delta"] if loss["kind"] == "huber" else None
    shortcut = loss["shortcut"] and (loss["kind"], last) in schema.SHORTCUTS
    penalty = None
    if loss["penalty"] is not None:
        given = defaults(schema.PENALTY) | loss["penalty"]
        penalty = Penalty(given["kind"], given["lambda"], given["factor"], given["biases"])
    own = {}
    if loss["formula"] is not None:
        own = {"kind": OWN, "formula": read_loss(loss["formula"])}
    return Loss(**(loss | own | {"delta": delta, "shortcut": shortcut, "penalty": penalty}))


def _build(given: dict[str, Any]) -> Problem:
    """Fill in the defaults. Nothing in ``given`` is None any more."""
    top = defaults(schema.PROBLEM) | given
    training = defaults(schema.TRAINING) | top["training"]
    layers = [defaults(schema.LAYER) | layer for layer in top["layers"]]
    shared = shared_in(top["shared"])
    frozen = frozenset().union(*(frozen_in(i, row) for i, row in enumerate(layers, 1)))
    state = state_of_layers(top["state"] or ())
    kept = {name: v for name, v in state.items() if name.partition(".")[2] not in shared}
    return Problem(
        title=top["title"],
        question=top["question"],
        layers=tuple(
            Layer(
                weights=layer["weights"],
                biases=offsets(layer)[1] or None,
                activation=activation_of(layer),
                parameter=layer.get(schema.ACTIVATION_PARAMETERS.get(activation_of(layer), "")),
                thresholds=layer["thresholds"] is not None,
                slopes=layer["slopes"],
                constant=layer["constant"],
                formula=None if layer["formula"] is None else read_activation(layer["formula"]),
            )
            for layer in layers
        ),
        data=tuple(Sample(**sample) for sample in top["data"]),
        loss=_loss(defaults(schema.LOSS) | top["loss"], activation_of(layers[-1])),
        learning_rates=training["learning_rate"] or (),
        steps=training["steps"],
        chosen_steps=training["print"] or (),
        batch=None if training["batch"] == "all" else training["batch"],
        optimizer=optimizer(top["optimizer"], kept),
        numbers=numbers(top["numbers"]),
        notation=_notation(top["notation"]),
        page=page(top["page"]),
        check=check_options(top["check"]),
        frozen=frozen.difference(shared),
        shared=shared,
        first_layer=top["first_layer"],
    )


def _notation(given: str | Mapping[str, Any]) -> Notation:
    return named(given) if isinstance(given, str) else own(given)
