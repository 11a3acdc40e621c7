"""PDF, set by the Typst package from the page as Typst; no TeX is needed."""

from __future__ import annotations

from tracer.errors import Fault, InputError
from tracer.renderers import Job, typst

_MISSING = (
    "a PDF is set by the package typst, which is not installed: pip install "
    '"derivation-tracer[pdf]"; or write LaTeX, as with -o solution.tex, and run pdflatex'
)


def render(job: Job) -> bytes:
    """The page as PDF. Raises InputError where the typst package is missing or refuses."""
    if job.fragment:
        raise InputError(Fault("fragment", "is for text that is included; a pdf is whole", True))
    try:
        import typst as compiler
    except ImportError:
        raise InputError(Fault("pdf", _MISSING)) from None
    source = typst.render(job)
    try:
        # without a time stamp the same problem gives the same file
        found, _ = compiler.compile_with_warnings(source.encode(), format="pdf", timestamp=0)
    except compiler.TypstError as error:
        if job.templates is None:
            raise
        message = f"the template cannot be used: {error}"
        raise InputError(Fault(f"{job.templates}/page.typ", message)) from None
    assert isinstance(found, bytes)
    return found
