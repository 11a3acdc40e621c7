"""Every figure that the slides print, and which of them are wrong: examples/submissions/deck.md."""

from __future__ import annotations

_HIDDEN = ["1.5", "1.1", "2.3", "1.9", "1.7"]
_OUTPUTS = ["1.1", "0.94", "1.42", "1.26", "1.18"]
_NEW = {
    "l1[1]": ["0.99804", "0.59804", "1.74988", "1.34988", "1.17396"],
    "l1[2]": ["1.34412", "0.94412", "1.99964", "1.59964", "1.47188"],
    "l2[1]": ["0.79875", "0.69555", "0.97066", "0.86746", "0.83311"],
}
AS_PRINTED = (
    {f"l1[{j}]({n})": value for j in (1, 2) for n, value in enumerate(_HIDDEN, 1)}
    | {f"l2[1]({n})": value for n, value in enumerate(_OUTPUTS, 1)}
    | {
        "loss": "1.65",
        "dloss/dw2[1,1]": "7.1",
        "dloss/dw2[1,2]": "7.1",
        "dloss/db2[1]": "3.8",
        "dloss/dw1[1,1]": "1.204",
        "dloss/dw1[1,2]": "1.204",
        "dloss/dw1[2,1]": "3.612",
        "dloss/dw1[2,2]": "3.612",
        "dloss/db1[1]": "0.38",
        "dloss/db1[2]": "1.14",
        "1/w2[1,1]": "0.029",
        "1/w2[1,2]": "0.229",
        "1/b2[1]": "0.462",
        "1/w1[1,1]": "0.08796",
        "1/w1[1,2]": "0.28796",
        "1/w1[2,1]": "0.06388",
        "1/w1[2,2]": "0.26388",
        "1/b1[1]": "0.0462",
        "1/b1[2]": "0.4886",
        "1/loss": "0.84569",
    }
    | {f"1/{name}({n})": value for name, row in _NEW.items() for n, value in enumerate(row, 1)}
)
FAULTS = ("dloss/dw1[1,2]", "dloss/dw1[2,2]", "1/b1[1]")
_FIRST, _SECOND = FAULTS[0::2], FAULTS[1:2]
# what follows from which of the faults
FOLLOWING = (
    {"1/w1[1,2]": FAULTS[:1], "1/w1[2,2]": _SECOND}
    | {f"1/l1[1]({n})": _FIRST for n in range(1, 6)}
    | {f"1/l1[2]({n})": _SECOND for n in range(1, 6)}
    | {f"1/l2[1]({n})": FAULTS for n in range(1, 6)}
    | {"1/loss": FAULTS}
)
