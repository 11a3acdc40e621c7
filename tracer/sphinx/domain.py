"""The domain ``tracer``: roles for single values, and the problem of a document."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any, ClassVar

from docutils import nodes
from sphinx.domains import Domain
from sphinx.util.docutils import SphinxDirective, SphinxRole

from tracer.embedding.given import Given
from tracer.embedding.quantity import FORMS, FORMULAS, asked_here, in_form
from tracer.errors import Fault, InputError, TracerError
from tracer.sphinx.checked import Checked
from tracer.sphinx.derivation import Derivation
from tracer.sphinx.desk import Desk, given_problem, note_problem, written_here
from tracer.sphinx.faults import box, told


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
        problem, name, options = asked_here(self.text)
        given = given_problem(self.env, problem)
        desk: Desk = self.env.domains["tracer"].desk  # type: ignore[attr-defined]
        found = desk.quantity(given, name, options)
        text = in_form(found, self.form, name, f":tracer:{self.form}:")
        if self.form in FORMULAS:
            return nodes.math(text, text, mathml=found["mathml"][self.form])
        return nodes.inline(text, text, classes=["tracer-value"])


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
    roles: ClassVar[dict[str, Any]] = {form: Quantity(form) for form in FORMS}
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
