"""Derivations in MkDocs and Zensical: a fence of ``pymdownx.superfences``, a value in a sentence.

In ``mkdocs.yml``::

    markdown_extensions:
      - pymdownx.superfences:
          custom_fences:
            - name: derivation
              class: tracer
              format: !!python/name:tracer.mkdocs.derivation
              validator: !!python/name:tracer.mkdocs.options
      - pymdownx.inlinehilite:
          custom_inline:
            - name: tracer
              class: tracer
              format: !!python/name:tracer.mkdocs.value

A fault stops the build of Zensical, and that of MkDocs with ``--strict``; where it does not, and
while a site is served, it is shown in a box on the page and in the terminal.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from html import escape
from pathlib import Path
from typing import Any

from markdown import Markdown
from pymdownx.inlinehilite import InlineHiliteException
from pymdownx.superfences import SuperFencesException

from tracer.embedding import Cache, Solver, parse
from tracer.embedding.fragment import fault_box, fragment, joining
from tracer.embedding.fragment import value as value_of
from tracer.embedding.given import Given, given
from tracer.embedding.quantity import asked
from tracer.embedding.solver import loaded
from tracer.errors import Fault, InputError, TracerError, printable

# below "mkdocs", whose handler counts warnings for --strict
_LOG = logging.getLogger("mkdocs.tracer")
# of the process: each page has a Markdown instance of its own, and the tools tell us of no build
_SOLVER = Solver()


@dataclass(frozen=True, slots=True)
class _Page:
    """The page that is built: its ``file``, the folder of the site's configuration, and by what."""

    file: Path
    root: Path
    host: str
    watched: frozenset[Path] | None = None

    @property
    def name(self) -> str:
        return str(
            self.file.relative_to(self.root) if self.root in self.file.parents else self.file
        )


def options(
    language: str,
    inputs: Mapping[str, Any],
    options: dict[str, Any],
    attrs: dict[str, Any],
    md: Markdown,
) -> bool:
    """Take every option of a fence: `derivation` refuses those that don't exist, and says so.

    What a validator refuses would stand in the page as it is written.
    """
    options.update(inputs)
    return True


def derivation(
    source: str,
    language: str,
    class_name: str,
    options: Mapping[str, Any],
    md: Markdown,
    **kwargs: Any,
) -> str:
    """The HTML of a fence whose text is the path of a problem file, or the problem as TOML."""
    wanted = {name: str(text) for name, text in {**options, **kwargs.get("attrs", {})}.items()}

    def make(problem: Given) -> str:
        return fragment(_SOLVER.solve(loaded(problem), parse(wanted)))

    page = _page(md)
    try:
        html = _answer(page, source, {"fence": wanted}, make)
    except TracerError as error:
        return _fault(md, page, source, error, SuperFencesException)
    classes = " ".join(dict.fromkeys((class_name, "tracer", *kwargs.get("classes", ()))))
    own = f' id="{escape(kwargs["id_value"])}"' if kwargs.get("id_value") else ""
    return joining(f'<div class="{escape(classes)}"{own}>\n{html}</div>', _earlier(md))


def value(source: str, language: str, class_name: str, md: Markdown) -> str:
    """The HTML of ``#!tracer PROBLEM ID`` between backticks: the value as it is printed."""
    page = _page(md)
    try:
        path, name, options = asked(source)

        def make(problem: Given) -> str:
            request = replace(parse(options), only=(name,))
            return value_of(_SOLVER.solve(loaded(problem), request))

        html = _answer(page, path, {"value": name, "options": options}, make)
    except TracerError as error:
        return _fault(md, page, source, error, InlineHiliteException)
    return f'<span class="{escape(class_name)}-value" title="{escape(name)}">{html}</span>'


def _answer(
    page: _Page, source: str, wanted: Mapping[str, Any], make: Callable[[Given], str]
) -> str:
    problem = given(source, page.file.parent)
    _check_watched(page, problem)
    key = {**wanted, "name": problem.name, "text": problem.text}
    found = Cache(page.root / ".cache" / "tracer").get(key, lambda: make(problem))
    assert isinstance(found, str)
    return found


def _page(md: Markdown) -> _Page:
    """The page that is built, from what each tool leaves in its Markdown instance."""
    if "relpath" in md.treeprocessors:  # MkDocs
        links: Any = md.treeprocessors["relpath"]
        root = Path(links.config.config_file_path or "mkdocs.yml").resolve().parent
        return _Page(Path(links.config.docs_dir) / links.file.src_uri, root, "mkdocs")
    if "rendering_context" in md.preprocessors:  # Zensical
        context: Any = md.preprocessors["rendering_context"]
        root = Path(context.config["root_dir"]).resolve()
        watched = frozenset(Path(path) for path, _ in context.config["watched_files"])
        file = root / context.config["docs_dir"] / context.page.path
        return _Page(file, root, "zensical", watched)
    here = Path.cwd()
    return _Page(here / "page", here, "")


def _check_watched(page: _Page, problem: Given) -> None:
    """Zensical keeps pages, and would not see that a problem has changed unless it is told to."""
    if page.watched is None or problem.file is None:
        return
    path = problem.file.resolve()
    if path not in page.watched:
        folder = path.relative_to(page.root).parent if page.root in path.parents else path.parent
        message = f"Zensical would not notice when it changes; add watch: [{folder}]"
        raise InputError(Fault(printable(problem.name), f"{message} to the site's configuration"))


def _earlier(md: Markdown) -> list[str]:
    """What other extensions have put aside for this page."""
    return [block for block in md.htmlStash.rawHtmlBlocks if isinstance(block, str)]


def _fault(
    md: Markdown, page: _Page, source: str, error: TracerError, stop: type[Exception]
) -> str:
    """Report what is wrong as the tool that builds the page can: never in silence."""
    first = source.strip().partition("\n")[0]
    message = f"{page.name}: in the block {printable(first, 60)!r}:\n{error}"
    if page.host == "mkdocs":
        _LOG.warning(message)
    elif page.host == "zensical" and "serve" in sys.argv[1:2]:  # what is raised would end it
        print(message, file=sys.stderr)
    else:
        raise stop(message) from None
    return joining(fault_box(message), _earlier(md))
