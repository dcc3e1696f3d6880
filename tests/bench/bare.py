"""The floor: the smallest two-command Typer program."""

from __future__ import annotations

from typing import Annotated

import typer

app = typer.Typer()


def _version(wanted: bool) -> None:
    if wanted:
        print("bare 1.0")
        raise typer.Exit


@app.callback()
def root(version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True)] = False) -> None:
    """Two commands."""


@app.command()
def one() -> None:
    """Print a line."""
    print("one")


@app.command()
def two(name: Annotated[str, typer.Option(help="A name.")] = "two") -> None:
    """Print a name."""
    print(name)


if __name__ == "__main__":
    app()
