"""The only module that prints (with `progress`). stdout is data, stderr is for people."""

from __future__ import annotations

import errno
import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

from uni_cli.errors import NotWritten, UniError

# They join or part letters, in Persian and in many emoji, and do nothing else. What turns the direction of text does.
JOINERS = frozenset("\u200c\u200d")


def safe(text: object) -> str:
    """Text from outside as text: no escape or control bytes, one line."""
    words = str(text)
    if words.isprintable():
        return words
    shown = "".join(c if c.isprintable() or c == "\n" or c in JOINERS else "\N{REPLACEMENT CHARACTER}" for c in words)
    return " ".join(shown.split("\n"))


def _nowhere() -> TextIO:
    return Path(os.devnull).open("w", encoding="utf-8")


def _fits(text: str, stream: TextIO) -> bool:
    try:
        text.encode(stream.encoding)
    except UnicodeEncodeError:
        return False
    return True


class Console:
    """What the user sees, decided once: terminal or pipe, colour, --json, --quiet, --plain."""

    def __init__(
        self,
        *,
        as_json: bool = False,
        quiet: bool = False,
        verbose: bool = False,
        plain: bool = False,
        stdout: TextIO | None = None,
        stderr: TextIO | None = None,
    ) -> None:
        self.as_json = as_json
        self.quiet = quiet
        self.verbose = verbose
        self.plain = plain
        # Python has None where the caller closed the stream.
        self.stdout = stdout or sys.stdout or _nowhere()
        self.stderr = stderr or sys.stderr or _nowhere()
        self._said: set[str] = set()
        # While bars are drawn, a line has to be put above them.
        self.above_bars: Callable[[str], None] | None = None

    @property
    def is_terminal(self) -> bool:
        """Only `isatty` decides: FORCE_COLOR and CI logs are no terminals."""
        return self.stderr.isatty() and not self.plain

    @property
    def has_colour(self) -> bool:
        return self.stderr.isatty() and not self.plain and "NO_COLOR" not in os.environ

    # --- stdout ------------------------------------------------------------------------------------------------

    def line(self, text: str) -> None:
        """One line of data."""
        self._write(text + "\n")

    def document(self, data: Mapping[str, Any]) -> None:
        text = json.dumps(data, ensure_ascii=False, indent=2) + "\n"
        if not _fits(text, self.stdout):
            text = json.dumps(data, indent=2) + "\n"
        self._write(text)

    def picture(self, data: bytes) -> None:
        with self._to_reader():
            self.stdout.flush()
            self.stdout.buffer.write(data)
            self.stdout.flush()

    def _write(self, text: str) -> None:
        if not _fits(text, self.stdout):
            text = text.encode(self.stdout.encoding, "backslashreplace").decode(self.stdout.encoding)
        with self._to_reader():
            self.stdout.write(text)
            self.stdout.flush()

    @contextmanager
    def _to_reader(self) -> Iterator[None]:
        """`| head -0` is no error; a full disk is."""
        try:
            yield
        except OSError as error:
            self._silence()
            # Windows calls a pipe without a reader an invalid argument.
            if isinstance(error, BrokenPipeError) or (sys.platform == "win32" and error.errno == errno.EINVAL):
                return
            message = f"stdout could not be written: {error.strerror or error}"
            raise NotWritten(message, hint="What was made is saved: `uni status` shows where.") from error

    def _silence(self) -> None:
        """What follows goes nowhere, and Python's own last flush must not complain."""
        nowhere = os.open(os.devnull, os.O_WRONLY)
        try:
            os.dup2(nowhere, self.stdout.fileno())
        except OSError:
            self.stdout = _nowhere()
        finally:
            os.close(nowhere)

    # --- stderr ------------------------------------------------------------------------------------------------

    def note(self, text: str) -> None:
        """A line for people; not in --quiet."""
        if not self.quiet:
            self._err(text)

    def warn(self, text: str) -> None:
        """Once for each text."""
        if not self.quiet and text not in self._said:
            self._said.add(text)
            self._err(f"{self._styled('warning:', '33')} {safe(text)}")

    def hint(self, text: str) -> None:
        """Advice; once for each text, never in --quiet."""
        if not self.quiet and text not in self._said:
            self._said.add(text)
            self._err(f"{self._styled('hint:', '36')} {safe(text)}")

    def trace(self, text: str) -> None:
        if self.verbose:
            self._err(self._styled(safe(text), "2"))

    def fail(self, error: UniError) -> None:
        self._err(f"{self._styled('error:', '1;31')} {safe(error.message)} [{error.code}]")
        if error.hint:
            self._err(f"  {safe(error.hint)}")

    def problem(self, job: str, code: str, message: str, hint: str | None) -> None:
        """What became of one job that was not saved."""
        self._err(f"{self._styled('error:', '1;31')} job {job}: {safe(message)} [{code}]")
        if hint:
            self._err(f"  {safe(hint)}")

    def _err(self, text: str) -> None:
        if self.above_bars:
            self.above_bars(text)
            return
        try:
            self.stderr.write(text + "\n")
            self.stderr.flush()
        except (OSError, ValueError):
            self.stderr = _nowhere()

    def _styled(self, text: str, code: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self.has_colour else text

    # --- tables ------------------------------------------------------------------------------------------------

    def pair(self, name: str, value: str, *, width: int = 11) -> None:
        """One named fact."""
        self.line(f"{name + ':':<{width}} {safe(value)}")

    def clear(self) -> None:
        if self.stdout.isatty():
            self._write("\x1b[H\x1b[2J")

    def table(self, heads: Sequence[str], rows: Sequence[Sequence[str]], *, folds: Sequence[str] = ()) -> None:
        """Aligned columns on a terminal, untruncated tab-separated rows in a pipe.

        Where a terminal is too narrow, the columns in `folds` take more lines, else the last one is cut short.
        """
        if not self.stdout.isatty():
            for row in rows:
                self.line("\t".join(safe(cell) for cell in row))
            return
        from rich import box
        from rich.console import Console as RichConsole
        from rich.table import Table
        from rich.text import Text

        colour = "NO_COLOR" not in os.environ and not self.plain
        screen = RichConsole(file=self.stdout, no_color=not colour, highlight=False)
        table = Table(
            box=None if self.plain else box.SIMPLE_HEAD,
            show_edge=False,
            padding=(0, 2 if self.plain else 1, 0, 0),
            header_style="bold" if colour else "",
        )
        cells = [[Text(safe(cell)) for cell in row] for row in rows]
        widths = [max([len(head), *(row[n].cell_len for row in cells)]) for n, head in enumerate(heads)]
        for head, width in zip(heads, widths, strict=True):
            if head in folds:
                table.add_column(head, overflow="fold")
            elif folds or head != heads[-1]:
                table.add_column(head, no_wrap=True, min_width=width)
            else:
                room = max(len(head), screen.width - sum(widths[:-1]) - 2 * len(widths))
                table.add_column(head, no_wrap=True, overflow="ellipsis", max_width=room)
        for texts in cells:
            table.add_row(*texts)
        screen.print(table)


def error_document(error: UniError) -> dict[str, Any]:
    """What --json prints where a command failed before there was anything else to say."""
    return {
        "schema": "uni.result/1",
        "ok": False,
        "images": [],
        "pending": [],
        "failures": [],
        "cost_usd": None,
        "error": error_values(error),
    }


def error_values(error: UniError) -> dict[str, Any]:
    return {"code": error.code, "message": error.message, "hint": error.hint, "exit": error.exit}
