"""Patience: when to look at a job again. A trouble while looking says nothing about the job."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from uni_cli.engine.desk import Desk
from uni_cli.engine.patience import USUAL, Pauses, step
from uni_cli.errors import UniError
from uni_cli.models import Failure, Job, JobState
from uni_cli.providers.base import Throttled

# Between two looks when the usual time is near, and while only one job in ten ends so early.
NEAR, RARE = 0.7, 2.0
EARLY_SECONDS = 15.0
# All jobs of one service together look at most that often, so that two hundred jobs do not drown it.
LOOKS_PER_SECOND = 20.0
OPEN = frozenset({JobState.QUEUED, JobState.RUNNING})
# A job found finished tells how long its kind takes only if nobody had looked away before.
GAP = 5.0


def first_look(usual: list[float], pauses: Pauses = USUAL) -> float:
    """Seconds after the submit at which looking begins to make sense; `usual` is sorted."""
    if not usual:
        return pauses.first_look
    shortest, middle = usual[0], usual[len(usual) // 2]
    # Where times differ much, the shortest one known is not the shortest there is.
    return max(0.2, (shortest - (middle - shortest) / 2) * 0.95)


def next_look(elapsed: float, usual: list[float], *, active: int = 1, pauses: Pauses = USUAL) -> float:
    """Seconds until the next look, `elapsed` seconds after the submit."""
    if not usual:
        pause = pauses.early if elapsed < EARLY_SECONDS else pauses.late
    elif elapsed > usual[-1] * 1.5 + 2.0:
        pause = pauses.late
    else:
        rare = elapsed < usual[len(usual) // 10] * 0.95
        # A kind of job that takes a second is looked at more often than one that takes a minute.
        pause = min(RARE if rare else NEAR, max(0.1, usual[0] / 4))
    return max(pause, active / LOOKS_PER_SECOND)


@dataclass
class Waiter:
    desk: Desk
    _not_before: dict[str, float] = field(default_factory=dict)
    _active: dict[str, int] = field(default_factory=dict)

    async def wait(self, job: Job, *, resumed: bool = False) -> Job:
        """Look until the service gives its verdict or the patience is over."""
        self._active[job.provider] = self._active.get(job.provider, 0) + 1
        try:
            return await self._watch(job, resumed=resumed)
        finally:
            self._active[job.provider] -= 1

    async def _watch(self, job: Job, *, resumed: bool) -> Job:
        usual = self.desk.ledger.usual_seconds(job)
        begun = self.desk.clock.monotonic()
        ago = min(max(0.0, self.desk.clock.now() - (job.submitted or job.created)), 3600.0)
        pause = max(0.0, first_look(usual, self.desk.pauses) - ago)
        # When it was last known to be unfinished; nobody knows that of a job that an earlier run left.
        seen: float | None = None if resumed else begun + pause
        troubles = 0
        while job.state in OPEN:
            held = self._not_before.get(job.provider, 0.0) - self.desk.clock.monotonic()
            if not await self.desk.pause(max(pause, held)):
                break
            try:
                async with self.desk.within_patience():
                    newer = await self.desk.provider(job.provider).refresh(job)
            except UniError:
                raise
            except Exception as error:  # whatever it is, it is about this look and not about the job
                pause = self._put_off(job, error, step(self.desk.pauses.look_trouble, troubles))
                troubles += 1
                continue
            troubles = 0
            self.desk.troubles.pop(job.id, None)
            now = self.desk.clock.monotonic()
            elapsed = ago + now - begun
            job = self._note(job, newer, took=elapsed if seen is not None and now - seen < GAP else None)
            seen = now
            pause = next_look(elapsed, usual, active=self._active[job.provider], pauses=self.desk.pauses)
        return self._leave(job) if job.state in OPEN else job

    def _put_off(self, job: Job, error: Exception, pause: float) -> float:
        """How long to wait after a look that brought nothing; a service that is busy is left alone by all jobs."""
        self.desk.troubles[job.id] = str(error) or "there was no answer"
        if isinstance(error, Throttled):
            pause = error.after if error.after is not None else self.desk.pauses.look_trouble[-1]
            self._not_before[job.provider] = self.desk.clock.monotonic() + pause
        return pause

    def _leave(self, job: Job) -> Job:
        """The patience is over. What the last look ran into is kept for the user."""
        trouble = self.desk.troubles.get(job.id)
        if not trouble:
            return job
        message = f"{job.provider} has not finished it in time, and the last look failed: {trouble}"
        return self.desk.put(replace(job, failure=Failure("ledger.pending", message)))

    def _note(self, job: Job, newer: Job, *, took: float | None) -> Job:
        """Store what changed; a look that brought nothing new costs no write."""
        now = self.desk.clock.now()
        newer = replace(newer, updated=job.updated)
        if newer.state in OPEN:
            newer = replace(newer, failure=None)
        if newer == job:
            return job
        newer = replace(newer, updated=now)
        if newer.state is JobState.FINISHED:
            notes = newer.notes if took is None else {**newer.notes, "took": round(took, 2)}
            newer = replace(newer, finished=newer.finished or now, failure=None, notes=notes)
        if newer.state == job.state and newer.failure == job.failure:
            self.desk.emit(newer)
            return newer
        stored = self.desk.put(newer, durable=newer.state not in OPEN)
        if stored.state not in OPEN:
            self.desk.free_slot()
        return stored
