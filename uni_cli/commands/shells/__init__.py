"""Completion scripts and the man page, all from the same description of the command line."""

from __future__ import annotations

from collections.abc import Callable

from uni_cli.commands.shells import bash, fish, man, powershell, zsh
from uni_cli.commands.shells.table import Table, tabulate
from uni_cli.commands.words import Command
from uni_cli.errors import Usage

# The file in completions/, and what writes it.
FILES: dict[str, Callable[[Table], str]] = {
    "uni.bash": bash.render,
    "_uni": zsh.render,
    "uni.fish": fish.render,
    "uni.ps1": powershell.render,
    "uni.1": man.render,
}


# What `uni --completion` calls them.
NAMES = {"bash": "uni.bash", "zsh": "_uni", "fish": "uni.fish", "powershell": "uni.ps1"}


def script(root: Command, shell: str) -> str:
    """The completion script of one shell."""
    if shell not in NAMES:
        raise Usage(f"There is no completion script for {shell!r}", hint=f"There are {', '.join(NAMES)}.")
    return FILES[NAMES[shell]](tabulate(root))


def scripts(root: Command) -> dict[str, str]:
    """Every file of completions/ that is generated, by its name."""
    table = tabulate(root)
    return {name: render(table) for name, render in FILES.items()}
