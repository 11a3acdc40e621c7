"""The derivation of any quantity of the trace, by its id."""

from __future__ import annotations

from tracer import ids
from tracer.activations import row_of
from tracer.derivation import steps
from tracer.derivation.backward import (
    delta,
    delta_meaning,
    delta_numbers,
    delta_sum,
    delta_symbols,
    jacobian_numbers,
    jacobian_symbols,
    loss_constant,
    loss_slope,
    loss_slope_numbers,
    output_sum,
    slope_numbers,
    slope_symbols,
)
from tracer.derivation.forward import (
    loss_formula,
    loss_numbers,
    output_symbols,
    penalty_slope,
    penalty_terms,
    pre_numbers,
    pre_symbols,
    scaled,
    worked_output,
)
from tracer.derivation.gradients import gradient
from tracer.derivation.local import parameter_slope
from tracer.derivation.parts import part_equation, sample_equation
from tracer.derivation.sharing import local_numbers, local_symbols, places
from tracer.derivation.updates import made
from tracer.formula import (
    At,
    Equation,
    Formula,
    Part,
    Partial,
    Var,
    product,
)
from tracer.parametric import negative_part
from tracer.solved import Solved, Worked
from tracer.solved_graph import SolvedGraph


def addressed(s: Worked, quantity: str) -> Formula:
    """The symbol of any quantity, with its sample and step where it has them."""
    if isinstance(s, SolvedGraph):
        return steps.addressed(s, quantity)
    assert isinstance(s, Solved)
    found = ids.parse(quantity)
    assert found is not None
    return _address(s, _symbol(s, found), found.sample, found.step)


def _symbol(s: Solved, found: ids.Id) -> Formula:
    """A quantity's symbol, or a fraction for a derivative that has none."""
    if found.wrt is None:
        return Var(str(found.of))
    if found.of.kind == ids.LOSS and found.wrt.kind == "p":
        return delta(s, found.wrt.layer, found.wrt.j)
    return Partial(str(found.of), str(found.wrt))


def derivation(s: Solved, quantity: str) -> Equation:
    """The equation of any quantity of the trace: its rule in symbols, in numbers, its value."""
    step, base = ids.split_step(quantity)
    found = ids.parse(base)
    assert found is not None
    if found.wrt is not None:
        return _derivative(s, found, step)
    body: Formula = Var(str(found.of))
    left = _address(s, body, found.sample, step)
    name = found.of
    if name.kind.endswith(ids.POWER) or (step > 0 and s.trace.is_update(base)):
        return made(s, left, base, step)
    if name.kind == "p" and found.sample:
        symbols = pre_symbols(s, name.layer, name.j)
        numbers = pre_numbers(s, name.layer, name.j, found.sample, step)
        return Equation(left, (Part("=", symbols), *s.parts((numbers,), base, step)))
    if name.kind == "l" and name.layer and found.sample:
        worked = worked_output(s, name.layer, name.j, found.sample, step)
        symbols = output_symbols(s, name.layer, name.j)
        links = tuple(p.formula for p in worked.parts[:-1])
        assert worked.left is not None
        return Equation(left, (Part("=", symbols), *s.parts((worked.left, *links), base, step)))
    if name.kind == ids.PENALTY:
        return penalty_equation(s, step, left)
    if name.kind == ids.LOSS and name.j and found.sample:
        return part_equation(s, name.j, found.sample, step, left)
    if name.kind == ids.LOSS and found.sample and s.problem.has_parts:
        return sample_equation(s, found.sample, step, left)
    if name.kind == ids.LOSS and found.sample is None:
        return Equation(
            left, (*loss_formula(s).parts, *s.parts((loss_numbers(s, step),), base, step))
        )
    if name.kind == ids.BATCH_LOSS:
        batch = s.batch(step)
        numbers = loss_numbers(s, step, batch)
        return Equation(left, (*loss_formula(s, batch).parts, *s.parts((numbers,), base, step)))
    if name.kind == ids.LOSS and found.sample:
        numbers = loss_numbers(s, step, (found.sample,), penalised=False)
        return Equation(left, s.parts((numbers,), base, step))
    return Equation(left, (Part("=", s.num(base, step)),))


def penalty_equation(s: Solved, step: int, left: Formula) -> Equation:
    """``R = 2[(w_{1,1}^1)^2 + …] = 2[0.3^2 + …] = 0.18``."""
    symbols = penalty_terms(s, Var)
    numbers = penalty_terms(s, lambda name: s.num(name, step))
    return Equation(left, (Part("=", symbols), *s.parts((numbers,), ids.PENALTY, step)))


def _derivative(s: Solved, found: ids.Id, step: int) -> Equation:
    assert found.wrt is not None
    base = str(ids.Id(found.of, found.wrt, found.sample))
    left = _address(s, _symbol(s, found), found.sample, step)
    wrt, n = found.wrt, found.sample
    if found.of.kind == ids.PENALTY:
        symbols = penalty_slope(s, str(wrt), Var(str(wrt)))
        worked = penalty_slope(s, str(wrt), s.num(str(wrt), step))
        assert symbols is not None
        assert worked is not None
        return Equation(left, (Part("=", symbols), *s.parts((worked,), base, step)))
    if n is None:
        return Equation(left, gradient(s, str(wrt), step).parts)
    if found.of.kind == ids.LOSS and wrt.kind == "p":
        named, formulas = delta_symbols(s, wrt.layer, wrt.j, step)
        numbers = delta_numbers(s, wrt.layer, wrt.j, n, step)
        links = (*delta_meaning(s, wrt.layer, wrt.j), named, formulas)
        head = (Part("=", link) for link in links)
        return Equation(left, (*head, *s.parts((numbers,), base, step)))
    if found.of.kind == ids.LOSS and wrt.kind == "l" and wrt.layer == s.last:
        symbols = product(loss_slope(s, wrt.j))
        body = product(loss_slope_numbers(s, wrt.j, n, step))
        numbers = scaled(loss_constant(s), [body])
        return Equation(left, (Part("=", symbols), *s.parts((numbers,), base, step)))
    if found.of.kind == ids.LOSS and wrt.kind == "l":
        symbols = output_sum(s, wrt.layer, wrt.j)
        numbers = delta_sum(s, wrt.layer, wrt.j, n, step)
        return Equation(left, (Part("=", symbols), *s.parts((numbers,), base, step)))
    if found.of.kind == "l" and s.problem.is_coupled(wrt.layer):
        symbols = jacobian_symbols(s, wrt.layer, found.of.j, wrt.j)
        numbers = jacobian_numbers(s, wrt.layer, found.of.j, wrt.j, n, step)
        return Equation(left, (Part("=", symbols), *s.parts((numbers,), base, step)))
    reading = places(s, str(wrt)).get(str(found.of)) if wrt.kind in "wba" else None
    if reading and len(reading) > 1:
        symbols = local_symbols(s, reading)
        return Equation(
            left, (Part("=", symbols), *s.parts((local_numbers(s, reading, n, step),), base, step))
        )
    if reading and str(reading[0]) != str(wrt):
        wrt = reading[0]
    if wrt.kind == "a":
        symbols = negative_part(Var(ids.pre(wrt.layer, wrt.j)))
        worked = negative_part(s.num(ids.at(ids.pre(wrt.layer, wrt.j), n), step))
        return Equation(left, (Part("=", symbols), *s.parts((worked,), base, step)))
    if found.of.kind == "l":
        symbols = slope_symbols(s, wrt.layer, wrt.j)
        own = s.problem.layers[wrt.layer - 1]
        if not s.problem.is_sloped(wrt.layer) and row_of(own.activation).textbook is None:
            pre = s.num(ids.at(ids.pre(wrt.layer, wrt.j), n), step)
            numbers = s.activation(wrt.layer, pre, prime=True)
        else:
            numbers = slope_numbers(s, wrt.layer, wrt.j, n, step)
        return Equation(left, (Part("=", symbols), *s.parts((numbers,), base, step)))
    if wrt.kind == "b":
        return Equation(left, (Part("=", parameter_slope(s, wrt)),))
    if found.of.kind == ids.LOSS:
        return Equation(left, (Part("=", s.num(base, step)),))
    symbol = (
        ids.output(wrt.layer - 1, wrt.k)
        if wrt.kind == "w"
        else ids.weight(found.of.layer, found.of.j, wrt.j)
    )
    value = s.num(base, step)
    relation = "=" if value.number.is_exact else "≈"
    return Equation(left, (Part("=", Var(symbol)), Part(relation, value)))


def _address(s: Solved, body: Formula, sample: int | None, step: int) -> Formula:
    if len(s.problem.data) == 1:
        sample = None
    return body if sample is None and step == 0 else At(body, sample, step)
