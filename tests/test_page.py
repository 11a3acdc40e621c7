"""What the page says beside the formulas: remarks, their reasons, and what is listed together."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

import tracer


def page(source: dict[str, Any], **options: Any) -> str:
    """The solution as text, its lines joined so that a sentence can be looked for."""
    return " ".join(tracer.solve(tracer.load(source), **options).render("text").split())


def two_layers(activation: str, samples: list[tuple[int, int]], **more: Any) -> dict[str, Any]:
    layer = {"weights": [[1]], "biases": False, "activation": activation}
    data = [{"inputs": x, "targets": t} for x, t in samples]
    return {"layers": [layer, layer], "data": data, **more}


def test_a_derivative_that_happens_to_be_1_stays_on_the_page() -> None:
    """tanh'(0) = 1 is no matter of signs: the factor is written as it is anywhere else."""
    text = page(two_layers("tanh", [(0, 1)]))
    assert "positive" not in text
    assert "-2(1 - 0)·(1 - 0²)·0 = 0" in text


def test_a_factor_that_comes_back_in_a_later_step_is_said() -> None:
    step = {"learning_rate": "0.05", "steps": 2}
    text = page(two_layers("relu", [(1, -3), (2, -1)], training=step))
    before, after = text.split("Gradients of Step 2")
    assert "are 1 at every sample, since every pre-activation there is positive" in before
    assert (
        "∂l₁²/∂p₁² and ∂l₁¹/∂p₁¹ are not 1 at every sample here, so the numbers have this factor "
        "again." in after
    )
    # the cases are explained where they are first needed, and once
    assert "at 0, where there is none, 0 is used. In layer 2:" in after
    assert "The derivative of ReLU in layer 1:" in after
    assert text.count("where there is none") == 1


def test_a_factor_that_goes_in_a_later_step_is_said() -> None:
    layers = [{"weights": [[1]], "biases": [-1], "activation": "relu"}]
    data = [{"inputs": 1, "targets": 5}, {"inputs": 3, "targets": 5}]
    text = page({"layers": layers, "data": data, "training": {"learning_rate": "0.1", "steps": 2}})
    before, after = text.split("Gradients of Step 2")
    assert "∂l₁¹/∂p₁¹ is 1 at every sample here, so the numbers do without this factor." in after
    assert "here, so the numbers" not in before
    assert "since every pre-activation there is positive" not in before


def test_steps_without_a_change_say_nothing_of_it() -> None:
    step = {"learning_rate": "0.001", "steps": 2}
    assert "here, so the numbers" not in page(two_layers("relu", [(1, 0)], training=step))


def test_equal_parameters_are_listed_together_however_few() -> None:
    layers = [{"weights": [[1, 2], [1, 3]], "biases": [4, 5], "activation": "identity"}]
    text = page({"layers": layers, "data": [{"inputs": [1, 1], "targets": [0, 0]}]})
    assert "w₁,₁¹ = w₂,₁¹ = 1 w₁,₂¹ = 2 w₂,₂¹ = 3 b₁¹ = 4 b₂¹ = 5" in text


def test_a_derivation_alone_says_what_is_used_where_there_is_no_derivative() -> None:
    source = two_layers("relu", [(0, 1)])
    said = "at 0, where there is none, 0 is used"
    for name in ("dl1[1]/dp1[1](1)", "dloss/dw1[1,1]", "dloss/dp1[1](1)"):
        assert said in page(source, only=name), name
    assert said not in page(source, only="l1[1](1)")
    assert said not in page(two_layers("relu", [(1, 1)]), only="dloss/dw1[1,1]")


def test_more_paths_than_anyone_reads_are_refused_by_name() -> None:
    row, square = ["0.1"] * 9, [["0.1"] * 9] * 9
    layers = [{"weights": [[w] for w in row], "biases": False, "activation": "identity"}]
    layers += [{"weights": square, "biases": False, "activation": "identity"}] * 2
    solution = tracer.solve(
        tracer.load({"layers": layers, "data": [{"inputs": 1, "targets": row}]}), view="paths"
    )
    with pytest.raises(tracer.NotSupported, match="81 paths lead from layer 1 to the loss"):
        solution.render("text")


def test_a_step_says_which_samples_it_takes() -> None:
    samples = [(1, 0), (2, 0), (3, 1)]
    training = {"learning_rate": "0.01", "steps": 2, "batch": 2}
    text = page(two_layers("sigmoid", samples, training=training))
    first, second = text.split("Gradients of Step 2")
    assert "Compute the gradient of E over the next batch of samples at aₙ." in first
    assert "Step 1 takes samples 1 and 2, the batch B; here E is the loss over these" in first
    assert "E = Σ_B (f*(l₁⁰) - f(l₁⁰))²" in first
    assert "Step 2 takes sample 3; here E is the loss over it alone: E = (f*(l₁⁰)" in second
    assert "Σ_B" not in second
    # after a step the loss is that of all the data
    assert "E after Step 2 ────────────── E = Σ_D" in second


def test_all_samples_in_one_batch_are_no_batch() -> None:
    samples = [(1, 0), (2, 0)]
    training: dict[str, Any] = {"learning_rate": "0.01", "steps": 2}
    whole = page(two_layers("sigmoid", samples, training=training))
    assert page(two_layers("sigmoid", samples, training={**training, "batch": 2})) == whole
    assert page(two_layers("sigmoid", samples, training={**training, "batch": "all"})) == whole


def test_an_optimizer_is_named_with_its_rules() -> None:
    training = {"learning_rate": "0.1", "steps": 1}
    source = two_layers("identity", [(1, 3)], training=training, optimizer={"kind": "rmsprop"})
    text = page(source)
    assert "With gₙ = ∇E(aₙ) the next point by RMSProp (Tieleman & Hinton 2012) is" in text
    assert "sₙ₊₁ = β·sₙ + (1 - β)·(gₙ)²" in text
    assert "aₙ₊₁ = aₙ - γ·gₙ/(√sₙ₊₁ + ε)" in text
    inside = {"kind": "rmsprop", "epsilon_in_root": True}
    assert "aₙ₊₁ = aₙ - γ·gₙ/√(sₙ₊₁ + ε)" in page({**source, "optimizer": inside})


@pytest.mark.parametrize("policy", ["display", "step", "float64"])
@pytest.mark.parametrize("kind", ["adagrad", "rmsprop", "adam"])
def test_epsilon_under_the_root_in_every_policy(kind: str, policy: str) -> None:
    """In float64 SymPy folds 1/sqrt(x) into one power, which has its arithmetic too."""
    optimizer = {"kind": kind, "epsilon_in_root": True, "epsilon": "0.25"}
    training = {"learning_rate": "0.1", "steps": 1}
    source = two_layers("identity", [(1, 1)], training=training, optimizer=optimizer)
    source["data"] = [{"inputs": 1, "targets": 3}]
    solution = tracer.solve(tracer.load({**source, "numbers": {"policy": policy, "digits": 6}}))
    gradient, squares = -4.0, {"adagrad": 16.0, "rmsprop": 1.6, "adam": 16.0}[kind]
    moved = 1 - 0.1 * gradient / (squares + 0.25) ** 0.5
    assert float(solution["1/w1[1,1]"].value) == pytest.approx(moved, abs=1e-6)


def test_what_an_update_works_out_can_be_asked_for() -> None:
    training = {"learning_rate": ["0.1", "0.05"], "steps": 2}
    source = two_layers("identity", [(1, 3)], training=training, optimizer={"kind": "adam"})
    solution = tracer.solve(tracer.load(source))
    # the gradient of (3 - w2 w1 x)^2 is -4; the first correction undoes the average
    assert solution["1/mhat.w1[1,1]"].exact == solution["dloss/dw1[1,1]"].exact == -4
    assert solution["1/vhat.w1[1,1]"].exact == 16
    assert solution["2/beta1^t"].exact == Fraction(81, 100)
    assert solution["1/learning_rate"].exact == Fraction(1, 20)
    with pytest.raises(KeyError, match="after the first step it is 1/mhat"):
        solution["mhat.w1[1,1]"]
    with pytest.raises(KeyError, match="no step 3"):
        solution["3/m.w1[1,1]"]


def test_what_is_kept_fixed_is_said_and_has_no_gradient() -> None:
    layer = {"weights": [[1, 2], [3, 4]], "biases": [5, 6], "activation": "sigmoid"}
    source = {
        "layers": [
            {**layer, "frozen": ["weights", "biases"]},
            {**layer, "frozen": ["biases", "w[2,1]"]},
        ],
        "data": [{"inputs": [1, 2], "targets": [0, 1]}],
        "training": {"learning_rate": 1},
    }
    text = page(source)
    words = "Kept fixed, without gradient or update: all weights of layer 1, w₂,₁², all biases."
    assert words in text
    # neither the layer that has nothing to learn nor the deltas that only it would need
    assert not any(
        name in text for name in ("∂w₁,₁¹", "∂p₁¹", "∂b", "∂w₂,₁²", "For the layer below")
    )
    assert "w₂,₂² ≈ 4 - 1·" in text
    solution = tracer.solve(tracer.load(source))
    assert solution["1/w2[2,1]"].exact == 3  # what no update changes keeps its id
    rule = "1/l1[1](1)*w2[2,1] + 1/l1[2](1)*1/w2[2,2] + b2[2]"
    assert str(solution["1/p2[2](1)"].rule) == rule
    with pytest.raises(KeyError, match="kept fixed, so it has no gradient"):
        _ = solution["dloss/dw2[2,1]"]


def test_thresholds_are_subtracted() -> None:
    layers = [
        {"weights": [[1, 2]], "thresholds": [1], "activation": "relu", "frozen": ["thresholds"]},
        {"weights": [[3]], "thresholds": [-2], "activation": "identity"},
    ]
    source = {"layers": layers, "data": [{"inputs": [1, 2], "targets": 9}]}
    text = page(source)
    assert "w₁,₁¹·l₁⁰ + w₁,₂¹·l₂⁰ - θ₁¹" in text
    assert "Kept fixed, without gradient or update: all thresholds of layer 1." in text
    assert "a pre-activation's derivative by it is -1." in text
    # p = 3·4 + 2 = 14, so the gradient is 2·(14 - 9)·(-1)
    assert "∂E/∂θ₁² = ∂E/∂l₁² · ∂l₁²/∂p₁² · ∂p₁²/∂θ₁² = 2(f*(l₁⁰, l₂⁰) - l₁²)·(-1)·(-1)" in text
    assert "= -2(9 - 14)·(-1) = -10" in text
    solution = tracer.solve(tracer.load(source))
    for name in ("b2[1]", r"\theta_1^2", "θ₁²"):
        assert solution[name].exact == -2
    assert solution["dp2[1]/db2[1](1)"].exact == -1


def test_a_gradient_is_not_cited_for_one_of_the_other_sign() -> None:
    layers = [
        {"weights": [[1]], "thresholds": [-1], "activation": "identity"},
        {"weights": [[3]], "biases": [2], "activation": "identity"},
    ]
    text = page({"layers": layers, "data": [{"inputs": 1, "targets": 7}]})
    assert "∂E/∂b₁² · w" not in text
    layers[0]["biases"] = layers[0].pop("thresholds")
    text = page({"layers": layers, "data": [{"inputs": 1, "targets": 7}]})
    assert "∂E/∂b₁² · w₁,₁²" in text


@pytest.mark.parametrize(
    ("weights", "words"),
    [
        ([[1, 2]], "The neuron has a pre-activation p₁¹ and an output l₁¹:"),
        ([[1, 2], [3, 4]], "Each neuron has a pre-activation p₁¹ and an output l₁¹; for the first"),
    ],
)
def test_a_single_neuron_is_not_the_first_of_several(weights: list[list[int]], words: str) -> None:
    layer = {"weights": weights, "biases": False, "activation": "sigmoid"}
    data = [{"inputs": [1, 0], "targets": [1] * len(weights)}]
    text = tracer.solve(tracer.load({"layers": [layer], "data": data})).render()
    assert words in text


NOTE = "Here log is the natural logarithm, the key ln of a calculator."


def one_layer(activation: str, kind: str, outputs: int = 2, **more: Any) -> dict[str, Any]:
    layer = {"weights": [[1], [2]][:outputs], "biases": False, "activation": activation}
    data = [{"inputs": 1, "targets": [1, 0][:outputs]}]
    return {"layers": [layer], "data": data, "loss": {"kind": kind}, **more}


@pytest.mark.parametrize(
    ("source", "times"),
    [
        (one_layer("softmax", "cross_entropy"), 1),
        (one_layer("sigmoid", "binary_cross_entropy"), 1),
        (one_layer("softplus", "squared_error"), 1),
        (one_layer("sigmoid", "squared_error"), 0),
        ({"graph": {"given": {"x": 2}, "steps": ["f = log(x)"]}}, 1),
        ({"graph": {"given": {"x": 2}, "steps": ["f = exp(x)"]}}, 0),
    ],
)
@pytest.mark.parametrize("to", ["text", "latex", "markdown"])
@pytest.mark.parametrize("detail", ["slides", "full"])
def test_a_page_with_a_logarithm_says_once_which(
    source: dict[str, Any], times: int, to: str, detail: str
) -> None:
    text = tracer.solve(tracer.load(source), detail=detail).render(to)
    assert " ".join(text.split()).count(NOTE) == times


def test_a_derivation_and_a_function_say_which_logarithm() -> None:
    source = one_layer("softmax", "cross_entropy")
    assert NOTE in page(source, only="loss")
    assert NOTE not in page(source, only="p1[1]")
    assert page(source, view="function").count(NOTE) == 1
    assert page(source, detail="brief").count(NOTE) == 1


def test_the_note_does_not_part_what_belongs_together() -> None:
    text = tracer.solve(tracer.load(one_layer("softmax", "cross_entropy"))).render()
    before, after = text.split("Note: Here log")
    assert before.rstrip().splitlines()[-1].startswith("  ")
    assert after.split("\n\n")[1].lstrip("\n").startswith("Gradients")


@pytest.mark.parametrize(
    ("activation", "kind", "words"),
    [
        ("sigmoid", "cross_entropy", "these outputs need not sum to 1; usual are softmax outputs"),
        ("softmax", "binary_cross_entropy", "outputs of softmax sum to 1; usual are outputs of si"),
        ("softmax", "cross_entropy", None),
        ("sigmoid", "binary_cross_entropy", None),
        ("sigmoid", "squared_error", None),
    ],
)
@pytest.mark.parametrize("view", ["auto", "function"])
def test_a_loss_behind_outputs_that_it_is_not_made_for(
    activation: str, kind: str, words: str | None, view: str
) -> None:
    text = page(one_layer(activation, kind), view=view)
    assert text.count("usual are") == (words is not None)
    assert words is None or words in text


SMALL = "smaller ones to three figures with a power of ten"


@pytest.mark.parametrize(
    ("weight", "numbers", "is_said"),
    [
        ("0.01", {"digits": 1}, True),  # 0.01 is printed as 1e-2, exactly
        ("0.001234567", {"digits": 1}, True),
        ("0.001234567", {"digits": 1, "policy": "float64"}, True),
        ("0.001234567", {"digits": 1, "policy": "step"}, False),  # there it is 0
        ("0.001234567", {"significant": 3}, False),
        ("1.25", {"digits": 1}, False),
    ],
)
def test_what_decimals_do_to_small_numbers_is_said_where_there_are_some(
    weight: str, numbers: dict[str, Any], is_said: bool
) -> None:
    layer = {"weights": [[weight]], "biases": False, "activation": "identity"}
    source = {
        "layers": [layer],
        "data": [{"inputs": 1, "targets": "0.33"}],
        "numbers": numbers,
    }
    text = page(source)
    assert "Values are" in text or "rounded to" in text
    assert (SMALL in text) == is_said
