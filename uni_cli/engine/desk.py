"""What every step of a job's life works with."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from uni_cli.clock import Clock
from uni_cli.engine import patience
from uni_cli.engine.patience import Pauses
from uni_cli.engine.settling import Settler
from uni_cli.errors import LedgerTrouble
from uni_cli.ledger import Ledger, TakenOver
from uni_cli.models import Failure, Job, JobState, replace
from uni_cli.providers.base import Provider
from uni_cli.transport import Transport
from uni_cli.transport.bounds import Bounds

Hear = Callable[[Job], None]

# Longer than a small picture takes to come, to be placed and to be safe.
DUE_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class Limits:
    """How many jobs may run at once and how many may be sent a minute; None where nobody says."""

    concurrency: int | None = None
    rate: int | None = None


@dataclass
class Desk:
    """One run's tools. Every snapshot of a job passes through `put`: the ledger first, then whoever follows."""

    ledger: Ledger
    transport: Transport
    clock: Clock
    state_dir: Path
    provider: Callable[[str], Provider]
    limits: Callable[[str], Limits]
    # Raises where a job that another run began cannot be followed with this run's settings.
    reach: Callable[[Job], None] = lambda job: None
    deadline: float | None = None
    taken: set[str] = field(default_factory=set)
    troubles: dict[str, str] = field(default_factory=dict)
    slot_freed: asyncio.Event = field(default_factory=asyncio.Event)
    pauses: Pauses = field(default_factory=lambda: patience.USUAL)
    unwritten: dict[str, Job] = field(default_factory=dict)
    # Hears every snapshot, at once. What it stumbles over must not touch a job: it is told when all of them have ended.
    hear: Hear = lambda job: None
    unheard: Exception | None = None
    settler: Settler = field(init=False)
    _bounds: Bounds = field(init=False, default_factory=Bounds)
    _due: asyncio.TimerHandle | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        self.settler = Settler(self.ledger)

    def change(self, job: Job, state: JobState, **members: Any) -> Job:
        """The next snapshot, with its time."""
        return replace(job, state=state, updated=self.clock.now(), **members)

    def put(self, job: Job, *, durable: bool = False) -> Job:
        """Raises TakenOver where the job is another process's by now."""
        try:
            self.ledger.save(job, durable=durable)
            self.unwritten.pop(job.id, None)
        except LedgerTrouble:
            if job.submitted is None:
                raise
            # It is sent, so its picture comes first; the ledger gets another chance with every step.
            self.unwritten[job.id] = job
        self.emit(job)
        return job

    def put_back(self, job: Job) -> None:
        """A job that was about to be sent, and is not. If the ledger does not take that now, it is told once more."""
        back = replace(job, updated=self.clock.now())
        try:
            self.put(back)
        except LedgerTrouble:
            self.unwritten[job.id] = back

    def put_soon(self, job: Job) -> Job:
        """Like `put`, for a snapshot that can wait for others or is followed by another soon."""
        self.ledger.postpone(job)
        if self._due is None:
            self._due = asyncio.get_running_loop().call_later(DUE_SECONDS, self.write_due)
        self.emit(job)
        return job

    def write_due(self) -> None:
        """Nothing is postponed any longer. What cannot be written now is tried again with what follows."""
        if self._due:
            self._due.cancel()
            self._due = None
        with suppress(LedgerTrouble):
            self.ledger.write_due()

    def put_all(self, jobs: list[Job]) -> None:
        """Jobs that are known to have ended: the ledger has all of them at once."""
        try:
            taken = self.ledger.save_all(jobs)
        except LedgerTrouble:
            self.unwritten.update((job.id, job) for job in jobs)
            return
        for job in jobs:
            self.unwritten.pop(job.id, None)
        for job in taken:
            self._give_up(job)

    def _give_up(self, job: Job) -> None:
        """Another process took this one for dead: what it made of the job is what counts, if it is still at it."""
        with suppress(LedgerTrouble):
            if self.ledger.claim(job.id, self.clock.now()):
                self.put(job, durable=True)
            else:
                self.emit(self.ledger.get(job.id))

    def emit(self, job: Job) -> None:
        """A snapshot that the ledger knows already, or that it need not know."""
        try:
            self.hear(job)
        except Exception as error:  # whatever it is, it is about showing it
            self.unheard = self.unheard or error

    def write_the_rest(self) -> None:
        """Raises LedgerTrouble where the ledger could still not be told how a job ended."""
        for job in list(self.unwritten.values()):
            try:
                with suppress(TakenOver):
                    self.ledger.save(job, durable=True)
            except LedgerTrouble as error:
                raise LedgerTrouble(f"{error.message}. {_account(self.unwritten)}", hint=error.hint) from error
            del self.unwritten[job.id]

    def end(self, job: Job, state: JobState, failure: Failure) -> Job:
        ended = self.put(self.change(job, state, failure=failure), durable=True)
        self.free_slot()
        return ended

    def free_slot(self) -> None:
        """One of our jobs ended, so a service that was full may have room."""
        self.slot_freed.set()
        self.slot_freed = asyncio.Event()

    def left(self) -> float:
        """Seconds of patience left."""
        return float("inf") if self.deadline is None else self.deadline - self.clock.monotonic()

    def within_patience(self, *, at_most: float = float("inf")) -> AbstractContextManager[object]:
        """Free exchanges are cut when the patience is over: a TimeoutError. What ends long before needs no watch."""
        left = self.left()
        return nullcontext() if left == float("inf") or left > at_most else self._bounds.within(max(0.0, left))

    async def pause(self, seconds: float) -> bool:
        """Wait, but not beyond the patience; False when that is over."""
        await self.clock.sleep(min(seconds, max(0.0, self.left())))
        return self.left() > 0

    async def pause_for_slot(self, seconds: float) -> bool:
        """Wait that long at most; less if one of our own jobs ends."""
        with suppress(TimeoutError):
            async with asyncio.timeout(min(seconds, max(0.0, self.left()))):
                await self.slot_freed.wait()
        return self.left() > 0


def _account(jobs: dict[str, Job]) -> str:
    """What the ledger does not know, so that nothing paid for is forgotten."""
    said = []
    for job in jobs.values():
        if job.result:
            said.append(f"job {job.id} is saved as {job.result.shown}")
        else:
            where = job.remote_id or "without an id"
            said.append(f"job {job.id} {f'is {where} at {job.provider}' if job.submitted else 'was not sent'}")
    return "It does not know that " + ", ".join(said)
