"""The keys of answer files beside ids, as data.

``id = value`` is all that is needed. What saves writing:

- An id without its indices is a list: ``w1 = [[…], …]`` has a row for each neuron of layer 1,
  ``l1 = [[…], …]`` a row for each sample, ``"l1(2)" = […]`` is that of sample 2.
- A table stands for what its ids have in common: `SECTIONS`.
- ``[[layers]]`` and ``[[samples]]`` hold what belongs to one layer or sample: `OF_LAYER`,
  `OF_SAMPLE`.

An empty text, ``"?"``, dots or null are not answered.
"""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Section:
    """A table of answers: all are derivatives of the loss by what is named, or of a later step."""

    gradient: bool = False
    steps: int = 0


# a table named by a number is that of the values after so many steps
SECTIONS = {
    "answers": Section(),
    "forward": Section(),
    "gradients": Section(gradient=True),
    "updated": Section(steps=1),
}
LAYERS, SAMPLES = "layers", "samples"

# what a key of [[layers]] stands for: {loss} is the loss's name, {i} the layer's number
OF_LAYER = {
    "weights": "1/w{i}",
    "biases": "1/b{i}",
    "slopes": "1/a{i}",
    "weight_gradients": "d{loss}/dw{i}",
    "bias_gradients": "d{loss}/db{i}",
    "slope_gradients": "d{loss}/da{i}",
}
# a key of [[samples]]: {n} is the sample; with {i} there is a list for each layer
OF_SAMPLE = {
    "outputs": "l{last}({n})",
    "pre_activations": "p{i}({n})",
    "activations": "l{i}({n})",
    "deltas": "d{loss}/dp{i}({n})",
    "loss": "{loss}({n})",
}
# JSON as `solve --to json` writes it: a list of tables with "id" and "value", and these beside it
SCHEMA, QUANTITIES = "schema", "quantities"
BESIDE_QUANTITIES = ("title", "notation", "numbers")
# what a text that is not answered consists of: nothing, ? or the dots of a sheet
_BLANKS = " \t\n?.…"
_DOTS = re.compile(r"\\[lc]?dots(?![a-zA-Z])")


def is_answered(value: object) -> bool:
    """Whether a value says anything: null does not, nor what is left blank."""
    if not isinstance(value, str):
        return value is not None
    said = value.strip(_BLANKS)
    return bool(said) and (said[0] != "\\" or bool(_DOTS.sub("", said).strip(_BLANKS)))
