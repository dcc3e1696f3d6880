"""Short work with a disk: at once while that is quicker than a thread begins, else in a thread."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Value = TypeVar("Value")

# The event loop may stand still that long, now and then. In a thread the same work waits as long for its turns.
QUICK_SECONDS = 0.01
# A disk that is slow, more than once in a while, is not tried again for so long, and then for twice as long.
SLOW_SECONDS, LONGEST = 2.0, 60.0
MEMORY = 0.7


class Disk:
    """`thread`: one of its own, for work that must not wait behind other work. `aside`: always in a thread."""

    def __init__(self, thread: ThreadPoolExecutor | None = None, *, aside: bool = False) -> None:
        self._thread = thread
        self._usual = 0.0
        self._slow_until = float("inf") if aside else 0.0
        self._rest = SLOW_SECONDS

    @property
    def is_quick(self) -> bool:
        return time.monotonic() >= self._slow_until

    async def do(self, work: Callable[[], Value]) -> Value:
        """What `work` gives, or what it raises."""
        begun = time.monotonic()
        if begun < self._slow_until:
            return await asyncio.get_running_loop().run_in_executor(self._thread, work)
        try:
            return work()
        finally:
            ended = time.monotonic()
            self._usual = MEMORY * self._usual + (1 - MEMORY) * (ended - begun)
            if self._usual > QUICK_SECONDS:
                self._usual, self._slow_until = 0.0, ended + self._rest
                self._rest = min(2 * self._rest, LONGEST)
