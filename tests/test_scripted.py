"""Symbols in what a check says of an equation, as characters."""

from __future__ import annotations

import pytest

from tracer.typeset.text import scripted


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("∂MSE/∂w_{1,2}^1 is 1.332: l_1^0 is used", "∂MSE/∂w₁,₂¹ is 1.332: l₁⁰ is used"),
        ("0.5 - 0.01 \\cdot 0.38 comes to 0.4962", "0.5 - 0.01·0.38 comes to 0.4962"),
        ("z_{12}^{2}", "z₁₂²"),
        # what has no such characters stays as it is
        ("W_{12}^{[1]} and W_xh", "W₁₂^{[1]} and W_xh"),
        ("w_{h1}, target_1", "w_{h1}, target₁"),
        ("2^10 and x^12 and \\cdots", "2^10 and x^12 and \\cdots"),
        ("my_file_name ^1", "my_file_name ^1"),
    ],
)
def test_scripted(words: str, said: str) -> None:
    assert scripted(words) == said
