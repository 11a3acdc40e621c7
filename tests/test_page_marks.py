"""What the page in HTML has beyond the others: marks, what symbols mean, before and after."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Any

import pytest

import tracer
from tests.conftest import EXAMPLES, ROOT
from tracer.blocks import Display, Table
from tracer.drawing import MARKS
from tracer.formula import Marked, Num, Partial, Var
from tracer.loading import with_changes
from tracer.outline.compare import sides
from tracer.outline.glossary import glossary
from tracer.outline.marks import marks, ways, with_marks
from tracer.typeset import TextPrinter


def solved(name: str, **options: Any) -> tracer.Solution:
    return tracer.solve(tracer.load(ROOT / "examples" / f"{name}.toml"), **options)


def marked(page: str, name: str) -> list[tuple[int, str]]:
    """The marked factors of a derivation: each mark with what it stands on, as plain characters."""
    derivation = page.partition(f' id="{name}"')[2].partition("</math>")[0]
    found = []
    for match in re.finditer(r'<(m\w+) class="m(\d)".*?</\1>', derivation, re.DOTALL):
        found.append((int(match[2]), re.sub(r"<[^>]*>|\s", "", match[0])))
    return found


def test_factors_are_marked_from_the_loss_in_names_and_in_formulas() -> None:
    page = solved("deck").render("html")
    assert marked(page, "dloss/dw1[1,2]") == [
        *((1, "∂MSE∂l12"), (2, "∂l12∂p12"), (3, "∂p12∂l11"), (4, "∂l11∂p11"), (5, "∂p11∂w1,21")),
        *((1, "∂MSE∂l12"), (2, "∂l12∂p12"), (3, "w1,12"), (4, "1"), (5, "l20")),
    ]
    # the factor that is 1 is left out of the formulas, and the others keep their marks
    last = marked(page, "dloss/dw2[1,1]")
    assert [mark for mark, _ in last] == [1, 2, 3, 1, 3]
    assert last[-1] == (3, "l11")


def test_paths_that_are_summed_have_the_same_marks() -> None:
    page = solved("two-outputs").render("html")
    assert [mark for mark, _ in marked(page, "dloss/dw1[1,1]")][:8] == [1, 2, 3, 1, 2, 3, 4, 5]


def test_the_sixth_factor_has_the_first_mark_again() -> None:
    found = marks(solved("deep").solved)
    assert found["l4[1]", "p4[1]"] == 2
    assert found["p3[1]", "l2[1]"] == len(MARKS)
    assert found["l2[1]", "p2[1]"] == 1


def test_columns_of_a_table_have_the_marks_of_the_factors() -> None:
    solution = solved("deck", detail="full")
    blocks = with_marks(solution.solved, solution.page.blocks)
    start = next(
        n for n, b in enumerate(blocks) if isinstance(b, Display) and b.id == "dloss/dw1[1,2]"
    )
    (*_, table) = [b for b in blocks[start : start + 3] if isinstance(b, Table)]
    heads = [(c.mark, c.body) for c in table.head if isinstance(c, Marked)]
    assert heads == [
        (3, Var("w2[1,1]")),
        (4, Partial("l1[1]", "p1[1]")),
        (5, Var("l0[2]")),
    ]
    assert table.head[1] == Var("l0[2]")  # which sample it is: no factor


def test_in_a_graph_the_whole_derivative_is_no_local_one() -> None:
    """x reaches f directly and through q, so what is written ∂f/∂x is not the factor."""
    source = {"graph": {"given": {"x": 2}, "steps": ["q = x^2", "f = q*x"]}}
    page = tracer.solve(tracer.load(source)).render("html")
    assert (2, "∂q∂x") in marked(page, "df/dx")
    assert "∂f∂x" not in [text for _, text in marked(page, "df/dx")]


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_marks_change_nothing_that_is_read(path: Any) -> None:
    """A printer that does not show marks prints what it printed without, but for room at dots."""
    solution = tracer.solve(tracer.load(path))
    s = solution.solved
    printer = TextPrinter(s.symbols, 200)
    for plain, own in zip(solution.page.blocks, with_marks(s, solution.page.blocks), strict=True):
        if isinstance(plain, Display):
            assert isinstance(own, Display)
            pairs = zip(plain.equations, own.equations, strict=True)
            for a, b in pairs:
                one, other = (printer.one_line(e).replace(" ", "") for e in (a, b))
                assert one == other
        elif not isinstance(plain, Table):
            assert own == plain


def test_ways_lead_from_every_part_to_the_loss() -> None:
    s = solved("deck").solved
    known = marks(s)
    found = ways(s, "w1[1,2]", known)
    assert {n: m for n, m in found.items() if m} == {
        "w1[1,2]": 5,
        "dp1[1]/dw1[1,2]": 5,
        "dl1[1]/dp1[1]": 4,
        "dp2[1]/dl1[1]": 3,
        "w2[1,1]": 3,
        "dl2[1]/dp2[1]": 2,
        "dloss/dl2[1]": 1,
    }
    assert {n for n, m in found.items() if not m} == {"p1[1]", "l1[1]", "p2[1]", "l2[1]", "loss"}
    assert set(ways(s, "loss", known)) == {"loss"}


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_what_is_said_of_a_symbol_has_the_values_of_the_solution(path: Any) -> None:
    view = tracer.load(path).page.view
    whole = view in ("matrix", "function")
    solution = tracer.solve(tracer.load(path), detail=None if whole else "full")
    page = solution.render("html")
    s = solution.solved
    told = re.findall('data-about="([^"]*)"', page)
    assert told
    assert len(told) == len(set(told))
    for entry in glossary(s, told):
        assert entry.words
        for values in entry.values:
            step = int((re.findall(r"\d+", values.when) or ["1"])[0]) if values.when else 0
            for name, number in values.samples:
                sample = re.fullmatch(r"sample (\d+)", name)
                own = entry.id + (f"({sample[1]})" if sample else "")
                if own not in s.values:  # of one sample, or the same at all
                    own += "(1)"
                assert number == Num(s.values[s.trace.at_step(own, step)].number)


def test_a_notation_counts_its_layers_in_what_is_said() -> None:
    problem = with_changes(tracer.load(tracer.DECK), notation="nielsen")
    text = tracer.solve(problem).render("html")
    entry = text.partition('data-about="w1[1,2]"')[2].partition("</div>")[0]
    assert "Weight of layer 2: to neuron 1, from input 2." in entry


def test_before_and_after_stand_side_by_side() -> None:
    before, after = sides(solved("deck").solved)
    assert (before.title, after.title) == ("Before", "After the Step")
    values = [_numbers(side.tables[0]) for side in (before, after)]
    assert values[0]["w1[1,2]"] == Fraction(3, 10)
    assert values[1]["w1[1,2]"] == Fraction(28668, 100000)  # 0.3 - 0.01 · 1.332
    assert values[0].keys() == values[1].keys()
    assert len(values[0]) == 9
    assert before.tables[1].head == after.tables[1].head


def _numbers(table: Table) -> dict[str, Fraction]:
    found = {}
    for name, number in table.rows:
        assert isinstance(name, Var)
        assert isinstance(number, Num)
        found[name.id] = Fraction(number.number.text)
    return found


def test_without_a_step_nothing_is_compared() -> None:
    layer = {"weights": [[1]], "biases": False, "activation": "identity"}
    source = {"layers": [layer], "data": [{"inputs": 1, "targets": 2}]}
    solution = tracer.solve(tracer.load(source))
    assert sides(solution.solved) == ()
    assert "Before and After" not in solution.render("html")
    assert "Before and After" not in solved("deck", only="w1[1,1]").render("html")
    assert "Before and After" in solved("graph-adam").render("html")


def test_templates_of_the_user_replace_the_script_and_its_hash(tmp_path: Any) -> None:
    (tmp_path / "page.js").write_text("/* mine */\n", encoding="utf-8")
    page = solved("deck").render("html", templates=tmp_path)
    assert "<script>\n/* mine */\n</script>" in page
    assert page != solved("deck").render("html")
    hashes = [re.findall(r"script-src '([^']*)'", p) for p in (page, solved("deck").render("html"))]
    assert hashes[0] != hashes[1]
    (tmp_path / "page.html").write_text(
        "<% for block in blocks %><< block.kind >> <% endfor %>", encoding="utf-8"
    )
    plain = solved("deck").render("html", templates=tmp_path)
    assert plain.split()[:2] == ["heading", "figure"]


def test_a_plot_is_no_network_to_point_at() -> None:
    page = solved("deck", show=["plots"], hide=["diagrams"]).render("html")
    assert '<figure id="overview"' not in page
    assert '<div class="figure">' in page
    assert '<figure id="overview"' in solved("deck", show=["plots"]).render("html")


def test_where_there_is_nothing_to_step_through_there_is_no_button() -> None:
    assert 'data-do="step"' in solved("xor").render("html")
    assert 'data-do="step"' not in solved("xor").plots.render("html")
