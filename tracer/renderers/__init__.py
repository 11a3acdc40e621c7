"""Formats: blocks in, a document out. One short module and one template per format.

To add a format, add a module with ``render(job) -> str``, a template, and a row here; its name
also stands in :mod:`tracer.cli`, which must not load this package to print its help.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
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
    replace the built-in templates of the same name.
    """

    solved: Worked
    page: Page
    ids: tuple[str, ...] = ()
    fragment: bool = False
    flavour: str = "github"
    width: int = 80
    templates: Path | None = None


# format: the endings that mean it
FORMATS: dict[str, tuple[str, ...]] = {
    "text": (".txt",),
    "latex": (".tex",),
    "markdown": (".md", ".markdown"),
    "html": (".html", ".htm"),
    "typst": (".typ",),
    "pdf": (".pdf",),
    "json": (".json",),
}


# those that show pictures
PICTURED = frozenset(("latex", "html", "typst", "pdf"))


def format_of(path: Path, formats: Mapping[str, Sequence[str]] = FORMATS) -> str:
    """The one of ``formats`` that a file's ending stands for. Raises InputError if none does."""
    for name, endings in formats.items():
        if path.suffix.lower() in endings:
            return name
    known = ", ".join(ending for endings in formats.values() for ending in endings)
    raise InputError(
        Fault(str(path), f"no format has the ending {path.suffix!r}; use one of {known}, or --to")
    )


@overload
def render(name: Literal["pdf"], job: Job) -> bytes: ...  # type: ignore[overload-overlap]
@overload
def render(name: str, job: Job) -> str: ...
def render(name: str, job: Job) -> str | bytes:
    """The document in the format ``name``, of which pdf alone is bytes.

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
    # imported only now: each run pays for its own format alone
    renderer: Callable[[Job], str | bytes] = import_module(f"tracer.renderers.{name}").render
    return renderer(job)
