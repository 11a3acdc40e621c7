"""Random problems over the whole schema: values by a plain reference, every `=` worked out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

import mpmath
import pytest
from hypothesis import HealthCheck, Phase, assume, given, reject, settings
from hypothesis import strategies as st

import tracer
from tests import conventions, reference, reference_graph
from tests.graph_strategies import graphs
from tests.latex_reader import read
from tests.test_digits import assert_values
from tests.test_latex import compile_latex
from tests.test_oracles import assert_printed, saturated, undecidable
from tests.test_recompute import assert_true, worked_out
from tests.whole_strategy import networks
from tracer import schema

# what a problem may rightly be refused for: values without bound, ties and signs that nothing can
# decide, logarithms of 0, numbers that no line has room for
REFUSALS = "diverge|too large|beyond|bits|characters|logarithm|zero|has room for|decided|proven"


def runs(count: int) -> settings:
    """So many random problems; what they have in common is not looked for."""
    return settings(
        max_examples=count,
        deadline=None,
        suppress_health_check=[
            HealthCheck.too_slow,
            HealthCheck.data_too_large,
            HealthCheck.filter_too_much,
        ],
        phases=[phase for phase in Phase if phase is not Phase.explain],
    )


def assert_value(found: tracer.SolvedQuantity, true: Any, digits: int, policy: str) -> None:
    """A quantity is what the reference has, as printed."""
    if policy == "float64":
        shown = mpmath.mpf(str(found.value))
        near = max(mpmath.mpf(10) ** -digits, abs(reference.real(true)) * mpmath.mpf("0.006"))
        assert abs(shown - reference.real(true)) <= near * mpmath.mpf("1.001"), found.id
        return
    if found.exact is not None and isinstance(true, Fraction):
        assert found.exact == true, found.id
    if policy == "exact":
        assert found.exact is not None
        return
    assert_printed(found.value, true, digits, found.id)


def graph_agrees(problem: dict[str, Any]) -> None:
    """Every value and derivative of a graph, and every equation of its page."""
    loaded = tracer.load(problem)
    try:
        passes = list(reference_graph.solve(problem))
        solution = tracer.solve(loaded)
        page = solution.render("latex")
    except ZeroDivisionError:
        reject()
    except tracer.InputError as error:
        if not re.search(REFUSALS, str(error)):
            raise
        reject()
    digits, policy = problem["numbers"]["digits"], problem["numbers"]["policy"]
    output, known = problem["graph"]["output"], reference_graph.given(problem)
    compared = 0
    for number, found in enumerate(passes):
        before = f"{number}/" if number else ""
        expected = {
            name: value for name, value in found.values.items() if number or name not in known
        }
        expected |= {f"d{of}/d{wrt}": v for (of, wrt), v in found.wholes.items() if of == output}
        expected |= {
            f"d{of}/d{wrt}": slope for (of, wrt), slope in found.partials.items() if of != output
        }
        for name, true in expected.items():
            if before + name in solution.ids:
                assert_value(solution[before + name], true, digits, policy)
                compared += 1
    for name in known:
        if name.partition("[")[0] in problem["graph"]["gradients"]:
            assert f"d{output}/d{name}" in solution.ids
    assert compared > 1
    assert_true(worked_out(read(page, decimal_comma=problem["numbers"]["decimal_comma"]), loaded))


@pytest.mark.parametrize("policy", ["display", "exact", "float64"])
def test_random_graphs(policy: str) -> None:
    @runs(50)
    @given(graphs(policy=policy))
    def run(problem: dict[str, Any]) -> None:
        graph_agrees(problem)

    run()


def network_agrees(problem: dict[str, Any], document: dict[str, Any]) -> None:
    """Every value of a network in any conventions, and every equation of its page."""
    loaded = tracer.load(document)
    assert loaded == tracer.load(problem)
    try:
        expected = reference.solve(problem)
    except (ZeroDivisionError, ValueError, OverflowError):
        reject()  # a logarithm that 60 digits have no number for
    assume(not undecidable(problem, expected))
    assume(not saturated(problem, expected))
    try:
        solution = tracer.solve(loaded)
        page = solution.render("latex")
    except tracer.InputError as error:
        if not re.search(REFUSALS, str(error)):
            raise
        reject()
    if problem["numbers"]["policy"] != "exact":
        assert_values(problem)
    for name in solution.ids if problem["numbers"]["policy"] == "exact" else ():
        assert solution[name].exact == expected[name], name
    assert_true(worked_out(read(page, decimal_comma=loaded.numbers.decimal_comma), loaded))


@pytest.mark.parametrize(("policy", "count"), [("display", 160), ("exact", 100), ("step", 100)])
def test_random_networks(policy: str, count: int) -> None:
    @runs(count)
    @given(networks(policy), st.data())
    def run(problem: dict[str, Any], data: st.DataObject) -> None:
        network_agrees(problem, data.draw(conventions.some(problem)))

    run()


@pytest.mark.parametrize("kind", ["networks", "graphs"])
def test_a_sample_of_random_pages_compiles(kind: str, tmp_path: Path) -> None:
    @runs(12)
    @given(networks("display") if kind == "networks" else graphs())
    def run(problem: dict[str, Any]) -> None:
        try:
            page = tracer.solve(tracer.load(problem)).render("latex")
        except tracer.InputError as error:
            if not re.search(REFUSALS, str(error)):
                raise
            reject()
        assert compile_latex(page, tmp_path) == []

    run()


def test_every_key_is_drawn() -> None:
    """What no random problem has is not tested by them."""
    seen: set[str] = set()

    def collect(table: Mapping[str, Any], place: str = "") -> None:
        for key, value in table.items():
            seen.add(place + key)
            for inner in value if isinstance(value, list) else [value]:
                if isinstance(inner, dict):
                    collect(inner, f"{place}{key}.")

    for policy in ("display", "step"):

        @runs(1000)
        @given(networks(policy), st.data())
        def run(problem: dict[str, Any], data: st.DataObject) -> None:
            collect(data.draw(conventions.some(problem)))

        run()
    missing = {name for name in _declared(schema.PROBLEM) if name not in seen}
    # the symbols of a notation and the marks of a submission have tests of their own
    own = ("notation.", "check")
    assert {name for name in missing if not name.startswith(own)} == UNDRAWN


def _declared(keys: tuple[schema.Key, ...], place: str = "") -> Iterator[str]:
    for key in keys:
        yield place + key.name
        if isinstance(key.kind, schema.Table | schema.Tables):
            yield from _declared(key.kind.keys, f"{place}{key.name}.")


# words, and views of single gradients
UNDRAWN = {"title", "question", "page.views"}
