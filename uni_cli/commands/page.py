"""Help that fits a screen: flags in groups, one line each, then examples as they are typed."""

from __future__ import annotations

import shutil
import textwrap
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

from uni_cli.commands import words
from uni_cli.console import Console

# A page as long as this is closed up, so that it still fits a screen.
LONG = 30
WIDEST, NARROWEST = 79, 40
WIDEST_LABEL = 26
HELP = "-h, --help"

Sections = list[tuple[str, list[tuple[str, str]]]]


class Page(TyperCommand):
    """A command whose --help is grouped by what the flags are about."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        formatter.write(render(words.head(self, ctx, tuple(ctx.command_path.split())), width()))

    def get_help_option(self, ctx: Any) -> Any:
        return _quiet_when_nobody_reads(super().get_help_option(ctx))


class Group(TyperGroup):
    """A command with subcommands. Alone it shows its help, which is no error."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        path = tuple(ctx.command_path.split())
        formatter.write(render(words.head(self, ctx, path, commands=self.briefs(ctx, path)), width()))

    def briefs(self, ctx: Any, path: tuple[str, ...]) -> tuple[words.Command, ...]:
        """The subcommands as they stand in the overview."""
        return tuple(words.brief((*path, name), one.help) for name, one in self.commands.items() if not one.hidden)

    def get_help_option(self, ctx: Any) -> Any:
        return _quiet_when_nobody_reads(super().get_help_option(ctx))

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if not (args or self.invoke_without_command or ctx.resilient_parsing):
            _show(ctx)
        return super().parse_args(ctx, args)


def width() -> int:
    return max(NARROWEST, min(WIDEST, shutil.get_terminal_size().columns - 1))


def render(command: words.Command, width: int) -> str:
    """A page of help, not wider than `width`."""
    below = [(panel, _names(command, panel)) for panel in dict.fromkeys(one.panel for one in command.commands)]
    flags = [(panel, _rows(command, panel)) for panel in command.panels]
    is_long = sum(len(rows) for _, rows in (*below, *flags)) > LONG
    gap = "" if is_long else "\n"
    text = textwrap.fill(f"Usage: {command.name} {command.usage}", width, subsequent_indent="  ") + "\n"
    text += textwrap.fill(command.help, width) + "\n"
    for sections in (below, flags):
        text += _sections(sections, gap=gap, width=width)
    epilog = _closed_up(command.epilog, width) if is_long else command.epilog
    return text + (f"{gap}{epilog}\n" if epilog else "")


def _closed_up(epilog: str, width: int) -> str:
    """The title of the examples beside the first of them, where there is room."""
    title, *lines = epilog.splitlines() or [""]
    shown = [f"{title if not n else '':<{len(title)}} {line.lstrip()}" for n, line in enumerate(lines)]
    return "\n".join(shown) if shown and max(map(len, shown)) <= width else epilog


def _sections(sections: Sections, *, gap: str, width: int) -> str:
    """Groups of rows, whose texts stand in one column."""
    labels = [label for _, rows in sections for label, _ in rows]
    column = 4 + max((len(label) for label in labels if len(label) <= WIDEST_LABEL), default=0)
    text = ""
    for title, rows in sections:
        lines = "".join(_row(label, help, column=column, width=width) for label, help in rows)
        text += f"{gap}{title}:\n{lines}"
    return text


def _rows(command: words.Command, panel: str) -> list[tuple[str, str]]:
    rows = [(one.label, one.help) for one in command.arguments] if panel == words.ARGUMENTS else []
    rows += [(flag.label, flag.help) for flag in command.flags if flag.panel == panel]
    # Whoever reads a long page has found its flag already.
    return [row for row in rows if row[0] != HELP] if len(command.flags) > LONG else rows


def _names(command: words.Command, panel: str) -> list[tuple[str, str]]:
    return [(one.path[-1], one.short) for one in command.commands if one.panel == panel]


def _row(label: str, help: str, *, column: int, width: int) -> str:
    lines = textwrap.wrap(help, width - column, break_on_hyphens=False)
    if len(label) > column - 4:
        lines = ["", *lines]
    first, *rest = lines or [""]
    line = f"  {label:<{column - 4}}  {first}".rstrip() + "\n"
    return line + "".join(" " * column + more + "\n" for more in rest)


def _show(ctx: Any) -> None:
    Console().line(ctx.get_help())
    raise typer.Exit


def _quiet_when_nobody_reads(option: Any) -> Any:
    """Typer would print through a pipe that is closed: `--help | head -0` is no error."""
    if option is not None:
        option.callback = lambda ctx, _param, wanted: _show(ctx) if wanted and not ctx.resilient_parsing else None
    return option


def app(help: str | None = None) -> typer.Typer:
    """A Typer app in the house's manner: no pretty tracebacks, no Rich help, no completion installer."""
    made = typer.Typer(
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        cls=Group,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    if help:
        # Typer takes even a None that is passed as the last word, above the callback's own docstring.
        made.info.help = help
    return made


def examples(*lines: str) -> str:
    """The end of a page, as it is typed."""
    return "\n  ".join(("Examples:", *lines))
