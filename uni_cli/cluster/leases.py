"""The limits of a service across all runs on a cluster: Dask's own semaphores, one for each limit."""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import dataclass, field
from typing import Any

from distributed import Semaphore

from uni_cli.engine.desk import Limits
from uni_cli.models import Job

MINUTE = 60.0


@dataclass
class Leases:
    """A lease for a running job is given back when it ends, one for a submit after a minute.

    They are held by the run, not by the worker: a worker that dies does not end the job at the service.
    """

    client: Any
    _semaphores: dict[str, Semaphore] = field(default_factory=dict)
    _queues: dict[str, asyncio.Lock] = field(default_factory=dict)
    _held: dict[str, Semaphore] = field(default_factory=dict)
    _timers: set[asyncio.Task[None]] = field(default_factory=set)

    async def take(self, job: Job, limits: Limits, patience: float) -> bool:
        """Room for one more job at its service; False if there was none for so many seconds."""
        await self.give_back(job.id)
        begun = asyncio.get_running_loop().time()
        if limits.concurrency and not await self._acquire(job, "jobs", limits.concurrency, patience):
            return False
        left = patience - (asyncio.get_running_loop().time() - begun)
        if limits.rate and not await self._acquire(job, "minute", limits.rate, left):
            await self.give_back(job.id)
            return False
        return True

    async def _acquire(self, job: Job, what: str, most: int, patience: float) -> bool:
        # The address tells an emulator from the service; who means another limit is not counted together.
        place = hashlib.sha256(job.base_url.encode()).hexdigest()[:12]
        name = f"uni-{job.provider}-{place}-{what}-{most}"
        if name not in self._semaphores:
            self._semaphores[name] = Semaphore(most, name, scheduler_rpc=self.client.scheduler, loop=self.client.loop)
            self._queues[name] = asyncio.Lock()
        semaphore = self._semaphores[name]
        # One at a time waits at the scheduler, the rest in a row here.
        async with self._queues[name]:
            got = await semaphore.acquire(timeout=None if patience == float("inf") else max(0.0, patience))
        if got and what == "jobs":
            self._held[job.id] = semaphore
        elif got:
            timer = asyncio.create_task(self._after_a_minute(semaphore))
            self._timers.add(timer)
            timer.add_done_callback(self._timers.discard)
        return bool(got)

    async def _after_a_minute(self, semaphore: Semaphore) -> None:
        await asyncio.sleep(MINUTE)
        await semaphore.release()

    async def give_back(self, job_id: str) -> None:
        semaphore = self._held.pop(job_id, None)
        if semaphore is not None:
            await semaphore.release()

    def close(self) -> None:
        """What was sent in the last minute is forgotten by the scheduler when nobody asks for it any more."""
        for timer in self._timers:
            timer.cancel()
