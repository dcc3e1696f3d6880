"""Waiting for the disk, once for many writes: the slowest thing of a run next to the services themselves."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

from uni_cli.errors import LedgerTrouble
from uni_cli.ledger import Ledger


class Settler:
    """While one wait is under way, everybody who comes shares the next one."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._next: asyncio.Future[None] | None = None
        self._work: asyncio.Task[None] | None = None
        # Of its own, so that a paid request never waits behind a picture that is written.
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="uni-ledger")

    def ask(self) -> asyncio.Future[None]:
        """Begin to wait; the future is done when all that was written so far survives a power cut."""
        if self._next is None:
            self._next = asyncio.get_running_loop().create_future()
            # Who does not wait need not hear of a trouble: the next write meets it too.
            self._next.add_done_callback(lambda done: done.cancelled() or done.exception())
        if self._work is None:
            self._work = asyncio.create_task(self._run())
        return self._next

    async def settled(self) -> None:
        """Raises LedgerTrouble where the disk did not take it."""
        await asyncio.shield(self.ask())

    async def _run(self) -> None:
        try:
            while self._next:
                batch, self._next = self._next, None
                try:
                    await asyncio.get_running_loop().run_in_executor(self._thread, self._ledger.sync)
                except LedgerTrouble as error:
                    batch.set_exception(error)
                else:
                    batch.set_result(None)
        finally:
            self._work = None

    async def close(self) -> None:
        """Nothing written is left behind."""
        if self._work:
            with suppress(LedgerTrouble):
                await self.settled()
