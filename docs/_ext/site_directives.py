"""What the site's pages show of the tool itself, made when the site is built and never typed.

``run`` shows a command with what it prints; ``commands`` the command line; ``ids`` quantities of a
problem with their symbols and values; ``notations`` the same symbols in every notation; ``options``
what docs builds can ask for; ``picture`` an SVG of ``images/`` in the page itself, so that it
follows the page from light to dark.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

import click
from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.util.docutils import SphinxDirective

import tracer
from tracer import schema
from tracer.cli import cli
from tracer.derivation.quantity import addressed
from tracer.embedding import OPTIONS
from tracer.typeset import MathmlPrinter

DOCS = Path(__file__).resolve().parents[1]
ROOT = DOCS.parent
# the commands in the order in which a lecturer meets them
_ORDER = ("solve", "check", "sheet", "new", "schema", "completion")
# the quantities whose symbols tell one notation from another, and the heads of their columns
SYMBOLS = {
    "w1[1,2]": "weight",
    "b1[1]": "bias",
    "p1[1](1)": "pre-activation",
    "l1[1](1)": "output",
    "t[1](1)": "target",
    "loss": "loss",
    "learning_rate": "rate",
    "dloss/dp1[1](1)": "delta",
}


def copied_examples(folder: Path) -> None:
    """What the commands of the pages work on: the examples, as they lie in the repository."""
    shutil.copytree(ROOT / "examples", folder / "examples")
    shutil.copy(ROOT / "examples" / "deck.toml", folder)
    shutil.copy(ROOT / "examples" / "deck.toml", folder / "net.toml")


def run(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a ``tracer`` command, without a shell, with this very package."""
    program, *words = shlex.split(command)
    assert program == "tracer", command
    path = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]).strip(os.pathsep)
    return subprocess.run(  # noqa: S603 - commands of our own pages
        [sys.executable, "-m", "tracer", *words],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": path, "PYTHONUTF8": "1", "COLUMNS": "80"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


class Run(SphinxDirective):
    """A command and what it prints; ``files`` that it needs may stand in the body, after ``==``."""

    required_arguments = 1
    final_argument_whitespace = True
    has_content = True
    option_spec: ClassVar[dict[str, Any]] = {
        "status": directives.nonnegative_int,  # what it must end with
        "lines": directives.unchanged,  # which of its lines are shown, as in 1-12
        "after": directives.unchanged,  # count these from the line that has this text
        "language": directives.unchanged,
        "file": directives.unchanged,  # what the body is called as a file beside the examples
    }

    def run(self) -> list[nodes.Node]:
        """Run it; a page whose command fails in another way than it says is an error."""
        command = " ".join(self.arguments[0].split())
        with tempfile.TemporaryDirectory() as name:
            copied_examples(Path(name))
            shown: list[nodes.Node] = []
            if file := self.options.get("file"):
                body = "\n".join(self.content) + "\n"
                (Path(name) / file).write_text(body, encoding="utf-8")
                shown.append(_code(body, Path(file).suffix[1:], file))
            done = run(command, Path(name))
        expected = self.options.get("status", 0)
        if done.returncode != expected:
            raise self.error(f"{command} ended with {done.returncode}: {done.stderr}")
        output = done.stdout + done.stderr
        if start := self.options.get("after"):
            output = output[output.rindex("\n", 0, output.index(start)) + 1 :]
        output = _some(output, self.options.get("lines", ""))
        block = nodes.container(classes=["run"])
        block += _code(command, "sh")
        block += _code(output, self.options.get("language", "text"))
        return [*shown, block]


def _code(text: str, language: str, caption: str = "") -> nodes.Element:
    # forced: what is cut off need not be whole JSON
    text = text.rstrip("\n")
    code = nodes.literal_block(text, text, language=language, force=True)
    if not caption:
        return code
    frame = nodes.container("", literal_block=True, classes=["literal-block-wrapper"])
    frame += nodes.caption("", caption)
    frame += code
    return frame


def _some(text: str, lines: str) -> str:
    """``3-10``: lines 3 to 10, with a mark where more follow."""
    if not lines:
        return text
    first, _, last = lines.partition("-")
    every = text.splitlines()
    some = every[int(first) - 1 : int(last)]
    return "\n".join([*some, "…"] if int(last) < len(every) else some)


class Commands(SphinxDirective):
    """Every command with its arguments and options, from what the command line reads itself."""

    def run(self) -> list[nodes.Node]:
        """A section for each command."""
        text = "\n".join(_described())
        return self.parse_text_to_nodes(text, allow_section_headings=True)


def _described() -> Iterator[str]:
    for name in sorted(cli.commands, key=list(_ORDER).index):
        command = cli.commands[name]
        with click.Context(command, info_name=f"tracer {name}") as context:
            usage = " ".join(command.collect_usage_pieces(context))
            yield f"## `tracer {name}`\n\n```text\ntracer {name} {usage}\n```\n"
            for paragraph in re.split(r"\n\s*\n", command.help or ""):
                if "\b" in paragraph:  # lines that click leaves as they are
                    yield f"```text\n{_dedented(paragraph.replace(chr(8), ''))}\n```\n"
                else:
                    yield _escaped(" ".join(paragraph.split())) + "\n"
            for option in command.params:
                record = option.get_help_record(context)
                if isinstance(option, click.Option) and record:
                    yield f"`{record[0]}`\n: {_escaped(record[1])}\n"
            if command.epilog:
                examples = command.epilog.replace("\b", "").partition(":\n")[2]
                yield f"Examples:\n\n```text\n{_dedented(examples)}\n```\n"


def _dedented(text: str) -> str:
    return "\n".join(line.strip() for line in text.splitlines() if line.strip())


def _escaped(text: str) -> str:
    """Help as Markdown: what it says stands there letter for letter."""
    return re.sub(r"([\\`*_{}\[\]<>#|$^])", r"\\\1", text)


class Ids(SphinxDirective):
    """Rows ``id | meaning`` of a problem, with the symbol and the value that the trace has."""

    required_arguments = 1
    has_content = True

    def run(self) -> list[nodes.Node]:
        """The table. An id that the problem does not have is an error of the page."""
        path = Path(self.env.relfn2path(self.arguments[0])[1])
        self.env.note_dependency(os.fspath(path))
        solution = tracer.solve(tracer.load(path))
        rows = []
        for line in filter(None, self.content):
            name, _, meaning = (part.strip() for part in line.partition(" | "))
            try:
                quantity = solution[name]
            except KeyError as error:
                raise self.error(f"{name}: {error}") from None
            rows.append(
                (nodes.literal(name, name), _symbol(quantity), f"{quantity.value}", meaning)
            )
        return [_table(("id", "symbol", "value", "what it is"), rows)]


class Notations(SphinxDirective):
    """The symbols of `SYMBOLS` in each notation, from solving the same problem with each."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """The table. One sample is enough, and the loss has the notation's own symbol."""
        path = Path(self.env.relfn2path(self.arguments[0])[1])
        self.env.note_dependency(os.fspath(path))
        document = tomllib.loads(path.read_text(encoding="utf-8"), parse_float=str)
        document = {**document, "data": document["data"][:1], "loss": {}}
        rows = []
        for name in sorted(schema.NOTATIONS, key=lambda name: (name != "deck", name)):
            solution = tracer.solve(tracer.load({**document, "notation": name}))
            symbols = [_symbol(solution[quantity]) for quantity in SYMBOLS]
            rows.append((nodes.literal(name, name), *symbols))
        return [_table(("notation", *SYMBOLS.values()), rows)]


def _symbol(quantity: tracer.SolvedQuantity) -> nodes.Node:
    solved = quantity.solved
    formula = MathmlPrinter(solved.symbols, 0).line(addressed(solved, quantity.id))
    return nodes.raw("", f"<math>{formula}</math>", format="html")


def _table(head: tuple[str, ...], rows: list[tuple[Any, ...]]) -> nodes.table:
    table = nodes.table(classes=["made"])
    group = nodes.tgroup(cols=len(head))
    table += group
    group += [nodes.colspec(colwidth=1) for _ in head]
    for kind, lines in ((nodes.thead(), [head]), (nodes.tbody(), rows)):
        group += kind
        for line in lines:
            row = nodes.row()
            kind += row
            for cell in line:
                content = nodes.Text(cell) if isinstance(cell, str) else cell
                row += nodes.entry("", nodes.paragraph("", "", content))
    return table


class Options(SphinxDirective):
    """What every docs build can ask for, from the rows that read it."""

    def run(self) -> list[nodes.Node]:
        """The table."""
        rows = [
            (nodes.literal(name, name), option.meaning, nodes.literal("", option.example))
            for name, option in OPTIONS.items()
        ]
        return [_table(("option", "what it does", "as in"), rows)]


class Picture(SphinxDirective):
    """An SVG of ``images/``, in the page itself."""

    required_arguments = 1
    option_spec: ClassVar[dict[str, Any]] = {"class": directives.class_option}

    def run(self) -> list[nodes.Node]:
        """The figure. It says itself, in title and desc, what it shows."""
        path = DOCS / "images" / self.arguments[0]
        self.env.note_dependency(os.fspath(path))
        svg = path.read_text(encoding="utf-8")
        classes = " ".join(["picture", *self.options.get("class", [])])
        return [nodes.raw("", f'<figure class="{classes}">{svg}</figure>', format="html")]


def setup(app: Any) -> dict[str, Any]:
    """Register the directives."""
    for name, directive in {
        "run": Run,
        "commands": Commands,
        "ids": Ids,
        "notations": Notations,
        "options": Options,
        "picture": Picture,
    }.items():
        app.add_directive(name, directive)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
