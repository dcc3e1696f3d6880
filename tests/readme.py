"""The README's `--help` blocks: a fenced block that begins with `$ uni … --help` shows what that really prints.

python -m tests.readme      writes them anew
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

README = Path(__file__).parents[1] / "README.md"
BLOCK = re.compile(r"^```\w*\n\$ (uni(?: [a-z]+)* --help)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(text: str) -> dict[str, str]:
    """The command of each block, and what stands below it."""
    return {found[1]: found[2] for found in BLOCK.finditer(text)}


def printed(command: str) -> str:
    args = (sys.executable, "-m", "uni_cli", *command.split()[1:])
    done = subprocess.run(args, capture_output=True, check=True, timeout=60)
    return done.stdout.decode("utf-8").replace("\r\n", "\n")


def refreshed(text: str) -> str:
    return BLOCK.sub(lambda found: f"```\n$ {found[1]}\n{printed(found[1])}```", text)


if __name__ == "__main__":
    README.write_text(refreshed(README.read_text("utf-8")), "utf-8")
