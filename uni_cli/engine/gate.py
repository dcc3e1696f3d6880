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
from uni_cli.ledger import TakenOver
from uni_cli.ledger.pace import ROOM_PAUSE
from uni_cli.models import Failure, Job, JobState, replace

# So many jobs that wait are written down at once, with one wait for the disk.
TOGETHER = 4
# After so long a stop another process may have taken this one for dead, and its jobs over.
LONG_SECONDS = 1.0
SWITCH_AFTER = 5.0


@dataclass(frozen=True, slots=True)
class _Begun:
    """A job that is written down as `submitting`, how much the ledger had been written by then, and when that was."""

    job: Job
    written: int
    since: float


@dataclass
class Gate:
    """Jobs get their turn in the order in which they come, and leave a little apart.

    The one whose turn it is and that is not begun yet begins those behind it as well: they find themselves written
    down when their turn comes, and the disk has been waited for.
    """

    desk: Desk
    provider: str
    _room: Room = field(init=False)
    _turn: asyncio.Lock = field(init=False, default_factory=asyncio.Lock)
    # In the order of their turns, each with what it is about to send.
    _to_begin: dict[str, tuple[Job, Any]] = field(init=False, default_factory=dict)
    _begun: dict[str, _Begun] = field(init=False, default_factory=dict)
    # When the next may leave, and when the next may begin: so much later that some gather behind it.
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
        self._to_begin[job.id] = job, sent
        try:
            await self._pass(job, may_move=may_move)
            begun = self._begun[job.id]
            await self.desk.settler.settled(begun.written)
            self._look_again(begun)
        except BaseException:
            self._take_back(job)
            raise
        finally:
            self._to_begin.pop(job.id, None)
        del self._begun[job.id]
        self.desk.emit(begun.job)
        return begun.job

    def _look_again(self, begun: _Begun) -> None:
        """Raises TakenOver or LedgerTrouble where it cannot be said any more that the row is there, and ours."""
        stood_still = abs(self.desk.clock.now() - begun.since) > LONG_SECONDS
        if stood_still or self.desk.unwritten:
            self.desk.ledger.save(begun.job)

    def _take_back(self, job: Job) -> None:
        """Nothing was sent, and nobody shall think so."""
        if self._begun.pop(job.id, None):
            # It had taken a place.
            self._full_since = None
            with suppress(TakenOver):
                self.desk.put_back(job)

    async def _pass(self, job: Job, *, may_move: bool) -> None:
        await self._turn_comes(job)
        try:
            is_begun = job.id in self._begun
            await self._keep_distance(self._next if is_begun else max(self._next, self._next_begin))
            if not is_begun:
                await self._begin(job, may_move=may_move)
                self._next_begin = self.desk.clock.monotonic() + TOGETHER * self.desk.pauses.between_submits
            self._next = self.desk.clock.monotonic() + self.desk.pauses.between_submits
        finally:
            self._turn.release()

    async def _turn_comes(self, job: Job) -> None:
        """First come, first served: a place that gets free would wake all of them otherwise."""
        try:
            if self._turn.locked():
                with self.desk.within_patience():
                    await self._turn.acquire()
            else:
                await self._turn.acquire()
        except TimeoutError as error:
            raise NoRoom(job) from error

    async def _keep_distance(self, due: float) -> None:
        pause = due - self.desk.clock.monotonic()
        if pause > 0:
            await self.desk.clock.sleep(pause)

    async def _begin(self, job: Job, *, may_move: bool) -> None:
        """Wait until the service has room, and write down that this request and some behind it are about to leave."""
        if self._full_since is self.desk.slot_freed:
            # Our own last job took the last place, and none of ours has ended since. Others may have made room.
            self._full_since = None
            if not await self.desk.pause_for_slot(min(ROOM_PAUSE, self.desk.pauses.room)):
                raise NoRoom(job)
        while True:
            now = self.desk.clock.now()
            behind = (other for other in self._to_begin.values() if other[0].id != job.id)
            due = [
                replace(one, state=JobState.SUBMITTING, sent=sent, submitted=now, updated=now, failure=None)
                for one, sent in (self._to_begin[job.id], *islice(behind, TOGETHER - 1))
            ]
            limits = self.desk.limits(self.provider)
            entry = self.desk.ledger.begin(due, concurrency=limits.concurrency, rate=limits.rate)
            if entry.begun:
                written, since = self.desk.ledger.writes, self.desk.clock.now()
                for begun in entry.begun:
                    self._begun[begun.id] = _Begun(begun, written, since)
                    del self._to_begin[begun.id]
                if entry.is_last:
                    self._full_since = self.desk.slot_freed
                return
            if entry.wait > SWITCH_AFTER and may_move:
                busy = Failure("provider.rate_limited", f"{job.provider} asked for a pause of {entry.wait:.0f} s")
                raise Again(busy, after=entry.wait)
            await self._room.make(job)
            if not await self.desk.pause_for_slot(min(entry.wait, self.desk.pauses.room)):
                raise NoRoom(job)
