"""What is taken for an activation's derivative, rightly and wrongly."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from sympy import Symbol

from tracer import ids
from tracer.activations import row_of
from tracer.diagnosis.places import DELTA, SLOPE, Places
from tracer.diagnosis.rows import Rule, Site, Variant, replaced, same
from tracer.graph import ONE, PRODUCT, Template, Term

_X, _Y = (Symbol(name, real=True) for name in "xy")


def slope_skipped(site: Site) -> Iterator[Variant]:
    """The product without the activation's derivative, or 1 in its place."""
    if site.kind == DELTA:
        slopes = [arg for arg in site.rule.uses if site.places.place(arg).kind == SLOPE]
        if len(slopes) == 1 and len(site.terms) == 1 and site.terms[0].template == PRODUCT:
            yield Variant(same(site.terms[0].args[0]), details={"left": slopes[0]})
    elif site.kind == SLOPE and site.terms[0].args and site.place.of:
        yield Variant((Term(ONE, ()),), details={"left": site.id})


def slope_extra(site: Site) -> Iterator[Variant]:
    """Multiplied by the activation's derivative, which has cancelled."""
    own = site.place
    if site.kind != DELTA or len(site.terms) != 1 or site.terms[0].template == PRODUCT:
        return
    slope = ids.partial(ids.output(own.layer, own.j), ids.pre(own.layer, own.j))
    name = site.name(slope, sample=own.sample)
    if name is not None:
        (term,) = site.terms
        yield Variant((Term(_times(term.template), (*term.args, name)),), details={"used": name})


@cache
def _times(template: Template) -> Template:
    extra = Symbol("extra", real=True)
    return Template((*template.symbols, extra), template.expr * extra)


@cache
def _textbook(activation: str) -> Template | None:
    form = row_of(activation).textbook
    return None if form is None else Template((_X, _Y), form(_X, _Y))


def by_hand(places: Places, name: str) -> Rule:
    """The terms of a rule; an activation's derivative in the output, as it is worked by hand.

    Who has rounded the output goes on with that.
    """
    place = places.place(name)
    if place.kind == SLOPE and not places.network.is_coupled(place.layer):
        form = _textbook(places.network.layers[place.layer - 1].activation)
        out = places.known(ids.at(place.of, place.sample or 0), place.step)
        if form is not None and _Y in form.expr.free_symbols and out is not None:
            pre = places.known(ids.at(place.wrt, place.sample or 0), place.step)
            assert pre is not None
            return (Term(form, (pre, out)),)
    return places.rule(name).terms


def slope_argument(site: Site) -> Iterator[Variant]:
    """f'(l) for f'(p); or the textbook's form in the output, at the pre-activation."""
    own = site.place
    if site.kind != SLOPE or site.places.network.is_coupled(own.layer):
        return
    pre = site.name(ids.pre(own.layer, own.j), sample=own.sample)
    out = site.name(ids.output(own.layer, own.j), sample=own.sample)
    if pre is None or out is None:
        return
    (term, *_) = site.terms
    if pre in term.args and out not in term.args:
        details = {"used": out, "meant": pre}
        yield Variant(replaced(site.terms, {pre: out}), "output", details)
    form = _textbook(site.places.network.layers[own.layer - 1].activation)
    if form is not None and form.symbols[1] in form.expr.free_symbols:
        details = {"used": pre, "meant": out}
        yield Variant((Term(form, (pre, pre)),), "pre", details)


_PARTS = (Template((_Y,), _Y), Template((_Y,), 1 - _Y), Template((_Y,), _Y * (1 + _Y)))


def slope_incomplete(site: Site) -> Iterator[Variant]:
    """A factor of y (1 - y) left out, or the square of 1 - y^2."""
    own = site.place
    if site.kind != SLOPE:
        return
    form = _textbook(site.places.network.layers[own.layer - 1].activation)
    if form is None or form.symbols[1] not in form.expr.free_symbols:
        return
    out = site.name(ids.output(own.layer, own.j), sample=own.sample)
    if out is not None:
        for number, template in enumerate(_PARTS):
            yield Variant((Term(template, (out,)),), str(number), {"of": out})
