"""The way to one service: who may send next, and the row `submitting` that is on the disk before anything leaves."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from uni_cli.engine.desk import Desk
from uni_cli.engine.room import Room
from uni_cli.engine.trying import Again, NoRoom
from uni_cli.errors import LedgerTrouble
from uni_cli.ledger import TakenOver
from uni_cli.ledger.pace import ROOM_PAUSE
from uni_cli.models import Failure, Job, JobState, replace

# So many jobs that wait are written down at once, with one wait for the disk.
TOGETHER = 4
# One that is written down and has not left for so long may be taken for one of a dead process, and sent by another.
STALE_SECONDS = 1.0
SWITCH_AFTER = 5.0


@dataclass
class Gate:
    """Jobs pass in the order in which they come; the first that is not begun yet begins those behind it, too."""

    desk: Desk
    provider: str
    _room: Room = field(init=False)
    _turn: asyncio.Lock = field(init=False, default_factory=asyncio.Lock)
    _waiting: dict[str, Job] = field(init=False, default_factory=dict)
    # What is written down, and how much the ledger had been written by then.
    _begun: dict[str, tuple[Job, int]] = field(init=False, default_factory=dict)
    _next: float = field(init=False, default=0.0)
    _next_begin: float = field(init=False, default=0.0)
    # The event that will tell of room, where our own last job took the last place.
    _full_since: asyncio.Event | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        self._room = Room(self.desk)

    async def enter(self, job: Job, sent: Any, *, may_move: bool) -> Job:
        """The job with its row `submitting` on the disk, when there is room for one more and it is its turn to leave.

        One that `may_move` to another service does not wait long: Again.
        """
        ready = self._waiting[job.id] = replace(job, state=JobState.SUBMITTING, sent=sent, failure=None)
        try:
            await self._pass(job, ready, may_move=may_move)
            begun, written = self._begun[job.id]
            await self.desk.settler.settled(written)
        except BaseException:
            with suppress(LedgerTrouble, TakenOver):
                self._take_back(job)
            raise
        finally:
            self._waiting.pop(job.id, None)
        del self._begun[job.id]
        self.desk.emit(begun)
        return begun

    def _take_back(self, job: Job) -> None:
        """Nothing was sent, and nobody shall think so. Raises TakenOver where another process thinks so already."""
        if self._begun.pop(job.id, None):
            self.desk.put(replace(job, updated=self.desk.clock.now()))

    async def _pass(self, job: Job, ready: Job, *, may_move: bool) -> None:
        # First come, first served: a place that gets free would wake all of them otherwise.
        try:
            if self._turn.locked():
                with self.desk.within_patience():
                    await self._turn.acquire()
            else:
                await self._turn.acquire()
        except TimeoutError as error:
            raise NoRoom(job) from error
        try:
            await self._keep_distance(self._next if job.id in self._begun else max(self._next, self._next_begin))
            if self._is_stale(job):
                self._take_back(job)
            if job.id not in self._begun:
                await self._begin(ready, may_move=may_move)
                self._next_begin = self.desk.clock.monotonic() + TOGETHER * self.desk.pauses.between_submits
            self._next = self.desk.clock.monotonic() + self.desk.pauses.between_submits
        finally:
            self._turn.release()

    def _is_stale(self, job: Job) -> bool:
        begun, _ = self._begun.get(job.id, (None, 0))
        return begun is not None and abs(self.desk.clock.now() - begun.updated) > STALE_SECONDS

    async def _keep_distance(self, due: float) -> None:
        pause = due - self.desk.clock.monotonic()
        if pause > 0:
            await self.desk.clock.sleep(pause)

    async def _begin(self, ready: Job, *, may_move: bool) -> None:
        """Wait until the service has room, and write down that this request and some behind it are about to leave."""
        if self._full_since is self.desk.slot_freed:
            # Our own last job took the last place, and none of ours has ended since. Others may have made room.
            self._full_since = None
            if not await self.desk.pause_for_slot(min(ROOM_PAUSE, self.desk.pauses.room)):
                raise NoRoom(ready)
        while True:
            now = self.desk.clock.now()
            behind = (waiting for job_id, waiting in self._waiting.items() if job_id != ready.id)
            due = [replace(one, submitted=now, updated=now) for one in (ready, *islice(behind, TOGETHER - 1))]
            limits = self.desk.limits(self.provider)
            begun, room = self.desk.ledger.begin(due, concurrency=limits.concurrency, rate=limits.rate)
            if begun:
                self._begun.update((one.id, (one, self.desk.ledger.writes)) for one in begun)
                for one in begun:
                    self._waiting.pop(one.id, None)
                if room.is_last:
                    self._full_since = self.desk.slot_freed
                return
            wait = room.wait or 0.0
            if wait > SWITCH_AFTER and may_move:
                busy = Failure("provider.rate_limited", f"{ready.provider} asked for a pause of {wait:.0f} s")
                raise Again(busy, after=wait)
            await self._room.make(ready)
            if not await self.desk.pause_for_slot(min(wait, self.desk.pauses.room)):
                raise NoRoom(ready)
