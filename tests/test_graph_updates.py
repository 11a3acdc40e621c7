"""Optimisers on computational graphs: every value against a plain reference, and every fault."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

import mpmath
import pytest
import sympy

import tracer
from tests import reference
from tests.conftest import ROOT
from tests.latex_reader import read
from tests.reference import CONSTANTS, DEFAULTS, KEPT
from tests.test_recompute import assert_true, worked_out
from tracer.loading import with_changes

GIVEN = {"w": [["0.5", "-0.25"], [1, 2]], "b": "0.1", "x": [1, -2]}
STEPS = [
    "p[j] = sum(k = 1..2, w[j,k]*x[k]) + b for j = 1..2",
    "y[j] = tanh(p[j]) for j = 1..2",
    "L = (y[1]*y[2] - 1)^2/2",
]
PARAMETERS = {"w[1,1]": "0.5", "w[1,2]": "-0.25", "w[2,1]": 1, "w[2,2]": 2, "b": "0.1"}
RATES = ["0.1", "0.02"]


def problem(kind: str, **rest: Any) -> dict[str, Any]:
    return {
        "graph": {"given": GIVEN, "steps": STEPS, "gradients": ["w", "b"]},
        "training": {"learning_rate": RATES, "steps": 3},
        "optimizer": {"kind": kind, **rest},
        "numbers": {"digits": 25},
    }


def slopes(values: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """The gradients by SymPy's derivative of the composed output."""
    of = {name: sympy.Symbol(f"s{n}") for n, name in enumerate(PARAMETERS)}
    first = sympy.tanh(of["w[1,1]"] - 2 * of["w[1,2]"] + of["b"])
    second = sympy.tanh(of["w[2,1]"] - 2 * of["w[2,2]"] + of["b"])
    output = (first * second - 1) ** 2 / 2
    point = {of[name]: sympy.Float(str(value), 60) for name, value in values.items()}
    for name, symbol in of.items():
        yield name, mpmath.mpf(str(sympy.diff(output, symbol).evalf(50, subs=point)))


def stepped(
    own: Mapping[str, Any], start: Mapping[str, Any], state: Mapping[str, Any], gradients: Any
) -> dict[str, Any]:
    """Every value that three steps make, by id, from reference.change and ``gradients``."""
    constants = {**CONSTANTS, **own}
    own = DEFAULTS | {k: Fraction(str(v)) if k in CONSTANTS else v for k, v in constants.items()}
    values: dict[str, Any] = {
        name: reference.real(Fraction(value)) for name, value in start.items()
    }
    kept = {f"{letter}.{name}": Fraction(0) for letter in KEPT[own["kind"]][0] for name in start}
    kept |= {name: Fraction(value) for name, value in state.items()}
    everything: dict[str, Any] = {}
    for step in range(3):
        found: dict[str, Any] = {**values, **kept}
        found["learning_rate"] = Fraction(RATES[min(step, 1)])
        for beta in ("beta1", "beta2"):
            found[f"{beta}^t"] = own[beta] ** (own["t"] - 1 + step)
        made: dict[str, Any] = {}

        def stated(name: str, value: Any, made: dict[str, Any] = made) -> Any:
            made[name] = value
            return value

        for name, g in gradients(values, step):
            made[name] = reference.plus(
                values[name], -reference.change(own, name, g, found, stated)
            )
        values = {name: made[name] for name in values}
        kept |= {name: made[name] for name in kept}
        everything |= {f"{step + 1}/{name}": value for name, value in made.items()}
    return everything


OWN = [
    *({"kind": kind} for kind in KEPT),
    {"kind": "adam", "t": 2, "epsilon": "1e-4"},
    {"kind": "adam", "bias_correction": False, "epsilon_in_root": True},
    {"kind": "rmsprop", "beta": "0.5", "epsilon_in_root": True, "epsilon": "0.01"},
]


def assert_close(solution: tracer.Solution, expected: Mapping[str, Any]) -> None:
    assert expected
    for name, value in expected.items():
        shown = mpmath.mpf(str(solution[name].value))
        size = max(abs(reference.real(value)) * mpmath.mpf("1e-10"), mpmath.mpf("1e-24"))
        assert abs(shown - reference.real(value)) <= size, name


@pytest.mark.parametrize("own", OWN, ids=lambda own: "-".join(map(str, own.values())))
def test_every_optimiser_makes_what_its_rules_say(own: dict[str, Any]) -> None:
    with mpmath.workdps(50):
        expected = stepped(own, PARAMETERS, {}, lambda values, step: slopes(values))
        solution = tracer.solve(tracer.load(problem(**own)))
        made = {name for name in solution.ids if name[0].isdigit() and name[2:] in PARAMETERS}
        assert made == {f"{step}/{name}" for step in (1, 2, 3) for name in PARAMETERS}
        assert_close(solution, expected)


def test_what_is_kept_may_be_given_as_number_list_matrix_or_entry() -> None:
    state = [
        {"name": "m", "of": "w", "values": [["0.1", "0.2"], ["-0.3", 0]]},
        {"name": "v", "of": "w[2,1]", "values": "0.5"},
        {"name": "v", "of": "b", "values": 2},
    ]
    kept = {"m.w[1,1]": "0.1", "m.w[1,2]": "0.2", "m.w[2,1]": "-0.3", "v.w[2,1]": "0.5", "v.b": 2}
    with mpmath.workdps(50):
        own = {"kind": "adam"}
        expected = stepped(own, PARAMETERS, kept, lambda values, step: slopes(values))
        solution = tracer.solve(tracer.load({**problem("adam"), "state": state}))
        assert_close(solution, expected)
    assert solution["m.w[1,2]"].exact == Fraction(1, 5)
    listed = {**problem("momentum"), "state": [{"name": "v", "of": "x", "values": [1, -1]}]}
    listed["graph"] = {**listed["graph"], "gradients": ["x"]}
    assert tracer.solve(tracer.load(listed))["v.x[2]"].exact == -1


@pytest.mark.parametrize("kind", KEPT)
@pytest.mark.parametrize("policy", ["display", "float64"])
def test_every_line_of_an_update_comes_out(kind: str, policy: str) -> None:
    loaded = tracer.load({**problem(kind), "numbers": {"digits": 4, "policy": policy}})
    solution = tracer.solve(loaded)
    assert_true(worked_out(read(solution.render("latex")), loaded))
    alone = tracer.solve(loaded, only=solution.ids)
    assert_true(worked_out(read(alone.render("latex")), loaded))


def test_a_graph_of_a_network_is_updated_as_the_network_is() -> None:
    """examples/adam.toml and examples/graph-adam.toml are one problem in two forms."""
    network, graph = (
        tracer.solve(tracer.load(ROOT / "examples" / f"{name}.toml"))
        for name in ("adam", "graph-adam")
    )
    names = {"w1[1,1]": "w[1]", "w1[1,2]": "w[2]", "b1[1]": "b"}
    for theirs, ours in names.items():
        for step in (1, 2):
            for letter in ("", "m.", "v.", "mhat.", "vhat."):
                one = network[f"{step}/{letter}{theirs}"]
                assert graph[f"{step}/{letter}{ours}"].value == one.value
    assert [e.split("≈")[1:] for e in updates(network)] == [
        e.split("≈")[1:] for e in updates(graph)
    ]


def updates(solution: tracer.Solution) -> list[str]:
    """The lines of the updates, sorted by their numbers."""
    lines = (line.strip() for line in solution.render("text", width=120).splitlines())
    own = [line for line in lines if line.startswith(("m", "v")) and "(" in line and "≈" in line]
    return sorted(own, key=lambda line: line.partition("≈")[2])


def test_rules_stand_once_before_the_lines_with_numbers() -> None:
    text = tracer.solve(tracer.load(problem("nesterov"))).render("text")
    assert text.count("θₙ₊₁ = θₙ - γ·(gₙ + β·vₙ₊₁)") == 1
    assert text.count("v(w₁,₁) ") == 3
    assert "In this form the parameters are those of the point looked" in text
    assert "Note: v starts at 0." in text
    plain = tracer.solve(tracer.load(problem("gradient_descent"))).render("text")
    assert "With γ = 0.1, new values on the left, only old ones on the right:" in plain


def test_ids_of_what_an_update_makes() -> None:
    loaded = tracer.load(problem("adam"))
    solution = tracer.solve(loaded, only=["1/mhat.w[1,1]", "2/beta1^t", "x[1]", "2/learning_rate"])
    page = solution.render("text")
    assert "m̂(w₁,₁)|n=1 = m(w₁,₁)|n=1/(1 - β₁ᵗ)" in page
    assert "β₁ᵗ|n=2 = 0.9² = 0.81" in page
    assert "γ|n=2 = 0.02" in page
    assert solution["3/x[1]"].value == 1  # the same at every step
    for name, message in {
        "mhat.w[1,1]": "the update makes it; after the first step it is 1/mhat.w",
        "4/w[1,1]": "no such quantity in this graph",
        "3/learning_rate": "no such quantity in this graph",
        "1/m.x[1]": "no such quantity in this graph",
    }.items():
        with pytest.raises(tracer.InputError, match=message):
            tracer.solve(loaded, only=name)


TEXT = """\
[graph]
given = { w = [[0.5, 1]], b = 1, x = 2 }
steps = ["q = w[1,1]*x + w[1,2]", "f = q^2 + b"]
gradients = ["w", "b"]
[training]
learning_rate = 0.1
[optimizer]
kind = "adam"
"""
STATE = '[[state]]\nname = "m"\nof = "w"\nvalues = [[1, 2]]\n'
FAULTS = {
    "unknown name": (('of = "w"', 'of = "ww"'), [("11:6", '"ww" is not given; did you mean "w"?')]),
    "not updated": (
        ('of = "w"\nvalues = [[1, 2]]', 'of = "x"\nvalues = 1'),
        [("11:6", '"x" is not updated: it is not among "gradients", so nothing is kept of it')],
    ),
    "a step": (('of = "w"', 'of = "q"'), [("11:6", '"q" is not given')]),
    "shape": (("[[1, 2]]", "[[1], [2]]"), [("12:10", "a 2 × 1 matrix, but w is a 1 × 2 matrix")]),
    "list": (("[[1, 2]]", "[1, 2]"), [("12:10", "a list of 2, but w is a 1 × 2 matrix")]),
    "number": (("[[1, 2]]", "1"), [("12:10", "a number, but w is a 1 × 2 matrix")]),
    "matrix of a number": (
        ('of = "w"\nvalues = [[1, 2]]', 'of = "b"\nvalues = [[1]]'),
        [("12:10", "a 1 × 1 matrix, but b is a number")],
    ),
    "entry": (('of = "w"', 'of = "w[1,1]"'), [("12:10", "a 1 × 2 matrix, but w[1,1] is a number")]),
    "twice": ((STATE, STATE + STATE), [("13:1", "m of w is given twice")]),
    "an entry twice": (
        (STATE, STATE + '[[state]]\nname = "m"\nof = "w[1,1]"\nvalues = 0\n'),
        [("13:1", "m of w[1,1] is given twice")],
    ),
    "squares": (
        ('"m"\nof = "w"\nvalues = [[1, 2]]', '"v"\nof = "w"\nvalues = [[1, -2]]'),
        [("9:1", "v is made of squares; none of its values can be negative")],
    ),
    "other optimiser": (('name = "m"', 'name = "s"'), [("10:8", 'adam keeps no "s"; it keeps m')]),
    "gradient descent": (
        ('kind = "adam"', 'kind = "gradient_descent"'),
        [("9:3", '"state" is for momentum, classical_momentum')],
    ),
    "layers": (
        ('of = "w"', "layer_number = 1"),
        [
            ("9:1", '"of" is missing; write for example of = "W1"'),
            ("11:1", '"layer_number" is for the state of a network; here write name, of, values'),
        ],
    ),
    "no number": (
        ("[[1, 2]]", "true"),
        [("12:10", "true is not a number")],
    ),
    "exact": (
        ("[training]", '[numbers]\npolicy = "exact"\n[training]'),
        [("6:10", '"exact" works with fractions, but adam takes square roots; use "display"')],
    ),
    "no such optimiser": (('"adam"', '"adamm"'), [("8:8", 'did you mean "adam"?')]),
    "constant": (
        ('kind = "adam"', 'kind = "adam"\nbeta = 0.5'),
        [("9:1", '"beta" is for momentum, classical_momentum')],
    ),
    "a step to be updated": (
        ('["w", "b"]', '["w", "q"]'),
        [("4:19", '"q" is worked out by a step, so it can\'t be changed by an update; leave it')],
    ),
    "a name of the optimiser": (
        ("b = 1,", "b = 1, beta2 = 3,"),
        [("2:34", '"beta2" is what adam calls its own; give this quantity another name')],
    ),
    "a step with a name of the training": (
        ('"f = q', '"learning_rate = 2*q", "f = q'),
        [("3:35", '"learning_rate" is what [training] calls its own; give this quantity another')],
    ),
}


def assert_faults(text: str, change: tuple[str, str], faults: list[tuple[str, str]]) -> None:
    tracer.load(text)
    assert change[0] in text
    with pytest.raises(tracer.InputError) as caught:
        tracer.load(text.replace(*change, 1))
    found = [(fault.where.removeprefix("<text>:"), fault.message) for fault in caught.value.faults]
    assert len(found) == len(faults), found
    for (where, message), (place, words) in zip(found, faults, strict=True):
        assert where == place, (where, message)
        assert words in message


@pytest.mark.parametrize(("change", "faults"), FAULTS.values(), ids=FAULTS)
def test_faults(change: tuple[str, str], faults: list[tuple[str, str]]) -> None:
    assert_faults(TEXT + STATE, change, faults)


def test_a_key_of_a_graphs_state_is_refused_in_a_networks() -> None:
    text = (ROOT / "examples" / "adam.toml").read_text(encoding="utf-8")
    with pytest.raises(
        tracer.InputError, match='"of" is for the state of a graph; here write name'
    ):
        tracer.load(text.replace("layer_number = 1", 'of = "w1"'))


def test_a_step_among_the_gradients_has_its_own_value_and_is_not_updated() -> None:
    text = TEXT.replace('"w", "b"', '"q", "w"').partition("[training]")[0]
    solution = tracer.solve(tracer.load(text))
    assert solution["q"].exact == 2
    assert solution["df/dq"].exact == 4
    loaded = tracer.load(text + "[training]\nlearning_rate = 0.1\nsteps = 0\n")
    with pytest.raises(tracer.InputError, match=r'^steps: "q" is worked out by a step'):
        with_changes(loaded, steps=1)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("b = 1", "gamma = 1", 'learning_rate" and "gamma" would be printed alike; rename "gamma"'),
        (
            "b = 1",
            "m = 1",
            """the optimiser's m and "m" would be printed alike; rename "m"'"""[:-1],
        ),
        ("b = 1", "beta_1 = 1", '"beta1" and "beta_1" would be printed alike; rename "beta_1"'),
    ],
)
def test_letters_of_the_updates_are_taken(old: str, new: str, message: str) -> None:
    name = new.partition(" ")[0]
    text = TEXT.replace(old, new).replace("+ b", f"+ {name}").replace('"b"', f'"{name}"')
    with pytest.raises(tracer.InputError) as caught:
        tracer.solve(tracer.load(text)).render("text")
    assert message in str(caught.value)
    tracer.solve(tracer.load(text.partition("[training]")[0])).render("text")


# Gradients that are given as numbers

SLOPES = [
    {"w[1,1]": 1, "w[1,2]": "-0.5", "w[2,1]": "0.25", "w[2,2]": 0, "b": "1/3"},
    {"w[1,1]": "-0.2", "w[1,2]": 2, "w[2,1]": 1, "w[2,2]": "0.1", "b": 0},
]


def as_table(slopes: Mapping[str, Any]) -> dict[str, Any]:
    rows = [[slopes[f"w[{j},{k}]"] for k in (1, 2)] for j in (1, 2)]
    return {"w": rows, "b": slopes["b"]}


def given_gradients(kind: str, gradients: Any, **rest: Any) -> dict[str, Any]:
    found = problem(kind, **rest)
    found["graph"] = {"given": GIVEN, "gradients": gradients}
    return found


@pytest.mark.parametrize("own", OWN, ids=lambda own: "-".join(map(str, own.values())))
@pytest.mark.parametrize("several", [False, True])
def test_given_gradients_are_stepped_by_the_rules(own: dict[str, Any], several: bool) -> None:
    tables = SLOPES if several else SLOPES[:1]

    def due(values: object, step: int) -> list[tuple[str, Any]]:
        table = tables[min(step, len(tables) - 1)]
        return [(name, Fraction(value)) for name, value in table.items()]

    gradients = [as_table(table) for table in tables]
    loaded = tracer.load(given_gradients(**own, gradients=gradients if several else gradients[0]))
    solution = tracer.solve(loaded)
    with mpmath.workdps(50):
        assert_close(solution, stepped(own, PARAMETERS, {}, due))
    for step in range(3):
        for name, value in due({}, step):
            assert solution[f"{step}/dL/d{name}"].exact == value
    short = with_changes(loaded, digits=5)
    page = tracer.solve(short)
    assert_true(worked_out(read(page.render("latex")), short))
    alone = tracer.solve(short, only=page.ids)
    assert_true(worked_out(read(alone.render("latex")), short))


def test_the_page_of_given_gradients_has_the_update_and_nothing_else() -> None:
    one = given_gradients("momentum", as_table(SLOPES[0]))
    one["training"] = {"learning_rate": "0.1"}
    text = tracer.solve(tracer.load(one)).render("text")
    assert [line for line in text.splitlines() if line in ("Question", "Update")] == [
        "Question",
        "Update",
    ]
    assert "The gradient of L:" in text
    assert "Compute one step of gradient descent with momentum." in text
    assert "Forward" not in text
    assert "∂L/∂L" not in text
    named = {**one, "graph": {**one["graph"], "output": "cost"}}
    assert tracer.solve(tracer.load(named))["dcost/db"].exact == Fraction(1, 3)
    many = tracer.load({**one, "training": {"learning_rate": "0.1", "steps": 9}})
    assert "The gradient of L, the same in every step:" in tracer.solve(many).render("text")
    listed = given_gradients("momentum", [as_table(table) for table in SLOPES])
    text = tracer.solve(tracer.load(listed)).render("text")
    assert all(f"The gradient of L in step {number}:" in text for number in (1, 2, 3))
    assert "Update" not in tracer.solve(with_changes(many, steps=0)).render("text")


def test_a_long_run_by_given_gradients_takes_each_when_it_is_due() -> None:
    tables = [{"b": value} for value in (1, 2, 3)]
    source = given_gradients("gradient_descent", tables)
    source["training"] = {"learning_rate": 1, "steps": 50}
    solution = tracer.solve(tracer.load(source))
    assert solution["50/b"].exact == Fraction(1, 10) - 1 - 2 - 48 * 3
    assert solution["1/dL/db"].exact == 2
    assert solution["49/dL/db"].exact == 3
    with pytest.raises(KeyError):
        solution["50/dL/db"]


NUMBERS = """\
[graph]
given = { w = [[0.5, 1]], b = 1, x = 2 }
gradients = [{ w = [[1, 2]], b = 3 }, { w = [[1, 2]], b = 4 }]
[training]
learning_rate = 0.1
"""
FAULTS_OF_NUMBERS = {
    "no training": (
        ("[training]\nlearning_rate = 0.1\n", ""),
        [("3:1", "gradients given as numbers leave only the update to work out; add [training]")],
    ),
    "steps beside": (
        ("gradients", 'steps = ["q = b"]\nsizes = { T = 3 }\ngradients'),
        [("3:1", 'there is nothing for "steps" to say'), ("4:1", 'nothing for "sizes" to say')],
    ),
    "unknown": (
        ("[{ w", "[{ ww"),
        [
            ("3:16", '"ww" is not given; did you mean "w"?'),
            ("3:40", 'every step needs a gradient of the same names; see "w"'),
        ],
    ),
    "shape": (
        ("{ w = [[1, 2]]", "{ w = [1, 2]"),
        [("3:20", "a list of 2, but w is a 1 × 2 matrix")],
    ),
    "missing": (
        (", b = 4", ""),
        [("3:39", 'every step needs a gradient of the same names; see "b"')],
    ),
    "nothing": (
        ("{ w = [[1, 2]], b = 4 }", "{}"),
        [("3:39", "a table of gradients needs at least one name")],
    ),
    "output": (
        ("gradients", 'output = "w"\ngradients'),
        [("3:10", '"w" must be a name that nothing else has, such as "loss"')],
    ),
    "L": (
        ("b = 1, x", "L = 1, b = 1, x"),
        [("2:27", '"L" must be a name that nothing else has, such as "loss"')],
    ),
    "a formula as output": (
        ("gradients", 'output = "w + b"\ngradients'),
        [("3:10", '"w + b" must be a name that nothing else has')],
    ),
    "a text among tables": (
        ("{ w = [[1, 2]], b = 4 }", '"w"'),
        [("3:39", "this must be a table of names and numbers, lists or matrices")],
    ),
    "a table among texts": (
        ("{ w = [[1, 2]], b = 3 }", '"w"'),
        [("3:19", "this must be one line")],
    ),
    "an empty table": (
        ("[{ w = [[1, 2]], b = 3 }, { w = [[1, 2]], b = 4 }]", "{}"),
        [("3:13", "or a table of names and numbers, or a list of such, not a table")],
    ),
    "neither": (
        ("gradients = [{ w = [[1, 2]], b = 3 }, { w = [[1, 2]], b = 4 }]", ""),
        [("1:1", '"steps" is missing; write for example steps = ["q = x + y", "f = q*z"]')],
    ),
    "names without steps": (
        ("[{ w = [[1, 2]], b = 3 }, { w = [[1, 2]], b = 4 }]", '["w"]'),
        [("1:1", '"steps" is missing; write for example steps = ["q = x + y", "f = q*z"]')],
    ),
}


@pytest.mark.parametrize(("change", "faults"), FAULTS_OF_NUMBERS.values(), ids=FAULTS_OF_NUMBERS)
def test_faults_of_given_gradients(change: tuple[str, str], faults: list[tuple[str, str]]) -> None:
    assert_faults(NUMBERS, change, faults)


# Rounded at each step, as by hand


def kept_to(digits: int) -> Any:
    """Rounds a number to so many decimals, ties away from zero."""

    def rounded(value: Any) -> Fraction:
        return reference.rounded(value, digits)

    return rounded


BY_HAND = {
    "graph": {
        "given": {"w": "0.7", "b": "-0.2", "x": "1.5", "t": "0.9"},
        "steps": [
            "a = w*x + b",
            "h = tanh(a)",
            "e = exp(h)",
            "z = h*e",
            "y = sigmoid(z)",
            "L = (y - t)^2/2 + h",
        ],
        "gradients": ["w", "b"],
    },
    "training": {"learning_rate": "0.5", "steps": 3},
}


@pytest.mark.parametrize("digits", [2, 3, 5, 8])
@pytest.mark.parametrize("kind", ["gradient_descent", "momentum", "adam"])
def test_by_hand_derivatives_come_from_the_rounded_outputs(digits: int, kind: str) -> None:
    own = {"kind": kind} | ({"beta2": "0.9", "epsilon": "0.01"} if kind == "adam" else {})
    numbers = {"policy": "step", "digits": digits}
    loaded = tracer.load({**BY_HAND, "optimizer": own, "numbers": numbers})
    solution = tracer.solve(loaded)
    keep = kept_to(digits)
    with mpmath.workdps(40):
        w, b = Fraction("0.7"), Fraction("-0.2")
        x, t, gamma = Fraction("1.5"), Fraction("0.9"), Fraction("0.5")
        state: dict[str, Any] = {}
        for step in range(4):
            a = keep(w * x + b)
            h = keep(mpmath.tanh(reference.real(a)))
            e = keep(mpmath.exp(reference.real(h)))
            z = keep(h * e)
            y = keep(1 / (1 + mpmath.exp(-reference.real(z))))
            forward = {"a": a, "h": h, "e": e, "z": z, "y": y, "L": keep((y - t) ** 2 / 2 + h)}
            back: dict[str, Any] = {}
            back["y"] = keep(y - t)
            back["z"] = keep(back["y"] * y * (1 - y))
            back["e"] = keep(back["z"] * h)
            back["h"] = keep(back["z"] * e + back["e"] * e + 1)
            back["a"] = keep(back["h"] * (1 - h**2))
            back["w"], back["b"] = keep(back["a"] * x), keep(back["a"])
            prefix = f"{step}/" if step else ""
            for name, value in forward.items():
                assert Fraction(solution[prefix + name].value) == value, (step, name)
            if step == 3:
                break
            for name, value in back.items():
                assert Fraction(solution[f"{prefix}dL/d{name}"].value) == value, (step, name)
            constants = {"beta": "0.9", "beta1": "0.9", "beta2": "0.9", "epsilon": "0.01"}
            rules = DEFAULTS | {k: Fraction(v) for k, v in constants.items()} | {"kind": kind}
            found = {f"{s}.{p}": Fraction(0) for s in KEPT[kind][0] for p in "wb"} | state
            found |= {f"{beta}^t": rules[beta] ** step for beta in ("beta1", "beta2")}
            found["learning_rate"] = gamma

            def stated(name: str, value: Any, state: dict[str, Any] = state) -> Any:
                state[name] = reference.figures(value, digits)
                return state[name]

            by = {p: reference.change(rules, p, back[p], found, stated) for p in "wb"}
            w, b = (
                keep(reference.plus(old, -change))
                for old, change in zip((w, b), by.values(), strict=True)
            )
            assert Fraction(solution[f"{step + 1}/w"].value) == w
            assert Fraction(solution[f"{step + 1}/b"].value) == b
    assert_true(worked_out(read(solution.render("latex")), loaded))
    alone = tracer.solve(loaded, only=solution.ids)
    assert_true(worked_out(read(alone.render("latex")), loaded))


@pytest.mark.parametrize("function", ["exp", "tanh", "sigmoid", "softplus", "sqrt", "log", "relu"])
@pytest.mark.parametrize("steps", [["f = F(x)"], ["g = F(x)", "f = g*x"], ["g = F(x)", "f = F(g)"]])
def test_every_function_comes_out_by_hand(function: str, steps: list[str]) -> None:
    source = {
        "graph": {"given": {"x": "2.3456"}, "steps": [s.replace("F", function) for s in steps]},
        "numbers": {"policy": "step", "digits": 2},
    }
    if function in ("sqrt", "log"):
        source["graph"]["given"] = {"x": "9.8765"}  # type: ignore[index]
    loaded = tracer.load(source)
    assert_true(worked_out(read(tracer.solve(loaded).render("latex")), loaded))


def test_a_power_of_a_constant_is_no_line_to_be_rounded() -> None:
    """0.999^2 rounds to 1 with two decimals, and 1 - 1 would be divided by."""
    source = given_gradients("adam", as_table(SLOPES[0]))
    source["numbers"] = {"policy": "step", "digits": 2}
    loaded = tracer.load(source)
    solution = tracer.solve(loaded)
    assert solution["2/beta2^t"].value == Decimal("0.998")
    assert_true(worked_out(read(solution.render("latex")), loaded))
    network = tracer.load(ROOT / "examples" / "adam.toml")
    by_hand = replace(network, numbers=replace(network.numbers, policy="step", digits=2))
    assert_true(worked_out(read(tracer.solve(by_hand).render("latex")), by_hand))


def test_steps_of_given_gradients_that_are_not_printed_are_told() -> None:
    source = given_gradients("momentum", as_table(SLOPES[0]))
    source["training"] = {"learning_rate": "0.1", "steps": 12, "print": [1, 2, 10]}
    text = " ".join(tracer.solve(tracer.load(source)).render("text").split())
    assert "The 7 steps from 3 to 9 run in the same way." in text
    assert "Steps 11 to 12 are not printed." in text
