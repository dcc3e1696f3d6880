"""A run: jobs go in, and whoever follows hears each snapshot. Every job lives its life in a task of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Mapping, Sequence
from contextlib import suppress
from typing import Any

from uni_cli.engine.delivery import Deliverer
from uni_cli.engine.desk import Desk, Hear, Limits
from uni_cli.engine.shelf import Shelf
from uni_cli.engine.submitting import Submitter
from uni_cli.engine.waiting import OPEN, Waiter
from uni_cli.errors import LedgerTrouble, NeverSent
from uni_cli.ledger import TakenOver
from uni_cli.models import Failure, Job, JobState, replace

__all__ = ["Desk", "Engine", "Limits"]

HEARTBEAT = 20.0


class Engine:
    """Drives jobs to their end. What it is left with when patience is over is in the ledger.

    A `submitter` of one's own knows its alternatives itself.
    """

    def __init__(
        self,
        desk: Desk,
        *,
        alternatives: Mapping[str, list[Job]] | None = None,
        submitter: Submitter | None = None,
    ) -> None:
        self._desk = desk
        self._submitter = submitter or Submitter(desk, {} if alternatives is None else alternatives)
        self._waiter = Waiter(desk)
        self._shelf = Shelf(desk)
        self._deliverer = Deliverer(desk, shelf=self._shelf)

    async def run(self, jobs: Sequence[Job], hear: Hear, *, wait: bool = True) -> None:
        """Submit planned jobs and follow them; without `wait`, only until each was accepted."""
        # What another process made of a job comes out when its row is written, and here nothing is written after that.
        self._submitter.hearing.at_once |= not wait
        await self._follow([self._make(job, wait=wait) for job in jobs], jobs, hear)

    async def collect(self, jobs: Sequence[Job], hear: Hear) -> None:
        """Follow jobs that an earlier run left. Buys nothing."""
        await self._follow([self._resume(job) for job in jobs], jobs, hear)

    async def feed(self, work: Coroutine[Any, Any, None], jobs: Sequence[Job], hear: Hear) -> None:
        """Follow what `work` does by `make` and `resume`; `jobs`, which may grow meanwhile, are let go at the end."""
        await self._follow([work], jobs, hear)

    async def make(self, job: Job) -> Job:
        """One planned job to its end."""
        return await self._make(job, wait=True)

    async def resume(self, job: Job) -> Job:
        """One job that this process has claimed, to its end. Buys nothing."""
        return await self._resume(job)

    async def _follow(self, lives: Sequence[Coroutine[Any, Any, Any]], jobs: Sequence[Job], hear: Hear) -> None:
        desk, ledger, settler = self._desk, self._desk.ledger, self._desk.settler
        desk.hear = hear
        tasks = [asyncio.create_task(life) for life in lives]
        beat = asyncio.create_task(self._beat())
        ledger.settle = settler.ask_soon
        try:
            if tasks:
                await asyncio.wait(tasks)
            try:
                await self._shelf.close()
            finally:
                desk.write_the_rest()
            for task in tasks:
                task.result()
            if desk.unheard:
                raise desk.unheard
        finally:
            for task in (*tasks, beat):
                task.cancel()
            await asyncio.gather(*tasks, beat, return_exceptions=True)
            with suppress(Exception):  # told above
                await self._shelf.close()
            desk.write_due()
            ledger.settle = ledger.sync
            await settler.close()
            # Where this cannot be written, the end of this process will say the same.
            with suppress(LedgerTrouble):
                ledger.release(job.id for job in jobs)

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(HEARTBEAT)
            with suppress(LedgerTrouble):
                self._desk.ledger.beat(self._desk.clock.now())

    async def _make(self, job: Job, *, wait: bool) -> Job:
        try:
            return await self._live(job, wait=wait)
        except TakenOver:
            return await self._regain(job, wait=wait)

    async def _resume(self, job: Job) -> Job:
        self._desk.reach(job)
        try:
            return await self._live_on(job)
        except TakenOver:
            return self._leave(job)

    async def _regain(self, job: Job, *, wait: bool) -> Job:
        """This process stood still and was taken for dead. Its job is its own again if nobody works on it now."""
        claimed = self._desk.ledger.claim(job.id, self._desk.clock.now()) if wait else None
        return await self._resume(claimed) if claimed else self._leave(job)

    def _leave(self, job: Job) -> Job:
        """What another process made of a job is what counts."""
        newest = self._desk.ledger.get(job.id)
        self._desk.emit(newest)
        return newest

    async def _live(self, job: Job, *, wait: bool) -> Job:
        self._desk.emit(job)
        job = await self._submitter.submit(job)
        if not wait:
            # From here on it is nobody's, and others of this run may look whether it still holds a place.
            self._desk.ledger.release([job.id])
            return job
        if job.state is JobState.IN_DOUBT:
            job = await self._submitter.recover(job)
        return await self._finish(job)

    async def _live_on(self, job: Job) -> Job:
        """A job that this process has just claimed from a dead one."""
        if job.state is JobState.PLANNED:
            never = Failure(NeverSent.code, "The job was planned and never sent", NeverSent.next_step)
            return self._desk.end(job, JobState.FAILED, never)
        # A process that was only taken for dead may have stored its answer after the job was put in doubt.
        if job.state is JobState.SUBMITTING or (job.state is JobState.IN_DOUBT and self._desk.ledger.answer(job)):
            job = self._submitter.hearing.reread(job)
        else:
            self._desk.emit(job)
        if job.state is JobState.IN_DOUBT:
            job = await self._deliverer.rediscover(job)
        if job.state is JobState.IN_DOUBT:
            job = await self._submitter.recover(job)
        return await self._finish(job, resumed=True)

    async def _finish(self, job: Job, *, resumed: bool = False) -> Job:
        if job.state in OPEN:
            job = await self._waiter.wait(job, resumed=resumed)
            if job.state in OPEN and resumed:
                # A service may have forgotten it; a picture that a process placed just before it died has not gone.
                job = await self._deliverer.rediscover(job)
        if job.state is JobState.FINISHED:
            job = await self._deliverer.deliver(replace(job, failure=None) if job.failure else job, resumed=resumed)
        return job
