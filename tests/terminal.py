"""A real pseudo-terminal: run a command in it and read the screen as a person would."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from typing import Any

import pexpect
import pyte


class Terminal:
    def __init__(self, *args: str, columns: int = 80, rows: int = 24) -> None:
        self.screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self.screen)
        self.raw = b""
        # Python's own view: readline leaves a COLUMNS beside it that tells of another window.
        environ = dict(os.environ)
        self.child: Any = pexpect.spawn(
            sys.executable, ["-m", "uni_cli", *args], env=environ, dimensions=(rows, columns), timeout=30
        )

    @property
    def rows(self) -> list[str]:
        return [row.rstrip() for row in self.screen.display if row.strip()]

    def until(self, wanted: Callable[[list[str]], bool], *, seconds: float = 30.0) -> list[str]:
        """The screen as it is when `wanted` first holds."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            alive = self._read()
            if wanted(self.rows):
                return self.rows
            if not alive:
                break
        raise AssertionError("the screen never showed it:\n" + "\n".join(self.rows))

    def to_the_end(self) -> int:
        """Read everything; the exit code."""
        while self._read():
            pass
        self.child.close()
        return int(self.child.exitstatus if self.child.exitstatus is not None else -self.child.signalstatus)

    def resize(self, *, columns: int, rows: int) -> None:
        self.child.setwinsize(rows, columns)
        self.screen.resize(rows, columns)

    def _read(self) -> bool:
        try:
            block = self.child.read_nonblocking(65536, 0.05)
        except pexpect.TIMEOUT:
            return True
        except pexpect.EOF:
            return False
        self.raw += block
        self._stream.feed(block)
        return True
