"""Patience: when to look at a job again. A trouble while looking says nothing about the job."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from uni_cli.engine.desk import Desk
from uni_cli.models import Job, JobState
from uni_cli.providers.base import Throttled, Verdict
from uni_cli.transport import Lost

FIRST_LOOK = 1.0
NEAR = 0.8
EARLY_SECONDS = 15.0
EARLY, LATE = 1.0, 3.0
TROUBLE_PAUSES = (0.5, 1.0, 2.0, 3.0)
# All jobs of one service together look at most that often, so that two hundred jobs do not drown it.
LOOKS_PER_SECOND = 20.0
OPEN = frozenset({JobState.QUEUED, JobState.RUNNING})


def first_look(usual: list[float]) -> float:
    """Seconds after the submit at which looking begins to make sense; `usual` is sorted."""
    if not usual:
        return FIRST_LOOK
    return max(0.2, usual[len(usual) // 10] * 0.95)


def next_look(elapsed: float, usual: list[float], *, active: int = 1) -> float:
    """Seconds until the next look, `elapsed` seconds after the submit."""
    if usual:
        near = elapsed <= usual[-1] * 1.5 + 2.0
        pause = NEAR if near else LATE
        # A kind of job that takes a second is looked at more often than one that takes a minute.
        pause = min(pause, max(0.1, usual[0] / 4)) if near else pause
    else:
        pause = EARLY if elapsed < EARLY_SECONDS else LATE
    return max(pause, active / LOOKS_PER_SECOND)


@dataclass
class Waiter:
    desk: Desk
    _not_before: dict[str, float] = field(default_factory=dict)
    _active: dict[str, int] = field(default_factory=dict)

    async def wait(self, job: Job) -> Job:
        """Look until the service gives its verdict or the patience is over."""
        self._active[job.provider] = self._active.get(job.provider, 0) + 1
        try:
            return await self._watch(job)
        finally:
            self._active[job.provider] -= 1

    async def _watch(self, job: Job) -> Job:
        usual = self.desk.ledger.usual_seconds(job)
        begun = self.desk.clock.monotonic()
        ago = max(0.0, self.desk.clock.now() - (job.submitted or job.created))
        pause = max(0.0, first_look(usual) - ago)
        troubles = 0
        while job.state in OPEN:
            held = self._not_before.get(job.provider, 0.0) - self.desk.clock.monotonic()
            if not await self.desk.pause(max(pause, held)):
                break
            try:
                newer = await self.desk.provider(job.provider).refresh(job)
            except Throttled as verdict:
                after = verdict.after if verdict.after is not None else TROUBLE_PAUSES[-1]
                self._not_before[job.provider] = self.desk.clock.monotonic() + after
                pause = after
                self.desk.troubles[job.id] = str(verdict)
                continue
            except (Verdict, Lost) as error:
                pause = TROUBLE_PAUSES[min(troubles, len(TROUBLE_PAUSES) - 1)]
                troubles += 1
                self.desk.troubles[job.id] = str(error)
                continue
            troubles = 0
            self.desk.troubles.pop(job.id, None)
            job = self._note(job, newer)
            elapsed = min(ago, 3600.0) + self.desk.clock.monotonic() - begun
            pause = next_look(elapsed, usual, active=self._active[job.provider])
        return job

    def _note(self, job: Job, newer: Job) -> Job:
        """Store what changed; a look that brought nothing new costs no write."""
        now = self.desk.clock.now()
        newer = replace(newer, updated=job.updated)
        if newer == job:
            return job
        newer = replace(newer, updated=now)
        if newer.state is JobState.FINISHED:
            newer = replace(newer, finished=newer.finished or now, failure=None)
        if newer.state == job.state:
            self.desk.emit(newer)
            return newer
        stored = self.desk.put(newer, durable=newer.state not in OPEN)
        if stored.state not in OPEN:
            self.desk.free_slot()
        return stored
