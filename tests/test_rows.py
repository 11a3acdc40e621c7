"""The tables agree with each other: what the schema offers is what the rows have."""

from __future__ import annotations

import pytest
from sympy import Integer, Symbol, erf, exp, log, tanh

from tracer import schema
from tracer.activations import ACTIVATIONS, Activation
from tracer.losses import LOSSES, LossRow
from tracer.optimizers import GRADIENT, OPTIMIZERS, RATE, WEIGHT, OptimizerRow


def test_the_schema_offers_exactly_the_rows() -> None:
    assert set(schema.ACTIVATIONS) == set(ACTIVATIONS)
    (kind,) = (key for key in schema.LOSS if key.name == "kind")
    assert isinstance(kind.kind, schema.Choice)
    assert set(kind.kind.options) == set(LOSSES)
    assert set(schema.OPTIMIZERS) == set(OPTIMIZERS)


@pytest.mark.parametrize("row", ACTIVATIONS.values(), ids=lambda row: row.name)
def test_irrational_rows_are_known_as_such(row: Activation) -> None:
    x = Symbol("x", real=True)
    irrational = row.formula(x, Symbol("a")).has(erf, exp, log, tanh)
    assert irrational == (row.name in schema.IRRATIONAL)


@pytest.mark.parametrize("row", ACTIVATIONS.values(), ids=lambda row: row.name)
def test_what_saturates_is_flat_on_both_sides(row: Activation) -> None:
    x = Symbol("x", real=True)
    slope = row.formula(x, Integer(1)).diff(x)
    is_flat = all(
        abs(slope.xreplace({x: end}).evalf()) < 1e-9 for end in (Integer(50), Integer(-50))
    )
    assert row.saturates == (is_flat and row.name not in schema.FORWARD_ONLY)


@pytest.mark.parametrize("row", ACTIVATIONS.values(), ids=lambda row: row.name)
def test_a_printed_definition_is_the_formula(row: Activation) -> None:
    x = Symbol("x", real=True)
    if row.definition is not None:
        assert (row.definition(x).doit() - row.formula(x, Symbol("a"))).simplify() == 0
    assert (row.textbook is None) == bool(row.remark)


@pytest.mark.parametrize("row", OPTIMIZERS.values(), ids=lambda row: row.name)
@pytest.mark.parametrize("in_root", [False, True])
@pytest.mark.parametrize("correction", [False, True])
def test_optimizers_read_what_they_declare(
    row: OptimizerRow, in_root: bool, correction: bool
) -> None:
    """Constants, what is kept, and what an earlier rule made: nothing else; and all of it."""
    shape = schema.OPTIMIZERS[row.name]
    rules = row.rules(in_root, correction)
    made: set[str] = set()
    read: set[str] = set()
    for rule in rules:
        names = {str(symbol) for symbol in rule.expr.free_symbols}
        names -= {str(WEIGHT), str(GRADIENT), str(RATE)}
        read |= {name.removesuffix("^t") for name in names}
        known = {*shape.constants, *(f"{name}^t" for name in shape.constants), *shape.states}
        assert names <= known | made
        made.add(rule.target)
    assert rules[-1].target == ""
    assert {*shape.constants, *shape.states} <= read <= {*shape.constants, *shape.states, *made}


@pytest.mark.parametrize("row", OPTIMIZERS.values(), ids=lambda row: row.name)
def test_what_has_a_root_is_made_of_squares(row: OptimizerRow) -> None:
    """Where arithmetic may take a value for not negative, it is a sum of what is not."""
    for rule in row.rules(False, True):
        if rule.target in schema.OPTIMIZERS[row.name].squares:
            beta = Symbol("beta", positive=True)
            below_one = {s: beta / (1 + beta) for s in rule.expr.free_symbols if "beta" in str(s)}
            assert rule.expr.xreplace(below_one).simplify().is_nonnegative


def test_the_schema_knows_the_losses_as_the_rows_have_them() -> None:
    assert dict(schema.SHORTCUTS) == {r.name: r.shortcut for r in LOSSES.values() if r.shortcut}
    t, y = Symbol("t"), Symbol("y")
    irrational = {row.name for row in LOSSES.values() if row.formula(t, y).has(erf, exp, log, tanh)}
    assert set(schema.IRRATIONAL_LOSSES) == irrational


def test_the_schema_knows_the_activations_as_the_rows_have_them() -> None:
    x, a = Symbol("x", real=True), Symbol("a")
    rows = ACTIVATIONS.values()
    assert set(schema.COUPLED) == {row.name for row in rows if row.cross is not None}
    some = {row.name for row in rows if a in row.formula(x, a).free_symbols}
    assert some - set(schema.COUPLED) == {*schema.ACTIVATION_PARAMETERS, schema.PRELU}
    flat = {row.name for row in rows if row.formula(x, a).diff(x) == 0}
    assert set(schema.FORWARD_ONLY) == flat


@pytest.mark.parametrize(
    "row", [*ACTIVATIONS.values(), *LOSSES.values(), *OPTIMIZERS.values()], ids=lambda row: row.name
)
def test_every_formula_says_where_it_stands(row: Activation | LossRow | OptimizerRow) -> None:
    """Who wrote it and when; the identity needs no source."""
    has_year = any(word.strip(",.;)")[-4:].isdigit() for word in row.reference.split())
    known = has_year or "arXiv:" in row.reference or "deeplearning.ai" in row.reference
    assert known != (row.name == "identity")
    assert not row.reference.endswith(".")
