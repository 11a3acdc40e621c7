"""What a shell completes arguments to.

Nothing heavy is imported before it is asked for.
"""

from __future__ import annotations

import click

from tracer import DECK
from tracer.errors import TracerError


def quantities(context: click.Context, _: click.Parameter, incomplete: str) -> list[str]:
    """Gradients and parameters of the problem on the command line."""
    from tracer import ids
    from tracer.graph_problem import GraphProblem
    from tracer.loading import load

    try:
        problem = load(context.params.get("problem") or DECK)
    except TracerError:
        return []
    if isinstance(problem, GraphProblem):
        gradients = [ids.partial(problem.output, name) for name in problem.wrt]
        return [n for n in gradients if n.startswith(incomplete)]
    names = problem.parameter_names
    learning = (f"dloss/d{name}" for name in names if name not in problem.frozen)
    return [n for n in (*learning, *names) if n.startswith(incomplete)]


def parts(_: click.Context, __: click.Parameter, incomplete: str) -> list[str]:
    """Parts of the full page."""
    from tracer.schema import PARTS

    return [name for name in PARTS if name.startswith(incomplete)]


def examples(_: click.Context, __: click.Parameter, incomplete: str) -> list[str]:
    """Names of examples."""
    from tracer.starters import names

    return [name for name in names() if name.startswith(incomplete)]
