"""JSON: every quantity with its id, its LaTeX and its value. Versioned by ``schema``."""

from __future__ import annotations

import json
from typing import Any

from tracer.derivation.quantity import addressed
from tracer.policy import Numbers
from tracer.printing import Value
from tracer.renderers import Job
from tracer.typeset import LatexPrinter

SCHEMA = 1


def render(job: Job) -> str:
    """The quantities as JSON: ``{"schema": 1, "quantities": [{"id", "latex", "value", …}]}``.

    ``value`` is rounded as printed, ``exact`` is a fraction in lowest terms (null where the value
    is irrational or, after many steps, too long), ``uses`` lists the ids that the rule reads.
    """
    solved = job.solved
    printer = LatexPrinter(solved.symbols, 0)
    names = job.ids or solved.stated
    quantities = [_quantity(job, printer, name, solved.values[name]) for name in names]
    document = {
        "schema": SCHEMA,
        "title": solved.problem.title,
        "notation": solved.symbols.notation.name,
        "numbers": _numbers(solved.problem.numbers),
        "quantities": quantities,
    }
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def _numbers(numbers: Numbers) -> dict[str, Any]:
    """The policy, and to what values are rounded."""
    significant = numbers.significant is not None
    found: dict[str, Any] = {
        "policy": numbers.policy,
        "significant" if significant else "digits": numbers.precision.count,
    }
    for name, kinds in (
        ("digits_of", numbers.digits_of),
        ("significant_of", numbers.significant_of),
    ):
        if kinds:
            found[name] = dict(kinds)
    return found


def _quantity(job: Job, printer: LatexPrinter, name: str, value: Value) -> dict[str, Any]:
    return {
        "id": name,
        "latex": printer.line(addressed(job.solved, name)),
        "value": job.solved.decimal(name),
        "exact": None if value.exact is None else str(value.exact),
        "uses": list(job.solved.trace.rule(name).uses),
    }
