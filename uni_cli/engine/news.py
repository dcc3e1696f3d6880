"""Every snapshot of a run, in order, for the one who follows it."""

from __future__ import annotations

import asyncio
from collections import deque

from uni_cli.models import Job


class News:
    """A queue without end for one reader: no turn of the loop, and hardly a call, where something is there already."""

    def __init__(self) -> None:
        self._told: deque[Job | None] = deque()
        self._reader: asyncio.Future[None] | None = None

    def tell(self, job: Job | None) -> None:
        """None: there will be no more."""
        self._told.append(job)
        if self._reader and not self._reader.done():
            self._reader.set_result(None)

    async def hear(self) -> Job | None:
        while not self._told:
            self._reader = asyncio.get_running_loop().create_future()
            await self._reader
        return self._told.popleft()
