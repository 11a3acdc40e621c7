"""The tables agree with each other: what the schema offers is what the rows have."""

from __future__ import annotations

import pytest
from sympy import Symbol, erf, exp, log, tanh

from tracer import schema
from tracer.activations import ACTIVATIONS, Activation
from tracer.losses import LOSSES


def test_the_schema_offers_exactly_the_rows() -> None:
    assert set(schema.ACTIVATIONS) == set(ACTIVATIONS)
    (kind,) = (key for key in schema.LOSS if key.name == "kind")
    assert isinstance(kind.kind, schema.Choice)
    assert set(kind.kind.options) == set(LOSSES)


def _keys(keys: tuple[schema.Key, ...]) -> list[schema.Key]:
    found = []
    for key in keys:
        found.append(key)
        if isinstance(key.kind, schema.Table | schema.Tables):
            found += _keys(key.kind.keys)
    return found


@pytest.mark.parametrize("row", ACTIVATIONS.values(), ids=lambda row: row.name)
def test_irrational_rows_are_known_as_such(row: Activation) -> None:
    x = Symbol("x", real=True)
    irrational = row.formula(x, Symbol("a")).has(erf, exp, log, tanh)
    assert irrational == (row.name in schema.IRRATIONAL)


@pytest.mark.parametrize("row", ACTIVATIONS.values(), ids=lambda row: row.name)
def test_a_printed_definition_is_the_formula(row: Activation) -> None:
    x = Symbol("x", real=True)
    if row.definition is not None:
        assert (row.definition(x).doit() - row.formula(x, Symbol("a"))).simplify() == 0
    assert (row.textbook is None) == bool(row.remark)
