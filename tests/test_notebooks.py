"""Notebooks: what cells show, and the notebook that works a solution out anew."""

from __future__ import annotations

import ast
import json
import re
import subprocess
from dataclasses import replace
from html import unescape
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

import tracer
from tests.conftest import EXAMPLES, need, need_module
from tracer.api import Solution
from tracer.loading import with_changes

# what a renderer of notebooks warns of does not concern us
pytestmark = pytest.mark.filterwarnings("default")

LAYER = {"weights": [[1, 2]], "biases": [3], "activation": "relu"}
SAMPLE = {"inputs": [1, 2], "targets": 1}
OTHERS: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("deck", {}, {"detail": "full"}),
    ("softsign", {}, {"detail": "brief"}),
    ("lstm", {}, {"detail": "full"}),
    ("deck", {}, {"view": "matrix"}),
    ("deck", {}, {"view": "function", "views": {"dloss/dw1[1,2]": "paths"}}),
    ("deck", {"digits": 2, "steps": 3, "printed": [1, 3], "notation": "ng"}, {"show": ["check"]}),
    ("deep", {"significant": 3}, {"view": "deltas"}),
    ("two-outputs", {}, {"only": ["dloss/dw1[1,2]", "1/w1[1,2]"]}),
    ("graph", {"digits": 1}, {"only": "df/dx"}),
]


def solved(name: str, changes: dict[str, Any], options: dict[str, Any]) -> Solution:
    return tracer.solve(tracer.load(tracer.EXAMPLES / f"{name}.toml", **changes), **options)


def code_cells(notebook: str) -> list[dict[str, Any]]:
    return [cell for cell in json.loads(notebook)["cells"] if cell["cell_type"] == "code"]


def run(notebook: str) -> list[tuple[dict[str, str], Any]]:
    """What each cell of code has stored, and what its last line comes to when all are run."""
    names: dict[str, Any] = {}
    found = []
    for cell in code_cells(notebook):
        tree = ast.parse("".join(cell["source"]))
        last = tree.body[-1]
        shown = None
        if isinstance(last, ast.Expr):
            tree.body.pop()
            exec(compile(tree, "cell", "exec"), names)
            shown = eval(compile(ast.Expression(last.value), "cell", "eval"), names)
        else:
            exec(compile(tree, "cell", "exec"), names)
        stored = [output["data"] for output in cell["outputs"]]
        assert len(stored) == (shown is not None)
        found += [({kind: "".join(text) for kind, text in own.items()}, shown) for own in stored]
    return found


def flat(markdown: str) -> list[str]:
    return [line for line in markdown.splitlines() if line]


def text_of(notebook: str) -> list[str]:
    """The Markdown of a notebook as a reader sees it, without its first cell."""
    found: list[str] = []
    for cell in json.loads(notebook)["cells"][1:]:
        if cell["cell_type"] == "markdown":
            found += flat("".join(cell["source"]))
        for output in cell.get("outputs", ()):
            found += flat("".join(output["data"].get("text/markdown", [])))
    return found


def assert_runs_alike(notebook: str) -> None:
    for stored, shown in run(notebook):
        assert shown._repr_mimebundle_() == stored


def assert_true_notebook(solution: Solution) -> None:
    notebook = solution.render("ipynb")
    assert_runs_alike(notebook)
    whole = solution.render("markdown", flavour="pandoc", fragment=True)
    assert _without_plots(text_of(notebook)) == flat(whole)


def _without_plots(lines: list[str]) -> list[str]:
    """Markdown has no pictures, and so no section of plots."""
    if "## Plots" not in lines:
        return lines
    start = lines.index("## Plots")
    ends = (n for n, line in enumerate(lines) if n > start and line.startswith("## "))
    return lines[:start] + lines[next(ends, len(lines)) :]


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_a_notebook_has_the_page_and_works_it_out_anew(path: Path) -> None:
    assert_true_notebook(tracer.solve(tracer.load(path)))


@pytest.mark.parametrize(("name", "changes", "options"), OTHERS, ids=str)
def test_so_it_does_with_options(
    name: str, changes: dict[str, Any], options: dict[str, Any]
) -> None:
    assert_true_notebook(solved(name, changes, options))


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_our_own_notebook_checks_clean(path: Path, tmp_path: Path) -> None:
    problem = tracer.load(path)
    reports = []
    for to, ending in (("ipynb", ".ipynb"), ("markdown", ".md")):
        file = tmp_path / f"solution{ending}"
        file.write_text(tracer.solve(problem).render(to, flavour="pandoc"), encoding="utf-8")
        reports.append(tracer.check(problem, file))
    assert reports[0].ok
    assert not reports[0].remarks
    assert reports[0].summary == reports[1].summary
    assert reports[0].summary["correct"] > 0


def test_a_changed_number_in_a_stored_output_is_found(tmp_path: Path) -> None:
    problem = tracer.load(tracer.DECK)
    text = tracer.solve(problem).render("ipynb")
    file = tmp_path / "solution.ipynb"
    file.write_text(text.replace("= 1.332", "= 1.432"), encoding="utf-8")
    assert [own.id for own in tracer.check(problem, file).faults] == ["dloss/dw1[1,2]"]


def test_cells_call_the_api() -> None:
    notebook = solved("deck", {"digits": 2}, {"view": "deltas", "show": "check"}).render("ipynb")
    sources = ["".join(cell["source"]) for cell in code_cells(notebook)]
    assert sources[0].startswith("import tracer\n\nproblem = tracer.load(r'''\n# The network")
    assert sources[0].endswith("\n''', digits=2)")
    assert sources[1] == 'solution = tracer.solve(problem, view="deltas", show="check")'
    assert 'solution["dloss/dw1[1,2]"]' in sources
    assert 'solution.section("Updated Model")' in sources


@pytest.mark.parametrize(
    "title", ["'''", '"""', "\\", "''' + 1 + r'''", "</script>$x$", "# *a* `b`", "{x}"]
)
def test_nothing_in_a_problem_is_code_or_markup(title: str) -> None:
    quoted = json.dumps(title, ensure_ascii=False)
    text = f"# {title} \u2028 # \x85\ntitle = {quoted}\nquestion = {quoted}\n"
    text += "".join(
        line
        for line in tracer.DECK.read_text(encoding="utf-8").splitlines(keepends=True)
        if not line.startswith("title")
    ).replace('name = "MSE"', f"name = {quoted}")
    try:
        problem = tracer.load(text)
    except tracer.InputError:  # not every text may be a name
        problem = tracer.load(text.replace(f"name = {quoted}", 'name = "E"'))
    assert_true_notebook(tracer.solve(problem))
    (first, *_) = code_cells(tracer.solve(problem).render("ipynb"))
    tree = ast.parse("".join(first["source"]))
    kinds = [type(statement) for statement in tree.body]
    assert kinds == [ast.Import, ast.Assign]
    call = tree.body[1].value  # type: ignore[attr-defined]
    assert isinstance(call.args[0], ast.Constant)


def test_what_a_notebook_cannot_be() -> None:
    given = {"layers": [LAYER], "data": [SAMPLE]}
    with pytest.raises(tracer.InputError, match="read from a mapping"):
        tracer.solve(tracer.load(given)).render("ipynb")
    with pytest.raises(tracer.InputError, match="fragment: is for text that is included"):
        solved("deck", {}, {}).render("ipynb", fragment=True)
    with pytest.raises(tracer.InputError, match="templates: would change"):
        solved("deck", {}, {}).render("ipynb", templates=Path())
    with pytest.raises(tracer.InputError, match="to: a notebook is of a whole solution"):
        solved("deck", {}, {}).section("Gradients").render("ipynb")
    problem = replace(tracer.load(tracer.DECK), question="Another one.")
    with pytest.raises(tracer.InputError, match="was changed after it was read"):
        tracer.solve(problem).render("ipynb")


def test_a_loaded_problem_keeps_what_it_was_told() -> None:
    problem = tracer.load(tracer.DECK, digits=3)
    assert problem.written is not None
    assert problem.written.changes == {"digits": 3}
    other = with_changes(problem, significant=4, notation="ng")
    assert other.written is not None
    assert other.written.changes == {"significant": 4, "notation": "ng"}
    assert "significant=4" in tracer.solve(other).render("ipynb")
    assert tracer.load({"layers": [LAYER], "data": [SAMPLE]}).written is None
    with pytest.raises(tracer.InputError, match="digits must be a whole number"):
        tracer.load(tracer.DECK, digits=-1)


# -- what cells show


def test_a_quantity_shows_its_derivation() -> None:
    solution = solved("deck", {}, {})
    shown = solution["dloss/dw1[1,2]"]._repr_mimebundle_()
    assert shown["text/plain"] == "<dloss/dw1[1,2] = 1.332>"
    assert shown["text/markdown"].startswith("$$\n\\begin{aligned}\n")
    assert shown["text/markdown"].endswith(" = 1.332\n\\end{aligned}\n$$")
    assert shown["text/latex"] == shown["text/markdown"]
    assert shown.keys() == {"text/plain", "text/markdown", "text/latex"}
    # what the page does not derive as such is derived alone
    for name, end in (("1/w1[1,2]", "= 0.28668"), ("l1[1](3)", "= 2.3"), ("w1[1,2]", "= 0.3")):
        assert solution[name]._repr_mimebundle_()["text/markdown"].split("\n")[-3].endswith(end)


def test_a_quantity_is_shown_in_the_view_of_the_page() -> None:
    solution = solved("deck", {}, {"view": "matrix"})
    assert "pmatrix" in solution["dloss/dw1[1,2]"]._repr_mimebundle_()["text/markdown"]


def test_words_are_no_latex() -> None:
    """VS Code and nbconvert's LaTeX take LaTeX first: words beside formulas would be lost."""
    solution = solved("deck", {}, {})
    for shown in (solution, solution.section("Gradients"), solution.before("dloss/dw1[1,1]")):
        assert shown._repr_mimebundle_().keys() == {"text/plain", "text/markdown"}
    assert solution._repr_mimebundle_()["text/markdown"].startswith("# Deep Learning\n")
    assert "# Deep" not in solution.section("Gradients")._repr_mimebundle_()["text/markdown"]


def test_sections_have_names() -> None:
    solution = solved("deck", {}, {})
    assert "\\gamma" in solution.section("finding minima via gradient descent (1)").render("latex")
    with pytest.raises(tracer.InputError, match='no section "Gradient"; did you mean "Gradients"'):
        solution.section("Gradient")
    with pytest.raises(tracer.InputError, match="does not derive loss"):
        solution.before("loss")
    with pytest.raises(KeyError, match="dloss/dw1"):
        solution.before("dloss/dw1[9,9]")


def test_a_diagram_shows_as_svg_and_in_words() -> None:
    solution = solved("deck", {}, {})
    for name in ("", "dloss/dw1[1,2]"):
        picture = solution.diagram(name)
        shown = picture._repr_mimebundle_()
        assert shown.keys() == {"text/plain", "image/svg+xml"}
        assert shown["image/svg+xml"] == picture._repr_svg_() == picture.svg
        assert ElementTree.fromstring(picture.svg).tag == "{http://www.w3.org/2000/svg}svg"
        assert shown["text/plain"] == str(picture)
    assert solution.diagram("dloss/dw1[1,2]").svg != solution.diagram("dloss/dw1[1,1]").svg
    with pytest.raises(tracer.InputError, match="there is no diagram of loss"):
        solution.diagram("loss")


def test_each_gradient_of_a_notebook_has_its_diagram() -> None:
    cells = code_cells(solved("deck", {}, {}).render("ipynb"))
    sources = ["".join(cell["source"]) for cell in cells]
    assert sources.index("solution.diagram()") < sources.index('solution.section("Question")')
    gradients = [source for source in sources if source.startswith("solution[")]
    assert len(gradients) == 9
    for source in gradients:
        name = source.removeprefix("solution[").removesuffix("]")
        assert sources[sources.index(source) - 1] == f"solution.diagram({name})"
    hidden = solved("deck", {}, {"hide": "diagrams"}).render("ipynb")
    assert "solution.diagram" not in hidden


def test_plots_are_cells_below_their_words() -> None:
    notebook = solved("deck", {}, {"show": "plots"}).render("ipynb")
    assert_runs_alike(notebook)
    sources = ["".join(cell["source"]) for cell in code_cells(notebook)]
    place = sources.index('solution.section("Plots")')
    assert sources[place + 1] == 'solution.section("Plots").pictures[0]'
    pictures = solved("deck", {}, {"show": "plots"}).plots.pictures
    assert len(pictures) == sum(".pictures[" in source for source in sources) > 1


def test_a_report_shows_verdicts() -> None:
    report = tracer.check(tracer.load(tracer.DECK), {"dloss/dw1[1,2]": "1.204", "loss": "1.65"})
    shown = report._repr_mimebundle_()
    assert shown.keys() == {"text/plain", "text/markdown"}
    assert shown["text/markdown"] == report.render("markdown", flavour="pandoc")
    assert shown["text/plain"] == report.render()


def _long(samples: int, hidden: int) -> Solution:
    rows = "".join(f"[[data]]\ninputs = [{n}, 1]\ntargets = 1\n" for n in range(samples))
    weights = [[0.1, 0.2]] * hidden
    layer = f'[[layers]]\nweights = {weights}\nbiases = {[0.5] * hidden}\nactivation = "relu"\n'
    last = f'[[layers]]\nweights = [{[0.1] * hidden}]\nbiases = [0.5]\nactivation = "relu"\n'
    return tracer.solve(tracer.load(layer + last + rows))


def test_a_long_page_shows_its_head() -> None:
    solution = _long(60, 30)
    shown = solution._repr_mimebundle_()["text/markdown"]
    assert len(solution.render("markdown", flavour="pandoc")) > 150_000
    assert 10_000 < len(shown) < 110_000
    assert re.search(r"\*\d+ of \d+ parts are left out here: .*render.*\*$", shown)


def test_a_long_table_shows_its_head() -> None:
    shown = _long(500, 1).section("Initial Model")._repr_mimebundle_()["text/markdown"]
    assert "*300 of 500 rows are left out here:" in shown
    assert shown.count("\n| $1") < 200


# -- real consumers


def _notebooks(*names: str) -> dict[str, str]:
    return {name: solved(name, {}, {"detail": "slides"}).render("ipynb") for name in names}


def test_it_is_a_notebook_as_nbformat_writes_it() -> None:
    nbformat = need_module("nbformat")
    for text in _notebooks("deck", "graph").values():
        notebook = nbformat.reads(text, as_version=4)
        nbformat.validate(notebook)
        assert nbformat.writes(notebook) + "\n" == text


@pytest.mark.parametrize("name", ["deck", "gru"])
def test_a_kernel_gives_what_is_stored(name: str) -> None:
    nbformat, nbclient = need_module("nbformat"), need_module("nbclient")
    need_module("ipykernel")
    (text,) = _notebooks(name).values()
    notebook = nbformat.reads(text, as_version=4)
    for cell in notebook.cells:
        cell.get("outputs", []).clear()
    nbclient.NotebookClient(notebook, timeout=120, kernel_name="python3").execute()
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)  # when it was run
    assert notebook.cells == nbformat.reads(text, as_version=4).cells


def _consumed(tmp_path: Path, to: str, text: str) -> str:
    """What nbconvert makes of a notebook."""
    nbformat, nbconvert = need_module("nbformat"), need_module("nbconvert")
    exporter = nbconvert.get_exporter(to)()
    found, _ = exporter.from_notebook_node(nbformat.reads(text, as_version=4))
    assert isinstance(found, str)
    return found


def test_nbconvert_to_markdown_has_no_html(tmp_path: Path) -> None:
    text = solved("deck", {}, {"detail": "full", "hide": "diagrams"}).render("ipynb")
    found = _consumed(tmp_path, "markdown", text)
    outside = re.sub(r"```.*?```|\$\$.*?\$\$|\$.*?\$", "", found, flags=re.DOTALL)
    assert not re.search(r"<\w", outside)
    shown = "\n".join(text_of(text))
    assert found.count("\\begin{aligned}") == shown.count("\\begin{aligned}") > 20


def test_nbconvert_to_html_keeps_formulas_for_mathjax(tmp_path: Path) -> None:
    text = solved("deck", {}, {}).render("ipynb")
    found = unescape(_consumed(tmp_path, "html", text))
    for cell in code_cells(text):
        for output in cell["outputs"]:
            shown = "".join(output["data"].get("text/markdown", []))
            for formula in re.findall(r"\$\$.*?\$\$", shown, re.DOTALL):
                assert formula in found
    assert len(re.findall(r'<img alt="[^"]*" src="data:image/svg\+xml;base64,', found)) == 10
    # tables are tables, with a formula in each of their cells
    assert found.count("<table>") == 3
    assert re.search(r"<td[^>]*>\$\\mathrm\{ReLU\}", found)


# packages of TeX that nbconvert's template asks for and its pages of formulas do without
_SPARED = ("ulem", "soul", "alphabeta")


def test_nbconvert_to_latex_compiles(tmp_path: Path) -> None:
    need("pdflatex")
    need("pandoc")
    text = solved("deck", {}, {"detail": "full", "hide": ["diagrams", "plots"]}).render("ipynb")
    found = _consumed(tmp_path, "latex", text)
    assert "text/markdown" not in found
    for name in _SPARED:
        found = re.sub(rf"\\usepackage(\[\w+\])?{{{name}}}", "", found)
    (tmp_path / "a.tex").write_text(found, encoding="utf-8")
    ran = subprocess.run(
        ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "a.tex"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    assert ran.returncode == 0, ran.stdout[-2000:]


def test_marimo_shows_the_same() -> None:
    need_module("marimo")
    from marimo._output.formatting import try_format

    solution = solved("deck", {}, {})
    report = tracer.check(tracer.load(tracer.DECK), {"loss": "1.6"})
    for shown in (solution, solution.section("Question"), solution["dloss/dw1[1,2]"], report):
        found = try_format(shown)
        assert found.exception is None
        assert found.mimetype == "application/vnd.marimo+mimebundle"
        data: Any = found.data
        assert "<marimo-tex" in data["text/html"] or shown is report
        assert "aligned" in data["text/html"] or shown is report
        assert "$$" not in re.sub(r"\|\|.*?\|\|", "", data["text/html"])
    picture_data: Any = try_format(solution.diagram()).data
    assert picture_data["image/svg+xml"].startswith("<svg")
