"""What the running emulator knows: its clock, jobs, files, faults, limits and counters."""

import asyncio
from collections import Counter, deque
from collections.abc import Awaitable, Callable, Sequence
from math import ceil
from typing import Any

from uni_cli.emulator.faults import SERVICES, Faults
from uni_cli.emulator.files import Files
from uni_cli.emulator.jobs import Jobs

# Pauses are slept in slices so that a server that is told to stop can end at once.
SLICE = 0.1


class Window:
    """A sliding minute of accepted calls per account."""

    def __init__(self, limit: int, seconds: float = 60.0) -> None:
        self.limit = limit
        self.seconds = seconds
        self._calls: dict[str, deque[float]] = {}

    def calls(self, account: str, now: float) -> deque[float]:
        """The calls that still count."""
        calls = self._calls.setdefault(account, deque())
        while calls and calls[0] <= now - self.seconds:
            calls.popleft()
        return calls

    def clear(self) -> None:
        self._calls.clear()


class Emulator:
    """The state behind the app; one per app."""

    def __init__(
        self,
        *,
        latency: float,
        fast: bool,
        limits: bool,
        faults: Sequence[str],
        clock: Callable[[], float],
        url: str,
        luma_rpm: int,
        luma_jobs: int,
        segmind_rpm: int,
    ) -> None:
        self.latency = latency
        self.fast = fast
        self.limits = limits
        self.url = url
        self.luma_jobs = luma_jobs
        self.stopping = False
        self.windows = {"luma": Window(luma_rpm), "segmind": Window(segmind_rpm)}
        self._clock = clock
        self._first_faults = tuple(faults)
        self._errands: set[asyncio.Task[None]] = set()
        self.faults = Faults(faults)
        self.reset()

    def reset(self) -> None:
        """Back to the first moment: no jobs, no files, the faults of the start."""
        self._offset = 0.0
        self.jobs = Jobs()
        self.files = Files()
        self.keys: set[str] = set()
        self.counters = {service: Counter[str]() for service in SERVICES}
        self.shelves: dict[str, dict[str, Any]] = {service: {} for service in SERVICES}
        self.faults.replace(self._first_faults)
        for window in self.windows.values():
            window.clear()

    def now(self) -> float:
        """The emulator's own time, Unix seconds."""
        return self._clock() + self._offset

    def advance(self, seconds: float) -> None:
        """Move the clock."""
        self._offset += seconds

    def count(self, service: str, name: str) -> None:
        """One more of something in the statistics."""
        if service in self.counters:
            self.counters[service][name] += 1

    def stats(self) -> dict[str, dict[str, Any]]:
        """Accepted and billed jobs, and what else was counted, per service."""
        names = ("requests", "delivered", "leaks", "struck")
        return {
            service: self.jobs.bill(service, self.now()) | {name: self.counters[service][name] for name in names}
            for service in SERVICES
        }

    def begin(self, errand: Awaitable[None]) -> None:
        """Run something beside the requests (a webhook); it is dropped when the loop ends."""
        task = asyncio.ensure_future(_quietly(errand))
        self._errands.add(task)
        task.add_done_callback(self._errands.discard)

    async def pause(self, seconds: float) -> None:
        """Wait in real time, or less: until the clock was moved past the end or the server is told to stop."""
        end, slices = self.now() + seconds, max(1, ceil(seconds / SLICE))
        for _ in range(slices):
            if not self.stopping and self.now() < end:
                await asyncio.sleep(seconds / slices)

    async def reach(self, moment: float) -> None:
        """Wait for a moment of the emulator's own clock."""
        while self.now() < moment and not self.stopping:
            await self.pause(min(SLICE, moment - self.now()))


async def _quietly(errand: Awaitable[None]) -> None:
    try:
        await errand
    except (OSError, TimeoutError, ValueError):
        return
