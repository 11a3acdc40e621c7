"""Misconceptions of the update: gradient descent and other optimisers."""

from __future__ import annotations

from collections.abc import Iterator

from tracer import ids
from tracer.diagnosis.places import STATE, UPDATE
from tracer.diagnosis.rows import Row, Rule, Site, Variant, replaced, same, scaled, without


def _parts(site: Site) -> tuple[Rule, Rule]:
    """The old value in an update, and what is added to it."""
    if site.kind != UPDATE:
        return (), ()
    old = tuple(t for t in site.terms if len(t.args) == 1 and _is_old(site, t.args[0]))
    return old, tuple(term for term in site.terms if term not in old)


def _is_old(site: Site, arg: str) -> bool:
    return ids.split_step(arg)[1] == site.place.base


def _details(site: Site) -> dict[str, str]:
    old, _ = _parts(site)
    rate = next((arg for arg in site.rule.uses if _is_rate(arg)), "")
    gradient = next((arg for arg in site.rule.uses if "/d" in arg or "." in arg), "")
    return {"old": old[0].args[0] if old else "", "rate": rate, "gradient": gradient}


def _is_rate(arg: str) -> bool:
    return ids.split_step(arg)[1] == ids.LEARNING_RATE


def _rate_forgotten(site: Site) -> Iterator[Variant]:
    if site.kind not in (UPDATE, STATE):
        return
    found = False
    rule = []
    for term in site.terms:
        position = next((n for n, arg in enumerate(term.args) if _is_rate(arg)), None)
        rule.append(term if position is None else without(term, position))
        found = found or position is not None
    if found:
        yield Variant(tuple(rule), details=_details(site))


def _uphill(site: Site) -> Iterator[Variant]:
    old, step = _parts(site)
    if old and step:
        yield Variant((*old, *scaled(step, -1)), details=_details(site))


def _twice(site: Site) -> Iterator[Variant]:
    old, step = _parts(site)
    if old and step:
        yield Variant((*old, *scaled(step, 2)), details=_details(site))


def _unchanged(site: Site) -> Iterator[Variant]:
    old, step = _parts(site)
    if old and step:
        yield Variant(old, details=_details(site))


def _only_step(site: Site) -> Iterator[Variant]:
    old, step = _parts(site)
    if old and step:
        yield Variant(step, "step", _details(site))
        yield Variant(scaled(step, -1), "size", _details(site))


def _wrong_gradient(site: Site) -> Iterator[Variant]:
    old, step = _parts(site)
    for arg in dict.fromkeys(arg for term in step for arg in term.args if not _is_rate(arg)):
        for other in site.places.alike(arg):
            details = {"used": other, "meant": arg}
            yield Variant((*old, *replaced(step, {arg: other})), f"{arg} {other}", details)


def _other_start(site: Site) -> Iterator[Variant]:
    """A later step that starts from the parameters of an earlier one."""
    old, step = _parts(site)
    for before in {0, site.place.step - 2} if old and site.place.step > 1 else ():
        used = site.places.known(site.place.base, before)
        if used is not None:
            details = {"used": used, "meant": old[0].args[0]}
            yield Variant((*replaced(old, {old[0].args[0]: used}), *step), str(before), details)


def _momentum_forgotten(site: Site) -> Iterator[Variant]:
    if site.kind == STATE:
        kept = [t for t in site.terms if any(_is_old(site, arg) for arg in t.args)]
        rest = tuple(term for term in site.terms if term not in kept)
        if kept and rest and "." in site.place.base:
            left = next(arg for arg in kept[0].args if _is_old(site, arg))
            yield Variant(rest, details={"left": left})
        return
    _, step = _parts(site)
    gradient = site.name(ids.partial(site.places.trace.graph.output, site.place.base))
    for term in step:
        for arg in term.args:
            earlier = site.places.known(
                ids.partial(site.places.trace.graph.output, site.place.base), site.place.step - 1
            )
            if "." in arg and (earlier or gradient) and len(step) == 1:
                others = {arg: earlier or gradient or arg}
                old, _ = _parts(site)
                details = {"left": arg}
                yield Variant((*old, *replaced(step, others)), ids.base(arg), details)


def _correction_forgotten(site: Site) -> Iterator[Variant]:
    if site.kind not in (UPDATE, STATE):
        return
    others = {}
    for arg in site.rule.uses:
        step, base = ids.split_step(arg)
        name, dot, parameter = base.partition(".")
        if dot and name in ("mhat", "vhat"):
            plain = site.places.known(f"{name[0]}.{parameter}", step)
            if plain is not None:
                others[arg] = plain
    if others:
        used, meant = next((plain, hat) for hat, plain in others.items())
        yield Variant(replaced(site.terms, others), details={"used": used, "meant": meant})
    elif site.place.base.startswith(("mhat.", "vhat.")):
        plain = site.terms[0].args[0]
        yield Variant(same(plain), details={"used": plain, "meant": site.id})


UPDATES = (
    Row(
        "rate_forgotten",
        "The step is not multiplied by the learning rate.",
        0.06,
        _rate_forgotten,
        "the learning rate is missing: {gradient} is multiplied by {rate} first",
    ),
    Row(
        "uphill",
        "The step is taken uphill: added where it is subtracted.",
        0.07,
        _uphill,
        "the step goes the wrong way: it is subtracted from {old}, so that the loss gets smaller",
    ),
    Row(
        "update_twice",
        "The update is applied twice, or the step is twice as long.",
        0.03,
        _twice,
        "the step is twice as long as it should be: it is taken once from {old}",
    ),
    Row(
        "old_weight",
        "The old value is handed in as the new one.",
        0.3,
        _unchanged,
        "this is the old value {old}; the step is still to be taken",
        near=True,  # farther on it is an old value that is used, which has a row of its own
    ),
    Row(
        "only_step",
        "Only the step is given, without the old value that it changes.",
        0.04,
        _only_step,
        "this is only the step; it still has to be taken from {old}",
    ),
    Row(
        "wrong_gradient",
        "The update is made with another parameter's gradient.",
        0.02,
        _wrong_gradient,
        "you took {used}; the step is made with {meant}",
    ),
    Row(
        "other_start",
        "A later step starts from the parameters of an earlier one.",
        0.03,
        _other_start,
        "you started from {used}; the step before has led to {meant}",
    ),
    Row(
        "momentum_forgotten",
        "What is kept from earlier steps, the momentum, is left out.",
        0.05,
        _momentum_forgotten,
        "{left} is missing: what is kept from the steps before counts too",
    ),
    Row(
        "correction_forgotten",
        "The bias correction of the running averages is left out.",
        0.05,
        _correction_forgotten,
        "the correction is missing: you took {used} where {meant} belongs",
    ),
)
