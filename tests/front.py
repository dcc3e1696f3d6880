"""The front door for tests: run the real `main(argv)` in process and read what a user would see."""

from __future__ import annotations

import io
import json
import sys
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from uni_cli.cli import main


class Stream(io.TextIOWrapper):
    """A standard stream in memory that can say that it is a terminal."""

    def __init__(self, data: bytes = b"", *, terminal: bool = False) -> None:
        self.memory = io.BytesIO(data)
        self.terminal = terminal
        super().__init__(self.memory, encoding="utf-8", newline="", write_through=True)

    def isatty(self) -> bool:
        return self.terminal


@dataclass(frozen=True)
class Result:
    code: int
    out: str
    err: str
    data: bytes = field(repr=False)

    @property
    def json(self) -> Any:
        """The one document on stdout."""
        return json.loads(self.out)

    @property
    def lines(self) -> list[str]:
        return self.out.splitlines()


def uni(*args: str, stdin: bytes = b"", terminal: bool = False) -> Result:
    """`uni ARGS`, as a pipe or (`terminal`) as a terminal would see it."""
    out, err = Stream(terminal=terminal), Stream(terminal=terminal)
    with _streams(Stream(stdin), out, err):
        code = main(args)
    data = out.memory.getvalue()
    return Result(code, data.decode("utf-8", "replace"), err.memory.getvalue().decode("utf-8", "replace"), data)


@contextmanager
def _streams(*streams: Stream) -> Iterator[None]:
    before = (sys.stdin, sys.stdout, sys.stderr)
    sys.stdin, sys.stdout, sys.stderr = streams
    try:
        yield
    finally:
        sys.stdin, sys.stdout, sys.stderr = before


@dataclass(frozen=True)
class Services:
    """The emulator on a real socket, with the environment pointing at it."""

    url: str

    def stats(self) -> dict[str, dict[str, Any]]:
        with urllib.request.urlopen(f"{self.url}/_emulator/stats", timeout=10) as answer:
            found: dict[str, dict[str, Any]] = json.load(answer)
        return found

    def billed(self, service: str | None = None) -> int:
        stats = self.stats()
        return sum(int(stats[name]["billed"]) for name in ([service] if service else stats))

    def break_with(self, *faults: str) -> None:
        """Replace the faults that are in force."""
        self._post("faults", list(faults))

    def forget(self) -> None:
        """Back to the first moment: no jobs, no faults."""
        self._post("reset", {})

    def advance(self, seconds: float) -> None:
        """Move the emulator's clock."""
        self._post("clock", {"advance": seconds})

    def _post(self, path: str, body: Any) -> None:
        request = urllib.request.Request(
            f"{self.url}/_emulator/{path}",
            data=json.dumps(body).encode(),
            headers={"content-type": "application/json"},
            method="POST",
        )
        urllib.request.urlopen(request, timeout=10).close()


def environment(lines: Sequence[str]) -> dict[str, str]:
    return dict(line.split("=", 1) for line in lines)
