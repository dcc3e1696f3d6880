"""The engine of a run on a cluster: everything is written down here, and done by the workers.

The row `submitting` is in this run's ledger before a task that sends exists, and the service's own id before one that
collects. A worker that dies while it sends leaves its job in doubt, as a connection that breaks does; one that dies
while it collects has only made us wait.
"""

from __future__ import annotations

import asyncio
import pickle
import uuid
from collections import Counter
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from distributed import Queue

from uni_cli.cluster import tasks
from uni_cli.cluster.leases import Leases
from uni_cli.cluster.orders import TICKET, Collect, Send, Sent, Service, unpacked
from uni_cli.cluster.watch import Gone, Watch
from uni_cli.engine import Desk, Engine
from uni_cli.engine.submitting import Submitter
from uni_cli.engine.trying import Again, NoRoom
from uni_cli.engine.waiting import OPEN
from uni_cli.models import Job, JobState, Request
from uni_cli.providers.base import CannotKnow, Capabilities, Health, NotFound, Price, Provider, Refused, Wire
from uni_cli.storage import places, urls
from uni_cli.transport import Answer, Lost, NotSent

# What is larger would burden the scheduler, through which all orders go. It is done by this run itself.
LARGEST = 1 << 20
RETRIES = 5
# A worker that is gone without a word is missed by the scheduler after minutes; this run does not wait for ever.
PATIENCE = 60.0


@dataclass
class FarProvider:
    """A service whose paid exchange is made by a worker. The free ones are made here."""

    near: Provider
    base_url: str
    watch: Watch
    name: str = field(init=False)
    capabilities: Capabilities = field(init=False)

    def __post_init__(self) -> None:
        self.name, self.capabilities = self.near.name, self.near.capabilities

    def price(self, request: Request) -> Price:
        return self.near.price(request)

    def body(self, request: Request, token: str) -> Wire:
        return self.near.body(request, token)

    async def prepare(self, request: Request) -> Request:
        return await self.near.prepare(request)

    def accept(self, job: Job, answer: Answer) -> Job:
        return self.near.accept(job, answer)

    async def refresh(self, job: Job) -> Job:
        return await self.near.refresh(job)

    async def recover(self, job: Job, known: Collection[str]) -> Job | NotFound | CannotKnow:
        return await self.near.recover(job, known)

    async def check(self) -> Health:
        return await self.near.check()

    async def submit(self, wire: Wire, token: str) -> Answer:
        name = f"uni-send-{uuid.uuid4().hex}"
        order = Send(Service(self.name, self.base_url), wire, token, name)
        if is_large(order):
            return await self.near.submit(wire, token)
        try:
            ticket = await Queue(name, client=self.watch.client)
            await ticket.put(TICKET)
        except Exception as error:
            raise NotSent(f"the cluster does not answer: {error}") from error
        try:
            return await self._sent(order, ticket)
        finally:
            with suppress(Exception):
                ticket.close()

    async def _sent(self, order: Send, ticket: Queue) -> Answer:
        try:
            patience = PATIENCE + self.capabilities.submit_timeout
            sent: Sent = await self.watch.run(tasks.send, order, key=order.ticket, retries=0, patience=patience)
        except Gone as error:
            sent = await _left(ticket) or Sent(lost=str(error))
        if sent.answer is not None:
            return sent.answer
        if sent.not_sent is not None:
            raise NotSent(sent.not_sent)
        raise Lost(sent.lost or "the worker does not know")


async def _left(ticket: Queue) -> Sent | None:
    """A ticket that can be taken back was taken by nobody, so nothing was sent and nothing will be."""
    try:
        found = bytes(await ticket.get(timeout=1))
    except Exception:
        return None
    return Sent(not_sent="no worker took it") if found == TICKET else unpacked(found)


def is_large(order: object) -> bool:
    return len(pickle.dumps(order)) > LARGEST


@dataclass
class FarSubmitter(Submitter):
    """Asks Dask for room at the service before a job is written down as under way."""

    leases: Leases = field(kw_only=True)

    def __post_init__(self) -> None:
        super().__post_init__()
        # A collect may begin on any machine, and the way to the picture is in the ledger before it does.
        self.hearing.at_once = True

    async def _begin(self, job: Job, wire: Wire) -> Job:
        if not await self.leases.take(job, self.desk.limits(job.provider), self.desk.left()):
            raise NoRoom(job)
        return await super()._begin(job, wire)

    async def _post(self, provider: Provider, job: Job, wire: Wire) -> Job:
        try:
            return await super()._post(provider, job, wire)
        except (Again, Refused):
            await self.leases.give_back(job.id)
            raise


class FarEngine(Engine):
    """`base_url` says where this run expects a service."""

    def __init__(
        self, desk: Desk, client: Any, *, base_url: Callable[[str], str], alternatives: dict[str, list[Job]]
    ) -> None:
        self._leases = Leases(client)
        super().__init__(desk, submitter=FarSubmitter(desk, alternatives, leases=self._leases))
        self._watch = Watch(client)
        self._under_way: Counter[str] = Counter()
        near, far = desk.provider, dict[str, Provider]()

        def provider(name: str) -> Provider:
            if name not in far:
                far[name] = FarProvider(near(name), base_url(name), self._watch)
            return far[name]

        desk.provider = provider

    def close(self) -> None:
        self._leases.close()
        self._watch.close()

    async def _make(self, job: Job, *, wait: bool) -> Job:
        try:
            return await super()._make(job, wait=wait)
        finally:
            await self._leases.give_back(job.id)

    async def _finish(self, job: Job, *, resumed: bool = False) -> Job:
        while job.state in OPEN or (job.state is JobState.FINISHED and not job.failure):
            try:
                newer = await self._collected(job, resumed=resumed)
            except Gone:
                return await super()._finish(job, resumed=True)
            if newer.state not in OPEN:
                self._desk.free_slot()
                await self._leases.give_back(job.id)
            elif self._desk.left() <= 0:
                return newer
            job, resumed = newer, True
        # What no worker could put in its place, this run tries itself, and keeps where that is in vain.
        return await super()._finish(job, resumed=True) if job.state is JobState.FINISHED else job

    async def _collected(self, job: Job, *, resumed: bool) -> Job:
        """What a worker made of a job that its service has taken. Raises Gone where this run has to do it itself."""
        left = self._desk.left()
        order = Collect(
            Service(job.provider, job.base_url),
            job,
            tuple(self._desk.ledger.history(job)),
            None if left == float("inf") else max(0.0, left),
            self._desk.pauses,
            resumed,
            self._under_way[job.provider],
        )
        if is_large(order):
            raise Gone("it is too large to travel")
        name = f"uni-collect-{job.id}-{uuid.uuid4().hex[:8]}"
        self._under_way[job.provider] += 1
        try:
            newer: Job = await self._watch.run(
                tasks.collect, order, key=name, retries=RETRIES, patience=left + PATIENCE
            )
        finally:
            self._under_way[job.provider] -= 1
        if newer.result and not await self._is_here(newer.result.path):
            raise Gone("the worker has put it where nobody else sees it")
        return self._desk.put(newer, durable=newer.state not in OPEN)

    async def _is_here(self, path: str) -> bool:
        """A folder that machines share may need a moment to show what another one has put there."""
        for pause in (0.0, 0.5, 2.0):
            await self._desk.clock.sleep(pause)
            if urls.is_url(path) or await asyncio.to_thread(places.exists, path):
                return True
        return False
