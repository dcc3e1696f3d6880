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
        # So many writes of the ledger are on the disk.
        self._safe = 0
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

    def _ask_if_due(self, now: float) -> None:
        self._soon = None
        if self._due_since is None:
            return
        if now < self._due_since + SOON_SECONDS:
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
        if self._safe >= written:
            return
        if self._work is None and self._disk.is_quick:
            # What is done at once needs nobody who waits for it.
            self._due_since = None
            await self._sync()
            return
        await asyncio.shield(self._ask())

    async def _sync(self) -> None:
        written = self._ledger.writes
        await self._disk.do(self._ledger.sync)
        self._safe = max(self._safe, written)

    async def _run(self) -> None:
        try:
            while self._next:
                batch, self._next = self._next, None
                try:
                    await self._sync()
                except LedgerTrouble as error:
                    batch.set_exception(error)
                else:
                    batch.set_result(None)
        finally:
            self._work = None

    async def close(self) -> None:
        """Nothing written is left behind."""
        if self._soon:
            self._soon.cancel()
        if self._work or self._due_since is not None:
            with suppress(LedgerTrouble):
                await self.settled(self._ledger.writes)
