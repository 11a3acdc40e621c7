"""Where the extension asks: problems by what documents call them, and answers by content."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tracer.api import Solution
from tracer.embedding import Cache, Request, Solver, parse
from tracer.embedding.given import EXAMPLE, Given, example
from tracer.embedding.portable import WIDTH, portable, quantity
from tracer.embedding.solver import loaded
from tracer.errors import Fault, InputError, printable
from tracer.graph_problem import GraphProblem
from tracer.source import read_text
from tracer.sphinx import mathml

if TYPE_CHECKING:
    from sphinx.environment import BuildEnvironment
    from sphinx.util.docutils import SphinxDirective

_HERE = "tracer:problem"


class Desk:
    """Answers for the documents of one build, kept in the folder of the doctrees."""

    def __init__(self, env: BuildEnvironment) -> None:
        self.cache = Cache(Path(env.doctreedir) / "tracer")
        self.solver = Solver()
        self.notation: str | None = env.config.tracer_notation
        self.digits: int | None = env.config.tracer_digits

    def blocks(self, given: Given, options: Mapping[str, str]) -> list[dict[str, Any]]:
        """The blocks of a solution, as `tracer.embedding.portable` has them."""
        request = parse(options)
        found: list[dict[str, Any]] = self.cache.get(
            self._asked(given, options),
            lambda: portable(self._solution(given, request), WIDTH),
        )
        return found

    def mathml(self, given: Given, options: Mapping[str, str]) -> list[str]:
        """The MathML of each formula of these blocks."""
        request = parse(options)
        found: list[str] = self.cache.get(
            self._asked(given, options) | {"as": "mathml"},
            lambda: mathml.formulas(self._solution(given, request), WIDTH),
        )
        return found

    def quantity(self, given: Given, name: str, options: Mapping[str, str]) -> dict[str, Any]:
        """A quantity's ``value`` in words, ``exact``, and ``symbol`` and ``equation`` in LaTeX.

        ``mathml`` has the last two in MathML.
        """
        request = replace(parse(options), only=(name,))

        def make() -> dict[str, Any]:
            solution = self._solution(given, request)
            return quantity(solution) | {"mathml": mathml.of_quantity(solution)}

        asked = self._asked(given, options) | {"quantity": name}
        found: dict[str, Any] = self.cache.get(asked, make)
        return found

    def _asked(self, given: Given, options: Mapping[str, str]) -> dict[str, Any]:
        own = {"notation": self.notation, "digits": self.digits}
        return {"problem": given.text, "options": dict(options), "defaults": own, "width": WIDTH}

    def _solution(self, given: Given, request: Request) -> Solution:
        problem = loaded(given)
        if request.notation is None and not isinstance(problem, GraphProblem):
            request = replace(request, notation=self.notation)
        if request.digits is None and request.significant is None:
            request = replace(request, digits=self.digits)
        return self.solver.solve(problem, request)


def written_here(directive: SphinxDirective) -> Given:
    """The problem that is the content of a directive."""
    start = directive.content.offset(0)
    if not start:  # MyST counts from the line that begins the directive
        start = directive.lineno + directive.content_offset
    name = f"{directive.env.docname} (problem)"
    return Given(name, "\n".join(directive.content), line=start)


def note_problem(env: BuildEnvironment, name: str | Given) -> None:
    """Take a problem as that of the rest of the document."""
    env.temp_data[_HERE] = name


def given_problem(env: BuildEnvironment, name: str | None) -> Given:
    """A problem by its name, or that of the document, or of the configuration.

    Raises InputError where there is none, or it can't be read.
    """
    found = name or env.temp_data.get(_HERE) or env.config.tracer_problem
    if isinstance(found, Given):
        return found
    if not found:
        raise InputError(
            Fault(
                "problem",
                "none is named; name a file, or set one with the directive tracer:problem or with "
                "tracer_problem in conf.py",
                argument=True,
            )
        )
    if not name and not env.temp_data.get(_HERE):
        found = "/" + found.removeprefix("/") if not found.startswith(EXAMPLE) else found
    path, shown = _place(env, found)
    env.note_dependency(str(path))  # also of a file that is not there yet
    if not path.exists():
        raise InputError(Fault(shown, "there is no such file"))
    return Given(shown, read_text(path)[1], path)


def _place(env: BuildEnvironment, name: str) -> tuple[Path, str]:
    """Where a problem file is, and what messages call it."""
    if shipped := example(name):
        return shipped, name
    relative, absolute = env.relfn2path(name)
    return Path(absolute), printable(relative)


_IN_TEXT = re.compile(r"(.*):(\d+):(\d+)")


def line_of(fault: Fault, given: Given) -> int | None:
    """The line of the document that a fault of a problem in it is at."""
    match = _IN_TEXT.fullmatch(fault.where)
    if given.line is None or match is None or match[1] != given.name:
        return None
    return given.line + int(match[2])
