"""JSON: every quantity with its id, its LaTeX and its value. Versioned by ``schema``."""

from __future__ import annotations

import json
from typing import Any

from tracer.derivation.quantity import addressed
from tracer.renderers import Job
from tracer.typeset import LatexPrinter
from tracer.values import Value

SCHEMA = 1


def render(job: Job) -> str:
    """The quantities as JSON: ``{"schema": 1, "quantities": [{"id", "latex", "value", …}]}``.

    ``value`` is rounded as printed, ``exact`` is a fraction in lowest terms (null where the value
    is irrational or, after many steps, too long), ``uses`` lists the ids that the rule reads.
    """
    solved = job.solved
    printer = LatexPrinter(solved.symbols, 0)
    names = job.ids or tuple(solved.values)
    quantities = [_quantity(job, printer, name, solved.values[name]) for name in names]
    document = {
        "schema": SCHEMA,
        "title": solved.problem.title,
        "notation": solved.symbols.notation.name,
        "numbers": {
            "policy": solved.problem.numbers.policy,
            "digits": solved.problem.numbers.digits,
        },
        "quantities": quantities,
    }
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def _quantity(job: Job, printer: LatexPrinter, name: str, value: Value) -> dict[str, Any]:
    return {
        "id": name,
        "latex": printer.line(addressed(job.solved, name)),
        "value": value.decimal(job.solved.problem.numbers.digits),
        "exact": None if value.exact is None else str(value.exact),
        "uses": list(job.solved.trace.rule(name).uses),
    }
