"""Waiting for the disk, once for many writes: the slowest thing of a run next to the services themselves."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

from uni_cli.engine.disk import Disk
from uni_cli.errors import LedgerTrouble
from uni_cli.ledger import Ledger

# What nobody waits for reaches the disk that soon, with whatever else was written by then.
SOON_SECONDS = 0.05


class Settler:
    """While one wait is under way, everybody who comes shares the next one."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        # So many writes of the ledger are on the disk, and so many are under way there or were so last.
        self._safe = self._covered = 0
        self._current: asyncio.Future[None] | None = None
        # After the first of these, up to the second, the disk may have lost some.
        self._lost: tuple[int, int, LedgerTrouble] | None = None
        self._next: asyncio.Future[None] | None = None
        self._work: asyncio.Task[None] | None = None
        # Since when anything is written that nobody waits for. A timer that rings too soon is set again.
        self._due_since: float | None = None
        self._soon: asyncio.TimerHandle | None = None
        # A thread of its own, so that a paid request never waits behind a picture that is written.
        self._disk = Disk(ThreadPoolExecutor(1, thread_name_prefix="uni-ledger"))

    def ask_soon(self) -> None:
        """Who does not wait need not hear of a trouble: the next write meets it too."""
        if self._due_since is None:
            self._due_since = asyncio.get_running_loop().time()
            if self._soon is None:
                self._wake_at(self._due_since + SOON_SECONDS)

    def _wake_at(self, moment: float) -> None:
        self._soon = asyncio.get_running_loop().call_at(moment, self._ask_if_due, moment)

    def _ask_if_due(self, moment: float) -> None:
        self._soon = None
        if self._due_since is None:
            return
        if moment < self._due_since + SOON_SECONDS:
            self._wake_at(self._due_since + SOON_SECONDS)
        else:
            self._ask()

    def _ask(self) -> asyncio.Future[None]:
        """Begin to wait; the future is done when all that was written so far survives a power cut."""
        self._due_since = None
        if self._next is None:
            self._next = asyncio.get_running_loop().create_future()
            self._next.add_done_callback(lambda done: done.cancelled() or done.exception())
        if self._work is None:
            self._work = asyncio.create_task(self._run())
        return self._next

    async def settled(self, written: int) -> None:
        """So many writes are on the disk when this returns. Raises LedgerTrouble where it did not take them."""
        if self._lost and self._lost[0] < written <= self._lost[1]:
            # That the disk takes what follows does not bring back what it has lost.
            raise self._lost[2]
        if self._safe >= written:
            return
        if self._work is None and self._disk.is_quick:
            # What is done at once needs nobody who waits for it.
            self._due_since = None
            await self._sync()
            return
        under_way = self._current if written <= self._covered else None
        await asyncio.shield(under_way or self._ask())

    async def _sync(self) -> None:
        covered = self._covered = self._ledger.writes
        try:
            await self._disk.do(self._ledger.sync)
        except LedgerTrouble as error:
            self._lost = (self._lost[0] if self._lost else self._safe, covered, error)
            raise
        self._safe = covered

    async def _run(self) -> None:
        try:
            while self._next:
                batch = self._current = self._next
                self._next = None
                try:
                    await self._sync()
                except LedgerTrouble as error:
                    batch.set_exception(error)
                else:
                    batch.set_result(None)
        finally:
            self._work = self._current = None

    async def close(self) -> None:
        """Nothing written is left behind."""
        if self._soon:
            self._soon.cancel()
            self._soon = None
        if self._work or self._due_since is not None:
            with suppress(LedgerTrouble):
                await asyncio.shield(self._ask())
