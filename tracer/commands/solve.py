"""``tracer solve``: the worked solution of a problem, in any format."""

from __future__ import annotations

from pathlib import Path

import click

from tracer import DECK
from tracer.commands.shared import check_ending, fault, output_option, told
from tracer.completion import parts, quantities
from tracer.errors import InputError
from tracer.terminal import FILE_WIDTH, line_width, progress_bar, setting, write

# the names of formats, flavours and views; a test keeps them equal to those of their own modules,
# which would load SymPy
FORMATS = (
    "text",
    "latex",
    "markdown",
    "html",
    "typst",
    "pdf",
    "json",
    "beamer",
    "typst-slides",
    "slides",
    "ipynb",
    "svg",
    "tikz",
)
FLAVOURS = ("github", "pandoc", "myst")
VIEWS = ("auto", "paths", "deltas", "matrix", "function")
DETAILS = ("brief", "slides", "full")
ENGINES = ("typst", "pdflatex", "lualatex", "tectonic")


@click.command(
    epilog="""\b
Examples:
  tracer solve                                  the slides' network, here
  tracer solve deck.toml -o deck.tex            a LaTeX article
  tracer solve deck.toml -o deck.md             Markdown for GitHub
  tracer solve deck.toml --to slides -o deck.pdf  slides; --to beamer writes their LaTeX
  tracer solve deck.toml --plot -o plots.html   plots of the loss and of the outputs
  tracer solve deck.toml --only "dloss/dw1[1,2]"  one derivation
  tracer solve deck.toml --to json | jq .       all values, for a program
"""
)
@click.argument("problem", required=False, type=click.Path())
@output_option("Write to FILE; its ending chooses the format. - is standard output.")
@click.option("--to", "format_", type=click.Choice(FORMATS), help="Format (default: text).")
@click.option(
    "--only",
    multiple=True,
    metavar="ID",
    shell_complete=quantities,
    help="Only the derivation of this quantity, such as dloss/dw1[1,2] or w_{1,2}^1. Repeatable.",
)
@click.option(
    "--notation", metavar="NAME", help="Notation, such as nielsen (default: the problem's)."
)
@click.option(
    "--view",
    "views",
    multiple=True,
    metavar="VIEW",
    shell_complete=lambda _context, _option, text: [v for v in VIEWS if v.startswith(text)],
    help="Gradients as sums over paths, by deltas, all in matrix form, or as functions without "
    "numbers; auto takes deltas above four paths (default: the problem's). matrix and function are "
    "pages of their own, without --detail and --show. Write ID=VIEW for a single gradient. "
    "Repeatable.",
)
@click.option(
    "--detail",
    type=click.Choice(DETAILS),
    help="The answers alone, as on the slides, or with every part (default: the problem's). With "
    "the views auto, paths and deltas.",
)
@click.option(
    "--show",
    multiple=True,
    metavar="PART",
    shell_complete=parts,
    help="Show a part of the full page: check, givens, paths and so on. Repeatable.",
)
@click.option(
    "--hide", multiple=True, metavar="PART", shell_complete=parts, help="Leave a part out."
)
@click.option("--digits", type=int, metavar="N", help="Print at most N decimals.")
@click.option(
    "--significant", type=int, metavar="N", help="Print at most N significant figures instead."
)
@click.option("--steps", type=int, metavar="N", help="Take N steps of gradient descent.")
@click.option(
    "--print", "printed", metavar="N,N,…", help="Print these steps in full, as in 1,100,10000."
)
@click.option("--plot", is_flag=True, help="The plots alone, in a format with pictures.")
@click.option("--fragment", is_flag=True, help="The body alone, to be included in a document.")
@click.option(
    "--flavour",
    type=click.Choice(FLAVOURS),
    help="Whose Markdown (default: github).",
)
@click.option(
    "--templates",
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="Take templates from DIR where it has a file of the built-in one's name.",
)
@click.option(
    "--engine",
    type=click.Choice(ENGINES),
    help="What sets a pdf or slides: the package typst (default), or a TeX engine, from LaTeX.",
)
def solve(
    problem: str | None,
    output: Path | None,
    format_: str | None,
    only: tuple[str, ...],
    notation: str | None,
    views: tuple[str, ...],
    detail: str | None,
    show: tuple[str, ...],
    hide: tuple[str, ...],
    digits: int | None,
    significant: int | None,
    steps: int | None,
    printed: str | None,
    plot: bool,
    fragment: bool,
    flavour: str | None,
    templates: Path | None,
    engine: str | None,
) -> None:
    """Solve PROBLEM and print the worked solution.

    PROBLEM is a TOML file, or - for standard input; left out, it is the slides' network.
    """
    with told():
        from tracer import api
        from tracer.loading import load, with_changes
        from tracer.renderers import FORMATS as ENDINGS
        from tracer.renderers import format_of

        chosen = format_ or (format_of(output) if output else "text")
        check_ending(format_, output, ENDINGS)
        _check_options(chosen, fragment, flavour, templates, detail, show, hide, engine)
        if plot:
            _check_plot(chosen, only, detail, show, hide)
        loaded = load(DECK if problem is None else problem if problem == "-" else Path(problem))
        loaded = with_changes(
            loaded,
            digits=digits,
            significant=significant,
            steps=steps,
            printed=_numbers(printed),
            notation=notation,
        )
        with progress_bar(loaded) as progress:
            view, own = _views(views)
            solution = api.solve(
                loaded,
                only=only,
                view=view,
                views=own,
                detail=detail,
                show=show,
                hide=hide,
                progress=progress,
            )
            solution = solution.plots if plot else solution
            with setting(engine):
                document = solution.render(
                    chosen,
                    fragment=fragment,
                    flavour=flavour or FLAVOURS[0],
                    width=FILE_WIDTH if output else line_width(),
                    templates=templates,
                    engine=engine,
                )
        write(output, document)


def _numbers(text: str | None) -> list[int] | None:
    """Whole numbers with commas between them."""
    if text is None:
        return None
    parts = [part.strip() for part in text.split(",")]
    wrong = next((part for part in parts if not (part.isascii() and part.isdigit())), None)
    if wrong is not None:
        raise InputError(
            fault("printed", f"must be steps such as 1,100,10000; {wrong[:20]!r} is none")
        )
    return [int(part[:10]) for part in parts]


def _views(words: tuple[str, ...]) -> tuple[str | None, dict[str, str]]:
    """The view of the page, the last that is given, and those of single gradients."""
    view, own = None, {}
    for word in words:
        name, equals, rest = word.rpartition("=")
        if equals and not name.strip():
            message = (
                f"{word!r} names no gradient; write ID=VIEW, or {rest.strip() or 'VIEW'} for all"
            )
            raise InputError(fault("view", message))
        if equals:
            own[name.strip()] = rest.strip()
        else:
            view = word
    return view, own


def _check_plot(
    format_: str,
    only: tuple[str, ...],
    detail: str | None,
    show: tuple[str, ...],
    hide: tuple[str, ...],
) -> None:
    """Refuse what can't be meant where the plots stand alone."""
    from tracer.renderers import no_plots

    faults = []
    if missing := no_plots(format_):
        faults.append(fault("plot", missing))
    for option, value in (("only", only), ("detail", detail), ("show", show), ("hide", hide)):
        if value:
            faults.append(fault(option, "is for the page; with --plot there are the plots alone"))
    if faults:
        raise InputError(*faults)


def _check_options(
    format_: str,
    fragment: bool,
    flavour: str | None,
    templates: Path | None,
    detail: str | None,
    show: tuple[str, ...],
    hide: tuple[str, ...],
    engine: str | None,
) -> None:
    """Refuse options that would do nothing, instead of ignoring them."""
    from tracer.renderers import SET, no_engine

    faults = []
    if engine and format_ not in SET:
        faults.append(fault("engine", no_engine(format_)))
    if flavour and format_ != "markdown":
        faults.append(fault("flavour", f"is for markdown; the format here is {format_}"))
    if fragment and format_ == "ipynb":
        faults.append(fault("fragment", "is for text that is included; a notebook is whole"))
    if fragment and format_ == "json":
        faults.append(fault("fragment", "is for documents; json has no such part"))
    for option, value in (("detail", detail), ("show", show), ("hide", hide)):
        if value and format_ == "json":
            faults.append(fault(option, "is for documents; json has all values as it is"))
    if templates is not None:
        from tracer.renderers.document import template_names

        names = template_names()
        if not templates.is_dir():
            faults.append(fault("templates", f"{templates} is not a directory"))
        elif not any((templates / name).is_file() for name in names):
            known = ", ".join(names)
            faults.append(fault("templates", f"{templates} has no template; names are {known}"))
    if faults:
        raise InputError(*faults)
