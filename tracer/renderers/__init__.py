"""Formats: blocks in, a document out. One short module and one template per format.

To add a format, add a module with ``render(job) -> str``, a template, and a row here; its name
also stands in :mod:`tracer.commands.solve`, which must not load this package to print its help.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Literal, overload

from tracer.blocks import Page
from tracer.errors import Fault, InputError, did_you_mean
from tracer.solved import Worked

FLAVOURS = ("github", "pandoc", "myst")


@dataclass(frozen=True, slots=True)
class Job:
    """What a renderer gets: the page, what it was made from, and the options of formats.

    ``fragment``: the body alone, without what makes it a document of its own. ``flavour``: how
    Markdown marks its maths. ``width``: the line length of plain text, in characters.
    ``ids``: the quantities asked for, or empty for all. ``templates``: a folder whose files
    replace the built-in templates of the same name. ``engine``: what sets a PDF, one of
    ``engines.ENGINES``; None for the usual one. ``options``: what `api.solve` was told.
    """

    solved: Worked
    page: Page
    ids: tuple[str, ...] = ()
    fragment: bool = False
    flavour: str = "github"
    width: int = 80
    templates: Path | None = None
    engine: str | None = None
    options: Mapping[str, object] = field(default_factory=dict)


# format: the endings that mean it; an ending of several stands for the first
FORMATS: dict[str, tuple[str, ...]] = {
    "text": (".txt",),
    "latex": (".tex",),
    "markdown": (".md", ".markdown"),
    "html": (".html", ".htm"),
    "typst": (".typ",),
    "pdf": (".pdf",),
    "json": (".json",),
    "beamer": (".tex",),
    "typst-slides": (".typ",),
    "slides": (".pdf",),
    "ipynb": (".ipynb",),
    "svg": (".svg",),
    "tikz": (".tikz",),
}
# those that an engine sets, which are bytes
SET = ("pdf", "slides")


# those that show pictures
PICTURED = frozenset(("latex", "html", "typst", "pdf", "beamer", "typst-slides", "slides", "ipynb"))


def no_plots(name: str) -> str:
    """What is wrong with asking for the plots alone in a format, or "" where nothing is."""
    # the cells of a notebook are those of the solution
    pictured = PICTURED.difference(("ipynb",)).union(("svg", "tikz"))
    known = [other for other in FORMATS if other in pictured]
    if name in known or name not in FORMATS:
        return ""
    formats = ", ".join(known)
    return f"{name} can't show plots alone; name a file such as plots.html, or use one of {formats}"


def format_of(path: Path, formats: Mapping[str, Sequence[str]] = FORMATS) -> str:
    """The one of ``formats`` that a file's ending stands for. Raises InputError if none does."""
    for name, endings in formats.items():
        if path.suffix.lower() in endings:
            return name
    known = ", ".join(dict.fromkeys(end for endings in formats.values() for end in endings))
    raise InputError(
        Fault(str(path), f"no format has the ending {path.suffix!r}; use one of {known}, or --to")
    )


@overload
def render(  # type: ignore[overload-overlap]
    name: Literal["pdf", "slides"], job: Job
) -> bytes: ...
@overload
def render(name: str, job: Job) -> str: ...
def render(name: str, job: Job) -> str | bytes:
    """The document in the format ``name``; those in `SET` are bytes.

    Raises InputError where there is no such format.
    """
    if name not in FORMATS:
        known = ", ".join(FORMATS)
        raise InputError(
            Fault(
                "to",
                f"no format {name!r}; use one of {known}{did_you_mean(name, FORMATS)}",
                argument=True,
            )
        )
    if job.flavour not in FLAVOURS:
        raise InputError(
            Fault(
                "flavour",
                f"no flavour {job.flavour!r}; use one of {', '.join(FLAVOURS)}",
                argument=True,
            )
        )
    if job.engine is not None and name not in SET:
        raise InputError(Fault("engine", no_engine(name), argument=True))
    # imported only now: each run pays for its own format alone
    module = import_module(f"tracer.renderers.{name.replace('-', '_')}")
    renderer: Callable[[Job], str | bytes] = module.render
    return renderer(job)


def no_engine(name: str) -> str:
    """What is wrong with an engine for a format that none sets."""
    return f"is for {' and '.join(SET)}; the format here is {name}"
