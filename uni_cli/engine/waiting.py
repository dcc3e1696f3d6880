"""Patience: when to look at a job again. A trouble while looking says nothing about the job."""

from __future__ import annotations

from dataclasses import dataclass, field

from uni_cli.engine.desk import Desk
from uni_cli.engine.habits import Habit
from uni_cli.engine.patience import step
from uni_cli.errors import UniError
from uni_cli.models import Failure, Job, JobState, replace
from uni_cli.providers.base import Throttled

OPEN = frozenset({JobState.QUEUED, JobState.RUNNING})
# A job found finished tells how long its kind takes only if nobody had looked away before.
GAP = 5.0
# The loop is a little late at every look. If that counted, each wave would be looked at later than the last one.
LATE_SECONDS = 0.005
# No look takes longer: each of its exchanges has a bound of its own.
LONGEST_LOOK = 300.0


@dataclass
class Waiter:
    """`others`: so many jobs of the same service are looked at elsewhere in this run."""

    desk: Desk
    others: int = 0
    _not_before: dict[str, float] = field(default_factory=dict)
    # Jobs that are looked at again and again, by service; those that wait for their first look cost nothing.
    _looking: dict[str, set[str]] = field(default_factory=dict)
    _habits: dict[tuple[str, ...], Habit] = field(default_factory=dict)

    async def wait(self, job: Job, *, resumed: bool = False) -> Job:
        """Look until the service gives its verdict or the patience is over."""
        try:
            return await self._watch(job, resumed=resumed)
        finally:
            self._looking.get(job.provider, set()).discard(job.id)

    def _habit(self, job: Job) -> Habit:
        request = job.request
        kind = job.provider, job.base_url, request.model, request.operation.value
        if kind not in self._habits:
            self._habits[kind] = Habit.of(self.desk.ledger.history(job))
        return self._habits[kind]

    async def _watch(self, job: Job, *, resumed: bool) -> Job:
        habit, pauses = self._habit(job), self.desk.pauses
        begun = self.desk.clock.monotonic()
        # The service began when it answered, which was now; of another run's job nobody knows it so well.
        ago = min(max(0.0, self.desk.clock.now() - (job.submitted or job.created)), 3600.0) if resumed else 0.0
        pause = max(0.0, habit.first(pauses) - ago)
        # When it was last known to be unfinished; nobody knows that of a job that an earlier run left.
        seen: float | None = None if resumed else begun + pause
        missed: float | None = None
        troubles = looks = 0
        while job.state in OPEN:
            now = self.desk.clock.monotonic()
            rest = max(pause, self._not_before.get(job.provider, 0.0) - now)
            due = ago + now - begun + rest
            if not await self.desk.pause(rest):
                break
            looked = ago + self.desk.clock.monotonic() - begun
            if looked - due < LATE_SECONDS:
                looked = due
            try:
                with self.desk.within_patience(at_most=LONGEST_LOOK):
                    newer = await self.desk.provider(job.provider).refresh(job)
            except UniError:
                raise
            except Exception as error:  # whatever it is, it is about this look and not about the job
                pause = self._put_off(job, error, step(pauses.look_trouble, troubles))
                troubles += 1
                continue
            troubles = 0
            looks += 1
            self.desk.troubles.pop(job.id, None)
            now = self.desk.clock.monotonic()
            elapsed = ago + now - begun
            # The moment of the look, not of its answer: else each run would take its job for slower than the last one.
            span = (missed or 0.0, looked) if seen is not None and now - seen < GAP else None
            job = self._note(job, newer, span)
            if job.state is JobState.FINISHED and span:
                habit.learn(*span)
            seen, missed = now, looked
            looking = self._looking.setdefault(job.provider, set())
            looking.add(job.id)
            pause = habit.next(elapsed, looks=looks, active=len(looking) + self.others, pauses=pauses)
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

    def _note(self, job: Job, newer: Job, span: tuple[float, float] | None) -> Job:
        """Store what changed; a look that brought nothing new costs no write."""
        now = self.desk.clock.now()
        is_open = newer.state in OPEN
        if newer.failure and is_open:
            newer = replace(newer, failure=None)
        if newer == job:
            return job
        if newer.state is JobState.FINISHED:
            times = {"missed": round(span[0], 3), "took": round(span[1], 3)} if span else {}
            notes = {**newer.notes, **times}
            newer = replace(newer, updated=now, finished=newer.finished or now, failure=None, notes=notes)
        else:
            newer = replace(newer, updated=now)
        if newer.state == job.state and newer.failure == job.failure:
            self.desk.emit(newer)
            return newer
        # What follows a finished job at once is its picture, and the ledger hears of both together.
        is_last = newer.state is not JobState.FINISHED
        stored = self.desk.put(newer, durable=not is_open) if is_last else self.desk.put_soon(newer)
        if not is_open:
            self.desk.free_slot()
        return stored
