"""The domain ``tracer``: roles for single values, and the problem of a document."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any, ClassVar

from docutils import nodes
from sphinx.domains import Domain
from sphinx.util.docutils import SphinxDirective, SphinxRole

from tracer.errors import Fault, InputError, TracerError, did_you_mean, printable
from tracer.sphinx.checked import Checked
from tracer.sphinx.derivation import Derivation
from tracer.sphinx.desk import EXAMPLE, Desk, Given, given_problem, note_problem, written_here
from tracer.sphinx.faults import box, told

_OPTIONS = ("digits", "significant", "steps", "notation")


class Quantity(SphinxRole):
    """A quantity in running text; ``form`` is what is written of it."""

    def __init__(self, form: str) -> None:
        super().__init__()
        self.form = form

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """The value, or the words that asked for it where it can't be had."""
        try:
            return [self._node()], []
        except TracerError as error:
            messages = told(error, self.env.docname, self.lineno)
            text = f"{self.text} ({'; '.join(messages)})"
            return [nodes.problematic(self.rawtext, text)], []

    def _node(self) -> nodes.Node:
        problem, name, options = _asked(self.text)
        given = given_problem(self.env, problem)
        desk: Desk = self.env.domains["tracer"].desk  # type: ignore[attr-defined]
        found = desk.quantity(given, name, options)
        text = found[self.form]
        if text is None:
            message = f"{name} is irrational; tracer:value has its decimals"
            raise InputError(Fault(f":tracer:{self.form}:", message))
        if self.form in ("symbol", "equation"):
            return nodes.math(text, text, mathml=found["mathml"][self.form])
        return nodes.inline(text, text, classes=["tracer-value"])


def _asked(text: str) -> tuple[str | None, str, dict[str, str]]:
    """The problem, if one is named, the quantity, and the options after it."""
    words = text.split()
    problem = None
    if len(words) > 1 and (words[0].endswith(".toml") or words[0].startswith(EXAMPLE)):
        problem = words.pop(0)
    options = {}
    while len(words) > 1 and "=" in words[-1]:
        name, _, value = words.pop().partition("=")
        if name not in _OPTIONS:
            hint = did_you_mean(name, _OPTIONS) or f"; there are {', '.join(_OPTIONS)}"
            raise InputError(
                Fault(printable(name, 40), f"there is no such option here{hint}", argument=True)
            )
        options[name] = value
    return problem, " ".join(words), options


class CurrentProblem(SphinxDirective):
    """The problem of the rest of the document: a file, or the content."""

    has_content = True
    optional_arguments = 1
    final_argument_whitespace = True

    def run(self) -> list[nodes.Node]:
        """Nothing on the page."""
        try:
            note_problem(self.env, self._given())
        except TracerError as error:
            return [box(told(error, self.env.docname, self.lineno))]
        return []

    def _given(self) -> str | Given:
        if bool(self.arguments) == bool(self.content):
            message = "needs a file or the problem as its content, one of both"
            raise InputError(Fault("tracer:problem", message))
        if self.arguments:
            name: str = self.arguments[0]
            given_problem(self.env, name)  # a file that is not there is told here, once
            return name
        return written_here(self)


class Tracer(Domain):
    """Roles and directives named ``tracer:…``; all state is in the cache."""

    name = "tracer"
    label = "Backpropagation"
    roles: ClassVar[dict[str, Any]] = {
        form: Quantity(form) for form in ("value", "exact", "symbol", "equation")
    }
    directives: ClassVar[dict[str, Any]] = {
        "problem": CurrentProblem,
        "derivation": Derivation,
        "checked": Checked,
    }

    @cached_property
    def desk(self) -> Desk:
        """Where solutions are asked for."""
        return Desk(self.env)

    def resolve_any_xref(self, *_: Any, **__: Any) -> list[tuple[str, nodes.reference]]:
        """Nothing here is a target; equations are the math domain's."""
        return []

    def merge_domaindata(self, docnames: Sequence[str], otherdata: dict[str, Any]) -> None:  # type: ignore[override]
        """Nothing is kept of documents."""
