"""How much a page says: brief, slides or full, and each part of the full page on its own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import tracer
from tests import conftest
from tests.conftest import GRAPHS, ROOT
from tests.latex_reader import EQUAL, Interval, canonical, interval, parse, read
from tests.test_recompute import assert_true, check, worked_out
from tests.test_views import DECK, GRAPH, faults
from tracer import cli
from tracer.blocks import Block, Display, Paragraph, Subheading, Table
from tracer.commands import solve
from tracer.formula import Equation, Letter, Var
from tracer.loading import with_changes
from tracer.outline.page import page
from tracer.schema import DETAILS, ON_SLIDES, PARTS

# the views matrix and function have pages of their own
EXAMPLES, NETWORKS = (
    [path for path in paths if tracer.load(path).page.view == "auto"]
    for paths in (conftest.EXAMPLES, conftest.NETWORKS)
)


RNN = ROOT / "examples" / "published" / "rnn_bengali_bptt_scalar.toml"
MAZUR = ROOT / "examples" / "published" / "mazur_2_2_2.toml"
DECK_FILE = ROOT / "examples" / "deck.toml"
THREE = (DECK_FILE, MAZUR, RNN)
PUBLISHED = sorted((ROOT / "examples" / "published").glob("*.toml"))


def blocks(path: Path, **options: Any) -> tuple[Block, ...]:
    return page(tracer.solve(tracer.load(path), **options).solved).blocks


def has_gradients(path: Path) -> bool:
    return getattr(tracer.load(path), "forward_only", None) is None


# What is printed, read back


@pytest.mark.parametrize("path", [*EXAMPLES, *PUBLISHED], ids=lambda path: path.stem)
@pytest.mark.parametrize("detail", ["full", "brief"])
def test_every_equation_comes_out_at_any_length(path: Path, detail: str) -> None:
    problem = tracer.load(path)
    comma = problem.numbers.decimal_comma
    whole = tracer.solve(problem, detail=detail).render("latex")
    assert_true(worked_out(read(whole, decimal_comma=comma), problem))
    if isinstance(problem, tracer.Problem):
        # without the practice, which has one gradient again, each has its equation once
        hide = ("practice",) if detail == "full" else ()
        shorter = tracer.solve(problem, detail=detail, hide=hide).render("latex")
        assert not check(shorter, problem).faults


@dataclass(frozen=True)
class Grid:
    """A table: its cells as they stand in the source."""

    head: list[str]
    rows: list[list[str]]


def grids(markdown: str) -> Iterator[Grid]:
    """The tables of a page in pandoc's Markdown, where none is split."""
    for body in re.findall(r"(?:^\|.*\n)+", markdown, re.MULTILINE):
        first, _, *rows = (row.strip("|\n").split("|") for row in body.splitlines())
        yield Grid([c.strip() for c in first], [[c.strip() for c in row] for row in rows])


def markdown(path: Path) -> str:
    page = tracer.solve(tracer.load(path), detail="full").render("markdown", flavour="pandoc")
    return page.replace(r"$\approx$", "≈")


def number(cell: str, digits: int, comma: bool) -> Interval:
    """All values that a printed number may stand for; given ones have more digits or none."""
    return interval(parse(cell.strip("$"), comma), digits)


def sample_grids(path: Path) -> tuple[tracer.Problem | tracer.GraphProblem, list[Grid]]:
    problem = tracer.load(path)
    heads = ("product", "product ≈")
    return problem, [grid for grid in grids(markdown(path)) if grid.head[-1].endswith(heads)]


def is_rounded_alike(path: Path) -> bool:
    """Whether every number has as many decimals, which the intervals here assume."""
    numbers = tracer.load(path).numbers
    return not (numbers.own or numbers.precision.significant)


TABLED = [p for p in [*NETWORKS, *PUBLISHED] if has_gradients(p) and is_rounded_alike(p)]


@pytest.mark.parametrize("path", TABLED, ids=lambda path: path.stem)
def test_rows_of_sample_tables_multiply_and_add_up(path: Path) -> None:
    """Worked out from the printed digits alone: factors to products, products to the sum."""
    problem, found = sample_grids(path)
    assert isinstance(problem, tracer.Problem) or path not in NETWORKS
    if isinstance(problem, tracer.Problem):
        due = problem.batches[0]
        learning = [
            name
            for name in problem.parameter_names
            if name not in problem.frozen and name[0] in "wb" and len(problem.places(name)) == 1
        ]
        assert len(found) == (len(learning) if len(due) > 1 else 0)
    digits, comma = problem.numbers.digits, problem.numbers.decimal_comma
    for grid in found:
        share = re.search(r"\\frac\{1\}\{(\d+)\}", grid.head[-1])
        total = Interval(Fraction(0), Fraction(0))
        *rows, last = grid.rows
        for row in rows:
            own = number(row[-1], digits, comma)
            total += own
            if row[0] == "penalty":
                continue
            product = Interval(Fraction(1), Fraction(1))
            for cell in row[first_factor(grid, problem) : -1]:
                product *= number(cell, digits, comma)
            if share:
                part = Fraction(1, int(share[1]))
                product *= Interval(part, part)
            assert own.meets(product), (path.stem, grid.head, row)
        assert_marked(grid, problem)
        assert last[0] in ("sum", "sum ≈")
        assert total.meets(number(last[-1], digits, comma)), (path.stem, grid.head, last)


def assert_marked(grid: Grid, problem: Any) -> None:
    """A table says so where its printed numbers come out only nearly; exactly worked out here."""
    comma = problem.numbers.decimal_comma

    def exactly(cell: str) -> Fraction:
        return canonical(parse(cell.strip("$"), comma))

    *rows, last = grid.rows
    total = sum((exactly(row[-1]) for row in rows), Fraction(0))
    assert (last[0] == "sum") is (total == exactly(last[-1])), (grid.head, last)
    share = re.search(r"\\frac\{1\}\{(\d+)\}", grid.head[-1])
    nearly = False
    for row in rows:
        if row[0] == "penalty":
            continue
        product = Fraction(1, int(share[1])) if share else Fraction(1)
        for cell in row[first_factor(grid, problem) : -1]:
            product *= exactly(cell)
        nearly |= product != exactly(row[-1])
    assert grid.head[-1].endswith("≈") is nearly, grid.head


def first_factor(grid: Grid, problem: Any) -> int:
    """Where the columns of factors begin, behind those that say which sample a row is."""
    if isinstance(problem, tracer.GraphProblem):
        return 1
    inputs = problem.sizes[0]
    return 1 if inputs > 3 else inputs


def test_the_sum_table_of_the_deck_in_full() -> None:
    _, found = sample_grids(DECK_FILE)
    assert len(found) == 9
    rows = [[canonical(parse(c.strip("$"))) for c in row] for row in found[4].rows[:-1]]
    # inputs, delta, weight, derivative, input, product: exactly, with nothing of the package
    data = [(1, 3, 1), (3, 1, 1), (3, 5, 1), (5, 3, 1), (3, 3, 0)]
    expected = []
    for x, y, t in data:
        hidden = Fraction(x, 10) + Fraction(3 * y, 10) + Fraction(1, 2)
        delta = 2 * (hidden * Fraction(4, 10) + Fraction(1, 2) - t)
        expected.append([x, y, delta, Fraction(1, 10), 1, y, delta * Fraction(1, 10) * y])
    assert rows == expected
    assert sum(row[-1] for row in expected) == Fraction("1.332")
    assert found[4].rows[-1][-1] == "1.332" or found[4].rows[-1][-1] == "$1.332$"


@pytest.mark.parametrize("path", [*GRAPHS, RNN], ids=lambda path: path.stem)
def test_uses_of_a_quantity_multiply_and_add_up(path: Path) -> None:
    problem, found = sample_grids(path)
    digits = problem.numbers.digits
    for grid in found:
        total = Interval(Fraction(0), Fraction(0))
        *rows, last = grid.rows
        for row in rows:
            _, above, local, product = row
            own = number(product, digits, False)
            total += own
            assert own.meets(number(above, digits, False) * number(local, digits, False)), row
        assert total.meets(number(last[-1], digits, False)), (path.stem, last)
    several = [name for name in tracer.solve(problem).ids if name.startswith(f"d{problem.output}/")]
    assert several
    assert (path is not RNN) or len(found) == 5  # h1, h2 and the three weights


@pytest.mark.parametrize(
    "path", [p for p in [*EXAMPLES, *PUBLISHED] if is_rounded_alike(p)], ids=lambda path: path.stem
)
def test_update_tables_come_out(path: Path) -> None:
    problem = tracer.load(path)
    found = [grid for grid in grids(markdown(path)) if grid.head[1:3] == ["old", "gradient"]]
    plain = problem.optimizer.kind == "gradient_descent"
    assert bool(found) == bool(problem.steps and plain)
    digits, comma = problem.numbers.digits, problem.numbers.decimal_comma
    for grid in found:
        for _, old, gradient, change, new in grid.rows:
            moved = number(change, digits, comma)
            new = re.split(rf"{EQUAL}|\\approx", new)[-1]
            rate = problem.learning_rates[0]
            if len(problem.learning_rates) == 1:
                steps = number(gradient, digits, comma) * Interval(rate, rate)
                assert steps.meets(moved), (path.stem, gradient, change)
            assert (number(old, digits, comma) + -moved).meets(number(new, digits, comma))


# The structure of the full page


def segments(path: Path) -> Iterator[tuple[str, list[Block]]]:
    """The blocks under each subheading of a gradient, by what it is the gradient of."""
    name, found = "", []
    for block in blocks(path, detail="full"):
        if isinstance(block, Subheading):
            if name:
                yield name, found
            last = block.content[-1]
            name, found = (last.id if isinstance(last, Var) else ""), []
        found.append(block)
    if name:
        yield name, found


def reasons(some: list[Block]) -> list[Table]:
    tables = [block for block in some if isinstance(block, Table)]
    return [table for table in tables if table.head[-1] == ("because",)]


@pytest.mark.parametrize(
    "path", [p for p in [*EXAMPLES, *PUBLISHED] if has_gradients(p)], ids=lambda path: path.stem
)
def test_every_gradient_has_its_segment_path_and_reasons(path: Path) -> None:
    problem = tracer.load(path)
    if isinstance(problem, tracer.GraphProblem) and problem.slopes:
        pytest.skip("its gradients are given")
    found = dict(segments(path))
    wanted = problem.wrt if isinstance(problem, tracer.GraphProblem) else problem.parameter_names
    learning = [name for name in wanted if name not in getattr(problem, "frozen", ())]
    output = problem.output if isinstance(problem, tracer.GraphProblem) else "loss"
    assert set(found) >= set(learning) - {output}
    for name in learning:
        if name == output:
            continue
        some = found[name]
        words = some[1].content[0] if isinstance(some[1], Paragraph) else ""
        assert str(words).startswith("Path"), name
        if "none leads" in str(words):
            continue
        if isinstance(problem, tracer.Problem) and (
            name[0] not in "wb" or len(problem.places(name)) > 1
        ):
            continue  # of several places, or a slope: its line has the whole sum
        tables = reasons(some)
        assert tables, name
        for row in (row for table in tables for row in table.rows):
            assert isinstance(row[-1], tuple)
            assert 0 < in_words(row[-1]) <= 8, row[-1]


def in_words(content: tuple[Any, ...]) -> int:
    """The number of words, a formula as one; signs stand for none."""
    texts = [item if isinstance(item, str) else " formula " for item in content]
    return len(re.findall(r"[\w']+", "".join(texts)))


def test_paths_are_counted_as_they_are() -> None:
    """Against all chains of readers, followed one by one."""
    reads = {
        "W_xh": ["a1", "a2", "a3"],
        **{f"a{t}": [f"h{t}"] for t in (1, 2, 3)},
        "h1": ["a2", "y1"],
        "h2": ["a3", "y2"],
        "h3": ["y3"],
        **{f"y{t}": ["L"] for t in (1, 2, 3)},
    }

    def ways(name: str) -> int:
        return 1 if name == "L" else sum(map(ways, reads[name]))

    text = tracer.solve(tracer.load(RNN), detail="full").render("text")
    flat = " ".join(text.split())
    assert ways("W_xh") == 6
    assert ways("h1") == 3
    assert flat.count("Paths: six ways, added up: W_xh →") == 1
    assert flat.count("Paths: three ways, added up: h₁ → a₂") == 1
    mazur = tracer.solve(tracer.load(MAZUR), detail="full").render("text")
    assert mazur.count("Paths: two ways, added up:") == 4  # the hidden weights: by either output


def test_deltas_stand_before_what_cites_them() -> None:
    text = tracer.solve(tracer.load(DECK_FILE), detail="full").render("text")
    head = text.index("Deltas of layer 2")
    assert head < text.index("Gradient by w₁,₁²") < text.index("Gradient by w₁,₁¹")
    for value in ("= 0.2\n", "= -0.12\n", "= 0.84\n", "= 0.52\n", "= 2.36\n"):
        assert head < text.index(value) < text.index("Gradient by w₁,₁²")
    assert "-2[(1 - 1.1)·1.5" not in text  # the table is instead of the bracket, not beside it


def test_a_delta_has_no_symbol_that_is_taken() -> None:
    own = {"like": "deck", "learning_rate": "delta", "bias": "delta_{j}^{i}"}
    text = DECK.replace('notation = "deck"', "")
    source = tracer.load(text)
    assert isinstance(source, tracer.Problem)
    problem = tracer.load({**RAW, "notation": own})
    assert "∂E/∂p" in tracer.solve(problem, detail="full").render("text")


RAW: dict[str, Any] = {
    "layers": [
        {"weights": [["0.5", 1], [1, "-0.25"]], "biases": [0, "0.5"], "activation": "relu"},
        {"weights": [[1, "0.5"]], "biases": [1], "activation": "identity"},
    ],
    "data": [{"inputs": [1, 2], "targets": 3}, {"inputs": [2, 1], "targets": 1}],
    "training": {"learning_rate": "0.1"},
}


# The check


def check_rows(page: str) -> dict[str, list[str]]:
    (grid,) = [grid for grid in grids(page) if "difference" in grid.head]
    return {row[0].strip("$"): row[1:] for row in grid.rows}


@pytest.mark.parametrize("path", THREE, ids=lambda path: path.stem)
def test_every_parameter_is_checked_and_agrees(path: Path) -> None:
    problem = tracer.load(path)
    solution = tracer.solve(problem, detail="full")
    rows = check_rows(solution.render("markdown", flavour="pandoc"))
    wanted = problem.wrt if isinstance(problem, tracer.GraphProblem) else problem.parameter_names
    output = problem.output if isinstance(problem, tracer.GraphProblem) else "loss"
    learning = [name for name in wanted if name not in getattr(problem, "frozen", ())]
    assert len(rows) == len(learning)
    for name in learning:
        gradient, difference, _, agreed, *_ = rows[solution[name].latex]
        assert gradient == difference
        assert agreed in ("all", "30 or more") or int(agreed.strip("$")) >= 6, name
        assert Fraction(gradient.strip("$")) == Fraction(str(solution[f"d{output}/d{name}"].value))


def test_differences_of_the_deck_are_those_of_the_loss_itself() -> None:
    """The loss worked out here, from the slides' rules, at both ends."""
    data = [(1, 3, 1), (3, 1, 1), (3, 5, 1), (5, 3, 1), (3, 3, 0)]
    start = [Fraction(n, 10) for n in (1, 3, 5, 1, 3, 5, 1, 3, 5)]

    def loss(p: list[Fraction]) -> Fraction:
        total = Fraction(0)
        for x, y, t in data:
            hidden = [max(p[i] * x + p[i + 1] * y + p[i + 2], Fraction(0)) for i in (0, 3)]
            total += (t - max(p[6] * hidden[0] + p[7] * hidden[1] + p[8], Fraction(0))) ** 2
        return total

    names = ("w_{1,1}^1", "w_{1,2}^1", "b_1^1", "w_{2,1}^1", "w_{2,2}^1", "b_2^1")
    names += ("w_{1,1}^2", "w_{1,2}^2", "b_1^2")
    page = tracer.solve(tracer.load(DECK_FILE), show="check").render("markdown", flavour="pandoc")
    rows = check_rows(page)
    h = Fraction(1, 10_000)
    for place, name in enumerate(names):
        ends = []
        for sign in (1, -1):
            moved = list(start)
            moved[place] += sign * h
            ends.append(loss(moved))
        assert Fraction(rows[name][1].strip("$")) == (ends[0] - ends[1]) / (2 * h), name


def one_neuron(bias: str, **more: Any) -> dict[str, Any]:
    layers = [{"weights": [[1]], "biases": [bias], "activation": "relu"}]
    return {"layers": layers, "data": [{"inputs": 1, "targets": 3}], **more}


@pytest.mark.parametrize(
    ("bias", "h"),
    [("0", "0.0001"), ("-0.99995", "10^{-6}"), ("-0.9999995", "10^{-8}"), ("-1", "")],
)
def test_a_step_is_chosen_that_crosses_no_kink(bias: str, h: str) -> None:
    """p is 1, then 0.00005, 0.0000005 and 0, where ReLU bends."""
    solution = tracer.solve(tracer.load(one_neuron(bias)), show="check")
    text = solution.render("markdown", flavour="pandoc")
    rows = check_rows(text)
    for row in rows.values():
        if not h:
            assert row[1] == "kink"
        elif h == "0.0001":
            assert len(row) == 4
        else:
            assert row[-1] == f"${h}$"
            assert row[3] in ("all", "30 or more")
    assert ("one lies at the value itself" in text) == (not h)


def test_a_wrong_gradient_would_be_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """The slides' own slip: 1.2 for 1.204."""
    from tracer.printing import Value

    problem = tracer.load(DECK_FILE)
    solved = tracer.solve(problem).solved
    from tracer.differences import differences
    from tracer.domains import to_fmpq
    from tracer.rounding import exact

    wrong = to_fmpq(Fraction("1.2"))
    values = {**solved.values, "dloss/dw1[1,1]": Value(exact(wrong), wrong)}
    (found,) = differences(problem, solved.trace, values, ["w1[1,1]"])
    assert found.agreed == 2
    assert found.error is not None
    assert found.error.text.startswith("0.00") or found.error.text == "3.32e-3"


def test_the_loss_after_the_step_is_recomputed_from_printed_values() -> None:
    """To two decimals the printed weights are others, and so is the loss from them."""
    rough = with_changes(tracer.load(DECK_FILE), digits=2)
    flat = " ".join(tracer.solve(rough, show="check").render("text").split())
    match = re.search(r"after: (\S+); recomputed from the new values as printed: (\S+)\.", flat)
    assert match is not None
    # w2 = (0.03, 0.23), b2 = 0.46, w1 = ((0.09, 0.29), (0.06, 0.26)), b1 = (0.5, 0.49)
    data = [(1, 3, 1), (3, 1, 1), (3, 5, 1), (5, 3, 1), (3, 3, 0)]
    total = 0.0
    for x, y, t in data:
        out = 0.03 * (0.09 * x + 0.29 * y + 0.5) + 0.23 * (0.06 * x + 0.26 * y + 0.49) + 0.46
        total += (t - out) ** 2
    assert float(match[2]) == round(total, 2)
    assert match[1] == "0.85"


# Practice


@pytest.mark.parametrize("path", THREE, ids=lambda path: path.stem)
def test_practice_leaves_the_last_steps_blank_and_then_solves(path: Path) -> None:
    found = blocks(path, show="practice")
    faded, solved = [block for block in found if isinstance(block, Display)][-2:]
    (faded_line,), (solved_line,) = faded.equations, solved.equations
    last = faded_line.parts[-1].formula
    assert isinstance(last, Letter)
    assert last.glyph.base == "…"
    problem = tracer.load(path)
    latex = tracer.solve(problem, show="practice").render("latex")
    lines = [one for one in read(latex) if r"\ldots \cdot" in str(one) or r"\ldots" in str(one)]
    assert lines
    assert isinstance(solved_line, Equation)
    assert r"\ldots" not in latex.split("Solution:")[-1]


def test_the_practised_gradient_is_that_at_the_new_values() -> None:
    """The slides' network after its step, by plain fractions."""
    old = tracer.solve(tracer.load(DECK_FILE))
    new = {
        name: Fraction(str(old[f"1/{name}"].exact))
        for name in tracer.load(DECK_FILE).parameter_names
    }
    data = [(1, 3, 1), (3, 1, 1), (3, 5, 1), (5, 3, 1), (3, 3, 0)]
    total = Fraction(0)
    for x, y, t in data:
        h = [new[f"w1[{j},1]"] * x + new[f"w1[{j},2]"] * y + new[f"b1[{j}]"] for j in (1, 2)]
        out = new["w2[1,1]"] * h[0] + new["w2[1,2]"] * h[1] + new["b2[1]"]
        total += 2 * (out - t) * new["w2[1,2]"] * y
    text = tracer.solve(tracer.load(DECK_FILE), show="practice").render("text")
    assert text.rstrip().split("Solution:")[1].split("≈ ")[2].split()[0] == f"{float(total):.5f}"


# Each part alone, and what is refused


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("path", THREE, ids=lambda path: path.stem)
def test_each_part_can_be_shown_and_left_out(part: str, path: Path) -> None:
    problem = tracer.load(path)
    if path is RNN and not PARTS[part][1]:
        with pytest.raises(tracer.InputError, match=f"{part} is a part of networks"):
            tracer.solve(problem, show=part)
        return
    plain, full = (tracer.solve(problem, detail=d).page for d in ("slides", "full"))
    alone = tracer.solve(problem, show=part).page
    without = tracer.solve(problem, detail="full", hide=part).page
    # nothing is to be added up; the graph is too large to be drawn
    is_nothing = path is MAZUR and part == "samples"
    is_nothing |= path is RNN and part in ("diagrams", "values")
    assert (alone == plain) == (is_nothing or part in ON_SLIDES)
    assert (without == full) == is_nothing
    shown = (part, *ON_SLIDES)
    others = [p for p in PARTS if p not in shown and (path is not RNN or PARTS[p][1])]
    kept = tracer.solve(problem, detail="full", hide=others).page
    assert kept == alone


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_the_slides_are_the_default(path: Path) -> None:
    problem = tracer.load(path)
    is_full = path.stem == "full-page"
    slides = tracer.solve(problem, detail="slides").render()
    assert (slides == tracer.solve(problem).render()) != is_full


def test_the_brief_page_has_no_prose_but_what_its_signs_mean() -> None:
    for path in THREE:
        found = blocks(path, detail="brief")
        words = [block for block in found if isinstance(block, Paragraph)]
        assert all(block.remark for block in words)
        assert len(words) <= 1
        text = tracer.solve(tracer.load(path), detail="brief").render()
        assert len(text) < len(tracer.solve(tracer.load(path)).render()) * 0.7


def test_the_file_may_say_it_all() -> None:
    own = '\n[page]\ndetail = "full"\nhide = ["practice"]\n'
    given = tracer.load(DECK + own)
    option = tracer.solve(tracer.load(DECK), detail="full", hide="practice")
    assert tracer.solve(given).render() == option.render()
    back = tracer.solve(given, detail="slides")
    assert back.render() == tracer.solve(tracer.load(DECK)).render()
    again = tracer.solve(given, show="practice")
    assert again.render() == tracer.solve(tracer.load(DECK), detail="full").render()


def test_json_is_the_same_at_any_length() -> None:
    problem = tracer.load(RAW)
    assert tracer.solve(problem, detail="full", hide="practice").ids == tracer.solve(problem).ids


LINES = len(DECK.splitlines())


@pytest.mark.parametrize(
    ("own", "where", "message"),
    [
        ('detail = "ful"', "3:10", 'did you mean "full"?'),
        ('show = ["chek"]', "3:9", 'did you mean "check"?'),
        ("show = []", "3:8", "show must be a list of names"),
        ('show = "check"', "3:8", "show must be a list of names"),
        ('show = ["check"]\nhide = ["paths", "check"]', "4:18", "check is to be shown and hidden"),
    ],
)
def test_what_does_not_fit_is_said_in_its_place(own: str, where: str, message: str) -> None:
    (fault,) = faults(f"{DECK}\n[page]\n{own}\n")
    line, column = where.split(":")
    assert fault.startswith(f"<text>:{LINES + int(line)}:{column}: ")
    assert message in fault


def test_a_part_that_a_graph_has_not_is_refused_in_its_place() -> None:
    (fault,) = faults(GRAPH + '[page]\nshow = ["check", "deltas"]\n')
    assert fault.startswith("<text>:5:18: deltas is a part of networks")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"detail": "long"}, "no detail 'long'; use one of brief, slides, full"),
        ({"show": "chekc"}, "no part 'chekc'; did you mean \"check\"?"),
        ({"hide": ["q"]}, "no part 'q'; there are givens, indices"),
        ({"show": "check", "hide": "check"}, "check is to be shown and hidden"),
        ({"only": "loss", "detail": "full"}, "detail: is for the whole page"),
        ({"only": "loss", "show": "check"}, "show: is for the whole page"),
    ],
)
def test_options_that_do_not_fit_are_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(tracer.InputError) as caught:
        tracer.solve(tracer.load(DECK), **options)
    assert message in str(caught.value)


# The command line


def run(*arguments: str) -> Any:
    return CliRunner().invoke(cli.cli, ["solve", *arguments])


def test_the_command_line_has_the_same_words() -> None:
    assert solve.DETAILS == DETAILS


def test_the_command_line_shows_and_hides() -> None:
    full = run("--detail", "full", "--hide", "practice", "--hide", "check")
    assert full.exit_code == 0
    assert "Deltas of layer 2" in full.output
    assert "Practice" not in full.output
    alone = run("--show", "check", "--show", "paths")
    assert "recomputed from the new values" in alone.output
    assert "Path: w₁,₁² → p₁² → l₁² → MSE, the only one." in alone.output


@pytest.mark.parametrize("option", ["--detail=full", "--show=check", "--hide=check"])
def test_json_has_no_detail(option: str) -> None:
    found = run("--to", "json", option)
    assert found.exit_code == 2
    assert f"error: {option.partition('=')[0]}: is for documents; json has all" in found.output


def test_an_unknown_part_on_the_command_line_is_said() -> None:
    found = run("--show", "checks")
    assert found.exit_code == 2
    assert "no part 'checks'; did you mean \"check\"?" in found.output


# The checklist


CHECKLIST = (ROOT / "docs" / "checklist.md").read_text(encoding="utf-8")
ANSWERS = [
    [cell.strip() for cell in line.strip("|").split(" | ")]
    for line in CHECKLIST.splitlines()
    if re.match(r"\| \d", line)
]


def test_all_questions_of_the_checklist_are_there() -> None:
    assert [row[0].strip("| ") for row in ANSWERS] == [str(n) for n in range(1, 26)]
    assert all(len(row) == 5 for row in ANSWERS)
    assert all(cell.startswith("yes") for row in ANSWERS for cell in row[2:])


@pytest.mark.parametrize(("column", "path"), list(enumerate(THREE, start=2)))
def test_what_the_checklist_quotes_is_on_the_page(column: int, path: Path) -> None:
    page = " ".join(tracer.solve(tracer.load(path), detail="full").render("text").split())
    quotes = [quote for row in ANSWERS for quote in re.findall(r"`([^`]+)`", row[column])]
    assert len(quotes) >= 25
    assert [quote for quote in quotes if quote not in page] == []
