"""Writes the completion scripts and the man page beside it, from the real commands.

python completions/make.py
"""

from __future__ import annotations

from pathlib import Path

from uni_cli import cli
from uni_cli.commands import shells


def main() -> None:
    for name, text in shells.scripts(cli.described()).items():
        Path(__file__).with_name(name).write_text(text, "utf-8", newline="\n")


if __name__ == "__main__":
    main()
