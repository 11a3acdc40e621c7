"""Formulas in symbols, in plain text, Unicode and LaTeX: the same tree whichever is written."""

from __future__ import annotations

import pytest

from tracer.answers.characters import Unread
from tracer.answers.grammar import chain, tree
from tracer.answers.trees import (
    Call,
    Entrywise,
    Matrix,
    Minus,
    Number,
    Over,
    Partial,
    Power,
    Product,
    Quotient,
    Sum,
    Symbol,
    Transposed,
    Tree,
)
from tracer.reading import canonical


def shape(node: Tree) -> object:
    """A tree as nested lists, symbols in the form in which they are looked up."""
    match node:
        case Number():
            return str(node.value)
        case Symbol():
            return canonical(node.text)
        case Partial():
            return ["∂", shape(node.of), shape(node.wrt)]
        case Minus():
            return ["-", shape(node.body)]
        case Sum():
            return ["+", *map(shape, node.terms)]
        case Product():
            return ["·", *map(shape, node.factors)]
        case Quotient():
            return ["/", shape(node.top), shape(node.bottom)]
        case Power():
            return ["^", shape(node.base), shape(node.exponent)]
        case Call():
            return [node.function + "'" * node.prime, *map(shape, node.args)]
        case Over():
            return ["Σ", node.below, node.above, shape(node.body)]
        case Matrix():
            return [[shape(entry) for entry in row] for row in node.rows]
        case Transposed():
            return ["T", shape(node.body)]
        case Entrywise():
            return ["⊙", *map(shape, node.factors)]


_TARGET = "f^{*}(l_{1}^{0},l_{2}^{0})"

SYMBOLS = [
    ("w_{1,2}^1", "w_{1,2}^{1}"),
    ("w^1_{1,2}", "w_{1,2}^{1}"),
    ("w₁,₂¹", "w_{1,2}^{1}"),
    ("w1[1,2]", "w1[1,2]"),
    ("1/w1[1,2]", "1/w1[1,2]"),
    ("l1[1](3)", "l1[1](3)"),
    ("dloss/dw1[1,2]", "dloss/dw1[1,2]"),
    ("dloss/dl2[1](3)", "dloss/dl2[1](3)"),
    ("df/dq", "df/dq"),
    (r"\mathrm{MSE}", "MSE"),
    (r"\text{MSE}", "MSE"),
    ("E_{total}", "E_{total}"),
    ("E_total", "E_{total}"),
    (r"\gamma", "γ"),
    ("γ", "γ"),
    (r"\hat y", "ŷ"),
    (r"\hat{y}", "ŷ"),
    ("ŷ", "ŷ"),
    ("f^*(l_1^0, l_2^0)", _TARGET),
    ("f*(l₁⁰, l₂⁰)", _TARGET),
    ("f(l_1^0, l_2^0)", "f(l_{1}^{0},l_{2}^{0})"),
    ("p₂¹[2]", "p_{2}^{1}[2]"),
]


@pytest.mark.parametrize(("text", "symbol"), SYMBOLS)
def test_a_symbol_is_kept_for_who_knows_it(text: str, symbol: str) -> None:
    assert shape(tree(text)) == symbol


FORMULAS = [
    (r"\frac{\partial \text{MSE}}{\partial w_{1,1}^2}", ["∂", "MSE", "w_{1,1}^{2}"]),
    ("∂MSE/∂w₁,₁²", ["∂", "MSE", "w_{1,1}^{2}"]),
    (r"\frac{dL}{dw_1}", ["∂", "L", "w_{1}"]),
    (r"\frac{\mathrm{d} L}{\mathrm{d} w}", ["∂", "L", "w"]),
    ("p(1 - p)", ["·", "p", ["+", "1", ["-", "p"]]]),
    ("f^*(x, y) - f*(x, y)", ["+", "f^{*}(x,y)", ["-", "f^{*}(x,y)"]]),
    ("σ'(p_1^1)", ["sigmoid'", "p_{1}^{1}"]),
    (r"\sigma'(p_1^1)", ["sigmoid'", "p_{1}^{1}"]),
    (r"\text{ReLU}(p)", ["relu", "p"]),
    ("ReLU′(p)", ["relu'", "p"]),
    (r"\sigma_1 \cdot x", ["·", "σ_{1}", "x"]),
    ("e^{-x}", ["exp", ["-", "x"]]),
    (r"1/(1 + \exp(-x))", ["/", "1", ["+", "1", ["exp", ["-", "x"]]]]),
    ("W^T x", ["·", ["T", "W"], "x"]),
    (r"(W^2)^\top \delta", ["·", ["T", "W^{2}"], "δ"]),
    ("Wᵀ", ["T", "W"]),
    (r"(a + b) \odot c", ["⊙", ["+", "a", "b"], "c"]),
    (r"\begin{pmatrix} 1 & x \\ 2 & y \end{pmatrix}", [["1", "x"], ["2", "y"]]),
    (r"\begin{bmatrix} 1 \\ 2 \\ \end{bmatrix}", [["1"], ["2"]]),
    ("Σ_D a·b + c", ["+", ["Σ", "D", "", ["·", "a", "b"]], "c"]),
    ("Σ_D (a·b + c)", ["Σ", "D", "", ["+", ["·", "a", "b"], "c"]]),
    (r"\sum_{i=1}^{m} x_i", ["Σ", "i=1", "m", "x_{i}"]),
    (
        r"-2 \sum_{(l_1^0, l_2^0) \in D} (t - y) x",
        ["-", ["·", "2", ["Σ", r"(l_1^0, l_2^0) \in D", "", ["·", ["+", "t", ["-", "y"]], "x"]]]],
    ),
    ("-2[x - 1]y", ["-", ["·", "2", ["+", "x", ["-", "1"]], "y"]]),
    ("|x|", ["abs", "x"]),
    ("max(0, x)", ["max", "0", "x"]),
    (r"\sqrt{x}", ["sqrt", "x"]),
    ("(x - 1)^2", ["^", ["+", "x", ["-", "1"]], "2"]),
    ("a - b - c", ["+", "a", ["-", "b"], ["-", "c"]]),
    ("a/b/c", ["/", ["/", "a", "b"], "c"]),
    ("a/b·c", ["·", ["/", "a", "b"], "c"]),
]


@pytest.mark.parametrize(("text", "expected"), FORMULAS)
def test_a_formula_is_read_as_textbooks_mean_it(text: str, expected: object) -> None:
    assert shape(tree(text)) == expected


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (r"\frac{\partial^2 E}{\partial w}", "second derivatives are not read"),
        ("x/y z", "open what is divided"),
        (r"\log a b", "put it in brackets"),
        ("x'_1_2", "two scripts stand below one symbol"),
        ("x^1^2", "two scripts stand above one symbol"),
        (r"\begin{cases} 1 \end{cases}", "the environment cases is not read"),
        (r"\begin{pmatrix} 1 & 2 \\ 3 \end{pmatrix}", "different lengths"),
        (r"\write18{id}", r"the command \write is not read"),
        ("A^T^T", "transposed twice"),
    ],
)
def test_what_is_not_read_says_why(text: str, reason: str) -> None:
    with pytest.raises(Unread) as caught:
        tree(text)
    assert reason in caught.value.reason


def test_a_chain_falls_into_sides_with_their_places() -> None:
    text = r"w = \frac{1}{3} \cdot 2 \approx 0.67 := x"
    sides = chain(text)
    assert [side.relation for side in sides] == ["", "=", "≈", "="]
    assert [side.source for side in sides] == ["w", r"\frac{1}{3} \cdot 2", "0.67", "x"]
    assert all(text[side.start : side.stop] == side.source for side in sides)


def test_a_side_that_is_not_read_leaves_the_others() -> None:
    sides = chain(r"D = \{(1, 3) \to 1\} = 3 \\ &= 1 < 2")
    assert [side.tree is None for side in sides] == [False, True, False, True]
    assert [bool(side.reason) for side in sides] == [False, True, False, True]


def test_equations_within_scripts_and_brackets_do_not_part_a_chain() -> None:
    assert len(chain(r"\sum_{i=1}^n x_i = y")) == 2
    assert chain("(a = b) + 1")[0].tree is None


@pytest.mark.parametrize("text", ["x/" * 1_999 + "x", "x" + "ᵀ" * 3_999, "√" * 4_000, "-" * 4_000])
def test_a_long_formula_is_never_too_deep(text: str) -> None:
    assert chain(text)[0].tree is None
