"""Help that fits a screen: flags in groups, one line each, then examples as they are typed."""

from __future__ import annotations

from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

# What a command has no group for.
OTHER = "Output"


class Page(TyperCommand):
    """A command whose --help is grouped by what the flags are about."""

    def format_options(self, ctx: Any, formatter: Any) -> None:
        groups: dict[str, list[tuple[str, str]]] = {}
        arguments: list[tuple[str, str]] = []
        for param in self.get_params(ctx):
            record = param.get_help_record(ctx)
            if record is None:
                continue
            if param.param_type_name == "argument":
                arguments.append((str(param.name).upper(), record[1].replace("  [required]", "")))
            else:
                group = getattr(param, "rich_help_panel", None) or OTHER
                groups.setdefault(group, []).append((record[0].replace(", ", " "), record[1]))
        for title, rows in (("", arguments), *groups.items()):
            if rows:
                _section(formatter, title, rows)

    def format_epilog(self, ctx: Any, formatter: Any) -> None:
        _as_typed(self.epilog, formatter)


class Group(TyperGroup):
    """A command with subcommands."""

    def format_epilog(self, ctx: Any, formatter: Any) -> None:
        _as_typed(self.epilog, formatter)


def _section(formatter: Any, title: str, rows: list[tuple[str, str]]) -> None:
    if title:
        with formatter.section(title):
            formatter.write_dl(rows, col_max=34)
    else:
        formatter.write("\n")
        with formatter.indentation():
            formatter.write_dl(rows, col_max=34)


def _as_typed(epilog: str | None, formatter: Any) -> None:
    """Click would fold the lines of an example into one paragraph."""
    if epilog:
        formatter.write("\n" + epilog.strip("\n") + "\n")


def app(help: str | None = None) -> typer.Typer:
    """A Typer app in the house's manner: no pretty tracebacks, no Rich help, no completion installer."""
    return typer.Typer(
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        help=help,
        cls=Group,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
