"""Formulas as they are heard: by speech-rule-engine, which MathJax and ChromeVox speak with."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Sequence
from functools import cache

import pytest

import tracer
from tests.conftest import ROOT, need_node

PAGES = ("deck", "komma", "lstm")


def heard(formulas: Sequence[str], domain: str) -> list[str]:
    """What the engine says of each formula."""
    need_node("speech-rule-engine")
    program = ["node", str(ROOT / "tests" / "spoken.cjs"), domain]
    done = subprocess.run(
        program, input=json.dumps(formulas), capture_output=True, check=True, text=True
    )
    assert done.stderr == ""
    found: list[str] = json.loads(done.stdout)
    return found


@cache
def formulas(name: str) -> tuple[str, ...]:
    """The formulas of a page, each once."""
    solution = tracer.solve(tracer.load(ROOT / "examples" / f"{name}.toml"))
    found = re.findall(r"<math\b.*?</math>", solution.render("html"), re.DOTALL)
    return tuple(dict.fromkeys(found))


@pytest.mark.parametrize("name", PAGES)
def test_nothing_of_a_formula_goes_unsaid(name: str) -> None:
    page = formulas(name)
    for formula, words in zip(page, heard(page, "clearspeak"), strict=True):
        assert words.strip(), formula
        assert "undefined" not in words
        assert words.count("partial differential") == formula.count("∂"), words
        derivatives = len(re.findall("<mfrac [^>]*data-id=", formula))
        assert words.count("fraction with numerator partial") == derivatives, words
        together = re.sub(r"(?<=\d) (?=\d)", "", words)  # digits are heard in groups
        for number in re.findall(r"<mn>(\d+[.,]\d+)</mn>", formula):
            assert number in together or number.replace(",", " comma ") in words, words
        if 'class="lines"' in formula and "matrix" not in formula:
            lines = formula.count("<mtr")
            assert words.startswith(f"{lines} lines Line 1: "), words


def test_a_chain_is_heard_factor_by_factor() -> None:
    """Also by the other rules, which read a raised index as what it is: raised."""
    (chain,) = [f for f in formulas("deck") if '<mtd><mfrac data-id="dloss/dw1[1,2]"' in f]
    clear, math = heard([chain], "clearspeak")[0], heard([chain], "mathspeak")[0]
    factors = re.findall(r"numerator partial differential (\S+) .*?denominator", clear)
    # the gradient, its five factors, and the two that the second link still names
    assert factors == ["MSE", "MSE", "l", "p", "l", "p", "MSE", "l"]
    assert "equals the sum over" in clear
    assert clear.endswith("equals 1.332")
    assert "w Subscript 1 comma 2 Superscript 1" in math
