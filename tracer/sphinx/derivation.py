"""The directive ``derivation``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.util.docutils import SphinxDirective

from tracer.embedding import OPTIONS
from tracer.embedding.given import Given
from tracer.errors import Fault, InputError, TracerError, did_you_mean, printable
from tracer.sphinx import mathml
from tracer.sphinx.desk import Desk, given_problem, written_here
from tracer.sphinx.faults import box, told
from tracer.sphinx.writing import HEADINGS, Writer

_OWN = ("label", "number", "headings", "caption", "name", "alt", "class")


class _AnyOption(dict[str, Callable[[str | None], str]]):
    """Every option is read, so that those that do not exist are told in our words."""

    def __missing__(self, name: str) -> Callable[[str | None], str]:
        return lambda text: text or ""

    def __contains__(self, name: object) -> bool:
        return True

    def get(self, name: str, default: Any = None) -> Any:
        return self[name]


class Derivation(SphinxDirective):
    """A worked solution, or a part of one."""

    has_content = True
    optional_arguments = 1
    final_argument_whitespace = True
    option_spec: ClassVar[Any] = _AnyOption(dict.fromkeys(OPTIONS, directives.unchanged))

    def run(self) -> list[nodes.Node]:
        """The blocks as nodes, or a box with what is wrong."""
        given = None
        try:
            self._check()
            given = self._given()
            desk: Desk = self.env.domains["tracer"].desk  # type: ignore[attr-defined]
            wanted = {name: text for name, text in self.options.items() if name in OPTIONS}
            blocks = desk.blocks(given, wanted)
            found = Writer(self).written(blocks)
            if mathml.is_wanted(self.config):
                mathml.attach(found, mathml.latex_of(blocks), desk.mathml(given, wanted))
            return found
        except TracerError as error:
            block = self.block_text
            return [box(told(error, self.env.docname, self.lineno, block, given))]

    def _check(self) -> None:
        """Options that are none of ours, or have no such value."""
        known = (*OPTIONS, *_OWN)
        faults = []
        for name in self.options:
            if name not in known:
                hint = did_you_mean(name, known) or f"; there are {', '.join(known)}"
                message = f"there is no such option{hint}"
                faults.append(Fault(printable(name, 40), message, argument=True))
        headings = self.options.get("headings", HEADINGS[0]).strip()
        if headings not in HEADINGS:
            message = f"must be one of {', '.join(HEADINGS)}{did_you_mean(headings, HEADINGS)}"
            faults.append(Fault("headings", message, argument=True))
        if faults:
            raise InputError(*faults)

    def _given(self) -> Given:
        if self.content:
            if self.arguments:
                message = "has a file and content; a problem is one or the other"
                raise InputError(Fault("derivation", message))
            return written_here(self)
        return given_problem(self.env, self.arguments[0] if self.arguments else None)
