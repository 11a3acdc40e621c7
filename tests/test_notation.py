"""Every notation profile: its symbols, that no two are the same, and that they are read back."""

from __future__ import annotations

import json
import re
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tracer
from tests.conftest import ROOT
from tests.strategies import NOTATIONS, OWN
from tests.test_latex import compile_latex
from tracer import ids, schema
from tracer.formula import Var
from tracer.glyph import LETTERS, parse
from tracer.graph import Quantity
from tracer.loading import with_changes
from tracer.notation import named
from tracer.reading import resolve
from tracer.source import read_path
from tracer.symbols import Symbols, clash
from tracer.typeset import LatexPrinter, TextPrinter
from tracer.validation import check_table

SHAPES = [
    (1, 1),
    (2, 2, 1),
    (2, 2, 2),
    (3, 2, 2, 3),
    (9, 1),
    (2, 12, 1),
    (11, 3, 11),
    (1, 11, 111),
    (2,) * 12,
]
PROFILES: list[str | dict[str, Any]] = [*NOTATIONS, *OWN]


def network(sizes: tuple[int, ...], notation: str | dict[str, Any], **more: Any) -> tracer.Problem:
    layers = [
        {"weights": [[1] * below] * size, "biases": [1] * size, "activation": "identity"}
        for below, size in pairwise(sizes)
    ]
    data = [{"inputs": [1] * sizes[0], "targets": [0] * sizes[-1]}] * 2
    return tracer.load({"layers": layers, "data": data, "notation": notation} | more)


def printed(symbols: Symbols, name: str) -> tuple[str, str]:
    return tuple(  # type: ignore[return-value]
        printer.line(Var(name)) for printer in (LatexPrinter(symbols, 0), TextPrinter(symbols, 0))
    )


# Profiles are data


@pytest.mark.parametrize("name", NOTATIONS)
def test_a_profile_is_a_file_of_known_keys(name: str) -> None:
    source = read_path(schema.NOTATION_FILES / f"{name}.toml")
    found: list[Any] = []
    values = check_table(schema.NOTATION, source.content, (), found)
    assert found == []
    assert source.text.startswith("# ")  # which book, and what is particular about it
    if name == "deck":
        assert set(values) == {key.name for key in schema.NOTATION} - {"like"}
    else:
        own = named(name)
        for key, value in values.items():
            pattern = None if value is False else value
            assert getattr(own, key) == pattern


def test_the_readme_lists_every_profile() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([a-z-]+)` +\| \$", readme, re.MULTILINE)
    assert sorted(rows) == NOTATIONS
    for name in NOTATIONS:
        # a weight to neuron 1 from 2 in the first layer of 2-2-1, and the neuron's other symbols
        symbols = network((2, 2, 1), name).symbols
        (row,) = re.findall(rf"^\| `{name}` +\|(.*)$", readme, re.MULTILINE)
        shown = re.findall(r"\$`([^`]*)`\$", row)
        quantities = ["w1[1,2]", "b1[1]", "p1[1]", "l1[1]", "t[1]", "loss", "learning_rate"]
        names = [*quantities, "dloss/dp1[1]"] if symbols.notation.delta else quantities
        assert shown == [printed(symbols, name)[0].partition("(l_")[0] for name in names]


# What the books print

BOOKS = [
    ("deck", "w1[1,2]", "w_{1,2}^1", "w₁,₂¹"),
    ("deck", "t[1](1)", r"f^*(l_1^0, l_2^0)\,[1]", "f*(l₁⁰, l₂⁰)[1]"),
    ("from-to", "w1[1,2]", "w_{2,1}^1", "w₂,₁¹"),
    ("nielsen", "w2[1,2]", "w_{12}^3", "w₁₂³"),
    ("nielsen", "l2[1](1)", r"a_1^3\,[1]", "a₁³[1]"),
    ("nielsen", "dloss/dp1[2](2)", r"\delta_2^2\,[2]", "δ₂²[2]"),
    ("nielsen", "dloss/db1[2]", r"\frac{\partial C}{\partial b_2^2}", "∂C/∂b₂²"),
    ("nielsen", "learning_rate", r"\eta", "η"),
    ("ng", "w1[1,2]", "W_{12}^{[1]}", "W₁₂^[1]"),
    ("ng", "l1[2](3)", "a_2^{[1](3)}", "a₂^{[1](3)}"),
    ("ng", "l0[2](3)", "x_2^{(3)}", "x₂⁽³⁾"),
    ("ng", "t[1](3)", "y^{(3)}", "y⁽³⁾"),
    ("ng", "loss", "J", "J"),
    ("ng", "loss(2)", "L^{(2)}", "L⁽²⁾"),
    ("ng", "dloss/dl2[1](2)", r"\frac{\partial L^{(2)}}{\partial a_1^{[2](2)}}", None),
    ("ng", "dloss/dp1[2](2)", r"\mathrm{dz}_2^{[1](2)}", "dz₂^{[1](2)}"),
    ("ng", "dp1[2]/dw1[2,1](2)", r"\frac{\partial z_2^{[1](2)}}{\partial W_{21}^{[1]}}", None),
    ("goodfellow", "w1[1,2]", "W_{1,2}^{(1)}", "W₁,₂⁽¹⁾"),
    ("goodfellow", "l1[2](1)", r"h_2^{(1)}\,[1]", "h₂⁽¹⁾[1]"),
    ("goodfellow", "l2[1](1)", r"\hat{y}\,[1]", "ŷ[1]"),
    ("goodfellow", "learning_rate", r"\epsilon", "ϵ"),
    ("bishop", "w1[1,2]", "w_{12}^{(1)}", "w₁₂⁽¹⁾"),
    ("bishop", "b1[2]", "w_{20}^{(1)}", "w₂₀⁽¹⁾"),
    ("bishop", "l1[2](1)", r"z_2^{(1)}\,[1]", "z₂⁽¹⁾[1]"),
    ("bishop", "1/l2[1](1)", r"\left. y\,[1] \right|_{\tau=1}", "y[1]|τ=1"),
    ("mazur", "w1[2,1]", "w_3", "w₃"),
    ("mazur", "w2[1,1]", "w_5", "w₅"),
    ("mazur", "1/w2[1,1]", "w_5^+", "w₅⁺"),
    ("mazur", "2/w2[1,1]", r"\left. w_5 \right|_{n=2}", "w₅|n=2"),
    ("mazur", "p1[1](1)", r"\mathrm{net}_{h1}\,[1]", "net_h1[1]"),
    ("mazur", "l2[1](1)", r"\mathrm{out}_{o1}\,[1]", "out_o1[1]"),
    ("mazur", "dloss/dp2[1](1)", r"\delta_{o1}\,[1]", "δ_o1[1]"),
    ("mazur", "loss", r"E_{\mathrm{total}}", "E_total"),
    ("han-kamber", "w1[1,2]", "w_{23}", "w₂₃"),
    ("han-kamber", "w2[1,1]", "w_{35}", "w₃₅"),
    ("han-kamber", "b2[1]", r"\theta_5", "θ₅"),
    ("mitchell", "w2[1,1]", "w_{53}", "w₅₃"),
    ("mitchell", "p2[1](1)", r"\mathrm{net}_5\,[1]", "net₅[1]"),
]


@pytest.mark.parametrize(("profile", "name", "latex", "text"), BOOKS, ids=str)
def test_a_symbol_is_as_the_book_has_it(
    profile: str, name: str, latex: str, text: str | None
) -> None:
    training = {"learning_rate": "0.1", "steps": 2}
    problem = network((2, 2, 1), profile, training=training)
    if "(3)" in name:
        problem = tracer.load(DECK_LIKE | {"notation": profile})
    solution = tracer.solve(problem, only=name)
    assert solution[name].latex == latex
    if text is not None:
        assert solution.render("text").lstrip().startswith(f"{text} ")


DECK_LIKE = {
    "layers": [
        {"weights": [[1, 2], [3, 4]], "biases": [0, 1], "activation": "relu"},
        {"weights": [[1, 2]], "biases": [0], "activation": "relu"},
    ],
    "data": [{"inputs": [1, n], "targets": n} for n in range(3)],
}


def test_commas_where_numbers_could_run_into_each_other() -> None:
    symbols = network((11, 2, 1), "nielsen").symbols
    assert printed(symbols, "w1[1,11]")[0] == "w_{1,11}^2"
    assert printed(symbols, "w1[2,1]")[0] == "w_{2,1}^2"
    units = network((5, 4, 2), "han-kamber").symbols
    assert printed(units, "w2[1,1]") == ("w_{6,10}", "w₆,₁₀")


def test_the_words_count_layers_as_the_symbols_do() -> None:
    problem = with_changes(tracer.load(tracer.DECK), notation="nielsen")
    text = tracer.solve(problem).render("text")
    assert "pre-activations of\nlayer 3, for each sample:\n\n  δ₁³ = ∂MSE/∂z₁³ = ∂MSE/∂a₁³" in text


def test_a_delta_that_is_cited_alone_is_explained() -> None:
    problem = with_changes(tracer.load(tracer.DECK), notation="nielsen")
    hidden = tracer.solve(problem, only="dloss/dw1[1,2]").render("text")
    assert "= Σ_D δ₁³·w₁₁³·1·x₂" in hidden
    assert "Note: Here δ₁³ = ∂MSE/∂z₁³." in hidden
    both = tracer.solve(problem, only=["dloss/dw1[1,2]", "dloss/dp2[1](1)"]).render("text")
    assert "Here" not in both


def test_the_profile_names_the_loss_where_the_problem_does_not() -> None:
    text = tracer.solve(network((2, 2, 1), "nielsen")).render("text")
    assert "Initial C\n" in text
    assert "∂C/∂w₁₁³" in text
    text = tracer.solve(network((2, 2, 1), "mazur")).render("text")
    assert "Initial Loss\n" in text
    assert "E_total = Σ_D (target_o1 - out_o1)²" in text
    assert "MSE" in tracer.solve(network((1, 1), "mazur", loss={"name": "MSE"})).render("text")


# No two quantities look alike


@pytest.mark.parametrize("notation", PROFILES, ids=str)
@pytest.mark.parametrize("sizes", SHAPES, ids=str)
def test_no_two_quantities_have_one_symbol(
    sizes: tuple[int, ...], notation: str | dict[str, Any]
) -> None:
    symbols = network(sizes, notation).symbols
    assert clash(symbols) is None
    names = [*ids.parameters(sizes, symbols.biased), "loss", "learning_rate"]
    for i, size in enumerate(sizes):
        for j in range(1, size + 1):
            names.append(ids.output(i, j))
            names += [ids.pre(i, j)] if i else []
            names += [ids.target(j)] if i == len(sizes) - 1 else []
            if i and symbols.notation.delta is not None:
                names.append(ids.partial("loss", ids.pre(i, j)))
    for of_target in zip(*(printed(symbols, name) for name in names), strict=True):
        assert len(set(of_target)) == len(names)


def test_biases_are_numbered_without_the_layers_that_have_none() -> None:
    source = {
        "layers": [
            {"weights": [[1]], "biases": False, "activation": "relu"},
            {"weights": [[1], [1]], "biases": [1, 1], "activation": "relu"},
        ],
        "data": [{"inputs": 1, "targets": [1, 1]}],
        "notation": "mazur",
    }
    symbols = tracer.load(source).symbols
    assert [printed(symbols, name)[1] for name in ("w2[2,1]", "b2[1]", "b2[2]")] == [
        "w₃",
        "b₁",
        "b₂",
    ]


@pytest.mark.parametrize("notation", PROFILES, ids=str)
@pytest.mark.parametrize("kind", schema.OPTIMIZERS)
def test_no_optimiser_has_a_symbol_of_the_notation(
    kind: str, notation: str | dict[str, Any]
) -> None:
    for sizes in ((1, 1), (2, 2, 2)):
        assert clash(network(sizes, notation, optimizer={"kind": kind}).symbols) is None


@pytest.mark.parametrize(
    ("kind", "symbols", "words"),
    [
        ("momentum", {"parameters": "v_{step}"}, "the optimiser's v before the first step"),
        ("adam", {"step": "t"}, "the exponent of the bias correction and the number of steps"),
        ("rmsprop", {"learning_rate": "s"}, "learning_rate and the optimiser's s"),
        ("nesterov", {"learning_rate": "beta"}, "learning_rate and beta"),
        ("adam", {"learning_rate": "varepsilon"}, "learning_rate and epsilon"),
    ],
)
def test_a_symbol_that_the_optimiser_has_is_refused(
    kind: str, symbols: dict[str, Any], words: str
) -> None:
    network((2, 1), symbols)
    with pytest.raises(tracer.InputError, match=words):
        network((2, 1), symbols, optimizer={"kind": kind})


def test_only_a_new_parameter_has_the_mark_of_one() -> None:
    data = [{"inputs": [1, 2], "targets": 0}] * 3
    training = {"learning_rate": "0.1", "steps": 2, "batch": 2}
    problem = network((2, 1), "mazur", data=data, training=training, optimizer={"kind": "adam"})
    names = ["1/beta1^t", "1/batch_loss", "1/m.b1[1]", "1/b1[1]"]
    solution = tracer.solve(problem, only=names)
    assert [solution[name].latex for name in names] == [
        r"\left. \beta_1^t \right|_{n=1}",
        r"\left. E_{\mathrm{total}} \right|_{n=1}",
        r"\left. m(b_1) \right|_{n=1}",
        "b_1^+",
    ]
    assert r"w_1^+ & " in tracer.solve(problem).render("latex")


# Symbols are read back


@pytest.mark.parametrize("notation", PROFILES, ids=str)
@pytest.mark.parametrize("example", ["adam", "by-hand", "deck"])
def test_every_symbol_that_is_printed_can_be_asked_for(
    example: str, notation: str | dict[str, Any]
) -> None:
    source = read_path(ROOT / "examples" / f"{example}.toml").content
    problem = tracer.load({**source, "notation": notation})
    if problem.steps:
        problem = with_changes(problem, steps=2)
    solution = tracer.solve(problem)
    for row in json.loads(solution.render("json"))["quantities"]:
        name = row["id"]
        if len(problem.data) == 1:  # the loss of the only sample is the loss
            name = name.replace("loss(1)", "loss")
        assert solution[row["latex"]].id == name
        assert solution[f"${row['latex']}$"].id == name
    texts = TextPrinter(solution.solved.symbols, 0)
    for name in ids.parameters(problem.sizes, problem.symbols.biased):
        assert solution[texts.line(Var(name))].id == name
        assert (
            solution[f"∂{texts.line(Var('loss'))}/∂{texts.line(Var(name))}"].id == f"dloss/d{name}"
        )


SPELLINGS = [
    ("nielsen", "w^3_{12}", "w2[1,2]"),
    ("nielsen", r"w^{3}_{12}", "w2[1,2]"),
    ("nielsen", "delta^3_1(2)", "dloss/dp2[1](2)"),
    ("ng", "W^{[1]}_{12}", "w1[1,2]"),
    ("ng", "W^[1]_12", "w1[1,2]"),
    ("ng", "a^{[1](2)}_1", "l1[1](2)"),
    ("ng", "a^[1]_1(2)", "l1[1](2)"),
    ("ng", r"\frac{\partial J}{\partial W^{[1]}_{12}}", "dloss/dw1[1,2]"),
    ("bishop", r"w^{(1)}_{20}", "b1[2]"),
    ("goodfellow", "yhat[2]", "l2[1](2)"),
    ("mazur", r"net_{h1}\,[1]", "p1[1](1)"),
    ("mazur", r"\text{net}_{h1}(1)", "p1[1](1)"),
    ("mazur", "w5+", None),
    ("mazur", "w_7", None),
    ("han-kamber", "w_46", None),
    ("han-kamber", "w_45", "w2[1,2]"),
    ("han-kamber", r"∂E/∂\theta_5", "dloss/db2[1]"),
    ("deck", "w_{1,2}^2", "w2[1,2]"),
    ("deck", "w_{12}^2", None),
]


@pytest.mark.parametrize(("profile", "spelling", "name"), SPELLINGS)
def test_a_symbol_in_any_spelling(profile: str, spelling: str, name: str | None) -> None:
    solution = tracer.solve(network((2, 2, 1), profile))
    if name is None:
        with pytest.raises(KeyError, match="no such quantity"):
            solution[spelling]
    else:
        assert solution[spelling].id == name


@settings(max_examples=300, deadline=None)
@given(
    st.text(alphabet="wbzaδd12_^{}[](),|=/.∂₁²⁽⁾ J\\frac\\partialhat*+$", max_size=40),
    st.sampled_from(["ng", "mazur"]),
)
def test_whatever_is_asked_for_is_answered(text: str, notation: str) -> None:
    try:
        found = resolve([text], NOTHING, SMALL[notation])
    except tracer.InputError:
        return
    pytest.fail(f"{text} is {found}, of which there is nothing")


SMALL = {name: network((2, 2, 1), name) for name in ("ng", "mazur")}
NOTHING: dict[str, Quantity] = {}


# One's own


def own(text: str) -> tracer.Problem:
    return tracer.load(
        '[[layers]]\nweights = [[1, 2]]\nbiases = [0]\nactivation = "sigmoid"\n'
        f"[[data]]\ninputs = [1, 2]\ntargets = 1\n[notation]\n{text}\n"
    )


def test_a_notation_of_ones_own_replaces_what_it_says() -> None:
    problem = own('like = "nielsen"\nweight = "omega_{k}{j}^({i})"\ndelta = false')
    symbols = problem.symbols
    assert printed(symbols, "w1[1,2]") == (r"\omega_{21}^{(2)}", "ω₂₁⁽²⁾")
    assert printed(symbols, "b1[1]")[0] == "b_1^2"
    document = json.loads(tracer.solve(problem).render("json"))
    assert document["notation"] == "own"
    assert r"\delta" not in json.dumps(document)


FAULTS = [
    ('weigth = "w"', "9:1", 'unknown key "weigth"; did you mean "weight"?'),
    ('like = "nielson"', "9:8", 'did you mean "nielsen"?'),
    ('weight = "w_{jk}"', "9:10", "unknown index {jk}"),
    ('bias = "b_{nmae}"', "9:8", 'unknown index {nmae}; did you mean "name"?'),
    ('bias = "b_{k}"', "9:8", "known here: {i}, {j}, {unit}, {name}, {number}"),
    ('pre = "z_{j}_{i}"', "9:7", '"z_{j}_{i}" has _ twice'),
    ('pre = "z_[{i}"', "9:7", 'the brackets in "[{i}" do not match'),
    ('pre = "z_{j}^{i}{"', "9:7", "has other than letters, digits"),
    (r"pre = 'z_\input{j}'", "9:7", "has other than letters, digits"),
    ('pre = "$z"', "9:7", '"$z" is not a letter or word, then _ and ^'),
    ('pre = ""', "9:7", "is not a letter or word"),
    ('sample = "s({n})"', "9:10", "is not a mark"),
    ('pre = "e^{i}"', "9:7", '"e" has a meaning of its own'),
    ('pre = "sigma_{j}"', "9:7", '"sigma" has a meaning of its own'),
    ('pre = "verylongletters"', "9:7", "has 15 letters; a word has at most 12"),
    (f'pre = "z_{"1" * 99}"', "9:7", "101 characters; a symbol has at most 60"),
    ("pre = 3", "9:7", 'pre must be a symbol such as "w_{j},{k}^{i}", not 3'),
    ("pre = false", "9:7", 'pre must be a symbol such as "w_{j},{k}^{i}", not false'),
    ("delta = true", "9:9", "or false for none, not true"),
    ("input_layer = 2", "9:15", "input_layer must be a whole number from 0 to 1, not 2"),
    ('weight = "w"', "8:2", 'w1[1,1] and w1[1,2] have the same symbol, "w"'),
    ('pre = "l_{j}^{i}"', "8:2", 'l1[1] and p1[1] have the same symbol, "l_{1}^{1}"'),
    ('penalty = "D"', "8:2", 'penalty and the data have the same symbol, "D"'),
]


@pytest.mark.parametrize(("text", "where", "words"), FAULTS)
def test_a_fault_in_ones_own_is_named_where_it_stands(text: str, where: str, words: str) -> None:
    with pytest.raises(tracer.InputError) as raised:
        own(text)
    (fault,) = raised.value.faults
    assert fault.where == f"<text>:{where}"
    assert words in fault.message


def test_neither_a_name_nor_a_table() -> None:
    with pytest.raises(tracer.InputError, match='"nielsen", or a table, not 3'):
        network((1, 1), 3)  # type: ignore[arg-type]


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet=r"wz_^{}ijkn()[],*+019\$#%& θ'" + '"', max_size=20))
def test_whatever_is_written_only_safe_characters_are_printed(text: str) -> None:
    try:
        pattern = parse(text, "ijk")
    except ValueError:
        return
    glyph = pattern.filled(dict.fromkeys("ijk", "1"))
    latex = LatexPrinter(network((1, 1), "deck").symbols, 0).glyph(glyph).text
    assert re.fullmatch(r"(?:[A-Za-z0-9_^()\[\],*+{} ]|\\mathrm)+", latex)
    assert latex.count("{") == latex.count("}")


def test_every_letter_that_can_be_used_is_one_of_latex(tmp_path: Path) -> None:
    taken = {"sigma", "Sigma"}
    symbols = network((1, 1), "deck").symbols
    printer = LatexPrinter(symbols, 0)
    glyphs = [
        parse(f"{word}_{word}{{name}}^{word}", ("name",)) for word in LETTERS if word not in taken
    ]
    formulas = " ".join(
        f"${printer.glyph(pattern.filled({'name': 'h1'})).text}$" for pattern in glyphs
    )
    page = "\\documentclass{article}\\begin{document}\n" + formulas + "\n\\end{document}\n"
    assert compile_latex(page, tmp_path) == []
    for word in taken:
        with pytest.raises(ValueError, match="meaning of its own"):
            parse(word, ())
