"""Full pages of random problems: every equation comes out, in every policy, style and notation."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, reject, settings
from hypothesis import strategies as st

import tracer
from tests.graph_strategies import graphs
from tests.test_recompute import check, problems, read, worked_out


@pytest.mark.parametrize("policy", ["display", "exact", "step", "float64"])
def test_every_equation_of_a_random_full_page_comes_out(policy: str) -> None:
    @settings(
        max_examples=20,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
        phases=[phase for phase in Phase if phase is not Phase.explain],
    )
    @given(problems(policy), st.sampled_from(["auto", "deltas"]))
    def run(source: dict[str, Any], view: str) -> None:
        problem = tracer.load(source)
        comma = problem.numbers.decimal_comma
        try:
            full = tracer.solve(problem, view=view, detail="full")
            whole = full.render("latex")
            page = tracer.solve(problem, view=view, detail="full", hide="practice").render("latex")
            tracer.solve(problem, view=view, detail="brief").render("text")
        except tracer.InputError as error:
            # as for the slides' page: no value, or one that is too long for a line
            if not re.search(
                "diverge|too large for float64|bits|characters|logarithm|zero|has room for",
                str(error),
            ):
                raise
            reject()
        assert not check(page, problem).faults
        assert not worked_out(read(whole, decimal_comma=comma), problem).faults

    run()


# why a graph has no page: a value that does not exist, or that is too long to be printed
NO_VALUE = "division by zero|diverge|too large|exact fraction has|more than a line has room for"


@pytest.mark.parametrize("policy", ["display", "exact", "step", "float64"])
def test_every_equation_of_a_random_full_page_of_a_graph_comes_out(policy: str) -> None:
    @settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(graphs(policy=policy))
    def run(source: dict[str, Any]) -> None:
        problem = tracer.load(source)
        try:
            whole = tracer.solve(problem, detail="full").render("latex")
            tracer.solve(problem, detail="brief").render("text")
        except tracer.InputError as error:
            if not re.search(NO_VALUE, str(error)):
                raise
            with pytest.raises(tracer.InputError, match=NO_VALUE):
                tracer.solve(problem).render("latex")
            reject()
        comma = problem.numbers.decimal_comma
        assert not worked_out(read(whole, decimal_comma=comma), problem).faults

    run()
