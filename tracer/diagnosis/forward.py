"""Misconceptions of the forward pass and of the loss."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import sympy
from sympy import Symbol

from tracer import ids
from tracer.diagnosis.places import LOSS, OUTPUT, PART, PRE, SAMPLE_LOSS, STEP
from tracer.diagnosis.rows import Row, Site, Variant, replaced, same, scaled
from tracer.graph import Template, Term, derivative

_X, _Y = (Symbol(name, real=True) for name in "xy")


def _split(site: Site) -> tuple[list[Term], list[Term]]:
    """The products of weights and outputs of a pre-activation, and its bias."""
    products = [term for term in site.terms if len(term.args) == 2]
    return products, [term for term in site.terms if len(term.args) == 1]


def _bias_left_out(site: Site) -> Iterator[Variant]:
    products, bias = _split(site) if site.kind == PRE else ([], [])
    if bias and products:
        yield Variant(tuple(products), details={"left": bias[0].args[0]})


def _bias_sign(site: Site) -> Iterator[Variant]:
    products, bias = _split(site) if site.kind == PRE else ([], [])
    if bias and products:
        rule = (*products, *scaled(tuple(bias), -1))
        yield Variant(rule, details={"bias": bias[0].args[0]})


def _weights(site: Site) -> list[tuple[str, str]]:
    """The weights of a pre-activation, each with the id that it stands at."""
    own = site.place
    sizes = site.places.network.sizes
    held = site.places.network.shared
    names = [ids.weight(own.layer, own.j, k) for k in range(1, sizes[own.layer - 1] + 1)]
    return [(name, site.name(held.get(name, name)) or "") for name in names]


def _transposed(site: Site) -> Iterator[Variant]:
    if site.kind != PRE:
        return
    own, others = site.place, {}
    for k, (name, used) in enumerate(_weights(site), start=1):
        other = site.name(ids.weight(own.layer, k, own.j))
        if other is None or name == used == "":
            return
        others[used] = other
    changed = [(one, other) for one, other in others.items() if one != other]
    if changed:
        meant, used = changed[0]
        yield Variant(replaced(site.terms, others), details={"used": used, "meant": meant})


def _other_neuron(site: Site) -> Iterator[Variant]:
    own = site.place
    if site.kind not in (PRE, OUTPUT) or own.layer == 0:
        return
    for j in range(1, site.places.network.sizes[own.layer] + 1):
        if j == own.j:
            continue
        make = ids.pre if site.kind == PRE else ids.output
        other = site.name(make(own.layer, j), sample=own.sample)
        if other is None:
            continue
        details = {"used": other}
        yield Variant(site.places.rule(other).terms, str(j), details)
        if site.kind == PRE:
            rows = zip(_weights(site), range(1, len(site.terms) + 1), strict=False)
            weights = {
                used: site.name(ids.weight(own.layer, j, k)) or used for (_, used), k in rows
            }
            yield Variant(replaced(site.terms, weights), f"{j} weights", details)


def _inputs_swapped(site: Site) -> Iterator[Variant]:
    products, _ = _split(site) if site.kind == PRE else ([], [])
    sources = [term.args[1] for term in products][:8]
    for place, one in enumerate(sources):
        for other in sources[place + 1 :]:
            yield Variant(
                replaced(site.terms, {one: other, other: one}),
                f"{ids.base(one)} {ids.base(other)}",
                {"one": one, "other": other},
            )


def _input_taken(site: Site) -> Iterator[Variant]:
    """One input in the place of another, in one product."""
    products, bias = _split(site) if site.kind == PRE else ([], [])
    sources = [term.args[1] for term in products][:8]
    for place, term in enumerate(products):
        for other in sources:
            if other != term.args[1]:
                wrong = Term(term.template, (term.args[0], other))
                rule = (*products[:place], wrong, *products[place + 1 :], *bias)
                details = {"used": other, "meant": term.args[1]}
                yield Variant(rule, f"{place} {ids.base(other)}", details)


def _pre_for_output(site: Site) -> Iterator[Variant]:
    if site.kind == OUTPUT and site.place.layer:
        (term, *_) = site.terms
        yield Variant(same(term.args[0]), details={"left": site.id, "used": term.args[0]})
    elif site.kind == PRE and site.place.layer > 1:
        products, _ = _split(site)
        others = {arg: _pre_of(site, arg) for term in products for arg in term.args[1:]}
        if all(others.values()):
            first = next(iter(others))
            details = {"left": first, "used": others[first]}
            yield Variant(replaced(site.terms, others), "below", details)


def _pre_of(site: Site, output: str) -> str:
    own = site.places.place(output)
    return site.name(ids.pre(own.layer, own.j), sample=own.sample) or ""


def _slope_for_function(site: Site) -> Iterator[Variant]:
    if site.kind == OUTPUT and site.place.layer and len(site.terms[0].args) == 1:
        (term,) = site.terms
        yield Variant((Term(derivative(term.template, 0), term.args),), details={"of": site.id})


@cache
def _mirrored(template: Template) -> Template:
    own = template.symbols[0]
    return Template(template.symbols, template.expr.subs(own, -own))


def _exponent_sign(site: Site) -> Iterator[Variant]:
    if site.kind == OUTPUT and site.place.layer:
        (term, *_) = site.terms
        if len(term.args) == 1 and term.template.expr.has(sympy.exp):
            yield Variant((Term(_mirrored(term.template), term.args),))


@cache
def _exponential() -> Template:
    return Template((_X,), sympy.exp(_X))


def _not_normalised(site: Site) -> Iterator[Variant]:
    if site.kind == OUTPUT and site.places.network.is_coupled(site.place.layer):
        yield Variant((Term(_exponential(), site.terms[0].args[:1]),))


def _exchanged(site: Site) -> Iterator[Variant]:
    if site.kind not in (PART, SAMPLE_LOSS) or len(site.terms) != 1:
        return
    (term,) = site.terms
    if len(term.args) == 2:
        target, output = term.args
        details = {"target": target, "output": output}
        yield Variant((Term(term.template, (output, target)),), details=details)


@cache
def _root(template: Template) -> Template | None:
    """The expression without its square: ``(x - y)^2 / 2`` becomes ``(x - y) / 2``."""
    for power in template.expr.atoms(sympy.Pow):
        if power.exp == 2:
            return Template(template.symbols, template.expr.subs(power, power.base))
    return None


def _square_forgotten(site: Site) -> Iterator[Variant]:
    if site.kind in (PART, SAMPLE_LOSS, STEP):
        found = [(_root(term.template), term.args) for term in site.terms]
        if any(template for template, _ in found):
            pairs = zip(found, site.terms, strict=True)
            yield Variant(tuple(Term(t or old.template, args) for (t, args), old in pairs))


def _old_values(site: Site) -> Iterator[Variant]:
    """What is worked out anew after an update, with values from before it."""
    own = site.place
    if not own.step or site.kind not in (PRE, OUTPUT, PART, SAMPLE_LOSS, LOSS, STEP):
        return
    fixed = site.places.trace.fixed
    before = {
        arg: site.places.trace.at_step(base, own.step - 1)
        for arg in site.rule.uses
        for base in (ids.split_step(arg)[1],)
        if base not in fixed
    }
    parameters = {
        arg: old
        for arg, old in before.items()
        if site.places.trace.is_update(ids.split_step(old)[1])
    }
    values = {arg: old for arg, old in before.items() if arg not in parameters}
    for key, others in (("all", before), ("parameters", parameters), ("values", values)):
        if len(others) > 1 and (key == "all" or len(others) < len(before)):
            rule = replaced(site.terms, others)
            yield Variant(rule, key, {"used": next(iter(others.values()))})
    for arg, old in list(before.items())[:16]:
        details = {"used": old, "meant": arg}
        yield Variant(replaced(site.terms, {arg: old}), ids.split_step(old)[1], details)


def _other_step(site: Site) -> Iterator[Variant]:
    if site.kind != LOSS:
        return
    steps = {0, site.place.step - 1, site.place.step + 1, site.places.trace.steps}
    for step in sorted(steps - {-1, site.place.step}):
        other = site.places.known(site.place.base, step)
        if other is not None and step <= site.places.trace.steps:
            yield Variant(same(other), str(step), {"used": other})


FORWARD = (
    Row(
        "bias_left_out",
        "The bias is not added in a pre-activation.",
        0.06,
        _bias_left_out,
        "{left} is missing: it is added to the weighted inputs",
    ),
    Row(
        "bias_sign",
        "The bias is subtracted where it is added, or the other way round.",
        0.015,
        _bias_sign,
        "{bias} has the wrong sign",
    ),
    Row(
        "weights_transposed",
        "The matrix of weights is read with rows and columns exchanged.",
        0.03,
        _transposed,
        "the weights are transposed: you took {used} where {meant} stands",
    ),
    Row(
        "other_neuron",
        "The weights, or the value, of another neuron of the layer are taken.",
        0.03,
        _other_neuron,
        "this is worked out with the numbers of another neuron, those of {used}",
    ),
    Row(
        "inputs_swapped",
        "Two inputs of a neuron are exchanged.",
        0.02,
        _inputs_swapped,
        "{one} and {other} are exchanged",
    ),
    Row(
        "input_taken_twice",
        "One input of a neuron is taken in the place of another.",
        0.015,
        _input_taken,
        "you took {used} where {meant} stands",
    ),
    Row(
        "activation_skipped",
        "The activation is not applied: the pre-activation is taken for the output.",
        0.06,
        _pre_for_output,
        "the activation is missing: {used} still has to go through it to be {left}",
    ),
    Row(
        "slope_for_activation",
        "The activation's derivative is taken where the activation itself is meant.",
        0.01,
        _slope_for_function,
        "you took the derivative of the activation; here it is the activation itself",
    ),
    Row(
        "exponent_sign",
        "The sign of the exponent in the activation is wrong.",
        0.03,
        _exponent_sign,
        "the exponent has the wrong sign: it is minus the pre-activation",
    ),
    Row(
        "not_normalised",
        "The exponential of softmax is not divided by the sum of all of them.",
        0.03,
        _not_normalised,
        "the exponential still has to be divided by the sum of all of the layer's",
    ),
    Row(
        "target_and_output_exchanged",
        "Target and output are exchanged in the loss.",
        0.02,
        _exchanged,
        "{target} and {output} are exchanged",
    ),
    Row(
        "square_forgotten",
        "The error is not squared.",
        0.04,
        _square_forgotten,
        "the square is missing",
    ),
    Row(
        "old_values",
        "After an update a value from before it is used.",
        0.06,
        _old_values,
        "{used} is the value from before the update; the new one is meant",
    ),
    Row(
        "other_step",
        "The loss is that of another step.",
        0.05,
        _other_step,
        "this is {used}, the loss of another step",
    ),
)
