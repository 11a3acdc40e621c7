"""Misconceptions that may happen at any rule: of a network, of its loss, or of any graph."""

from __future__ import annotations

from collections.abc import Iterator

from sympy import Rational

from tracer.diagnosis.places import (
    ADJOINT,
    BACK,
    DELTA,
    GIVEN,
    GRADIENT,
    LOCAL,
    LOSS,
    LOSS_SLOPE,
    PART,
    PRE,
    SAMPLE_LOSS,
    SLOPE,
    STEP,
)
from tracer.diagnosis.rows import (
    Row,
    Site,
    Variant,
    addends,
    multiplied,
    replaced,
    same,
    scaled,
    without,
)
from tracer.diagnosis.sums import (
    MOST_TERMS,
    one_path_only,
    one_sample_only,
    path_left_out,
    penalty_left_out,
    sample_left_out,
    sum_or_mean,
    term_left_out,
    term_sign,
)
from tracer.graph import IDENTITY, PRODUCT

# what has a sign for a reason; of any other it gets lost on paper, which is a slip of the pen
SIGNED = (LOSS_SLOPE, DELTA, BACK, GRADIENT, ADJOINT, LOCAL, SLOPE, PART, SAMPLE_LOSS, LOSS)


def _sign(site: Site) -> Iterator[Variant]:
    if site.kind in SIGNED:
        yield Variant(scaled(site.terms, -1))


_WITH_FACTORS = (LOSS_SLOPE, DELTA, PART, SAMPLE_LOSS, LOSS, GRADIENT, ADJOINT, LOCAL, STEP)


def _factor_two(site: Site) -> Iterator[Variant]:
    if site.kind in _WITH_FACTORS:
        yield Variant(scaled(site.terms, Rational(1, 2)), "1/2", {"times": "2"})
        yield Variant(scaled(site.terms, 2), "2", {"times": "1/2"})


def _factor_left_out(site: Site) -> Iterator[Variant]:
    if site.kind in (GRADIENT, BACK, ADJOINT, DELTA):
        products = [term for term in site.terms if len(term.args) == 2]
        for position in (0, 1) if products else ():
            left = products[0].args[position]
            if site.places.place(left).kind == SLOPE or _is_activation(site, left):
                continue  # that has a row of its own
            rule = tuple(without(t, position) if t in products else t for t in site.terms)
            yield Variant(rule, str(position), {"left": left})
    if site.kind in (STEP, LOCAL, PRE):
        for number, term in enumerate(site.terms[:MOST_TERMS]):
            for position, arg in enumerate(term.args if len(term.args) > 1 else ()):
                changed = without(term, position)
                rule = (*site.terms[:number], changed, *site.terms[number + 1 :])
                yield Variant(rule, f"{number} {position}", {"left": arg})


def _is_activation(site: Site, local: str) -> bool:
    """Whether a local derivative of a graph is that of a function of one quantity."""
    place = site.places.place(local)
    if not site.places.is_graph or place.kind != LOCAL:
        return False
    step = site.places.rule(site.places.trace.at_step(place.of, place.step)).terms
    return len(step) == 1 and len(step[0].args) == 1 and step[0].template != IDENTITY


def _function_slope_skipped(site: Site) -> Iterator[Variant]:
    if site.kind not in (ADJOINT, GRADIENT) or not site.places.is_graph:
        return
    for number, term in enumerate(site.terms[:MOST_TERMS]):
        if term.template == PRODUCT and _is_activation(site, term.args[1]):
            rule = (*site.terms[:number], *same(term.args[0]), *site.terms[number + 1 :])
            yield Variant(rule, str(number), {"left": term.args[1]})


def _function_skipped(site: Site) -> Iterator[Variant]:
    if site.kind == STEP and len(site.terms) == 1:
        (term,) = site.terms
        if len(term.args) == 1 and term.template != IDENTITY:
            yield Variant(same(term.args[0]), details={"left": site.id, "used": term.args[0]})


def _other_argument(site: Site) -> Iterator[Variant]:
    """In a local derivative of a graph: the step's value, or the other factor."""
    if site.kind not in (LOCAL, ADJOINT, GRADIENT) or not site.places.is_graph:
        return
    if any(site.places.place(arg).kind not in (STEP, GIVEN) for arg in site.rule.uses):
        return
    place, at = site.place, site.places.trace.at_step
    of, wrt = at(place.of, place.step), at(place.wrt, place.step)
    for term in site.terms[:1]:
        for arg in term.args:
            for used in (of, wrt):
                if used != arg:
                    others = {arg: used}
                    details = {"used": used, "meant": arg}
                    key = "of" if used == of else "wrt"
                    yield Variant(replaced(site.terms, others), key, details)


def _wrong_operand(site: Site) -> Iterator[Variant]:
    # elsewhere in a network a wrong operand has a name of its own: another input, another weight
    kinds = (STEP, LOCAL, ADJOINT) if site.places.is_graph else (SAMPLE_LOSS, PART)
    if site.kind not in kinds or len(site.terms) > MOST_TERMS:
        return
    for arg in site.rule.uses:
        for other in site.places.alike(arg, most=6):
            if other != site.id:
                details = {"used": other, "meant": arg}
                yield Variant(replaced(site.terms, {arg: other}), f"{arg} {other}", details)


_TENTHS = (("10", Rational(10)), ("1/10", Rational(1, 10)))


def _operand_point(site: Site) -> Iterator[Variant]:
    terms = addends(site.terms)
    if not 1 < len(terms) <= MOST_TERMS:  # alone it would be the result's own point
        return
    for number, term in enumerate(terms):
        for position, arg in enumerate(term.args):
            for word, factor in _TENTHS:
                changed = multiplied(term, position, factor)
                rule = (*terms[:number], changed, *terms[number + 1 :])
                details = {"operand": arg, "times": word, "term": str(number)}
                yield Variant(rule, f"{number} {position} {word}", details)


def _copied(site: Site) -> Iterator[Variant]:
    for other in site.places.alike(site.id, most=24):
        yield Variant(same(other), other, {"used": other})


ANYWHERE = (
    Row(
        "sign",
        "The sign is flipped.",
        0.06,
        _sign,
        "the sign is the wrong way round",
    ),
    Row(
        "factor_two",
        "A factor 2, or 1/2, is dropped or doubled.",
        0.06,
        _factor_two,
        "a factor is wrong: the right value is {times} times yours",
    ),
    Row(
        "sum_or_mean",
        "A sum is taken for a mean, or a mean for a sum.",
        0.05,
        sum_or_mean,
        "sum and mean are confused: the right value is {times} times yours",
    ),
    Row(
        "sample_left_out",
        "One sample is left out of the sum over the samples.",
        0.04,
        sample_left_out,
        "sample {sample} is missing in the sum",
    ),
    Row(
        "one_sample_only",
        "Only one sample is used where all are summed.",
        0.03,
        one_sample_only,
        "this is sample {sample} alone; the sum goes over all samples",
    ),
    Row(
        "path_left_out",
        "One of several paths back is left out.",
        0.05,
        path_left_out,
        "the path through {left} is missing in the sum",
    ),
    Row(
        "one_path_only",
        "Only one of several paths back is taken.",
        0.04,
        one_path_only,
        "this is the path through {used} alone; all of the paths are summed",
    ),
    Row(
        "penalty_left_out",
        "The penalty is left out.",
        0.06,
        penalty_left_out,
        "{left}, which the penalty adds, is missing",
    ),
    Row(
        "term_left_out",
        "A term of a sum is left out.",
        0.03,
        term_left_out,
        "the term with {left} is missing",
    ),
    Row(
        "term_sign",
        "A term of a sum has the wrong sign.",
        0.015,
        term_sign,
        "the term with {of} has the wrong sign",
    ),
    Row(
        "factor_left_out",
        "A factor of a product is left out.",
        0.03,
        _factor_left_out,
        "the factor {left} is missing",
    ),
    Row(
        "function_slope_skipped",
        "The derivative of a function on the way back is left out.",
        0.06,
        _function_slope_skipped,
        "the factor {left} is missing",
    ),
    Row(
        "function_skipped",
        "A function is not applied.",
        0.05,
        _function_skipped,
        "the function is missing: {used} still has to go through it to be {left}",
    ),
    Row(
        "other_argument",
        "A local derivative is taken of the wrong quantity.",
        0.04,
        _other_argument,
        "you took {used} where {meant} belongs",
    ),
    Row(
        "wrong_operand",
        "Another quantity of the same name, with another index, is taken.",
        0.02,
        _wrong_operand,
        "you took {used} where {meant} belongs",
    ),
    Row(
        "operand_point",
        "The decimal point of one operand has moved by one place.",
        0.015,
        _operand_point,
        "the decimal point of {operand} has moved: "
        "{moved} gives your {given}, {terms} gives {right}",
        near=True,
    ),
    Row(
        "neighbour_copied",
        "The value of a neighbour of the same kind is copied.",
        0.02,
        _copied,
        "{given} is the value of {used}",
        near=True,
    ),
)
