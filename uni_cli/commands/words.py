"""The command line as plain data: what --help, the man page and the completion scripts are all made from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from uni_cli.commands import TABLE

# Where arguments stand, and flags that name no group of their own.
ARGUMENTS, OTHER, COMMANDS = "What", "Options", "Commands"


@dataclass(frozen=True, slots=True)
class Argument:
    """`shown` is how it stands in the usage line: NAME, [PROMPT], [JOB]..."""

    name: str
    shown: str
    help: str
    many: bool

    @property
    def label(self) -> str:
        return self.shown.strip("[].")


@dataclass(frozen=True, slots=True)
class Flag:
    """`names` has the short one first; `off` is what turns it off again. Without a metavar it takes no value."""

    name: str
    names: tuple[str, ...]
    off: tuple[str, ...]
    metavar: str | None
    help: str
    panel: str
    many: bool

    @property
    def spellings(self) -> tuple[str, ...]:
        return (*self.names, *self.off)

    @property
    def label(self) -> str:
        """Long names stand in one column, whether there is a short one or not."""
        names = [name.replace("--", "--[no-]", 1) if self.off else name for name in self.names]
        start = "" if not names[0].startswith("--") else "    "
        return start + ", ".join(names) + (f" {self.metavar}" if self.metavar else "")


@dataclass(frozen=True, slots=True)
class Command:
    """`path` is everything that is typed to get there, from `uni` on."""

    path: tuple[str, ...]
    help: str
    panel: str
    arguments: tuple[Argument, ...]
    flags: tuple[Flag, ...]
    epilog: str
    # How it stands in the list of the command above it.
    short: str = ""
    commands: tuple[Command, ...] = ()

    @property
    def name(self) -> str:
        return " ".join(self.path)

    @property
    def usage(self) -> str:
        """What stands behind `uni NAME` in the usage line."""
        shown = [argument.shown for argument in self.arguments]
        return " ".join(["[OPTIONS]", *(["COMMAND [ARGS]..."] if self.commands else shown)])

    @property
    def examples(self) -> tuple[str, ...]:
        return tuple(line[2:] for line in self.epilog.splitlines() if line.startswith("  "))

    @property
    def panels(self) -> tuple[str, ...]:
        found = [ARGUMENTS] if self.arguments else []
        return tuple(dict.fromkeys([*found, *(flag.panel for flag in self.flags)]))

    def every(self) -> Iterator[Command]:
        """This one and all below it."""
        yield self
        for command in self.commands:
            yield from command.every()


def describe(command: Any, ctx: Any, path: tuple[str, ...] = ("uni",)) -> Command:
    """A Typer command and everything below it."""
    names = command.list_commands(ctx) if hasattr(command, "list_commands") else ()
    inner = tuple(describe(command.get_command(ctx, name), ctx, (*path, name)) for name in names)
    return head(command, ctx, path, commands=inner)


def head(command: Any, ctx: Any, path: tuple[str, ...], *, commands: tuple[Command, ...] = ()) -> Command:
    """One Typer command; what is below it is only what is given."""
    visible = [param for param in command.get_params(ctx) if not getattr(param, "hidden", False)]
    return Command(
        path=path,
        help=_line(command.help),
        panel=TABLE[path[1]].panel if len(path) == 2 and path[1] in TABLE else COMMANDS,
        arguments=tuple(_argument(param) for param in visible if param.param_type_name == "argument"),
        flags=_flags(param for param in visible if param.param_type_name == "option"),
        epilog=(command.epilog or "").strip("\n"),
        short=TABLE[path[1]].help if len(path) == 2 and path[1] in TABLE else _line(command.help),
        commands=commands,
    )


def brief(path: tuple[str, ...], help: str | None, panel: str = COMMANDS) -> Command:
    """A command as it stands in the list of another one."""
    return Command(path, _line(help), panel, (), (), "", _line(help))


def _argument(param: Any) -> Argument:
    many = param.nargs != 1
    plain = str(param.name).upper()
    shown = param.metavar or (f"[{plain}]..." if many else plain if param.required else f"[{plain}]")
    return Argument(str(param.name), shown, _line(param.help), many)


def _flags(params: Iterable[Any]) -> tuple[Flag, ...]:
    """--help is the last one, and stands with those before it."""
    found: list[Flag] = []
    for param in params:
        found.append(_flag(param, panel=found[-1].panel if found and "--help" in param.opts else OTHER))
    return tuple(found)


def _flag(param: Any, *, panel: str) -> Flag:
    names = tuple(sorted(param.opts, key=len))
    metavar = None if param.is_flag else param.metavar or "VALUE"
    panel = getattr(param, "rich_help_panel", None) or panel
    help = "Show this page." if "--help" in names else _line(param.help)
    return Flag(str(param.name), names, tuple(param.secondary_opts), metavar, help, panel, bool(param.multiple))


def _line(text: str | None) -> str:
    return " ".join((text or "").split())
