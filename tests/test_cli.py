"""The command line as its users meet it: results, files, and plain words for what is wrong."""

from __future__ import annotations

import fcntl
import io
import json
import os
import pty
import re
import stat
import struct
import subprocess
import sys
import termios
from contextlib import suppress
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import tracer
from tests.conftest import ROOT
from tracer import cli, renderers, schema
from tracer.commands import solve

DECK = str(ROOT / "examples" / "deck.toml")


def run(*arguments: str, stdin: str | None = None) -> Result:
    return CliRunner().invoke(cli.cli, list(arguments), input=stdin, prog_name="tracer")


def refused(result: Result) -> str:
    """The message of a run that was refused: status 2, nothing printed, no traceback."""
    assert result.exit_code == 2
    assert result.stdout == ""
    assert "Traceback" not in result.stderr
    return result.stderr


def test_without_arguments_the_deck_is_solved() -> None:
    result = run("solve")
    assert result.exit_code == 0
    assert result.stdout == (ROOT / "tests/golden/deck.txt").read_text(encoding="utf-8")


def test_json_has_the_figures_of_the_errata() -> None:
    document = json.loads(run("solve", "--to", "json").stdout)
    assert document["schema"] == 1
    quantities = {q["id"]: q for q in document["quantities"]}
    assert quantities["dloss/dw1[1,2]"]["value"] == "1.332"
    assert quantities["dloss/dw1[2,2]"]["value"] == "3.996"
    assert quantities["1/b1[1]"]["value"] == "0.4962"
    assert quantities["1/loss"]["value"] == "0.84862"
    assert quantities["1/loss"]["exact"] == "6629877942113/7812500000000"
    assert quantities["dloss/dw1[1,2]"]["latex"] == (
        r"\frac{\partial \mathrm{MSE}}{\partial w_{1,2}^1}"
    )


@pytest.mark.parametrize(
    "spelling",
    [
        "dloss/dw1[1,2]",
        "0/dloss/dw1[1,2]",
        r"\frac{\partial \mathrm{MSE}}{\partial w_{1,2}^1}",
        r"$\dfrac{\partial MSE}{\partial w^1_{1,2}}$",
        "∂MSE/∂w₁,₂¹",
    ],
)
def test_one_quantity_in_any_spelling(spelling: str) -> None:
    result = run("solve", DECK, "--only", spelling)
    assert result.exit_code == 0
    assert result.stdout.endswith("= 0.1·[0.2·3 - 0.12·1 + 0.84·5 + 0.52·3 + 2.36·3] = 1.332\n\n")
    assert result.stdout.count("∂MSE/∂w₁,₂¹ =") == 1


def test_a_sample_can_be_left_out_where_there_is_one() -> None:
    path = str(ROOT / "examples" / "two-outputs.toml")
    short, long = (run("solve", path, "--only", name).stdout for name in ("l1[2]", "l1[2](1)"))
    assert short == long != ""


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("dloss/dw1[1,3]", 'did you mean "dloss/dw1[1,2]"?'),
        ("l1[2]", "say of which sample, from 1 to 5, such as l1[2](1)"),
        ("7/loss", "the problem has no step 7; its last is 1"),
        ("1/dloss/dw1[1,1]", "no gradient is computed after the last step, 1"),
        ("__import__('os')", "no such quantity"),
        ("w" * 10_000, "no such quantity"),
        ("\x1b[2J", "no such quantity"),
        ("", "no such quantity"),
    ],
)
def test_an_unknown_quantity_is_explained(name: str, words: str) -> None:
    message = refused(run("solve", "--only", name))
    assert words in message
    assert "\x1b" not in message
    assert len(message) < 1000


def test_all_unknown_quantities_are_named_at_once() -> None:
    message = refused(run("solve", "--only", "w9[1,1]", "--only", "loss", "--only", "q"))
    assert "w9[1,1]" in message
    assert "\nerror: q: " in message


def test_a_file_from_its_ending(tmp_path: Path) -> None:
    starts = {".tex": "\\documentclass", ".md": "# ", ".json": "{", ".txt": "Deep"}
    for ending, start in starts.items():
        target = tmp_path / f"page{ending}"
        result = run("solve", "-o", str(target))
        assert (result.exit_code, result.output) == (0, "")
        assert target.read_text(encoding="utf-8").startswith(start)
    assert len(list(tmp_path.iterdir())) == 4  # no temporary file is left


def test_an_unknown_ending_is_refused(tmp_path: Path) -> None:
    message = refused(run("solve", "-o", str(tmp_path / "page.docx")))
    assert "'.docx'" in message
    assert "--to" in message
    assert list(tmp_path.iterdir()) == []


def test_slides_in_a_tex_file_are_beamer() -> None:
    message = refused(run("solve", "--to", "slides", "-o", "talk.tex"))
    assert message.endswith("or name the file talk.pdf; slides in LaTeX are --to beamer\n")


def test_a_dash_is_standard_output_and_input() -> None:
    text = Path(DECK).read_text(encoding="utf-8")
    result = run("solve", "-", "-o", "-", "--to", "markdown", stdin=text)
    assert result.stdout == (ROOT / "tests/golden/deck.md").read_text(encoding="utf-8")


def test_a_file_is_replaced_whole_or_not_at_all(tmp_path: Path) -> None:
    target = tmp_path / "page.tex"
    target.write_text("mine", encoding="utf-8")
    refused(run("solve", "--only", "nothing", "-o", str(target)))
    assert target.read_text(encoding="utf-8") == "mine"
    target.chmod(0o640)
    assert run("solve", "-o", str(target)).exit_code == 0
    assert stat.S_IMODE(target.stat().st_mode) == 0o640
    assert target.read_text(encoding="utf-8") != "mine"


def test_a_link_keeps_pointing_where_it_does(tmp_path: Path) -> None:
    real, link = tmp_path / "real.md", tmp_path / "link.md"
    real.write_text("old", encoding="utf-8")
    link.symlink_to(real)
    assert run("solve", "-o", str(link)).exit_code == 0
    assert link.is_symlink()
    assert real.read_text(encoding="utf-8").startswith("# ")


@pytest.mark.parametrize("place", ["missing/page.tex", "folder.tex", "file.txt/page.tex"])
def test_a_place_that_cannot_be_written(tmp_path: Path, place: str) -> None:
    (tmp_path / "folder.tex").mkdir()
    (tmp_path / "file.txt").write_text("", encoding="utf-8")
    message = refused(run("solve", "-o", str(tmp_path / place)))
    assert str(tmp_path / place) in message
    assert {p.name for p in tmp_path.iterdir()} == {"folder.tex", "file.txt"}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("layers = 3", "<stdin>:1:"),
        ("[[layers]\n", "<stdin>:1:"),
        ('title = "x"\nlayer = []\n', 'did you mean "layers"?'),
    ],
)
def test_bad_input_names_line_and_column(text: str, words: str) -> None:
    assert words in refused(run("solve", "-", stdin=text))


def test_a_missing_file_a_directory_and_bytes(tmp_path: Path) -> None:
    binary = tmp_path / "binary.toml"
    binary.write_bytes(b'title = "\xff"')
    for path in (tmp_path / "none.toml", tmp_path, binary):
        assert str(path) in refused(run("solve", str(path)))


def test_overrides_of_the_problem() -> None:
    assert "0.8486\n" in run("solve", "--digits", "4", "--only", "1/loss").stdout
    assert "after Step 2" in run("solve", "--steps", "2").stdout
    gradients = run("solve", "--steps", "0").stdout
    assert "∂MSE/∂w₁,₂¹" in gradients
    assert "γ" not in gradients
    for option, value in (("digits", -1), ("digits", 1000), ("steps", -2), ("notation", "x")):
        assert f"--{option}" in refused(run("solve", f"--{option}", str(value)))


def test_divergence_is_said_where_it_happens() -> None:
    text = (
        Path(DECK)
        .read_text(encoding="utf-8")
        .replace("0.01", "1000")
        .replace('activation = "relu"', 'activation = "identity"')
    )
    message = refused(run("solve", "-", "--steps", "500", stdin=text))
    assert "diverge" in message
    assert "/w" in message


def on_a_terminal(*arguments: str, stdin: str) -> tuple[str, str]:
    """Standard output, and what a terminal shows of standard error."""
    master, slave = pty.openpty()
    with open(master, "rb", buffering=0) as terminal:
        with subprocess.Popen(
            [sys.executable, "-m", "tracer", "solve", "-", *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=slave,
            text=True,
        ) as process:
            os.close(slave)
            stdout, _ = process.communicate(stdin, timeout=60)
        shown = b""
        with suppress(OSError):  # how a terminal ends
            while more := terminal.read(1024):
                shown += more
    return stdout, shown.decode()


def many_samples(number: int) -> str:
    sample = "[[data]]\ninputs = [1, 2]\ntargets = 1\n"
    return Path(DECK).read_text(encoding="utf-8") + sample * number


LONG = {
    "steps": (Path(DECK).read_text(encoding="utf-8"), ("--steps", "600")),
    "samples": (many_samples(600), ()),
    "no steps": (many_samples(600), ("--steps", "0")),
    "one quantity": (many_samples(600), ("--only", "dloss/dw1[1,1]")),
}


@pytest.mark.parametrize(("text", "options"), LONG.values(), ids=LONG)
def test_long_work_has_a_bar_on_a_terminal_alone(text: str, options: tuple[str, ...]) -> None:
    stdout, shown = on_a_terminal(*options, stdin=text)
    assert re.search(r"solving +\[-{36}\] +0%", shown)
    assert re.search(r"\[#+-+\] +[1-9][0-9]?%", shown)
    assert re.search(r"\[#{36}\] +100%", shown)
    piped = run("solve", "-", *options, stdin=text)
    assert (piped.stdout, piped.stderr) == (stdout, "")


def test_short_work_has_no_bar() -> None:
    _, shown = on_a_terminal(stdin=Path(DECK).read_text(encoding="utf-8"))
    assert shown == ""


def test_templates_can_be_replaced_file_by_file(tmp_path: Path) -> None:
    (tmp_path / "latex.tex").write_text("<< title >>: << blocks|length >>", encoding="utf-8")
    result = run("solve", "--to", "latex", "--templates", str(tmp_path))
    assert result.stdout.startswith("Deep Learning: ")
    assert run("solve", "--templates", str(tmp_path)).stdout == run("solve").stdout
    (tmp_path / "latex.tex").write_text("\n<< titel >>", encoding="utf-8")
    message = refused(run("solve", "--to", "latex", "--templates", str(tmp_path)))
    assert "latex.tex" in message
    assert "titel" in message
    (tmp_path / "latex.tex").write_text("\n<% for %>", encoding="utf-8")
    assert "latex.tex:2" in refused(run("solve", "--to", "latex", "--templates", str(tmp_path)))
    assert "not a directory" in refused(run("solve", "--templates", str(tmp_path / "none")))


@pytest.mark.parametrize(
    ("template", "line", "words"),
    [
        (b"\n<< 1 // 0 >>", 2, "ZeroDivisionError: "),
        (b"<< title >>\n\n<< title + 1 >>", 3, "TypeError: "),
        (b"\n<< titel() >>", 2, "'titel' is undefined"),
        (b"\n<< title.none() >>", 2, "has no attribute 'none'"),
        (b"<% for x in blocks %>\n<< x | round >>\n<% endfor %>", 2, "TypeError: "),
        (b"\n<< title | unknown >>", 2, "No filter named 'unknown'"),
        (b"\n<% include 'text.txt' %>", 2, "RecursionError: "),
        (b"\n<% include 'none.txt' %>", 2, "'none.txt' not found"),
        (b"\n\n<% include 'part.txt' %>", None, "part.txt:3: the template cannot be used: Zero"),
        (b"\n<% include 'latin.txt' %>", None, "latin.txt:2: byte 0xe9 is not UTF-8"),
        (b"ok\n\xff", 2, "byte 0xff is not UTF-8"),
        (b"<< '\\ud800' >>", None, "text.txt: the template cannot be used: UnicodeEncodeError"),
        (b"<< {}['a\\nb\\x1b'] >>", 1, "'a\\nb\\x1b'"),
    ],
)
def test_a_template_at_fault_is_named_with_its_line(
    tmp_path: Path, template: bytes, line: int | None, words: str
) -> None:
    folder, target = tmp_path / "mine", tmp_path / "page.txt"
    folder.mkdir()
    (folder / "text.txt").write_bytes(template)
    (folder / "part.txt").write_bytes(b"\n\n<< 1 / 0 >>")
    (folder / "latin.txt").write_bytes(b"\n\xe9")
    target.write_text("mine", encoding="utf-8")
    message = refused(run("solve", "--templates", str(folder), "-o", str(target)))
    assert message.startswith(f"error: {folder}/{f'text.txt:{line}: ' if line else ''}")
    assert words in message
    assert message.removesuffix("\n").isprintable()
    assert target.read_text(encoding="utf-8") == "mine"


def test_a_fault_of_a_built_in_template_is_no_fault_of_the_input(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("tracer.renderers.text.aligned", lambda _: 1 // 0)
    with pytest.raises(ZeroDivisionError):
        tracer.solve(tracer.load(DECK)).render("text")


def test_only_a_terminal_sets_the_width(tmp_path: Path) -> None:
    """A real terminal of 200 columns: what it shows is 120 wide, a file 80 as ever."""
    terminal, inside = os.openpty()
    fcntl.ioctl(inside, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 200, 0, 0))
    environment = {name: value for name, value in os.environ.items() if name != "COLUMNS"}
    target = tmp_path / "page.txt"
    command = [sys.executable, "-m", "tracer", "solve"]
    with os.fdopen(terminal, "rb", buffering=0) as shown:
        subprocess.run([*command, "-o", str(target)], env=environment, stdout=inside, check=True)
        process = subprocess.Popen([*command, "--to", "text"], env=environment, stdout=inside)
        os.close(inside)
        seen = b"".join(iter(lambda: _next_bytes(shown), b""))
        assert process.wait() == 0
    for name, text in (("deck.txt", target.read_bytes()), ("deck-wide.txt", seen)):
        golden = (ROOT / "tests/golden" / name).read_bytes()
        assert text.replace(b"\r\n", b"\n") == golden, name


def _next_bytes(terminal: io.FileIO) -> bytes:
    """What a terminal shows next; nothing once the last program on it has ended."""
    try:
        return terminal.read(65_536) or b""
    except OSError:
        return b""


def test_choices_are_those_of_their_own_modules() -> None:
    assert tuple(renderers.FORMATS) == solve.FORMATS
    assert solve.FLAVOURS == renderers.FLAVOURS
    assert solve.VIEWS == schema.VIEWS


def test_help_has_examples_and_loads_nothing_heavy() -> None:
    assert "tracer solve deck.toml -o deck.tex" in run("solve", "--help").stdout
    code = (
        "import sys; from tracer.cli import cli\n"
        "try: cli(['--help'])\n"
        "except SystemExit: pass\n"
        "heavy = {'sympy', 'flint', 'jinja2', 'spanned_toml'} & set(sys.modules)\n"
        "sys.exit(f'loaded {heavy}' if heavy else 0)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)


def test_version() -> None:
    assert run("--version").stdout == f"tracer, version {tracer.__version__}\n"


@pytest.mark.parametrize("shell", cli.SHELLS)
def test_completion_scripts(shell: str) -> None:
    result = run("completion", shell)
    assert result.exit_code == 0
    assert "_TRACER_COMPLETE" in result.stdout


def test_ids_are_completed() -> None:
    environment = {
        **os.environ,
        "_TRACER_COMPLETE": "bash_complete",
        "COMP_WORDS": f"tracer solve {DECK} --only dloss/dw2",
        "COMP_CWORD": "4",
    }
    result = subprocess.run(
        [sys.executable, "-m", "tracer"],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert result.stdout.split() == ["plain,dloss/dw2[1,1]", "plain,dloss/dw2[1,2]"]


def test_the_module_runs_as_a_program() -> None:
    command = [sys.executable, "-m", "tracer", "solve", "--only", "w1[1,1]"]
    result = subprocess.run(command, capture_output=True, text=True, check=True)
    assert result.stdout == "  w₁,₁¹ = 0.1\n\n"


def test_a_closed_pipe_is_no_error() -> None:
    command = f'"{sys.executable}" -m tracer solve --to json | head -n 1'
    result = subprocess.run(command, shell=True, capture_output=True, text=True, check=True)
    assert result.stdout == "{\n"
    assert "Traceback" not in result.stderr


def test_a_view_of_no_gradient_says_what_to_write() -> None:
    message = refused(run("solve", "--view", "=paths"))
    assert message == (
        "error: --view: '=paths' names no gradient; write ID=VIEW, or paths for all\n"
    )


@pytest.mark.parametrize("options", [(), ("--show", "paths"), ("--detail", "brief")])
def test_a_part_that_is_not_on_the_page_cannot_be_left_out(options: tuple[str, ...]) -> None:
    message = refused(run("solve", *options, "--hide", "check"))
    assert message.startswith("error: --hide: check is not on this page")
    assert "detail full has every part" in message
    assert run("solve", "--detail", "full", "--hide", "check").exit_code == 0


def test_a_graph_has_no_part_of_networks_to_leave_out() -> None:
    path = str(ROOT / "examples" / "lstm.toml")
    message = refused(run("solve", path, "--detail", "full", "--hide", "deltas"))
    assert message.startswith("error: --hide: deltas is a part of networks")


@pytest.mark.parametrize(
    ("argument", "option", "value"),
    [
        ("view", "--view", "path"),
        ("detail", None, "ful"),
        ("show", "--show", "checks"),
        ("hide", "--hide", "checks"),
    ],
)
def test_faults_of_options_stand_at_their_names(
    argument: str, option: str | None, value: str
) -> None:
    with pytest.raises(tracer.InputError) as caught:
        tracer.solve(tracer.load(tracer.DECK), **{argument: value})
    assert caught.value.faults[0].where == argument
    if option is not None:  # the others are click's choices
        assert refused(run("solve", option, value)).startswith(f"error: {option}: no ")


def test_each_of_several_faults_is_a_line_of_its_own(tmp_path: Path) -> None:
    path = tmp_path / "net.toml"
    path.write_text('titel = "x"\n[[layers]]\nweight = [[1]]\n', encoding="utf-8")
    lines = refused(run("solve", str(path))).splitlines()
    assert len(lines) > 2
    assert all(line.startswith(f"error: {path}:") for line in lines)


@pytest.mark.parametrize(
    ("format_", "name", "meant", "other"),
    [("text", "x.tex", "latex", "x.txt"), ("latex", "x.MD", "markdown", "x.tex")],
)
def test_a_format_against_the_ending_is_refused(
    tmp_path: Path, format_: str, name: str, meant: str, other: str
) -> None:
    target = tmp_path / name
    message = refused(run("solve", "--to", format_, "-o", str(target)))
    assert message == (
        f"error: --to: {format_} is asked for, but the ending of {target} says {meant}; "
        f"leave out --to, or name the file {tmp_path / other}\n"
    )
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("format_", "name"), [("markdown", "x.markdown"), ("text", "x.log"), ("latex", "x.tex")]
)
def test_a_format_that_fits_or_has_no_ending_of_its_own(
    tmp_path: Path, format_: str, name: str
) -> None:
    assert run("solve", "--to", format_, "-o", str(tmp_path / name)).exit_code == 0
