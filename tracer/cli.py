"""The command line: parse arguments, call the public API, write the result.

Nothing heavy is imported before a command runs, so that help and completion answer at once.
"""

from __future__ import annotations

import gc
from pathlib import Path

import click

from tracer import __version__
from tracer.commands.check import check
from tracer.commands.shared import output_option, told
from tracer.commands.sheet import sheet
from tracer.commands.solve import solve
from tracer.completion import examples
from tracer.errors import Fault, InputError
from tracer.terminal import write

SHELLS = ("bash", "zsh", "fish")


class _Group(click.Group):
    """The commands; who names a problem file without one is told what to write."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and self.get_command(ctx, args[0]) is None and Path(args[0]).suffix == ".toml":
            ctx.fail(f"{args[0]!r} is no command; to solve it write: tracer solve {args[0]}")
        return super().resolve_command(ctx, args)


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="tracer")
def cli() -> None:
    """Write out the backpropagation of a small neural network, every step with its numbers."""


@cli.command()
@click.argument("shell", type=click.Choice(SHELLS))
def completion(shell: str) -> None:
    """Print the completion script of a SHELL.

    \b
    For bash, add to ~/.bashrc:
      eval "$(tracer completion bash)"
    """  # noqa: D301 - click reads the backspace
    from click.shell_completion import get_completion_class

    kind = get_completion_class(shell)
    assert kind is not None
    click.echo(kind(cli, {}, "tracer", "_TRACER_COMPLETE").source())


class _WithExamples(click.Command):
    """A command whose help lists the examples, which are only looked up then."""

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        import textwrap

        from tracer.starters import names

        with formatter.section("Examples that NAME can be"):
            room = formatter.width - formatter.current_indent
            # names have hyphens, where click would break them
            for line in textwrap.wrap(", ".join(names()), room, break_on_hyphens=False):
                formatter.write(f"{'':{formatter.current_indent}}{line}\n")


@cli.command(cls=_WithExamples)
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option(
    "--like",
    metavar="NAME",
    default="deck",
    show_default=True,
    shell_complete=examples,
    help="The example to start from; a part of its name will do, such as max-gate.",
)
@click.option("--force", is_flag=True, help="Write over FILE if it is there.")
def new(file: Path | None, like: str, force: bool) -> None:
    """Write a problem file to start from, with a comment on each of its keys.

    The most usual of the other keys stand there too, commented out. It solves as it stands.
    Without FILE, or with -, it goes to standard output.
    """
    with told():
        from tracer.starters import starter

        text = starter(like)
        target = None if str(file) == "-" else file
        if target is not None and target.exists() and not force:
            raise InputError(Fault(str(target), "is there already; --force writes over it"))
        write(target, text)
        if target is not None:
            click.echo(f"To solve it: tracer solve {target}", err=True)


@cli.command()
@click.option(
    "--to",
    "format_",
    type=click.Choice(("json", "markdown")),
    default="json",
    show_default=True,
    help="A JSON Schema, or the reference page.",
)
@output_option("Write to FILE. - is standard output.")
def schema(format_: str, output: Path | None) -> None:
    """Print every key of a problem file: as a JSON Schema, which editors check files with."""
    with told():
        if format_ == "markdown":
            from tracer.reference import reference

            document = reference()
        else:
            import json

            from tracer.json_schema import json_schema

            document = json.dumps(json_schema(), ensure_ascii=False, indent=2) + "\n"
        write(output, document)


cli.add_command(solve)
cli.add_command(check)
cli.add_command(sheet)


def main() -> None:
    """The entry point: the process is short, so the garbage collector would only cost time."""
    gc.disable()
    try:
        cli(prog_name="tracer")
    finally:
        gc.freeze()  # nor need it look at everything once more on the way out
