"""Time, as one thing that can be exchanged. Intervals come from `monotonic`, so a clock that jumps changes nothing."""

from __future__ import annotations

import time
from collections.abc import Awaitable


class Clock:
    def now(self) -> float:
        return time.time()

    def monotonic(self) -> float:
        return time.monotonic()

    def sleep(self, seconds: float) -> Awaitable[None]:
        import asyncio

        return asyncio.sleep(max(0.0, seconds))
