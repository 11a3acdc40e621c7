"""What small documents state, and which of their links are said not to hold."""

from __future__ import annotations

import time

import pytest

import tracer
from tests.conftest import ROOT
from tracer.answers.submission import Submission
from tracer.documents.reader import read_document
from tracer.documents.statements import read_statements
from tracer.trace import build


def checked(text: str, name: str = "deck", ending: str = ".md") -> Submission:
    problem = tracer.load(ROOT / "examples" / f"{name}.toml")
    return read_statements(read_document(f"page{ending}", text), problem, build(problem))


def findings(found: Submission) -> list[tuple[str, str]]:
    return [(link.code, link.id) for link in found.links]


def values(found: Submission) -> dict[str, str]:
    return {name: answer.given for name, answer in found.answers.items()}


_SUM = r"\sum_{(l_1^0, l_2^0) \in D}"
_SLOPE = r"\frac{\partial \text{MSE}}{\partial w_{1,1}^2}"

# a display, what is stated by it, and what is found: the code, the id and a part of the text
CASES = [
    # numbers
    (r"\text{MSE} = 1.65", {"loss": "1.65"}, []),
    (r"\text{MSE} = 1.7", {"loss": "1.7"}, []),  # coarse is not wrong here
    (r"\text{MSE} = 2.65", {"loss": "2.65"}, ["wrong loss MSE is 1.65"]),
    (r"dloss/dw2[1,1] = 7.1", {"dloss/dw2[1,1]": "7.1"}, []),
    (rf"{_SLOPE} = 0.1 + 7 = 7.1", {"dloss/dw2[1,1]": "7.1"}, []),
    (rf"{_SLOPE} = 0.2 + 7 = 7.1", {"dloss/dw2[1,1]": "7.1"}, ["wrong dloss/dw2[1,1] 7.2"]),
    (rf"{_SLOPE} \approx 7.1 \approx 7.1", {"dloss/dw2[1,1]": "7.1"}, []),
    (rf"{_SLOPE} = 14.2 / 2", {"dloss/dw2[1,1]": "14.2 / 2"}, []),
    (rf"{_SLOPE} = -7.1", {"dloss/dw2[1,1]": "-7.1"}, ["wrong dloss/dw2[1,1] is 7.1"]),
    # what is given has to be the problem's
    ("w_{1,1}^1 = 0.1", {}, []),
    ("w_{1,1}^1 = 0.2", {}, ["wrong w1[1,1] the problem gives w₁,₁¹ = 0.1"]),
    ("w_{1,1}^1 = w_{2,1}^1 = 0.1", {}, []),
    (r"\gamma = 0.01", {}, []),
    (r"\gamma = 0.1", {}, ["wrong learning_rate the problem gives"]),
    # updates
    (
        r"w_{1,1}^2 = 0.1 - 0.01 \cdot 7.1 = 0.029",
        {"dloss/dw2[1,1]": "7.1", "1/w2[1,1]": "0.029"},
        [],
    ),
    (
        r"w_{1,1}^2 = 0.1 - 0.01 \cdot 3.55 = 0.0645",
        {"dloss/dw2[1,1]": "3.55", "1/w2[1,1]": "0.0645"},
        ["wrong dloss/dw2[1,1] which is 7.1"],
    ),
    (
        r"w_{1,1}^2 = 0.1 + 0.01 \cdot 7.1 = 0.171",
        {"dloss/dw2[1,1]": "7.1", "1/w2[1,1]": "0.171"},
        ["wrong 1/w2[1,1] is 0.029"],
    ),
    (
        r"w_{1,1}^2 = 0.3 - 0.01 \cdot 7.1 = 0.229",
        {"dloss/dw2[1,1]": "7.1", "1/w2[1,1]": "0.229"},
        ["wrong 1/w2[1,1] is 0.029"],
    ),
    # formulas
    (rf"{_SLOPE} = {_SUM} 2(f^*(l_1^0, l_2^0) - l_1^2) \cdot (-1) \cdot l_1^1", {}, []),
    (rf"{_SLOPE} = {_SUM} 2(l_1^2 - f^*(l_1^0, l_2^0)) l_1^1", {}, []),
    (
        rf"{_SLOPE} = {_SUM} 2(f^*(l_1^0, l_2^0) - l_1^2) \cdot l_1^1",
        {},
        ["wrong dloss/dw2[1,1] this formula is not ∂MSE/∂w₁,₁²"],
    ),
    (
        rf"{_SLOPE} = {_SUM} (f^*(l_1^0, l_2^0) - l_1^2) \cdot (-1) \cdot l_1^1",
        {},
        ["wrong dloss/dw2[1,1] this formula is not"],
    ),
    (
        rf"{_SLOPE} = {_SUM} 2(l_1^2 - f^*(l_1^0, l_2^0)) \cdot l_2^1",
        {},
        ["label dloss/dw2[1,1] l₂¹ stands where l₁¹ is meant"],
    ),
    (
        rf"{_SLOPE} = {_SUM} 2(l_1^2 - f^*(l_1^0, l_2^0)) \cdot l_3^1",
        {},
        ["label dloss/dw2[1,1] l₃¹ stands where l₁¹ is meant"],
    ),
    (r"l_2^2 = f(l_1^0, l_2^0)", {}, ["label l2[1] there is no l₂²; l₁² is meant"]),
    # what can't be placed or read is left alone
    (r"x = 1 + 1 = 3 + q", {}, []),
    (r"a_{n+1} = a_n - \gamma \nabla \text{MSE}(a_n)", {}, []),
    (r"l_1^1 = 1.5", {}, []),  # of which sample?
    (r"l_1^1 = \text{ReLU}(0.1 \cdot", {}, []),
    (rf"{_SLOPE} = {_SUM} \Xi \cdot l_1^1", {}, []),
    (r"17 = 17", {}, []),
    (r"17 = 18", {}, ["wrong  17 comes to 17"]),
]


@pytest.mark.parametrize(("source", "stated", "found"), CASES, ids=lambda value: str(value)[:40])
def test_display(source: str, stated: dict[str, str], found: list[str]) -> None:
    submission = checked(f"$$\n{source}\n$$\n")
    assert values(submission) == stated
    assert len(submission.links) == len(found)
    for link, expected in zip(submission.links, found, strict=True):
        code, own, text = expected.split(" ", 2)
        assert (link.code, link.id) == (code, own)
        assert text in link.text


def test_the_students_own_values_count() -> None:
    """A wrong gradient is one fault; an update that is worked out from it is none."""
    found = checked(
        r"""
$$\frac{\partial \text{MSE}}{\partial b_1^1} = 3.8 \cdot 0.2 = 0.76$$

$$b_1^1 = 0.5 - 0.01 \cdot 0.76 = 0.4924$$
"""
    )
    assert findings(found) == [("wrong", "dloss/db1[1]")]
    assert values(found) == {"dloss/db1[1]": "0.76", "1/b1[1]": "0.4924"}


def test_two_values_for_one_quantity() -> None:
    found = checked("$$\\text{MSE} = 1.65$$\n\n$$\\text{MSE} = 1.56$$\n")
    assert values(found) == {"loss": "1.65"}
    assert found.links[0].text == "MSE was 1.65 in line 1; here 1.56 stands"


def test_a_chain_goes_on_in_the_next_display() -> None:
    found = checked("$$\\frac{\\partial MSE}{\\partial b_1^2}$$\n\n$$= 3.4 + 0.4$$\n\n$$= 3.8$$\n")
    assert values(found) in ({"dloss/db2[1]": "3.8"}, {})
    found = checked("$$\\frac{\\partial MSE}{\\partial b_1^2} = 3.4 + 0.4$$\n\n$$= 4.9$$\n")
    assert findings(found) == [("wrong", "dloss/db2[1]")]


_TABLE = """
| $l_1^0$ | $l_2^0$ | $f^*$ | $l_1^1$ | $l_1^2$ |
| --- | --- | --- | --- | --- |
| 3 | 5 | 1 | 2.3 | 1.42 |
| 1 | 3 | 1 | 1.5 | 1.1 |
"""


def test_rows_are_found_by_their_inputs() -> None:
    found = checked(_TABLE)
    expected = {"l1[1](3)": "2.3", "l2[1](3)": "1.42", "l1[1](1)": "1.5", "l2[1](1)": "1.1"}
    assert values(found) == expected
    assert found.links == ()


def test_rows_by_the_number_of_the_sample() -> None:
    found = checked("| sample | $p_1^1$ |\n| --- | --- |\n| 4 | 1.9 |\n| 2 | 1.1 |\n")
    assert values(found) == {"p1[1](4)": "1.9", "p1[1](2)": "1.1"}


@pytest.mark.parametrize("heading", ["Updated Model", "After step 1", "The model after the update"])
def test_sections_after_the_update(heading: str) -> None:
    found = checked(f"# {heading}\n{_TABLE.replace('2.3', '2.19348')}")
    assert values(found)["1/l1[1](3)"] == "2.19348"


def test_a_second_table_after_an_update_without_a_heading() -> None:
    update = "$$w_{1,1}^2 = 0.1 - 0.01 \\cdot 7.1 = 0.029$$\n"
    second = _TABLE.replace("2.3", "2.19348").replace("1.42", "0.97913")
    found = checked(
        f"{_TABLE}\n{update}\n{second.replace('1.5', '1.4442').replace('1.1', '0.80905')}"
    )
    assert values(found)["l1[1](3)"] == "2.3"
    assert values(found)["1/l1[1](3)"] == "2.19348"
    assert found.links == ()


def test_a_target_that_is_not_the_problems() -> None:
    found = checked(_TABLE.replace("| 3 | 5 | 1 |", "| 3 | 5 | 0 |"))
    assert findings(found) == [("wrong", "t[1](3)")]


def test_data_that_are_not_the_problems() -> None:
    data = r"D = \{(1,3) \to 1, (3,1) \to 1, (3,5) \to 1, (5,3) \to 1, (3,3) \to 0\}"
    assert checked(f"$${data}$$").links == ()
    found = checked(f"$${data.replace('(5,3)', '(5,4)')}$$")
    assert findings(found) == [("wrong", "l0[2](4)")]
    assert found.links[0].text == "the problem gives l₂⁰ of sample 4 = 3"


def test_equations_under_a_heading_of_the_loss() -> None:
    terms = r"(1 - 1.1)^2 + (1 - 0.94)^2 + (1 - 1.42)^2 + (1 - 1.26)^2 + (0 - 1.18)^2"
    found = checked(f"# Initial loss\n\n$${terms} = 1.65$$\n")
    assert values(found) == {"loss": "1.65"}
    short = terms.rpartition(" + ")[0]
    (link,) = checked(f"# Initial loss\n\n$${short} = 0.2576$$\n").links
    assert "the term of sample 5 is missing" in link.text


@pytest.mark.parametrize("arrow", [r"\leftarrow", r"\gets", "←", ":=", "="])
def test_updates_are_written_with_arrows(arrow: str) -> None:
    found = checked(f"$$w_{{1,1}}^2 {arrow} 0.1 - 0.01 \\cdot 7.1 = 0.029$$")
    assert values(found) == {"dloss/dw2[1,1]": "7.1", "1/w2[1,1]": "0.029"}
    assert findings(found) == []
    found = checked(f"$$w_{{1,1}}^2 {arrow} 0.1 - 0.01 \\cdot 7.1 = 0.019$$")
    assert findings(found) != []


def test_decimal_commas() -> None:
    source = "$$\\frac{\\partial \\text{Fehler}}{\\partial b_1^2} = 0{,}15198$$\n"
    assert values(checked(source, "komma")) == {"dloss/db2[1]": "0{,}15198"}
    assert checked(source, "komma").links == ()
    (link,) = checked(source.replace("198", "298"), "komma").links
    assert link.id == "dloss/db2[1]"


def test_a_graph() -> None:
    found = checked("$$q = x + y = -2 + 5 = 3$$\n\n$$f = q z = 3 \\cdot (-4) = 12$$\n", "graph")
    assert values(found) == {"q": "3", "f": "12"}
    assert findings(found) == [("wrong", "f")]


def test_matrices() -> None:
    source = r"""
$$\frac{\partial \text{MSE}}{\partial W^1} =
\begin{pmatrix} 1.204 & 1.332 \\ 3.612 & 3.996 \end{pmatrix}$$
"""
    found = checked(source)
    assert values(found)["dloss/dw1[2,1]"] == "3.612"
    assert found.links == ()
    changed = checked(source.replace("1.332", "1.204"))
    assert findings(changed) == [("wrong", "dloss/dw1[1,2]")]
    assert "row 1, column 2" in changed.links[0].text


@pytest.mark.parametrize(
    "text",
    [
        "$$" + "(" * 5_000 + "1" + ")" * 5_000 + " = 2$$",
        "$$\\text{MSE} = " + "1 + " * 3_000 + "1$$",
        "$$\\text{MSE} = 9^{9^{9^{9}}}$$",
        "$$\\text{MSE} = ((((((10^60)^60)^60)^60)^60)^60)^60 = 2$$",
        "$$\\text{MSE} = \\exp(\\exp(30)) = 2$$",
        "$$w_{1,1}^2 = \\exp(-\\exp(30)) = 2 \\cdot \\exp(\\exp(30)) = 1$$",
        "$$\\text{MSE} = \\exp(\\exp(30)) - \\exp(\\exp(30)) = 2$$",
        "$$\\text{MSE} = 1/0$$",
        "$$\\text{MSE} = \\log(0) = \\sqrt{-1}$$",
        "$$\\text{MSE} = e^{10000000000}$$",
        "$$\\begin{pmatrix} 1 \\\\ 2 & 3 \\end{pmatrix} = \\begin{pmatrix} 1 \\end{pmatrix}$$",
        "| a | $l_1^1$ |\n| --- | --- |\n" + "| 1 | 2 |\n" * 3_000,
        "$$D = \\{(1,3) \\to 1\\}$$",
        "$$= 3$$",
        "$$w_{1,1}^1 = $$",
        "",
    ],
    ids=lambda text: text[:30],
)
def test_nothing_hangs_or_fails(text: str) -> None:
    start = time.process_time()
    checked(text)
    assert time.process_time() - start < 5


_WHERE = [
    ("For sample 1, $l_1^1 = 9.9$ holds.", "l1[1](1)"),
    ("$l_1^1 = 9.9$ for sample 2.", "l1[1](2)"),
    ("In the third row we get $l_1^1 = 9.9$.", "l1[1](3)"),
    ("The updated weight is $w_{1,2}^1 = 9$.", "1/w1[1,2]"),
    ("$$w_{1,2}^{1,new} = 9$$", "1/w1[1,2]"),
    (r"$$w_{1,2}^{1,\mathrm{new}} = 9$$", "1/w1[1,2]"),
    (r"$$w_{1,2}^{1\prime} = 9$$", "1/w1[1,2]"),
    ("$$dMSE/dw_{1,2}^1 = 9$$", "dloss/dw1[1,2]"),
]


@pytest.mark.parametrize(("text", "name"), _WHERE)
def test_where_somebody_would_look_for_it(text: str, name: str) -> None:
    assert list(checked(text).answers) == [name]


def test_a_value_of_no_certain_sample_is_told() -> None:
    (fault,) = checked("$$l_1^1 = 1.5$$").unknown
    assert "of which sample" in str(fault)
    (link,) = checked("$$l_1^1 = 9.9$$").links
    assert (link.code, link.text) == ("wrong", "l₁¹ has this value at no sample")


@pytest.mark.parametrize("to", ["markdown", "latex", "text"])
def test_a_batch_of_one_sample_says_which(to: str) -> None:
    """Three samples in batches of two: the second step takes the third alone."""
    problem = tracer.load(
        {
            "layers": [
                {"weights": [["0.5"], ["0.2"]], "biases": ["0.1", "0.2"], "activation": "sigmoid"},
                {"weights": [["0.4", "0.6"]], "biases": ["0.1"], "activation": "tanh"},
            ],
            "data": [{"inputs": [str(n)], "targets": ["1"]} for n in (1, -1, 2)],
            "training": {"learning_rate": "0.1", "steps": 2, "batch": 2},
        }
    )
    ending = {"markdown": ".md", "latex": ".tex", "text": ".txt"}[to]
    text = tracer.solve(problem, view="deltas").render(to)
    found = read_statements(read_document(f"page{ending}", text), problem, build(problem))
    assert (found.links, found.unknown) == ((), ())


def test_a_rounded_number_among_symbols_is_no_other_function() -> None:
    """By hand a term that is a number already stands as what it was rounded to."""
    graph = {
        "given": {"w": "-0.5", "v": ["-0.5", "-0.3"], "M": [["1.4", "0.2"], ["-1", "0.5"]]},
        "sizes": {"n": 2},
        "steps": [
            "a[t] = tanh((w)^3) + 0*v[t] for t = 1..n",
            "m[i] = sum(j = 1..n, M[i,j]*v[j]) for i = 1..2",
            "f = (min(sum(t = 1..n, v[t]*a[t]), 2)) * (2) + w*m[2]",
        ],
    }
    problem = tracer.load({"graph": graph, "numbers": {"policy": "step", "digits": 4}})
    text = tracer.solve(problem).render("markdown")
    assert r"\cdot \frac{\partial m_2}{\partial v_2} - 0.2488" in text

    def links(page: str) -> tuple[object, ...]:
        return read_statements(read_document("page.md", page), problem, build(problem)).links

    assert links(text) == ()
    # as far as the digits of what the page states tell them apart
    assert links(text.replace("v_2} - 0.2488", "v_2} - 0.9488"))


@pytest.mark.parametrize("to", ["markdown", "latex", "text"])
def test_a_target_with_a_decimal_comma(to: str) -> None:
    problem = tracer.load(
        {
            "layers": [{"weights": [["0.5", "1"]], "biases": ["0.1"], "activation": "tanh"}],
            "data": [
                {"inputs": ["1", "0"], "targets": ["0.5"]},
                {"inputs": ["2", "1"], "targets": ["-0.8"]},
            ],
            "numbers": {"decimal_comma": True},
        }
    )
    ending = {"markdown": ".md", "latex": ".tex", "text": ".txt"}[to]
    text = tracer.solve(problem).render(to)

    def links(page: str) -> tuple[object, ...]:
        document = read_document(f"page{ending}", page)
        return read_statements(document, problem, build(problem)).links

    assert links(text) == ()
    wrong = text.replace("-0,8", "-0,7", 1).replace("-0{,}8", "-0{,}7", 1)
    assert links(wrong)
