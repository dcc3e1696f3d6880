"""A real shell in a pseudo-terminal, with keys that are pressed and a screen that is read."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pexpect
import pyte

from tests.needs import needs

SCRIPTS = Path(__file__).parents[2] / "completions"
PATIENCE = 60.0
CTRL_A, CTRL_E, CTRL_L, CTRL_U = "\x01", "\x05", "\x0c", "\x15"
READY = "ready>"
# Narrow enough that an id and its prompt have a line of their own.
COLUMNS, ROWS = 80, 90

# Without the user's files, and with nothing that asks before it shows a long list.
START = {
    "bash": (
        ["--norc", "--noprofile", "-i"],
        "bind 'set bell-style none'; bind 'set page-completions off'; bind 'set completion-query-items 0'; "
        "bind 'set enable-bracketed-paste off'; . {scripts}/uni.bash",
    ),
    "zsh": (
        ["-f", "-i"],
        "fpath=({scripts} $fpath); autoload -Uz compinit; compinit -u -d {home}/zcompdump; LISTMAX=10000; "
        "unsetopt beep prompt_cr; setopt auto_list; bindkey -e",
    ),
    "fish": (["--no-config", "-i"], "source {scripts}/uni.fish"),
}
PROMPTS = {
    "bash": f"PS1='{READY} '",
    "zsh": f"PROMPT='{READY} '; RPROMPT=",
    "fish": f"function fish_prompt; echo -n '{READY} '; end; function fish_right_prompt; end; set fish_greeting",
}


class Shell:
    """`uni` in it writes down how it was called; only questions of completion reach the real one."""

    def __init__(self, name: str, folder: Path) -> None:
        program = needs(name)
        self.name = name
        self.calls = folder / "calls"
        self.calls.touch()
        bin = folder / "bin"
        bin.mkdir()
        _program(bin / "uni", f'echo "$*" >> {self.calls}\nexec {sys.executable} -m uni_cli "$@"')
        _program(bin / "words", """printf '<['; printf '%s|' "$@"; echo ']>'""")
        self.screen = pyte.Screen(COLUMNS, ROWS)
        self._stream = pyte.ByteStream(self.screen)
        arguments, setup = START[name]
        environment = {
            **os.environ,
            "PATH": f"{bin}:{os.environ['PATH']}",
            "TERM": "xterm",
            "LC_ALL": "C.UTF-8",
            "PYTHONPATH": os.pathsep.join(filter(None, [os.environ.get("PYTHONPATH"), str(SCRIPTS.parent)])),
        }
        self.child: Any = pexpect.spawn(str(program), arguments, env=environment, dimensions=(ROWS, COLUMNS))
        self.send(PROMPTS[name] + "\r")
        self.until(lambda text: text.rstrip().endswith(f"\n{READY}") or text.strip() == READY)
        self.run(setup.format(scripts=SCRIPTS, home=os.environ["HOME"]))

    @property
    def text(self) -> str:
        return "\n".join(row.rstrip() for row in self.screen.display)

    def send(self, keys: str) -> None:
        self.child.send(keys)

    def until(self, wanted: Callable[[str], bool]) -> str:
        """The screen as it is when `wanted` first holds."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            if wanted(self.text):
                return self.text
            try:
                self._stream.feed(self.child.read_nonblocking(65536, 0.1))
            except pexpect.TIMEOUT:
                continue
            except pexpect.EOF:
                break
        raise AssertionError(f"{self.name} never showed it:\n{self.text.strip()}")

    def clear(self) -> None:
        # Not Ctrl-C: it would stop a completion that is still at work, and not the line.
        self.send(f"{CTRL_E}{CTRL_U}{CTRL_L}")
        self.until(lambda text: text.strip() == READY)

    def run(self, command: str) -> None:
        self.clear()
        self.send(f"{command}; echo o''ver\r")
        self.until(lambda text: "\nover" in text)

    def shows(self, line: str, *wanted: str, tabs: int = 2) -> str:
        """Type, press Tab, and wait for all of the words."""
        self.clear()
        self.send(line + "\t" * tabs)
        return self.until(lambda text: all(word in text.replace(READY + " " + line, "", 1) for word in wanted))

    def becomes(self, line: str, *, tabs: int = 1) -> list[str]:
        """What the shell would run after a Tab, word by word."""
        self.clear()
        self.send(line + "\t" * tabs + CTRL_A + "words \r")
        text = self.until(lambda text: "|]>" in text)
        return text[text.index("<[") + 2 : text.index("|]>")].replace("\n", "").split("|")

    def asked(self) -> list[str]:
        """How `uni` was called."""
        return self.calls.read_text("utf-8").splitlines()

    def close(self) -> None:
        self.child.close(force=True)


def _program(path: Path, script: str) -> None:
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
