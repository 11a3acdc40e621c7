"""The gradient of a parameter that stands in several places: a sum over the places."""

from __future__ import annotations

from tracer import ids
from tracer.derivation.backward import (
    delta,
    delta_sum,
    flat,
    loss_constant,
    loss_slope,
    loss_slope_numbers,
    output_sum,
)
from tracer.derivation.forward import rational, sample_share, scaled
from tracer.derivation.local import parameter_slope
from tracer.derivation.slopes import negative_part_number
from tracer.formula import Coef, Formula, Group, Num, Partial, Prod, Sum, summed, whole
from tracer.solved import Solved


def places(s: Solved, parameter: str) -> dict[str, list[ids.Name]]:
    """The quantities that read a shared parameter, each with the places where it does."""
    found: dict[str, list[ids.Name]] = {}
    for name in s.problem.places(parameter):
        parsed = ids.parse(name)
        assert parsed is not None
        own = parsed.of
        reader = ids.output(own.layer, own.j) if own.kind == "a" else ids.pre(own.layer, own.j)
        found.setdefault(reader, []).append(own)
    return found


def local_symbols(s: Solved, reader: list[ids.Name]) -> Formula:
    """The derivative of what reads a parameter in some places: the sum of what stands beside it."""
    return summed(tuple(parameter_slope(s, place) for place in reader))


def shared_symbols(s: Solved, parameter: str) -> tuple[Formula, Formula]:
    """Named partials and formulas: ``δ_1 · l_1 + δ_2 · l_2``."""
    readers = places(s, parameter)
    named = tuple(
        Prod((Partial(ids.LOSS, reader), Partial(reader, parameter))) for reader in readers
    )
    formulas = tuple(
        flat(Prod((_above(s, own[0]), local_symbols(s, own)))) for own in readers.values()
    )
    return summed(named), summed(formulas)


def shared_gradient(
    s: Solved, parameter: str, step: int
) -> tuple[Formula, Formula, tuple[Formula, ...]]:
    """Named partials, formulas and numbers."""
    readers = places(s, parameter)
    terms: list[Formula] = []
    for n in s.batch(step):
        terms += [_numbers(s, reader, own, n, step) for reader, own in readers.items()]
    share = sample_share(s, s.batch(step))
    numbers: Formula = Sum(tuple(terms)) if len(terms) > 1 else terms[0]
    if share != 1:
        front = rational(share)
        assert isinstance(front, Num)
        numbers = Coef(front.number, Group(numbers)) if len(terms) > 1 else scaled(share, terms)
    return (*shared_symbols(s, parameter), (numbers,))


def _above(s: Solved, place: ids.Name) -> Formula:
    """The loss's derivative by what reads the parameter."""
    if place.kind != "a":
        return delta(s, place.layer, place.j)
    if place.layer == s.last:
        return Prod(loss_slope(s, place.j))
    return output_sum(s, place.layer, place.j)


def _numbers(s: Solved, reader: str, own: list[ids.Name], n: int, step: int) -> Formula:
    """One sample's term of what reads the parameter in the places ``own``."""
    place = own[0]
    local = local_numbers(s, own, n, step)
    factors = () if place.kind == "b" and local == whole(1) else (local,)
    if place.kind != "a":
        return flat(Prod((s.num(ids.partial(ids.LOSS, reader, n), step), *factors)))
    if place.layer == s.last:
        body = flat(Prod((*loss_slope_numbers(s, place.j, n, step), *factors)))
        return scaled(loss_constant(s), [body])
    return flat(Prod((delta_sum(s, place.layer, place.j, n, step), *factors)))


def _beside_numbers(s: Solved, place: ids.Name, n: int, step: int) -> Formula:
    if place.kind == "w":
        return s.num(ids.at(ids.output(place.layer - 1, place.k), n), step)
    if place.kind == "a":
        return negative_part_number(s, place.layer, place.j, n, step)
    return parameter_slope(s, place)


def local_numbers(s: Solved, reader: list[ids.Name], n: int, step: int) -> Formula:
    """The same with one sample's numbers."""
    return summed(tuple(_beside_numbers(s, place, n, step) for place in reader))
