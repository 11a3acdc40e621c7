"""Misconceptions of the backward pass: derivatives, deltas and gradients of a network."""

from __future__ import annotations

from collections.abc import Iterator

from sympy import Integer

from tracer import ids
from tracer.diagnosis.places import (
    BACK,
    DELTA,
    GRADIENT,
    LOCAL,
    LOSS_SLOPE,
    SLOPE,
    THROUGH,
)
from tracer.diagnosis.rows import Row, Site, Variant, replaced, without
from tracer.diagnosis.slopes import slope_argument, slope_extra, slope_incomplete, slope_skipped
from tracer.graph import ONE, Template, Term


def _source(site: Site) -> str | None:
    """What a weight is multiplied by, as ``l1[2]``; None for what is no weight."""
    own = site.place
    return ids.output(own.layer - 1, own.k) if own.wrt.startswith("w") else None


def _wrong_input(site: Site) -> Iterator[Variant]:
    own, meant = site.place, None
    if site.kind in (GRADIENT, LOCAL) and not site.places.is_graph:
        meant = _source(site)
    if meant is None or own.wrt in site.places.network.shared.values():
        return
    sizes = site.places.network.sizes
    others = [ids.output(own.layer - 1, k) for k in range(1, sizes[own.layer - 1] + 1)]
    if own.layer > 1:  # not the values that come in, but those before the activation
        others.append(ids.pre(own.layer - 1, own.k))
    others += [ids.output(own.layer, own.j), ids.output(own.layer - 2, own.k)][: own.layer]
    for used in others:
        if used == meant:
            continue
        rule = []
        for term in site.terms:
            sample = ids.sample(term.args[-1])
            other = None if sample is None else site.name(used, sample=sample)
            if other is None or (site.kind == GRADIENT and len(term.args) != 2):
                break
            rule.append(Term(term.template, (*term.args[:-1], other)))
        else:
            of = ids.pre(own.layer, own.j)
            details = {"used": used, "meant": meant, "of": of, "wrt": own.wrt}
            yield Variant(tuple(rule), used, details)


def _bias_times_input(site: Site) -> Iterator[Variant]:
    own = site.place
    if site.kind != GRADIENT or site.places.is_graph or not own.wrt.startswith("b"):
        return
    for k in range(1, site.places.network.sizes[own.layer - 1] + 1):
        used = ids.output(own.layer - 1, k)
        rule = []
        for term in site.terms:
            sample = ids.sample(term.args[-1]) if len(term.args) == 2 else None
            other = None if sample is None else site.name(used, sample=sample)
            if other is None:
                break
            rule.append(Term(term.template, (term.args[0], other)))
        else:
            yield Variant(tuple(rule), str(k), {"used": used, "wrt": own.wrt})


def _other_delta(site: Site) -> Iterator[Variant]:
    """The derivative at another neuron of the layer in the place of this one's."""
    own = site.place
    if site.kind not in (GRADIENT, DELTA, LOSS_SLOPE, SLOPE) or site.places.is_graph:
        return
    for j in range(1, site.places.network.sizes[own.layer] + 1):
        if j == own.j:
            continue
        others: dict[str, str] = {}
        for arg in site.rule.uses:
            base = ids.split_step(arg)[1]
            found = ids.parse(base)
            if found is None or found.sample is None:
                continue
            if found.wrt is not None and found.of.kind == ids.LOSS:
                name = ids.partial(ids.LOSS, f"{found.wrt.kind}{own.layer}[{j}]")
            elif site.kind == DELTA and found.wrt is not None:
                name = ids.partial(ids.output(own.layer, j), ids.pre(own.layer, j))
            elif site.kind in (LOSS_SLOPE, SLOPE) or found.of.kind == "t":
                layer = "" if found.of.kind == "t" else found.of.layer
                name = f"{found.of.kind}{layer}[{j}]"
            else:
                continue
            other = site.name(name, sample=found.sample)
            if other is not None:
                others[arg] = other
        if others:
            used = next(iter(others.values()))
            yield Variant(replaced(site.terms, others), str(j), {"used": used})
        if len(others) > 1:
            for arg, other in list(others.items())[:4] if site.kind != GRADIENT else ():
                rule = replaced(site.terms, {arg: other})
                yield Variant(rule, f"{j} {ids.base(other)}", {"used": other})


def _through_weight(site: Site) -> list[tuple[int, Term, str]]:
    """The terms of a derivative by an output, each with the weight that it goes through."""
    found = []
    for number, term in enumerate(site.terms):
        if site.kind == THROUGH and len(term.args) == 1:
            found.append((number, term, term.args[0]))
        elif site.kind == BACK and len(term.args) == 2:
            local = site.places.rule(term.args[1]).terms
            if len(local) == 1 and len(local[0].args) == 1:
                found.append((number, term, local[0].args[0]))
    return found


def _with_weights(site: Site, others: dict[int, str]) -> tuple[Term, ...]:
    return tuple(
        Term(term.template, (*term.args[:-1], others[number])) if number in others else term
        for number, term in enumerate(site.terms)
    )


def _updated_weights(site: Site) -> Iterator[Variant]:
    if site.kind not in (BACK, THROUGH):
        return
    others: dict[int, str] = {}
    details: dict[str, str] = {}
    for number, _, weight in _through_weight(site):
        later = site.places.known(ids.split_step(weight)[1], site.place.step + 1)
        if later is not None and later != weight:
            others[number] = later
            details = details or {"used": later, "meant": weight}
    if others:
        yield Variant(_with_weights(site, others), details=details)


def _transposed_back(site: Site) -> Iterator[Variant]:
    if site.kind not in (BACK, THROUGH):
        return
    others: dict[int, str] = {}
    details: dict[str, str] = {}
    for number, _, weight in _through_weight(site):
        found = ids.parse(ids.split_step(weight)[1])
        if found is None or found.of.kind != "w":
            return
        other = site.name(ids.weight(found.of.layer, found.of.k, found.of.j))
        if other is None:
            return
        others[number] = other
        if other != weight:
            details = details or {"used": other, "meant": weight}
    if details:
        yield Variant(_with_weights(site, others), details=details)


def _wrong_weight(site: Site) -> Iterator[Variant]:
    if site.kind not in (BACK, THROUGH):
        return
    through = _through_weight(site)
    if not through:
        return
    first = ids.parse(ids.split_step(through[0][2])[1])
    if first is None or first.of.kind != "w":
        return
    own, sizes = first.of, site.places.network.sizes
    for k in range(1, sizes[own.layer - 1] + 1):
        if k == own.k:
            continue
        others = {}
        for number, _, weight in through:
            found = ids.parse(ids.split_step(weight)[1])
            assert found is not None
            other = site.name(ids.weight(found.of.layer, found.of.j, k))
            if other is None:
                return
            others[number] = other
        details = {"used": others[through[0][0]], "meant": through[0][2]}
        yield Variant(_with_weights(site, others), str(k), details)


def _target_forgotten(site: Site) -> Iterator[Variant]:
    if site.kind not in (LOSS_SLOPE, DELTA):
        return
    for term in site.terms:
        for position, arg in enumerate(term.args):
            if arg.startswith("t[") and len(site.terms) == 1:
                yield Variant((without(term, position, 0),), details={"left": arg})


def _exchanged(site: Site) -> Iterator[Variant]:
    if site.kind in (LOSS_SLOPE, DELTA) and len(site.terms) == 1:
        (term,) = site.terms
        if len(term.args) == 2 and term.args[0].startswith("t["):
            target, output = term.args
            details = {"target": target, "output": output}
            yield Variant((Term(term.template, (output, target)),), details=details)


def _bias_slope(site: Site) -> Iterator[Variant]:
    if site.kind == LOCAL and site.terms == (Term(ONE, ()),):
        yield Variant((Term(Template((), Integer(0)), ()),))


BACKWARD = (
    Row(
        "wrong_input",
        "The gradient of a weight is taken with another value than the one it is multiplied by.",
        0.08,
        _wrong_input,
        "you multiplied by {used}; the derivative of {of} with respect to {wrt} is {meant}",
    ),
    Row(
        "bias_times_input",
        "The gradient of a bias is multiplied by an input, as that of a weight.",
        0.04,
        _bias_times_input,
        "you multiplied by {used}; the derivative with respect to {wrt} has no input in it",
    ),
    Row(
        "other_delta",
        "The derivative at another neuron of the layer is taken.",
        0.03,
        _other_delta,
        "you took {used}, which belongs to another neuron",
    ),
    Row(
        "slope_skipped",
        "The activation's derivative is left out.",
        0.08,
        slope_skipped,
        "the factor {left}, the derivative of the activation, is missing",
    ),
    Row(
        "slope_extra",
        "The activation's derivative is multiplied in though it has cancelled.",
        0.04,
        slope_extra,
        "you multiplied by {used} once more; with this loss it has cancelled already",
    ),
    Row(
        "slope_argument",
        "The activation's derivative is taken of the output for the pre-activation, or vice versa.",
        0.05,
        slope_argument,
        "you put {used} into the derivative of the activation where {meant} belongs",
    ),
    Row(
        "slope_incomplete",
        "Only a part of the activation's derivative is taken.",
        0.02,
        slope_incomplete,
        "a part of the derivative of the activation at {of} is missing",
    ),
    Row(
        "updated_weights",
        "Derivatives go back through weights that have been updated already.",
        0.04,
        _updated_weights,
        "you went back through {used}, already updated; gradients are taken at the old {meant}",
    ),
    Row(
        "weights_transposed_back",
        "On the way back the matrix of weights is read with rows and columns exchanged.",
        0.03,
        _transposed_back,
        "the weights are transposed: you went back through {used}, the way leads through {meant}",
    ),
    Row(
        "wrong_weight",
        "On the way back the weight from another neuron is taken.",
        0.03,
        _wrong_weight,
        "you went back through {used}; the way leads through {meant}",
    ),
    Row(
        "target_forgotten",
        "The target is left out of the derivative of the loss.",
        0.03,
        _target_forgotten,
        "{left} is missing in the derivative of the loss",
    ),
    Row(
        "slope_target_and_output_exchanged",
        "Target and output are exchanged in the derivative of the loss.",
        0.03,
        _exchanged,
        "{target} and {output} are exchanged in the derivative of the loss",
    ),
    Row(
        "bias_slope",
        "The derivative by the bias is taken to be 0.",
        0.01,
        _bias_slope,
        "this derivative is 1, not 0",
    ),
)
