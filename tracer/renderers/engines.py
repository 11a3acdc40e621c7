"""PDF from a page's source: Typst as a Python package, or a TeX engine that is installed.

Without a choice it is Typst, on every machine: which programs happen to be installed never changes
what a command writes. A TeX engine works in a folder of its own, can run no program and write
nowhere else, and writes the same bytes for the same page.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from tracer.errors import Fault, InputError, did_you_mean, printable
from tracer.renderers import Job

TEX_ENGINES = ("pdflatex", "lualatex", "tectonic")
ENGINES = ("typst", *TEX_ENGINES)
# a page takes a second or two; tectonic downloads what it needs when it first runs
_SECONDS = {"pdflatex": 120, "lualatex": 120, "tectonic": 900}
# a page that refers to itself settles after two or three runs
_MOST_RUNS = 4
_INSTALL = 'pip install "derivation-tracer[pdf]"'
# "! message" or "./page.tex:12: message", and after it "l.12 …" where it stands
_ERROR = re.compile(r"^(?:! |(?:error: )?(?:\./)?page\.tex:(?P<line>\d+): )(?P<message>.*)", re.M)
_LINE = re.compile(r"^l\.(\d+) ", re.M)
_NO_FILE = re.compile(r"File [`'](?P<name>[^']+)' not found")


@dataclass(frozen=True, slots=True)
class Source:
    """How a page is written for an engine, and the template that it goes through."""

    render: Callable[[Job], str]
    template: str


def pdf(job: Job, typst: Source, tex: Source) -> bytes:
    """The page as PDF, by the engine that the job asks for.

    Raises InputError where the engine is not there, or refuses the page.
    """
    if job.fragment:
        raise InputError(Fault("fragment", "is for text that is included; a pdf is whole", True))
    engine = job.engine or ENGINES[0]
    if engine not in ENGINES:
        known = ", ".join(ENGINES)
        message = f"no engine {engine!r}; use one of {known}{did_you_mean(engine, ENGINES)}"
        raise InputError(Fault("engine", message, argument=True))
    return _by_tex(engine, job, tex) if engine in TEX_ENGINES else _by_typst(job, typst)


def _by_typst(job: Job, source: Source) -> bytes:
    try:
        import typst
    except ImportError:
        raise InputError(Fault("pdf", _no_typst())) from None
    text = source.render(job)
    try:
        # without a time stamp the same problem gives the same file
        found, _ = typst.compile_with_warnings(text.encode(), format="pdf", timestamp=0)
    except typst.TypstError as error:
        if job.templates is None:
            raise
        raise _refused(job, source, str(error)) from None
    assert isinstance(found, bytes)
    return found


def _no_typst() -> str:
    found = _installed()
    with_tex = f"--engine {found[0]}, which is installed" if found else f"--engine {_listed()}"
    rest = "" if found else ", where one of them is installed"
    return (
        f"a PDF is set by the package typst, which is not installed: {_INSTALL}; or by TeX, with "
        f"{with_tex}{rest}"
    )


def _by_tex(engine: str, job: Job, source: Source) -> bytes:
    program = shutil.which(engine)
    if program is None:
        found = _installed()
        verb = "is" if len(found) == 1 else "are"
        there = f"installed {verb} {_listed(found, 'and')}" if found else ""
        instead = there or f"install it, or one of {_listed()}"
        message = (
            f"{engine} is not installed; {instead}; without TeX a PDF is set by the package "
            f"typst: {_INSTALL}"
        )
        raise InputError(Fault("engine", message, argument=True))
    text = source.render(job)
    with tempfile.TemporaryDirectory(prefix="tracer-") as name:
        folder = Path(name)
        (folder / "page.tex").write_text(text, encoding="utf-8", newline="\n")
        command = [program, *_arguments(engine, text, job.templates)]
        auxiliary = None
        for _ in range(1 if engine == "tectonic" else _MOST_RUNS):
            fault = _run(engine, command, folder, job.templates)
            if fault:
                raise _refused(job, source, fault)
            before, auxiliary = auxiliary, _auxiliary(folder)
            if auxiliary == before:
                break
        return (folder / "page.pdf").read_bytes()


def _arguments(engine: str, text: str, templates: Path | None) -> list[str]:
    if engine == "tectonic":
        own = [] if templates is None else ["-Z", f"search-path={templates.resolve()}"]
        return [
            *("-X", "compile", "--untrusted", "--keep-logs", "--outdir", "."),
            *("-Z", "deterministic-mode", *own, "page.tex"),
        ]
    common = ["-interaction=nonstopmode", "-halt-on-error", "-file-line-error", "-no-shell-escape"]
    if engine == "lualatex":
        # its own identifier of the file would depend on the folder
        mark = sha256(text.encode()).hexdigest()[:32]
        start = rf"\pdfvariable trailerid{{[<{mark}> <{mark}>]}}\input{{page.tex}}"
        return [*common, "-jobname=page", start]
    return [*common, "page.tex"]


def _run(engine: str, command: Sequence[str], folder: Path, templates: Path | None) -> str:
    """Run an engine once: "", or what it complains of."""
    # SOURCE_DATE_EPOCH stands for the time, which would be in the file; messages are not broken
    more = {"SOURCE_DATE_EPOCH": "0", "FORCE_SOURCE_DATE": "1"}
    more |= {"openout_any": "p", "max_print_line": "10000"}
    if templates is not None:  # a template may input files beside it; the last is the usual place
        places = (".", str(templates.resolve()), os.environ.get("TEXINPUTS", ""))
        more["TEXINPUTS"] = os.pathsep.join(places)
    limit = _SECONDS[engine]
    try:
        code, output = _finished(command, folder, os.environ | more, limit)
    except subprocess.TimeoutExpired:
        return f"{engine} is not done after {limit} seconds"
    except OSError as error:
        return f"{engine} can't be run: {error.strerror}"
    if code == 0 and _is_pdf(folder / "page.pdf"):
        return ""
    return _complaint(engine, output.decode(errors="replace"))


def _finished(
    command: Sequence[str], folder: Path, environment: Mapping[str, str], limit: float
) -> tuple[int, bytes]:
    """The status and the output of a program; where it is stopped, so is all that it has started.

    An engine may be a script around the real one, which would go on.
    """
    with subprocess.Popen(  # noqa: S603 - a fixed list of arguments, and no shell
        command,
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    ) as process:
        try:
            output, _ = process.communicate(timeout=limit)
        except BaseException:
            if sys.platform == "win32":
                process.kill()
            else:
                os.killpg(process.pid, signal.SIGKILL)
            raise
        return process.returncode, output


def _is_pdf(path: Path) -> bool:
    """Whether a file is a whole PDF: it starts, and it ends, as one does."""
    if path.is_symlink() or not path.is_file():
        return False
    data = path.read_bytes()
    return data.startswith(b"%PDF-") and b"%%EOF" in data[-1024:]


def _complaint(engine: str, output: str) -> str:
    """The first error in an engine's output, on one line."""
    if missing := _NO_FILE.search(output):
        name = missing["name"]
        return (
            f"{engine} has no {name}; install the package of TeX that it is in (in Debian, "
            "texlive-latex-recommended and texlive-pictures)"
        )
    if found := _ERROR.search(output):
        line = found["line"]
        if line is None and (place := _LINE.search(output, found.end())):
            line = place[1]
        where = f" at line {line} of the page in LaTeX" if line else ""
        return f"{engine} stops{where}: {printable(found['message'].strip())}"
    last = [line for line in output.splitlines() if line.strip()][-1:]
    return f"{engine} fails" + (f": {printable(last[0])}" if last else "")


def _refused(job: Job, source: Source, reason: str) -> InputError:
    """An engine refuses a page; with a template of the user's, that is where to look."""
    own = job.templates / source.template if job.templates else None
    if own is not None and own.is_file():
        return InputError(Fault(str(own), f"the template cannot be used: {printable(reason)}"))
    return InputError(Fault("pdf", reason))


def _auxiliary(folder: Path) -> dict[str, bytes]:
    """What a run has left for the next one."""
    others = (path for path in folder.iterdir() if path.suffix not in (".pdf", ".log", ".tex"))
    return {path.name: path.read_bytes() for path in others if path.is_file()}


def _installed() -> list[str]:
    return [engine for engine in TEX_ENGINES if shutil.which(engine)]


def _listed(names: Sequence[str] = TEX_ENGINES, word: str = "or") -> str:
    *others, last = names
    return f"{', '.join(others)} {word} {last}" if others else last
