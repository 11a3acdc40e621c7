"""What goes wrong in a sum: over samples, over paths, or of any terms."""

from __future__ import annotations

from collections.abc import Iterator

from sympy import Rational

from tracer import ids
from tracer.diagnosis.places import (
    ADJOINT,
    BACK,
    DELTA,
    GRADIENT,
    LOSS,
    LOSS_SLOPE,
    PRE,
    SAMPLE_LOSS,
    STATE,
    STEP,
    UPDATE,
    family,
)
from tracer.diagnosis.rows import Rule, Site, Variant, addends, scaled
from tracer.graph import Term

MOST_TERMS = 24
"""How many terms of a sum are tried one by one."""


def sum_or_mean(site: Site) -> Iterator[Variant]:
    """Divided by how many are summed, or multiplied by it."""
    if site.places.is_graph:
        count = len(site.terms) if site.kind == STEP and _is_over_indices(site) else 1
    elif site.kind in (LOSS, GRADIENT):
        count = len(_of_samples(site))
    elif site.kind in (LOSS_SLOPE, SAMPLE_LOSS, DELTA):
        count = site.places.network.sizes[-1] if site.place.layer in (0, _last(site)) else 1
    else:
        count = 1
    if count > 1:
        yield Variant(scaled(site.terms, Rational(1, count)), "mean", {"times": str(count)})
        yield Variant(scaled(site.terms, count), "sum", {"times": f"1/{count}"})


def _is_over_indices(site: Site) -> bool:
    """Whether a step sums the same over an index, as in a loss over time."""
    return len({tuple(map(family, term.args)) for term in site.terms}) == 1


def _last(site: Site) -> int:
    return len(site.places.network.layers)


def _of_samples(site: Site) -> list[int]:
    """The positions of the terms that belong to a sample, where a rule sums over samples."""
    if site.kind not in (LOSS, GRADIENT) or site.places.is_graph:
        return []
    terms = site.terms
    return [n for n, t in enumerate(terms) if t.args and ids.sample(t.args[0]) is not None]


def _kept(terms: Rule, samples: list[int], of: int) -> Rule:
    """The terms but those of all samples except one."""
    return tuple(t for n, t in enumerate(terms) if n not in samples or _sample(t) == of)


def _sample(term: Term) -> int | None:
    return ids.sample(term.args[0]) if term.args else None


def sample_left_out(site: Site) -> Iterator[Variant]:
    """The sum without one of the samples."""
    numbers = dict.fromkeys(_sample(site.terms[n]) for n in _of_samples(site)[: 4 * MOST_TERMS])
    if len(numbers) < 2:
        return
    for number in numbers:
        rule = tuple(term for term in site.terms if _sample(term) != number)
        yield Variant(rule, str(number), {"sample": str(number)})


def one_sample_only(site: Site) -> Iterator[Variant]:
    """One of the samples in the place of the sum."""
    samples = _of_samples(site)
    numbers = dict.fromkeys(_sample(site.terms[n]) for n in samples[: 4 * MOST_TERMS])
    if len(numbers) < 2:
        return
    for number in numbers:
        assert number is not None
        own = _kept(site.terms, samples, number)
        yield Variant(own, str(number), {"sample": str(number)})
        # a mean that divides by 1, since there is one sample
        own = scaled(own, len(numbers))
        yield Variant(own, f"{number} alone", {"sample": str(number)})


def _path(site: Site, term: Term) -> str:
    """What a term of a derivative goes through."""
    place = site.places.place(term.args[-1]) if term.args else site.place
    return place.of if place.wrt else place.id


def _paths(site: Site) -> bool:
    sums = site.kind in (BACK, ADJOINT) or (site.kind == DELTA and len(site.terms) > 1)
    in_graph = site.places.is_graph and site.kind == GRADIENT
    return (sums or in_graph) and len(site.terms) > 1


def path_left_out(site: Site) -> Iterator[Variant]:
    """The sum over the paths without one."""
    if _paths(site):
        for number, term in enumerate(site.terms[:MOST_TERMS]):
            rule = site.terms[:number] + site.terms[number + 1 :]
            yield Variant(rule, str(number), {"left": _path(site, term)})


def one_path_only(site: Site) -> Iterator[Variant]:
    """One path in the place of the sum."""
    if _paths(site) and len(site.terms) > 2:
        for number, term in enumerate(site.terms[:MOST_TERMS]):
            yield Variant((term,), str(number), {"used": _path(site, term)})


def penalty_left_out(site: Site) -> Iterator[Variant]:
    """The sum without what the penalty adds."""
    if site.kind in (LOSS, GRADIENT):
        rest = tuple(t for t in site.terms if not any("penalty" in arg for arg in t.args))
        if rest and len(rest) < len(site.terms):
            (left,) = set(site.terms) - set(rest)
            yield Variant(rest, details={"left": left.args[0]})


def term_left_out(site: Site) -> Iterator[Variant]:
    """A sum without one of its terms."""
    if site.kind in (PRE, STEP, SAMPLE_LOSS, STATE) and len(site.terms) > 1:
        for number, term in enumerate(site.terms[:MOST_TERMS]):
            if not term.args and not term.template.expr.is_Rational:
                continue
            if len(term.args) == 1 and site.kind == PRE:
                continue  # the bias, which has a row of its own
            rule = site.terms[:number] + site.terms[number + 1 :]
            yield Variant(rule, str(number), {"left": _named(term)})


def _named(term: Term) -> str:
    """What a term is called: its first argument, or the number that it is."""
    return term.args[0] if term.args else str(term.template.expr)


def term_sign(site: Site) -> Iterator[Variant]:
    """A sum with the sign of one term flipped."""
    terms = addends(site.terms)
    if site.kind == UPDATE or len(terms) < 2:
        return
    for number, term in enumerate(terms[:MOST_TERMS]):
        if (len(term.args) == 1 and site.kind == PRE) or not (
            term.args or term.template.expr.is_Rational
        ):
            continue
        rule = (*terms[:number], *scaled((term,), -1), *terms[number + 1 :])
        yield Variant(rule, str(number), {"of": _named(term)})
