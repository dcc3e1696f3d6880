"""Writes the completion scripts and the man page, and the help that the README shows, from the real commands.

python completions/make.py
"""

from __future__ import annotations

import re
from pathlib import Path

from uni_cli import cli
from uni_cli.commands import page, shells, words

HERE = Path(__file__).parent
README = HERE.parent / "README.md"
BLOCK = re.compile(r"^```\n\$ uni ((?:\w+ )*)--help\n.*?^```$", re.MULTILINE | re.DOTALL)


def readme(text: str, root: words.Command) -> str:
    """The text with what `uni ... --help` says today."""
    commands = {command.path: command for command in root.every()}

    def fresh(block: re.Match[str]) -> str:
        path = ("uni", *block[1].split())
        return f"```\n$ {' '.join(path)} --help\n{page.render(commands[path], page.WIDEST)}```"

    return BLOCK.sub(fresh, text)


def main() -> None:
    root = cli.described()
    for name, text in shells.scripts(root).items():
        (HERE / name).write_text(text, "utf-8", newline="\n")
    README.write_text(readme(README.read_text("utf-8"), root), "utf-8", newline="\n")


if __name__ == "__main__":
    main()
