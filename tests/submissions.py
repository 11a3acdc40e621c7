"""Submissions to the slides' problem that reports are tried on, from all right to nothing right."""

from __future__ import annotations

from tests.deck_answers import AS_PRINTED

# what the slides should say where they are wrong: shared facts of their errata
_RIGHT = {
    "dloss/dw1[1,2]": "1.332",
    "dloss/dw1[2,2]": "3.996",
    "1/w1[1,2]": "0.28668",
    "1/w1[2,2]": "0.26004",
    "1/b1[1]": "0.4962",
    "1/loss": "0.84862",
}
_NEW = {
    "l1[1]": ["1.4442", "1.04676", "2.19348", "1.79604", "1.62012"],
    "l1[2]": ["1.3326", "0.94028", "1.98044", "1.58812", "1.46036"],
    "l2[1]": ["0.80905", "0.70768", "0.97913", "0.87776", "0.84341"],
}
GOOD = (
    AS_PRINTED
    | _RIGHT
    | {f"1/{name}({n})": value for name, row in _NEW.items() for n, value in enumerate(row, 1)}
)
# the forward pass and a little more: one sign, one value that can't be read, a name that is none
HALF = {name: GOOD[name] for name in list(GOOD)[:16]} | {
    "l1[2](3)": "2,3 or so",
    "l2[1](2)": "0.9",
    "dloss/dw2[1,1]": "-7.1",
    "dloss/dw9[1,1]": "3",
    "1/w2[1,1]": "0.171",
}
HOPELESS = {name: f"{37 + 7 * at}.5" for at, name in enumerate(GOOD)}
HOSTILE = {
    "tags": "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "attribute": '" onmouseover="alert(1)',
    "entity": "&lt;b&gt; &#60;",
    "link": "[x](javascript:alert(1)) ](javascript:alert(1))",
    "image": "![x](https://example.org/x.png)",
    "address": "https://example.org www.example.org a@example.org",
    "bars": "1 | 2 \\| 3",
    "ticks": "` `` ``` `$ x $`",
    "ansi": "\x1b[31mred\x1b[0m\x1b]0;title\x07",
    "bidi": "1.2\u202e3.4\u2066 \u200b\u2028",
    "formula": "=cmd|' /C calc'!A0",
    "plus": "+1+1",
    "at": "@SUM(1)",
    "minus": "-2+3",
    "latex": "\\input{/etc/passwd} \\end{document} %",
    "maths": "$`x`$ $$y$$ \\(z\\)",
    "lines": "1\n# heading\n\n- list\r\n> quote\n```\n",
    "comment": "--><!--tracer-->",
    "template": "<< title >> <% raw %> {{ 7*7 }}",
    "null": "1\x002",
}
