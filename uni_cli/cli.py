"""The front door: main(argv) -> exit code. Errors become words here, and nowhere else."""

from __future__ import annotations

import re
import signal
import sys
from collections.abc import Sequence
from contextlib import suppress
from importlib import import_module
from typing import Annotated, Any

import typer
from typer.exceptions import TyperException
from typer.main import get_command

from uni_cli import __version__
from uni_cli.commands import TABLE, words
from uni_cli.commands.page import Group, app
from uni_cli.console import Console, error_document
from uni_cli.errors import Interrupted, NotWritten, UniError

EPILOG = """Start here:
  uni generate "a paper lighthouse at dawn" -o dawn.png
  uni edit dawn.png "make it night"
  uni status"""


class Commands(Group):
    """Loads a command's module only when it is asked for: reading every signature would be felt at each start."""

    def list_commands(self, ctx: Any) -> list[str]:
        return list(TABLE)

    # On Ctrl-C Typer would end without a word, and --json without its document.

    def make_context(self, *args: Any, **more: Any) -> Any:
        try:
            return super().make_context(*args, **more)
        except KeyboardInterrupt as stop:
            raise _interrupted(stop) from None

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt as stop:
            raise _interrupted(stop) from None

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        entry = TABLE.get(cmd_name)
        if entry is None:
            return None
        module, _, name = entry.place.partition(":")
        found = get_command(getattr(import_module(module), name))
        found.name = cmd_name
        return found

    def briefs(self, ctx: Any, path: tuple[str, ...]) -> tuple[words.Command, ...]:
        """From the table, so that no command is loaded for the overview."""
        return tuple(words.brief((*path, name), entry.help, entry.panel) for name, entry in TABLE.items())


root = app()


def _print_version(wanted: bool) -> None:
    if wanted:
        Console().line(f"uni {__version__}")
        raise typer.Exit


def _print_completion(shell: str | None) -> None:
    if shell:
        from uni_cli.commands import shells

        Console().line(shells.script(described(), shell).rstrip("\n"))
        raise typer.Exit


@root.callback(cls=Commands, epilog=EPILOG)
def uni(
    version: Annotated[
        bool, typer.Option("--version", help="Show the version.", callback=_print_version, is_eager=True)
    ] = False,
    completion: Annotated[
        str | None,
        typer.Option(
            "--completion",
            help="Print the script for bash, zsh, fish or powershell.",
            metavar="SHELL",
            callback=_print_completion,
            is_eager=True,
        ),
    ] = None,
) -> None:
    """Pictures by Luma's Uni-1: one at a terminal, in CI, or as recipes."""


def described() -> words.Command:
    """The whole command line as plain data."""
    command = get_command(root)
    context = command.make_context("uni", [], resilient_parsing=True)
    return words.describe(command, context)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command. Never raises, never exits."""
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        return once(argv)
    finally:
        for number, handler in before.items():
            if signal.getsignal(number) is not handler:
                signal.signal(number, handler)


def once(argv: Sequence[str] | None = None) -> int:
    """The same in a process that ends with it: a command that was stopped leaves its handlers of signals."""
    args = list(sys.argv[1:] if argv is None else argv)
    console = _console_for(args)
    if args[:1] == ["help"]:
        args = [*args[1:], "--help"]
    try:
        code = get_command(root).main(args, prog_name="uni", standalone_mode=False)
        return int(code or 0)
    except UniError as error:
        return _fail(console, error)
    except TyperException as error:
        return _complain(console, error, args)
    except (KeyboardInterrupt, typer.Abort) as stop:
        return _fail(console, _interrupted(stop))
    except Exception as error:
        from uni_cli import report

        return _fail(console, report.unforeseen(error, args))


def interrupted(args: Sequence[str], number: int) -> int:
    """A signal came before there was anything to interrupt."""
    return _fail(_console_for(args), _interrupted(KeyboardInterrupt(number)))


def _interrupted(stop: BaseException) -> Interrupted:
    return Interrupted(by=stop.args[0]) if stop.args and isinstance(stop.args[0], int) else Interrupted()


def _console_for(args: Sequence[str]) -> Console:
    """Whether the user wants JSON must be known even when the flags cannot be read."""
    said = args[: list(args).index("--")] if "--" in args else args
    return Console(
        as_json=any(arg.partition("=")[0] == "--json" for arg in said),
        quiet=any(arg == "--quiet" or re.fullmatch("-v*q[qv]*", arg) for arg in said),
        plain="--plain" in said,
    )


def _fail(console: Console, error: UniError) -> int:
    if console.as_json:
        # Where stdout takes nothing, the error on stderr and the exit code are what is left.
        with suppress(NotWritten):
            console.document(error_document(error))
    console.fail(error)
    return error.exit


def _complain(console: Console, error: TyperException, args: Sequence[str]) -> int:
    from uni_cli.commands.complaints import usage

    path = f"uni {args[0]}" if args[0] in TABLE else "uni"
    return _fail(console, usage(error.format_message(), getattr(error, "ctx", None), path=path))
