"""Sheets: the question without the answers, and the blank answer file that `check` reads."""

from __future__ import annotations

from tracer.answers.files import MOST_ANSWERS, MOST_KEYS
from tracer.errors import Fault, InputError, did_you_mean
from tracer.marking.asked import asked
from tracer.problem import AnyProblem
from tracer.renderers import FORMATS as DOCUMENTS
from tracer.renderers import Job, render
from tracer.sheets.blank import as_csv, as_toml
from tracer.sheets.notebook import as_notebook
from tracer.sheets.page import sheet_page, unsolved

# format: the endings that mean it
FORMATS: dict[str, tuple[str, ...]] = {
    **{name: DOCUMENTS[name] for name in ("text", "latex", "markdown")},
    "toml": (".toml",),
    "csv": (".csv",),
    "ipynb": (".ipynb",),
}


def sheet(
    problem: AnyProblem,
    to: str = "text",
    *,
    source: str | None = None,
    flavour: str = "github",
    width: int = 80,
) -> str:
    """A sheet in the format ``to``.

    ``text``, ``latex`` and ``markdown`` are the question with blanks; ``toml`` and ``csv`` the
    blank answer file; ``ipynb`` a notebook with both, for which ``source`` is the problem's TOML.
    """
    if to not in FORMATS:
        known = ", ".join(FORMATS)
        message = f"no format {to!r}; use one of {known}{did_you_mean(to, FORMATS)}"
        raise InputError(Fault("to", message, argument=True))
    worked = unsolved(problem)
    names = asked(worked.problem, worked.trace)
    most = MOST_KEYS if to == "toml" else MOST_ANSWERS
    if to not in DOCUMENTS and len(names) > most:
        instead = "; csv may have more" if to == "toml" else ""
        message = f"{len(names):,} answers are asked for; {to} is read up to {most:,}{instead}"
        raise InputError(Fault("to", message, argument=True))
    if to == "toml":
        return as_toml(worked, names)
    if to == "csv":
        return as_csv(worked, names)
    if to == "ipynb":
        if source is None:
            message = "the TOML of the problem is needed, which the notebook holds"
            raise InputError(Fault("source", message, argument=True))
        return as_notebook(worked, names, source)
    page = sheet_page(worked, names)
    return render(to, Job(worked, page, flavour=flavour, width=width))
