"""Worked backpropagation for small neural networks, written out as a lecturer would.

>>> import tracer
>>> solution = tracer.solve(tracer.load(tracer.DECK))
>>> solution["dloss/dw1[1,2]"].value
Decimal('1.332')
>>> solution["1/loss"].exact
Fraction(6629877942113, 7812500000000)
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tracer.api import Solution, SolvedQuantity, solve
    from tracer.checking import Checker, Report, check
    from tracer.errors import Fault, InputError, NotSupported, TracerError
    from tracer.graph_problem import GraphProblem
    from tracer.loading import load
    from tracer.problem import Problem

__version__ = "0.1.0"

# where each public name lives; imported on first use, since SymPy takes a third of a second
_HOMES = {
    "Checker": "tracer.checking",
    "Fault": "tracer.errors",
    "InputError": "tracer.errors",
    "NotSupported": "tracer.errors",
    "GraphProblem": "tracer.graph_problem",
    "Problem": "tracer.problem",
    "Report": "tracer.checking",
    "Solution": "tracer.api",
    "SolvedQuantity": "tracer.api",
    "TracerError": "tracer.errors",
    "check": "tracer.checking",
    "load": "tracer.loading",
    "solve": "tracer.api",
}

__all__ = [
    "DECK",
    "EXAMPLES",
    "Checker",
    "Fault",
    "GraphProblem",
    "InputError",
    "NotSupported",
    "Problem",
    "Report",
    "Solution",
    "SolvedQuantity",
    "TracerError",
    "__version__",
    "check",
    "load",
    "solve",
]


def _examples() -> Path:
    package = Path(__file__).resolve().parent
    shipped = package / "examples"
    return shipped if shipped.exists() else package.parent / "examples"


# problem files that ship with the package
EXAMPLES = _examples()
# the problem of the slides, which `tracer solve` without arguments solves
DECK = EXAMPLES / "deck.toml"


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
