"""What sets a PDF: Typst, a real pdflatex and lualatex, and a tectonic that notes its arguments."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import time
from pathlib import Path
from typing import NoReturn

import pytest
from click.testing import CliRunner, Result

import tracer
from tests.conftest import need, need_module
from tests.test_latex import flat
from tests.test_typst import printed
from tracer import cli
from tracer.commands import solve
from tracer.renderers import engines

BOTH = 'pip install "derivation-tracer[pdf]"'


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli.cli, ["solve", *arguments])


def deck() -> tracer.Solution:
    return tracer.solve(tracer.load(tracer.DECK))


def program(folder: Path, name: str, script: str) -> None:
    """A program of this name, written in Python."""
    path = folder / name
    path.write_text(f"#!{sys.executable}\n{script}", encoding="utf-8")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)


def test_the_names_of_engines_are_those_of_the_command_line() -> None:
    assert engines.ENGINES == solve.ENGINES


@pytest.mark.parametrize("engine", ["pdflatex", "lualatex"])
def test_an_engine_sets_the_page_and_twice_the_same(engine: str, tmp_path: Path) -> None:
    need(engine)
    target = tmp_path / "solution.pdf"
    result = run("-o", str(target), "--engine", engine)
    assert (result.exit_code, result.output) == (0, "")
    data = target.read_bytes()
    text = flat(printed(data, tmp_path))
    for number in ("1.65", "1.332", "3.996", "0.4962", "0.84862"):
        assert number in text
    assert deck().render("pdf", engine=engine) == data
    command = [need("pdfinfo"), str(tmp_path / "page.pdf")]
    shown = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert {"pdflatex": "pdfTeX", "lualatex": "LuaTeX"}[engine] in shown


def test_slides_are_beamer_where_tex_sets_them(tmp_path: Path) -> None:
    need("pdflatex")
    tex, typst = (deck().render("slides", engine=name) for name in ("pdflatex", "typst"))
    assert deck().render("slides") == typst
    texts = [flat(printed(data, tmp_path)) for data in (tex, typst)]
    for text in texts:
        assert text.startswith("DeepLearning:Question")
        assert "0.84862" in text


def test_typst_is_what_sets_a_pdf_unless_another_is_asked_for() -> None:
    need_module("typst")
    assert deck().render("pdf") == deck().render("pdf", engine="typst")


def test_tectonic_gets_what_keeps_it_safe_and_alike(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program(
        tmp_path,
        "tectonic",
        "import os, sys, pathlib\n"
        f"here = pathlib.Path({str(tmp_path)!r})\n"
        "(here / 'arguments').write_text('\\n'.join(sys.argv[1:]))\n"
        "(here / 'page.tex').write_text(pathlib.Path('page.tex').read_text())\n"
        "(here / 'time').write_text(os.environ['SOURCE_DATE_EPOCH'])\n"
        "(here / 'folder').write_text(os.getcwd())\n"
        "pathlib.Path('page.pdf').write_bytes(b'%PDF-1.5 of tectonic %%EOF')\n",
    )
    monkeypatch.setenv("PATH", str(tmp_path))
    assert deck().render("pdf", engine="tectonic") == b"%PDF-1.5 of tectonic %%EOF"
    arguments = (tmp_path / "arguments").read_text().split("\n")
    assert arguments[:3] == ["-X", "compile", "--untrusted"]
    assert arguments[-3:] == ["-Z", "deterministic-mode", "page.tex"]
    assert (tmp_path / "page.tex").read_text() == deck().render("latex")
    assert (tmp_path / "time").read_text() == "0"
    assert not Path((tmp_path / "folder").read_text()).exists()


def test_tex_runs_no_program_and_writes_nowhere_else(tmp_path: Path) -> None:
    need("pdflatex")
    outside = tmp_path / "outside"
    templates = tmp_path / "templates"
    templates.mkdir()
    (templates / "latex.tex").write_text(
        "\\documentclass{article}\\begin{document}\n"
        f"\\immediate\\write18{{touch {outside}}}x\n\\end{{document}}\n",
        encoding="utf-8",
    )
    assert deck().render("pdf", engine="pdflatex", templates=templates).startswith(b"%PDF")
    assert not outside.exists()
    (templates / "latex.tex").write_text(
        "\\documentclass{article}\\begin{document}\n\\newwrite\\w"
        f"\\immediate\\openout\\w={outside}\\immediate\\write\\w{{x}}x\n\\end{{document}}\n",
        encoding="utf-8",
    )
    with pytest.raises(tracer.InputError, match="the template cannot be used"):
        deck().render("pdf", engine="pdflatex", templates=templates)
    assert not outside.exists()


def test_a_template_of_ones_own_inputs_files_beside_it_and_refers_to_itself(
    tmp_path: Path,
) -> None:
    need("pdflatex")
    (tmp_path / "own-macros.tex").write_text("\\def\\hello{Hello from beside}", encoding="utf-8")
    (tmp_path / "latex.tex").write_text(
        "\\documentclass{article}\\input{own-macros}\\begin{document}\n"
        "\\hello. It ends on page (\\pageref{end}).\\newpage x\\label{end}\n\\end{document}\n",
        encoding="utf-8",
    )
    data = deck().render("pdf", engine="pdflatex", templates=tmp_path)
    text = printed(data, tmp_path)
    assert "Hello from beside. It ends on page (2)." in text


def test_a_template_that_tex_refuses_is_told_with_its_line(tmp_path: Path) -> None:
    need("pdflatex")
    (tmp_path / "latex.tex").write_text(
        "\\documentclass{article}\n\\begin{document}\n\\nonsense\n\\end{document}\n",
        encoding="utf-8",
    )
    target = tmp_path / "solution.pdf"
    result = run("-o", str(target), "--engine", "pdflatex", "--templates", str(tmp_path))
    assert (result.exit_code, result.stderr) == (
        2,
        f"error: {tmp_path}/latex.tex: the template cannot be used: pdflatex stops at line 3 of "
        "the page in LaTeX: Undefined control sequence.\n",
    )
    assert not target.exists()
    (tmp_path / "latex.tex").write_text(
        "\\documentclass{nowhere}\n\\begin{document}x\\end{document}\n", encoding="utf-8"
    )
    result = run("-o", str(target), "--engine", "pdflatex", "--templates", str(tmp_path))
    assert "pdflatex has no nowhere.cls; install the package of TeX" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--to", "html", "--engine", "typst"], "is for pdf and slides; the format here is html"),
        (["--engine", "pdflatex"], "is for pdf and slides; the format here is text"),
        (["--to", "beamer", "--engine", "pdflatex"], "the format here is beamer"),
    ],
)
def test_an_engine_for_what_none_sets_is_refused(arguments: list[str], message: str) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert result.stderr.startswith("error: --engine: ")
    assert message in result.stderr


def test_the_api_refuses_the_same() -> None:
    with pytest.raises(tracer.InputError, match="engine: is for pdf and slides"):
        deck().render("html", engine="typst")
    with pytest.raises(tracer.InputError, match=r'no engine .* did you mean "pdflatex"'):
        deck().render("pdf", engine="pdflatx")
    with pytest.raises(tracer.InputError, match="fragment: is for text"):
        deck().render("slides", fragment=True)  # type: ignore[call-overload]


def test_an_engine_that_is_not_there_is_told_with_both_ways(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    target = tmp_path / "solution.pdf"
    result = run("-o", str(target), "--engine", "lualatex")
    assert (result.exit_code, result.stderr) == (
        2,
        "error: --engine: lualatex is not installed; install it, or one of pdflatex, lualatex or "
        f"tectonic; without TeX a PDF is set by the package typst: {BOTH}\n",
    )
    program(tmp_path, "pdflatex", "")
    result = run("-o", str(target), "--engine", "lualatex")
    assert "lualatex is not installed; installed is pdflatex; without TeX" in result.stderr
    program(tmp_path, "tectonic", "")
    result = run("-o", str(target), "--engine", "lualatex")
    assert "installed are pdflatex and tectonic; without TeX" in result.stderr
    assert not target.exists()


def test_without_typst_an_engine_that_is_installed_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is named and not taken: the same command writes the same file everywhere."""
    monkeypatch.setitem(sys.modules, "typst", None)
    monkeypatch.setenv("PATH", str(tmp_path))
    program(tmp_path, "lualatex", "")
    result = run("--to", "slides")
    assert (result.exit_code, result.stderr) == (
        2,
        "error: pdf: a PDF is set by the package typst, which is not installed: "
        f"{BOTH}; or by TeX, with --engine lualatex, which is installed\n",
    )


def test_an_engine_that_hangs_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program(tmp_path, "pdflatex", "import time\ntime.sleep(60)")
    monkeypatch.setenv("PATH", os.pathsep.join((str(tmp_path), os.environ["PATH"])))
    monkeypatch.setitem(engines._SECONDS, "pdflatex", 0.5)
    with pytest.raises(tracer.InputError, match=r"pdflatex is not done after 0\.5 seconds"):
        deck().render("pdf", engine="pdflatex")


@pytest.mark.parametrize(
    "script",
    [
        "open('page.pdf', 'w').write('garbage')",
        "open('page.pdf', 'w').write('')",
        "open('page.pdf', 'w').write('%PDF-1.5 and no end')",
        "import os; os.symlink('/etc/passwd', 'page.pdf')",
        "import os; os.mkdir('page.pdf')",
    ],
)
def test_what_is_no_whole_pdf_is_not_written(
    script: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program(tmp_path, "pdflatex", script)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    target = tmp_path / "out" / "a.pdf"
    target.parent.mkdir()
    result = run("-o", str(target), "--engine", "pdflatex")
    assert (result.exit_code, result.stderr) == (2, "error: pdf: pdflatex fails\n")
    assert not list(target.parent.iterdir())


@pytest.mark.parametrize("stop", [subprocess.TimeoutExpired, KeyboardInterrupt])
def test_what_an_engine_has_started_is_ended_with_it(
    stop: type[BaseException], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    alive = tmp_path / "alive"
    child = f"import time; time.sleep(3); open({str(alive)!r}, 'w')"
    program(
        tmp_path,
        "pdflatex",
        f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}])",
    )
    command = [str(tmp_path / "pdflatex")]
    if stop is KeyboardInterrupt:
        monkeypatch.setattr(subprocess.Popen, "communicate", lambda *_, **__: interrupted())
    started = time.monotonic()
    with pytest.raises(stop):
        engines._finished(command, tmp_path, os.environ, 1)
    time.sleep(max(0.0, started + 5 - time.monotonic()))
    assert not alive.exists()


def interrupted() -> NoReturn:
    time.sleep(1)  # until the child runs
    raise KeyboardInterrupt


def test_slides_take_the_endings_of_their_formats(tmp_path: Path) -> None:
    result = run("--to", "beamer", "-o", str(tmp_path / "slides.tex"))
    assert (result.exit_code, result.output) == (0, "")
    assert r"{beamer}" in (tmp_path / "slides.tex").read_text(encoding="utf-8")
    result = run("--to", "beamer", "-o", str(tmp_path / "slides.html"))
    assert result.exit_code == 2
    assert "name the file" in result.stderr
    assert "slides.tex" in result.stderr
