"""Ctrl-C and SIGTERM while jobs run: the first ends the run, and none of the next cuts short how its end is told."""

from __future__ import annotations

import asyncio
import signal
import time
from contextlib import suppress
from types import FrameType
from typing import Any

# Seconds. Whoever still presses when the end should be told by now means it: perhaps nobody reads what is written.
TELLING = 2.0


class Stops:
    """The handlers stay ours from the first job to the last word, as between two owners a signal would be the end.

    asyncio's own go with its loop, and what comes then, SIGTERM's above all, leaves no time for a word.
    """

    def __init__(self) -> None:
        self.number = 0
        self._before: dict[int, Any] = {}
        self._loop: asyncio.AbstractEventLoop | None = None
        self._main: asyncio.Future[None] | None = None
        self._first_ignored: float | None = None

    def listen(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM):
            before = signal.getsignal(number)
            if before is None or before is signal.SIG_IGN:
                continue  # switched off by the caller, as shells do for a job in the background
            self._before.setdefault(number, before)
            try:
                signal.signal(number, self._hear)
            except ValueError:
                return  # a thread has no signals

    def watch_over(self, main: asyncio.Future[None]) -> None:
        """From now on a signal cancels this."""
        self._loop, self._main = asyncio.get_running_loop(), main
        if self.number:
            main.cancel()

    def let_go(self) -> None:
        """From now on a signal changes nothing any more."""
        self._loop = self._main = None

    def restore(self) -> None:
        """As it was before; but after a stop there is nothing left to stop."""
        if self.number:
            return
        for number, before in self._before.items():
            signal.signal(number, before)
        self._before = {}

    def _hear(self, number: int, _: FrameType | None) -> None:
        self.number = self.number or number
        if self._loop and self._main:
            # The loop may sleep, and has to be woken. One that has just been closed has nothing left to cancel.
            with suppress(RuntimeError):
                self._loop.call_soon_threadsafe(self._main.cancel)
            return
        now = time.monotonic()
        self._first_ignored = now if self._first_ignored is None else self._first_ignored
        if now - self._first_ignored > TELLING:
            raise KeyboardInterrupt(number)
